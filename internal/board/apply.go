package board

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// Result is what an entry did: the keys of the objects that changed ("desk", "z/" a
// zone, "c/" a card, "v/" a vote), and the operation that undoes it, if there is one.
type Result struct {
	Changed []string
	Inverse *Op
}

// errUnknown is what is said of what is not there, or not to be seen.
func errUnknown() error { return errs.New(errs.NotFound, "board.unknown") }

func errBad() error { return errs.New(errs.Invalid, "board.bad_op") }

// Apply does what an entry says, which Allowed has let pass, and nothing else: it reads
// no clock and asks nobody. An entry that is refused changes nothing.
// Errors: Invalid board.bad_op, board.bad_value, board.too_many; NotFound board.unknown;
// Conflict board.overwritten, board.changed, board.full, board.no_dots.
func Apply(s *State, e Entry) (Result, error) {
	before := s.N
	s.N = e.N
	r, err := s.apply(e)
	if err != nil {
		s.N = before
	}
	return r, err
}

func (s *State) apply(e Entry) (Result, error) {
	switch e.Op.Kind {
	case "card.add":
		return s.add(e)
	case "card.set", "card.settle", "card.drop":
		return s.write(e)
	case "card.move":
		return s.move(e)
	case "card.remove", "card.restore":
		return s.remove(e)
	case "vote.cast":
		return s.cast(e)
	case "undo":
		return s.undo(e)
	case "board.import":
		return s.bring(e)
	default:
		return s.conduct(e)
	}
}

// card finds a card; removed ones are found too.
func (s *State) card(id string) (*Card, error) {
	c, there := s.Cards[id]
	if !there {
		return nil, errUnknown()
	}
	return c, nil
}

func changed(c *Card, n int64) Result {
	c.N = n
	return Result{Changed: []string{"c/" + c.ID}}
}

func (s *State) add(e Entry) (Result, error) {
	var v Added
	if !goodID(e.Op.Target) || read(e.Op.Value, &v) != nil {
		return Result{}, errBad()
	}
	if _, there := s.Cards[e.Op.Target]; there {
		return Result{}, errs.New(errs.Conflict, "board.twice")
	}
	card, known := s.kit.Card(v.Type)
	if !known || v.Prompt != "" && !s.asks(v.Prompt, v.Type) {
		return Result{}, errUnknown()
	}
	if err := s.fits(v.Place, v.Type, ""); err != nil {
		return Result{}, err
	}
	if len(s.Cards) >= MaxCards {
		return Result{}, errs.New(errs.Conflict, "board.too_many")
	}
	c := &Card{ID: e.Op.Target, Type: v.Type, Prompt: v.Prompt, By: e.Person, At: e.At, Fields: map[string]*Value{}, Place: v.Place, Hidden: s.Phase().Hidden}
	for id, value := range v.Fields {
		f, known := card.Field(id)
		if !known {
			return Result{}, errUnknown()
		}
		if err := goodValue(f, value); err != nil {
			return Result{}, err
		}
		c.Fields[id] = &Value{V: value, By: e.Person, Client: e.Client, Seq: e.Seq, N: e.N}
	}
	s.Cards[c.ID] = c
	r := changed(c, e.N)
	r.Inverse = &Op{Kind: "card.remove", Target: c.ID}
	return r, nil
}

// asks says whether a deck of the board asks a prompt ("deck.prompt") that such a card answers.
func (s *State) asks(prompt, card string) bool {
	return slices.ContainsFunc(s.kit.Decks, func(d kit.Deck) bool {
		return d.Card == card && s.plays(d) && slices.ContainsFunc(d.Prompts, func(p kit.Prompt) bool { return d.ID+"."+p.ID == prompt })
	})
}

// fits says whether a card of a type may lie at a place; from is the zone it leaves.
func (s *State) fits(p Place, card, from string) error {
	zone, known := s.kit.Zone(p.Zone)
	if !known {
		return errUnknown()
	}
	inside := func(x *float64) bool { return x == nil || *x >= 0 && *x <= 1 }
	if !goodOrder(p.Order) || !inside(p.X) || !inside(p.Y) {
		return errBad()
	}
	if len(zone.Cards) > 0 && !slices.Contains(zone.Cards, card) {
		return errs.New(errs.Conflict, "board.wrong_zone")
	}
	if zone.Most > 0 && p.Zone != from && s.count(p.Zone) >= zone.Most {
		return errs.New(errs.Conflict, "board.full")
	}
	return nil
}

// count is how many cards lie in a zone.
func (s *State) count(zone string) (n int) {
	for _, c := range s.Cards {
		if c.Zone == zone && !c.Removed {
			n++
		}
	}
	return n
}

func (s *State) move(e Entry) (Result, error) {
	var p Place
	if read(e.Op.Value, &p) != nil {
		return Result{}, errBad()
	}
	c, err := s.card(e.Op.Target)
	if err != nil {
		return Result{}, err
	}
	if err := s.fits(p, c.Type, c.Zone); err != nil {
		return Result{}, err
	}
	back := must(c.Place)
	c.Place, c.Moved = p, e.N
	r := changed(c, e.N)
	r.Inverse = &Op{Kind: "card.move", Target: c.ID, Value: back}
	return r, nil
}

