package drafting_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
)

func said(s string) form.Localised { return form.Localised{"fr": s} }

func blank() *kit.Kit {
	return drafting.Blank(drafting.Words{Title: said("Ma trame"), Zone: said("À remplir"), Card: said("Carte"), Text: said("Votre idée"), Phase: said("Écrire")})
}

func TestFromNothing(t *testing.T) {
	k := blank()
	if err := k.Check(); err != nil {
		t.Fatal(err)
	}
	if k.ID != "ma_trame" || k.Zones[0].ID != "a_remplir" {
		t.Errorf("named %q, %q", k.ID, k.Zones[0].ID)
	}
}

func TestNames(t *testing.T) {
	for words, want := range map[string]string{
		"Idées": "idees", "": "n", "2 idées": "n_2_idees", "Ce qui a marché": "ce_qui_a_marche", "中文": "n",
		strings.Repeat("long ", 20): "long_long_long_long_long_long_long",
	} {
		if got := drafting.Name(words, nil); got != want {
			t.Errorf("%q is named %q, want %q", words, got, want)
		}
	}
	if got := drafting.Name("Idées", []string{"idees", "idees_2"}); got != "idees_3" {
		t.Errorf("a third one is named %q", got)
	}
}

// What is added can be used as it is, in every list of a kit.
func TestRowsAreUsableOnceAdded(t *testing.T) {
	k := blank()
	for _, list := range []string{"zones", "zones", "cards", "cards.1.fields", "cards.0.fields", "decks", "decks.0.prompts", "phases", "votes", "outputs", "notes.steps"} {
		if _, err := drafting.Add(k, list, said("Nouveau")); err != nil {
			t.Fatalf("%s: %v", list, err)
		}
		if err := k.Check(); err != nil {
			t.Fatalf("after a row in %s: %v", list, err)
		}
	}
	k.Cards[0].Fields[0].Type, k.Votes[0].Kind = kit.Level, kit.Score
	for _, list := range []string{"cards.0.fields.0.choices", "cards.0.fields.0.choices", "votes.0.choices", "votes.0.choices"} {
		if _, err := drafting.Add(k, list, said("Réponse")); err != nil {
			t.Fatalf("%s: %v", list, err)
		}
	}
	k.Outputs[0].Title = "nouveau"
	if err := drafting.Tidy(k).Check(); err != nil {
		t.Errorf("with answers: %v", err)
	}
	if k.Zones[1].ID == k.Zones[2].ID {
		t.Error("two zones have one name")
	}
}

func TestRowsThatAreNotThere(t *testing.T) {
	for _, path := range []string{"", "zone", "notes", "notes.aim", "zones.0.title", "cards.7.fields", "cards.x.fields", "cards.-1.fields", "cards.0.fields.9.choices", "cards.0.fields.0.choices.0.label", "votes.0.choices", "decks.0.prompts"} {
		k := blank()
		if _, err := drafting.Add(k, path, said("x")); errs.KeyOf(err) != "kit.row_gone" {
			t.Errorf("added in %q: %v", path, err)
		}
	}
	for _, row := range []string{"", "zones", "zones.1", "zones.-1", "zones.x", "cards.0.fields.1", "nothing.0"} {
		k := blank()
		if err := drafting.Remove(k, row); errs.KeyOf(err) != "kit.row_gone" {
			t.Errorf("removed %q: %v", row, err)
		}
		if err := drafting.Move(k, row, true); errs.KeyOf(err) != "kit.row_gone" {
			t.Errorf("moved %q: %v", row, err)
		}
	}
}

