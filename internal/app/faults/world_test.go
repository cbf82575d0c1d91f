package faults

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/secret"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// theCall is the call in which everybody deposits.
const theCall = "appel"

// theForm asks for two texts and a file.
const theForm = `{"version":1,"steps":[{"id":"project","title":{"fr":"Votre projet","en":"Your project"},"fields":[
 {"id":"summary","type":"longtext","label":{"fr":"Résumé","en":"Summary"},"required":true,"settings":{"max_chars":4000}},
 {"id":"needs","type":"longtext","label":{"fr":"Besoins","en":"Needs"},"required":true,"settings":{"max_chars":4000}},
 {"id":"deck","type":"file","label":{"fr":"Présentation","en":"Deck"},"required":true,"settings":{"accept":[".txt"],"max_bytes":5000000,"max_files":2}}]}]}`

// depositors is how many people have an account and a sign-in.
const depositors = 8

// origin is a data folder in which a call is open, as a good shutdown left it.
type origin struct {
	folder string
	tokens []string // the cookies of the depositors
	public ed25519.PublicKey
}

var (
	made     origin
	makeOnce sync.Once
	makeErr  error
)

// theOrigin makes the folder once for all tests; they work on copies.
func theOrigin(t testing.TB) origin {
	t.Helper()
	makeOnce.Do(func() {
		slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
		made.folder, makeErr = os.MkdirTemp("", "faults-origin-*")
		if makeErr == nil {
			makeErr = made.fill(config.Config{Data: made.folder, BaseURL: "http://127.0.0.1", Name: "Transformateur"})
		}
	})
	if makeErr != nil {
		t.Fatal(makeErr)
	}
	return made
}

// copied is a copy of the origin on the machine's own disk.
func (o origin) copied(t testing.TB) string {
	t.Helper()
	dir := t.TempDir() + "/data"
	if err := os.CopyFS(dir, os.DirFS(o.folder)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// email is the address of a depositor.
func email(i int) string { return fmt.Sprintf("depot%d@porteur.invalid", i) }

func (o *origin) fill(cfg config.Config) error {
	ctx := context.Background()
	a, err := app.New(ctx, cfg, clock.System{})
	if err != nil {
		return err
	}
	defer a.Close()
	people := account.OpenDemo(a.Accounts)
	lead, err := people.Create(ctx, "responsable@agence.invalid", account.Profile{Name: "Claire Responsable", Lang: "fr", Zone: "Europe/Paris"})
	if err != nil {
		return err
	}
	if err := openCall(ctx, a, account.User{ID: lead, Name: "Claire Responsable", Lang: "fr"}); err != nil {
		return err
	}
	for i := range depositors {
		id, err := people.Create(ctx, email(i), account.Profile{Name: fmt.Sprintf("Porteuse %d", i), Lang: "fr", Zone: "Europe/Paris"})
		if err != nil {
			return err
		}
		token, err := people.SignIn(ctx, id, "test")
		if err != nil {
			return err
		}
		o.tokens = append(o.tokens, token)
	}
	key, err := secret.OpenKey(app.ReceiptKey(cfg))
	o.public = key.Public()
	return err
}

// openCall opens an agency, a programme, an edition and its call, as a lead would.
func openCall(ctx context.Context, a *app.App, lead account.User) error {
	now := clock.System{}.Now()
	words := func(fr, en string) programme.Words { return programme.Words{FR: fr, EN: en} }
	agency, err := a.Programmes.CreateAgency(ctx, account.System, programme.Agency{Name: words("Agence d'essai", "Test agency")}, false)
	if err != nil {
		return err
	}
	if err := a.DB.Write(ctx, func(tx *db.Tx) error {
		return a.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(lead.ID), Relation: "lead", Object: policy.Ref{Kind: "agency", ID: string(agency.ID)}})
	}); err != nil {
		return err
	}
	prog, err := a.Programmes.CreateProgramme(ctx, lead, programme.Programme{Agency: agency.ID, Name: words("Transformateur", "Transformateur")})
	if err != nil {
		return err
	}
	edition, err := a.Programmes.CreateEdition(ctx, lead, programme.NewEdition{Programme: prog.ID, Journey: "regional-edition", Name: words("Normandie", "Normandy"),
		Theme: words("Numérique et travail", "Digital work"), Zone: "Europe/Paris", FirstDay: now.Format("2006-01-02")})
	if err != nil {
		return err
	}
	edition.About = words("Une édition pour essayer.", "An edition to try things.")
	if edition, err = a.Programmes.EditEdition(ctx, lead, edition); err != nil {
		return err
	}
	if err := a.Programmes.PublishEdition(ctx, lead, edition.ID); err != nil {
		return err
	}
	f, err := form.Parse([]byte(theForm))
	if err != nil {
		return err
	}
	c, err := a.Calls.Create(ctx, lead, call.Call{ID: theCall, EditionID: string(edition.ID), Title: form.Localised{"fr": "Appel", "en": "Call"},
		Text: form.Localised{"fr": "Un appel pour essayer."}, Zone: "Europe/Paris", OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(72 * time.Hour),
		Legal: call.Legal{Service: "Pôle appels", Email: "appels@agence.invalid", Address: "1 rue d'essai, Caen", Silence: call.SilenceNone, Appeals: "Tribunal administratif de Caen, deux mois.",
			Controller: "L'agence d'essai", DPO: "dpo@agence.invalid", Purposes: "Instruire les dossiers.", Basis: "Mission d'intérêt public", Recipients: "L'équipe du programme", RetainMonths: 24}})
	if err != nil {
		return err
	}
	if _, err := a.Calls.SaveForm(ctx, lead, c.ID, f, 0); err != nil {
		return err
	}
	_, err = a.Calls.Publish(ctx, lead, c.ID)
	return err
}
