package inspect

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"transformateur/internal/platform/pdfclean"
	"transformateur/internal/platform/picture"
)

// StripDocument writes a copy of an Office, ODF or PDF document without the
// names of its authors, of their organisation and of who commented or changed
// it, and without the places its JPEG and PNG pictures were taken at. The text
// itself may still name people: nobody but its author can judge that. What
// could not be cleaned is in Cleaned.Left. A file that is none of these, or is
// damaged, is errs.Invalid.
func StripDocument(ctx context.Context, r io.ReaderAt, size int64, w io.Writer) (Cleaned, error) {
	head, err := headOf(r, size)
	if err != nil {
		return Cleaned{}, err
	}
	switch kind := KindOf(head, ""); {
	case kind == PDF:
		c := Cleaned{Kind: PDF}
		left, err := pdfclean.Clean(ctx, r, size, DefaultLimits().Uncompressed, w)
		for _, key := range left {
			c.leave("", key)
		}
		return c, err
	case kind == ZIP, kind.office():
		c, err := stripZip(ctx, r, size, w, 0)
		return c, asError(err)
	}
	return Cleaned{}, asError(wrong("inspect.not_document"))
}

// stripper is the work on one Office or ODF document.
type stripper struct {
	in   *inspection
	z    *zipFile
	out  *zip.Writer
	kind Kind
	done Cleaned

	depth int // documents within documents
}

func stripZip(ctx context.Context, r io.ReaderAt, size int64, w io.Writer, depth int) (Cleaned, error) {
	limits := DefaultLimits()
	memory, inflated := int64(nestedMemory), limits.Uncompressed
	in := &inspection{ctx: ctx, limits: limits, report: &Report{}, memory: &memory, inflated: &inflated}
	z, err := openZip(r, size, limits.Entries)
	if err != nil {
		return Cleaned{}, err
	}
	if err := in.checkTotals(z, size); err != nil {
		return Cleaned{}, err
	}
	kind, err := in.zipKind(z)
	if err != nil {
		return Cleaned{}, err
	}
	s := &stripper{in: in, z: z, kind: kind, done: Cleaned{Kind: kind}, depth: depth}
	if locked, err := s.locked(); err != nil || locked || !kind.office() {
		if err != nil {
			return s.done, err
		}
		key := "inspect.left_kind"
		if locked {
			key = "inspect.left_encrypted"
		}
		s.done.leave("", key)
		return s.done, copyAll(ctx, r, size, w)
	}
	s.out = zip.NewWriter(&stopping{ctx, w})
	for _, e := range z.entries {
		if err := s.entry(e); err != nil {
			return s.done, fmt.Errorf("clean %s: %w", e.name, err)
		}
	}
	if err := s.out.Close(); err != nil {
		return s.done, fmt.Errorf("write a cleaned copy: %w", err)
	}
	return s.done, nil
}

// locked says whether the document needs a password.
func (s *stripper) locked() (bool, error) {
	if slices.ContainsFunc(s.z.entries, func(e zipEntry) bool { return e.flags&1 != 0 }) {
		return true, nil
	}
	e, ok := s.z.find("META-INF/manifest.xml")
	if !ok {
		return false, nil
	}
	r, err := s.in.open(s.z, e)
	if err != nil {
		return false, err
	}
	locked := false
	err = search(r, [][]byte{[]byte("encryption-data")}, func(int) bool { locked = true; return true })
	return locked, err
}

// entry copies one part, cleaned when a rule says so, else byte for byte. The
// dates and the user numbers that zips carry are left out.
func (s *stripper) entry(e zipEntry) error {
	if key := leftBehind(e.name); key != "" && !e.folder() {
		s.done.leave(e.name, key)
	}
	rule, ok := ruleFor(s.kind, e.name)
	if !ok {
		switch ext := strings.ToLower(path.Ext(e.name)); {
		case ext == ".svg":
			rule = drawingNames
		case slices.Contains(pictureExtensions, ext):
			return s.pictureEntry(e)
		case strings.Contains(strings.ToLower(e.name), "/embeddings/") && !e.folder():
			return s.embedded(e)
		default:
			return s.raw(e)
		}
	}
	in, err := s.in.open(s.z, e)
	if err != nil {
		return err
	}
	text, wide, err := asUTF8(in)
	if err == nil && wide {
		s.done.leave(e.name, "inspect.left_part")
		return s.raw(e)
	}
	if err != nil {
		return err
	}
	to, err := s.out.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
	if err != nil {
		return fmt.Errorf("start a part: %w", err)
	}
	return rule.rewrite(text, to)
}

