package kit_test

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/board/kit"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
)

// said is a text in French, the language that a kit cannot do without.
func said(text string) form.Localised { return form.Localised{"fr": text} }

// small is a kit without fault, with one of everything.
func small() *kit.Kit {
	return &kit.Kit{
		Version: kit.Version, ID: "small", Title: said("Petit"), Layout: kit.Matrix,
		Axes:  []kit.Axis{{Title: said("Effort"), Low: said("peu"), High: said("beaucoup")}, {Title: said("Effet"), Low: said("peu"), High: said("beaucoup")}},
		Zones: []kit.Zone{{ID: "map", Title: said("Carte")}, {ID: "plan", Title: said("Plan"), Colour: "leaf", Cards: []string{"action"}, Write: []kit.Role{kit.Team}, Most: 5}},
		Cards: []kit.Card{{ID: "action", Title: said("Action"), Fields: []kit.Field{
			{ID: "text", Type: kit.Text, Label: said("Quoi"), Most: 100},
			{ID: "grave", Type: kit.Level, Label: said("Gravité"), Choices: []kit.Option{{ID: "low", Label: said("peu")}, {ID: "high", Label: said("très")}}},
			{ID: "who", Type: kit.Person, Label: said("Qui")}, {ID: "due", Type: kit.Date, Label: said("Quand")}, {ID: "cost", Type: kit.Amount, Label: said("Combien")}}}},
		Decks:  []kit.Deck{{ID: "ask", Title: said("Questions"), Card: "action", Deal: "map", Prompts: []kit.Prompt{{ID: "one", Title: said("Une question ?"), Zone: "map"}}}},
		Phases: []kit.Phase{{ID: "write", Title: said("Écrire"), Minutes: 5, Hidden: true, Zones: []string{"map"}, Votes: []string{"first"}}},
		Votes: []kit.Vote{{ID: "first", Title: said("D’abord"), Kind: kit.Dots, Budget: 3, Cards: []string{"action"}},
			{ID: "score", Title: said("Note"), Kind: kit.Score, Choices: []kit.Option{{ID: "no", Label: said("non")}, {ID: "yes", Label: said("oui")}}}},
		Outputs: []kit.Output{{Becomes: kit.Action, Card: "action", Zones: []string{"plan"}, Title: "text", Level: "grave", Owner: "who", Due: "due", Amount: "cost"},
			{Becomes: kit.Dimension, Card: "action", Vote: "score"}},
		Notes: kit.Notes{Steps: []kit.Step{{Title: said("Écrire"), Phase: "write"}}},
	}
}

func TestAKitWithoutFault(t *testing.T) {
	if err := small().Check(); err != nil {
		t.Fatal(err)
	}
}

