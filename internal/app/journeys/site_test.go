package journeys_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	appdemo "transformateur/internal/app/demo"
	"transformateur/internal/approval"
	"transformateur/internal/board/kit"
	"transformateur/internal/committee"
	"transformateur/internal/demo"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// site is a program whose pages are looked at one by one, by everybody it knows.
type site struct {
	name   string // "full", "reading", "deliberating" or "empty": how much its lists hold
	app    *app.App
	base   string
	people []account.PersonID
	tokens map[account.PersonID]string
}

// visit is an address of a route in a state, and somebody to whom it opens.
type visit struct {
	site   *site
	route  ui.Route
	state  string
	path   string
	form   bool // sent empty, as a form
	person account.PersonID
	title  string
	shapes map[string]bool
}

func (v visit) String() string {
	return fmt.Sprintf("%s (%s, %s)", v.route.Pattern, v.site.name, v.state)
}

// fullSite is the demonstration, with a little more (see plays).
func fullSite(t *testing.T) *site {
	t.Helper()
	s := demoSite(t, "full", appdemo.Confirmed)
	s.plays(t)
	return s
}

// earlierSites are the demonstration while the committee of its first edition reads, and
// while it deliberates.
func earlierSites(t *testing.T) []*site {
	t.Helper()
	return []*site{demoSite(t, "reading", appdemo.Reading), demoSite(t, "deliberating", appdemo.Deliberating)}
}

func demoSite(t *testing.T, name string, m appdemo.Moment) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	cfg := config.Config{Data: filepath.Join(t.TempDir(), "demo"), BaseURL: "http://" + listener.Addr().String(), Name: "Transformateur", Contact: "equipe@agence.invalid", LogLevel: "error", Demo: true}
	if _, err := appdemo.LoadAt(ctx, cfg, clock.System{}, m); err != nil {
		t.Fatal(err)
	}
	now, err := clock.NewMovable(clock.System{}, filepath.Join(cfg.Data, "clock"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(ctx, cfg, now)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: a.Handler()}
	go server.Serve(listener)
	t.Cleanup(func() {
		server.Close()
		a.Close()
	})
	s := &site{name: name, app: a, base: cfg.BaseURL, tokens: map[account.PersonID]string{}}
	for _, role := range demo.Roles {
		id, err := account.OpenDemo(a.Accounts).Find(ctx, role.Email())
		if err != nil {
			t.Fatal(err)
		}
		s.people = append(s.people, id)
	}
	return s
}

// plays does what nobody does in the demonstration: a model of an agency's own, a second
// round that begins, and a request for a second signature.
func (s *site) plays(t *testing.T) {
	t.Helper()
	person := func(key string) account.User {
		role, _ := demo.Find(key)
		id, err := account.OpenDemo(s.app.Accounts).Find(t.Context(), role.Email())
		if err != nil {
			t.Fatal(err)
		}
		return account.User{ID: id, Name: role.Name, Lang: "fr"}
	}
	if _, err := s.app.Programmes.CloneJourney(t.Context(), person("lead"), "aract-normandie", "regional-edition"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Committees.Create(t.Context(), person("lead"), demo.RegionalCall, committee.Settings{Name: form.Localised{"fr": "Après les deux jours"}, Blind: committee.Open, Others: committee.AfterOwn, Readers: 2, Confidentiality: form.Localised{"fr": "Je garde le silence."}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Approvals.Ask(t.Context(), person("national-lead"), approval.Export, demo.NationalCall, "Transmettre les dossiers au service instructeur."); err != nil {
		t.Fatal(err)
	}
	edition, err := db.Get(t.Context(), s.app.DB.Reader(), db.Value[programme.EditionID], `select edition_id from calls where id = $1`, demo.RegionalCall)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Kits.Create(t.Context(), person("lead"), edition, kit.Shipped()[0]); err != nil {
		t.Fatal(err)
	}
	s.sits(t, person)
}

// emptySite is a program that has just opened: a call without a file, lists without a line.
func emptySite(t *testing.T) *site {
	t.Helper()
	w := start(t)
	admin := w.person("admin@agence.invalid", "Amina Administratrice")
	w.must(w.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		return w.app.Policy.Grant(t.Context(), tx, account.System, policy.Relation{SubjectID: string(admin.ID), Relation: "admin", Object: policy.Platform.Ref})
	}))
	novice := w.person("ana@projet.invalid", "Ana Lemoine")
	return &site{name: "empty", app: w.app, base: w.base, people: []account.PersonID{w.lead.ID, admin.ID, novice.ID}, tokens: map[account.PersonID]string{}}
}

// token is a sign-in of somebody; fresh gives another one, which may be lost.
func (s *site) token(t *testing.T, who account.PersonID, fresh bool) string {
	t.Helper()
	if who == "" {
		return ""
	}
	if token := s.tokens[who]; token != "" && !fresh {
		return token
	}
	token, err := account.OpenDemo(s.app.Accounts).SignIn(t.Context(), who, "accessibility")
	if err != nil {
		t.Fatal(err)
	}
	if !fresh {
		s.tokens[who] = token
	}
	return token
}

// hung is an answer that ends at the first flush, as a stream never would.
type hung struct {
	*httptest.ResponseRecorder
	hangUp func()
}

// Flush is called once the first bytes of a stream have left.
func (h *hung) Flush() { h.hangUp() }

// SetWriteDeadline is what a stream asks for.
func (h *hung) SetWriteDeadline(time.Time) error { return nil }

// ask gives the answer of the site to somebody, "" for a visitor.
func (s *site) ask(method, path, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, s.base+path, strings.NewReader(""))
	r.Header.Set("Accept-Language", "fr")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: ui.CookieName(false), Value: token})
	}
	ctx, hangUp := context.WithTimeout(r.Context(), time.Minute)
	defer hangUp()
	w := &hung{httptest.NewRecorder(), hangUp}
	s.app.Handler().ServeHTTP(w, r.WithContext(ctx))
	return w.ResponseRecorder
}

