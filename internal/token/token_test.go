package token

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

var noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)

func person(t *testing.T, d *db.DB, id string) account.User {
	t.Helper()
	ctx := context.Background()
	if err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, id, noon)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return account.User{ID: account.PersonID(id), Name: id, Lang: "fr"}
}

func wanted() Wanted {
	return Wanted{Name: "Tableau de bord", Scopes: []string{"programmes:read"}, ExpiresAt: noon.AddDate(0, 3, 0)}
}

func TestSecretsCarryTheirChecksum(t *testing.T) {
	secret := newSecret()
	for _, c := range []struct {
		name, secret string
		want         bool
	}{
		{"as it was shown", secret, true},
		{"the smallest", Encode([32]byte{}), true},
		{"with a letter changed", secret[:10] + string("ab"[btoi(secret[10] == 'a')]) + secret[11:], false},
		{"cut", secret[:len(secret)-1], false},
		{"of something else", "ghp_" + secret[4:], false},
		{"nothing", "", false},
	} {
		if got := WellFormed(c.secret); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if len(secret) != 53 {
		t.Errorf("a secret has %d characters", len(secret))
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestCreateReportsEveryFaultAtOnce(t *testing.T) {
	s := New(dbtest.SQLite(t), clock.NewFake(noon), Options{})
	ana := person(t, s.db, "ana")
	_, _, err := s.Create(context.Background(), ana, Wanted{Name: " ", Scopes: []string{"everything"}, ExpiresAt: noon.AddDate(2, 0, 0), Within: account.Ref{Kind: "person", ID: "bob"}})
	for _, key := range []string{"token.name_missing", "token.scope_missing", "token.expiry_far", "token.within_unknown"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%v does not say %s", err, key)
		}
	}
	by := ana
	by.TokenID = "already"
	if _, _, err := s.Create(context.Background(), by, wanted()); errs.KeyOf(err) != "token.not_by_token" {
		t.Errorf("a token made a token: %v", err)
	}
}

func TestATokenActsAsItsOwnerUntilItIsRevoked(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), clock.NewFake(noon)
		s := New(d, c, Options{})
		ana, bob := person(t, d, "ana"), person(t, d, "bob")
		made, secret, err := s.Create(ctx, ana, wanted())
		if err != nil {
			t.Fatal(err)
		}
		u, got, err := s.Authenticate(ctx, secret)
		if err != nil || u.ID != "ana" || u.TokenID != made.ID || !u.Limit.Covers("call.read") || u.Limit.Covers("application.submit") || !got.Has("programmes:read") {
			t.Fatalf("authenticated as %+v, %v", u, err)
		}
		var kept string
		if err := d.Reader().QueryRow(ctx, `select digest from access_tokens where id = $1`, made.ID).Scan(&kept); err != nil || strings.Contains(kept, secret) {
			t.Errorf("the secret is kept: %q %v", kept, err)
		}
		list, err := s.List(ctx, ana)
		if err != nil || len(list) != 1 || !list[0].LastUsedAt.Equal(noon) || list[0].Ending != secret[len(secret)-4:] {
			t.Errorf("listed %+v, %v", list, err)
		}
		if err := s.Revoke(ctx, bob, made.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else revoked it: %v", err)
		}
		if err := s.Revoke(ctx, ana, made.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Authenticate(ctx, secret); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a revoked token still opens: %v", err)
		}
		lines, err := journal.After(ctx, d.Reader(), 0, 10)
		if err != nil || len(lines) != 2 || lines[0].Act != "token.created" || lines[1].Act != "token.revoked" || strings.Contains(lines[0].Detail, "Tableau") {
			t.Errorf("journal %+v, %v", lines, err)
		}
	})
}

// A token made with one proof proves no more: rights that wait for a second wait on.
func TestATokenIsAsStrongAsItsSignIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s := New(d, clock.NewFake(noon), Options{})
		ana := person(t, d, "ana")
		for _, weak := range []bool{false, true} {
			ana.Weak = weak
			_, secret, err := s.Create(ctx, ana, wanted())
			if err != nil {
				t.Fatal(err)
			}
			if u, _, err := s.Authenticate(ctx, secret); err != nil || u.Weak != weak {
				t.Errorf("made with a weak sign-in: %v; weak: %v, %v", weak, u.Weak, err)
			}
		}
	})
}

