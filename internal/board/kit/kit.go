// Package kit defines the kit: the declaration from which a board is made, with its zones, cards, decks, phases, votes and what its cards become.
package kit

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"

	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
)

// Version is the version of the JSON format of kits that this package reads and writes.
const Version = 1

// Bounds. A kit beyond them is refused with a message key, never truncated.
const (
	MaxSize    = 1 << 20 // bytes of a kit as JSON
	MaxZones   = 40
	MaxCards   = 20 // types of cards
	MaxFields  = 12 // fields of a type of card
	MaxDecks   = 20
	MaxPrompts = 200 // prompts of a deck
	MaxPhases  = 20
	MaxVotes   = 12
	MaxChoices = 20 // options of a field, levels of a scale or of a vote
)

// Layout is how zones lie on the surface.
type Layout string

// The layouts. In a matrix and on a free surface a card also has a place of its own in
// its zone. A matrix, a radar and a free surface are the first zone of the kit; its other
// zones lie beside it, as columns.
const (
	Columns   Layout = "columns"
	Quadrants Layout = "quadrants" // four zones, two by two
	Matrix    Layout = "matrix"    // two axes
	Radar     Layout = "radar"     // one branch per card, drawn from a vote
	Timeline  Layout = "timeline"  // zones one after the other in time
	Free      Layout = "free"      // cards where people put them
)

// Layouts are those a kit may have.
var Layouts = []Layout{Columns, Quadrants, Matrix, Radar, Timeline, Free}

// Kit is a declaration. In JSON:
//
//	{"version":1,"id":"retro","title":{"fr":"À chaud"},"layout":"columns",
//	 "zones":[{"id":"keep","title":{"fr":"À garder"}},{"id":"change","title":{"fr":"À changer"}}],
//	 "cards":[{"id":"note","title":{"fr":"Remarque"},
//	   "fields":[{"id":"text","type":"text","label":{"fr":"Remarque"},"required":true}]}],
//	 "phases":[{"id":"write","title":{"fr":"Écrire en silence"},"minutes":5,"hidden":true},
//	           {"id":"sort","title":{"fr":"Trier ensemble"}}]}
//
// Ids are lower-case letters, digits and underscores, and stay for the life of the kit:
// cards are tied to them. Unknown keys are refused.
type Kit struct {
	Version int            `json:"version"`
	ID      string         `json:"id"`
	Title   form.Localised `json:"title"`
	Notes   Notes          `json:"notes,omitzero"`
	Layout  Layout         `json:"layout"`
	Axes    []Axis         `json:"axes,omitempty"` // of a matrix: across, then up
	Zones   []Zone         `json:"zones"`
	Cards   []Card         `json:"cards"`
	Decks   []Deck         `json:"decks,omitempty"`
	Phases  []Phase        `json:"phases"`
	Votes   []Vote         `json:"votes,omitempty"`
	Outputs []Output       `json:"outputs,omitempty"`
}

// Notes are what a facilitator reads before and during.
type Notes struct {
	Aim     form.Localised `json:"aim,omitempty"`
	Minutes [2]int         `json:"minutes,omitempty"` // least and most
	Group   [2]int         `json:"group,omitempty"`   // people, least and most
	Bring   form.Localised `json:"bring,omitempty"`   // what to have at hand
	Steps   []Step         `json:"steps,omitempty"`
	Watch   form.Localised `json:"watch,omitempty"` // what goes wrong, and what then
	Source  string         `json:"source,omitempty"`
}

// Step is one moment of the facilitation.
type Step struct {
	Title   form.Localised `json:"title"`
	Text    form.Localised `json:"text"`
	Minutes int            `json:"minutes,omitempty"`
	Phase   string         `json:"phase,omitempty"` // the phase it is lived in
}

// Axis is one direction of a matrix.
type Axis struct {
	Title form.Localised `json:"title"`
	Low   form.Localised `json:"low"`
	High  form.Localised `json:"high"`
}

// Zone is a place on the board. Write names the roles that write there, all that write
// if empty; Cards the types it takes, all if empty.
type Zone struct {
	ID     string         `json:"id"`
	Title  form.Localised `json:"title"`
	Help   form.Localised `json:"help,omitempty"`
	Colour string         `json:"colour,omitempty"` // one of Colours
	Cards  []string       `json:"cards,omitempty"`
	Write  []Role         `json:"write,omitempty"`
	Most   int            `json:"most,omitempty"`   // cards it takes, 0 for no limit
	Closed bool           `json:"closed,omitempty"` // opened by the facilitator
}

// Colours are those of zones and cards; each also has a pattern and a name.
var Colours = []string{"plain", "sun", "leaf", "sky", "rose", "stone"}

