package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/archive"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// aliveFor is how recent the last sign of life of a process must be for the install
// to count as serving.
const aliveFor = 15 * time.Second

// beatsSince is the version of the schema in which processes began to show signs of life.
const beatsSince = 11

func keysFolder(cfg config.Config) string { return filepath.Dir(ReceiptKey(cfg)) }

// Backup puts the install in an archive, while it serves. files says whether the
// deposited files go with it. The journal remembers the archive by its digest.
//
// Errors: those of archive.Create.
func Backup(ctx context.Context, cfg config.Config, file string, files bool, lock archive.Lock) (archive.Made, error) {
	c := clock.System{}
	d, err := Open(ctx, cfg)
	if err != nil {
		return archive.Made{}, err
	}
	defer d.Close()
	schema, err := d.Schema(ctx)
	if err != nil {
		return archive.Made{}, err
	}
	if schema.Fresh() || schema.Have > schema.Want {
		return archive.Made{}, schema.Check()
	}
	source := archive.Source{DB: d, Keys: keysFolder(cfg), MadeAt: c.Now()}
	if files {
		if source.Blobs, err = OpenBlobs(ctx, cfg, c); err != nil {
			return archive.Made{}, err
		}
	}
	made, err := archive.Create(ctx, file, source, lock)
	if err != nil {
		return made, err
	}
	if len(made.Manifest.Missing) > 0 { // what was erased meanwhile is not a loss
		named, err := archive.Named(ctx, d)
		if err != nil {
			return made, err
		}
		made.Manifest.Missing = slices.DeleteFunc(made.Manifest.Missing, func(digest string) bool { return !slices.Contains(named, digest) })
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		return journal.Write(ctx, tx, c.Now(), journal.Entry{Actor: account.System.Actor(), Act: "backup.made", Kind: "platform", ID: "platform",
			Detail: map[string]any{"sha256": made.SHA256, "bytes": made.Size, "rows": made.Manifest.Rows(), "encrypted": !lock.None()}})
	})
	if err != nil { // a full disk is when a backup is needed most
		slog.Warn("the backup is whole, but could not be journaled", "err", err)
	}
	return made, nil
}

// Restore brings an archive back into the data folder and the database of the
// settings; replace sets what is there aside.
//
// Errors: those of archive.Restore; Conflict "archive.running" when the install serves.
func Restore(ctx context.Context, cfg config.Config, from io.Reader, key archive.Key, replace bool) (archive.Head, archive.Manifest, error) {
	c := clock.System{}
	if replace {
		if err := idle(ctx, cfg, c.Now()); err != nil {
			return archive.Head{}, archive.Manifest{}, err
		}
	}
	in := func(folder string) config.Config {
		there := cfg
		there.Data = folder
		return there
	}
	return archive.Restore(ctx, from, key, archive.Target{
		Folder: cfg.Data, Replace: replace, Now: c.Now(),
		Open:  func(ctx context.Context, folder string) (*db.DB, error) { return Open(ctx, in(folder)) },
		Blobs: func(ctx context.Context, folder string) (blob.Store, error) { return OpenBlobs(ctx, in(folder), c) },
	})
}

// idle refuses an install that a process serves now.
func idle(ctx context.Context, cfg config.Config, now time.Time) error {
	if _, err := os.Stat(File(cfg)); err != nil && cfg.Database == "" {
		return nil // there is no database
	}
	d, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer d.Close()
	schema, err := d.Schema(ctx)
	if err != nil || schema.Have < beatsSince {
		return err
	}
	var alive bool
	err = d.Reader().QueryRow(ctx, `select exists (select 1 from heartbeats where beat_at > $1)`, now.Add(-aliveFor)).Scan(&alive)
	if err == nil && alive {
		return errs.New(errs.Conflict, "archive.running", int(aliveFor.Seconds()))
	}
	return err
}

// whole refuses a data folder in which a restore was cut.
func whole(cfg config.Config) error {
	left := filepath.Join(cfg.Data, archive.Staging)
	if _, err := os.Stat(left); err == nil {
		return errs.New(errs.Unavailable, "archive.interrupted", left)
	}
	return nil
}

// OpenBlobs keeps files in the data folder, or in S3 when the settings say so.
func OpenBlobs(ctx context.Context, cfg config.Config, c clock.Clock) (blob.Store, error) {
	s := cfg.S3
	if s.Endpoint == "" {
		store, err := blob.OpenFolder(filepath.Join(cfg.Data, "files"), c)
		if err != nil {
			return nil, fmt.Errorf("open the folder of files: %w", err)
		}
		return store, nil
	}
	store, err := blob.OpenS3(ctx, blob.S3Config{Endpoint: s.Endpoint, Bucket: s.Bucket, Region: s.Region, AccessKey: s.AccessKey, SecretKey: string(s.SecretKey), Prefix: s.Prefix, Insecure: s.Insecure,
		PathStyle: s.PathStyle, Spool: filepath.Join(cfg.Data, "spool")})
	if err != nil {
		return nil, fmt.Errorf("reach the S3 store: %w", err)
	}
	return store, nil
}
