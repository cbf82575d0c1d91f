package inspect

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
)

// patch replaces bytes of a file by as many others.
type patch struct {
	at int64
	by []byte
}

// pdfStrip is the work on one PDF: it never moves a byte, so that every offset
// of the file stays right.
type pdfStrip struct {
	ctx     context.Context
	r       io.ReaderAt
	size    int64
	done    Cleaned
	patches []patch
}

const (
	pdfInfoSize   = 64 << 10
	pdfPacketSize = 2 << 20
	pdfFinds      = 2000
)

var infoRef = regexp.MustCompile(`^/Info\s+(\d{1,8})\s+(\d{1,5})\s+R`)

// stripPDF blanks in place the information dictionary (ISO 32000-1 §14.3.3), the
// XMP packets (§14.3.2) and the EXIF data of its photographs, where they stand
// plain in the file.
func stripPDF(ctx context.Context, r io.ReaderAt, size int64, w io.Writer) (Cleaned, error) {
	s := &pdfStrip{ctx: ctx, r: r, size: size, done: Cleaned{Kind: PDF}}
	infos, locked, err := s.survey()
	if err != nil {
		return s.done, fmt.Errorf("read a PDF: %w", err)
	}
	if locked {
		s.done.leave("", "inspect.left_encrypted")
		return s.done, copyAll(ctx, r, size, w)
	}
	for _, step := range []func() error{func() error { return s.infos(infos) }, s.packets, s.photographs} {
		if err := step(); err != nil {
			return s.done, fmt.Errorf("clean a PDF: %w", err)
		}
	}
	return s.done, s.write(w)
}

func (s *pdfStrip) whole() io.Reader { return &patient{s.ctx, io.NewSectionReader(s.r, 0, s.size)} }

func (s *pdfStrip) at(from int64, n int) []byte {
	b := make([]byte, min(int64(n), max(s.size-from, 0)))
	got, _ := s.r.ReadAt(b, from)
	return b[:got]
}

// survey finds the objects that hold the information, and what cannot be cleaned.
func (s *pdfStrip) survey() (infos []string, locked bool, err error) {
	typed := false
	err = pdfNames(s.whole(), func(name string, at int64) {
		switch name {
		case "Info":
			if m := infoRef.FindSubmatch(s.at(at, 40)); m != nil {
				id := string(m[1]) + " " + string(m[2])
				if !slices.Contains(infos, id) && len(infos) < 100 {
					infos = append(infos, id)
				}
			}
		case "Encrypt":
			locked = true
		case "Popup":
			s.done.leave("", "inspect.left_pdf_comments")
		case "ByteRange":
			s.done.leave("", "inspect.left_signature")
		case "EmbeddedFile":
			s.done.leave("", "inspect.left_embedded")
		case "Metadata":
			if typed {
				s.metadata(at)
			}
		}
		typed = name == "Type"
	})
	return infos, locked, err
}

func (s *pdfStrip) metadata(at int64) {
	dict, _, err := pdfDict(s.r, s.size, at)
	if err != nil || bytes.Contains(dict, []byte("/Filter")) {
		s.done.leave("", "inspect.left_pdf_xmp")
	}
}

// infos blanks the strings of the information dictionaries. One that is inside
// a compressed object stream is out of reach.
func (s *pdfStrip) infos(ids []string) error {
	for _, id := range ids {
		places, err := s.find([]byte(id + " obj"))
		if err != nil {
			return err
		}
		plain := false
		for _, at := range places {
			if at > 0 {
				if before := s.at(at-1, 1); len(before) == 1 && before[0] >= '0' && before[0] <= '9' {
					continue
				}
			}
			plain = true
			s.info(at)
		}
		if !plain {
			s.done.leave("", "inspect.left_pdf_info")
		}
	}
	return nil
}

// keptInfo are the entries that tell when, not who.
var keptInfo = []string{"CreationDate", "ModDate", "Trapped"}

// otherObject is a value that stands somewhere else.
var otherObject = regexp.MustCompile(`^\d{1,8}\s+\d{1,5}\s+R`)

