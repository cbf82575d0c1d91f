package gathering

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// View is a gathering as somebody who may read it sees it.
type View struct {
	Gathering
	In        programme.Words // the name of the edition
	Seat      *Participant    // hers, nil when she has none that holds
	People    []Participant
	Projects  []project.Project // those of the edition that stand, for who runs it
	Manages   bool
	SeesNames bool
}

// Read gives a gathering: who is there to who may know, who is invited to who runs it.
// Errors: as the policy, on gathering.read.
func (s *Service) Read(ctx context.Context, by account.User, id ID) (v View, err error) {
	r := s.db.Reader()
	if v.Gathering, err = s.require(ctx, r, by, "gathering.read", id); err != nil {
		return v, err
	}
	e, err := programme.FindEdition(ctx, r, v.Edition)
	if err != nil {
		return v, err
	}
	v.In = e.Name
	may, err := s.policy.Decisions(ctx, r, by, v.Object(), "gathering.manage", "gathering.people")
	if err != nil {
		return v, err
	}
	v.Manages, v.SeesNames = may["gathering.manage"].Allowed, may["gathering.people"].Allowed
	mine, err := Seat(ctx, r, id, by.ID)
	switch {
	case err == nil:
		v.Seat = &mine
	case !errs.Is(err, errs.NotFound):
		return v, err
	}
	err = nil
	switch {
	case v.Manages:
		v.People, err = db.List(ctx, r, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.gathering_id = $1 and s.left_at is null order by s.name, s.email, s.id`, string(id))
		if err == nil {
			v.Projects, err = project.In(ctx, r, v.Edition)
		}
	case v.SeesNames:
		v.People, err = People(ctx, r, id)
	}
	if err != nil {
		return v, fmt.Errorf("read gathering %s: %w", id, err)
	}
	return v, nil
}

// Crowd is Read for the page of people. Errors: as the policy, on gathering.people.
func (s *Service) Crowd(ctx context.Context, by account.User, id ID) (View, error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "gathering.people", id); err != nil {
		return View{}, err
	}
	return s.Read(ctx, by, id)
}

// Managed is Read for who runs the gathering. Errors: as the policy, on gathering.manage.
func (s *Service) Managed(ctx context.Context, by account.User, id ID) (View, error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "gathering.manage", id); err != nil {
		return View{}, err
	}
	return s.Read(ctx, by, id)
}

// policyColumns say where the policy finds what contains a gathering.
var policyColumns = policy.Columns{Kind: "gathering", ID: "g.id", State: "g.status",
	Within: map[string]string{"edition": "g.edition_id", "programme": "e.programme_id", "agency": "pr.agency_id"}}

// Of lists the gatherings of an edition that by may read, the first day first.
func (s *Service) Of(ctx context.Context, by account.User, edition programme.EditionID) ([]Gathering, error) {
	where, args := s.policy.Where(ctx, by, "gathering.read", policyColumns, []any{string(edition)})
	list, err := db.List(ctx, s.db.Reader(), scan, `select `+columns+` from `+tables+` where g.edition_id = $1 and `+where+` order by g.starts_on, g.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the gatherings of %s: %w", edition, err)
	}
	return list, nil
}

// Mine lists the gatherings, open or to come, in which by has a seat, the first day first.
func (s *Service) Mine(ctx context.Context, by account.User) ([]Gathering, error) {
	list, err := db.List(ctx, s.db.Reader(), scan, `select `+columns+` from `+tables+` where g.status <> 'closed'
		and exists (select 1 from participants s where s.gathering_id = g.id and s.person_id = $1 and`+held+`) order by g.starts_on, g.id`, string(by.ID))
	if err != nil {
		return nil, fmt.Errorf("list the gatherings of %s: %w", by.ID, err)
	}
	return list, nil
}
