package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Staging is the folder, inside a data folder, in which an archive is restored
// before it takes its place. It is there only while a restore runs, or after one
// that was cut.
const Staging = "restoring"

// Target is where an archive is restored.
type Target struct {
	Folder string // the data folder
	// Open opens the database of a data folder; Blobs its files. They are given the
	// staging folder: what lives elsewhere (PostgreSQL, S3) is opened where it is.
	Open  func(ctx context.Context, folder string) (*db.DB, error)
	Blobs func(ctx context.Context, folder string) (blob.Store, error)
	// Replace sets what is there aside, in a folder and a schema of the database
	// whose names begin with "replaced", instead of refusing. Nothing is deleted.
	Replace bool
	Now     time.Time
}

// aside is what a target may hold and still count as empty.
var aside = []string{"transformateur.toml", "lost+found"}

// Restore puts an archive in an empty place. It returns once every digest of the
// manifest was compared twice, as read and as kept, and all of it is on disk;
// when it fails, the place is as it was.
//
// Errors: those of Verify; Conflict "archive.not_empty", "archive.database_not_empty",
// "archive.interrupted"; Invalid "archive.newer_schema", "archive.no_files".
func Restore(ctx context.Context, r io.Reader, key Key, t Target) (Head, Manifest, error) {
	if err := t.check(); err != nil {
		return Head{}, Manifest{}, err
	}
	staging := filepath.Join(t.Folder, Staging)
	if err := os.MkdirAll(t.Folder, 0o700); err != nil {
		return Head{}, Manifest{}, fmt.Errorf("make the data folder: %w", err)
	}
	if err := os.Mkdir(staging, 0o700); err != nil {
		return Head{}, Manifest{}, fmt.Errorf("make the staging folder: %w", err)
	}
	n := &newcomer{target: t, folder: staging}
	head, manifest, err := scan(ctx, r, key, n)
	if err == nil {
		err = n.prove(ctx, manifest)
	}
	if err == nil {
		err = n.settle()
	}
	if err != nil {
		return head, manifest, errors.Join(err, n.undo())
	}
	return head, manifest, n.move(t.Now)
}

// check refuses a folder that holds something.
func (t Target) check() error {
	entries, err := os.ReadDir(t.Folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the data folder: %w", err)
	}
	for _, e := range entries {
		if e.Name() == Staging {
			return errs.New(errs.Conflict, "archive.interrupted", filepath.Join(t.Folder, Staging))
		}
		if !t.Replace && !slices.Contains(aside, e.Name()) {
			return errs.New(errs.Conflict, "archive.not_empty", t.Folder, e.Name())
		}
	}
	return nil
}

// newcomer is an install being restored.
type newcomer struct {
	target  Target
	folder  string
	about   Head
	db      *db.DB
	tx      *sql.Tx
	store   blob.Store
	loader  *loader
	differ  []string // blobs whose content is not what their name says
	renamed string   // the schema in which the former tables wait
	fresh   bool     // the database had no table
}

// head opens the places that the rest goes to, once it is known that it may.
func (n *newcomer) head(ctx context.Context, h Head) (err error) {
	n.about = h
	if !h.Files && !n.target.Replace {
		return errs.New(errs.Invalid, "archive.no_files")
	}
	home := n.folder
	if !h.Files {
		home = n.target.Folder // the files stayed there
	}
	if n.store, err = n.target.Blobs(ctx, home); err != nil {
		return err
	}
	if n.db, err = n.target.Open(ctx, n.folder); err != nil {
		return err
	}
	if err := n.vacate(ctx); err != nil {
		return err
	}
	if err := n.db.MigrateTo(ctx, h.Schema); err != nil {
		return err
	}
	if n.tx, err = n.db.Raw().BeginTx(ctx, nil); err != nil {
		return fmt.Errorf("begin restoring: %w", err)
	}
	n.loader, err = startLoading(ctx, n.tx, n.db.Engine(), h.Tables)
	return err
}

// vacate makes sure that the database is empty, or sets what it holds aside.
func (n *newcomer) vacate(ctx context.Context) error {
	schema, err := n.db.Schema(ctx)
	if err != nil {
		return err
	}
	if n.about.Schema > schema.Want {
		return errs.New(errs.Invalid, "archive.newer_schema", n.about.Schema, schema.Want)
	}
	n.fresh = schema.Fresh()
	empty, err := Empty(ctx, n.db)
	if err != nil || empty && schema.Have <= n.about.Schema {
		return err
	}
	if !n.target.Replace {
		return errs.New(errs.Conflict, "archive.database_not_empty")
	}
	name := "replaced_" + n.target.Now.UTC().Format("20060102_150405")
	if _, err := n.db.Raw().ExecContext(ctx, "alter schema public rename to "+name); err != nil {
		return fmt.Errorf("set the tables aside: %w", err)
	}
	n.renamed = name
	if _, err := n.db.Raw().ExecContext(ctx, "create schema public"); err != nil {
		return fmt.Errorf("make room for the tables: %w", err)
	}
	return nil
}

// Empty says whether no table of a database holds a row.
func Empty(ctx context.Context, d *db.DB) (bool, error) {
	tx, err := snapshot(ctx, d)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	tables, err := tablesOf(ctx, tx, d.Engine())
	if err != nil {
		return false, err
	}
	for _, t := range tables {
		var full bool
		if err := tx.QueryRowContext(ctx, "select exists (select 1 from "+quoted(t.Name)+")").Scan(&full); err != nil || full {
			return false, err
		}
	}
	return true, nil
}

func (n *newcomer) rows(ctx context.Context, table string, lines io.Reader) error {
	return n.loader.load(ctx, table, lines)
}

