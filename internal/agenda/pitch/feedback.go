package pitch

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

type action = policy.Action

// Feedback is what somebody writes to a project about its pitch. Its team reads it, and
// nobody else: not even who runs the gathering.
type Feedback struct {
	Project string
	Keeps   string // what she keeps of it
	Asks    string // what she would ask
	Signed  bool   // the team is told who wrote it
	Author  string // "" for one that is not signed
}

// writes says whether somebody may write to a project: she has a seat, is not there to
// read only, and is not of its team.
func writes(p floor.Speaker, project string) bool {
	return p.Seated() && p.May("pitch.feedback") && p.Seat.Role != gathering.Reader && string(p.Seat.Project) != project
}

// reads says whether somebody is of the team to which feedback goes. Who runs the
// gathering is not, whatever seat she takes.
func reads(p floor.Speaker, project string) bool { return p.Of(project) && !p.Manages }

// Write keeps what somebody tells a project whose turn came, until the sequence is over;
// empty texts take it back. Errors: Invalid on "keeps", "asks"; Conflict pitch.over,
// pitch.not_called; Forbidden pitch.own; NotFound; as the policy, on pitch.feedback.
func (s *Service) Write(ctx context.Context, by account.User, at At, w Feedback) error {
	var bad []errs.Field
	w.Keeps, w.Asks = floor.Lines(w.Keeps), floor.Lines(w.Asks)
	for _, f := range []struct{ path, text string }{{"keeps", w.Keeps}, {"asks", w.Asks}} {
		if floor.Long(f.text, MaxText) {
			bad = append(bad, errs.Field{Path: f.path, Key: "pitch.text_long", Args: []any{MaxText}})
		}
	}
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, _, _, err := s.enter(ctx, tx, by, at, "pitch.feedback")
		if err != nil {
			return err
		}
		if !writes(p, w.Project) {
			return errs.New(errs.Forbidden, "pitch.own")
		}
		k, err := runOf(ctx, tx, at.Gathering, at.Activity)
		switch {
		case err != nil:
			return err
		case !slices.Contains(k.timer.Called, w.Project):
			return errs.New(errs.Conflict, "pitch.not_called")
		case k.timer.Phase == Over:
			return errs.New(errs.Conflict, "pitch.over")
		}
		if err := errs.NewInvalid("pitch.invalid", bad); err != nil {
			return err
		}
		if w.Keeps == "" && w.Asks == "" {
			_, err = tx.Exec(ctx, `delete from pitch_feedback where run_id = $1 and project_id = $2 and participant_id = $3`, k.id, w.Project, p.Seat.ID)
		} else {
			_, err = tx.Exec(ctx, `insert into pitch_feedback (id, run_id, project_id, participant_id, keeps, asks, signed, written_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
				on conflict (run_id, project_id, participant_id) do update set keeps = excluded.keeps, asks = excluded.asks, signed = excluded.signed, written_at = excluded.written_at`,
				db.NewID(), k.id, w.Project, p.Seat.ID, w.Keeps, w.Asks, w.Signed, s.floor.Clock.Now())
		}
		if err != nil {
			return fmt.Errorf("keep what is told to project %s: %w", w.Project, err)
		}
		return s.floor.Journal(ctx, tx, p, "pitch.feedback", map[string]any{"activity": at.Activity, "project": w.Project})
	})
}

// mine lists what somebody wrote, by project.
func mine(ctx context.Context, r db.Reader, k run, participant string) (map[string]Feedback, error) {
	all := map[string]Feedback{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (f Feedback, err error) {
		err = sc.Scan(&f.Project, &f.Keeps, &f.Asks, &f.Signed)
		all[f.Project] = f
		return f, err
	}, `select project_id, keeps, asks, signed from pitch_feedback where run_id = $1 and participant_id = $2`, k.id, participant)
	if err != nil {
		return nil, fmt.Errorf("read what %s wrote: %w", participant, err)
	}
	return all, nil
}

// received lists what a project was told, in an order that says nothing of who wrote when.
// Whoever calls has asked reads.
func received(ctx context.Context, r db.Reader, k run, project string) ([]Feedback, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (f Feedback, err error) {
		return f, sc.Scan(&f.Project, &f.Keeps, &f.Asks, &f.Signed, &f.Author)
	}, `select f.project_id, f.keeps, f.asks, f.signed, case when f.signed then s.name else '' end from pitch_feedback f join participants s on s.id = f.participant_id
		where f.run_id = $1 and f.project_id = $2 order by f.id`, k.id, project)
	if err != nil {
		return nil, fmt.Errorf("read what project %s was told: %w", project, err)
	}
	slices.SortStableFunc(list, func(a, b Feedback) int {
		return cmpText(a.Author+"\x00"+a.Keeps+"\x00"+a.Asks, b.Author+"\x00"+b.Keeps+"\x00"+b.Asks)
	})
	return list, nil
}
