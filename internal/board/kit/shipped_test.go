package kit_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
)

var update = flag.Bool("update", false, "write the shipped kits as Encode writes them")

func TestShippedKitsAreWrittenAsEncodeWritesThem(t *testing.T) {
	names, err := filepath.Glob("shipped/*.json")
	if err != nil || len(names) != len(kit.Shipped()) {
		t.Fatalf("%d files for %d kits: %v", len(names), len(kit.Shipped()), err)
	}
	for _, k := range kit.Shipped() {
		name := "shipped/" + k.ID + ".json"
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			text = k.Encode()
			if err := os.WriteFile(name, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(text, k.Encode()) {
			t.Errorf("%s is not what Encode writes (mend it with -update)", name)
		}
		again, err := kit.Parse(k.Encode())
		if err != nil || !bytes.Equal(again.Encode(), k.Encode()) {
			t.Errorf("%s does not come back the same: %v", k.ID, err)
		}
		if found, there := kit.Find(k.ID); !there || found != k {
			t.Errorf("%s is not found under its id", k.ID)
		}
	}
	if _, there := kit.Find("nothing"); there {
		t.Error("a kit that does not ship is found")
	}
}

// loose are the marks that French typography keeps with their word by a no-break space,
// and the straight apostrophe, as internal/i18n holds the catalogues to them.
var loose = regexp.MustCompile(`[ \n][:;?!»]|« |\pL'|n° |[0-9] [%€]`)

// words walks through what a kit says and complains of a text without its translation,
// or that French typography would write otherwise.
func words(t *testing.T, at string, tree any) (count int) {
	switch v := tree.(type) {
	case []any:
		for i := range v {
			count += words(t, fmt.Sprintf("%s.%d", at, i), v[i])
		}
	case map[string]any:
		fr, said := v["fr"].(string)
		if !said {
			for key := range v {
				if key == "en" {
					t.Errorf("%s is not said in French", at)
				}
				count += words(t, at+"."+key, v[key])
			}
			return count
		}
		en, _ := v["en"].(string)
		if strings.TrimSpace(fr) == "" || strings.TrimSpace(en) == "" || len(v) != 2 {
			t.Errorf("%s is not said in both languages: %v", at, v)
		}
		if found := loose.FindString(fr); found != "" {
			t.Errorf("%s: %q is not as French typography writes it: %s", at, found, fr)
		}
		if strings.ContainsAny(en, `'"`) {
			t.Errorf("%s: straight quotes: %s", at, en)
		}
		return 1
	}
	return count
}

func TestShippedKitsSpeakBothLanguages(t *testing.T) {
	for _, k := range kit.Shipped() {
		var tree any
		if err := json.Unmarshal(k.Encode(), &tree); err != nil {
			t.Fatal(err)
		}
		if n := words(t, k.ID, tree); n < 60 {
			t.Errorf("%s says %d things: was it read?", k.ID, n)
		}
		for i, p := range k.Phases {
			if p.Help.In("fr") == "" {
				t.Errorf("%s: phase %d tells people nothing", k.ID, i)
			}
		}
		for i, z := range k.Zones {
			if z.Help.In("fr") == "" || z.Colour == "" {
				t.Errorf("%s: zone %d has no help or no colour", k.ID, i)
			}
		}
	}
}

// A facilitator who has never seen a kit can lead it from its notes.
func TestShippedKitsHaveTheirNotes(t *testing.T) {
	for _, k := range kit.Shipped() {
		n := k.Notes
		if n.Aim.In("fr") == "" || n.Bring.In("fr") == "" || n.Watch.In("fr") == "" {
			t.Errorf("%s lacks an aim, what to bring or what goes wrong", k.ID)
		}
		if n.Minutes[0] < 15 || n.Minutes[1] < n.Minutes[0] || n.Group[0] < 1 || n.Group[1] < n.Group[0] {
			t.Errorf("%s: %v minutes, %v people", k.ID, n.Minutes, n.Group)
		}
		total, at := 0, 0
		lived := map[string]int{}
		for i, s := range n.Steps {
			phase := slices.IndexFunc(k.Phases, func(p kit.Phase) bool { return p.ID == s.Phase })
			if phase < at || s.Text.In("fr") == "" || s.Minutes < 1 {
				t.Errorf("%s: step %d is out of the order of phases, or says nothing, or has no time", k.ID, i)
			}
			at = phase
			lived[s.Phase] += s.Minutes
			total += s.Minutes
		}
		for _, p := range k.Phases {
			if lived[p.ID] != p.Minutes {
				t.Errorf("%s: the steps of %s take %d minutes, the phase %d", k.ID, p.ID, lived[p.ID], p.Minutes)
			}
		}
		if total < n.Minutes[0] || total > n.Minutes[1] {
			t.Errorf("%s: %d minutes of steps, announced from %d to %d", k.ID, total, n.Minutes[0], n.Minutes[1])
		}
		if !slices.ContainsFunc(k.Phases, func(p kit.Phase) bool { return p.Last }) {
			t.Errorf("%s never ends", k.ID)
		}
	}
}

// becomes is what the cards of each kit become in the project's file.
var becomes = map[string][]kit.Becomes{
	"frise":      {kit.Landmark, kit.Landmark, kit.Landmark, kit.Need},
	"pitch":      {kit.Pitch, kit.Contribution},
	"dimensions": {kit.Dimension, kit.Dimension, kit.Dimension, kit.Action},
	"facettes":   {kit.Action},
	"adn":        {kit.Lock, kit.Lock},
	"grandmix":   {kit.Contribution, kit.Idea},
	"plan":       {kit.Action, kit.Need, kit.Need},
	"debrief":    {kit.Action, kit.Need},
	"scenario":   {kit.Idea, kit.Lock},
	"axes":       {kit.Idea},
}

func TestWhatShippedKitsBecome(t *testing.T) {
	for _, k := range kit.Shipped() {
		var list []kit.Becomes
		for _, o := range k.Outputs {
			list = append(list, o.Becomes)
		}
		if !slices.Equal(list, becomes[k.ID]) {
			t.Errorf("%s becomes %v", k.ID, list)
		}
		for _, v := range k.Votes {
			if !slices.ContainsFunc(k.Phases, func(p kit.Phase) bool { return slices.Contains(p.Votes, v.ID) }) {
				t.Errorf("%s: nothing opens the vote %s", k.ID, v.ID)
			}
		}
	}
}

// What a deck deals or asks for can lie where it says, and every zone can be written in
// some phase, by somebody.
func TestShippedKitsCanBePlayed(t *testing.T) {
	for _, k := range kit.Shipped() {
		takes := func(zone, card string) bool {
			z, known := k.Zone(zone)
			return known && (len(z.Cards) == 0 || slices.Contains(z.Cards, card))
		}
		for _, d := range k.Decks {
			for _, p := range d.Prompts {
				if at := cmp.Or(p.Zone, d.Deal); at != "" && !takes(at, d.Card) {
					t.Errorf("%s: the answer to %s.%s has no place in its zone", k.ID, d.ID, p.ID)
				}
			}
		}
		for _, z := range k.Zones {
			open := slices.ContainsFunc(k.Phases, func(p kit.Phase) bool {
				return !p.Frozen && (len(p.Zones) == 0 || slices.Contains(p.Zones, z.ID))
			})
			if !open && !slices.Equal(z.Write, []kit.Role{kit.Facilitator}) {
				t.Errorf("%s: no phase opens %s", k.ID, z.ID)
			}
		}
		for _, variant := range append(k.Variants(), "") {
			s := board.New(k, variant, time.Time{})
			for _, z := range k.Zones {
				n := 0
				for _, c := range s.Cards {
					if c.Zone == z.ID {
						n++
					}
				}
				if z.Most > 0 && n > z.Most {
					t.Errorf("%s: %d cards dealt in %s, which takes %d", k.ID, n, z.ID, z.Most)
				}
			}
		}
	}
}

// The three vocabularies of working life deal as many situations, so that a group that
// changes its mind does not change the length of its session.
func TestVocabulariesOfWorkingLife(t *testing.T) {
	k, _ := kit.Find("facettes")
	if got := k.Variants(); !slices.Equal(got, []string{"normandie", "anact", "ani"}) {
		t.Fatal(got)
	}
	for _, d := range k.Decks {
		facets := map[string]int{}
		for _, p := range d.Prompts {
			facets[p.Text.In("fr")]++
		}
		want := map[string]int{"normandie": 6, "anact": 6, "ani": 9}[d.ID]
		if len(d.Prompts) != 18 || len(facets) != want {
			t.Errorf("%s: %d situations of %d facets", d.ID, len(d.Prompts), len(facets))
		}
	}
}
