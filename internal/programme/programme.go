// Package programme is what an agency runs year after year: its editions, each a list of dated stages that starts from a journey.
package programme

import (
	"time"

	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// The identifiers of agencies, programmes and editions are readable slugs, chosen
// once and unique on the install; those of stages and journeys are random.
type (
	AgencyID    string
	ProgrammeID string
	EditionID   string
	StageID     string
	JourneyID   string
)

// Words is a text in both languages. French is required where a text is; English may be missing.
type Words struct {
	FR string `json:"fr"`
	EN string `json:"en"`
}

// In is the text in a language ("fr" or "en"), or in the other one when it is missing.
func (w Words) In(lang string) string {
	if lang == "en" && w.EN != "" || w.FR == "" {
		return w.EN
	}
	return w.FR
}

// Agency is who runs programmes: a regional agency, an education authority, a foundation.
type Agency struct {
	ID           AgencyID
	Organisation string // identifier of the organisation it is, "" when none is tied
	Name         Words
	About        Words  // Markdown
	Contact      string // e-mail address or telephone shown to the public
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// PolicyObject is the agency as the policy table sees it.
func (a Agency) PolicyObject() policy.Object { return policy.Object{Ref: agencyRef(a.ID)} }

// Programme is one scheme of an agency, run edition after edition.
type Programme struct {
	ID        ProgrammeID
	Agency    AgencyID
	Name      Words
	About     Words // Markdown
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// PolicyObject is the programme as the policy table sees it.
func (p Programme) PolicyObject() policy.Object {
	return policy.Object{Ref: programmeRef(p.ID), Within: []policy.Ref{agencyRef(p.Agency)}}
}

// Status is where an edition stands.
type Status string

// The statuses of an edition: only its team sees it, everybody does, it is over.
const (
	Preparing Status = "draft"
	Published Status = "published"
	Closed    Status = "closed"
)

// Edition is one run of a programme.
type Edition struct {
	ID          EditionID
	Programme   ProgrammeID
	Agency      AgencyID
	Name        Words
	Theme       Words
	About       Words // Markdown
	Place       string
	Territory   string // "region:28", a territory.Ref; "" for the whole country
	Zone        string // IANA name of the zone in which its dates are written
	Status      Status
	Journey     string // name of the shipped journey, or identifier of the agency's, that it started from
	ClonedFrom  EditionID
	Version     int64 // grows with every change of the edition or of one of its stages
	CreatedAt   time.Time
	UpdatedAt   time.Time
	PublishedAt time.Time
	ClosedAt    time.Time
}

// PolicyObject is the edition as the policy table sees it.
func (e Edition) PolicyObject() policy.Object {
	return policy.Object{Ref: editionRef(e.ID), Within: []policy.Ref{programmeRef(e.Programme), agencyRef(e.Agency)}, State: string(e.Status)}
}

// Location is the zone of the edition, UTC should the zone database have lost it.
func (e Edition) Location() *time.Location { return zone.Location(e.Zone) }

// Kind is what happens during a stage.
type Kind string

// The kinds of stages.
const (
	Call       Kind = "call"
	Selection  Kind = "selection"
	Gathering  Kind = "gathering"
	Support    Kind = "support"
	Debrief    Kind = "debrief"
	Foresight  Kind = "foresight"
	Incubation Kind = "incubation"
	Taster     Kind = "taster"
)

// Kinds lists the kinds in the order of the product document.
var Kinds = []Kind{Call, Selection, Gathering, Support, Debrief, Foresight, Incubation, Taster}

// Stage is one step of an edition. A zero instant is a date not chosen yet.
type Stage struct {
	ID       StageID
	Edition  EditionID
	Position int // from 0
	Kind     Kind
	Name     Words
	About    Words // Markdown
	OpensAt  time.Time
	ClosesAt time.Time
	Target   int // how many files or projects are hoped for; 0 for none. A target, never a limit
	Settings Settings
}

// Settings is what a stage carries from its journey.
type Settings struct {
	Agenda []Activity `json:"agenda,omitempty"`
}

// Activity is one item of an agenda that a journey proposes ("modèle proposé"): an
// edition changes it at will.
type Activity struct {
	Day  int    `json:"day"`  // of the stage, from 1
	Mode string `json:"mode"` // individual, collective, plenary or informal
	Name Words  `json:"name"`
}

// State says where a stage stands at an instant.
type State string

// The states of a stage in time.
const (
	Past State = "past"
	Open State = "open"
	Next State = "next"
)

// At is the state of the stage at an instant: it opens on its first instant and is
// past on its last. Without dates it is to come.
func (s Stage) At(now time.Time) State {
	switch {
	case !s.ClosesAt.IsZero() && !now.Before(s.ClosesAt):
		return Past
	case !s.OpensAt.IsZero() && !now.Before(s.OpensAt):
		return Open
	}
	return Next
}

func agencyRef(id AgencyID) policy.Ref       { return policy.Ref{Kind: "agency", ID: string(id)} }
func programmeRef(id ProgrammeID) policy.Ref { return policy.Ref{Kind: "programme", ID: string(id)} }
func editionRef(id EditionID) policy.Ref     { return policy.Ref{Kind: "edition", ID: string(id)} }
