package programme

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// NewEdition is what opens an edition.
type NewEdition struct {
	Programme ProgrammeID
	Journey   string // key of a shipped journey, or identifier of one of the agency's
	Name      Words
	Theme     Words
	Place     string
	Territory string
	Zone      string
	FirstDay  string // "2027-09-01", in Zone
}

func (n *NewEdition) clean() {
	n.Name, n.Theme, n.Place = cleanWords(n.Name), cleanWords(n.Theme), clean(n.Place)
}

func (n NewEdition) check() error {
	var bad problems
	bad.words("name", n.Name, MaxName, true)
	bad.words("theme", n.Theme, MaxTheme, false)
	bad.place(n.Place)
	bad.territory(n.Territory)
	bad.zone(n.Zone)
	return bad.err()
}

func (p *problems) place(place string) {
	if n := utf8.RuneCountInString(place); n > MaxName {
		p.add("place", "programme.too_long", MaxName, n-MaxName)
	}
}

// Preview dates the stages that CreateEdition would make, and reports what is wrong
// with the rest of the form.
func (s *Service) Preview(ctx context.Context, by account.User, n NewEdition) ([]Stage, error) {
	_, stages, err := s.plan(ctx, s.db.Reader(), by, &n)
	return stages, err
}

func (s *Service) plan(ctx context.Context, r db.Reader, by account.User, n *NewEdition) (Programme, []Stage, error) {
	p, err := loadProgramme(ctx, r, n.Programme)
	if err != nil {
		return p, nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, "edition.create", p.PolicyObject()); err != nil {
		return p, nil, err
	}
	n.clean()
	if err := n.check(); err != nil {
		return p, nil, err
	}
	j, err := findJourney(ctx, r, p.Agency, n.Journey)
	if err != nil {
		return p, nil, err
	}
	stages, err := j.Plan(n.FirstDay, n.Zone)
	return p, stages, err
}

// CreateEdition opens an edition with the stages of a journey, dated from its first
// day. Whoever opens it leads it.
func (s *Service) CreateEdition(ctx context.Context, by account.User, n NewEdition) (Edition, error) {
	var e Edition
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		p, stages, err := s.plan(ctx, tx, by, &n)
		if err != nil {
			return err
		}
		e = Edition{Programme: p.ID, Agency: p.Agency, Name: n.Name, Theme: n.Theme, Place: n.Place, Territory: n.Territory, Zone: n.Zone, Journey: n.Journey}
		if err := s.open(ctx, tx, by, &e, stages); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: EditionCreated, ref: editionRef(e.ID), detail: change{Version: 1}})
	})
	return e, err
}

// open writes a new edition in preparation, its stages and its lead.
func (s *Service) open(ctx context.Context, tx *db.Tx, by account.User, e *Edition, stages []Stage) error {
	slug, err := freeSlug(ctx, tx, "editions", e.Name.FR)
	if err != nil {
		return err
	}
	e.ID, e.Status, e.Version, e.CreatedAt = EditionID(slug), Preparing, 1, db.Instant(s.clock.Now())
	e.UpdatedAt = e.CreatedAt
	if err := insertEdition(ctx, tx, *e); err != nil {
		return err
	}
	for i := range stages {
		stages[i].ID, stages[i].Edition, stages[i].Position = StageID(db.NewID()), e.ID, i
		if err := putStage(ctx, tx, stages[i]); err != nil {
			return err
		}
	}
	if by.IsSystem() {
		return nil
	}
	return s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(by.ID), Relation: "lead", Object: editionRef(e.ID), Reason: EditionCreated})
}

func (e Edition) fields() fields {
	return fields{"place": e.Place, "territory": e.Territory, "zone": e.Zone}.words("name", e.Name).words("theme", e.Theme).words("about", e.About)
}

func (e Edition) check(kept Edition) error {
	var bad problems
	shown := kept.Status != Preparing
	bad.words("name", e.Name, MaxName, true)
	bad.words("theme", e.Theme, MaxTheme, shown)
	bad.words("about", e.About, MaxAbout, shown)
	bad.place(e.Place)
	bad.territory(e.Territory)
	bad.zone(e.Zone)
	if shown && e.Zone != kept.Zone {
		bad.add("zone", "programme.zone_fixed")
	}
	return bad.err()
}

// EditEdition saves the texts, the place and the zone of an edition over the version
// seen. In preparation a new zone keeps the hours that were written. Errors: Invalid;
// Conflict (programme.edition_closed, or programme.stale whose fields say what changed).
func (s *Service) EditEdition(ctx context.Context, by account.User, e Edition) (Edition, error) {
	e.Name, e.Theme, e.About, e.Place = cleanWords(e.Name), cleanWords(e.Theme), cleanWords(e.About), clean(e.Place)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		kept, err := s.managed(ctx, tx, by, e.ID)
		if err != nil {
			return err
		}
		if err := e.check(kept); err != nil {
			return err
		}
		changed, err := s.compare(ctx, tx, save{ref: editionRef(e.ID), seen: e.Version, stands: kept.Version, kept: kept.fields(), written: e.fields()})
		if err != nil || len(changed) == 0 {
			e = kept
			return err
		}
		if e.Zone != kept.Zone {
			if err := rezone(ctx, tx, kept, e.Zone); err != nil {
				return err
			}
		}
		if err := s.bump(ctx, tx, kept); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update editions set name_fr = $2, name_en = $3, theme_fr = $4, theme_en = $5, about_fr = $6, about_en = $7, place = $8, territory = $9, zone = $10
			where id = $1`, string(e.ID), e.Name.FR, e.Name.EN, e.Theme.FR, e.Theme.EN, e.About.FR, e.About.EN, e.Place, e.Territory, e.Zone)
		if err != nil {
			return fmt.Errorf("update edition %s: %w", e.ID, err)
		}
		if e, err = loadEdition(ctx, tx, e.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: EditionEdited, ref: editionRef(e.ID), detail: change{Version: e.Version, Fields: changed}})
	})
	return e, err
}

// rezone writes the dates of the stages at the same hours in another zone.
func rezone(ctx context.Context, tx *db.Tx, e Edition, to string) error {
	stages, err := loadStages(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	for _, st := range stages {
		if st, err = st.shifted(e.Location(), 0, to); err != nil {
			return at("zone", err)
		}
		if err := putStage(ctx, tx, st); err != nil {
			return err
		}
	}
	return nil
}

// localLayout is how a local time is written in a form.
const localLayout = "2006-01-02T15:04"

// shifted is the stage some days later, at the same hours, in another zone.
func (s Stage) shifted(from *time.Location, days int, to string) (Stage, error) {
	for _, at := range []*time.Time{&s.OpensAt, &s.ClosesAt} {
		if at.IsZero() {
			continue
		}
		moved, err := zone.Resolve(at.In(from).AddDate(0, 0, days).Format(localLayout), to)
		if err != nil {
			return s, err
		}
		*at = moved
	}
	return s, nil
}

// managed loads an edition that a person may change; a closed one is refused.
func (s *Service) managed(ctx context.Context, tx *db.Tx, by account.User, id EditionID) (Edition, error) {
	e, err := loadEdition(ctx, tx, id)
	if err != nil {
		return e, err
	}
	if _, err := s.policy.Require(ctx, tx, by, "edition.manage", e.PolicyObject()); err != nil {
		return e, err
	}
	if e.Status == Closed {
		return e, errs.New(errs.Conflict, "programme.edition_closed")
	}
	return e, nil
}
