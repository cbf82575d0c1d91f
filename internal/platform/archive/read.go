package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"path"
	"slices"
	"strings"

	"transformateur/internal/platform/errs"
)

// visitor is given the parts of an archive as they are read. Nothing of it is
// proved before the manifest: a visitor keeps what it is given aside until then.
type visitor interface {
	head(ctx context.Context, h Head) error
	rows(ctx context.Context, table string, lines io.Reader) error
	blob(ctx context.Context, digest string, size int64, content io.Reader) error
	key(name string, content []byte) error
}

// reading is an archive being read, with what was seen of it.
type reading struct {
	tar    *tar.Reader
	head   Head
	seen   []Entry
	sums   []Sum
	hash   hash.Hash // of the table under way
	closed Manifest
}

const (
	mostJSON = 1 << 30 // of a head or a manifest, in bytes: some millions of files
	mostKey  = 1 << 20
)

// source remembers that an error came from the archive, not from who was given its content.
type source struct {
	r    io.Reader
	err  error
	ctx  context.Context
	name string
}

func (s *source) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		err = damaged(s.name, err)
		s.err = err
	}
	return n, err
}

// scan reads a whole archive, gives its parts to v, and returns once every digest
// of the manifest was compared and nothing is left over.
//
// Errors: those of Key; Invalid "archive.not_one", "archive.newer_format",
// "archive.damaged"; whatever v says.
func scan(ctx context.Context, r io.Reader, key Key, v visitor) (Head, Manifest, error) {
	plain, err := key.open(r)
	if err != nil {
		return Head{}, Manifest{}, err
	}
	squeezed := bufio.NewReaderSize(&source{r: plain, ctx: ctx, name: "archive"}, 256<<10)
	unzip, err := gzip.NewReader(squeezed)
	if err != nil {
		if errs.KeyOf(err) != "" {
			return Head{}, Manifest{}, err
		}
		return Head{}, Manifest{}, errs.New(errs.Invalid, "archive.not_one").Because(err)
	}
	unzip.Multistream(false)
	in := &reading{tar: tar.NewReader(unzip)}
	if err := in.parts(ctx, v); err != nil {
		return in.head, in.closed, err
	}
	rest := &source{r: unzip, ctx: ctx, name: "archive"}
	left, err := io.Copy(io.Discard, rest) // the checksum of gzip stands at the end
	if err == nil && left == 0 {
		left, err = io.Copy(io.Discard, squeezed)
	}
	if err == nil && left > 0 {
		err = damaged("archive", errors.New("something follows the end"))
	}
	return in.head, in.closed, err
}

func (in *reading) parts(ctx context.Context, v visitor) error {
	for {
		h, err := in.tar.Next()
		if err == io.EOF {
			if in.closed.Entries == nil {
				return damaged("manifest.json", errors.New("it is missing"))
			}
			return nil
		}
		if err != nil {
			return damaged("archive", err)
		}
		if in.closed.Entries != nil || h.Typeflag != tar.TypeReg || h.Size < 0 {
			return damaged(h.Name, errors.New("nothing of this kind belongs here"))
		}
		sum, from := sha256.New(), &source{r: in.tar, ctx: ctx, name: h.Name}
		body := io.TeeReader(from, sum)
		err = in.part(ctx, h.Name, h.Size, body, v)
		if from.err != nil {
			return from.err
		}
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return err
		}
		if h.Name != "manifest.json" {
			in.seen = append(in.seen, Entry{h.Name, h.Size, hexOf(sum)})
		}
	}
}

func (in *reading) part(ctx context.Context, name string, size int64, body io.Reader, v visitor) error {
	if (name == "head.json") != (len(in.seen) == 0) {
		return errs.New(errs.Invalid, "archive.not_one")
	}
	kind, rest, _ := strings.Cut(name, "/")
	switch {
	case name == "head.json":
		if err := readJSON(name, size, body, &in.head); err != nil {
			return err
		}
		if in.head.Format != Format {
			return errs.New(errs.Invalid, "archive.newer_format", in.head.Format)
		}
		return v.head(ctx, in.head)
	case name == "manifest.json":
		if err := readJSON(name, size, body, &in.closed); err != nil {
			return err
		}
		return in.compare()
	case kind == "tables" && path.Base(rest) != rest:
		return in.table(ctx, path.Dir(rest), body, v)
	case kind == "files":
		return v.blob(ctx, rest, size, body)
	case kind == "keys" && path.Base(rest) == rest && rest != "." && rest != ".." && size <= mostKey:
		content, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		return v.key(rest, content)
	}
	return damaged(name, errors.New("nothing of this name belongs here"))
}

// table passes on a part of a table, and goes on with the sum of the whole.
func (in *reading) table(ctx context.Context, name string, body io.Reader, v visitor) error {
	if !slices.ContainsFunc(in.head.Tables, func(t Table) bool { return t.Name == name }) {
		return damaged("tables/"+name, errors.New("the head does not name it"))
	}
	if len(in.sums) == 0 || in.sums[len(in.sums)-1].Table != name {
		in.endTable()
		in.sums, in.hash = append(in.sums, Sum{Table: name}), sha256.New()
	}
	lines := &lineCounter{}
	err := v.rows(ctx, name, io.TeeReader(io.TeeReader(body, in.hash), lines))
	in.sums[len(in.sums)-1].Rows += lines.n
	return err
}

func (in *reading) endTable() {
	if len(in.sums) > 0 && in.hash != nil {
		in.sums[len(in.sums)-1].SHA256 = hexOf(in.hash)
	}
	in.hash = nil
}

// compare holds what was read against the manifest.
func (in *reading) compare() error {
	in.endTable()
	if !slices.Equal(in.seen, in.closed.Entries) {
		for i, want := range in.closed.Entries {
			if i >= len(in.seen) || in.seen[i] != want {
				return damaged(want.Name, errors.New("it is not what the manifest says"))
			}
		}
		return damaged(in.seen[len(in.closed.Entries)].Name, errors.New("the manifest does not know it"))
	}
	full := slices.DeleteFunc(slices.Clone(in.closed.Tables), func(s Sum) bool { return s.Rows == 0 })
	if !slices.Equal(in.sums, full) {
		return damaged("tables", errors.New("they are not what the manifest says"))
	}
	return nil
}

type lineCounter struct{ n int64 }

func (c *lineCounter) Write(b []byte) (int, error) {
	c.n += int64(bytes.Count(b, []byte{'\n'}))
	return len(b), nil
}

func readJSON(name string, size int64, body io.Reader, into any) error {
	if size > mostJSON {
		return damaged(name, errors.New("it is too long"))
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return damaged(name, err)
	}
	return nil
}

// Verify reads a whole archive and compares every digest of its manifest, without
// restoring anything.
//
// Errors: those of Key; Invalid "archive.not_one", "archive.newer_format", "archive.damaged".
func Verify(ctx context.Context, r io.Reader, key Key) (Head, Manifest, error) {
	return scan(ctx, r, key, reader{})
}

// reader visits an archive and keeps nothing.
type reader struct{}

func (reader) head(context.Context, Head) error                             { return nil }
func (reader) rows(_ context.Context, _ string, lines io.Reader) error      { return drain(lines) }
func (reader) blob(_ context.Context, _ string, _ int64, c io.Reader) error { return drain(c) }
func (reader) key(string, []byte) error                                     { return nil }

func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
