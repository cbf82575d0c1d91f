package form

import "strings"

func (d *differ) rules() {
	find := func(f *Form, id string) *Rule {
		for i := range f.Rules {
			if f.Rules[i].ID == id {
				return &f.Rules[i]
			}
		}
		return nil
	}
	for i := range d.after.Rules {
		r := &d.after.Rules[i]
		old := find(d.before, r.ID)
		blocking := r.Severity == Blocking
		switch {
		case old == nil:
			d.add(Change{Key: "form.change_rule_added", Rule: r.ID, Args: []any{r.Label}, Demands: blocking})
		case !old.When.Equal(r.When) || old.Severity != r.Severity:
			d.add(Change{Key: "form.change_rule", Rule: r.ID, Args: []any{r.Label}, Demands: blocking})
		case !same(old.Label, r.Label) || !same(old.Message, r.Message):
			d.add(Change{Key: "form.change_rule_words", Rule: r.ID, Args: []any{r.Label}})
		}
	}
	for i := range d.before.Rules {
		if r := &d.before.Rules[i]; find(d.after, r.ID) == nil {
			d.add(Change{Key: "form.change_rule_removed", Rule: r.ID, Args: []any{r.Label}})
		}
	}
}

// Say writes the change in words.
func (c Change) Say(s Speech) string {
	args := make([]any, len(c.Args))
	for i, a := range c.Args {
		switch a := a.(type) {
		case Localised:
			args[i] = shorten(a.In(s.Lang), 120)
		case string:
			args[i] = a
			if strings.HasPrefix(a, "form.set_") {
				args[i] = s.say(a)
			} else if _, isType := registry[a]; isType && c.Key == "form.change_type" {
				args[i] = s.say("form.type_" + a)
			}
		default:
			args[i] = a
		}
	}
	return s.say(c.Key, args...)
}
