package programme

import (
	"context"
	"encoding/json"
	"fmt"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

const agencyColumns = `a.id, coalesce(a.organisation_id, ''), a.name_fr, a.name_en, a.about_fr, a.about_en, a.contact, a.version, a.created_at, coalesce(a.updated_at, a.created_at)`

func scanAgency(sc db.Scanner) (a Agency, err error) {
	err = sc.Scan(&a.ID, &a.Organisation, &a.Name.FR, &a.Name.EN, &a.About.FR, &a.About.EN, &a.Contact, &a.Version, &a.CreatedAt, &a.UpdatedAt)
	return a, err
}

func loadAgency(ctx context.Context, r db.Reader, id AgencyID) (Agency, error) {
	a, err := db.Get(ctx, r, scanAgency, `select `+agencyColumns+` from agencies a where a.id = $1`, string(id))
	if err != nil {
		return a, fmt.Errorf("load agency %s: %w", id, err)
	}
	return a, nil
}

const programmeColumns = `p.id, p.agency_id, p.name_fr, p.name_en, p.about_fr, p.about_en, p.version, p.created_at, coalesce(p.updated_at, p.created_at)`

func scanProgramme(sc db.Scanner) (p Programme, err error) {
	err = sc.Scan(&p.ID, &p.Agency, &p.Name.FR, &p.Name.EN, &p.About.FR, &p.About.EN, &p.Version, &p.CreatedAt, &p.UpdatedAt)
	return p, err
}

func loadProgramme(ctx context.Context, r db.Reader, id ProgrammeID) (Programme, error) {
	p, err := db.Get(ctx, r, scanProgramme, `select `+programmeColumns+` from programmes p where p.id = $1`, string(id))
	if err != nil {
		return p, fmt.Errorf("load programme %s: %w", id, err)
	}
	return p, nil
}

const editionColumns = `e.id, e.programme_id, p.agency_id, e.name_fr, e.name_en, e.theme_fr, e.theme_en, e.about_fr, e.about_en,
	e.place, e.territory, e.zone, e.status, e.journey, coalesce(e.cloned_from, ''), e.version, e.created_at, coalesce(e.updated_at, e.created_at), e.published_at, e.closed_at`

func editionDest(e *Edition) []any {
	return []any{&e.ID, &e.Programme, &e.Agency, &e.Name.FR, &e.Name.EN, &e.Theme.FR, &e.Theme.EN, &e.About.FR, &e.About.EN,
		&e.Place, &e.Territory, &e.Zone, &e.Status, &e.Journey, &e.ClonedFrom, &e.Version, &e.CreatedAt, &e.UpdatedAt, &e.PublishedAt, &e.ClosedAt}
}

func scanEdition(sc db.Scanner) (e Edition, err error) {
	err = sc.Scan(editionDest(&e)...)
	return e, err
}

func loadEdition(ctx context.Context, r db.Reader, id EditionID) (Edition, error) {
	e, err := db.Get(ctx, r, scanEdition, `select `+editionColumns+` from editions e join programmes p on p.id = e.programme_id where e.id = $1`, string(id))
	if err != nil {
		return e, fmt.Errorf("load edition %s: %w", id, err)
	}
	return e, nil
}

// Path gives what contains an edition (its programme, then its agency), for the policy
// objects of the capabilities that hang on it. Error: NotFound.
func Path(ctx context.Context, r db.Reader, id EditionID) ([]policy.Ref, error) {
	e, err := loadEdition(ctx, r, id)
	if err != nil {
		return nil, err
	}
	return e.PolicyObject().Within, nil
}

// FindEdition loads an edition for another capability, which decides by itself who may
// see what it makes of it. Error: NotFound.
func FindEdition(ctx context.Context, r db.Reader, id EditionID) (Edition, error) {
	return loadEdition(ctx, r, id)
}

// FindStages loads the stages of an edition in order, for another capability.
func FindStages(ctx context.Context, r db.Reader, id EditionID) ([]Stage, error) {
	return loadStages(ctx, r, id)
}

func insertEdition(ctx context.Context, tx *db.Tx, e Edition) error {
	var from any
	if e.ClonedFrom != "" {
		from = string(e.ClonedFrom)
	}
	_, err := tx.Exec(ctx, `
		insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, cloned_from, version, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)`,
		string(e.ID), string(e.Programme), e.Name.FR, e.Name.EN, e.Theme.FR, e.Theme.EN, e.About.FR, e.About.EN,
		e.Place, e.Territory, e.Zone, string(e.Status), e.Journey, from, e.Version, e.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert edition %s: %w", e.ID, err)
	}
	return nil
}

// bump gives an edition its next version; the where clause decides between two saves.
func (s *Service) bump(ctx context.Context, tx *db.Tx, e Edition) error {
	n, err := tx.Exec(ctx, `update editions set version = version + 1, updated_at = $3 where id = $1 and version = $2`, string(e.ID), e.Version, s.clock.Now())
	if err != nil {
		return fmt.Errorf("give edition %s its next version: %w", e.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "errs.conflict")
	}
	return nil
}

const stageColumns = `id, edition_id, position, kind, name_fr, name_en, about_fr, about_en, opens_at, closes_at, coalesce(target, 0), settings`

func scanStage(sc db.Scanner) (s Stage, err error) {
	var settings string
	err = sc.Scan(&s.ID, &s.Edition, &s.Position, &s.Kind, &s.Name.FR, &s.Name.EN, &s.About.FR, &s.About.EN, &s.OpensAt, &s.ClosesAt, &s.Target, &settings)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(settings), &s.Settings); err != nil {
		return s, fmt.Errorf("read the settings of stage %s: %w", s.ID, err)
	}
	return s, nil
}

func loadStages(ctx context.Context, r db.Reader, id EditionID) ([]Stage, error) {
	stages, err := db.List(ctx, r, scanStage, `select `+stageColumns+` from stages where edition_id = $1 order by position, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("load the stages of edition %s: %w", id, err)
	}
	return stages, nil
}

func putStage(ctx context.Context, tx *db.Tx, s Stage) error {
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		return fmt.Errorf("write the settings of stage %s: %w", s.ID, err)
	}
	_, err = tx.Exec(ctx, `
		insert into stages (id, edition_id, position, kind, name_fr, name_en, about_fr, about_en, opens_at, closes_at, target, settings)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (id) do update set position = excluded.position, kind = excluded.kind, name_fr = excluded.name_fr, name_en = excluded.name_en,
			about_fr = excluded.about_fr, about_en = excluded.about_en, opens_at = excluded.opens_at, closes_at = excluded.closes_at,
			target = excluded.target, settings = excluded.settings`,
		string(s.ID), string(s.Edition), s.Position, string(s.Kind), s.Name.FR, s.Name.EN, s.About.FR, s.About.EN, s.OpensAt, s.ClosesAt, s.Target, string(settings))
	if err != nil {
		return fmt.Errorf("write stage %s: %w", s.ID, err)
	}
	return nil
}

const journeyColumns = `j.id, j.agency_id, j.content, j.version, j.created_at, j.updated_at`

func scanJourney(sc db.Scanner) (j AgencyJourney, err error) {
	var content string
	if err = sc.Scan(&j.ID, &j.Agency, &content, &j.Version, &j.CreatedAt, &j.UpdatedAt); err != nil {
		return j, err
	}
	if j.Journey, err = DecodeJourney([]byte(content)); err != nil {
		return j, fmt.Errorf("read journey %s: %w", j.ID, err)
	}
	return j, nil
}
