package conduct

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// The bounds of announcements: characters of one, and how many are shown at once.
const (
	MaxAnnouncement  = 300
	MaxAnnouncements = 20
)

// Announcement is what who runs a gathering says to everybody.
type Announcement struct {
	ID    string
	Text  string
	At    time.Time
	Until time.Time // zero: until it is taken back
	Ended time.Time // zero: nobody took it back
}

// Shown says whether it is said at an instant.
func (a Announcement) Shown(now time.Time) bool {
	return a.Ended.IsZero() && (a.Until.IsZero() || now.Before(a.Until))
}

// Said is what somebody wants to announce.
type Said struct {
	Text  string
	Until time.Time // zero: until it is taken back
}

func scanAnnouncement(sc db.Scanner) (a Announcement, err error) {
	var until, ended *time.Time
	if err = sc.Scan(&a.ID, &a.Text, &a.At, &until, &ended); err != nil {
		return a, err
	}
	if until != nil {
		a.Until = *until
	}
	if ended != nil {
		a.Ended = *ended
	}
	return a, nil
}

const announcements = `select id, body, said_at, until_at, ended_at from agenda_announcements where gathering_id = $1`

// shown lists what is announced at an instant, the last thing said first.
func shown(ctx context.Context, r db.Reader, id gathering.ID, now time.Time) ([]Announcement, error) {
	list, err := db.List(ctx, r, scanAnnouncement, announcements+` and ended_at is null and (until_at is null or until_at > $2) order by said_at desc, id`, string(id), now)
	if err != nil {
		return nil, fmt.Errorf("read what is announced in gathering %s: %w", id, err)
	}
	return list, nil
}

// Announcements lists all that was announced in a gathering, the last thing said first, to
// who runs it. Errors: as the policy, on gathering.manage.
func (s *Service) Announcements(ctx context.Context, by account.User, id gathering.ID) ([]Announcement, error) {
	r := s.DB.Reader()
	if _, err := s.require(ctx, r, by, "gathering.manage", id); err != nil {
		return nil, err
	}
	list, err := db.List(ctx, r, scanAnnouncement, announcements+` order by said_at desc, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what was announced in gathering %s: %w", id, err)
	}
	return list, nil
}

// Announce says something to everybody: it is read at once on the pages of the day. It is
// kept once it is taken back. Errors: Invalid on "text" and "until"; Conflict
// conduct.many; as the policy, on gathering.manage.
func (s *Service) Announce(ctx context.Context, by account.User, id gathering.ID, w Said) error {
	now := s.Clock.Now()
	w.Text = strings.Join(strings.Fields(text.Clean(w.Text)), " ")
	var bad []errs.Field
	switch {
	case w.Text == "":
		bad = append(bad, errs.Field{Path: "text", Key: "conduct.text_empty"})
	case utf8.RuneCountInString(w.Text) > MaxAnnouncement:
		bad = append(bad, errs.Field{Path: "text", Key: "conduct.text_long", Args: []any{MaxAnnouncement}})
	}
	if !w.Until.IsZero() && !w.Until.After(now) {
		bad = append(bad, errs.Field{Path: "until", Key: "conduct.until_past"})
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		if len(bad) > 0 {
			return errs.NewInvalid("conduct.invalid", bad)
		}
		list, err := shown(ctx, tx, id, now)
		if err != nil {
			return err
		}
		if len(list) >= MaxAnnouncements {
			return errs.New(errs.Conflict, "conduct.many", MaxAnnouncements)
		}
		var until *time.Time
		if !w.Until.IsZero() {
			until = &w.Until
		}
		one := db.NewID()
		if _, err := tx.Exec(ctx, `insert into agenda_announcements (id, gathering_id, body, said_by, said_at, until_at, ended_by) values ($1, $2, $3, $4, $5, $6, '')`, one, string(id), w.Text, by.Actor(), now, until); err != nil {
			return fmt.Errorf("announce something in gathering %s: %w", id, err)
		}
		return s.told(ctx, tx, by, "day.announced", id, map[string]any{"announcement": one})
	})
}

// Withdraw takes an announcement back. One that is taken back already stays so. Errors:
// NotFound; as the policy, on gathering.manage.
func (s *Service) Withdraw(ctx context.Context, by account.User, id gathering.ID, announcement string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		a, err := db.Get(ctx, tx, scanAnnouncement, announcements+` and id = $2`, string(id), announcement)
		if err != nil {
			return fmt.Errorf("read announcement %s: %w", announcement, err)
		}
		if !a.Ended.IsZero() {
			return nil
		}
		if _, err := tx.Exec(ctx, `update agenda_announcements set ended_at = $2, ended_by = $3 where id = $1`, announcement, s.Clock.Now(), by.Actor()); err != nil {
			return fmt.Errorf("take announcement %s back: %w", announcement, err)
		}
		return s.told(ctx, tx, by, "day.withdrawn", id, map[string]any{"announcement": announcement})
	})
}
