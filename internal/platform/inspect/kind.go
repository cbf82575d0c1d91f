package inspect

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is what a file is, according to its content.
type Kind string

// The kinds that are told apart. Archive is one that is never opened (7z, rar,
// tar, gzip…); OLE is the format of Office before 2007.
const (
	Unknown    Kind = "unknown"
	Empty      Kind = "empty"
	PDF        Kind = "pdf"
	PNG        Kind = "png"
	JPEG       Kind = "jpeg"
	GIF        Kind = "gif"
	WebP       Kind = "webp"
	HEIC       Kind = "heic"
	DOCX       Kind = "docx"
	XLSX       Kind = "xlsx"
	PPTX       Kind = "pptx"
	ODT        Kind = "odt"
	ODS        Kind = "ods"
	ODP        Kind = "odp"
	OLE        Kind = "ole"
	RTF        Kind = "rtf"
	ZIP        Kind = "zip"
	Archive    Kind = "archive"
	CSV        Kind = "csv"
	TXT        Kind = "txt"
	SVG        Kind = "svg"
	HTML       Kind = "html"
	XML        Kind = "xml"
	MP4        Kind = "mp4"
	MP3        Kind = "mp3"
	Executable Kind = "executable"
)

const ooxml = "application/vnd.openxmlformats-officedocument."

