package application

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/presence"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Variant is a text kept beside the current one until somebody chooses.
type Variant struct {
	ID     string
	Field  string
	Value  any
	Author string
	KeptAt time.Time
}

// Variants lists the texts of a file that wait for a choice.
func (s *Service) Variants(ctx context.Context, by account.User, id ID) ([]Variant, error) {
	r := s.db.Reader()
	if _, err := s.Open(ctx, by, id); err != nil {
		return nil, err
	}
	return listVariants(ctx, r, id)
}

func listVariants(ctx context.Context, r db.Reader, id ID) ([]Variant, error) {
	return db.List(ctx, r, func(sc db.Scanner) (v Variant, err error) {
		var value string
		if err = sc.Scan(&v.ID, &v.Field, &value, &v.Author, &v.KeptAt); err != nil {
			return v, err
		}
		v.Value, err = form.ParseValue([]byte(value))
		return v, err
	}, `select id, field, value, author, kept_at from answer_variants
		where application_id = $1 and settled_at is null order by kept_at, id`, string(id))
}

// The ways to settle two texts.
const (
	KeepTheirs = "theirs" // the current text stays
	KeepMine   = "mine"   // the kept text replaces it
	KeepBoth   = "merged" // a third text, written from both, replaces it
)

// Settle chooses between the current text of a field and a kept one. base is the
// version of the current text that the person saw: a newer one is a Conflict.
func (s *Service) Settle(ctx context.Context, by account.User, id ID, variant, choice string, merged any, base int64) error {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.edit", id)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := touch(ctx, tx, id, now); err != nil {
			return err
		}
		var field, value string
		if err := tx.QueryRow(ctx, `select field, value from answer_variants where id = $1 and application_id = $2 and settled_at is null`, variant, string(id)).Scan(&field, &value); err != nil {
			return err
		}
		text := merged
		switch choice {
		case KeepTheirs:
			return s.settled(ctx, tx, by, id, variant, choice, now)
		case KeepMine:
			if text, err = form.ParseValue([]byte(value)); err != nil {
				return err
			}
		case KeepBoth:
		default:
			return errs.New(errs.Invalid, "application.choice_unknown")
		}
		if !f.mayEdit(f.Correction, field, now) {
			return errs.New(errs.Conflict, "application.field_closed")
		}
		written, err := saveAnswers(ctx, tx, id, by.Actor(), now, []Edit{{Field: field, Base: base, Value: text}})
		if err != nil {
			return err
		}
		if len(written) == 0 {
			return errs.New(errs.Conflict, "application.field_changed")
		}
		return s.settled(ctx, tx, by, id, variant, choice, now)
	})
	if err == nil {
		s.live.Tell(string(id), presence.Told{Kind: "saved", By: by.Name, Login: by.LoginID})
	}
	return err
}

func (s *Service) settled(ctx context.Context, tx *db.Tx, by account.User, id ID, variant, choice string, at time.Time) error {
	n, err := tx.Exec(ctx, `update answer_variants set settled_at = $2, settled_by = $3, outcome = $4 where id = $1 and settled_at is null`, variant, at, by.Actor(), choice)
	if err != nil {
		return fmt.Errorf("settle variant %s: %w", variant, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	return s.record(ctx, tx, at, by, "application.variant_settled", id, map[string]any{"outcome": choice})
}
