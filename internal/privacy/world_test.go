package privacy_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

var (
	ctx  = context.Background()
	noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
)

// theForm asks for words, for somebody to reach and for a file.
const theForm = `{"version":1,"steps":[{"id":"project","title":{"fr":"Projet"},"fields":[
 {"id":"summary","type":"longtext","label":{"fr":"Résumé du projet"},"required":true,"settings":{"max_chars":4000}},
 {"id":"who","type":"contact","label":{"fr":"Personne à joindre"}},
 {"id":"bearer","type":"choice","label":{"fr":"Porteur"},"settings":{"options":[{"id":"company","label":{"fr":"Entreprise"}},{"id":"public","label":{"fr":"Organisme public"}}]}},
 {"id":"annex","type":"file","label":{"fr":"Annexe"},"settings":{"accept":[".pdf"],"max_files":9,"max_bytes":60000000}}]}]}`

// What names Ana: none of it may be left once she is erased.
const (
	anaName   = "Anaëlle Lemoine-Kervadec"
	anaMail   = "anaelle.lemoine@projet.invalid"
	anaSecond = "ana.kervadec@maison.invalid"
	anaPhone  = "+33698761234"
)

// world is the whole program on one engine, with a call that is open.
type world struct {
	t     testing.TB
	app   *app.App
	clock *clock.Fake
	data  string
	demo  *account.Demo
	call  call.Call

	lead, ana, bob, dpo account.User
}

// run makes the world on SQLite, then on PostgreSQL.
func run(t *testing.T, body func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { body(t, newWorld(t, "")) })
	t.Run("postgres", func(t *testing.T) { body(t, newWorld(t, dbtest.PostgresURL(t))) })
}

// faultsOnly fails a test in which the program logs a fault.
type faultsOnly struct{ t testing.TB }

func (f faultsOnly) Write(line []byte) (int, error) {
	f.t.Errorf("logged: %s", line)
	return len(line), nil
}

func newWorld(t testing.TB, database string) *world {
	t.Helper()
	slog.SetDefault(slog.New(slog.NewTextHandler(faultsOnly{t}, &slog.HandlerOptions{Level: slog.LevelError})))
	w := &world{t: t, clock: clock.NewFake(noon), data: t.TempDir()}
	var err error
	w.app, err = app.New(ctx, config.Config{Data: w.data, BaseURL: "https://essai.invalid", Name: "Essai", Database: config.Secret(database)}, w.clock)
	w.must(err)
	t.Cleanup(func() { w.app.Close() })
	w.demo = account.OpenDemo(w.app.Accounts)
	w.lead, w.bob, w.dpo = w.person("lead@agence.invalid", "Claire Responsable"), w.person("bob@projet.invalid", "Bob Équipier"), w.person("dpo@agence.invalid", "Dominique Protection")
	w.ana = w.person(anaMail, anaName)
	w.grant(w.dpo, "dpo", policy.Platform.Ref)
	words := func(s string) programme.Words { return programme.Words{FR: s, EN: s} }
	agency, err := w.app.Programmes.CreateAgency(ctx, account.System, programme.Agency{Name: words("Agence")}, false)
	w.must(err)
	w.grant(w.lead, "lead", policy.Ref{Kind: "agency", ID: string(agency.ID)})
	prog, err := w.app.Programmes.CreateProgramme(ctx, w.lead, programme.Programme{Agency: agency.ID, Name: words("Programme")})
	w.must(err)
	edition, err := w.app.Programmes.CreateEdition(ctx, w.lead, programme.NewEdition{Programme: prog.ID, Journey: "regional-edition", Name: words("Normandie"), Theme: words("Travail"), Zone: "Europe/Paris", FirstDay: "2027-03-05"})
	w.must(err)
	edition.About = words("Une édition.")
	edition, err = w.app.Programmes.EditEdition(ctx, w.lead, edition)
	w.must(err)
	w.must(w.app.Programmes.PublishEdition(ctx, w.lead, edition.ID))
	f, err := form.Parse([]byte(theForm))
	w.must(err)
	c, err := w.app.Calls.Create(ctx, w.lead, call.Call{ID: "appel", EditionID: string(edition.ID), Title: form.Localised{"fr": "Appel"}, Text: form.Localised{"fr": "Texte"}, Zone: "Europe/Paris",
		OpensAt: noon.Add(-time.Hour), ClosesAt: noon.Add(72 * time.Hour), Legal: call.Legal{Service: "Pôle", Email: "pole@agence.invalid", Address: "Caen", Silence: call.SilenceNone, Appeals: "Tribunal",
			Controller: "Agence", DPO: "dpo@agence.invalid", Purposes: "Instruire", Basis: "Intérêt public", Recipients: "L'équipe", RetainMonths: 24}})
	w.must(err)
	_, err = w.app.Calls.SaveForm(ctx, w.lead, c.ID, f, 0)
	w.must(err)
	w.call, err = w.app.Calls.Publish(ctx, w.lead, c.ID)
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) person(email, name string) account.User {
	w.t.Helper()
	id, err := w.demo.Create(ctx, email, account.Profile{Name: name, Lang: "fr", Zone: "Europe/Paris"})
	w.must(err)
	return account.User{ID: id, Name: name, Lang: "fr", Zone: "Europe/Paris"}
}

func (w *world) grant(to account.User, relation string, on policy.Ref) {
	w.t.Helper()
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		return w.app.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(to.ID), Relation: relation, Object: on, Reason: "pour " + to.Name})
	}))
}

