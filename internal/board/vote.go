package board

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// over is the value of a cast of a vote by pairs: the card is preferred to another, or,
// when it is taken back, nothing is said of the two any more.
type over struct {
	Over string `json:"over"`
	Back bool   `json:"back,omitempty"`
}

// cast keeps what somebody says of a card.
func (s *State) cast(e Entry) (Result, error) {
	vote, known := s.Votes[e.Op.Field]
	if !known {
		return Result{}, errUnknown()
	}
	c, err := s.card(e.Op.Target)
	if err != nil || c.Removed {
		return Result{}, errUnknown()
	}
	v, _ := s.kit.Vote(e.Op.Field)
	if len(v.Cards) > 0 && !slices.Contains(v.Cards, c.Type) {
		return Result{}, errUnknown()
	}
	person := e.Person
	if v.Shared {
		person = ""
	}
	key, err := s.castKey(v, c, e.Op.Value)
	if err != nil {
		return Result{}, err
	}
	mine := vote.Casts[person]
	old, had := mine[key]
	back := old
	if !had {
		back = json.RawMessage("null")
		if v.Kind == kit.Pairs {
			back = must(over{strings.Trim(strings.Replace(key, c.ID, "", 1), "|"), true})
		}
	}
	if v.Kind == kit.Dots && left(v, mine, key, e.Op.Value) < 0 {
		return Result{}, errs.New(errs.Conflict, "board.no_dots", v.Budget)
	}
	if mine == nil {
		mine = map[string]json.RawMessage{}
		vote.Casts[person] = mine
	}
	if takenBack(v, e.Op.Value) {
		delete(mine, key)
		if len(mine) == 0 {
			delete(vote.Casts, person)
		}
	} else {
		mine[key] = e.Op.Value
	}
	vote.N = e.N
	return Result{Changed: []string{"v/" + v.ID}, Inverse: &Op{Kind: "vote.cast", Target: c.ID, Field: v.ID, Value: back}}, nil
}

// takenBack says whether a value takes back what was cast.
func takenBack(v kit.Vote, value json.RawMessage) bool {
	var o over
	switch {
	case bytes.Equal(value, []byte("null")):
		return true
	case v.Kind == kit.Dots:
		return dots(value) == 0
	default:
		return v.Kind == kit.Pairs && read(value, &o) == nil && o.Back
	}
}

// castKey is under which key a cast is kept, and whether its value is one: null is one
// for every vote.
func (s *State) castKey(v kit.Vote, c *Card, value json.RawMessage) (string, error) {
	bad := errs.New(errs.Invalid, "board.bad_value", v.ID)
	if v.Kind == kit.Pairs {
		var o over
		if read(value, &o) != nil {
			return "", bad // null too: which pair would be taken back?
		}
		other, there := s.Cards[o.Over]
		if !there || other.Removed || other.ID == c.ID || len(v.Cards) > 0 && !slices.Contains(v.Cards, other.Type) {
			return "", bad
		}
		return min(c.ID, other.ID) + "|" + max(c.ID, other.ID), nil
	}
	if bytes.Equal(value, []byte("null")) {
		return c.ID, nil
	}
	switch v.Kind {
	case kit.Dots, kit.Score:
		var n int
		least, most := 0, v.Budget
		if v.Kind == kit.Score {
			least, most = 1, len(v.Choices)
		} else if v.Most > 0 {
			most = v.Most
		}
		if json.Unmarshal(value, &n) != nil || n < least || n > most {
			return "", bad
		}
	case kit.Bins:
		var bin string
		if json.Unmarshal(value, &bin) != nil || !slices.ContainsFunc(v.Choices, func(o kit.Option) bool { return o.ID == bin }) {
			return "", bad
		}
	}
	return c.ID, nil
}

// left is how many dots somebody would have left.
func left(v kit.Vote, mine map[string]json.RawMessage, key string, value json.RawMessage) int {
	n := v.Budget - dots(value)
	for k, one := range mine {
		if k != key {
			n -= dots(one)
		}
	}
	return n
}

func dots(value json.RawMessage) (n int) {
	if json.Unmarshal(value, &n) != nil {
		return 0
	}
	return n
}

// Tally is what a vote gives for a card: how many people said something of it, the sum
// of dots or of levels, how many chose each level or bin, and in how many pairs it was
// preferred.
type Tally struct {
	People int   `json:"people"`
	Sum    int   `json:"sum,omitempty"`
	Counts []int `json:"counts,omitempty"` // in the order of the choices
	Won    int   `json:"won,omitempty"`
}

// Count counts a vote, card by card.
func (s *State) Count(id string) map[string]*Tally {
	v, known := s.kit.Vote(id)
	vote := s.Votes[id]
	if !known || vote == nil {
		return nil
	}
	all := map[string]*Tally{}
	for id, t := range vote.Before {
		one := *t
		one.Counts = slices.Clone(t.Counts)
		all[id] = &one
	}
	of := func(card string) *Tally {
		if all[card] == nil {
			all[card] = &Tally{}
			if len(v.Choices) > 0 {
				all[card].Counts = make([]int, len(v.Choices))
			}
		}
		return all[card]
	}
	for _, mine := range vote.Casts {
		for key, value := range mine {
			if v.Kind == kit.Pairs {
				s.countPair(key, value, of)
				continue
			}
			t := of(key)
			t.People++
			switch v.Kind {
			case kit.Dots:
				t.Sum += dots(value)
			case kit.Score:
				n := dots(value)
				t.Sum += n
				t.Counts[n-1]++
			case kit.Bins:
				var bin string
				if json.Unmarshal(value, &bin) == nil {
					t.Counts[slices.IndexFunc(v.Choices, func(o kit.Option) bool { return o.ID == bin })]++
				}
			}
		}
	}
	return all
}

func (s *State) countPair(key string, value json.RawMessage, of func(string) *Tally) {
	a, b, _ := strings.Cut(key, "|")
	var o over
	if json.Unmarshal(value, &o) != nil {
		return
	}
	won := a
	if o.Over == a {
		won = b
	}
	of(a).People++
	of(b).People++
	of(won).Won++
}
