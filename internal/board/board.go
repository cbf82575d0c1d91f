// Package board is the live board: cards on zones that many people change at once, each change an operation that is numbered, kept and replayed.
package board

import (
	"encoding/json"
	"time"

	"transformateur/internal/board/kit"
)

// Bounds of a board. An operation beyond them is refused.
const (
	MaxCards  = 3000 // removed ones included
	MaxOp     = 32 << 10
	MaxPrompt = 300 // characters of what a facilitator shows to all
	MaxAlts   = 20  // versions of one text that wait for a choice
	MaxTimer  = 8 * 60 * 60
)

// Op is what somebody does. Its kinds are few and say what they mean:
//
//	card.add      t: the new card    v: Added
//	card.set      t: card  f: field  v: value  b: the last number the author had seen
//	card.settle   t: card  f: field  v: the text that takes the place of all versions
//	card.drop     t: card  f: field  b: the number of the version that is taken away
//	card.move     t: card  v: Place
//	card.remove, card.restore        t: card
//	vote.cast     t: card  f: vote   v: dots, level, bin, or {"over": card}; null takes it back
//	vote.open, vote.close            t: vote
//	zone.open, zone.close            t: zone
//	phase.set     t: phase
//	board.freeze, board.thaw
//	timer.start   v: seconds         timer.more  v: seconds         timer.stop
//	prompt.set    v: a text, "" for none
//	board.import  v: Content   first of all, by the program alone
//	undo          b: the number of what is undone  v: the operation that undoes it
type Op struct {
	Kind   string          `json:"k"`
	Target string          `json:"t,omitempty"`
	Field  string          `json:"f,omitempty"`
	Base   int64           `json:"b,omitempty"`
	Value  json.RawMessage `json:"v,omitempty"`
}

// Entry is an operation as it stands in the log of a board. Client and Seq are its
// identity: the same pair is the same operation, however often it is sent.
type Entry struct {
	N      int64
	Client string
	Seq    int64
	Person string // a participant of the gathering
	At     time.Time
	Op     Op
}

// Added is the value of card.add. Fields hold what the card says already.
type Added struct {
	Type   string                     `json:"type"`
	Prompt string                     `json:"prompt,omitempty"` // "deck.prompt" that it answers
	Fields map[string]json.RawMessage `json:"fields,omitempty"`
	Place
}

// Place is where a card lies: its zone, its rank there (see Between), and, where the
// layout has room, how far across and up, from 0 to 1.
type Place struct {
	Zone  string   `json:"zone"`
	Order string   `json:"order"`
	X     *float64 `json:"x,omitempty"`
	Y     *float64 `json:"y,omitempty"`
}

// State is a board. It is changed by Apply alone, and the same entries always give the
// same state.
type State struct {
	kit     *kit.Kit
	Variant string           `json:"variant,omitempty"`
	N       int64            `json:"n"`
	Desk    Desk             `json:"desk"`
	Zones   map[string]*Zone `json:"zones"`
	Cards   map[string]*Card `json:"cards"`
	Votes   map[string]*Vote `json:"votes"`
	// Names are those of the authors of a board that was read from a file: nobody who
	// sits here is one of them.
	Names map[string]string `json:"names,omitempty"`
}

// Desk is what holds for the whole board.
type Desk struct {
	Phase  string `json:"phase"`
	Frozen bool   `json:"frozen,omitempty"`
	Prompt string `json:"prompt,omitempty"`
	Timer  *Timer `json:"timer,omitempty"`
	N      int64  `json:"n"`
}

// Timer runs until Ends; both are instants of the server.
type Timer struct {
	Began time.Time `json:"began"`
	Ends  time.Time `json:"ends"`
}

// Zone is the state of a zone.
type Zone struct {
	Open bool  `json:"open"`
	N    int64 `json:"n"`
}

// Card is a card.
type Card struct {
	ID      string            `json:"id"`
	Type    string            `json:"type"`
	Prompt  string            `json:"prompt,omitempty"`
	By      string            `json:"by,omitempty"` // nobody when it was dealt
	At      time.Time         `json:"at"`
	Fields  map[string]*Value `json:"fields,omitempty"`
	Hidden  bool              `json:"hidden,omitempty"` // written in silence, not revealed yet
	Removed bool              `json:"removed,omitempty"`
	Moved   int64             `json:"moved"` // number of the last move
	Gone    int64             `json:"gone,omitempty"`
	N       int64             `json:"n"`
	Place
}

