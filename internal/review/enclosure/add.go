package enclosure

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/review"
)

// Add joins a document to by's own review of a file, which it begins if need be, and asks
// for its check.
//
// Errors: as review.Service.Save; Invalid on "file": "enclosure.empty", "enclosure.big",
// "enclosure.many".
func (s *Service) Add(ctx context.Context, by account.User, file application.ID, name string, r io.Reader) (Enclosure, error) {
	w, err := s.reviews.Writable(ctx, by, file)
	if err != nil {
		return Enclosure{}, err
	}
	if err := room(ctx, s.db.Reader(), w.Review.ID); err != nil {
		return Enclosure{}, err
	}
	ref, err := s.blobs.Put(ctx, r, MaxBytes)
	switch {
	case errs.Is(err, errs.Invalid):
		return Enclosure{}, wrong("enclosure.big", MaxBytes>>20)
	case err != nil:
		return Enclosure{}, fmt.Errorf("keep an enclosure: %w", err)
	case ref.Size == 0:
		return Enclosure{}, wrong("enclosure.empty")
	}
	e := Enclosure{ID: db.NewID(), Name: text.FileName(name), Size: ref.Size, Status: application.Pending, digest: ref.Digest, there: true}
	return e, s.reviews.Amend(ctx, by, file, func(tx *db.Tx, w review.Work, at time.Time) error {
		if err := room(ctx, tx, w.Review.ID); err != nil {
			return err
		}
		e.Review, e.AddedAt = w.Review.ID, at
		if _, err := tx.Exec(ctx, `
			insert into review_enclosures (id, review_id, name, size, digest, kind, mime, status, problems, clean_digest, clean_size, added_at)
			values ($1, $2, $3, $4, $5, '', '', $6, '[]', '', 0, $7)`, e.ID, string(e.Review), e.Name, e.Size, e.digest, string(e.Status), at); err != nil {
			return fmt.Errorf("join a document to review %s: %w", e.Review, err)
		}
		if err := s.jobs.Enqueue(ctx, tx, checkJob, e.ID, e.ID, at); err != nil {
			return err
		}
		return record(ctx, tx, at, by.Actor(), "review.document_joined", w.Selection.ID, map[string]any{"file": string(file), "enclosure": e.ID, "size": e.Size})
	})
}

func wrong(key string, args ...any) error {
	return errs.NewInvalid("enclosure.invalid", []errs.Field{{Path: "file", Key: key, Args: args}})
}

// room says whether a review takes one document more. Those that were refused count not.
func room(ctx context.Context, r db.Reader, id review.ID) error {
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from review_enclosures where review_id = $1 and removed_at is null and status <> 'refused'`, string(id))
	if err != nil {
		return fmt.Errorf("count the enclosures of review %s: %w", id, err)
	}
	if n >= Most {
		return wrong("enclosure.many", Most)
	}
	return nil
}

// Remove takes a document out of by's own review. What was handed in with it still shows
// it until it is handed in anew. Errors: as review.Service.Save; NotFound.
func (s *Service) Remove(ctx context.Context, by account.User, file application.ID, id string) error {
	return s.reviews.Amend(ctx, by, file, func(tx *db.Tx, w review.Work, at time.Time) error {
		n, err := tx.Exec(ctx, `update review_enclosures set removed_at = $3 where id = $1 and review_id = $2 and removed_at is null`, id, string(w.Review.ID), at)
		if err != nil {
			return fmt.Errorf("take enclosure %s out: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return record(ctx, tx, at, by.Actor(), "review.document_removed", w.Selection.ID, map[string]any{"file": string(file), "enclosure": id})
	})
}

// check is the job that follows each document received.
func (s *Service) check(ctx context.Context, id string) error {
	e, err := db.Get(ctx, s.db.Reader(), scan, `select `+columns+` from review_enclosures e join reviews v on v.id = e.review_id where e.id = $1`, id)
	if errs.Is(err, errs.NotFound) || err == nil && e.digest == "" { // emptied meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	in, err := db.Get(ctx, s.db.Reader(), db.Value[committee.SelectionID], `select selection_id from reviews where id = $1`, string(e.Review))
	if err != nil {
		return fmt.Errorf("find the selection of enclosure %s: %w", id, err)
	}
	found, err := scrutiny.Look(ctx, s.blobs, s.inspector, scrutiny.Sent{Digest: e.digest, Size: e.Size, Name: e.Name})
	if err != nil {
		return fmt.Errorf("check enclosure %s: %w", id, err)
	}
	status := application.Clean
	if found.Refused || found.Copy.Digest == "" {
		status = application.Refused
	}
	if found.Problems == nil {
		found.Problems = []errs.Field{}
	}
	problems, err := json.Marshal(found.Problems)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			update review_enclosures set status = $2, kind = $3, mime = $4, problems = $5, clean_digest = $6, clean_size = $7, checked_at = $8 where id = $1 and digest <> ''`,
			id, string(status), found.Kind, found.MIME, string(problems), found.Copy.Digest, found.Copy.Size, now)
		if err != nil {
			return fmt.Errorf("keep the check of enclosure %s: %w", id, err)
		}
		if n == 0 { // emptied while it was looked at
			return nil
		}
		return record(ctx, tx, now, account.System.Actor(), "review.document_checked", in, map[string]any{"enclosure": id, "status": string(status)})
	})
}
