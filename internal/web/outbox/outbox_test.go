package outbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/web/outbox"
	"transformateur/internal/web/ui"
)

var (
	ctx     = context.Background()
	noon    = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
	edition = policy.Ref{Kind: "edition", ID: "e1"}
	lead    = account.User{ID: "lead", Name: "Sacha"}
)

type site struct {
	t     *testing.T
	mux   *http.ServeMux
	mails *notify.Service
	db    *db.DB
}

func open(t *testing.T) *site {
	d, c := dbtest.SQLite(t), clock.NewFake(noon)
	p := policy.New(d, c)
	mails := notify.New(d, c, job.NewQueue(d, c), p, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"})
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, text := range []string{
			`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ('a1', 'A', 'A', '', '', '', $1)`,
			`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ('p1', 'a1', 'P', 'P', '', '', $1)`,
			`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at)
			 values ('e1', 'p1', 'Normandie', 'Normandy', '', '', '', '', '', '', 'Europe/Paris', 'published', '', 1, $1)`,
			`insert into people (id, name, lang, zone, created_at) values ('lead', 'Sacha', 'fr', 'Europe/Paris', $1)`,
		} {
			if _, err := tx.Exec(ctx, text, noon); err != nil {
				return err
			}
		}
		if err := p.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "lead", Relation: "lead", Object: edition}); err != nil {
			return err
		}
		if err := mails.Enqueue(ctx, tx, notify.Mail{To: "ana@example.org", Template: "signin_link", Key: "s", Urgent: true, Args: map[string]string{"Link": "https://appels.example.org/signin/link/SECRET", "Minutes": "30"}}); err != nil {
			return err
		}
		for _, key := range []string{"b1", "b2"} {
			if err := mails.Enqueue(ctx, tx, notify.Mail{To: key + "@example.org", Template: "deadline_extended", Key: key, Scope: edition, Batch: "extend", Discreet: true, Hold: notify.UntilReleased,
				Args: map[string]string{"Call": "Normandie", "Deadline": "vendredi", "Link": "https://appels.example.org/c"}}); err != nil {
				return err
			}
		}
		return mails.Enqueue(ctx, tx, notify.Mail{To: "ana@example.org", Template: "admissibility_result", Key: "r", Scope: edition,
			Args: map[string]string{"Application": "L'atelier <b>", "Call": "Normandie", "Result": "N-1", "Link": "https://appels.example.org/a"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t, http.NewServeMux(), mails, d}
	for _, route := range (&outbox.Handler{Mails: mails, Zone: "Europe/Paris"}).Routes() {
		s.mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	return s
}

// ask sends a request as the lead, in a language.
func (s *site) ask(lang i18n.Lang, method, address string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	s.mux.ServeHTTP(rec, r.WithContext(account.With(i18n.With(r.Context(), lang), lead)))
	return rec
}

func (s *site) notice() notify.Letter {
	s.t.Helper()
	list, _, err := s.mails.List(ctx, lead, notify.Filter{Scope: edition, Template: "admissibility_result"})
	if err != nil || len(list) != 1 {
		s.t.Fatalf("%d notices: %v", len(list), err)
	}
	return list[0]
}

func TestPagesShow(t *testing.T) {
	s := open(t)
	id := s.notice().ID
	for _, c := range []struct{ address, holds, not string }{
		{"/outbox/edition/e1", "ana@example.org", "b1@example.org"},
		{"/outbox/edition/e1?status=held&q=ana", "/outbox/mails/" + id, "SECRET"},
		{"/outbox/mails/" + id, "N-1", "<b>"},
		{"/outbox/mails/" + id + "/letter", "&lt;b&gt;", "<b>"},
		{"/outbox/batches/extend", `name="count" value="2"`, "b1@example.org"},
		{"/outbox/edition/e1/templates", "/outbox/edition/e1/templates/receipt?text=en", "signin_link"},
		{"/outbox/edition/e1/templates/receipt?text=fr", "{{.Number}}", "{{.Salary}}"},
	} {
		for _, lang := range i18n.Langs {
			rec := s.ask(lang, "GET", c.address, nil)
			body := rec.Body.String()
			if rec.Code != 200 || !strings.Contains(body, c.holds) || strings.Contains(body, c.not) || strings.Contains(body, "‹") {
				t.Errorf("%s %s: %d, %q in it, %q out of it\n%s", lang, c.address, rec.Code, c.holds, c.not, body)
			}
			if strings.Contains(body, " style=") {
				t.Errorf("%s has a style attribute", c.address)
			}
		}
	}
	if rec := s.ask(i18n.FR, "GET", "/outbox", nil); rec.Header().Get("Location") != "/outbox/edition/e1" {
		t.Errorf("her only outbox: %d %q", rec.Code, rec.Header().Get("Location"))
	}
}

// A mail whose words were erased, as retention does, is still called by what it was.
func TestErasedMailHasAName(t *testing.T) {
	s := open(t)
	id := s.notice().ID
	if err := s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update mails set to_email = '', subject = '', body = '', problem = '' where id = $1`, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	kind := i18n.T(i18n.With(ctx, i18n.FR), "notify.template_admissibility_result")
	for address, want := range map[string]string{"/outbox/edition/e1": `href="/outbox/mails/` + id + `">` + kind + "<", "/outbox/mails/" + id: "<h1>" + kind, "/outbox/mails/" + id + "/letter": "<title>" + kind} {
		if page := s.ask(i18n.FR, "GET", address, nil).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s lacks %q\n%s", address, want, page)
		}
	}
}

func TestLetterHasItsOwnPolicy(t *testing.T) {
	s := open(t)
	rec := s.ask(i18n.FR, "GET", "/outbox/mails/"+s.notice().ID+"/letter", nil)
	csp := rec.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", notify.StyleDigest(), "frame-ancestors 'none'", "sandbox"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy %q lacks %s", csp, want)
		}
	}
}

// Two people correct the same mail: the second sees both texts and loses nothing.
func TestStaleCorrectionKeepsWhatWasTyped(t *testing.T) {
	s := open(t)
	address := "/outbox/mails/" + s.notice().ID
	first := s.ask(i18n.FR, "POST", address, url.Values{"version": {"1"}, "subject": {"Premier objet"}, "body": {"Premier texte"}})
	if first.Code != http.StatusSeeOther {
		t.Fatalf("first: %d", first.Code)
	}
	second := s.ask(i18n.FR, "POST", address, url.Values{"version": {"1"}, "subject": {"Second objet"}, "body": {"Second texte"}})
	for _, want := range []string{"Premier texte", "Second texte", `value="Second objet"`, `name="version" value="2"`} {
		if second.Code != http.StatusConflict || !strings.Contains(second.Body.String(), want) {
			t.Errorf("second: %d, no %s", second.Code, want)
		}
	}
	empty := s.ask(i18n.FR, "POST", address, url.Values{"version": {"2"}, "subject": {""}, "body": {"Texte gardé"}})
	if empty.Code != http.StatusUnprocessableEntity || !strings.Contains(empty.Body.String(), "Texte gardé") {
		t.Errorf("an empty subject: %d", empty.Code)
	}
}

func TestActsComeBackToTheMail(t *testing.T) {
	s := open(t)
	address := "/outbox/mails/" + s.notice().ID
	if rec := s.ask(i18n.FR, "POST", address+"/cancel", nil); rec.Code != http.StatusSeeOther || s.notice().Status != notify.Cancelled {
		t.Errorf("cancel: %d %s", rec.Code, s.notice().Status)
	}
	if rec := s.ask(i18n.FR, "POST", address+"/release", nil); rec.Code != http.StatusConflict {
		t.Errorf("release after cancel: %d", rec.Code)
	}
	if rec := s.ask(i18n.FR, "POST", "/outbox/batches/extend/release", url.Values{"count": {"3"}}); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), `value="2"`) {
		t.Errorf("a batch with another number: %d", rec.Code)
	}
	if rec := s.ask(i18n.FR, "POST", "/outbox/batches/extend/release", url.Values{"count": {"2"}}); rec.Code != http.StatusSeeOther {
		t.Errorf("a batch: %d", rec.Code)
	}
}

func TestTemplateIsWrittenPreviewedAndRefused(t *testing.T) {
	s := open(t)
	address := "/outbox/edition/e1/templates/receipt?text=fr"
	preview := s.ask(i18n.FR, "POST", address, url.Values{"act": {"preview"}, "version": {"0"}, "subject": {"Merci {{.Name}}"}, "body": {"Numéro **{{.Number}}**"}})
	if preview.Code != 200 || !strings.Contains(preview.Body.String(), "<strong>N18-0042</strong>") {
		t.Errorf("preview: %d", preview.Code)
	}
	refused := s.ask(i18n.EN, "POST", address, url.Values{"act": {"save"}, "version": {"0"}, "subject": {"Merci"}, "body": {"{{.Salary}}"}})
	if refused.Code != 422 || !strings.Contains(refused.Body.String(), "“{{.Salary}}” does not exist") || !strings.Contains(refused.Body.String(), "{{.Number}}, ") && !strings.Contains(refused.Body.String(), ", {{.Number}}") {
		t.Errorf("refused: %d", refused.Code)
	}
	saved := s.ask(i18n.FR, "POST", address, url.Values{"act": {"save"}, "version": {"0"}, "subject": {"Merci"}, "body": {"Numéro {{.Number}}"}})
	stale := s.ask(i18n.FR, "POST", address, url.Values{"act": {"save"}, "version": {"0"}, "subject": {"Autre"}, "body": {"Autre"}})
	if saved.Code != http.StatusSeeOther || stale.Code != http.StatusConflict || !strings.Contains(stale.Body.String(), "Numéro {{.Number}}") {
		t.Errorf("saved %d, stale %d", saved.Code, stale.Code)
	}
	if rec := s.ask(i18n.FR, "POST", address, url.Values{"act": {"reset"}}); rec.Code != http.StatusSeeOther {
		t.Errorf("reset: %d", rec.Code)
	}
}