// Value is what a field of a card holds, by whom since which number, and by which operation
// of her browser; Alts are the other versions of a text that was written twice at once.
type Value struct {
	V      json.RawMessage `json:"v"`
	By     string          `json:"by,omitempty"`
	Client string          `json:"client,omitempty"`
	Seq    int64           `json:"seq,omitempty"`
	N      int64           `json:"n"`
	Alts   []Alt           `json:"alts,omitempty"`
}

// Alt is a version of a text that waits for somebody to choose; Base is what its author
// had seen when she began it.
type Alt struct {
	V      json.RawMessage `json:"v"`
	By     string          `json:"by,omitempty"`
	Client string          `json:"client,omitempty"`
	Seq    int64           `json:"seq,omitempty"`
	Base   int64           `json:"base,omitempty"`
	N      int64           `json:"n"`
}

// Vote is the state of a vote: what each person cast on each card. When the vote is
// shared, the only person is "".
type Vote struct {
	Open  bool                                  `json:"open"`
	Casts map[string]map[string]json.RawMessage `json:"casts,omitempty"` // person, then card, or pair of cards
	N     int64                                 `json:"n"`
	// What a board that was read from a file had counted: nobody here cast it, and
	// nobody takes it back.
	Before map[string]*Tally `json:"before,omitempty"`
	People int               `json:"people,omitempty"`
}

// New is a board just made from a kit: its first phase, and the cards that its decks deal.
func New(k *kit.Kit, variant string, at time.Time) *State {
	s := &State{kit: k, Variant: variant, Zones: map[string]*Zone{}, Cards: map[string]*Card{}, Votes: map[string]*Vote{}, Desk: Desk{Phase: k.Phases[0].ID}}
	for _, z := range k.Zones {
		s.Zones[z.ID] = &Zone{Open: !z.Closed}
	}
	for _, v := range k.Votes {
		s.Votes[v.ID] = &Vote{Casts: map[string]map[string]json.RawMessage{}}
	}
	s.openVotes(k.Phases[0])
	for _, d := range k.Decks {
		if d.Deal == "" || !s.plays(d) {
			continue
		}
		order := ""
		for _, p := range d.Prompts {
			zone := d.Deal
			if p.Zone != "" {
				zone = p.Zone
			}
			order = Between(order, "")
			id := Dealt(d.ID, p.ID)
			s.Cards[id] = &Card{ID: id, Type: d.Card, Prompt: d.ID + "." + p.ID, At: at, Fields: map[string]*Value{}, Place: Place{Zone: zone, Order: order}}
		}
	}
	return s
}

// Dealt is the id of the card that a deck deals for a prompt.
func Dealt(deck, prompt string) string { return "dealt-" + deck + "-" + prompt }

// Open gives a state that was read from its JSON the kit it was made from.
func (s *State) Open(k *kit.Kit) *State {
	s.kit = k
	for _, v := range s.Votes {
		if v.Casts == nil {
			v.Casts = map[string]map[string]json.RawMessage{}
		}
	}
	return s
}

// Kit is the kit the board was made from.
func (s *State) Kit() *kit.Kit { return s.kit }

// Phase is the phase the board is in.
func (s *State) Phase() kit.Phase {
	p, _ := s.kit.Phase(s.Desk.Phase)
	return p
}

// plays says whether a deck is one of those of this board.
func (s *State) plays(d kit.Deck) bool { return d.Variant == "" || d.Variant == s.Variant }

// openVotes opens the votes of a phase and closes the others.
func (s *State) openVotes(p kit.Phase) (changed []string) {
	for _, v := range s.kit.Votes {
		open := contains(p.Votes, v.ID)
		if vote := s.Votes[v.ID]; vote.Open != open {
			vote.Open, vote.N = open, s.N
			changed = append(changed, "v/"+v.ID)
		}
	}
	return changed
}
