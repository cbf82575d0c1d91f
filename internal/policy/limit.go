package policy

import (
	"slices"

	"transformateur/internal/account"
)

// covers says whether a token's limit lets its owner do action on obj with her own
// rights; nil limits nothing. Outside of it she is judged as a visitor is, so that
// what is public stays open to a program and nothing else is.
func covers(l *account.Limit, action Action, obj Object) bool {
	if !l.Covers(string(action)) {
		return false
	}
	if l == nil || l.Within == (account.Ref{}) {
		return true
	}
	within := Ref(l.Within)
	return obj.Ref == within || slices.Contains(obj.Within, within)
}
