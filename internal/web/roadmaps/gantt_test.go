package roadmaps

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"transformateur/internal/roadmap"
)

// TestALabelStaysInTheDrawing puts bars and diamonds everywhere, with titles of any length.
func TestALabelStaysInTheDrawing(t *testing.T) {
	g := &gantt{width: 640}
	for x := 0.0; x <= 636; x += 4 {
		for _, w := range []float64{3, 60, 300} {
			for _, n := range []int{1, 20, 45, 200} {
				r := ganttRow{Entry: roadmap.Entry{Sheet: roadmap.Sheet{Title: strings.Repeat("é", n)}}, x: x, w: min(w, g.width-x)}
				at, anchor, title := g.label(r)
				from, err := strconv.ParseFloat(at, 64)
				if err != nil {
					t.Fatal(err)
				}
				long := float64(utf8.RuneCountInString(title)) * letter
				if anchor == "end" && from-long < -letter || anchor == "start" && from+long > g.width+letter {
					t.Fatalf("a bar at %.0f, %.0f wide, %d letters: %s %s, %d letters", x, r.w, n, at, anchor, utf8.RuneCountInString(title))
				}
				if n <= 20 && title != r.Title {
					t.Fatalf("a bar at %.0f, %.0f wide: %d letters are cut to %q", x, r.w, n, title)
				}
			}
		}
	}
}
