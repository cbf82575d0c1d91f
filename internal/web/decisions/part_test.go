package decisions_test

import (
	"net/http"
	"net/url"
	"testing"

	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/decision/decisiontest"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/decisions"
	"transformateur/internal/web/ui/pagetest"
)

// The lead asks the retained projects for a new part: nothing to ask, then a form with a
// new step, what is wrong with a date, and who deposited.
func TestPartPages(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := decisiontest.New(t, dbtest.SQLite(t), outbox, deliberation.Retain, deliberation.Refuse)
			w.Announce()
			w.Must(w.Decisions.Confirm(t.Context(), w.Ana, "selection", w.Files[0]))
			committees := committee.New(committee.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Calls: w.Calls, Kept: w.Decisions})
			two, err := committees.Create(t.Context(), w.Lead, w.Call.ID, committee.Settings{Name: form.Localised{"fr": "Après"}, Blind: committee.Open, Others: committee.AfterOwn, Readers: 1, Confidentiality: form.Localised{"fr": "Je me tais."}})
			w.Must(err)
			site := pagetest.Site{Routes: (&decisions.Handler{Decisions: w.Decisions}).Routes(), By: w.Lead, Lang: lang}
			where := "/decisions/" + string(two.ID) + "/part"
			has(t, site.Page(t, where), i18n.Say(lang, "decisions.part_none"))
			ask(t, w)
			has(t, site.Page(t, where), i18n.SayN(lang, "decisions.part_waiting", 1), "Ce qui a changé")
			if bad := site.Post(t, where, url.Values{"message": {"Racontez."}, "due_at": {"hier"}}); bad.Status != http.StatusUnprocessableEntity {
				t.Errorf("a date in words: %d", bad.Status)
			} else {
				has(t, bad.Body, "Racontez.", i18n.Say(lang, "decision.confirm_by_wrong"))
			}
			if a := site.Post(t, where, url.Values{"message": {"Racontez."}, "due_at": {w.Clock.Now().AddDate(0, 0, 9).Format("2006-01-02T15:04")}}); a.Status != http.StatusSeeOther {
				t.Fatalf("asked: %d", a.Status)
			}
			has(t, site.Page(t, where), i18n.Say(lang, "decisions.part_asked", 0, 1))
			if again := site.Post(t, where, url.Values{"message": {"Encore."}, "due_at": {w.Clock.Now().AddDate(0, 0, 9).Format("2006-01-02T15:04")}}); again.Status != http.StatusConflict {
				t.Errorf("asked again: %d", again.Status)
			}
		})
	}
}

// ask publishes the form with one question more.
func ask(t *testing.T, w *decisiontest.World) {
	t.Helper()
	_, draft, err := w.Calls.FormDraft(t.Context(), w.Lead, w.Call.ID)
	w.Must(err)
	f := call.CopyOf(draft.Form)
	f.Steps[0].Fields = append(f.Steps[0].Fields, form.Field{ID: "changed", Type: "longtext", Label: form.Localised{"fr": "Ce qui a changé", "en": "Ce qui a changé"}})
	_, err = w.Calls.SaveForm(t.Context(), w.Lead, w.Call.ID, f, draft.Version)
	w.Must(err)
	_, err = w.Calls.Revise(t.Context(), w.Lead, w.Call.ID, form.Localised{"fr": "Une question de plus."})
	w.Must(err)
}
