package sponsor

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Confirmed is a proposal as who names sponsors leaves it.
type Confirmed struct {
	Stamp string // of the proposal that was shown
	Named map[project.ID]account.PersonID
}

// Confirm names the sponsors of several projects in one act: all of them, or none. A project
// for which nobody is chosen stays without. Errors: Conflict sponsor.proposal_stale when
// somebody was named, left, was suspended or described since the proposal was shown; Invalid
// on the project whose sponsor may not be named or has no room; as the policy, on
// sponsor.manage.
func (s *Service) Confirm(ctx context.Context, by account.User, id programme.EditionID, c Confirmed) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := s.propose(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if p.Stamp != c.Stamp {
			return errs.New(errs.Conflict, "sponsor.proposal_stale")
		}
		bad, n := p.wrong(c)
		if n == 0 {
			bad = append(bad, errs.Field{Path: "named", Key: "sponsor.person_missing"})
		}
		if err := errs.NewInvalid("sponsor.invalid", bad); err != nil {
			return err
		}
		for _, one := range p.List {
			if who := c.Named[one.ID]; who != "" {
				if err := s.begin(ctx, tx, by, one.Project, who); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// wrong says which projects may not have the sponsor that was chosen, and counts those that
// have one.
func (p Proposal) wrong(c Confirmed) (bad []errs.Field, n int) {
	left := map[account.PersonID]int{}
	for _, one := range p.Candidates {
		left[one.Person] = one.Left()
	}
	for _, one := range p.List {
		who := c.Named[one.ID]
		if who == "" {
			continue
		}
		n++
		room, known := left[who]
		switch why := one.Barred[who]; {
		case !known:
			bad = append(bad, errs.Field{Path: string(one.ID), Key: "sponsor.person_missing"})
		case why != "":
			bad = append(bad, errs.Field{Path: string(one.ID), Key: why})
		case room == 0:
			bad = append(bad, errs.Field{Path: string(one.ID), Key: "sponsor.person_full"})
		default:
			left[who]--
		}
	}
	return bad, n
}
