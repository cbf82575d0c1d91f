package inspect

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"image/gif"
	"image/jpeg"
	"io"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect/hostile"
)

func strip(t *testing.T, body []byte) ([]byte, Cleaned) {
	t.Helper()
	var out bytes.Buffer
	c, err := Strip(context.Background(), bytes.NewReader(body), int64(len(body)), &out)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), c
}

func TestStripImageTurnsUpright(t *testing.T) {
	for orientation, want := range map[int]string{1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB"} {
		for _, size := range [][2]int{{32, 16}, {31, 17}} {
			out, c := strip(t, jpegOf(t, size[0], size[1], exif(orientation, true)))
			if c.Kind != JPEG || !c.Clean() {
				t.Errorf("orientation %d: %v", orientation, c)
			}
			if got := corners(t, out); got != want {
				t.Errorf("orientation %d, %v: %s, want %s", orientation, size, got, want)
			}
			conf, err := jpeg.DecodeConfig(bytes.NewReader(out))
			w, h := size[0], size[1]
			if orientation >= 5 {
				w, h = h, w
			}
			if err != nil || conf.Width != w || conf.Height != h {
				t.Errorf("orientation %d: %d × %d, %v", orientation, conf.Width, conf.Height, err)
			}
		}
	}
}

func TestStripImageLosesMetadata(t *testing.T) {
	p := pngOf(t, 20, 10)
	withText := slices.Concat(p[:33], []byte(pngChunk("tEXt", "Author\x00Jeanne Martin")), p[33:], []byte("Jeanne"))
	comment := segment(0xfe, "Jeanne Martin")
	for name, c := range map[string]struct {
		body []byte
		kind Kind
	}{
		"JPEG": {append(jpegOf(t, 20, 10, exif(1, true), comment), "Jeanne"...), JPEG},
		"PNG":  {withText, PNG},
		"GIF":  {gifWith(t, "Jeanne Martin"), GIF},
		"WebP": {webpSample(t, riff("EXIF", "Jeanne")), JPEG},
	} {
		out, done := strip(t, c.body)
		if !bytes.Contains(c.body, []byte("Jeanne")) {
			t.Fatalf("%s: the sample tells nothing", name)
		}
		if done.Kind != c.kind || !done.Clean() || bytes.Contains(out, []byte("Jeanne")) || bytes.Contains(out, []byte("Exif")) {
			t.Errorf("%s: %v, %d bytes", name, done, len(out))
		}
		if r, err := Inspect(context.Background(), bytes.NewReader(out), int64(len(out)), "x"+c.kind.Extension(), Limits{}); err != nil || len(r.Problems) > 0 || r.Kind != c.kind {
			t.Errorf("%s: the copy is %s with %v, %v", name, r.Kind, r.Problems, err)
		}
	}
	g, err := gif.DecodeAll(bytes.NewReader(func() []byte { b, _ := strip(t, gifOf(t, 3)); return b }()))
	if err != nil || len(g.Image) != 1 {
		t.Errorf("a moving GIF: %v", err)
	}
}

func gifWith(t *testing.T, comment string) []byte {
	b := gifOf(t, 2)
	block := append([]byte{0x21, 0xfe, byte(len(comment))}, comment...)
	return slices.Concat(b[:len(b)-1], block, []byte{0, 0x3b})
}

func TestStripImageRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		key  string
	}{
		"a text":          {[]byte("bonjour"), "inspect.not_picture"},
		"too many pixels": {hugePNG(30000, 30000), "picture.too_large"},
		"no pixels":       {hugePNG(0, 1), "picture.damaged"},
		"broken pixels":   {hugePNG(30, 30), "picture.damaged"},
		"large and cut":   {hugePNG(7000, 7000)[:50], "picture.damaged"},
	} {
		_, err := StripImage(context.Background(), bytes.NewReader(c.body), int64(len(c.body)), io.Discard)
		if !errs.Is(err, errs.Invalid) || errs.KeyOf(err) != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStripImageStaysWithinMemory(t *testing.T) {
	for name, body := range map[string][]byte{"a large photograph to turn": jpegOf(t, 4000, 3000, exif(6, true)), "a large PNG": pngOf(t, 3400, 3400)} {
		peak := held(func() {
			if _, err := StripImage(context.Background(), bytes.NewReader(body), int64(len(body)), io.Discard); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if peak > 64<<20 {
			t.Errorf("%s: held %d MB", name, peak>>20)
		}
	}
}

// parts reads a zip back with the standard reader.
func parts(t *testing.T, body []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		found[f.Name] = string(b)
	}
	return found
}

func TestStripDocumentForgetsAuthors(t *testing.T) {
	photo := string(append(jpegOf(t, 40, 20, exif(3, true), segment(0xfe, "Jeanne")), "Jeanne"...))
	word := docx(t,
		part{Name: "docProps/core.xml", Body: `<cp:coreProperties><dc:title>Projet</dc:title><dc:creator>Jeanne Martin</dc:creator><cp:lastModifiedBy>Jeanne</cp:lastModifiedBy></cp:coreProperties>`},
		part{Name: "docProps/app.xml", Body: `<Properties><Company>Chez Jeanne</Company><Manager>Jeanne</Manager><Pages>3</Pages></Properties>`},
		part{Name: "docProps/custom.xml", Body: `<Properties><property name="x"><vt:lpwstr>Jeanne</vt:lpwstr></property></Properties>`},
		part{Name: "word/comments.xml", Body: `<w:comments><w:comment w:id="0" w:author="Jeanne &lt;&gt; Martin" w:initials='JM Jeanne'><w:t>Bien</w:t></w:comment></w:comments>`},
		part{Name: "word/people.xml", Body: `<w15:people><w15:person w15:author="Jeanne"><w15:presenceInfo w15:userId="Jeanne@x"/></w15:person></w15:people>`},
		part{Name: "word/_rels/settings.xml.rels", Body: strings.ReplaceAll(rel("attachedTemplate", `file:///C:\Users\Jeanne\Normal.dotm`).Body, "r1", "r9")},
		part{Name: "word/media/image1.jpeg", Body: photo},
		part{Name: "word/media/drawing.emf", Body: "EMF"},
	)
	sheet := zipOf(t, part{Name: "[Content_Types].xml", Body: sheetTypes},
		part{Name: "xl/workbook.xml", Body: `<workbook><fileSharing userName="Jeanne"/><x15ac:absPath url="C:\Users\Jeanne\"/></workbook>`},
		part{Name: "xl/comments1.xml", Body: `<comments><authors><author>Jeanne</author></authors></comments>`},
		part{Name: "xl/persons/person.xml", Body: `<personList><person displayName="Jeanne" userId="Jeanne" id="{1}"/></personList>`})
	slides := zipOf(t, part{Name: "[Content_Types].xml", Body: slideTypes},
		part{Name: "ppt/commentAuthors.xml", Body: `<p:cmAuthorLst><p:cmAuthor id="1" name="Jeanne" initials="Jeanne"/></p:cmAuthorLst>`})
	text := odt(t, `<office:annotation><dc:creator>Jeanne <b>Martin</b></dc:creator><meta:creator-initials>Jeanne</meta:creator-initials><text:p>Bien</text:p></office:annotation><text:author-name>Jeanne</text:author-name>`,
		part{Name: "meta.xml", Body: `<office:meta><meta:initial-creator>Jeanne</meta:initial-creator><dc:creator>Jeanne</dc:creator><meta:user-defined meta:name="x">Jeanne</meta:user-defined><dc:title>Projet</dc:title></office:meta>`},
		part{Name: "Pictures/1.jpg", Body: photo})
	for kind, body := range map[Kind][]byte{DOCX: word, XLSX: sheet, PPTX: slides, ODT: text} {
		out, c := strip(t, body)
		if c.Kind != kind || !c.Clean() {
			t.Errorf("%s: %v", kind, c)
		}
		before, after := parts(t, body), parts(t, out)
		if len(before) != len(after) {
			t.Errorf("%s: %d parts became %d", kind, len(before), len(after))
		}
		for name, content := range after {
			if strings.Contains(strings.Replace(content, "Le projet de Jeanne", "", 1), "Jeanne") {
				t.Errorf("%s: %s still tells: %s", kind, name, content)
			}
		}
		r, err := Inspect(context.Background(), bytes.NewReader(out), int64(len(out)), "x"+kind.Extension(), Limits{})
		if err != nil || r.Kind != kind || r.Refused() {
			t.Errorf("%s: the copy is %s, %v, %v", kind, r.Kind, r.Problems, err)
		}
	}
	after := parts(t, func() []byte { b, _ := strip(t, word); return b }())
	for name, want := range map[string]string{
		"word/document.xml":      strings.ReplaceAll(wordBody, "Jeanne Martin", ""),
		"docProps/core.xml":      `<cp:coreProperties><dc:title>Projet</dc:title><dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy></cp:coreProperties>`,
		"word/comments.xml":      `<w:comments><w:comment w:id="0" w:author="" w:initials=''><w:t>Bien</w:t></w:comment></w:comments>`,
		"word/media/drawing.emf": "EMF",
	} {
		if after[name] != want {
			t.Errorf("%s is %s", name, after[name])
		}
	}
	first := func(b []byte) string { return string(b[30:38]) }
	if out, _ := strip(t, text); first(out) != "mimetype" || KindOf(out[:100], "") != ODT {
		t.Error("the ODF copy no longer starts with its type")
	}
}

func TestStripSaysWhatItLeft(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		left string
	}{
		"an embedded document":                    {docx(t, part{Name: "word/embeddings/b.xlsx", Body: "x"}), "inspect.left_embedded"},
		"a signature":                             {docx(t, part{Name: "_xmlsignatures/sig1.xml", Body: "<x/>"}), "inspect.left_signature"},
		"a kind of picture that is not read":      {docx(t, part{Name: "word/media/a.tiff", Body: "II*"}), "inspect.left_part"},
		"a document too deep inside":              {docx(t, part{Name: "word/embeddings/a.docx", Body: string(docx(t, part{Name: "word/embeddings/b.docx", Body: string(docx(t, part{Name: "word/embeddings/c.docx", Body: string(docx(t))}))}))}), "inspect.left_embedded"},
		"a sound without sound":                   {[]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), "inspect.left_kind"},
		"a part in UTF-16":                        {docx(t, part{Name: "docProps/core.xml", Body: utf16of("<a><creator>Jeanne</creator></a>", "\xff\xfe")}), "inspect.left_part"},
		"a plain archive":                         {zipOf(t, part{Name: "a.txt", Body: "a"}), "inspect.left_kind"},
		"an ODF with password":                    {odt(t, "", part{Name: "META-INF/manifest.xml", Body: "<manifest:encryption-data/>"}), "inspect.left_encrypted"},
		"an old document":                         {[]byte(ole10 + strings.Repeat("\x00", 600)), "inspect.left_kind"},
		"a PDF with a password":                   {pdfOf("/Encrypt 4 0 R"), "inspect.left_encrypted"},
		"a PDF whose comment is signed elsewhere": {pdfOf("", "<< /Type /Annot /Subtype /Text /T 5 0 R >>", "(Jeanne)"), "inspect.left_pdf_comments"},
		"a PDF with what a drawing program keeps": {pdfOf("", "<< /PieceInfo << /Illustrator << /Private << /AIMetaData 5 0 R >> >> >> >>"), "inspect.left_pdf_private"},
		"a PDF whose author is elsewhere":         {bytes.Replace(pdfOf("", "<< /Author 5 0 R >>", "(Jeanne)"), []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Info 4 0 R"), 1), "inspect.left_pdf_info"},
		"a signed PDF":                            {pdfOf("", "<< /ByteRange [0 1 2 3] >>"), "inspect.left_signature"},
	} {
		_, done := strip(t, c.body)
		if len(done.Left) != 1 || done.Left[0].Key != c.left || done.Clean() {
			t.Errorf("%s: left %v", name, done.Left)
		}
	}
}

func TestStripPDF(t *testing.T) {
	info := `<< /Author (Jeanne \(dite JM\) Martin) /Title (Jeanne (et) Paul) /Creator <FEFF004A00650061> /CreationDate (D:20260101) /Custom(Jeanne) >>`
	packet := "<< /Type /Metadata /Subtype /XML >>\nstream\n<?xpacket begin='' id='W5M0'?><x:xmpmeta><dc:creator>Jeanne</dc:creator></x:xmpmeta><?xpacket end='w'?>\nendstream"
	body := bytes.Replace(pdfOf("", info, packet, "<< /Filter /DCTDecode >>\nstream\n"+string(jpegOf(t, 8, 8, exif(1, true)))+"\nendstream"), []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Info 4 0 R"), 1)
	out, c := strip(t, body)
	if c.Kind != PDF || !c.Clean() || len(out) != len(body) {
		t.Fatalf("%v, %d bytes of %d", c, len(out), len(body))
	}
	for _, tell := range []string{"Jeanne", "JM", "Paul", "004A", "\x01\x3b\x00\x02"} {
		if !bytes.Contains(body, []byte(tell)) || bytes.Contains(out, []byte(tell)) {
			t.Errorf("%q: told before %v, after %v", tell, bytes.Contains(body, []byte(tell)), bytes.Contains(out, []byte(tell)))
		}
	}
	for _, kept := range []string{"D:20260101", "<?xpacket end='w'?>", "/Author (", "trailer", "%%EOF"} {
		if !bytes.Contains(out, []byte(kept)) {
			t.Errorf("%q was lost", kept)
		}
	}
	changed := 0
	for i := range body {
		if body[i] != out[i] {
			changed++
		}
	}
	if changed == 0 || changed > 250 {
		t.Errorf("%d bytes changed", changed)
	}
}

func TestStripKeepsPlainTextAndStops(t *testing.T) {
	out, c := strip(t, []byte("a;b\n1;2\n"))
	if string(out) != "a;b\n1;2\n" || !c.Clean() {
		t.Errorf("%q, %v", out, c)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, body := range map[string][]byte{"a picture": pngOf(t, 10, 10), "a document": docx(t), "a PDF": pdfOf(""), "a text": []byte("bonjour")} {
		if _, err := Strip(ctx, bytes.NewReader(body), int64(len(body)), io.Discard); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// start keeps the first bytes written to it.
type start struct{ head []byte }

func (s *start) Write(b []byte) (int, error) {
	s.head = append(s.head, b[:min(len(b), headSize-len(s.head))]...)
	return len(b), nil
}

// Whatever comes in, cleaning ends within its memory, and what comes out of a
// sound file is of the kind that is said.
func TestStripCorpus(t *testing.T) {
	for _, c := range corpus(t) {
		var out start
		var done Cleaned
		var err error
		peak := held(func() {
			done, err = Strip(context.Background(), bytes.NewReader(c.body), int64(len(c.body)), &out)
		})
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", c.situation, err)
		}
		if peak > 64<<20 {
			t.Errorf("%s: held %d MB", c.situation, peak>>20)
		}
		if c.refuse == "" && err == nil && !c.kind.office() && KindOf(out.head, c.name) != done.Kind {
			t.Errorf("%s: the copy is %s, not %s", c.situation, KindOf(out.head, c.name), done.Kind)
		}
	}
}

func FuzzStrip(f *testing.F) {
	for _, c := range hostile.Seeds(f) {
		f.Add(c.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := Strip(context.Background(), bytes.NewReader(body), int64(len(body)), io.Discard); err != nil && !errs.Is(err, errs.Invalid) {
			t.Fatal(err)
		}
	})
}
