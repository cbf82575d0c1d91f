package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
)

// MaxText bounds what is added before or after a chapter, in characters.
const MaxText = 8000

func wordsOf(ctx context.Context, r db.Reader, id programme.EditionID) (map[string]Words, error) {
	all := map[string]Words{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (chapter string, err error) {
		var w Words
		if err = sc.Scan(&chapter, &w.Before, &w.After, &w.Hidden, &w.Version); err == nil {
			all[chapter] = w
		}
		return chapter, err
	}, `select part, said_before, said_after, left_out, version from report_words where edition_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read what was added to the report of %s: %w", id, err)
	}
	return all, nil
}

// Write keeps what the lead adds to a chapter, "" for the report as a whole, which is never
// hidden. Errors: Invalid on "before" and "after"; NotFound for a chapter that is none;
// Conflict report.meanwhile when somebody wrote since it was read; as the policy, on
// report.manage.
func (s *Service) Write(ctx context.Context, by account.User, id programme.EditionID, chapter string, w Words) error {
	w.Before, w.After = strings.TrimSpace(text.Clean(w.Before)), strings.TrimSpace(text.Clean(w.After))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.on(ctx, tx, by, "report.manage", id); err != nil {
			return err
		}
		if chapter != "" && !slices.ContainsFunc(s.chapters, func(c Chapter) bool { return c.Key == chapter }) {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		var bad []errs.Field
		for path, said := range map[string]string{"before": w.Before, "after": w.After} {
			if utf8.RuneCountInString(said) > MaxText {
				bad = append(bad, errs.Field{Path: path, Key: "report.long", Args: []any{MaxText}})
			}
		}
		if len(bad) > 0 {
			return errs.NewInvalid("report.invalid", bad)
		}
		n, err := tx.Exec(ctx, `insert into report_words (edition_id, part, said_before, said_after, left_out, version, updated_at, updated_by) values ($1, $2, $3, $4, $5, 1, $6, $7)
			on conflict (edition_id, part) do update set said_before = excluded.said_before, said_after = excluded.said_after, left_out = excluded.left_out, version = report_words.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
			where report_words.version = $8`, string(id), chapter, w.Before, w.After, w.Hidden && chapter != "", s.clock.Now(), by.Actor(), w.Version)
		if err != nil {
			return fmt.Errorf("write in the report of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "report.meanwhile")
		}
		return s.note(ctx, tx, by, "report.written", id, map[string]any{"chapter": chapter, "hidden": w.Hidden})
	})
}
