package pdfclean

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// metadataMarks begin metadata, whatever the stream says that it holds.
var metadataMarks = [][]byte{[]byte("<?xpacket"), []byte("<x:xmpmeta"), []byte("<rdf:rdf"), []byte("http://ns.adobe.com/xap/"), []byte("exif\x00\x00"), []byte("photoshop 3.0\x00")}

// content cleans the stream of an object, by what it holds.
func (s *cleaning) content(o object) error {
	filters, plain := o.filters()
	flate := len(filters) == 1 && filters[0] == "FlateDecode"
	kind := o.dict.name("Type")
	switch {
	case kind == "XRef":
		return nil
	case kind == "Metadata", o.dict.name("Subtype") == "XML":
		s.forget(o, filters)
		return nil
	case kind == "ObjStm":
		switch {
		case flate && plain:
			return s.packed(o)
		case len(filters) > 0:
			s.leave("inspect.left_pdf_info")
		default:
			s.inPlace(s.at(o.stream, int(min(o.end-o.stream, objectSize))), o.stream, nil, false)
		}
		return nil
	case len(filters) == 1 && filters[0] == "DCTDecode":
		return s.photograph(o)
	case o.dict.name("Subtype") == "Image" && !slices.Contains(filters, "DCTDecode"):
		return nil // pixels
	case len(filters) > 0 && filters[0] == "FlateDecode":
		return s.hidden(o, filters)
	}
	return nil
}

// forget blanks metadata. What is not compressed keeps the instructions around it,
// which readers look for; see packets.
func (s *cleaning) forget(o object, filters []string) {
	n := o.end - o.stream
	if len(filters) == 0 {
		b := s.at(o.stream, int(min(n, packetSize)))
		if !bytes.Contains(b, []byte("<?xpacket begin")) || !bytes.Contains(b, []byte("<?xpacket end")) {
			s.fill(o.stream, n, ' ')
		}
		return
	}
	s.erase(o)
	s.again = append(s.again, again{o.number, o.generation, []byte("<< /Type /Metadata /Subtype /XML /Length 1 >>\nstream\n \nendstream")})
}

// erase leaves nothing of an object but its number.
func (s *cleaning) erase(o object) {
	end := o.end
	if b := s.at(end, 16); bytes.HasPrefix(bytes.TrimLeft(b, "\r\n \t"), []byte("endstream")) {
		end += int64(bytes.Index(b, []byte("endstream")) + len("endstream"))
	}
	s.fill(o.at, end-o.at, ' ')
}

// inflate undoes a Flate filter, up to limit bytes and what is left for the file.
func (s *cleaning) inflate(o object, limit int64) (io.Reader, error) {
	z, err := zlib.NewReader(&patient{s.ctx, io.NewSectionReader(s.r, o.stream, o.end-o.stream)})
	if err != nil {
		return nil, err
	}
	limit = min(limit, s.budget)
	return &bounded{r: z, left: limit, budget: &s.budget}, nil
}

// bounded gives at most left bytes, and errTooMuch after that.
type bounded struct {
	r      io.Reader
	left   int64
	budget *int64
}

var errTooMuch = errors.New("a stream inflates to more than is looked at")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooMuch
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	*b.budget -= int64(n)
	return n, err
}

// packed cleans the objects of a compressed object stream (§7.5.7).
func (s *cleaning) packed(o object) error {
	r, err := s.inflate(o, packedSize)
	if err != nil {
		return s.gone("inspect.left_pdf_info")
	}
	body, err := io.ReadAll(r)
	if err != nil && (len(body) == 0 || errors.Is(err, errTooMuch)) {
		return s.gone("inspect.left_pdf_info")
	}
	first, ok := o.dict.number("First")
	count, counted := o.dict.number("N")
	if !ok || !counted || first < 0 || first > int64(len(body)) || count < 0 {
		return s.gone("inspect.left_pdf_info")
	}
	infos := s.packedInfos(body[:first], first)
	changed := false
	walk(body[first:], nil, func(f *frame) {
		s.judge(f, f.outer && infos[first+int64(f.from)], func(v value) {
			from, to := int(first)+v.from, int(first)+v.to
			if blank := v.spaces(to - from); !bytes.Equal(body[from:to], blank) {
				changed = true
				copy(body[from:to], blank)
			}
		})
	})
	if !changed {
		return nil
	}
	var out bytes.Buffer
	extends := ""
	if _, ok := o.dict.get("Extends"); ok {
		extends = "/Extends " + o.text("Extends") + " "
	}
	z, err := zlib.NewWriterLevel(&out, zlib.BestSpeed)
	if err != nil {
		return fmt.Errorf("compress objects: %w", err)
	}
	if _, err := z.Write(body); err != nil {
		return fmt.Errorf("compress objects: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("compress objects: %w", err)
	}
	s.erase(o)
	text := fmt.Sprintf("<< /Type /ObjStm /N %d /First %d %s/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", count, first, extends, out.Len(), out.Bytes())
	s.again = append(s.again, again{o.number, o.generation, []byte(text)})
	if s.held += out.Len(); s.held > heldSize {
		return unseen()
	}
	return nil
}

// packedInfos gives where the information dictionaries of an object stream start:
// its header is pairs of a number and an offset from first.
func (s *cleaning) packedInfos(header []byte, first int64) map[int64]bool {
	at := map[int64]bool{}
	fields := bytes.Fields(header)
	for i := 0; i+1 < len(fields); i += 2 {
		number, err1 := strconv.ParseInt(string(fields[i]), 10, 64)
		offset, err2 := strconv.ParseInt(string(fields[i+1]), 10, 64)
		if err1 == nil && err2 == nil && s.infos[number] {
			at[first+offset] = true
		}
	}
	return at
}

func (s *cleaning) gone(key string) error {
	s.leave(key)
	return s.ctx.Err()
}

// hidden looks for metadata in a compressed stream of another kind.
func (s *cleaning) hidden(o object, filters []string) error {
	r, err := s.inflate(o, s.budget)
	if err != nil {
		return nil // not a compressed stream: no reader shows it
	}
	found, err := holds(r, metadataMarks)
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case errors.Is(err, errTooMuch):
		return s.gone("inspect.left_part")
	case found && len(filters) == 1 && o.dict.name("Subtype") == "":
		s.forget(o, filters)
	case found:
		return s.gone("inspect.left_pdf_xmp")
	}
	return nil
}

// photograph blanks the segments of a JPEG that PDF readers do not look at: EXIF,
// XMP, Photoshop's and comments.
func (s *cleaning) photograph(o object) error {
	at := o.stream + 2
	for at+4 <= o.end {
		h, err := s.view(at, 4)
		if err != nil || len(h) < 4 || h[0] != 0xff {
			return err
		}
		marker, n := h[1], int64(h[2])<<8|int64(h[3])
		if marker == 0xda || marker == 0xd9 || n < 2 || at+2+n > o.end {
			return nil
		}
		if marker == 0xe1 || marker == 0xed || marker == 0xfe || marker >= 0xe3 && marker <= 0xef && marker != 0xee {
			s.fill(at+4, n-2, 0)
		}
		at += 2 + n
	}
	return nil
}

// holds says whether r gives one of the marks, which are in lower case, whatever
// the case it is written in.
func holds(r io.Reader, marks [][]byte) (bool, error) {
	const longest = 64
	buf := make([]byte, 0, window)
	for {
		n, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		lower := bytes.ToLower(buf)
		for _, m := range marks {
			if bytes.Contains(lower, m) {
				return true, nil
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		buf = append(buf[:0], buf[len(buf)-longest:]...)
	}
}
