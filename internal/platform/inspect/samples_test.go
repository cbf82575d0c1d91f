package inspect

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sample is one file of the corpus and its verdict: the kind, the keys that
// refuse it, the keys that warn, and the flags ("macros embedded script
// external encrypted located").
type sample struct {
	situation, name string
	body            []byte
	kind            Kind
	refuse, warn    string
	flags           string
}

func corpus(t testing.TB) []sample {
	once.Do(func() { made = build(t) })
	return made
}

var (
	once sync.Once
	made []sample
)

func build(t testing.TB) []sample {
	return slices.Concat(plainSamples(t), zipSamples(t), officeSamples(t), pdfSamples(t), pictureSamples(t), nameSamples(t))
}

func plainSamples(testing.TB) []sample {
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="9">%</svg>`
	fill := func(s string) []byte { return []byte(strings.Replace(svg, "%", s, 1)) }
	return []sample{
		{"nothing at all", "plan.pdf", nil, Empty, "empty", "", ""},
		{"a text", "note.txt", []byte("Nous proposons un atelier.\n"), TXT, "", "", ""},
		{"a text in Latin-1", "note.txt", []byte("Nous r\xe9servons une salle \xe0 Caen.\n"), TXT, "", "", ""},
		{"a table", "budget.csv", []byte("poste;montant\nsalle;-120,50\nrepas;+300\n"), CSV, "", "", ""},
		{"a table that computes", "budget.csv", []byte("poste;montant\nsalle;=HYPERLINK(\"http://x\")\n"), CSV, "", "csv_formula", ""},
		{"a table that runs a command", "budget.csv", []byte("a,b\n1,+cmd|' /C calc'!A0\n"), CSV, "", "csv_formula", ""},
		{"a text that speaks of script", "note.txt", []byte("On écrit <script>alert(1)</script> ici.\n"), TXT, "", "markup_in_text", ""},
		{"the antivirus test file", "test.txt", append([]byte{}, eicarUpper()...), TXT, "test_virus", "", ""},
		{"random bytes", "x.bin", []byte("\x00\x01\x02\x03\xff\xfe\x80"), Unknown, "unknown_kind", "", ""},
		{"random bytes called PDF", "plan.pdf", []byte("\x00\x01\x02\x03\xff\xfe\x80"), Unknown, "unknown_kind", "", ""},
		{"a Windows program", "cv.pdf", []byte("MZ\x90\x00\x03\x00"), Executable, "program mismatch", "", ""},
		{"a Linux program", "cv", []byte("\x7fELF\x02\x01\x01"), Executable, "program", "", ""},
		{"a Windows shortcut", "cv.lnk", []byte("L\x00\x00\x00\x01\x14\x02\x00\x00\x00"), Executable, "program", "", ""},
		{"a shell script", "cv.txt", []byte("#!/bin/sh\nrm -rf ~\n"), Executable, "program mismatch", "", ""},
		{"a JavaScript file", "cv.js", []byte("alert(1)"), Executable, "program", "", ""},
		{"a batch file behind another extension", "cv.pdf.bat", []byte("@echo off\r\n"), Executable, "program", "", ""},
		{"HTML called PDF", "plan.pdf", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), HTML, "markup markup_script mismatch", "", "script"},
		{"HTML in UTF-16", "plan.txt", []byte(utf16of("<html><script>alert(1)</script></html>", "\xff\xfe")), HTML, "markup markup_script mismatch", "", "script"},
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
		{"an old document", "note.doc", []byte(ole10 + strings.Repeat("\x00", 600)), OLE, "", "legacy_office", ""},
		{"an old document with macros", "note.doc", []byte(ole10 + strings.Repeat("\x00", 600) + string(wide("_VBA_PROJECT"))), OLE, "macros", "legacy_office", "macros"},
		{"a new document with a password", "note.docx", []byte(ole10 + strings.Repeat("\x00", 600) + string(wide("EncryptedPackage"))), OLE, "encrypted mismatch", "legacy_office", "encrypted"},
		{"an old document with a package", "note.xls", []byte(ole10 + string(wide("\x01Ole10Native"))), OLE, "embedded_object", "legacy_office", "embedded"},
		{"an installer", "setup.msi", []byte(ole10 + string(wide("!_StringData"))), OLE, "program mismatch", "legacy_office", ""},
		{"an archive that is not opened", "all.7z", []byte("7z\xbc\xaf\x27\x1c\x00\x04"), Archive, "archive_closed", "", ""},
		{"a sound", "voix.mp3", []byte("ID3\x04\x00\x00\x00\x00\x00\x00"), MP3, "", "", ""},
		{"a film", "film.mp4", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), MP4, "", "", ""},
		{"a phone's picture format", "photo.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), HEIC, "heic", "", ""},
	}
}

func eicarUpper() []byte { return eicar }

func zipSamples(t testing.TB) []sample {
	sound := zipOf(t, part{name: "notes/a.txt", body: "a"}, part{name: "b.csv", body: "a;b"})
	inner := zipOf(t, part{name: "a.txt", body: "a"})
	nest := func(n int) []byte {
		b := inner
		for range n {
			b = zipOf(t, part{name: "in.zip", body: string(b), stored: true})
		}
		return b
	}
	many := make([]part, 5001)
	for i := range many {
		many[i].name = strings.Repeat("a", i%50) + string(rune('a'+i%26)) + strings.Repeat("b", i/50)
	}
	shared := deflated(t, 1<<20)
	return []sample{
		{"an archive", "all.zip", sound, ZIP, "", "", ""},
		{"an empty archive", "all.zip", zipOf(t), ZIP, "", "", ""},
		{"an archive in an archive", "all.zip", nest(1), ZIP, "", "", ""},
		{"archives nested too deep", "all.zip", nest(3), ZIP, "archive_depth", "", ""},
		{"a flat bomb", "all.zip", rawZip(rawEntry{name: "a", packed: deflated(t, 11<<20), size: 11 << 20, method: 8, at: -1}), ZIP, "archive_bomb", "", ""},
		{"a bomb that hides its size", "all.zip", rawZip(rawEntry{name: "a.txt", packed: deflated(t, 1<<20), size: 100, method: 8, at: -1}), ZIP, "archive_bomb", "", ""},
		{"a bomb inside an archive", "all.zip", zipOf(t, part{name: "in.zip", body: string(rawZip(rawEntry{name: "a", packed: deflated(t, 11<<20), size: 11 << 20, method: 8, at: -1}))}), ZIP, "archive_bomb", "", ""},
		{"overlapping entries", "all.zip", rawZip(rawEntry{name: "a", packed: shared, size: 1 << 20, method: 8, at: -1}, rawEntry{name: "a2", local: "a", packed: shared, size: 1 << 20, method: 8, skipContents: true, at: 0}), ZIP, "archive_overlap", "", ""},
		{"an entry quoted inside another", "all.zip", overlapping(), ZIP, "archive_overlap", "", ""},
		{"too many entries", "all.zip", zipOf(t, many...), ZIP, "archive_entries", "", ""},
		{"a name that climbs", "all.zip", zipOf(t, part{name: "../../etc/cron.d/x", body: "x"}), ZIP, "archive_name", "", ""},
		{"a name that climbs the Windows way", "all.zip", zipOf(t, part{name: `..\..\x`, body: "x"}), ZIP, "archive_name", "", ""},
		{"an absolute name", "all.zip", zipOf(t, part{name: "/etc/passwd", body: "x"}), ZIP, "archive_name", "", ""},
		{"a drive in a name", "all.zip", zipOf(t, part{name: "C:/x", body: "x"}), ZIP, "archive_name", "", ""},
		{"two names for one entry", "all.zip", rawZip(rawEntry{name: "a.txt", local: "a.exe", packed: []byte("x"), size: 1, at: -1}), ZIP, "archive_damaged", "", ""},
		{"the same name twice", "all.zip", rawZip(rawEntry{name: "a", packed: []byte("x"), size: 1, at: -1}, rawEntry{name: "a", packed: []byte("y"), size: 1, at: -1}), ZIP, "archive_damaged", "", ""},
		{"an archive with a password", "all.zip", rawZip(rawEntry{name: "a", packed: []byte("x"), size: 1, flags: 1, at: -1}), ZIP, "encrypted", "", "encrypted"},
		{"an unknown compression", "all.zip", rawZip(rawEntry{name: "a", packed: []byte("x"), size: 1, method: 99, at: -1}), ZIP, "archive_method", "", ""},
		{"a program in an archive", "all.zip", zipOf(t, part{name: "a/setup.exe", body: "MZ\x90"}), ZIP, "program_inside", "", ""},
		{"a script in an archive", "all.zip", zipOf(t, part{name: "a/run.vbs", body: "MsgBox 1"}), ZIP, "program_inside", "", ""},
		{"a page in an archive", "all.zip", zipOf(t, part{name: "a/index.html", body: "<html></html>"}), ZIP, "", "markup_inside", ""},
		{"a Java program", "all.jar", zipOf(t, part{name: "META-INF/MANIFEST.MF", body: "x"}), Executable, "program", "", ""},
		{"an archive cut short", "all.zip", sound[:len(sound)-30], ZIP, "archive_damaged", "", ""},
		{"an archive behind a program", "all.zip", append([]byte("PK\x03\x04junkjunkjunk"), sound...), ZIP, "polyglot", "", ""},
		{"an archive with something after it", "all.zip", append(bytes.Clone(sound), "more"...), ZIP, "archive_damaged", "", ""},
		{"a document with macros in an archive", "all.zip", zipOf(t, part{name: "d.docm", body: string(docx(t, part{name: "word/vbaProject.bin", body: "x"}))}), ZIP, "macros", "", "macros"},
		{"a compressed archive too large to be held", "all.zip", zipOf(t, part{name: "in.zip", body: string(zipOf(t, part{name: "x", body: noise(34 << 20), stored: true}))}), ZIP, "nested_unseen", "", ""},
	}
}

// overlapping is a zip whose second entry starts inside the bytes of the first.
func overlapping() []byte {
	inner := rawZip(rawEntry{name: "b", packed: []byte("yyyy"), size: 4, at: -1})
	local := inner[:30+1+4]
	return rawZip(rawEntry{name: "a", packed: local, size: uint32(len(local)), at: -1}, rawEntry{name: "b", packed: []byte("yyyy"), size: 4, skipContents: true, at: 31})
}

func officeSamples(t testing.TB) []sample {
	xxe := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>`
	embedded := zipOf(t, part{name: "[Content_Types].xml", body: sheetTypes}, part{name: "xl/vbaProject.bin", body: "x"})
	return []sample{
		{"a document", "plan.docx", docx(t), DOCX, "", "", ""},
		{"a workbook", "budget.xlsx", zipOf(t, part{name: "[Content_Types].xml", body: sheetTypes}, part{name: "xl/workbook.xml", body: "<workbook/>"}), XLSX, "", "", ""},
		{"slides", "pitch.pptx", zipOf(t, part{name: "[Content_Types].xml", body: slideTypes}), PPTX, "", "", ""},
		{"a document called PDF", "plan.pdf", docx(t), DOCX, "mismatch", "", ""},
		{"a document called ZIP", "plan.zip", docx(t), DOCX, "mismatch", "", ""},
		{"macros", "plan.docm", docx(t, part{name: "word/vbaProject.bin", body: "x"}), DOCX, "macros", "", "macros"},
		{"macros only declared", "plan.docm", zipOf(t, part{name: "[Content_Types].xml", body: macroTypes}), DOCX, "macros", "", "macros"},
		{"macros under another name", "plan.docx", docx(t, rel("vbaProject", "innocent.bin")), DOCX, "macros", "", "macros"},
		{"old macro sheets", "b.xlsx", zipOf(t, part{name: "[Content_Types].xml", body: sheetTypes}, part{name: "xl/macrosheets/sheet1.xml", body: "<x/>"}), XLSX, "macros", "", "macros"},
		{"a remote template", "plan.docx", docx(t, rel("attachedTemplate", "https://example.org/x.dotm")), DOCX, "external", "", "external"},
		{"a template on a share", "plan.docx", docx(t, rel("attachedTemplate", `\\server\x.dotm`)), DOCX, "external", "", "external"},
		{"a template on the author's machine", "plan.docx", docx(t, rel("attachedTemplate", "file:///C:\\Users\\jeanne\\Normal.dotm")), DOCX, "", "local_link", ""},
		{"a remote frame", "plan.docx", docx(t, rel("frame", "http://example.org/")), DOCX, "external", "", "external"},
		{"a remote object", "plan.docx", docx(t, rel("oleObject", "mhtml:http://example.org/x!x-usc:http://example.org/x")), DOCX, "external", "", "external"},
		{"a remote picture", "plan.docx", docx(t, rel("image", "http://example.org/pixel.png")), DOCX, "", "linked", "external"},
		{"an ordinary link", "plan.docx", docx(t, rel("hyperlink", "https://example.org/")), DOCX, "", "", ""},
		{"entities in a part", "plan.docx", docx(t, part{name: "word/settings.xml", body: xxe}), DOCX, "xml_entities", "", ""},
		{"entities in UTF-16", "plan.docx", docx(t, part{name: "word/settings.xml", body: utf16of(xxe, "\xff\xfe")}), DOCX, "xml_entities", "", ""},
		{"entities in UTF-16, other order", "plan.docx", docx(t, part{name: "word/settings.xml", body: utf16of(xxe, "\xfe\xff")}), DOCX, "xml_entities", "", ""},
		{"entities behind an encoding", "plan.docx", docx(t, part{name: "word/settings.xml", body: `<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x>`}), DOCX, "xml_encoding", "", ""},
		{"a tag without end", "plan.docx", docx(t, part{name: "word/settings.xml", body: "<a b=\"" + strings.Repeat("x", 2<<20)}), DOCX, "xml_damaged", "", ""},
		{"an embedded program", "plan.docx", docx(t, part{name: "word/embeddings/oleObject1.bin", body: ole10 + string(wide("\x01Ole10Native"))}), DOCX, "embedded_object", "embedded legacy_office", "embedded"},
		{"an embedded workbook with macros", "plan.docx", docx(t, part{name: "word/embeddings/b.xlsm", body: string(embedded)}), DOCX, "macros", "embedded", "embedded macros"},
		{"an ActiveX control", "plan.docx", docx(t, part{name: "word/activeX/activeX1.xml", body: "<x/>"}), DOCX, "active", "", "script"},
		{"a field that fetches", "plan.docx", docx(t, part{name: "word/header1.xml", body: `<w:hdr><w:fldChar w:fldCharType="begin"/><w:instrText> DDE</w:instrText><w:r/><w:instrText>AUTO c:\\x "calc"</w:instrText><w:fldChar w:fldCharType="end"/></w:hdr>`}), DOCX, "external", "", "external"},
		{"a simple field that fetches", "plan.docx", docx(t, part{name: "word/header1.xml", body: `<w:hdr><w:fldSimple w:instr="DDEAUTO c:\\x"/></w:hdr>`}), DOCX, "external", "", "external"},
		{"an ordinary field", "plan.docx", docx(t, part{name: "word/header1.xml", body: `<w:hdr><w:fldSimple w:instr=" PAGE "/></w:hdr>`}), DOCX, "", "", ""},
		{"an ODF text", "plan.odt", odt(t, "<text:p>Bonjour</text:p>"), ODT, "", "", ""},
		{"an ODF with macros", "plan.odt", odt(t, "", part{name: "Basic/Standard/Module1.xml", body: "<x/>"}), ODT, "macros", "", "macros"},
		{"an ODF with empty macro libraries", "plan.odt", odt(t, "", part{name: "Basic/script-lc.xml", body: "<x/>"}), ODT, "", "", ""},
		{"an ODF with a Python script", "plan.odt", odt(t, "", part{name: "Scripts/python/x.py", body: "import os"}), ODT, "macros program_inside", "", "macros"},
		{"an ODF that calls a macro", "plan.odt", odt(t, `<script:event-listener xlink:href="vnd.sun.star.script:x.py$y?language=Python&amp;location=user"/>`), ODT, "macros", "", "macros"},
		{"an ODF with a remote frame", "plan.odt", odt(t, `<draw:floating-frame xlink:href="https://example.org/"/>`), ODT, "external", "", "external"},
		{"an ODF with a remote section", "plan.odt", odt(t, `<text:section-source xlink:href="\\server\x.odt"/>`), ODT, "external", "", "external"},
		{"an ODF with a remote picture", "plan.odt", odt(t, `<draw:image xlink:href="http://example.org/x.png"/>`), ODT, "", "linked", "external"},
		{"an ODF with its own picture", "plan.odt", odt(t, `<draw:image xlink:href="Pictures/1.png"/><text:a xlink:href="https://example.org/">x</text:a>`), ODT, "", "", ""},
		{"an ODF with a password", "plan.odt", odt(t, "", part{name: "META-INF/manifest.xml", body: `<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>`}), ODT, "encrypted", "", "encrypted"},
		{"an ODF with entities", "plan.odt", odt(t, "", part{name: "styles.xml", body: xxe}), ODT, "xml_entities", "", ""},
	}
}

