package application_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/application/receipt"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

var (
	ctx  = context.Background()
	noon = applicationtest.Noon
)

func run(t *testing.T, body func(t *testing.T, w *applicationtest.World)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { body(t, applicationtest.New(t, d)) })
}

func TestSubmit(t *testing.T) {
	for _, c := range []struct {
		name string
		fill []any
		at   time.Time
		want string // "" or the start of the error
	}{
		{"everything there", nil, noon, ""},
		{"the last millisecond", nil, noon.Add(time.Hour - time.Millisecond), ""},
		{"the last nanosecond", nil, noon.Add(time.Hour - 1), ""},
		{"on the hour", nil, noon.Add(time.Hour), "application.call_closed"},
		{"a summary of spaces", []any{"summary", nil}, noon, "application.incomplete: summary"},
		{"two things missing, said at once", []any{"summary", nil, "staff", nil}, noon, "application.incomplete: summary=form.required, staff=form.required"},
		{"a hidden field is not asked", []any{"bearer", "public", "staff", nil}, noon, ""},
		{"a blocking rule", []any{"staff", int64(300)}, noon, "application.incomplete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(t *testing.T, w *applicationtest.World) {
				a := w.Complete()
				if c.fill != nil {
					w.Fill(w.Ana, a.ID, c.fill...)
				}
				w.Clock.Set(c.at)
				_, err := w.Files.Submit(ctx, w.Ana, a.ID)
				got := ""
				if err != nil {
					got = err.Error()
				}
				if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestWhoSubmits(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Complete()
		for _, c := range []struct {
			by   account.User
			want errs.Kind
		}{{w.Bob, errs.NotFound}, {w.Lead, errs.NotFound}, {account.User{}, errs.Unauthenticated}} {
			if _, err := w.Files.Submit(ctx, c.by, a.ID); !errs.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.by.Actor(), err, c.want)
			}
		}
	})
}

// Twenty deposits of the same file at once: one wins, one receipt, one journal line.
func TestOneDepositWins(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Complete()
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 20 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				_, err := w.Files.Submit(ctx, w.Ana, a.ID)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if errs.KeyOf(err) != "application.not_draft" {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		receipts, err := w.Files.Receipts(ctx, w.Ana, a.ID)
		if err != nil || won != 1 || len(receipts) != 1 {
			t.Errorf("%d won, %d receipts, %v", won, len(receipts), err)
		}
	})
}

func TestReceiptVerifiesAndChains(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		var last receipt.Signed
		for i := range 3 {
			w.Clock.Advance(time.Second + 123456*time.Microsecond)
			a := w.Complete()
			s, err := w.Files.Submit(ctx, w.Ana, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			if s.Receipt.Number != int64(i+1) {
				t.Errorf("receipt %d has number %d", i+1, s.Receipt.Number)
			}
			if i > 0 {
				if digest, _ := last.Receipt.Digest(); s.Receipt.Previous != digest {
					t.Errorf("receipt %d is not chained to the one before", i+1)
				}
			}
			last = s
		}
		if want := "2027-03-05T11:00:03.370Z"; last.Receipt.ReceivedAt != want {
			t.Errorf("received at %s, want %s", last.Receipt.ReceivedAt, want)
		}
		if want := "2027-03-05T12:00:03.370+01:00"; last.Receipt.Local != want {
			t.Errorf("local %s, want %s", last.Receipt.Local, want)
		}
		text, _ := json.MarshalIndent(last, "", "  ")
		if _, _, err := receipt.Verify(text, w.Files.PublicKey()); err != nil {
			t.Errorf("a true receipt: %v", err)
		}
		for name, forged := range map[string]string{
			"another title":  strings.Replace(string(text), "Campus", "Autre", 1),
			"another time":   strings.Replace(string(text), "T11:00:03.370Z", "T10:00:03.370Z", 1),
			"a key added":    strings.Replace(string(text), `"number": 3`, `"number": 3, "extra": 1`, 1),
			"an answer less": strings.Replace(string(text), `"field": "staff"`, `"field": "other"`, 1),
		} {
			if forged == string(text) {
				t.Fatalf("%s: the forgery changed nothing", name)
			}
			if _, _, err := receipt.Verify([]byte(forged), w.Files.PublicKey()); errs.KeyOf(err) != "receipt.forged" {
				t.Errorf("%s: %v, want forged", name, err)
			}
		}
		digest := form.Digest("Un campus")
		if got := last.Receipt.Answers[0].SHA256; len(got) != 64 || got[:8] != hex8(digest) {
			t.Errorf("digest of the summary: %s", got)
		}
	})
}

func hex8(d [32]byte) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, x := range d[:4] {
		b.WriteByte(digits[x>>4])
		b.WriteByte(digits[x&15])
	}
	return b.String()
}

func TestReplaceAndWithdraw(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Complete()
		if _, err := w.Files.Submit(ctx, w.Ana, a.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Files.Save(ctx, w.Ana, a.ID, []application.Edit{{Field: "summary", Base: 1, Value: "x"}}); errs.KeyOf(err) != "application.not_draft" {
			t.Errorf("writing a deposited file: %v", err)
		}
		w.Must(w.Files.Reopen(ctx, w.Ana, a.ID))
		w.Fill(w.Ana, a.ID, "summary", "Un campus, mieux")
		s, err := w.Files.Submit(ctx, w.Ana, a.ID)
		if err != nil || s.Receipt.Kind != application.KindReplace {
			t.Fatalf("replace: %v %v", s.Receipt.Kind, err)
		}
		s, err = w.Files.Withdraw(ctx, w.Ana, a.ID)
		if err != nil || s.Receipt.Kind != application.KindWithdrawal || s.Receipt.Number != 3 {
			t.Fatalf("withdraw: %+v %v", s.Receipt, err)
		}
		w.Must(w.Files.Reopen(ctx, w.Ana, a.ID))
		w.Clock.Advance(2 * time.Hour)
		if _, err := w.Files.Submit(ctx, w.Ana, a.ID); errs.KeyOf(err) != "application.call_closed" {
			t.Errorf("after the deadline: %v", err)
		}
		if err := w.Files.Reopen(ctx, w.Ana, a.ID); err == nil {
			t.Error("reopened after the deadline")
		}
		if _, _, broken, err := journal.Verify(ctx, w.DB.Reader()); broken != nil || err != nil {
			t.Errorf("journal: %v %v", broken, err)
		}
	})
}
