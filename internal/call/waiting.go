package call

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// Unanswered is a call with questions that wait for an answer.
type Unanswered struct {
	ID        ID
	Title     form.Localised
	Questions int
	Since     time.Time // when the oldest was asked
	ClosesAt  time.Time
	Zone      string
}

// Unanswered lists the calls whose questions wait for by, who may answer them; the
// nearest deadline first.
func (s *Service) Unanswered(ctx context.Context, by account.User) ([]Unanswered, error) {
	may, args := s.policy.Where(ctx, by, "call.answer", Columns("$1"), []any{s.clock.Now()})
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (u Unanswered, err error) {
		var fr, en string
		err = sc.Scan(&u.ID, &fr, &en, &u.Questions, &u.Since, &u.ClosesAt, &u.Zone)
		u.Title = form.Localised{"fr": fr, "en": en}
		return u, err
	}, `
		select c.id, c.title_fr, c.title_en, count(q.id), min(q.asked_at), c.closes_at, c.zone
		from questions q join calls c on c.id = q.call_id join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id
		where q.answered_at is null and c.created_at <= $1 and `+may+`
		group by c.id, c.title_fr, c.title_en, c.closes_at, c.zone order by c.closes_at, c.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the questions that wait for %s: %w", by.Actor(), err)
	}
	return list, nil
}

// Preparation is a call in preparation, with how much keeps it from opening.
type Preparation struct {
	Call
	Lacks   int
	Publish bool // the reader may open it
}

// Preparations lists the calls in preparation that by may edit, the next opening first.
func (s *Service) Preparations(ctx context.Context, by account.User) ([]Preparation, error) {
	now := s.clock.Now()
	may, args := s.policy.Where(ctx, by, "call.edit", Columns("$1"), []any{now})
	list, err := db.List(ctx, s.db.Reader(), scanCall, `
		select `+columns+` from `+tables+`
		where c.status = 'draft' and c.created_at <= $1 and `+may+`
		order by c.opens_at is null, c.opens_at, c.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the calls that %s prepares: %w", by.Actor(), err)
	}
	var all []Preparation
	for _, c := range list {
		p := Preparation{Call: c}
		d, err := s.policy.Decide(ctx, s.db.Reader(), by, "call.publish", c.Object(now))
		if err != nil {
			return nil, fmt.Errorf("decide on call %s: %w", c.ID, err)
		}
		p.Publish = d.Allowed
		lacks, err := s.lacks(ctx, s.db.Reader(), c)
		if err != nil {
			return nil, err
		}
		p.Lacks = len(lacks)
		all = append(all, p)
	}
	return all, nil
}
