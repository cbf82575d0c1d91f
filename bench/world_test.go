// Package bench measures the program as a whole: what people wait for, and what the machine spends on it.
package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

var ctx = context.Background()

// start is when the worlds begin: their calls opened the day before.
var start = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)

// world is the whole program on a data folder of its own, with a published edition.
type world struct {
	tb        testing.TB
	app       *app.App
	lead, ana account.User
}

// newWorld starts the program as the server does, background work included; its log
// is written as in use, to nowhere.
func newWorld(tb testing.TB) *world {
	tb.Helper()
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(io.Discard, nil)))
	tb.Cleanup(func() { slog.SetDefault(before) })
	a, err := app.New(ctx, config.Config{Data: tb.TempDir(), Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Name: "Mesures"}, clock.NewFake(start))
	if err != nil {
		tb.Fatal(err)
	}
	a.Start(ctx)
	tb.Cleanup(func() { a.Close() })
	w := &world{tb: tb, app: a}
	w.lead, w.ana = w.person("lead"), w.person("ana")
	w.exec(`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ('agence', 'Agence', 'Agency', '', '', '', $1)`, start)
	w.exec(`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ('programme', 'agence', 'Programme', 'Programme', '', '', $1)`, start)
	w.exec(`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at, published_at)
		values ('edition', 'programme', 'Édition', 'Edition', '', '', '', '', '', '', 'Europe/Paris', 'published', 'regional', 1, $1, $1)`, start)
	w.grant("lead", "lead", policy.Ref{Kind: "edition", ID: "edition"})
	return w
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func (w *world) exec(text string, args ...any) {
	w.tb.Helper()
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

func (w *world) grant(person, relation string, on policy.Ref) {
	w.tb.Helper()
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		return w.app.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: person, Relation: relation, Object: on})
	}))
}

// person is somebody signed in.
func (w *world) person(id string) account.User {
	w.tb.Helper()
	sum := sha256.Sum256([]byte(tokenOf(id)))
	w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, id, start)
	w.exec(`insert into addresses (email, person_id, main, verified_at) values ($1, $2, true, $3)`, id+"@exemple.invalid", id, start)
	w.exec(`insert into logins (id, person_id, token_hash, created_at, last_seen_at, expires_at, device) values ($1, $2, $3, $4, $4, $5, 'bench')`,
		"login-"+id, id, hex.EncodeToString(sum[:]), start, start.Add(24*time.Hour))
	return account.User{ID: account.PersonID(id), Name: id, Lang: "fr", Zone: "Europe/Paris", LoginID: "login-" + id}
}

func tokenOf(person string) string { return "token-of-" + person }

// openCall publishes a call with a form; it closes the day after the world begins.
func (w *world) openCall(id string, f *form.Form) call.Call {
	w.tb.Helper()
	c, err := w.app.Calls.Create(ctx, w.lead, call.Call{ID: call.ID(id), EditionID: "edition", Title: form.Localised{"fr": "Appel à projets"}, Text: form.Localised{"fr": "Texte de l'appel."},
		Zone: "Europe/Paris", OpensAt: start.Add(-24 * time.Hour), ClosesAt: start.Add(24 * time.Hour), Legal: applicationtest.Legal()})
	w.must(err)
	_, err = w.app.Calls.SaveForm(ctx, w.lead, c.ID, f, 0)
	w.must(err)
	c, err = w.app.Calls.Publish(ctx, w.lead, c.ID)
	w.must(err)
	return c
}

func (w *world) draft(c call.Call, title string) application.Application {
	w.tb.Helper()
	a, err := w.app.Files.Create(ctx, w.ana, c.ID, title)
	w.must(err)
	return a
}

// ask sends a request as a person signed in, straight to the handler.
func (w *world) ask(c context.Context, person, method, address, body string) *httptest.ResponseRecorder {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(c, method, address, content)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if person != "" {
		r.AddCookie(&http.Cookie{Name: "login", Value: tokenOf(person)})
	}
	rec := httptest.NewRecorder()
	w.app.Handler().ServeHTTP(rec, r)
	return rec
}

// samples are the types of question that the forms below mix.
var samples = []struct {
	kind     string
	settings form.Settings
	value    func(n int) any
}{
	{"text", form.Settings{MaxChars: 120}, func(n int) any { return fmt.Sprintf("Un nom de projet assez habituel, le %d", n) }},
	{"longtext", form.Settings{MaxChars: 1500}, func(n int) any {
		return strings.Repeat("Une phrase accentuée, répétée. ", 20) + fmt.Sprint(n)
	}},
	{"choice", form.Settings{Options: options}, func(n int) any { return options[n%2].ID }},
	{"number", form.Settings{}, func(n int) any { return 11 + n%900 }},
	{"yesno", form.Settings{}, func(n int) any { return n%2 == 0 }},
}

var options = []form.Option{{ID: "a", Label: said("Réponse A")}, {ID: "b", Label: said("Réponse B")}, {ID: "c", Label: said("Réponse C")}}

func said(fr string) form.Localised { return form.Localised{"fr": fr, "en": fr} }

// formOf is a form of so many questions in steps of 20, of which so many are shown
// on condition that an earlier one is answered in a certain way.
func formOf(fields, conditions int) *form.Form {
	f := &form.Form{Version: form.Version}
	for i := range fields {
		if i%20 == 0 {
			f.Steps = append(f.Steps, form.Step{ID: fmt.Sprint("s", i/20), Title: said(fmt.Sprint("Étape ", i/20+1))})
		}
		sample := samples[i%len(samples)]
		field := form.Field{ID: fmt.Sprint("f", i), Type: sample.kind, Label: said(fmt.Sprintf("Question numéro %d", i+1)), Required: i%2 == 0, Settings: sample.settings}
		if first := i / 20 * 20; i-first >= 5 && conditions > 0 {
			conditions--
			e := rule.Of(rule.And, rule.Of(rule.In, rule.F(fmt.Sprint("f", first+2)), rule.V(rule.Listed("a", "b"))), rule.Of(rule.Gt, rule.F(fmt.Sprint("f", first+3)), rule.V(rule.Numbered(10))))
			field.ShowIf = &e
		}
		step := &f.Steps[len(f.Steps)-1]
		step.Fields = append(step.Fields, field)
	}
	return f
}

// edits is the body of an autosave: the fields from first to last, each as it is
// typed for the n-th time (from 0).
func edits(first, last, n int) string {
	var b bytes.Buffer
	b.WriteString(`{"edits":[`)
	for i := first; i < last; i++ {
		if i > first {
			b.WriteByte(',')
		}
		value := form.Canonical(samples[i%len(samples)].value(n))
		fmt.Fprintf(&b, `{"field":"f%d","base":%d,"value":%s}`, i, n, value)
	}
	b.WriteString("]}")
	return b.String()
}

// call is a call as it is now.
func (w *world) call(id string) call.Call {
	w.tb.Helper()
	c, err := call.Load(ctx, w.app.DB.Reader(), call.ID(id))
	w.must(err)
	return c
}
