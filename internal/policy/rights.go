package policy

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
)

// rights is the policy as accounts know it, who stand below it.
type rights struct{ *Service }

// Rights is what the account service needs of the policy.
func (s *Service) Rights() account.Rights { return rights{s} }

// Require is the policy's, on an object that nothing contains.
func (r rights) Require(ctx context.Context, reader db.Reader, by account.User, action string, object account.Ref) error {
	_, err := r.Service.Require(ctx, reader, by, Action(action), Object{Ref: Ref(object)})
	return err
}

// Grant is the policy's, for a person.
func (r rights) Grant(ctx context.Context, tx *db.Tx, by account.User, g account.Grant) error {
	return r.Service.Grant(ctx, tx, by, Relation{SubjectID: string(g.Person), Relation: g.Relation, Object: Ref(g.Object), ValidUntil: g.Until, Reason: g.Reason})
}

// Revoke is the policy's, for a person; it does not mind that there is nothing to revoke.
func (r rights) Revoke(ctx context.Context, tx *db.Tx, by account.User, person account.PersonID, relation string, object account.Ref) error {
	_, err := r.Service.Revoke(ctx, tx, by, Relation{SubjectID: string(person), Relation: relation, Object: Ref(object)})
	return err
}
