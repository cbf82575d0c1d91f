package stats

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"html"
	"io"
	"os"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/text"
	"transformateur/internal/screening"
)

// maxSlug bounds the part of a folder's name that the title gives, so that paths stay
// under the 260 characters of Windows.
const maxSlug = 60

// entry is a line of the manifest of an archive.
type entry struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// leftOut is an attachment that could not leave, and why: the end of a message key.
type leftOut struct {
	File   int    `json:"file"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// archive is a ZIP being written.
type archive struct {
	writer
	out      *zip.Writer
	files    *Service
	by       account.User
	ctx      context.Context
	manifest []entry
	left     []leftOut
}

// archive writes a folder a file, with its answers as a page and as JSON and its
// attachments as evaluators get them; then the tables, which waited on the disk; then
// the manifest, with the digest of all that is before it.
func (s *Service) archive(ctx context.Context, by account.User, out io.Writer, w writer, each eachRecord) error {
	a := &archive{writer: w, out: zip.NewWriter(out), files: s, by: by, ctx: ctx}
	var tables tables
	defer tables.close()
	main, err := tables.open("files.csv", w.book(), w.heads)
	if err != nil {
		return err
	}
	more := w.blocks(func(name string, head []string) (rower, error) {
		return tables.open(fmt.Sprintf("blocks/%02d-%s.csv", len(tables), short(name)), w.book(), head)
	})
	err = each(func(record screening.Record) error {
		if err := main.Row(w.row(record, w.columns)); err != nil {
			return err
		}
		if err := more.add(record); err != nil {
			return err
		}
		return a.add(record)
	})
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := a.table(t); err != nil {
			return err
		}
	}
	return a.end()
}

// short makes a part of a path that every system takes.
func short(name string) string {
	slug := text.Slug(name)
	if len(slug) > maxSlug {
		slug = strings.Trim(slug[:maxSlug], "-")
	}
	if slug == "" {
		return "-"
	}
	return slug
}

// put writes an entry and keeps its digest.
func (a *archive) put(path string, write func(io.Writer) error) error {
	out, err := a.out.Create(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	sum := digest{Hash: sha256.New()}
	if err := write(io.MultiWriter(out, &sum)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	a.manifest = append(a.manifest, entry{path, sum.n, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// digest counts what it reads.
type digest struct {
	hash.Hash
	n int64
}

func (d *digest) Write(p []byte) (int, error) {
	d.n += int64(len(p))
	return d.Hash.Write(p)
}

func (a *archive) add(record screening.Record) error {
	folder := fmt.Sprintf("files/%04d-%s/", record.Number, short(record.Title))
	if err := a.put(folder+"answers.html", func(w io.Writer) error { return a.page(w, record) }); err != nil {
		return err
	}
	content, err := json.MarshalIndent(a.file(record), "", "  ")
	if err != nil {
		return fmt.Errorf("write the answers of %s: %w", record.ID, err)
	}
	if err := a.put(folder+"answers.json", func(w io.Writer) error { _, err := w.Write(append(content, '\n')); return err }); err != nil {
		return err
	}
	n := 0
	for _, field := range a.fields(record) {
		ids, _ := record.Answers[field.ID].([]any)
		if field.Type != "file" {
			continue
		}
		for _, id := range ids {
			n++
			if err := a.attachment(record, folder, fmt.Sprint(id), n); err != nil {
				return err
			}
		}
	}
	return nil
}

// attachment adds a joined file as its reader may have it: the copy without author,
// else the original when she may see contacts. What may not leave is said in the manifest.
func (a *archive) attachment(record screening.Record, folder, id string, n int) error {
	kept, content, err := a.files.files.Served(a.ctx, a.by, record.ID, id, false)
	switch kind := errs.KindOf(err); {
	case err == nil:
		defer content.Close()
		name := text.FileName(kept.Name)
		return a.put(fmt.Sprintf("%sattachments/%02d-%s", folder, n, name), func(w io.Writer) error { _, err := io.Copy(w, content); return err })
	case kind == errs.Conflict || kind == errs.Forbidden || kind == errs.NotFound:
		a.left = append(a.left, leftOut{record.Number, kept.Name, strings.TrimPrefix(errs.KeyOf(err), "application.")})
		return nil
	}
	return err
}

// page is the answers of a file to read without any program but a browser.
func (a *archive) page(w io.Writer, record screening.Record) error {
	speech := a.speech
	speech.Checks = record.Checks
	var b strings.Builder
	title := html.EscapeString(record.Title)
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=%q>\n<meta charset=\"utf-8\">\n<title>%s</title>\n<h1>%d. %s</h1>\n", a.speech.Lang, title, record.Number, title)
	for _, field := range a.fields(record) {
		value := record.Answers[field.ID]
		if value == nil {
			continue
		}
		said := html.EscapeString(field.Plain(value, speech))
		fmt.Fprintf(&b, "<h2>%s</h2>\n<p>%s</p>\n", html.EscapeString(field.Label.In(a.speech.Lang)), strings.ReplaceAll(said, "\n", "<br>\n"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table adds a table that waited on the disk.
func (a *archive) table(t *table) error {
	if err := t.rows.Close(); err != nil {
		return err
	}
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read %s again: %w", t.path, err)
	}
	return a.put(t.path, func(w io.Writer) error { _, err := io.Copy(w, t.file); return err })
}

func (a *archive) end() error {
	if a.manifest == nil {
		a.manifest = []entry{}
	}
	out, err := a.out.Create("manifest.json")
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(map[string]any{"format": JSONFormat, "call": a.call.ID, "entries": a.manifest, "left_out": append([]leftOut{}, a.left...)}); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return a.out.Close()
}

// table is a sheet that waits on the disk until its rows are known.
type table struct {
	path string
	file *os.File
	rows *sheet.CSVStream
}

// Row writes a row.
func (t *table) Row(cells []any) error { return t.rows.Row(cells) }

type tables []*table

func (ts *tables) open(path string, book sheet.Book, head []string) (rower, error) {
	file, err := os.CreateTemp("", "export-*.csv")
	if err != nil {
		return nil, fmt.Errorf("keep a table aside: %w", err)
	}
	t := &table{path: path, file: file}
	*ts = append(*ts, t)
	t.rows, err = book.StreamCSV(file, head, true)
	return t, err
}

func (ts *tables) close() {
	for _, t := range *ts {
		t.file.Close()
		os.Remove(t.file.Name())
	}
}
