// Package timetable decides when individual meetings take place, and what to change when a day does not go as planned.
package timetable

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Version is the version of the JSON form of Instance.
const Version = 1

// ID names a meeting: free text. In JSON a whole number is written without quotes.
type ID string

// UnmarshalJSON reads a text or a whole number from 0.
func (id *ID) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) == nil && text[0] == '"' {
		*id = ID(s)
		return nil
	}
	if _, err := strconv.ParseUint(string(text), 10, 53); err != nil {
		return fmt.Errorf("an id is a text or a whole number, not %s", quoted(string(text)))
	}
	*id = ID(text)
	return nil
}

// MarshalJSON writes a number when the id reads as one.
func (id ID) MarshalJSON() ([]byte, error) {
	if n, err := strconv.ParseUint(string(id), 10, 53); err == nil && strconv.FormatUint(n, 10) == string(id) {
		return []byte(id), nil
	}
	return json.Marshal(string(id))
}

// Instance is what is asked: slots, people, meetings, rooms and rules. The order of its
// lists never changes what is best, only which of several equals is found; that of Slots
// is the order of time.
type Instance struct {
	Version  int       `json:"version,omitempty"` // 1, which is also what 0 means
	Name     string    `json:"name,omitempty"`
	Slots    []Slot    `json:"slots"`
	People   []Person  `json:"people"`
	Meetings []Meeting `json:"meetings"`
	// RoomsPerSlot bounds how many meetings are held at once; 0 is no bound. Rooms name
	// the rooms, when it matters which.
	RoomsPerSlot int    `json:"rooms_per_slot,omitempty"`
	Rooms        []Room `json:"rooms,omitempty"`
	Rules        Rules  `json:"rules"`
	// Walks are the minutes between places, both ways; none when nothing is said.
	Walks       []Walk       `json:"walks,omitempty"`
	Precedence  []Precedence `json:"precedence,omitempty"`
	Preferences []Preference `json:"preferences,omitempty"`
	Pinned      []Pin        `json:"pinned,omitempty"`
	// Now is the first slot that is not past: nothing is placed before it.
	Now       int        `json:"now,omitempty"`
	Seed      uint64     `json:"seed,omitempty"`
	Licence   string     `json:"licence,omitempty"`
	Reference *Reference `json:"reference,omitempty"`
}

// Slot is a piece of time for one meeting. Slots follow each other without interruption
// within a segment: the part of a day between two collective moments.
type Slot struct {
	ID      int    `json:"id"` // its place in the list, from 0
	Day     int    `json:"day"`
	Segment string `json:"segment"`
	Start   string `json:"start"` // "09:30"
	Minutes int    `json:"minutes"`
}

// Role is what somebody is to a meeting.
type Role string

// The roles. Holes are counted for sponsors and experts, fairness between projects.
const (
	Project Role = "project"
	Sponsor Role = "sponsor"
	Expert  Role = "expert"
)

// Person is somebody, or the people of one project, who can be in one place at a time.
type Person struct {
	ID        string `json:"id"`
	Role      Role   `json:"role"`
	Available []bool `json:"available"` // by slot
	// Min and Max bound how many meetings she has in all; Max 0 is no bound.
	Min    int      `json:"min,omitempty"`
	Max    int      `json:"max,omitempty"`
	Access []string `json:"access,omitempty"` // what a room must offer her
	Place  string   `json:"place,omitempty"`  // where her meetings are held, when she is their Other
}

// Meeting is a project meeting somebody, with others when With names them.
type Meeting struct {
	ID        ID       `json:"id"`
	Project   string   `json:"project"`
	Other     string   `json:"other"`
	With      []string `json:"with,omitempty"`
	Kind      string   `json:"kind,omitempty"`
	Mandatory bool     `json:"mandatory"`
	Weight    int      `json:"weight"`           // what it is worth, from 0
	Allowed   []int    `json:"allowed"`          // the slots where it may start
	Length    int      `json:"length,omitempty"` // slots, of one segment; 0 means 1
	Seats     int      `json:"seats,omitempty"`  // 0 is as many as there are people named
	Needs     []string `json:"needs,omitempty"`  // equipment
	Place     string   `json:"place,omitempty"`  // "" is the place of Other, or anywhere
	Remote    bool     `json:"remote,omitempty"` // takes no room
}

// Room is where a meeting is held. Capacity 0 is enough for all.
type Room struct {
	ID        string   `json:"id"`
	Capacity  int      `json:"capacity,omitempty"`
	Access    []string `json:"access,omitempty"`
	Equipment []string `json:"equipment,omitempty"`
	Place     string   `json:"place,omitempty"`
	Closed    []int    `json:"closed,omitempty"` // slots
}

// Rules are the rests: in any window of W consecutive slots of a segment, at most N
// slots in meetings, written [N, W]. Nil is no rule.
type Rules struct {
	Project Rest `json:"project_max_in_window,omitempty"`
	Sponsor Rest `json:"sponsor_max_in_window,omitempty"`
	Expert  Rest `json:"expert_max_in_window,omitempty"`
}

// Rest is [N, W]: at most N busy slots in W.
type Rest []int

// Walk is the minutes between two places.
type Walk struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Minutes int    `json:"minutes"`
}

// Precedence has a meeting end before another starts, Gap minutes at least between them,
// whenever both are held.
type Precedence struct {
	Before ID  `json:"before"`
	After  ID  `json:"after"`
	Gap    int `json:"gap_minutes,omitempty"`
}

// Preference is what it is worth to a person (any of her meetings) or to one meeting to
// start in one of these slots; below 0 it is a wish to avoid them.
type Preference struct {
	Person  string `json:"person,omitempty"`
	Meeting ID     `json:"meeting,omitempty"`
	Slots   []int  `json:"slots"`
	Weight  int    `json:"weight"`
}

// Pin is a meeting that somebody placed: it is held then, and there when Room is given.
type Pin struct {
	Meeting ID     `json:"meeting"`
	Slot    int    `json:"slot"`
	Room    string `json:"room,omitempty"`
}

// Reference is what is known of an instance that is published; nothing reads it but tests.
type Reference struct {
	MaxWeight  int  `json:"max_weight"`
	Proved     bool `json:"max_weight_proved"`
	Holes      *int `json:"best_known_holes_at_max_weight"`
	HolesBound *int `json:"holes_lower_bound"`
}

// Schedule is the slot where each meeting that is held starts.
type Schedule map[ID]int

// Rooms is the room of each meeting that takes one. When rooms are not named they are
// numbered from "1".
type Rooms map[ID]string

// Malformed says which part of an input cannot be read, and why.
type Malformed struct {
	Line  int    // of the text that was read; 0 when only the field is known
	Field string // "meetings[12].allowed"
	Why   string // in English, for the command line
}

// Where is the line and the field in words.
func (m *Malformed) Where() string {
	switch {
	case m.Line > 0 && m.Field != "":
		return fmt.Sprintf("line %d, %s", m.Line, m.Field)
	case m.Line > 0:
		return fmt.Sprintf("line %d", m.Line)
	}
	return m.Field
}

// Error is one sentence for logs and command lines.
func (m *Malformed) Error() string { return m.Where() + ": " + m.Why }

func malformed(why, field string, args ...any) error {
	return &Malformed{Field: fmt.Sprintf(field, args...), Why: why}
}
