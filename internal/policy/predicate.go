package policy

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"transformateur/internal/account"
)

// Columns tells the predicate which SQL expressions hold what the rules need, in
// the query it is put into.
type Columns struct {
	Kind   string            // kind of the listed objects
	ID     string            // expression of its identifier: "a.id"
	Within map[string]string // kind → expression of the container's identifier
	State  string            // expression of the state; "" when rules name none
	Stage  string            // expression of the stage number; "" means it does not matter
	Flags  map[string]string // need → boolean expression
}

// Where is Decide for a whole list: a SQL condition true for exactly the objects
// on which by may do action. It goes after "and" in a where clause; its
// placeholders start after those already in args, and args are returned extended.
// A test compares it with Decide on random worlds, on both engines.
func (s *Service) Where(_ context.Context, by account.User, action Action, cols Columns, args []any) (string, []any) {
	switch {
	case by.IsSystem():
		return "true", args
	case !by.Limit.Covers(string(action)):
		return s.where(account.User{}, action, cols, args)
	case by.Limit == nil || by.Limit.Within == account.Ref{}:
		return s.where(by, action, cols, args)
	}
	may, args := s.where(by, action, cols, args)
	public, args := s.where(account.User{}, action, cols, args)
	inside := cols.column(by.Limit.Within.Kind)
	if inside == "" {
		return "(" + may + " and false or " + public + ")", args // may stays, for its placeholders
	}
	args = append(args, by.Limit.Within.ID)
	return fmt.Sprintf("(%s = $%d and %s or %s)", inside, len(args), may, public), args
}

// column is the expression that holds the identifier of the listed object, or of
// what contains it; "" when nothing of that kind does.
func (cols Columns) column(kind string) string {
	if kind == cols.Kind {
		return cols.ID
	}
	return cols.Within[kind]
}

// where is Where for who acts with all her rights.
func (s *Service) where(by account.User, action Action, cols Columns, args []any) (string, []any) {
	args = append(slices.Clone(args), string(by.ID), s.clock.Now())
	person, now := fmt.Sprintf("$%d", len(args)-1), fmt.Sprintf("$%d", len(args))
	var open []string
	for _, rule := range Table {
		if rule.Action != action {
			continue
		}
		if c := rule.where(cols, s.asking(by), person, now); c != "" {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		// The placeholders must still appear for PostgreSQL to know their types.
		return fmt.Sprintf("(cast(%s as text) is null and cast(%s as text) is null)", person, now), args
	}
	cond := "(" + strings.Join(open, "\n or ") + ")"
	if !strings.Contains(cond, "subject_id") {
		cond = fmt.Sprintf("(cast(%s as text) is not null and cast(%s as text) is not null and %s)", person, now, cond)
	}
	return cond, args
}

func (rule Rule) where(cols Columns, asks asking, person, now string) string {
	if rule.decides() && asks.once {
		return ""
	}
	who := "true"
	if !slices.Contains(rule.Relations, Anyone) && (asks.visitor || !slices.Contains(rule.Relations, SignedIn)) {
		if asks.visitor {
			return ""
		}
		if who = rule.whereHeld(cols, person, now); who == "" {
			return ""
		}
	}
	conds := []string{who}
	if cols.Stage != "" && rule.From > 0 {
		conds = append(conds, fmt.Sprintf("%s >= %d", cols.Stage, rule.From))
	}
	if cols.Stage != "" && rule.Until > 0 {
		conds = append(conds, fmt.Sprintf("%s <= %d", cols.Stage, rule.Until))
	}
	if len(rule.States) > 0 {
		conds = append(conds, cols.State+" in ("+quoted(rule.States)+")")
	}
	for _, need := range rule.Needs {
		expr, known := cols.Flags[need]
		if !known {
			return ""
		}
		conds = append(conds, "("+expr+")")
	}
	if rule.Side == Programme || rule.Side == Partner {
		kinds := "true"
		if rule.Side == Programme {
			kinds = "kind <> 'consent_withdrawn'"
		}
		excluded := `(select ` + isOn + ` from exclusions where ` + kinds + ` and lifted_at is null and ` + live(person, now) + `)`
		for _, on := range cols.on(allKinds(cols)) {
			conds = append(conds, "coalesce("+on+", '') not in "+excluded)
		}
	}
	return "(" + strings.Join(conds, " and ") + ")"
}

// Unexcluded is a SQL condition true for exactly the objects of a kind, by the expression
// of their identifier, from which no exclusion of their own keeps by on the programme's
// side. Whatever is counted for her counts those alone: a conflicted person does not learn
// that something is hidden. It is used as Where is; what keeps her from what contains the
// objects is decided there. The excluded are found once, not for each object.
func (s *Service) Unexcluded(_ context.Context, by account.User, kind, id string, args []any) (string, []any) {
	if by.IsSystem() {
		return "true", args
	}
	args = append(slices.Clone(args), string(by.ID), s.clock.Now())
	person, now := fmt.Sprintf("$%d", len(args)-1), fmt.Sprintf("$%d", len(args))
	return id + ` not in (select object_id from exclusions where object_kind = '` + kind + `' and kind <> 'consent_withdrawn' and lifted_at is null and ` + live(person, now) + `)`, args
}

// whereHeld is the SQL for "she holds one of the rule's relations on the object or on
// what contains it". What she holds is found once, not for each object.
func (rule Rule) whereHeld(cols Columns, person, now string) string {
	held := `(select ` + isOn + ` from relations where relation in (` + quoted(rule.Relations) + `) and revoked_at is null and ` + live(person, now) + `)`
	var ways []string
	for _, on := range cols.on(rule.On) {
		ways = append(ways, on+" in "+held)
	}
	if len(ways) == 0 {
		return ""
	}
	return "(" + strings.Join(ways, " or ") + ")"
}

func live(person, now string) string {
	return subjectIs(person, now) + ` and valid_from <= ` + now + ` and (valid_until is null or valid_until > ` + now + `)`
}

// on is what a row would be about, in SQL, if it was about the listed object, one that
// contains it, or the platform.
func (cols Columns) on(kinds []string) (list []string) {
	for _, kind := range kinds {
		switch column := cols.column(kind); {
		case kind == "platform":
			list = append(list, "'platform:platform'")
		case column != "":
			list = append(list, "'"+kind+":' || "+column)
		}
	}
	return list
}

func allKinds(cols Columns) []string {
	kinds := []string{cols.Kind, "platform"}
	for kind := range cols.Within {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	return slices.Compact(kinds)
}

// quoted writes names of the table, never of a user, as SQL texts.
func quoted(names []string) string {
	return "'" + strings.Join(names, "', '") + "'"
}
