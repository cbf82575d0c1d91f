package inspect

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

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
		return stripPDF(ctx, r, size, w)
	case kind == ZIP, kind.office():
		c, err := stripZip(ctx, r, size, w)
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
}

func stripZip(ctx context.Context, r io.ReaderAt, size int64, w io.Writer) (Cleaned, error) {
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
	s := &stripper{in: in, z: z, kind: kind, done: Cleaned{Kind: kind}}
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
		if strings.Contains(e.name, "/media/") || strings.HasPrefix(e.name, "Pictures/") {
			return s.pictureEntry(e)
		}
		return s.raw(e)
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
	if kind != JPEG && kind != PNG && kind != WebP {
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
	case strings.Contains(lower, "/embeddings/"):
		return "inspect.left_embedded"
	case strings.HasPrefix(lower, "_xmlsignatures/"), lower == "meta-inf/documentsignatures.xml":
		return "inspect.left_signature"
	case strings.HasPrefix(lower, "customxml/") && strings.HasPrefix(path.Base(lower), "item") && !strings.Contains(lower, "props") && !strings.HasSuffix(lower, ".rels"):
		return "inspect.left_custom"
	}
	return ""
}

// rule says what of a part is emptied: the text of elements, the value of
// attributes, by their names without prefix.
type rule struct {
	elements, attributes []string
	template             bool // replace the path of the template on the author's machine
}

var rules = []struct {
	kinds   string // "word", "xl", "ppt", "odf" or "" for the three of Office
	pattern string // of path.Match, in lower case
	rule    rule
}{
	{"", "docprops/core.xml", rule{elements: []string{"creator", "lastModifiedBy"}}},
	{"", "docprops/app.xml", rule{elements: []string{"Company", "Manager", "HyperlinkBase"}}},
	{"", "docprops/custom.xml", rule{elements: []string{"lpwstr", "lpstr", "bstr"}}},
	{"", "*/_rels/*.rels", rule{template: true}},
	{"word", "word/*.xml", rule{attributes: []string{"author", "initials", "userId"}}},
	{"xl", "xl/comments*.xml", rule{elements: []string{"author"}}},
	{"xl", "xl/comments/*.xml", rule{elements: []string{"author"}}},
	{"xl", "xl/persons/*.xml", rule{attributes: []string{"displayName", "userId"}}},
	{"xl", "xl/workbook.xml", rule{attributes: []string{"userName", "url"}}},
	{"xl", "xl/revisions/*.xml", rule{attributes: []string{"userName", "name"}}},
	{"ppt", "ppt/commentauthors.xml", rule{attributes: []string{"name", "initials"}}},
	{"ppt", "ppt/authors.xml", rule{attributes: []string{"name", "initials", "userId"}}},
	{"odf", "meta.xml", rule{elements: []string{"initial-creator", "creator", "printed-by", "user-defined"}}},
	{"odf", "content.xml", odfNames},
	{"odf", "styles.xml", odfNames},
	{"odf", "object*/content.xml", odfNames},
	{"odf", "object*/meta.xml", odfNames},
}

var odfNames = rule{elements: []string{"creator", "creator-initials", "initial-creator", "printed-by", "author-name", "author-initials",
	"sender-firstname", "sender-lastname", "sender-initials", "sender-email", "sender-company", "sender-phone-private", "sender-phone-work",
	"sender-street", "sender-city", "sender-postal-code", "sender-title", "sender-position"}}

func ruleFor(kind Kind, name string) (rule, bool) {
	family := map[Kind]string{DOCX: "word", XLSX: "xl", PPTX: "ppt", ODT: "odf", ODS: "odf", ODP: "odf"}[kind]
	for _, r := range rules {
		if r.kinds != family && (r.kinds != "" || family == "odf") {
			continue
		}
		if ok, err := path.Match(r.pattern, strings.ToLower(name)); ok && err == nil {
			return r.rule, true
		}
	}
	return rule{}, false
}

// rewrite copies a part and empties what the rule names.
func (u rule) rewrite(r *bufio.Reader, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	inside, depth := "", 0
	err := xmlPieces(r, func(raw []byte) error {
		local, closing := tagName(raw)
		if inside != "" {
			if local != inside {
				return nil
			}
			switch {
			case closing:
				depth--
			case !bytes.HasSuffix(raw, []byte("/>")):
				depth++
			}
			if depth > 0 {
				return nil
			}
			inside = ""
		} else if !closing && slices.Contains(u.elements, local) && !bytes.HasSuffix(raw, []byte("/>")) {
			inside, depth = local, 1
		}
		_, err := out.Write(u.tag(local, raw))
		return err
	}, func(b []byte) error {
		if inside != "" {
			return nil
		}
		_, err := out.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// tag gives a tag with its attributes emptied.
func (u rule) tag(local string, raw []byte) []byte {
	cut := raw
	shift := 0
	replace := func(from, to int, with string) {
		cut = slices.Concat(cut[:from+shift], []byte(with), cut[to+shift:])
		shift += len(with) - (to - from)
	}
	template := u.template && local == "Relationship" && path.Base(attr(raw, "Type")) == "attachedTemplate"
	attrs(raw, func(name, _ string, from, to int) {
		switch {
		case slices.Contains(u.attributes, name):
			replace(from, to, "")
		case template && name == "Target":
			replace(from, to, "file:///Normal.dotm")
		}
	})
	return cut
}
