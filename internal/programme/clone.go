package programme

import (
	"context"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
)

// Clone is an edition to open after another one, in another region or another year.
type Clone struct {
	From      EditionID
	Programme ProgrammeID // that it goes to; the same one when empty
	Name      Words
	Place     string
	Territory string
	Zone      string
	ShiftDays int  // added to every date, at the same hours in Zone
	Undated   bool // leave every date to be chosen
}

// Cloned is the payload of EditionCloned: what hangs on a stage of From is to be copied
// (forms, rubrics, mails) to the stage of To that Stages gives.
type Cloned struct {
	From   EditionID           `json:"from"`
	To     EditionID           `json:"to"`
	Stages map[StageID]StageID `json:"stages"`
}

// maxShift is the most days that a clone moves dates by: ten years.
const maxShift = 3660

func (c Clone) check() error {
	var bad problems
	bad.words("name", c.Name, MaxName, true)
	bad.place(c.Place)
	bad.territory(c.Territory)
	bad.zone(c.Zone)
	if c.ShiftDays < -maxShift || c.ShiftDays > maxShift {
		bad.add("shift", "programme.days_bad")
	}
	return bad.err()
}

// CloneEdition opens an edition with the stages, the theme and the text of another one
// that the person manages. Its people, its files and its decisions stay behind.
func (s *Service) CloneEdition(ctx context.Context, by account.User, c Clone) (Edition, error) {
	c.Name, c.Place = cleanWords(c.Name), clean(c.Place)
	var e Edition
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		source, target, err := s.cloneable(ctx, tx, by, c)
		if err != nil {
			return err
		}
		if err := c.check(); err != nil {
			return err
		}
		stages, err := loadStages(ctx, tx, source.ID)
		if err != nil {
			return err
		}
		cloned := Cloned{From: source.ID, Stages: map[StageID]StageID{}}
		olds := make([]StageID, len(stages))
		for i := range stages {
			olds[i] = stages[i].ID
			if stages[i], err = c.dated(stages[i], source.Location()); err != nil {
				return at("shift", err)
			}
		}
		e = Edition{Programme: target.ID, Agency: target.Agency, Name: c.Name, Theme: source.Theme, About: source.About,
			Place: c.Place, Territory: c.Territory, Zone: c.Zone, Journey: source.Journey, ClonedFrom: source.ID}
		if err := s.open(ctx, tx, by, &e, stages); err != nil {
			return err
		}
		for i, old := range olds {
			cloned.Stages[old] = stages[i].ID
		}
		cloned.To = e.ID
		return s.record(ctx, tx, by, act{name: EditionCloned, ref: editionRef(e.ID), detail: change{Version: 1, Part: string(source.ID)}, payload: cloned})
	})
	return e, err
}

// cloneable loads the source, which the person manages, and the programme she may open editions of.
func (s *Service) cloneable(ctx context.Context, tx *db.Tx, by account.User, c Clone) (source Edition, target Programme, err error) {
	if source, err = loadEdition(ctx, tx, c.From); err != nil {
		return source, target, err
	}
	if _, err = s.policy.Require(ctx, tx, by, "edition.manage", source.PolicyObject()); err != nil {
		return source, target, err
	}
	if c.Programme == "" {
		c.Programme = source.Programme
	}
	if target, err = loadProgramme(ctx, tx, c.Programme); err != nil {
		return source, target, err
	}
	_, err = s.policy.Require(ctx, tx, by, "edition.create", target.PolicyObject())
	return source, target, err
}

func (c Clone) dated(s Stage, from *time.Location) (Stage, error) {
	if c.Undated {
		s.OpensAt, s.ClosesAt = time.Time{}, time.Time{}
		return s, nil
	}
	return s.shifted(from, c.ShiftDays, c.Zone)
}
