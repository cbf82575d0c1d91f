package drafting

import (
	"slices"

	"transformateur/internal/board/kit"
)

// Example is a card as a board of the kit may hold it: the type of card, and the prompt
// that it answers if it answers one.
type Example struct {
	Card   kit.Card
	Prompt kit.Prompt // without id when it answers none
	Dealt  bool       // there when the board opens; the others are drawn or written
}

// Shown is a zone with examples of its cards, and how many more a board begins with.
type Shown struct {
	Zone     kit.Zone
	Examples []Example
	More     int
}

// perZone is how many examples show what a zone is for.
const perZone = 3

// Examples shows the zones of a kit with cards: those that its decks deal there, those
// that answer its prompts, or an empty one of each type that the zone takes. It takes kits
// with faults as they are. variant picks the decks, as when a board is made.
func Examples(k *kit.Kit, variant string) (list []Shown) {
	if variants := k.Variants(); !slices.Contains(variants, variant) {
		variant = ""
		if len(variants) > 0 {
			variant = variants[0]
		}
	}
	for _, z := range k.Zones {
		shown := Shown{Zone: z}
		put := func(e Example) {
			if len(shown.Examples) < perZone {
				shown.Examples = append(shown.Examples, e)
			} else if e.Dealt {
				shown.More++
			}
		}
		for _, dealt := range []bool{true, false} {
			for _, d := range k.Decks {
				if d.Variant != "" && d.Variant != variant || (d.Deal != "") != dealt {
					continue
				}
				card, known := k.Card(d.Card)
				if !known || !takes(z, card) {
					continue
				}
				for _, p := range d.Prompts {
					if where(k, d, p) == z.ID {
						put(Example{Card: card, Prompt: p, Dealt: dealt})
					}
				}
			}
		}
		if len(shown.Examples) == 0 {
			for _, card := range k.Cards {
				if takes(z, card) {
					put(Example{Card: card})
				}
			}
		}
		list = append(list, shown)
	}
	return list
}

// where is the zone in which the answer to a prompt lies; one that is asked anywhere is
// shown in the first zone that takes its answer.
func where(k *kit.Kit, d kit.Deck, p kit.Prompt) string {
	if p.Zone != "" {
		return p.Zone
	}
	if d.Deal != "" {
		return d.Deal
	}
	for _, z := range k.Zones {
		if card, known := k.Card(d.Card); known && takes(z, card) {
			return z.ID
		}
	}
	return ""
}

func takes(z kit.Zone, c kit.Card) bool {
	return len(z.Cards) == 0 || slices.Contains(z.Cards, c.ID)
}
