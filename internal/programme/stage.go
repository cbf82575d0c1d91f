package programme

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
)

// StageForm is a stage as a person writes it: its dates are local times in the zone of
// the edition ("2027-03-05T12:00"), empty when not chosen yet.
type StageForm struct {
	ID      StageID // "" for a new one
	Version int64   // of the edition, as she saw it
	Kind    Kind
	Name    Words
	About   Words
	Opens   string
	Closes  string
	Target  int
}

// FormOf is the form of a stage that stands.
func FormOf(e Edition, s Stage) StageForm {
	return StageForm{ID: s.ID, Version: e.Version, Kind: s.Kind, Name: s.Name, About: s.About,
		Opens: local(s.OpensAt, e.Location()), Closes: local(s.ClosesAt, e.Location()), Target: s.Target}
}

func local(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(loc).Format(localLayout)
}

// read checks the form and turns it into a stage of e. Every bad field is reported at once.
func (f StageForm) read(e Edition, s Stage) (Stage, error) {
	s.Edition, s.Kind, s.Name, s.About, s.Target = e.ID, f.Kind, cleanWords(f.Name), cleanWords(f.About), f.Target
	bad := checkStage(s)
	s.OpensAt, s.ClosesAt = bad.instant("opens", f.Opens, e.Zone), bad.instant("closes", f.Closes, e.Zone)
	return s, bad.err()
}

// instant reads a local time; one that the clocks skip or repeat is refused with its reason.
func (p *problems) instant(path, written, zoneName string) time.Time {
	if strings.TrimSpace(written) == "" {
		return time.Time{}
	}
	t, err := zone.Resolve(written, zoneName)
	if err != nil {
		var args []any
		if e, ok := err.(*errs.Error); ok {
			args = e.Args
		}
		p.add(path, errs.KeyOf(err), args...)
	}
	return t
}

func (s Stage) fields(loc *time.Location) fields {
	return fields{"kind": string(s.Kind), "opens": local(s.OpensAt, loc), "closes": local(s.ClosesAt, loc), "target": strconv.Itoa(s.Target)}.
		words("name", s.Name).words("about", s.About)
}

// inOrder is ordered for one stage being written: the problem goes to its own fields.
func inOrder(stages []Stage, of StageID) error {
	var bad problems
	for _, f := range ordered(stages) {
		i, _ := strconv.Atoi(strings.Split(f.Path, ".")[1])
		if stages[i].ID == of {
			bad.add(f.Path[strings.LastIndex(f.Path, ".")+1:], f.Key, f.Args...)
		} else {
			bad.add("opens", "programme.stage_breaks_order", stages[i].Name.FR)
		}
	}
	return bad.err()
}

// rewriting is an edition whose stages are being changed, inside a transaction.
type rewriting struct {
	edition Edition
	stages  []Stage
}

func (s *Service) rewrite(ctx context.Context, tx *db.Tx, by account.User, id EditionID) (w rewriting, err error) {
	if w.edition, err = s.managed(ctx, tx, by, id); err != nil {
		return w, err
	}
	w.stages, err = loadStages(ctx, tx, id)
	return w, err
}

func (w rewriting) find(id StageID) (int, error) {
	i := slices.IndexFunc(w.stages, func(s Stage) bool { return s.ID == id })
	if i < 0 {
		return 0, errs.New(errs.NotFound, "errs.not_found")
	}
	return i, nil
}

// put numbers the stages and writes them, with the next version of the edition.
func (s *Service) put(ctx context.Context, tx *db.Tx, w rewriting) error {
	for i := range w.stages {
		w.stages[i].Position = i
		if err := putStage(ctx, tx, w.stages[i]); err != nil {
			return err
		}
	}
	return s.bump(ctx, tx, w.edition)
}

