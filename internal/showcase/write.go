package showcase

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// Written is what somebody typed on a sheet.
type Written struct {
	Version int64 // the one that was read, 0 of a sheet that nobody began
	Values  map[Name]string
	Agreed  map[Name]bool // of who owns the project; ignored of anybody else
}

// Save keeps what a team wrote. An owner says of each field whether it may be public; when
// somebody else changes a field, what was agreed of it falls. What visitors read does not
// change, but for what is not agreed to any more, which goes at once. Errors: Invalid on
// each field; Conflict "showcase.stale" when somebody wrote since it was read; as the
// policy, on sheet.edit.
func (s *Service) Save(ctx context.Context, by account.User, id project.ID, w Written) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := s.require(ctx, tx, by, "sheet.edit", id)
		if err != nil {
			return err
		}
		owner, err := s.policy.Decide(ctx, tx, by, "sheet.agree", now.Project.Object())
		if err != nil {
			return err
		}
		next, bad := now.with(w, owner.Allowed)
		if now.Public != nil && owner.Allowed && !agreedOf(next, Title) {
			bad = append(bad, errs.Field{Path: "agree_title", Key: "showcase.title_public"})
		}
		if err := errs.NewInvalid("showcase.invalid", bad); err != nil {
			return err
		}
		if err := s.held(ctx, tx, by, &now, w.Version); err != nil {
			return err
		}
		return s.keep(ctx, tx, by, now, next)
	})
}

// with is what fields become, and what is wrong with what was typed.
func (s Sheet) with(w Written, owner bool) (next []Said, bad []errs.Field) {
	for _, f := range s.Fields {
		if typed, there := w.Values[f.Name]; there {
			value, faults := f.clean(typed)
			bad = append(bad, faults...)
			if value != f.Value && !owner {
				f.Agreed = false
			}
			f.Value = value
		}
		if owner && w.Agreed != nil {
			f.Agreed = w.Agreed[f.Name]
		}
		next = append(next, f)
	}
	return next, bad
}

func agreedOf(list []Said, name Name) bool {
	i := slices.IndexFunc(list, func(f Said) bool { return f.Name == name })
	return i >= 0 && list[i].Agreed
}

// held makes sure that a sheet is there and that nobody wrote since version; the where
// clause decides.
func (s *Service) held(ctx context.Context, tx *db.Tx, by account.User, now *Sheet, version int64) error {
	if now.ID == "" && version == 0 {
		now.ID = db.NewID()
		n, err := tx.Exec(ctx, `insert into showcase_sheets (id, project_id, state, remark, public, version, begun_at, begun_by, asked_by, proposed_by, cleared_by, published_by, withdrawn_by)
			values ($1, $2, 'draft', '', '', 1, $3, $4, '', '', '', '', '') on conflict (project_id) do nothing`, now.ID, string(now.Project.ID), s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("begin the sheet of project %s: %w", now.Project.ID, err)
		}
		if n == 0 {
			return stale()
		}
		return nil
	}
	n, err := tx.Exec(ctx, `update showcase_sheets set version = version + 1 where id = $1 and version = $2`, now.ID, version)
	if err != nil {
		return fmt.Errorf("save the sheet of project %s: %w", now.Project.ID, err)
	}
	if n == 0 {
		return stale()
	}
	return nil
}

// keep writes the fields that changed, then what follows from them.
func (s *Service) keep(ctx context.Context, tx *db.Tx, by account.User, now Sheet, next []Said) error {
	var wrote, agreed, taken []string
	at, fresh := s.clock.Now(), now.Version == 0
	for i, f := range next {
		before := now.Fields[i]
		if f.Value == before.Value && f.Agreed == before.Agreed && !fresh {
			continue
		}
		if f.Value != before.Value {
			wrote = append(wrote, string(f.Name))
		}
		var agreedAt any
		agreedBy := ""
		if f.Agreed { // who changes a field to which somebody agreed owns the project: she agrees to it again
			agreedAt, agreedBy = at, by.Actor()
		}
		switch {
		case f.Agreed && !before.Agreed:
			agreed = append(agreed, string(f.Name))
		case before.Agreed && !f.Agreed:
			taken = append(taken, string(f.Name))
		}
		if _, err := tx.Exec(ctx, `insert into showcase_fields (sheet_id, field, value, saved_at, saved_by, agreed_at, agreed_by) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (sheet_id, field) do update set value = excluded.value, saved_at = excluded.saved_at, saved_by = excluded.saved_by, agreed_at = excluded.agreed_at, agreed_by = excluded.agreed_by`,
			now.ID, string(f.Name), f.Value, at, by.Actor(), agreedAt, agreedBy); err != nil {
			return fmt.Errorf("write the sheet of project %s: %w", now.Project.ID, err)
		}
	}
	on := onProject(now.Project.ID)
	if err := s.note(ctx, tx, by, act{"showcase.saved", on}, map[string]any{"fields": wrote}); err != nil {
		return err
	}
	if len(agreed) > 0 {
		if err := s.note(ctx, tx, by, act{"showcase.agreed", on}, map[string]any{"fields": agreed}); err != nil {
			return err
		}
	}
	if len(taken) > 0 {
		if err := s.note(ctx, tx, by, act{"showcase.taken_back", on}, map[string]any{"fields": taken}); err != nil {
			return err
		}
	}
	if err := s.lessPublic(ctx, tx, by, now, next); err != nil {
		return err
	}
	if len(wrote)+len(agreed) == 0 {
		return nil
	}
	return s.reopen(ctx, tx, now.ID)
}

