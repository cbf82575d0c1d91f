package deliberation

import (
	"context"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
)

// Item is a file in the order of discussion.
type Item struct {
	application.Application
	Place    int // from 1, among the files that the reader sees
	Decision Decision
	Current  bool
	Beside   bool
}

// View is the room as somebody in it sees it. While she waits outside it holds nothing but
// the selection: the same whatever is discussed, and whatever is said of it.
type View struct {
	Selection committee.Selection
	Waiting   bool
	Room      Room
	Inside    bool // she is noted as present
	Votes     bool // on what is discussed
	Presides  bool
	Results   bool // she may read them
	Here      []Person
	Items     []Item
	File      *Item // under discussion
	Beside    *Item
	Motions   []Motion
	Until     time.Time // end of the time of the file under discussion; zero without a timer
	Now       time.Time
}

// Room reads the room for who may be in it.
func (s *Service) Room(ctx context.Context, by account.User, id committee.SelectionID) (View, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.deliberate", id)
	if err != nil {
		return View{}, err
	}
	v := View{Selection: sel, Now: s.clock.Now()}
	room, err := roomOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	closed, err := s.closed(ctx, r, by, id, room.floor())
	if err != nil {
		return v, err
	}
	if len(closed) > 0 {
		return View{Selection: sel, Waiting: true}, nil
	}
	v.Room = room
	may, err := s.May(ctx, by, sel)
	if err != nil {
		return v, err
	}
	v.Presides, v.Results = may["selection.preside"] && room.Status == Open, may["selection.results"]
	if v.Here, err = s.present(ctx, r, room); err != nil {
		return v, err
	}
	if i := slices.IndexFunc(v.Here, func(p Person) bool { return p.ID == by.ID }); i >= 0 {
		v.Inside, v.Votes = true, v.Here[i].votes() && room.Current != ""
	}
	if err := s.items(ctx, r, by, &v); err != nil {
		return v, err
	}
	v.Room, v.Until = room.settings(), room.Until
	if v.File == nil {
		return v, nil
	}
	list, err := s.motions(ctx, r, id, v.File.ID)
	if err != nil {
		return v, err
	}
	open, err := s.open(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	voters := len(slices.DeleteFunc(slices.Clone(v.Here), func(p Person) bool { return !p.votes() }))
	for _, m := range list {
		if m.Other != "" && !open[m.Other] {
			continue // of an earlier discussion of two files, one of which is closed to her
		}
		if m.Status == Voting {
			m.Electors = max(voters, m.Cast)
		}
		v.Motions = append(v.Motions, m)
	}
	return v, s.secrets(ctx, r, by, room, v.Motions)
}

// items lists the files of the room that by sees, with what was decided of them.
func (s *Service) items(ctx context.Context, r db.Reader, by account.User, v *View) error {
	files, err := s.inOrder(ctx, r, by, v.Selection, v.Room)
	if err != nil {
		return err
	}
	had, err := s.decided(ctx, r, by, v.Selection.ID)
	if err != nil {
		return err
	}
	for i, a := range files {
		v.Items = append(v.Items, Item{a, i + 1, had[a.ID], a.ID == v.Room.Current, a.ID == v.Room.Beside})
	}
	for i := range v.Items {
		if v.Items[i].Current {
			v.File = &v.Items[i]
		}
		if v.Items[i].Beside {
			v.Beside = &v.Items[i]
		}
	}
	return nil
}

// Next is the first file, in the order of discussion, of which nothing was decided and
// that is not under discussion; false when none is left.
func (v View) Next() (Item, bool) {
	i := slices.IndexFunc(v.Items, func(one Item) bool { return one.Decision.ID == "" && !one.Current && !one.Beside })
	if i < 0 {
		return Item{}, false
	}
	return v.Items[i], true
}
