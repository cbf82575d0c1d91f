package inspect

import (
	"bufio"
	"bytes"
	"io"
	"path"
	"slices"
	"strings"
)

// rule says what of a part is emptied: the text of elements, the value of
// attributes, by their names without prefix.
type rule struct {
	elements, attributes []string
	template             bool // replace the path of the template on the author's machine
	texts                bool // empty the text of every element
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
	{"", "customxml/item*.xml", rule{texts: true}}, // what templates and document systems keep about a file
	{"", "docmetadata/*.xml", rule{texts: true}},
	{"word", "word/*.xml", wordNames},
	{"word", "word/*/*.xml", wordNames},
	{"xl", "xl/comments*.xml", rule{elements: []string{"author"}}},
	{"xl", "xl/comments/*.xml", rule{elements: []string{"author"}}},
	{"xl", "xl/persons/*.xml", rule{attributes: []string{"displayName", "userId"}}},
	{"xl", "xl/workbook.xml", rule{attributes: []string{"userName", "url"}}},
	{"xl", "xl/pivotcache/*.xml", rule{attributes: []string{"refreshedBy"}}},
	{"xl", "xl/revisions/*.xml", rule{attributes: []string{"userName", "name"}}},
	{"ppt", "ppt/commentauthors.xml", rule{attributes: []string{"name", "initials"}}},
	{"ppt", "ppt/authors.xml", rule{attributes: []string{"name", "initials", "userId"}}},
	{"ppt", "ppt/changesinfos/*.xml", rule{attributes: []string{"name", "userId"}}},
	{"odf", "settings.xml", rule{texts: true}},
	{"odf", "meta.xml", rule{elements: []string{"initial-creator", "creator", "printed-by", "user-defined"}}},
	{"odf", "content.xml", odfNames},
	{"odf", "styles.xml", odfNames},
	{"odf", "object*/content.xml", odfNames},
	{"odf", "object*/meta.xml", odfNames},
}

var wordNames = rule{attributes: []string{"author", "initials", "userId"}}

// drawingNames are what drawing programs write into SVG.
var drawingNames = rule{elements: []string{"metadata", "title", "desc"}, attributes: []string{"export-filename", "docname", "docbase", "absref"}}

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
	declared := declaration()
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
		if inside != "" || u.texts && !declared(b) {
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

// declaration lets the first line of an XML file through, and white space; texts,
// comments and CDATA stay behind.
func declaration() func([]byte) bool {
	first := true
	return func(b []byte) bool {
		first = first && (string(b) == "<" || b[0] == '?' || len(bytes.TrimSpace(b)) == 0 || string(b) == "\xef\xbb\xbf")
		return first || len(bytes.TrimSpace(b)) == 0
	}
}
