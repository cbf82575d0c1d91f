package note

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/project"
)

// textOf reads a text as it is kept.
func textOf(value string) (text string, err error) {
	var kept *string
	if err := json.Unmarshal([]byte(value), &kept); err != nil {
		return "", fmt.Errorf("read a text of a note: %w", err)
	}
	if kept != nil {
		text = *kept
	}
	return text, nil
}

// Followed is a project with what stays of its coaching.
type Followed struct {
	Project project.Project
	Writes  bool // the reader accompanies it
	Team    bool // she is of its team
	Slots   []Slot
	Said    []Said
	Agreed  []project.Item // its actions, those that are open first
}

// Open counts what is agreed and not done.
func (f Followed) Open() (n int) {
	for _, one := range f.Agreed {
		if one.Done.IsZero() {
			n++
		}
	}
	return n
}

// Desk is the coaching of a gathering, as somebody sees it.
type Desk struct {
	gathering.Gathering
	Manages bool
	Beats   int64
	Rooms   map[string]string // names, by id
	List    []Followed
}

// Desk gives the projects of a gathering that by accompanies, or is of the team of, with
// their slots, what was written and what was agreed; all of them to who runs it. Errors:
// as the policy, on gathering.read.
func (s *Service) Desk(ctx context.Context, by account.User, id gathering.ID) (d Desk, err error) {
	r := s.db.Reader()
	st, err := s.standing(ctx, r, by, "gathering.read", id)
	if err != nil {
		return d, err
	}
	if d, err = s.desk(ctx, r, st); err != nil {
		return d, err
	}
	all, err := project.In(ctx, r, st.g.Edition)
	if err != nil {
		return d, err
	}
	teams, err := project.TeamsOf(ctx, r, by.ID, s.clock.Now())
	if err != nil {
		return d, err
	}
	said, err := saidIn(ctx, r, id, "", by.ID)
	if err != nil {
		return d, err
	}
	items, err := project.ItemsIn(ctx, r, st.g.Edition)
	if err != nil {
		return d, err
	}
	for _, one := range all {
		p := st.part(one.ID)
		if p.team = p.team || slices.Contains(teams, one.ID); p.reads() {
			d.List = append(d.List, st.followed(one, p, said[one.ID], items[one.ID]))
		}
	}
	slices.SortStableFunc(d.List, func(a, b Followed) int { return rank(a) - rank(b) })
	return d, nil
}

// rank puts what somebody accompanies before what she only follows.
func rank(f Followed) int {
	switch {
	case f.Writes:
		return 0
	case f.Team:
		return 1
	}
	return 2
}

func (s *Service) desk(ctx context.Context, r db.Reader, st standing) (d Desk, err error) {
	d.Gathering, d.Manages, d.Rooms = st.g, st.manages, map[string]string{}
	if d.Beats, err = pulse.Beats(ctx, r, st.g.ID); err != nil {
		return d, err
	}
	rooms, err := house.RoomsOf(ctx, r, st.g.ID)
	for _, one := range rooms {
		d.Rooms[one.ID] = one.Name
	}
	return d, err
}

// One gives one project, as Desk does. Errors: NotFound when by is nothing to it; as the
// policy, on gathering.read.
func (s *Service) One(ctx context.Context, by account.User, id gathering.ID, about project.ID) (d Desk, err error) {
	r := s.db.Reader()
	st, err := s.standing(ctx, r, by, "gathering.read", id)
	if err != nil {
		return d, err
	}
	one, p, err := s.part(ctx, r, by, st, about)
	if err != nil {
		return d, err
	}
	if d, err = s.desk(ctx, r, st); err != nil {
		return d, err
	}
	said, err := saidIn(ctx, r, id, about, by.ID)
	if err != nil {
		return d, err
	}
	items, err := project.ItemsOf(ctx, r, about)
	d.List = []Followed{st.followed(one, p, said[about], items)}
	return d, err
}

// followed is a project as somebody sees its coaching, given what was said and what it holds.
func (st standing) followed(one project.Project, p part, said []Said, items []project.Item) Followed {
	f := Followed{Project: one, Writes: p.writes, Team: p.team, Slots: st.book.of(one.ID, st.seat.ID), Said: said, Agreed: actions(items)}
	for i := range f.Slots {
		f.Slots[i].Mine = f.Slots[i].Mine && p.writes
	}
	return f
}

// Actions lists the actions of a project, those that are open first, the one that is due
// first before the others; without asking who wants them.
func Actions(ctx context.Context, r db.Reader, id project.ID) ([]project.Item, error) {
	all, err := project.ItemsOf(ctx, r, id)
	return actions(all), err
}

// actions keeps those of a project's items, in the order of Actions.
func actions(all []project.Item) []project.Item {
	list := slices.DeleteFunc(all, func(i project.Item) bool { return i.Kind != "action" })
	slices.SortStableFunc(list, func(a, b project.Item) int {
		if a.Done.IsZero() != b.Done.IsZero() {
			if a.Done.IsZero() {
				return -1
			}
			return 1
		}
		return compareDue(a.Due, b.Due)
	})
	return list
}

// compareDue puts what has no day after what has one.
func compareDue(a, b string) int {
	switch {
	case a == b:
		return 0
	case b == "" || a != "" && a < b:
		return -1
	}
	return 1
}
