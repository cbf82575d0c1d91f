package programme

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// AgencyJourney is a journey that an agency made its own.
type AgencyJourney struct {
	ID        JourneyID
	Agency    AgencyID
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
	Journey
}

// PolicyObject is the journey as the policy table sees it.
func (j AgencyJourney) PolicyObject() policy.Object {
	return policy.Object{Ref: journeyRef(j.ID), Within: []policy.Ref{agencyRef(j.Agency)}}
}

func journeyRef(id JourneyID) policy.Ref { return policy.Ref{Kind: "journey", ID: string(id)} }

func loadJourney(ctx context.Context, r db.Reader, id JourneyID) (AgencyJourney, error) {
	j, err := db.Get(ctx, r, scanJourney, `select `+journeyColumns+` from journeys j where j.id = $1`, string(id))
	if err != nil {
		return j, fmt.Errorf("load journey %s: %w", id, err)
	}
	return j, nil
}

// findJourney finds a shipped journey by its key, or one of the agency's.
func findJourney(ctx context.Context, r db.Reader, agency AgencyID, name string) (Journey, error) {
	if j, ok := ShippedJourney(name); ok {
		return j, nil
	}
	j, err := loadJourney(ctx, r, JourneyID(name))
	if errs.Is(err, errs.NotFound) || err == nil && j.Agency != agency {
		return Journey{}, errs.NewInvalid("programme.invalid", []errs.Field{{Path: "journey", Key: "programme.journey_unknown"}})
	}
	return j.Journey, err
}

// CloneJourney copies a journey, shipped or of the same agency, for an agency to change.
func (s *Service) CloneJourney(ctx context.Context, by account.User, agency AgencyID, from string) (AgencyJourney, error) {
	var j AgencyJourney
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := loadAgency(ctx, tx, agency); err != nil {
			return err
		}
		j = AgencyJourney{ID: JourneyID(db.NewID()), Agency: agency, Version: 1, CreatedAt: db.Instant(s.clock.Now())}
		j.UpdatedAt = j.CreatedAt
		if _, err := s.policy.Require(ctx, tx, by, "journey.edit", j.PolicyObject()); err != nil {
			return err
		}
		var err error
		if j.Journey, err = findJourney(ctx, tx, agency, from); err != nil {
			return err
		}
		content, err := json.Marshal(j.Journey)
		if err != nil {
			return fmt.Errorf("write journey %s: %w", j.ID, err)
		}
		_, err = tx.Exec(ctx, `insert into journeys (id, agency_id, name_fr, name_en, content, version, created_at, updated_at) values ($1, $2, $3, $4, $5, 1, $6, $6)`,
			string(j.ID), string(agency), j.Name.FR, j.Name.EN, string(content), j.CreatedAt)
		if err != nil {
			return fmt.Errorf("insert journey %s: %w", j.ID, err)
		}
		return s.record(ctx, tx, by, act{name: JourneyCloned, ref: journeyRef(j.ID), detail: change{Version: 1}})
	})
	return j, err
}

// fields gives each stage one value under its key, so that two people may change two
// stages at once; the order of stages is a field of its own.
func (j Journey) fields() fields {
	f := fields{}.words("name", j.Name).words("about", j.About)
	for _, s := range j.Stages {
		s.Agenda = nil // not part of the form
		content, err := json.Marshal(s)
		if err != nil {
			panic(err) // strings and numbers always marshal
		}
		f["stage "+s.Key] = string(content)
		f["order"] += s.Key + " "
	}
	return f
}

// EditJourney saves an agency's journey over the version seen. A stage keeps the agenda
// of the stage of the same key; a stage without a key is new. Errors: Invalid; Conflict
// (programme.stale) when somebody else changed the same stage, or their list, meanwhile.
func (s *Service) EditJourney(ctx context.Context, by account.User, j AgencyJourney) (AgencyJourney, error) {
	j.tidy()
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		kept, err := loadJourney(ctx, tx, j.ID)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "journey.edit", kept.PolicyObject()); err != nil {
			return err
		}
		j.inherit(kept.Journey)
		if err := j.check(); err != nil {
			return err
		}
		written, stands := j.fields(), kept.fields()
		for name := range stands {
			if _, still := written[name]; !still {
				written[name] = "" // removed
			}
		}
		changed, err := s.compare(ctx, tx, save{ref: journeyRef(j.ID), seen: j.Version, stands: kept.Version, kept: stands, written: written})
		if err != nil || len(changed) == 0 {
			return err
		}
		content, err := json.Marshal(j.Journey)
		if err != nil {
			return fmt.Errorf("write journey %s: %w", j.ID, err)
		}
		n, err := tx.Exec(ctx, `update journeys set name_fr = $3, name_en = $4, content = $5, version = version + 1, updated_at = $6 where id = $1 and version = $2`,
			string(j.ID), kept.Version, j.Name.FR, j.Name.EN, string(content), s.clock.Now())
		if err != nil {
			return fmt.Errorf("update journey %s: %w", j.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.conflict")
		}
		j.Agency, j.Version = kept.Agency, kept.Version+1
		return s.record(ctx, tx, by, act{name: JourneyEdited, ref: journeyRef(j.ID), detail: change{Version: j.Version, Fields: changed}})
	})
	return j, err
}

func (j *AgencyJourney) tidy() {
	j.Format = JourneyFormat
	j.Name, j.About = cleanWords(j.Name), cleanWords(j.About)
	for i := range j.Stages {
		st := &j.Stages[i]
		st.Name, st.About = cleanWords(st.Name), cleanWords(st.About)
	}
}

// inherit keeps what the form does not show, and gives new stages a key of their own.
func (j *AgencyJourney) inherit(kept Journey) {
	j.Key = kept.Key
	known, taken := map[string]JourneyStage{}, map[string]bool{}
	for _, s := range kept.Stages {
		known[s.Key] = s
	}
	for i := range j.Stages {
		st := &j.Stages[i]
		old, ok := known[st.Key]
		if !ok || taken[st.Key] {
			st.Key = ""
			for n := i + 1; st.Key == "" || taken[st.Key] || known[st.Key].Key != ""; n++ {
				st.Key = "stage-" + strconv.Itoa(n)
			}
		} else {
			st.Agenda = fitting(old.Agenda, st.Days)
			st.From, st.Until = old.From, old.Until
		}
		taken[st.Key] = true
	}
}

// fitting drops the activities of days that the stage no longer has.
func fitting(agenda []Activity, days int) []Activity {
	var kept []Activity
	for _, a := range agenda {
		if a.Day <= days {
			kept = append(kept, a)
		}
	}
	return kept
}

// RemoveJourney deletes an agency's journey; editions that started from it keep their stages.
func (s *Service) RemoveJourney(ctx context.Context, by account.User, id JourneyID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		kept, err := loadJourney(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "journey.edit", kept.PolicyObject()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from journeys where id = $1`, string(id)); err != nil {
			return fmt.Errorf("delete journey %s: %w", id, err)
		}
		return s.record(ctx, tx, by, act{name: JourneyRemoved, ref: journeyRef(id), detail: change{Version: kept.Version}})
	})
}