// Card is a type of card.
type Card struct {
	ID     string         `json:"id"`
	Title  form.Localised `json:"title"`
	Colour string         `json:"colour,omitempty"`
	Fields []Field        `json:"fields"` // the first one is its face
}

// FieldType is what a field of a card takes.
type FieldType string

// The types of fields. A level is an integer from 1 to the number of levels; an amount
// is in cents of euro; a date is YYYY-MM-DD; a picture is the digest of a file.
const (
	Text    FieldType = "text"
	Choice  FieldType = "choice"
	Level   FieldType = "level"
	Person  FieldType = "person"
	Date    FieldType = "date"
	Amount  FieldType = "amount"
	Link    FieldType = "link"
	Picture FieldType = "picture"
)

// FieldTypes are those a field may have.
var FieldTypes = []FieldType{Text, Choice, Level, Person, Date, Amount, Link, Picture}

// Field is one thing that a card says.
type Field struct {
	ID       string         `json:"id"`
	Type     FieldType      `json:"type"`
	Label    form.Localised `json:"label"`
	Help     form.Localised `json:"help,omitempty"`
	Required bool           `json:"required,omitempty"`
	Most     int            `json:"most,omitempty"`    // characters of a text, 0 for MaxText
	Choices  []Option       `json:"choices,omitempty"` // of a choice and of a level, in order
}

// MaxText bounds a text of a card, in characters.
const MaxText = 2000

// Option is one of the answers that a choice, a level or a vote offers.
type Option struct {
	ID    string         `json:"id"`
	Label form.Localised `json:"label"`
}

// Deck is a set of prompts. Deal puts a card for each prompt in a zone when the board
// opens. Decks of one Variant go together: whoever opens a board picks one variant.
type Deck struct {
	ID      string         `json:"id"`
	Title   form.Localised `json:"title"`
	Variant string         `json:"variant,omitempty"`
	Card    string         `json:"card"`           // the type of card that answers a prompt
	Deal    string         `json:"deal,omitempty"` // the zone where its cards are dealt
	Prompts []Prompt       `json:"prompts"`
	Source  string         `json:"source,omitempty"`
}

// Prompt is a question, or a thing to react to.
type Prompt struct {
	ID    string         `json:"id"`
	Title form.Localised `json:"title"`
	Text  form.Localised `json:"text,omitempty"`
	Zone  string         `json:"zone,omitempty"` // where it is answered, if anywhere
}

// Phase is a time of the board: what may be done while it lasts. Hidden keeps what each
// person writes from the others; Frozen lets nobody change a card; Votes are open while
// it lasts, and closed after.
type Phase struct {
	ID      string         `json:"id"`
	Title   form.Localised `json:"title"`
	Help    form.Localised `json:"help,omitempty"`
	Minutes int            `json:"minutes,omitempty"`
	Hidden  bool           `json:"hidden,omitempty"`
	Frozen  bool           `json:"frozen,omitempty"`
	Zones   []string       `json:"zones,omitempty"` // where one may write, all if empty
	Votes   []string       `json:"votes,omitempty"`
	Last    bool           `json:"last,omitempty"` // what cards become is final
}

// VoteKind is how people say what they prefer.
type VoteKind string

// The kinds of votes.
const (
	Dots  VoteKind = "dots"  // a budget of dots to lay on cards
	Score VoteKind = "score" // a level for each card
	Bins  VoteKind = "bins"  // one of a few bins for each card
	Pairs VoteKind = "pairs" // which of two cards
)

// VoteKinds are those a vote may have.
var VoteKinds = []VoteKind{Dots, Score, Bins, Pairs}

// Vote is a question put on cards. Secret keeps what was cast, and how much, until it is
// closed; Shared has one answer for the whole group instead of one per person.
type Vote struct {
	ID      string         `json:"id"`
	Title   form.Localised `json:"title"`
	Kind    VoteKind       `json:"kind"`
	Cards   []string       `json:"cards,omitempty"`   // types of cards it is put on, all if empty
	Budget  int            `json:"budget,omitempty"`  // dots of each person
	Most    int            `json:"most,omitempty"`    // dots of a person on one card, 0 for Budget
	Choices []Option       `json:"choices,omitempty"` // of a score, from the lowest, and of bins
	Secret  bool           `json:"secret,omitempty"`
	Shared  bool           `json:"shared,omitempty"`
	Write   []Role         `json:"write,omitempty"` // who votes, all that write if empty
}

// Role is what somebody is on a board.
type Role string

