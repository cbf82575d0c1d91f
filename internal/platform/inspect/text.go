package inspect

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"
)

// markupMarks are what makes another reader take a file for a page.
var markupMarks = [][]byte{[]byte("<script"), []byte("<html"), []byte("<?php"), []byte("<!doctype"), []byte("<iframe"), []byte("javascript:")}

// eicar is the harmless file that every antivirus must report
// (https://www.eicar.org); in two halves, so that this source is not reported.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// search calls found with the marks that r holds; marks are lower case, and r is
// read as if it were. It stops when found says so.
func search(r io.Reader, marks [][]byte, found func(i int) (stop bool)) error {
	longest := 0
	for _, m := range marks {
		longest = max(longest, len(m))
	}
	buf := make([]byte, 0, 256<<10)
	for {
		n, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		fresh := len(buf)
		buf = buf[:len(buf)+n]
		for i, c := range buf[fresh:] {
			if c >= 'A' && c <= 'Z' {
				buf[fresh+i] = c | 0x20
			}
		}
		for i, m := range marks {
			if bytes.Contains(buf, m) && found(i) {
				return nil
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return err
		}
		buf = append(buf[:0], buf[len(buf)-longest+1:]...)
	}
}

// wide is s in UTF-16, as OLE names are written.
func wide(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

// ole looks for the names of streams that say what a document before 2007 holds
// ([MS-CFB] §2.6, [MS-OVBA] §2.3, [MS-OFFCRYPTO] §2.3).
func (in *inspection) ole(r io.Reader) error {
	in.warn("inspect.legacy_office")
	marks := [][]byte{wide("_vba_project"), wide("encryptedpackage"), wide("ole10native"), wide("encryptedsummary"), wide("__substg1.0_"), wide("!_stringdata")}
	return search(r, marks, func(i int) bool {
		switch i {
		case 0:
			in.macros()
		case 1, 3:
			in.report.Encrypted = true
			in.refuse("inspect.encrypted")
		case 2:
			in.report.EmbeddedFiles = true
			in.refuse("inspect.embedded_object")
		case 4, 5:
			in.refuse("inspect.program") // a mail message or an installer, not a document
		}
		return false
	})
}

// rtf looks for embedded objects and remote templates, the two ways in which an
// RTF attacks its reader.
func (in *inspection) rtf(r io.Reader) error {
	in.warn("inspect.legacy_office")
	marks := [][]byte{[]byte(`\objdata`), []byte(`\objupdate`), []byte(`\objemb`), []byte(`\objocx`), []byte(`\*\template`), []byte("ddeauto")}
	return search(r, marks, func(i int) bool {
		if i >= 4 {
			in.report.External = true
			in.refuse("inspect.external")
			return false
		}
		in.report.EmbeddedFiles = true
		in.refuse("inspect.embedded_object")
		return false
	})
}

// scriptTags run or fetch something when a page or a drawing is opened.
var scriptTags = []string{"script", "foreignObject", "foreignobject", "iframe", "object", "embed", "applet", "handler", "set", "animate", "base", "meta", "link", "form"}

// markup looks at SVG, HTML and XML.
func (in *inspection) markup(r io.Reader, kind Kind) error {
	if !in.limits.AllowMarkup || kind == XML {
		in.refuse("inspect.markup")
	}
	script := func() {
		in.report.Script = true
		in.refuse("inspect.markup_script")
	}
	b, _, err := asUTF8(r)
	if err = in.partFault(err); err != nil || b == nil {
		return err
	}
	err = xmlPieces(b, func(raw []byte) error {
		if raw[1] == '!' {
			if !bytes.EqualFold(bytes.Join(bytes.Fields(raw), []byte(" ")), []byte("<!doctype html>")) {
				return wrong("inspect.xml_entities")
			}
			return nil
		}
		local, closing := tagName(raw)
		if closing {
			return nil
		}
		if slices.Contains(scriptTags, local) || slices.Contains(scriptTags, strings.ToLower(local)) {
			script()
		}
		attrs(raw, func(name, value string, _, _ int) {
			name, value = strings.ToLower(name), strings.ToLower(strings.Map(dropSpace, value))
			switch {
			case strings.HasPrefix(name, "on"), strings.HasPrefix(value, "javascript:"), strings.HasPrefix(value, "data:text/html"), strings.HasPrefix(value, "data:image/svg"):
				script()
			case name == "href" && local != "a" || name == "src":
				if remote(value) && !strings.HasPrefix(value, "data:") {
					in.report.External = true
					in.refuse("inspect.external")
				}
			}
		})
		return nil
	}, func(b []byte) error {
		if bytes.Contains(b, []byte("@import")) || bytes.Contains(b, []byte("xml-stylesheet")) {
			in.report.External = true
			in.refuse("inspect.external")
		}
		return nil
	})
	return in.partFault(err)
}

func dropSpace(c rune) rune {
	if c <= ' ' {
		return -1
	}
	return c
}

// text looks at tables and plain text.
func (in *inspection) text(r io.Reader, kind Kind) error {
	b := bufio.NewReaderSize(r, 64<<10)
	head, _ := b.Peek(200)
	if bytes.Contains(head, eicar) {
		in.refuse("inspect.test_virus")
	}
	if kind == CSV {
		start, _ := b.Peek(64 << 10)
		for cell := range bytes.FieldsFuncSeq(start, func(c rune) bool { return c == ';' || c == ',' || c == '\t' || c == '\n' || c == '\r' }) {
			if formula(bytes.Trim(cell, " \"")) {
				in.warn("inspect.csv_formula")
				break
			}
		}
	}
	return search(b, markupMarks[:5], func(int) bool {
		in.warn("inspect.markup_in_text")
		return true
	})
}

// formula says whether a spreadsheet would compute the cell; "-12,5" and "+33 6" are plain.
func formula(cell []byte) bool {
	if len(cell) < 2 {
		return false
	}
	switch cell[0] {
	case '=', '@':
		return true
	case '+', '-':
		return cell[1] >= 'A' && cell[1] <= 'Z' || cell[1] >= 'a' && cell[1] <= 'z'
	}
	return false
}
