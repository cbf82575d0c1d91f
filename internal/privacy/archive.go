package privacy

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"

	"transformateur/internal/platform/text"
)

const (
	// archiveDays is how long an archive may be fetched.
	archiveDays = 7
	// maxArchive bounds an archive, in bytes: beyond, something is wrong.
	maxArchive = 64 << 30
)

// The states of an archive.
const (
	Asked   = "asked"
	Ready   = "ready"
	Expired = "expired"
)

// Archive is everything that the install holds about a person, to take away.
type Archive struct {
	ID        string
	PersonID  string
	Status    string
	AskedAt   time.Time
	ReadyAt   time.Time
	ExpiresAt time.Time
	Digest    string
	Size      int64 // bytes
	Lines     int64 // rows of data
	Files     int64 // attachments
}

// Name is what the file is called when it is taken away.
func (a Archive) Name() string { return "archive-" + a.AskedAt.Format("2006-01-02") + ".zip" }

const archiveColumns = `id, person_id, status, asked_at, ready_at, expires_at, digest, size, lines, files`

func scanArchive(sc db.Scanner) (a Archive, err error) {
	err = sc.Scan(&a.ID, &a.PersonID, &a.Status, &a.AskedAt, &a.ReadyAt, &a.ExpiresAt, &a.Digest, &a.Size, &a.Lines, &a.Files)
	return a, err
}

func signedIn(by account.User) error {
	if by.IsVisitor() {
		return errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	return nil
}

// proved asks who has a second factor to have used it in this sign-in: who only reads
// her mail takes nothing away and erases nothing.
func proved(ctx context.Context, r db.Reader, by account.User) error {
	if err := signedIn(by); err != nil || !by.Weak {
		return err
	}
	second, err := db.Get(ctx, r, db.Value[bool], `select second_factor from people where id = $1`, string(by.ID))
	if err != nil {
		return fmt.Errorf("look for a second factor: %w", err)
	}
	if second {
		return errs.New(errs.Forbidden, "privacy.prove_first")
	}
	return nil
}

// AskArchive has the person's archive made by a job. Error: Conflict
// privacy.archive_asked while one is being made.
func (s *Service) AskArchive(ctx context.Context, by account.User) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "archive:"+string(by.ID)); err != nil {
			return err
		}
		now := s.clock.Now()
		waiting, err := db.Get(ctx, tx, db.Value[int], `select count(*) from person_archives where person_id = $1 and status = 'asked'`, string(by.ID))
		if err != nil {
			return fmt.Errorf("look for an archive being made: %w", err)
		}
		if waiting > 0 {
			return errs.New(errs.Conflict, "privacy.archive_asked")
		}
		id := db.NewID()
		if _, err := tx.Exec(ctx, `
			insert into person_archives (id, person_id, status, asked_at, digest, size, lines, files) values ($1, $2, 'asked', $3, '', 0, 0, 0)`, id, string(by.ID), now); err != nil {
			return fmt.Errorf("ask for an archive: %w", err)
		}
		if err := s.record(ctx, tx, by, "archive.asked", personRef(by.ID), map[string]any{"archive": id}); err != nil {
			return err
		}
		return s.jobs.Enqueue(ctx, tx, "make_archive", id, id, now)
	})
}

// Archives lists the person's archives that can still be seen, the last one first.
func (s *Service) Archives(ctx context.Context, by account.User) ([]Archive, error) {
	if err := signedIn(by); err != nil {
		return nil, err
	}
	return db.List(ctx, s.db.Reader(), scanArchive, `
		select `+archiveColumns+` from person_archives where person_id = $1 and (status = 'asked' or status = 'ready' and expires_at > $2) order by asked_at desc, id`, string(by.ID), s.clock.Now())
}

// OpenArchive gives an archive to the person it is about, and to nobody else. The
// caller closes the file. Errors: NotFound, also once it is expired; Forbidden
// privacy.prove_first before her second factor.
func (s *Service) OpenArchive(ctx context.Context, by account.User, id string) (a Archive, f blob.File, err error) {
	if err := proved(ctx, s.db.Reader(), by); err != nil {
		return a, nil, err
	}
	a, err = db.Get(ctx, s.db.Reader(), scanArchive, `select `+archiveColumns+` from person_archives where id = $1 and person_id = $2 and status = 'ready' and expires_at > $3`, id, string(by.ID), s.clock.Now())
	if err != nil {
		return a, nil, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `update person_archives set fetched_at = $2 where id = $1`, id, s.clock.Now()); err != nil {
			return fmt.Errorf("mark an archive fetched: %w", err)
		}
		return s.record(ctx, tx, by, "archive.fetched", personRef(by.ID), map[string]any{"archive": id})
	})
	if err != nil {
		return a, nil, err
	}
	f, err = s.blobs.Open(ctx, a.Digest)
	return a, f, err
}

// makeJob writes an archive into the blob store, then tells the person.
func (s *Service) makeJob(ctx context.Context, j job.Job) error {
	var id string
	if err := j.Read(&id); err != nil {
		return err
	}
	a, err := db.Get(ctx, s.db.Reader(), scanArchive, `select `+archiveColumns+` from person_archives where id = $1`, id)
	if errs.Is(err, errs.NotFound) || err == nil && a.Status != Asked {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the archive to make: %w", err)
	}
	var lang, name string
	if err := s.db.Reader().QueryRow(ctx, `select lang, zone from people where id = $1`, a.PersonID).Scan(&lang, &name); err != nil {
		return fmt.Errorf("read whose archive it is: %w", err)
	}
	began := s.clock.Now()
	ref, err := s.build(ctx, &a, lang)
	if err != nil {
		return fmt.Errorf("make archive %s: %w", id, err)
	}
	now := s.clock.Now()
	expires := now.AddDate(0, 0, archiveDays)
	slog.Info("archive made", "archive", id, "lines", a.Lines, "files", a.Files, "bytes", ref.Size, "took", now.Sub(began))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			update person_archives set status = 'ready', ready_at = $2, expires_at = $3, digest = $4, size = $5, lines = $6, files = $7
			where id = $1 and status = 'asked'`, id, now, expires, ref.Digest, ref.Size, a.Lines, a.Files)
		if err != nil || n == 0 {
			return err
		}
		if err := s.record(ctx, tx, account.System, "archive.made", policy.Ref{Kind: "person", ID: a.PersonID}, map[string]any{"archive": id, "lines": a.Lines, "files": a.Files, "bytes": ref.Size}); err != nil {
			return err
		}
		return s.mails.Enqueue(ctx, tx, notify.Mail{PersonID: a.PersonID, Template: "archive_ready", Key: "archive:" + id, Secret: true, Hold: notify.AtOnce,
			Args: map[string]string{"Link": s.base + "/account/data", "Expires": text.DateTime(lang, expires.In(zone.Location(name)))}})
	})
}

// build streams the archive into the store: nothing is held whole in memory.
func (s *Service) build(ctx context.Context, a *Archive, lang string) (blob.Ref, error) {
	out, in := io.Pipe()
	go func() { in.CloseWithError(s.write(ctx, in, a, lang)) }()
	ref, err := s.blobs.Put(ctx, out, maxArchive)
	out.CloseWithError(err) // lets the writer end when the store refused
	return ref, err
}
