package taster

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
)

// Listing is the tasters of an edition, as somebody sees them.
type Listing struct {
	Edition programme.EditionID
	Name    programme.Words
	Prepare bool // she may prepare others
	Figures bool // she may read the figures
	List    []Taster
}

// List gives the tasters of an edition, the first one first: those that are announced to
// everybody who may read the edition, all of them to who prepares them. Errors: as the
// policy, on edition.read.
func (s *Service) List(ctx context.Context, by account.User, edition programme.EditionID) (l Listing, err error) {
	r := s.db.Reader()
	e, err := programme.FindEdition(ctx, r, edition)
	if err != nil {
		return l, err
	}
	if _, err := s.policy.Require(ctx, r, by, "edition.read", e.PolicyObject()); err != nil {
		return l, err
	}
	may, err := s.policy.Decisions(ctx, r, by, e.PolicyObject(), "gathering.create", "taster.figures")
	if err != nil {
		return l, err
	}
	l.Edition, l.Name, l.Prepare, l.Figures = edition, e.Name, may["gathering.create"].Allowed, may["taster.figures"].Allowed
	all, err := s.all(ctx, r, edition)
	for _, t := range all {
		if l.Figures || !t.Announced.IsZero() {
			l.List = append(l.List, t)
		}
	}
	return l, err
}

func (s *Service) all(ctx context.Context, r db.Reader, edition programme.EditionID) (list []Taster, err error) {
	ids, err := db.List(ctx, r, db.Value[string], `select t.gathering_id from tasters t join gatherings g on g.id = t.gathering_id where g.edition_id = $1 order by g.starts_on, t.from_minute, g.id`, string(edition))
	if err != nil {
		return nil, fmt.Errorf("list the tasters of %s: %w", edition, err)
	}
	for _, id := range ids {
		g, err := gathering.Load(ctx, r, gathering.ID(id))
		if err != nil {
			return nil, err
		}
		t, err := of(ctx, r, g)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// Month is what came of the tasters of a month; of a year when Month is "".
type Month struct {
	Month  string // "2027-03"
	Held   int    // tasters that were opened
	Came   int    // people who came, counted at each taster
	People int    // distinct people: who comes without an account counts each time
	Needs  int    // heard on boards
	Offers int
}

// Figures are those of a year, month by month, then as a whole.
type Figures struct {
	Edition programme.EditionID
	Name    programme.Words
	Year    string
	Years   []string // in which there was a taster
	Months  []Month
	Whole   Month
}

// Figures counts what came of the tasters of an edition in a year, "" for the last one.
// Facilitators are not counted among those who came. Errors: as the policy, on
// taster.figures.
func (s *Service) Figures(ctx context.Context, by account.User, edition programme.EditionID, year string) (f Figures, err error) {
	r := s.db.Reader()
	e, err := programme.FindEdition(ctx, r, edition)
	if err != nil {
		return f, err
	}
	if _, err := s.policy.Require(ctx, r, by, "taster.figures", e.PolicyObject()); err != nil {
		return f, err
	}
	f.Edition, f.Name, f.Year = edition, e.Name, year
	all, err := s.all(ctx, r, edition)
	if err != nil {
		return f, err
	}
	for _, t := range all {
		if y := t.StartsOn[:4]; len(f.Years) == 0 || f.Years[len(f.Years)-1] != y {
			f.Years = append(f.Years, y)
		}
	}
	if f.Year == "" && len(f.Years) > 0 {
		f.Year = f.Years[len(f.Years)-1]
	}
	everybody, inMonth := map[string]bool{}, map[string]bool{}
	for _, t := range all {
		if !strings.HasPrefix(t.StartsOn, f.Year+"-") || t.OpenedAt.IsZero() {
			continue
		}
		one, people, err := s.counted(ctx, r, t.ID)
		if err != nil {
			return f, err
		}
		if n := len(f.Months); n == 0 || f.Months[n-1].Month != t.StartsOn[:7] {
			f.Months, inMonth = append(f.Months, Month{Month: t.StartsOn[:7]}), map[string]bool{}
		}
		for _, p := range people {
			inMonth[p], everybody[p] = true, true
		}
		m := &f.Months[len(f.Months)-1]
		for _, sum := range []*Month{m, &f.Whole} {
			sum.Held++
			sum.Came += len(people)
			sum.Needs += one.Needs
			sum.Offers += one.Offers
		}
		m.People = len(inMonth)
	}
	f.Whole.People = len(everybody)
	return f, nil
}

// counted tells who came to a taster, and what was heard there.
func (s *Service) counted(ctx context.Context, r db.Reader, id gathering.ID) (m Month, people []string, err error) {
	people, err = db.List(ctx, r, db.Value[string], `select distinct person_id from participants where gathering_id = $1 and person_id is not null and joined_at is not null and role <> 'facilitator' order by person_id`, string(id))
	if err != nil {
		return m, nil, fmt.Errorf("list who came to taster %s: %w", id, err)
	}
	boards, err := room.Of(ctx, r, string(id))
	if err != nil {
		return m, nil, err
	}
	for _, b := range boards {
		if b.KitID != KitID {
			continue
		}
		state, _, err := room.Replay(ctx, r, b.ID, 0)
		if err != nil {
			return m, nil, err
		}
		for _, c := range state.Cards {
			switch {
			case c.Removed:
			case c.Type == Need:
				m.Needs++
			case c.Type == Offer:
				m.Offers++
			}
		}
	}
	return m, people, nil
}
