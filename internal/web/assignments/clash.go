package assignments

import (
	"context"
	"strings"

	"transformateur/internal/assignment"
	"transformateur/internal/i18n"
	"transformateur/internal/solve/assign"
)

// mostNamed is how many names a sentence holds; it counts the others.
const mostNamed = 5

// listed names files and members as a sentence does: a few, then how many more.
func (v board) listed(ctx context.Context, ids []string, name func(string) string) string {
	var list []string
	for _, id := range ids {
		if n := name(id); n != "" {
			list = append(list, n)
		}
	}
	if more := len(list) - mostNamed; more > 1 {
		list = append(list[:mostNamed:mostNamed], i18n.N(ctx, "assignments.and_more", more))
	}
	return strings.Join(list, ", ")
}

// these names the files of a clash, or says that it is all of them.
func (v board) these(ctx context.Context, ids []string) string {
	said := v.listed(ctx, ids, func(id string) string {
		if v.title(id) == "" {
			return ""
		}
		return i18n.T(ctx, "assignments.quoted", v.title(id))
	})
	if said == "" || len(ids) == len(v.Files) && len(ids) > 1 {
		return i18n.T(ctx, "assignments.all_files")
	}
	return said
}

// persons names the members of a clash, or says that it is all of them.
func (v board) persons(ctx context.Context, ids []string) string {
	said := v.listed(ctx, ids, v.who)
	if said == "" || len(ids) == len(v.Problem.Agents) && len(ids) > 1 {
		return i18n.T(ctx, "assignments.all_members")
	}
	return said
}

// rule says the name of a rule, or of the reason of a conflict, as people know it.
func rule(ctx context.Context, name string) string {
	switch name {
	case assignment.RuleOneOfHouse:
		return i18n.T(ctx, "assignments.rule_one_of_house")
	case assignment.ReasonRecused:
		return i18n.T(ctx, "assignments.reason_recusal")
	case assignment.ReasonBarred:
		return i18n.T(ctx, "assignments.reason_by_hand")
	}
	if group, ok := strings.CutPrefix(name, assignment.RuleAtLeast); ok {
		family, of, _ := strings.Cut(group, ":")
		return i18n.T(ctx, "assignments.rule_at_least", groupName(ctx, assignment.Group{Family: family, Name: of}))
	}
	return name
}

// clash says why there is no assignment.
func (v board) clash(ctx context.Context, c assign.Clash) string {
	rules := v.listed(ctx, c.Rules, func(name string) string { return rule(ctx, name) })
	said := ""
	switch c.Kind {
	case assign.ClashShortage:
		said = i18n.T(ctx, "assignments.clash_shortage", v.these(ctx, c.Items), v.persons(ctx, c.Agents), c.Need, c.Have)
	case assign.ClashMinimum:
		said = i18n.T(ctx, "assignments.clash_minimum", v.persons(ctx, c.Agents), v.these(ctx, c.Items), c.Need, c.Have)
	case assign.ClashPin:
		return v.pins(ctx, c, rules)
	case assign.ClashDraw:
		if rules == "" {
			return i18n.T(ctx, "assignments.clash_draw")
		}
		return i18n.T(ctx, "assignments.clash_draw_rules", rules)
	case assign.ClashQuota:
		said = i18n.T(ctx, "assignments.clash_quota", v.these(ctx, c.Items), c.Need, c.Have)
		if c.Need == 0 { // the engine names what it could not reconcile, without a count
			said = i18n.T(ctx, "assignments.clash_crossing", v.these(ctx, c.Items))
		}
	}
	if rules != "" {
		said += " " + i18n.N(ctx, "assignments.clash_rules", len(c.Rules), rules)
	}
	return said
}

// pins says which pins cannot hold: on a conflict, too many on a file, or on a member.
func (v board) pins(ctx context.Context, c assign.Clash, reasons string) string {
	switch {
	case len(c.Items) == 1 && len(c.Agents) == 1:
		return i18n.T(ctx, "assignments.clash_pin", v.persons(ctx, c.Agents), v.these(ctx, c.Items), reasons)
	case len(c.Agents) == 0:
		return i18n.T(ctx, "assignments.clash_pin_file", v.these(ctx, c.Items), c.Need, c.Have)
	}
	return i18n.T(ctx, "assignments.clash_pin_member", v.persons(ctx, c.Agents), c.Need, c.Have)
}

// change says one bound to move, among the least that makes an assignment possible.
func (v board) change(ctx context.Context, c assign.Change) string {
	switch c.What {
	case "unpin":
		return i18n.T(ctx, "assignments.change_unpin", v.who(c.Agent), v.title(c.Item))
	case "at_least", "at_most":
		return i18n.T(ctx, "assignments.change_rule", rule(ctx, c.Rule), v.title(c.Item))
	case "max_load", "min_load":
		return i18n.N(ctx, "assignments.change_"+c.What, c.By, v.who(c.Agent))
	}
	return i18n.N(ctx, "assignments.change_readers", c.By, v.title(c.Item))
}

// changes are those of a remedy: a few sentences, then how many more.
func (v board) changes(ctx context.Context, r assign.Remedy) (list []string) {
	const most = 6
	for i, c := range r.Changes {
		if i == most && len(r.Changes) > most+1 {
			return append(list, i18n.N(ctx, "assignments.changes_more", len(r.Changes)-most))
		}
		list = append(list, v.change(ctx, c))
	}
	return list
}
