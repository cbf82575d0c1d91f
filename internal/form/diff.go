package form

import (
	"slices"

	"transformateur/internal/form/rule"
)

// Change is one difference between two revisions, as an author would say it.
// Key is a message key ("form.change_…") and Args its arguments, labels in French
// being given as Localised; Field or Step is what it concerns.
type Change struct {
	Key   string
	Step  string
	Field string
	Rule  string
	Args  []any
	// Demands says whether a file that was complete may have something to do because of this change.
	Demands bool
}

// Diff lists what changed between two revisions: steps, then fields in the
// order of the new form, then what is gone, then rules. Fields are told by their id.
func Diff(before, after *Form) []Change {
	d := &differ{before: before, after: after}
	d.steps()
	for s := range after.Steps {
		for i := range after.Steps[s].Fields {
			d.field(&after.Steps[s], &after.Steps[s].Fields[i])
		}
	}
	for s := range before.Steps {
		for i := range before.Steps[s].Fields {
			if f := &before.Steps[s].Fields[i]; after.Field(f.ID) == nil {
				d.add(Change{Key: "form.change_field_removed", Field: f.ID, Step: before.Steps[s].ID, Args: []any{f.Label}})
			}
		}
	}
	d.rules()
	return d.out
}

type differ struct {
	before, after *Form
	out           []Change
}

func (d *differ) add(c Change) { d.out = append(d.out, c) }

func (f *Form) step(id string) *Step {
	for i := range f.Steps {
		if f.Steps[i].ID == id {
			return &f.Steps[i]
		}
	}
	return nil
}

// stepOf finds the step of a field and the order of its step's fields.
func (f *Form) stepOf(id string) *Step {
	for i := range f.Steps {
		for j := range f.Steps[i].Fields {
			if f.Steps[i].Fields[j].ID == id {
				return &f.Steps[i]
			}
		}
	}
	return nil
}

func (d *differ) steps() {
	for i := range d.after.Steps {
		st := &d.after.Steps[i]
		old := d.before.step(st.ID)
		switch {
		case old == nil:
			d.add(Change{Key: "form.change_step_added", Step: st.ID, Args: []any{st.Title}})
			continue
		case !same(old.Title, st.Title):
			d.add(Change{Key: "form.change_step_title", Step: st.ID, Args: []any{old.Title, st.Title}})
		}
		if !sameExpr(old.ShowIf, st.ShowIf) {
			d.add(Change{Key: "form.change_step_condition", Step: st.ID, Args: []any{st.Title}, Demands: true})
		}
	}
	for i := range d.before.Steps {
		if st := &d.before.Steps[i]; d.after.step(st.ID) == nil {
			d.add(Change{Key: "form.change_step_removed", Step: st.ID, Args: []any{st.Title}})
		}
	}
	moved(ids(d.before.Steps), ids(d.after.Steps), func(id string) {
		d.add(Change{Key: "form.change_step_moved", Step: id, Args: []any{d.after.step(id).Title}})
	})
}

func ids(steps []Step) []string {
	out := make([]string, len(steps))
	for i := range steps {
		out[i] = steps[i].ID
	}
	return out
}

func fieldIDs(s *Step) []string {
	out := make([]string, len(s.Fields))
	for i := range s.Fields {
		out[i] = s.Fields[i].ID
	}
	return out
}

// moved tells which of the ids common to both lists changed place: those
// outside a longest common subsequence, so that one thing moved is one change.
func moved(before, after []string, tell func(string)) {
	place := map[string]int{}
	for i, id := range before {
		place[id] = i
	}
	var seq []string
	for _, id := range after {
		if _, ok := place[id]; ok {
			seq = append(seq, id)
		}
	}
	best, from := make([]int, len(seq)), make([]int, len(seq))
	last := -1
	for i := range seq {
		best[i], from[i] = 1, -1
		for j := range i {
			if place[seq[j]] < place[seq[i]] && best[j]+1 > best[i] {
				best[i], from[i] = best[j]+1, j
			}
		}
		if last < 0 || best[i] > best[last] {
			last = i
		}
	}
	kept := map[string]bool{}
	for ; last >= 0; last = from[last] {
		kept[seq[last]] = true
	}
	for _, id := range seq {
		if !kept[id] {
			tell(id)
		}
	}
}

func (d *differ) field(st *Step, f *Field) {
	oldStep := d.before.stepOf(f.ID)
	if oldStep == nil {
		d.add(Change{Key: "form.change_field_added", Field: f.ID, Step: st.ID, Args: []any{f.Label}, Demands: f.Required || f.RequiredIf != nil})
		return
	}
	if oldStep.ID != st.ID {
		d.add(Change{Key: "form.change_field_step", Field: f.ID, Step: st.ID, Args: []any{f.Label, st.Title}})
	} else if f.ID == st.Fields[0].ID {
		moved(fieldIDs(oldStep), fieldIDs(st), func(id string) {
			d.add(Change{Key: "form.change_field_moved", Field: id, Step: st.ID, Args: []any{d.after.Field(id).Label}})
		})
	}
	d.inside(st, d.before.Field(f.ID), f)
}

