package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
)

// Two nodes ask for the same mails at the same time, then two nodes send them.
func TestNothingGoesTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		second := w.node(w.post)
		var group sync.WaitGroup
		for i := range 40 {
			group.Add(1)
			go func() {
				defer group.Done()
				service := []*notify.Service{w.mails, second}[i%2]
				m := notice(fmt.Sprint("r", i/4))
				m.Hold = notify.AtOnce
				if err := w.db.Write(ctx, func(tx *db.Tx) error { return service.Enqueue(ctx, tx, m) }); err != nil {
					t.Error(err)
				}
			}()
		}
		group.Wait()
		for _, service := range []*notify.Service{w.mails, second} {
			group.Add(1)
			go func() {
				defer group.Done()
				if _, err := service.Send(ctx, account.System); err != nil {
					t.Error(err)
				}
			}()
		}
		group.Wait()
		if w.post.count() != 10 {
			t.Errorf("%d mails left, want 10", w.post.count())
		}
		ids := map[string]bool{}
		for _, m := range w.post.taken {
			ids[m.MessageID] = true
		}
		if len(ids) != 10 {
			t.Errorf("%d identifiers, want 10", len(ids))
		}
	})
}

func TestAnActThatFailsTellsNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boom := errors.New("boom")
		err := w.db.Write(ctx, func(tx *db.Tx) error {
			m := notice("r1")
			m.Hold = notify.AtOnce
			if err := w.mails.Enqueue(ctx, tx, m); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) || w.send() != 0 {
			t.Errorf("%v; %d mails left", err, w.post.count())
		}
	})
}

func TestHold(t *testing.T) {
	for _, c := range []struct {
		name  string
		hold  time.Duration
		after time.Duration
		want  int
	}{
		{"just before ten minutes", 0, 10*time.Minute - time.Second, 0},
		{"after ten minutes", 0, 10 * time.Minute, 1},
		{"a longer wait", time.Hour, 59 * time.Minute, 0},
		{"its end", time.Hour, time.Hour, 1},
		{"until a person says so", notify.UntilReleased, 1000 * time.Hour, 0},
		{"at once", notify.AtOnce, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				m := notice("r1")
				m.Hold = c.hold
				w.enqueue(m)
				w.clock.Advance(c.after)
				if err := w.jobs.Work(ctx); err != nil {
					t.Fatal(err)
				}
				if w.post.count() != c.want {
					t.Errorf("%d left, want %d", w.post.count(), c.want)
				}
			})
		})
	}
}

func TestSecretsLeaveFirstAndAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := notice("r1")
		m.Hold = notify.AtOnce
		w.enqueue(m)
		w.clock.Advance(time.Second)
		l := w.enqueue(notify.Mail{To: "ana@example.org", Template: "signin_link", Key: "s1", Urgent: true, Scope: edition,
			Args: map[string]string{"Link": "https://appels.example.org/signin/SECRET", "Minutes": "30"}})
		if !strings.Contains(l.Body, "SECRET") {
			t.Fatalf("body %q", l.Body)
		}
		list, total, err := w.mails.List(ctx, w.lead, notify.Filter{Scope: edition})
		if err != nil || total != 1 || list[0].Template != "admissibility_result" {
			t.Errorf("a lead sees %d mails: %v", total, err)
		}
		if _, err := w.mails.Get(ctx, w.lead, l.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a lead opens a secret: %v", err)
		}
		var order []string
		var mu sync.Mutex
		w.post.answer = func(m mail.Message) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, m.Subject)
			return nil
		}
		w.send()
		if len(order) != 2 {
			t.Fatalf("left: %v", order)
		}
		if after := w.byKey("s1"); after.Status != notify.Sent || after.Body != "" {
			t.Errorf("the secret is still in the outbox: %+v", after)
		}
	})
}

