package coding

import (
	"context"

	"transformateur/internal/board"
	"transformateur/internal/board/room"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
)

// Tally counts what people wrote in the surveys of an edition and on the boards of its hot
// debriefs: all of it, what may be quoted, what somebody read a theme in, and by theme what
// anybody read there. Authors are how many people it comes from.
type Tally struct {
	Texts, Quotable, Sorted int64
	Authors                 int64
	Themes                  []ThemeTally // in the order of the codebook
}

// ThemeTally is how many texts bear a theme, from how many people, and those of them that
// more than half of who read them gave it, where the author agreed to be quoted.
type ThemeTally struct {
	Theme
	Texts, Authors int64
	Quotable       []Verbatim
}

// Count tallies an edition without asking who wants to know: what it gives is hidden from
// those who may not read small numbers by who shows it. Somebody who wrote in two surveys,
// or in one and on a board, counts as two people: nothing leads from one to the other.
func Count(ctx context.Context, r db.Reader, id programme.EditionID) (all Tally, err error) {
	var d Desk
	if d.Verbatims, err = written(ctx, r, id); err != nil {
		return all, err
	}
	if d.Themes, err = themesOf(ctx, r, id); err != nil {
		return all, err
	}
	if d.Readings, err = readingsOf(ctx, r, id); err != nil {
		return all, err
	}
	read := map[string]map[string]bool{} // the themes of a verbatim, whoever saw them
	for _, one := range d.Readings {
		for _, theme := range one.Themes {
			if read[one.Verbatim] == nil {
				read[one.Verbatim] = map[string]bool{}
			}
			read[one.Verbatim][theme] = true
		}
	}
	authors := map[string]bool{}
	for _, v := range d.Verbatims {
		all.Texts++
		authors[v.author] = true
		if v.Quote != survey.NoQuote {
			all.Quotable++
		}
		if len(read[v.ID]) > 0 {
			all.Sorted++
		}
	}
	all.Authors = int64(len(authors))
	bears := d.borne()
	for _, t := range d.Themes {
		one, authors := ThemeTally{Theme: t}, map[string]bool{}
		for _, v := range d.Verbatims {
			if !read[v.ID][t.ID] {
				continue
			}
			one.Texts++
			authors[v.author] = true
			if v.Quote != survey.NoQuote && bears[v.ID][t.ID] {
				one.Quotable = append(one.Quotable, v.signed())
			}
		}
		one.Authors = int64(len(authors))
		all.Themes = append(all.Themes, one)
	}
	return all, nil
}

// Quotable gives what may be quoted in an edition as of now, by where it stands, without
// asking who wants it: what was withdrawn since is not in it.
func Quotable(ctx context.Context, r db.Reader, id programme.EditionID) (map[string]Verbatim, error) {
	list, err := written(ctx, r, id)
	if err != nil {
		return nil, err
	}
	all := map[string]Verbatim{}
	for _, v := range list {
		if v.Quote != survey.NoQuote {
			all[v.ID] = v.signed()
		}
	}
	return all, nil
}

// written are the verbatims of an edition, whoever asks.
func written(ctx context.Context, r db.Reader, id programme.EditionID) ([]Verbatim, error) {
	list, err := fromSurveys(ctx, r, id)
	if err != nil {
		return nil, err
	}
	boards, err := fromBoards(ctx, r, id, func(one room.ID) (*board.State, error) {
		state, _, err := room.Replay(ctx, r, one, 0)
		return state, err
	})
	return append(list, boards...), err
}

// signed bears a name only when its author agreed to that.
func (v Verbatim) signed() Verbatim {
	if v.Quote != survey.Named {
		v.Name = ""
	}
	return v
}

// borne gives the themes that each verbatim bears, as Bears says, in one pass.
func (d Desk) borne() map[string]map[string]bool {
	readers, given := map[string]int{}, map[string]map[string]int{}
	for _, r := range d.Readings {
		readers[r.Verbatim]++
		if given[r.Verbatim] == nil {
			given[r.Verbatim] = map[string]int{}
		}
		for _, t := range r.Themes {
			given[r.Verbatim][t]++
		}
	}
	bears := map[string]map[string]bool{}
	for verbatim, themes := range given {
		bears[verbatim] = map[string]bool{}
		for t, n := range themes {
			bears[verbatim][t] = 2*n > readers[verbatim]
		}
	}
	return bears
}