func pdfSamples(t testing.TB) []sample {
	hidden := "5 0 6 30 << /S /JavaScript /JS (app.alert(1)) >>"
	return []sample{
		{"a PDF", "plan.pdf", pdfOf(""), PDF, "", "", ""},
		{"a PDF that opens on a page", "plan.pdf", pdfOf("/OpenAction [3 0 R /Fit]"), PDF, "", "", ""},
		{"a PDF with a script", "plan.pdf", pdfOf("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), PDF, "pdf_script", "", "script"},
		{"a PDF with a disguised script", "plan.pdf", pdfOf("/OpenAction << /S /J#61v#61Script /JS (app.alert(1)) >>"), PDF, "pdf_script", "", "script"},
		{"a PDF with a script in an object stream", "plan.pdf", pdfOf("", objStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", hidden)), PDF, "pdf_script", "", "script"},
		{"a PDF with a script in an untyped object stream", "plan.pdf", pdfOf("", objStm("/N 1 /First 4 /Filter /FlateDecode", hidden)), PDF, "pdf_script", "", "script"},
		{"a PDF with a disguised object stream", "plan.pdf", pdfOf("", objStm("/Type /Obj#53tm /N 1 /First 4 /Filter /Fl", hidden)), PDF, "pdf_script", "", "script"},
		{"a PDF with a twice filtered object stream", "plan.pdf", pdfOf("", objStm("/Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode]", hidden)), PDF, "pdf_unseen", "", ""},
		{"a PDF with an object stream far from its name", "plan.pdf", pdfOf("", objStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"+strings.Repeat(" ", 9000), hidden)), PDF, "pdf_unseen", "", ""},
		{"a PDF with an honest object stream", "plan.pdf", pdfOf("", objStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", "5 0 << /Type /Page >>")), PDF, "", "", ""},
		{"a PDF with a bomb of an object stream", "plan.pdf", pdfOf("", objStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", strings.Repeat(" ", 70<<20))), PDF, "pdf_unseen", "", ""},
		{"a PDF that runs a program", "plan.pdf", pdfOf("/OpenAction << /S /Launch /F (calc.exe) >>"), PDF, "pdf_launch", "", "script"},
		{"a PDF with a file inside", "plan.pdf", pdfOf("/Names << /EmbeddedFiles 4 0 R >>", "<< /Type /EmbeddedFile >>"), PDF, "", "embedded", "embedded"},
		{"a PDF with a password", "plan.pdf", pdfOf("/Encrypt 4 0 R"), PDF, "encrypted", "", "encrypted"},
		{"a PDF with a dynamic form", "plan.pdf", pdfOf("/AcroForm << /XFA 4 0 R >>"), PDF, "pdf_form", "", "script"},
		{"a PDF with a film", "plan.pdf", pdfOf("", "<< /Subtype /RichMedia >>"), PDF, "pdf_media", "", "embedded"},
		{"a PDF that sends its form", "plan.pdf", pdfOf("", "<< /S /SubmitForm /F (http://example.org) >>"), PDF, "", "linked", "external"},
		{"a PDF behind HTML", "plan.pdf", append([]byte("<html><script>alert(1)</script>\n"), pdfOf("")...), PDF, "polyglot", "", ""},
		{"a PDF behind JavaScript", "plan.pdf", append([]byte("alert(1);/*\n"), pdfOf("")...), PDF, "polyglot", "", ""},
		{"a PDF after blank lines", "plan.pdf", append([]byte("\xef\xbb\xbf\n\n"), pdfOf("")...), PDF, "", "", ""},
		{"a PDF followed by HTML", "plan.pdf", append(pdfOf(""), "<script>alert(1)</script>"...), PDF, "polyglot", "", ""},
		{"a PDF that is also an archive", "plan.pdf", append(pdfOf(""), zipOf(t, part{name: "a", body: "x"})...), PDF, "polyglot", "", ""},
		{"a PDF cut short", "plan.pdf", pdfOf("")[:150], PDF, "", "pdf_cut", ""},
		{"a PDF called PNG", "plan.png", pdfOf(""), PDF, "mismatch", "", ""},
	}
}

func pictureSamples(t testing.TB) []sample {
	p := pngOf(t, 20, 10)
	withText := append(bytes.Clone(p[:33]), append([]byte(pngChunk("tEXt", "Comment\x00<script>alert(1)</script>")), p[33:]...)...)
	gifJS := gifOf(t, 1)
	copy(gifJS[6:], "/*  ")
	return []sample{
		{"a PNG", "logo.png", p, PNG, "", "", ""},
		{"a JPEG", "photo.jpg", jpegOf(t, 20, 10), JPEG, "", "", ""},
		{"a GIF", "logo.gif", gifOf(t, 3), GIF, "", "", ""},
		{"a WebP", "photo.webp", webpOf(20, 10, ""), WebP, "", "", ""},
		{"a JPEG that says where", "photo.JPG", jpegOf(t, 20, 10, exif(6, true)), JPEG, "", "picture_located", "located"},
		{"a JPEG that says where in XMP", "photo.jpg", jpegOf(t, 20, 10, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x exif:GPSLatitude=\"49\"/>")), JPEG, "", "picture_located", "located"},
		{"a WebP that says where", "photo.webp", webpOf(20, 10, riff("EXIF", string(exif(1, true)[10:]))), WebP, "", "picture_located", "located"},
		{"30,000 by 30,000 pixels", "big.png", hugePNG(30000, 30000), PNG, "picture_too_large", "", ""},
		{"a WebP of too many pixels", "big.webp", webpOf(16000, 16000, ""), WebP, "picture_too_large", "", ""},
		{"a PNG without size", "x.png", hugePNG(0, 10), PNG, "picture_damaged", "", ""},
		{"a PNG of negative size", "x.png", hugePNG(0xffffffff, 10), PNG, "picture_damaged", "", ""},
		{"a PNG cut short", "logo.png", p[:len(p)-20], PNG, "", "picture_cut", ""},
		{"a PNG with a page in its text", "logo.png", withText, PNG, "polyglot", "", ""},
		{"a PNG with something after it", "logo.png", append(bytes.Clone(p), "hello"...), PNG, "", "picture_trailing", ""},
		{"a PNG with an archive after it", "logo.png", append(bytes.Clone(p), zipOf(t, part{name: "a.exe", body: "MZ"})...), PNG, "polyglot", "picture_trailing", ""},
		{"a JPEG with a PDF after it", "photo.jpg", append(jpegOf(t, 8, 8), pdfOf("")...), JPEG, "polyglot", "picture_trailing", ""},
		{"a JPEG with PHP in its comment", "photo.jpg", jpegOf(t, 8, 8, segment(0xfe, "<?php system($_GET['c']); ?>")), JPEG, "polyglot", "", ""},
		{"a GIF that is a program", "logo.gif", gifJS, GIF, "picture_too_large polyglot", "", ""},
		{"a GIF header and JavaScript", "logo.gif", []byte("GIF89a=1;alert(document.domain);"), GIF, "picture_too_large polyglot", "picture_cut", ""},
		{"a PNG called JPEG", "photo.jpg", p, PNG, "mismatch", "", ""},
		{"a JPEG called PDF", "photo.pdf", jpegOf(t, 8, 8), JPEG, "mismatch", "", ""},
	}
}

func nameSamples(testing.TB) []sample {
	text := []byte("bonjour")
	row := func(situation, name, refuse, warn string) sample {
		return sample{situation, name, text, TXT, refuse, warn, ""}
	}
	return []sample{
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
