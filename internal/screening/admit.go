package screening

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Deposit is a file as it was deposited, with what was ruled on its admissibility.
type Deposit struct {
	application.Deposit
	Verdict *Verdict // nil before the first one
}

// Deposited is application.Deposited, with the verdict.
func (s *Service) Deposited(ctx context.Context, by account.User, id application.ID) (Deposit, error) {
	d, err := s.files.Deposited(ctx, by, id)
	if err != nil {
		return Deposit{}, err
	}
	v, err := verdict(ctx, s.db.Reader(), id)
	return Deposit{d, v}, err
}

// Verdict is a person's word on admissibility.
type Verdict struct {
	Verdict string // "admissible", "inadmissible"
	Reason  string
	By      string // "person:ID"
	Name    string // of that person
	At      time.Time
	Version int64
}

// The verdicts.
const (
	Admissible   = "admissible"
	Inadmissible = "inadmissible"
)

func verdict(ctx context.Context, r db.Reader, id application.ID) (*Verdict, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (v Verdict, err error) {
		err = sc.Scan(&v.Verdict, &v.Reason, &v.By, &v.Name, &v.At, &v.Version)
		return v, err
	}, `select v.verdict, v.reason, v.decided_by, coalesce(p.name, ''), v.decided_at, v.version
		from admissibility v left join people p on 'person:' || p.id = v.decided_by where v.application_id = $1`, string(id))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Admit gives a person's verdict on admissibility, if nobody gave another since
// base. A refusal needs a reason; so does a verdict against the blocking rules.
func (s *Service) Admit(ctx context.Context, by account.User, id application.ID, v Verdict, base int64) error {
	return s.AdmitAll(ctx, by, v, []Ballot{{id, base}})
}

// Ballot is a file on which a verdict is given, and the version of the verdict
// that the person saw there: 0 when there was none.
type Ballot struct {
	ID   application.ID
	Base int64
}

