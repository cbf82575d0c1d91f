package notify_test

import (
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
	"transformateur/internal/policy"
)

func TestEditing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.enqueue(notice("r1"))
		words := notify.Text{Subject: "Bien reçu", Body: "Bonjour *Ana*"}
		if err := w.mails.Edit(ctx, w.other, l.ID, l.Version, words); !errs.Is(err, errs.NotFound) {
			t.Errorf("the lead of another edition: %v", err)
		}
		if err := w.mails.Edit(ctx, account.User{}, l.ID, l.Version, words); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a visitor: %v", err)
		}
		if err := w.mails.Edit(ctx, w.lead, l.ID, l.Version, notify.Text{Subject: " ", Body: ""}); !errs.Is(err, errs.Invalid) {
			t.Errorf("an empty mail: %v", err)
		}
		if err := w.mails.Edit(ctx, w.lead, l.ID, l.Version, words); err != nil {
			t.Fatal(err)
		}
		if err := w.mails.Edit(ctx, w.lead, l.ID, l.Version, words); errs.KeyOf(err) != "notify.edited_meanwhile" {
			t.Errorf("a stale edit: %v", err)
		}
		if err := w.mails.Release(ctx, w.lead, l.ID); err != nil {
			t.Fatal(err)
		}
		if w.send() != 1 {
			t.Fatal("the mail did not leave")
		}
		if got := w.post.taken[0]; got.Subject != "Bien reçu" || !strings.Contains(got.HTML, "<em>Ana</em>") || got.To != "ana@example.org" || !strings.Contains(got.From, "Appels de demain") {
			t.Errorf("what left: %+v", got)
		}
		if err := w.mails.Edit(ctx, w.lead, l.ID, 3, words); errs.KeyOf(err) != "notify.already_sent" {
			t.Errorf("an edit after it left: %v", err)
		}
		want := []string{"person:lead mail.edited", "person:lead mail.released", "system mail.sent"}
		if got := w.acts(l.ID); !slices.Equal(got, want) {
			t.Errorf("journal: %v", got)
		}
	})
}

// Cancelling races with sending: one wins, never both, never none.
func TestCancelOrSend(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mails []notify.Letter
		for i := range 30 {
			m := notice(fmt.Sprint("r", i))
			m.Hold = notify.AtOnce
			mails = append(mails, w.enqueue(m))
		}
		var group sync.WaitGroup
		cancelled := make([]error, len(mails))
		group.Add(1)
		go func() { defer group.Done(); w.mails.Send(ctx, account.System) }()
		for i, l := range mails {
			group.Add(1)
			go func() { defer group.Done(); cancelled[i] = w.mails.Cancel(ctx, w.lead, l.ID) }()
		}
		group.Wait()
		w.send()
		left := map[string]int{}
		for _, m := range w.post.taken {
			left[m.MessageID]++
		}
		for i, l := range mails {
			stopped := cancelled[i] == nil
			if !stopped && !errs.Is(cancelled[i], errs.Conflict) {
				t.Errorf("%s: %v", l.Key, cancelled[i])
			}
			if want := map[bool]int{true: 0, false: 1}[stopped]; left[l.MessageID] != want {
				t.Errorf("%s: cancelled %v, left %d times", l.Key, stopped, left[l.MessageID])
			}
		}
	})
}

// Editing races with sending: what leaves is the text of the edit that was accepted.
func TestEditOrSend(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mails []notify.Letter
		for i := range 20 {
			m := notice(fmt.Sprint("r", i))
			m.Hold = notify.AtOnce
			mails = append(mails, w.enqueue(m))
		}
		var group sync.WaitGroup
		edited := make([]error, len(mails))
		for i, l := range mails {
			group.Add(1)
			go func() {
				defer group.Done()
				edited[i] = w.mails.Edit(ctx, w.lead, l.ID, l.Version, notify.Text{Subject: "Changé", Body: "Changé"})
			}()
		}
		group.Add(1)
		go func() { defer group.Done(); w.mails.Send(ctx, account.System) }()
		group.Wait()
		w.send()
		subject := map[string]string{}
		for _, m := range w.post.taken {
			subject[m.MessageID] = m.Subject
		}
		for i, l := range mails {
			if got := subject[l.MessageID] == "Changé"; got != (edited[i] == nil) {
				t.Errorf("%s: edit answered %v, %q left", l.Key, edited[i], subject[l.MessageID])
			}
		}
	})
}

