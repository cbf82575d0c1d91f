package selections

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/web/ui"
)

// book is the register as the reader may see it.
type book struct {
	room
	lines []committee.Recusal
	me    string // the reader's identifier
}

func (h *Handler) book(r *http.Request) (v book, err error) {
	ctx, by := r.Context(), ui.User(r)
	v.me, v.now = string(by.ID), h.Clock.Now()
	if v.Selection, v.lines, err = h.Committees.Register(ctx, by, id(r)); err != nil {
		return v, err
	}
	v.may, err = h.Committees.May(ctx, by, v.Selection)
	return v, err
}

func (h *Handler) register(w http.ResponseWriter, r *http.Request) error {
	v, err := h.book(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, registerPage(v))
}

// mayWaive says whether the reader may waive a line: never her own.
func (v book) mayWaive(x committee.Recusal) bool {
	return v.may["selection.waive"] && x.Status == committee.Standing && string(x.Person) != v.me
}

// cause says a cause, with what it rests on.
func cause(ctx context.Context, c committee.RecordedCause) string {
	text := i18n.T(ctx, "committee.cause_"+string(c.Kind))
	if c.Detail != "" {
		text = i18n.T(ctx, "selections.cause_detail", text, strings.ReplaceAll(c.Detail, "\n", " – "))
	}
	return text
}

// source says where a cause comes from, and when it was known.
func (v room) source(ctx context.Context, c committee.RecordedCause) string {
	return i18n.T(ctx, "selections.source_"+c.Source, ui.ShortDay(ctx, ui.Local(c.At, v.Call.Zone)))
}

// waiver says who opened a file again, when and why.
func (v room) waiver(ctx context.Context, x committee.Recusal) string {
	if x.WaivedAt.IsZero() {
		return ""
	}
	key := "selections.waived_by"
	if x.Status == committee.Standing {
		key = "selections.waived_before"
	}
	return i18n.T(ctx, key, x.WaivedBy, ui.ShortDay(ctx, ui.Local(x.WaivedAt, v.Call.Zone)), x.WaivedWhy)
}

func (x line) file(ctx context.Context) string {
	return i18n.T(ctx, "selections.file_number", x.Number, x.Title)
}

// line is a recusal as it is told in words.
type line struct{ committee.Recusal }

func (v book) status(ctx context.Context, x committee.Recusal) (ui.Tone, string) {
	if x.Status == committee.Waived {
		return ui.Info, i18n.T(ctx, "selections.status_waived")
	}
	return ui.Warning, i18n.T(ctx, "selections.status_standing")
}

// registerPDF gives the register on paper.
func (h *Handler) registerPDF(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.book(r)
	if err != nil {
		return err
	}
	title := i18n.T(ctx, "selections.register_title")
	d := pdf.New(pdf.Meta{Title: title, Author: h.Name, Subject: in(ctx, v.Name), Lang: string(i18n.From(ctx)), At: v.now, Page: i18n.T(ctx, "selections.pdf_page", "%d", "%s")})
	d.Title(title)
	d.Paragraph(i18n.T(ctx, "selections.register_of", in(ctx, v.Name), in(ctx, v.Call.Title), v.at(ctx, v.now)))
	d.Paragraph(i18n.T(ctx, "selections.register_lead"))
	if len(v.lines) == 0 {
		d.Paragraph(i18n.T(ctx, "selections.register_none"))
	}
	var last committee.MemberID
	for _, x := range v.lines {
		if x.Member != last {
			d.Heading(who(x))
			last = x.Member
		}
		_, status := v.status(ctx, x)
		rows := []pdf.Pair{{Term: i18n.T(ctx, "selections.file"), Text: line{x}.file(ctx)}, {Term: i18n.T(ctx, "selections.status"), Text: status}}
		for _, c := range x.Causes {
			rows = append(rows, pdf.Pair{Term: i18n.T(ctx, "selections.cause"), Text: cause(ctx, c) + "\n" + v.source(ctx, c)})
		}
		if text := v.waiver(ctx, x); text != "" {
			rows = append(rows, pdf.Pair{Term: i18n.T(ctx, "selections.waiver"), Text: text})
		}
		d.Pairs(rows)
	}
	var out bytes.Buffer
	if err := d.Write(&out); err != nil {
		return err
	}
	return send(w, "application/pdf", i18n.T(ctx, "selections.register_file")+".pdf", out.Bytes())
}

