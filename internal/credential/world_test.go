package credential_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/credential"
	"transformateur/internal/credential/credentialtest"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/openid"
	"transformateur/internal/policy"
)

var (
	ctx  = context.Background()
	noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
)

const base = credentialtest.Base

// world is the service with all that it leans on.
type world struct {
	*credential.Service
	t        *testing.T
	db       *db.DB
	clock    *clock.Fake
	policy   *policy.Service
	accounts *account.Service
	bus      *event.Bus
	box      *accounttest.Mailbox
}

func onBoth(t *testing.T, body func(t *testing.T, w world), providers ...*openid.Provider) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(noon)
		w := world{t: t, db: d, clock: c, policy: policy.New(d, c).AskTwice(), bus: event.NewBus(d, c), box: &accounttest.Mailbox{}}
		w.accounts = account.New(d, c, account.Options{Mailer: w.box, Rights: w.policy.Rights(), Bus: w.bus, Check: func(_, number string) (string, error) { return number, nil }})
		w.Service = credentialtest.New(t, credentialtest.World{DB: d, Clock: c, Accounts: w.accounts, Mailer: w.box, Policy: w.policy, Providers: providers})
		w.Listen(w.bus)
		body(t, w)
	})
}

func (w world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused checks the kind of an error and its key, or that of its first field.
func (w world) refused(err error, kind errs.Kind, key string) {
	w.t.Helper()
	got := errs.KeyOf(err)
	var e *errs.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		got = e.Fields[0].Path + "=" + e.Fields[0].Key
	}
	if !errs.Is(err, kind) || got != key {
		w.t.Errorf("got %v (%s), want %v %s", err, got, kind, key)
	}
}

// weak signs somebody in by a link sent by mail, as most people come.
func (w world) weak(email string) (account.User, string) {
	w.t.Helper()
	_, err := w.accounts.AskLink(ctx, account.Ask{Email: email, Lang: "fr", IP: "192.0.2.1"})
	w.must(err)
	link := w.box.Last(w.t, email, account.MailSignIn).Args["Link"]
	a, err := w.accounts.UseLink(ctx, account.User{}, filepath.Base(link), "test")
	w.must(err)
	return w.who(a.Token), a.Token
}

func (w world) who(token string) account.User {
	w.t.Helper()
	by, err := w.accounts.Authenticate(ctx, token)
	w.must(err)
	return by
}

func (w world) count(query string, args ...any) int {
	w.t.Helper()
	n, err := db.Get(ctx, w.db.Reader(), db.Value[int], query, args...)
	w.must(err)
	return n
}

func (w world) journaled(act string, want int) {
	w.t.Helper()
	if n := w.count(`select count(*) from journal where act = $1`, act); n != want {
		w.t.Errorf("%d lines %s in the journal, want %d", n, act, want)
	}
}

// told says of what a person was told last.
func (w world) told(email, what string) {
	w.t.Helper()
	if m := w.box.Last(w.t, email, credential.MailSecurity); m.Args["What"] != what {
		w.t.Errorf("%s was told of %q, want %q", email, m.Args["What"], what)
	}
}

// grant gives a role by plain SQL-free means.
func (w world) grant(by account.User, relation string, on policy.Ref) {
	w.t.Helper()
	w.must(w.db.Write(ctx, func(tx *db.Tx) error {
		return w.policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: relation, Object: on})
	}))
}

func asError(err error, target **errs.Error) bool { return errors.As(err, target) }
