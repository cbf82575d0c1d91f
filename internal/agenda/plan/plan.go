// Package plan is where everybody is during a gathering: who meets whom, when, and in which room.
package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"transformateur/internal/agenda/order"
)

// Sitting is one thing that takes place: a meeting of a coaching, a table of a round, the
// turn of a project at a pitch, or the whole of an activity for everybody.
type Sitting struct {
	ID       string       `json:"id"`
	Activity string       `json:"activity"`
	N        int          `json:"n,omitempty"` // of the slot, round or turn, from 0
	Day      int          `json:"day"`
	From     order.Minute `json:"from"`
	To       order.Minute `json:"to"`
	Room     string       `json:"room,omitempty"`
	Table    int          `json:"table,omitempty"`   // from 1
	Project  string       `json:"project,omitempty"` // whom it is about
	People   []string     `json:"people,omitempty"`  // participants
	All      bool         `json:"all,omitempty"`     // for everybody who is there
	Remote   bool         `json:"remote,omitempty"`  // takes no room
	Pinned   bool         `json:"pinned,omitempty"`  // placed by hand: a new plan leaves it there
}

// Has says whether somebody is in it.
func (s Sitting) Has(person string) bool { return s.All || slices.Contains(s.People, person) }

// during says whether two sittings share an instant.
func (s Sitting) during(o Sitting) bool { return s.Day == o.Day && s.From < o.To && o.From < s.To }

// Plan is everything that takes place, the first thing first.
type Plan struct {
	Version  int       `json:"version"`
	Sittings []Sitting `json:"sittings"`
}

const version = 1

// MaxSittings bounds a plan.
const MaxSittings = 5000

// Sort puts sittings in the order in which they begin, and people in that of their ids.
func (p *Plan) Sort() {
	for i := range p.Sittings {
		slices.Sort(p.Sittings[i].People)
	}
	slices.SortFunc(p.Sittings, func(a, b Sitting) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Table, b.Table), cmp.Compare(a.ID, b.ID))
	})
}

// Clone is a copy that shares nothing.
func (p Plan) Clone() Plan {
	p.Sittings = slices.Clone(p.Sittings)
	for i := range p.Sittings {
		p.Sittings[i].People = slices.Clone(p.Sittings[i].People)
	}
	return p
}

// Encode writes a plan: the same one, the same bytes.
func (p Plan) Encode() []byte {
	p = p.Clone()
	p.Version = version
	p.Sort()
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // our own types can be written
	}
	return text
}

// Errors of a text that is no plan.
var (
	ErrVersion = errors.New("a plan of another version")
	ErrLarge   = errors.New("a plan with too many sittings")
)

// Parse reads a plan that Encode wrote. Errors: ErrVersion, ErrLarge, those of encoding/json.
func Parse(text []byte) (p Plan, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("read a plan: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return p, fmt.Errorf("read a plan: something follows it")
	}
	switch {
	case p.Version != version:
		return p, ErrVersion
	case len(p.Sittings) > MaxSittings:
		return p, ErrLarge
	}
	p.Sort()
	return p, nil
}

// Of lists what somebody takes part in, the first thing first.
func (p Plan) Of(person string) (list []Sitting) {
	for _, s := range p.Sittings {
		if s.Has(person) {
			list = append(list, s)
		}
	}
	return list
}

// NowNext is where somebody is at an instant, and what comes next for her on the same day
// or a later one; nil for nothing. The plan is sorted.
func (p Plan) NowNext(person string, day int, at order.Minute) (now, next *Sitting) {
	for i := range p.Sittings {
		s := &p.Sittings[i]
		switch {
		case s.Day < day || s.Day == day && s.To <= at || !s.Has(person):
		case s.Day == day && s.From <= at:
			if now == nil || now.All && !s.All { // a meeting of her own says more than what everybody does
				now = s
			}
		default:
			return now, s
		}
	}
	return now, nil
}