// The roles. A reader changes nothing.
const (
	Facilitator Role = "facilitator"
	Team        Role = "team"   // of the project the board belongs to
	Coach       Role = "coach"  // the project's sponsor
	Peer        Role = "peer"   // of another project
	Expert      Role = "expert" // or a partner
	Guest       Role = "guest"  // came by the code on the wall, without an account
	Reader      Role = "reader"
)

// Writers are the roles that write unless a zone or a vote says otherwise.
var Writers = []Role{Facilitator, Team, Coach, Peer, Expert, Guest}

// Becomes is what a card becomes in the file of the project.
type Becomes string

// What a card may become.
const (
	Lock         Becomes = "lock"         // what stands in the way, with how much
	Action       Becomes = "action"       // what will be done, by whom, before when
	Need         Becomes = "need"         // what is missing, that somebody else may bring
	Contribution Becomes = "contribution" // what a peer or an expert gave the project
	Idea         Becomes = "idea"
	Pitch        Becomes = "pitch"     // a part of how the project presents itself
	Dimension    Becomes = "dimension" // a score on a dimension, with the gaps between people
	Landmark     Becomes = "landmark"  // a fact of the project's story: an actor, a moment
)

// Outcomes are what a card may become.
var Outcomes = []Becomes{Lock, Action, Need, Contribution, Idea, Pitch, Dimension, Landmark}

// Output says what a card becomes. Title, Level, Owner, Due and Amount name the fields of
// the card that give the item its own; Vote the vote that scores a dimension. A card whose
// title field is empty becomes nothing, so that one card may become several things. A
// dimension without Title takes that of the prompt that the card answers. Of several outputs
// of a card that become the same, the first that gives something counts.
type Output struct {
	Becomes Becomes  `json:"becomes"`
	Card    string   `json:"card"`
	Zones   []string `json:"zones,omitempty"` // only there, anywhere if empty
	Title   string   `json:"title,omitempty"`
	Level   string   `json:"level,omitempty"`
	Owner   string   `json:"owner,omitempty"`
	Due     string   `json:"due,omitempty"`
	Amount  string   `json:"amount,omitempty"`
	Vote    string   `json:"vote,omitempty"`
}

// Parse reads a kit from JSON. A key that does not exist, a value of the wrong kind,
// another version and what Check finds are refused, with the path of each fault.
func Parse(text []byte) (*Kit, error) {
	k, err := ReadDraft(text)
	if err == nil {
		err = k.Check()
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

// ReadDraft is Parse for a kit that is still being written: what Check would find is left
// in it.
func ReadDraft(text []byte) (*Kit, error) {
	if len(text) > MaxSize {
		return nil, invalid("", "kit.too_big", MaxSize)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var k Kit
	if err := dec.Decode(&k); err != nil {
		return nil, unreadable(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, invalid("", "kit.unreadable")
	}
	if k.Version != Version {
		return nil, invalid("version", "kit.version_unknown", k.Version)
	}
	return &k, nil
}

func unreadable(err error) error {
	path := ""
	if wrong, ok := err.(*json.UnmarshalTypeError); ok {
		path = wrong.Field
	}
	return invalid(path, "kit.unreadable")
}

func invalid(path, key string, args ...any) error {
	return errs.NewInvalid("kit.invalid", []errs.Field{{Path: path, Key: key, Args: args}})
}

// Encode is the kit as JSON, indented for people, with the keys in the order of the format.
func (k *Kit) Encode() []byte {
	text, err := json.MarshalIndent(k, "", " ")
	if err != nil {
		panic(err) // nothing in a kit cannot be written
	}
	return append(text, '\n')
}

// Zone finds a zone.
func (k *Kit) Zone(id string) (Zone, bool) {
	return find(k.Zones, func(z Zone) bool { return z.ID == id })
}

// Card finds a type of card.
func (k *Kit) Card(id string) (Card, bool) {
	return find(k.Cards, func(c Card) bool { return c.ID == id })
}

// Phase finds a phase.
func (k *Kit) Phase(id string) (Phase, bool) {
	return find(k.Phases, func(p Phase) bool { return p.ID == id })
}

// Vote finds a vote.
func (k *Kit) Vote(id string) (Vote, bool) {
	return find(k.Votes, func(v Vote) bool { return v.ID == id })
}

// Field finds a field of a type of card.
func (c Card) Field(id string) (Field, bool) {
	return find(c.Fields, func(f Field) bool { return f.ID == id })
}

// Variants are the names of the sets of decks among which whoever opens a board picks one.
func (k *Kit) Variants() (list []string) {
	for _, d := range k.Decks {
		if d.Variant != "" && !slices.Contains(list, d.Variant) {
			list = append(list, d.Variant)
		}
	}
	return list
}

func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}
