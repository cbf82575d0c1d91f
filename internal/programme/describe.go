package programme

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

func (p Programme) fields() fields {
	return fields{}.words("name", p.Name).words("about", p.About)
}

func (p Programme) check() error {
	var bad problems
	bad.words("name", p.Name, MaxName, true)
	bad.words("about", p.About, MaxAbout, false)
	return bad.err()
}

// CreateProgramme opens a programme of an agency.
func (s *Service) CreateProgramme(ctx context.Context, by account.User, p Programme) (Programme, error) {
	p.Name, p.About = cleanWords(p.Name), cleanWords(p.About)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		agency, err := loadAgency(ctx, tx, p.Agency)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "programme.create", agency.PolicyObject()); err != nil {
			return err
		}
		if err := p.check(); err != nil {
			return err
		}
		slug, err := freeSlug(ctx, tx, "programmes", p.Name.FR)
		if err != nil {
			return err
		}
		p.ID, p.Version, p.CreatedAt = ProgrammeID(slug), 1, db.Instant(s.clock.Now())
		p.UpdatedAt = p.CreatedAt
		_, err = tx.Exec(ctx, `
			insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, version, created_at, updated_at)
			values ($1, $2, $3, $4, $5, $6, 1, $7, $7)`, slug, string(p.Agency), p.Name.FR, p.Name.EN, p.About.FR, p.About.EN, p.CreatedAt)
		if err != nil {
			return fmt.Errorf("insert programme %s: %w", slug, err)
		}
		return s.record(ctx, tx, by, act{name: ProgrammeCreated, ref: programmeRef(p.ID), detail: change{Version: 1}})
	})
	return p, err
}

// EditProgramme saves the description of a programme over the version seen. Errors:
// Invalid; Conflict (programme.stale) whose fields say what changed meanwhile.
func (s *Service) EditProgramme(ctx context.Context, by account.User, p Programme) (Programme, error) {
	p.Name, p.About = cleanWords(p.Name), cleanWords(p.About)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		kept, err := loadProgramme(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "programme.edit", kept.PolicyObject()); err != nil {
			return err
		}
		if err := p.check(); err != nil {
			return err
		}
		changed, err := s.compare(ctx, tx, save{ref: programmeRef(p.ID), seen: p.Version, stands: kept.Version, kept: kept.fields(), written: p.fields()})
		if err != nil || len(changed) == 0 {
			p = kept
			return err
		}
		n, err := tx.Exec(ctx, `
			update programmes set name_fr = $3, name_en = $4, about_fr = $5, about_en = $6, version = version + 1, updated_at = $7
			where id = $1 and version = $2`, string(p.ID), kept.Version, p.Name.FR, p.Name.EN, p.About.FR, p.About.EN, s.clock.Now())
		if err != nil {
			return fmt.Errorf("update programme %s: %w", p.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.conflict")
		}
		p.Agency, p.Version = kept.Agency, kept.Version+1
		return s.record(ctx, tx, by, act{name: ProgrammeEdited, ref: programmeRef(p.ID), detail: change{Version: p.Version, Fields: changed}})
	})
	return p, err
}
