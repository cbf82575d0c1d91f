// Package synthesis is the sheet that a project writes after its gathering, and which of its lines which partner reads.
package synthesis

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Part is one of the headings under which the lines of a sheet stand.
type Part string

// The parts, in the order in which they are read.
const (
	Brought Part = "brought" // what the two days brought
	Stands  Part = "stands"  // where the project stands
	Help    Part = "help"    // the help that it needs
	Next    Part = "next"    // what its team will do
)

// Parts lists them.
var Parts = []Part{Brought, Stands, Help, Next}

// Helps are the kinds of help that a line may ask for.
var Helps = []string{"advice", "contact", "money", "people", "place", "other"}

// State is how far a sheet is written.
type State string

// The states. Nobody but the team reads a draft.
const (
	Draft State = "draft"
	Ready State = "ready"
)

// The bounds: characters of a line and of whom it is addressed to, lines of a sheet.
const (
	MaxBody      = 600
	MaxAddressee = 120
	MaxLines     = 80
)

// Where a line that was proposed came from; "" for one that the team wrote by itself.
const (
	FromBoard       = "board"
	FromHeard       = "heard"
	FromAgreed      = "agreed"
	FromOrientation = "orientation"
	FromMeeting     = "meeting"
)

// Found is something that is known of a project, which its sheet may say.
type Found struct {
	Part   Part
	Body   string
	Help   string // a kind of help, for what is a need
	Origin string
	Source string // which one; it is proposed once
}

// Source finds what another capability knows of a project, without asking who wants it.
type Source func(ctx context.Context, r db.Reader, id project.ID) ([]Found, error)

// Service keeps synthesis sheets.
type Service struct {
	db      *db.DB
	clock   clock.Clock
	policy  *policy.Service
	sources []Source
}

// Deps are what the service stands on.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Policy  *policy.Service
	Sources []Source // besides the items of projects
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, sources: append([]Source{items}, d.Sources...)}
}

// Line is one line of a sheet.
type Line struct {
	ID        string
	Project   project.ID
	Part      Part
	Body      string
	Help      string // a kind of help, for Help alone; "" when it is not said
	Addressee string // to whom a need is addressed, as the team says it; "" when it does not know
	Origin    string
	Thrown    bool
	Version   int64
	UpdatedAt time.Time
}

const lineColumns = `l.id, l.project_id, l.part, l.body, l.help, l.addressee, l.origin, l.state = 'thrown', l.version, l.updated_at`

func scanLine(sc db.Scanner) (l Line, err error) {
	return l, sc.Scan(&l.ID, &l.Project, &l.Part, &l.Body, &l.Help, &l.Addressee, &l.Origin, &l.Thrown, &l.Version, &l.UpdatedAt)
}