var kindFacts = map[Kind]struct {
	mime       string
	extensions []string
}{
	PDF:     {"application/pdf", []string{".pdf"}},
	PNG:     {"image/png", []string{".png"}},
	JPEG:    {"image/jpeg", []string{".jpg", ".jpeg", ".jpe", ".jfif"}},
	GIF:     {"image/gif", []string{".gif"}},
	WebP:    {"image/webp", []string{".webp"}},
	HEIC:    {"image/heic", []string{".heic", ".heif", ".avif"}},
	DOCX:    {ooxml + "wordprocessingml.document", []string{".docx", ".dotx", ".docm", ".dotm"}},
	XLSX:    {ooxml + "spreadsheetml.sheet", []string{".xlsx", ".xltx", ".xlsm", ".xltm", ".xlsb"}},
	PPTX:    {ooxml + "presentationml.presentation", []string{".pptx", ".ppsx", ".potx", ".pptm", ".ppsm", ".potm"}},
	ODT:     {"application/vnd.oasis.opendocument.text", []string{".odt", ".ott"}},
	ODS:     {"application/vnd.oasis.opendocument.spreadsheet", []string{".ods", ".ots"}},
	ODP:     {"application/vnd.oasis.opendocument.presentation", []string{".odp", ".otp"}},
	OLE:     {"application/x-ole-storage", []string{".doc", ".xls", ".ppt", ".dot", ".xlt", ".pps", ".pot"}},
	RTF:     {"application/rtf", []string{".rtf", ".doc"}},
	ZIP:     {"application/zip", []string{".zip"}},
	Archive: {"application/octet-stream", []string{".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".cab"}},
	CSV:     {"text/csv; charset=utf-8", []string{".csv", ".tsv"}},
	TXT:     {"text/plain; charset=utf-8", []string{".txt", ".md", ".text", ".log"}},
	SVG:     {"image/svg+xml", []string{".svg"}},
	HTML:    {"text/html; charset=utf-8", []string{".html", ".htm", ".xhtml", ".mht", ".mhtml", ".eml"}},
	XML:     {"application/xml", []string{".xml"}},
	MP4:     {"video/mp4", []string{".mp4", ".m4v", ".m4a", ".mov"}},
	MP3:     {"audio/mpeg", []string{".mp3"}},
	Executable: {"application/octet-stream", []string{".exe", ".dll", ".scr", ".com", ".pif", ".msi", ".bat", ".cmd", ".ps1", ".psm1",
		".vbs", ".vbe", ".js", ".jse", ".mjs", ".wsf", ".wsh", ".hta", ".jar", ".apk", ".sh", ".lnk", ".url", ".reg", ".scf", ".cpl",
		".app", ".dmg", ".deb", ".rpm", ".iso", ".chm", ".inf", ".msc", ".py", ".php", ".xll", ".appref-ms", ".application",
		".iqy", ".slk", ".desktop", ".website", ".rdp", ".theme", ".jnlp", ".library-ms", ".search-ms", ".settingcontent-ms"}},
}

// Asked gives the limits of a question that asks for files with these extensions,
// dot included; none is any. What the extension does not tell of a content that
// nobody knows is let in under it, and so are drawings without script.
func Asked(extensions []string) (l Limits) {
	for _, ext := range extensions {
		known := false
		for kind, f := range kindFacts {
			if slices.Contains(f.extensions, strings.ToLower(ext)) {
				l.Accept, known = append(l.Accept, kind), true
			}
		}
		if !known {
			l.Accept = append(l.Accept, Unknown)
		}
	}
	for _, pair := range [][2]Kind{{TXT, CSV}, {CSV, TXT}} { // one cannot be told from the other
		if slices.Contains(l.Accept, pair[0]) {
			l.Accept = append(l.Accept, pair[1])
		}
	}
	l.AllowMarkup = slices.Contains(l.Accept, SVG) || slices.Contains(l.Accept, HTML)
	return l
}

// MIME is the media type (RFC 6838) under which a file of this kind may be served.
func (k Kind) MIME() string {
	if f, ok := kindFacts[k]; ok {
		return f.mime
	}
	return "application/octet-stream"
}

// Extension is the usual one, with its dot, or "" when there is none.
func (k Kind) Extension() string {
	if f, ok := kindFacts[k]; ok {
		return f.extensions[0]
	}
	return ""
}

// office says whether the kind is a zip whose parts are a document.
func (k Kind) office() bool {
	return slices.Contains([]Kind{DOCX, XLSX, PPTX, ODT, ODS, ODP}, k)
}

func (k Kind) picture() bool { return slices.Contains([]Kind{PNG, JPEG, GIF, WebP}, k) }

func extension(name string) string { return strings.ToLower(filepath.Ext(name)) }

// fits says whether a name with this extension may be of kind k; an extension
// that nobody knows fits everything.
func fits(ext string, k Kind) bool {
	known := false
	for kind, f := range kindFacts {
		if slices.Contains(f.extensions, ext) {
			if kind == k {
				return true
			}
			known = true
		}
	}
	// A table saved as text and a text with commas cannot be told apart.
	if k == TXT || k == CSV {
		return !known || slices.Contains(kindFacts[TXT].extensions, ext) || slices.Contains(kindFacts[CSV].extensions, ext)
	}
	return !known
}

// magic gives the bytes a kind starts with, longest meaning first.
var magic = []struct {
	start string
	kind  Kind
}{
	{"%PDF-", PDF}, {"\x89PNG\r\n\x1a\n", PNG}, {"\xff\xd8\xff", JPEG}, {"GIF87a", GIF}, {"GIF89a", GIF},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE}, {"{\\rt", RTF},
	{"7z\xbc\xaf\x27\x1c", Archive}, {"Rar!\x1a\x07", Archive}, {"\x1f\x8b", Archive}, {"BZh", Archive}, {"\xfd7zXZ\x00", Archive},
	{"\x28\xb5\x2f\xfd", Archive}, {"MSCF", Archive},
	{"MZ", Executable}, {"\x7fELF", Executable}, {"\xca\xfe\xba\xbe", Executable}, {"\xfe\xed\xfa", Executable},
	{"\xcf\xfa\xed\xfe", Executable}, {"\xce\xfa\xed\xfe", Executable}, {"\x00asm", Executable}, {"dex\n", Executable},
	{"!<arch>\n", Executable}, {"\xed\xab\xee\xdb", Executable}, {"L\x00\x00\x00\x01\x14\x02\x00", Executable}, {"#!", Executable},
	{"ITSF", Executable}, {"ID3", MP3},
}

// KindOf says what a file is from its first bytes (4,096 are enough). The name
// only helps to tell a table from a text, and to recognise scripts, which are
// plain text. For a zip it gives the likely kind; Inspect reads its directory.
func KindOf(head []byte, name string) Kind {
	if len(head) == 0 {
		return Empty
	}
	for _, m := range magic {
		if bytes.HasPrefix(head, []byte(m.start)) {
			return m.kind
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return zipKind(head)
	case bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return ZIP
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return WebP
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return brand(string(head[8:12]))
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return Archive
	case mp3Frame(head):
		return MP3
	}
	if at := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-")); at >= 0 {
		return PDF // readers accept a header anywhere in the first 1,024 bytes
	}
	if text, ok := asText(head); ok {
		return textKind(text, name)
	}
	return Unknown
}

func zipKind(head []byte) Kind {
	if len(head) > 38 && string(head[30:38]) == "mimetype" {
		size := int(binary.LittleEndian.Uint32(head[18:]))
		from := 38 + int(binary.LittleEndian.Uint16(head[28:]))
		if from+size <= len(head) && size > 0 && size < 100 {
			return odfKind(string(head[from : from+size]))
		}
	}
	switch {
	case bytes.Contains(head, []byte("word/")):
		return DOCX
	case bytes.Contains(head, []byte("xl/")):
		return XLSX
	case bytes.Contains(head, []byte("ppt/")):
		return PPTX
	}
	return ZIP
}

func odfKind(mimetype string) Kind {
	for _, k := range []Kind{ODT, ODS, ODP} {
		if mimetype == kindFacts[k].mime || mimetype == kindFacts[k].mime+"-template" {
			return k
		}
	}
	return ZIP
}

func brand(b string) Kind {
	switch b {
	case "heic", "heix", "hevc", "mif1", "msf1", "avif", "avis":
		return HEIC
	}
	return MP4
}

// mp3Frame recognises an MPEG-1/2 layer III frame header (ISO/IEC 11172-3 §2.4.1.3)
// with a bit rate and a sampling rate that exist.
func mp3Frame(head []byte) bool {
	return len(head) >= 4 && head[0] == 0xff && (head[1]&0xe6) == 0xe2 && head[1]&0x18 != 0x08 &&
		head[2]>>4 != 0 && head[2]>>4 != 15 && head[2]>>2&3 != 3
}

// asText gives the head as UTF-8 when it looks like text in UTF-8, UTF-16 with
// a byte order mark, or a one-byte alphabet.
func asText(head []byte) ([]byte, bool) {
	if len(head) >= 2 && (string(head[:2]) == "\xff\xfe" || string(head[:2]) == "\xfe\xff") {
		var order binary.ByteOrder = binary.LittleEndian
		if head[0] == 0xfe {
			order = binary.BigEndian
		}
		units := make([]uint16, 0, len(head)/2)
		for i := 2; i+1 < len(head); i += 2 {
			units = append(units, order.Uint16(head[i:]))
		}
		head = []byte(string(utf16.Decode(units)))
	}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for _, c := range head {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b || c == 0x7f {
			return nil, false
		}
	}
	return head, utf8.Valid(head) || mostlyASCII(head)
}

// mostlyASCII accepts one-byte alphabets and a UTF-8 character cut at the end.
func mostlyASCII(b []byte) bool {
	high := 0
	for _, c := range b {
		if c >= 0x80 {
			high++
		}
	}
	return high*3 <= len(b)+9
}

var htmlTags = []string{"html", "head", "body", "script", "iframe", "img", "a", "div", "p", "table", "meta", "style", "object", "embed",
	"form", "title", "h1", "link", "base", "span", "br", "font", "b", "i", "center", "frameset", "video", "audio", "input", "button", "math", "?php"}

func textKind(text []byte, name string) Kind {
	ext := extension(name)
	if slices.Contains(kindFacts[Executable].extensions, ext) {
		return Executable
	}
	lower := bytes.ToLower(text)
	if k := markupKind(lower); k != Unknown {
		return k
	}
	if bytes.HasPrefix(lower, []byte("mime-version:")) {
		return HTML // a web archive
	}
	switch ext {
	case ".csv", ".tsv":
		return CSV
	case "":
		if tabular(text) {
			return CSV
		}
	}
	return TXT
}

// markupKind recognises SVG, HTML and XML after white space, comments,
// declarations and a document type, as a browser would.
func markupKind(lower []byte) Kind {
	rest := bytes.TrimSpace(lower)
	xml := false
	for bytes.HasPrefix(rest, []byte("<!--")) || bytes.HasPrefix(rest, []byte("<?xml")) || bytes.HasPrefix(rest, []byte("<!doctype")) {
		if bytes.HasPrefix(rest, []byte("<!doctype html")) {
			return HTML
		}
		end := ">"
		if rest[2] == '-' {
			end = "-->"
		} else if !bytes.Contains(rest, []byte("<svg")) || rest[1] == '?' {
			xml = true
		}
		_, after, found := bytes.Cut(rest, []byte(end))
		if !found {
			break
		}
		rest = bytes.TrimSpace(after)
	}
	switch {
	case len(rest) < 2 || rest[0] != '<':
		if xml || bytes.HasPrefix(bytes.TrimSpace(lower), []byte("<!--")) {
			return kindWithin(lower)
		}
		return Unknown
	}
	tag := string(rest[1 : 1+bytes.IndexAny(append(rest[1:len(rest):len(rest)], '>'), " \t\r\n/>")])
	if _, local, ok := strings.Cut(tag, ":"); ok {
		tag = local
	}
	switch {
	case tag == "svg":
		return SVG
	case slices.Contains(htmlTags, tag):
		return HTML
	case xml || bytes.Contains(rest, []byte("xmlns")):
		return kindWithin(lower)
	}
	return Unknown
}

func kindWithin(lower []byte) Kind {
	switch {
	case bytes.Contains(lower, []byte("<svg")), bytes.Contains(lower, []byte("2000/svg")):
		return SVG
	case bytes.Contains(lower, []byte("<html")), bytes.Contains(lower, []byte("<script")), bytes.Contains(lower, []byte("1999/xhtml")):
		return HTML
	}
	return XML
}

// tabular says whether the first lines hold the same number of separators.
func tabular(text []byte) bool {
	lines := bytes.Split(text, []byte("\n"))
	if len(lines) < 3 {
		return false
	}
	for _, sep := range []string{";", ",", "\t"} {
		n := bytes.Count(lines[0], []byte(sep))
		same := n > 0
		for _, l := range lines[1:min(len(lines)-1, 6)] {
			same = same && bytes.Count(l, []byte(sep)) == n
		}
		if same {
			return true
		}
	}
	return false
}
