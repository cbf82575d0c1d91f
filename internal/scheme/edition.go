package scheme

import (
	"cmp"
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// Total is what came of the orientation of projects, by scheme or by project.
type Total struct {
	ID, Name  string
	Counts    map[State]int
	Requested int64 // cents
	Obtained  int64
	Paid      int64
}

// Figures are the orientation of an edition.
type Figures struct {
	Edition   programme.Edition
	Followed  []Followed
	ByScheme  []Total
	ByProject []Total
}

// Edition gives what came of the orientation of an edition's projects. Errors: as the
// policy, on orientation.follow.
func (s *Service) Edition(ctx context.Context, by account.User, id programme.EditionID) (v Figures, err error) {
	r := s.db.Reader()
	if v.Edition, err = programme.FindEdition(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "orientation.follow", v.Edition.PolicyObject()); err != nil {
		return v, err
	}
	if v.Followed, err = s.readable(ctx, r, by, id); err != nil {
		return v, err
	}
	v.ByScheme = totals(v.Followed, func(f Followed) (string, string) { return string(f.Scheme.ID), f.Scheme.Name })
	v.ByProject = totals(v.Followed, func(f Followed) (string, string) { return string(f.Project), f.Title })
	return v, nil
}

// readable lists what the projects of an edition follow, of those whose orientation by may read.
func (s *Service) readable(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) ([]Followed, error) {
	where, args := s.policy.Where(ctx, by, "orientation.read", policy.Columns{Kind: "project", ID: "p.id", State: "p.status",
		Within: map[string]string{"application": "coalesce(p.application_id, '')", "edition": "p.edition_id", "programme": "(select e.programme_id from editions e where e.id = p.edition_id)", "agency": "s.agency_id"}}, []any{string(id)})
	return followedOf(ctx, r, `p.edition_id = $1 and o.state <> '' and `+where, args...)
}

func totals(list []Followed, by func(Followed) (id, name string)) (all []Total) {
	for _, f := range list {
		id, name := by(f)
		at := slices.IndexFunc(all, func(t Total) bool { return t.ID == id })
		if at < 0 {
			at, all = len(all), append(all, Total{ID: id, Name: name, Counts: map[State]int{}})
		}
		all[at].Counts[f.State]++
		for to, sum := range map[*int64]*int64{&all[at].Requested: f.Requested, &all[at].Obtained: f.Obtained, &all[at].Paid: f.Paid} {
			if sum != nil {
				*to += *sum
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Total) int {
		return cmp.Or(cmp.Compare(text.Fold(a.Name), text.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return all
}
