package board

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// Content is what a board that was read from a file holds: what somebody saw of it. The
// authors are not people of this gathering; they keep their names.
type Content struct {
	Desk  Desk                 `json:"desk"`
	Zones map[string]Zone      `json:"zones,omitempty"`
	Cards map[string]*CardView `json:"cards,omitempty"`
	Votes map[string]VoteView  `json:"votes,omitempty"`
	Names map[string]string    `json:"names,omitempty"` // of authors, by the name that cards give them
}

// MaxName bounds the name of an author, in characters.
const MaxName = 200

// bring makes the board what a file holds. It is the first entry of its log.
func (s *State) bring(e Entry) (Result, error) {
	var c Content
	if s.Names != nil || e.N != 1 || read(e.Op.Value, &c) != nil {
		return Result{}, errBad()
	}
	if err := c.check(s.kit, s.Variant); err != nil {
		return Result{}, err
	}
	s.Names = map[string]string{}
	for id, name := range c.Names {
		s.Names[id] = name
	}
	s.Desk = Desk{Phase: c.Desk.Phase, Frozen: c.Desk.Frozen, Prompt: c.Desk.Prompt, N: e.N}
	for id, z := range c.Zones {
		s.Zones[id] = &Zone{Open: z.Open, N: e.N}
	}
	for id, v := range c.Votes {
		s.Votes[id] = &Vote{Open: v.Open, Casts: map[string]map[string]json.RawMessage{}, Before: v.Tally, People: v.People, N: e.N}
	}
	for id, v := range c.Cards {
		s.Cards[id] = v.card(e)
	}
	return Result{Changed: s.Keys(-1)}, nil
}

// card is a card as it was, at the number of an entry.
func (v *CardView) card(e Entry) *Card {
	c := &Card{ID: v.ID, Type: v.Type, Prompt: v.Prompt, By: v.By, At: e.At, Hidden: v.Hidden, Removed: v.Removed, N: e.N, Place: v.Place, Fields: map[string]*Value{}}
	if v.At != nil {
		c.At = *v.At
	}
	if v.Removed {
		c.Gone = e.N
	}
	for id, f := range v.Fields {
		value := &Value{V: f.V, By: f.By, N: e.N}
		for _, a := range f.Alts {
			value.Alts = append(value.Alts, Alt{V: a.V, By: a.By, N: e.N})
		}
		c.Fields[id] = value
	}
	return c
}

func (c Content) check(k *kit.Kit, variant string) error {
	if len(c.Cards) > MaxCards {
		return errs.New(errs.Conflict, "board.too_many")
	}
	if err := CheckDesk(k, c.Desk); err != nil {
		return err
	}
	for id := range c.Zones {
		if _, known := k.Zone(id); !known {
			return errUnknown()
		}
	}
	for id, v := range c.Votes {
		if err := CheckVote(k, id, v); err != nil {
			return err
		}
	}
	for id, v := range c.Cards {
		if v == nil || v.ID != id {
			return errBad()
		}
		if err := CheckCard(k, variant, *v); err != nil {
			return err
		}
	}
	for id, name := range c.Names {
		if !goodAuthor(id) || utf8.RuneCountInString(name) > MaxName || !plain(name) {
			return errBad()
		}
	}
	return nil
}

// goodAuthor says whether text names the author of something that was read from a file: no
// participant is named so.
func goodAuthor(id string) bool { return strings.HasPrefix(id, "imported-") && len(id) < 40 }

// plain says whether a text can be kept by both engines.
func plain(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// CheckDesk says whether the desk of a file is one of a board made from a kit.
func CheckDesk(k *kit.Kit, d Desk) error {
	if _, known := k.Phase(d.Phase); !known {
		return errs.New(errs.Invalid, "board.import_phase", d.Phase)
	}
	if utf8.RuneCountInString(d.Prompt) > MaxPrompt || !plain(d.Prompt) {
		return errs.New(errs.Invalid, "board.import_prompt", MaxPrompt)
	}
	return nil
}

// CheckVote says whether what a file gives of a vote may come of one of a kit.
func CheckVote(k *kit.Kit, id string, v VoteView) error {
	vote, known := k.Vote(id)
	if !known {
		return errs.New(errs.Invalid, "board.import_vote", id)
	}
	bad := errs.New(errs.Invalid, "board.import_tally", id)
	if v.People < 0 || v.People > 1e6 {
		return bad
	}
	for _, t := range v.Tally {
		if t == nil || t.People < 0 || t.Sum < 0 || t.Won < 0 || t.Won > t.People || t.People > 1e6 || t.Sum > 1e9 || len(t.Counts) != len(vote.Choices) {
			return bad
		}
		if slices.ContainsFunc(t.Counts, func(n int) bool { return n < 0 || n > 1e6 }) {
			return bad
		}
	}
	return nil
}

// CheckCard says whether a card of a file may lie on a board made from a kit: its type, its
// zone, its rank, what it says. Authors are names that a file gives to nobody of this install.
func CheckCard(k *kit.Kit, variant string, v CardView) error {
	kind, known := k.Card(v.Type)
	if !known {
		return errs.New(errs.Invalid, "board.import_type", v.Type)
	}
	zone, known := k.Zone(v.Zone)
	if !known || len(zone.Cards) > 0 && !slices.Contains(zone.Cards, v.Type) {
		return errs.New(errs.Invalid, "board.import_zone", v.Zone)
	}
	dealt := strings.HasPrefix(v.ID, "dealt-") && len(v.ID) < 200 && plain(v.ID)
	if !dealt && !goodID(v.ID) || !goodOrder(v.Order) || outside(v.X) || outside(v.Y) {
		return errs.New(errs.Invalid, "board.import_place")
	}
	s := &State{kit: k, Variant: variant}
	if v.Prompt != "" && !s.asks(v.Prompt, v.Type) {
		return errs.New(errs.Invalid, "board.import_asked", v.Prompt)
	}
	if v.At != nil && (v.At.Year() < 2000 || v.At.After(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC))) {
		return errs.New(errs.Invalid, "board.import_at")
	}
	authors := []string{v.By}
	for id, f := range v.Fields {
		field, known := kind.Field(id)
		if !known {
			return errs.New(errs.Invalid, "board.import_field", id)
		}
		values := []json.RawMessage{f.V}
		authors = append(authors, f.By)
		for _, a := range f.Alts {
			values, authors = append(values, a.V), append(authors, a.By)
		}
		if len(f.Alts) > MaxAlts {
			return errs.New(errs.Invalid, "board.too_many_versions")
		}
		for _, one := range values {
			if len(one) == 0 || len(one) > MaxOp {
				return errs.New(errs.Invalid, "board.bad_value", id)
			}
			if err := goodValue(field, one); err != nil {
				return err
			}
		}
	}
	if slices.ContainsFunc(authors, func(by string) bool { return by != "" && !goodAuthor(by) }) {
		return errBad()
	}
	return nil
}

func outside(x *float64) bool { return x != nil && !(*x >= 0 && *x <= 1) }
