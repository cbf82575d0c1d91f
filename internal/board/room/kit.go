package room

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/shelf"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
)

// kitOf finds a kit from which a board of a gathering is made: one that ships, or the last
// version of one that the edition wrote. Error: Invalid kit board.no_kit.
func kitOf(ctx context.Context, r db.Reader, g gathering.Gathering, name string) (*kit.Kit, error) {
	if k, ships := kit.Find(name); ships {
		return k, nil
	}
	v, err := shelf.Last(ctx, r, g.Edition, shelf.ID(name))
	if errs.Is(err, errs.NotFound) {
		return nil, errs.NewInvalid("board.invalid", []errs.Field{{Path: "kit", Key: "board.no_kit"}})
	}
	return v.Body, err
}

// Kits are those from which boards of a gathering may be made, besides those that ship.
type Kits struct {
	Own    []shelf.Version // that its edition wrote
	Writes bool            // by may write others
}

// Kits lists the kits of the edition of a gathering, to who runs it. Errors: as the
// policy, on gathering.manage.
func (s *Service) Kits(ctx context.Context, by account.User, id gathering.ID) (k Kits, err error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return k, err
	}
	if _, err = s.policy.Require(ctx, r, by, "gathering.manage", g.Object()); err != nil {
		return k, err
	}
	e, err := programme.FindEdition(ctx, r, g.Edition)
	if err != nil {
		return k, err
	}
	may, err := s.policy.Decide(ctx, r, by, "kit.create", e.PolicyObject())
	if err != nil {
		return k, err
	}
	k.Writes = may.Allowed
	k.Own, err = shelf.Offered(ctx, r, g.Edition)
	return k, err
}
