package committee

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Ready is what stands between a selection and its reading.
type Ready struct {
	Files int      // that would enter
	Lacks []string // message keys, in the order in which they are mended
}

// Readiness says what keeps the reading from opening, to those who would open it.
func (s *Service) Readiness(ctx context.Context, by account.User, id SelectionID) (Ready, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.manage", id)
	if err != nil || sel.Status != Preparing {
		return Ready{}, err
	}
	files, lacks, err := s.entering(ctx, r, sel)
	return Ready{len(files), lacks}, err
}

// entering lists the files that a selection takes, and what keeps it from taking them:
// those found admissible, or those that the first round kept.
func (s *Service) entering(ctx context.Context, r db.Reader, sel Selection) (files []application.ID, lacks []string, err error) {
	now := s.clock.Now()
	if !sel.Call.ClosedAt(now) {
		lacks = append(lacks, "committee.lacks_closing")
	} else if !sel.Call.UnsealedNow(now) {
		lacks = append(lacks, "committee.lacks_unsealing")
	}
	var chairs, readers int
	if err := r.QueryRow(ctx, `select count(*) filter (where role = 'chair'), count(*) from committee_members where selection_id = $1 and status = 'sitting' and role in ('chair', 'member')`, string(sel.ID)).Scan(&chairs, &readers); err != nil {
		return nil, nil, fmt.Errorf("count who sits in %s: %w", sel.ID, err)
	}
	if chairs == 0 {
		lacks = append(lacks, "committee.lacks_chair")
	}
	if readers < sel.Readers {
		lacks = append(lacks, "committee.lacks_members")
	}
	if sel.Round == 1 {
		var unjudged int
		if err := r.QueryRow(ctx, `select count(*) from applications a left join admissibility v on v.application_id = a.id
			where a.call_id = $1 and a.status in ('submitted', 'reopened') and a.deleted_at is null and v.verdict is null`, string(sel.Call.ID)).Scan(&unjudged); err != nil {
			return nil, nil, fmt.Errorf("count the files of %s without a verdict: %w", sel.Call.ID, err)
		}
		if unjudged > 0 {
			lacks = append(lacks, "committee.lacks_verdicts")
		}
		list, err := db.List(ctx, r, db.Value[string], `select a.id from applications a join admissibility v on v.application_id = a.id
			where a.call_id = $1 and a.status in ('submitted', 'reopened') and a.deleted_at is null and v.verdict = 'admissible' order by a.number`, string(sel.Call.ID))
		if err != nil {
			return nil, nil, fmt.Errorf("list the admissible files of %s: %w", sel.Call.ID, err)
		}
		for _, id := range list {
			files = append(files, application.ID(id))
		}
	} else if files, err = s.retained(ctx, r, sel.Call); err != nil {
		return nil, nil, err
	}
	if len(files) == 0 {
		lacks = append(lacks, "committee.lacks_files")
	}
	return files, lacks, nil
}

// retained are the files that the first round of a call kept and that were confirmed.
func (s *Service) retained(ctx context.Context, r db.Reader, c call.Call) ([]application.ID, error) {
	had, err := Of(ctx, r, c)
	if err != nil || s.kept == nil || len(had) == 0 || had[0].Stage() < policy.Announced {
		return nil, err
	}
	return s.kept.Retained(ctx, r, had[0].ID)
}

// Begin opens the reading: the files enter the selection and reach its stage, the call
// with them, after a last search of recusals in the same act. Errors: Conflict when
// something is missing (see Readiness), or when it was opened meanwhile.
func (s *Service) Begin(ctx context.Context, by account.User, id SelectionID) error {
	d, err := s.concerned(ctx, id)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.manage", id)
		if err != nil {
			return err
		}
		if sel.Status != Preparing {
			return errs.New(errs.Conflict, "committee.moved_meanwhile")
		}
		files, lacks, err := s.entering(ctx, tx, sel)
		if err != nil {
			return err
		}
		if len(lacks) > 0 {
			return errs.New(errs.Conflict, lacks[0])
		}
		members, err := Members(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := s.detect(ctx, tx, d, members); err != nil {
			return err
		}
		if err := application.Enter(ctx, tx, string(id), files, sel.Blind == Veiled); err != nil {
			return err
		}
		if err := Move(ctx, tx, sel, Reading, s.clock.Now()); err != nil {
			return err
		}
		if err := call.Advance(ctx, tx, sel.Call.ID, policy.Evaluation); err != nil {
			return err
		}
		if err := s.search(ctx, tx, id); err != nil { // for what changed while this was read
			return err
		}
		if err := s.record(ctx, tx, by, "selection.reading_begun", id, map[string]any{"files": len(files)}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "selection.reading_begun", string(id), nil)
	})
}