var faults = []struct {
	situation string
	spoil     func(*kit.Kit)
	path, key string
}{
	{"an id with a capital", func(k *kit.Kit) { k.ID = "Small" }, "id", "kit.bad_id"},
	{"no title", func(k *kit.Kit) { k.Title = nil }, "title", "kit.no_title"},
	{"no zones", func(k *kit.Kit) { k.Zones = nil }, "zones", "kit.empty"},
	{"no cards", func(k *kit.Kit) { k.Cards = nil }, "cards", "kit.empty"},
	{"no phases", func(k *kit.Kit) { k.Phases = nil }, "phases", "kit.empty"},
	{"a zone without id", func(k *kit.Kit) { k.Zones[0].ID = "" }, "zones.0.id", "kit.bad_id"},
	{"two zones of one id", func(k *kit.Kit) { k.Zones[1].ID = "map" }, "zones.1.id", "kit.twice"},
	{"more zones than a surface holds", func(k *kit.Kit) {
		for len(k.Zones) <= kit.MaxZones {
			k.Zones = append(k.Zones, kit.Zone{ID: "z" + strings.Repeat("x", len(k.Zones)%39), Title: said("Zone")})
		}
	}, "zones", "kit.too_many"},
	{"a layout that does not exist", func(k *kit.Kit) { k.Layout = "spiral" }, "layout", "kit.unknown"},
	{"a matrix without axes", func(k *kit.Kit) { k.Axes = nil }, "axes", "kit.axes"},
	{"columns with axes", func(k *kit.Kit) { k.Layout = kit.Columns }, "axes", "kit.axes"},
	{"quadrants of two zones", func(k *kit.Kit) { k.Layout, k.Axes = kit.Quadrants, nil }, "zones", "kit.four_zones"},
	{"an axis whose low end has no name", func(k *kit.Kit) { k.Axes[0].Low = nil }, "axes.0.low", "kit.no_title"},
	{"a zone for a card that does not exist", func(k *kit.Kit) { k.Zones[1].Cards = []string{"ghost"} }, "zones.1.cards", "kit.unknown"},
	{"a zone that readers write", func(k *kit.Kit) { k.Zones[1].Write = []kit.Role{kit.Reader} }, "zones.1.write", "kit.unknown"},
	{"a colour that does not exist", func(k *kit.Kit) { k.Zones[1].Colour = "gold" }, "zones.1.colour", "kit.unknown"},
	{"a zone for fewer than no cards", func(k *kit.Kit) { k.Zones[1].Most = -1 }, "zones.1.most", "kit.negative"},
	{"a card without fields", func(k *kit.Kit) { k.Cards[0].Fields = nil }, "cards.0.fields", "kit.empty"},
	{"a field of no type", func(k *kit.Kit) { k.Cards[0].Fields[0].Type = "number" }, "cards.0.fields.0.type", "kit.unknown"},
	{"a field without label", func(k *kit.Kit) { k.Cards[0].Fields[0].Label = form.Localised{"en": "What"} }, "", ""},
	{"a field that says nothing", func(k *kit.Kit) { k.Cards[0].Fields[0].Label = nil }, "cards.0.fields.0.label", "kit.no_title"},
	{"a level with one choice", func(k *kit.Kit) { k.Cards[0].Fields[1].Choices = k.Cards[0].Fields[1].Choices[:1] }, "cards.0.fields.1.choices", "kit.two_choices"},
	{"a text with choices", func(k *kit.Kit) { k.Cards[0].Fields[0].Choices = k.Cards[0].Fields[1].Choices }, "cards.0.fields.0.choices", "kit.no_choices"},
	{"a text longer than any", func(k *kit.Kit) { k.Cards[0].Fields[0].Most = kit.MaxText + 1 }, "cards.0.fields.0.most", "kit.most"},
	{"a date with a length", func(k *kit.Kit) { k.Cards[0].Fields[3].Most = 10 }, "cards.0.fields.3.most", "kit.most"},
	{"two choices of one id", func(k *kit.Kit) { k.Cards[0].Fields[1].Choices[1].ID = "low" }, "cards.0.fields.1.choices.1.id", "kit.twice"},
	{"a deck without prompts", func(k *kit.Kit) { k.Decks[0].Prompts = nil }, "decks.0.prompts", "kit.empty"},
	{"a deck for a card that does not exist", func(k *kit.Kit) { k.Decks[0].Card, k.Outputs = "ghost", nil }, "decks.0.card", "kit.unknown"},
	{"a deck dealt nowhere", func(k *kit.Kit) { k.Decks[0].Deal = "ghost" }, "decks.0.deal", "kit.unknown"},
	{"a variant with a space", func(k *kit.Kit) { k.Decks[0].Variant = "two words" }, "decks.0.variant", "kit.bad_id"},
	{"a prompt answered nowhere", func(k *kit.Kit) { k.Decks[0].Prompts[0].Zone = "ghost" }, "decks.0.prompts.0.zone", "kit.unknown"},
	{"a prompt without words", func(k *kit.Kit) { k.Decks[0].Prompts[0].Title = nil }, "decks.0.prompts.0.title", "kit.no_title"},
	{"a phase in a zone that does not exist", func(k *kit.Kit) { k.Phases[0].Zones = []string{"ghost"} }, "phases.0.zones", "kit.unknown"},
	{"a phase that opens a vote that does not exist", func(k *kit.Kit) { k.Phases[0].Votes = []string{"ghost"} }, "phases.0.votes", "kit.unknown"},
	{"a phase longer than a day's work", func(k *kit.Kit) { k.Phases[0].Minutes = 481 }, "phases.0.minutes", "kit.minutes"},
	{"a vote of no kind", func(k *kit.Kit) { k.Votes[0].Kind = "shout" }, "votes.0.kind", "kit.unknown"},
	{"dots without a budget", func(k *kit.Kit) { k.Votes[0].Budget = 0 }, "votes.0.budget", "kit.budget"},
	{"a score with a budget", func(k *kit.Kit) { k.Votes[1].Budget = 3 }, "votes.1.budget", "kit.no_budget"},
	{"a score without levels", func(k *kit.Kit) { k.Votes[1].Choices = nil }, "votes.1.choices", "kit.two_choices"},
	{"dots with levels", func(k *kit.Kit) { k.Votes[0].Choices = k.Votes[1].Choices }, "votes.0.choices", "kit.no_choices"},
	{"one answer for all, and secret", func(k *kit.Kit) { k.Votes[1].Shared, k.Votes[1].Secret = true, true }, "votes.1.shared", "kit.shared"},
	{"a vote on a card that does not exist", func(k *kit.Kit) { k.Votes[0].Cards = []string{"ghost"} }, "votes.0.cards", "kit.unknown"},
	{"a card that becomes a hat", func(k *kit.Kit) { k.Outputs[0].Becomes = "hat" }, "outputs.0.becomes", "kit.unknown"},
	{"an item whose due day is a text", func(k *kit.Kit) { k.Outputs[0].Due = "text" }, "outputs.0.due", "kit.bad_field"},
	{"an item whose title is a field that does not exist", func(k *kit.Kit) { k.Outputs[0].Title = "ghost" }, "outputs.0.title", "kit.bad_field"},
	{"an action without a title", func(k *kit.Kit) { k.Outputs[0].Title = "" }, "outputs.0.title", "kit.no_item_title"},
	{"an item that neither a field nor a prompt names", func(k *kit.Kit) { k.Decks = nil }, "outputs.1.title", "kit.no_item_title"},
	{"a dimension scored by dots", func(k *kit.Kit) { k.Outputs[1].Vote = "first" }, "outputs.1.vote", "kit.bad_vote"},
	{"a dimension that no vote scores", func(k *kit.Kit) { k.Outputs[1].Vote = "" }, "outputs.1.vote", "kit.bad_vote"},
	{"a step of a phase that does not exist", func(k *kit.Kit) { k.Notes.Steps[0].Phase = "ghost" }, "notes.steps.0.phase", "kit.unknown"},
}

