package application

import (
	"context"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// maxTitle bounds a title, in characters.
const maxTitle = 200

// MayCreate says as an error why by cannot open a draft in a call: nil when she can.
func (s *Service) MayCreate(ctx context.Context, by account.User, id call.ID) error {
	_, err := s.opened(ctx, s.db.Reader(), by, id, s.clock.Now())
	return err
}

// opened reads a call in which by may open a draft at an instant.
func (s *Service) opened(ctx context.Context, r db.Reader, by account.User, id call.ID, at time.Time) (call.Call, error) {
	c, err := call.Load(ctx, r, id)
	if err != nil {
		return c, err
	}
	d, err := s.policy.Decide(ctx, r, by, "application.create", c.Object(at))
	switch {
	case err != nil:
		return c, err
	case by.IsVisitor():
		return c, errs.New(errs.Unauthenticated, "errs.unauthenticated")
	case !d.Allowed && c.Status == call.Draft:
		return c, errs.New(errs.NotFound, "errs.not_found")
	case !d.Allowed && at.Before(c.OpensAt):
		return c, errs.New(errs.Conflict, "application.call_not_open", local(c.OpensAt, c.Zone))
	case !d.Allowed:
		return c, errs.New(errs.Conflict, "application.call_closed", local(c.ClosesAt, c.Zone))
	}
	return c, nil
}

// Create opens a draft in an open call; its author is the owner.
func (s *Service) Create(ctx context.Context, by account.User, id call.ID, title string) (Application, error) {
	now := s.clock.Now()
	var a Application
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.opened(ctx, tx, by, id, now)
		if err != nil {
			return err
		}
		if title, err = cleanTitle(title); err != nil {
			return err
		}
		a = Application{ID: ID(db.NewID()), CallID: id, Title: title, Status: Draft, Revision: c.Revision, CreatedBy: by.Actor(), CreatedAt: now, UpdatedAt: now}
		if a, err = insert(ctx, tx, a, s.numbers); err != nil {
			return err
		}
		owner := policy.Relation{SubjectID: string(by.ID), Relation: "owner", Object: policy.Ref{Kind: "application", ID: string(a.ID)}, Reason: "created it"}
		if err := s.policy.Grant(ctx, tx, by, owner); err != nil {
			return err
		}
		return s.record(ctx, tx, now, by, "application.created", a.ID, map[string]any{"call": id, "number": a.Number})
	})
	return a, err
}

// Rename changes the title of a file that may be written.
func (s *Service) Rename(ctx context.Context, by account.User, id ID, title string) error {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.edit", id); err != nil {
		return err
	}
	title, err := cleanTitle(title)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := touch(ctx, tx, id, now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update applications set title = $2 where id = $1`, string(id), title); err != nil {
			return err
		}
		return s.record(ctx, tx, now, by, "application.renamed", id, nil)
	})
}

// Delete puts away a draft that was never deposited. It is kept for 30 days, out
// of sight, then erased with its files.
func (s *Service) Delete(ctx context.Context, by account.User, id ID) error {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.delete", id); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update applications set deleted_at = $2 where id = $1 and status = 'draft' and deleted_at is null`, string(id), now)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "application.not_draft")
		}
		return s.record(ctx, tx, now, by, "application.deleted", id, nil)
	})
}

func cleanTitle(title string) (string, error) {
	title = strings.Join(strings.Fields(text.Clean(title)), " ")
	var bad []errs.Field
	switch n := len([]rune(title)); {
	case n == 0:
		bad = append(bad, errs.Field{Path: "title", Key: "application.title_missing"})
	case n > maxTitle:
		bad = append(bad, errs.Field{Path: "title", Key: "application.title_too_long", Args: []any{n, maxTitle}})
	}
	return title, errs.NewInvalid("application.invalid", bad)
}
