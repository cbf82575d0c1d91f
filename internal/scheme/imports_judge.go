package scheme

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
	"transformateur/internal/scheme/harvest"
)

// Outcome is what becomes of a row.
type Outcome string

// The outcomes. One that stands is archived here: a list never wakes it.
const (
	Fresh   Outcome = "new"
	Changed Outcome = "changed"
	Same    Outcome = "same"
	Stands  Outcome = "archived"
	Refused Outcome = "refused"
	LeftOut Outcome = "left_out" // once applied: it was not picked
)

// Outcomes lists them in the order in which people read them.
var Outcomes = []Outcome{Fresh, Changed, Same, Stands, Refused, LeftOut}

// Change is a field that an import would change.
type Change struct {
	Difference
	Ours bool // it was rewritten here since it was last taken
}

// ImportRow is a row of an import and what would become of it, or became.
type ImportRow struct {
	Line     int
	Number   string
	Name     string
	Scheme   ID // "" for one that is not in the catalogue
	Outcome  Outcome
	Picked   bool
	Changes  []Change
	Problems []harvest.Problem
	Sheet    Sheet // that would be written
	state    State // of what would be created
	entry    harvest.Entry
	was      held
}

// Takes says whether applying writes the row.
func (r ImportRow) Takes() bool { return r.Picked && (r.Outcome == Fresh || r.Outcome == Changed) }

// Preview is an import and a page of its rows.
type Preview struct {
	Import
	Counts  map[Outcome]int
	Taken   int // how many rows applying writes
	Rows    []ImportRow
	Pages   int
	Missing []Scheme // in the catalogue from this list, and no longer in it
	Samples []string // a cell of each column
}

// RowsPerPage bounds the rows of a page.
const RowsPerPage = 50

// held is a scheme of the catalogue that was taken from a list.
type held struct {
	Scheme
	said    Sheet // what the list said of it then
	missing string
}

// taken lists what an agency holds of a list, by number there.
func taken(ctx context.Context, r db.Reader, agency programme.AgencyID, key string) (map[string]held, error) {
	type numbered struct {
		held
		number string
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (n numbered, err error) {
		var sheet, said string
		err = sc.Scan(&n.ID, &n.Agency, &n.Origin, &n.State, &sheet, &n.CheckedOn, &n.CheckedBy, &n.Version, &n.UpdatedAt, &n.number, &said, &n.missing)
		for text, into := range map[string]*Sheet{sheet: &n.Sheet, said: &n.said} {
			if err == nil {
				err = json.Unmarshal([]byte(text), into)
			}
		}
		if err == nil && sheet == said {
			n.said = n.Sheet
		}
		return n, err
	}, `select `+columns+`, x.number, x.said, x.missing_since from schemes s join scheme_sources x on x.scheme_id = s.id where x.agency_id = $1 and x.list_key = $2`, string(agency), key)
	if err != nil {
		return nil, fmt.Errorf("list what agency %s took from %s: %w", agency, key, err)
	}
	found := map[string]held{}
	for _, n := range list {
		found[n.number] = n.held
	}
	return found, nil
}

// kept is a row as it is kept.
type kept struct {
	line     int
	cells    []string
	leftOut  bool
	outcome  Outcome
	number   string
	name     string
	scheme   ID
	problems []harvest.Problem
}

// batch is how many rows are read at a time.
const batch = 500

// eachRow reads the rows of an import in order, some at a time: a large list is never held whole.
func eachRow(ctx context.Context, r db.Reader, id string, do func(kept) error) error {
	for after := 0; ; {
		list, err := db.List(ctx, r, func(sc db.Scanner) (k kept, err error) {
			var cells, problems string
			if err = sc.Scan(&k.line, &cells, &k.leftOut, &k.outcome, &k.number, &k.name, &k.scheme, &problems); err != nil {
				return k, err
			}
			if err = json.Unmarshal([]byte(problems), &k.problems); err == nil && cells != "" {
				err = json.Unmarshal([]byte(cells), &k.cells)
			}
			return k, err
		}, `select line, cells, left_out, outcome, number, name, coalesce(scheme_id, ''), problems from scheme_import_rows where import_id = $1 and line > $2 order by line limit $3`, id, after, batch)
		if err != nil {
			return fmt.Errorf("read the rows of import %s: %w", id, err)
		}
		for _, k := range list {
			if err := do(k); err != nil {
				return err
			}
			after = k.line
		}
		if len(list) < batch {
			return nil
		}
	}
}

