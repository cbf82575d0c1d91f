// Package news asks projects what is new, on the rhythm of their edition, by a link that opens without signing in; reminders stop when the project moves.
package news

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
)

// State is how a team says that its project goes.
type State string

// The states. A project that says it has stopped is not asked any more.
const (
	Well    State = "well"
	Slow    State = "slow"
	Stuck   State = "stuck"
	Stopped State = "stopped"
)

// States are all of them, in the order in which people read them.
var States = []State{Well, Slow, Stuck, Stopped}

// The bounds of asking: the time before the one reminder, how long a link takes what it is
// sent, weeks between two rounds, characters of a text.
const (
	Wait     = 5 * 24 * time.Hour
	Lasts    = 21 * 24 * time.Hour
	MaxWeeks = 26
	MaxText  = 4000
)

// The mails of this package: What, Expires, Link.
const (
	MailAsked    = "news_asked"
	MailRecalled = "news_recalled"
)

// Rhythm is how often projects are asked.
type Rhythm struct {
	First, Last string // "2027-03-05", both within; "" both for never
	Weeks       int64
	Version     int64 // the one that was read, 0 for none yet
}

// Due is the last day of asking that has come by a day, "" before the first one.
func (h Rhythm) Due(today string) string {
	first, err := time.Parse(time.DateOnly, h.First)
	if err != nil || h.Weeks < 1 || today < h.First {
		return ""
	}
	until, err := time.Parse(time.DateOnly, min(today, h.Last))
	if err != nil {
		return ""
	}
	step := 7 * int(h.Weeks)
	passed := int(until.Sub(first).Hours()/24) / step
	return first.AddDate(0, 0, passed*step).Format(time.DateOnly)
}

// Round is one time of asking.
type Round struct {
	ID       string
	Due      string
	OpenedAt time.Time
	ClosesAt time.Time
	Asks     Questions // besides what every edition asks
	asks     int64
}

// Told is what a team told.
type Told struct {
	Round  string
	Due    string // of the round
	State  State
	Moved  string              // what moved
	Blocks string              // what stops the project
	Asked  Questions           // what its round asked besides
	Own    form.Answers        // what was answered to it
	Values map[string][]string // the same as it was typed, to be kept
	At     time.Time
	By     string // a name, "" when it is not known any more
	Held   bool   // the last one of its round
}

// Line is what one project told in a round, and whether it moved meanwhile.
type Line struct {
	Project project.Project
	Told    *Told     // nil while it is silent
	Moved   time.Time // the last change of its roadmap since the round opened, zero for none
	Since   time.Time // the last thing that was ever told, zero for none
}

// Board is the news of an edition.
type Board struct {
	Edition programme.EditionID
	In      programme.Words
	Rhythm  Rhythm
	Rounds  []Round // the last one first
	Shown   Round   // the one that the lines are of; zero for none
	Lines   []Line
	Manages bool
	Zone    string
	Today   string
}

// Page is all that a project told.
type Page struct {
	Project project.Project
	Told    []Told // the last one first
	Tells   bool   // she may tell, and a round is open
	Actions []roadmap.Entry
	Zone    string
	Round   Round // the one that is open, when she tells
}

// Service asks and keeps what is told.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	mails    account.Mailer
	roadmaps *roadmap.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Mails    account.Mailer
	Jobs     *job.Queue
	Roadmaps *roadmap.Service
}

// New makes the service, and has it look every hour whether a day has come.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, mails: d.Mails, roadmaps: d.Roadmaps}
	d.Jobs.Every("ask_news", time.Hour, func(ctx context.Context, _ job.Job) error { return s.Run(ctx) })
	return s
}

func (s *Service) today(zoneName string) string {
	return s.clock.Now().In(zone.Location(zoneName)).Format(time.DateOnly)
}

