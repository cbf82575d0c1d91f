package privacy_test

import (
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// marks are the strings by which Ana would be known, in the forms that she and others wrote.
var marks = []string{anaName, strings.ToUpper(anaName), "LEMOINE-KERVADEC", "Lemoine-Kervadec", anaMail, anaSecond, anaPhone, "kervadec"}

// left lists where a mark of Ana's still stands.
func (w *world) left() (found []string) {
	for where, content := range w.onDisk() {
		for _, mark := range marks {
			if i := strings.Index(content, mark); i >= 0 {
				found = append(found, where+": "+mark+": …"+strings.ToValidUTF8(content[max(0, i-60):min(len(content), i+60)], "?")+"…")
			}
		}
	}
	slices.Sort(found)
	return found
}

// figures are what statistics count.
func (w *world) figures() (out []int) {
	for _, text := range []string{
		`select count(*) from people`, `select count(*) from applications`, `select count(*) from applications where submitted_at is not null`, `select count(*) from submissions`,
		`select count(*) from receipts`, `select count(*) from application_comments`, `select count(*) from thread_messages`, `select count(*) from questions`,
		`select count(*) from mails`, `select count(*) from relations`, `select count(*) from attachments`, `select count(*) from application_facets`, `select count(*) from invitations`,
	} {
		out = append(out, w.count(text))
	}
	return out
}

// Once Ana is erased, nothing that names her is left in any byte of the data folder
// nor in any row; the journal's chain and the receipts' hold; the figures are the same.
func TestNothingNamesHerAnyMore(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		deposited, draft := w.live()
		if len(w.left()) == 0 {
			t.Fatal("nothing names her before: the search would prove nothing")
		}
		c, err := w.app.Privacy.Consequences(ctx, w.ana)
		w.must(err)
		if len(c.Blocking) != 1 || c.Blocking[0].ID != string(deposited) {
			t.Errorf("what she must hand over: %+v", c.Blocking)
		}
		if err := w.app.Privacy.AskErasure(ctx, w.ana, true); errs.KeyOf(err) != "privacy.erasure_blocked" {
			t.Fatalf("a file that Bob writes too must be handed over: %v", err)
		}
		w.grant(w.bob, "owner", policy.Ref{Kind: "application", ID: string(deposited)})
		if err := w.app.Privacy.AskErasure(ctx, w.ana, false); !errs.Is(err, errs.Invalid) {
			t.Errorf("unconfirmed: %v", err)
		}
		w.must(w.app.Privacy.AskErasure(ctx, w.ana, true))
		w.settle()
		if n := w.count(`select count(*) from mails where template = 'erasure_asked' and person_id = $1`, string(w.ana.ID)); n != 1 {
			t.Errorf("%d mails tell her", n)
		}
		w.pass(6)
		if len(w.left()) == 0 {
			t.Error("erased before its time")
		}
		before := w.figures()
		before[8]-- // the mail that told her is counted below
		w.pass(2)
		w.settle()
		for _, where := range w.left() {
			t.Error("left: ", where)
		}
		after := w.figures()
		before[8]++
		if !slices.Equal(before, after) {
			t.Errorf("the figures changed: %v, then %v", before, after)
		}
		w.holds(t, deposited, draft)
	})
}

// holds checks what must outlive the erasure.
func (w *world) holds(t *testing.T, deposited, draft application.ID) {
	r := w.app.DB.Reader()
	if _, _, broken, err := journal.Verify(ctx, r); err != nil || broken != nil {
		t.Errorf("the journal: %+v, %v", broken, err)
	}
	n, _, broken, err := receipt.VerifyChain(ctx, r, w.app.Files.PublicKey())
	if err != nil || broken != nil || n != 1 {
		t.Errorf("the receipts: %d, %+v, %v", n, broken, err)
	}
	f, err := w.app.Files.Open(ctx, w.bob, deposited)
	if err != nil {
		t.Fatal("Bob lost the file: ", err)
	}
	if text, _ := f.Answers["summary"].Value.(string); !strings.Contains(text, "Porté par […]") {
		t.Errorf("the file says %q", text)
	}
	if n := w.count(`select count(*) from answers where application_id = $1`, string(draft)); n != 0 {
		t.Errorf("%d answers of her draft are left", n)
	}
	if n := w.count(`select count(*) from addresses where person_id = $1`, string(w.ana.ID)); n != 0 {
		t.Error("she still has an address")
	}
	page, err := w.demo.Create(ctx, anaMail, account.Profile{Name: "Une autre", Lang: "fr", Zone: "Europe/Paris"})
	if err != nil || page == w.ana.ID {
		t.Errorf("her address opens %s: %v", page, err)
	}
}

