// Package account is who people are: their addresses, their organisations, and how they sign in.
package account

import (
	"context"
	"slices"
)

// PersonID identifies a person, whatever her addresses.
type PersonID string

// User is whoever acts: a visitor, a person who signed in, or the program itself.
// The zero User is a visitor.
type User struct {
	ID      PersonID
	Name    string
	Lang    string // "fr" or "en"
	Zone    string // IANA name of the zone in which she reads times
	LoginID string // the sign-in this request came with
	TokenID string // the access token this request came with, when a program acts in her name
	Limit   *Limit // what that token, or the sign-in of a guest, is good for; nil: everything she may do
	// Weak says that her sign-in has one proof only: where the install asks for two,
	// the rights of the programme wait for the second.
	Weak   bool
	system bool
}

// Limit narrows what a program may do in somebody's name, or what a guest came for. Outside of it she has the
// rights of a visitor; inside, her own and no more.
type Limit struct {
	Actions []string // of the policy table
	Within  Ref      // only on this object and on what it contains; zero: everywhere
}

// Covers says whether the limit lets an action of the policy table through. No limit covers everything.
func (l *Limit) Covers(action string) bool { return l == nil || slices.Contains(l.Actions, action) }

// System is the program acting by itself: jobs and subscribers use it.
var System = User{ID: "system", Name: "Transformateur", Lang: "fr", Zone: "Europe/Paris", system: true}

// IsSystem says whether the program itself acts.
func (u User) IsSystem() bool { return u.system }

// IsVisitor says whether nobody signed in.
func (u User) IsVisitor() bool { return u.ID == "" }

// Actor is how the journal names the user.
func (u User) Actor() string {
	switch {
	case u.system:
		return "system"
	case u.ID == "":
		return "visitor"
	}
	return "person:" + string(u.ID)
}

type userKey struct{}

// With puts the user in ctx.
func With(ctx context.Context, u User) context.Context {
	return context.WithValue(ctx, userKey{}, u)
}

// From is the user of ctx, a visitor when there is none.
func From(ctx context.Context) User {
	u, _ := ctx.Value(userKey{}).(User)
	return u
}
