package paper_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/paper"
	"transformateur/internal/platform/drawing"
)

func said(pages []*drawing.Page) string {
	var all []string
	for _, p := range pages {
		all = append(all, p.Texts()...)
	}
	return strings.Join(all, " ")
}

// random is a board of any layout, with cards of any length.
func random(draw *rand.Rand) paper.Board {
	b := paper.Board{Title: "Carte ADN", Over: "Campus", Where: "Caen", Layout: kit.Layouts[draw.IntN(len(kit.Layouts))], Page: "Page %d sur %d", More: "%s (suite)",
		Axes: []paper.Axis{{Low: "peu", High: "beaucoup"}, {Low: "facile", High: "difficile"}}}
	n := 0
	for z := range 1 + draw.IntN(11) {
		zone := paper.Zone{Title: fmt.Sprintf("Zone %d", z), Help: "Ce qui se passe ici, en bref.", Colour: kit.Colours[draw.IntN(len(kit.Colours))]}
		for range draw.IntN(25) {
			n++
			x, y := draw.Float64(), draw.Float64()
			c := paper.Card{Face: fmt.Sprintf("«%d»", n) + strings.Repeat(" mot", draw.IntN(draw.IntN(500)+1)), By: "Ana", Votes: []string{"Priorité : 3"}, X: &x, Y: &y}
			if draw.IntN(4) == 0 {
				c.Prompt, c.More = "Une question ?", []paper.Pair{{Term: "Gravité", Text: "forte"}}
			}
			zone.Cards = append(zone.Cards, c)
		}
		b.Zones = append(b.Zones, zone)
	}
	if b.Layout == kit.Radar {
		b.Radar = web(draw)
	}
	return b
}

// web is a radar of any size, with gaps where nobody voted.
func web(draw *rand.Rand) paper.Radar {
	r := paper.Radar{Levels: 1 + draw.IntN(6), Lines: make([]paper.Line, 1+draw.IntN(4))}
	for i := range 3 + draw.IntN(8) {
		r.Names = append(r.Names, fmt.Sprintf("Branche %d ", i)+strings.Repeat("et puis ", draw.IntN(12)))
	}
	for i := range r.Lines {
		r.Lines[i].Title = fmt.Sprintf("Note %d", i)
		for range r.Names {
			low := draw.Float64()
			r.Lines[i].Given = append(r.Lines[i].Given, paper.Given{Voted: draw.IntN(5) > 0, Low: low, Mean: (1 + low) / 2, High: 1})
		}
	}
	return r
}

// Every card is drawn once, whole, and nothing leaves the page.
func TestNothingIsLostOnPaper(t *testing.T) {
	seed := uint64(20271122)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 2))
	for range 25 {
		b := random(draw)
		for name, pages := range map[string][]*drawing.Page{"pages": paper.Pages(b), "image": {paper.Image(b)}} {
			all := said(pages)
			for _, z := range b.Zones {
				if !strings.Contains(all, z.Title) {
					t.Fatalf("%s: %s of a %s is not drawn", name, z.Title, b.Layout)
				}
				for _, c := range z.Cards {
					if first := strings.Fields(c.Face)[0]; strings.Count(all, first) != 1 {
						t.Fatalf("%s: %q of a %s is drawn %d times", name, first, b.Layout, strings.Count(all, first))
					}
				}
			}
			for i := range b.Radar.Names {
				if first := fmt.Sprintf("Branche %d ", i); !strings.Contains(all, first) {
					t.Fatalf("%s: %q is not drawn", name, first)
				}
			}
			for _, l := range b.Radar.Lines {
				if !strings.Contains(all, l.Title) {
					t.Fatalf("%s: %s is not said", name, l.Title)
				}
			}
			words := 0
			for _, z := range b.Zones {
				for _, c := range z.Cards {
					words += strings.Count(c.Face, " mot")
				}
			}
			if got := strings.Count(" "+all, " mot"); got != words {
				t.Fatalf("%s: %d words of %d on a %s", name, got, words, b.Layout)
			}
			for i, p := range pages {
				if low := p.Lowest(); low > p.H {
					t.Fatalf("%s %d of a %s: something at %.0f mm of %.0f", name, i+1, b.Layout, low, p.H)
				}
			}
		}
	}
}

func TestSlips(t *testing.T) {
	var list []paper.Slip
	for i := range 11 {
		list = append(list, paper.Slip{Kit: "Carte ADN", Type: "Facette", Prompt: fmt.Sprintf("Question %d", i), Fields: []string{"Ce que nous savons", "Verrou"}, Address: fmt.Sprintf("https://example.org/b/CODE%d", i), Code: fmt.Sprintf("CO-%d", i), Typed: "Scannez"})
	}
	pages, err := paper.Slips("Cartes", list)
	if err != nil || len(pages) != 2 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if n := len(pages[0].Codes()); n != 8 {
		t.Errorf("%d codes on the first page", n)
	}
	all := said(pages)
	for _, s := range list {
		if !strings.Contains(all, s.Prompt) || !strings.Contains(all, s.Code) {
			t.Errorf("%s is not drawn", s.Prompt)
		}
	}
	for _, p := range pages {
		if p.Lowest() > 297 {
			t.Errorf("something at %.0f mm", p.Lowest())
		}
	}
}

// Every kit that ships can be put on a wall, in each size.
func TestWallsOfShippedKits(t *testing.T) {
	for _, k := range kit.Shipped() {
		whole := paper.Whole{Title: k.Title.In("fr"), Layout: k.Layout, Below: "Scannez"}
		for _, a := range k.Axes {
			whole.Axes = append(whole.Axes, paper.Axis{Low: a.Low.In("fr"), High: a.High.In("fr")})
		}
		for _, z := range k.Zones {
			whole.Zones = append(whole.Zones, paper.Place{Title: z.Title.In("fr"), Help: z.Help.In("fr"), Colour: z.Colour, Address: "https://example.org/b/" + z.ID, Code: z.ID})
		}
		for _, w := range []float64{420, 584} {
			p, err := paper.Wall(w, w*297/420, whole)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Codes()) != len(k.Zones) || p.Lowest() > p.H {
				t.Errorf("%s on %.0f mm: %d codes for %d zones, down to %.0f of %.0f", k.ID, w, len(p.Codes()), len(k.Zones), p.Lowest(), p.H)
			}
		}
		for _, z := range whole.Zones {
			if p, err := paper.Poster(297, 210, z, "Scannez"); err != nil || p.Codes()[0] != z.Address {
				t.Errorf("%s: %v", z.Title, err)
			}
		}
	}
}
