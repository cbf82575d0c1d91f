// Package minutes is what a deliberation leaves in writing: who was there, who stepped out for which file, what was voted and decided.
package minutes

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
)

// Version is the version of the format in which minutes are frozen.
const Version = 1

// Minutes tell a deliberation from its record. Those of somebody are without the files
// that are closed to her, and numbers close up.
type Minutes struct {
	Version  int            `json:"version"`
	Name     form.Localised `json:"selection"`
	Call     form.Localised `json:"call"`
	Opened   time.Time      `json:"opened"`
	Signed   time.Time      `json:"signed,omitzero"`
	Replaces []time.Time    `json:"replaces,omitempty"` // when minutes were signed whose signature was withdrawn
	Quorum   int            `json:"quorum"`
	Chairs   []Attendee     `json:"chairs"`
	Deputy   string         `json:"deputy,omitempty"`
	Present  []Attendee     `json:"present"`
	Absent   []Attendee     `json:"absent"`
	Guests   []Attendee     `json:"guests"` // of the programme's team: they do not vote
	Files    []Entry        `json:"files"`
	Reserves []int          `json:"reserves"` // places in Files, in the order of the reserve list
}

// Attendee is somebody as the minutes name her.
type Attendee struct {
	Name  string         `json:"name"`
	Sits  string         `json:"organisation,omitempty"`
	Role  committee.Role `json:"role,omitempty"`
	Stays []Stay         `json:"stays,omitempty"`
}

// Mode is how somebody takes part.
type Mode string

// The modes; "" where nobody noted it.
const (
	OnSite Mode = "site"
	Remote Mode = "remote"
)

// Stay is a time in the room; one without an end lasted until the signature.
type Stay struct {
	Mode  Mode      `json:"mode,omitempty"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// Entry is what the minutes say of one file.
type Entry struct {
	ID       application.ID `json:"id"`
	Number   int            `json:"number"` // of the file in its call
	Title    string         `json:"title"`
	Out      []Leaver       `json:"out"`
	Votes    []Count        `json:"votes"`
	Outcome  string         `json:"outcome,omitempty"` // "" while nothing is decided
	Other    *Entry         `json:"other,omitempty"`   // of a pair: its identifier, number and title
	Rank     int            `json:"rank,omitempty"`    // on the reserve list, from 1; 0 elsewhere
	Reason   form.Localised `json:"reason,omitempty"`
	Wording  string         `json:"wording,omitempty"`
	Comments []string       `json:"comments,omitempty"`
}

// Leaver is who stepped out, and the kinds of reasons: never their details.
type Leaver struct {
	Name  string   `json:"name"`
	Sits  string   `json:"organisation,omitempty"`
	Kinds []string `json:"kinds"`
}

// Count is a vote that was closed.
type Count struct {
	Kind      string `json:"kind"`
	Wording   string `json:"wording,omitempty"`
	Electors  int    `json:"electors"`
	For       int    `json:"for"`
	Against   int    `json:"against"`
	Abstained int    `json:"abstained"`
	Carried   bool   `json:"carried"`
}

// Digest is the SHA-256 of the minutes as they are frozen, in hexadecimal.
func (m Minutes) Digest() string {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // nothing in the type can fail
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Undecided counts the files of which nothing was decided.
func (m Minutes) Undecided() (n int) {
	for _, e := range m.Files {
		if e.Outcome == "" {
			n++
		}
	}
	return n
}

// Number lists the reserve, and closes its ranks up.
func (m *Minutes) Number() {
	m.Reserves = nil
	for i, e := range m.Files {
		if e.Rank > 0 {
			m.Reserves = append(m.Reserves, i)
		}
	}
	slices.SortFunc(m.Reserves, func(a, b int) int { return m.Files[a].Rank - m.Files[b].Rank })
	for rank, i := range m.Reserves {
		m.Files[i].Rank = rank + 1
	}
}

// Without leaves out the files that are closed to a reader, those paired with one too.
func (m Minutes) Without(open map[application.ID]bool) Minutes {
	m.Files = slices.DeleteFunc(slices.Clone(m.Files), func(e Entry) bool { return !open[e.ID] || e.Other != nil && !open[e.Other.ID] })
	m.Number()
	return m
}
