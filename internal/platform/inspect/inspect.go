// Package inspect says what a file really is and what it hides; an inspection reads bytes within bounds and never runs, renders or writes them.
package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"transformateur/internal/platform/errs"
)

// Severity says what a problem means for the file.
type Severity int

// Warn lets the file in and is shown beside it; Refuse keeps it out.
const (
	Warn Severity = iota
	Refuse
)

// Problem is one thing found. Path is the entry inside an archive, or "" for
// the file itself.
type Problem struct {
	errs.Field
	Severity Severity
}

// Limits bound an inspection. Zero values take those of DefaultLimits.
type Limits struct {
	MaxSize      int64  // of the file, bytes
	Entries      int    // in one archive
	Uncompressed int64  // everything in the file once inflated, bytes
	Ratio        int64  // inflated over compressed, for anything above 10 MB
	Depth        int    // archives within archives
	Pixels       int64  // of a picture
	Accept       []Kind // what the question asks for; nil is every kind that is not refused by itself
	AllowMarkup  bool   // SVG and HTML without script may pass
}

// DefaultLimits suit attachments of up to 100 MB on a small machine.
func DefaultLimits() Limits {
	return Limits{MaxSize: 100 << 20, Entries: 5000, Uncompressed: 256 << 20, Ratio: 200, Depth: 2, Pixels: 50_000_000}
}

func (l Limits) filled() Limits {
	d := DefaultLimits()
	l.MaxSize = first(l.MaxSize, d.MaxSize)
	l.Entries = first(l.Entries, d.Entries)
	l.Uncompressed = first(l.Uncompressed, d.Uncompressed)
	l.Ratio = first(l.Ratio, d.Ratio)
	l.Depth = first(l.Depth, d.Depth)
	l.Pixels = first(l.Pixels, d.Pixels)
	return l
}

func first[T comparable](a, b T) T {
	var zero T
	if a == zero {
		return b
	}
	return a
}

// Report is what an inspection found. Pages, Width, Height and Orientation (the
// EXIF value, 1 to 8) are 0 when they are not known. Located means that the
// picture says where it was taken.
type Report struct {
	Kind          Kind
	MIME          string
	Size          int64
	Pages         int
	Width, Height int
	Orientation   int
	Located       bool
	Problems      []Problem
	Macros        bool
	EmbeddedFiles bool
	Script        bool
	External      bool
	Encrypted     bool
}

// Refused says whether anything found keeps the file out.
func (r Report) Refused() bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Severity == Refuse })
}

// Err is nil for a file that may come in, else errs.Invalid with one field for
// each problem that keeps it out.
func (r Report) Err() error {
	var fields []errs.Field
	for _, p := range r.Problems {
		if p.Severity == Refuse {
			fields = append(fields, p.Field)
		}
	}
	return errs.NewInvalid("inspect.refused", fields)
}

// Cleanable says whether Strip can write a copy of this kind that tells less.
func (r Report) Cleanable() bool {
	return r.Kind.picture() || r.Kind.office() || slices.Contains([]Kind{PDF, TXT, CSV, MP3}, r.Kind)
}

// Has says whether a problem with this key was found.
func (r Report) Has(key string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Key == key })
}

const (
	headSize     = 4096
	maxProblems  = 40
	nestedMemory = 32 << 20 // held at once for files inside archives
)

// inspection is the work on one deposited file, with what is left of its bounds.
type inspection struct {
	ctx      context.Context
	limits   Limits
	report   *Report
	path     string // of the entry being looked at, "" for the file itself
	depth    int
	memory   *int64
	inflated *int64
}

func (in *inspection) add(s Severity, key string, args ...any) {
	p := Problem{Field: errs.Field{Path: in.path, Key: key, Args: args}, Severity: s}
	for _, q := range in.report.Problems {
		if q.Key == p.Key && q.Path == p.Path {
			return
		}
	}
	if len(in.report.Problems) < maxProblems || s == Refuse && !in.report.Refused() {
		in.report.Problems = append(in.report.Problems, p)
	}
}