func who(x committee.Recusal) string {
	if x.Sits == "" {
		return x.Name
	}
	return x.Name + " · " + x.Sits
}

// registerCSV gives the register as a table, a line a cause.
func (h *Handler) registerCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.book(r)
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "selections.register_title")}
	for _, head := range []string{"member", "for", "number", "file", "cause", "detail", "source", "known_at", "status", "waived_by_head", "waived_at", "waived_why"} {
		s.Head = append(s.Head, i18n.T(ctx, "selections."+head))
	}
	when := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return ui.Local(t, v.Call.Zone)
	}
	for _, x := range v.lines {
		_, status := v.status(ctx, x)
		for _, c := range x.Causes {
			s.Rows = append(s.Rows, []any{x.Name, x.Sits, x.Number, x.Title, i18n.T(ctx, "committee.cause_"+string(c.Kind)), c.Detail, i18n.T(ctx, "selections.by_"+c.Source), when(c.At), status, x.WaivedBy, when(x.WaivedAt), x.WaivedWhy})
		}
	}
	var out bytes.Buffer
	if err := (sheet.Book{}).CSV(&out, s, true); err != nil {
		return err
	}
	return send(w, "text/csv; charset=utf-8", i18n.T(ctx, "selections.register_file")+".csv", out.Bytes())
}

// send answers with a file that the program made.
func send(w http.ResponseWriter, kind, name string, content []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", ui.Attachment(name))
	w.Header().Set("Cache-Control", "private, no-store")
	_, err := w.Write(content)
	return err
}

// waiving is the page on which the chair opens a file again.
type waiving struct {
	room
	committee.Recusal
	why  string
	base int64
}

func (h *Handler) waiving(w http.ResponseWriter, r *http.Request) error {
	v, err := h.line(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, waivePage(v))
}

func (h *Handler) line(r *http.Request) (v waiving, err error) {
	if v.room, err = h.room(r); err != nil {
		return v, err
	}
	v.Recusal, err = h.Committees.Line(r.Context(), ui.User(r), v.room.ID, r.PathValue("recusal"))
	v.base = v.Recusal.Version
	return v, err
}

func (h *Handler) waive(w http.ResponseWriter, r *http.Request) error {
	v, err := h.line(r)
	if err != nil {
		return err
	}
	v.why = r.PostFormValue("reason")
	err = h.Committees.Waive(r.Context(), ui.User(r), v.room.ID, v.Recusal.ID, v.why, version(r))
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), waivePage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(v.room.ID, "register"), "selections.done_waived")
}

func (v book) frame(ctx context.Context) ui.Page {
	p := v.page(ctx, i18n.T(ctx, "selections.register_title"), "register")
	p.Lead = i18n.T(ctx, "selections.register_lead")
	return p
}

// frame hangs the page from the register.
func (v waiving) frame(ctx context.Context) ui.Page {
	p := v.page(ctx, i18n.T(ctx, "selections.waive_title", v.Recusal.Name), "register/"+v.Recusal.ID)
	p.Lead = i18n.T(ctx, "selections.waive_lead")
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "selections.tab_register"), URL: link(v.room.ID, "register")})
	return p
}

// facts are what the chair reads before she decides.
func (v waiving) facts(ctx context.Context) []ui.Pair {
	rows := []ui.Pair{{Term: i18n.T(ctx, "selections.member"), Text: who(v.Recusal)}, {Term: i18n.T(ctx, "selections.file"), Text: line{v.Recusal}.file(ctx)}}
	for _, c := range v.Causes {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "selections.cause"), Text: cause(ctx, c) + " (" + v.source(ctx, c) + ")"})
	}
	if text := v.waiver(ctx, v.Recusal); text != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "selections.waiver"), Text: text})
	}
	return rows
}
