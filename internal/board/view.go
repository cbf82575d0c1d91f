package board

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Object is what somebody sees of one thing of a board, as JSON; Key is "desk", "z/"
// and a zone, "c/" and a card, "v/" and a vote, "m/" and a vote for what she cast.
type Object struct {
	Key  string
	JSON json.RawMessage
}

// CardView is what is seen of a card. Of one that is not revealed, others see that it is
// there, and in which zone, and nothing else.
type CardView struct {
	ID      string               `json:"id"`
	Type    string               `json:"type,omitempty"`
	Prompt  string               `json:"prompt,omitempty"`
	By      string               `json:"by,omitempty"`
	At      *time.Time           `json:"at,omitempty"`
	Fields  map[string]ValueView `json:"fields,omitempty"`
	Hidden  bool                 `json:"hidden,omitempty"`
	Removed bool                 `json:"removed,omitempty"`
	N       int64                `json:"n"`
	Place
}

// ValueView is what is seen of a field.
type ValueView struct {
	V    json.RawMessage `json:"v"`
	By   string          `json:"by,omitempty"`
	N    int64           `json:"n"`
	Alts []AltView       `json:"alts,omitempty"`
}

// AltView is what is seen of a version that waits for a choice.
type AltView struct {
	V  json.RawMessage `json:"v"`
	By string          `json:"by,omitempty"`
	N  int64           `json:"n"`
}

// VoteView is what is seen of a vote: how many people took part, and, unless it is
// secret and open, what it gives.
type VoteView struct {
	Open   bool              `json:"open"`
	People int               `json:"people"`
	Tally  map[string]*Tally `json:"tally,omitempty"`
	N      int64             `json:"n"`
}

// Common is what everybody sees of the things under some keys.
func (s *State) Common(keys []string) []Object {
	list := make([]Object, 0, len(keys))
	for _, key := range keys {
		kind, id, _ := strings.Cut(key, "/")
		switch kind {
		case "desk":
			list = append(list, Object{key, must(s.Desk)})
		case "z":
			list = append(list, Object{key, must(s.Zones[id])})
		case "c":
			list = append(list, Object{key, must(s.Cards[id].view(s.Cards[id].Hidden))})
		case "v":
			list = append(list, Object{key, must(s.vote(id))})
		}
	}
	return list
}

// Own is what one person sees, beyond what everybody sees, of the things under some
// keys: the cards she wrote that are not revealed, and what she cast.
func (s *State) Own(person string, keys []string) (list []Object) {
	for _, key := range keys {
		kind, id, _ := strings.Cut(key, "/")
		switch {
		case kind == "c" && s.Cards[id].Hidden && s.Cards[id].By == person:
			list = append(list, Object{key, must(s.Cards[id].view(false))})
		case kind == "v":
			if v, _ := s.kit.Vote(id); !v.Shared {
				mine := s.Votes[id].Casts[person]
				if mine == nil {
					mine = map[string]json.RawMessage{}
				}
				list = append(list, Object{"m/" + id, must(mine)})
			}
		}
	}
	return list
}

// Authors are those who see more than everybody of the things under some keys: only
// they are sent anything of their own.
func (s *State) Authors(keys []string, by string) (people []string) {
	for _, key := range keys {
		kind, id, _ := strings.Cut(key, "/")
		switch {
		case kind == "c" && s.Cards[id].Hidden:
			people = append(people, s.Cards[id].By)
		case kind == "v":
			people = append(people, by)
		}
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// Keys are those of all that changed after a number, in a stable order; all that there
// is after a negative one.
func (s *State) Keys(after int64) (keys []string) {
	if s.Desk.N > after || after < 0 {
		keys = append(keys, "desk")
	}
	for _, id := range slices.Sorted(maps.Keys(s.Zones)) {
		if s.Zones[id].N > after || after < 0 {
			keys = append(keys, "z/"+id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Votes)) {
		if s.Votes[id].N > after || after < 0 {
			keys = append(keys, "v/"+id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Cards)) {
		if s.Cards[id].N > after || after < 0 {
			keys = append(keys, "c/"+id)
		}
	}
	return keys
}

// People are those who wrote something that is on the board.
func (s *State) People() (list []string) {
	for _, c := range s.Cards {
		if c.Hidden {
			continue // not even who wrote it is told
		}
		list = append(list, c.By)
		for _, v := range c.Fields {
			list = append(list, v.By)
			for _, a := range v.Alts {
				list = append(list, a.By)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (c *Card) view(masked bool) CardView {
	if masked {
		return CardView{ID: c.ID, Hidden: true, Removed: c.Removed, N: c.N, Place: Place{Zone: c.Zone, Order: c.Order}}
	}
	v := CardView{ID: c.ID, Type: c.Type, Prompt: c.Prompt, By: c.By, At: &c.At, Hidden: c.Hidden, Removed: c.Removed, N: c.N, Place: c.Place}
	if len(c.Fields) > 0 {
		v.Fields = make(map[string]ValueView, len(c.Fields))
	}
	for id, f := range c.Fields {
		view := ValueView{V: f.V, By: f.By, N: f.N}
		for _, a := range f.Alts {
			view.Alts = append(view.Alts, AltView{a.V, a.By, a.N})
		}
		v.Fields[id] = view
	}
	return v
}

func (s *State) vote(id string) VoteView {
	v, _ := s.kit.Vote(id)
	vote := s.Votes[id]
	view := VoteView{Open: vote.Open, People: len(vote.Casts) + vote.People, N: vote.N}
	if !v.Secret || !vote.Open {
		view.Tally = s.Count(id)
	}
	return view
}
