package application

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/presence"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// maxUpload bounds a file when its question says nothing, in bytes.
const maxUpload = 20 << 20

// Upload is a file on its way.
type Upload struct {
	ID     string
	Field  string
	Name   string
	Size   int64
	Offset int64  // bytes that are on disk here
	Digest string // SHA-256, once complete
}

// BeginUpload announces a file for a question. What the question does not accept
// is refused before a byte is sent.
func (s *Service) BeginUpload(ctx context.Context, by account.User, id ID, field, name string, size int64) (Upload, error) {
	f, err := s.uploadable(ctx, by, id, field)
	if err != nil {
		return Upload{}, err
	}
	u := Upload{ID: db.NewID(), Field: field, Name: text.FileName(name), Size: size}
	if err := f.accepts(f.Form.Form.Field(field), u.Name, size); err != nil {
		return u, err
	}
	if err := s.uploads.Begin(ctx, u.ID, size, u.Name); err != nil {
		return u, err
	}
	now := s.clock.Now()
	return u, s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into uploads (id, application_id, field, name, size, started_by, started_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			u.ID, string(id), field, u.Name, size, by.Actor(), now); err != nil {
			return fmt.Errorf("begin upload %s: %w", u.ID, err)
		}
		return s.record(ctx, tx, now, by, "application.upload_begun", id, map[string]any{"upload": u.ID, "field": field, "size": size})
	})
}

func (s *Service) uploadable(ctx context.Context, by account.User, id ID, field string) (File, error) {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.edit", id)
	if err != nil {
		return f, err
	}
	question := f.Form.Form.Field(field)
	switch {
	case question == nil || question.Type != "file":
		return f, errs.New(errs.Invalid, "application.field_unknown")
	case !f.mayEdit(f.Correction, field, s.clock.Now()):
		return f, errs.New(errs.Conflict, "application.field_closed")
	}
	f.Files, err = listAttachments(ctx, s.db.Reader(), id)
	return f, err
}

// accepts says why a question does not take a file of that name and size.
func (f File) accepts(question *form.Field, name string, size int64) error {
	limit := question.Settings.MaxBytes
	if limit == 0 {
		limit = maxUpload
	}
	var bad []errs.Field
	add := func(key string, args ...any) {
		bad = append(bad, errs.Field{Path: question.ID, Key: key, Args: args})
	}
	if size <= 0 {
		add("application.file_empty", name)
	}
	if size > limit {
		add("application.file_too_big", name, size, limit)
	}
	kinds := question.Settings.Accept
	if len(kinds) > 0 && !slices.Contains(kinds, strings.ToLower(path.Ext(name))) {
		add("application.file_kind", name, strings.Join(kinds, ", "))
	}
	there := 0
	for _, a := range f.Files {
		if a.Field == question.ID && a.Status != Refused {
			there++
		}
	}
	if most := max(1, question.Settings.MaxFiles); there >= most {
		add("application.file_too_many", most)
	}
	return errs.NewInvalid("application.invalid", bad)
}

// Upload finds a file on its way, to go on with it.
func (s *Service) Upload(ctx context.Context, by account.User, id ID, upload string) (Upload, error) {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.edit", id); err != nil {
		return Upload{}, err
	}
	u, err := db.Get(ctx, s.db.Reader(), func(sc db.Scanner) (u Upload, err error) {
		err = sc.Scan(&u.ID, &u.Field, &u.Name, &u.Size)
		return u, err
	}, `select id, field, name, size from uploads where id = $1 and application_id = $2 and started_by = $3`, upload, string(id), by.Actor())
	if err != nil {
		return u, err
	}
	u.Offset, err = s.uploads.Offset(ctx, upload)
	return u, err
}

// AppendUpload adds a piece at an offset, and gives the new offset, which is on
// disk. When the last byte has come the file joins the answer.
func (s *Service) AppendUpload(ctx context.Context, by account.User, id ID, upload string, offset int64, r io.Reader) (Upload, error) {
	u, err := s.Upload(ctx, by, id, upload)
	if err != nil {
		return u, err
	}
	if u.Offset, err = s.uploads.Append(ctx, upload, offset, r); err != nil || u.Offset < u.Size {
		return u, err
	}
	a, err := s.finishUpload(ctx, by, id, u)
	u.Digest = a.Digest
	return u, err
}

