package application_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

var french = form.Speech{Lang: "fr", Say: func(key string, _ ...any) string { return key }}

// grant gives a person a relation.
func grant(w *applicationtest.World, person account.User, relation string, on policy.Ref) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(person.ID), Relation: relation, Object: on})
	}))
}

func TestOwnProjectIsNotRead(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		ids := deposit(t, w, "un", "deux")
		grant(w, w.Ana, "officer", policy.Ref{Kind: "call", ID: string(w.Call.ID)})
		grant(w, w.Bob, "officer", policy.Ref{Kind: "call", ID: string(w.Call.ID)})
		w.Clock.Advance(2 * time.Hour)
		if items, err := w.Files.List(ctx, w.Ana, w.Call.ID, application.Filter{}); err != nil || len(items) != 0 {
			t.Errorf("an officer lists her own projects: %v %v", numbers(items), err)
		}
		v := application.Verdict{Verdict: application.Admissible}
		if err := w.Files.Admit(ctx, w.Ana, ids[0], v, 0); errs.KeyOf(err) != "application.own_file" {
			t.Errorf("an officer admitted her own project: %v", err)
		}
		k := application.Correction{Kind: application.Incomplete, Fields: []string{"summary"}, Message: "x", DueAt: w.Clock.Now().Add(time.Hour)}
		if err := w.Files.AskCorrection(ctx, w.Ana, ids[0], k); errs.KeyOf(err) != "application.own_file" {
			t.Errorf("an officer asked her own project for a correction: %v", err)
		}
		w.Must(w.Files.Admit(ctx, w.Bob, ids[0], v, 0))
	})
}

func TestVerdictOnSeveralFiles(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		ids := deposit(t, w, "un", "deux", "trois")
		w.Clock.Advance(2 * time.Hour)
		v := application.Verdict{Verdict: application.Admissible}
		w.Must(w.Files.Admit(ctx, w.Lead, ids[1], application.Verdict{Verdict: application.Inadmissible, Reason: "hors sujet"}, 0))
		all := []application.Ballot{{ID: ids[0]}, {ID: ids[1]}, {ID: ids[2]}}
		if err := w.Files.AdmitAll(ctx, w.Lead, v, all); errs.KeyOf(err) != "application.changed_meanwhile" {
			t.Errorf("a verdict given meanwhile was overwritten: %v", err)
		}
		items, err := w.Files.List(ctx, w.Lead, w.Call.ID, application.Filter{Verdict: "waiting"})
		if err != nil || !slices.Equal(numbers(items), []int{1, 3}) {
			t.Errorf("all or none: %v %v", numbers(items), err)
		}
		all[1].Base = 1
		w.Must(w.Files.AdmitAll(ctx, w.Lead, v, all))
		if err := w.Files.AdmitAll(ctx, w.Bob, v, all[:1]); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
		if err := w.Files.AdmitAll(ctx, w.Lead, application.Verdict{Verdict: application.Inadmissible}, all); !errs.Is(err, errs.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
	})
}

func TestViewsAreOnesOwnOrShared(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		grant(w, w.Bob, "officer", policy.Ref{Kind: "call", ID: string(w.Call.ID)})
		mine, err := w.Files.SaveView(ctx, w.Lead, w.Call.ID, application.View{Name: "À revoir", Query: "verdict=waiting"})
		w.Must(err)
		_, err = w.Files.SaveView(ctx, w.Lead, w.Call.ID, application.View{Name: "Entreprises", Query: "f.bearer=company", Shared: true})
		w.Must(err)
		_, err = w.Files.SaveView(ctx, w.Lead, w.Call.ID, application.View{Name: "Entreprises", Query: "f.bearer=company&sort=title", Shared: true})
		w.Must(err)
		views, err := w.Files.Views(ctx, w.Bob, w.Call.ID)
		if err != nil || len(views) != 1 || views[0].Mine || views[0].Query != "f.bearer=company&sort=title" {
			t.Errorf("a colleague sees %+v, %v", views, err)
		}
		if err := w.Files.RemoveView(ctx, w.Bob, w.Call.ID, views[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a colleague removed it: %v", err)
		}
		w.Must(w.Files.RemoveView(ctx, w.Lead, w.Call.ID, mine.ID))
		if views, _ := w.Files.Views(ctx, w.Lead, w.Call.ID); len(views) != 1 || !views[0].Mine {
			t.Errorf("the lead sees %+v", views)
		}
		for _, v := range []application.View{{Name: "  "}, {Name: strings.Repeat("x", 61)}, {Name: "x", Query: strings.Repeat("x", 2001)}} {
			if _, err := w.Files.SaveView(ctx, w.Lead, w.Call.ID, v); !errs.Is(err, errs.Invalid) {
				t.Errorf("%.10q was kept: %v", v.Name, err)
			}
		}
		if _, err := w.Files.Views(ctx, w.Ana, w.Call.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an applicant: %v", err)
		}
	})
}

