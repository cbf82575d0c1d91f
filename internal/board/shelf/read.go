package shelf

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
)

// Shelf is the kits of an edition, as somebody who may read them finds them.
type Shelf struct {
	Edition programme.Edition
	Kits    []Entry // by title, those put away last
	Writes  bool    // she may add one
}

// List gives the kits of an edition. Errors: NotFound; as the policy, on kit.read.
func (s *Service) List(ctx context.Context, by account.User, edition programme.EditionID) (v Shelf, err error) {
	r := s.db.Reader()
	if v.Edition, err = programme.FindEdition(ctx, r, edition); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "kit.read", v.Edition.PolicyObject()); err != nil {
		return v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "kit.create", v.Edition.PolicyObject())
	if err != nil {
		return v, err
	}
	v.Writes = may.Allowed
	v.Kits, err = db.List(ctx, r, scan, `select `+columns+` from `+tables+` where k.edition_id = $1 order by case when k.retired_at is null then 0 else 1 end, k.title, k.id`, string(edition))
	if err != nil {
		return v, fmt.Errorf("list the kits of %s: %w", edition, err)
	}
	return v, nil
}

// View is a kit of an edition, as somebody who may read it sees it.
type View struct {
	Entry
	In       programme.Words // the name of the edition
	Versions []Version       // the last one first
	Edits    bool
	Faults   error // what keeps it from being published, as Check says it; nil for nothing
}

// Read gives a kit. Errors: NotFound; as the policy, on kit.read.
func (s *Service) Read(ctx context.Context, by account.User, id ID) (v View, err error) {
	r := s.db.Reader()
	if v.Entry, err = s.require(ctx, r, by, "kit.read", id); err != nil {
		return v, err
	}
	edition, err := programme.FindEdition(ctx, r, v.Edition)
	if err != nil {
		return v, err
	}
	v.In = edition.Name
	may, err := s.policy.Decide(ctx, r, by, "kit.edit", v.Object())
	if err != nil {
		return v, err
	}
	v.Edits = may.Allowed
	v.Faults = drafting.Tidy(v.Kit).Check()
	v.Versions, err = db.List(ctx, r, scanVersion, `select `+versionColumns+` from kit_versions v where v.kit_id = $1 order by v.number desc`, string(id))
	if err != nil {
		return v, fmt.Errorf("list the versions of kit %s: %w", id, err)
	}
	return v, nil
}

// Edited is Read for who may write it. Errors: as the policy, on kit.edit.
func (s *Service) Edited(ctx context.Context, by account.User, id ID) (View, error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "kit.edit", id); err != nil {
		return View{}, err
	}
	return s.Read(ctx, by, id)
}

// Export is a kit to be taken away as a file: a version of it, or its draft when number
// is 0. Errors: NotFound; as the policy, on kit.read.
func (s *Service) Export(ctx context.Context, by account.User, id ID, number int) (*kit.Kit, error) {
	v, err := s.Read(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if number == 0 {
		return drafting.Tidy(v.Kit), nil
	}
	for _, one := range v.Versions {
		if one.Number == number {
			return one.Body, nil
		}
	}
	return nil, errs.New(errs.NotFound, "errs.not_found")
}
