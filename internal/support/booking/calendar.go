package booking

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/token"
)

func feedSince(ctx context.Context, r db.Reader, who account.PersonID) (time.Time, error) {
	at, err := db.Get(ctx, r, db.Value[time.Time], `select made_at from booking_feeds where person_id = $1`, string(who))
	if errs.Is(err, errs.NotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// Subscribe makes the secret address at which a calendar reads the meetings of by, shown this
// once; an earlier one opens nothing any more. Error: as the policy, on booking.offer.
func (s *Service) Subscribe(ctx context.Context, by account.User) (secret string, err error) {
	secret = strings.ToLower(rand.Text())
	return secret, s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.own(ctx, tx, by); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into booking_feeds (person_id, digest, made_at) values ($1, $2, $3)
			on conflict (person_id) do update set digest = excluded.digest, made_at = excluded.made_at`, string(by.ID), token.Digest(secret), s.clock.Now())
		if err != nil {
			return fmt.Errorf("make the address of a calendar: %w", err)
		}
		return s.noteOwn(ctx, tx, by, "booking.subscribed")
	})
}

// Revoke ends the secret address of by; one that is not there stays so. Error: as the policy,
// on booking.offer.
func (s *Service) Revoke(ctx context.Context, by account.User) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.own(ctx, tx, by); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `delete from booking_feeds where person_id = $1`, string(by.ID))
		if err != nil {
			return fmt.Errorf("end the address of a calendar: %w", err)
		}
		if n == 0 {
			return nil
		}
		return s.noteOwn(ctx, tx, by, "booking.revoked")
	})
}

func (s *Service) noteOwn(ctx context.Context, tx *db.Tx, by account.User, act string) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "person", ID: string(by.ID)})
}

// Feed is what a secret address opens: the meetings of its owner, and her language.
type Feed struct {
	Lang     string
	Zone     string
	Meetings []Meeting // what was given up too, so that calendars take it away
}

// feedPast is how far back a calendar reads.
const feedPast = 60 * 24 * time.Hour

// Follow is the calendar that a secret address opens, whoever holds it. Error: NotFound, the
// same for an address that never was.
func (s *Service) Follow(ctx context.Context, secret string) (f Feed, err error) {
	r := s.db.Reader()
	var who account.User
	err = r.QueryRow(ctx, `select p.id, p.name, p.lang, p.zone from booking_feeds f join people p on p.id = f.person_id where f.digest = $1 and p.disabled_at is null`, token.Digest(secret)).
		Scan(&who.ID, &who.Name, &f.Lang, &f.Zone)
	if err != nil {
		return f, err
	}
	all, err := list(ctx, r, `(b.helper_id = $1 or b.guest_id = $1) and b.ends_at > $2`, string(who.ID), s.clock.Now().Add(-feedPast))
	if err != nil {
		return f, err
	}
	for _, b := range all {
		_, st, err := s.meets(ctx, r, who, b.ID)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return f, err
		}
		_, tied := st.tie(b.Helper)
		m := s.seen(b, st.side, st.writes, tied)
		m.Zone = f.Zone
		f.Meetings = append(f.Meetings, m)
	}
	return f, nil
}