func (w *world) exec(text string, args ...any) {
	w.t.Helper()
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

func (w *world) count(text string, args ...any) int {
	w.t.Helper()
	n, err := db.Get(ctx, w.app.DB.Reader(), db.Value[int], text, args...)
	w.must(err)
	return n
}

// settle delivers events and does jobs until nothing is left.
func (w *world) settle() {
	w.t.Helper()
	for range 5 {
		_, err := w.app.Bus.Deliver(ctx)
		w.must(err)
		w.must(w.app.Jobs.Work(ctx))
	}
}

// pass lets days pass, one by one, with what is done each day.
func (w *world) pass(days int) {
	w.t.Helper()
	for range days {
		w.clock.Advance(24 * time.Hour)
		w.must(w.app.Jobs.Work(ctx))
	}
}

// draft opens a file and fills it.
func (w *world) draft(by account.User, title string, answers map[string]any) application.ID {
	w.t.Helper()
	a, err := w.app.Files.Create(ctx, by, w.call.ID, title)
	w.must(err)
	w.fill(by, a.ID, answers)
	return a.ID
}

func (w *world) fill(by account.User, id application.ID, answers map[string]any) {
	w.t.Helper()
	f, err := w.app.Files.Open(ctx, by, id)
	w.must(err)
	var edits []application.Edit
	for field, value := range answers {
		edits = append(edits, application.Edit{Field: field, Base: f.Answers[field].Version, Value: value})
	}
	saved, err := w.app.Files.Save(ctx, by, id, edits)
	w.must(err)
	if len(saved.Conflicts)+len(saved.Refused) > 0 {
		w.t.Fatalf("fill %s: %+v", id, saved)
	}
}

// live has Ana do one of everything that leaves something of her: a deposited file
// with Bob, a draft of her own, comments, messages, questions, addresses, mails.
func (w *world) live() (deposited, draft application.ID) {
	w.t.Helper()
	_, err := w.demo.SignIn(ctx, w.ana.ID, "Firefox de "+anaName)
	w.must(err)
	w.exec(`insert into addresses (email, person_id, main, verified_at) values ($1, $2, false, $3)`, anaSecond, string(w.ana.ID), noon)
	_, err = w.app.Accounts.AskLink(ctx, account.Ask{Email: anaMail, Lang: "fr", IP: "192.0.2.1"})
	w.must(err)
	org, err := w.app.Accounts.CreateOrganisation(ctx, w.ana, account.Description{Name: "Coopérative", Kind: "association"}, "Directrice, "+anaName)
	w.must(err)
	_ = org
	deposited = w.draft(w.ana, "Le campus d'"+anaName, map[string]any{"summary": "Porté par " + anaName + ", " + anaMail + " ; LEMOINE-KERVADEC Anaëlle.", "bearer": "company",
		"who": map[string]any{"name": anaName, "email": anaSecond, "phone": anaPhone, "function": "Directrice", "organisation": "Coopérative"}})
	w.grant(w.bob, "editor", policy.Ref{Kind: "application", ID: string(deposited)})
	_, err = w.app.Files.Attach(ctx, w.ana, deposited, "annex", "plan de "+anaName+".pdf", strings.NewReader("%PDF-1.4 le plan\n%%EOF"))
	w.must(err)
	w.must(w.app.Files.Comment(ctx, w.ana, deposited, "summary", "Je relis, signé "+anaName))
	w.must(w.app.Files.Comment(ctx, w.bob, deposited, "summary", "Merci "+anaName+" !"))
	w.must(w.app.Files.Send(ctx, w.ana, deposited, "Bonjour, ici "+anaName))
	w.must(w.app.Files.Invite(ctx, w.ana, deposited, "carla@projet.invalid", "reader", "Viens, "+anaName))
	_, err = w.app.Calls.Ask(ctx, w.ana, w.call.ID, "Une question de "+anaName+" ?", true)
	w.must(err)
	w.settle()
	_, err = w.app.Files.Submit(ctx, w.ana, deposited)
	w.must(err)
	draft = w.draft(w.ana, "Brouillon d'"+anaName, map[string]any{"summary": "Secret de " + anaName})
	_, err = w.app.Files.Attach(ctx, w.ana, draft, "annex", "brouillon.pdf", strings.NewReader("%PDF-1.4 "+anaName+"\n%%EOF"))
	w.must(err)
	w.settle()
	return deposited, draft
}

// blobs opens the store of files.
func (w *world) blobs() blob.Store {
	w.t.Helper()
	store, err := blob.OpenFolder(filepath.Join(w.data, "files"), w.clock)
	w.must(err)
	return store
}

// onDisk reads every byte that the data folder holds, the database's own files
// included; on PostgreSQL every row of every table is added.
func (w *world) onDisk() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	w.must(filepath.Walk(w.data, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all[path+" "+info.Name()] = string(content)
		return err
	}))
	if w.app.DB.Engine() == db.SQLite {
		return all
	}
	tables, err := db.List(ctx, w.app.DB.Reader(), db.Value[string], `select table_name from information_schema.tables where table_schema = 'public'`)
	w.must(err)
	for _, table := range tables {
		rows, err := db.List(ctx, w.app.DB.Reader(), db.Value[string], `select cast(t as text) from `+table+` t`)
		w.must(err)
		all[table] = strings.Join(rows, "\n")
	}
	return all
}