// Attach receives a whole file in one request, for pages without script.
func (s *Service) Attach(ctx context.Context, by account.User, id ID, field, name string, r io.Reader) (Attachment, error) {
	f, err := s.uploadable(ctx, by, id, field)
	if err != nil {
		return Attachment{}, err
	}
	question := f.Form.Form.Field(field)
	name = text.FileName(name)
	if err := f.accepts(question, name, 1); err != nil {
		return Attachment{}, err
	}
	limit := question.Settings.MaxBytes
	if limit == 0 {
		limit = maxUpload
	}
	ref, err := s.blobs.Put(ctx, r, limit)
	if err != nil {
		return Attachment{}, err
	}
	if err := f.accepts(question, name, ref.Size); err != nil {
		return Attachment{}, err
	}
	return s.attach(ctx, by, id, Attachment{ID: db.NewID(), Field: field, Name: name, Size: ref.Size, Digest: ref.Digest})
}

func (s *Service) finishUpload(ctx context.Context, by account.User, id ID, u Upload) (Attachment, error) {
	ref, err := s.uploads.Finish(ctx, u.ID)
	if err != nil {
		return Attachment{}, err
	}
	return s.attach(ctx, by, id, Attachment{ID: u.ID, Field: u.Field, Name: u.Name, Size: ref.Size, Digest: ref.Digest})
}

// attach adds the file to the list and to the answer, and asks for its check, in one transaction.
func (s *Service) attach(ctx context.Context, by account.User, id ID, a Attachment) (Attachment, error) {
	now := s.clock.Now()
	a.Status, a.UploadedBy, a.UploadedAt = Pending, by.Actor(), now
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := touch(ctx, tx, id, now); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `
			insert into attachments (id, application_id, field, name, size, digest, kind, mime, status, problems, clean_digest, clean_size, uploaded_by, uploaded_at)
			values ($1, $2, $3, $4, $5, $6, '', '', $7, '[]', '', 0, $8, $9) on conflict (id) do nothing`,
			a.ID, string(id), a.Field, a.Name, a.Size, a.Digest, string(a.Status), a.UploadedBy, now)
		if err != nil || n == 0 { // 0: the browser sent its last piece twice
			return err
		}
		if _, err := tx.Exec(ctx, `delete from uploads where id = $1`, a.ID); err != nil {
			return err
		}
		if err := s.relist(ctx, tx, by, id, a.Field, now, func(ids []any) []any { return append(ids, a.ID) }); err != nil {
			return err
		}
		if err := s.jobs.Enqueue(ctx, tx, "check_attachment", a.ID, a.ID, now); err != nil {
			return err
		}
		return s.record(ctx, tx, now, by, "application.file_attached", id, map[string]any{"attachment": a.ID, "field": a.Field, "size": a.Size, "sha256": a.Digest})
	})
	if err == nil {
		s.live.Tell(string(id), presence.Told{Kind: "saved", Fields: map[string]int64{a.Field: 0}, By: by.Name, Login: by.LoginID})
	}
	return a, err
}

// relist changes the list of files of an answer.
func (s *Service) relist(ctx context.Context, tx *db.Tx, by account.User, id ID, field string, at time.Time, change func([]any) []any) error {
	current, err := getAnswer(ctx, tx, id, field)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	ids, _ := current.Value.([]any)
	var value any
	if ids = change(slices.Clone(ids)); len(ids) > 0 {
		value = ids
	}
	written, err := saveAnswers(ctx, tx, id, by.Actor(), at, []Edit{{Field: field, Base: current.Version, Value: value}})
	if err != nil {
		return err
	}
	if len(written) == 0 {
		return errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	return nil
}

// Detach takes a file out of the answer. Its bytes stay as long as a submission names them.
func (s *Service) Detach(ctx context.Context, by account.User, id ID, attachment string) error {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.edit", id)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := touch(ctx, tx, id, now); err != nil {
			return err
		}
		var field string
		if err := tx.QueryRow(ctx, `select field from attachments where id = $1 and application_id = $2 and removed_at is null`, attachment, string(id)).Scan(&field); err != nil {
			return err
		}
		if !f.mayEdit(f.Correction, field, now) {
			return errs.New(errs.Conflict, "application.field_closed")
		}
		if _, err := tx.Exec(ctx, `update attachments set removed_at = $2 where id = $1`, attachment, now); err != nil {
			return err
		}
		if err := s.relist(ctx, tx, by, id, field, now, func(ids []any) []any {
			return slices.DeleteFunc(ids, func(v any) bool { return v == attachment })
		}); err != nil {
			return err
		}
		return s.record(ctx, tx, now, by, "application.file_removed", id, map[string]any{"attachment": attachment})
	})
}

