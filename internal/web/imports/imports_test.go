package imports_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/i18n"
	"transformateur/internal/intake"
	"transformateur/internal/intake/intaketest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/imports"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/pagetest"
)

const shelf = "/calls/appel/imports"

type nobody struct{}

func (nobody) Ensure(context.Context, *db.Tx, account.User, string) (account.Person, error) {
	return account.Person{}, nil
}

type registers struct{}

func (registers) Organisation(string, string) string      { return "" }
func (registers) Territory(_, code string) (string, bool) { return code, true }

func house(t *testing.T) (*applicationtest.World, *imports.Handler) {
	w := applicationtest.New(t, dbtest.SQLite(t))
	w.Clock.Advance(2 * time.Hour)
	return w, &imports.Handler{Intake: intake.New(intake.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Jobs: w.Jobs, Calls: w.Calls, Files: w.Files, Accounts: nobody{}, Checks: registers{}, Words: intaketest.Words})}
}

func send(t *testing.T, h *imports.Handler, by account.User, name, content string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(content))
	}
	form.Close()
	r := httptest.NewRequest(http.MethodPost, shelf, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	mux := http.NewServeMux()
	for _, route := range h.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, r.WithContext(account.With(i18n.With(r.Context(), i18n.FR), by)))
	return rec
}

func says(t *testing.T, page string, texts ...string) {
	t.Helper()
	plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#39;", "'").Replace(page)
	for _, one := range texts {
		if !strings.Contains(plain, one) {
			t.Errorf("the page does not say %q:\n%s", one, plain)
		}
	}
}

func TestPagesOfAnImport(t *testing.T) {
	w, h := house(t)
	csv := intaketest.CSV([]string{"Titre du projet", "Résumé", "Porteur", "Effectif"}, []intaketest.File{
		{ID: "7", Email: "ada@exemple.fr", State: "Accepté", Deposited: "01/02/2027 10:00", Answers: []any{"<i>Un</i>", "Texte", "Entreprise", "12"}},
		{ID: "7", Email: "bob", State: "Accepté", Deposited: "hier", Answers: []any{"Deux", "Texte", "Licorne", "mille"}},
		{ID: "9", Email: "", State: "Accepté", Deposited: "", Answers: []any{"=HYPERLINK(1)", "Texte", "Entreprise", "999"}}})
	for name, c := range map[string]struct{ file, content, want string }{
		"no file":         {"", "", "Choisissez un fichier."},
		"a picture":       {"x.png", "\x89PNG\x00", "ni un CSV ni un classeur"},
		"no row":          {"x.csv", "ID;Nom\n", "ne contient aucun dossier"},
		"nobody named it": {"x.csv", "Clé;Nom\n1;a\n", "Dites où ces dossiers ont été déposés"},
	} {
		bad := send(t, h, w.Lead, c.file, c.content)
		if bad.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, bad.Code)
		}
		pagetest.Check(t, bad.Body.String())
		says(t, bad.Body.String(), c.want)
	}
	sent := send(t, h, w.Lead, "ds.csv", csv)
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.Code, sent.Body)
	}
	one := sent.Header().Get("Location")
	fr, en := pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: i18n.FR}, pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: i18n.EN}
	says(t, fr.Page(t, one), "Ce qui se passera", "le numéro 7 est déjà dans le fichier", "« bob » n’est pas une adresse", "Moins de 300 personnes.", "Importer 2 dossiers")
	says(t, en.Page(t, one), "What will happen", "number 7 is already in the file", "Import 2 applications")
	twice := fr.Post(t, one, url.Values{"c.0": {"@number"}, "c.1": {"@number"}, "c.2": {"status"}})
	pagetest.Check(t, twice.Body)
	says(t, twice.Body, "Une autre colonne a déjà ce rôle", "Ce choix n’est pas proposé")
	if a := fr.Post(t, one+"/apply", nil); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	says(t, fr.Page(t, one+"?done=applied"), "L’import est terminé.", "Rapport", ">Un</a>")
	says(t, en.Page(t, one), "Report", "Undo the import")
	report := fr.Get(t, one+"/report")
	if !strings.HasPrefix(report.Type, "text/csv") || !strings.Contains(report.Body, "'=HYPERLINK(1)") {
		t.Errorf("%s %q", report.Type, report.Body)
	}
	if again := fr.Post(t, one+"/apply", nil); again.Status != http.StatusConflict {
		t.Errorf("applied twice: %d", again.Status)
	}
	if undone := fr.Post(t, one+"/undo", nil); undone.Status != http.StatusSeeOther {
		t.Errorf("%d %s", undone.Status, undone.Body)
	}
	says(t, fr.Page(t, one), "Import annulé")
	for _, lang := range []pagetest.Site{fr, en} {
		lang.Page(t, shelf)
	}
	if a := (pagetest.Site{Routes: h.Routes(), By: w.Bob, Lang: i18n.FR}).Get(t, one); a.Status != http.StatusForbidden {
		t.Errorf("a stranger: %d", a.Status)
	}
}
