package application

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
)

// News is something that somebody else did on a file, for the "what changed" of a home page.
type News struct {
	File  ID
	Title string
	Act   string // as the journal names it
	By    string // name; "" for the program, and for the programme's side
	At    time.Time
	Times int // the same act of the same person, that day
}

// told are the acts that a team hears of. A verdict on admissibility is not among
// them: it is known when the programme announces it.
const told = `'application.saved', 'application.commented', 'application.file_attached', 'application.submitted', 'application.withdrawn',
	'application.reopened', 'application.variant_kept', 'application.correction_asked', 'application.part_asked', 'application.message_sent', 'application.renamed'`

// News lists what others did on a person's files since an instant, the latest first.
func (s *Service) News(ctx context.Context, by account.User, since time.Time) ([]News, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (n News, err error) {
		err = sc.Scan(&n.File, &n.Title, &n.Act, &n.By, &n.At, &n.Times)
		return n, err
	}, `
		select a.id, a.title, j.act, coalesce(max(p.name), ''), max(j.at), count(*)
		from relations r
		join applications a on a.id = r.object_id and a.deleted_at is null
		join journal j on j.object_kind = 'application' and j.object_id = a.id
		left join relations w on w.object_kind = 'application' and w.object_id = a.id and w.subject_kind = 'person' and w.revoked_at is null and 'person:' || w.subject_id = j.actor
		left join people p on p.id = w.subject_id
		where r.subject_kind = 'person' and r.subject_id = $1 and r.object_kind = 'application' and r.revoked_at is null
		  and (r.valid_until is null or r.valid_until > $2) and j.at > $3 and j.actor <> $4 and j.act in (`+told+`)
		group by a.id, a.title, j.act, j.actor
		order by max(j.at) desc, a.id limit 12`,
		string(by.ID), s.clock.Now(), since, by.Actor())
	if err != nil {
		return nil, fmt.Errorf("list the news of %s: %w", by.ID, err)
	}
	return list, nil
}
