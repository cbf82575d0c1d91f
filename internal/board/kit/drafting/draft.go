package drafting

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/board/kit"
	"transformateur/internal/form"
)

// Words are the texts that a kit made from nothing begins with.
type Words struct {
	Title, Zone, Card, Text, Phase form.Localised
}

// Blank is the least kit that can be used: one zone, one card with a text, one phase.
func Blank(w Words) *kit.Kit {
	return &kit.Kit{
		Version: kit.Version, ID: Name(w.Title.In("fr"), nil), Title: w.Title, Layout: kit.Columns,
		Zones:  []kit.Zone{{ID: Name(w.Zone.In("fr"), nil), Title: w.Zone}},
		Cards:  []kit.Card{{ID: Name(w.Card.In("fr"), nil), Title: w.Card, Fields: []kit.Field{{ID: "text", Type: kit.Text, Label: w.Text, Required: true}}}},
		Phases: []kit.Phase{{ID: Name(w.Phase.In("fr"), nil), Title: w.Phase}},
	}
}

// Copy is a kit that can be changed without changing the first.
func Copy(k *kit.Kit) *kit.Kit {
	var next kit.Kit
	if err := json.Unmarshal(k.Encode(), &next); err != nil {
		panic(fmt.Errorf("copy kit %s: %w", k.ID, err)) // what Encode writes can be read
	}
	return &next
}

// Tidy is the kit without what its choices make useless: the answers of a field that
// offers none, the dots of a vote that has none, the axes of what is no matrix. A draft
// keeps them, so that choosing a type and coming back loses nothing; nothing else sees them.
func Tidy(k *kit.Kit) *kit.Kit {
	k = Copy(k)
	if k.Layout != kit.Matrix {
		k.Axes = nil
	}
	for i := range k.Cards {
		for j := range k.Cards[i].Fields {
			f := &k.Cards[i].Fields[j]
			if !Offers(f.Type) {
				f.Choices = nil
			}
			if f.Type != kit.Text {
				f.Most = 0
			}
		}
	}
	for i := range k.Votes {
		v := &k.Votes[i]
		if v.Kind != kit.Dots {
			v.Budget, v.Most = 0, 0
		}
		if !Scaled(v.Kind) {
			v.Choices, v.Shared = nil, false
		}
	}
	return k
}

// Offers says whether a field has answers to choose from.
func Offers(t kit.FieldType) bool { return t == kit.Choice || t == kit.Level }

// Scaled says whether a vote has answers to choose from.
func Scaled(v kit.VoteKind) bool { return v == kit.Score || v == kit.Bins }

// Parts are the parts in which a kit is written, in the order in which one thinks of them.
var Parts = []string{"about", "zones", "cards", "decks", "phases", "votes", "roles", "outputs"}

// PartOf is the part in which a fault of Check is mended, by the path of the fault.
func PartOf(path string) string {
	name := path
	for i, c := range path {
		if c == '.' {
			name = path[:i]
			break
		}
	}
	switch {
	case name == "axes" || name == "layout":
		return "zones"
	case slices.Contains(Parts, name):
		return name
	}
	return "about"
}

// Mark is what a part says, to tell whether somebody changed it meanwhile.
func Mark(k *kit.Kit, part string) string {
	var said any
	switch part {
	case "about":
		said = []any{k.Title, k.Notes}
	case "zones":
		said = []any{k.Layout, k.Axes, k.Zones}
	case "cards":
		said = k.Cards
	case "decks":
		said = k.Decks
	case "phases":
		said = k.Phases
	case "votes":
		said = k.Votes
	case "roles":
		said = []any{k.Zones, k.Votes, k.Phases}
	case "outputs":
		said = k.Outputs
	}
	return digest(said)
}

// Shape names the rows of a part, in their order: what a page shows by number falls on
// the same rows while the shape is the same.
func Shape(k *kit.Kit, part string) string {
	var said []string
	add := func(path, id string) { said = append(said, path+" "+id) }
	switch part {
	case "about":
		said = append(said, fmt.Sprint(len(k.Notes.Steps)))
	case "outputs":
		said = append(said, fmt.Sprint(len(k.Outputs)))
	case "cards":
		for _, c := range k.Cards {
			add("card", c.ID)
			for _, f := range c.Fields {
				add("field", f.ID)
				for _, o := range f.Choices {
					add("choice", o.ID)
				}
			}
		}
	case "decks":
		for _, d := range k.Decks {
			add("deck", d.ID)
			for _, p := range d.Prompts {
				add("prompt", p.ID)
			}
		}
	}
	if part == "zones" || part == "roles" {
		for _, z := range k.Zones {
			add("zone", z.ID)
		}
	}
	if part == "phases" || part == "roles" {
		for _, p := range k.Phases {
			add("phase", p.ID)
		}
	}
	if part == "votes" || part == "roles" {
		for _, v := range k.Votes {
			add("vote", v.ID)
			for _, o := range v.Choices {
				add("choice", o.ID)
			}
		}
	}
	return digest(said)
}

func digest(said any) string {
	text, err := json.Marshal(said)
	if err != nil {
		panic(err) // nothing in a kit cannot be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
