package assignments

import (
	"context"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/solve/assign"
	"transformateur/internal/web/ui"
)

// The states of a cell of the matrix. Between reads and the largest disc stand the sizes
// of affinity: "r1" to "r5".
const (
	cellNone   = ""
	cellBarred = "x"
	cellEnded  = "e"
)

// sizes is how many sizes of disc there are.
const sizes = 5

// mark is one cell of the matrix.
type mark struct {
	state string // cellNone, cellBarred, cellEnded, or the size of the disc
	fresh bool   // a reading that is not published yet
	said  string // for who does not see the disc
}

// class is what the style sheet draws.
func (k mark) class() string {
	if k.fresh {
		return k.state + " n"
	}
	return k.state
}

// picture is the matrix as it is drawn: files in rows, members in columns, readings as
// discs whose size is the affinity, loads on the margins.
type picture struct {
	board
	highest      assign.Affinity
	added, ended map[assignment.Pair]bool
	words        map[string]string
}

func (v board) picture(ctx context.Context) picture {
	p := picture{board: v, highest: 1, added: map[assignment.Pair]bool{}, ended: map[assignment.Pair]bool{}, words: map[string]string{}}
	for _, g := range v.Plan.Pairs {
		value, _ := v.Value(g.Pair)
		p.highest = max(p.highest, value)
	}
	if len(v.Live) > 0 {
		for _, pair := range v.Changes.Added {
			p.added[pair] = true
		}
	}
	for _, pair := range v.Changes.Ended {
		p.ended[pair] = true
	}
	for _, word := range []string{"reads", "added", "ended", "barred"} {
		p.words[word] = i18n.T(ctx, "assignments.cell_"+word)
	}
	return p
}

// at is the cell of a pair.
func (p picture) at(ctx context.Context, pair assignment.Pair) mark {
	switch {
	case p.Barred(pair):
		return mark{state: cellBarred, said: p.words["barred"]}
	case p.Reads(pair):
		value, _ := p.Value(pair)
		k := mark{state: "r" + strconv.Itoa(size(value, p.highest)), fresh: p.added[pair], said: p.words["reads"]}
		if k.fresh {
			k.said = p.words["added"]
		}
		k.said += " " + affinity(ctx, value)
		return k
	case p.ended[pair]:
		return mark{state: cellEnded, said: p.words["ended"]}
	}
	return mark{}
}

// size is from 1, for an affinity of nothing, to sizes, for the highest.
func size(value, highest assign.Affinity) int {
	return 1 + int(min(max(value, 0)*sizes/(highest+1), sizes-1))
}

// readers is the number of readings of a file.
func (p picture) readers(f assignment.File) string { return strconv.Itoa(len(p.Readers(f.ID))) }

// chance says with how many chances a pair was drawn, or "" when nothing was.
func (v board) chance(ctx context.Context, pair assignment.Pair) string {
	chance, drawn := v.Chance(pair)
	if !drawn || chance == 0 {
		return ""
	}
	return i18n.T(ctx, "assignments.chance", text.Decimal(string(i18n.From(ctx)), 100*chance, 0))
}

// drawing says what a prudent draw was: the greatest chances that a pair had, the seed, and
// how many calculations were made, since trying seeds until one suits is no draw.
func (v board) drawing(ctx context.Context) []string {
	if v.Run == nil || v.Run.Status != assign.Drawn {
		return nil
	}
	r := v.Run.Result
	list := []string{i18n.T(ctx, "assignments.drawn_seed", strconv.FormatUint(r.Seed, 10)) + " " + i18n.N(ctx, "assignments.tries", v.Tries)}
	most := 0
	for _, c := range r.Chances {
		if !v.isPinned(assignment.Pair{File: application.ID(c.Item), Member: committee.MemberID(c.Agent)}) {
			most = max(most, c.Of)
		}
	}
	if most == 0 {
		return list
	}
	lang := string(i18n.From(ctx))
	return append([]string{i18n.T(ctx, "assignments.drawn_most", text.Decimal(lang, 100*float64(most)/1024, 0)),
		i18n.T(ctx, "assignments.drawn_mean", affinity(ctx, r.Expected), affinity(ctx, r.Total))}, list...)
}

// tabs are the pages of an assignment.
func (v board) tabs(ctx context.Context, current string) []ui.NavItem {
	list := []ui.NavItem{{Label: i18n.T(ctx, "assignments.tab_files"), URL: link(v.ID)}, {Label: i18n.T(ctx, "assignments.tab_members"), URL: link(v.ID, "members")}, {Label: i18n.T(ctx, "assignments.tab_prices"), URL: link(v.ID, "prices")}}
	if len(v.Live) > 0 {
		list = append(list, ui.NavItem{Label: i18n.T(ctx, "assignments.tab_repair"), URL: link(v.ID, "repair")})
	}
	for i := range list {
		list[i].Current = list[i].URL == current
	}
	return list
}
