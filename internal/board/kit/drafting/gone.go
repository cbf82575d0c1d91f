package drafting

import (
	"slices"

	"transformateur/internal/board/kit"
)

// named is a kit whose rows name each other.
type named struct{ *kit.Kit }

func k0(k *kit.Kit) named { return named{k} }

func without(list []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return one == id })
}

// zoneGone: an output that was of this zone alone goes with it, since elsewhere the card
// was to become nothing.
func (k named) zoneGone(id string) {
	for i := range k.Phases {
		k.Phases[i].Zones = without(k.Phases[i].Zones, id)
	}
	for i := range k.Decks {
		if k.Decks[i].Deal == id {
			k.Decks[i].Deal = ""
		}
		for j := range k.Decks[i].Prompts {
			if k.Decks[i].Prompts[j].Zone == id {
				k.Decks[i].Prompts[j].Zone = ""
			}
		}
	}
	k.Outputs = slices.DeleteFunc(k.Outputs, func(o kit.Output) bool { return len(o.Zones) == 1 && o.Zones[0] == id })
	for i := range k.Outputs {
		k.Outputs[i].Zones = without(k.Outputs[i].Zones, id)
	}
}

// cardGone: what this type of card became goes with it; its decks stay, for whoever
// writes to say which type answers them now.
func (k named) cardGone(id string) {
	for i := range k.Zones {
		k.Zones[i].Cards = without(k.Zones[i].Cards, id)
	}
	for i := range k.Votes {
		k.Votes[i].Cards = without(k.Votes[i].Cards, id)
	}
	k.Outputs = slices.DeleteFunc(k.Outputs, func(o kit.Output) bool { return o.Card == id })
}

func (k named) fieldGone(card, id string) {
	for i := range k.Outputs {
		o := &k.Outputs[i]
		if o.Card != card {
			continue
		}
		for _, part := range []*string{&o.Title, &o.Level, &o.Owner, &o.Due, &o.Amount} {
			if *part == id {
				*part = ""
			}
		}
	}
}

func (k named) phaseGone(id string) {
	for i := range k.Notes.Steps {
		if k.Notes.Steps[i].Phase == id {
			k.Notes.Steps[i].Phase = ""
		}
	}
}

func (k named) voteGone(id string) {
	for i := range k.Phases {
		k.Phases[i].Votes = without(k.Phases[i].Votes, id)
	}
	for i := range k.Outputs {
		if k.Outputs[i].Vote == id {
			k.Outputs[i].Vote = ""
		}
	}
}