func rhythmOf(ctx context.Context, r db.Reader, id programme.EditionID) (h Rhythm, err error) {
	err = r.QueryRow(ctx, `select first_on, last_on, weeks, version from news_rhythms where edition_id = $1`, string(id)).Scan(&h.First, &h.Last, &h.Weeks, &h.Version)
	if errs.Is(err, errs.NotFound) {
		return Rhythm{Weeks: 4}, nil
	}
	if err != nil {
		return h, fmt.Errorf("read the rhythm of %s: %w", id, err)
	}
	return h, nil
}

func rounds(ctx context.Context, r db.Reader, id programme.EditionID) ([]Round, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (v Round, err error) {
		return v, sc.Scan(&v.ID, &v.Due, &v.OpenedAt, &v.ClosesAt, &v.asks)
	}, `select id, due_on, opened_at, closes_at, questions from news_rounds where edition_id = $1 order by due_on desc`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the rounds of %s: %w", id, err)
	}
	all, err := versions(ctx, r, id)
	for i := range list {
		list[i].Asks = all[list[i].asks]
	}
	return list, err
}

// tellings reads what was told in an edition, the last one first; the last one of a project in
// a round holds.
func tellings(ctx context.Context, r db.Reader, edition programme.EditionID, where string, args ...any) (map[project.ID][]Told, error) {
	type row struct {
		about project.ID
		asks  int64
		own   string
		Told
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (t row, err error) {
		return t, sc.Scan(&t.about, &t.Round, &t.Due, &t.State, &t.Moved, &t.Blocks, &t.At, &t.By, &t.asks, &t.own)
	}, `select t.project_id, t.round_id, n.due_on, t.state, t.moved, t.blocks, t.told_at, coalesce(h.name, ''), n.questions, t.answers from news_told t join news_rounds n on n.id = t.round_id
		left join people h on t.told_by = 'person:' || h.id where `+where+` order by t.told_at desc, t.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read what was told: %w", err)
	}
	all, err := versions(ctx, r, edition)
	if err != nil {
		return nil, err
	}
	told := map[project.ID][]Told{}
	for _, t := range list {
		if t.Own, err = form.ParseAnswers([]byte(t.own)); err != nil {
			return nil, fmt.Errorf("read what %s answered: %w", t.about, err)
		}
		t.Asked = all[t.asks]
		t.Held = !slices.ContainsFunc(told[t.about], func(o Told) bool { return o.Round == t.Round })
		told[t.about] = append(told[t.about], t.Told)
	}
	return told, nil
}

// Of is the news of an edition: a round, the last one when round is "". Errors: NotFound; as
// the policy, on news.follow.
func (s *Service) Of(ctx context.Context, by account.User, id programme.EditionID, round string) (b Board, err error) {
	r := s.db.Reader()
	e, err := programme.FindEdition(ctx, r, id)
	if err != nil {
		return b, err
	}
	if _, err = s.policy.Require(ctx, r, by, "news.follow", e.PolicyObject()); err != nil {
		return b, err
	}
	may, err := s.policy.Decide(ctx, r, by, "news.manage", e.PolicyObject())
	if err != nil {
		return b, err
	}
	b = Board{Edition: id, In: e.Name, Manages: may.Allowed, Zone: e.Zone, Today: s.today(e.Zone)}
	if b.Rhythm, err = rhythmOf(ctx, r, id); err != nil {
		return b, err
	}
	if b.Rounds, err = rounds(ctx, r, id); err != nil || len(b.Rounds) == 0 {
		return b, err
	}
	b.Shown = b.Rounds[0]
	if round != "" {
		i := slices.IndexFunc(b.Rounds, func(v Round) bool { return v.ID == round })
		if i < 0 {
			return b, errs.New(errs.NotFound, "errs.not_found")
		}
		b.Shown = b.Rounds[i]
	}
	b.Lines, err = s.lines(ctx, r, b)
	return b, err
}

func (s *Service) lines(ctx context.Context, r db.Reader, b Board) (list []Line, err error) {
	all, err := project.In(ctx, r, b.Edition)
	if err != nil {
		return nil, err
	}
	told, err := tellings(ctx, r, b.Edition, `n.edition_id = $1`, string(b.Edition))
	if err != nil {
		return nil, err
	}
	moved, err := moves(ctx, r, b.Edition, b.Shown.OpenedAt)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Status != project.Active {
			continue
		}
		l := Line{Project: p, Moved: moved[p.ID]}
		for _, t := range told[p.ID] {
			if l.Since.IsZero() {
				l.Since = t.At
			}
			if t.Held && t.Round == b.Shown.ID {
				l.Told = &t
			}
		}
		list = append(list, l)
	}
	return list, nil
}

// moves are when the roadmap of each project last changed, since an instant.
func moves(ctx context.Context, r db.Reader, id programme.EditionID, since time.Time) (map[project.ID]time.Time, error) {
	type row struct {
		about project.ID
		at    time.Time
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (m row, err error) { return m, sc.Scan(&m.about, &m.at) },
		`select c.project_id, c.at from roadmap_changes c join projects p on p.id = c.project_id where p.edition_id = $1 and c.at >= $2 order by c.at`, string(id), since)
	if err != nil {
		return nil, fmt.Errorf("find what moved in %s: %w", id, err)
	}
	last := map[project.ID]time.Time{}
	for _, m := range list {
		last[m.about] = m.at
	}
	return last, nil
}

// About is all that a project told. Errors: as the policy, on roadmap.read.
func (s *Service) About(ctx context.Context, by account.User, id project.ID) (v Page, err error) {
	r := s.db.Reader()
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "roadmap.read", v.Project.Object()); err != nil {
		return v, err
	}
	e, err := programme.FindEdition(ctx, r, v.Project.Edition)
	if err != nil {
		return v, err
	}
	v.Zone = e.Zone
	told, err := tellings(ctx, r, e.ID, `t.project_id = $1`, string(id))
	if v.Told = told[id]; err != nil {
		return v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "news.tell", v.Project.Object())
	if err != nil || !may.Allowed {
		return v, err
	}
	if v.Round, v.Tells, err = s.current(ctx, r, v.Project.Edition); err == nil && v.Tells {
		v.Actions, err = s.actions(ctx, by, id)
	}
	return v, err
}

// check cleans a rhythm and reports every bad field at once.
func (h *Rhythm) check() (bad []errs.Field) {
	wrong := func(is bool, path, key string, args ...any) {
		if is {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	h.First, h.Last = strings.TrimSpace(h.First), strings.TrimSpace(h.Last)
	if h.First == "" && h.Last == "" { // never
		h.Weeks = max(1, min(h.Weeks, MaxWeeks))
		return nil
	}
	_, first := time.Parse(time.DateOnly, h.First)
	_, last := time.Parse(time.DateOnly, h.Last)
	wrong(first != nil, "first", "news.day_unknown")
	wrong(last != nil, "last", "news.day_unknown")
	wrong(first == nil && last == nil && h.Last < h.First, "last", "news.last_early")
	wrong(h.Weeks < 1 || h.Weeks > MaxWeeks, "weeks", "news.weeks", MaxWeeks)
	return bad
}

// check cleans what was told and reports every bad field at once.
func (t *Told) check() (bad []errs.Field) {
	t.Moved, t.Blocks = strings.TrimSpace(text.Clean(t.Moved)), strings.TrimSpace(text.Clean(t.Blocks))
	if !slices.Contains(States, t.State) {
		bad = append(bad, errs.Field{Path: "state", Key: "news.state_missing"})
	}
	for path, words := range map[string]string{"moved": t.Moved, "blocks": t.Blocks} {
		if utf8.RuneCountInString(words) > MaxText {
			bad = append(bad, errs.Field{Path: path, Key: "news.long", Args: []any{MaxText}})
		}
	}
	if t.State == Stuck && t.Blocks == "" {
		bad = append(bad, errs.Field{Path: "blocks", Key: "news.blocks_missing"})
	}
	return bad
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, on policy.Ref, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: on.Kind, ID: on.ID, Detail: detail})
}