func TestFacetsCountWhatIsRead(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		ids := deposit(t, w, "un", "deux", "trois")
		if facets, err := w.Files.Facets(ctx, w.Lead, w.Call.ID, french); err != nil || len(facets) != 0 {
			t.Errorf("before the closing: %+v %v", facets, err)
		}
		w.Clock.Advance(2 * time.Hour)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Exclude(ctx, tx, w.Lead, "person", "lead", policy.Ref{Kind: "application", ID: string(ids[0])}, "conflict", "")
		}))
		facets, err := w.Files.Facets(ctx, w.Lead, w.Call.ID, french)
		want := []application.FacetValue{{Value: "company", Label: "Entreprise", Count: 1}, {Value: "public", Label: "Organisme public", Count: 1}}
		if err != nil || len(facets) != 1 || facets[0].Field.ID != "bearer" || !slices.Equal(facets[0].Values, want) {
			t.Errorf("%+v %v", facets, err)
		}
	})
}

func TestHistoryTellsWhatChangedAndWhoRead(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		id := deposit(t, w, "un campus")[0]
		w.Must(w.Files.Reopen(ctx, w.Ana, id))
		w.Fill(w.Ana, id, "summary", "un grand campus", "bearer", "public")
		_, err := w.Files.Submit(ctx, w.Ana, id)
		w.Must(err)
		w.Clock.Advance(2 * time.Hour)
		_, err = w.Files.Deposited(ctx, w.Lead, id)
		w.Must(err)
		list, err := w.Files.Submissions(ctx, w.Lead, id)
		if err != nil || len(list) != 2 || list[1].Kind != application.KindReplace || list[0].By != "ana" {
			t.Fatalf("%+v %v", list, err)
		}
		var changed []string
		for _, c := range list[0].ChangesTo(list[1]) {
			changed = append(changed, c.Field.ID)
		}
		if !slices.Equal(changed, []string{"summary", "bearer", "staff"}) {
			t.Errorf("changed: %v", changed)
		}
		acts, err := w.Files.Acts(ctx, w.Lead, id)
		if err != nil || acts[0].Act != "application.read" || acts[0].Role != "lead" || acts[len(acts)-1].Role != "team" {
			t.Errorf("%+v %v", acts, err)
		}
		for _, a := range acts {
			if a.Act == "application.saved" {
				t.Error("the programme's side is told what the team writes")
			}
		}
		if _, err := w.Files.Acts(ctx, w.Bob, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestRecordsAreThoseOfTheList(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		ids := deposit(t, w, "un", "deux", "trois")
		if _, _, err := w.Files.Exported(ctx, w.Lead, w.Call.ID, application.Filter{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("before the closing: %v", err)
		}
		w.Clock.Advance(2 * time.Hour)
		w.Must(w.Files.Admit(ctx, w.Lead, ids[2], application.Verdict{Verdict: application.Inadmissible, Reason: "hors délai"}, 0))
		filter := application.Filter{Facets: map[string]string{"bearer": "company"}, Sort: "-number"}
		items, contacts, err := w.Files.Exported(ctx, w.Lead, w.Call.ID, filter)
		w.Must(err)
		var list []application.Record
		err = w.Files.EachRecord(ctx, w.Lead, w.Call.ID, filter, func(r application.Record) error { list = append(list, r); return nil })
		if err != nil || !contacts || len(items) != 2 || len(list) != 2 || list[0].Number != 3 || list[0].Reason != "hors délai" || list[1].Answers["summary"] != "un" || list[1].Receipt != 1 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

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
				deposit(t, w, "un", "deux", "trois")
				if c.damage != "" {
					w.Must(w.DB.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, c.damage); return err }))
				}
				n, head, broken, err := application.VerifyChain(ctx, w.DB.Reader(), w.Files.PublicKey())
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
		deposit(t, w, "un", "deux")
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

func TestFollowedCalls(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		deposit(t, w, "un", "deux")
		w.Draft()
		list, err := w.Files.Followed(ctx, w.Lead)
		if err != nil || len(list) != 1 || list[0].Drafts != 1 || list[0].Deposited != 2 || list[0].Waiting != 2 {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := w.Files.Followed(ctx, w.Ana); err != nil || len(list) != 0 {
			t.Errorf("an applicant follows %+v %v", list, err)
		}
	})
}
