package ui

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// colours reads the custom properties of the style sheet: name → its light and its dark value.
func colours(t *testing.T) map[string][2]string {
	t.Helper()
	css, err := os.ReadFile("../../../frontend/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllStringSubmatch(string(css), -1) {
		if _, twice := found[m[1]]; !twice { // the second block is for those who ask for more contrast
			found[m[1]] = [2]string{m[2], m[3]}
		}
	}
	return found
}

// luminance is the relative luminance of a colour (WCAG 2.2, definition).
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// contrast is the ratio of WCAG 2.2, success criteria 1.4.3 and 1.4.11.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	if got := contrast(t, "#000000", "#ffffff"); got != 21 {
		t.Fatalf("black on white is %v", got)
	}
	all := colours(t)
	const text, drawing = 4.5, 3.0
	for _, c := range []struct {
		front string
		backs []string
		least float64
	}{
		{"ink", []string{"paper", "sheet", "sunk", "accent-tint", "warn-tint"}, text},
		{"ink-soft", []string{"paper", "sheet", "sunk", "accent-tint", "warn-tint"}, text},
		{"accent", []string{"paper", "sheet", "sunk", "accent-tint"}, text},
		{"accent-strong", []string{"paper", "sheet", "sunk", "accent-tint"}, text},
		{"warn", []string{"paper", "sheet", "sunk", "warn-tint"}, text},
		{"warn-strong", []string{"paper", "sheet", "warn-tint"}, text},
		{"on-accent", []string{"accent", "accent-strong"}, text},
		{"paper", []string{"ink"}, text},
		{"edge", []string{"paper", "sheet", "sunk"}, drawing},
		{"kind-call", []string{"paper", "sheet"}, drawing},
		{"kind-selection", []string{"paper", "sheet"}, drawing},
		{"kind-gathering", []string{"paper", "sheet"}, drawing},
		{"kind-support", []string{"paper", "sheet"}, drawing},
		{"kind-debrief", []string{"paper", "sheet"}, drawing},
		{"kind-foresight", []string{"paper", "sheet"}, drawing},
		{"kind-incubation", []string{"paper", "sheet"}, drawing},
		{"kind-taster", []string{"paper", "sheet"}, drawing},
	} {
		for _, back := range c.backs {
			for i, scheme := range []string{"light", "dark"} {
				front, behind := all[c.front][i], all[back][i]
				if front == "" || behind == "" {
					t.Fatalf("no colour %s or %s", c.front, back)
				}
				if got := contrast(t, front, behind); got < c.least {
					t.Errorf("%s on %s, %s: %.2f, want %.1f", c.front, back, scheme, got, c.least)
				}
			}
		}
	}
}