func (s *stripper) raw(e zipEntry) error {
	to, err := s.out.CreateRaw(&zip.FileHeader{
		Name: e.name, Method: e.method, Flags: e.flags & 0x800, CRC32: e.crc,
		CompressedSize64: uint64(e.packed), UncompressedSize64: uint64(e.size),
	})
	if err != nil {
		return fmt.Errorf("start a part: %w", err)
	}
	if _, err := io.Copy(to, s.z.raw(e)); err != nil {
		return fmt.Errorf("copy a part: %w", err)
	}
	return nil
}

// pictureExtensions are those of the pictures that documents hold.
var pictureExtensions = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".tif", ".tiff", ".heic"}

const embeddedSize = 8 << 20 // of a document in a document that is cleaned too

// embedded cleans a document that stands in this one, such as the table of a chart.
func (s *stripper) embedded(e zipEntry) error {
	inside := func() ([]byte, bool, error) {
		if e.size > embeddedSize || s.depth >= s.in.limits.Depth {
			return nil, false, nil
		}
		body, err := s.in.all(s.z, e, embeddedSize)
		if kind := KindOf(body[:min(len(body), headSize)], ""); err != nil || kind != ZIP && !kind.office() {
			return nil, false, err
		}
		var out bytes.Buffer
		c, err := stripZip(s.in.ctx, bytes.NewReader(body), int64(len(body)), &out, s.depth+1)
		var f *fault
		if errors.As(err, &f) {
			return nil, false, nil
		}
		return out.Bytes(), c.Clean(), err
	}
	body, clean, err := inside()
	if err != nil {
		return err
	}
	if !clean {
		s.done.leave(e.name, "inspect.left_embedded")
		return s.raw(e)
	}
	to, err := s.out.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Store})
	if err != nil {
		return fmt.Errorf("start a part: %w", err)
	}
	if _, err := to.Write(body); err != nil {
		return fmt.Errorf("write a part: %w", err)
	}
	return nil
}

// pictureEntry takes the metadata out of a picture without decoding it.
func (s *stripper) pictureEntry(e zipEntry) error {
	read := func() (*bufio.Reader, error) {
		r, err := s.in.open(s.z, e)
		return bufio.NewReaderSize(r, headSize), err
	}
	r, err := read()
	if err != nil {
		return err
	}
	head, _ := r.Peek(12)
	kind := KindOf(head, "")
	switch {
	case slices.Contains([]string{".tif", ".tiff", ".heic"}, strings.ToLower(path.Ext(e.name))):
		s.done.leave(e.name, "inspect.left_part")
		return s.raw(e)
	case !kind.picture():
		return s.raw(e)
	}
	p, err := picture.Read(r, e.size, picture.Format(kind))
	if err != nil {
		return err
	}
	if !p.Whole {
		s.done.leave(e.name, "inspect.left_part")
		return s.raw(e)
	}
	if r, err = read(); err != nil {
		return err
	}
	to, err := s.out.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Store})
	if err != nil {
		return fmt.Errorf("start a picture: %w", err)
	}
	return picture.Rewrite(r, to, picture.Format(kind), p, e.size)
}

// leftBehind gives the key of what a part may tell and nobody can clean
// without breaking it.
func leftBehind(name string) string {
	lower := strings.ToLower(name)
	switch {
	case strings.HasPrefix(lower, "_xmlsignatures/"), lower == "meta-inf/documentsignatures.xml":
		return "inspect.left_signature"
	}
	return ""
}
