package timing_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
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

// files is how many hidden files there are to ask for; conflicts is how many of them a
// conflict hides from the officer, many for one person.
const files, conflicts = 200, 20

// world is the program with people, a call and its files, on the machine's clock.
type world struct {
	ctx      context.Context
	app      *app.App
	handler  http.Handler
	demo     *account.Demo
	call     call.ID
	edition  string
	hidden   []string // files that the stranger may not see
	own      []string // files of the applicant's who invites
	inviters []string // their tokens, a person each: invitations are limited by person
	stranger string   // the token of somebody who may see nothing
	barred   string   // of an officer whom a conflict keeps from every hidden file
}

func newWorld(ctx context.Context, folder string, people int) (*world, error) {
	a, err := app.New(ctx, config.Config{Data: folder, BaseURL: "http://timing.invalid", Name: "Chronomètre"}, clock.System{})
	if err != nil {
		return nil, err
	}
	if _, err := a.DB.Raw().Exec(`pragma synchronous = off`); err != nil { // the disk is no part of the question
		return nil, err
	}
	w := &world{ctx: ctx, app: a, handler: a.Handler(), demo: account.OpenDemo(a.Accounts), call: "appel"}
	for _, step := range []func() error{func() error { return w.known(people) }, w.open, w.fill} {
		if err := step(); err != nil {
			a.Close()
			return nil, err
		}
	}
	return w, nil
}

// known makes the people whose addresses exist.
func (w *world) known(people int) error {
	now := w.app.Clock.Now()
	return w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		for i := range people {
			id := fmt.Sprintf("known-%d", i)
			if _, err := tx.Exec(w.ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, id, now); err != nil {
				return err
			}
			if _, err := tx.Exec(w.ctx, `insert into addresses (email, person_id, main, verified_at) values ($1, $2, true, $3)`, address("known", i), id, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// address is that of somebody; those of people who are unknown have the same length.
func address(kind string, i int) string { return fmt.Sprintf("%s-%06d@personnes.invalid", kind[:5], i) }

func (w *world) person(key string) (by account.User, token string, err error) {
	id, err := w.demo.Create(w.ctx, key+"@personnes.invalid", account.Profile{Name: key, Lang: "fr", Zone: "Europe/Paris"})
	if err != nil {
		return by, "", err
	}
	token, err = w.demo.SignIn(w.ctx, id, "chronomètre")
	return account.User{ID: id, Name: key, Lang: "fr", Zone: "Europe/Paris"}, token, err
}

func (w *world) grant(by account.User, relation string, on policy.Ref) error {
	return w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.app.Policy.Grant(w.ctx, tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: relation, Object: on, Reason: "chronomètre"})
	})
}

// open makes an edition with an open call.
func (w *world) open() error {
	lead, _, err := w.person("lead")
	if err != nil {
		return err
	}
	words := func(s string) programme.Words { return programme.Words{FR: s, EN: s} }
	agency, err := w.app.Programmes.CreateAgency(w.ctx, account.System, programme.Agency{Name: words("Agence")}, false)
	if err != nil {
		return err
	}
	if err := w.grant(lead, "lead", policy.Ref{Kind: "agency", ID: string(agency.ID)}); err != nil {
		return err
	}
	p, err := w.app.Programmes.CreateProgramme(w.ctx, lead, programme.Programme{Agency: agency.ID, Name: words("Programme")})
	if err != nil {
		return err
	}
	now := w.app.Clock.Now()
	e, err := w.app.Programmes.CreateEdition(w.ctx, lead, programme.NewEdition{Programme: p.ID, Journey: "regional-edition", Name: words("Édition"), Theme: words("Travail"), Zone: "Europe/Paris", FirstDay: now.Format(time.DateOnly)})
	if err != nil {
		return err
	}
	w.edition, e.About = string(e.ID), words("Une édition.")
	if _, err := w.app.Programmes.EditEdition(w.ctx, lead, e); err != nil {
		return err
	}
	if err := w.app.Programmes.PublishEdition(w.ctx, lead, e.ID); err != nil {
		return err
	}
	f, err := form.ReadyForm("detailed_sheet")
	if err != nil {
		return err
	}
	c := call.Call{ID: w.call, EditionID: w.edition, Title: form.Localised{"fr": "Appel"}, Text: form.Localised{"fr": "Texte"}, Zone: "Europe/Paris", OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(48 * time.Hour),
		Legal: call.Legal{Service: "Service", Email: "appel@agence.invalid", Address: "1 rue", Silence: call.SilenceNone, Appeals: "Tribunal", Controller: "Agence", DPO: "dpo@agence.invalid", Purposes: "Instruire", Basis: "Mission", Recipients: "Équipe", RetainMonths: 24}}
	if _, err := w.app.Calls.Create(w.ctx, lead, c); err != nil {
		return err
	}
	if _, err := w.app.Calls.SaveForm(w.ctx, lead, c.ID, f, 0); err != nil {
		return err
	}
	_, err = w.app.Calls.Publish(w.ctx, lead, c.ID)
	return err
}