// AdmitAll gives the same verdict on several files: on all of them, or on none when
// one was given another meanwhile or may not be given one by her.
func (s *Service) AdmitAll(ctx context.Context, by account.User, v Verdict, ballots []Ballot) error {
	if err := v.check(); err != nil {
		return err
	}
	ids := make([]application.ID, len(ballots))
	for i, b := range ballots {
		ids[i] = b.ID
	}
	if err := s.permitted(ctx, by, "application.admit", ids); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, b := range ballots {
			if err := s.admit(ctx, tx, by, b, v, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func (v Verdict) check() error {
	var bad []errs.Field
	if v.Verdict != Admissible && v.Verdict != Inadmissible {
		bad = append(bad, errs.Field{Path: "verdict", Key: "application.verdict_missing"})
	}
	if v.Verdict == Inadmissible && v.Reason == "" {
		bad = append(bad, errs.Field{Path: "reason", Key: "application.reason_missing"})
	}
	return errs.NewInvalid("application.invalid", bad)
}

func (s *Service) admit(ctx context.Context, tx *db.Tx, by account.User, b Ballot, v Verdict, now time.Time) error {
	n, err := tx.Exec(ctx, `
		insert into admissibility (application_id, verdict, reason, decided_by, decided_at, version)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (application_id) do update set verdict = excluded.verdict, reason = excluded.reason,
		  decided_by = excluded.decided_by, decided_at = excluded.decided_at, version = excluded.version
		where admissibility.version = excluded.version - 1`, string(b.ID), v.Verdict, v.Reason, by.Actor(), now, b.Base+1)
	if err != nil {
		return fmt.Errorf("admit %s: %w", b.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	if err := s.record(ctx, tx, now, by, "application.admitted", b.ID, map[string]any{"verdict": v.Verdict}); err != nil {
		return err
	}
	var callID string
	if err := tx.QueryRow(ctx, `select call_id from applications where id = $1`, string(b.ID)).Scan(&callID); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, "application.admitted", string(b.ID), map[string]any{"verdict": v.Verdict, "call": callID})
}

// AskCorrection reopens some fields of a deposited file until a date.
func (s *Service) AskCorrection(ctx context.Context, by account.User, id application.ID, k application.Correction) error {
	f, err := s.files.Permitted(ctx, by, "application.correct", id)
	if err != nil {
		return err
	}
	if f.Ours() {
		return errs.New(errs.Forbidden, "application.own_file")
	}
	now := s.clock.Now()
	if err := checkCorrection(k, f, now); err != nil {
		return err
	}
	k.AskedBy, k.AskedAt = by.Actor(), now
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := Reopen(ctx, tx, f.Application, &k); err != nil {
			return err
		}
		if err := s.record(ctx, tx, now, by, "application.correction_asked", id, map[string]any{"correction": k.ID, "kind": k.Kind, "fields": k.Fields, "due": k.DueAt}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "application.correction_asked", string(id), map[string]any{"correction": k.ID, "call": f.CallID, "due": k.DueAt})
	})
}

// Reopen opens the fields that k names of a deposited file, for who was allowed it, and
// gives k its identifier. Error: Conflict when the file is not deposited any more.
func Reopen(ctx context.Context, tx *db.Tx, a application.Application, k *application.Correction) error {
	fields, err := json.Marshal(k.Fields)
	if err != nil {
		return fmt.Errorf("write the fields that are reopened: %w", err)
	}
	if err := application.SetStatus(ctx, tx, a.ID, application.Submitted, application.Reopened, k.AskedAt); err != nil {
		return err
	}
	k.ID = db.NewID()
	if _, err := tx.Exec(ctx, `
		insert into corrections (id, application_id, kind, fields, message, asked_by, asked_at, due_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, k.ID, string(a.ID), k.Kind, string(fields), k.Message, k.AskedBy, k.AskedAt, k.DueAt); err != nil {
		return fmt.Errorf("ask a correction of %s: %w", a.ID, err)
	}
	return nil
}

// checkCorrection says what keeps a correction from being asked on f at an instant.
func checkCorrection(k application.Correction, f application.File, now time.Time) error {
	var bad []errs.Field
	if !slices.Contains([]string{application.Incorrect, application.Incomplete, application.Outdated}, k.Kind) {
		bad = append(bad, errs.Field{Path: "kind", Key: "application.correction_kind_missing"})
	}
	if len(k.Fields) == 0 {
		bad = append(bad, errs.Field{Path: "fields", Key: "application.correction_fields_missing"})
	}
	for _, field := range k.Fields {
		if f.Form.Form.Field(field) == nil {
			bad = append(bad, errs.Field{Path: "fields", Key: "application.field_unknown"})
		}
	}
	if k.Message == "" {
		bad = append(bad, errs.Field{Path: "message", Key: "application.message_empty"})
	}
	if !k.DueAt.After(now) {
		bad = append(bad, errs.Field{Path: "due_at", Key: "application.due_past"})
	}
	return errs.NewInvalid("application.invalid", bad)
}

// CancelCorrection takes a request back; the last deposit counts as it is.
func (s *Service) CancelCorrection(ctx context.Context, by account.User, id application.ID, correction string) error {
	f, err := s.files.Permitted(ctx, by, "application.read", id)
	if err != nil {
		return err
	}
	if !f.May["application.admit"].Allowed {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	if f.Ours() {
		return errs.New(errs.Forbidden, "application.own_file")
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update corrections set cancelled_at = $3 where id = $1 and application_id = $2 and resolved_at is null and cancelled_at is null`, correction, string(id), now)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "application.changed_meanwhile")
		}
		if err := application.SetStatus(ctx, tx, id, application.Reopened, application.Submitted, now); err != nil {
			return err
		}
		return s.record(ctx, tx, now, by, "application.correction_cancelled", id, map[string]any{"correction": correction})
	})
}
