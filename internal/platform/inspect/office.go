package inspect

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
)

// ooxmlKind reads the kind of an Office document from its content types
// (ECMA-376 part 2, §10.1.2), and whether it declares macros.
func (in *inspection) ooxmlKind(types []byte) Kind {
	kind := ZIP
	err := in.scanXML(bytes.NewReader(types), func(_ string, raw []byte) {
		t := strings.ToLower(attr(raw, "ContentType"))
		if strings.Contains(t, "macroenabled") || strings.Contains(t, "vbaproject") {
			in.macros()
		}
		if !strings.Contains(t, ".main") {
			return
		}
		switch {
		case strings.Contains(t, "wordprocessingml"), strings.Contains(t, "ms-word"):
			kind = DOCX
		case strings.Contains(t, "spreadsheetml"), strings.Contains(t, "ms-excel"):
			kind = XLSX
		case strings.Contains(t, "presentationml"), strings.Contains(t, "ms-powerpoint"):
			kind = PPTX
		}
	}, ignore)
	in.partFault(err)
	return kind
}

// partFault records what is wrong with one part and lets the look go on, so
// that everything is said at once.
func (in *inspection) partFault(err error) error {
	var f *fault
	if errors.As(err, &f) && f.key != "inspect.archive_bomb" {
		in.refuse(f.key, f.args...)
		return nil
	}
	return err
}

func (in *inspection) macros() {
	in.report.Macros = true
	in.refuse("inspect.macros")
}

// part looks at one part of a document; done says that it needs no other look.
func (in *inspection) part(r io.Reader, e zipEntry, outer Kind) (done bool, err error) {
	name, base := strings.ToLower(e.name), strings.ToLower(path.Base(e.name))
	odf := outer == ODT || outer == ODS || outer == ODP
	switch {
	case base == "vbaproject.bin", base == "vbadata.xml", strings.Contains(name, "/macrosheets/"), strings.Contains(name, "/dialogsheets/"):
		in.macros()
	case odf && odfMacro(name):
		in.macros()
	case strings.Contains(name, "/activex/"), strings.Contains(name, "/webextensions/"):
		in.report.Script = true
		in.refuse("inspect.active")
	case strings.Contains(name, "/embeddings/"):
		in.report.EmbeddedFiles = true
		in.warn("inspect.embedded")
	}
	if !xmlPart(base) {
		return false, nil
	}
	fields := &fieldReader{in: in}
	look, text := fields.tag, fields.text
	switch {
	case odf:
		look, text = in.odfTag, ignore
	case strings.HasSuffix(base, ".rels"):
		look, text = in.relationship, ignore
	}
	err = in.partFault(in.scanXML(r, look, text))
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	return true, err
}

func xmlPart(base string) bool {
	switch path.Ext(base) {
	case ".xml", ".rels", ".vml", ".rdf":
		return true
	}
	return false
}

// odfMacro says whether a part of an ODF package holds a program. The lists of
// libraries stand there even when they are empty.
func odfMacro(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "basic/") && base != "script-lc.xml" && base != "script-lb.xml" || strings.HasPrefix(name, "scripts/")
}

// remote says whether opening target reaches another machine.
func remote(target string) bool {
	t := strings.ToLower(strings.TrimSpace(target))
	t = strings.ReplaceAll(t, `\`, "/")
	if rest, ok := strings.CutPrefix(t, "file:"); ok {
		host := strings.TrimLeft(rest, "/")
		slashes := len(rest) - len(host)
		// file:///C:/x is local; file://host/x and file:////host/x are not.
		return slashes == 2 || slashes > 3
	}
	scheme, _, found := strings.Cut(t, ":")
	return strings.HasPrefix(t, "//") || found && len(scheme) > 1 && !strings.ContainsAny(scheme, "/#?.")
}

// relationship judges a link from a part to something outside the file
// (ECMA-376 part 2, §9.3). A link that a person must click is no danger.
func (in *inspection) relationship(local string, raw []byte) {
	if local != "Relationship" {
		return
	}
	kind, target := path.Base(attr(raw, "Type")), attr(raw, "Target")
	if kind == "vbaProject" || kind == "attachedToolbars" || kind == "xlMacrosheet" || kind == "xlIntlMacrosheet" {
		in.macros()
		return
	}
	if !strings.EqualFold(attr(raw, "TargetMode"), "External") && !remote(target) {
		return
	}
	switch kind {
	case "hyperlink":
		return
	case "image", "audio", "video", "media", "externalLinkPath", "xlExternalLinkPath", "externalLink", "printerSettings":
		in.report.External = true
		in.warn("inspect.linked")
		return
	}
	if remote(target) {
		in.report.External = true
		in.refuse("inspect.external")
	} else {
		in.warn("inspect.local_link")
	}
}

// fieldReader judges the other parts of an Office document: it puts together
// field instructions, which may be spread over many runs, to find those that
// fetch data without being asked (DDE, ECMA-376 part 1 §17.16.5).
type fieldReader struct {
	in      *inspection
	inside  bool
	written []byte
}

func (f *fieldReader) tag(local string, raw []byte) {
	f.inside = local == "instrText"
	switch local {
	case "fldChar":
		f.in.field(string(f.written))
		f.written = f.written[:0]
	case "fldSimple":
		f.in.field(attr(raw, "instr"))
	case "ddeLink", "webPr", "dbPr", "olapPr": // a workbook that asks another machine when it opens (§18.13)
		f.in.dde()
	case "altChunk":
		f.in.report.EmbeddedFiles = true
		f.in.warn("inspect.embedded")
	}
}

func (f *fieldReader) text(b []byte) {
	if f.inside && len(f.written) < 2000 {
		f.written = append(f.written, b...)
	}
}

func ignore([]byte) {}

func (in *inspection) dde() {
	in.report.External = true
	in.refuse("inspect.external")
}

func (in *inspection) field(instruction string) {
	words := strings.Fields(strings.ToUpper(instruction))
	if len(words) > 0 && (words[0] == "DDE" || words[0] == "DDEAUTO") {
		in.dde()
	}
}

// odfTag judges the tags of an ODF part (OASIS OpenDocument 1.3 part 3).
func (in *inspection) odfTag(local string, raw []byte) {
	href := attr(raw, "href")
	switch local {
	case "encryption-data":
		in.report.Encrypted = true
		in.refuse("inspect.encrypted")
	case "event-listener":
		if strings.HasPrefix(href, "vnd.sun.star.script:") || strings.HasPrefix(href, "macro:") || attr(raw, "macro-name") != "" {
			in.macros()
		}
	case "dde-source", "dde-connection-decl", "dde-link":
		in.dde()
	case "image", "background-image", "fill-image":
		if remote(href) && !strings.HasPrefix(href, "data:") {
			in.report.External = true
			in.warn("inspect.linked")
		}
	case "object", "object-ole", "plugin", "applet", "floating-frame", "section-source", "cell-range-source", "database-source-sql":
		if remote(href) {
			in.report.External = true
			in.refuse("inspect.external")
		}
	}
}
