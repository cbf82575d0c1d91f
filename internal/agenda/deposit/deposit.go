// Package deposit is the pictures, sketches, recordings and documents that people bring to a gathering, each with who made it and how far it may go.
package deposit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// People says whether somebody can be recognised in a deposit, and agreed.
type People string

// What is said of who can be recognised.
const (
	Nobody People = "nobody"
	Agreed People = "agreed"
	Unsure People = "unsure" // some were not asked, or said no
)

// Scope is how far who brings something lets it go.
type Scope string

// The scopes, the narrowest first. Each contains those before it.
const (
	Alone       Scope = "alone"       // who brought it, and who runs the gathering
	Room        Scope = "room"        // the people of the gathering; for a project, its team and who accompanies it
	Programme   Scope = "programme"   // everybody of the gathering, and its minutes
	Publication Scope = "publication" // may be published
)

// Peoples and Scopes are those that somebody chooses from.
var (
	Peoples = []People{Nobody, Agreed, Unsure}
	Scopes  = []Scope{Room, Programme, Publication, Alone}
)

// Kind is what a deposit is, for who looks at it.
type Kind string

// The kinds.
const (
	Picture  Kind = "picture"
	Sound    Kind = "sound"
	Video    Kind = "video"
	Document Kind = "document"
)

// The bounds of deposits: what is taken in, in bytes, for a picture or a document and for a
// recording (twenty minutes of a telephone's video at its usual 5 Mb/s are more: the page
// says so); the longest side of a picture that is kept, in pixels; how many one gathering
// holds; characters.
const (
	MaxFile      = 20 << 20
	MaxRecording = 100 << 20
	Side         = 2400
	Most         = 2000
	MaxTitle     = 120
	MaxCredit    = 120
)

// Deposit is one of them.
type Deposit struct {
	ID           string
	Gathering    gathering.ID
	Activity     string // "" for the gathering as a whole
	Project      project.ID
	ProjectTitle string
	Participant  string // who brought it
	By           string // her name
	Title        string
	Credit       string // who made it, as it is to be said
	People       People
	Scope        Scope
	Kind         Kind
	MIME         string
	Name         string // of the file
	Size         int64
	Width        int
	Height       int
	AddedAt      time.Time
	Version      int64
	Mine         bool
	digest       string
	person       string
}

// Viewer is who looks, as far as deposits care.
type Viewer struct {
	Person  account.PersonID
	Manages bool
	Seat    gathering.Participant // empty for none
	With    []project.ID          // that she accompanies
}

// SeenBy says whether somebody sees a deposit. Whoever brought it and whoever runs the
// gathering always do; the others when nobody in it objects, as far as its scope goes.
func (d Deposit) SeenBy(v Viewer) bool {
	switch {
	case v.Manages || d.person != "" && d.person == string(v.Person):
		return true
	case v.Seat.ID == "" || d.People == Unsure:
		return false
	case d.Scope == Programme || d.Scope == Publication:
		return true
	case d.Scope != Room:
		return false
	}
	return d.Project == "" || v.Seat.Project == d.Project || slices.Contains(v.With, d.Project)
}

// Sheet is what is said of a deposit.
type Sheet struct {
	Activity string
	Project  project.ID
	Title    string
	Credit   string
	People   People
	Scope    Scope
	Version  int64 // the one that was read, of one that stands
}

// check cleans a sheet. What shows somebody who has not agreed goes to nobody else,
// whatever scope was chosen.
func (w *Sheet) check() (bad []errs.Field) {
	one := func(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
	w.Title, w.Credit = one(w.Title), one(w.Credit)
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	fault(w.Title == "", "title", "deposit.title_missing")
	fault(utf8.RuneCountInString(w.Title) > MaxTitle, "title", "deposit.title_long", MaxTitle)
	fault(w.Credit == "", "credit", "deposit.credit_missing")
	fault(utf8.RuneCountInString(w.Credit) > MaxCredit, "credit", "deposit.credit_long", MaxCredit)
	fault(!slices.Contains(Peoples, w.People), "people", "deposit.people_missing")
	if w.People == Unsure {
		w.Scope = Alone
	}
	fault(!slices.Contains(Scopes, w.Scope), "scope", "deposit.scope_missing")
	return bad
}

// Service keeps deposits.
type Service struct {
	db        *db.DB
	clock     clock.Clock
	policy    *policy.Service
	blobs     blob.Store
	inspector scrutiny.Inspector
	jobs      *job.Queue
	pulse     *pulse.Service
	with      func(context.Context, db.Reader, gathering.Participant) ([]project.ID, error)
	turn      chan struct{} // one picture at a time is looked at: each holds much memory
}

// Deps are what the service stands on. With lists the projects that somebody accompanies.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Policy    *policy.Service
	Blobs     blob.Store
	Inspector scrutiny.Inspector
	Jobs      *job.Queue
	Pulse     *pulse.Service
	With      func(context.Context, db.Reader, gathering.Participant) ([]project.ID, error)
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, blobs: d.Blobs, inspector: d.Inspector, jobs: d.Jobs, pulse: d.Pulse, with: d.With, turn: make(chan struct{}, 1)}
}

// forgetBlobs is the job that removes contents to which no row refers any more.
const forgetBlobs = "forget_blobs"

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, d Deposit) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(d.Gathering), Detail: map[string]any{"deposit": d.ID}})
}

const columns = `d.id, d.gathering_id, d.activity, coalesce(d.project_id, ''), coalesce(j.title, ''), d.participant_id, p.name, coalesce(p.person_id, ''), d.title, d.credit, d.people, d.scope, d.kind, d.mime, d.name, d.digest, d.size, d.width, d.height, d.added_at, d.version`

