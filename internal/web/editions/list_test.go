package editions_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"html"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/web/editions"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/pagetest"
)

func sendFile(t *testing.T, h *editions.Handler, by account.User, path, content string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "equipe.csv")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte(content))
	form.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	mux := http.NewServeMux()
	for _, route := range h.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r.WithContext(account.With(i18n.With(r.Context(), i18n.FR), by)))
	return w
}

var hidden = regexp.MustCompile(`name="people" value="([^"]*)"`)

func TestInviteFromASpreadsheet(t *testing.T) {
	w, h := withTeam(t)
	for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
		pagetest.Check(t, site(h, w.Lead, lang).Page(t, team+"/list"))
	}
	bad := sendFile(t, h, w.Lead, team+"/list", "Nom\nZoé\n")
	pagetest.Check(t, bad.Body.String())
	has(t, bad.Body.String(), "Il manque une colonne")
	seen := sendFile(t, h, w.Lead, team+"/list", "Nom;Adresse électronique;Rôle;Jusqu’au\nZoé <b>;zoe@exemple.fr;Instruction;31/12/2030\n=Max;max@exemple.fr;chef;\nTom;tom@exemple.fr;Instruction;demain\n")
	page := seen.Body.String()
	pagetest.Check(t, page)
	has(t, page, "Zoé &lt;b&gt;", "31 décembre 2030", "sera invité·e", "Ce rôle n’existe pas ici.", "Envoyer 1 invitation")
	people := html.UnescapeString(hidden.FindStringSubmatch(page)[1])
	if strings.Contains(people, "tom@") || strings.Contains(people, "max@") {
		t.Errorf("who was refused comes back: %q", people)
	}
	fr := site(h, w.Lead, i18n.FR)
	if sent := fr.Post(t, team+"/list/send", url.Values{"people": {people}, "lang": {"fr"}}); sent.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.Status, sent.Body)
	}
	has(t, fr.Page(t, team), "zoe@exemple.fr")
	again := fr.Post(t, team+"/list/send", url.Values{"people": {people}, "lang": {"fr"}})
	pagetest.Check(t, again.Body)
	has(t, again.Body, "Aucune invitation à envoyer", "déjà invité·e")
	if a := site(h, w.Stranger, i18n.FR).Get(t, team+"/list"); a.Status != http.StatusForbidden {
		t.Errorf("a stranger: %d", a.Status)
	}
}