// isPage says whether an answer is a whole page.
func isPage(w *httptest.ResponseRecorder, status int) bool {
	return w.Code == status && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") &&
		strings.HasPrefix(strings.ToLower(w.Body.String()), "<!doctype html")
}

// thing is an object of a site in a state that changes its pages.
type thing struct{ id, state string }

// most is how many objects of a state are tried before its page is called closed to everybody.
const most = 8

// states says, for the kinds that have any, in which state each object is. The
// objects of the people whom the test can be come first.
var states = map[string]string{
	"edition": `select id, status from editions order by id`,
	"call": `select id, case when status <> 'published' then status when opens_at > $1 then 'announced' when closes_at > $1 then 'open' else 'past' end
		from calls order by id`,
	"application": `select a.id, a.status from applications a order by
		(select count(*) from relations r join addresses e on e.person_id = r.subject_id where r.object_id = a.id and e.email like '%@demonstration.invalid' and e.email not like '%.%@%') desc,
		(select count(*) from corrections c where c.application_id = a.id and c.resolved_at is null) desc, a.number`,
	"selection": `select id, status from selections order by (select count(*) from reviews r where r.selection_id = selections.id) desc, id`,
	"gathering": `select id, '' from gatherings order by status = 'open' desc, id`,
	"batch":     `select distinct batch_id, 'held' from mails where batch_id <> '' order by batch_id`,
	"seat":      `select id, status from committee_members order by id`,
	"scheme":    `select id, state from schemes order by id`,
	"project": `select p.id, case when exists (select 1 from right_requests q where q.project_id = p.id) then 'asking' else p.status end from projects p
		order by p.title like '%autonomie des intervenantes%' desc, p.id`,
	"mail": `select id, status from mails where edition_id <> '' order by id`,
}

// things lists the objects of a kind, a few of each state.
func (s *site) things(t *testing.T, kind string) (all []thing) {
	t.Helper()
	text, known := states[kind]
	if !known {
		text = `select id, '' from ` + kind + `s order by id`
		if kind == "agency" {
			text = `select id, '' from agencies order by id`
		}
	}
	var args []any
	if strings.Contains(text, "$1") {
		args = append(args, s.app.Clock.Now())
	}
	list, err := db.List(t.Context(), s.app.DB.Reader(), func(row db.Scanner) (x thing, err error) {
		return x, row.Scan(&x.id, &x.state)
	}, text, args...)
	if err != nil {
		t.Fatalf("objects of the kind %q (say in `states` where they are): %v", kind, err)
	}
	count := map[string]int{}
	for _, x := range list {
		if count[x.state]++; count[x.state] <= most {
			all = append(all, x)
		}
	}
	return all
}

var wildcard = regexp.MustCompile(`\{([a-z_]+)(\.\.\.)?\}`)

