package reports

import (
	"context"
	"net/http"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/office"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// serve answers with a report as a file: "pdf", "odt" or "docx".
func (h *Handler) serve(kind string, read func(*http.Request) (view, error)) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := read(r)
		if err != nil {
			return err
		}
		ctx := r.Context()
		w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "report.file")+"."+kind))
		switch kind {
		case "odt":
			w.Header().Set("Content-Type", office.MimeODT)
			return h.written(ctx, v).ODT(w)
		case "docx":
			w.Header().Set("Content-Type", office.MimeDOCX)
			return h.written(ctx, v).DOCX(w)
		}
		w.Header().Set("Content-Type", "application/pdf")
		return printed(ctx, v).Write(w)
	}
}

// title is the name of the report as a document.
func (v view) title(ctx context.Context) string {
	return i18n.T(ctx, "report.title_of", v.Name.In(lang(ctx)))
}

// written is the report as a text to edit.
func (h *Handler) written(ctx context.Context, v view) *office.Text {
	t := office.New(office.Meta{Title: v.title(ctx), Subject: v.Theme.In(lang(ctx)), Lang: lang(ctx), At: v.stamp()})
	plain := func(s string) {
		if s != "" {
			t.Paragraph(office.Run{Text: text.MarkdownText(s)})
		}
	}
	plain(v.dated(ctx))
	plain(v.rule(ctx))
	plain(v.Words.Before)
	for _, p := range v.parts {
		if p.Hidden {
			continue
		}
		t.Heading(1, p.title)
		plain(p.Before)
		for _, b := range p.blocks {
			switch {
			case b.heading != "":
				t.Heading(2, b.heading)
			case b.head != nil:
				t.Table(b.caption, b.head, b.texts())
				plain(b.note)
			default:
				t.Item(office.Run{Text: b.text, Link: h.absolute(b.url)})
			}
		}
		plain(p.After)
	}
	plain(v.Words.After)
	return t
}

func (h *Handler) absolute(path string) string {
	if path == "" {
		return ""
	}
	return h.BaseURL + path
}

// printed is the report as a document to keep.
func printed(ctx context.Context, v view) *pdf.Doc {
	doc := pdf.New(pdf.Meta{Title: v.title(ctx), Subject: v.Theme.In(lang(ctx)), Lang: lang(ctx), At: v.stamp(), Page: i18n.T(ctx, "report.page")})
	doc.Title(v.title(ctx))
	plain := func(s string) {
		if s != "" {
			doc.Paragraph(text.MarkdownText(s))
		}
	}
	plain(v.dated(ctx))
	plain(v.rule(ctx))
	plain(v.Words.Before)
	for _, p := range v.parts {
		if p.Hidden {
			continue
		}
		doc.Heading(p.title)
		plain(p.Before)
		for _, b := range p.blocks {
			switch {
			case b.heading != "":
				doc.Heading(b.heading)
			case b.head != nil:
				doc.Table(b.caption, b.head, b.texts())
				plain(b.note)
			default:
				doc.Paragraph("– " + b.text)
			}
		}
		plain(p.After)
	}
	plain(v.Words.After)
	return doc
}
