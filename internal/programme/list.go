package programme

import (
	"context"
	"errors"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Overview is an edition with what a page says around it.
type Overview struct {
	Edition
	ProgrammeName Words
	AgencyName    Words
	Stages        []Stage
}

const overviewFrom = ` from editions e join programmes p on p.id = e.programme_id join agencies a on a.id = p.agency_id`

func scanOverview(sc db.Scanner) (o Overview, err error) {
	err = sc.Scan(append(editionDest(&o.Edition), &o.ProgrammeName.FR, &o.ProgrammeName.EN, &o.AgencyName.FR, &o.AgencyName.EN)...)
	return o, err
}

const overviewColumns = editionColumns + `, p.name_fr, p.name_en, a.name_fr, a.name_en`

// editionsSeen tells the policy where an edition's containers and status are in these queries.
var editionsSeen = policy.Columns{Kind: "edition", ID: "e.id", Within: map[string]string{"programme": "e.programme_id", "agency": "p.agency_id"}, State: "e.status"}

// Filter narrows a list of editions; an empty member narrows nothing.
type Filter struct {
	Agency    AgencyID
	Programme ProgrammeID
	Status    Status
}

// Editions lists the editions that a person may see with their stages, those under way
// first, then the most recent. It takes two queries whatever their number.
func (s *Service) Editions(ctx context.Context, by account.User, f Filter) ([]Overview, error) {
	return s.editions(ctx, by, "edition.read", f)
}

// EditionsToManage lists those that a person may change, in the same order.
func (s *Service) EditionsToManage(ctx context.Context, by account.User, f Filter) ([]Overview, error) {
	return s.editions(ctx, by, "edition.manage", f)
}

func (s *Service) editions(ctx context.Context, by account.User, action policy.Action, f Filter) ([]Overview, error) {
	r := s.db.Reader()
	may, args := s.policy.Where(ctx, by, action, editionsSeen, []any{string(f.Agency), string(f.Programme), string(f.Status)})
	where := ` where ($1 = '' or p.agency_id = $1) and ($2 = '' or e.programme_id = $2) and ($3 = '' or e.status = $3) and ` + may
	list, err := db.List(ctx, r, scanOverview, `select `+overviewColumns+overviewFrom+where+`
		order by case e.status when 'published' then 0 when 'draft' then 1 else 2 end, coalesce(e.published_at, e.created_at) desc, e.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	stages, err := db.List(ctx, r, scanStage, `
		select `+stageColumns+` from stages where edition_id in (select e.id`+overviewFrom+where+`) order by edition_id, position, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the stages of editions: %w", err)
	}
	of := map[EditionID]int{}
	for i := range list {
		of[list[i].ID] = i
	}
	for _, st := range stages {
		if i, ok := of[st.Edition]; ok {
			list[i].Stages = append(list[i].Stages, st)
		}
	}
	return list, nil
}

// Edition gives one edition with its stages. Error: NotFound, absent or not hers to see.
func (s *Service) Edition(ctx context.Context, by account.User, id EditionID) (Overview, error) {
	r := s.db.Reader()
	o, err := db.Get(ctx, r, scanOverview, `select `+overviewColumns+overviewFrom+` where e.id = $1`, string(id))
	if err != nil {
		return o, fmt.Errorf("load edition %s: %w", id, err)
	}
	if err := s.readable(ctx, by, o.PolicyObject()); err != nil {
		return o, err
	}
	o.Stages, err = loadStages(ctx, r, id)
	return o, err
}

// Managed gives one edition to a person who may change it. Errors: NotFound, Forbidden.
func (s *Service) Managed(ctx context.Context, by account.User, id EditionID) (Overview, error) {
	o, err := db.Get(ctx, s.db.Reader(), scanOverview, `select `+overviewColumns+overviewFrom+` where e.id = $1`, string(id))
	if err != nil {
		return o, fmt.Errorf("load edition %s: %w", id, err)
	}
	if _, err := s.policy.Require(ctx, s.db.Reader(), by, "edition.manage", o.PolicyObject()); err != nil {
		return o, err
	}
	o.Stages, err = loadStages(ctx, s.db.Reader(), id)
	return o, err
}

// Missing lists what keeps an edition in preparation from being published; empty when
// nothing does.
func (o Overview) Missing() []errs.Field {
	var e *errs.Error
	if errors.As(publishable(o.Edition, o.Stages), &e) {
		return e.Fields
	}
	return nil
}

// readable refuses as NotFound whatever a person may not read, a visitor included: an
// edition in preparation does not show that it exists.
func (s *Service) readable(ctx context.Context, by account.User, obj policy.Object) error {
	d, err := s.policy.Decide(ctx, s.db.Reader(), by, policy.Action(obj.Kind+".read"), obj)
	if err == nil && !d.Allowed {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	return err
}

// Programmes lists programmes by name; those of one agency when it is given.
func (s *Service) Programmes(ctx context.Context, by account.User, agency AgencyID) ([]Programme, error) {
	return s.programmes(ctx, by, "programme.read", agency)
}

// ProgrammesToOpenIn lists the programmes in which a person may open an edition.
func (s *Service) ProgrammesToOpenIn(ctx context.Context, by account.User) ([]Programme, error) {
	return s.programmes(ctx, by, "edition.create", "")
}

func (s *Service) programmes(ctx context.Context, by account.User, action policy.Action, agency AgencyID) ([]Programme, error) {
	cols := policy.Columns{Kind: "programme", ID: "p.id", Within: map[string]string{"agency": "p.agency_id"}}
	may, args := s.policy.Where(ctx, by, action, cols, []any{string(agency)})
	list, err := db.List(ctx, s.db.Reader(), scanProgramme, `select `+programmeColumns+` from programmes p where ($1 = '' or p.agency_id = $1) and `+may+` order by p.name_fr, p.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list programmes: %w", err)
	}
	return list, nil
}

// Programme gives one programme. Error: NotFound.
func (s *Service) Programme(ctx context.Context, by account.User, id ProgrammeID) (Programme, error) {
	p, err := loadProgramme(ctx, s.db.Reader(), id)
	if err != nil {
		return p, err
	}
	return p, s.readable(ctx, by, p.PolicyObject())
}

// Agencies lists agencies by name.
func (s *Service) Agencies(ctx context.Context, by account.User) ([]Agency, error) {
	return s.agencies(ctx, by, "agency.read")
}

// AgenciesToCreateIn lists the agencies in which a person may create a programme and
// change the journeys.
func (s *Service) AgenciesToCreateIn(ctx context.Context, by account.User) ([]Agency, error) {
	return s.agencies(ctx, by, "programme.create")
}

func (s *Service) agencies(ctx context.Context, by account.User, action policy.Action) ([]Agency, error) {
	may, args := s.policy.Where(ctx, by, action, policy.Columns{Kind: "agency", ID: "a.id"}, nil)
	list, err := db.List(ctx, s.db.Reader(), scanAgency, `select `+agencyColumns+` from agencies a where `+may+` order by a.name_fr, a.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", err)
	}
	return list, nil
}

// Agency gives one agency. Error: NotFound.
func (s *Service) Agency(ctx context.Context, by account.User, id AgencyID) (Agency, error) {
	a, err := loadAgency(ctx, s.db.Reader(), id)
	if err != nil {
		return a, err
	}
	return a, s.readable(ctx, by, a.PolicyObject())
}

// Journeys lists the journeys that a person's agencies made their own; those that open
// an edition in one of an agency's programmes see them too.
func (s *Service) Journeys(ctx context.Context, by account.User) ([]AgencyJourney, error) {
	own, args := s.policy.Where(ctx, by, "journey.read", policy.Columns{Kind: "journey", ID: "j.id", Within: map[string]string{"agency": "j.agency_id"}}, nil)
	open, args := s.policy.Where(ctx, by, "edition.create", policy.Columns{Kind: "programme", ID: "p.id", Within: map[string]string{"agency": "p.agency_id"}}, args)
	list, err := db.List(ctx, s.db.Reader(), scanJourney, `
		select `+journeyColumns+` from journeys j
		where `+own+` or exists (select 1 from programmes p where p.agency_id = j.agency_id and `+open+`)
		order by j.name_fr, j.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list journeys: %w", err)
	}
	return list, nil
}

// Journey gives one journey of an agency. Error: NotFound, absent or not hers to see.
func (s *Service) Journey(ctx context.Context, by account.User, id JourneyID) (AgencyJourney, error) {
	j, err := loadJourney(ctx, s.db.Reader(), id)
	if err != nil {
		return j, err
	}
	return j, s.readable(ctx, by, j.PolicyObject())
}

// ProgrammeToEdit gives one programme to a person who may change it. Errors: NotFound, Forbidden.
func (s *Service) ProgrammeToEdit(ctx context.Context, by account.User, id ProgrammeID) (Programme, error) {
	p, err := loadProgramme(ctx, s.db.Reader(), id)
	if err != nil {
		return p, err
	}
	_, err = s.policy.Require(ctx, s.db.Reader(), by, "programme.edit", p.PolicyObject())
	return p, err
}

// AgencyToEdit gives one agency to a person who may change it. Errors: NotFound, Forbidden.
func (s *Service) AgencyToEdit(ctx context.Context, by account.User, id AgencyID) (Agency, error) {
	a, err := loadAgency(ctx, s.db.Reader(), id)
	if err != nil {
		return a, err
	}
	_, err = s.policy.Require(ctx, s.db.Reader(), by, "agency.edit", a.PolicyObject())
	return a, err
}

// MayCreateAgency refuses, as an error, whoever may not open an agency.
func (s *Service) MayCreateAgency(ctx context.Context, by account.User) error {
	_, err := s.policy.Require(ctx, s.db.Reader(), by, "agency.edit", policy.Platform)
	return err
}

// MayEditJourney refuses, as an error, whoever may not change a journey.
func (s *Service) MayEditJourney(ctx context.Context, by account.User, id JourneyID) error {
	j, err := loadJourney(ctx, s.db.Reader(), id)
	if err != nil {
		return err
	}
	_, err = s.policy.Require(ctx, s.db.Reader(), by, "journey.edit", j.PolicyObject())
	return err
}
