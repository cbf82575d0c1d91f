package deliberation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// Decision is what the committee decided of a file. It may change until the minutes are
// signed; what follows the announcement is written by the capability that announces.
type Decision struct {
	ID       string
	File     application.ID
	Outcome  Outcome
	Other    application.ID // the second file of a pair
	Rank     int            // on the reserve list, from 1; 0 elsewhere
	Motion   string         // the vote that it follows; "" when it was not voted
	Reason   string         // key of one of the room's reasons
	Wording  string         // for the applicant
	Comments []string       // of reviews, without their authors, for the applicant
	By       string         // actor
	At       time.Time
	Version  int64
}

const decisionColumns = `id, application_id, outcome, coalesce(other_id, ''), coalesce(reserve_rank, 0), coalesce(motion_id, ''), reason, wording, comments, decided_by, decided_at, version`

func scanDecision(sc db.Scanner) (d Decision, err error) {
	var comments string
	if err = sc.Scan(&d.ID, &d.File, &d.Outcome, &d.Other, &d.Rank, &d.Motion, &d.Reason, &d.Wording, &comments, &d.By, &d.At, &d.Version); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(comments), &d.Comments); err != nil {
		return d, fmt.Errorf("read the comments of decision %s: %w", d.ID, err)
	}
	return d, nil
}

