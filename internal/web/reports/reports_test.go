package reports_test

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/report"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/reports"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

const home = "/editions/edition/report"

// world is an edition with two projects, one of which named a lock, and three files.
type world struct {
	*gatheringtest.World
	handler *reports.Handler
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, dbtest.SQLite(t))}
	w.handler = &reports.Handler{Reports: report.New(w.DB, w.Clock, w.Policy, report.Chapters), BaseURL: "https://exemple.fr"}
	id := w.Project("Campus", w.Ana)
	w.Project("Jardin", w.Bob)
	w.Open()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into project_items (id, project_id, kind, title, detail, level_label, owner, due, body, board_id, card_id, state, made_by, created_at, updated_at) values ('lock', $1, 'lock', 'La paie', '', '', '', '', '{}', 'board', 'lock', 'standing', '', $2, $2)`, string(id), w.Clock.Now())
		return err
	}))
	return w
}

func (w *world) as(by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: w.handler.Routes(), By: by, Lang: lang}
}

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, not := range texts {
		if strings.Contains(page, not) {
			t.Errorf("the page holds %q", not)
		}
	}
}

// unzipped is one entry of a file.
func unzipped(t *testing.T, body, name string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheReport(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := newWorld(t)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			lead := w.as(w.Lead, lang)
			page := lead.Page(t, home)
			holds(t, page, say("report.title"), say("report.none_deposited"), say("report.empty_orientation"), `href="/editions/edition/projects"`,
				map[i18n.Lang]string{i18n.FR: "2 projets sont entrés dans l’édition.", i18n.EN: "2 projects joined the edition."}[lang], map[i18n.Lang]string{i18n.FR: "1 verrou a été nommé.", i18n.EN: "1 lock was named."}[lang])
			lacks(t, page, "‹", "%!")
			for _, by := range []account.User{w.Ana, {}} {
				if a := w.as(by, lang).Get(t, home); a.Status == http.StatusOK {
					t.Error("the exact report is open to a team or to a visitor")
				}
			}
			for _, ext := range []string{".pdf", ".odt", ".docx"} {
				a, b := lead.Get(t, home+ext), lead.Get(t, home+ext)
				if a.Status != http.StatusOK || a.Body != b.Body || len(a.Body) < 2000 {
					t.Errorf("%s answers %d, %d bytes, or changes", ext, a.Status, len(a.Body))
				}
			}
			holds(t, unzipped(t, lead.Get(t, home+".odt").Body, "content.xml"), say("report.chapter_gathering"), say("report.none_deposited"), "https://exemple.fr/editions/edition/projects")
			holds(t, unzipped(t, lead.Get(t, home+".docx").Body, "word/document.xml"), say("report.chapter_gathering"), say("report.none_deposited"))
			holds(t, lead.Page(t, home+"/compare"), say("report.compare_none"), say("report.measure_boards"))
		})
	}
}

func TestWordsOfTheLead(t *testing.T) {
	w := newWorld(t)
	lead := w.as(w.Lead, i18n.FR)
	form := url.Values{"chapter": {"call"}, "version": {"0"}, "before": {"Une **belle** année"}, "after": {""}}
	if a := lead.Post(t, home, form); a.Status != http.StatusSeeOther || !strings.Contains(a.Location, "#chapter-call") {
		t.Fatalf("answers %d to %s", a.Status, a.Location)
	}
	holds(t, lead.Page(t, home), "Une <strong>belle</strong> année")
	form.Set("before", "Mes mots à moi")
	a := lead.Post(t, home, form)
	if a.Status != http.StatusConflict {
		t.Fatalf("answers %d over a colleague's words", a.Status)
	}
	pagetest.Check(t, a.Body)
	holds(t, a.Body, "Mes mots à moi", "Une <strong>belle</strong> année", i18n.Say(i18n.FR, "report.meanwhile"), `name="version" value="1"`)
	a = lead.Post(t, home, url.Values{"chapter": {"call"}, "version": {"1"}, "before": {strings.Repeat("long", 3000)}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("answers %d to a long text", a.Status)
	}
	holds(t, a.Body, "longlonglong")
	if a := lead.Post(t, home, url.Values{"chapter": {"gathering"}, "version": {"0"}, "hidden": {"yes"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("answers %d", a.Status)
	}
	page := lead.Page(t, home)
	holds(t, page, i18n.Say(i18n.FR, "report.is_hidden"))
	lacks(t, page, "1 verrou a été nommé.")
}

func TestVersionsAndReaders(t *testing.T) {
	w := newWorld(t)
	lead, visitor := w.as(w.Lead, i18n.FR), w.as(account.User{}, i18n.FR)
	if a := visitor.Get(t, home+"/published"); a.Status != http.StatusNotFound {
		t.Errorf("answers %d before anything is published", a.Status)
	}
	if a := lead.Post(t, home+"/versions", url.Values{"note": {"Remis"}}); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, home+"/versions/1") {
		t.Fatalf("answers %d to %s", a.Status, a.Location)
	}
	page := lead.Page(t, home+"/versions/1")
	holds(t, page, "Remis", "2 projets sont entrés dans l’édition.")
	if a := visitor.Get(t, home+"/versions/1"); a.Status == http.StatusOK {
		t.Error("a visitor reads the exact version")
	}
	if a := lead.Post(t, home+"/versions/1", url.Values{"to": {"public"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("answers %d", a.Status)
	}
	holds(t, lead.Page(t, home+"/versions/1"), "https://exemple.fr/editions/edition/report/published")
	page = visitor.Page(t, home+"/published")
	holds(t, page, "Moins de cinq projets sont entrés dans l’édition.", "Moins de cinq verrous ont été nommés.", i18n.Say(i18n.FR, "report.rule", report.K))
	lacks(t, page, "2 projets", "1 verrou", `href="/editions/edition/projects"`)
	for _, ext := range []string{".pdf", ".odt", ".docx"} {
		if a := visitor.Get(t, home+"/published"+ext); a.Status != http.StatusOK {
			t.Errorf("%s answers %d", ext, a.Status)
		}
	}
	lacks(t, unzipped(t, visitor.Get(t, home+"/published.odt").Body, "content.xml"), "2 projets")
	for _, ext := range []string{".pdf", ".odt", ".docx"} {
		if a := lead.Get(t, home+"/versions/1/report"+ext); a.Status != http.StatusOK {
			t.Errorf("version %s answers %d", ext, a.Status)
		}
	}
	if a := lead.Post(t, home+"/versions/1", url.Values{"to": {""}}); a.Status != http.StatusSeeOther {
		t.Fatalf("answers %d", a.Status)
	}
	if a := visitor.Get(t, home+"/published"); a.Status != http.StatusNotFound {
		t.Errorf("answers %d once it is closed again", a.Status)
	}
}

// What may be quoted is read on the page and in every file; the lead drops it from both.
func TestQuotations(t *testing.T) {
	for _, lang := range i18n.Langs {
		w := newWorld(t)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by) values ('s', 'edition', 'satisfaction', 'Et vous', '{"version":1,"steps":[{"id":"one","title":{"fr":"Une"},"fields":[{"id":"kept","type":"longtext","label":{"fr":"Quoi"}}]}]}', '2027-03-06', '2027-03-07', 'sent', 1, $1, 'system')`, w.Clock.Now()); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into themes (id, edition_id, name, meaning, retired, version, created_at, created_by) values ('calm', 'edition', 'Calme', '', false, 1, $1, 'system')`, w.Clock.Now()); err != nil {
				return err
			}
			for i, quote := range []string{"named", "no", "no", "no", "no"} {
				hash := fmt.Sprintf("%032d", i)
				if _, err := tx.Exec(ctx, `insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', $2, $3, 'Zoé', true, true, '2027-03-08')`, hash, `{"kept":"Mouette `+quote+`"}`, quote); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `insert into theme_readings (edition_id, verbatim, coder, themes, version, read_at) values ('edition', $1, 'person:one', '["calm"]', 1, $2)`, "survey:"+hash+":kept", w.Clock.Now()); err != nil {
					return err
				}
			}
			return nil
		}))
		lead, visitor := w.as(w.Lead, lang), w.as(account.User{}, lang)
		quote := i18n.Say(lang, "report.quotation_named", "Mouette named", "Zoé")
		if a := lead.Post(t, home+"/versions", url.Values{"note": {""}}); a.Status != http.StatusSeeOther {
			t.Fatalf("answers %d", a.Status)
		}
		if a := lead.Post(t, home+"/versions/1", url.Values{"to": {"public"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("answers %d", a.Status)
		}
		for _, page := range []string{lead.Page(t, home), lead.Page(t, home+"/versions/1"), visitor.Page(t, home+"/published"), unzipped(t, visitor.Get(t, home+"/published.odt").Body, "content.xml"), unzipped(t, visitor.Get(t, home+"/published.docx").Body, "word/document.xml")} {
			holds(t, page, quote)
			lacks(t, page, "Mouette no", "‹", "%!")
		}
		with := len(visitor.Get(t, home+"/published.pdf").Body)
		page := lead.Page(t, home+"/quotes")
		holds(t, page, "Mouette named", i18n.Say(lang, "report.quote_drawn"), i18n.Say(lang, "report.choose_dropped"))
		lacks(t, page, "Mouette no", "‹", "%!")
		form := url.Values{"verbatim": {"survey:" + fmt.Sprintf("%032d", 0) + ":kept"}, "version": {"0"}, "choice": {"dropped"}}
		if a := lead.Post(t, home+"/quotes", form); a.Status != http.StatusSeeOther {
			t.Fatalf("answers %d", a.Status)
		}
		if a := lead.Post(t, home+"/quotes", form); a.Status != http.StatusConflict {
			t.Errorf("an old page answers %d", a.Status)
		}
		holds(t, lead.Page(t, home+"/quotes"), i18n.Say(lang, "report.quote_dropped"))
		lacks(t, lead.Page(t, home), quote)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update survey_answers set quote = 'no'`)
			return err
		}))
		page = visitor.Page(t, home+"/published")
		lacks(t, page, "Mouette", "Zoé")
		holds(t, page, i18n.SayN(lang, "report.quotes_gone", 1))
		if len(visitor.Get(t, home+"/published.pdf").Body) == with {
			t.Error("the paper does not change when a quotation is taken back")
		}
		if a := w.as(w.Ana, lang).Get(t, home+"/quotes"); a.Status == http.StatusOK {
			t.Error("a team chooses quotations")
		}
	}
}