// Content opens for the team the very bytes that it sent, once they are checked and
// never before: Conflict "application.file_pending". The programme's side reads
// Served, which keeps what a file says of its author from who may not know.
func (s *Service) Content(ctx context.Context, by account.User, id ID, attachment string) (Attachment, blob.File, error) {
	r := s.db.Reader()
	if _, err := s.allowed(ctx, r, by, "application.comment", id); err != nil {
		return Attachment{}, nil, err
	}
	a, err := db.Get(ctx, r, scanAttachment, `select `+attachmentColumns+` from attachments where id = $1 and application_id = $2`, attachment, string(id))
	if err != nil {
		return a, nil, err
	}
	if a.Status != Clean && a.UploadedBy != by.Actor() {
		if a.Status == Refused {
			return a, nil, errs.New(errs.Conflict, "application.file_refused")
		}
		return a, nil, errs.New(errs.Conflict, "application.file_pending")
	}
	file, err := s.blobs.Open(ctx, a.Digest)
	return a, file, err
}

// checkAttachment is the job that follows each file received.
func (s *Service) checkAttachment(ctx context.Context, attachment string) error {
	a, err := db.Get(ctx, s.db.Reader(), scanAttachment, `select `+attachmentColumns+` from attachments where id = $1`, attachment)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	accept, err := s.accepted(ctx, attachment, a.Field)
	if err != nil {
		return err
	}
	found, err := scrutiny.Look(ctx, s.blobs, s.inspector, scrutiny.Sent{Digest: a.Digest, Size: a.Size, Name: a.Name, Accept: accept})
	if err != nil {
		return fmt.Errorf("check %s: %w", attachment, err)
	}
	a.Status = Clean
	if found.Refused {
		a.Status = Refused
	}
	problems, err := json.Marshal(found.Problems)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `
			update attachments set status = $2, kind = $3, mime = $4, problems = $5, clean_digest = $6, clean_size = $7, checked_at = $8 where id = $1`,
			attachment, string(a.Status), found.Kind, found.MIME, string(problems), found.Copy.Digest, found.Copy.Size, now); err != nil {
			return fmt.Errorf("keep the check of %s: %w", attachment, err)
		}
		return s.record(ctx, tx, now, account.System, "application.file_checked", ID(""), map[string]any{"attachment": attachment, "status": a.Status, "kind": found.Kind})
	})
}

// accepted lists the extensions that the question of an attachment asks for.
func (s *Service) accepted(ctx context.Context, attachment, field string) ([]string, error) {
	r := s.db.Reader()
	var of call.ID
	var revision int
	if err := r.QueryRow(ctx, `select p.call_id, p.form_revision from applications p join attachments a on a.application_id = p.id where a.id = $1`, attachment).Scan(&of, &revision); err != nil {
		return nil, fmt.Errorf("find the call of file %s: %w", attachment, err)
	}
	f, err := s.calls.Form(ctx, r, of, revision)
	if err != nil {
		return nil, err
	}
	if question := f.Form.Field(field); question != nil {
		return question.Settings.Accept, nil
	}
	return nil, nil // the question went away with a later version of the form
}

// DropUpload forgets a file on its way.
func (s *Service) DropUpload(ctx context.Context, by account.User, id ID, upload string) error {
	if _, err := s.Upload(ctx, by, id, upload); err != nil {
		return err
	}
	if err := s.uploads.Abort(ctx, upload); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `delete from uploads where id = $1`, upload); err != nil {
			return fmt.Errorf("forget upload %s: %w", upload, err)
		}
		return s.record(ctx, tx, now, by, "application.upload_dropped", id, map[string]any{"upload": upload})
	})
}

// Allowed says whether by still belongs to the file's team, as an error.
func (s *Service) Allowed(ctx context.Context, by account.User, id ID) error {
	_, err := s.allowed(ctx, s.db.Reader(), by, "application.comment", id)
	return err
}

// uploadIdle is how long a file on its way may receive nothing before it is forgotten.
const uploadIdle = 7 * 24 * time.Hour

// sweepUploads forgets the files that nobody went on sending.
func (s *Service) sweepUploads(ctx context.Context) error {
	if _, err := s.uploads.Sweep(ctx, uploadIdle); err != nil {
		return fmt.Errorf("sweep the uploads: %w", err)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `delete from uploads where started_at < $1`, s.clock.Now().Add(-2*uploadIdle))
		return err
	})
}
