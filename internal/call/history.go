package call

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// keptSaves is how many saves of a form being written one can go back to.
const keptSaves = 200

// Save is one save of the form being written.
type Save struct {
	Version int64
	At      time.Time
	By      string // the person's name
	Actor   string // as the journal names her
	Form    *form.Form
}

// keepSave remembers a save and forgets the oldest ones.
func keepSave(ctx context.Context, tx *db.Tx, id ID, d FormDraft, content string) error {
	_, err := tx.Exec(ctx, `
		insert into call_form_saves (call_id, revision, version, content, saved_at, saved_by) values ($1, $2, $3, $4, $5, $6)`,
		string(id), d.Revision, d.Version, content, d.SavedAt, d.SavedBy)
	if err == nil {
		_, err = tx.Exec(ctx, `delete from call_form_saves where call_id = $1 and (revision < $2 or version <= $3)`, string(id), d.Revision, d.Version-keptSaves)
	}
	if err != nil {
		return fmt.Errorf("remember the form of %s: %w", id, err)
	}
	return nil
}

func scanSave(s db.Scanner) (save Save, err error) {
	var content string
	if err = s.Scan(&save.Version, &save.At, &save.By, &save.Actor, &content); err != nil {
		return save, err
	}
	save.Form, err = form.Parse([]byte(content))
	return save, err
}

const saveColumns = `f.version, f.saved_at, coalesce(p.name, ''), f.saved_by, f.content`

const saveTables = `call_form_saves f left join people p on 'person:' || p.id = f.saved_by`

// FormSaves lists the last saves of the form being written, the newest first, at most limit.
func (s *Service) FormSaves(ctx context.Context, by account.User, id ID, limit int) ([]Save, error) {
	r := s.db.Reader()
	c, err := s.require(ctx, r, by, "call.edit", id)
	if err != nil {
		return nil, err
	}
	return db.List(ctx, r, scanSave, `
		select `+saveColumns+` from `+saveTables+`
		where f.call_id = $1 and f.revision = $2 order by f.version desc limit $3`, string(id), c.Revision+1, limit)
}

// FormAt gives the form as it was saved at a version; version 0 is what the first save
// started from.
func (s *Service) FormAt(ctx context.Context, by account.User, id ID, version int64) (Save, error) {
	r := s.db.Reader()
	c, err := s.require(ctx, r, by, "call.edit", id)
	if err != nil {
		return Save{}, err
	}
	if version > 0 {
		return db.Get(ctx, r, scanSave, `
			select `+saveColumns+` from `+saveTables+`
			where f.call_id = $1 and f.revision = $2 and f.version = $3`, string(id), c.Revision+1, version)
	}
	if c.Revision == 0 {
		return Save{Form: &form.Form{Version: form.Version}}, nil
	}
	compiled, err := s.Form(ctx, r, id, c.Revision)
	if err != nil {
		return Save{}, err
	}
	return Save{Form: compiled.Form, At: c.PublishedAt}, nil
}

// RestoreForm saves again the form of an earlier version, if nobody saved since base:
// nothing is lost, one can come back from it too.
func (s *Service) RestoreForm(ctx context.Context, by account.User, id ID, version, base int64) (FormDraft, error) {
	old, err := s.FormAt(ctx, by, id, version)
	if errs.Is(err, errs.NotFound) {
		return FormDraft{}, errs.New(errs.Conflict, "call.form_version_gone")
	}
	if err != nil {
		return FormDraft{}, err
	}
	return s.SaveForm(ctx, by, id, old.Form, base)
}

// PublishedForm gives the form that applicants fill now; nil before the first publication.
func (s *Service) PublishedForm(ctx context.Context, by account.User, id ID) (*form.Compiled, error) {
	r := s.db.Reader()
	c, err := s.require(ctx, r, by, "call.read", id)
	if err != nil || c.Revision == 0 {
		return nil, err
	}
	return s.Form(ctx, r, id, c.Revision)
}