// AddStage adds a stage to an edition, where its opening date puts it, or at the end
// without one.
func (s *Service) AddStage(ctx context.Context, by account.User, id EditionID, form StageForm) (Stage, error) {
	stage := Stage{ID: StageID(db.NewID())}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		w, err := s.rewrite(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if len(w.stages) >= MaxStages {
			return errs.New(errs.Conflict, "programme.too_many_stages", MaxStages)
		}
		if stage, err = form.read(w.edition, stage); err != nil {
			return err
		}
		where := len(w.stages)
		if !stage.OpensAt.IsZero() {
			if i := slices.IndexFunc(w.stages, func(o Stage) bool { return o.OpensAt.After(stage.OpensAt) }); i >= 0 {
				where = i
			}
		}
		w.stages = slices.Insert(w.stages, where, stage)
		for i := range w.stages {
			w.stages[i].Position = i
		}
		if err := inOrder(w.stages, stage.ID); err != nil {
			return err
		}
		if err := s.put(ctx, tx, w); err != nil {
			return err
		}
		stage = w.stages[where]
		return s.record(ctx, tx, by, act{name: StageAdded, ref: editionRef(id), detail: change{Version: w.edition.Version + 1, Part: string(stage.ID)}})
	})
	return stage, err
}

// EditStage saves a stage over the version of the edition that was seen. Errors:
// Invalid (dates out of order, or that the clocks skip or repeat); Conflict
// (programme.stale) whose fields say what changed meanwhile.
func (s *Service) EditStage(ctx context.Context, by account.User, id EditionID, form StageForm) (Stage, error) {
	var stage Stage
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		w, err := s.rewrite(ctx, tx, by, id)
		if err != nil {
			return err
		}
		i, err := w.find(form.ID)
		if err != nil {
			return err
		}
		kept := w.stages[i]
		if stage, err = form.read(w.edition, kept); err != nil {
			return err
		}
		loc := w.edition.Location()
		changed, err := s.compare(ctx, tx, save{ref: editionRef(id), part: string(form.ID), seen: form.Version, stands: w.edition.Version, kept: kept.fields(loc), written: stage.fields(loc)})
		if err != nil || len(changed) == 0 {
			return err
		}
		w.stages[i] = stage
		if err := inOrder(w.stages, stage.ID); err != nil {
			return err
		}
		if err := putStage(ctx, tx, stage); err != nil {
			return err
		}
		if err := s.bump(ctx, tx, w.edition); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: StageEdited, ref: editionRef(id), detail: change{Version: w.edition.Version + 1, Part: string(stage.ID), Fields: changed}})
	})
	return stage, err
}

// MoveStage moves a stage up (-1) or down (+1). Its neighbour's dates must allow it;
// at either end nothing moves.
func (s *Service) MoveStage(ctx context.Context, by account.User, id EditionID, stage StageID, step int) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		w, err := s.rewrite(ctx, tx, by, id)
		if err != nil {
			return err
		}
		i, err := w.find(stage)
		if err != nil {
			return err
		}
		j := i + step
		if j < 0 || j >= len(w.stages) || step != 1 && step != -1 {
			return nil
		}
		w.stages[i], w.stages[j] = w.stages[j], w.stages[i]
		w.stages[i].Position, w.stages[j].Position = i, j
		if len(ordered(w.stages)) > 0 {
			return errs.New(errs.Conflict, "programme.stage_dates_forbid_move")
		}
		if err := s.put(ctx, tx, w); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: StageMoved, ref: editionRef(id), detail: change{Version: w.edition.Version + 1, Part: string(stage)}})
	})
}

// RemoveStage takes a stage out of an edition. An edition shown to everybody keeps one.
func (s *Service) RemoveStage(ctx context.Context, by account.User, id EditionID, stage StageID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		w, err := s.rewrite(ctx, tx, by, id)
		if err != nil {
			return err
		}
		i, err := w.find(stage)
		if err != nil {
			return err
		}
		if w.edition.Status == Published && len(w.stages) == 1 {
			return errs.New(errs.Conflict, "programme.last_stage")
		}
		w.stages = slices.Delete(w.stages, i, i+1)
		_, err = tx.Exec(ctx, `delete from stages where id = $1`, string(stage))
		if errs.Is(err, errs.NotFound) { // a foreign key: a call, a gathering… hangs on it
			return errs.New(errs.Conflict, "programme.stage_in_use").Because(err)
		}
		if err != nil {
			return fmt.Errorf("remove stage %s: %w", stage, err)
		}
		if err := s.put(ctx, tx, w); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: StageRemoved, ref: editionRef(id), detail: change{Version: w.edition.Version + 1, Part: string(stage)}})
	})
}