func TestAFullListTakesNoMore(t *testing.T) {
	k := blank()
	for range kit.MaxVotes {
		if _, err := drafting.Add(k, "votes", said("Vote")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := drafting.Add(k, "votes", said("Vote")); errs.KindOf(err) != errs.Invalid || len(k.Votes) != kit.MaxVotes {
		t.Errorf("one more vote: %v, %d", err, len(k.Votes))
	}
}

func TestMovedToTheEdgeAndBack(t *testing.T) {
	k := blank()
	if _, err := drafting.Add(k, "zones", said("Deux")); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		row     string
		further bool
		first   string
	}{{"zones.0", false, "a_remplir"}, {"zones.0", true, "deux"}, {"zones.1", true, "deux"}, {"zones.1", false, "a_remplir"}} {
		if err := drafting.Move(k, step.row, step.further); err != nil || k.Zones[0].ID != step.first {
			t.Errorf("%+v: %v, %s first", step, err, k.Zones[0].ID)
		}
	}
}

// What named a row goes with it, in the kits that ship: whatever is removed, what is left
// names nothing that is not there, except where one must say what takes its place.
func TestWhatNamedARowGoesWithIt(t *testing.T) {
	const seed = 26
	draw := rand.New(rand.NewPCG(seed, seed))
	for _, shipped := range kit.Shipped() {
		for range 40 {
			k := drafting.Copy(shipped)
			var done []string
			for range 6 {
				lists := map[string]int{"zones": len(k.Zones), "cards": len(k.Cards), "phases": len(k.Phases), "votes": len(k.Votes), "decks": len(k.Decks)}
				for i, c := range k.Cards {
					lists[fmt.Sprintf("cards.%d.fields", i)] = len(c.Fields)
				}
				var rows []string
				for list, n := range lists {
					for i := range n {
						rows = append(rows, fmt.Sprintf("%s.%d", list, i))
					}
				}
				if len(rows) == 0 {
					break
				}
				row := rows[draw.IntN(len(rows))]
				if err := drafting.Remove(k, row); err != nil {
					t.Fatal(err)
				}
				done = append(done, row)
			}
			fields, _ := k.Check().(*errs.Error)
			if fields == nil {
				continue
			}
			for _, f := range fields.Fields {
				switch {
				case f.Key == "kit.empty", f.Key == "kit.four_zones", f.Key == "kit.no_item_title", f.Key == "kit.bad_vote":
				case f.Key == "kit.unknown" && strings.HasPrefix(f.Path, "decks.") && strings.HasSuffix(f.Path, ".card"):
				default:
					t.Fatalf("seed %d, %s without %v: %s at %s", seed, k.ID, done, f.Key, f.Path)
				}
			}
		}
	}
}

func TestTidyLeavesWhatShips(t *testing.T) {
	for _, k := range kit.Shipped() {
		if !bytes.Equal(drafting.Tidy(k).Encode(), k.Encode()) {
			t.Errorf("%s is not what it was", k.ID)
		}
	}
	k := blank()
	k.Axes = []kit.Axis{{Title: said("Effort")}}
	k.Cards[0].Fields[0].Choices = []kit.Option{{ID: "a", Label: said("A")}}
	k.Votes = []kit.Vote{{ID: "v", Title: said("V"), Kind: kit.Pairs, Budget: 3, Choices: []kit.Option{{ID: "a"}}, Shared: true}}
	tidy := drafting.Tidy(k)
	if err := tidy.Check(); err != nil {
		t.Error(err)
	}
	if len(k.Axes) == 0 || len(k.Cards[0].Fields[0].Choices) == 0 {
		t.Error("the draft lost what its choices make useless")
	}
}

// A mark tells a change of its part, and of no other.
func TestMarks(t *testing.T) {
	changes := map[string]func(*kit.Kit){
		"about": func(k *kit.Kit) { k.Notes.Minutes[0] = 3 }, "cards": func(k *kit.Kit) { k.Cards[0].Colour = "sun" },
		"decks": func(k *kit.Kit) { k.Decks = []kit.Deck{{ID: "d"}} }, "outputs": func(k *kit.Kit) { k.Outputs = []kit.Output{{}} },
	}
	for changed, change := range changes {
		k := blank()
		change(k)
		for _, part := range drafting.Parts {
			if same := drafting.Mark(blank(), part) == drafting.Mark(k, part); same == (part == changed) {
				t.Errorf("%s changed: the mark of %s same=%v", changed, part, same)
			}
		}
	}
}

func TestFaultsAreMendedInAPart(t *testing.T) {
	for path, want := range map[string]string{"zones.0.title": "zones", "layout": "zones", "axes.0.low": "zones", "cards": "cards", "notes.steps.0.title": "about", "id": "about", "outputs.0.title": "outputs", "": "about"} {
		if got := drafting.PartOf(path); got != want {
			t.Errorf("%q is mended in %s, want %s", path, got, want)
		}
	}
}
