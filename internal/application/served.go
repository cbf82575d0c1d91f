package application

import (
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/errs"
)

// Served opens a deposited file for the programme's side: its copy without author
// and location by default, the original for whoever may see contacts. A kind of
// file of which no clean copy can be made is served to the latter only.
//
// Errors: NotFound unless it was deposited and she may see files; Conflict
// "application.file_pending" or "application.file_refused" before and after the check.
func (s *Service) Served(ctx context.Context, by account.User, id ID, attachment string, original bool) (Attachment, blob.File, error) {
	d, err := s.Deposited(ctx, by, id)
	if err != nil {
		return Attachment{}, nil, err
	}
	i := slices.IndexFunc(d.Files, func(a Attachment) bool { return a.ID == attachment })
	if i < 0 || !d.May["application.read"].Sees("files") {
		return Attachment{}, nil, errs.New(errs.NotFound, "errs.not_found")
	}
	a := d.Files[i]
	switch {
	case a.Status == Refused:
		return a, nil, errs.New(errs.Conflict, "application.file_refused")
	case a.Status != Clean:
		return a, nil, errs.New(errs.Conflict, "application.file_pending")
	}
	digest := a.CleanDigest
	if original || digest == "" {
		if !d.May["application.read"].Sees("contacts") {
			return a, nil, errs.New(errs.Forbidden, "application.file_original")
		}
		digest = a.Digest
	}
	file, err := s.blobs.Open(ctx, digest)
	return a, file, err
}