func TestTokensEnd(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), clock.NewFake(noon)
		s := New(d, c, Options{})
		ana := person(t, d, "ana")
		_, secret, err := s.Create(ctx, ana, wanted())
		if err != nil {
			t.Fatal(err)
		}
		c.Set(noon.AddDate(0, 3, 0).Add(-time.Microsecond))
		if _, _, err := s.Authenticate(ctx, secret); err != nil {
			t.Errorf("refused at its last instant: %v", err)
		}
		c.Set(noon.AddDate(0, 3, 0))
		if _, _, err := s.Authenticate(ctx, secret); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("it outlived its date: %v", err)
		}
		c.Set(noon)
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update people set disabled_at = $1 where id = 'ana'`, noon)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Authenticate(ctx, secret); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("it outlived its owner's account: %v", err)
		}
	})
}

func TestSpendBoundsEachTokenAlone(t *testing.T) {
	c := clock.NewFake(noon)
	s := New(nil, c, Options{PerSecond: 2, Burst: 3})
	for i := range 3 {
		if wait := s.Spend("one"); wait != 0 {
			t.Errorf("request %d waits %s", i, wait)
		}
	}
	if wait := s.Spend("one"); wait != 500*time.Millisecond {
		t.Errorf("one too many waits %s", wait)
	}
	if wait := s.Spend("two"); wait != 0 {
		t.Errorf("another token waits %s", wait)
	}
	c.Set(noon.Add(500 * time.Millisecond))
	if wait := s.Spend("one"); wait != 0 {
		t.Errorf("after the wait it waits %s again", wait)
	}
}

// act writes one line of the journal, as a use case does.
func act(ctx context.Context, d *db.DB, name string) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		return journal.Write(ctx, tx, noon, journal.Entry{Actor: "person:ana", Act: name, Kind: "application", ID: "file", Detail: map[string]any{"receipt": 7}})
	})
}

func TestARequestHasItsEffectOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), clock.NewFake(noon)
		s := New(d, c, Options{})
		ana := person(t, d, "ana")
		made, _, err := s.Create(ctx, ana, wanted())
		if err != nil {
			t.Fatal(err)
		}
		ana.TokenID = made.ID
		first, before, err := s.Begin(ctx, ana, "k1", "digest")
		if err != nil || before != nil {
			t.Fatal(before, err)
		}
		if _, _, err := s.Begin(ctx, ana, "k1", "digest"); errs.KeyOf(err) != "token.key_busy" {
			t.Errorf("while it is under way: %v", err)
		}
		if _, _, err := s.Begin(ctx, ana, "k1", "another"); errs.KeyOf(err) != "token.key_reused" {
			t.Errorf("with another body: %v", err)
		}
		// The first attempt is so slow that another takes its place, then wakes up.
		c.Set(noon.Add(onceLease))
		second, _, err := s.Begin(ctx, ana, "k1", "digest")
		if err != nil || second == nil {
			t.Fatal(err)
		}
		if err := act(first.Watch(ctx, "application.submitted"), d, "application.submitted"); errs.KeyOf(err) != "token.key_busy" {
			t.Errorf("the attempt whose place was taken acted: %v", err)
		}
		if err := act(second.Watch(ctx, "application.submitted"), d, "application.read"); err != nil {
			t.Fatal(err)
		}
		if err := act(second.Watch(ctx, "application.submitted"), d, "application.submitted"); err != nil {
			t.Fatal(err)
		}
		// Its answer is lost: nobody may act again, and what it did is known.
		if err := s.Abandon(ctx, ana, second); err != nil {
			t.Fatal(err)
		}
		_, before, err = s.Begin(ctx, ana, "k1", "digest")
		if err != nil || before == nil || before.Done || len(before.Acts) != 1 || before.Acts[0].ID != "file" {
			t.Fatalf("after a lost answer: %+v, %v", before, err)
		}
		var detail struct{ Receipt int }
		if err := json.Unmarshal(before.Acts[0].Detail, &detail); err != nil || detail.Receipt != 7 {
			t.Errorf("its detail %s: %v", before.Acts[0].Detail, err)
		}
		if err := s.Finish(ctx, ana, second, Outcome{Status: 201, Headers: map[string]string{"Location": "/x"}, Body: "{}"}); err != nil {
			t.Fatal(err)
		}
		_, before, err = s.Begin(ctx, ana, "k1", "digest")
		if err != nil || !before.Done || before.Status != 201 || before.Headers["Location"] != "/x" || before.Body != "{}" {
			t.Errorf("after it: %+v, %v", before, err)
		}
		c.Set(noon.Add(onceLease + onceLife))
		if err := s.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if once, _, err := s.Begin(ctx, ana, "k1", "another"); err != nil || once == nil {
			t.Errorf("a day later the key is not free: %v", err)
		}
	})
}

func TestAFailedRequestFreesItsKey(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s := New(d, clock.NewFake(noon), Options{})
		ana := person(t, d, "ana")
		made, _, err := s.Create(ctx, ana, wanted())
		if err != nil {
			t.Fatal(err)
		}
		ana.TokenID = made.ID
		once, _, err := s.Begin(ctx, ana, "k", "digest")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Abandon(ctx, ana, once); err != nil {
			t.Fatal(err)
		}
		if again, _, err := s.Begin(ctx, ana, "k", "corrected"); err != nil || again == nil {
			t.Errorf("corrected and sent again: %v", err)
		}
	})
}
