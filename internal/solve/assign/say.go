package assign

import (
	"fmt"
	"strings"
)

// String says a clash in one English sentence, for the command line.
func (c Clash) String() string {
	switch c.Kind {
	case ClashShortage:
		return fmt.Sprintf("%s need %s; %s can give them %d%s", count(c.Items, "item"), plural(c.Need, "reading"), count(c.Agents, "agent"), c.Have, under(c.Rules))
	case ClashMinimum:
		return fmt.Sprintf("%s must have %s; %s can give them %d%s", count(c.Agents, "agent"), plural(c.Need, "reading"), count(c.Items, "item"), c.Have, under(c.Rules))
	case ClashPin:
		if len(c.Agents) == 1 && len(c.Items) == 1 {
			return fmt.Sprintf("%s is pinned to %s, which is forbidden%s", c.Agents[0], c.Items[0], under(c.Rules))
		}
		return fmt.Sprintf("%s pinned to %s, %d at most", plural(c.Need, "pair"), strings.Join(append(c.Items, c.Agents...), ", "), c.Have)
	case ClashDraw:
		return "no chances keep this cap" + under(c.Rules)
	}
	return fmt.Sprintf("%s: %s wanted of the group, %d possible%s", count(c.Items, "item"), plural(c.Need, "reader"), c.Have, under(c.Rules))
}

// String says a way out in one English sentence.
func (r Remedy) String() string {
	var parts []string
	for _, c := range r.Changes[:min(len(r.Changes), 6)] {
		parts = append(parts, c.String())
	}
	if more := len(r.Changes) - 6; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

// String says a change in a few English words.
func (c Change) String() string {
	switch c.What {
	case "readers":
		return fmt.Sprintf("%s fewer on %s", plural(c.By, "reader"), c.Item)
	case "max_load":
		return fmt.Sprintf("%s more for %s", plural(c.By, "reading"), c.Agent)
	case "min_load":
		return fmt.Sprintf("%s below the minimum of %s", plural(c.By, "reading"), c.Agent)
	case "unpin":
		return fmt.Sprintf("%s not pinned to %s", c.Agent, c.Item)
	}
	return fmt.Sprintf("%q broken by %d on %s", c.Rule, c.By, c.Item)
}

func under(rules []string) string {
	if len(rules) == 0 {
		return ""
	}
	return " (" + strings.Join(rules, ", ") + ")"
}

// count names up to five of a list.
func count(list []string, what string) string {
	if len(list) == 0 {
		return "no " + what
	}
	shown := strings.Join(list[:min(len(list), 5)], ", ")
	if len(list) > 5 {
		shown += "…"
	}
	return fmt.Sprintf("%s (%s)", plural(len(list), what), shown)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
