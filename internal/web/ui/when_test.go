package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/i18n"
)

// plain makes non-breaking spaces ordinary.
func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func TestSpan(t *testing.T) {
	day := func(year int, month time.Month, d int) time.Time {
		return time.Date(year, month, d, 12, 0, 0, 0, time.UTC)
	}
	for _, c := range []struct {
		situation string
		from, to  time.Time
		fr, en    string
	}{
		{"one day", day(2027, 3, 5), day(2027, 3, 5).Add(time.Hour), "le 5 mars 2027", "5 March 2027"},
		{"one month", day(2027, 3, 5), day(2027, 3, 12), "du 5 au 12 mars 2027", "5 to 12 March 2027"},
		{"two months", day(2027, 2, 1), day(2027, 3, 12), "du 1er février au 12 mars 2027", "1 February to 12 March 2027"},
		{"two years", day(2026, 12, 1), day(2027, 1, 2), "du 1er décembre 2026 au 2 janvier 2027", "1 December 2026 to 2 January 2027"},
		{"no end", day(2027, 3, 5), time.Time{}, "à partir du 5 mars 2027", "from 5 March 2027"},
		{"no start", time.Time{}, day(2027, 3, 5), "jusqu’au 5 mars 2027", "until 5 March 2027"},
		{"nothing fixed", time.Time{}, time.Time{}, "dates à venir", "dates to come"},
	} {
		for lang, want := range map[i18n.Lang]string{i18n.FR: c.fr, i18n.EN: c.en} {
			if got := plain(Span(i18n.With(context.Background(), lang), c.from, c.to)); got != want {
				t.Errorf("%s: got %q, want %q", c.situation, got, want)
			}
		}
	}
}

// The words given to the countdown make the sentences that the server says.
func TestCountdownSaysTheSameWords(t *testing.T) {
	for _, lang := range i18n.Langs {
		ctx := i18n.With(context.Background(), lang)
		words := leftWords(ctx)
		days := strings.Replace(words["data-days-many"].(string), "%d", "3", 1)
		hours := strings.Replace(words["data-hours-one"].(string), "%d", "1", 1)
		got := strings.Replace(words["data-left"].(string), "%s", days+words["data-and"].(string)+hours, 1)
		if want := Left(ctx, 73*time.Hour); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFriseMark(t *testing.T) {
	noon := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	f := Frise{Stages: []FriseStage{
		{Kind: "call", Opens: day(0), Closes: day(10)},
		{Kind: "selection", Opens: day(20), Closes: day(30)},
	}}
	for _, c := range []struct {
		situation string
		now       time.Time
		stage     int
		at        float64
		states    string
	}{
		{"before everything", day(-1), 0, 0, "next next"},
		{"the instant it opens", day(0), 0, 0, "open next"},
		{"in the middle of the first", day(5), 0, 50, "open next"},
		{"the instant it closes", day(10), 1, 0, "past next"},
		{"between two stages", day(15), 1, 0, "past next"},
		{"near the end", day(29), 1, 90, "past open"},
		{"after everything", day(40), 1, 100, "past past"},
	} {
		f.Now = c.now
		if got := string(f.state(0)) + " " + string(f.state(1)); got != c.states {
			t.Errorf("%s: states %s, want %s", c.situation, got, c.states)
		}
		for i := range f.Stages {
			at, here := f.mark(i)
			if here != (i == c.stage) || (here && at != c.at) {
				t.Errorf("%s: stage %d: mark %v at %v", c.situation, i, here, at)
			}
		}
	}
}

func TestPagesAround(t *testing.T) {
	for _, c := range []struct {
		current, last int
		want          []int
	}{
		{1, 1, []int{1}}, {1, 3, []int{1, 2, 3}}, {4, 12, []int{1, 0, 3, 4, 5, 0, 12}}, {12, 12, []int{1, 0, 11, 12}},
	} {
		got := window(c.current, c.last)
		if len(got) != len(c.want) {
			t.Errorf("%d of %d: %v", c.current, c.last, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%d of %d: %v", c.current, c.last, got)
				break
			}
		}
	}
}
