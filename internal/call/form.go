package call

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// FormDraft is the form being written: the next revision, not yet published.
type FormDraft struct {
	Revision int
	Form     *form.Form
	Version  int64 // 0 when nothing was saved yet
	SavedAt  time.Time
	SavedBy  string
}

// Form gives a published revision, ready to evaluate. It is kept in memory: a
// published revision never changes.
func (s *Service) Form(ctx context.Context, r db.Reader, id ID, revision int) (*form.Compiled, error) {
	key := string(id) + "/" + strconv.Itoa(revision)
	if c, ok := s.forms.Load(key); ok {
		return c.(*form.Compiled), nil
	}
	var content string
	if err := r.QueryRow(ctx, `select content from call_forms where call_id = $1 and revision = $2 and status = 'published'`, string(id), revision).Scan(&content); err != nil {
		return nil, fmt.Errorf("read form %s: %w", key, err)
	}
	f, err := form.Parse([]byte(content))
	if err != nil {
		return nil, fmt.Errorf("parse form %s: %w", key, err)
	}
	compiled, err := f.Compile()
	if err != nil {
		return nil, fmt.Errorf("compile form %s: %w", key, err)
	}
	s.forms.Store(key, compiled)
	return compiled, nil
}

// Notes gives what the authors of the published revisions after one said to the
// teams whose files are open, the oldest first; a revision without a note has none.
func (s *Service) Notes(ctx context.Context, r db.Reader, id ID, after int) ([]form.Localised, error) {
	list, err := db.List(ctx, r, scanNote, `
		select note_fr, note_en from call_forms
		where call_id = $1 and revision > $2 and status = 'published' and (note_fr <> '' or note_en <> '')
		order by revision`, string(id), after)
	if err != nil {
		return nil, fmt.Errorf("read the notes of the form of call %s: %w", id, err)
	}
	return list, nil
}

func scanNote(r db.Scanner) (form.Localised, error) {
	var fr, en string
	err := r.Scan(&fr, &en)
	return form.Localised{"fr": fr, "en": en}, err
}

// FormDraft gives the form being written; it starts from the published revision,
// or from nothing.
func (s *Service) FormDraft(ctx context.Context, by account.User, id ID) (Call, FormDraft, error) {
	r := s.db.Reader()
	c, err := s.require(ctx, r, by, "call.edit", id)
	if err != nil {
		return c, FormDraft{}, err
	}
	d, err := loadDraft(ctx, r, c)
	return c, d, err
}

func loadDraft(ctx context.Context, r db.Reader, c Call) (FormDraft, error) {
	d := FormDraft{Revision: c.Revision + 1}
	var content string
	err := r.QueryRow(ctx, `select content, version, saved_at, saved_by from call_forms where call_id = $1 and revision = $2 and status = 'draft'`, string(c.ID), d.Revision).
		Scan(&content, &d.Version, &d.SavedAt, &d.SavedBy)
	if errs.Is(err, errs.NotFound) && c.Revision > 0 {
		err = r.QueryRow(ctx, `select content from call_forms where call_id = $1 and revision = $2`, string(c.ID), c.Revision).Scan(&content)
	} else if errs.Is(err, errs.NotFound) {
		d.Form = &form.Form{Version: form.Version}
		return d, nil
	}
	if err != nil {
		return d, fmt.Errorf("read the form of %s: %w", c.ID, err)
	}
	d.Form, err = form.Parse([]byte(content))
	return d, err
}

// SaveForm keeps the form being written, complete or not, if nobody else saved
// since base; what it lacks to be published is said by Compile.
func (s *Service) SaveForm(ctx context.Context, by account.User, id ID, f *form.Form, base int64) (FormDraft, error) {
	content, err := json.Marshal(f)
	if err != nil {
		return FormDraft{}, fmt.Errorf("write the form of %s: %w", id, err)
	}
	if len(content) > form.MaxFormSize {
		return FormDraft{}, errs.New(errs.Invalid, "form.too_big", form.MaxFormSize)
	}
	d := FormDraft{Form: f, Version: base + 1, SavedAt: s.clock.Now(), SavedBy: by.Actor()}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.edit", id)
		if err != nil {
			return err
		}
		d.Revision = c.Revision + 1
		n, err := tx.Exec(ctx, `
			insert into call_forms (call_id, revision, content, status, note_fr, note_en, version, saved_at, saved_by)
			values ($1, $2, $3, 'draft', '', '', $4, $5, $6)
			on conflict (call_id, revision) do update
			set content = excluded.content, version = excluded.version, saved_at = excluded.saved_at, saved_by = excluded.saved_by
			where call_forms.status = 'draft' and call_forms.version = excluded.version - 1`,
			string(id), d.Revision, string(content), d.Version, d.SavedAt, d.SavedBy)
		if err != nil {
			return fmt.Errorf("save the form of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "call.form_changed_meanwhile")
		}
		if err := keepSave(ctx, tx, id, d, string(content)); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "call.form_saved", c, map[string]any{"revision": d.Revision, "version": d.Version})
	})
	return d, err
}

// Revised is the payload of the event "call.form_revised".
type Revised struct {
	Revision int            `json:"revision"`
	Note     form.Localised `json:"note"`
}

// Revise publishes the form being written as the next revision of a published
// call. Open files stay on theirs until their authors are shown what changed.
func (s *Service) Revise(ctx context.Context, by account.User, id ID, note form.Localised) (Call, error) {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.publish", id)
		if err != nil {
			return err
		}
		if c.Status != Published {
			return errs.New(errs.Conflict, "call.not_open")
		}
		revision, err := s.publishForm(ctx, tx, c, note)
		if err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "call.form_revised", c, map[string]any{"revision": revision}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "call.form_revised", string(id), Revised{revision, note})
	})
	if err != nil {
		return Call{}, err
	}
	return Load(ctx, s.db.Reader(), id)
}

// publishForm turns the saved draft into the next published revision.
func (s *Service) publishForm(ctx context.Context, tx *db.Tx, c Call, note form.Localised) (int, error) {
	d, err := loadDraft(ctx, tx, c)
	if err != nil {
		return 0, err
	}
	if d.Version == 0 {
		return 0, errs.New(errs.Conflict, "call.form_unchanged")
	}
	if _, err := d.Form.Compile(); err != nil {
		return 0, err
	}
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `
		update call_forms set status = 'published', published_at = $4, note_fr = $5, note_en = $6
		where call_id = $1 and revision = $2 and version = $3 and status = 'draft'`, string(c.ID), d.Revision, d.Version, now, note["fr"], note["en"])
	if err == nil && n == 1 {
		n, err = tx.Exec(ctx, `update calls set form_revision = $3, version = version + 1 where id = $1 and form_revision = $2`, string(c.ID), c.Revision, d.Revision)
	}
	if err != nil {
		return 0, fmt.Errorf("publish the form of %s: %w", c.ID, err)
	}
	if n == 0 {
		return 0, errs.New(errs.Conflict, "call.form_changed_meanwhile")
	}
	return d.Revision, nil
}