// A crash at each step of sending: the mail leaves once when the server had not
// taken it, and under the same identifier when nobody knows.
func TestCrash(t *testing.T) {
	for _, c := range []struct {
		name   string
		before bool // the process dies before the server hears of the mail
		taken  int
	}{{"before the server hears of it", true, 1}, {"after the server took it", false, 2}} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				m := notice("r1")
				m.Hold = notify.AtOnce
				w.enqueue(m)
				died := make(chan struct{})
				dying := &post{}
				dying.answer = func(m mail.Message) error {
					if !c.before {
						w.post.Send(ctx, m)
					}
					close(died)
					select {} // the process never comes back
				}
				life, end := context.WithCancel(ctx)
				go w.node(dying).Send(life, account.System)
				<-died
				end() // a process that dies claims nothing more, in any of its goroutines
				if got := w.byKey("r1").Status; got != notify.Sending {
					t.Fatalf("status %s, want sending", got)
				}
				w.clock.Advance(4*time.Minute - time.Second)
				if w.send() != 0 {
					t.Error("taken over before the claim ran out")
				}
				if err := w.mails.Cancel(ctx, w.lead, w.byKey("r1").ID); errs.KeyOf(err) != "notify.already_sending" {
					t.Errorf("cancelled while nobody knows: %v", err)
				}
				w.clock.Advance(2 * time.Second)
				if err := w.jobs.Work(ctx); err != nil {
					t.Fatal(err)
				}
				if got := w.byKey("r1"); got.Status != notify.Sent || got.Attempts != 2 || w.post.count() != c.taken {
					t.Errorf("%s after %d attempts, %d letters", got.Status, got.Attempts, w.post.count())
				}
				for _, m := range w.post.taken {
					if m.MessageID != w.post.taken[0].MessageID || m.Text != w.post.taken[0].Text {
						t.Error("a retry cannot be recognised")
					}
				}
			})
		})
	}
}

// A node that was silent too long comes back: it changes nothing.
func TestLateNodeChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := notice("r1")
		m.Hold = notify.AtOnce
		w.enqueue(m)
		started, finish, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
		slow := &post{answer: func(mail.Message) error {
			close(started)
			<-finish
			return &mail.Failure{Permanent: true, Reason: "550 no"}
		}}
		go func() { w.node(slow).Send(ctx, account.System); close(done) }()
		<-started
		w.clock.Advance(5 * time.Minute)
		w.send()
		close(finish)
		<-done
		if got := w.byKey("r1"); got.Status != notify.Sent || got.Problem != "" {
			t.Errorf("got %s %q", got.Status, got.Problem)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := notice("r1")
		m.Hold = notify.AtOnce
		l := w.enqueue(m)
		w.post.answer = func(mail.Message) error { return &mail.Failure{Code: 451, Reason: "451 later"} }
		w.send()
		if got := w.byKey("r1"); got.Status != notify.Ready || got.Problem != "451 later" || !got.DueAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("a temporary refusal: %+v", got)
		}
		if got := w.byKey("r1"); got.CanEdit() {
			t.Error("a mail that a server may have can still be edited")
		}
		w.clock.Advance(time.Minute)
		w.post.answer = func(mail.Message) error { return &mail.Failure{Code: 550, Permanent: true, Reason: "550 no such user"} }
		w.send()
		if got := w.byKey("r1"); got.Status != notify.Failed || got.Problem != "550 no such user" {
			t.Errorf("a refusal for good: %+v", got)
		}
		w.clock.Advance(24 * time.Hour)
		if w.send() != 0 {
			t.Error("a failed mail left by itself")
		}
		w.post.answer = nil
		if err := w.mails.Retry(ctx, w.lead, l.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.jobs.Work(ctx); err != nil {
			t.Fatal(err)
		}
		if got := w.byKey("r1"); got.Status != notify.Sent || w.post.taken[0].MessageID != l.MessageID {
			t.Errorf("after a retry: %+v", got)
		}
		want := []string{"system mail.failed", "person:lead mail.retried", "system mail.sent"}
		if got := w.acts(l.ID); !slices.Equal(got, want) {
			t.Errorf("journal: %v", got)
		}
	})
}

