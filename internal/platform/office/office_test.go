package office_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/office"
)

func sample() *office.Text {
	t := office.New(office.Meta{Title: "Bilan & suites", Subject: "Édition <2027>", Lang: "fr", At: time.Date(2027, 3, 5, 9, 0, 0, 0, time.UTC)})
	t.Heading(1, "L’appel")
	t.Paragraph(office.Run{Text: "Vingt dossiers ", Link: ""}, office.Run{Text: "déposés", Link: "https://exemple.fr/calls/1/files?verdict=admissible&page=2"}, office.Run{Text: ".\nEt une ligne\x00 de plus."})
	t.Item(office.Run{Text: "un"})
	t.Item(office.Run{Text: "deux"})
	t.Heading(2, "Familles")
	t.Table("Projets par famille", []string{"Famille", "Projets"}, [][]string{{"Culture", "12"}, {"Technique", "8"}, {"Autre"}})
	return t
}

// parts are the entries of a package, each of them well-formed when it is XML.
func parts(t *testing.T, body []byte) (names []string, all map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	all = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names, all[f.Name] = append(names, f.Name), string(text)
		if f.Name == "mimetype" {
			continue
		}
		for d := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s is not well-formed: %v", f.Name, err)
			}
		}
	}
	return names, all
}

// texts are what stands in the elements of a name, nested text put together.
func texts(t *testing.T, body, name string) (list []string) {
	t.Helper()
	depth, said := 0, ""
	for d := xml.NewDecoder(strings.NewReader(body)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if depth > 0 || x.Name.Local == name {
				depth++
			}
		case xml.CharData:
			if depth > 0 {
				said += string(x)
			}
		case xml.EndElement:
			if depth--; depth == 0 {
				list, said = append(list, said), ""
			}
			depth = max(depth, 0)
		}
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestODT(t *testing.T) {
	var once, twice bytes.Buffer
	for _, w := range []*bytes.Buffer{&once, &twice} {
		if err := sample().ODT(w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(once.Bytes(), twice.Bytes()) {
		t.Error("the same text is not the same bytes")
	}
	names, all := parts(t, once.Bytes())
	if names[0] != "mimetype" || string(once.Bytes()[30:38]) != "mimetype" || string(once.Bytes()[38:38+len(office.MimeODT)]) != office.MimeODT {
		t.Error("the type of the package does not stand first, stored, without an extra field")
	}
	content := all["content.xml"]
	same(t, "headings", texts(t, content, "h"), []string{"L’appel", "Familles"})
	same(t, "cells", texts(t, content, "table-cell"), []string{"Famille", "Projets", "Culture", "12", "Technique", "8", "Autre", ""})
	same(t, "items", texts(t, content, "list-item"), []string{"un", "deux"})
	for part, want := range map[string]string{"content.xml": `xlink:href="https://exemple.fr/calls/1/files?verdict=admissible&amp;page=2"`, "meta.xml": `<dc:title>Bilan &amp; suites</dc:title>`, "styles.xml": `fo:language="fr" fo:country="FR"`} {
		if !strings.Contains(all[part], want) {
			t.Errorf("%s lacks %s", part, want)
		}
	}
	if strings.Contains(content, "\x00") {
		t.Error("what XML cannot hold is there")
	}
}

func TestDOCX(t *testing.T) {
	var once, twice bytes.Buffer
	for _, w := range []*bytes.Buffer{&once, &twice} {
		if err := sample().DOCX(w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(once.Bytes(), twice.Bytes()) {
		t.Error("the same text is not the same bytes")
	}
	names, all := parts(t, once.Bytes())
	if names[0] != "[Content_Types].xml" {
		t.Errorf("the package begins with %s", names[0])
	}
	content := all["word/document.xml"]
	same(t, "cells", texts(t, content, "tc"), []string{"Famille", "Projets", "Culture", "12", "Technique", "8", "Autre", ""})
	for _, want := range []string{`<w:pStyle w:val="Title"/></w:pPr><w:r><w:t xml:space="preserve">Bilan &amp; suites`, `<w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t xml:space="preserve">L’appel`, `<w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t xml:space="preserve">Familles`, `<w:hyperlink r:id="link1">`, `<w:tblHeader/>`} {
		if !strings.Contains(content, want) {
			t.Errorf("the text lacks %s", want)
		}
	}
	if !strings.Contains(all["word/_rels/document.xml.rels"], `Id="link1"`) || !strings.Contains(all["docProps/core.xml"], `<dc:language>fr-FR</dc:language>`) || !strings.Contains(all["word/styles.xml"], `w:lang w:val="fr-FR"`) {
		t.Error("a link, a language or a title is missing")
	}
}
