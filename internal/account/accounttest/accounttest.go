// Package accounttest gives tests people who are signed in, and a mailbox in which to read what would leave.
package accounttest

import (
	"context"
	"sync"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
)

// Person makes an account with an address and opens a sign-in: by is who acts, and
// cookie the value of the sign-in cookie.
func Person(t testing.TB, s *account.Service, email, name string) (by account.User, cookie string) {
	t.Helper()
	ctx := context.Background()
	demo := account.OpenDemo(s)
	id, err := demo.Create(ctx, email, account.Profile{Name: name, Lang: "fr", Zone: "Europe/Paris"})
	if err != nil {
		t.Fatalf("make the account of %s: %v", email, err)
	}
	cookie, err = demo.SignIn(ctx, id, "test")
	if err != nil {
		t.Fatalf("sign %s in: %v", email, err)
	}
	by, err = s.Authenticate(ctx, cookie)
	if err != nil {
		t.Fatalf("authenticate %s: %v", email, err)
	}
	return by, cookie
}

// Mailbox keeps the mails that were asked for in transactions that succeeded. The
// same key is kept once, as an outbox does.
type Mailbox struct {
	mu    sync.Mutex
	mails []account.Mail
	keys  map[string]bool
}

// Enqueue keeps a mail once tx is kept.
func (b *Mailbox) Enqueue(_ context.Context, tx *db.Tx, m account.Mail) error {
	tx.AfterCommit(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.keys == nil {
			b.keys = map[string]bool{}
		}
		if m.Key != "" && b.keys[m.Key] {
			return
		}
		b.keys[m.Key] = true
		b.mails = append(b.mails, m)
	})
	return nil
}

// All lists the mails in the order they were asked for.
func (b *Mailbox) All() []account.Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]account.Mail(nil), b.mails...)
}

// Last is the last mail of a template to an address; the test fails without one.
func (b *Mailbox) Last(t testing.TB, to, template string) account.Mail {
	t.Helper()
	mails := b.All()
	for i := len(mails) - 1; i >= 0; i-- {
		if mails[i].To == to && mails[i].Template == template {
			return mails[i]
		}
	}
	t.Fatalf("no mail %s to %s among %d", template, to, len(mails))
	return account.Mail{}
}

// Count is how many mails went to an address.
func (b *Mailbox) Count(to string) int {
	n := 0
	for _, m := range b.All() {
		if m.To == to {
			n++
		}
	}
	return n
}
