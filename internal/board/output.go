package board

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"transformateur/internal/board/kit"
)

// Item is what a card becomes in the file of its project.
type Item struct {
	Becomes    kit.Becomes
	Card       string
	By         string // who wrote the card
	Title      string
	Detail     string
	Level      int64 // 0: none was said
	LevelLabel string
	Owner      string
	Due        string // YYYY-MM-DD, or ""
	Amount     *int64 // cents of euro
	Body       json.RawMessage
}

// Items are what the cards of a board become, card by card in a stable order. What is not
// revealed, or was removed, or says nothing yet, becomes nothing. Labels are in lang.
func (s *State) Items(lang string) (list []Item) {
	for _, id := range slices.Sorted(maps.Keys(s.Cards)) {
		c := s.Cards[id]
		if c.Removed || c.Hidden {
			continue
		}
		for _, o := range s.kit.Outputs {
			if o.Card != c.Type || len(o.Zones) > 0 && !slices.Contains(o.Zones, c.Zone) {
				continue
			}
			item, some := s.item(c, o, lang)
			if some && !slices.ContainsFunc(list, func(i Item) bool { return i.Card == id && i.Becomes == item.Becomes }) {
				list = append(list, item)
			}
		}
	}
	return list
}

func (s *State) item(c *Card, o kit.Output, lang string) (Item, bool) {
	card, _ := s.kit.Card(c.Type)
	item := Item{Becomes: o.Becomes, Card: c.ID, By: c.By, Title: c.said(card, o.Title, lang), Owner: c.said(card, o.Owner, lang), Due: c.said(card, o.Due, lang)}
	if o.Becomes == kit.Dimension {
		return s.dimension(item, c, o, lang)
	}
	if item.Title == "" {
		return item, false
	}
	if p, asked := s.Prompt(c.Prompt); asked {
		item.Detail = p.Title.In(lang)
	}
	if f, there := card.Field(o.Level); there && c.Fields[f.ID] != nil {
		item.LevelLabel = c.said(card, f.ID, lang)
		item.Level = int64(1 + slices.IndexFunc(f.Choices, func(one kit.Option) bool { return one.Label.In(lang) == item.LevelLabel }))
	}
	if v := c.Fields[o.Amount]; o.Amount != "" && v != nil {
		var cents int64
		if json.Unmarshal(v.V, &cents) == nil && string(v.V) != "null" {
			item.Amount = &cents
		}
	}
	item.Body = c.body()
	return item, true
}

// dimension is a score with the gap between people: the median level, and from which to
// which the others go.
func (s *State) dimension(item Item, c *Card, o kit.Output, lang string) (Item, bool) {
	vote, known := s.kit.Vote(o.Vote)
	tally := s.Count(o.Vote)[c.ID]
	if !known || tally == nil || tally.People == 0 || vote.Secret && s.Votes[o.Vote].Open {
		return item, false
	}
	if item.Title == "" {
		if p, asked := s.Prompt(c.Prompt); asked {
			item.Title = p.Title.In(lang)
		}
	}
	low, median, high := Spread(tally.Counts)
	item.Level, item.LevelLabel = int64(median), vote.Choices[median-1].Label.In(lang)
	if low != high {
		item.Detail = vote.Choices[low-1].Label.In(lang) + " – " + vote.Choices[high-1].Label.In(lang)
	}
	item.Body = must(map[string]any{"counts": tally.Counts, "people": tally.People, "moments": s.Moments(c, lang)})
	return item, item.Title != ""
}

// Moment is how a dimension was scored at one time: alone, together, later.
type Moment struct {
	Vote   string `json:"vote"`
	Title  string `json:"title"`
	People int    `json:"people"`
	Low    int    `json:"low"` // from 1; how far apart people are is High - Low
	Median int    `json:"median"`
	High   int    `json:"high"`
	Most   int    `json:"most"` // the highest level there is
}

// Moments are the scores of a card that becomes a dimension, the first one first: those
// that are open and secret are not told.
func (s *State) Moments(c *Card, lang string) (list []Moment) {
	for _, o := range slices.Backward(s.kit.Outputs) { // outputs name the latest first
		vote, known := s.kit.Vote(o.Vote)
		if o.Becomes != kit.Dimension || o.Card != c.Type || !known || vote.Secret && s.Votes[o.Vote].Open {
			continue
		}
		tally := s.Count(o.Vote)[c.ID]
		if tally == nil || tally.People == 0 {
			continue
		}
		low, median, high := Spread(tally.Counts)
		list = append(list, Moment{o.Vote, vote.Title.In(lang), tally.People, low, median, high, len(vote.Choices)})
	}
	return list
}

// Spread gives the lowest level that somebody chose, the median (the lower one of two),
// and the highest, from how many chose each; 0 where nobody did.
func Spread(counts []int) (low, median, high int) {
	all, seen := 0, 0
	for _, n := range counts {
		all += n
	}
	for i, n := range counts {
		if n == 0 {
			continue
		}
		if low == 0 {
			low = i + 1
		}
		if seen += n; median == 0 && 2*seen >= all {
			median = i + 1
		}
		high = i + 1
	}
	return low, median, high
}

// said is what a field of a card says, in words; "" for nothing.
func (c *Card) said(card kit.Card, id, lang string) string {
	f, there := card.Field(id)
	v := c.Fields[id]
	if !there || v == nil {
		return ""
	}
	return Said(f, v.V, lang)
}

// Said is a value of a field in words: the label of a choice or of a level, else its text.
func Said(f kit.Field, value json.RawMessage, lang string) string {
	var text string
	switch f.Type {
	case kit.Level:
		if n := dots(value); n >= 1 && n <= len(f.Choices) {
			return f.Choices[n-1].Label.In(lang)
		}
		return ""
	case kit.Amount:
		return strings.Trim(string(value), `"`)
	}
	if json.Unmarshal(value, &text) != nil {
		return ""
	}
	if f.Type == kit.Choice {
		for _, o := range f.Choices {
			if o.ID == text {
				return o.Label.In(lang)
			}
		}
		return ""
	}
	return strings.TrimSpace(text)
}

// body is all that a card says, by field.
func (c *Card) body() json.RawMessage {
	said := map[string]json.RawMessage{}
	for id, v := range c.Fields {
		said[id] = v.V
	}
	return must(said)
}

// Prompt finds a prompt of the decks of the board: "deck.prompt".
func (s *State) Prompt(name string) (kit.Prompt, bool) {
	deck, id, _ := strings.Cut(name, ".")
	for _, d := range s.kit.Decks {
		if d.ID != deck || !s.plays(d) {
			continue
		}
		for _, p := range d.Prompts {
			if p.ID == id {
				return p, true
			}
		}
	}
	return kit.Prompt{}, false
}

// Decks are those of the board.
func (s *State) Decks() (list []kit.Deck) {
	for _, d := range s.kit.Decks {
		if s.plays(d) {
			list = append(list, d)
		}
	}
	return list
}

// Lies lists the cards that lie in a zone, in their order, removed ones left out.
func (s *State) Lies(zone string) (list []*Card) {
	for _, c := range s.Cards {
		if c.Zone == zone && !c.Removed {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *Card) int {
		switch {
		case a.Order != b.Order:
			return strings.Compare(a.Order, b.Order)
		default:
			return strings.Compare(a.ID, b.ID)
		}
	})
	return list
}

// Written counts the cards that somebody wrote and that are there, hidden ones too.
func (s *State) Written() (n int) {
	for _, c := range s.Cards {
		if c.By != "" && !c.Removed {
			n++
		}
	}
	return n
}
