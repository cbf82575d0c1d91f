package policy

import (
	"fmt"
	"strings"
)

// Document writes the table for people: one line a right, as Markdown. It is kept
// in docs/permissions.md, and a test compares the two.
func Document() string {
	var b strings.Builder
	b.WriteString("# Who may do what\n\nThis page is written by the program from its policy table (`internal/policy/table.go`): what it says is what is enforced. Exclusions (conflict of interest, own application, expired mandate, embargo) always win over the programme's and partners' lines; withdrawn consent closes the partners' lines.\n\n")
	b.WriteString("| act | who | holding it on | side | stages | states | needs | sees | reason |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range Table {
		stages := "all"
		switch {
		case r.From > 0 && r.Until > 0:
			stages = fmt.Sprintf("S%d to S%d", r.From, r.Until)
		case r.From > 0:
			stages = fmt.Sprintf("from S%d", r.From)
		case r.Until > 0:
			stages = fmt.Sprintf("to S%d", r.Until)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n", r.Action, list(r.Relations), list(r.On),
			[...]string{"public", "applicant", "programme", "partner"}[r.Side], stages, list(r.States), list(r.Needs), list(r.Mask), r.Why)
	}
	return b.String()
}

func list(names []string) string {
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

// Actions lists every action of the table once, in order.
func Actions() []Action {
	seen := map[Action]bool{}
	var all []Action
	for _, r := range Table {
		if !seen[r.Action] {
			seen[r.Action] = true
			all = append(all, r.Action)
		}
	}
	return all
}
