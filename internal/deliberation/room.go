package deliberation

import (
	"context"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
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
	May       map[policy.Action]bool // what she may do about the deliberation
	Waiting   bool
	Room      Room
	Inside    bool // she is noted as present
	Votes     bool // on what is discussed
	Presides  bool
	Results   bool // she may read them
	Clerk     bool // she may note who is present
	Here      []Person
	Missing   []committee.Member // who sits and is not here, for the clerk
	Items     []Item
	File      *Item // under discussion
	Beside    *Item
	Motions   []Motion
	Scores    *Scores   // what the readings say of File; nil to who may not know, or when nobody read it
	Until     time.Time // end of the time of the file under discussion; zero without a timer
	Now       time.Time
}

// Room reads the room for who may be in it.
func (s *Service) Room(ctx context.Context, by account.User, id committee.SelectionID) (View, error) {
	r := s.db.Reader()
	room, err := roomOf(ctx, r, id)
	if err != nil {
		return View{}, err
	}
	f, err := s.facts(ctx, r, id, room)
	if err != nil {
		return View{}, err
	}
	sel := f.selection
	may, err := s.may(ctx, r, by, sel)
	if err != nil {
		return View{}, err
	}
	if !may["selection.deliberate"] {
		_, err := s.policy.Require(ctx, r, by, "selection.deliberate", sel.Object(s.clock.Now()))
		return View{}, err
	}
	v := View{Selection: sel, May: may, Now: s.clock.Now()}
	open, err := s.open(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	if slices.ContainsFunc(room.floor(), func(one application.ID) bool { return !open[one] }) {
		return View{Selection: sel, Waiting: true}, nil
	}
	v.Presides, v.Results, v.Clerk = may["selection.preside"] && room.Status == Open, may["selection.results"], may["selection.attendance"] && room.Status == Open
	v.Here = slices.Clone(f.here)
	if i := slices.IndexFunc(v.Here, func(p Person) bool { return p.ID == by.ID }); i >= 0 {
		v.Inside, v.Votes = true, v.Here[i].votes() && room.Current != ""
	}
	v.items(f, open, room)
	v.Room, v.Until = room.settings(), room.Until
	if v.Clerk {
		if v.Missing, err = s.missing(ctx, r, v); err != nil {
			return v, err
		}
	}
	if v.File == nil {
		return v, nil
	}
	v.motions(f, open, by)
	if v.Results {
		v.Scores, err = s.scores(by, &v, f)
	}
	return v, err
}

// missing lists who sits and is not in the room.
func (s *Service) missing(ctx context.Context, r db.Reader, v View) ([]committee.Member, error) {
	all, err := s.seats(ctx, r, v.Selection.ID)
	return slices.DeleteFunc(all, func(m committee.Member) bool {
		return slices.ContainsFunc(v.Here, func(p Person) bool { return p.ID == m.Person })
	}), err
}

// motions lists those on what is discussed, with what by may know of their votes.
func (v *View) motions(f *facts, open map[application.ID]bool, by account.User) {
	voters := 0
	for _, p := range f.here {
		if p.votes() {
			voters++
		}
	}
	for _, m := range f.motions {
		if m.Other != "" && !open[m.Other] {
			continue // of an earlier discussion of two files, one of which is closed to her
		}
		if m.Status == Voting {
			m.Electors = max(voters, m.Cast)
		}
		m.secret(by, v.Room.Named, f.ballots[m.ID])
		v.Motions = append(v.Motions, m)
	}
}

// items lists the files of the room that are open, in the order of discussion, with what
// was decided of them.
func (v *View) items(f *facts, open map[application.ID]bool, room Room) {
	var files []application.Application
	for _, a := range f.files {
		if open[a.ID] {
			files = append(files, a)
		}
	}
	room.sort(files)
	had := known(f.decisions, open)
	for i, a := range files {
		v.Items = append(v.Items, Item{a, i + 1, had[a.ID], a.ID == room.Current, a.ID == room.Beside})
	}
	for i := range v.Items {
		if v.Items[i].Current {
			v.File = &v.Items[i]
		}
		if v.Items[i].Beside {
			v.Beside = &v.Items[i]
		}
	}
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
