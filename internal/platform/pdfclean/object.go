package pdfclean

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// object is an object as it stands in the file. Stream and end are where its
// stream starts and ends, 0 when it has none.
type object struct {
	number, generation int64
	dict               *frame
	body               []byte // what dict speaks of
	at                 int64  // of body
	stream, end        int64
}

// everyObject cleans each object of the file, in the order in which they stand:
// older revisions and what no table names are cleaned too.
func (s *cleaning) everyObject() error {
	pos, err := s.trailers(0)
	for err == nil && pos >= 0 {
		var at int64
		if at, err = s.next([]byte("obj"), pos); err != nil || at < 0 {
			break
		}
		number, generation, ok := s.heading(at)
		if !ok {
			pos = at + 3
			continue
		}
		if s.objects++; s.objects > objectsMax {
			return unseen()
		}
		pos, err = s.object(object{number: number, generation: generation, at: at + 3})
	}
	return err
}

// trailers blanks what a trailer says besides the tables: an information
// dictionary may stand there by itself.
func (s *cleaning) trailers(from int64) (int64, error) {
	places, err := s.find([]byte("trailer"))
	for _, at := range places {
		b, err := s.view(at+7, window)
		if err != nil {
			return from, err
		}
		s.inPlace(b, at+7, func(word string) bool { return word == "startxref" || word == "obj" }, false)
	}
	return from, err
}

// heading reads "12 0 " before the word "obj".
func (s *cleaning) heading(at int64) (number, generation int64, ok bool) {
	before, err := s.view(max(0, at-24), int(min(at, 24)))
	if err != nil {
		return 0, 0, false
	}
	fields := bytes.Fields(before)
	if len(fields) < 2 || len(before) == 0 || before[len(before)-1] > ' ' {
		return 0, 0, false
	}
	last := fields[len(fields)-2]
	digits := len(last)
	for digits > 0 && last[digits-1] >= '0' && last[digits-1] <= '9' {
		digits--
	}
	number, err1 := strconv.ParseInt(string(last[digits:]), 10, 32)
	generation, err2 := strconv.ParseInt(string(fields[len(fields)-1]), 10, 32)
	return number, generation, err1 == nil && err2 == nil
}

func endsObject(word string) bool { return word == "stream" || word == "endobj" || word == "obj" }

// object cleans the object whose body starts at o.at, and gives where to go on.
func (s *cleaning) object(o object) (int64, error) {
	n := 0
	for room := 16 << 10; ; room *= 8 {
		b, err := s.view(o.at, room)
		if err != nil {
			return 0, err
		}
		if n = walk(b, endsObject, func(*frame) {}); n < len(b) || o.at+int64(len(b)) >= s.size {
			o.body = slices.Clone(b[:n])
			break
		}
		if room > objectSize {
			return 0, unseen()
		}
	}
	o.dict = s.inPlace(o.body, o.at, nil, s.infos[o.number])
	next := o.at + int64(n)
	word, err := s.view(next, 8)
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(word, []byte("stream")) || o.dict == nil {
		return next, nil
	}
	o.stream = next + 6
	for _, eol := range []string{"\r\n", "\n", "\r"} {
		if bytes.HasPrefix(word[6:], []byte(eol)) {
			o.stream += int64(len(eol))
			break
		}
	}
	if o.end, err = s.streamEnd(o); err != nil {
		return 0, err
	}
	return max(o.end, o.stream), s.content(o)
}

// inPlace blanks the strings of plain objects, and gives their last outer dictionary.
func (s *cleaning) inPlace(b []byte, at int64, stop func(string) bool, info bool) (last *frame) {
	walk(b, stop, func(f *frame) {
		s.judge(f, info && f.outer, func(v value) {
			s.patches = append(s.patches, patch{at: at + int64(v.from), n: int64(v.to - v.from), by: v.spaces(v.to - v.from)})
		})
		if f.outer {
			last = f
		}
	})
	return last
}

// streamEnd believes the announced length when the word that ends a stream
// follows, else looks for that word.
func (s *cleaning) streamEnd(o object) (int64, error) {
	if n, ok := o.dict.number("Length"); ok && n >= 0 && n <= s.size-o.stream {
		b, err := s.view(o.stream+n, 16)
		if err != nil {
			return 0, err
		}
		if bytes.HasPrefix(bytes.TrimLeft(b, "\r\n \t"), []byte("endstream")) {
			return o.stream + n, nil
		}
	}
	at, err := s.next([]byte("endstream"), o.stream)
	if err != nil || at < 0 {
		return s.size, err
	}
	return at, nil
}

