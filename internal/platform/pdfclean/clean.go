// Package pdfclean reads the objects of a PDF without trusting its tables, and writes the copy that no longer says who made it; a cleaned PDF shows the same pages.
package pdfclean

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"transformateur/internal/platform/errs"
)

// patch replaces n bytes of a file by as many others: by, or with again and again.
type patch struct {
	at, n int64
	by    []byte
	with  byte
}

// cleaning is the work on one PDF: it never moves a byte, so that every offset
// of the file stays right. An object that must change its length is blanked where
// it stands and written again at the end, as an editor would (ISO 32000-1 §7.5.6).
type cleaning struct {
	ctx     context.Context
	r       io.ReaderAt
	size    int64
	left    []string       // message keys of what may still tell
	infos   map[int64]bool // objects that are information dictionaries
	patches []patch
	again   []again
	budget  int64 // bytes that may still be inflated
	objects int
	held    int // bytes in again

	window   []byte // see view
	windowAt int64
}

// again is an object that is written again.
type again struct {
	number, generation int64
	body               []byte
}

const (
	packetSize = 2 << 20
	finds      = 2000
	objectSize = 8 << 20 // of one object, without its stream
	objectsMax = 500_000
	packedSize = 8 << 20  // of one object stream, inflated
	heldSize   = 16 << 20 // of the objects that are written again
)

var infoRef = regexp.MustCompile(`^/Info\s+(\d{1,8})\s+\d{1,5}\s+R`)

// Locked is the key that Clean leaves for a PDF that needs a password: it is
// copied as it is.
const Locked = "inspect.left_encrypted"

// Clean writes to w a copy of a PDF with its information dictionaries (ISO
// 32000-1 §14.3.3), its XMP metadata (§14.3.2), the authors of its comments
// (§12.5.6.2) and what its photographs tell blanked, in plain objects and in
// compressed object streams alike, older revisions too. It gives the message keys
// of what may still tell; the copy is clean when there are none. inflate bounds
// what is inflated, in bytes. A file that is too confused is errs.Invalid.
func Clean(ctx context.Context, r io.ReaderAt, size, inflate int64, w io.Writer) (left []string, err error) {
	s := &cleaning{ctx: ctx, r: r, size: size, infos: map[int64]bool{}, budget: inflate}
	locked, err := s.survey()
	if err != nil {
		return nil, fmt.Errorf("read a PDF: %w", err)
	}
	if locked {
		if _, err := io.Copy(&stopping{ctx, w}, s.whole()); err != nil {
			return nil, fmt.Errorf("copy a PDF: %w", err)
		}
		return []string{Locked}, nil
	}
	for _, step := range []func() error{s.everyObject, s.packets} {
		if err := step(); err != nil {
			return s.left, fmt.Errorf("clean a PDF: %w", err)
		}
	}
	end := s.appendix()
	if err := s.write(w); err != nil {
		return s.left, err
	}
	if _, err := w.Write(end); err != nil {
		return s.left, fmt.Errorf("write a cleaned PDF: %w", err)
	}
	return s.left, nil
}

func (s *cleaning) leave(key string) {
	if !slices.Contains(s.left, key) {
		s.left = append(s.left, key)
	}
}

func unseen() error { return errs.New(errs.Invalid, "inspect.pdf_unseen") }

// patient and stopping are a reader and a writer that stop when the context does.
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

type stopping struct {
	ctx context.Context
	w   io.Writer
}

func (s *stopping) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}

func (s *cleaning) whole() io.Reader { return &patient{s.ctx, io.NewSectionReader(s.r, 0, s.size)} }

func (s *cleaning) at(from int64, n int) []byte {
	b := make([]byte, min(int64(n), max(s.size-from, 0)))
	got, _ := s.r.ReadAt(b, from)
	return b[:got]
}

// survey finds the objects that hold the information, and what cannot be cleaned.
func (s *cleaning) survey() (locked bool, err error) {
	err = Names(s.whole(), func(name string, at int64) {
		switch name {
		case "Info":
			if m := infoRef.FindSubmatch(s.at(at, 40)); m != nil && len(s.infos) < 100 {
				n, _ := strconv.ParseInt(string(m[1]), 10, 64)
				s.infos[n] = true
			}
		case "Encrypt":
			locked = true
		case "ByteRange":
			s.leave("inspect.left_signature")
		case "EmbeddedFile":
			s.leave("inspect.left_embedded")
		case "AIMetaData", "AIPrivateData1", "AIPDFPrivateData1":
			s.leave("inspect.left_pdf_private")
		}
	})
	return locked, err
}

// keptInfo are the entries that tell when, not who.
var keptInfo = []string{"CreationDate", "ModDate", "Trapped", "CreationDate--Text", "M"}

// commented are the annotations whose T is the name of who wrote them; that of a
// form field is the name of the field.
var commented = []string{"Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly",
	"StrikeOut", "Stamp", "Caret", "Ink", "FileAttachment", "Sound", "Redact", "Popup", "Projection"}

