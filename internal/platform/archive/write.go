package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
)

// Source is an install to put in an archive.
type Source struct {
	DB     *db.DB
	Blobs  blob.Store // nil leaves the files where they are
	Keys   string     // the folder of its keys; absent, there are none
	MadeAt time.Time
}

// part is how many bytes of rows make a part of a table: what is held in memory.
const part = 1 << 20

// writer writes the parts of an archive and notes their digests.
type writer struct {
	tar  *tar.Writer
	at   time.Time
	made Manifest
}

// Write puts an install in an archive while it serves. The tables are read in one
// transaction that begins first; blobs never change and are kept before the rows
// that name them, so whatever the snapshot names is found afterwards.
func Write(ctx context.Context, w io.Writer, s Source) (Manifest, error) {
	squeeze, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return Manifest{}, err
	}
	out := &writer{tar: tar.NewWriter(squeeze), at: s.MadeAt.UTC().Truncate(time.Second)}
	schema, err := s.DB.Schema(ctx)
	if err != nil {
		return out.made, err
	}
	tx, err := snapshot(ctx, s.DB)
	if err != nil {
		return out.made, err
	}
	defer tx.Rollback()
	named, err := out.database(ctx, tx, s, schema.Have)
	if err != nil {
		return out.made, err
	}
	if s.Blobs != nil {
		if err := out.blobs(ctx, s.Blobs, named); err != nil {
			return out.made, err
		}
	}
	if err := out.keys(s.Keys); err != nil {
		return out.made, err
	}
	if err := out.add("manifest.json", encode(out.made)); err != nil {
		return out.made, err
	}
	return out.made, errors.Join(out.tar.Close(), squeeze.Close())
}

// database writes the head and every table, and lists the blobs that rows name.
func (w *writer) database(ctx context.Context, tx *sql.Tx, s Source, schema int64) (map[string]bool, error) {
	engine := s.DB.Engine()
	tables, err := tablesOf(ctx, tx, engine)
	if err != nil {
		return nil, err
	}
	head := Head{Format: Format, MadeAt: s.MadeAt.UTC(), Engine: string(engine), Schema: schema, Files: s.Blobs != nil, Tables: tables}
	if err := w.add("head.json", encode(head)); err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := w.table(ctx, tx, engine, t); err != nil {
			return nil, err
		}
	}
	return named(ctx, tx, tables)
}

func (w *writer) table(ctx context.Context, tx *sql.Tx, engine db.Engine, t Table) error {
	sum, whole := Sum{Table: t.Name}, sha256.New()
	var lines bytes.Buffer
	count := 0
	flush := func() error {
		if lines.Len() == 0 {
			return nil
		}
		count++
		err := w.add(fmt.Sprintf("tables/%s/%06d.jsonl", t.Name, count), lines.Bytes())
		lines.Reset()
		return err
	}
	err := eachRow(ctx, tx, engine, t, func(line []byte) error {
		sum.Rows++
		whole.Write(line)
		lines.Write(line)
		if lines.Len() >= part {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	sum.SHA256 = hex.EncodeToString(whole.Sum(nil))
	w.made.Tables = append(w.made.Tables, sum)
	return err
}

// named lists the digests that rows name.
func named(ctx context.Context, q querier, tables []Table) (map[string]bool, error) {
	found := map[string]bool{}
	for _, h := range holders {
		if !slices.ContainsFunc(tables, func(t Table) bool {
			return t.Name == h.table && slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == h.column })
		}) {
			continue // an older schema
		}
		rows, err := q.QueryContext(ctx, "select distinct "+h.column+" from "+h.table+" where "+h.column+" <> ''")
		if err != nil {
			return nil, fmt.Errorf("list the files that %s names: %w", h.table, err)
		}
		for rows.Next() {
			var digest string
			if err := rows.Scan(&digest); err != nil {
				rows.Close()
				return nil, fmt.Errorf("list the files that %s names: %w", h.table, err)
			}
			found[digest] = true
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, fmt.Errorf("list the files that %s names: %w", h.table, err)
		}
	}
	return found, nil
}

// blobs writes every blob of the store, and notes those that rows name in vain.
func (w *writer) blobs(ctx context.Context, store blob.Store, named map[string]bool) error {
	err := store.Walk(ctx, func(ref blob.Ref) error {
		sum, err := w.blob(ctx, store, ref)
		if err != nil {
			return fmt.Errorf("archive blob %s: %w", ref.Digest, err)
		}
		if sum != ref.Digest {
			w.made.Damaged = append(w.made.Damaged, ref.Digest)
		}
		delete(named, ref.Digest)
		return nil
	})
	for digest := range named {
		w.made.Missing = append(w.made.Missing, digest)
	}
	slices.Sort(w.made.Missing)
	return err
}

func (w *writer) blob(ctx context.Context, store blob.Store, ref blob.Ref) (string, error) {
	file, err := store.Open(ctx, ref.Digest)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return w.copy("files/"+ref.Digest, file, ref.Size)
}

// keys writes the keys of the install, and nothing else that may lie in their folder.
func (w *writer) keys(folder string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || folder == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the keys: %w", err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err == nil {
			err = w.add("keys/"+e.Name(), content)
		}
		if err != nil {
			return fmt.Errorf("archive key %s: %w", e.Name(), err)
		}
	}
	return nil
}

func (w *writer) add(name string, content []byte) error {
	_, err := w.copy(name, bytes.NewReader(content), int64(len(content)))
	return err
}

// copy writes one part of a known size and gives its digest.
func (w *writer) copy(name string, from io.Reader, size int64) (string, error) {
	head := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.at, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(head); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w.tar, sum), io.LimitReader(from, size)); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	if err := w.tar.Flush(); err != nil { // refuses a part that is shorter than announced
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	digest := hexOf(sum)
	w.made.Entries = append(w.made.Entries, Entry{name, size, digest})
	return digest, nil
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// Named lists the digests of the blobs that rows name, in order.
func Named(ctx context.Context, d *db.DB) ([]string, error) {
	tx, err := snapshot(ctx, d)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	tables, err := tablesOf(ctx, tx, d.Engine())
	if err != nil {
		return nil, err
	}
	found, err := named(ctx, tx, tables)
	return slices.Sorted(maps.Keys(found)), err
}
