package programme

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// MaxContact is the longest public contact, in characters.
const MaxContact = 200

func (a Agency) fields() fields {
	return fields{"contact": a.Contact}.words("name", a.Name).words("about", a.About)
}

func (a Agency) check() error {
	var bad problems
	bad.words("name", a.Name, MaxName, true)
	bad.words("about", a.About, MaxAbout, false)
	if len([]rune(a.Contact)) > MaxContact {
		bad.add("contact", "programme.too_long", MaxContact, len([]rune(a.Contact))-MaxContact)
	}
	return bad.err()
}

// CreateAgency opens an agency. When lead is true, whoever opens it leads it, as on a
// small install where one person does everything; otherwise a lead is invited.
func (s *Service) CreateAgency(ctx context.Context, by account.User, a Agency, lead bool) (Agency, error) {
	a.Name, a.About, a.Contact = cleanWords(a.Name), cleanWords(a.About), clean(a.Contact)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.policy.Require(ctx, tx, by, "agency.edit", policy.Platform); err != nil {
			return err
		}
		if err := a.check(); err != nil {
			return err
		}
		slug, err := freeSlug(ctx, tx, "agencies", a.Name.FR)
		if err != nil {
			return err
		}
		a.ID, a.Version, a.CreatedAt = AgencyID(slug), 1, db.Instant(s.clock.Now())
		a.UpdatedAt = a.CreatedAt
		var organisation any
		if a.Organisation != "" {
			organisation = a.Organisation
		}
		_, err = tx.Exec(ctx, `
			insert into agencies (id, organisation_id, name_fr, name_en, about_fr, about_en, contact, version, created_at, updated_at)
			values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)`, slug, organisation, a.Name.FR, a.Name.EN, a.About.FR, a.About.EN, a.Contact, a.CreatedAt)
		if err != nil {
			return fmt.Errorf("insert agency %s: %w", slug, err)
		}
		if lead && !by.IsSystem() {
			if err := s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(by.ID), Relation: "lead", Object: agencyRef(a.ID), Reason: AgencyCreated}); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, by, act{name: AgencyCreated, ref: agencyRef(a.ID), detail: change{Version: 1}})
	})
	return a, err
}

// EditAgency saves the presentation of an agency over the version seen. Errors: Invalid;
// Conflict (programme.stale) whose fields say what changed meanwhile.
func (s *Service) EditAgency(ctx context.Context, by account.User, a Agency) (Agency, error) {
	a.Name, a.About, a.Contact = cleanWords(a.Name), cleanWords(a.About), clean(a.Contact)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		kept, err := loadAgency(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "agency.edit", kept.PolicyObject()); err != nil {
			return err
		}
		if err := a.check(); err != nil {
			return err
		}
		changed, err := s.compare(ctx, tx, save{ref: agencyRef(a.ID), seen: a.Version, stands: kept.Version, kept: kept.fields(), written: a.fields()})
		if err != nil || len(changed) == 0 {
			a = kept
			return err
		}
		n, err := tx.Exec(ctx, `
			update agencies set name_fr = $3, name_en = $4, about_fr = $5, about_en = $6, contact = $7, version = version + 1, updated_at = $8
			where id = $1 and version = $2`, string(a.ID), kept.Version, a.Name.FR, a.Name.EN, a.About.FR, a.About.EN, a.Contact, s.clock.Now())
		if err != nil {
			return fmt.Errorf("update agency %s: %w", a.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.conflict")
		}
		a.Version = kept.Version + 1
		return s.record(ctx, tx, by, act{name: AgencyEdited, ref: agencyRef(a.ID), detail: change{Version: a.Version, Fields: changed}})
	})
	return a, err
}
