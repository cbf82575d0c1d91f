package call

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
)

// Source is what a form is started from: one of its three fields, or none for an empty form.
type Source struct {
	Ready string // the name of a ready-made form, see form.Ready
	Call  ID     // another call whose form by may read
	JSON  []byte // a form as ExportForm writes it
}

// CopyForm replaces the form being written by a copy of a source, if nobody saved
// since base. The form that was there can be found again in its saves.
func (s *Service) CopyForm(ctx context.Context, by account.User, id ID, from Source, base int64) (FormDraft, error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "call.edit", id); err != nil {
		return FormDraft{}, err
	}
	f, err := s.sourceForm(ctx, by, from)
	if err != nil {
		return FormDraft{}, err
	}
	return s.SaveForm(ctx, by, id, f, base)
}

func (s *Service) sourceForm(ctx context.Context, by account.User, from Source) (*form.Form, error) {
	switch {
	case from.Ready != "":
		if !slices.Contains(form.Ready(), from.Ready) {
			return nil, errs.New(errs.NotFound, "errs.not_found")
		}
		return form.ReadyForm(from.Ready)
	case from.Call != "":
		return s.readableForm(ctx, by, from.Call)
	case from.JSON != nil:
		return form.Parse(from.JSON)
	}
	return &form.Form{Version: form.Version, Steps: []form.Step{{ID: "step", Title: form.Localised{}, Fields: []form.Field{}}}}, nil
}

// readableForm is the form of another call: as it is written for those who edit that
// call, as it is published for those who only read it.
func (s *Service) readableForm(ctx context.Context, by account.User, id ID) (*form.Form, error) {
	if _, d, err := s.FormDraft(ctx, by, id); err == nil {
		return d.Form, nil
	} else if !errs.Is(err, errs.Forbidden) && !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	compiled, err := s.PublishedForm(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if compiled == nil {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	return compiled.Form, nil
}

// ExportForm writes the form being written as JSON, for another install or to keep.
func (s *Service) ExportForm(ctx context.Context, by account.User, id ID) ([]byte, error) {
	_, d, err := s.FormDraft(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := json.NewEncoder(&out)
	w.SetEscapeHTML(false)
	w.SetIndent("", "  ")
	if err := w.Encode(d.Form); err != nil {
		return nil, fmt.Errorf("export the form of %s: %w", id, err)
	}
	return out.Bytes(), nil
}

// editionCloned is the payload of the event "edition.cloned".
type editionCloned struct {
	From   string            `json:"from"`
	To     string            `json:"to"`
	Stages map[string]string `json:"stages"`
}

// copyCalls gives an edition that was cloned the calls of the first one, as drafts
// without dates, each with its text, its legal block, its documents and its form.
func (s *Service) copyCalls(ctx context.Context, tx *db.Tx, e event.Event) error {
	var cloned editionCloned
	if err := e.Read(&cloned); err != nil {
		return err
	}
	calls, err := db.List(ctx, tx, scanCall, `select `+columns+` from `+tables+` where c.edition_id = $1 order by c.created_at, c.id`, cloned.From)
	if err != nil {
		return fmt.Errorf("list the calls of %s: %w", cloned.From, err)
	}
	var zone string
	if err := tx.QueryRow(ctx, `select zone from editions where id = $1`, cloned.To).Scan(&zone); err != nil {
		return fmt.Errorf("read edition %s: %w", cloned.To, err)
	}
	for _, c := range calls {
		old := c
		c.EditionID, c.StageID, c.Zone = cloned.To, cloned.Stages[c.StageID], zone
		if err := s.copyCall(ctx, tx, old, c); err != nil {
			return fmt.Errorf("copy call %s: %w", old.ID, err)
		}
	}
	return nil
}

func (s *Service) copyCall(ctx context.Context, tx *db.Tx, old, c Call) error {
	now := s.clock.Now()
	c.OpensAt, c.ClosesAt, c.UnsealAt = time.Time{}, time.Time{}, time.Time{}
	c.Status, c.Phase, c.Revision, c.Version, c.CreatedAt = Draft, 0, 0, 1, now
	var err error
	if c.ID, err = freeSlug(ctx, tx, c.EditionID, c.Title["fr"]); err != nil {
		return err
	}
	if err := insert(ctx, tx, c); err != nil {
		return err
	}
	d, err := loadDraft(ctx, tx, old)
	if err != nil {
		return err
	}
	content, err := json.Marshal(d.Form)
	if err != nil {
		return err
	}
	copied := FormDraft{Revision: 1, Version: 1, SavedAt: now, SavedBy: account.System.Actor()}
	if len(d.Form.Steps) > 0 {
		_, err = tx.Exec(ctx, `
			insert into call_forms (call_id, revision, content, status, note_fr, note_en, version, saved_at, saved_by)
			values ($1, 1, $2, 'draft', '', '', 1, $3, $4)`, string(c.ID), string(content), now, copied.SavedBy)
		if err == nil {
			err = keepSave(ctx, tx, c.ID, copied, string(content))
		}
		if err != nil {
			return err
		}
	}
	list, err := documents(ctx, tx, old.ID)
	if err != nil {
		return err
	}
	for i, doc := range list {
		_, err := tx.Exec(ctx, `
			insert into call_documents (id, call_id, name, size, digest, mime, position, added_by, added_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			db.NewID(), string(c.ID), doc.Name, doc.Size, doc.Digest, doc.MIME, i+1, account.System.Actor(), now)
		if err != nil {
			return err
		}
	}
	return s.record(ctx, tx, account.System, "call.copied", c, map[string]any{"from": old.ID})
}

// freeSlug makes a readable address that no call has, from the edition and the title.
func freeSlug(ctx context.Context, r db.Reader, edition, title string) (ID, error) {
	stem := Slug(edition, title)
	for n := 1; ; n++ {
		id := stem
		if n > 1 {
			id = stem + "-" + strconv.Itoa(n)
		}
		var one int
		err := r.QueryRow(ctx, `select 1 from calls where id = $1`, id).Scan(&one)
		if errs.Is(err, errs.NotFound) {
			return ID(id), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// Slug proposes the address of a call: the edition's, then the title's words that it does not have yet.
func Slug(edition, title string) string {
	said := strings.Split(edition, "-")
	out := edition
	for _, word := range strings.Split(text.Slug(title), "-") {
		if word != "" && !slices.Contains(said, word) && len(out)+len(word) < 60 {
			out += "-" + word
		}
	}
	if out == edition {
		out += "-appel"
	}
	return out
}