// judge calls blank with the strings of a dictionary that say who made the file;
// info says that it is an information dictionary.
func (s *cleaning) judge(f *frame, info bool, blank func(value)) {
	author := func(v value) bool {
		return (v.sort == '(' || v.sort == '<') && (v.key == "Author" || v.key == "Creator" || v.key == "Producer" || v.key == "Company")
	}
	note := f.name("Type") == "Annot" && f.name("Subtype") != "Widget" || slices.Contains(commented, f.name("Subtype"))
	info = info || !note && slices.ContainsFunc(f.entries, author)
	for _, v := range f.entries {
		told := info && !slices.Contains(keptInfo, v.key) || note && v.key == "T"
		switch {
		case !told:
		case v.sort == '(', v.sort == '<':
			blank(v)
		case v.sort == 'R' && note:
			s.leave("inspect.left_pdf_comments")
		case v.sort == 'R':
			s.leave("inspect.left_pdf_info")
		}
	}
}

// spaces is a blank string of n bytes, in the notation of the value.
func (v value) spaces(n int) []byte {
	with := " "
	if v.sort == '<' {
		with = "20"
	}
	return bytes.Repeat([]byte(with), n/len(with)+1)[:n]
}

func (s *cleaning) fill(at, n int64, with byte) {
	if n > 0 {
		s.patches = append(s.patches, patch{at: at, n: n, with: with})
	}
}

// packets blanks what stands between the two instructions of each XMP packet
// (ISO 16684-1 §7.3), wherever it is plain.
func (s *cleaning) packets() error {
	starts, err := s.find([]byte("<?xpacket begin"))
	if err != nil {
		return err
	}
	for _, at := range starts {
		b := s.at(at, packetSize)
		from := bytes.Index(b, []byte("?>")) + 2
		to := bytes.Index(b, []byte("<?xpacket end"))
		if from < 2 || to < from {
			s.leave("inspect.left_pdf_xmp")
			continue
		}
		s.fill(at+int64(from), int64(to-from), ' ')
	}
	return nil
}

// find gives every place where needle stands.
func (s *cleaning) find(needle []byte) ([]int64, error) {
	var places []int64
	for from := int64(0); ; {
		at, err := s.next(needle, from)
		if err != nil || at < 0 {
			return places, err
		}
		if len(places) == finds {
			return nil, unseen()
		}
		places = append(places, at)
		from = at + int64(len(needle))
	}
}

// view gives up to n bytes at a place, from a window that is kept: what is looked
// at next is most often near. The bytes are valid until the next call.
func (s *cleaning) view(from int64, n int) ([]byte, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	n = int(min(int64(n), max(s.size-from, 0)))
	if from < s.windowAt || from+int64(n) > s.windowAt+int64(len(s.window)) {
		want := max(n, window)
		if cap(s.window) < want {
			s.window = make([]byte, want)
		}
		s.window, s.windowAt = s.window[:want], from
		got, err := s.r.ReadAt(s.window, from)
		s.window = s.window[:got]
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("read at %d: %w", from, err)
		}
	}
	b := s.window[from-s.windowAt:]
	return b[:min(n, len(b))], nil
}

// next gives the first place at or after from where needle stands, or -1.
func (s *cleaning) next(needle []byte, from int64) (int64, error) {
	for step := 4 << 10; ; step = window {
		b, err := s.view(from, step)
		if err != nil {
			return -1, err
		}
		if at := bytes.Index(b, needle); at >= 0 {
			return from + int64(at), nil
		}
		if from+int64(len(b)) >= s.size || len(b) < len(needle) {
			return -1, nil
		}
		from += int64(len(b) - len(needle) + 1)
	}
}

// write copies the file with its patches. Two that overlap come from a file
// made to confuse: the first wins where it stands.
func (s *cleaning) write(w io.Writer) error {
	slices.SortStableFunc(s.patches, func(a, b patch) int { return int(min(max(a.at-b.at, -1), 1)) })
	pos := int64(0)
	copyTo := func(to int64) error {
		n, err := io.Copy(w, &patient{s.ctx, io.NewSectionReader(s.r, pos, to-pos)})
		pos += n
		return err
	}
	for _, p := range s.patches {
		if p.at < pos {
			skip := min(pos-p.at, p.n)
			p.at, p.n = p.at+skip, p.n-skip
			p.by = p.by[min(skip, int64(len(p.by))):]
		}
		if p.n == 0 || p.at+p.n > s.size {
			continue
		}
		if err := copyTo(p.at); err != nil {
			return fmt.Errorf("write a cleaned PDF: %w", err)
		}
		from := io.Reader(bytes.NewReader(p.by))
		if p.by == nil {
			from = io.LimitReader(same(p.with), p.n)
		}
		if _, err := io.Copy(&stopping{s.ctx, w}, from); err != nil {
			return fmt.Errorf("write a cleaned PDF: %w", err)
		}
		pos += p.n
	}
	if err := copyTo(s.size); err != nil {
		return fmt.Errorf("write a cleaned PDF: %w", err)
	}
	return nil
}

// same is one byte without end.
type same byte

func (s same) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(s)
	}
	return len(b), nil
}
