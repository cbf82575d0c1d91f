package showcase

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/showcase"
)

// tile is a region on a map of equal squares, in the order of the compass as far as squares
// allow: each is as easy to see as the next, which a map of outlines would not give to the
// smallest or to those overseas.
type tile struct {
	Code, Short string
	X, Y        int
}

var tiles = []tile{
	{"32", "HDF", 2, 0},
	{"28", "NOR", 1, 1}, {"11", "IDF", 2, 1}, {"44", "GES", 3, 1},
	{"53", "BRE", 0, 2}, {"52", "PDL", 1, 2}, {"24", "CVL", 2, 2}, {"27", "BFC", 3, 2},
	{"75", "NAQ", 1, 3}, {"84", "ARA", 2, 3},
	{"76", "OCC", 1, 4}, {"93", "PAC", 2, 4}, {"94", "COR", 3, 4},
	{"01", "GLP", 5, 0}, {"02", "MTQ", 5, 1}, {"03", "GUF", 5, 2}, {"04", "REU", 5, 3}, {"06", "MYT", 5, 4},
}

// group is what several projects share: a region or a theme.
type group struct {
	Value, Label string
	Count        int
}

// byRegion counts projects by region, by name.
func byRegion(list []showcase.Listed) []group {
	return grouped(list, func(l showcase.Listed) []group {
		if l.Region == "" {
			return nil
		}
		return []group{{Value: l.Region, Label: regionName(l.Region)}}
	})
}

// byTheme counts projects by theme, by name; a theme written in two ways is one.
func byTheme(list []showcase.Listed) []group {
	return grouped(list, func(l showcase.Listed) (of []group) {
		for _, t := range l.Themes {
			of = append(of, group{Value: text.Fold(t), Label: t})
		}
		return of
	})
}

func grouped(list []showcase.Listed, of func(showcase.Listed) []group) (out []group) {
	for _, l := range list {
		for _, g := range of(l) {
			i := slices.IndexFunc(out, func(o group) bool { return o.Value == g.Value })
			if i < 0 {
				i, out = len(out), append(out, g)
			}
			out[i].Count++
		}
	}
	slices.SortFunc(out, func(a, b group) int { return cmp.Compare(text.Fold(a.Label), text.Fold(b.Label)) })
	return out
}

// plot is the map of regions.
type plot struct{ groups []group }

const tileSide, tileGap = 56, 4

func (p plot) count(code string) int {
	for _, g := range p.groups {
		if g.Value == code {
			return g.Count
		}
	}
	return 0
}

// class says how much there is, in four steps; the number stands there too.
func (p plot) class(t tile) string {
	switch n := p.count(t.Code); {
	case n == 0:
		return "tile none"
	case n < 3:
		return "tile few"
	case n < 8:
		return "tile some"
	}
	return "tile many"
}

func (t tile) x() string      { return strconv.Itoa(t.X * (tileSide + tileGap)) }
func (t tile) y() string      { return strconv.Itoa(t.Y * (tileSide + tileGap)) }
func (t tile) middle() string { return strconv.Itoa(t.X*(tileSide+tileGap) + tileSide/2) }
func (t tile) line(n int) string {
	return strconv.Itoa(t.Y*(tileSide+tileGap) + 10 + 16*n)
}

func counted(ctx context.Context, n int) string { return i18n.N(ctx, "showcase.projects_count", n) }
