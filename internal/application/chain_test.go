package application_test

import (
	"encoding/json"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

func TestChainOfReceipts(t *testing.T) {
	for _, c := range []struct{ name, damage, want string }{
		{"whole", "", ""},
		{"a receipt removed", "delete from receipts where number = 2", "2 missing"},
		{"a title changed", `update receipts set body = replace(body, 'Projet B', 'Projet Z') where number = 2`, "2 changed"},
		{"a digest changed", "update receipts set digest = 'x' where number = 2", "2 changed"},
		{"a link changed", "update receipts set previous = 'x' where number = 2", "2 unchained"},
		{"a signature taken from another", "update receipts set signature = (select r.signature from receipts r where r.number = 1) where number = 2", "2 forged"},
		{"a receipt given to another file", "update receipts set application_id = (select r.application_id from receipts r where r.number = 1) where number = 2", "2 changed"},
		{"another key", "update receipts set key_id = 'x' where number = 3", "3 other_key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(t *testing.T, w *applicationtest.World) {
				w.Deposit("un", "deux", "trois")
				if c.damage != "" {
					w.Must(w.DB.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, c.damage); return err }))
				}
				n, head, broken, err := receipt.VerifyChain(ctx, w.DB.Reader(), w.Files.PublicKey())
				w.Must(err)
				got := ""
				if broken != nil {
					got = string(rune('0'+broken.Number)) + " " + broken.Reason
				}
				if got != c.want || broken == nil && (n != 3 || len(head) != 64) {
					t.Errorf("%d %s %q, want %q", n, head, got, c.want)
				}
			})
		})
	}
}

func TestCheckReceipt(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		w.Deposit("un", "deux")
		r, err := w.Files.ReceiptByNumber(ctx, w.Ana, 1)
		w.Must(err)
		text, err := json.MarshalIndent(r, "", " ")
		w.Must(err)
		v, err := w.Files.CheckReceipt(ctx, account.User{}, text)
		if err != nil || !v.Known || !v.Chained || !v.Followed {
			t.Errorf("%+v %v", v, err)
		}
		if _, err := w.Files.CheckReceipt(ctx, account.User{}, []byte(strings.Replace(string(text), "Projet A", "Projet Z", 1))); errs.KeyOf(err) != "receipt.forged" {
			t.Errorf("changed: %v", err)
		}
		other := applicationtest.New(t, dbtest.SQLite(t))
		if _, err := other.Files.CheckReceipt(ctx, account.User{}, text); errs.KeyOf(err) != "receipt.other_key" {
			t.Errorf("elsewhere: %v", err)
		}
		for _, by := range []account.User{w.Bob, w.Lead} {
			if _, err := w.Files.ReceiptByNumber(ctx, by, 1); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s reads a receipt before the closing: %v", by.Name, err)
			}
		}
		for _, number := range []int64{1, 99} {
			if _, err := w.Files.ReceiptByNumber(ctx, account.User{}, number); !errs.Is(err, errs.Unauthenticated) {
				t.Errorf("a visitor asks for %d: %v", number, err)
			}
		}
	})
}
