package calls_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
)

// A form is made from nothing with the buttons of plain pages alone.
func TestBuildWithoutScript(t *testing.T) {
	w, site := open(t)
	c, err := w.Calls.Create(ctx, w.Lead, call.Call{ID: "neuf", EditionID: "edition", Title: form.Localised{"fr": "Neuf"}, Zone: "Europe/Paris"})
	w.Must(err)
	lead := site(w.Lead, i18n.FR)
	post := func(path string, v url.Values) string {
		t.Helper()
		a := lead.Post(t, path, v)
		if a.Status != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", path, a.Status, plain(a.Body))
		}
		return a.Location
	}
	if a := lead.Get(t, "/calls/neuf/form"); a.Location != "/calls/neuf/form/start" {
		t.Errorf("an empty form leads to %q", a.Location)
	}
	post("/calls/neuf/form/start", url.Values{"from": {"empty"}, "base": {"0"}})
	post("/calls/neuf/form", url.Values{"do": {"add-field:choice"}, "step": {"step"}, "label_fr": {"Type de porteur"}})
	post("/calls/neuf/form", url.Values{"do": {"add-field:number"}, "step": {"step"}, "label_fr": {"Effectif"}})

	page := "/calls/neuf/form/fields/type_de_porteur"
	v := controls(t, lead.Page(t, page))
	v.Set("do", "save")
	v.Set("s.options.paste", "Association | Non-profit\nEntreprise\n")
	post(page, v)

	page = "/calls/neuf/form/fields/effectif"
	v = controls(t, lead.Page(t, page))
	v.Set("do", "add-test:show")
	where := post(page, v)
	v = controls(t, lead.Page(t, strings.Split(where, "#")[0]))
	v.Set("show.0.left", "f:type_de_porteur")
	v.Set("do", "refresh:show")
	post(page, v)
	v = controls(t, lead.Page(t, page))
	v.Set("show.0.value", "association")
	v.Set("required", "yes")
	v.Set("do", "close")
	has(t, post(page, v), "#card-effectif")

	has(t, lead.Page(t, "/calls/neuf/form"), "Affichée si « Type de porteur » est « Association »", "Obligatoire", "Anglais manquant", "Étape 1")
	_, d, err := w.Calls.FormDraft(ctx, w.Lead, c.ID)
	w.Must(err)
	f := d.Form.Field("effectif")
	want := rule.Of(rule.Eq, rule.F("type_de_porteur"), rule.V(rule.Texted("association")))
	if f.ShowIf == nil || !f.ShowIf.Equal(want) || !f.Required {
		t.Errorf("got %v", f.ShowIf)
	}

	// The trial hides the question until the condition holds.
	if hidden := lead.Page(t, "/calls/neuf/form/preview"); strings.Contains(hidden, "f.effectif") {
		t.Error("the question shows before its condition holds")
	}
	a := lead.Post(t, "/calls/neuf/form/preview", url.Values{"answers": {"{}"}, "step": {"step"}, "f.type_de_porteur": {"", "association"}, "do": {"refresh"}})
	if a.Status != http.StatusOK || !strings.Contains(a.Body, "f.effectif") {
		t.Error("the question does not show once its condition holds")
	}
}

// Two people on the same question: the second save shows both versions, and overwrites nothing.
func TestAStaleSaveShowsBothVersions(t *testing.T) {
	w, site := open(t)
	id := bench(t, w)
	_, d, err := w.Calls.FormDraft(ctx, w.Lead, id)
	w.Must(err)
	field, other := d.Form.Steps[0].Fields[0].ID, d.Form.Steps[0].Fields[1].ID
	lead := site(w.Lead, i18n.FR)
	page := "/calls/atelier/form/fields/" + field
	first, second := controls(t, lead.Page(t, page)), controls(t, lead.Page(t, page))
	elsewhere := controls(t, lead.Page(t, "/calls/atelier/form/fields/"+other))

	first.Set("label_fr", "Version de Claire")
	first.Set("do", "save")
	if a := lead.Post(t, page, first); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status, a.Body)
	}
	elsewhere.Set("label_fr", "Autre question")
	elsewhere.Set("do", "save")
	if a := lead.Post(t, "/calls/atelier/form/fields/"+other, elsewhere); a.Status != http.StatusSeeOther {
		t.Errorf("another question is refused: %d", a.Status)
	}
	second.Set("label_fr", "Version d'Omar")
	second.Set("do", "save")
	a := lead.Post(t, page, second)
	if a.Status != http.StatusConflict {
		t.Fatalf("a stale save: %d", a.Status)
	}
	has(t, a.Body, "Version de Claire", "Version d'Omar", "lead")
	_, d, err = w.Calls.FormDraft(ctx, w.Lead, id)
	w.Must(err)
	if got := d.Form.Field(field).Label["fr"]; got != "Version de Claire" {
		t.Errorf("the stale save wrote %q", got)
	}
	if got := d.Form.Field(other).Label["fr"]; got != "Autre question" {
		t.Errorf("the other question is lost: %q", got)
	}
}