// reopen makes of a sheet that was proposed, cleared, published or withdrawn a draft again:
// what changed has to be read again before it is public.
func (s *Service) reopen(ctx context.Context, tx *db.Tx, sheet string) error {
	if _, err := tx.Exec(ctx, `update showcase_sheets set state = 'draft', remark = case state when 'draft' then remark else '' end where id = $1`, sheet); err != nil {
		return fmt.Errorf("reopen sheet %s: %w", sheet, err)
	}
	return nil
}

// lessPublic takes out of what visitors read whatever an owner does not agree to any more.
// When somebody else changed a field, the version that was agreed to and cleared stays.
func (s *Service) lessPublic(ctx context.Context, tx *db.Tx, by account.User, now Sheet, next []Said) error {
	if now.Public == nil {
		return nil
	}
	owner, err := s.policy.Decide(ctx, tx, by, "sheet.agree", now.Project.Object())
	if err != nil || !owner.Allowed {
		return err
	}
	left := *now.Public
	for _, f := range next {
		if !f.Agreed {
			left.set(f.Name, "")
		}
	}
	if reflect.DeepEqual(left, *now.Public) {
		return nil
	}
	return s.show(ctx, tx, now.ID, left)
}

// Propose asks whoever answers for the showcase to clear a sheet. Errors: Invalid on
// "agree_title" and "agree_sentence", without which nothing can be published; Conflict
// "showcase.stale", "showcase.not_draft"; as the policy, on sheet.edit.
func (s *Service) Propose(ctx context.Context, by account.User, id project.ID, version int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := s.require(ctx, tx, by, "sheet.edit", id)
		if err != nil {
			return err
		}
		if err := now.ready(); err != nil {
			return err
		}
		if err := s.pass(ctx, tx, by, passing{sheet: now, version: version, from: Draft, to: Proposed, act: "showcase.proposed", set: `proposed_at = $5, proposed_by = $6, remark = ''`, wrong: "showcase.not_draft"}); err != nil {
			return err
		}
		return s.tells(ctx, tx, by, ToldProposed, id)
	})
}

// ready says what keeps a sheet from being published.
func (s Sheet) ready() error {
	var bad []errs.Field
	for _, name := range []Name{Title, Sentence} {
		if f := s.said(name); f.Value == "" || !f.Agreed {
			bad = append(bad, errs.Field{Path: "agree_" + string(name), Key: "showcase.needs_" + string(name)})
		}
	}
	return errs.NewInvalid("showcase.invalid", bad)
}

// passing is a sheet that goes from a state to another.
type passing struct {
	sheet    Sheet
	version  int64
	from, to State
	act      string
	set      string // what else is written; $5 is now, $6 who
	wrong    string // the error of one that is in another state
}

func (s *Service) pass(ctx context.Context, tx *db.Tx, by account.User, p passing) error {
	if p.sheet.Version != p.version || p.sheet.ID == "" {
		return stale()
	}
	n, err := tx.Exec(ctx, `update showcase_sheets set state = $4, version = version + 1, `+p.set+` where id = $1 and version = $2 and state = $3`,
		p.sheet.ID, p.version, string(p.from), string(p.to), s.clock.Now(), by.Actor())
	if err != nil {
		return fmt.Errorf("pass sheet %s to %s: %w", p.sheet.ID, p.to, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, p.wrong)
	}
	return s.note(ctx, tx, by, act{p.act, onProject(p.sheet.Project.ID)}, nil)
}

// Withdraw takes a sheet out of the showcase at once: visitors learn that it was withdrawn,
// and nothing else. What the team wrote stays with the team. Errors: Conflict
// "showcase.not_public"; as the policy, on sheet.withdraw.
func (s *Service) Withdraw(ctx context.Context, by account.User, id project.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := s.require(ctx, tx, by, "sheet.withdraw", id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update showcase_sheets set state = 'withdrawn', public = '', version = version + 1, withdrawn_at = $2, withdrawn_by = $3, changed_at = $2, told_at = null
			where id = $1 and public <> ''`, now.ID, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("withdraw the sheet of project %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "showcase.not_public")
		}
		if err := s.index(ctx, tx, termSheet, now.ID, nil); err != nil {
			return err
		}
		if err := s.turned(ctx, tx); err != nil {
			return err
		}
		if err := s.tells(ctx, tx, by, ToldWithdrawn, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act{"showcase.withdrawn", onProject(id)}, nil)
	})
}
