package application

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// AttachmentStatus is whether a file may be opened by others than those who sent it.
type AttachmentStatus string

// The statuses.
const (
	Pending AttachmentStatus = "pending" // received, not yet checked: never served to others
	Clean   AttachmentStatus = "clean"
	Refused AttachmentStatus = "refused"
)

// Attachment is a file joined to an answer.
type Attachment struct {
	ID          string
	Field       string
	Name        string
	Size        int64
	Digest      string // SHA-256 of the bytes as they were sent
	Kind        string // what its content says it is
	MIME        string
	Status      AttachmentStatus
	Problems    string // JSON list of what the check found
	CleanDigest string // of the copy without author and location, for evaluators; "" when none
	UploadedBy  string
	UploadedAt  time.Time
}

func scanAttachment(s db.Scanner) (a Attachment, err error) {
	err = s.Scan(&a.ID, &a.Field, &a.Name, &a.Size, &a.Digest, &a.Kind, &a.MIME, &a.Status, &a.Problems, &a.CleanDigest, &a.UploadedBy, &a.UploadedAt)
	return a, err
}

const attachmentColumns = `id, field, name, size, digest, kind, mime, status, problems, clean_digest, uploaded_by, uploaded_at`

func listAttachments(ctx context.Context, r db.Reader, id ID) ([]Attachment, error) {
	list, err := db.List(ctx, r, scanAttachment, `
		select `+attachmentColumns+` from attachments where application_id = $1 and removed_at is null order by uploaded_at, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", id, err)
	}
	return list, nil
}

// Found is what the check found, as message keys.
func (a Attachment) Found() []errs.Field {
	var list []errs.Field
	if json.Unmarshal([]byte(a.Problems), &list) != nil {
		return nil
	}
	return list
}
