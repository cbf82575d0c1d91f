package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/register"
)

var (
	ctx  = context.Background()
	noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
)

// world is a service with its clock, its policy and what it would mail.
type world struct {
	*account.Service
	t      *testing.T
	db     *db.DB
	clock  *clock.Fake
	policy *policy.Service
	bus    *event.Bus
	box    *accounttest.Mailbox
}

func onBoth(t *testing.T, body func(t *testing.T, w world)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(noon)
		w := world{t: t, db: d, clock: c, policy: policy.New(d, c), bus: event.NewBus(d, c), box: &accounttest.Mailbox{}}
		w.Service = account.New(d, c, account.Options{Mailer: w.box, Rights: w.policy.Rights(), Bus: w.bus, Check: func(name, number string) (string, error) {
			if name == "rna" {
				return register.RNA(number)
			}
			return register.SIRET(number)
		}})
		body(t, w)
	})
}

func (w world) person(email string) account.User {
	w.t.Helper()
	by, _ := accounttest.Person(w.t, w.Service, email, strings.ToUpper(email[:1])+email[1:strings.IndexByte(email, '@')])
	return by
}

// ask asks for a sign-in link and gives the secrets of the page and of the mail.
func (w world) ask(email, next string) (page, token, code string) {
	w.t.Helper()
	page, err := w.AskLink(ctx, account.Ask{Email: email, Next: next, Lang: "fr", IP: "192.0.2.1"})
	if err != nil {
		w.t.Fatal(err)
	}
	m := w.box.Last(w.t, strings.ToLower(strings.TrimSpace(email)), account.MailSignIn)
	return page, strings.TrimPrefix(m.Args["Link"], "/signin/link/"), m.Args["Code"]
}

// tokenIn is the last part of the path that a mail leads to.
func tokenIn(m account.Mail) string {
	return m.Args["Link"][strings.LastIndexByte(m.Args["Link"], '/')+1:]
}

func (w world) count(query string, args ...any) int {
	w.t.Helper()
	n, err := db.Get(ctx, w.db.Reader(), db.Value[int], query, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w world) write(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(ctx, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused checks the kind of an error and, for a form, the key of its first field.
func (w world) refused(err error, kind errs.Kind, key string) {
	w.t.Helper()
	got := errs.KeyOf(err)
	var e *errs.Error
	if ok := asError(err, &e); ok && len(e.Fields) > 0 {
		got = e.Fields[0].Path + "=" + e.Fields[0].Key
	}
	if !errs.Is(err, kind) || key != "" && got != key {
		w.t.Errorf("got %v (%s), want %v %s", err, got, kind, key)
	}
}