// Decisions lists what was decided in a selection, without asking who wants it: for the
// capability that announces, which asks the policy.
func Decisions(ctx context.Context, r db.Reader, id committee.SelectionID) ([]Decision, error) {
	list, err := db.List(ctx, r, scanDecision, `select `+decisionColumns+` from decisions where selection_id = $1 order by reserve_rank, application_id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the decisions of %s: %w", id, err)
	}
	return list, nil
}

// decided lists the decisions that somebody may know, by file: none that names a file
// which is closed to her. Reserve ranks close up.
func (s *Service) decided(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (map[application.ID]Decision, error) {
	all, err := Decisions(ctx, r, id)
	if err != nil {
		return nil, err
	}
	open, err := s.open(ctx, r, by, id)
	return known(all, open), err
}

// known keeps the decisions on files that are open; reserve ranks close up.
func known(all []Decision, open map[application.ID]bool) map[application.ID]Decision {
	out, rank := map[application.ID]Decision{}, 0
	all = slices.SortedStableFunc(slices.Values(all), func(a, b Decision) int { return a.Rank - b.Rank })
	for _, d := range all {
		if !open[d.File] || d.Other != "" && !open[d.Other] {
			continue
		}
		if d.Outcome == Reserve {
			rank++
			d.Rank = rank
		}
		out[d.File] = d
	}
	return out
}

// Deciding is the page on which a decision is pronounced.
type Deciding struct {
	Selection committee.Selection
	Room      Room
	File      application.Application
	Others    []application.Application // that it may be paired or merged with
	Decision  Decision                  // no ID before it is taken
	Carried   []Motion                  // motions that were voted, the last one first
	Comments  []string                  // that readers let be passed on, without their names
}

// Deciding gives what a decision on a file is made of, to who presides.
func (s *Service) Deciding(ctx context.Context, by account.User, id committee.SelectionID, file application.ID) (Deciding, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.preside", id)
	if err != nil {
		return Deciding{}, err
	}
	v := Deciding{Selection: sel}
	files, err := s.seen(ctx, r, by, sel)
	if err != nil {
		return v, err
	}
	for _, a := range files {
		if a.ID == file {
			v.File = a
		} else {
			v.Others = append(v.Others, a)
		}
	}
	if v.File.ID == "" {
		return v, errs.New(errs.NotFound, "errs.not_found")
	}
	if _, err := s.policy.Require(ctx, r, by, "application.decide", v.File.Object(sel.Call, s.clock.Now())); err != nil {
		return v, err
	}
	if v.Room, err = roomOf(ctx, r, id); err != nil {
		return v, err
	}
	v.Room = v.Room.settings()
	had, err := s.decided(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	v.Decision = had[file]
	motions, err := s.motions(ctx, r, id, file)
	for _, m := range slices.Backward(motions) {
		if m.Status == Voted {
			v.Carried = append(v.Carried, m)
		}
	}
	if err != nil {
		return v, err
	}
	readings, err := s.readings.Readings(ctx, r, id)
	for _, one := range readings {
		if one.File == file {
			v.Comments = append(v.Comments, one.Shareable...)
		}
	}
	return v, err
}

// Verdict is what who presides pronounces.
type Verdict struct {
	Outcome  Outcome
	Other    application.ID // of a pair
	Reason   string
	Wording  string
	Comments []string
	Version  int64 // of the decision that it changes; 0 for the first
}

const mostComments = 30

func (v Verdict) faults(room Room) (bad []errs.Field) {
	if !slices.Contains(Outcomes, v.Outcome) {
		bad = append(bad, errs.Field{Path: "outcome", Key: "deliberation.outcome_missing"})
	}
	if v.Outcome.ofTwo() && v.Other == "" {
		bad = append(bad, errs.Field{Path: "other", Key: "deliberation.other_missing"})
	}
	if _, known := room.ReasonNamed(v.Reason); !known {
		bad = append(bad, errs.Field{Path: "reason", Key: "deliberation.reason_missing"})
	}
	if n := len([]rune(v.Wording)); n > mostWording {
		bad = append(bad, errs.Field{Path: "wording", Key: "deliberation.wording_long", Args: []any{mostWording}})
	} else if n == 0 && v.Outcome != Retain {
		bad = append(bad, errs.Field{Path: "wording", Key: "deliberation.wording_missing"})
	}
	if len(v.Comments) > mostComments || slices.ContainsFunc(v.Comments, func(c string) bool { return len([]rune(c)) > mostWording }) {
		bad = append(bad, errs.Field{Path: "comments", Key: "deliberation.comments_long", Args: []any{mostComments, mostWording}})
	}
	return bad
}

// Decide pronounces what the committee decided of a file, with the reason and the words
// that its applicant will read. The machine decides nothing: neither a rank nor a vote is
// needed. Errors: Invalid on each field; Conflict when it was decided meanwhile.
func (s *Service) Decide(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, v Verdict) error {
	v.Wording = strings.TrimSpace(text.Clean(v.Wording))
	for i := range v.Comments {
		v.Comments[i] = strings.TrimSpace(text.Clean(v.Comments[i]))
	}
	v.Comments = slices.DeleteFunc(v.Comments, func(c string) bool { return c == "" })
	if !v.Outcome.ofTwo() {
		v.Other = ""
	}
	return s.act(ctx, by, "selection.preside", id, func(tx *db.Tx, m *meeting) error {
		if m.room.Status != Open {
			return errs.New(errs.Conflict, "deliberation.not_open")
		}
		a, err := s.one(ctx, tx, by, m.sel, file)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "application.decide", a.Object(m.sel.Call, m.now)); err != nil {
			return err
		}
		if v.Other != "" {
			if _, err := s.one(ctx, tx, by, m.sel, v.Other); err != nil || v.Other == file {
				return errs.NewInvalid("deliberation.decision_invalid", []errs.Field{{Path: "other", Key: "deliberation.other_missing"}})
			}
		}
		if err := errs.NewInvalid("deliberation.decision_invalid", v.faults(m.room)); err != nil {
			return err
		}
		if err := s.keep(ctx, tx, m, file, v); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "deliberation.decided", id, map[string]any{"file": string(file)})
	})
}

// keep writes a decision; one that joins the reserve list comes last on it.
func (s *Service) keep(ctx context.Context, tx *db.Tx, m *meeting, file application.ID, v Verdict) error {
	comments, err := json.Marshal(append([]string{}, v.Comments...))
	if err != nil {
		return fmt.Errorf("write the comments on %s: %w", file, err)
	}
	args := []any{string(m.sel.ID), string(file), string(v.Outcome), db.Null(v.Other), v.Reason, v.Wording, string(comments), m.by.Actor(), m.now, v.Version}
	const rank = `case when $3 <> 'reserve' then null else coalesce((select d.reserve_rank from decisions d where d.selection_id = $1 and d.application_id = $2),
		(select coalesce(max(d.reserve_rank), 0) + 1 from decisions d where d.selection_id = $1)) end`
	const voted = `(select v.id from motions v where v.selection_id = $1 and v.application_id = $2 and v.kind = $3 and v.status = 'voted' and v.carried order by v.closed_at desc, v.id limit 1)`
	query := `update decisions set outcome = $3, other_id = $4, reserve_rank = ` + rank + `, motion_id = ` + voted + `, reason = $5, wording = $6, comments = $7, decided_by = $8, decided_at = $9, version = $10 + 1
		where selection_id = $1 and application_id = $2 and version = $10`
	if v.Version == 0 {
		args = append(args, db.NewID())
		query = `insert into decisions (id, selection_id, application_id, outcome, other_id, reserve_rank, motion_id, reason, wording, comments, decided_by, decided_at, confirmed_by, gave_up_by, gave_up_reason, version)
			values ($11, $1, $2, $3, $4, ` + rank + `, ` + voted + `, $5, $6, $7, $8, $9, '', '', '', $10 + 1)`
	}
	n, err := tx.Exec(ctx, query, args...)
	if db.Taken(err) || err == nil && n == 0 {
		return errs.New(errs.Conflict, "deliberation.meanwhile")
	}
	if err != nil {
		return fmt.Errorf("keep the decision on %s: %w", file, err)
	}
	return nil
}

// Rerank moves a file up the reserve list, before the one that stands just above it
// among those that by may see. Error: NotFound when it is not on the list.
func (s *Service) Rerank(ctx context.Context, by account.User, id committee.SelectionID, file application.ID) error {
	return s.preside(ctx, by, id, func(tx *db.Tx, m *meeting) error {
		had, err := s.decided(ctx, tx, by, id)
		if err != nil {
			return err
		}
		d, known := had[file]
		if !known || d.Outcome != Reserve {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		all, err := Decisions(ctx, tx, id)
		if err != nil {
			return err
		}
		kept := map[application.ID]int{}
		for _, one := range all {
			kept[one.File] = one.Rank
		}
		for _, above := range had {
			if above.Outcome != Reserve || above.Rank != d.Rank-1 {
				continue
			}
			for here, there := range map[application.ID]application.ID{file: above.File, above.File: file} {
				if _, err := tx.Exec(ctx, `update decisions set reserve_rank = $3 where selection_id = $1 and application_id = $2`, string(id), string(here), kept[there]); err != nil {
					return fmt.Errorf("move %s up the reserve list: %w", file, err)
				}
			}
		}
		return s.record(ctx, tx, by, "deliberation.reranked", id, map[string]any{"file": string(file)})
	})
}
