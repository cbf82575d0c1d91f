package notify

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
)

// Queued is how many mails stand in a state, and since when the oldest does.
type Queued struct {
	Status Status
	Mails  int
	Since  time.Time
}

// Queue counts the mails of the whole install that have not left: neither whom they go
// to nor what they say.
func (s *Service) Queue(ctx context.Context, r db.Reader) ([]Queued, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (q Queued, err error) {
		err = sc.Scan(&q.Status, &q.Mails, &q.Since)
		return q, err
	}, `select status, count(*), min(created_at) from mails where status in ('held', 'ready', 'sending', 'failed') group by status order by status`)
	if err != nil {
		return nil, fmt.Errorf("count the mails that wait: %w", err)
	}
	return list, nil
}

// Pile is the mails of one outbox that wait for a person.
type Pile struct {
	Place
	Held   int // until somebody releases them
	Failed int // refused by a server
}

// Piles lists the outboxes in which mails wait for by, who may release them.
func (s *Service) Piles(ctx context.Context, by account.User) ([]Pile, error) {
	where, args := s.policy.Where(ctx, by, "outbox.edit", seen, nil)
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (p Pile, err error) {
		err = sc.Scan(&p.Ref.Kind, &p.Ref.ID, &p.NameFR, &p.NameEN, &p.Held, &p.Failed)
		return p, err
	}, `
		select x.kind, x.id, coalesce(e.name_fr, p.name_fr, a.name_fr, ''), coalesce(e.name_en, p.name_en, a.name_en, ''), x.held, x.failed
		from (
			select case when m.edition_id is not null then 'edition' when m.programme_id is not null then 'programme' else 'agency' end as kind,
				coalesce(m.edition_id, m.programme_id, m.agency_id) as id,
				count(*) filter (where m.status = 'held') as held, count(*) filter (where m.status = 'failed') as failed
			from mails m
			where not m.secret and (m.status = 'held' and m.due_at is null or m.status = 'failed') and `+where+`
			group by 1, 2) x
		left join editions e on x.kind = 'edition' and e.id = x.id
		left join programmes p on x.kind = 'programme' and p.id = x.id
		left join agencies a on x.kind = 'agency' and a.id = x.id
		order by x.kind, x.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("count the mails that wait for %s: %w", by.Actor(), err)
	}
	return list, nil
}
