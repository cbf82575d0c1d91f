// Package imports is the pages where the files deposited elsewhere are brought into a call: the spreadsheet, its columns, what would happen, the report.
package imports

import (
	"fmt"
	"net/http"
	"strings"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/intake"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /calls/{id}/imports.
type Handler struct {
	Intake *intake.Service
}

// Routes lists the addresses of the package. An import stands under its call, on which
// the right is held.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /calls/{id}/imports", Action: "call.import", On: "call", Handle: h.list},
		{Pattern: "POST /calls/{id}/imports", Action: "call.import", On: "call", Handle: h.start},
		{Pattern: "GET /calls/{id}/imports/{import}", Action: "call.import", On: "call", Handle: h.one},
		{Pattern: "POST /calls/{id}/imports/{import}", Action: "call.import", On: "call", Handle: h.plan},
		{Pattern: "POST /calls/{id}/imports/{import}/apply", Action: "call.import", On: "call", Handle: h.apply},
		{Pattern: "POST /calls/{id}/imports/{import}/undo", Action: "call.import", On: "call", Handle: h.undo},
		{Pattern: "POST /calls/{id}/imports/{import}/remove", Action: "call.import", On: "call", Handle: h.putAway},
		{Pattern: "GET /calls/{id}/imports/{import}/report", Action: "call.import", On: "call", Handle: h.report},
	}
}

func callOf(r *http.Request) call.ID { return call.ID(r.PathValue("id")) }

func listURL(id call.ID) string { return "/calls/" + string(id) + "/imports" }

func oneURL(i intake.Import, rest string) string { return listURL(i.CallID) + "/" + i.ID + rest }

func here(r *http.Request) string { return listURL(callOf(r)) + "/" + r.PathValue("import") }

// shelf is the page of a call's imports.
type shelf struct {
	call     call.Call
	imports  []intake.Import
	origin   string // typed
	problems ui.Problems
	notice   string
}

func (h *Handler) shelf(r *http.Request) (s shelf, err error) {
	ctx, by := r.Context(), ui.User(r)
	if s.call, err = h.Intake.Call(ctx, by, callOf(r)); err != nil {
		return s, err
	}
	s.imports, err = h.Intake.List(ctx, by, callOf(r))
	return s, err
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	s, err := h.shelf(r)
	if err != nil {
		return err
	}
	if r.FormValue("done") == "removed" {
		s.notice = i18n.T(r.Context(), "imports.removed")
	}
	return ui.Render(w, r, http.StatusOK, shelfPage(s))
}

// start receives a spreadsheet.
func (h *Handler) start(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, intake.Limits.Bytes+1<<20)
	refused := func(problems ui.Problems) error {
		s, err := h.shelf(r)
		if err != nil {
			return err
		}
		s.problems, s.origin = problems, r.FormValue("origin")
		return ui.Render(w, r, http.StatusUnprocessableEntity, shelfPage(s))
	}
	if err := r.ParseMultipartForm(4 << 20); err != nil {
		key := "imports.file_missing"
		if strings.Contains(err.Error(), "too large") {
			return refused(ui.Problems{{Path: "file", Text: i18n.T(ctx, "sheet.too_big", int(intake.Limits.Bytes>>20))}})
		}
		return refused(ui.Problems{{Path: "file", Text: i18n.T(ctx, key)}})
	}
	defer r.MultipartForm.RemoveAll()
	file, head, err := r.FormFile("file")
	if err != nil {
		return refused(ui.Problems{{Path: "file", Text: i18n.T(ctx, "imports.file_missing")}})
	}
	defer file.Close()
	i, err := h.Intake.Start(ctx, ui.User(r), callOf(r), intake.Upload{Name: head.Filename, Origin: r.FormValue("origin"), Content: file})
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		return refused(problems)
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, oneURL(i, ""))
}

// bench is the page of an import: its columns and what would happen, or its report.
type bench struct {
	call     call.Call
	form     *form.Compiled
	preview  *intake.Preview
	report   *intake.Report
	problems ui.Problems
	refused  string
	notice   string
}

func (b bench) of() intake.Import {
	if b.preview != nil {
		return b.preview.Import
	}
	return b.report.Import
}

