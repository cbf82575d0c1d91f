// Package applicationtest makes a small world for tests: an edition with an open call, a form, and people.
package applicationtest

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/secret"
	"transformateur/internal/policy"
)

// Noon is when the world starts; the call opened an hour before and closes an hour after.
var Noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)

// World is what tests act in.
type World struct {
	T      testing.TB
	DB     *db.DB
	Clock  *clock.Fake
	Bus    *event.Bus
	Jobs   *job.Queue
	Blobs  blob.Store
	Policy *policy.Service
	Calls  *call.Service
	Files  *application.Service
	Call   call.Call
	Lead   account.User
	Ana    account.User // owns the files she creates
	Bob    account.User // nobody yet

	folder string
}

// Form is a small form with a condition, a required-if and a blocking rule.
const Form = `{"version":1,"steps":[
 {"id":"project","title":{"fr":"Votre projet","en":"Your project"},"fields":[
  {"id":"summary","type":"longtext","label":{"fr":"Résumé","en":"Summary"},"required":true,"settings":{"max_chars":200}},
  {"id":"bearer","type":"choice","label":{"fr":"Porteur","en":"Bearer"},"required":true,"settings":{"options":[{"id":"company","label":{"fr":"Entreprise"}},{"id":"public","label":{"fr":"Organisme public"}}]}},
  {"id":"staff","type":"number","label":{"fr":"Effectif","en":"Staff"},"show_if":{"op":"eq","args":[{"field":"bearer"},{"value":"company"}]},"required":true,"settings":{"min":0}},
  {"id":"annex","type":"file","label":{"fr":"Annexe"},"settings":{"accept":[".pdf"],"max_files":2}}]}],
 "rules":[{"id":"size","label":{"fr":"Taille"},"severity":"blocking","when":{"op":"lt","args":[{"field":"staff"},{"value":300}]},"message":{"fr":"Moins de 300 personnes."}}]}`

type noRegisters struct{}

func (noRegisters) Organisation(string, string) string      { return "" }
func (noRegisters) Territory(_, code string) (string, bool) { return code, true }

// Inspector refuses what is called bad, keeps no copy of what is called signed, and cleans the rest.
var Inspector scrutiny.Inspector = byName{}

// byName is an inspector at the edge: it refuses what is called bad, and cleans the rest.
type byName struct{}

func (byName) Inspect(_ context.Context, f blob.File, _ int64, name string, _ []string) (scrutiny.Inspection, error) {
	if strings.HasPrefix(name, "bad") {
		return scrutiny.Inspection{Kind: "unknown", Refused: true, Problems: []errs.Field{{Key: "inspect.refused"}}}, nil
	}
	return scrutiny.Inspection{Kind: "pdf", MIME: "application/pdf", Clean: func(_ context.Context, w io.Writer) ([]errs.Field, error) {
		_, err := w.Write([]byte("clean"))
		if strings.HasPrefix(name, "signed") {
			return []errs.Field{{Key: "inspect.left_signature"}}, err
		}
		return nil, err
	}}, nil
}

// New makes the world on a database.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	w := &World{T: t, DB: d, Clock: clock.NewFake(Noon)}
	w.folder = t.TempDir()
	w.build()
	w.Lead, w.Ana, w.Bob = w.Person("lead"), w.Person("ana"), w.Person("bob")
	ctx := context.Background()
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		for _, q := range []string{
			`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ('agence', 'Agence', 'Agency', '', '', '', $1)`,
			`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ('programme', 'agence', 'Programme', 'Programme', '', '', $1)`,
			`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at) values ('edition', 'programme', 'Édition', 'Edition', '', '', '', '', '', '', 'Europe/Paris', 'published', 'regional', 1, $1)`,
		} {
			if _, err := tx.Exec(ctx, q, Noon); err != nil {
				return err
			}
		}
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "lead", Relation: "lead", Object: policy.Ref{Kind: "edition", ID: "edition"}})
	}))
	w.Call = w.OpenCall("appel", Form)
	return w
}

// build makes the services on the world's database and folder.
func (w *World) build() {
	w.T.Helper()
	d := w.DB
	w.Bus = event.NewBus(d, w.Clock)
	w.Policy = policy.New(d, w.Clock)
	key, err := secret.OpenKey(filepath.Join(w.folder, "receipt.key"))
	w.Must(err)
	blobs, err := blob.OpenFolder(filepath.Join(w.folder, "blobs"), w.Clock)
	w.Must(err)
	uploads, err := blob.OpenUploads(filepath.Join(w.folder, "uploads"), blobs, 50<<20, w.Clock)
	w.Must(err)
	w.Blobs, w.Jobs = blobs, job.NewQueue(d, w.Clock)
	w.Calls = call.New(call.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Blobs: blobs})
	w.Files = application.New(application.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Calls: w.Calls, Signer: key, Checks: noRegisters{},
		Jobs: w.Jobs, Blobs: blobs, Uploads: uploads, Inspector: Inspector,
		Numbers: func(files int64) (int64, error) { return files, nil }})
}

