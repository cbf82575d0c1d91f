package app

import (
	"net/http"
	"slices"
	"strings"

	"transformateur/internal/policy"
)

// standing is what a persona has, as the matrix gave it to her.
type standing struct {
	visitor  bool
	relation string     // the only relation she was given, "" for none
	on       policy.Ref // on what
	lives    bool       // the relation holds now
	conflict bool       // she is excluded from the object
}

// entitled reads the table a second time, without a line of internal/policy's own
// judgement: the matrix compares the two readings. A right is a rule that survives
// four questions, asked in the order of docs/permissions.md.
func entitled(action policy.Action, obj policy.Object, s standing) bool {
	return shown("", action, obj, s)
}

// shown asks besides that the rule shows a part of the object; "" asks nothing.
func shown(part string, action policy.Action, obj policy.Object, s standing) bool {
	for _, rule := range policy.Table {
		if rule.Action == action && (part == "" || slices.Contains(rule.Mask, part) || slices.Contains(rule.Mask, "all")) && speaksOf(rule, obj, s) && notClosed(rule, s) && inTime(rule, obj) && inState(rule, obj) {
			return true
		}
	}
	return false
}

// entitled says whether the table lets who tries come through. What serves an attachment
// asks for a rule that shows attachments.
func (a attempt) entitled() bool { return shown(a.part(), a.route.Action, a.Object, a.standing) }

// part is what of the object the route serves; "" for the object itself.
func (a attempt) part() string {
	if a.route.On == "application" && a.route.Action == "application.read" && (strings.HasSuffix(a.route.Pattern, "/attachments/{attachment}") || strings.HasSuffix(a.route.Pattern, "/files/{file}")) {
		return "files"
	}
	return ""
}

// speaksOf: does the rule speak of her?
func speaksOf(rule policy.Rule, obj policy.Object, s standing) bool {
	for _, relation := range rule.Relations {
		switch relation {
		case "anyone":
			return true
		case "signed_in":
			if !s.visitor {
				return true
			}
		case s.relation:
			around := append([]policy.Ref{obj.Ref, {Kind: "platform", ID: "platform"}}, obj.Within...)
			if s.lives && slices.Contains(rule.On, s.on.Kind) && slices.Contains(around, s.on) {
				return true
			}
		}
	}
	return false
}

// notClosed: a conflict closes what the programme and the partners see.
func notClosed(rule policy.Rule, s standing) bool {
	return !s.conflict || rule.Side == policy.Public || rule.Side == policy.Applicant
}

func inTime(rule policy.Rule, obj policy.Object) bool {
	last := rule.Until
	if last == 0 {
		last = policy.Archived
	}
	return rule.From <= obj.Stage && obj.Stage <= last
}

func inState(rule policy.Rule, obj policy.Object) bool {
	if len(rule.States) > 0 && !slices.Contains(rule.States, obj.State) {
		return false
	}
	return !slices.ContainsFunc(rule.Needs, func(need string) bool { return !obj.Flags[need] })
}

// refusal is how somebody who is not entitled must be answered.
func refusal(part string, action policy.Action, obj policy.Object, s standing) int {
	visitorsEnter := slices.ContainsFunc(policy.Table, func(r policy.Rule) bool { return r.Action == action && slices.Contains(r.Relations, "anyone") })
	switch {
	case s.visitor && !visitorsEnter:
		return http.StatusSeeOther
	case !s.visitor && part == "" && entitled(policy.Action(obj.Kind+".read"), obj, s):
		return http.StatusForbidden
	}
	return http.StatusNotFound
}

// refused says whether an answer keeps somebody out, and how.
func refused(status int, location string) bool {
	return status == http.StatusForbidden || status == http.StatusNotFound || status == http.StatusUnauthorized ||
		status == http.StatusSeeOther && strings.HasPrefix(location, "/signin?next=")
}
