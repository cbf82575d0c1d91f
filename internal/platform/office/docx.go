package office

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// MimeDOCX is the type of an Office Open XML text.
const MimeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

const (
	relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packages  = "http://schemas.openxmlformats.org/package/2006/relationships"
	words     = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
)

// DOCX writes the text as Office Open XML (ISO/IEC 29500, transitional).
func (t *Text) DOCX(w io.Writer) error {
	return pack(w, []file{
		{name: "[Content_Types].xml", body: prolog + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="` + MimeDOCX + `.main+xml"/>` +
			`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
			`<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>` +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{name: "_rels/.rels", body: prolog + `<Relationships xmlns="` + packages + `"><Relationship Id="rId1" Type="` + relations + `/officeDocument" Target="word/document.xml"/>` +
			`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{name: "docProps/core.xml", body: t.docxCore()},
		{name: "word/_rels/document.xml.rels", body: t.docxLinks()},
		{name: "word/styles.xml", body: t.docxStyles()},
		{name: "word/numbering.xml", body: prolog + `<w:numbering xmlns:w="` + words + `"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`},
		{name: "word/document.xml", body: t.docxBody()},
	})
}

func (t *Text) docxCore() string {
	return prolog + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escape(t.Title) + `</dc:title><dc:subject>` + escape(t.Subject) + `</dc:subject><dc:language>` + escape(t.Lang) + `-` + t.region() + `</dc:language>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + t.stamp() + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + t.stamp() + `</dcterms:modified></cp:coreProperties>`
}

func (t *Text) docxLinks() string {
	var b strings.Builder
	b.WriteString(prolog + `<Relationships xmlns="` + packages + `"><Relationship Id="rId1" Type="` + relations + `/styles" Target="styles.xml"/><Relationship Id="rId2" Type="` + relations + `/numbering" Target="numbering.xml"/>`)
	for i, link := range t.links() {
		fmt.Fprintf(&b, `<Relationship Id="link%d" Type="%s/hyperlink" Target="%s" TargetMode="External"/>`, i+1, relations, escape(link))
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

func (t *Text) docxStyles() string {
	var b strings.Builder
	b.WriteString(prolog + `<w:styles xmlns:w="` + words + `"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/><w:lang w:val="` + escape(t.Lang) + `-` + t.region() + `"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	style := func(id, name, properties, run string) {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, id, name, properties, run)
	}
	style("Title", "Title", ``, `<w:b/><w:sz w:val="44"/>`)
	for level, size := range []int{32, 26, 22} {
		style(fmt.Sprintf("Heading%d", level+1), fmt.Sprintf("heading %d", level+1), fmt.Sprintf(`<w:keepNext/><w:spacing w:before="280" w:after="120"/><w:outlineLvl w:val="%d"/>`, level), fmt.Sprintf(`<w:b/><w:sz w:val="%d"/>`, size))
	}
	style("Caption", "caption", `<w:keepNext/>`, `<w:i/>`)
	style("ListParagraph", "List Paragraph", `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>`, ``)
	b.WriteString(`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="1F4E79"/><w:u w:val="single"/></w:rPr></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>`)
	return b.String()
}

func (t *Text) docxBody() string {
	var b strings.Builder
	links := t.links()
	b.WriteString(prolog + `<w:document xmlns:w="` + words + `" xmlns:r="` + relations + `"><w:body>`)
	put := func(style string, runs []Run) {
		b.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
		for _, r := range runs {
			said := `<w:t xml:space="preserve">` + lines(r.Text, `</w:t><w:br/><w:t xml:space="preserve">`) + `</w:t>`
			if r.Link == "" {
				b.WriteString(`<w:r>` + said + `</w:r>`)
				continue
			}
			fmt.Fprintf(&b, `<w:hyperlink r:id="link%d"><w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr>%s</w:r></w:hyperlink>`, slices.Index(links, r.Link)+1, said)
		}
		b.WriteString(`</w:p>`)
	}
	for _, one := range t.blocks {
		switch one.kind {
		case heading:
			style := "Title"
			if one.level > 0 {
				style = fmt.Sprintf("Heading%d", one.level)
			}
			put(style, one.runs)
		case paragraph:
			put("Normal", one.runs)
		case item:
			put("ListParagraph", one.runs)
		case caption:
			put("Caption", one.runs)
		case table:
			docxTable(&b, one)
		}
	}
	b.WriteString(`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	return b.String()
}

// wide is the width between the margins of the page, in twentieths of a point.
const wide = 9638

func docxTable(b *strings.Builder, one block) {
	columns := max(len(one.head), 1)
	first := wide * 2 / (columns + 1)
	other := (wide - first) / max(columns-1, 1)
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="8A8478"/>`)
	}
	fmt.Fprintf(b, `</w:tblBorders></w:tblPr><w:tblGrid><w:gridCol w:w="%d"/>%s</w:tblGrid>`, first, strings.Repeat(fmt.Sprintf(`<w:gridCol w:w="%d"/>`, other), columns-1))
	row := func(cells []string, head bool) {
		b.WriteString(`<w:tr>`)
		if head {
			b.WriteString(`<w:trPr><w:tblHeader/></w:trPr>`)
		}
		for n, s := range cells {
			width, side, bold := other, `<w:jc w:val="right"/>`, ``
			if n == 0 {
				width, side = first, ``
			}
			if head {
				bold = `<w:rPr><w:b/></w:rPr>`
			}
			fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:spacing w:after="0"/>%s</w:pPr><w:r>%s<w:t xml:space="preserve">%s</w:t></w:r></w:p></w:tc>`, width, side, bold, lines(s, `</w:t><w:br/><w:t xml:space="preserve">`))
		}
		b.WriteString(`</w:tr>`)
	}
	row(one.head, true)
	for i := range one.rows {
		row(one.row(i), false)
	}
	b.WriteString(`</w:tbl><w:p><w:pPr><w:pStyle w:val="Normal"/></w:pPr></w:p>`)
}
