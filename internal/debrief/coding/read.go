package coding

import (
	"slices"

	"transformateur/internal/debrief/survey"
	"transformateur/internal/solve/cluster"
)

// Alike is how alike two verbatims must be on average to be proposed together, Near how
// alike to one that bears a theme for that theme to be proposed. Both ask for words in
// common, not only one; they are a first guess, to be set on real debriefs.
const (
	Alike = 0.15
	Near  = 0.12
)

// Mine is the reading that the reader of the desk gave to a verbatim; ok is false for none.
func (d Desk) Mine(verbatim string) (mine Reading, ok bool) {
	i := slices.IndexFunc(d.Readings, func(r Reading) bool { return r.Verbatim == verbatim && r.Coder == d.me })
	if i < 0 {
		return mine, false
	}
	return d.Readings[i], true
}

// Left are the verbatims that the reader has not read.
func (d Desk) Left() (list []Verbatim) {
	for _, v := range d.Verbatims {
		if _, read := d.Mine(v.ID); !read {
			list = append(list, v)
		}
	}
	return list
}

// of are the readings of a verbatim.
func (d Desk) of(verbatim string) (list []Reading) {
	for _, r := range d.Readings {
		if r.Verbatim == verbatim {
			list = append(list, r)
		}
	}
	return list
}

// Bears are the themes of a verbatim: those that more than half of who read it gave it.
func (d Desk) Bears(verbatim string) (themes []string) {
	all := d.of(verbatim)
	for _, t := range d.Themes {
		given := 0
		for _, r := range all {
			if slices.Contains(r.Themes, t.ID) {
				given++
			}
		}
		if 2*given > len(all) {
			themes = append(themes, t.ID)
		}
	}
	return themes
}

// Suggestion is a theme that may suit a verbatim, with its reason.
type Suggestion struct {
	Theme Theme
	Words []string // shared with verbatims that bear it
}

// Suggest finds the theme of the verbatim most like one, among those that the reader coded
// herself: two people who code apart stay apart. ok is false when none is near enough.
func (d Desk) Suggest(verbatim string) (best Suggestion, ok bool) {
	at := slices.IndexFunc(d.Verbatims, func(v Verbatim) bool { return v.ID == verbatim })
	if at < 0 {
		return best, false
	}
	texts, nearest := corpus(d.Verbatims), Near
	for i, v := range d.Verbatims {
		mine, read := d.Mine(v.ID)
		if i == at || !read {
			continue
		}
		like := cluster.Likeness(texts[at], texts[i])
		for _, t := range d.Themes {
			if !t.Retired && slices.Contains(mine.Themes, t.ID) && like > nearest {
				nearest, ok = like, true
				best = Suggestion{t, cluster.Shared(texts[at], texts[i:i+1], 3)}
			}
		}
	}
	return best, ok
}

// Pack is verbatims that are alike, with what they share.
type Pack struct {
	Verbatims []Verbatim
	Words     []string
}

// Packs proposes groups of verbatims that are alike, the largest first.
func (d Desk) Packs() (list []Pack) {
	for _, g := range cluster.Groups(corpus(d.Verbatims), Alike) {
		p := Pack{Words: g.Words}
		for _, i := range g.Members {
			p.Verbatims = append(p.Verbatims, d.Verbatims[i])
		}
		list = append(list, p)
	}
	return list
}

// Difference is a verbatim that two people read otherwise.
type Difference struct {
	Verbatim
	Readings []Reading
}

// Differences are the verbatims that the reader coded and that somebody else read
// otherwise: nobody sees the reading of another before her own.
func (d Desk) Differences() (list []Difference) {
	for _, v := range d.Verbatims {
		all := d.of(v.ID)
		if _, mine := d.Mine(v.ID); !mine || len(all) < 2 {
			continue
		}
		for _, r := range all[1:] {
			if !slices.Equal(r.Themes, all[0].Themes) {
				list = append(list, Difference{v, all})
				break
			}
		}
	}
	return list
}

// Agreement is how far the reader and somebody else agree on a theme.
type Agreement struct {
	Other string // her name
	Theme Theme
	Both  int // verbatims that both read
	Same  int // of which they said the same of this theme
	Kappa float64
	Says  bool // whether kappa says anything: see cluster.Kappa
}

// Agreements compare the reader with each of the others, theme by theme, on what both read.
func (d Desk) Agreements() (list []Agreement) {
	var others []Reading
	for _, r := range d.Readings {
		if r.Coder != d.me && !slices.ContainsFunc(others, func(o Reading) bool { return o.Coder == r.Coder }) {
			others = append(others, r)
		}
	}
	for _, other := range others {
		for _, t := range d.Themes {
			var mine, hers []bool
			for _, r := range d.Readings {
				if own, read := d.Mine(r.Verbatim); read && r.Coder == other.Coder && d.has(r.Verbatim) {
					mine, hers = append(mine, slices.Contains(own.Themes, t.ID)), append(hers, slices.Contains(r.Themes, t.ID))
				}
			}
			a := Agreement{Other: other.Name, Theme: t, Both: len(mine)}
			for i := range mine {
				if mine[i] == hers[i] {
					a.Same++
				}
			}
			if a.Kappa, a.Says = cluster.Kappa(mine, hers); a.Both > 0 {
				list = append(list, a)
			}
		}
	}
	return list
}

// has says whether a verbatim still stands: one may have been withdrawn.
func (d Desk) has(verbatim string) bool {
	return slices.ContainsFunc(d.Verbatims, func(v Verbatim) bool { return v.ID == verbatim })
}

// Result is what a theme holds.
type Result struct {
	Theme  Theme
	Count  int
	Hidden bool // outside: fewer than survey.Least
	Quotes []Verbatim
}

// Results count each theme, with the verbatims under it; for readers outside the
// programme's team, no count under survey.Least and only what may be quoted.
func (d Desk) Results(outside bool) (list []Result) {
	for _, t := range d.Themes {
		one := Result{Theme: t}
		for _, v := range d.Verbatims {
			if !slices.Contains(d.Bears(v.ID), t.ID) {
				continue
			}
			one.Count++
			if v.Quote != survey.Named {
				v.Name = ""
			}
			if !outside || v.Quote == survey.Named || v.Quote == survey.Nameless {
				one.Quotes = append(one.Quotes, v)
			}
		}
		if outside && one.Count > 0 && one.Count < survey.Least {
			one.Count, one.Hidden, one.Quotes = 0, true, nil
		}
		list = append(list, one)
	}
	return list
}
