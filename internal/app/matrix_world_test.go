package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// The worlds of the permission matrix.
//
// To add a kind of object: write a fixture that says at which stages and in which
// states such an object can be, and that makes one by plain SQL with everything
// that contains it; add it to fixtures under the kind that routes name in On. The
// matrix then tries every route of that kind by itself. Values for further
// wildcards of the addresses ("{field}") go in made.params.

var noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)

// made is an object of the world, as the policy sees it.
type made struct {
	policy.Object
	params map[string]string
}

// fixture makes objects of one kind.
type fixture struct {
	moments []moment // every stage and state in which such an object can be
	make    func(w *world, m moment) made
}

// alsoJudged are the writing routes whose form names a second object: whoever may
// come this far may still be refused because of that one, which an empty form lacks.
var alsoJudged = map[string]string{
	"POST /editions/{id}/team/end":          "the role that ends, and whether it is the last lead's",
	"POST /editions/{id}/sponsors/profiles": "the person, who may be named in the edition",
	"POST /editions/{id}/verbatims":         "the verbatim, which is of the edition",
	"POST /editions/{id}/team/revoke":       "the invitation",
	"POST /editions/{id}/team/resend":       "the invitation",
	"POST /programmes/{id}/team/end":        "the role that ends",
	"POST /programmes/{id}/team/revoke":     "the invitation",
	"POST /programmes/{id}/team/resend":     "the invitation",
	"POST /agencies/{id}/team/end":          "the role that ends",
	"POST /agencies/{id}/team/revoke":       "the invitation",
	"POST /agencies/{id}/team/resend":       "the invitation",
	"POST /platform/team/end":               "the role that ends",
	"POST /platform/team/revoke":            "the invitation",
	"POST /platform/team/resend":            "the invitation",

	"POST /organisations/{id}/members/remove":     "the person who is removed",
	"POST /organisations/{id}/invitations/revoke": "the invitation",
	"POST /organisations/{id}/join":               "the address of who joins, by its domain",
	"POST /organisations/{id}/leave":              "the place of who leaves",
	"POST /calls/{id}/files/views/{view}/remove":  "the view, which goes with who saved it",
	"POST /account/organisations/leave":           "the organisation that is left",
	"POST /account/organisations/join":            "the organisation that is joined",
	"POST /account/tokens/revoke":                 "the token that is revoked",
	"POST /account/logins/revoke":                 "the sign-in that is ended",
	"POST /account/addresses/remove":              "the address that is removed",
	"POST /account/addresses/main":                "the address that is chosen",
	"POST /notifications/resume":                  "the address, which is hers",
}

type moment struct {
	stage policy.Stage
	state string
}

// always is the only moment of what has neither stage nor state.
var always = []moment{{policy.Preparation, ""}}

var fixtures = map[string]fixture{
	"": {always, func(*world, moment) made {
		return made{Object: policy.Platform, params: map[string]string{"{key}": programme.Shipped()[0].Key}}
	}},
	"platform":     {always, func(*world, moment) made { return made{Object: policy.Platform} }},
	"organisation": {always, (*world).organisation},
	"agency":       {always, (*world).agency},
	"programme":    {always, (*world).programme},
	"journey":      {always, (*world).journey},
	"edition":      {[]moment{{0, "draft"}, {0, "published"}, {0, "closed"}}, (*world).edition},
	"call":         {callMoments(), (*world).call},
	"application":  {applicationMoments(), (*world).application},
	"mail":         {always, (*world).mail},
	"batch":        {always, (*world).batch},
	"webhook":      {always, (*world).webhook},
}

func callMoments() []moment {
	all := []moment{{policy.Preparation, "draft"}}
	for stage := policy.Preparation; stage <= policy.Archived; stage++ {
		all = append(all, moment{stage, "published"})
		if stage >= policy.Admissibility {
			all = append(all, moment{stage, "closed"})
		}
	}
	return all
}

func applicationMoments() (all []moment) {
	for stage := policy.Open; stage <= policy.Archived; stage++ {
		for _, state := range []string{"draft", "submitted", "reopened", "withdrawn"} {
			all = append(all, moment{stage, state})
		}
	}
	return all
}

type world struct {
	t   *testing.T
	app *App
	n   int

	handler http.Handler
	objects map[string]policy.Object // everything that was made, by identifier
	pending []statement
	far     map[pair]attempt // who holds a relation on something else
	spent   map[string]bool  // the lines of alsoJudged that were needed
	blob    string           // digest of a file that stands in the store
	holder  string           // page on which the form of the route at hand was found
	held    content          // what the database held when its connection had changed heldAt rows
	heldAt  int
}

type statement struct {
	text string
	args []any
}

// quiet drops the log for a test: a line a cell would hide the faults.
func quiet(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(before) })
}

