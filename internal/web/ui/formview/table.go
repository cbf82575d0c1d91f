package formview

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form"
)

// rowMark stands for the number of a row in the row that the island copies.
const rowMark = "__i__"

// row is one row of a table or one line of a budget: its number and its value, nil for an empty one.
type row struct {
	at    string
	value map[string]any
}

// rows are those of the answer, then the empty ones to show: those asked for, and
// as many as the field wants at least, one when it wants none.
func (q question) rows(value any, path string) []row {
	list, _ := value.([]any)
	out := make([]row, 0, len(list)+1)
	for i, raw := range list {
		v, _ := raw.(map[string]any)
		out = append(out, row{itoa(i), v})
	}
	least := max(q.field.Settings.MinRows, 1)
	for want := max(len(list)+q.view.Blank[path], least); len(out) < want; {
		out = append(out, row{at: itoa(len(out))})
	}
	if most := q.field.Settings.MaxRows; most > 0 && len(out) > max(most, len(list)) {
		out = out[:max(most, len(list))]
	}
	return out
}

// full says whether no row may be added.
func (q question) full(rows int) bool {
	most := q.field.Settings.MaxRows
	if most == 0 {
		most = form.MaxRows
	}
	return rows >= most
}

// lines are the lines of one side of a budget. An empty side offers a line per category when they are few.
func (q question) lines(side string) []row {
	path := q.path + "." + side
	list, _ := q.object()[side].([]any)
	categories := q.categories(side)
	if len(list) > 0 || len(categories) > 6 {
		return q.rows(list, path)
	}
	var out []row
	for i, c := range categories {
		out = append(out, row{itoa(i), map[string]any{"category": c.ID}})
	}
	for range q.view.Blank[path] {
		out = append(out, row{at: itoa(len(out))})
	}
	return out
}

func (q question) categories(side string) []form.Category {
	if side == "income" {
		return q.field.Settings.Income
	}
	return q.field.Settings.Expenses
}

// columnKinds tells the island the type of each column.
func (q question) columnKinds() map[string]string {
	out := map[string]string{}
	for _, c := range q.field.Columns() {
		out[c.ID] = c.Type
	}
	return out
}

// rowOf reads the number of a row and its column in the path of a problem; -1 when there is none.
func rowOf(fieldID, path string) (int, string) {
	rest, ok := strings.CutPrefix(path, fieldID+".")
	if !ok {
		return -1, ""
	}
	number, rest, _ := strings.Cut(rest, ".")
	column, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	if err != nil {
		return -1, ""
	}
	return n, column
}

// Act is what a button of the form asks for beside saving, read from the control "do".
type Act struct {
	Name string // add-row, remove-row, move-row, upload, remove-file, search, resolve, save; any other is the page's own
	Path string // the field, or the side of a budget ("budget.expenses")
	Row  int    // of remove-row and move-row
	Up   bool   // of move-row
	File string // of remove-file
}

// Field is the id of the field that the act is about.
func (a Act) Field() string {
	id, _, _ := strings.Cut(a.Path, ".")
	return id
}

// ReadAct reads the button that was pressed: do=add-row:PATH, remove-row:PATH:ROW,
// move-row:PATH:ROW:up or down, upload:FIELD, remove-file:FIELD:ID, search:FIELD, resolve:FIELD.
func ReadAct(do string) Act {
	parts := strings.Split(do, ":")
	a := Act{Name: parts[0], Row: -1}
	if len(parts) > 1 {
		a.Path = parts[1]
	}
	if len(parts) > 2 {
		if n, err := strconv.Atoi(parts[2]); err == nil && n >= 0 {
			a.Row = n
		}
		a.File = parts[2]
	}
	a.Up = len(parts) > 3 && parts[3] == "up"
	return a
}

// ChangeRows does in the values of a plain form what a row button asks: a row
// removed goes, a row moved changes places with its neighbour. Values are changed in place, before
// form.DecodeHTML reads them. It gives the empty rows that the next page adds, for View.Blank.
func ChangeRows(values url.Values, a Act) (blank int) {
	switch a.Name {
	case "add-row":
		return 1
	case "remove-row":
		prefix := "f." + a.Path + "." + itoa(a.Row) + "."
		for name := range values {
			if strings.HasPrefix(name, prefix) {
				delete(values, name)
			}
		}
	case "move-row":
		numbers := sentRows(values, a.Path)
		at := slices.Index(numbers, a.Row)
		to := at + 1
		if a.Up {
			to = at - 1
		}
		if at >= 0 && to >= 0 && to < len(numbers) {
			swapRows(values, "f."+a.Path+".", numbers[at], numbers[to])
		}
	}
	return 0
}

// sentRows are the numbers of the rows that came, in order.
func sentRows(values url.Values, path string) []int {
	var out []int
	for name := range values {
		rest, ok := strings.CutPrefix(name, "f."+path+".")
		number, _, below := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(number); ok && below && err == nil && n >= 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

func swapRows(values url.Values, prefix string, a, b int) {
	moved := url.Values{}
	for name, v := range values {
		for _, pair := range [2][2]int{{a, b}, {b, a}} {
			if rest, ok := strings.CutPrefix(name, prefix+itoa(pair[0])+"."); ok {
				moved[prefix+itoa(pair[1])+"."+rest] = v
				delete(values, name)
			}
		}
	}
	for name, v := range moved {
		values[name] = v
	}
}
