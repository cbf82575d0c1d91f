// Package policy is who may do what: relations and exclusions kept in the database, and one table of rules that decides, filters lists and documents itself.
package policy

import (
	"slices"
	"time"

	"transformateur/internal/account"
)

// Stage is where a selection stands; rights open and close with it. The numbers
// are those of the permission document (S0 to S10).
type Stage int

// The stages of a selection.
const (
	Preparation   Stage = iota // S0: the call is being written
	Open                       // S1: published, files may be deposited
	Admissibility              // S2: closed, admissibility is checked
	Evaluation                 // S3: individual reading
	Deliberation               // S4
	Embargo                    // S5: decided, not announced
	Announced                  // S6
	Support                    // S7: gatherings, coaching
	Synthesis                  // S8: shared with partners
	Showcase                   // S9
	Archived                   // S10
)

// Action names an act on a kind of object: "application.submit".
type Action string

// Ref points at an object.
type Ref struct{ Kind, ID string }

// Object is what somebody wants to act on, with what the rules need to know of it.
type Object struct {
	Ref
	Within []Ref           // the objects that contain it: call, edition, programme, agency
	Stage  Stage           // of the selection it belongs to
	State  string          // its own state: "draft", "submitted"…
	Flags  map[string]bool // conditions that rules may need, such as "unsealed"
}

// Platform is the object that stands for the whole install.
var Platform = Object{Ref: Ref{"platform", "platform"}}

// Relations that anybody has without a row.
const (
	Anyone   = "anyone"    // visitors included
	SignedIn = "signed_in" // any person who signed in
)

// Side says on which side of the table a rule puts the person: exclusions close
// the programme's side and the partners', never an applicant's own file.
type Side int

// The sides.
const (
	Public Side = iota
	Applicant
	Programme
	Partner
)

// Rule is one line of the table: those who have one of Relations on an object of
// one of the kinds On may do Action on it, from stage From to stage Until, while
// its state is one of States (any if empty) and all Needs hold; they see Mask.
type Rule struct {
	Action    Action
	Relations []string
	On        []string
	Side      Side
	From      Stage
	Until     Stage
	States    []string
	Needs     []string
	Mask      []string
	Why       string // one sentence for the document, in French
}

// Relation is a row: subject has relation on object, for a time, because.
type Relation struct {
	ID          string
	SubjectKind string // "person" or "organisation"
	SubjectID   string
	Relation    string
	Object      Ref
	ValidFrom   time.Time
	ValidUntil  time.Time // zero: no end
	GrantedBy   string
	Reason      string
}

// Decision is the answer to "may she?".
type Decision struct {
	Allowed bool
	Mask    []string
	Code    string // why: the rule's action, or "excluded", "no_rule", "stage"
}

// Sees says whether a field group is visible.
func (d Decision) Sees(group string) bool {
	return d.Allowed && (slices.Contains(d.Mask, "all") || slices.Contains(d.Mask, group))
}

// OpenToVisitors says whether some rule lets a visitor do action.
func OpenToVisitors(action Action) bool {
	return slices.ContainsFunc(Table, func(rule Rule) bool {
		return rule.Action == action && slices.Contains(rule.Relations, Anyone)
	})
}

// closes says which sides an exclusion of a kind closes.
func closes(kind string) []Side {
	switch kind {
	case "consent_withdrawn":
		return []Side{Partner}
	default: // conflict, own_application, mandate_expired, embargo
		return []Side{Programme, Partner}
	}
}

// held is what an actor has on an object and around it.
type held struct {
	relation string
	on       Ref
}

// asking is what the rules need to know of who asks, besides what she holds.
type asking struct {
	visitor bool
	once    bool // she proved once who she is, where twice is asked
}

func (s *Service) asking(by account.User) asking {
	return asking{visitor: by.IsVisitor(), once: s.twice && by.Weak}
}

// decides says whether the rule is a right of the programme or of its partners.
func (rule Rule) decides() bool { return rule.Side == Programme || rule.Side == Partner }

// decide is the pure heart: given what the actor holds and which exclusions bear
// on the object, which rule lets her through?
func decide(action Action, obj Object, has []held, excluded []string, who asking) Decision {
	d := Decision{Code: "no_rule"}
	closed := map[Side]bool{}
	for _, kind := range excluded {
		for _, side := range closes(kind) {
			closed[side] = true
		}
	}
	for _, rule := range Table {
		if rule.Action != action || !rule.concerns(obj, has, who) {
			continue
		}
		switch {
		case closed[rule.Side]:
			if !d.Allowed {
				d.Code = "excluded"
			}
		case !rule.fits(obj):
			if !d.Allowed && d.Code != "excluded" {
				d.Code = "stage"
			}
		default:
			d.Allowed, d.Code = true, string(rule.Action)
			for _, group := range rule.Mask {
				if !slices.Contains(d.Mask, group) {
					d.Mask = append(d.Mask, group)
				}
			}
		}
	}
	return d
}

// concerns says whether the actor holds one of the rule's relations on the right object.
func (rule Rule) concerns(obj Object, has []held, who asking) bool {
	if rule.decides() && who.once {
		return false
	}
	if slices.Contains(rule.Relations, Anyone) || !who.visitor && slices.Contains(rule.Relations, SignedIn) {
		return true
	}
	for _, h := range has {
		if !slices.Contains(rule.Relations, h.relation) || !slices.Contains(rule.On, h.on.Kind) {
			continue
		}
		if h.on == obj.Ref || h.on == Platform.Ref || slices.Contains(obj.Within, h.on) {
			return true
		}
	}
	return false
}

// fits says whether stage, state and conditions are those the rule asks for.
func (rule Rule) fits(obj Object) bool {
	if obj.Stage < rule.From || rule.Until != 0 && obj.Stage > rule.Until {
		return false
	}
	if len(rule.States) > 0 && !slices.Contains(rule.States, obj.State) {
		return false
	}
	for _, need := range rule.Needs {
		if !obj.Flags[need] {
			return false
		}
	}
	return true
}
