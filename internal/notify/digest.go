package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
)

// Pace is how often a person wants to hear of something.
type Pace string

// The paces.
const (
	Instant Pace = "instant"
	Daily   Pace = "daily" // one mail a day, at digestHour where she lives
)

// digestHour is the hour of the daily mail, in the person's zone.
const digestHour = 8

// topics says which preference rules a template; the others always leave one by one.
var topics = map[string]string{"thread_message": "threads"}

// Topics lists what a person may choose a pace for.
var Topics = []string{"threads"}

// Preferences gives the pace of each topic for a person; Instant when she chose none.
func (s *Service) Preferences(ctx context.Context, by account.User) (map[string]Pace, error) {
	all := map[string]Pace{}
	for _, topic := range Topics {
		pace, err := paceOf(ctx, s.db.Reader(), string(by.ID), topic)
		if err != nil {
			return nil, err
		}
		all[topic] = pace
	}
	return all, nil
}

func paceOf(ctx context.Context, r db.Reader, person, topic string) (Pace, error) {
	pace, err := db.Get(ctx, r, db.Value[Pace], `select pace from notification_preferences where person_id = $1 and topic = $2`, person, topic)
	if errs.Is(err, errs.NotFound) {
		return Instant, nil
	}
	return pace, err
}

// Prefer sets by's own pace for a topic.
func (s *Service) Prefer(ctx context.Context, by account.User, topic string, pace Pace) error {
	if by.IsVisitor() {
		return errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	if topics["thread_message"] != topic || pace != Instant && pace != Daily {
		return errs.NewInvalid("errs.invalid", []errs.Field{{Path: topic, Key: "notify.pace_unknown"}})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		if _, err := tx.Exec(ctx, `
			insert into notification_preferences (person_id, topic, pace, updated_at) values ($1, $2, $3, $4)
			on conflict (person_id, topic) do update set pace = excluded.pace, updated_at = excluded.updated_at`, string(by.ID), topic, string(pace), now); err != nil {
			return fmt.Errorf("keep a preference: %w", err)
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "preference.changed", Kind: "person", ID: string(by.ID),
			Detail: map[string]any{"topic": topic, "pace": string(pace)}})
	})
}

// keepForDigest keeps a mail for the daily one when its person asked for that.
func (s *Service) keepForDigest(ctx context.Context, tx *db.Tx, m Mail, who recipient, subject, body string) (bool, error) {
	topic := topics[m.Template]
	if topic == "" || who.person == "" {
		return false, nil
	}
	var kept int
	if err := tx.QueryRow(ctx, `select count(*) from digest_items where dedupe_key = $1`, m.Key).Scan(&kept); err != nil || kept > 0 {
		return kept > 0, err
	}
	pace, err := paceOf(ctx, tx, who.person, topic)
	if err != nil || pace != Daily {
		return false, err
	}
	now := s.clock.Now()
	at := nextDigest(now, who.zone)
	var told int
	if err := tx.QueryRow(ctx, `select count(*) from mails where dedupe_key = $1`, m.Key).Scan(&told); err != nil || told > 0 {
		return told > 0, err // it left before she chose this pace
	}
	if _, err := tx.Exec(ctx, `
		insert into digest_items (id, dedupe_key, person_id, subject, body, object_kind, object_id, created_at, due_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (dedupe_key) do nothing`,
		db.NewID(), m.Key, who.person, subject, body, m.Object.Kind, m.Object.ID, now, at); err != nil {
		return false, fmt.Errorf("keep a mail for the daily one: %w", err)
	}
	return true, s.jobs.Enqueue(ctx, tx, "send_digest", who.person+":"+at.UTC().Format(time.RFC3339), who.person, at)
}

// nextDigest is the next time it is digestHour where the person lives, after now.
func nextDigest(now time.Time, name string) time.Time {
	loc := zone.Location(name)
	local := now.In(loc)
	at := time.Date(local.Year(), local.Month(), local.Day(), digestHour, 0, 0, 0, loc)
	if !at.After(now) {
		at = time.Date(local.Year(), local.Month(), local.Day()+1, digestHour, 0, 0, 0, loc)
	}
	return at
}

func (s *Service) digestJob(ctx context.Context, j job.Job) error {
	var person string
	if err := j.Read(&person); err != nil {
		return err
	}
	return s.Digest(ctx, account.System, person)
}

type digestItem struct{ id, subject, body string }

// Digest puts in the outbox one mail with what is due to a person, if anything.
// The items are told in the same transaction: none is told twice, none is lost.
func (s *Service) Digest(ctx context.Context, _ account.User, person string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		items, err := db.List(ctx, tx, func(sc db.Scanner) (d digestItem, err error) {
			err = sc.Scan(&d.id, &d.subject, &d.body)
			return d, err
		}, `update digest_items set told_at = $2 where person_id = $1 and told_at is null and due_at <= $2
			returning id, subject, body`, person, now)
		if err != nil {
			return fmt.Errorf("gather a daily mail: %w", err)
		}
		if len(items) == 0 {
			return nil
		}
		if items, err = db.List(ctx, tx, func(sc db.Scanner) (d digestItem, err error) {
			err = sc.Scan(&d.id, &d.subject, &d.body)
			return d, err
		}, `select id, subject, body from digest_items where person_id = $1 and told_at = $2 order by created_at, id`, person, now); err != nil {
			return fmt.Errorf("order a daily mail: %w", err)
		}
		return s.Enqueue(ctx, tx, Mail{PersonID: person, Template: "digest", Hold: AtOnce, Key: "digest:" + items[0].id,
			Args: map[string]string{"List": digestList(items), "Link": s.opt.BaseURL + "/"}})
	})
}

// digestList sets each item under its subject.
func digestList(items []digestItem) string {
	var b strings.Builder
	for _, item := range items {
		b.WriteString("### " + plain(item.subject) + "\n\n" + strings.TrimSpace(item.body) + "\n\n")
	}
	return strings.TrimSpace(b.String())
}

// TopicName is what a preference is about, in words.
func TopicName(lang i18n.Lang, topic string) string { return i18n.Say(lang, "notify.topic_"+topic) }
