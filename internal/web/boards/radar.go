package boards

import (
	"cmp"
	"context"
	"slices"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/paper"
)

// radar is what the votes that score the cards of a radar board gave: nothing while
// nobody may know.
func (s sight) radar(ctx context.Context) (r paper.Radar) {
	if s.kit().Layout != kit.Radar || len(s.kit().Zones) == 0 {
		return r
	}
	var cards []*board.Card
	for _, c := range s.State.Lies(s.kit().Zones[0].ID) {
		if s.seen(c) {
			cards = append(cards, c)
			drawn := s.drawnCard(ctx, c)
			r.Names = append(r.Names, cmp.Or(drawn.Face, drawn.Prompt, "·"))
		}
	}
	r.Levels = 1
	for _, v := range s.kit().Votes {
		if v.Kind == kit.Score {
			r.Levels = max(r.Levels, len(v.Choices))
		}
	}
	for _, v := range s.kit().Votes {
		if v.Kind != kit.Score {
			continue
		}
		if line := s.given(v, cards, float64(r.Levels)); slices.ContainsFunc(line, func(g paper.Given) bool { return g.Voted }) {
			r.Lines = append(r.Lines, paper.Line{Title: in(ctx, v.Title), Given: line})
		}
	}
	if len(cards) < 3 || len(r.Lines) == 0 {
		return paper.Radar{}
	}
	return r
}

// given is what a vote gave to cards, as far as everybody may know.
func (s sight) given(v kit.Vote, cards []*board.Card, most float64) (line []paper.Given) {
	tally := s.tally(v)
	for _, c := range cards {
		var one paper.Given
		if t := tally[c.ID]; t != nil && t.People > 0 {
			one = paper.Given{Voted: true, Mean: float64(t.Sum) / float64(t.People) / most}
			one.Low = float64(slices.IndexFunc(t.Counts, some)+1) / most
			for level, n := range t.Counts {
				if n > 0 {
					one.High = float64(level+1) / most
				}
			}
		}
		line = append(line, one)
	}
	return line
}

func some(n int) bool { return n > 0 }