// info blanks one dictionary, which is all between "<<" and the end of the object.
func (s *pdfStrip) info(at int64) {
	b := s.at(at, pdfInfoSize)
	end := bytes.Index(b, []byte("endobj"))
	if end < 0 {
		s.done.leave("", "inspect.left_pdf_info")
		return
	}
	b = b[:end]
	key, value := "", false
	for i := max(bytes.Index(b, []byte("<<")), 0) + 2; i < len(b); {
		switch c := b[i]; {
		case c == '/':
			name, n := pdfName(b[i+1:])
			if value = !value; value {
				key = name
			}
			i += 1 + n
		case c == '(':
			n := literal(b[i:])
			s.blank(at+int64(i)+1, n-2, key, " ")
			value = false
			i += n
		case c == '<' && i+1 < len(b) && b[i+1] != '<':
			n := bytes.IndexByte(b[i:], '>') + 1
			if n == 0 {
				n = len(b) - i
			}
			s.blank(at+int64(i)+1, n-2, key, "20")
			value = false
			i += n
		case c >= '0' && c <= '9':
			n := len(otherObject.Find(b[i:]))
			if n > 0 && !slices.Contains(keptInfo, key) {
				s.done.leave("", "inspect.left_pdf_info")
			}
			value = false
			i += max(n, 1)
		case c == 't', c == 'f', c == 'n':
			value = false
			i++
		default:
			i++
		}
	}
}

// literal is the length of a string in parentheses (§7.3.4.2), both included.
func literal(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}

func (s *pdfStrip) blank(at int64, n int, key, with string) {
	if n <= 0 || slices.Contains(keptInfo, key) {
		return
	}
	s.patches = append(s.patches, patch{at, bytes.Repeat([]byte(with), n/len(with)+1)[:n]})
}

// packets blanks what stands between the two instructions of each XMP packet
// (ISO 16684-1 §7.3).
func (s *pdfStrip) packets() error {
	starts, err := s.find([]byte("<?xpacket begin"))
	if err != nil {
		return err
	}
	for _, at := range starts {
		b := s.at(at, pdfPacketSize)
		from := bytes.Index(b, []byte("?>")) + 2
		to := bytes.Index(b, []byte("<?xpacket end"))
		if from < 2 || to < from {
			s.done.leave("", "inspect.left_pdf_xmp")
			continue
		}
		s.blank(at+int64(from), to-from, "", " ")
	}
	return nil
}

// photographs blanks the EXIF segments of the JPEG pictures, which PDF readers
// do not look at.
func (s *pdfStrip) photographs() error {
	places, err := s.find([]byte("Exif\x00\x00"))
	if err != nil {
		return err
	}
	for _, at := range places {
		if at < 4 {
			continue
		}
		h := s.at(at-4, 4)
		if len(h) < 4 || h[0] != 0xff || h[1] != 0xe1 {
			continue
		}
		if n := int(binary.BigEndian.Uint16(h[2:])) - 8; n > 0 && at+6+int64(n) <= s.size {
			s.patches = append(s.patches, patch{at + 6, make([]byte, n)})
		}
	}
	return nil
}

// find gives every place where needle stands.
func (s *pdfStrip) find(needle []byte) ([]int64, error) {
	var places []int64
	r := s.whole()
	buf, base := make([]byte, 0, pdfWindow), int64(0)
	for {
		n, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		for i := 0; ; {
			at := bytes.Index(buf[i:], needle)
			if at < 0 {
				break
			}
			if len(places) == pdfFinds {
				return nil, wrong("inspect.pdf_unseen")
			}
			places = append(places, base+int64(i+at))
			i += at + len(needle)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return places, nil
		}
		if err != nil {
			return nil, fmt.Errorf("look for %s: %w", strconv.Quote(string(needle)), err)
		}
		keep := len(needle) - 1
		base += int64(len(buf) - keep)
		buf = append(buf[:0], buf[len(buf)-keep:]...)
	}
}

// write copies the file with its patches. Two that overlap come from a file
// made to confuse: the first wins where it stands.
func (s *pdfStrip) write(w io.Writer) error {
	slices.SortFunc(s.patches, func(a, b patch) int { return int(min(max(a.at-b.at, -1), 1)) })
	pos := int64(0)
	copyTo := func(to int64) error {
		n, err := io.Copy(w, &patient{s.ctx, io.NewSectionReader(s.r, pos, to-pos)})
		pos += n
		return err
	}
	for _, p := range s.patches {
		if p.at < pos {
			skip := min(pos-p.at, int64(len(p.by)))
			p.at, p.by = p.at+skip, p.by[skip:]
		}
		if len(p.by) == 0 || p.at+int64(len(p.by)) > s.size {
			continue
		}
		if err := copyTo(p.at); err != nil {
			return fmt.Errorf("write a cleaned PDF: %w", err)
		}
		if _, err := w.Write(p.by); err != nil {
			return fmt.Errorf("write a cleaned PDF: %w", err)
		}
		pos += int64(len(p.by))
	}
	if err := copyTo(s.size); err != nil {
		return fmt.Errorf("write a cleaned PDF: %w", err)
	}
	return nil
}
