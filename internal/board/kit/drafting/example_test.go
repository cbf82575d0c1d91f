package drafting_test

import (
	"strings"
	"testing"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
)

// told are the examples of the zones of a kit, in short.
func told(k *kit.Kit, variant string) (list []string) {
	for _, z := range drafting.Examples(k, variant) {
		line := z.Zone.ID + ":"
		for _, e := range z.Examples {
			line += " " + e.Card.ID + "/" + e.Prompt.ID
		}
		if z.More > 0 {
			line += " and more"
		}
		list = append(list, line)
	}
	return list
}

func TestExamples(t *testing.T) {
	two := func() *kit.Kit {
		k := blank()
		k.Zones = []kit.Zone{{ID: "left"}, {ID: "right", Cards: []string{"other"}}}
		k.Cards = append(k.Cards, kit.Card{ID: "other", Title: said("Autre")})
		return k
	}
	prompts := func(ids ...string) (list []kit.Prompt) {
		for _, id := range ids {
			list = append(list, kit.Prompt{ID: id})
		}
		return list
	}
	for _, c := range []struct {
		situation string
		change    func(k *kit.Kit)
		variant   string
		want      string
	}{
		{"no deck: one card of each type that the zone takes", func(*kit.Kit) {}, "", "left: carte/ other/|right: other/"},
		{"prompts asked anywhere are shown where their answer goes first", func(k *kit.Kit) {
			k.Decks = []kit.Deck{{ID: "d", Card: "other", Prompts: prompts("a", "b")}}
		}, "", "left: other/a other/b|right: other/"},
		{"dealt cards lie where they are dealt, three of them", func(k *kit.Kit) {
			k.Decks = []kit.Deck{{ID: "d", Card: "other", Deal: "right", Prompts: prompts("a", "b", "c", "d")}}
		}, "", "left: carte/ other/|right: other/a other/b other/c and more"},
		{"dealt cards come before those one draws", func(k *kit.Kit) {
			k.Decks = []kit.Deck{{ID: "d", Card: "carte", Prompts: prompts("a", "b", "c")}, {ID: "e", Card: "carte", Deal: "left", Prompts: prompts("z")}}
		}, "", "left: carte/z carte/a carte/b|right: other/"},
		{"the decks of the first variant, unless another is picked", func(k *kit.Kit) {
			k.Decks = []kit.Deck{{ID: "d", Variant: "one", Card: "carte", Prompts: prompts("a")}, {ID: "e", Variant: "two", Card: "carte", Prompts: prompts("b")}}
		}, "", "left: carte/a|right: other/"},
		{"another variant", func(k *kit.Kit) {
			k.Decks = []kit.Deck{{ID: "d", Variant: "one", Card: "carte", Prompts: prompts("a")}, {ID: "e", Variant: "two", Card: "carte", Prompts: prompts("b")}}
		}, "two", "left: carte/b|right: other/"},
		{"a deck that no card answers shows nothing", func(k *kit.Kit) {
			k.Decks = []kit.Deck{{ID: "d", Card: "ghost", Prompts: prompts("a")}}
		}, "", "left: carte/ other/|right: other/"},
		{"a zone that takes what does not exist stays empty", func(k *kit.Kit) { k.Zones[1].Cards = []string{"ghost"} }, "", "left: carte/ other/|right:"},
	} {
		k := two()
		c.change(k)
		if got := strings.Join(told(k, c.variant), "|"); got != c.want {
			t.Errorf("%s: %s, want %s", c.situation, got, c.want)
		}
	}
}
