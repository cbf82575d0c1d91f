// Package paper is a board, or the kit it is made from, drawn: pages to read and to show, cards to cut out, posters.
package paper

import (
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/drawing"
)

// Board is a board as somebody sees it, in her language: what she may not see is not in it.
type Board struct {
	Title  string
	Over   string // whose it is
	Where  string // the gathering, and when
	Layout kit.Layout
	Axes   []Axis
	Zones  []Zone
	Radar  Radar  // of a radar board; without names nothing is drawn
	Page   string // "Page %d sur %d"
	More   string // what is said of a column that goes on: "%s (suite)"
}

// Axis is one direction of a matrix.
type Axis struct{ Low, High string }

// Zone is a zone with its cards in their order.
type Zone struct {
	Title  string
	Help   string
	Count  string
	Colour string
	Cards  []Card
}

// Card is what is seen of a card. X and Y are its place on a surface, from 0 to 1.
type Card struct {
	Prompt string
	Face   string
	More   []Pair
	Votes  []string
	By     string
	Hidden string // said in place of everything else
	Photo  []byte // a JPEG, with its sides
	Wide   int
	High   int
	Alt    string
	X, Y   *float64
}

// Pair is a field and what it says.
type Pair struct{ Term, Text string }

// tint is a colour of the kits on paper: the ground, and an ink dark enough to be read on it.
type tint struct{ ground, ink drawing.Colour }

var tints = map[string]tint{
	"plain": {drawing.Colour{0xf6, 0xf3, 0xec}, drawing.Colour{0x6b, 0x62, 0x54}},
	"sun":   {drawing.Colour{0xfd, 0xf1, 0xcd}, drawing.Colour{0x7d, 0x5a, 0x00}},
	"leaf":  {drawing.Colour{0xe4, 0xf2, 0xde}, drawing.Colour{0x2f, 0x66, 0x1f}},
	"sky":   {drawing.Colour{0xdf, 0xee, 0xf8}, drawing.Colour{0x1d, 0x59, 0x86}},
	"rose":  {drawing.Colour{0xfb, 0xe4, 0xe7}, drawing.Colour{0x97, 0x2c, 0x42}},
	"stone": {drawing.Colour{0xea, 0xe8, 0xe4}, drawing.Colour{0x55, 0x51, 0x4a}},
}

func tintOf(colour string) tint {
	if t, known := tints[colour]; known {
		return t
	}
	return tints["plain"]
}

// The sizes of letters of a board, in points.
var (
	headWords   = drawing.Words{Size: 20, Bold: true, Colour: drawing.Ink}
	overWords   = drawing.Words{Size: 10, Colour: drawing.Soft}
	zoneWords   = drawing.Words{Size: 13, Bold: true}
	helpWords   = drawing.Words{Size: 8.5, Colour: drawing.Soft}
	promptWords = drawing.Words{Size: 9, Bold: true}
	faceWords   = drawing.Words{Size: 10.5, Colour: drawing.Ink}
	moreWords   = drawing.Words{Size: 9, Colour: drawing.Ink}
	termWords   = drawing.Words{Size: 8, Colour: drawing.Soft}
	voteWords   = drawing.Words{Size: 9.5, Bold: true, Colour: drawing.Ink}
	byWords     = drawing.Words{Size: 8, Colour: drawing.Soft}
	footWords   = drawing.Words{Size: 8, Colour: drawing.Soft}
)
