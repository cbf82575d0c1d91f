package inspect

import (
	"bufio"
	"bytes"
	"html"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxTag bounds one tag, attributes included, in bytes.
const maxTag = 1 << 20

// xmlPieces cuts XML into tags, given whole, and everything else (text,
// comments, CDATA, instructions), given in slices of any length. The slices are
// only valid during the call. It understands just enough for that, needs no
// memory beyond one tag and expands nothing. Joined, the pieces are the input.
func xmlPieces(r *bufio.Reader, tag, other func([]byte) error) error {
	var buf []byte
	for {
		text, err := r.ReadSlice('<')
		if len(text) > 0 {
			body := text
			if err == nil {
				body = text[:len(text)-1]
			}
			if len(body) > 0 {
				if err := other(body); err != nil {
					return err
				}
			}
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		buf = append(buf[:0], '<')
		if buf, err = xmlTag(r, buf, tag, other); err != nil {
			return err
		}
	}
}

// xmlTag goes on after '<'.
func xmlTag(r *bufio.Reader, buf []byte, tag, other func([]byte) error) ([]byte, error) {
	next, _ := r.Peek(8)
	for open, end := range map[string]string{"!--": "-->", "![CDATA[": "]]>", "?": "?>"} {
		if bytes.HasPrefix(next, []byte(open)) {
			return buf, xmlSkip(r, end, other)
		}
	}
	var quote byte
	for {
		c, err := r.ReadByte()
		if err == io.EOF {
			return buf, other(buf) // a tag that never closes
		}
		if err != nil {
			return buf, err
		}
		buf = append(buf, c)
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return buf, tag(buf)
		}
		if len(buf) > maxTag {
			return buf, wrong("inspect.xml_damaged")
		}
	}
}

// xmlSkip passes over a comment, CDATA or instruction up to its end.
func xmlSkip(r *bufio.Reader, end string, other func([]byte) error) error {
	if err := other([]byte{'<'}); err != nil {
		return err
	}
	last := end[len(end)-1]
	var seen []byte
	for {
		part, err := r.ReadSlice(last)
		if len(part) > 0 {
			seen = append(seen, part[max(0, len(part)-len(end)):]...)
			seen = seen[max(0, len(seen)-len(end)):]
			if err := other(part); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil && err != bufio.ErrBufferFull:
			return err
		case err == nil && string(seen) == end:
			return nil
		}
	}
}

// tagName gives the name of a tag without its prefix, which a hostile document
// may choose freely, and whether it closes an element.
func tagName(raw []byte) (local string, closing bool) {
	name := strings.TrimPrefix(string(raw[:min(len(raw), 200)]), "<")
	name, closing = strings.CutPrefix(name, "/")
	if i := strings.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	if _, after, ok := strings.Cut(name, ":"); ok {
		name = after
	}
	return name, closing
}

// attrs calls do with each attribute: its name without prefix, its value with
// entities resolved, and where the value stands in raw, without its quotes.
func attrs(raw []byte, do func(name, value string, from, to int)) {
	i := bytes.IndexAny(raw, " \t\r\n")
	for i >= 0 && i < len(raw) {
		eq := bytes.IndexByte(raw[i:], '=')
		if eq < 0 {
			return
		}
		name := strings.TrimSpace(string(raw[i : i+eq]))
		if _, after, ok := strings.Cut(name, ":"); ok {
			name = after
		}
		from := i + eq + 1
		for from < len(raw) && strings.IndexByte(" \t\r\n", raw[from]) >= 0 {
			from++
		}
		if from >= len(raw) || raw[from] != '"' && raw[from] != '\'' {
			return
		}
		n := bytes.IndexByte(raw[from+1:], raw[from])
		if n < 0 {
			return
		}
		do(name, html.UnescapeString(string(raw[from+1:from+1+n])), from+1, from+1+n)
		i = from + 2 + n
	}
}

// attr gives the value of one attribute, or "".
func attr(raw []byte, name string) (value string) {
	attrs(raw, func(n, v string, _, _ int) {
		if n == name {
			value = v
		}
	})
	return value
}

// plainEncodings are those in which '<' is the byte '<'. Others could hide a
// document type from the eyes of a scanner.
var plainEncodings = []string{"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "latin1"}

// asUTF8 gives a reader of XML as UTF-8; wide says that it was UTF-16.
func asUTF8(r io.Reader) (out *bufio.Reader, wide bool, err error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(200)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	order, wide := unicode.LittleEndian, true
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("<\x00")):
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\x00<")):
		order = unicode.BigEndian
	default:
		wide = false
	}
	if wide {
		decoder := unicode.UTF16(order, unicode.UseBOM).NewDecoder()
		if head[0] == '<' || head[0] == 0 {
			decoder = unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder()
		}
		return bufio.NewReaderSize(transform.NewReader(b, decoder), 64<<10), true, nil
	}
	if declared := declaredEncoding(head); declared != "" {
		known := false
		for _, e := range plainEncodings {
			known = known || strings.EqualFold(e, declared)
		}
		if !known {
			return nil, false, wrong("inspect.xml_encoding")
		}
	}
	return b, false, nil
}

func declaredEncoding(head []byte) string {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	decl, _, _ := bytes.Cut(head, []byte("?>"))
	return attr(decl, "encoding")
}

// scanXML calls do with every opening tag of a part and text with what stands
// between tags; a document type is a fault: no
// document needs one, and it is how entities attack a reader (XXE, "billion laughs").
func (in *inspection) scanXML(r io.Reader, do func(local string, raw []byte), text func([]byte)) error {
	b, _, err := asUTF8(r)
	if err != nil {
		return err
	}
	return xmlPieces(b, func(raw []byte) error {
		if len(raw) > 1 && raw[1] == '!' {
			return wrong("inspect.xml_entities")
		}
		if local, closing := tagName(raw); !closing {
			do(local, raw)
		}
		return nil
	}, func(b []byte) error { text(b); return nil })
}
