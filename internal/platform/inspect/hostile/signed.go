package hostile

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/go-pdf/fpdf"
)

// Author is the name that is planted wherever a file can keep who made it.
const Author = "Ysolde Quernevez"

// Signed is every kind of file that can be cleaned, with Author in every place
// that says who made, changed, commented or printed it.
func Signed(t testing.TB) []File {
	exifOf := append(exif(6, true), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta><dc:creator>"+Author+"</dc:creator></x:xmpmeta>")...)
	photo := jpegOf(t, 64, 40, exifOf, segment(0xed, "Photoshop 3.0\x008BIM"+Author), segment(0xfe, Author), segment(0xe1, "Exif\x00\x00MM\x00*"+Author))
	p := pngOf(t, 20, 10)
	png := append(bytes.Clone(p[:33]), pngChunk("tEXt", "Author\x00"+Author)+pngChunk("zTXt", "Author\x00\x00"+string(zlibbed([]byte(Author))))+pngChunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+Author)+pngChunk("eXIf", Author)...)
	png = append(png, p[33:]...)
	gif := gifOf(t, 1)
	gif = append(append(gif[:len(gif)-1:len(gif)-1], 0x21, 0xfe, byte(len(Author))), Author+"\x00;"...)
	return []File{
		{Situation: "a PDF of our own", Name: "a.pdf", Body: SignedPDF(t), Kind: PDF},
		{Situation: "a PDF written by hand", Name: "a.pdf", Body: manualPDF(string(photo)), Kind: PDF},
		{Situation: "a Word document", Name: "a.docx", Body: signedWord(t, string(photo), string(png), string(gif)), Kind: DOCX},
		{Situation: "a workbook", Name: "a.xlsx", Body: signedSheet(t), Kind: XLSX},
		{Situation: "slides", Name: "a.pptx", Body: signedSlides(t), Kind: PPTX},
		{Situation: "an ODF text", Name: "a.odt", Body: signedODT(t, string(photo)), Kind: ODT},
		{Situation: "a JPEG", Name: "a.jpg", Body: photo, Kind: JPEG},
		{Situation: "a PNG", Name: "a.png", Body: png, Kind: PNG},
		{Situation: "a GIF", Name: "a.gif", Body: gif, Kind: GIF},
		{Situation: "a sound", Name: "a.mp3", Body: signedSound(), Kind: MP3},
	}
}

