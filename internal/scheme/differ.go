package scheme

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Difference is a field that is not the same in two sheets; a list is told with commas.
type Difference struct{ Field, Before, After string }

// Differences lists what changed from a sheet to another, in the order of the form.
func Differences(before, after Sheet) (list []Difference) {
	a, b := before.told(), after.told()
	for i := range a {
		if a[i].After != b[i].After {
			list = append(list, Difference{a[i].Field, a[i].After, b[i].After})
		}
	}
	return list
}

// told are all fields of a sheet as texts.
func (w Sheet) told() []Difference {
	one := func(field, value string) Difference { return Difference{Field: field, After: value} }
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	cents := ""
	if w.MaxAmount != 0 {
		cents = strconv.FormatFloat(float64(w.MaxAmount)/100, 'f', -1, 64)
	}
	rules, err := json.Marshal(w.Criteria)
	if err != nil || len(w.Criteria) == 0 {
		rules = nil
	}
	return []Difference{one("name", w.Name), one("provider", w.Provider), one("purpose", w.Purpose), one("instruments", strings.Join(w.Instruments, ", ")), one("tags", strings.Join(w.Tags, ", ")),
		one("amounts", w.Amounts), one("max_amount", cents), one("rate", number(w.Rate)), one("audience", w.Audience), one("territory", w.Territory),
		one("expenses", w.Expenses), one("conditions", w.Conditions), one("calendar", w.Calendar), one("valid_from", w.ValidFrom), one("valid_to", w.ValidTo), one("link", w.Link),
		one("source", w.Source), one("source_url", w.SourceURL), one("source_on", w.SourceOn), one("replaced_by", string(w.ReplacedBy)), one("criteria", string(rules))}
}
