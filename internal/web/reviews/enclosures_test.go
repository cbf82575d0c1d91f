package reviews_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/pagetest"
)

// send is a form with one file, as a page without script sends it.
func send(t *testing.T, s pagetest.Site, path, name, content string) pagetest.Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Send(t, path, form.FormDataContentType(), &body)
}

var joined = regexp.MustCompile(`/enclosures/([^"/]{20,})"`)

func TestDocumentsOfAReviewWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := reviewtest.New(t, dbtest.SQLite(t), reviewtest.Options{})
			w.Give(w.Mia, w.Files[0])
			w.Give(w.Noe, w.Files[0])
			mia, noe, page := site(w, w.Mia, lang), site(w, w.Noe, lang), "/reviews/"+string(w.Files[0])
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			if a := send(t, mia, page+"/enclosures", "calcul & plan.pdf", "bytes"); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, page+"?grid=") {
				t.Fatalf("joining: %d %s", a.Status, a.Location)
			}
			if text := mia.Page(t, page); !strings.Contains(text, say("ui.file_checking")) || joined.MatchString(text) {
				t.Error("a document that is not checked can be opened, or is not said to be checked")
			}
			w.Must(w.Jobs.Work(context.Background()))
			text := mia.Page(t, page+"?grid=")
			found := joined.FindStringSubmatch(text)
			if found == nil || !strings.Contains(text, "calcul &amp; plan.pdf") || !strings.Contains(text, say("reviews.enclosures")) {
				t.Fatal("the page lacks the document")
			}
			document := page + "/enclosures/" + found[1]
			if a := mia.Get(t, document); a.Status != http.StatusOK || a.Body != "clean" || a.Type != "application/octet-stream" {
				t.Errorf("opening: %d %s %q", a.Status, a.Type, a.Body)
			}
			for name, content := range map[string]string{"": "", "vide.pdf": ""} {
				if a := send(t, mia, page+"/enclosures", name, content); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, say("enclosure.empty")) {
					t.Errorf("joining nothing called %q: %d", name, a.Status)
				}
			}
			if a := mia.Post(t, page+"/enclosures", url.Values{"file": {"x"}}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("a form that carries no file: %d", a.Status)
			}
			if a := send(t, mia, page+"/enclosures", "bad.exe", "MZ"); a.Status != http.StatusSeeOther {
				t.Errorf("a hostile one is received: %d", a.Status)
			}
			w.Must(w.Jobs.Work(context.Background()))
			if text := mia.Page(t, page); !strings.Contains(text, say("ui.file_refused")) || !strings.Contains(text, say("inspect.refused")) {
				t.Error("the page does not say that a document is refused, and why")
			}
			if a := noe.Get(t, document); a.Status != http.StatusNotFound {
				t.Errorf("another reader opens it too early: %d", a.Status)
			}
			if text := noe.Page(t, page); strings.Contains(text, "calcul &amp;") {
				t.Error("another reader sees it too early")
			}
			w.Clock.Advance(time.Minute)
			w.Hand(w.Mia, w.Files[0], "good")
			done := mia.Page(t, page)
			if !strings.Contains(done, document) || strings.Contains(done, page+"/enclosures/remove") || strings.Contains(done, `type="file"`) {
				t.Error("what was handed in lacks its document, or can still be changed")
			}
			if a := mia.Post(t, page+"/enclosures/remove", url.Values{"enclosure": {found[1]}}); a.Status != http.StatusConflict {
				t.Errorf("removing from what was handed in: %d", a.Status)
			}
			if pack := mia.Page(t, "/reviews/print"); !strings.Contains(pack, "calcul &amp; plan.pdf") || strings.Contains(pack, "bad.exe") {
				t.Error("the pack does not name the documents that can be opened, and those alone")
			}
			w.Hand(w.Noe, w.Files[0], "weak")
			theirs := noe.Page(t, page)
			if !strings.Contains(theirs, document) || strings.Contains(theirs, "calcul &amp;") || strings.Contains(theirs, "bad.exe") {
				t.Error("another's document is missing, bears the name that she gave it, or was refused")
			}
			w.Move(committee.Deliberating)
			if late := site(w, w.Chair, lang).Page(t, page); !strings.Contains(late, "calcul &amp; plan.pdf") {
				t.Error("at the deliberation the chair does not see the document")
			}
		})
	}
}

func TestADocumentIsTakenOut(t *testing.T) {
	w := reviewtest.New(t, dbtest.SQLite(t), reviewtest.Options{})
	w.Give(w.Mia, w.Files[0])
	mia, page := site(w, w.Mia, i18n.FR), "/reviews/"+string(w.Files[0])
	send(t, mia, page+"/enclosures", "calcul.pdf", "bytes")
	w.Must(w.Jobs.Work(context.Background()))
	id := joined.FindStringSubmatch(mia.Page(t, page))
	if id == nil {
		t.Fatal("the document is not there")
	}
	if a := site(w, w.Noe, i18n.FR).Post(t, page+"/enclosures/remove", url.Values{"enclosure": {id[1]}}); a.Status != http.StatusNotFound {
		t.Errorf("who does not read the file: %d", a.Status)
	}
	if a := mia.Post(t, page+"/enclosures/remove", url.Values{"enclosure": {id[1]}}); a.Status != http.StatusSeeOther {
		t.Errorf("taking it out: %d", a.Status)
	}
	if strings.Contains(mia.Page(t, page), "calcul.pdf") {
		t.Error("the document is still there")
	}
}

// A document never runs in our origin, whatever it is.
func TestADocumentIsServedAsADownload(t *testing.T) {
	w := reviewtest.New(t, dbtest.SQLite(t), reviewtest.Options{})
	w.Give(w.Mia, w.Files[0])
	mia, page := site(w, w.Mia, i18n.FR), "/reviews/"+string(w.Files[0])
	send(t, mia, page+"/enclosures", "page.html", "<script>alert(1)</script>")
	w.Must(w.Jobs.Work(context.Background()))
	id := joined.FindStringSubmatch(mia.Page(t, page))
	if id == nil {
		t.Fatal("the document is not there")
	}
	mux := http.NewServeMux()
	for _, route := range mia.Routes {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	got := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, page+"/enclosures/"+id[1], nil)
	mux.ServeHTTP(got, r.WithContext(account.With(r.Context(), w.Mia)))
	for name, want := range map[string]string{"Content-Type": "application/octet-stream", "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"} {
		if h := got.Header().Get(name); h != want {
			t.Errorf("%s: %q", name, h)
		}
	}
	if h := got.Header().Get("Content-Disposition"); !strings.HasPrefix(h, "attachment") {
		t.Errorf("Content-Disposition: %q", h)
	}
}