// A receipt that Ana downloaded is still recognised after the one kept here lost her
// name, and both are signed; one forged without the key breaks the chain.
func TestReceiptsWithoutAName(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		deposited, _ := w.live()
		w.grant(w.bob, "owner", policy.Ref{Kind: "application", ID: string(deposited)})
		was, err := w.app.Files.Receipt(ctx, w.ana, deposited, 1)
		w.must(err)
		w.must(w.app.Privacy.EraseFor(ctx, w.dpo, anaMail, "Courrier du 5 mars"))
		w.pass(8)
		is, err := w.app.Files.Receipt(ctx, w.bob, deposited, 1)
		w.must(err)
		if is.Receipt.SubmittedBy != "[…]" || is.Receipt.Redacts == "" {
			t.Errorf("the receipt says %+v", is.Receipt)
		}
		for _, one := range []receipt.Signed{was, is} {
			v, err := w.app.Files.CheckReceipt(ctx, account.User{}, encode(t, one))
			if err != nil || !v.Known || !v.Chained {
				t.Errorf("receipt by %q: %+v, %v", one.Receipt.SubmittedBy, v, err)
			}
		}
		w.exec(`update receipts set body = replace(body, '[…]', 'X')`)
		if _, _, broken, err := receipt.VerifyChain(ctx, w.app.DB.Reader(), w.app.Files.PublicKey()); err != nil || broken == nil {
			t.Error("a receipt redacted without the key was accepted")
		}
	})
}

func TestWhatKeepsAnErasureFromBeingDone(t *testing.T) {
	gone := func(w *world) bool {
		return w.count(`select count(*) from people where id = $1 and erased_at is not null`, string(w.ana.ID)) == 1
	}
	for _, c := range []struct {
		name string
		do   func(w *world)
		gone bool
	}{
		{"nothing", func(*world) {}, true},
		{"she takes it back", func(w *world) { w.must(w.app.Privacy.CancelErasure(ctx, w.ana)) }, false},
		{"a legal hold", func(w *world) { w.must(w.app.Privacy.PlaceHold(ctx, w.dpo, anaMail, "", "Contentieux")) }, false},
		{"a hold that was lifted", func(w *world) {
			w.must(w.app.Privacy.PlaceHold(ctx, w.dpo, anaMail, "", "Contentieux"))
			holds, err := w.app.Privacy.Holds(ctx, w.dpo)
			w.must(err)
			w.pass(10)
			if gone(w) {
				w.t.Error("erased under a hold")
			}
			w.must(w.app.Privacy.LiftHold(ctx, w.dpo, holds[0].ID))
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(t *testing.T, w *world) {
				w.must(w.app.Privacy.AskErasure(ctx, w.ana, true))
				if err := w.app.Privacy.AskErasure(ctx, w.ana, true); errs.KeyOf(err) != "privacy.erasure_asked" {
					t.Errorf("asked twice: %v", err)
				}
				c.do(w)
				w.pass(9)
				if gone(w) != c.gone {
					t.Errorf("erased: %v, want %v", gone(w), c.gone)
				}
			})
		})
	}
}

// Only the data protection officer acts for others, and with reasons.
func TestWhoMayAskForOthers(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		p := w.app.Privacy
		for name, err := range map[string]error{
			"a lead asks":      p.EraseFor(ctx, w.lead, anaMail, "Parce que"),
			"a lead holds":     p.PlaceHold(ctx, w.lead, anaMail, "", "Parce que"),
			"Ana reads all":    second(p.Requests(ctx, w.ana)),
			"Ana reads holds":  second(p.Holds(ctx, w.ana)),
			"Ana sees all":     second(p.FullRegister(ctx, w.ana)),
			"Bob sets a delay": p.SetDays(ctx, w.bob, days("mails", 60, "court")),
		} {
			if err == nil || errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := p.EraseFor(ctx, w.dpo, anaMail, "  "); !errs.Is(err, errs.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if err := p.EraseFor(ctx, w.dpo, "personne@nulle.part", "Courrier"); !errs.Is(err, errs.Invalid) {
			t.Errorf("of nobody: %v", err)
		}
		if err := p.CancelErasure(ctx, w.ana); !errs.Is(err, errs.NotFound) {
			t.Errorf("taking back nothing: %v", err)
		}
	})
}

// A homonym keeps her name: only what surrounds the erased person is searched for it.
func TestAHomonymKeepsHerName(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.live()
		twin := w.person("autre@ailleurs.invalid", anaName)
		file := w.draft(twin, "Projet de "+anaName, map[string]any{"summary": "Par " + anaName})
		w.must(w.app.Privacy.EraseFor(ctx, w.dpo, anaMail, "Courrier"))
		w.pass(8)
		f, err := w.app.Files.Open(ctx, twin, file)
		w.must(err)
		if f.Title != "Projet de "+anaName || f.Answers["summary"].Value != "Par "+anaName {
			t.Errorf("the homonym's file says %q, %q", f.Title, f.Answers["summary"].Value)
		}
		name, err := db.Get(ctx, w.app.DB.Reader(), db.Value[string], `select name from people where id = $1`, string(twin.ID))
		if err != nil || name != anaName {
			t.Errorf("the homonym is called %q, %v", name, err)
		}
	})
}
