package form

import (
	"math"
	"math/big"
	"strings"

	"transformateur/internal/form/rule"
)

// budgetType is a provisional budget: {"expenses":[line…],"income":[line…]},
// a line being {"category","label","amount"} with the amount in cents.
type budgetType struct{ base }

// Totals are what a budget amounts to. Rates are in basis points (1/100 of a
// percent) of the expenses, rounded half away from zero, and -1 without expenses.
type Totals struct {
	Expenses   int64 // cents
	Income     int64
	Public     int64 // the part of the income whose category is public
	Own        int64 // Income − Public
	Balance    int64 // Income − Expenses
	PublicRate int64
	Funded     int64 // Income over Expenses
	ByCategory map[string]int64
}

// BudgetTotals computes the totals of a canonical budget answer.
func (f *Field) BudgetTotals(v any) Totals {
	t := f.sums(v)
	t.ByCategory = map[string]int64{}
	object, _ := v.(map[string]any)
	for _, side := range budgetSides {
		lines, _ := object[side].([]any)
		for _, raw := range lines {
			line, _ := raw.(map[string]any)
			n, _ := whole(line, "amount")
			t.ByCategory[text(line, "category")] += n
		}
	}
	return t
}

var budgetSides = [2]string{"expenses", "income"}

// sums is BudgetTotals without the categories; it does not allocate.
func (f *Field) sums(v any) Totals {
	object, _ := v.(map[string]any)
	var t Totals
	lines, _ := object["expenses"].([]any)
	for _, raw := range lines {
		line, _ := raw.(map[string]any)
		n, _ := whole(line, "amount")
		t.Expenses += n
	}
	lines, _ = object["income"].([]any)
	for _, raw := range lines {
		line, _ := raw.(map[string]any)
		n, _ := whole(line, "amount")
		t.Income += n
		if c := findCategory(f.Settings.Income, text(line, "category")); c != nil && c.Public {
			t.Public += n
		}
	}
	t.Own = t.Income - t.Public
	t.Balance = t.Income - t.Expenses
	t.PublicRate, t.Funded = basisPoints(t.Public, t.Expenses), basisPoints(t.Income, t.Expenses)
	return t
}

// basisPoints is part over all in basis points, rounded half away from zero; -1 when all is not positive.
func basisPoints(part, all int64) int64 {
	if all <= 0 {
		return -1
	}
	if part > math.MaxInt64/20_000-all || part < 0 {
		r := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(part), big.NewInt(10_000)), big.NewInt(all))
		f, _ := r.Float64()
		return int64(math.Round(f))
	}
	return (part*20_000 + all) / (2 * all)
}

func findCategory(list []Category, id string) *Category {
	for i := range list {
		if list[i].ID == id {
			return &list[i]
		}
	}
	return nil
}

func (f *Field) categories(side string) []Category {
	if side == "income" {
		return f.Settings.Income
	}
	return f.Settings.Expenses
}

func (budgetType) check(f *Field, bad *problems) {
	seen := map[string]bool{}
	for _, side := range budgetSides {
		at := "settings." + side
		if len(f.categories(side)) == 0 && side == "expenses" {
			bad.add(at, "form.setting_options_few", 1)
		}
		for i, c := range f.categories(side) {
			here := at + "." + itoa(i)
			if !validOptionID(c.ID) {
				bad.add(here+".id", "form.setting_id", c.ID)
			} else if seen[c.ID] {
				bad.add(here+".id", "form.setting_id_twice", c.ID)
			}
			seen[c.ID] = true
			checkLabel(c.Label, here+".label", bad)
		}
	}
	if s := f.Settings; s.MaxPublicRate < 0 || s.MaxPublicRate > 10_000 || s.MaxTotal < 0 {
		bad.add("settings.max_public_rate", "form.setting_range")
	}
}

func (budgetType) fromHTML(_ *Field, in *node) any {
	out := map[string]any{}
	for _, side := range budgetSides {
		lines := []any{}
		for _, row := range in.kid(side).rows() {
			lines = append(lines, row.object("category", "label", "amount"))
		}
		out[side] = lines
	}
	return out
}