func (n *newcomer) blob(ctx context.Context, digest string, size int64, content io.Reader) error {
	ref, err := n.store.Put(ctx, content, size)
	if err == nil && ref.Digest != digest {
		n.differ = append(n.differ, digest)
	}
	return err
}

func (n *newcomer) key(name string, content []byte) error {
	folder := filepath.Join(n.folder, "keys")
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the folder of the keys: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("restore key %s: %w", name, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("restore key %s: %w", name, err)
	}
	return syncFolder(folder)
}

// prove reads back what was kept and compares it with the manifest.
func (n *newcomer) prove(ctx context.Context, m Manifest) error {
	for _, digest := range n.differ {
		if !slices.Contains(m.Damaged, digest) {
			return damaged("files/"+digest, errors.New("its content has another digest"))
		}
	}
	if err := n.loader.finish(ctx); err != nil {
		return err
	}
	sums, err := digests(ctx, n.tx, n.db.Engine(), n.loader.tables)
	if err != nil {
		return err
	}
	if !slices.Equal(sums, m.Tables) {
		for i, s := range m.Tables {
			if i >= len(sums) || sums[i] != s {
				return damaged("tables/"+s.Table, errors.New("read back from the database, it differs"))
			}
		}
	}
	for _, e := range m.Entries {
		digest, file := strings.CutPrefix(e.Name, "files/")
		if !file || slices.Contains(m.Damaged, digest) {
			continue
		}
		if err := n.store.Check(ctx, digest); err != nil {
			return fmt.Errorf("read blob %s back: %w", digest, err)
		}
	}
	names, err := named(ctx, n.tx, n.loader.tables)
	if err != nil {
		return err
	}
	for digest := range names {
		if slices.Contains(m.Missing, digest) || slices.Contains(m.Damaged, digest) {
			continue
		}
		if _, err := n.store.Stat(ctx, digest); err != nil {
			return damaged("files/"+digest, err)
		}
	}
	return nil
}

// settle commits the rows and puts the database on disk.
func (n *newcomer) settle() error {
	err := n.tx.Commit()
	n.tx = nil
	if err != nil {
		return fmt.Errorf("keep the rows: %w", err)
	}
	err = n.db.Close()
	n.db = nil
	if err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// undo leaves the place as it was.
func (n *newcomer) undo() error {
	ctx, done := context.WithTimeout(context.Background(), time.Minute) // the restore may have been cancelled
	defer done()
	var problems []error
	if n.tx != nil {
		n.tx.Rollback()
	}
	if n.db != nil {
		if n.db.Engine() == db.PostgreSQL {
			problems = append(problems, n.undoTables(ctx))
		}
		problems = append(problems, n.db.Close())
	}
	return errors.Join(append(problems, os.RemoveAll(n.folder))...)
}

// undoTables removes the tables that were made, and brings the former ones back.
func (n *newcomer) undoTables(ctx context.Context) error {
	if n.renamed == "" && !n.fresh {
		return nil // nothing was made
	}
	if _, err := n.db.Raw().ExecContext(ctx, "drop schema if exists public cascade"); err != nil {
		return fmt.Errorf("remove the tables that were made: %w", err)
	}
	text := "create schema public"
	if n.renamed != "" {
		text = "alter schema " + n.renamed + " rename to public"
	}
	if _, err := n.db.Raw().ExecContext(ctx, text); err != nil {
		return fmt.Errorf("bring the former tables back: %w", err)
	}
	return nil
}

// move puts what was staged in its place, the database last: until then a program
// that starts finds the staging folder and refuses.
func (n *newcomer) move(now time.Time) error {
	if n.target.Replace {
		if err := n.setAside(now); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(n.folder)
	if err != nil {
		return fmt.Errorf("list what was restored: %w", err)
	}
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return boolOrder(!a.IsDir(), !b.IsDir()) })
	for _, e := range entries {
		to := filepath.Join(n.target.Folder, e.Name())
		if _, err := os.Lstat(to); err == nil && !n.about.Files {
			continue // keys and files that stayed
		}
		if !e.IsDir() {
			if err := syncFile(filepath.Join(n.folder, e.Name())); err != nil {
				return err
			}
		}
		if err := os.Rename(filepath.Join(n.folder, e.Name()), to); err != nil {
			return fmt.Errorf("put %s in its place: %w", e.Name(), err)
		}
	}
	if err := syncFolder(n.target.Folder); err != nil {
		return err
	}
	if err := os.RemoveAll(n.folder); err != nil {
		return fmt.Errorf("remove the staging folder: %w", err)
	}
	return syncFolder(n.target.Folder)
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// setAside moves what the archive replaces into a folder of its own.
func (n *newcomer) setAside(now time.Time) error {
	stay := append([]string{Staging, "backups"}, aside...)
	if !n.about.Files {
		stay = append(stay, "files", "keys", "uploads")
	}
	entries, err := os.ReadDir(n.target.Folder)
	if err != nil {
		return fmt.Errorf("list the data folder: %w", err)
	}
	to := filepath.Join(n.target.Folder, "replaced-"+now.UTC().Format("20060102-150405"))
	if err := os.Mkdir(to, 0o700); err != nil {
		return fmt.Errorf("make the folder of what is replaced: %w", err)
	}
	for _, e := range entries {
		if slices.Contains(stay, e.Name()) || strings.HasPrefix(e.Name(), "replaced-") {
			continue
		}
		if err := os.Rename(filepath.Join(n.target.Folder, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return fmt.Errorf("set %s aside: %w", e.Name(), err)
		}
	}
	return syncFolder(to)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open %s to sync it: %w", path, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}