func TestConditionsGoThroughThePage(t *testing.T) {
	for _, c := range []struct{ name, expr string }{
		{"one comparison", `{"op":"eq","args":[{"field":"bearer"},{"value":"company"}]}`},
		{"all of two", `{"op":"and","args":[{"op":"filled","args":[{"field":"staff"}]},{"op":"ge","args":[{"field":"staff"},{"value":2}]}]}`},
		{"a group in a group", `{"op":"or","args":[{"op":"and","args":[{"op":"empty","args":[{"field":"staff"}]},{"op":"eq","args":[{"field":"bearer"},{"value":"public"}]}]},{"op":"between","args":[{"field":"staff"},{"value":1},{"value":9}]}]}`},
		{"none of two", `{"op":"not","args":[{"op":"or","args":[{"op":"filled","args":[{"field":"staff"}]},{"op":"eq","args":[{"field":"bearer"},{"value":"public"}]}]}]}`},
		{"not one", `{"op":"not","args":[{"op":"filled","args":[{"field":"staff"}]}]}`},
		{"one of several", `{"op":"in","args":[{"field":"bearer"},{"value":["company","public"]}]}`},
		{"the length of a text", `{"op":"le","args":[{"op":"chars","args":[{"field":"summary"}]},{"value":100}]}`},
		{"arithmetic stays as it is", `{"op":"lt","args":[{"op":"mul","args":[{"field":"staff"},{"value":2}]},{"value":9.5}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, site := open(t)
			f, err := form.Parse([]byte(strings.Replace(formWithRule, "EXPR", c.expr, 1)))
			w.Must(err)
			_, err = w.Calls.SaveForm(ctx, w.Lead, "appel", f, 0)
			w.Must(err)
			lead := site(w.Lead, i18n.FR)
			v := controls(t, lead.Page(t, "/calls/appel/form/rules/r"))
			v.Set("do", "save")
			if a := lead.Post(t, "/calls/appel/form/rules/r", v); a.Status != http.StatusSeeOther {
				t.Fatal(a.Status)
			}
			_, d, err := w.Calls.FormDraft(ctx, w.Lead, "appel")
			w.Must(err)
			if !d.Form.Rules[0].When.Equal(f.Rules[0].When) {
				t.Errorf("got %v, want %v", d.Form.Rules[0].When, f.Rules[0].When)
			}
		})
	}
}

const formWithRule = `{"version":1,"steps":[{"id":"s","title":{"fr":"Étape"},"fields":[
 {"id":"summary","type":"longtext","label":{"fr":"Résumé"}},
 {"id":"bearer","type":"choice","label":{"fr":"Porteur"},"settings":{"options":[{"id":"company","label":{"fr":"Entreprise"}},{"id":"public","label":{"fr":"Public"}}]}},
 {"id":"staff","type":"number","label":{"fr":"Effectif"}}]}],
 "rules":[{"id":"r","label":{"fr":"Règle"},"severity":"warning","when":EXPR,"message":{"fr":"Non."}}]}`

// A revision shows what changes and for how many files, and asks for a note.
func TestPublishARevision(t *testing.T) {
	w, site := open(t)
	w.Complete()
	lead := site(w.Lead, i18n.FR)
	if a := lead.Post(t, "/calls/appel/form", url.Values{"do": {"remove:field:summary"}, "step": {"project"}}); a.Status != http.StatusSeeOther || !strings.Contains(a.Location, "undo=") {
		t.Fatal(a.Status, a.Location)
	}
	text := lead.Page(t, "/calls/appel/form/publish")
	has(t, text, "Question retirée : « Résumé ».", "1 dossier est ouvert.", "« Résumé » : 1 dossier")
	v := url.Values{"version": {"1"}}
	if a := lead.Post(t, "/calls/appel/form/publish", v); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("without a note: %d", a.Status)
	}
	v.Set("note_fr", "Le résumé n'est plus demandé.")
	if a := lead.Post(t, "/calls/appel/form/publish", url.Values{"version": {"0"}, "note_fr": {"x"}}); a.Status != http.StatusConflict {
		t.Errorf("a stale publication: %d", a.Status)
	}
	if a := lead.Post(t, "/calls/appel/form/publish", v); a.Status != http.StatusSeeOther {
		t.Fatalf("publish: %d %s", a.Status, plain(a.Body))
	}
	c, err := w.Calls.Get(ctx, w.Lead, "appel")
	w.Must(err)
	if c.Revision != 2 {
		t.Errorf("revision %d", c.Revision)
	}
}

// An act is undone from the page that says what it did.
func TestUndo(t *testing.T) {
	w, site := open(t)
	lead := site(w.Lead, i18n.FR)
	a := lead.Post(t, "/calls/appel/form", url.Values{"do": {"remove:field:staff"}, "step": {"project"}})
	text := lead.Page(t, a.Location)
	has(t, text, "Question retirée : « Effectif ».", "Annuler")
	if a := lead.Post(t, "/calls/appel/form/history", url.Values{"version": {"0"}, "base": {"1"}, "step": {"project"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	_, d, err := w.Calls.FormDraft(ctx, w.Lead, "appel")
	w.Must(err)
	if d.Form.Field("staff") == nil {
		t.Error("the question did not come back")
	}
	_, err = w.Calls.RestoreForm(ctx, w.Lead, "appel", 1, 1)
	if errs.KeyOf(err) != "call.form_changed_meanwhile" {
		t.Errorf("restoring over a colleague's save: %v", err)
	}
}
