package screening

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// Followed is a call whose files a person follows, and how many there are.
type Followed struct {
	ID        call.ID
	Title     form.Localised
	Zone      string
	ClosesAt  time.Time
	Drafts    int
	Deposited int // the withdrawn ones are not counted
	Waiting   int // of which nobody gave a verdict on
}

// Followed lists the published calls whose files by follows, the next deadline first.
func (s *Service) Followed(ctx context.Context, by account.User) ([]Followed, error) {
	now := s.clock.Now()
	args := []any{now}
	may, args := s.policy.Where(ctx, by, "call.files", call.Columns("$1"), args)
	clear, args := s.policy.Unexcluded(ctx, by, "application", "a.id", args)
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (f Followed, err error) {
		var fr, en string
		err = sc.Scan(&f.ID, &fr, &en, &f.Zone, &f.ClosesAt, &f.Drafts, &f.Deposited, &f.Waiting)
		f.Title = form.Localised{"fr": fr, "en": en}
		return f, err
	}, `select c.id, c.title_fr, c.title_en, c.zone, c.closes_at,
		  count(a.id) filter (where a.status = 'draft'), count(a.id) filter (where a.status in ('submitted', 'reopened')),
		  count(a.id) filter (where a.status in ('submitted', 'reopened') and v.verdict is null)
		from calls c join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id
		left join applications a on a.call_id = c.id and a.deleted_at is null and `+clear+`
		left join admissibility v on v.application_id = a.id
		where c.status <> 'draft' and c.created_at <= $1 and `+may+`
		group by c.id, c.title_fr, c.title_en, c.zone, c.closes_at order by c.closes_at desc, c.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the calls that %s follows: %w", by.Actor(), err)
	}
	return list, nil
}

// FollowedCall reads a call whose files by follows.
func (s *Service) FollowedCall(ctx context.Context, by account.User, id call.ID) (call.Call, error) {
	return s.callFor(ctx, by, "call.files", id)
}

// ExportedCall reads a call whose files by may export.
func (s *Service) ExportedCall(ctx context.Context, by account.User, id call.ID) (call.Call, error) {
	return s.callFor(ctx, by, "call.export", id)
}

// ExportedWhole refuses whoever may not take every file of a call out with its
// attachments: a second person must have agreed.
func (s *Service) ExportedWhole(ctx context.Context, by account.User, id call.ID) error {
	_, err := s.callFor(ctx, by, "call.export_all", id)
	return err
}

// Unjudged is a closed call with deposited files on whose admissibility nobody ruled.
type Unjudged struct {
	ID       call.ID
	Title    form.Localised
	Zone     string
	ClosedAt time.Time
	Files    int
}

// Unjudged lists the calls whose files wait for a verdict of by, who may give it; the
// call that closed first comes first.
func (s *Service) Unjudged(ctx context.Context, by account.User) ([]Unjudged, error) {
	may, args := s.policy.Where(ctx, by, "application.admit", application.Columns("$1"), []any{s.clock.Now()})
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (u Unjudged, err error) {
		var fr, en string
		err = sc.Scan(&u.ID, &fr, &en, &u.Zone, &u.ClosedAt, &u.Files)
		u.Title = form.Localised{"fr": fr, "en": en}
		return u, err
	}, `select c.id, c.title_fr, c.title_en, c.zone, c.closes_at, count(a.id)
		from applications a join calls c on c.id = a.call_id join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id
		left join admissibility v on v.application_id = a.id
		where a.status = 'submitted' and v.verdict is null and a.deleted_at is null and c.created_at <= $1 and `+may+`
		group by c.id, c.title_fr, c.title_en, c.zone, c.closes_at order by c.closes_at, c.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the files that wait for %s: %w", by.Actor(), err)
	}
	return list, nil
}
