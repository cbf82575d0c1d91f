package journeys_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// world is the program, started as an operator starts it, with an edition whose call is open.
type world struct {
	t    *testing.T
	app  *app.App
	base string
	data string
	demo *account.Demo
	lead account.User
	call call.Call
}

// theForm is the form of the open call.
const theForm = `{"version":1,"steps":[
 {"id":"project","title":{"fr":"Votre projet","en":"Your project"},"fields":[
  {"id":"summary","type":"longtext","label":{"fr":"Résumé du projet","en":"Summary"},"required":true,"settings":{"max_chars":400}},
  {"id":"bearer","type":"choice","label":{"fr":"Type de porteur","en":"Bearer"},"required":true,"settings":{"options":[{"id":"company","label":{"fr":"Entreprise","en":"Company"}},{"id":"public","label":{"fr":"Organisme public","en":"Public body"}}]}},
  {"id":"staff","type":"number","label":{"fr":"Effectif de l'entreprise","en":"Staff"},"show_if":{"op":"eq","args":[{"field":"bearer"},{"value":"company"}]},"required":true,"settings":{"min":1}}]},
 {"id":"means","title":{"fr":"Vos moyens","en":"Your means"},"fields":[
  {"id":"needs","type":"longtext","label":{"fr":"Ce dont vous avez besoin","en":"What you need"},"required":true,"settings":{"max_lines":5}},
  {"id":"deck","type":"file","label":{"fr":"Présentation","en":"Deck"},"settings":{"accept":[".pdf"],"max_bytes":5000000,"max_files":1}}]}]}`

func start(t *testing.T) *world {
	t.Helper()
	return startAt(t, clock.System{})
}

// startAt starts the program on a clock of the journey's own, with settings that changes changes.
func startAt(t *testing.T, at clock.Clock, changes ...func(*config.Config)) *world {
	t.Helper()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	ctx := context.Background()
	w := &world{t: t, data: t.TempDir()}
	cfg := config.Config{Data: w.data, BaseURL: base, Name: "Transformateur", Contact: "equipe@agence.invalid", Dev: true}
	for _, change := range changes {
		change(&cfg)
	}
	w.base = cfg.BaseURL
	w.app, err = app.New(ctx, cfg, at)
	w.must(err)
	w.app.Start(ctx)
	server := &http.Server{Handler: w.app.Handler()}
	go server.Serve(listener)
	t.Cleanup(func() {
		server.Close()
		w.app.Close()
	})
	w.demo = account.OpenDemo(w.app.Accounts)
	w.lead = w.person("responsable@agence.invalid", "Claire Responsable")
	w.edition()
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
	id, err := w.demo.Create(context.Background(), email, account.Profile{Name: name, Lang: "fr", Zone: "Europe/Paris"})
	w.must(err)
	return account.User{ID: id, Name: name, Lang: "fr"}
}

// edition opens an agency, a programme, an edition and its call, as a lead would.
func (w *world) edition() {
	w.t.Helper()
	ctx, now := context.Background(), time.Now()
	words := func(fr, en string) programme.Words { return programme.Words{FR: fr, EN: en} }
	agency, err := w.app.Programmes.CreateAgency(ctx, account.System, programme.Agency{Name: words("Agence d'essai", "Test agency")}, false)
	w.must(err)
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		return w.app.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.lead.ID), Relation: "lead", Object: policy.Ref{Kind: "agency", ID: string(agency.ID)}})
	}))
	prog, err := w.app.Programmes.CreateProgramme(ctx, w.lead, programme.Programme{Agency: agency.ID, Name: words("Transformateur", "Transformateur")})
	w.must(err)
	edition, err := w.app.Programmes.CreateEdition(ctx, w.lead, programme.NewEdition{Programme: prog.ID, Journey: "regional-edition", Name: words("Normandie", "Normandy"), Theme: words("Numérique et travail", "Digital work"), Zone: "Europe/Paris", FirstDay: now.Format("2006-01-02")})
	w.must(err)
	edition.About = words("Une édition pour essayer.", "An edition to try things.")
	edition, err = w.app.Programmes.EditEdition(ctx, w.lead, edition)
	w.must(err)
	w.must(w.app.Programmes.PublishEdition(ctx, w.lead, edition.ID))
	f, err := form.Parse([]byte(theForm))
	w.must(err)
	c, err := w.app.Calls.Create(ctx, w.lead, call.Call{ID: "appel-normandie", EditionID: string(edition.ID), Title: form.Localised{"fr": "Appel Normandie", "en": "Normandy call"},
		Text: form.Localised{"fr": "Un appel pour essayer."}, Zone: "Europe/Paris", OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(72 * time.Hour),
		Legal: call.Legal{Service: "Pôle appels", Email: "appels@agence.invalid", Address: "1 rue d'essai, Caen", Silence: call.SilenceNone, Appeals: "Tribunal administratif de Caen, deux mois.",
			Controller: "L'agence d'essai", DPO: "dpo@agence.invalid", Purposes: "Instruire les dossiers.", Basis: "Mission d'intérêt public", Recipients: "L'équipe du programme", RetainMonths: 24}})
	w.must(err)
	_, err = w.app.Calls.SaveForm(ctx, w.lead, c.ID, f, 0)
	w.must(err)
	w.call, err = w.app.Calls.Publish(ctx, w.lead, c.ID)
	w.must(err)
}

var linkIn = regexp.MustCompile(`https?://[^\s"<>)\]]+`)

// mailTo waits for the last mail to an address whose subject or body holds words,
// and gives its first link, as one clicks in a mail program.
func (w *world) mailTo(email, words string) string {
	w.t.Helper()
	for range 100 {
		letters, err := w.app.Notify.Mailbox(context.Background(), account.System, 60)
		w.must(err)
		for _, m := range letters {
			if m.To == email && (strings.Contains(m.Subject, words) || strings.Contains(m.Body, words)) {
				if link := linkIn.FindString(m.Body); link != "" {
					u, err := url.Parse(link)
					w.must(err)
					return u.RequestURI()
				}
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("no mail to %s about %q", email, words)
	return ""
}