// Node is the same world seen from another process: services of its own, on a
// connection of its own to the same database and folder.
func (w *World) Node(d *db.DB) *World {
	w.T.Helper()
	other := *w
	other.DB = d
	other.build()
	return &other
}

// Person makes a person who can act.
func (w *World) Person(id string) account.User {
	w.T.Helper()
	ctx := context.Background()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, id, Noon)
		return err
	}))
	return account.User{ID: account.PersonID(id), Name: id, Lang: "fr", LoginID: "login-" + id}
}

// Legal is a complete legal block.
func Legal() call.Legal {
	return call.Legal{Service: "Pôle appels à projets", Email: "appels@agence.invalid", Address: "1 place de la République, Caen", Silence: call.SilenceNone,
		Appeals: "Deux mois, tribunal administratif de Caen.", Controller: "L'agence", DPO: "dpo@agence.invalid", Purposes: "Instruire les dossiers",
		Basis: "Mission d'intérêt public", Recipients: "L'équipe du programme", RetainMonths: 24}
}

// OpenCall makes and publishes a call with a form, open from an hour before Noon to an hour after.
func (w *World) OpenCall(id, formJSON string) call.Call {
	w.T.Helper()
	ctx := context.Background()
	f, err := form.Parse([]byte(formJSON))
	w.Must(err)
	c, err := w.Calls.Create(ctx, w.Lead, call.Call{ID: call.ID(id), EditionID: "edition", Title: form.Localised{"fr": "Appel"}, Text: form.Localised{"fr": "Texte"},
		Zone: "Europe/Paris", OpensAt: Noon.Add(-time.Hour), ClosesAt: Noon.Add(time.Hour), Legal: Legal()})
	w.Must(err)
	_, err = w.Calls.SaveForm(ctx, w.Lead, c.ID, f, 0)
	w.Must(err)
	c, err = w.Calls.Publish(ctx, w.Lead, c.ID)
	w.Must(err)
	return c
}

// Draft opens a file of Ana's.
func (w *World) Draft() application.Application {
	w.T.Helper()
	a, err := w.Files.Create(context.Background(), w.Ana, w.Call.ID, "Campus numérique")
	w.Must(err)
	return a
}

// Fill writes answers, field by field, as pairs of a field and its value.
func (w *World) Fill(by account.User, id application.ID, pairs ...any) {
	w.T.Helper()
	ctx := context.Background()
	f, err := w.Files.Open(ctx, by, id)
	w.Must(err)
	var edits []application.Edit
	for i := 0; i < len(pairs); i += 2 {
		field := fmt.Sprint(pairs[i])
		edits = append(edits, application.Edit{Field: field, Base: f.Answers[field].Version, Value: pairs[i+1]})
	}
	saved, err := w.Files.Save(ctx, by, id, edits)
	w.Must(err)
	if len(saved.Conflicts)+len(saved.Refused) > 0 {
		w.T.Fatalf("fill %s: %+v", id, saved)
	}
}

// Complete makes a file of Ana's that can be deposited.
func (w *World) Complete() application.Application {
	w.T.Helper()
	a := w.Draft()
	w.Fill(w.Ana, a.ID, "summary", "Un campus", "bearer", "company", "staff", int64(12))
	return a
}

// Must stops the test on an error.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Deposit makes Ana deposit a file for each summary, their titles "Projet A" and on, and
// tells whoever listens. Bearers are taken in turn, and the staff is counted from 0.
func (w *World) Deposit(summaries ...string) (ids []application.ID) {
	w.T.Helper()
	ctx := context.Background()
	for i, summary := range summaries {
		a, err := w.Files.Create(ctx, w.Ana, w.Call.ID, fmt.Sprintf("Projet %c", 'A'+i))
		w.Must(err)
		w.Fill(w.Ana, a.ID, "summary", summary, "bearer", []string{"company", "public"}[i%2], "staff", int64(i))
		_, err = w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
		ids = append(ids, a.ID)
	}
	_, err := w.Bus.Deliver(ctx)
	w.Must(err)
	return ids
}
