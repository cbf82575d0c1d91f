package notify_test

import (
	"strings"
	"testing"

	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Every template says the same things in both languages, and its sample can be read.
func TestDefaultsAreWhole(t *testing.T) {
	for _, kind := range notify.Kinds {
		for _, lang := range i18n.Langs {
			text, err := kind.Default(lang)
			if err != nil {
				t.Fatal(err)
			}
			subject, body, err := kind.Sample(lang, text)
			if err != nil {
				t.Errorf("%s %s: %v", kind.Name, lang, err)
				continue
			}
			if strings.Contains(subject+body, "{{") || strings.Contains(subject+body, "‹") || len(subject) < 8 || len(body) < 60 {
				t.Errorf("%s %s: %q %q", kind.Name, lang, subject, body)
			}
			if !i18n.Has("notify.template_" + kind.Name) {
				t.Errorf("%s has no name", kind.Name)
			}
		}
		for _, name := range kind.Placeholders {
			if !i18n.Has("notify.placeholder_" + strings.ToLower(name)) {
				t.Errorf("%s: {{.%s}} is not explained", kind.Name, name)
			}
		}
	}
}

func TestRewordRefuses(t *testing.T) {
	for _, c := range []struct {
		name, subject, body, want string
	}{
		{"an unknown placeholder", "Bonjour", "Bonjour {{.Salary}}", "notify.placeholder_unknown"},
		{"one in the subject", "{{.Salary}}", "Bonjour", "notify.placeholder_unknown"},
		{"a function", "Bonjour", `{{printf "%s" .Name}}`, "notify.placeholder_malformed"},
		{"a loop", "Bonjour", "{{range .Name}}x{{end}}", "notify.placeholder_malformed"},
		{"a passage left open", "Bonjour", "{{if .Name}}x", "notify.placeholder_open"},
		{"a passage in a passage", "Bonjour", "{{if .Name}}{{if .Call}}x{{end}}{{end}}", "notify.placeholder_malformed"},
		{"an end alone", "Bonjour", "x{{end}}", "notify.placeholder_malformed"},
		{"half a placeholder", "Bonjour", "x {{.Name", "notify.placeholder_malformed"},
		{"no body", "Bonjour", "  \n ", "notify.text_empty"},
		{"a subject nobody reads", strings.Repeat("a", 251), "Bonjour", "notify.subject_long"},
		{"spaces and a passage", "Bonjour", "{{ .Name }} {{ if .Call }}{{ .Call }}{{ end }}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			kind, err := notify.KindOf("receipt")
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = kind.Sample(i18n.FR, notify.Text{Subject: c.subject, Body: c.body})
			if c.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// What people type stays words: no link, no heading, no second header.
func TestArgumentsStayWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := receipt("r1")
		m.Args["Application"] = "# [Gagnez](http://evil.example) **tout** <b>\r\nBcc: x"
		m.Args["Instant"] = "12\u00a0h\u00a000"
		m.Args["Link"] = "javascript:alert(1)"
		if err := w.db.Write(ctx, func(tx *db.Tx) error { return w.mails.Enqueue(ctx, tx, m) }); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(notify.DefaultHold)
		if w.send() != 1 {
			t.Fatal("the mail did not leave")
		}
		got := w.post.taken[0]
		for _, bad := range []string{"evil.example\"", "<b>", "<strong>tout", "javascript:"} {
			if strings.Contains(got.HTML, bad) {
				t.Errorf("HTML holds %s:\n%s", bad, got.HTML)
			}
		}
		if !strings.Contains(got.Text, "12\u00a0h\u00a000") {
			t.Errorf("an hour may be cut: %q", got.Text)
		}
		if strings.ContainsAny(got.Subject, "\r\n") || !strings.Contains(got.Text, "[Gagnez](http://evil.example)") {
			t.Errorf("subject %q, text %q", got.Subject, got.Text)
		}
	})
}

func TestScopeHasItsOwnWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := notify.Wording{Kind: notify.Kind{Name: "receipt"}, Lang: i18n.FR, Text: notify.Text{Subject: "Merci {{.Name}}", Body: "Reçu : {{.Number}}{{if .Code}}{{end}}"}}
		if err := w.mails.Reword(ctx, w.lead, edition, own); !errs.Is(err, errs.Invalid) {
			t.Errorf("a placeholder of another template: %v", err)
		}
		own.Text.Body = "Reçu : {{.Number}}"
		if err := w.mails.Reword(ctx, w.other, edition, own); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another lead: %v", err)
		}
		if err := w.mails.Reword(ctx, w.lead, edition, own); err != nil {
			t.Fatal(err)
		}
		if err := w.mails.Reword(ctx, w.lead, edition, own); !errs.Is(err, errs.Conflict) {
			t.Errorf("a stale edit: %v", err)
		}
		own.Version = 1
		own.Text.Body = "Bien reçu : {{.Number}}"
		if err := w.mails.Reword(ctx, w.lead, edition, own); err != nil {
			t.Fatal(err)
		}
		if l := w.enqueue(receipt("r1")); l.Subject != "Merci Nom de ana" || l.Body != "Bien reçu : N-1\n" {
			t.Errorf("got %q %q", l.Subject, l.Body)
		}
		english := receipt("r2")
		english.PersonID = "bob"
		if l := w.enqueue(english); l.Lang != "en" || !strings.Contains(l.Body, "has been submitted") {
			t.Errorf("got %s %q", l.Lang, l.Body)
		}
		elsewhere := receipt("r3")
		elsewhere.Scope.ID = "autre"
		if l := w.enqueue(elsewhere); !strings.Contains(l.Body, "déposé") {
			t.Errorf("another edition uses %q", l.Body)
		}
		if err := w.mails.Unword(ctx, w.lead, edition, "receipt", i18n.FR); err != nil {
			t.Fatal(err)
		}
		if l := w.enqueue(receipt("r4")); !strings.Contains(l.Body, "déposé") {
			t.Errorf("after a reset: %q", l.Body)
		}
		secret := notify.Wording{Kind: notify.Kind{Name: "signin_link"}, Lang: i18n.FR, Text: own.Text}
		if err := w.mails.Reword(ctx, w.lead, edition, secret); !errs.Is(err, errs.NotFound) {
			t.Errorf("the sign-in mail was reworded: %v", err)
		}
		want := []string{"person:lead mail_template.changed", "person:lead mail_template.changed", "person:lead mail_template.reset"}
		if got := w.acts(edition.ID)[1:]; strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("journal: %v", got)
		}
	})
}