// linesOf lists the lines of a sheet in the order in which they are read; those thrown away
// come too.
func linesOf(ctx context.Context, r db.Reader, id project.ID) ([]Line, error) {
	list, err := db.List(ctx, r, scanLine, `select `+lineColumns+` from synthesis_lines l where l.project_id = $1 order by l.seq, l.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the lines of the sheet of %s: %w", id, err)
	}
	slices.SortStableFunc(list, func(a, b Line) int { return slices.Index(Parts, a.Part) - slices.Index(Parts, b.Part) })
	return list, nil
}

// Sheet is the synthesis of a project, as somebody sees it.
type Sheet struct {
	Project   project.Project
	Zone      string
	State     State
	Version   int64
	UpdatedAt time.Time // zero while nothing is written
	Lines     []Line
	Thrown    []Line              // what the team threw away, to the team
	Readers   map[string][]string // by line: the recipients it is shared with, to the team
	Titles    map[string]string   // of the partners among them
	Team      bool                // the reader is of the team
	Writes    bool
	Shares    bool // she decides who reads
}

// Hidden says whether there is nothing to show to a reader who is not of the team yet.
func (s Sheet) Hidden() bool { return !s.Team && s.State != Ready }

// Part lists the lines of one part.
func (s Sheet) Part(p Part) []Line {
	return slices.DeleteFunc(slices.Clone(s.Lines), func(l Line) bool { return l.Part != p })
}

// Read gives the sheet of a project: whole to its team, and once it is ready to the programme's
// side and to who sponsors it. Errors: as the policy, on synthesis.read.
func (s *Service) Read(ctx context.Context, by account.User, id project.ID) (v Sheet, err error) {
	r := s.db.Reader()
	if v, err = s.open(ctx, r, by, "synthesis.read", id); err != nil || v.Hidden() {
		return v, err
	}
	all, err := linesOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	for _, l := range all {
		switch {
		case !l.Thrown:
			v.Lines = append(v.Lines, l)
		case v.Team:
			v.Thrown = append(v.Thrown, l)
		}
	}
	if !v.Team {
		return v, nil
	}
	if v.Readers, err = readersOf(ctx, r, id); err != nil {
		return v, err
	}
	v.Titles, err = titlesOf(ctx, r, v.Project.Edition)
	return v, err
}

// open reads a sheet without its lines, and what by may do with it.
func (s *Service) open(ctx context.Context, r db.Reader, by account.User, action policy.Action, id project.ID) (v Sheet, err error) {
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, action, v.Project.Object()); err != nil {
		return v, err
	}
	may, err := s.policy.Decisions(ctx, r, by, v.Project.Object(), "synthesis.share", "synthesis.write", "synthesis.consent")
	if err != nil {
		return v, err
	}
	v.Team, v.Writes, v.Shares = may["synthesis.share"].Allowed, may["synthesis.write"].Allowed, may["synthesis.consent"].Allowed
	e, err := programme.FindEdition(ctx, r, v.Project.Edition)
	if err != nil {
		return v, err
	}
	v.Zone, v.State = e.Zone, Draft
	err = r.QueryRow(ctx, `select state, version, updated_at from syntheses where project_id = $1`, string(id)).Scan(&v.State, &v.Version, &v.UpdatedAt)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return v, fmt.Errorf("read the sheet of %s: %w", id, err)
	}
	return v, nil
}

// titlesOf names the partners that an edition has or had.
func titlesOf(ctx context.Context, r db.Reader, id programme.EditionID) (map[string]string, error) {
	all, err := partner.Ever(ctx, r, id)
	titles := map[string]string{}
	for _, p := range all {
		titles[string(p.ID)] = p.Title()
	}
	return titles, err
}

// Words are what somebody writes on a line.
type Words struct {
	Part      Part
	Body      string
	Help      string
	Addressee string
	Version   int64 // of the line that was read; of no use for a new one
}

func (w *Words) check() (bad []errs.Field) {
	w.Body = strings.TrimSpace(text.Clean(w.Body))
	w.Addressee = strings.Join(strings.Fields(text.Clean(w.Addressee)), " ")
	wrong := func(path, key string, args ...any) { bad = append(bad, errs.Field{Path: path, Key: key, Args: args}) }
	if !slices.Contains(Parts, w.Part) {
		wrong("part", "synthesis.part_missing")
	}
	if w.Body == "" {
		wrong("body", "synthesis.body_missing")
	}
	if utf8.RuneCountInString(w.Body) > MaxBody {
		wrong("body", "synthesis.body_long", MaxBody)
	}
	if w.Part != Help {
		w.Help, w.Addressee = "", ""
	}
	if w.Help != "" && !slices.Contains(Helps, w.Help) {
		wrong("help", "synthesis.help_wrong")
	}
	if utf8.RuneCountInString(w.Addressee) > MaxAddressee {
		wrong("addressee", "synthesis.addressee_long", MaxAddressee)
	}
	return bad
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id project.ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(id), Detail: detail})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func meanwhile() error { return errs.New(errs.Conflict, "synthesis.meanwhile") }
