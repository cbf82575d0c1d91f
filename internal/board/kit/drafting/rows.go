// Package drafting is how a kit is written: a kit to begin with, rows added, moved and removed with what named them, and what each part of it is.
package drafting

import (
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// rows is a list of a kit, named by its path: "zones", "cards.1.fields.0.choices".
type rows struct {
	count  int
	most   int
	add    func(title form.Localised)
	remove func(i int)
	swap   func(i, j int)
}

// over makes rows of a list. id gives the id of a row, nil for those that have none;
// blank makes a row; gone takes away what named the row of an id.
func over[T any](list *[]T, most int, id func(T) string, blank func(id string, title form.Localised) T, gone func(id string)) rows {
	return rows{
		count: len(*list), most: most,
		add: func(title form.Localised) {
			name := ""
			if id != nil {
				var taken []string
				for _, one := range *list {
					taken = append(taken, id(one))
				}
				name = Name(title.In("fr"), taken)
			}
			*list = append(*list, blank(name, title))
		},
		remove: func(i int) {
			name := ""
			if id != nil {
				name = id((*list)[i])
			}
			*list = slices.Delete(*list, i, i+1)
			if gone != nil {
				gone(name)
			}
		},
		swap: func(i, j int) { (*list)[i], (*list)[j] = (*list)[j], (*list)[i] },
	}
}

// Name makes an id from words, which none of taken is: lower-case letters, digits and
// underscores, as kit.Check wants it.
func Name(words string, taken []string) string {
	stem := strings.ReplaceAll(text.Slug(words), "-", "_")
	if stem == "" || stem[0] < 'a' || stem[0] > 'z' {
		stem = strings.Trim("n_"+stem, "_")
	}
	if len(stem) > 34 {
		stem = strings.Trim(stem[:34], "_")
	}
	id := stem
	for n := 2; slices.Contains(taken, id); n++ {
		id = stem + "_" + strconv.Itoa(n)
	}
	return id
}

// at finds a list of a kit by its path; false when there is none.
func at(k *kit.Kit, path string) (rows, bool) {
	parts := strings.Split(path, ".")
	switch len(parts) {
	case 1:
		return top(k, path)
	case 2:
		return over(&k.Notes.Steps, maxSteps, nil, func(_ string, title form.Localised) kit.Step { return kit.Step{Title: title} }, nil), path == "notes.steps"
	}
	i, err := strconv.Atoi(parts[1])
	if err != nil || i < 0 {
		return rows{}, false
	}
	switch {
	case len(parts) == 3 && parts[0] == "cards" && parts[2] == "fields" && i < len(k.Cards):
		return fields(k, &k.Cards[i]), true
	case len(parts) == 3 && parts[0] == "decks" && parts[2] == "prompts" && i < len(k.Decks):
		return over(&k.Decks[i].Prompts, kit.MaxPrompts, func(p kit.Prompt) string { return p.ID }, func(id string, title form.Localised) kit.Prompt { return kit.Prompt{ID: id, Title: title} }, nil), true
	case len(parts) == 3 && parts[0] == "votes" && parts[2] == "choices" && i < len(k.Votes):
		return choices(&k.Votes[i].Choices), true
	case len(parts) == 5 && parts[0] == "cards" && parts[2] == "fields" && parts[4] == "choices" && i < len(k.Cards):
		if j, err := strconv.Atoi(parts[3]); err == nil && j >= 0 && j < len(k.Cards[i].Fields) {
			return choices(&k.Cards[i].Fields[j].Choices), true
		}
	}
	return rows{}, false
}

// maxSteps bounds the steps of the notes, and maxOutputs what cards become: more is no
// help to who leads.
const (
	maxSteps   = 40
	maxOutputs = 40
)

func top(k *kit.Kit, path string) (rows, bool) {
	switch path {
	case "zones":
		return over(&k.Zones, kit.MaxZones, func(z kit.Zone) string { return z.ID }, func(id string, title form.Localised) kit.Zone { return kit.Zone{ID: id, Title: title} }, k0(k).zoneGone), true
	case "cards":
		return over(&k.Cards, kit.MaxCards, func(c kit.Card) string { return c.ID }, blankCard, k0(k).cardGone), true
	case "decks":
		return over(&k.Decks, kit.MaxDecks, func(d kit.Deck) string { return d.ID }, func(id string, title form.Localised) kit.Deck {
			return kit.Deck{ID: id, Title: title, Card: first(k), Prompts: []kit.Prompt{{ID: "first", Title: title}}}
		}, nil), true
	case "phases":
		return over(&k.Phases, kit.MaxPhases, func(p kit.Phase) string { return p.ID }, func(id string, title form.Localised) kit.Phase { return kit.Phase{ID: id, Title: title} }, k0(k).phaseGone), true
	case "votes":
		return over(&k.Votes, kit.MaxVotes, func(v kit.Vote) string { return v.ID }, func(id string, title form.Localised) kit.Vote {
			return kit.Vote{ID: id, Title: title, Kind: kit.Dots, Budget: 3}
		}, k0(k).voteGone), true
	case "outputs":
		return over(&k.Outputs, maxOutputs, nil, func(string, form.Localised) kit.Output { return firstOutput(k) }, nil), true
	}
	return rows{}, false
}

func fields(k *kit.Kit, c *kit.Card) rows {
	return over(&c.Fields, kit.MaxFields, func(f kit.Field) string { return f.ID }, func(id string, title form.Localised) kit.Field {
		return kit.Field{ID: id, Type: kit.Text, Label: title}
	}, func(id string) { k0(k).fieldGone(c.ID, id) })
}

func choices(list *[]kit.Option) rows {
	return over(list, kit.MaxChoices, func(o kit.Option) string { return o.ID }, func(id string, title form.Localised) kit.Option { return kit.Option{ID: id, Label: title} }, nil)
}

// blankCard has the field without which there is no card.
func blankCard(id string, title form.Localised) kit.Card {
	return kit.Card{ID: id, Title: title, Fields: []kit.Field{{ID: "text", Type: kit.Text, Label: title, Required: true}}}
}

func first(k *kit.Kit) string {
	if len(k.Cards) == 0 {
		return ""
	}
	return k.Cards[0].ID
}

// firstOutput makes an idea of the first type of card, from its first text.
func firstOutput(k *kit.Kit) kit.Output {
	o := kit.Output{Becomes: kit.Idea, Card: first(k)}
	card, _ := k.Card(o.Card)
	for _, f := range card.Fields {
		if f.Type == kit.Text {
			o.Title = f.ID
			break
		}
	}
	return o
}

// Add puts a row at the end of a list and gives its number. Errors: Conflict kit.row_gone
// when the list is not there any more; Invalid when it is full.
func Add(k *kit.Kit, list string, title form.Localised) (int, error) {
	r, there := at(k, list)
	if !there {
		return 0, gone()
	}
	if r.count >= r.most {
		return 0, errs.NewInvalid("kit.invalid", []errs.Field{{Path: list, Key: "kit.too_many", Args: []any{r.most}}})
	}
	r.add(title)
	return r.count, nil
}

// Remove takes a row away, and what named it: a phase is not held in a zone that is no
// more. What a row must name and does not find is left for Check to say. Error: Conflict
// kit.row_gone.
func Remove(k *kit.Kit, row string) error {
	r, i, there := rowAt(k, row)
	if !there {
		return gone()
	}
	r.remove(i)
	return nil
}

// Move puts a row one place further, or one place back; at the edge it stays. Error:
// Conflict kit.row_gone.
func Move(k *kit.Kit, row string, further bool) error {
	r, i, there := rowAt(k, row)
	if !there {
		return gone()
	}
	j := i - 1
	if further {
		j = i + 1
	}
	if j >= 0 && j < r.count {
		r.swap(i, j)
	}
	return nil
}

func gone() error { return errs.New(errs.Conflict, "kit.row_gone") }

func rowAt(k *kit.Kit, row string) (rows, int, bool) {
	cut := strings.LastIndexByte(row, '.')
	if cut < 0 {
		return rows{}, 0, false
	}
	r, there := at(k, row[:cut])
	i, err := strconv.Atoi(row[cut+1:])
	return r, i, there && err == nil && i >= 0 && i < r.count
}
