package form

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
)

// Compiled is a checked form, ready to evaluate answers from several goroutines at once.
type Compiled struct {
	Form *Form // not to be changed
	// Advice is what an author should look at although the form works: a
	// blocking rule that reads an optional field says nothing of the files that leave it empty.
	Advice []errs.Field

	fields []field // in the order of the form
	steps  []step
	order  []int // fields, each after those on which its visibility depends
	rules  []*rule.Program
	slots  map[string]int
}

type field struct {
	*Field
	kind       behaviour
	static     bool
	step       int
	showIf     *rule.Program
	requiredIf *rule.Program
}

type step struct {
	showIf *rule.Program
}

var (
	idShape       = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	optionIDShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$`)
)

func validOptionID(id string) bool { return optionIDShape.MatchString(id) }

func itoa(i int) string { return strconv.Itoa(i) }

// Compile checks the whole form once and reports everything that is wrong at
// once: an Invalid error whose fields give the path in the form
// ("steps.0.fields.3.show_if.args.1") and the message key.
func (f *Form) Compile() (*Compiled, error) {
	c := &Compiled{Form: f, slots: map[string]int{}}
	bad := &problems{}
	c.collect(bad)
	c.conditions(bad)
	c.admissibility(bad)
	if len(bad.list) == 0 {
		c.sort(bad)
	}
	if len(bad.list) > 0 {
		return nil, errs.NewInvalid("form.invalid", bad.list)
	}
	return c, nil
}

// collect checks steps and fields one by one and gives each field its slot.
func (c *Compiled) collect(bad *problems) {
	f := c.Form
	if f.Version != Version {
		bad.add("version", "form.version_unknown", f.Version)
	}
	if len(f.Steps) == 0 {
		bad.add("steps", "form.steps_none")
	}
	steps := map[string]bool{}
	total := 0
	for s := range f.Steps {
		st := &f.Steps[s]
		at := "steps." + itoa(s)
		checkID(st.ID, steps, at, bad)
		checkLabel(st.Title, at+".title", bad)
		c.steps = append(c.steps, step{})
		for i := range st.Fields {
			fl := &st.Fields[i]
			here := at + ".fields." + itoa(i)
			if _, twice := c.slots[fl.ID]; twice {
				bad.add(here+".id", "form.id_twice", fl.ID)
			}
			inner := problems{at: here}
			checkField(fl, &inner)
			bad.list = append(bad.list, inner.list...)
			c.slots[fl.ID] = len(c.fields)
			b := registry[fl.Type]
			c.fields = append(c.fields, field{Field: fl, kind: b, step: s, static: b != nil && b.traits().static})
			total += 1 + len(fl.Settings.Columns)
		}
	}
	if total > MaxFields {
		bad.add("steps", "form.fields_many", total, MaxFields)
	}
}

func checkID(id string, seen map[string]bool, at string, bad *problems) {
	if !idShape.MatchString(id) {
		bad.add(at+".id", "form.setting_id", id)
	} else if seen[id] {
		bad.add(at+".id", "form.id_twice", id)
	}
	seen[id] = true
}

// checkField checks a field alone: id, type, label and settings.
func checkField(f *Field, bad *problems) {
	if !idShape.MatchString(f.ID) {
		bad.add("id", "form.setting_id", f.ID)
	}
	b, ok := registry[f.Type]
	if !ok {
		bad.add("type", "form.type_unknown", f.Type)
		return
	}
	t := b.traits()
	if f.Type != "explanation" {
		checkLabel(f.Label, "label", bad)
	}
	if t.static && (f.Required || f.RequiredIf != nil) {
		bad.add("required", "form.setting_static_required")
	}
	for _, key := range f.Settings.settingsSet() {
		if !slices.Contains(t.uses, key) {
			bad.add("settings."+key, "form.setting_unused", key)
		}
	}
	b.check(f, bad)
}

// Lookup lets conditions read fields and their parts.
func (c *Compiled) Lookup(path string) (rule.Info, bool) {
	id, part, _ := strings.Cut(path, ".")
	slot, ok := c.slots[id]
	if !ok || c.fields[slot].kind == nil || c.fields[slot].static {
		return rule.Info{}, false
	}
	info, ok := c.fields[slot].kind.part(c.fields[slot].Field, part)
	info.Slot = slot
	return info, ok
}

func (c *Compiled) conditions(bad *problems) {
	for s := range c.Form.Steps {
		st := &c.Form.Steps[s]
		at := "steps." + itoa(s)
		c.steps[s].showIf = c.program(st.ShowIf, at+".show_if", bad)
	}
	slot := 0
	for s := range c.Form.Steps {
		for i := range c.Form.Steps[s].Fields {
			fl := &c.fields[slot]
			at := "steps." + itoa(s) + ".fields." + itoa(i)
			fl.showIf = c.program(fl.ShowIf, at+".show_if", bad)
			fl.requiredIf = c.program(fl.RequiredIf, at+".required_if", bad)
			slot++
		}
	}
}

func (c *Compiled) program(e *rule.Expr, at string, bad *problems) *rule.Program {
	if e == nil {
		return nil
	}
	p, err := rule.Compile(*e, c)
	var wrong *errs.Error
	if errors.As(err, &wrong) {
		for _, p := range wrong.Fields {
			bad.add(join(at, p.Path), p.Key, p.Args...)
		}
		return nil
	}
	return p
}

func (c *Compiled) admissibility(bad *problems) {
	seen := map[string]bool{}
	if len(c.Form.Rules) > MaxRules {
		bad.add("rules", "form.rules_many", MaxRules)
	}
	for i := range c.Form.Rules {
		r := &c.Form.Rules[i]
		at := "rules." + itoa(i)
		checkID(r.ID, seen, at, bad)
		checkLabel(r.Label, at+".label", bad)
		checkLabel(r.Message, at+".message", bad)
		if r.Severity != Blocking && r.Severity != Warning {
			bad.add(at+".severity", "form.severity_unknown", string(r.Severity))
		}
		p := c.program(&r.When, at+".when", bad)
		c.rules = append(c.rules, p)
		if p == nil || r.Severity != Blocking {
			continue
		}
		for _, slot := range p.Slots() {
			if f := c.fields[slot]; !f.Required && f.RequiredIf == nil {
				c.Advice = append(c.Advice, errs.Field{Path: at + ".when", Key: "form.advice_optional", Args: []any{f.Label.In("fr")}})
			}
		}
	}
}

// sort puts the fields in an order in which each comes after those that its
// visibility depends on, and reports the conditions that turn in a circle.
func (c *Compiled) sort(bad *problems) {
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(c.fields))
	var trail []int
	var visit func(slot int)
	visit = func(slot int) {
		if state[slot] == done {
			return
		}
		if state[slot] == open {
			c.circle(trail[slices.Index(trail, slot):], bad)
			return
		}
		state[slot] = open
		trail = append(trail, slot)
		f := &c.fields[slot]
		for _, p := range []*rule.Program{c.steps[f.step].showIf, f.showIf} {
			if p != nil {
				for _, other := range p.Slots() {
					visit(other)
				}
			}
		}
		trail = trail[:len(trail)-1]
		state[slot] = done
		c.order = append(c.order, slot)
	}
	for slot := range c.fields {
		visit(slot)
	}
}

// circle reports fields whose visibility depends on one another.
func (c *Compiled) circle(slots []int, bad *problems) {
	names := make([]string, 0, len(slots)+1)
	for _, s := range slots {
		names = append(names, c.fields[s].ID)
	}
	names = append(names, names[0])
	bad.add(c.pathOf(slots[0])+".show_if", "form.conditions_circle", strings.Join(names, " → "))
}

// pathOf is the path of a field in the form.
func (c *Compiled) pathOf(slot int) string {
	s := c.fields[slot].step
	first := slot
	for first > 0 && c.fields[first-1].step == s {
		first--
	}
	return "steps." + itoa(s) + ".fields." + itoa(slot-first)
}
