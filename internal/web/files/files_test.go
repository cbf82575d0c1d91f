package files_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/journal"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/stats"
	"transformateur/internal/web/files"
	"transformateur/internal/web/ui"
)

var ctx = context.Background()

// house is the pages over a world, without the sign-in.
type house struct {
	*screeningtest.World
	mux *http.ServeMux
}

func open(t testing.TB) *house {
	w := screeningtest.New(t, dbtest.SQLite(t))
	h := &house{w, http.NewServeMux()}
	for _, route := range (&files.Handler{Files: w.Files, Screening: w.Screening, Stats: stats.New(w.Files, w.Screening), Clock: w.Clock}).Routes() {
		h.mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	return h
}

func (h *house) ask(by account.User, lang i18n.Lang, method, address string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	h.mux.ServeHTTP(rec, r.WithContext(account.With(i18n.With(ctx, lang), by)))
	return rec
}

func (h *house) get(by account.User, address string) *httptest.ResponseRecorder {
	return h.ask(by, i18n.FR, http.MethodGet, address, nil)
}

func (h *house) post(by account.User, address string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return h.ask(by, i18n.FR, http.MethodPost, address, form)
}

// deposit makes deposited files, and waits for the closing.
func (h *house) deposit(titles ...string) (ids []application.ID) {
	h.T.Helper()
	for i, title := range titles {
		a, err := h.Files.Create(ctx, h.Ana, h.Call.ID, title)
		h.Must(err)
		h.Fill(h.Ana, a.ID, "summary", "Résumé de "+title, "bearer", []string{"company", "public"}[i%2], "staff", int64(200+100*i))
		if _, err = h.Files.Submit(ctx, h.Ana, a.ID); err != nil {
			h.Fill(h.Ana, a.ID, "staff", int64(i))
			_, err = h.Files.Submit(ctx, h.Ana, a.ID)
		}
		h.Must(err)
		ids = append(ids, a.ID)
	}
	_, err := h.Bus.Deliver(ctx)
	h.Must(err)
	h.Clock.Advance(2 * time.Hour)
	return ids
}

// want checks a status and that the page says each text.
func want(t testing.TB, rec *httptest.ResponseRecorder, status int, texts ...string) string {
	t.Helper()
	body := plain(rec.Body.String())
	if rec.Code != status {
		t.Fatalf("status %d, want %d: %.600s", rec.Code, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("the page does not say %q:\n%s", text, body)
		}
	}
	if strings.Contains(body, "‹") {
		t.Errorf("a message has no words: %s", body)
	}
	return body
}

var tags = regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)

func plain(page string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("&#39;", "'", "&#34;", `"`, "’", "'").Replace(tags.ReplaceAllString(page, " "))), " ")
}

const list = "/calls/appel/files"