// fill makes files that are hidden from the stranger and from the officer in conflict.
func (w *world) fill() error {
	owner, _, err := w.person("owner")
	if err != nil {
		return err
	}
	barred, token, err := w.person("barred")
	if err != nil {
		return err
	}
	w.barred = token
	if err := w.grant(barred, "officer", policy.Ref{Kind: "edition", ID: w.edition}); err != nil {
		return err
	}
	for i := range files {
		a, err := w.app.Files.Create(w.ctx, owner, w.call, fmt.Sprintf("Herbier de zostère %d", i))
		if err != nil {
			return err
		}
		w.hidden = append(w.hidden, string(a.ID))
		if i < conflicts {
			if err := w.hide(barred, string(a.ID)); err != nil {
				return err
			}
		}
	}
	for i := range files {
		by, token, err := w.person(fmt.Sprintf("inviter-%d", i))
		if err != nil {
			return err
		}
		a, err := w.app.Files.Create(w.ctx, by, w.call, "À plusieurs")
		if err != nil {
			return err
		}
		w.inviters, w.own = append(w.inviters, token), append(w.own, string(a.ID))
	}
	_, w.stranger, err = w.person("stranger")
	return err
}

// hide makes a file of a closed call's that a word of a search finds, and that a conflict hides.
func (w *world) hide(barred account.User, id string) error {
	return w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(w.ctx, `insert into search_terms (kind, term, object_id) values ('application', 'zostere', $1)`, id); err != nil {
			return err
		}
		return w.app.Policy.Exclude(w.ctx, tx, account.System, "person", string(barred.ID), policy.Ref{Kind: "application", ID: id}, "conflict", "chronomètre")
	})
}

// absent is an identifier such as those of files, of nothing.
func absent(i int) string { return fmt.Sprintf("0000000000zz%08d", i) }

func (w *world) probes() []probe {
	get := func(token func() string, address func(i int) string) func(int) *http.Request {
		return func(i int) *http.Request { return w.request(http.MethodGet, address(i), "", token(), i) }
	}
	visitor, stranger, barred := func() string { return "" }, func() string { return w.stranger }, func() string { return w.barred }
	at := func(path, rest string, known bool) func(int) string {
		return func(i int) string {
			if known {
				return path + w.hidden[i%files] + rest
			}
			return path + absent(i%files) + rest
		}
	}
	var all []probe
	all = append(all, probe{"POST /signin, an address", w.signin("known", 0), w.signin("unknown", 1)})
	all = append(all, probe{"POST /applications/{id}/team, inviting an address", w.invite("known"), w.invite("unknown")})
	for _, page := range []struct{ path, rest string }{{"/applications/", ""}, {"/applications/", "/edit"}, {"/applications/", "/team"}, {"/applications/", "/thread"}, {"/files/", ""}, {"/files/", "/history"}, {"/files/", "/thread"}} {
		name := "GET " + page.path + "{id}" + page.rest
		all = append(all, probe{name + ", a stranger", get(stranger, at(page.path, page.rest, true)), get(stranger, at(page.path, page.rest, false))})
	}
	all = append(all,
		probe{"GET /applications/{id}, a visitor", get(visitor, at("/applications/", "", true)), get(visitor, at("/applications/", "", false))},
		probe{"GET /files/{id}, an officer in conflict", get(barred, func(i int) string { return "/files/" + w.hidden[i%conflicts] }), get(barred, at("/files/", "", false))},
		probe{"POST /applications/{id}/edit, a stranger", w.save(true), w.save(false)},
		probe{"GET /receipts/{number}, a stranger", get(stranger, func(i int) string { return fmt.Sprintf("/receipts/%d", 1+i%files) }), get(stranger, func(i int) string { return fmt.Sprintf("/receipts/%d", 100_001+i%files) })},
		probe{"GET /calls/{id}/files?q=, a word of hidden files", get(barred, func(int) string { return "/calls/appel/files?q=zostere" }), get(barred, func(int) string { return "/calls/appel/files?q=zostare" })},
		probe{"GET /organisations?q=, a word of hidden files", get(stranger, func(int) string { return "/organisations?q=zostere" }), get(stranger, func(int) string { return "/organisations?q=zostare" })})
	return all
}

func (w *world) signin(kind string, shift int) func(int) *http.Request {
	return func(i int) *http.Request {
		return w.request(http.MethodPost, "/signin", url.Values{"email": {address(kind, i)}}.Encode(), "", 2*i+shift)
	}
}

func (w *world) invite(kind string) func(int) *http.Request {
	return func(i int) *http.Request {
		form := url.Values{"email": {address(kind, i)}, "role": {"editor"}, "act": {"invite"}}.Encode()
		return w.request(http.MethodPost, "/applications/"+w.own[i%files]+"/team", form, w.inviters[i%files], i)
	}
}

func (w *world) save(known bool) func(int) *http.Request {
	return func(i int) *http.Request {
		id := absent(i % files)
		if known {
			id = w.hidden[i%files]
		}
		return w.request(http.MethodPost, "/applications/"+id+"/edit", "summary=x", w.stranger, i)
	}
}
