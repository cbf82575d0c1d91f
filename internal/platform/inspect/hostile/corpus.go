package hostile

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
)

// File is one file of the corpus and its verdict: the kind, the keys that
// refuse it, the keys that warn, and the flags ("macros embedded script
// external encrypted located").
type File struct {
	Situation, Name string
	Body            []byte
	Kind            string
	Refuse, Warn    string
	Flags           string
}

// Corpus is every file, always the same.
func Corpus(t testing.TB) []File {
	once.Do(func() { made = build(t) })
	return made
}

// What a file is, in the words of package inspect, which this one may not import.
const (
	Unknown    = "unknown"
	Empty      = "empty"
	PDF        = "pdf"
	PNG        = "png"
	JPEG       = "jpeg"
	GIF        = "gif"
	WebP       = "webp"
	HEIC       = "heic"
	DOCX       = "docx"
	XLSX       = "xlsx"
	PPTX       = "pptx"
	ODT        = "odt"
	OLE        = "ole"
	RTF        = "rtf"
	ZIP        = "zip"
	Archive    = "archive"
	CSV        = "csv"
	TXT        = "txt"
	SVG        = "svg"
	HTML       = "html"
	XML        = "xml"
	MP4        = "mp4"
	MP3        = "mp3"
	Executable = "executable"
)