// inside compares two versions of one field.
func (d *differ) inside(st *Step, old, f *Field) {
	add := func(key string, demands bool, args ...any) {
		d.add(Change{Key: key, Field: f.ID, Step: st.ID, Args: append([]any{f.Label}, args...), Demands: demands})
	}
	if old.Type != f.Type {
		add("form.change_type", true, old.Type, f.Type)
	}
	if !same(old.Label, f.Label) {
		d.add(Change{Key: "form.change_label", Field: f.ID, Step: st.ID, Args: []any{old.Label, f.Label}})
	}
	if !same(old.Help, f.Help) {
		add("form.change_help", false)
	}
	switch {
	case f.Required && !old.Required:
		add("form.change_required", true)
	case old.Required && !f.Required:
		add("form.change_optional", false)
	}
	if !sameExpr(old.RequiredIf, f.RequiredIf) {
		add("form.change_required_if", f.RequiredIf != nil)
	}
	if !sameExpr(old.ShowIf, f.ShowIf) {
		add("form.change_show_if", true)
	}
	if old.Type == f.Type {
		limits(old, f, add)
		choicesChanged(old, f, add)
		otherSettings(old, f, add)
	}
}

type limit struct {
	name  string
	value func(*Settings) (float64, bool)
	lower bool // a lower bound: raising it demands more
}

func count(pick func(*Settings) int) func(*Settings) (float64, bool) {
	return func(s *Settings) (float64, bool) { n := pick(s); return float64(n), n != 0 }
}

var limitsKnown = []limit{
	{"max_chars", count(func(s *Settings) int { return s.MaxChars }), false},
	{"min_chars", count(func(s *Settings) int { return s.MinChars }), true},
	{"max_lines", count(func(s *Settings) int { return s.MaxLines }), false},
	{"min_picks", count(func(s *Settings) int { return s.MinPicks }), true},
	{"max_picks", count(func(s *Settings) int { return s.MaxPicks }), false},
	{"min_rows", count(func(s *Settings) int { return s.MinRows }), true},
	{"max_rows", count(func(s *Settings) int { return s.MaxRows }), false},
	{"max_files", count(func(s *Settings) int { return s.MaxFiles }), false},
	{"max_bytes", count(func(s *Settings) int { return int(s.MaxBytes) }), false},
	{"max_public_rate", count(func(s *Settings) int { return s.MaxPublicRate }), false},
	{"max_total", count(func(s *Settings) int { return int(s.MaxTotal) }), false},
	{"min", optional(func(s *Settings) *float64 { return s.Min }), true},
	{"max", optional(func(s *Settings) *float64 { return s.Max }), false},
}

func optional(pick func(*Settings) *float64) func(*Settings) (float64, bool) {
	return func(s *Settings) (float64, bool) {
		if p := pick(s); p != nil {
			return *p, true
		}
		return 0, false
	}
}

// limits tells the bounds that changed; a bound that became tighter demands something.
func limits(old, f *Field, add func(string, bool, ...any)) {
	for _, l := range limitsKnown {
		a, had := l.value(&old.Settings)
		b, has := l.value(&f.Settings)
		name := "form.set_" + l.name
		switch {
		case had == has && a == b:
		case !has:
			add("form.change_limit_gone", false, name)
		case !had:
			add("form.change_limit_new", true, name, plainLimit(b))
		case (b > a) == l.lower:
			add("form.change_limit_tighter", true, name, plainLimit(a), plainLimit(b))
		default:
			add("form.change_limit_wider", false, name, plainLimit(a), plainLimit(b))
		}
	}
}

func plainLimit(n float64) string { return string(appendFloat(nil, n)) }

// named is anything with an id and a label that a field offers.
type named struct {
	id    string
	label Localised
}

// offers lists what a field lets one choose or fill, at all levels.
func offers(f *Field) []named {
	var out []named
	var options func([]Option)
	options = func(list []Option) {
		for _, o := range list {
			out = append(out, named{o.ID, o.Label})
			options(o.Options)
		}
	}
	options(f.Settings.Options)
	options(f.Settings.Questions)
	for _, d := range f.Settings.Dimensions {
		out = append(out, named{d.ID, d.Label})
	}
	for _, s := range f.Settings.Statements {
		out = append(out, named{s.ID, s.Label})
	}
	for _, c := range slices.Concat(f.Settings.Expenses, f.Settings.Income) {
		out = append(out, named{c.ID, c.Label})
	}
	for _, c := range f.Settings.Columns {
		out = append(out, named{c.ID, c.Label})
	}
	return out
}

func choicesChanged(old, f *Field, add func(string, bool, ...any)) {
	before, after := offers(old), offers(f)
	find := func(list []named, id string) *named {
		for i := range list {
			if list[i].id == id {
				return &list[i]
			}
		}
		return nil
	}
	for _, n := range after {
		o := find(before, n.id)
		if o == nil {
			demands := f.Type == "matrix" || f.Type == "assessment" || f.Type == "commitments" || f.Type == "ranking"
			add("form.change_option_added", demands, n.label)
		} else if !same(o.label, n.label) {
			add("form.change_option_label", false, o.label, n.label)
		}
	}
	for _, o := range before {
		if find(after, o.id) == nil {
			add("form.change_option_removed", true, o.label)
		}
	}
}

// otherSettings tells that anything else of the settings changed, once.
func otherSettings(old, f *Field, add func(string, bool, ...any)) {
	common := map[string]bool{}
	for _, o := range offers(old) {
		for _, n := range offers(f) {
			if o.id == n.id {
				common[o.id] = true
			}
		}
	}
	if bare(old.Settings, common) != bare(f.Settings, common) {
		add("form.change_settings", true)
	}
}

// same compares texts, an empty one being the same as none.
func same(a, b Localised) bool {
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	for k := range b {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

func sameExpr(a, b *rule.Expr) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