// judge says what would become of a row; first tells in which row each number stood first.
func (i Import) judge(k kept, have map[string]held, first map[string]int) ImportRow {
	e := i.Mapping.Entry(harvest.Row{Number: k.line, Cells: k.cells})
	row := ImportRow{Line: k.line, Number: e.Number, Name: e.Name, Outcome: Refused, Picked: !k.leftOut, Problems: e.Problems, entry: e}
	refuse := func(target, key, value string) ImportRow {
		row.Problems = append([]harvest.Problem{{Target: target, Key: key, Value: value}}, row.Problems...)
		return row
	}
	switch at, twice := first[e.Number]; {
	case e.Number == "":
		return refuse("number", "scheme.row_number_missing", "")
	case twice:
		return refuse("number", "scheme.row_number_twice", fmt.Sprint(at))
	}
	first[e.Number] = k.line
	if e.Name == "" {
		return refuse("name", "scheme.row_name_missing", "")
	}
	said := i.sheetOf(e)
	if e.Replaced != "" {
		next, known := have[e.Replaced]
		if known && e.Replaced != e.Number {
			said.ReplacedBy = next.ID
		}
	}
	if bad := said.check(); len(bad) > 0 {
		return refuse(bad[0].Path, "scheme.row_field_wrong", "")
	}
	was, is := have[e.Number]
	if row.Sheet = said; !is {
		row.Outcome, row.state = Fresh, Draft
		if i.Publish {
			row.state = Published
		}
		return row
	}
	row.Scheme, row.was = was.ID, was
	row.Sheet = merged(was.Sheet, was.said, said)
	row.Changes = changesOf(was, row.Sheet)
	switch {
	case was.State == Archived:
		row.Outcome = Stands
	case len(row.Changes) > 0:
		row.Outcome = Changed
	default:
		row.Outcome = Same
	}
	return row
}

// changesOf lists what a sheet would change of what is held.
func changesOf(was held, to Sheet) (list []Change) {
	ours := map[string]bool{}
	for _, d := range Differences(was.said, was.Sheet) {
		ours[d.Field] = true
	}
	for _, d := range Differences(was.Sheet, to) {
		list = append(list, Change{Difference: d, Ours: ours[d.Field]})
	}
	return list
}

// PreviewImport says what an import would do, row by row, or did; only keeps rows of one
// outcome, "" for all; page counts from 1. Errors: NotFound; as the policy, on scheme.manage.
func (s *Service) PreviewImport(ctx context.Context, by account.User, agency programme.AgencyID, id string, only Outcome, page int) (v Preview, err error) {
	r := s.db.Reader()
	if v.Import, err = s.importOf(ctx, r, by, agency, id); err != nil {
		return v, err
	}
	v.Counts, v.Samples = map[Outcome]int{}, make([]string, len(v.Heads))
	have, err := taken(ctx, r, agency, v.Key)
	if err != nil {
		return v, err
	}
	first, matching := map[string]int{}, 0
	err = eachRow(ctx, r, id, func(k kept) error {
		row := ImportRow{Line: k.line, Number: k.number, Name: k.name, Scheme: k.scheme, Outcome: k.outcome, Problems: k.problems}
		if v.State == Waiting {
			v.sample(k.cells)
			row = v.judge(k, have, first)
		}
		if v.Counts[row.Outcome]++; row.Takes() {
			v.Taken++
		}
		if only == "" || only == row.Outcome {
			if matching++; matching > (page-1)*RowsPerPage && matching <= page*RowsPerPage {
				v.Rows = append(v.Rows, row)
			}
		}
		return nil
	})
	if err != nil {
		return v, err
	}
	v.Pages = (matching + RowsPerPage - 1) / RowsPerPage
	for number, one := range have {
		if _, there := first[number]; v.State == Waiting && v.Whole && !there && one.State != Archived {
			v.Missing = append(v.Missing, one.Scheme)
		}
	}
	slices.SortFunc(v.Missing, func(a, b Scheme) int { return compareNames(a, b) })
	return v, nil
}

// sample keeps the first cell of each column that holds something.
func (v *Preview) sample(cells []string) {
	for i, cell := range cells {
		if i < len(v.Samples) && v.Samples[i] == "" {
			v.Samples[i] = cell
		}
	}
}