// EICAR is the harmless file that every antivirus must report
// (https://www.eicar.org); in two halves, so that this source is not reported.
const EICAR = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// Wide is ASCII in UTF-16, as the names inside old Office files are written.
func Wide(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

var (
	once sync.Once
	made []File
)

// Seeds are small files of every kind, quick to make: a fuzz target makes them again
// in each of its processes.
func Seeds(t testing.TB) []File {
	few := []File{
		{Situation: "a document", Name: "a.docx", Body: Docx(t)}, {Situation: "an ODF text", Name: "a.odt", Body: ODTOf(t, "<text:p>x</text:p>")},
		{Situation: "an archive", Name: "a.zip", Body: Zip(t, Part{Name: "a.txt", Body: "a"})},
		{Situation: "a PDF", Name: "a.pdf", Body: PDFOf("/Names << /JavaScript 4 0 R >>", "<< /Author (a) >>", ObjStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", "9 0 << /Author (b) >>"))},
	}
	return slices.Concat(few, plainSamples(t), pageFiles(t), pictureSamples(t), nameSamples(t), Signed(t))
}

func build(t testing.TB) []File {
	return slices.Concat(plainSamples(t), zipSamples(t), officeSamples(t), pdfSamples(t), pictureSamples(t), nameSamples(t),
		pageFiles(t), shortcutFiles(t), moreZips(t), moreOffice(t), morePDF(t), morePictures(t), moreNames(t))
}

func plainSamples(testing.TB) []File {
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="9">%</svg>`
	fill := func(s string) []byte { return []byte(strings.Replace(svg, "%", s, 1)) }
	return []File{
		{"nothing at all", "plan.pdf", nil, Empty, "empty", "", ""},
		{"a text", "note.txt", []byte("Nous proposons un atelier.\n"), TXT, "", "", ""},
		{"a text in Latin-1", "note.txt", []byte("Nous r\xe9servons une salle \xe0 Caen.\n"), TXT, "", "", ""},
		{"a table", "budget.csv", []byte("poste;montant\nsalle;-120,50\nrepas;+300\n"), CSV, "", "", ""},
		{"a table that computes", "budget.csv", []byte("poste;montant\nsalle;=HYPERLINK(\"http://x\")\n"), CSV, "", "csv_formula", ""},
		{"a table that runs a command", "budget.csv", []byte("a,b\n1,+cmd|' /C calc'!A0\n"), CSV, "", "csv_formula", ""},
		{"a text that speaks of script", "note.txt", []byte("On écrit <script>alert(1)</script> ici.\n"), TXT, "", "markup_in_text", ""},
		{"the antivirus test file", "test.txt", []byte(EICAR), TXT, "test_virus", "", ""},
		{"random bytes", "x.bin", []byte("\x00\x01\x02\x03\xff\xfe\x80"), Unknown, "unknown_kind", "", ""},
		{"random bytes called PDF", "plan.pdf", []byte("\x00\x01\x02\x03\xff\xfe\x80"), Unknown, "unknown_kind", "", ""},
		{"a Windows program", "cv.pdf", []byte("MZ\x90\x00\x03\x00"), Executable, "program mismatch", "", ""},
		{"a Linux program", "cv", []byte("\x7fELF\x02\x01\x01"), Executable, "program", "", ""},
		{"a Windows shortcut", "cv.lnk", []byte("L\x00\x00\x00\x01\x14\x02\x00\x00\x00"), Executable, "program", "", ""},
		{"a shell script", "cv.txt", []byte("#!/bin/sh\nrm -rf ~\n"), Executable, "program mismatch", "", ""},
		{"a JavaScript file", "cv.js", []byte("alert(1)"), Executable, "program", "", ""},
		{"a batch file behind another extension", "cv.pdf.bat", []byte("@echo off\r\n"), Executable, "program", "", ""},
		{"HTML called PDF", "plan.pdf", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), HTML, "markup markup_script mismatch", "", "script"},
		{"HTML in UTF-16", "plan.txt", []byte(UTF16("<html><script>alert(1)</script></html>", "\xff\xfe")), HTML, "markup markup_script mismatch", "", "script"},
		{"HTML after a comment", "plan.html", []byte("\n<!-- x -->\n<body onload=alert(1)>"), HTML, "markup", "", ""},
		{"a web archive", "plan.mht", []byte("MIME-Version: 1.0\nContent-Type: multipart/related\n"), HTML, "markup", "", ""},
		{"a drawing", "logo.svg", fill(`<path d="M0 0"/>`), SVG, "markup", "", ""},
		{"a drawing with a script", "logo.svg", fill(`<script>alert(1)</script>`), SVG, "markup markup_script", "", "script"},
		{"a drawing with a prefixed script", "logo.svg", fill(`<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>`), SVG, "markup markup_script", "", "script"},
		{"a drawing with a page inside", "logo.svg", fill(`<foreignObject><p>hi</p></foreignObject>`), SVG, "markup markup_script", "", "script"},
		{"a drawing that reacts", "logo.svg", fill(`<rect onclick="alert(1)"/>`), SVG, "markup markup_script", "", "script"},
		{"a drawing with a hidden link", "logo.svg", fill("<a href=\"java&#x73;cript:alert(1)\">x</a>"), SVG, "markup markup_script", "", "script"},
		{"a drawing with entities", "logo.svg", []byte(`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>`), SVG, "markup xml_entities", "", ""},
		{"a drawing that fetches", "logo.svg", fill(`<image href="https://example.org/x.png"/>`), SVG, "markup external", "", "external"},
		{"a rich text", "note.rtf", []byte(`{\rtf1 Bonjour}`), RTF, "", "legacy_office", ""},
		{"a rich text with an object", "note.rtf", []byte(`{\rtf1{\object\objemb{\*\objdata 0105}}}`), RTF, "embedded_object", "legacy_office", "embedded"},
		{"a rich text with a remote template", "note.doc", []byte(`{\rtf1{\*\template http://example.org/x.dotm}}`), RTF, "external", "legacy_office", "external"},
		{"an old document", "note.doc", []byte(OLE10 + strings.Repeat("\x00", 600)), OLE, "", "legacy_office", ""},
		{"an old document with macros", "note.doc", []byte(OLE10 + strings.Repeat("\x00", 600) + string(Wide("_VBA_PROJECT"))), OLE, "macros", "legacy_office", "macros"},
		{"a new document with a password", "note.docx", []byte(OLE10 + strings.Repeat("\x00", 600) + string(Wide("EncryptedPackage"))), OLE, "encrypted mismatch", "legacy_office", "encrypted"},
		{"an old document with a package", "note.xls", []byte(OLE10 + string(Wide("\x01Ole10Native"))), OLE, "embedded_object", "legacy_office", "embedded"},
		{"an installer", "setup.msi", []byte(OLE10 + string(Wide("!_StringData"))), OLE, "program mismatch", "legacy_office", ""},
		{"an archive that is not opened", "all.7z", []byte("7z\xbc\xaf\x27\x1c\x00\x04"), Archive, "archive_closed", "", ""},
		{"a sound", "voix.mp3", []byte("ID3\x04\x00\x00\x00\x00\x00\x00"), MP3, "", "", ""},
		{"a film", "film.mp4", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), MP4, "", "", ""},
		{"a phone's picture format", "photo.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), HEIC, "heic", "", ""},
	}
}

func zipSamples(t testing.TB) []File {
	sound := Zip(t, Part{Name: "notes/a.txt", Body: "a"}, Part{Name: "b.csv", Body: "a;b"})
	inner := Zip(t, Part{Name: "a.txt", Body: "a"})
	nest := func(n int) []byte {
		b := inner
		for range n {
			b = Zip(t, Part{Name: "in.zip", Body: string(b), Stored: true})
		}
		return b
	}
	many := make([]Part, 5001)
	for i := range many {
		many[i].Name = strings.Repeat("a", i%50) + string(rune('a'+i%26)) + strings.Repeat("b", i/50)
	}
	shared := Deflated(t, 1<<20)
	return []File{
		{"an archive", "all.zip", sound, ZIP, "", "", ""},
		{"an empty archive", "all.zip", Zip(t), ZIP, "", "", ""},
		{"an archive in an archive", "all.zip", nest(1), ZIP, "", "", ""},
		{"archives nested too deep", "all.zip", nest(3), ZIP, "archive_depth", "", ""},
		{"a flat bomb", "all.zip", RawZip(RawEntry{Name: "a", Packed: Deflated(t, 11<<20), Size: 11 << 20, Method: 8, At: -1}), ZIP, "archive_bomb", "", ""},
		{"a bomb that hides its size", "all.zip", RawZip(RawEntry{Name: "a.txt", Packed: Deflated(t, 1<<20), Size: 100, Method: 8, At: -1}), ZIP, "archive_bomb", "", ""},
		{"a bomb inside an archive", "all.zip", Zip(t, Part{Name: "in.zip", Body: string(RawZip(RawEntry{Name: "a", Packed: Deflated(t, 11<<20), Size: 11 << 20, Method: 8, At: -1}))}), ZIP, "archive_bomb", "", ""},
		{"overlapping entries", "all.zip", RawZip(RawEntry{Name: "a", Packed: shared, Size: 1 << 20, Method: 8, At: -1}, RawEntry{Name: "a2", Local: "a", Packed: shared, Size: 1 << 20, Method: 8, SkipContents: true, At: 0}), ZIP, "archive_overlap", "", ""},
		{"an entry quoted inside another", "all.zip", overlapping(), ZIP, "archive_overlap", "", ""},
		{"too many entries", "all.zip", Zip(t, many...), ZIP, "archive_entries", "", ""},
		{"a name that climbs", "all.zip", Zip(t, Part{Name: "../../etc/cron.d/x", Body: "x"}), ZIP, "archive_name", "", ""},
		{"a name that climbs the Windows way", "all.zip", Zip(t, Part{Name: `..\..\x`, Body: "x"}), ZIP, "archive_name", "", ""},
		{"an absolute name", "all.zip", Zip(t, Part{Name: "/etc/passwd", Body: "x"}), ZIP, "archive_name", "", ""},
		{"a drive in a name", "all.zip", Zip(t, Part{Name: "C:/x", Body: "x"}), ZIP, "archive_name", "", ""},
		{"two names for one entry", "all.zip", RawZip(RawEntry{Name: "a.txt", Local: "a.exe", Packed: []byte("x"), Size: 1, At: -1}), ZIP, "archive_damaged", "", ""},
		{"the same name twice", "all.zip", RawZip(RawEntry{Name: "a", Packed: []byte("x"), Size: 1, At: -1}, RawEntry{Name: "a", Packed: []byte("y"), Size: 1, At: -1}), ZIP, "archive_damaged", "", ""},
		{"an archive with a password", "all.zip", RawZip(RawEntry{Name: "a", Packed: []byte("x"), Size: 1, Flags: 1, At: -1}), ZIP, "encrypted", "", "encrypted"},
		{"an unknown compression", "all.zip", RawZip(RawEntry{Name: "a", Packed: []byte("x"), Size: 1, Method: 99, At: -1}), ZIP, "archive_method", "", ""},
		{"a program in an archive", "all.zip", Zip(t, Part{Name: "a/setup.exe", Body: "MZ\x90"}), ZIP, "program_inside", "", ""},
		{"a script in an archive", "all.zip", Zip(t, Part{Name: "a/run.vbs", Body: "MsgBox 1"}), ZIP, "program_inside", "", ""},
		{"a page in an archive", "all.zip", Zip(t, Part{Name: "a/index.html", Body: "<html></html>"}), ZIP, "", "markup_inside", ""},
		{"a Java program", "all.jar", Zip(t, Part{Name: "META-INF/MANIFEST.MF", Body: "x"}), Executable, "program", "", ""},
		{"an archive cut short", "all.zip", sound[:len(sound)-30], ZIP, "archive_damaged", "", ""},
		{"an archive behind a program", "all.zip", append([]byte("PK\x03\x04junkjunkjunk"), sound...), ZIP, "polyglot", "", ""},
		{"an archive with something after it", "all.zip", append(bytes.Clone(sound), "more"...), ZIP, "archive_damaged", "", ""},
		{"a document with macros in an archive", "all.zip", Zip(t, Part{Name: "d.docm", Body: string(Docx(t, Part{Name: "word/vbaProject.bin", Body: "x"}))}), ZIP, "macros", "", "macros"},
		{"a compressed archive too large to be held", "all.zip", Zip(t, Part{Name: "in.zip", Body: string(Zip(t, Part{Name: "x", Body: Noise(34 << 20), Stored: true}))}), ZIP, "nested_unseen", "", ""},
	}
}

// overlapping is a zip whose second entry starts inside the bytes of the first.
func overlapping() []byte {
	inner := RawZip(RawEntry{Name: "b", Packed: []byte("yyyy"), Size: 4, At: -1})
	local := inner[:30+1+4]
	return RawZip(RawEntry{Name: "a", Packed: local, Size: uint32(len(local)), At: -1}, RawEntry{Name: "b", Packed: []byte("yyyy"), Size: 4, SkipContents: true, At: 31})
}

func officeSamples(t testing.TB) []File {
	xxe := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>`
	embedded := Zip(t, Part{Name: "[Content_Types].xml", Body: SheetTypes}, Part{Name: "xl/vbaProject.bin", Body: "x"})
	return []File{
		{"a document", "plan.docx", Docx(t), DOCX, "", "", ""},
		{"a workbook", "budget.xlsx", Zip(t, Part{Name: "[Content_Types].xml", Body: SheetTypes}, Part{Name: "xl/workbook.xml", Body: "<workbook/>"}), XLSX, "", "", ""},
		{"slides", "pitch.pptx", Zip(t, Part{Name: "[Content_Types].xml", Body: SlideTypes}), PPTX, "", "", ""},
		{"a document called PDF", "plan.pdf", Docx(t), DOCX, "mismatch", "", ""},
		{"a document called ZIP", "plan.zip", Docx(t), DOCX, "mismatch", "", ""},
		{"macros", "plan.docm", Docx(t, Part{Name: "word/vbaProject.bin", Body: "x"}), DOCX, "macros", "", "macros"},
		{"macros only declared", "plan.docm", Zip(t, Part{Name: "[Content_Types].xml", Body: macroTypes}), DOCX, "macros", "", "macros"},
		{"macros under another name", "plan.docx", Docx(t, Rel("vbaProject", "innocent.bin")), DOCX, "macros", "", "macros"},
		{"old macro sheets", "b.xlsx", Zip(t, Part{Name: "[Content_Types].xml", Body: SheetTypes}, Part{Name: "xl/macrosheets/sheet1.xml", Body: "<x/>"}), XLSX, "macros", "", "macros"},
		{"a remote template", "plan.docx", Docx(t, Rel("attachedTemplate", "https://example.org/x.dotm")), DOCX, "external", "", "external"},
		{"a template on a share", "plan.docx", Docx(t, Rel("attachedTemplate", `\\server\x.dotm`)), DOCX, "external", "", "external"},
		{"a template on the author's machine", "plan.docx", Docx(t, Rel("attachedTemplate", "file:///C:\\Users\\jeanne\\Normal.dotm")), DOCX, "", "local_link", ""},
		{"a remote frame", "plan.docx", Docx(t, Rel("frame", "http://example.org/")), DOCX, "external", "", "external"},
		{"a remote object", "plan.docx", Docx(t, Rel("oleObject", "mhtml:http://example.org/x!x-usc:http://example.org/x")), DOCX, "external", "", "external"},
		{"a remote picture", "plan.docx", Docx(t, Rel("image", "http://example.org/pixel.png")), DOCX, "", "linked", "external"},
		{"an ordinary link", "plan.docx", Docx(t, Rel("hyperlink", "https://example.org/")), DOCX, "", "", ""},
		{"entities in a part", "plan.docx", Docx(t, Part{Name: "word/settings.xml", Body: xxe}), DOCX, "xml_entities", "", ""},
		{"entities in UTF-16", "plan.docx", Docx(t, Part{Name: "word/settings.xml", Body: UTF16(xxe, "\xff\xfe")}), DOCX, "xml_entities", "", ""},
		{"entities in UTF-16, other order", "plan.docx", Docx(t, Part{Name: "word/settings.xml", Body: UTF16(xxe, "\xfe\xff")}), DOCX, "xml_entities", "", ""},
		{"entities behind an encoding", "plan.docx", Docx(t, Part{Name: "word/settings.xml", Body: `<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x>`}), DOCX, "xml_encoding", "", ""},
		{"a tag without end", "plan.docx", Docx(t, Part{Name: "word/settings.xml", Body: "<a b=\"" + strings.Repeat("x", 2<<20)}), DOCX, "xml_damaged", "", ""},
		{"an embedded program", "plan.docx", Docx(t, Part{Name: "word/embeddings/oleObject1.bin", Body: OLE10 + string(Wide("\x01Ole10Native"))}), DOCX, "embedded_object", "embedded legacy_office", "embedded"},
		{"an embedded workbook with macros", "plan.docx", Docx(t, Part{Name: "word/embeddings/b.xlsm", Body: string(embedded)}), DOCX, "macros", "embedded", "embedded macros"},
		{"an ActiveX control", "plan.docx", Docx(t, Part{Name: "word/activeX/activeX1.xml", Body: "<x/>"}), DOCX, "active", "", "script"},
		{"a field that fetches", "plan.docx", Docx(t, Part{Name: "word/header1.xml", Body: `<w:hdr><w:fldChar w:fldCharType="begin"/><w:instrText> DDE</w:instrText><w:r/><w:instrText>AUTO c:\\x "calc"</w:instrText><w:fldChar w:fldCharType="end"/></w:hdr>`}), DOCX, "external", "", "external"},
		{"a simple field that fetches", "plan.docx", Docx(t, Part{Name: "word/header1.xml", Body: `<w:hdr><w:fldSimple w:instr="DDEAUTO c:\\x"/></w:hdr>`}), DOCX, "external", "", "external"},
		{"an ordinary field", "plan.docx", Docx(t, Part{Name: "word/header1.xml", Body: `<w:hdr><w:fldSimple w:instr=" PAGE "/></w:hdr>`}), DOCX, "", "", ""},
		{"an ODF text", "plan.odt", ODTOf(t, "<text:p>Bonjour</text:p>"), ODT, "", "", ""},
		{"an ODF with macros", "plan.odt", ODTOf(t, "", Part{Name: "Basic/Standard/Module1.xml", Body: "<x/>"}), ODT, "macros", "", "macros"},
		{"an ODF with empty macro libraries", "plan.odt", ODTOf(t, "", Part{Name: "Basic/script-lc.xml", Body: "<x/>"}), ODT, "", "", ""},
		{"an ODF with a Python script", "plan.odt", ODTOf(t, "", Part{Name: "Scripts/python/x.py", Body: "import os"}), ODT, "macros program_inside", "", "macros"},
		{"an ODF that calls a macro", "plan.odt", ODTOf(t, `<script:event-listener xlink:href="vnd.sun.star.script:x.py$y?language=Python&amp;location=user"/>`), ODT, "macros", "", "macros"},
		{"an ODF with a remote frame", "plan.odt", ODTOf(t, `<draw:floating-frame xlink:href="https://example.org/"/>`), ODT, "external", "", "external"},
		{"an ODF with a remote section", "plan.odt", ODTOf(t, `<text:section-source xlink:href="\\server\x.odt"/>`), ODT, "external", "", "external"},
		{"an ODF with a remote picture", "plan.odt", ODTOf(t, `<draw:image xlink:href="http://example.org/x.png"/>`), ODT, "", "linked", "external"},
		{"an ODF with its own picture", "plan.odt", ODTOf(t, `<draw:image xlink:href="Pictures/1.png"/><text:a xlink:href="https://example.org/">x</text:a>`), ODT, "", "", ""},
		{"an ODF with a password", "plan.odt", ODTOf(t, "", Part{Name: "META-INF/manifest.xml", Body: `<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>`}), ODT, "encrypted", "", "encrypted"},
		{"an ODF with entities", "plan.odt", ODTOf(t, "", Part{Name: "styles.xml", Body: xxe}), ODT, "xml_entities", "", ""},
	}
}

func pdfSamples(t testing.TB) []File {
	hidden := "5 0 6 30 << /S /JavaScript /JS (app.alert(1)) >>"
	return []File{
		{"a PDF", "plan.pdf", PDFOf(""), PDF, "", "", ""},
		{"a PDF that opens on a page", "plan.pdf", PDFOf("/OpenAction [3 0 R /Fit]"), PDF, "", "", ""},
		{"a PDF with a script", "plan.pdf", PDFOf("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), PDF, "pdf_script", "", "script"},
		{"a PDF with a disguised script", "plan.pdf", PDFOf("/OpenAction << /S /J#61v#61Script /JS (app.alert(1)) >>"), PDF, "pdf_script", "", "script"},
		{"a PDF with a script in an object stream", "plan.pdf", PDFOf("", ObjStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", hidden)), PDF, "pdf_script", "", "script"},
		{"a PDF with a script in an untyped object stream", "plan.pdf", PDFOf("", ObjStm("/N 1 /First 4 /Filter /FlateDecode", hidden)), PDF, "pdf_script", "", "script"},
		{"a PDF with a disguised object stream", "plan.pdf", PDFOf("", ObjStm("/Type /Obj#53tm /N 1 /First 4 /Filter /Fl", hidden)), PDF, "pdf_script", "", "script"},
		{"a PDF with a twice filtered object stream", "plan.pdf", PDFOf("", ObjStm("/Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode]", hidden)), PDF, "pdf_unseen", "", ""},
		{"a PDF with an object stream far from its name", "plan.pdf", PDFOf("", ObjStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"+strings.Repeat(" ", 9000), hidden)), PDF, "pdf_unseen", "", ""},
		{"a PDF with an honest object stream", "plan.pdf", PDFOf("", ObjStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", "5 0 << /Type /Page >>")), PDF, "", "", ""},
		{"a PDF with a bomb of an object stream", "plan.pdf", PDFOf("", ObjStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", strings.Repeat(" ", 70<<20))), PDF, "pdf_unseen", "", ""},
		{"a PDF that runs a program", "plan.pdf", PDFOf("/OpenAction << /S /Launch /F (calc.exe) >>"), PDF, "pdf_launch", "", "script"},
		{"a PDF with a file inside", "plan.pdf", PDFOf("/Names << /EmbeddedFiles 4 0 R >>", "<< /Type /EmbeddedFile >>"), PDF, "", "embedded", "embedded"},
		{"a PDF with a password", "plan.pdf", PDFOf("/Encrypt 4 0 R"), PDF, "encrypted", "", "encrypted"},
		{"a PDF with a dynamic form", "plan.pdf", PDFOf("/AcroForm << /XFA 4 0 R >>"), PDF, "pdf_form", "", "script"},
		{"a PDF with a film", "plan.pdf", PDFOf("", "<< /Subtype /RichMedia >>"), PDF, "pdf_media", "", "embedded"},
		{"a PDF that sends its form", "plan.pdf", PDFOf("", "<< /S /SubmitForm /F (http://example.org) >>"), PDF, "", "linked", "external"},
		{"a PDF behind HTML", "plan.pdf", append([]byte("<html><script>alert(1)</script>\n"), PDFOf("")...), PDF, "polyglot", "", ""},
		{"a PDF behind JavaScript", "plan.pdf", append([]byte("alert(1);/*\n"), PDFOf("")...), PDF, "polyglot", "", ""},
		{"a PDF after blank lines", "plan.pdf", append([]byte("\xef\xbb\xbf\n\n"), PDFOf("")...), PDF, "", "", ""},
		{"a PDF followed by HTML", "plan.pdf", append(PDFOf(""), "<script>alert(1)</script>"...), PDF, "polyglot", "", ""},
		{"a PDF that is also an archive", "plan.pdf", append(PDFOf(""), Zip(t, Part{Name: "a", Body: "x"})...), PDF, "polyglot", "", ""},
		{"a PDF cut short", "plan.pdf", PDFOf("")[:150], PDF, "", "pdf_cut", ""},
		{"a PDF called PNG", "plan.png", PDFOf(""), PDF, "mismatch", "", ""},
	}
}

func pictureSamples(t testing.TB) []File {
	p := pngOf(t, 20, 10)
	withText := append(bytes.Clone(p[:33]), append([]byte(pngChunk("tEXt", "Comment\x00<script>alert(1)</script>")), p[33:]...)...)
	gifJS := gifOf(t, 1)
	copy(gifJS[6:], "/*  ")
	return []File{
		{"a PNG", "logo.png", p, PNG, "", "", ""},
		{"a JPEG", "photo.jpg", jpegOf(t, 20, 10), JPEG, "", "", ""},
		{"a GIF", "logo.gif", gifOf(t, 3), GIF, "", "", ""},
		{"a WebP", "photo.webp", WebPOf(20, 10, ""), WebP, "", "", ""},
		{"a JPEG that says where", "photo.JPG", jpegOf(t, 20, 10, exif(6, true)), JPEG, "", "picture_located", "located"},
		{"a JPEG that says where in XMP", "photo.jpg", jpegOf(t, 20, 10, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x exif:GPSLatitude=\"49\"/>")), JPEG, "", "picture_located", "located"},
		{"a WebP that says where", "photo.webp", WebPOf(20, 10, riff("EXIF", string(exif(1, true)[10:]))), WebP, "", "picture_located", "located"},
		{"30,000 by 30,000 pixels", "big.png", hugePNG(30000, 30000), PNG, "picture_too_large", "", ""},
		{"a WebP of too many pixels", "big.webp", WebPOf(16000, 16000, ""), WebP, "picture_too_large", "", ""},
		{"a PNG without size", "x.png", hugePNG(0, 10), PNG, "picture_damaged", "", ""},
		{"a PNG of negative size", "x.png", hugePNG(0xffffffff, 10), PNG, "picture_damaged", "", ""},
		{"a PNG cut short", "logo.png", p[:len(p)-20], PNG, "", "picture_cut", ""},
		{"a PNG with a page in its text", "logo.png", withText, PNG, "polyglot", "", ""},
		{"a PNG with something after it", "logo.png", append(bytes.Clone(p), "hello"...), PNG, "", "picture_trailing", ""},
		{"a PNG with an archive after it", "logo.png", append(bytes.Clone(p), Zip(t, Part{Name: "a.exe", Body: "MZ"})...), PNG, "polyglot", "picture_trailing", ""},
		{"a JPEG with a PDF after it", "photo.jpg", append(jpegOf(t, 8, 8), PDFOf("")...), JPEG, "polyglot", "picture_trailing", ""},
		{"a JPEG with PHP in its comment", "photo.jpg", jpegOf(t, 8, 8, segment(0xfe, "<?php system($_GET['c']); ?>")), JPEG, "polyglot", "", ""},
		{"a GIF that is a program", "logo.gif", gifJS, GIF, "picture_too_large polyglot", "", ""},
		{"a GIF header and JavaScript", "logo.gif", []byte("GIF89a=1;alert(document.domain);"), GIF, "picture_too_large polyglot", "picture_cut", ""},
		{"a PNG called JPEG", "photo.jpg", p, PNG, "mismatch", "", ""},
		{"a JPEG called PDF", "photo.pdf", jpegOf(t, 8, 8), JPEG, "mismatch", "", ""},
	}
}

func nameSamples(testing.TB) []File {
	text := []byte("bonjour")
	row := func(situation, name, refuse, warn string) File {
		return File{situation, name, text, TXT, refuse, warn, ""}
	}
	return []File{
		row("a name that climbs", "../../etc/passwd.txt", "", "name_changed"),
		row("a name with a NUL", "a\x00.txt", "", "name_changed"),
		row("a name turned around", "cv\u202efdp.txt", "name_turned", ""),
		row("a name in form D", "re\u0301sume\u0301.txt", "", ""),
		row("a name of 300 bytes", strings.Repeat("é", 150)+".txt", "", "name_changed"),
		row("a device", "CON.txt", "", "name_changed"),
		row("a name with markup", `"><svg onload=alert(1)>.txt`, "", "name_changed"),
		row("no name", "", "", "name_changed"),
	}
}
