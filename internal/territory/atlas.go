package territory

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the file of codes
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"transformateur/internal/platform/text"
)

//go:embed data.gz
var packed []byte

// Ranks of the tables, in the order of kinds.
const (
	communeTable = iota
	arrondissementTable
	epciTable
	departementTable
	regionTable
	formerTable
)

// none is the rank of a place that there is not, or of which there are several.
const none int16 = -1

// entry is a place as kept in memory; strings are slices of two texts shared by all.
type entry struct {
	code, name, folded, postal, parent string
	population                         uint32
	departement, region, epci          int16
}

// atlas holds the tables, each sorted by code.
type atlas struct{ tables [6][]entry }

// data decodes the embedded file at the first use: 45 ms and 6 MB on a 2-core machine.
var data = sync.OnceValue(func() *atlas {
	a, err := decode(packed)
	if err != nil {
		panic("territory: the embedded file is damaged: " + err.Error())
	}
	return a
})

// reader walks through the columns of the file.
type reader struct {
	rest string
	err  error
}

func (r *reader) line() string {
	line, rest, ok := strings.Cut(r.rest, "\n")
	if !ok && r.err == nil {
		r.err = io.ErrUnexpectedEOF
	}
	r.rest = rest
	return line
}

func (r *reader) number() int {
	line := r.line()
	if line == "" {
		return int(none)
	}
	n, err := strconv.Atoi(line)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("read a number: %w", err)
	}
	return n
}

func (r *reader) table(columns ...func(*entry)) []entry {
	n := r.number()
	if r.err != nil || n < 0 || n > len(r.rest) {
		return nil
	}
	rows := make([]entry, n)
	for i := range rows {
		rows[i].departement, rows[i].region, rows[i].epci = none, none, none
	}
	for _, column := range columns {
		for i := range rows {
			column(&rows[i])
		}
	}
	return rows
}

func decode(packed []byte) (*atlas, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	r := &reader{rest: string(raw)}
	a := &atlas{}
	code := func(e *entry) { e.code = r.line() }
	name := func(e *entry) { e.name = r.line() }
	departement := func(e *entry) { e.departement = a.rank(departementTable, r.line()) }
	postal := func(e *entry) { e.postal = r.line() }
	population := func(e *entry) { e.population = uint32(max(r.number(), 0)) }
	parent := func(e *entry) { e.parent = r.line() }
	a.tables[regionTable] = r.table(code, name)
	a.tables[departementTable] = r.table(code, name, func(e *entry) { e.region = a.rank(regionTable, r.line()) })
	a.tables[epciTable] = r.table(code, name)
	a.tables[communeTable] = r.table(code, name, departement, postal, population, func(e *entry) { e.epci = int16(r.number()) })
	a.tables[arrondissementTable] = r.table(code, name, departement, postal, population, parent)
	a.tables[formerTable] = r.table(code, name, departement, parent)
	if r.err != nil {
		return nil, r.err
	}
	a.link()
	a.fold()
	return a, nil
}

func (a *atlas) rank(table int, code string) int16 {
	i, ok := slices.BinarySearchFunc(a.tables[table], code, func(e entry, code string) int { return strings.Compare(e.code, code) })
	if !ok {
		return none
	}
	return int16(i)
}

// link gives each place what follows from others: regions, EPCI of the parts of a commune, and
// the extent and population of EPCI, départements and regions.
func (a *atlas) link() {
	departements, regions, epcis := a.tables[departementTable], a.tables[regionTable], a.tables[epciTable]
	seen := make([]bool, len(epcis))
	for i := range a.tables[communeTable] {
		c := &a.tables[communeTable][i]
		a.locate(c)
		if c.epci >= 0 {
			e := &epcis[c.epci]
			e.population += c.population
			if !seen[c.epci] {
				seen[c.epci], e.departement, e.region = true, c.departement, c.region
			}
			if e.departement != c.departement {
				e.departement = none
			}
			if e.region != c.region {
				e.region = none
			}
		}
		if c.departement >= 0 {
			departements[c.departement].population += c.population
		}
		if c.region >= 0 {
			regions[c.region].population += c.population
		}
	}
	for _, table := range []int{arrondissementTable, formerTable} {
		for i := range a.tables[table] {
			part := &a.tables[table][i]
			a.locate(part)
			if whole := a.communeRank(part.parent); whole >= 0 {
				part.epci = a.tables[communeTable][whole].epci
			}
		}
	}
	for i := range departements {
		departements[i].departement = int16(i)
	}
	for i := range regions {
		regions[i].region = int16(i)
	}
}

// communeRank is the rank of a commune: there are too many for the short ranks of the other tables.
func (a *atlas) communeRank(code string) int {
	i, ok := a.find(Ref{KindCommune, code})
	if !ok {
		return -1
	}
	return i
}

func (a *atlas) locate(e *entry) {
	if e.departement >= 0 {
		e.region = a.tables[departementTable][e.departement].region
	}
}

// fold prepares the names for search, in one text: " saint denis ".
func (a *atlas) fold() {
	var all strings.Builder
	all.Grow(800_000)
	var ends []int
	for _, table := range a.tables {
		for i := range table {
			all.WriteString(words(table[i].name))
			ends = append(ends, all.Len())
		}
	}
	text, start, n := all.String(), 0, 0
	for _, table := range a.tables {
		for i := range table {
			table[i].folded = text[start:ends[n]]
			start, n = ends[n], n+1
		}
	}
}

// words folds a name into its words, each one between two spaces.
func words(s string) string {
	out := make([]byte, 1, len(s)+2)
	out[0] = ' '
	for _, r := range text.Fold(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out = utf8.AppendRune(out, r)
		case out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	if out[len(out)-1] != ' ' {
		out = append(out, ' ')
	}
	return string(out)
}
