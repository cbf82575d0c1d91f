package entrances

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/papers"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/drawing"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

func (h *Handler) attendance(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Entrance.Attendance(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, attendancePage(a))
}

// ratio says how many came of those who were expected.
func ratio(ctx context.Context, f entrance.Figure) string {
	return i18n.T(ctx, "entrances.ratio", f.Came, f.Expected)
}

// cell is what a sheet says of somebody during half a day.
func cell(ctx context.Context, a entrance.Attendance, c entrance.Came) string {
	switch {
	case c.There:
		return hour(ctx, a.Gathering, c.At)
	case !c.Expected:
		return i18n.T(ctx, "entrances.not_expected")
	}
	return "—"
}

func heads(ctx context.Context, a entrance.Attendance) []string {
	list := []string{i18n.T(ctx, "entrances.name"), i18n.T(ctx, "entrances.organisation"), i18n.T(ctx, "entrances.role")}
	for _, one := range a.Halves {
		list = append(list, half(ctx, a.Gathering, one))
	}
	return list
}

func said(ctx context.Context, l entrance.Line) []string {
	more := l.Organisation
	if more == "" {
		more = l.Project
	}
	return []string{l.Name, more, roleName(ctx, l.Role)}
}

// attendancePDF is the sheet for funders, as the door noted it.
func (h *Handler) attendancePDF(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := h.Entrance.Attendance(ctx, ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	title := i18n.T(ctx, "entrances.attendance")
	roll := papers.Roll{Head: papers.Head{Title: title, Over: a.Title + " · " + when(ctx, a.Gathering), Foot: i18n.T(ctx, "entrances.noted_at_door")}, Columns: heads(ctx, a), Page: i18n.T(ctx, "entrances.page_of", "%d", "%d"), Tall: 10}
	for _, l := range a.Lines {
		row := said(ctx, l)
		for _, c := range l.Halves {
			row = append(row, cell(ctx, a, c))
		}
		roll.Rows = append(roll.Rows, row)
	}
	figures := func(name string, list []entrance.Figure) {
		row := []string{name, "", ""}
		for _, f := range list {
			row = append(row, ratio(ctx, f))
		}
		roll.Figures = append(roll.Figures, row)
	}
	figures(i18n.T(ctx, "entrances.came_of_expected"), a.ByHalf)
	for _, f := range a.ByRole {
		roll.Figures = append(roll.Figures, []string{roleName(ctx, f.Role), "", ratio(ctx, f.Figure)})
	}
	roll.Figures = append(roll.Figures, []string{i18n.T(ctx, "entrances.in_all"), "", ratio(ctx, a.All)})
	var out bytes.Buffer
	if err := drawing.WritePDF(&out, pdf.Meta{Title: title, Subject: a.Title, Author: "Transformateur", Lang: string(i18n.From(ctx)), At: a.Ends()}, papers.Rolls(roll)); err != nil {
		return err
	}
	return send(w, "application/pdf", i18n.T(ctx, "entrances.file")+"-"+text.Slug(a.Title)+".pdf", &out)
}

func send(w http.ResponseWriter, kind, name string, out *bytes.Buffer) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", ui.Attachment(name))
	w.Header().Set("Cache-Control", "no-store")
	_, err := out.WriteTo(w)
	return err
}

// tables are the sheet and its figures, for a spreadsheet.
func (h *Handler) tables(r *http.Request) (book sheet.Book, a entrance.Attendance, err error) {
	ctx := r.Context()
	if a, err = h.Entrance.Attendance(ctx, ui.User(r), idOf(r)); err != nil {
		return book, a, err
	}
	people := sheet.Sheet{Name: i18n.T(ctx, "entrances.attendance"), Head: heads(ctx, a)}
	for _, l := range a.Lines {
		row := []any{}
		for _, one := range said(ctx, l) {
			row = append(row, one)
		}
		for _, c := range l.Halves {
			row = append(row, cell(ctx, a, c))
		}
		people.Rows = append(people.Rows, row)
	}
	figures := sheet.Sheet{Name: i18n.T(ctx, "entrances.figures"), Head: []string{"", i18n.T(ctx, "entrances.expected"), i18n.T(ctx, "entrances.came")}}
	for i, f := range a.ByHalf {
		figures.Rows = append(figures.Rows, []any{half(ctx, a.Gathering, a.Halves[i]), f.Expected, f.Came})
	}
	for _, f := range a.ByRole {
		figures.Rows = append(figures.Rows, []any{roleName(ctx, f.Role), f.Expected, f.Came})
	}
	figures.Rows = append(figures.Rows, []any{i18n.T(ctx, "entrances.in_all"), a.All.Expected, a.All.Came})
	return sheet.Book{Sheets: []sheet.Sheet{people, figures}, Yes: i18n.T(ctx, "form.yes"), No: i18n.T(ctx, "form.no")}, a, nil
}

func (h *Handler) attendanceCSV(w http.ResponseWriter, r *http.Request) error {
	book, a, err := h.tables(r)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := book.CSV(&out, book.Sheets[0], true); err != nil {
		return err
	}
	return send(w, "text/csv; charset=utf-8", i18n.T(r.Context(), "entrances.file")+"-"+text.Slug(a.Title)+".csv", &out)
}

func (h *Handler) attendanceXLSX(w http.ResponseWriter, r *http.Request) error {
	book, a, err := h.tables(r)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := book.XLSX(&out); err != nil {
		return err
	}
	return send(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", i18n.T(r.Context(), "entrances.file")+"-"+text.Slug(a.Title)+".xlsx", &out)
}

func number(n int) string { return strconv.Itoa(n) }
