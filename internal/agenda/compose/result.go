package compose

import (
	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/rotate"
	"transformateur/internal/solve/timetable"
)

// Result is a plan, what can be said of it, and what could not hold.
type Result struct {
	Plan    plan.Plan `json:"plan"`
	Account Account   `json:"account"`
	Refused []Refusal `json:"refused,omitempty"`
}

// Refusal is something that could not hold, and whom it is about. Key is that of a
// sentence; Need and Have are figures that go into it. GiveUp are the meetings that the plan
// leaves out for it: the smallest way out that was found.
type Refusal struct {
	Key      string    `json:"key"`
	Activity string    `json:"activity,omitempty"`
	Projects []string  `json:"projects,omitempty"`
	People   []string  `json:"people,omitempty"`
	Rooms    []string  `json:"rooms,omitempty"`
	Need     int       `json:"need,omitempty"`
	Have     int       `json:"have,omitempty"`
	GiveUp   []Pairing `json:"give_up,omitempty"`
}

// Pairing is a meeting between a project and somebody.
type Pairing struct {
	Activity string `json:"activity,omitempty"` // "" for any coaching
	Project  string `json:"project"`
	Person   string `json:"person"`
}

// What can be refused, besides the faults of the running order, which keep their keys. The
// reasons of the meetings are the clashes of package timetable behind
// "agenda.refused_meeting_", those of the tables the clashes and breaches of package rotate
// behind "agenda.refused_table_".
const (
	RefusedPinned  = "agenda.refused_pinned"  // a sitting placed by hand cannot be as it is
	RefusedRoom    = "agenda.refused_room"    // no room holds it and offers what is needed
	RefusedNamed   = "agenda.refused_named"   // the room that is named does not: another one is taken
	RefusedTurn    = "agenda.refused_turn"    // a project has no turn at a pitch when somebody of it is there
	RefusedSponsor = "agenda.refused_sponsor" // a project that nobody who comes sponsors
	RefusedAlone   = "agenda.refused_alone"   // somebody would be alone at what is done together
	RefusedCoach   = "agenda.refused_coach"   // tables without anybody to coach them
	RefusedRounds  = "agenda.refused_rounds"  // fewer rounds than asked
	RefusedApart   = "agenda.refused_apart"   // somebody sits nowhere: whom she must never meet is at each table
	RefusedMeet    = "agenda.refused_meet"    // two people who must meet do not
)

// Account is what can be said of a plan.
type Account struct {
	// Proved says that no plan has meetings of a greater weight, and no mix better visits.
	Proved   bool             `json:"proved"`
	Stopped  bool             `json:"stopped,omitempty"` // time ran out
	Weight   int              `json:"weight"`            // of the wishes that are held
	Bound    int              `json:"bound"`             // a weight that no plan exceeds; 0 when it is not known, after a repair that left meetings alone
	Holes    int              `json:"holes"`             // idle slots of coaches between two meetings of a day
	Fewest   int              `json:"fewest"`            // meetings of the project that has fewest
	Most     int              `json:"most"`              // … and of the one that has most
	Projects []ProjectAccount `json:"projects"`
	Coaches  []CoachAccount   `json:"coaches"`
	Mixes    []MixAccount     `json:"mixes,omitempty"`
}

// ProjectAccount is what a project asked and gets.
type ProjectAccount struct {
	Project  string   `json:"project"`
	Asked    int      `json:"asked"`    // meetings wished
	Held     int      `json:"held"`     // … of which held
	Sponsor  int      `json:"sponsor"`  // meetings with its sponsor that are held
	Visitors int      `json:"visitors"` // different people who come to its table at the mixes
	Missing  []string `json:"missing,omitempty"`
}

// CoachAccount is the day of somebody who coaches.
type CoachAccount struct {
	Person   string `json:"person"`
	Meetings int    `json:"meetings"`
	Holes    int    `json:"holes"`
}

// MixAccount is what a mix gives.
type MixAccount struct {
	Activity string          `json:"activity"`
	Status   rotate.Status   `json:"status"`
	Rounds   int             `json:"rounds"`
	Visits   rotate.Measure  `json:"measure"`
	Bound    float64         `json:"affinity_bound"`
	Dropped  []string        `json:"dropped,omitempty"` // the rules that were given up, in this order
	Breaches []rotate.Breach `json:"breaches,omitempty"`
}

// coached is what is known of the meetings once they are placed.
type coached struct {
	status timetable.Status
	score  timetable.Score
	bound  int
}
