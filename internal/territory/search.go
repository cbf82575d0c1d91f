package territory

import (
	"cmp"
	"slices"
	"strings"
)

// MaxResults is the most a search returns.
const MaxResults = 100

// match is an entry that answers a search; the lower the rank the closer.
type match struct {
	entry *entry
	table int
	rank  int
}

// Ranks of a match, from the closest.
const (
	exact = iota
	exactWithoutArticle
	firstWords
	firstLetters
	laterWords
	allWords
)

// Search finds places from what a person types: the beginning of a name or of its words in any
// order, accents and hyphens aside ("st denis" finds Saint-Denis), a postal code or an official
// code or their beginning, or both ("caen 14"). The closest come first, then the most populated.
// Without kinds every kind but former communes is searched. At most limit places are returned,
// and never more than MaxResults.
func Search(query string, kinds []Kind, limit int) []Place {
	q := read(query)
	limit = min(limit, MaxResults)
	if len(q.tokens) == 0 || limit <= 0 {
		return nil
	}
	a := data()
	best := make([]match, 0, limit+1)
	for table := range a.tables {
		if !wanted(table, kinds) {
			continue
		}
		for i := range a.tables[table] {
			e := &a.tables[table][i]
			if rank, ok := q.matches(a, e); ok {
				best = keep(best, match{e, table, rank}, limit)
			}
		}
	}
	out := make([]Place, len(best))
	for i, m := range best {
		out[i] = a.place(m.entry, kindOf(m.table))
	}
	return out
}

func kindOf(table int) Kind { return kinds[table] }

func wanted(table int, among []Kind) bool {
	if len(among) == 0 {
		return table != formerTable
	}
	return slices.Contains(among, kindOf(table))
}

// keep inserts m at its place among the best, at most limit of them.
func keep(best []match, m match, limit int) []match {
	if len(best) == limit && closer(m, best[limit-1]) >= 0 {
		return best
	}
	at, _ := slices.BinarySearchFunc(best, m, closer)
	best = slices.Insert(best, at, m)
	return best[:min(len(best), limit)]
}

func closer(x, y match) int {
	return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(y.entry.population, x.entry.population),
		cmp.Compare(x.table, y.table), strings.Compare(x.entry.code, y.entry.code))
}

// token is a typed word, with the word it may stand for.
type token struct {
	prefix  string // " cae"
	stands  string // " saint " for "st"
	code    string // the token itself, in capitals, when it holds a digit
	isDigit bool
}

// question is what was typed: all its tokens, and its words in a row, without the numbers that
// only say where ("caen 14").
type question struct {
	tokens []token
	phrase string // " saint denis"
}

var abbreviations = map[string]string{"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}

func read(query string) question {
	var q question
	for _, w := range strings.Fields(words(query)) {
		t := token{prefix: " " + w}
		full, short := abbreviations[w]
		switch {
		case short:
			t.stands = " " + full + " "
			q.phrase += " " + full
		case strings.ContainsAny(w, "0123456789"):
			t.code, t.isDigit = strings.ToUpper(w), true
		default:
			q.phrase += " " + w
		}
		q.tokens = append(q.tokens, t)
	}
	return q
}

func (q question) matches(a *atlas, e *entry) (rank int, ok bool) {
	exactCode := false
	for _, t := range q.tokens {
		named := strings.Contains(e.folded, t.prefix) || t.stands != "" && strings.Contains(e.folded, t.stands)
		if named {
			continue
		}
		if !t.isDigit || !t.locates(a, e) {
			return 0, false
		}
		exactCode = exactCode || t.code == e.code || len(t.code) == 5 && strings.Contains(e.postal, t.code)
	}
	if q.phrase != "" {
		return nearness(e.folded, q.phrase), true
	}
	if exactCode {
		return exact, true
	}
	return firstLetters, true
}

// locates says whether a token is the beginning of a code of the place, or its département.
func (t token) locates(a *atlas, e *entry) bool {
	if strings.HasPrefix(e.code, t.code) || a.code(departementTable, e.departement) == t.code {
		return true
	}
	for rest := e.postal; rest != ""; {
		if strings.HasPrefix(rest, t.code) {
			return true
		}
		_, rest, _ = strings.Cut(rest, " ")
	}
	return false
}

// leading words that people leave out: articles and the legal forms of EPCI.
var leading = []string{" le ", " la ", " les ", " l ", " cc ", " ca ", " cu "}

func nearness(folded, phrase string) int {
	switch at := strings.Index(folded, phrase); {
	case at < 0:
		return allWords
	case at == 0 && len(folded) == len(phrase)+1:
		return exact
	case len(folded) == at+len(phrase)+1 && slices.Contains(leading, folded[:at+1]):
		return exactWithoutArticle
	case at == 0 && folded[len(phrase)] == ' ':
		return firstWords
	case at == 0:
		return firstLetters
	}
	return laterWords
}