func (s *State) remove(e Entry) (Result, error) {
	c, err := s.card(e.Op.Target)
	if err != nil {
		return Result{}, err
	}
	gone := e.Op.Kind == "card.remove"
	if c.Removed == gone {
		return Result{}, nil // said twice, by two people
	}
	inverse := map[bool]string{true: "card.restore", false: "card.remove"}[gone]
	c.Removed, c.Gone = gone, e.N
	r := changed(c, e.N)
	r.Inverse = &Op{Kind: inverse, Target: c.ID}
	return r, nil
}

// conduct is what the facilitator does to the whole board.
func (s *State) conduct(e Entry) (Result, error) {
	switch e.Op.Kind {
	case "phase.set":
		return s.phase(e)
	case "zone.open", "zone.close":
		z, known := s.Zones[e.Op.Target]
		if !known {
			return Result{}, errUnknown()
		}
		z.Open, z.N = e.Op.Kind == "zone.open", e.N
		return Result{Changed: []string{"z/" + e.Op.Target}}, nil
	case "vote.open", "vote.close":
		v, known := s.Votes[e.Op.Target]
		if !known {
			return Result{}, errUnknown()
		}
		v.Open, v.N = e.Op.Kind == "vote.open", e.N
		return Result{Changed: []string{"v/" + e.Op.Target}}, nil
	case "board.freeze", "board.thaw":
		s.Desk.Frozen = e.Op.Kind == "board.freeze"
	case "prompt.set":
		var text string
		if read(e.Op.Value, &text) != nil || utf8.RuneCountInString(text) > MaxPrompt {
			return Result{}, errBad()
		}
		s.Desk.Prompt = text
	case "timer.start", "timer.more", "timer.stop":
		if err := s.timer(e); err != nil {
			return Result{}, err
		}
	default:
		return Result{}, errBad()
	}
	s.Desk.N = e.N
	return Result{Changed: []string{"desk"}}, nil
}

func (s *State) timer(e Entry) error {
	if e.Op.Kind == "timer.stop" {
		s.Desk.Timer = nil
		return nil
	}
	var seconds int
	if read(e.Op.Value, &seconds) != nil || seconds < 1 || seconds > MaxTimer {
		return errBad()
	}
	more := time.Duration(seconds) * time.Second
	if t := s.Desk.Timer; e.Op.Kind == "timer.more" && t != nil && t.Ends.After(e.At) {
		if t.Ends.Add(more).Sub(e.At) > MaxTimer*time.Second {
			return errBad()
		}
		s.Desk.Timer = &Timer{t.Began, t.Ends.Add(more)}
		return nil
	}
	s.Desk.Timer = &Timer{e.At, e.At.Add(more)}
	return nil
}

// phase goes to another phase: what was written in silence is revealed unless the new
// one is silent too, and the votes of the new phase are open alone.
func (s *State) phase(e Entry) (Result, error) {
	p, known := s.kit.Phase(e.Op.Target)
	if !known {
		return Result{}, errUnknown()
	}
	s.Desk.Phase, s.Desk.Timer, s.Desk.N = p.ID, nil, e.N
	r := Result{Changed: append([]string{"desk"}, s.openVotes(p)...)}
	if p.Hidden {
		return r, nil
	}
	for id, c := range s.Cards {
		if c.Hidden {
			c.Hidden, c.N = false, e.N
			r.Changed = append(r.Changed, "c/"+id)
		}
	}
	slices.Sort(r.Changed)
	return r, nil
}

// undo does the operation that undoes another, unless somebody has written or moved the
// same thing since.
func (s *State) undo(e Entry) (Result, error) {
	var inner Op
	if read(e.Op.Value, &inner) != nil || inner.Kind == "undo" {
		return Result{}, errBad()
	}
	c, err := s.card(inner.Target)
	if err != nil {
		return Result{}, err
	}
	since := int64(0)
	switch inner.Kind {
	case "card.set":
		if v := c.Fields[inner.Field]; v != nil {
			since = v.N
			if len(v.Alts) > 0 {
				since = v.Alts[len(v.Alts)-1].N
			}
		}
	case "card.move":
		since = c.Moved
	case "card.remove", "card.restore":
		since = c.Gone
	}
	if since > e.Op.Base {
		return Result{}, errs.New(errs.Conflict, "board.overwritten")
	}
	inner.Base = e.Op.Base
	e.Op = inner
	return s.apply(e)
}

func read(text json.RawMessage, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

func must(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types can be written
	}
	return text
}

// goodID says whether text may name a card that somebody adds.
func goodID(text string) bool {
	if len(text) < 10 || len(text) > 40 {
		return false
	}
	return !slices.ContainsFunc([]byte(text), func(b byte) bool { return (b < 'a' || b > 'z') && (b < '0' || b > '9') })
}

func contains(list []string, one string) bool { return slices.Contains(list, one) }
