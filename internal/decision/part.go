package decision

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/screening"
)

// Part is what a second round asks of the projects that the first one retained: the
// questions of the published form that their files have not got yet.
type Part struct {
	Selection committee.Selection
	Fields    []*form.Field
	Waiting   []application.Application // who would be asked
	Asked     []PartAsked
}

// PartAsked is a project that was asked, and how far it is.
type PartAsked struct {
	File  application.Application
	DueAt time.Time
	Done  bool // it was deposited again
}

// Part gives the second round's part to who prepares it. Files that are closed to her are
// left out. Error: Conflict unless the selection is a second round that nobody reads yet.
func (s *Service) Part(ctx context.Context, by account.User, id committee.SelectionID) (Part, error) {
	r := s.db.Reader()
	v, err := s.part(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	seen := func(a application.Application) (bool, error) {
		d, err := s.policy.Decide(ctx, r, by, "application.read", a.Object(v.Selection.Call, s.clock.Now()))
		return d.Allowed, err
	}
	var shown Part
	shown.Selection, shown.Fields = v.Selection, v.Fields
	for _, a := range v.Waiting {
		if ok, err := seen(a); err != nil {
			return v, err
		} else if ok {
			shown.Waiting = append(shown.Waiting, a)
		}
	}
	for _, x := range v.Asked {
		if ok, err := seen(x.File); err != nil {
			return v, err
		} else if ok {
			shown.Asked = append(shown.Asked, x)
		}
	}
	return shown, nil
}

// part is Part, whole.
func (s *Service) part(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (v Part, err error) {
	if v.Selection, err = s.require(ctx, r, by, "selection.manage", id); err != nil {
		return v, err
	}
	if v.Selection.Round < 2 || v.Selection.Status != committee.Preparing {
		return v, errs.New(errs.Conflict, "decision.no_part")
	}
	rounds, err := committee.Of(ctx, r, v.Selection.Call)
	if err != nil {
		return v, err
	}
	files, err := s.Retained(ctx, r, rounds[0].ID)
	if err != nil {
		return v, err
	}
	next, err := s.calls.Form(ctx, r, v.Selection.Call.ID, v.Selection.Call.Revision)
	if err != nil {
		return v, err
	}
	for _, file := range files {
		a, err := application.Load(ctx, r, file)
		if err != nil {
			return v, err
		}
		asked, err := db.List(ctx, r, func(sc db.Scanner) (x PartAsked, err error) {
			x.File = a
			var done time.Time
			err = sc.Scan(&x.DueAt, &done)
			x.Done = !done.IsZero()
			return x, err
		}, `select due_at, resolved_at from corrections where application_id = $1 and kind = $2 and cancelled_at is null order by asked_at desc limit 1`, string(file), application.NewPart)
		if err != nil {
			return v, fmt.Errorf("look for what was asked of %s: %w", file, err)
		}
		v.Asked = append(v.Asked, asked...)
		had, err := s.calls.Form(ctx, r, v.Selection.Call.ID, a.Revision)
		if err != nil {
			return v, err
		}
		if fields := added(had.Form, next.Form); len(fields) > 0 && a.Status == application.Submitted {
			v.Waiting = append(v.Waiting, a)
			for _, f := range fields {
				if !slices.ContainsFunc(v.Fields, func(x *form.Field) bool { return x.ID == f.ID }) {
					v.Fields = append(v.Fields, f)
				}
			}
		}
	}
	return v, nil
}

// added are the questions of a form that an older one has not.
func added(had, next *form.Form) (fields []*form.Field) {
	for _, f := range next.Fields() {
		if had.Field(f.ID) == nil {
			fields = append(fields, f)
		}
	}
	return fields
}

// AskPart opens the new questions to every retained project that has not got them, until
// an instant, and tells their teams: the rest of their files does not move. It counts the
// projects. Errors: Invalid; Conflict as Part, and when nobody is left to ask.
func (s *Service) AskPart(ctx context.Context, by account.User, id committee.SelectionID, message string, due time.Time) (asked int, err error) {
	message, bad := words("message", message, true)
	now := s.clock.Now()
	if !due.After(now) || due.After(now.AddDate(1, 0, 0)) {
		bad = append(bad, errs.Field{Path: "due_at", Key: "decision.confirm_by_wrong"})
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		v, err := s.part(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("decision.invalid", bad); err != nil {
			return err
		}
		if len(v.Waiting) == 0 {
			return errs.New(errs.Conflict, "decision.no_part_left")
		}
		for _, a := range v.Waiting {
			if err := s.askPart(ctx, tx, by, v.Selection, a, application.Correction{Kind: application.NewPart, Message: message, AskedBy: by.Actor(), AskedAt: now, DueAt: due}); err != nil {
				return err
			}
		}
		asked = len(v.Waiting)
		return s.record(ctx, tx, by, "part.asked", onSelection(id), map[string]any{"files": asked, "due": due})
	})
	return asked, err
}

func (s *Service) askPart(ctx context.Context, tx *db.Tx, by account.User, sel committee.Selection, a application.Application, k application.Correction) error {
	had, err := s.calls.Form(ctx, tx, sel.Call.ID, a.Revision)
	if err != nil {
		return err
	}
	next, err := s.calls.Form(ctx, tx, sel.Call.ID, sel.Call.Revision)
	if err != nil {
		return err
	}
	for _, f := range added(had.Form, next.Form) {
		k.Fields = append(k.Fields, f.ID)
	}
	if err := screening.Reopen(ctx, tx, a, &k); err != nil {
		return err
	}
	beside, err := s.files.Carry(ctx, tx, by, a, sel.Call.Revision)
	if err != nil {
		return err
	}
	if err := s.record(ctx, tx, by, "application.part_asked", onFile(a.ID), map[string]any{"correction": k.ID, "fields": k.Fields, "due": k.DueAt, "kept_beside": beside}); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, "application.part_asked", string(a.ID), map[string]any{"correction": k.ID, "due": k.DueAt})
}