// When the server does not answer, one mail tries for all, and the others wait.
func TestSilentServerIsLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 30 {
			m := notice(fmt.Sprint("r", i))
			m.Hold = notify.AtOnce
			w.enqueue(m)
		}
		var mu sync.Mutex
		tries := 0
		w.post.answer = func(mail.Message) error {
			mu.Lock()
			defer mu.Unlock()
			tries++
			return &mail.Failure{Unreachable: true, Reason: "connection refused"}
		}
		w.send()
		w.send()
		if tries > 4 {
			t.Errorf("%d attempts at a server that does not answer", tries)
		}
		w.post.answer = nil
		w.clock.Advance(5 * time.Minute)
		if err := w.jobs.Work(ctx); err != nil {
			t.Fatal(err)
		}
		if w.post.count() != 30 {
			t.Errorf("%d left, want 30", w.post.count())
		}
	})
}

func TestTooLateIsSaid(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.enqueue(notify.Mail{To: "ana@example.org", Template: "signin_code", Key: "s1", Urgent: true, Args: map[string]string{"Code": "123", "Minutes": "30"}})
		m := notice("r1")
		m.Hold = notify.AtOnce
		w.enqueue(m)
		w.clock.Advance(61 * time.Minute)
		w.send()
		if got := w.byKey("s1"); got.Status != notify.Failed || got.Problem != "notify.problem_late" {
			t.Errorf("an expired code: %+v", got)
		}
		if got := w.byKey("r1"); got.Status != notify.Sent {
			t.Errorf("a receipt an hour late: %+v", got)
		}
	})
}

func TestRecipients(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.write(func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at, merged_into) values ('anna', 'x', 'fr', 'UTC', $1, 'bob')`, noon); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `update people set disabled_at = $1 where id = 'other'`, noon)
			return err
		})
		m := notice("r1")
		m.PersonID = "anna"
		if l := w.enqueue(m); l.To != "bob@example.org" || l.Lang != "en" || l.PersonID != "bob" {
			t.Errorf("a merged account: %+v", l)
		}
		closed := notice("r2")
		closed.PersonID = "other"
		w.write(func(tx *db.Tx) error { return w.mails.Enqueue(ctx, tx, closed) })
		all, err := w.mails.Mailbox(ctx, account.System, 10)
		if err != nil || len(all) != 1 {
			t.Errorf("a closed account is told something: %d %v", len(all), err)
		}
		unknown := notice("r3")
		unknown.Scope = policy.Ref{Kind: "edition", ID: "nowhere"}
		if err := w.db.Write(ctx, func(tx *db.Tx) error { return w.mails.Enqueue(ctx, tx, unknown) }); !errs.Is(err, errs.NotFound) {
			t.Errorf("an unknown scope: %v", err)
		}
	})
}

// Without a server nothing is marked as having left.
func TestWithoutServer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		service := w.node(mail.Hold{})
		m := notice("r1")
		m.Hold = notify.AtOnce
		w.enqueue(m)
		n, err := service.Send(ctx, account.System)
		if got := w.byKey("r1"); err != nil || n != 0 || got.Status != notify.Ready || got.Attempts != 0 {
			t.Errorf("%d %v %+v", n, err, got)
		}
	})
}

// A secret that waits out a silent server for hours is still sent, and forgotten once it left.
func TestInvitationsAreSecretButPatient(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := notify.Mail{To: "ana@example.org", Template: "invitation", Key: "i1", Secret: true, Hold: notify.AtOnce, Scope: edition,
			Args: map[string]string{"Author": "Bob", "Role": "lecture", "What": "Atelier", "Link": "https://appels.example.org/invitations/SECRET", "Expires": "lundi"}}
		w.enqueue(m)
		if _, total, err := w.mails.List(ctx, w.lead, notify.Filter{Scope: edition}); total != 0 || err != nil {
			t.Errorf("a lead sees it: %d %v", total, err)
		}
		w.clock.Advance(5 * time.Hour)
		w.send()
		if got := w.byKey("i1"); got.Status != notify.Sent || got.Body != "" || !strings.Contains(w.post.taken[0].Text, "SECRET") {
			t.Errorf("got %+v", got)
		}
	})
}
