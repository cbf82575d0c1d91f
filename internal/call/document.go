package call

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// Bounds of the documents joined to a call.
const (
	MaxDocuments    = 20
	MaxDocumentSize = 25_000_000 // bytes
)

// Document is a file that everybody who reads a call may take away: rules, a model of budget.
type Document struct {
	ID      string
	Name    string
	Size    int64  // bytes
	Digest  string // SHA-256 in hexadecimal
	MIME    string
	AddedAt time.Time
}

// documentTypes are the kinds of files a call may carry: what each is called on the
// network, and how its content begins ("" where nothing tells).
var documentTypes = map[string]struct{ mime, begins string }{
	".pdf":  {"application/pdf", "%PDF-"},
	".odt":  {"application/vnd.oasis.opendocument.text", "PK\x03\x04"},
	".ods":  {"application/vnd.oasis.opendocument.spreadsheet", "PK\x03\x04"},
	".odp":  {"application/vnd.oasis.opendocument.presentation", "PK\x03\x04"},
	".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK\x03\x04"},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK\x03\x04"},
	".pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "PK\x03\x04"},
	".zip":  {"application/zip", "PK\x03\x04"},
	".png":  {"image/png", "\x89PNG\r\n\x1a\n"},
	".jpg":  {"image/jpeg", "\xff\xd8\xff"},
	".jpeg": {"image/jpeg", "\xff\xd8\xff"},
	".csv":  {"text/csv; charset=utf-8", ""},
	".txt":  {"text/plain; charset=utf-8", ""},
}

// DocumentTypes is what a file box of documents accepts.
const DocumentTypes = ".pdf,.odt,.ods,.odp,.docx,.xlsx,.pptx,.zip,.png,.jpg,.jpeg,.csv,.txt"

func scanDocument(s db.Scanner) (d Document, err error) {
	err = s.Scan(&d.ID, &d.Name, &d.Size, &d.Digest, &d.MIME, &d.AddedAt)
	return d, err
}

const documentColumns = `id, name, size, digest, mime, added_at`

// Documents lists the documents of a call in the order in which they were joined.
func (s *Service) Documents(ctx context.Context, by account.User, id ID) ([]Document, error) {
	r := s.db.Reader()
	if _, err := s.require(ctx, r, by, "call.read", id); err != nil {
		return nil, err
	}
	return documents(ctx, r, id)
}

func documents(ctx context.Context, r db.Reader, id ID) ([]Document, error) {
	return db.List(ctx, r, scanDocument, `select `+documentColumns+` from call_documents where call_id = $1 and removed_at is null order by position, id`, string(id))
}

// AddDocument joins a file to a call. Its kind is told by its name and confirmed by
// how its content begins; anything else is refused.
func (s *Service) AddDocument(ctx context.Context, by account.User, id ID, name string, content io.Reader) (Document, error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "call.edit", id); err != nil {
		return Document{}, err
	}
	d := Document{ID: db.NewID(), Name: text.FileName(name), AddedAt: s.clock.Now()}
	kind, known := documentTypes[strings.ToLower(path.Ext(d.Name))]
	refuse := func(key string, args ...any) (Document, error) {
		return d, errs.NewInvalid("call.invalid", []errs.Field{{Path: "document", Key: key, Args: args}})
	}
	if !known {
		return refuse("call.document_type", d.Name)
	}
	head := make([]byte, len(kind.begins))
	if n, err := io.ReadFull(content, head); err != nil || string(head[:n]) != kind.begins {
		return refuse("call.document_content", d.Name)
	}
	ref, err := s.blobs.Put(ctx, io.MultiReader(bytes.NewReader(head), content), MaxDocumentSize)
	if errs.Is(err, errs.Invalid) {
		return refuse("call.document_size", MaxDocumentSize/1_000_000)
	}
	if err != nil {
		return d, fmt.Errorf("keep a document of %s: %w", id, err)
	}
	d.Size, d.Digest, d.MIME = ref.Size, ref.Digest, kind.mime
	return d, s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.edit", id)
		if err != nil {
			return err
		}
		have, err := documents(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(have) >= MaxDocuments {
			return errs.NewInvalid("call.invalid", []errs.Field{{Path: "document", Key: "call.documents_many", Args: []any{MaxDocuments}}})
		}
		_, err = tx.Exec(ctx, `
			insert into call_documents (id, call_id, name, size, digest, mime, position, added_by, added_at)
			select $1, $2, $3, $4, $5, $6, coalesce(max(position), 0) + 1, $7, $8 from call_documents where call_id = $2`,
			d.ID, string(id), d.Name, d.Size, d.Digest, d.MIME, by.Actor(), d.AddedAt)
		if err != nil {
			return fmt.Errorf("join a document to %s: %w", id, err)
		}
		return s.record(ctx, tx, by, "call.document_added", c, map[string]any{"document": d.ID, "digest": d.Digest})
	})
}

// RemoveDocument takes a document off a call. Its content is kept: the journal says what was published.
func (s *Service) RemoveDocument(ctx context.Context, by account.User, id ID, document string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.edit", id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update call_documents set removed_at = $3 where id = $1 and call_id = $2 and removed_at is null`, document, string(id), s.clock.Now())
		if err != nil {
			return fmt.Errorf("remove document %s: %w", document, err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.record(ctx, tx, by, "call.document_removed", c, map[string]any{"document": document})
	})
}

// Document opens a document of a call. The caller closes it.
func (s *Service) Document(ctx context.Context, by account.User, id ID, document string) (Document, blob.File, error) {
	r := s.db.Reader()
	if _, err := s.require(ctx, r, by, "call.read", id); err != nil {
		return Document{}, nil, err
	}
	d, err := db.Get(ctx, r, scanDocument, `select `+documentColumns+` from call_documents where id = $1 and call_id = $2 and removed_at is null`, document, string(id))
	if err != nil {
		return d, nil, err
	}
	f, err := s.blobs.Open(ctx, d.Digest)
	return d, f, err
}
