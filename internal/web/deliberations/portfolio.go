package deliberations

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/deliberation/portfolio"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// money writes a sum in euros, without cents when there are none.
func money(ctx context.Context, cents int64) string {
	words := text.Money(string(i18n.From(ctx)), cents)
	if cents%100 == 0 {
		words = strings.NewReplacer(",00", "", ".00", "").Replace(words)
	}
	return words
}

// sums tells what is asked for beside the envelope.
func (v findings) sums(ctx context.Context) (rows []ui.Pair) {
	add := func(key string, cents int64) {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "deliberations."+key), Text: money(ctx, cents)})
	}
	if s := v.Portfolio.Sums; s != nil {
		add("sum_all", s.All)
		if v.Target > 0 {
			add("sum_above", s.Above)
		}
		add("sum_retained", s.Retained)
		if s.Reserve > 0 {
			add("sum_reserve", s.Reserve)
		}
	}
	if v.Room.Envelope != nil {
		add("sum_envelope", 100**v.Room.Envelope)
	}
	if s := v.Portfolio.Sums; s != nil && s.Left != nil && *s.Left >= 0 {
		add("sum_left", *s.Left)
	}
	return rows
}

// granted is how much of the envelope what is retained takes.
func (v findings) granted(ctx context.Context) ui.Meter {
	s := v.Portfolio.Sums
	if s == nil || v.Room.Envelope == nil || *v.Room.Envelope <= 0 {
		return ui.Meter{}
	}
	most := int(*v.Room.Envelope)
	return ui.Meter{Label: i18n.T(ctx, "deliberations.sum_taken"), Text: percent(ctx, float64(s.Retained)/100/float64(most)), Value: min(int(s.Retained/100), most), Max: most}
}

// warnings say where what is retained departs from what is hoped for.
func (v findings) warnings(ctx context.Context) (list []string) {
	if s := v.Portfolio.Sums; s != nil {
		if s.Left != nil && *s.Left < 0 {
			list = append(list, i18n.T(ctx, "deliberations.sum_beyond", money(ctx, -*s.Left)))
		}
		if s.Silent > 0 {
			list = append(list, i18n.N(ctx, "deliberations.sum_silent", s.Silent))
		}
	} else if v.Room.Envelope != nil {
		list = append(list, i18n.T(ctx, "deliberations.sum_unknown"))
	}
	for _, f := range v.Portfolio.Facets {
		for _, s := range f.Values {
			if s.Breach != "" {
				list = append(list, i18n.T(ctx, "deliberations.breach_says", in(ctx, f.Label), shareLabel(ctx, s), s.Retained, hoped(ctx, s.Bound)))
			}
		}
	}
	return list
}

// shareLabel names an answer, or a class of size.
func shareLabel(ctx context.Context, s portfolio.Share) string {
	switch {
	case s.Key != "":
		return i18n.T(ctx, s.Key)
	case s.From == "":
		return s.Label
	case s.Below == "":
		return i18n.T(ctx, "deliberations.class_last", point(ctx, s.From))
	case s.From == "0":
		return i18n.T(ctx, "deliberations.class_first", point(ctx, s.Below))
	}
	return i18n.T(ctx, "deliberations.class", point(ctx, s.From), point(ctx, s.Below))
}

// hoped says a bound.
func hoped(ctx context.Context, b portfolio.Bound) string {
	switch {
	case b.Least > 0 && b.Most > 0:
		return i18n.T(ctx, "deliberations.hoped", b.Least, b.Most)
	case b.Least > 0:
		return i18n.T(ctx, "deliberations.hoped_least", b.Least)
	case b.Most > 0:
		return i18n.T(ctx, "deliberations.hoped_most", b.Most)
	}
	return ""
}

// watched is what is watched among retained projects, as it was typed.
type watched struct {
	asked, size, steps string
	bounds             map[string]string // least:FIELD:VALUE and most:FIELD:VALUE
}

func boundName(side, field, value string) string { return side + ":" + field + ":" + value }

