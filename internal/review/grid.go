package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/review/rubric"
)

// Grid is a revision of the rubric of a selection. Revision is 0 before the first one.
type Grid struct {
	Selection committee.Selection
	Rubric    *rubric.Compiled // nil before the first one
	Revision  int
	Note      string // what changed, told to readers
	Version   int64
	SavedAt   time.Time
	Revisions []Revision // all of them, the last first
}

// Revision is one of the states in which a rubric was read with.
type Revision struct {
	Number  int
	Note    string
	SavedAt time.Time
}

// Frozen says whether a change makes a new revision: reading has begun.
func (g Grid) Frozen() bool { return g.Selection.Status != committee.Preparing }

// Rubric reads the rubric of a selection, for those who manage it.
func (s *Service) Rubric(ctx context.Context, by account.User, id committee.SelectionID) (Grid, error) {
	sel, err := s.selectionFor(ctx, by, "selection.manage", id)
	if err != nil {
		return Grid{}, err
	}
	r := s.db.Reader()
	g, err := s.current(ctx, r, id)
	g.Selection = sel
	if err != nil {
		return g, err
	}
	g.Revisions, err = db.List(ctx, r, func(sc db.Scanner) (v Revision, err error) {
		err = sc.Scan(&v.Number, &v.Note, &v.SavedAt)
		return v, err
	}, `select revision, note, saved_at from rubrics where selection_id = $1 order by revision desc`, string(id))
	return g, err
}

// current reads the last revision of a rubric; a Grid without rubric before the first one.
func (s *Service) current(ctx context.Context, r db.Reader, id committee.SelectionID) (Grid, error) {
	return s.gridAt(ctx, r, id, 0)
}

// gridAt reads one revision, the last one for 0.
func (s *Service) gridAt(ctx context.Context, r db.Reader, id committee.SelectionID, revision int) (Grid, error) {
	type row struct {
		Grid
		content string
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.Revision, &x.content, &x.Note, &x.Version, &x.SavedAt)
		return x, err
	}, `select revision, content, note, version, saved_at from rubrics where selection_id = $1 and ($2 = 0 or revision = $2) order by revision desc limit 1`, string(id), revision)
	if err != nil {
		return Grid{}, fmt.Errorf("read the rubric of %s: %w", id, err)
	}
	if len(rows) == 0 {
		return Grid{}, nil
	}
	g := rows[0].Grid
	key := sha256.Sum256([]byte(rows[0].content))
	if kept, ok := s.grids.Load(key); ok {
		g.Rubric = kept.(*rubric.Compiled)
		return g, nil
	}
	parsed, err := rubric.Parse([]byte(rows[0].content))
	if err == nil {
		g.Rubric, err = parsed.Compile()
	}
	if err != nil {
		return g, fmt.Errorf("read revision %d of the rubric of %s: %w", g.Revision, id, err)
	}
	s.grids.Store(key, g.Rubric)
	return g, nil
}

// maxNote bounds what is told to readers of a change, in characters.
const maxNote = 500

// SaveRubric keeps the rubric of a selection, if nobody kept another since version base.
// Once reading has begun the change is a new revision and needs a note: reviews that were
// handed in keep the one they were written with, those being written follow.
//
// Errors: Invalid with every fault; Conflict "review.rubric_changed".
func (s *Service) SaveRubric(ctx context.Context, by account.User, id committee.SelectionID, r *rubric.Rubric, note string, base int64) (Grid, error) {
	sel, err := s.selectionFor(ctx, by, "selection.manage", id)
	if err != nil {
		return Grid{}, err
	}
	if sel.Status != committee.Preparing && sel.Status != committee.Reading {
		return Grid{}, errs.New(errs.Conflict, "review.rubric_over")
	}
	compiled, err := r.Compile()
	if err != nil {
		return Grid{}, err
	}
	note = strings.TrimSpace(text.Clean(note))
	now := s.clock.Now()
	var g Grid
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if g, err = s.current(ctx, tx, id); err != nil {
			return err
		}
		g.Selection = sel
		switch {
		case g.Version != base:
			return errs.New(errs.Conflict, "review.rubric_changed")
		case g.Rubric != nil && bytes.Equal(g.Rubric.Rubric.JSON(), r.JSON()):
			return nil
		case g.Rubric != nil && g.Frozen() && (note == "" || len([]rune(note)) > maxNote):
			return errs.NewInvalid("review.rubric_invalid", []errs.Field{{Path: "note", Key: "review.note_missing", Args: []any{maxNote}}})
		}
		if g.Rubric == nil || g.Frozen() {
			g.Revision++
		}
		g.Rubric, g.Note, g.SavedAt = compiled, note, now
		g.Version++
		if err := s.keepRubric(ctx, tx, by, g); err != nil {
			return err
		}
		return s.record(ctx, tx, now, by, "review.rubric_saved", id, map[string]any{"revision": g.Revision, "version": g.Version})
	})
	return g, err
}

// keepRubric writes a revision; version counts across revisions, so that two people who
// change the same one never both win.
func (s *Service) keepRubric(ctx context.Context, tx *db.Tx, by account.User, g Grid) error {
	n, err := tx.Exec(ctx, `
		insert into rubrics (selection_id, revision, content, note, version, saved_at, saved_by) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (selection_id, revision) do update set content = excluded.content, note = excluded.note, version = excluded.version, saved_at = excluded.saved_at, saved_by = excluded.saved_by
		where rubrics.version = excluded.version - 1`,
		string(g.Selection.ID), g.Revision, string(g.Rubric.Rubric.JSON()), g.Note, g.Version, g.SavedAt, by.Actor())
	if err != nil {
		return fmt.Errorf("keep the rubric of %s: %w", g.Selection.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "review.rubric_changed")
	}
	return nil
}

// StartRubric begins from a grid that ships with the program. Error: Invalid when none is called so.
func (s *Service) StartRubric(ctx context.Context, by account.User, id committee.SelectionID, name, note string, base int64) (Grid, error) {
	if !slices.Contains(rubric.Ready(), name) {
		if _, err := s.selectionFor(ctx, by, "selection.manage", id); err != nil {
			return Grid{}, err
		}
		return Grid{}, errs.NewInvalid("review.rubric_invalid", []errs.Field{{Path: "name", Key: "review.ready_unknown"}})
	}
	r, err := rubric.ReadyRubric(name)
	if err != nil {
		return Grid{}, err
	}
	return s.SaveRubric(ctx, by, id, r, note, base)
}