// filters are those of a stream, in order; plain says that their parameters
// change nothing that Inflate does not undo.
func (o object) filters() (names []string, plain bool) {
	for _, v := range o.dict.entries {
		if (v.key == "Filter" || v.key == "F") && v.sort == '/' {
			names = append(names, map[string]string{"Fl": "FlateDecode", "DCT": "DCTDecode"}[v.word])
			if names[len(names)-1] == "" {
				names[len(names)-1] = v.word
			}
		}
	}
	parameters := bytes.Contains(o.body, []byte("/Predictor"))
	return names, !parameters
}

// appendix is what comes after the file: the objects that are written again, and
// a table that names them (§7.5.6).
func (s *cleaning) appendix() []byte {
	if len(s.again) == 0 {
		return nil
	}
	var b bytes.Buffer
	b.WriteString("\n")
	prev, shift, table, trailer := s.lastTable()
	places := map[int64]int64{}
	for _, o := range s.again {
		places[o.number] = s.size + int64(b.Len()) - shift
		fmt.Fprintf(&b, "%d %d obj\n%s\nendobj\n", o.number, o.generation, o.body)
	}
	if trailer == nil {
		return b.Bytes() // no reader finds a table either: each one looks for the objects
	}
	start := s.size + int64(b.Len()) - shift
	size, _ := trailer.dict.number("Size")
	common := fmt.Sprintf("/Root %s /Prev %d", trailer.text("Root"), prev)
	if table {
		b.WriteString("xref\n")
		for _, o := range s.again {
			fmt.Fprintf(&b, "%d 1\n%010d %05d n\r\n", o.number, places[o.number], o.generation)
		}
		fmt.Fprintf(&b, "trailer\n<< /Size %d %s >>\n", size, common)
	} else {
		var rows, index bytes.Buffer
		for _, o := range append(s.again, again{number: size}) {
			at, ok := places[o.number]
			if !ok {
				at = start
			}
			fmt.Fprintf(&index, "%d 1 ", o.number)
			rows.Write([]byte{1, byte(at >> 32), byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at), byte(o.generation)})
		}
		fmt.Fprintf(&b, "%d 0 obj\n<< /Type /XRef /Size %d %s /W [1 5 1] /Index [%s] /Length %d >>\nstream\n%s\nendstream\nendobj\n",
			size, size+1, common, bytes.TrimSpace(index.Bytes()), rows.Len(), rows.Bytes())
	}
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

// text is a reference as it is written.
func (o *object) text(key string) string {
	v, ok := o.dict.get(key)
	if !ok {
		return "null"
	}
	rest := o.body[v.from:]
	if end := bytes.IndexByte(rest, 'R'); v.sort == 'R' && end > 0 && end < 40 {
		return string(rest[:end+1])
	}
	return "null"
}

// lastTable finds the table that readers start from, and the dictionary that goes
// with it. Shift is how many bytes stand before the header, which some writers
// do not count.
func (s *cleaning) lastTable() (prev, shift int64, table bool, trailer *object) {
	tail := s.at(max(0, s.size-4096), 4096)
	at := bytes.LastIndex(tail, []byte("startxref"))
	if at < 0 {
		return 0, 0, false, nil
	}
	prev, err := strconv.ParseInt(wordAt(bytes.TrimLeft(tail[at+9:], "\r\n \t")), 10, 64)
	if err != nil || prev <= 0 || prev >= s.size {
		return 0, 0, false, nil
	}
	header := int64(max(bytes.Index(s.at(0, 1024), []byte("%PDF-")), 0))
	for _, shift := range []int64{0, header} {
		b := bytes.TrimLeft(s.at(prev+shift, 1<<20), "\r\n \t")
		if table = bytes.HasPrefix(b, []byte("xref")); table {
			b = b[max(bytes.Index(b, []byte("trailer")), 0):]
		}
		o := &object{body: b}
		seen := false
		walk(b, func(word string) bool { return seen && (endsObject(word) || word == "startxref") }, func(f *frame) {
			if f.outer && !seen {
				o.dict, seen = f, true
			}
		})
		if o.dict == nil {
			continue
		}
		if size, ok := o.dict.number("Size"); ok && size > 0 && o.text("Root") != "null" && (table || o.dict.name("Type") == "XRef") {
			return prev, shift, table, o
		}
	}
	return 0, 0, false, nil
}