const tables = `gathering_deposits d join participants p on p.id = d.participant_id left join projects j on j.id = d.project_id`

func scan(sc db.Scanner) (d Deposit, err error) {
	err = sc.Scan(&d.ID, &d.Gathering, &d.Activity, &d.Project, &d.ProjectTitle, &d.Participant, &d.By, &d.person, &d.Title, &d.Credit, &d.People, &d.Scope, &d.Kind, &d.MIME, &d.Name, &d.digest, &d.Size, &d.Width, &d.Height, &d.AddedAt, &d.Version)
	return d, err
}

// Of lists what was brought to a gathering and stands, the first thing first, without
// asking who wants it.
func Of(ctx context.Context, r db.Reader, id gathering.ID) ([]Deposit, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` from `+tables+` where d.gathering_id = $1 and d.withdrawn_at is null order by d.added_at, d.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what was brought to gathering %s: %w", id, err)
	}
	return list, nil
}

// find is one of them, for who sees it. Error: NotFound to everybody else.
func (s *Service) find(ctx context.Context, r db.Reader, v Viewer, id gathering.ID, which string) (Deposit, error) {
	d, err := db.Get(ctx, r, scan, `select `+columns+` from `+tables+` where d.gathering_id = $1 and d.id = $2 and d.withdrawn_at is null`, string(id), which)
	if err == nil && !d.SeenBy(v) {
		err = notFound()
	}
	if err != nil {
		return Deposit{}, err
	}
	d.Mine = d.person == string(v.Person)
	return d, nil
}

// viewer asks the policy about a gathering, then finds who looks.
func (s *Service) viewer(ctx context.Context, r db.Reader, by account.User, action policy.Action, id gathering.ID) (g gathering.Gathering, v Viewer, err error) {
	if g, err = gathering.Load(ctx, r, id); err != nil {
		return g, v, err
	}
	if _, err = s.policy.Require(ctx, r, by, action, g.Object()); err != nil {
		return g, v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "gathering.manage", g.Object())
	if err != nil {
		return g, v, err
	}
	v.Person, v.Manages = by.ID, may.Allowed
	v.Seat, err = gathering.Comes(ctx, r, id, by.ID)
	if errs.Is(err, errs.NotFound) {
		return g, v, nil
	}
	if err == nil {
		v.With, err = s.with(ctx, r, v.Seat)
	}
	return g, v, err
}

// Gallery is what somebody sees of what was brought to a gathering.
type Gallery struct {
	gathering.Gathering
	Manages  bool
	Brings   bool // she may bring something now
	Seated   bool
	Refused  int // how many people want no pictures of them
	Beats    int64
	List     []Deposit
	Projects []project.Project // that something may be tied to
}

// Gallery gives what by sees. Errors: as the policy, on gathering.people: what people bring
// is for those who are there, from the opening on.
func (s *Service) Gallery(ctx context.Context, by account.User, id gathering.ID) (v Gallery, err error) {
	r := s.db.Reader()
	g, who, err := s.viewer(ctx, r, by, "gathering.people", id)
	if err != nil {
		return v, err
	}
	v.Gathering, v.Manages, v.Seated = g, who.Manages, who.Seat.ID != ""
	may, err := s.policy.Decide(ctx, r, by, "gathering.deposit", g.Object())
	if err != nil {
		return v, err
	}
	v.Brings = may.Allowed && v.Seated
	all, err := Of(ctx, r, id)
	if err != nil {
		return v, err
	}
	for _, d := range all {
		if d.SeenBy(who) {
			d.Mine = d.person == string(by.ID)
			v.List = append(v.List, d)
		}
	}
	if v.Beats, err = pulse.Beats(ctx, r, id); err != nil || !v.Brings {
		return v, err
	}
	return v, v.recall(ctx, r)
}

// recall tells who brings something what she is to know before.
func (v *Gallery) recall(ctx context.Context, r db.Reader) (err error) {
	if v.Refused, err = house.PicturesRefused(ctx, r, v.ID); err == nil {
		v.Projects, err = project.In(ctx, r, v.Edition)
	}
	return err
}

// Bringing is what who brings something is to know, without what others brought. Errors:
// as the policy, on gathering.deposit.
func (s *Service) Bringing(ctx context.Context, by account.User, id gathering.ID) (v Gallery, err error) {
	r := s.db.Reader()
	g, who, err := s.viewer(ctx, r, by, "gathering.deposit", id)
	if err != nil {
		return v, err
	}
	v.Gathering, v.Manages, v.Brings, v.Seated = g, who.Manages, who.Seat.ID != "", who.Seat.ID != ""
	return v, v.recall(ctx, r)
}

// Read gives one, to who sees it. Errors: NotFound; as Gallery.
func (s *Service) Read(ctx context.Context, by account.User, id gathering.ID, which string) (g gathering.Gathering, d Deposit, err error) {
	r := s.db.Reader()
	g, v, err := s.viewer(ctx, r, by, "gathering.people", id)
	if err != nil {
		return g, d, err
	}
	d, err = s.find(ctx, r, v, id, which)
	return g, d, err
}

// Open gives the content of one, to who sees it. Errors: as Read.
func (s *Service) Open(ctx context.Context, by account.User, id gathering.ID, which string) (Deposit, blob.File, error) {
	_, d, err := s.Read(ctx, by, id, which)
	if err != nil {
		return d, nil, err
	}
	f, err := s.blobs.Open(ctx, d.digest)
	return d, f, err
}