func (in *inspection) refuse(key string, args ...any) { in.add(Refuse, key, args...) }
func (in *inspection) warn(key string, args ...any)   { in.add(Warn, key, args...) }

// Inspect looks into a file of size bytes called name. What is wrong with the
// file is in the Report; the error is for what prevented the inspection: a file
// that cannot be read, or a context that ended. It holds at most 64 MB and
// inflates at most Limits.Uncompressed. r is read at random places: give it a
// local file, not one that is fetched piece by piece.
func Inspect(ctx context.Context, r io.ReaderAt, size int64, name string, limits Limits) (Report, error) {
	limits = limits.filled()
	memory, inflated := int64(nestedMemory), limits.Uncompressed
	report := Report{Kind: Unknown, Size: size}
	in := &inspection{ctx: ctx, limits: limits, report: &report, memory: &memory, inflated: &inflated}
	in.checkName(name)
	if size > limits.MaxSize {
		in.refuse("inspect.too_large", max(limits.MaxSize/1_000_000, 1))
		return report, nil
	}
	kind, err := in.look(r, size, SafeName(name))
	report.Kind, report.MIME = kind, kind.MIME()
	if stopped := ctx.Err(); stopped != nil {
		err = stopped
	}
	var f *fault
	if errors.As(err, &f) {
		in.refuse(f.key, f.args...)
		err = nil
	}
	if err != nil {
		return report, fmt.Errorf("inspect %s file of %d bytes: %w", kind, size, err)
	}
	in.accept(kind)
	return report, nil
}

// accept applies what the question asks for, once the kind is known. What is
// empty or a program was refused already, in better words.
func (in *inspection) accept(kind Kind) {
	asked := slices.Contains(in.limits.Accept, kind)
	switch {
	case asked, kind == Empty, kind == Executable:
	case kind == Unknown:
		in.refuse("inspect.unknown_kind")
	case kind == Archive:
		in.refuse("inspect.archive_closed")
	case in.limits.Accept != nil:
		in.refuse("inspect.not_accepted", kind.Extension())
	}
}

// fault is something wrong with the file that ends the look into it.
type fault struct {
	key  string
	args []any
}

func (f *fault) Error() string { return f.key }

func wrong(key string, args ...any) error { return &fault{key, args} }

// look finds the kind and does what that kind asks for.
func (in *inspection) look(r io.ReaderAt, size int64, name string) (Kind, error) {
	head, err := headOf(r, size)
	if err != nil {
		return Unknown, err
	}
	kind := KindOf(head, name)
	if kind == ZIP || kind.office() {
		kind, err = in.archive(r, size, kind)
	} else {
		err = in.single(r, size, kind, head)
	}
	if err == nil && kind != Empty && kind != Unknown && !fits(extension(name), kind) {
		in.refuse("inspect.mismatch", extension(name), kind.Extension())
	}
	if err == nil && !bytes.HasPrefix(head, []byte("PK")) {
		err = in.hiddenZip(r, size)
	}
	return kind, err
}

func headOf(r io.ReaderAt, size int64) ([]byte, error) {
	head := make([]byte, min(size, headSize))
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read the first bytes: %w", err)
	}
	return head[:n], nil
}

func (in *inspection) single(r io.ReaderAt, size int64, kind Kind, head []byte) error {
	whole := in.section(r, 0, size)
	switch kind {
	case Empty:
		in.refuse("inspect.empty")
	case Executable:
		in.refuse("inspect.program")
	case HEIC:
		in.refuse("inspect.heic")
	case PDF:
		return in.pdf(r, size, head)
	case PNG, JPEG, GIF, WebP:
		return in.picture(r, size, kind)
	case OLE:
		return in.ole(whole)
	case RTF:
		return in.rtf(whole)
	case SVG, HTML, XML:
		return in.markup(whole, kind)
	case CSV, TXT:
		return in.text(whole, kind)
	}
	return nil
}

// section reads part of a file and stops when the context does.
func (in *inspection) section(r io.ReaderAt, from, to int64) io.Reader {
	return &patient{in.ctx, io.NewSectionReader(r, from, max(to-from, 0))}
}

type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
