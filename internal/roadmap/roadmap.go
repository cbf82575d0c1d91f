// Package roadmap is what a project means to do after the days: its actions and milestones, what it needs, what stops it, and how all of that changed.
package roadmap

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/project"
)

// ID identifies an entry; it is random.
type ID string

// Kind is what an entry is.
type Kind string

// The kinds, in the order in which people read them.
const (
	Action    Kind = "action"    // somebody does something by a day
	Milestone Kind = "milestone" // a day on which something is reached
	Need      Kind = "need"      // help asked for
	Lock      Kind = "lock"      // what stops the project
)

// Kinds are all of them.
var Kinds = []Kind{Action, Milestone, Need, Lock}

// State is where an entry stands.
type State string

// The states. Those of each kind are in States.
const (
	Todo    State = "todo"
	Doing   State = "doing"
	Done    State = "done"    // reached, answered, lifted
	Dropped State = "dropped" // given up, with a reason
)

// States are those that an entry of a kind may be in, the first one when it is written.
var States = map[Kind][]State{Action: {Todo, Doing, Done, Dropped}, Milestone: {Todo, Done, Dropped}, Need: {Todo, Done, Dropped}, Lock: {Todo, Done}}

// The bounds of what is written, in characters and in entries.
const (
	MaxTitle   = 200
	MaxBody    = 4000
	MaxName    = 120
	MaxReason  = 500
	MaxEntries = 300
)

// Sheet is an entry as it is written.
type Sheet struct {
	Kind    Kind
	Title   string
	Body    string
	Carrier string // who carries it, in words
	Starts  string // "2027-03-05", or ""; of an action only
	Due     string // "2027-03-05", or ""; a milestone needs one
	State   State
	Reason  string // why it was dropped, who answered, how it was lifted
	After   ID     // the action that must be done before; of an action only
}

// Entry is a line of a roadmap.
type Entry struct {
	ID ID
	Sheet
	Item     string // of the project's file, "" when it was written here
	Version  int64
	At       time.Time // when it was last changed
	ClosedAt time.Time // zero while it is open
	Late     bool      // its day is over and it is open
	Pushed   bool      // what comes before it ends after it starts
}

// Open says whether something of the entry is left to do.
func (e Entry) Open() bool { return e.State == Todo || e.State == Doing }

// Change is what one field of an entry was, and what it became.
type Change struct {
	Entry  ID
	Kind   Kind
	Title  string // of the entry, now
	At     time.Time
	By     string // a name, "" when it is not known any more
	Field  string // "title", "body", "carrier", "starts", "due", "state", "reason", "after", or "created"
	Was    string
	Became string
}

// Page is the roadmap of a project.
type Page struct {
	Project  project.Project
	Entries  []Entry
	Proposed []project.Item // of the project's file, that the roadmap could take
	Writes   bool
	Today    string // in the zone of the edition
	Zone     string
}

// Of lists the entries of a kind.
func (p Page) Of(kind Kind) []Entry {
	return slices.DeleteFunc(slices.Clone(p.Entries), func(e Entry) bool { return e.Kind != kind })
}

// Find finds an entry.
func (p Page) Find(id ID) (Entry, bool) {
	i := slices.IndexFunc(p.Entries, func(e Entry) bool { return e.ID == id })
	if i < 0 {
		return Entry{}, false
	}
	return p.Entries[i], true
}

// clean takes away what cannot be kept, and what the kind does not have.
func (s *Sheet) clean() {
	for _, one := range []*string{&s.Title, &s.Carrier, &s.Reason} {
		*one = strings.TrimSpace(text.Clean(*one))
	}
	s.Body, s.Starts, s.Due = strings.TrimSpace(text.Clean(s.Body)), strings.TrimSpace(s.Starts), strings.TrimSpace(s.Due)
	if s.State == "" {
		s.State = Todo
	}
	if s.Kind != Action {
		s.Starts, s.After = "", ""
	}
	if s.Kind == Lock {
		s.Due = ""
	}
}

// check reports every bad field at once; before are the actions of the same roadmap that an
// action may follow.
func (s Sheet) check(before []Entry) (bad []errs.Field) {
	wrong := func(path, key string, args ...any) { bad = append(bad, errs.Field{Path: path, Key: key, Args: args}) }
	if s.Title == "" {
		wrong("title", "roadmap.title_missing")
	}
	for _, f := range []struct {
		path, value string
		most        int
	}{{"title", s.Title, MaxTitle}, {"body", s.Body, MaxBody}, {"carrier", s.Carrier, MaxName}, {"reason", s.Reason, MaxReason}} {
		if utf8.RuneCountInString(f.value) > f.most {
			wrong(f.path, "roadmap.long", f.most)
		}
	}
	if !slices.Contains(States[s.Kind], s.State) {
		wrong("state", "roadmap.state_unknown")
	}
	for path, day := range map[string]string{"starts": s.Starts, "due": s.Due} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			wrong(path, "roadmap.day_unknown")
		}
	}
	switch {
	case s.Kind == Milestone && s.Due == "":
		wrong("due", "roadmap.due_missing")
	case s.Starts != "" && s.Due != "" && s.Due < s.Starts:
		wrong("due", "roadmap.due_before")
	}
	if s.State == Dropped && s.Reason == "" {
		wrong("reason", "roadmap.reason_missing")
	}
	if s.After != "" && !slices.ContainsFunc(before, func(e Entry) bool { return e.ID == s.After }) {
		wrong("after", "roadmap.after_unknown")
	}
	slices.SortStableFunc(bad, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
	return bad
}

// mayFollow lists the actions that the entry may come after: all those that do not come,
// step by step, after it. A new entry, whose id is empty, may follow any.
func mayFollow(all []Entry, id ID) (list []Entry) {
	before := map[ID]ID{}
	for _, e := range all {
		before[e.ID] = e.After
	}
	for _, e := range all {
		if e.Kind != Action || e.ID == id {
			continue
		}
		loops := false
		for at, steps := e.After, 0; at != "" && id != "" && steps <= len(all); at, steps = before[at], steps+1 {
			loops = loops || at == id
		}
		if !loops {
			list = append(list, e)
		}
	}
	return list
}

// judge says which entries are late, and which wait for what ends after they start.
func judge(all []Entry, today string) {
	ends := map[ID]string{}
	for _, e := range all {
		if e.Open() {
			ends[e.ID] = e.Due
		}
	}
	for i := range all {
		e := &all[i]
		e.Late = e.Open() && e.Due != "" && e.Due < today
		first := e.Starts
		if first == "" {
			first = e.Due
		}
		e.Pushed = e.Open() && e.After != "" && first != "" && ends[e.After] > first
	}
}

// MayFollow lists the actions that an entry may come after.
func (p Page) MayFollow(id ID) []Entry { return mayFollow(p.Entries, id) }

// who is the name by which changes are kept.
func who(by account.User) string { return by.Actor() }