func TestBatch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 5 {
			w.enqueue(notify.Mail{To: fmt.Sprintf("p%d@example.org", i), Template: "deadline_extended", Key: fmt.Sprint("x", i), Scope: edition, Batch: "extend-1",
				Hold: notify.UntilReleased, Discreet: true, Args: map[string]string{"Call": "Normandie", "Deadline": "vendredi", "Link": "https://appels.example.org/c"}})
		}
		list, total, err := w.mails.List(ctx, w.lead, notify.Filter{Scope: edition, Batch: "extend-1"})
		if err != nil || total != 5 || list[0].To != "" || list[0].Body != "" || list[0].Key != "" {
			t.Errorf("the writers of drafts show: %+v %v", list[0], err)
		}
		if _, total, _ := w.mails.List(ctx, w.lead, notify.Filter{Scope: edition, Search: "p1@"}); total != 0 {
			t.Error("a search finds the writer of a draft")
		}
		if _, err := w.mails.Get(ctx, w.lead, w.byKey("x1").ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a lead opens a discreet mail: %v", err)
		}
		b, err := w.mails.Batch(ctx, w.lead, "extend-1")
		if err != nil || b.Waiting() != 5 || b.Scope() != edition || !b.Discreet || b.Template != "deadline_extended" {
			t.Fatalf("batch: %+v %v", b, err)
		}
		if _, err := w.mails.Batch(ctx, w.other, "extend-1"); !errs.Is(err, errs.NotFound) {
			t.Errorf("another lead reads the batch: %v", err)
		}
		if err := w.mails.ReleaseBatch(ctx, w.lead, "extend-1", 4); errs.KeyOf(err) != "notify.batch_changed" {
			t.Errorf("a number that is not the one shown: %v", err)
		}
		w.clock.Advance(100 * time.Hour)
		if w.send() != 0 {
			t.Fatal("a batch left by itself")
		}
		if err := w.mails.ReleaseBatch(ctx, w.lead, "extend-1", 5); err != nil {
			t.Fatal(err)
		}
		if err := w.mails.CancelBatch(ctx, w.lead, "extend-1", 5); !errs.Is(err, errs.Conflict) {
			t.Errorf("cancelled after release: %v", err)
		}
		if err := w.jobs.Work(ctx); err != nil {
			t.Fatal(err)
		}
		if w.post.count() != 5 {
			t.Errorf("%d left, want 5", w.post.count())
		}
		if got := w.acts("extend-1"); !slices.Equal(got, []string{"person:lead batch.released"}) {
			t.Errorf("journal: %v", got)
		}
	})
}

func TestListNarrowsAndIsolates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.enqueue(notice("r1"))
		elsewhere := notice("r2")
		elsewhere.Scope.ID = "autre"
		w.enqueue(elsewhere)
		private := notice("r3")
		private.Scope = policy.Ref{}
		w.enqueue(private)
		for _, c := range []struct {
			name   string
			by     account.User
			filter notify.Filter
			want   int
			kind   errs.Kind
		}{
			{"the edition", w.lead, notify.Filter{Scope: edition}, 1, 0},
			{"an address", w.lead, notify.Filter{Scope: edition, Search: "ANA@"}, 1, 0},
			{"a percent sign is a letter", w.lead, notify.Filter{Scope: edition, Search: "%"}, 0, 0},
			{"a state", w.lead, notify.Filter{Scope: edition, Status: notify.Sent}, 0, 0},
			{"a template", w.lead, notify.Filter{Scope: edition, Template: "admissibility_result"}, 1, 0},
			{"another edition", w.other, notify.Filter{Scope: edition}, 0, errs.Forbidden},
			{"the programme above", w.lead, notify.Filter{Scope: policy.Ref{Kind: "programme", ID: "tnct"}}, 0, errs.Forbidden},
			{"a scope that is none", w.lead, notify.Filter{Scope: policy.Ref{Kind: "person", ID: "ana"}}, 0, errs.NotFound},
			{"a visitor", account.User{}, notify.Filter{Scope: edition}, 0, errs.Unauthenticated},
		} {
			t.Run(c.name, func(t *testing.T) {
				_, total, err := w.mails.List(ctx, c.by, c.filter)
				if total != c.want || c.kind == 0 && err != nil || c.kind != 0 && !errs.Is(err, c.kind) {
					t.Errorf("%d mails, %v", total, err)
				}
			})
		}
	})
}