// parts are the values of the wildcards that do not name the object itself: by what
// stands before them, from the object's identifier.
var parts = map[string]string{
	"stages/{stage}":           `select id from stages where edition_id = $1 order by position`,
	"documents/{document}":     `select id from call_documents where call_id = $1`,
	"files/{file}":             `select id from attachments where application_id = $1 union all select application_id from decisions where selection_id = $1`,
	"attachments/{attachment}": `select id from attachments where application_id = $1`,
	"receipts/{number}":        `select number from receipts order by number`,
	"templates/{name}":         `select 'receipt'`,
	"models/{key}":             `select 'regional-edition'`,
	"fields/{part}":            `select 'summary'`,
	"steps/{part}":             `select 'project'`,
	"rules/{part}":             `select 'size'`,
	"imports/{import}":         `select id from imports where call_id = $1 union all select id from scheme_imports where agency_id = $1`,
	"committee/{member}":       `select id from committee_members where selection_id = $1 order by status desc, id`,
	"members/{seat}":           `select id from committee_members where selection_id = $1 and status = 'sitting' and person_id is not null and role in ('chair', 'member') order by id`,
	"register/{recusal}":       `select id from recusals where selection_id = $1 and status = 'standing' and application_id not in (select object_id from exclusions where subject_id in (select person_id from committee_members where role = 'chair')) order by id`,
	"files/{title}":            `select a.id from applications a join selections s on s.call_id = a.call_id where s.id = $1 and a.status = 'submitted' and a.id not in (select application_id from recusals) order by (select count(*) from admissibility v where v.application_id = a.id and v.verdict = 'admissible') desc, a.number`,
	"decisions/{file}":         `select a.id from applications a where a.selection_id = $1 and a.id not in (select application_id from recusals) order by a.number`,
	"{id}/{opinion}":           `select id from opinions where selection_id = $1`,
	"runs/{run}":               `select id from assignment_runs where selection_id = $1`,
	"kits/{kit}":               `select 'frise'`,
	"edit/{part}":              `select 'cards'`,
	"people/{participant}":     `select id from participants where gathering_id = $1 and left_at is null order by id`,
	"rooms/{room}":             `select id from agenda_rooms where gathering_id = $1 order by position`,
	"activities/{activity}":    `select 'a1' from agenda_orders where gathering_id = $1`,
	"pitches/{pitch}":          `select 'a5' from agenda_orders where gathering_id = $1`,
	"questions/{activity}":     `select 'a7' from agenda_orders where gathering_id = $1`,
	"plans/{plan}":             `select id from agenda_plans where gathering_id = $1 order by number`,
	"sittings/{sitting}":       `select json_extract(body, '$.sittings[3].id') from agenda_plans where gathering_id = $1 order by number`,
	"coaching/{project}":       `select project_id from participants where gathering_id = $1 and project_id is not null and left_at is null order by project_id`,
	"join/{code}":              `select join_code from gatherings where status = 'open'`,
	"programmes/{programme}":   `select id from programmes`,
	"orientation/{scheme}":     `select s.id from schemes s left join orientations o on o.scheme_id = s.id and o.project_id = $1 where s.state = 'published' order by o.id is null, s.id`,
	"roadmap/{entry}":          `select id from roadmap_entries where project_id = $1 order by id`,
	"gates/{gate}":             `select id from factory_gates where project_id = $1 order by day, id`,
	"surveys/{survey}":         `select id from surveys where edition_id = $1 order by status, id`,
	"assemblies/{assembly}":    `select id from assemblies where edition_id = $1 order by id`,
	"preview/{partner}":        `select r.id from partners r join projects p on p.edition_id = r.edition_id where p.id = $1 order by r.id`,
	"rights/{fund}":            `select id from right_funds where edition_id = $1 order by id`,
	"rights/{request}":         `select id from right_requests where project_id = $1 order by id`,
	"visits/{visit}":           `select id from visits where project_id = $1 order by id`,
	"requests/{ask}":           `select id from right_asks order by id`,
	"experts/{expert}":         `select id from experts where programme_id = $1 order by id`,
	"versions/{number}":        `select number from report_versions where edition_id = $1 order by number`,
	"deliveries/{delivery}":    `select id from webhook_deliveries where webhook_id = $1`,
}

// address fills the wildcards of a route for an object; ok is false when one of them has no value.
func (s *site) address(t *testing.T, route ui.Route, x thing) (path string, ok bool) {
	t.Helper()
	_, pattern, _ := strings.Cut(strings.TrimSuffix(route.Pattern, "{$}"), " ")
	written := strings.Split(pattern, "/")
	segments := slices.Clone(written)
	for i, segment := range written {
		if !wildcard.MatchString(segment) {
			continue
		}
		value := x.id
		if query, part := parts[written[i-1]+"/"+segment]; part {
			if part := s.part(t, query, written[i-1], x); part != "" {
				value = part
			} else {
				return "", false
			}
		} else if segment != "{id}" || x.id == "" {
			return "", false
		}
		segments[i] = url.PathEscape(value)
	}
	path = strings.Join(segments, "/")
	if x.id != "" && !wildcard.MatchString(pattern) {
		path += "?" + route.On + "=" + url.QueryEscape(x.id)
	}
	return path, true
}

// part is the first value that a query gives; for the parts of a form, the first of its kind.
func (s *site) part(t *testing.T, query, before string, x thing) string {
	t.Helper()
	if before == "fields" || before == "steps" || before == "rules" {
		return s.formPart(t, before, x)
	}
	var args []any
	if strings.Contains(query, "$1") {
		args = append(args, x.id)
	}
	list, err := db.List(t.Context(), s.app.DB.Reader(), db.Value[string], query, args...)
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0]
}

func (s *site) formPart(t *testing.T, kind string, x thing) string {
	t.Helper()
	content, err := db.List(t.Context(), s.app.DB.Reader(), db.Value[string], `select content from call_forms where call_id = $1 order by revision desc`, x.id)
	if err != nil || len(content) == 0 {
		return ""
	}
	where := map[string]string{"fields": `"fields":`, "steps": `"steps":`, "rules": `"rules":`}[kind]
	_, after, _ := strings.Cut(content[0], where)
	if found := regexp.MustCompile(`"id":\s*"([^"]+)"`).FindStringSubmatch(after); found != nil {
		return found[1]
	}
	return ""
}
