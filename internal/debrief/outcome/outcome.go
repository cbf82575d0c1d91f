// Package outcome is what became of a project after the gathering, stopping included: one line each time somebody says it.
package outcome

import (
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// State is what became of a project.
type State string

// The states. To stop is a result like the others.
const (
	Goes    State = "goes"    // as it was planned
	Changed State = "changed" // goes on, otherwise than planned
	Merged  State = "merged"  // into another project
	Paused  State = "paused"
	Stopped State = "stopped"
	Spread  State = "spread" // others took it up elsewhere
)

// States lists them in the order in which people choose and count.
var States = []State{Goes, Changed, Merged, Paused, Stopped, Spread}

// Where a line was told.
const (
	FromProject = "project" // by its team
	FromTeam    = "team"    // by the programme's team
	FromSurvey  = "survey"  // through the link of a survey
)

// The bounds: of a text in characters, of a number of people or jobs.
const (
	MaxText  = 4000
	MaxCount = 1_000_000
)

// Entry is one line.
type Entry struct {
	Number int64
	State  State
	Day    string // "2027-09-06": since when
	Words  string // how; for a project that stopped, why
	Learnt string // what others may learn from it
	Handed string // to whom it can be passed
	People *int64 // concerned, nil when not known
	Jobs   *int64 // created or kept, nil when not known
	Source string
	Wave   string // "half" or "year" when a survey asked for it, "" else
	At     time.Time
	By     string // a name, "" for none
}

// Told is a line as somebody writes it.
type Told struct {
	State        State
	Day          string // "" for today
	Words        string // needed to stop
	Learnt       string
	Handed       string
	People, Jobs *int64
	Wave         string // of the survey that asked, for Record alone
	Version      int64  // the number of the line that stood when she read
}

// Service keeps what became of projects.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service) *Service {
	return &Service{db: d, clock: c, policy: p}
}

func (s *Service) today() string { return s.clock.Now().Format(time.DateOnly) }

// check reports every bad field at once.
func (t *Told) check(today string) (bad []errs.Field) {
	wrong := func(path, key string, args ...any) {
		bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
	}
	known := false
	for _, one := range States {
		known = known || one == t.State
	}
	if !known {
		wrong("state", "outcome.state_missing")
	}
	if t.Day == "" {
		t.Day = today
	}
	if _, err := time.Parse(time.DateOnly, t.Day); err != nil {
		wrong("day", "outcome.day_wrong")
	} else if t.Day > today {
		wrong("day", "outcome.day_future")
	}
	for _, one := range []struct {
		path  string
		value *string
	}{{"words", &t.Words}, {"learnt", &t.Learnt}, {"handed", &t.Handed}} {
		*one.value = strings.TrimSpace(text.Clean(*one.value))
		if utf8.RuneCountInString(*one.value) > MaxText {
			wrong(one.path, "outcome.text_long", MaxText)
		}
	}
	if t.State == Stopped && t.Words == "" {
		wrong("words", "outcome.why_missing")
	}
	for _, one := range []struct {
		path  string
		value *int64
	}{{"people", t.People}, {"jobs", t.Jobs}} {
		if one.value != nil && (*one.value < 0 || *one.value > MaxCount) {
			wrong(one.path, "outcome.count_wrong")
		}
	}
	return bad
}

// Mark is a day at which what became of projects is read. Wave names the survey that asks
// about that day: what it was told counts as of then, however late it was told.
type Mark struct{ Day, Wave string }

// The waves, and after how many months each asks.
const (
	Half = "half"
	Year = "year"
)

// waves are the surveys that ask some months after, in their order.
var waves = []struct {
	wave   string
	months int
}{{Half, 6}, {Year, 12}}

// MarksOf are the days at which editions are alike: six and twelve months after the days
// ended, those that have come; then today. ended is "" when none has.
func MarksOf(ended, today string) (list []Mark) {
	for _, w := range waves {
		if day := Months(ended, w.months); day != "" && day <= today {
			list = append(list, Mark{day, w.wave})
		}
	}
	return append(list, Mark{Day: today})
}

// On finds the line that stood at the end of the day of a mark, among lines in the order of
// their numbers: of those that begin by then, the latest day, then the last written. A line
// of the mark's own wave begins on its day. ok is false when nothing was known yet.
func On(history []Entry, m Mark) (last Entry, ok bool) {
	latest := ""
	for _, e := range history {
		day := e.Day
		if e.Wave != "" && e.Wave == m.Wave {
			day = m.Day
		}
		if day <= m.Day && (!ok || day >= latest) {
			last, latest, ok = e, day, true
		}
	}
	return last, ok
}

// Months is a day some months after another, the last of its month when that month is
// shorter; "" for a day that is none.
func Months(day string, n int) string {
	from, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	to := from.AddDate(0, n, 0)
	if to.Day() != from.Day() {
		to = to.AddDate(0, 0, -to.Day())
	}
	return to.Format(time.DateOnly)
}

// View is what became of a project, to who may read it.
type View struct {
	Project project.Project
	History []Entry // the last written first
	Acts    bool    // the reader may add a line
	Today   string
}

// Version is the number of the line that stands last.
func (v View) Version() int64 {
	if len(v.History) == 0 {
		return 0
	}
	return v.History[0].Number
}