func TestDailyMail(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bob := account.User{ID: "bob"}
		if err := w.mails.Prefer(ctx, bob, "threads", notify.Daily); err != nil {
			t.Fatal(err)
		}
		if err := w.mails.Prefer(ctx, bob, "receipts", notify.Daily); !errs.Is(err, errs.Invalid) {
			t.Errorf("an unknown topic: %v", err)
		}
		message := func(person, key, words string) {
			w.write(func(tx *db.Tx) error {
				return w.mails.Enqueue(ctx, tx, notify.Mail{PersonID: person, Template: "thread_message", Key: key, Scope: edition, Hold: notify.AtOnce,
					Args: map[string]string{"Author": "Ana", "Application": "Atelier", "Message": words, "Link": "https://appels.example.org/a1"}})
			})
		}
		message("bob", "m1", "first words")
		message("bob", "m1", "first words")
		message("bob", "m2", "second words")
		message("ana", "m3", "pour Ana")
		if err := w.jobs.Work(ctx); err != nil || w.post.count() != 1 || w.post.taken[0].To != "ana@example.org" {
			t.Fatalf("%d left at once: %v", w.post.count(), err)
		}
		// Noon in UTC is 22:00 in Nouméa: 8:00 there is 21:00 UTC.
		w.clock.Set(time.Date(2027, 3, 5, 20, 59, 59, 0, time.UTC))
		if err := w.jobs.Work(ctx); err != nil || w.post.count() != 1 {
			t.Errorf("%d left before 8:00 in Nouméa: %v", w.post.count(), err)
		}
		w.clock.Set(time.Date(2027, 3, 5, 21, 0, 0, 0, time.UTC))
		if err := w.jobs.Work(ctx); err != nil {
			t.Fatal(err)
		}
		if w.post.count() != 2 {
			t.Fatalf("%d left at 8:00 in Nouméa, want 2", w.post.count())
		}
		got := w.post.taken[1]
		if got.To != "bob@example.org" || strings.Count(got.Text, "first words") != 1 || !strings.Contains(got.Text, "second words") || !strings.Contains(got.Text, "New message: Atelier") {
			t.Errorf("the daily mail:\n%s", got.Text)
		}
		if err := w.mails.Prefer(ctx, bob, "threads", notify.Instant); err != nil {
			t.Fatal(err)
		}
		message("bob", "m2", "second words")
		w.clock.Advance(48 * time.Hour)
		if err := w.jobs.Work(ctx); err != nil || w.post.count() != 2 {
			t.Errorf("%d left after the daily mail: %v", w.post.count(), err)
		}
	})
}

// Before the call closes a programme knows how many files there are, not whose.
func TestFilesAreNotBetrayedByTheirMails(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.enqueue(receipt("r1"))
		list, total, err := w.mails.List(ctx, w.lead, notify.Filter{Scope: edition})
		if err != nil || total != 1 || list[0].To != "" || list[0].Subject != "" || list[0].Object.ID != "" {
			t.Errorf("a lead sees %+v, %v", list, err)
		}
		if _, err := w.mails.Get(ctx, w.lead, l.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a lead opens a receipt: %v", err)
		}
		if w.send() != 1 {
			t.Error("a mail that nobody may read waits for nobody")
		}
	})
}