// normalise drops the lines that have neither label nor amount: a category
// alone is what a page offers, not what a person wrote.
func (budgetType) normalise(f *Field, raw any) (any, string) {
	object, ok := raw.(map[string]any)
	if !ok {
		return nil, "form.value_shape"
	}
	money := func(v any) (any, string) { return numberType{money: true}.normalise(f, v) }
	parts := map[string]func(any) (any, string){"category": lineOf, "label": lineOf, "amount": money}
	out := map[string]any{}
	for side, rawLines := range object {
		lines, ok := rawLines.([]any)
		if !ok || side != "expenses" && side != "income" {
			return nil, "form.value_shape"
		}
		if len(lines) > MaxRows {
			return nil, "form.too_many_rows"
		}
		kept := make([]any, 0, len(lines))
		for _, l := range lines {
			line, key := eachPart(l, parts)
			if key != "" {
				return nil, key
			}
			if row := line.(map[string]any); row["label"] != nil || row["amount"] != nil {
				kept = append(kept, row)
			}
		}
		if len(kept) > 0 {
			out[side] = kept
		}
	}
	return out, ""
}

func (budgetType) validate(f *Field, v any, e *Env, b *problems) {
	object, _ := v.(map[string]any)
	readable := true
	for _, side := range budgetSides {
		lines, _ := object[side].([]any)
		for i, raw := range lines {
			line, _ := raw.(map[string]any)
			readable = f.validLine(line, side, i, e, b) && readable
		}
	}
	if !readable {
		return
	}
	t := f.sums(v)
	s := f.Settings
	if t.Expenses == 0 {
		b.add("expenses", "form.budget_no_expense")
	}
	if s.Balanced && t.Balance != 0 {
		b.add("", "form.budget_unbalanced", decimal(t.Expenses), decimal(t.Income))
	}
	if s.MaxPublicRate > 0 && t.Expenses > 0 && t.exceeds(s.MaxPublicRate) {
		b.add("income", "form.budget_public_rate", decimal(t.PublicRate), decimal(int64(s.MaxPublicRate)))
	}
	if s.MaxTotal > 0 && t.Expenses > s.MaxTotal {
		b.add("expenses", "form.budget_total", decimal(t.Expenses), decimal(s.MaxTotal))
	}
}

// exceeds compares exactly, so that rounding never excuses a cent too much.
func (t Totals) exceeds(rate int) bool {
	left := new(big.Int).Mul(big.NewInt(t.Public), big.NewInt(10_000))
	right := new(big.Int).Mul(big.NewInt(t.Expenses), big.NewInt(int64(rate)))
	return left.Cmp(right) > 0
}

// validLine checks one line; it says whether the line can be added up.
func (f *Field) validLine(line map[string]any, side string, i int, e *Env, b *problems) bool {
	at := side + "." + itoa(i)
	if id := text(line, "category"); id == "" {
		b.add(at+".category", "form.required")
	} else if findCategory(f.categories(side), id) == nil {
		b.add(at+".category", "form.option_unknown", id)
	}
	if s := text(line, "label"); len(s) > defaultLine && rule.Characters(s) > defaultLine {
		b.add(at+".label", "form.too_long", rule.Characters(s), defaultLine)
	}
	raw := line["amount"]
	if raw == nil {
		b.add(at+".amount", "form.required")
		return false
	}
	inner := problems{}
	numberType{money: true}.validate(&Field{}, raw, e, &inner)
	for _, p := range inner.list {
		b.add(at+".amount", p.Key, p.Args...)
	}
	return len(inner.list) == 0
}

