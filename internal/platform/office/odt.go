package office

import (
	"fmt"
	"io"
	"strings"
)

// MimeODT is the type of an OpenDocument text.
const MimeODT = "application/vnd.oasis.opendocument.text"

// ODT writes the text as OpenDocument 1.3 (ISO/IEC 26300): the type of the package stands
// first and is not compressed, as its part 2, section 3.3, asks.
func (t *Text) ODT(w io.Writer) error {
	return pack(w, []file{
		{name: "mimetype", body: MimeODT, stored: true},
		{name: "META-INF/manifest.xml", body: prolog + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">` +
			`<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="` + MimeODT + `"/>` +
			`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>` +
			`<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>` +
			`<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>`},
		{name: "content.xml", body: t.odtContent()},
		{name: "styles.xml", body: t.odtStyles()},
		{name: "meta.xml", body: t.odtMeta()},
	})
}

const odtSpaces = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" ` +
	`xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" ` +
	`xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" ` +
	`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"`

func (t *Text) odtMeta() string {
	return prolog + `<office:document-meta ` + odtSpaces + `><office:meta><meta:generator>Transformateur</meta:generator>` +
		`<dc:title>` + escape(t.Title) + `</dc:title><dc:subject>` + escape(t.Subject) + `</dc:subject><dc:language>` + escape(t.Lang) + `-` + t.region() + `</dc:language>` +
		`<meta:creation-date>` + t.stamp() + `</meta:creation-date><dc:date>` + t.stamp() + `</dc:date></office:meta></office:document-meta>`
}

func (t *Text) odtStyles() string {
	var b strings.Builder
	b.WriteString(prolog + `<office:document-styles ` + odtSpaces + `><office:styles>` +
		`<style:default-style style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.2cm"/><style:text-properties fo:font-size="11pt" fo:language="` + escape(t.Lang) + `" fo:country="` + t.region() + `"/></style:default-style>` +
		`<style:style style:name="Standard" style:family="paragraph" style:class="text"/>` +
		`<style:style style:name="Heading" style:family="paragraph" style:parent-style-name="Standard" style:next-style-name="Standard"><style:paragraph-properties fo:margin-top="0.5cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"/><style:text-properties fo:font-weight="bold"/></style:style>` +
		`<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Heading"><style:text-properties fo:font-size="22pt"/></style:style>`)
	for level, size := range []string{"16pt", "13pt", "11pt"} {
		fmt.Fprintf(&b, `<style:style style:name="Heading_20_%d" style:display-name="Heading %d" style:family="paragraph" style:parent-style-name="Heading" style:default-outline-level="%d"><style:text-properties fo:font-size="%s"/></style:style>`, level+1, level+1, level+1, size)
	}
	b.WriteString(`<style:style style:name="Caption" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-top="0.3cm" fo:keep-with-next="always"/><style:text-properties fo:font-style="italic"/></style:style>` +
		`<style:style style:name="Table_20_Contents" style:display-name="Table Contents" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-bottom="0cm"/></style:style>` +
		`<style:style style:name="Table_20_Figure" style:display-name="Table Figure" style:family="paragraph" style:parent-style-name="Table_20_Contents"><style:paragraph-properties fo:text-align="end"/></style:style>` +
		`<style:style style:name="Table_20_Heading" style:display-name="Table Heading" style:family="paragraph" style:parent-style-name="Table_20_Contents"><style:text-properties fo:font-weight="bold"/></style:style>` +
		`<text:list-style style:name="List"><text:list-level-style-bullet text:level="1" text:bullet-char="•"><style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.6cm" fo:margin-left="0.6cm"/></style:list-level-properties></text:list-level-style-bullet></text:list-style>` +
		`</office:styles><office:automatic-styles><style:page-layout style:name="page"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/></style:page-layout></office:automatic-styles>` +
		`<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="page"/></office:master-styles></office:document-styles>`)
	return b.String()
}

func odtRuns(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		said := lines(r.Text, `<text:line-break/>`)
		if r.Link != "" {
			said = `<text:a xlink:type="simple" xlink:href="` + escape(r.Link) + `">` + said + `</text:a>`
		}
		b.WriteString(said)
	}
	return b.String()
}

func (t *Text) odtContent() string {
	var b strings.Builder
	b.WriteString(prolog + `<office:document-content ` + odtSpaces + `><office:automatic-styles>` +
		`<style:style style:name="cell" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #8a8478" fo:padding="0.1cm"/></style:style>` +
		`</office:automatic-styles><office:body><office:text>`)
	tables := 0
	for i, one := range t.blocks {
		switch one.kind {
		case heading:
			if one.level == 0 {
				b.WriteString(`<text:p text:style-name="Title">` + odtRuns(one.runs) + `</text:p>`)
				continue
			}
			fmt.Fprintf(&b, `<text:h text:style-name="Heading_20_%d" text:outline-level="%d">%s</text:h>`, one.level, one.level, odtRuns(one.runs))
		case paragraph:
			b.WriteString(`<text:p text:style-name="Standard">` + odtRuns(one.runs) + `</text:p>`)
		case caption:
			b.WriteString(`<text:p text:style-name="Caption">` + odtRuns(one.runs) + `</text:p>`)
		case item:
			if i == 0 || t.blocks[i-1].kind != item {
				b.WriteString(`<text:list text:style-name="List">`)
			}
			b.WriteString(`<text:list-item><text:p text:style-name="Standard">` + odtRuns(one.runs) + `</text:p></text:list-item>`)
			if i+1 == len(t.blocks) || t.blocks[i+1].kind != item {
				b.WriteString(`</text:list>`)
			}
		case table:
			tables++
			odtTable(&b, one, tables)
		}
	}
	b.WriteString(`</office:text></office:body></office:document-content>`)
	return b.String()
}

func odtTable(b *strings.Builder, one block, number int) {
	fmt.Fprintf(b, `<table:table table:name="T%d"><table:table-column table:number-columns-repeated="%d"/><table:table-header-rows><table:table-row>`, number, len(one.head))
	cell := func(style, s string) {
		b.WriteString(`<table:table-cell table:style-name="cell" office:value-type="string"><text:p text:style-name="` + style + `">` + lines(s, `<text:line-break/>`) + `</text:p></table:table-cell>`)
	}
	for _, h := range one.head {
		cell("Table_20_Heading", h)
	}
	b.WriteString(`</table:table-row></table:table-header-rows>`)
	for i := range one.rows {
		b.WriteString(`<table:table-row>`)
		for n, s := range one.row(i) {
			style := "Table_20_Figure"
			if n == 0 {
				style = "Table_20_Contents"
			}
			cell(style, s)
		}
		b.WriteString(`</table:table-row>`)
	}
	b.WriteString(`</table:table>`)
}