// SignedPDF is two pages with information, XMP and a photograph.
func SignedPDF(t testing.TB) []byte {
	t.Helper()
	doc := fpdf.New("P", "mm", "A4", "")
	doc.SetAuthor(Author, true)
	doc.SetTitle("Projet de "+Author, true)
	doc.SetCreator(Author, false)
	doc.SetKeywords(Author, false)
	doc.SetXmpMetadata([]byte(`<?xpacket begin='' id='W5M0'?><x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>` + Author + `</dc:creator></x:xmpmeta><?xpacket end='w'?>`))
	for i := range 2 {
		doc.AddPage()
		doc.SetFont("Helvetica", "", 12)
		doc.Cell(40, 10, fmt.Sprintf("Page %d", i+1))
	}
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// manualPDF keeps the name in compressed object streams, in compressed metadata,
// in comments, in an older revision and in a photograph.
func manualPDF(photo string) []byte {
	info := "<< /Author (" + Author + ") /Title <" + hex.EncodeToString([]byte(Author)) + "> >>"
	note := "<< /Type /Annot /Subtype /Highlight /Rect [0 0 1 1] /T (" + Author + ") /Contents (Bien) >>"
	header := fmt.Sprintf("20 0 21 %d ", len(info)+1)
	packed := ObjStm(fmt.Sprintf("/Type /ObjStm /N 2 /First %d /Filter /FlateDecode", len(header)), header+info+" "+note)
	xmp := "<x:xmpmeta><dc:creator>" + Author + "</dc:creator></x:xmpmeta>"
	old := PDFOf("", "<< /Producer ("+Author+") >>", packed,
		ObjStm("/Type /Metadata /Subtype /XML /Filter /FlateDecode", xmp),
		"<< /Type /Metadata /Subtype /XML /Length "+fmt.Sprint(len(xmp))+" >>\nstream\n"+xmp+"\nendstream",
		"<< /Subtype /Image /Filter /DCTDecode /Length "+fmt.Sprint(len(photo))+" >>\nstream\n"+photo+"\nendstream",
		"<< /Type /Annot /Subtype /Text /T ("+Author+") /Contents (Bien) >>",
		ObjStm("/Filter /FlateDecode", "no type: "+xmp))
	old = bytes.Replace(old, []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Info 20 0 R"), 1)
	return append(old, []byte("4 0 obj\n<< /Creator ("+Author+") >>\nendobj\ntrailer\n<< /Root 1 0 R /Info 4 0 R >>\nstartxref\n0\n%%EOF\n")...)
}

func signedWord(t testing.TB, photo, png, gif string) []byte {
	a := Author
	sheet := signedSheet(t)
	return Zip(t,
		Part{Name: "[Content_Types].xml", Body: WordTypes},
		Part{Name: "word/document.xml", Body: `<w:document xmlns:w="w"><w:body><w:ins w:id="1" w:author="` + a + `"><w:r><w:t>texte</w:t></w:r></w:ins><w:del w:author="` + a + `"/><w:rPrChange w:author='` + a + `'/></w:body></w:document>`},
		Part{Name: "word/glossary/document.xml", Body: `<w:document><w:ins w:author="` + a + `"/></w:document>`},
		Part{Name: "docProps/core.xml", Body: `<cp:coreProperties><dc:creator>` + a + `</dc:creator><cp:lastModifiedBy>` + a + `</cp:lastModifiedBy><dc:title>x</dc:title></cp:coreProperties>`},
		Part{Name: "docProps/app.xml", Body: `<Properties><Company>` + a + `</Company><Manager>` + a + `</Manager></Properties>`},
		Part{Name: "docProps/custom.xml", Body: `<Properties><property name="x"><vt:lpwstr>` + a + `</vt:lpwstr></property></Properties>`},
		Part{Name: "docProps/thumbnail.jpeg", Body: photo},
		Part{Name: "word/comments.xml", Body: `<w:comments><w:comment w:author="` + a + `" w:initials="` + a + `"/></w:comments>`},
		Part{Name: "word/people.xml", Body: `<w15:people><w15:person w15:author="` + a + `"><w15:presenceInfo w15:providerId="AD" w15:userId="` + a + `"/></w15:person></w15:people>`},
		Part{Name: "word/_rels/settings.xml.rels", Body: `<Relationships><Relationship Id="r" Type="x/attachedTemplate" Target="file:///C:/` + a + `/Normal.dotm" TargetMode="External"/></Relationships>`},
		Part{Name: "word/media/a.jpeg", Body: photo}, Part{Name: "word/media/b.png", Body: png}, Part{Name: "word/media/c.gif", Body: gif},
		Part{Name: "word/media/d.svg", Body: `<svg inkscape:export-filename="/home/` + a + `"><metadata><rdf:RDF><dc:creator>` + a + `</dc:creator></rdf:RDF></metadata><path d="M0 0"/></svg>`},
		Part{Name: "word/embeddings/Microsoft_Excel.xlsx", Body: string(sheet)},
		Part{Name: "customXml/item1.xml", Body: `<b:Sources><b:Author>` + a + `</b:Author></b:Sources>`},
	)
}

func signedSheet(t testing.TB) []byte {
	a := Author
	return Zip(t,
		Part{Name: "[Content_Types].xml", Body: SheetTypes},
		Part{Name: "docProps/core.xml", Body: `<cp:coreProperties><dc:creator>` + a + `</dc:creator></cp:coreProperties>`},
		Part{Name: "xl/workbook.xml", Body: `<workbook><fileSharing userName="` + a + `"/><x15ac:absPath url="C:\` + a + `\"/></workbook>`},
		Part{Name: "xl/comments1.xml", Body: `<comments><authors><author>` + a + `</author></authors><commentList><comment><text><t>Bien</t></text></comment></commentList></comments>`},
		Part{Name: "xl/persons/person.xml", Body: `<personList><person displayName="` + a + `" userId="` + a + `"/></personList>`},
		Part{Name: "xl/pivotCache/pivotCacheDefinition1.xml", Body: `<pivotCacheDefinition refreshedBy="` + a + `"/>`},
		Part{Name: "xl/revisions/revisionHeaders.xml", Body: `<headers><header userName="` + a + `"/></headers>`},
		Part{Name: "xl/worksheets/sheet1.xml", Body: `<worksheet/>`},
	)
}

func signedSlides(t testing.TB) []byte {
	a := Author
	return Zip(t,
		Part{Name: "[Content_Types].xml", Body: SlideTypes},
		Part{Name: "docProps/core.xml", Body: `<cp:coreProperties><dc:creator>` + a + `</dc:creator></cp:coreProperties>`},
		Part{Name: "ppt/commentAuthors.xml", Body: `<p:cmAuthorLst><p:cmAuthor name="` + a + `" initials="` + a + `"/></p:cmAuthorLst>`},
		Part{Name: "ppt/authors.xml", Body: `<p188:authorLst><p188:author name="` + a + `" userId="` + a + `"/></p188:authorLst>`},
		Part{Name: "ppt/changesInfos/changesInfo1.xml", Body: `<pc:chgInfo><pc:docChgLst><pc:chgData name="` + a + `" userId="` + a + `"/></pc:docChgLst></pc:chgInfo>`},
	)
}

func signedODT(t testing.TB, photo string) []byte {
	a := Author
	return ODTOf(t, `<text:tracked-changes><office:change-info><dc:creator>`+a+`</dc:creator></office:change-info></text:tracked-changes><office:annotation><dc:creator>`+a+`</dc:creator><text:p>Bien</text:p></office:annotation><text:author-name>`+a+`</text:author-name>`,
		Part{Name: "meta.xml", Body: `<office:meta><meta:initial-creator>` + a + `</meta:initial-creator><dc:creator>` + a + `</dc:creator><meta:printed-by>` + a + `</meta:printed-by><meta:user-defined>` + a + `</meta:user-defined></office:meta>`},
		Part{Name: "settings.xml", Body: `<office:settings><config:config-item config:name="PrinterName" config:type="string">` + a + `</config:config-item></office:settings>`},
		Part{Name: "Pictures/1.jpg", Body: photo})
}

// signedSound is silence between an ID3v2 tag and an ID3v1 tag.
func signedSound() []byte {
	frame := "TPE1\x00\x00\x00\x11\x00\x00\x00" + Author
	tag := "ID3\x04\x00\x00\x00\x00\x00" + string(rune(len(frame))) + frame
	silence := bytes.Repeat(append([]byte("\xff\xfb\x90\x00"), make([]byte, 413)...), 3)
	old := "TAG" + strings.Repeat("\x00", 30) + Author + strings.Repeat("\x00", 128-33-len(Author))
	return append(append([]byte(tag), silence...), old...)
}

// Tells says where Author stands in b, as text, in UTF-16 or in hexadecimal, after
// every stream of a PDF, every entry of a zip and every chunk of a PNG is
// inflated; "" when it is nowhere.
func Tells(b []byte) string {
	return tells("file", b, 0)
}

func tells(where string, b []byte, depth int) string {
	var big, little []byte
	for _, u := range utf16.Encode([]rune(Author)) {
		big, little = append(big, byte(u>>8), byte(u)), append(little, byte(u), byte(u>>8))
	}
	lower := bytes.ToLower(b)
	for how, form := range map[string][]byte{"text": []byte(Author), "UTF-16BE": big, "UTF-16LE": little} {
		if bytes.Contains(b, form) {
			return where + " as " + how
		}
		if bytes.Contains(lower, []byte(hex.EncodeToString(form))) {
			return where + " as " + how + " in hexadecimal"
		}
	}
	if depth > 4 {
		return ""
	}
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil {
		for _, f := range z.File {
			if r, err := f.Open(); err == nil {
				inner, _ := io.ReadAll(r)
				if found := tells(where+" / "+f.Name, inner, depth+1); found != "" {
					return found
				}
			}
		}
		return ""
	}
	for i := 0; i+2 < len(b); i++ { // every place where a zlib stream may start (RFC 1950 §2.2)
		if b[i] != 0x78 || (int(b[i])<<8|int(b[i+1]))%31 != 0 {
			continue
		}
		if r, err := zlib.NewReader(bytes.NewReader(b[i:])); err == nil {
			inner, _ := io.ReadAll(io.LimitReader(r, 32<<20))
			if found := tells(fmt.Sprintf("%s / inflated at %d", where, i), inner, depth+1); found != "" && len(inner) > 8 {
				return found
			}
		}
	}
	return ""
}
