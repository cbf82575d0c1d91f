package assignment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
)

// Theme is an answer that a file chose: its identifier and its words.
type Theme struct {
	ID    string
	Label form.Localised
}

// choices are the questions of a call that are answered by choosing.
func (s *Service) choices(ctx context.Context, r db.Reader, sel committee.Selection) ([]*form.Field, error) {
	if sel.Call.Revision == 0 {
		return nil, nil
	}
	f, err := s.calls.Form(ctx, r, sel.Call.ID, sel.Call.Revision)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(f.Form.Fields(), func(f *form.Field) bool { return f.Type != "choice" && f.Type != "choices" }), nil
}

// themes are those that each deposited file of a call chose, in the order of the options,
// among the questions asked for.
func (s *Service) themes(ctx context.Context, r db.Reader, sel committee.Selection, among []string) (map[application.ID][]Theme, error) {
	fields, err := s.choices(ctx, r, sel)
	if err != nil {
		return nil, err
	}
	type key struct{ field, value string }
	type place struct {
		order int
		Theme
	}
	known := map[key]place{}
	var collect func(f *form.Field, options []form.Option)
	collect = func(f *form.Field, options []form.Option) {
		for _, o := range options {
			known[key{f.ID, o.ID}] = place{len(known), Theme{o.ID, o.Label}}
			collect(f, o.Options)
		}
	}
	for _, f := range fields {
		if len(among) == 0 || slices.Contains(among, f.ID) {
			collect(f, f.Settings.Options)
		}
	}
	type row struct {
		file application.ID
		key
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.file, &x.field, &x.value)
		return x, err
	}, `select t.application_id, t.field, t.value from application_facets t join applications a on a.id = t.application_id where a.call_id = $1`, string(sel.Call.ID))
	if err != nil {
		return nil, fmt.Errorf("read the themes of %s: %w", sel.Call.ID, err)
	}
	places := map[application.ID][]place{}
	for _, x := range rows {
		if p, listed := known[x.key]; listed {
			places[x.file] = append(places[x.file], p)
		}
	}
	out := map[application.ID][]Theme{}
	for file, list := range places {
		slices.SortFunc(list, func(a, b place) int { return a.order - b.order })
		for _, p := range list {
			out[file] = append(out[file], p.Theme)
		}
	}
	return out, nil
}

// folded is a text as it is compared: the roots of its words, without accents nor case.
func folded(s string) string { return strings.Join(text.Words(s), " ") }

// foldedThemes are the themes of a file as they are compared: for each, its identifier
// and its words in both languages.
func foldedThemes(themes []Theme) []string {
	out := make([]string, 0, 3*len(themes))
	for _, t := range themes {
		out = append(out, folded(t.ID), folded(t.Label["fr"]), folded(t.Label["en"]))
	}
	return out
}

func foldedSet(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, s := range list {
		if s = folded(s); s != "" {
			out[s] = true
		}
	}
	return out
}

// knows is the share of a file's themes, folded, among the competences that a member
// declared; a file without a theme gives 0.
func knows(competences map[string]bool, themes []string) float64 {
	if len(themes) == 0 {
		return 0
	}
	n := 0
	for i := 0; i < len(themes); i += 3 {
		if competences[themes[i]] || competences[themes[i+1]] || competences[themes[i+2]] {
			n++
		}
	}
	return float64(3*n) / float64(len(themes))
}

// vocabulary are the distinct words of what a member says she knows, and of what she sits for.
func vocabulary(m committee.Member) []string {
	words := text.Words(strings.Join(m.Competences, " ") + " " + m.Organisation)
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < 3 })
	slices.Sort(words)
	return slices.Compact(words)
}

// lexicon is what is known of the words of files: which of those that somebody asked
// about each holds, and how many distinct words it has.
type lexicon struct {
	holds map[application.ID]map[string]bool
	size  map[application.ID]int
}

func (s *Service) lexicon(ctx context.Context, r db.Reader, sel committee.Selection, words []string) (l lexicon, err error) {
	l = lexicon{map[application.ID]map[string]bool{}, map[application.ID]int{}}
	if len(words) == 0 {
		return l, nil
	}
	type row struct {
		file application.ID
		term string
		n    int
	}
	sizes, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.file, &x.n)
		return x, err
	}, `select t.object_id, count(*) from search_terms t join applications a on a.id = t.object_id where t.kind = 'application' and a.call_id = $1 group by t.object_id`, string(sel.Call.ID))
	if err != nil {
		return l, fmt.Errorf("count the words of the files of %s: %w", sel.Call.ID, err)
	}
	for _, x := range sizes {
		l.size[x.file] = x.n
	}
	args := []any{string(sel.Call.ID)}
	places := make([]string, len(words))
	for i, w := range words {
		args = append(args, w)
		places[i] = fmt.Sprintf("$%d", len(args))
	}
	found, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.file, &x.term)
		return x, err
	}, `select t.object_id, t.term from search_terms t join applications a on a.id = t.object_id where t.kind = 'application' and a.call_id = $1 and t.term in (`+strings.Join(places, ", ")+`)`, args...)
	if err != nil {
		return l, fmt.Errorf("find the words of members in the files of %s: %w", sel.Call.ID, err)
	}
	for _, x := range found {
		if l.holds[x.file] == nil {
			l.holds[x.file] = map[string]bool{}
		}
		l.holds[x.file][x.term] = true
	}
	return l, nil
}

// likeness is the cosine of a member's words and a file's, each word counting once
// (Salton and McGill, Introduction to Modern Information Retrieval, 1983, ch. 4; on sets it is the coefficient of
// Ochiai, 1957): words in common over the square root of the product of the two numbers
// of words. It depends on the pair alone, so that no other file shows through it.
func (l lexicon) likeness(words []string, file application.ID) float64 {
	if len(words) == 0 || l.size[file] == 0 {
		return 0
	}
	n := 0
	for _, w := range words {
		if l.holds[file][w] {
			n++
		}
	}
	return math.Min(1, float64(n)/math.Sqrt(float64(len(words))*float64(l.size[file])))
}