func watchedOf(ctx context.Context, c portfolio.Rules) watched {
	w := watched{asked: c.Asked, size: c.Size, bounds: map[string]string{}}
	steps := c.Steps
	if c.Size == "" {
		steps = portfolio.ReadySteps
	}
	var edges []string
	for _, x := range steps {
		edges = append(edges, point(ctx, portfolio.Edge(x)))
	}
	w.steps = strings.Join(edges, " ; ")
	for _, b := range c.Bounds {
		if b.Least > 0 {
			w.bounds[boundName("least", b.Field, b.Value)] = itoa(b.Least)
		}
		if b.Most > 0 {
			w.bounds[boundName("most", b.Field, b.Value)] = itoa(b.Most)
		}
	}
	return w
}

// read fills what was sent, and says what it means; false when a figure is not one.
func (w *watched) read(r *http.Request) (c portfolio.Rules, ok bool) {
	w.asked, w.size, w.steps, w.bounds = r.PostFormValue("asked"), r.PostFormValue("size"), r.PostFormValue("steps"), map[string]string{}
	c, ok = portfolio.Rules{Asked: w.asked, Size: w.size}, true
	for _, typed := range strings.FieldsFunc(w.steps, func(r rune) bool { return r == ';' || r == '\n' }) {
		x, err := strconv.ParseFloat(strings.ReplaceAll(strings.Map(digits, strings.TrimSpace(typed)), ",", "."), 64)
		if strings.TrimSpace(typed) == "" {
			continue
		}
		if err != nil || x <= 0 {
			ok = false
			continue
		}
		c.Steps = append(c.Steps, x)
	}
	if c.Size == "" {
		c.Steps = nil
	}
	for name := range r.PostForm {
		side, rest, _ := strings.Cut(name, ":")
		field, value, cut := strings.Cut(rest, ":")
		typed := strings.TrimSpace(r.PostFormValue(name))
		if !cut || side != "least" && side != "most" || typed == "" {
			continue
		}
		w.bounds[name] = typed
		n, err := strconv.Atoi(typed)
		if err != nil || n < 0 {
			ok = false
			continue
		}
		i := slices.IndexFunc(c.Bounds, func(b portfolio.Bound) bool { return b.Field == field && b.Value == value })
		if i < 0 {
			i, c.Bounds = len(c.Bounds), append(c.Bounds, portfolio.Bound{Field: field, Value: value})
		}
		if side == "least" {
			c.Bounds[i].Least = n
		} else {
			c.Bounds[i].Most = n
		}
	}
	slices.SortFunc(c.Bounds, func(a, b portfolio.Bound) int { return strings.Compare(a.Field+":"+a.Value, b.Field+":"+b.Value) })
	return c, ok
}

// questions lists what a portfolio may read, as options of a choice.
func questions(ctx context.Context, list []portfolio.Choice) (options []ui.Option) {
	for _, c := range list {
		label := in(ctx, c.Label)
		if line := in(ctx, c.Line); line != "" {
			label = i18n.T(ctx, "deliberations.named", label, line)
		}
		options = append(options, ui.Option{Value: c.Path, Label: label})
	}
	return options
}

// boundable is a question whose answers may be bounded one by one.
type boundable struct {
	field, label string
	values       []ui.Option
}

func (v rules) boundables(ctx context.Context) (list []boundable) {
	for _, f := range v.Offer.Choices {
		one := boundable{field: f.ID, label: in(ctx, f.Label)}
		for _, o := range f.Settings.Options {
			one.values = append(one.values, ui.Option{Value: o.ID, Label: in(ctx, o.Label)})
		}
		list = append(list, one)
	}
	c := v.Room.Portfolio
	if i := slices.IndexFunc(v.Offer.Sizes, func(o portfolio.Choice) bool { return o.Path == c.Size }); i >= 0 && c.Size != "" {
		one := boundable{field: c.Size, label: in(ctx, v.Offer.Sizes[i].Label)}
		edges := append([]float64{0}, c.Steps...)
		for k, x := range edges {
			s := portfolio.Share{From: portfolio.Edge(x)}
			if k+1 < len(edges) {
				s.Below = portfolio.Edge(edges[k+1])
			}
			one.values = append(one.values, ui.Option{Value: s.From, Label: shareLabel(ctx, s)})
		}
		list = append(list, one)
	}
	return list
}