func TestListIsClosedUntilTheClosing(t *testing.T) {
	h := open(t)
	h.deposit("Alpha", "Bêta")
	h.Clock.Set(applicationtest.Noon)
	for lang, says := range map[i18n.Lang]string{i18n.FR: "s'ouvrent à la clôture de l'appel : vendredi", i18n.EN: "Applications open when the call closes"} {
		body := want(t, h.ask(h.Lead, lang, http.MethodGet, list, nil), http.StatusOK, says)
		if strings.Contains(body, "Alpha") {
			t.Error("a title is shown before the closing")
		}
	}
	want(t, h.get(h.Lead, list), http.StatusOK, "Déposés", "2")
	h.Must(h.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update calls set sealed = true, unseal_at = $1`, applicationtest.Noon.Add(48*time.Hour))
		return err
	}))
	h.Clock.Advance(24 * time.Hour)
	want(t, h.get(h.Lead, list), http.StatusOK, "Cet appel est scellé", "dimanche")
	want(t, h.get(h.Ana, list), http.StatusForbidden)
}

func TestListFiltersLabelsAndViews(t *testing.T) {
	h := open(t)
	ids := h.deposit("Alpha", "Bêta", "Gamma")
	body := want(t, h.get(h.Lead, list+"?f.bearer=company&q=resume"), http.StatusOK, "2 dossiers", "sur 3", "Alpha", "Gamma", "Entreprise (2)", "Organisme public (1)")
	if strings.Contains(body, "Bêta") {
		t.Error("the filter kept what it excludes")
	}
	want(t, h.post(h.Lead, list+"/labels", "name", "", "colour", "green"), http.StatusUnprocessableEntity, "Donnez à l'étiquette un nom")
	if rec := h.post(h.Lead, list+"/labels", "name", "À revoir", "colour", "green", "back", "q=alpha"); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != list+"?q=alpha&done=files.label_done" {
		t.Errorf("%d %s", rec.Code, rec.Header().Get("Location"))
	}
	labels, err := h.Screening.Labels(ctx, h.Lead, h.Call.ID)
	h.Must(err)
	want(t, h.post(h.Lead, list, "act", "label:"+labels[0].ID), http.StatusUnprocessableEntity, "Cochez au moins un dossier")
	want(t, h.post(h.Lead, list, "file", string(ids[0])), http.StatusUnprocessableEntity, "Choisissez ce qu'il faut faire")
	if rec := h.post(h.Lead, list, "act", "label:"+labels[0].ID, "file", string(ids[0]), "file", string(ids[2])); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	want(t, h.get(h.Lead, list+"?label="+labels[0].ID), http.StatusOK, "2 dossiers", "À revoir")
	if rec := h.post(h.Lead, list+"/views", "view", "Mes entreprises", "back", "f.bearer=company&evil=1", "shared", "yes"); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	views, err := h.Screening.Views(ctx, h.Lead, h.Call.ID)
	if err != nil || views[0].Query != "f.bearer=company" || !views[0].Shared {
		t.Errorf("%+v %v", views, err)
	}
	want(t, h.get(h.Lead, list+"?f.bearer=company"), http.StatusOK, "Mes entreprises", "partagée")
	want(t, h.get(h.Lead, list+"?q=zebre"), http.StatusOK, "Aucun dossier ne correspond")
}

func TestBulkVerdictIsConfirmed(t *testing.T) {
	h := open(t)
	ids := h.deposit("Alpha", "Bêta", "Gamma")
	h.Must(h.Screening.Admit(ctx, h.Lead, ids[1], screening.Verdict{Verdict: screening.Inadmissible, Reason: "hors sujet"}, 0))
	h.Must(h.Screening.Admit(ctx, h.Lead, ids[2], screening.Verdict{Verdict: screening.Admissible}, 0))
	page := h.post(h.Lead, list, "act", "verdict:admissible", "file", string(ids[0]), "file", string(ids[1]), "file", string(ids[2]))
	want(t, page, http.StatusOK, "Déclarer 2 dossiers recevables", "Alpha", "Bêta", "1 dossier coché a déjà cet avis", "1 dossier a reçu l'avis contraire")
	if items, _ := h.Screening.List(ctx, h.Lead, h.Call.ID, screening.Filter{Verdict: screening.Admissible}); len(items) != 1 {
		t.Error("the page that asks has already acted")
	}
	stale := h.post(h.Lead, list+"/verdicts", "verdict", "admissible", "file", string(ids[0])+":0", "file", string(ids[1])+":0")
	want(t, stale, http.StatusConflict, "Rien n'a été fait")
	if rec := h.post(h.Lead, list+"/verdicts", "verdict", "admissible", "file", string(ids[0])+":0", "file", string(ids[1])+":1"); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, plain(rec.Body.String()))
	}
	if items, _ := h.Screening.List(ctx, h.Lead, h.Call.ID, screening.Filter{Verdict: screening.Admissible}); len(items) != 3 {
		t.Errorf("%d are admissible", len(items))
	}
	want(t, h.post(h.Lead, list+"/verdicts", "verdict", "inadmissible", "file", string(ids[0])+":1"), http.StatusUnprocessableEntity, "Donnez la raison")
}

func TestOneFile(t *testing.T) {
	h := open(t)
	ids := h.deposit("Alpha", "Bêta", "Gamma")
	page := "/files/" + string(ids[1])
	want(t, h.get(h.Lead, page), http.StatusOK, "Bêta", "Résumé de Bêta", "2 sur 3", "Taille", "Inconnue", "Il manque la réponse à : Effectif")
	want(t, h.get(h.Lead, "/files/"+string(ids[0])), http.StatusOK, "Respectée", "1 sur 3")
	want(t, h.get(h.Lead, page+"?f.bearer=public"), http.StatusOK, "1 sur 1")
	for _, rest := range []string{"/print", "/history", "/journal", "/thread", "/correction"} {
		want(t, h.get(h.Lead, page+rest), http.StatusOK, "Bêta")
		want(t, h.ask(h.Lead, i18n.EN, http.MethodGet, page+rest, nil), http.StatusOK, "Bêta")
	}
	want(t, h.get(h.Lead, page+"/journal"), http.StatusOK, "La responsable du programme a lu le dossier", "L'équipe du projet a déposé le dossier")
	if rec := h.get(h.Ana, page); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/applications/"+string(ids[1]) {
		t.Errorf("its own team: %d %s", rec.Code, rec.Header().Get("Location"))
	}
	if hidden, absent := h.get(h.Bob, page), h.get(h.Bob, "/files/none"); hidden.Code != http.StatusNotFound || hidden.Body.String() != absent.Body.String() {
		t.Errorf("a stranger: %d", hidden.Code)
	}
	want(t, h.post(h.Lead, page+"/thread", "body", " "), http.StatusUnprocessableEntity, "Écrivez un message")
	if rec := h.post(h.Lead, page+"/thread", "body", "Bonjour à tous"); rec.Code != http.StatusSeeOther {
		t.Fatal(rec.Code)
	}
	want(t, h.get(h.Lead, page+"/thread"), http.StatusOK, "Bonjour à tous", "équipe du programme")
}

func TestStaleVerdictShowsTheOther(t *testing.T) {
	h := open(t)
	id := h.deposit("Alpha")[0]
	page := "/files/" + string(id)
	want(t, h.post(h.Lead, page+"/verdict", "version", "0"), http.StatusUnprocessableEntity, "Choisissez recevable ou non recevable")
	if rec := h.post(h.Lead, page+"/verdict", "version", "0", "verdict", "inadmissible", "reason", "hors délai"); rec.Code != http.StatusSeeOther {
		t.Fatal(rec.Code)
	}
	body := want(t, h.post(h.Lead, page+"/verdict", "version", "0", "verdict", "admissible", "reason", "ma raison à moi"), http.StatusConflict,
		"Quelqu'un a rendu un avis pendant que vous écriviez", "lead a rendu l'avis « Non recevable »", "hors délai", "ma raison à moi")
	if v, _ := h.Screening.Deposited(ctx, h.Lead, id); v.Verdict.Verdict != screening.Inadmissible {
		t.Errorf("overwritten: %s", body)
	}
	if rec := h.post(h.Lead, page+"/verdict", "version", "1", "verdict", "admissible"); rec.Code != http.StatusSeeOther {
		t.Errorf("upheld: %d", rec.Code)
	}
}

func TestCorrectionIsAskedInTheCallsZone(t *testing.T) {
	h := open(t)
	id := h.deposit("Alpha")[0]
	page := "/files/" + string(id)
	for _, c := range []struct{ name, due, says string }{
		{"nothing", "", "information"},
		{"an hour that does not exist", "2027-03-28T02:30", "n'existe pas"},
		{"a date gone by", "2027-03-01T12:00", "déjà passée"},
	} {
		body := want(t, h.post(h.Lead, page+"/correction", "kind", "incomplete", "fields", "summary", "message", "Précisez.", "due_at", c.due), http.StatusUnprocessableEntity)
		if !strings.Contains(body, c.says) {
			t.Errorf("%s: %s", c.name, body)
		}
	}
	if rec := h.post(h.Lead, page+"/correction", "kind", "incomplete", "fields", "summary", "message", "Précisez.", "due_at", "2027-03-20T12:00"); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, plain(rec.Body.String()))
	}
	d, err := h.Screening.Deposited(ctx, h.Lead, id)
	if err != nil || d.Correction == nil || !d.Correction.DueAt.Equal(time.Date(2027, 3, 20, 11, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v %v", d.Correction, err)
	}
	want(t, h.get(h.Lead, page), http.StatusOK, "Correction demandée", "samedi 20 mars 2027")
	want(t, h.get(h.Lead, list), http.StatusOK, "Correction attendue le 20 mars 2027")
	if rec := h.post(h.Lead, page+"/correction/cancel"); rec.Code != http.StatusSeeOther {
		t.Fatal(rec.Code)
	}
	want(t, h.get(h.Lead, page+"/correction"), http.StatusOK)
}

func TestHistoryComparesWordByWord(t *testing.T) {
	h := open(t)
	id := h.deposit("Alpha")[0]
	h.Clock.Set(applicationtest.Noon)
	h.Must(h.Files.Reopen(ctx, h.Ana, id))
	h.Fill(h.Ana, id, "summary", "Résumé complet de Alpha")
	_, err := h.Files.Submit(ctx, h.Ana, id)
	h.Must(err)
	h.Clock.Advance(2 * time.Hour)
	body := h.get(h.Lead, "/files/"+string(id)+"/history").Body.String()
	if !strings.Contains(body, "<ins>") || !strings.Contains(plain(body), "ajouté : complet") || !strings.Contains(plain(body), "Dépôt 2, en remplacement") {
		t.Errorf("%s", plain(body))
	}
}

func TestExport(t *testing.T) {
	h := open(t)
	h.deposit("=cmd|' /C calc'!A0", "Bêta", "Gamma; et \"fils\"")
	page := list + "/export"
	want(t, h.get(h.Lead, page+"?f.bearer=company"), http.StatusOK, "2 dossiers", "Adresse électronique", "Votre projet", "Effectif")
	want(t, h.post(h.Lead, page, "format", "csv"), http.StatusUnprocessableEntity, "Cochez au moins une colonne")
	want(t, h.post(h.Lead, page, "column", "title", "format", "exe"), http.StatusUnprocessableEntity, "Choisissez un format")
	rec := h.post(h.Lead, page, "format", "csv", "back", "f.bearer=company", "column", "number", "column", "title", "column", "f.summary", "column", "f.bearer", "column", "verdict")
	text, marked := strings.CutPrefix(rec.Body.String(), "\uFEFF")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	h.Must(err)
	golden := [][]string{{"Numéro", "Projet", "Recevabilité", "Résumé", "Porteur"},
		{"1", "'=cmd|' /C calc'!A0", "sans avis", "Résumé de =cmd|' /C calc'!A0", "Entreprise"},
		{"3", "Gamma; et \"fils\"", "sans avis", "Résumé de Gamma; et \"fils\"", "Entreprise"}}
	if !marked || !slices.EqualFunc(rows, golden, slices.Equal[[]string]) {
		t.Errorf("%q", rows)
	}
	rec = h.post(h.Lead, page, "format", "xlsx", "column", "title", "column", "f.staff", "column", "deposited_at")
	f, err := excelize.OpenReader(bytes.NewReader(rec.Body.Bytes()))
	h.Must(err)
	for cell, want := range map[string]string{"A1": "Projet", "A2": "'=cmd|' /C calc'!A0", "B2": "2027-03-05 12:00:00", "C2": "200", "A4": "Gamma; et \"fils\""} {
		if got, _ := f.GetCellValue("Dossiers", cell); got != want {
			t.Errorf("%s: %q, want %q", cell, got, want)
		}
	}
	lines, err := journal.Recent(ctx, h.DB.Reader(), 0, "call", "appel", 2)
	if err != nil || lines[1].Act != "call.exported" || !strings.Contains(lines[1].Detail, `"rows":2`) || !strings.Contains(lines[0].Detail, `"rows":3`) {
		t.Errorf("%+v %v", lines, err)
	}
	want(t, h.get(h.Ana, page), http.StatusForbidden)
	h.Clock.Set(applicationtest.Noon)
	want(t, h.post(h.Lead, page, "format", "csv", "column", "title"), http.StatusForbidden)
}

func TestListAsksAConstantNumberOfQuestions(t *testing.T) {
	h := open(t)
	count := func() int64 {
		c, n := db.Counted(account.With(i18n.With(ctx, i18n.FR), h.Lead))
		h.mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, list, nil).WithContext(c))
		return n.Load()
	}
	h.deposit("1", "2")
	few := count()
	h.Clock.Set(applicationtest.Noon)
	h.deposit("3", "4", "5", "6", "7", "8", "9", "10")
	if many := count(); many != few || few == 0 {
		t.Errorf("%d queries for 2 files, %d for 10", few, many)
	}
}
