package inspect

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"slices"

	"transformateur/internal/platform/pdfclean"
)

const (
	pdfLookAround = 4096 // how far a stream's dictionary may stand from its word
	pdfObjects    = 20_000
	pdfInflate    = 64 << 20
)

// pdfScan is what the names of a PDF tell.
type pdfScan struct {
	in      *inspection
	pages   int
	typed   bool // the last name was Type
	streams []int64
	many    bool // some of them were not looked into
	packed  bool // the names come from an object stream
}

func (s *pdfScan) name(name string, at int64) {
	r := s.in.report
	switch name {
	case "JavaScript":
		r.Script = true
		s.in.refuse("inspect.pdf_script")
	case "Launch":
		r.Script = true
		s.in.refuse("inspect.pdf_launch")
	case "EmbeddedFile", "EmbeddedFiles", "Filespec":
		if name != "Filespec" {
			r.EmbeddedFiles = true
			s.in.warn("inspect.embedded")
		}
	case "RichMedia":
		r.EmbeddedFiles = true
		s.in.refuse("inspect.pdf_media")
	case "XFA":
		r.Script = true
		s.in.refuse("inspect.pdf_form")
	case "Encrypt":
		if !s.packed {
			r.Encrypted = true
			s.in.refuse("inspect.encrypted")
		}
	case "SubmitForm", "ImportData", "GoToR", "GoToE":
		r.External = true
		s.in.warn("inspect.linked")
	case "ObjStm", "First": // both stand in an object stream; readers do without the first
		if len(s.streams) < pdfObjects {
			s.streams = append(s.streams, at)
		} else {
			s.many = true
		}
	case "Page":
		if s.typed {
			s.pages++
		}
	}
	s.typed = name == "Type"
}

func (in *inspection) pdf(r io.ReaderAt, size int64, head []byte) error {
	in.pdfEdges(r, size, head)
	s := &pdfScan{in: in}
	if err := pdfclean.Names(in.section(r, 0, size), s.name); err != nil {
		return err
	}
	if !in.report.Encrypted {
		if err := s.objectStreams(r, size); err != nil {
			return err
		}
	}
	if in.depth == 0 {
		in.report.Pages = s.pages
	}
	return nil
}

// pdfEdges looks before the header and after the end: what stands there is for
// another reader than a PDF one.
func (in *inspection) pdfEdges(r io.ReaderAt, size int64, head []byte) {
	at := bytes.Index(head, []byte("%PDF-"))
	if before := bytes.TrimSpace(bytes.TrimPrefix(head[:max(at, 0)], []byte("\xef\xbb\xbf"))); len(before) > 0 {
		in.refuse("inspect.polyglot")
	}
	tail := make([]byte, min(size, 64<<10))
	n, _ := r.ReadAt(tail, size-int64(len(tail)))
	tail = tail[:n]
	end := bytes.LastIndex(tail, []byte("%%EOF"))
	if end < 0 {
		in.warn("inspect.pdf_cut")
		return
	}
	after := bytes.ToLower(tail[end+5:])
	for _, m := range markupMarks {
		if bytes.Contains(after, m) {
			in.refuse("inspect.polyglot")
		}
	}
}

// objectStreams looks into the compressed streams that hold objects (ISO
// 32000-1 §7.5.7): an action may hide there.
func (s *pdfScan) objectStreams(r io.ReaderAt, size int64) error {
	left := int64(pdfInflate)
	inner := &pdfScan{in: s.in, packed: true}
	last := int64(-1)
	for _, at := range s.streams {
		if err := s.in.ctx.Err(); err != nil {
			return err
		}
		dict, start, err := pdfDict(r, size, at)
		if err != nil {
			s.many = true
			continue
		}
		if dict == nil || start == last {
			continue
		}
		last = start
		body, err := s.stream(r, size, start, dict)
		if err != nil {
			s.in.refuse("inspect.pdf_unseen")
			return nil
		}
		counted := &io.LimitedReader{R: body, N: left}
		inner.typed = false
		err = pdfclean.Names(counted, inner.name)
		left = counted.N
		var short *shortStream
		if err != nil && !errors.As(err, &short) && s.in.ctx.Err() != nil {
			return s.in.ctx.Err()
		}
		if left <= 0 {
			s.many = true
			break
		}
	}
	if s.many {
		s.in.refuse("inspect.pdf_unseen")
	}
	s.pages += inner.pages
	return nil
}

// shortStream is a compressed stream that breaks off: what came before it was seen.
type shortStream struct{ error }

type lenient struct{ r io.Reader }

func (l lenient) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if err != nil && err != io.EOF {
		err = &shortStream{err}
	}
	return n, err
}

// stream undoes the filter of an object stream. Writers only use Flate there;
// another filter is a way to hide.
func (s *pdfScan) stream(r io.ReaderAt, size, start int64, dict []byte) (io.Reader, error) {
	var filters []string
	inFilter, predictor := false, false
	_ = pdfclean.Names(bytes.NewReader(dict), func(name string, _ int64) {
		switch name {
		case "Filter":
			inFilter = true
		case "FlateDecode", "Fl", "LZWDecode", "ASCIIHexDecode", "ASCII85Decode", "RunLengthDecode", "Crypt", "DCTDecode":
			if inFilter {
				filters = append(filters, name)
			}
		case "Predictor":
			predictor = true
		default:
			inFilter = false
		}
	})
	body := s.in.section(r, start, size)
	switch {
	case len(filters) == 0:
		return io.LimitReader(body, pdfLookAround*16), nil
	case len(filters) == 1 && !predictor && (filters[0] == "FlateDecode" || filters[0] == "Fl"):
		z, err := zlib.NewReader(body)
		if err != nil {
			return nil, wrong("inspect.pdf_unseen")
		}
		return lenient{z}, nil
	}
	return nil, wrong("inspect.pdf_unseen")
}

// pdfDict finds the dictionary around a name at the given place, and where the
// bytes of its stream start; nil when the object has no stream. An object too
// long to be followed is a fault.
func pdfDict(r io.ReaderAt, size, at int64) (dict []byte, start int64, err error) {
	from := max(0, at-pdfLookAround)
	around := make([]byte, min(size, at+pdfLookAround)-from)
	n, err := r.ReadAt(around, from)
	if err != nil && err != io.EOF {
		return nil, 0, err
	}
	around = around[:n]
	here := min(int(at-from), n)
	word, end := bytes.Index(around[here:], []byte("stream")), bytes.Index(around[here:], []byte("endobj"))
	switch {
	case word < 0 && end < 0 && from+int64(n) < size:
		return nil, 0, wrong("inspect.pdf_unseen")
	case word < 0, end >= 0 && end < word:
		return nil, 0, nil
	}
	word += here
	dict = around[max(bytes.LastIndex(around[:here], []byte("obj")), 0):word]
	body := word + len("stream")
	for _, eol := range []string{"\r\n", "\n", "\r"} {
		if bytes.HasPrefix(around[min(body, n):], []byte(eol)) {
			body += len(eol)
			break
		}
	}
	return slices.Clone(dict), from + int64(body), nil
}