func newWorld(t *testing.T) *world {
	t.Helper()
	quiet(t)
	dir := t.TempDir()
	cfg := config.Config{Data: dir, Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Name: "Matrice", RequireSecondFactor: true, APIRate: 1e6}
	dbtest.Copy(t, File(cfg))
	a, err := New(context.Background(), cfg, clock.NewFake(noon))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if _, err := a.DB.Raw().Exec(`pragma synchronous = off`); err != nil { // nobody needs this world after a power cut
		t.Fatal(err)
	}
	files, err := blob.OpenFolder(filepath.Join(dir, "files"), clock.NewFake(noon))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := files.Put(context.Background(), strings.NewReader("%PDF-1.7"), 100)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, app: a, handler: a.Handler(), objects: map[string]policy.Object{}, far: map[pair]attempt{}, spent: map[string]bool{}, blob: kept.Digest}
}

// name makes an identifier that no other object of the world has.
func (w *world) name(kind string) string {
	w.n++
	return fmt.Sprintf("%s-%d", kind, w.n)
}

// exec keeps a statement for the next flush: thousands of people are made, and a
// commit each would be long.
func (w *world) exec(text string, args ...any) {
	w.pending = append(w.pending, statement{text, args})
}

// flush makes what was asked for, in one commit.
func (w *world) flush() {
	w.t.Helper()
	if len(w.pending) == 0 {
		return
	}
	ctx := context.Background()
	err := w.app.DB.Write(ctx, func(tx *db.Tx) error {
		for _, s := range w.pending {
			if _, err := tx.Exec(ctx, s.text, s.args...); err != nil {
				return fmt.Errorf("%w in %s", err, s.text)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.pending = nil
}

// person signs somebody in and returns her identifier and the token of her cookie.
func (w *world) person() (id, token string) {
	id = w.name("person")
	token = "token-of-" + id
	sum := sha256.Sum256([]byte(token))
	w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, id, noon)
	w.exec(`insert into addresses (email, person_id, main, verified_at) values ($1, $2, true, $3)`, id+"@example.org", id, noon)
	w.exec(`insert into logins (id, person_id, token_hash, created_at, last_seen_at, expires_at, device, strong_at) values ($1, $2, $3, $4, $4, $5, 'matrix', $4)`,
		"login-"+id, id, hex.EncodeToString(sum[:]), noon, noon.Add(24*time.Hour))
	w.lendToken(id, token)
	return id, token
}

// grant gives a relation from an instant to another; the zero instant is no end.
func (w *world) grant(person, relation string, on policy.Ref, from, until time.Time) {
	w.exec(`insert into relations (id, subject_kind, subject_id, relation, object_kind, object_id, valid_from, valid_until, granted_by, reason, granted_at)
		values ($1, 'person', $2, $3, $4, $5, $6, $7, 'system', 'matrix', $6)`, w.name("relation"), person, relation, on.Kind, on.ID, from, until)
}

func (w *world) exclude(person string, from policy.Ref) {
	w.exec(`insert into exclusions (id, subject_kind, subject_id, object_kind, object_id, kind, reason, declared_by, valid_from)
		values ($1, 'person', $2, $3, $4, 'conflict', 'matrix', 'system', $5)`, w.name("exclusion"), person, from.Kind, from.ID, noon.Add(-time.Hour))
}

func ref(kind, id string) policy.Ref { return policy.Ref{Kind: kind, ID: id} }

// made keeps what was made, as the policy must see it.
func (w *world) made(r policy.Ref, m moment, within ...policy.Ref) made {
	w.objects[r.ID] = policy.Object{Ref: r, Stage: m.stage, State: m.state, Within: within, Flags: map[string]bool{"unsealed": true}}
	return made{Object: w.objects[r.ID], params: map[string]string{"{name}": "receipt"}}
}

func (w *world) organisation(m moment) made {
	id := w.name("organisation")
	w.exec(`insert into organisations (id, name, folded, kind, domain, territory, created_at) values ($1, $1, $1, 'association', '', '', $2)`, id, noon)
	return w.made(ref("organisation", id), m)
}

func (w *world) agency(m moment) made {
	id := w.name("agency")
	w.exec(`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ($1, $1, $1, '', '', '', $2)`, id, noon)
	return w.made(ref("agency", id), m)
}

func (w *world) programme(m moment) made {
	agency := w.agency(always[0])
	id := w.name("programme")
	w.exec(`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ($1, $2, $1, $1, '', '', $3)`, id, agency.ID, noon)
	return w.made(ref("programme", id), m, agency.Ref)
}

func (w *world) edition(m moment) made {
	programme := w.programme(always[0])
	id := w.name("edition")
	var published, closed time.Time
	if m.state != "draft" {
		published = noon.Add(-240 * time.Hour)
	}
	if m.state == "closed" {
		closed = noon.Add(-time.Hour)
	}
	w.exec(`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at, published_at, closed_at)
		values ($1, $2, $1, $1, '', '', '', '', '', '', 'Europe/Paris', $3, '', 1, $4, $5, $6)`, id, programme.ID, m.state, noon.Add(-480*time.Hour), published, closed)
	edition := w.made(ref("edition", id), m, append([]policy.Ref{programme.Ref}, programme.Within...)...)
	edition.params = map[string]string{"{stage}": w.stage(id, "gathering"), "{name}": "receipt", "{kit}": "frise"}
	return edition
}

// stage adds a stage to an edition and returns its identifier.
func (w *world) stage(edition, kind string) string {
	id := w.name("stage")
	w.exec(`insert into stages (id, edition_id, position, kind, name_fr, name_en, about_fr, about_en, settings) values ($1, $2, 1, $3, 'Étape', 'Stage', '', '', '{}')`, id, edition, kind)
	return id
}

func (w *world) journey(m moment) made {
	agency := w.agency(always[0])
	id := w.name("journey")
	content, err := json.Marshal(programme.Shipped()[0])
	if err != nil {
		w.t.Fatal(err)
	}
	w.exec(`insert into journeys (id, agency_id, name_fr, name_en, content, version, created_at, updated_at) values ($1, $2, 'Parcours', 'Journey', $4, 1, $3, $3)`, id, agency.ID, noon, string(content))
	return w.made(ref("journey", id), m, agency.Ref)
}

func (w *world) call(m moment) made {
	edition := w.edition(moment{0, "published"})
	id, stage := w.name("call"), w.stage(edition.ID, "call")
	opens, closes, phase := noon.Add(-240*time.Hour), noon.Add(-time.Hour), 0
	switch {
	case m.stage == policy.Preparation:
		opens, closes = noon.Add(24*time.Hour), noon.Add(240*time.Hour)
	case m.stage == policy.Open:
		closes = noon.Add(240 * time.Hour)
	case m.stage > policy.Admissibility:
		phase = int(m.stage)
	}
	w.exec(`insert into calls (id, edition_id, stage_id, title_fr, title_en, summary_fr, summary_en, text_fr, text_en, status, phase, zone, opens_at, closes_at, sealed, legal, form_revision, last_number, version, created_at, published_at)
		values ($1, $2, $3, $1, $1, '', '', '', '', $4, $5, 'Europe/Paris', $6, $7, false, '{}', 1, 1, 1, $8, $8)`,
		id, edition.ID, stage, m.state, phase, opens, closes, noon.Add(-480*time.Hour))
	w.exec(`insert into call_forms (call_id, revision, content, status, note_fr, note_en, version, saved_at, saved_by, published_at)
		values ($1, 1, $3, 'published', '', '', 1, $2, 'system', $2)`, id, noon.Add(-480*time.Hour), applicationtest.Form)
	made := w.made(ref("call", id), m, append([]policy.Ref{edition.Ref}, edition.Within...)...)
	made.params = w.inCall(id)
	return made
}

func (w *world) application(m moment) made {
	call := w.call(moment{m.stage, "published"})
	id := w.name("application")
	var submitted, withdrawn time.Time
	if m.state != "draft" {
		submitted = noon.Add(-2 * time.Hour)
	}
	if m.state == "withdrawn" {
		withdrawn = noon.Add(-time.Hour)
	}
	w.exec(`insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at, submitted_at, withdrawn_at)
		values ($1, $2, 1, $1, $3, 1, 'system', $4, $4, $5, $6)`, id, call.ID, m.state, noon.Add(-48*time.Hour), submitted, withdrawn)
	made := w.made(ref("application", id), m, append([]policy.Ref{call.Ref}, call.Within...)...)
	made.params = w.inFile(id)
	if m.stage >= policy.Announced {
		w.outcome(id, call.ID)
	}
	made.params["{label}"] = call.params["{label}"]
	if m.state != "draft" {
		w.exec(`insert into submissions (id, application_id, seq, kind, at, submitted_by, form_revision, title, content, files, receipt)
			values ($1, $2, 1, 'deposit', $3, 'system', 1, $2, '{}', $5, $4)`, w.name("submission"), id, submitted, made.params["{number}"], `[{"id":"`+made.params["{file}"]+`"}]`)
	}
	return made
}

// mail waits in the outbox of an edition.
func (w *world) mail(m moment) made { return w.waiting(m, "mail", "") }

// batch is known by its mails alone.
func (w *world) batch(m moment) made { return w.waiting(m, "batch", w.name("batch")) }

func (w *world) waiting(m moment, kind, batch string) made {
	edition := w.edition(moment{0, "published"})
	id := w.name("mail")
	w.exec(`insert into mails (id, dedupe_key, message_id, to_email, lang, template, subject, body, urgent, secret, discreet, object_kind, object_id,
		  edition_id, programme_id, agency_id, batch_id, status, created_at, edited_by, version, attempts, problem)
		values ($1, $1, $1, 'ana@example.org', 'fr', 'receipt', 'Objet', 'Texte', false, false, false, 'edition', $2, $2, $3, $4, $5, 'held', $6, '', 1, 0, '')`,
		id, edition.ID, edition.Within[0].ID, edition.Within[1].ID, batch, noon)
	within := append([]policy.Ref{edition.Ref}, edition.Within...)
	if kind == "batch" {
		return w.made(ref(kind, batch), m, within...)
	}
	return w.made(ref(kind, id), m, within...)
}
