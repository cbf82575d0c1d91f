// Package order is the running order of a gathering: what happens when and for whom, before anybody is given a place.
package order

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Kind is what an activity is.
type Kind string

// The kinds. At a coaching each project has meetings of its own, in slots; in a collective
// coaching teams work side by side; at a mix people change tables; whoever has nothing to
// do elsewhere is free.
const (
	Plenary    Kind = "plenary"
	Input      Kind = "input"
	Pitch      Kind = "pitch"
	Coaching   Kind = "coaching"
	Collective Kind = "collective"
	Mix        Kind = "mix"
	RoundTable Kind = "round_table"
	Free       Kind = "free"
	Meal       Kind = "meal"
	Evening    Kind = "evening"
)

// Kinds are all of them, in the order in which people read them.
var Kinds = []Kind{Plenary, Input, Pitch, Coaching, Collective, Mix, RoundTable, Free, Meal, Evening}

// Everybody says whether a kind is for all those who are there: nothing else takes place
// meanwhile.
func (k Kind) Everybody() bool {
	switch k {
	case Coaching, Collective, Free:
		return false
	}
	return true
}

// Alone says whether a project works by itself, with its sponsor or an expert; Together,
// whether it works with others. What is neither (a meal, free time) is a rest.
func (k Kind) Alone() bool { return k == Coaching }

// Together is said by Alone.
func (k Kind) Together() bool {
	switch k {
	case Coaching, Free, Meal, Evening:
		return false
	}
	return true
}

// Minute is an instant of a day at the place of the gathering, in minutes since midnight
// as the clock of the wall shows it. After 1440 it is the night after.
type Minute int

// Latest is the last minute of a day: an evening may go on until three in the morning.
const Latest Minute = 27 * 60

// Clock is a minute as a clock shows it, "09:30".
func (m Minute) Clock() string {
	return fmt.Sprintf("%02d:%02d", int(m)/60%24, int(m)%60)
}

// At is a minute of a day, in the zone of the place. On a day that the clock changes, it
// is what the clock shows that counts.
func (m Minute) At(day string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return t, fmt.Errorf("read the day %q: %w", day, err)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, int(m), 0, 0, zone), nil
}

// Activity is one line of a running order. What is 0 or empty where its kind needs
// something takes the usual value (see Usual).
type Activity struct {
	ID    string `json:"id"`
	Kind  Kind   `json:"kind"`
	Title string `json:"title,omitempty"` // "" for the name of its kit, or of its kind
	About string `json:"about,omitempty"`
	Day   int    `json:"day"` // 0 is the first day
	From  Minute `json:"from"`
	To    Minute `json:"to"`

	Room  string   `json:"room,omitempty"`  // "" for one that is found
	Needs []string `json:"needs,omitempty"` // equipment of the room
	Leads []string `json:"leads,omitempty"` // participants
	Kit   string   `json:"kit,omitempty"`   // the board that it opens

	Slot   int `json:"slot,omitempty"`   // of a coaching, in minutes
	Pause  int `json:"pause,omitempty"`  // between two slots, or two rounds, in minutes
	Rounds int `json:"rounds,omitempty"` // of a mix
	Size   int `json:"size,omitempty"`   // people at a table, of a mix or a collective coaching
	Speak  int `json:"speak,omitempty"`  // of a pitch, in minutes for each project
	Ask    int `json:"ask,omitempty"`    // of a pitch: questions, in minutes for each project

	Sponsor bool     `json:"sponsor,omitempty"` // of a coaching: each project meets its sponsor in it
	After   []string `json:"after,omitempty"`   // activities that must be over before: instruments that build on each other
}

// Minutes is how long an activity takes.
func (a Activity) Minutes() int { return int(a.To - a.From) }

// Order is a running order: its days, and what happens on them, the first thing first.
type Order struct {
	Version    int        `json:"version"`
	Days       []string   `json:"days"` // "2027-03-05"
	Activities []Activity `json:"activities"`
}

// version is that of the form of a running order in a file.
const version = 1

// The bounds of a running order.
const (
	MaxDays       = 10
	MaxActivities = 200
	maxFile       = 1 << 20
)

// Sort puts activities in the order in which they begin.
func (o *Order) Sort() {
	slices.SortStableFunc(o.Activities, func(a, b Activity) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.ID, b.ID))
	})
}

// Find is an activity by its id.
func (o Order) Find(id string) (Activity, bool) {
	i := slices.IndexFunc(o.Activities, func(a Activity) bool { return a.ID == id })
	if i < 0 {
		return Activity{}, false
	}
	return o.Activities[i], true
}

// Encode writes a running order as a file: the same one, the same bytes.
func (o Order) Encode() []byte {
	o.Version = version
	o.Activities = slices.Clone(o.Activities)
	o.Sort()
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		panic(err) // our own types can be written
	}
	return append(text, '\n')
}

// Errors of a file that is no running order.
var (
	ErrVersion = errors.New("a running order of another version")
	ErrLarge   = errors.New("a running order of more than a megabyte")
)

// Parse reads a running order that was written in a file: what it says may still be
// wrong (see Check). Errors: ErrVersion, ErrLarge, those of encoding/json.
func Parse(text []byte) (o Order, err error) {
	if len(text) > maxFile {
		return o, ErrLarge
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return o, fmt.Errorf("read a running order: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return o, fmt.Errorf("read a running order: something follows it")
	}
	if o.Version != version {
		return o, ErrVersion
	}
	o.Sort()
	return o, nil
}