func (h *Handler) bench(r *http.Request) (b bench, err error) {
	ctx, by, id := r.Context(), ui.User(r), r.PathValue("import")
	if b.call, err = h.Intake.Call(ctx, by, callOf(r)); err != nil {
		return b, err
	}
	if b.form, err = h.Intake.Form(ctx, by, callOf(r)); err != nil {
		return b, err
	}
	i, err := h.Intake.Get(ctx, by, callOf(r), id)
	if err != nil {
		return b, err
	}
	if i.Status == intake.Mapping {
		p, err := h.Intake.Preview(ctx, by, callOf(r), id)
		b.preview = &p
		return b, err
	}
	rep, err := h.Intake.Report(ctx, by, callOf(r), id)
	b.report = &rep
	return b, err
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	done := r.FormValue("done")
	if done == "applied" && b.of().Status == intake.Done {
		done = "finished"
	}
	if done != "" && i18n.Has("imports.done_"+done) {
		b.notice = i18n.T(r.Context(), "imports.done_"+done)
	}
	return ui.Render(w, r, http.StatusOK, onePage(b))
}

// plan keeps what becomes of the columns, and shows again what would happen.
func (h *Handler) plan(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	i, err := h.Intake.Get(ctx, ui.User(r), callOf(r), r.PathValue("import"))
	if err != nil {
		return err
	}
	plan := intake.Plan{Columns: make([]string, len(i.Heads.Columns)), Blocks: make([]string, len(i.Heads.Blocks))}
	for k := range plan.Columns {
		plan.Columns[k] = r.PostFormValue(fmt.Sprintf("c.%d", k))
	}
	for k := range plan.Blocks {
		plan.Blocks[k] = r.PostFormValue(fmt.Sprintf("b.%d", k))
	}
	options := intake.Options{Refuse: r.PostFormValue("incomplete") == "refuse", Tell: r.PostFormValue("tell") == "yes"}
	err = h.Intake.Plan(ctx, ui.User(r), callOf(r), i.ID, plan, options)
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		b, err := h.bench(r)
		if err != nil {
			return err
		}
		if b.problems = problems; b.preview != nil {
			b.preview.Mapping, b.preview.Options = plan, options
		}
		return ui.Render(w, r, http.StatusUnprocessableEntity, onePage(b))
	}
	return h.done(w, r, "planned", err)
}

// done goes back to the import after an act, or shows it with why it was refused.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, what string, err error) error {
	if err == nil {
		return ui.See(w, r, here(r)+"?done="+what)
	}
	if !errs.Is(err, errs.Conflict) {
		return err
	}
	b, other := h.bench(r)
	if other != nil {
		return other
	}
	b.refused = ui.Sentence(r.Context(), err)
	return ui.Render(w, r, http.StatusConflict, onePage(b))
}

func (h *Handler) apply(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, "applied", h.Intake.Apply(r.Context(), ui.User(r), callOf(r), r.PathValue("import")))
}

func (h *Handler) undo(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, "undone", h.Intake.Undo(r.Context(), ui.User(r), callOf(r), r.PathValue("import")))
}

func (h *Handler) putAway(w http.ResponseWriter, r *http.Request) error {
	if err := h.Intake.PutAway(r.Context(), ui.User(r), callOf(r), r.PathValue("import")); err != nil {
		return h.done(w, r, "", err)
	}
	return ui.See(w, r, listURL(callOf(r))+"?done=removed")
}

// report gives what became of each row, as a spreadsheet.
func (h *Handler) report(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	if b.report == nil {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	s := sheet.Sheet{Name: "report"}
	for _, column := range []string{"line", "number", "outcome", "title", "problems"} {
		s.Head = append(s.Head, i18n.T(ctx, "imports.col_"+column))
	}
	for _, l := range b.report.Lines {
		said := make([]string, len(l.Problems))
		for i, p := range l.Problems {
			said[i] = b.say(ctx, p)
		}
		s.Rows = append(s.Rows, []any{l.Line, l.Number, outcome(ctx, l.Outcome), l.Title, strings.Join(said, "\n")})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "imports.report_file", b.of().ID)+".csv"))
	w.Header().Set("Cache-Control", "no-store")
	return sheet.Book{}.CSV(w, s, true)
}