func (budgetType) plain(f *Field, v any, s Speech) string {
	object, _ := v.(map[string]any)
	var out []string
	for _, side := range budgetSides {
		lines, _ := object[side].([]any)
		for _, raw := range lines {
			line, _ := raw.(map[string]any)
			what := text(line, "category")
			if c := findCategory(f.categories(side), what); c != nil {
				what = c.Label.In(s.Lang)
			}
			if l := text(line, "label"); l != "" {
				what += " – " + l
			}
			sum := scalarText(line["amount"])
			if n, ok := whole(line, "amount"); ok {
				sum = amount(n, "EUR", s.Lang)
			}
			out = append(out, s.say("form.budget_line_"+side, what, sum))
		}
	}
	t := f.sums(v)
	out = append(out, s.say("form.budget_totals", amount(t.Expenses, "EUR", s.Lang), amount(t.Income, "EUR", s.Lang)))
	return strings.Join(out, "\n")
}

func (budgetType) headers(f *Field, lang string) []Header {
	label := f.Label.In(lang)
	out := []Header{{f.ID + ".expenses", label + " – 1"}, {f.ID + ".income", label + " – 2"},
		{f.ID + ".public", label + " – 3"}, {f.ID + ".public_rate", label + " – 3 (%)"}}
	for _, side := range budgetSides {
		for _, c := range f.categories(side) {
			out = append(out, Header{f.ID + "." + side + "." + c.ID, label + " – " + c.Label.In(lang)})
		}
	}
	return out
}

func (budgetType) cells(f *Field, v any, _ Speech) []any {
	t := f.BudgetTotals(v)
	euros := func(c int64) any { return float64(c) / 100 }
	var rate any
	if t.PublicRate >= 0 {
		rate = euros(t.PublicRate)
	}
	out := []any{euros(t.Expenses), euros(t.Income), euros(t.Public), rate}
	for _, side := range budgetSides {
		for _, c := range f.categories(side) {
			out = append(out, euros(t.ByCategory[c.ID]))
		}
	}
	return out
}

// part gives totals in cents, rates in basis points, and lines for Count and Sum:
// expenses, income, public, own, balance, public_rate, funded,
// expenses.<category>, income.<category>.
func (budgetType) part(f *Field, name string) (rule.Info, bool) {
	if name == "" {
		return rule.Info{Kind: rule.Object, Read: readNothing}, true
	}
	pick := map[string]func(Totals) int64{
		"expenses": func(t Totals) int64 { return t.Expenses }, "income": func(t Totals) int64 { return t.Income },
		"public": func(t Totals) int64 { return t.Public }, "own": func(t Totals) int64 { return t.Own },
		"balance": func(t Totals) int64 { return t.Balance }, "public_rate": func(t Totals) int64 { return t.PublicRate },
		"funded": func(t Totals) int64 { return t.Funded },
	}[name]
	if pick != nil {
		return rule.Info{Kind: rule.Number, Read: func(v any) (rule.Value, bool) {
			t := f.sums(v)
			n := pick(t)
			rate := name == "public_rate" || name == "funded"
			return rule.Value{Kind: rule.Number, Num: float64(n)}, !rate || n >= 0
		}}, true
	}
	side, id, _ := strings.Cut(name, ".")
	if findCategory(f.categories(side), id) == nil || side != "expenses" && side != "income" {
		return rule.Info{}, false
	}
	return rule.Info{Kind: rule.Number, Read: func(v any) (rule.Value, bool) {
		object, _ := v.(map[string]any)
		lines, _ := object[side].([]any)
		total := int64(0)
		for _, raw := range lines {
			line, _ := raw.(map[string]any)
			if n, ok := whole(line, "amount"); ok && line["category"] == id {
				total += n
			}
		}
		return rule.Value{Kind: rule.Number, Num: float64(total)}, true
	}}, true
}

func (budgetType) prune(f *Field, v any) (any, bool) {
	object, _ := v.(map[string]any)
	out, lost := map[string]any{}, false
	for _, side := range budgetSides {
		lines, _ := object[side].([]any)
		kept := make([]any, 0, len(lines))
		for _, raw := range lines {
			line, _ := raw.(map[string]any)
			if id := text(line, "category"); id != "" && findCategory(f.categories(side), id) == nil {
				lost = true
				continue
			}
			kept = append(kept, line)
		}
		if len(kept) > 0 {
			out[side] = kept
		}
	}
	return out, lost
}