func TestFaultsOfAKit(t *testing.T) {
	for _, f := range faults {
		k := small()
		f.spoil(k)
		err := k.Check()
		if f.key == "" {
			if err != nil {
				t.Errorf("%s: %v", f.situation, err)
			}
			continue
		}
		var bad *errs.Error
		if !errors.As(err, &bad) || bad.Key != "kit.invalid" {
			t.Errorf("%s: %v", f.situation, err)
			continue
		}
		if !slices.ContainsFunc(bad.Fields, func(at errs.Field) bool { return at.Path == f.path && at.Key == f.key }) {
			t.Errorf("%s: %v, not %s at %s", f.situation, bad.Fields, f.key, f.path)
		}
		if _, err := kit.Parse(k.Encode()); err == nil {
			t.Errorf("%s: Parse lets it through", f.situation)
		}
	}
}

func TestWhatIsNotAKit(t *testing.T) {
	whole := string(small().Encode())
	for _, c := range []struct{ situation, text, path, key string }{
		{"nothing", "", "", "kit.unreadable"},
		{"half a kit", whole[:len(whole)/2], "", "kit.unreadable"},
		{"a kit and something after", whole + "{}", "", "kit.unreadable"},
		{"a key that does not exist", strings.Replace(whole, `"layout"`, `"lay_out"`, 1), "", "kit.unreadable"},
		{"a number where a text is wanted", strings.Replace(whole, `"matrix"`, `12`, 1), "layout", "kit.unreadable"},
		{"a version from the future", strings.Replace(whole, `"version": 1`, `"version": 2`, 1), "version", "kit.version_unknown"},
		{"too much", strings.Repeat(" ", kit.MaxSize) + whole, "", "kit.too_big"},
	} {
		_, err := kit.Parse([]byte(c.text))
		var bad *errs.Error
		if !errors.As(err, &bad) || len(bad.Fields) != 1 || bad.Fields[0].Key != c.key || bad.Fields[0].Path != c.path {
			t.Errorf("%s: %v, not %s at %q", c.situation, err, c.key, c.path)
		}
	}
}

var example = regexp.MustCompile("(?s)```json\n(.*?)```")

func TestTheExampleOfTheDocumentationIsAKit(t *testing.T) {
	page, err := os.ReadFile("../../../docs/kits.md")
	if err != nil {
		t.Fatal(err)
	}
	found := example.FindSubmatch(page)
	if found == nil {
		t.Fatal("docs/kits.md shows no kit")
	}
	if _, err := kit.Parse(found[1]); err != nil {
		t.Error(err)
	}
	for _, k := range kit.Shipped() {
		if !bytes.Contains(page, []byte("### `"+k.ID+"`")) {
			t.Errorf("docs/kits.md says nothing of %s", k.ID)
		}
	}
}
