package files

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/screening"
	"transformateur/internal/stats"
	"transformateur/internal/web/ui"
)

// exporting is what the page of exports holds.
type exporting struct {
	call     call.Call
	filter   screening.Filter
	total    int
	groups   []stats.Group
	chosen   []string
	format   string
	problems ui.Problems
}

// first are the columns that are ticked before anything was chosen.
var first = []string{"number", "title", "status", "deposited_at", "verdict", "labels", "owner"}

func (h *Handler) exporting(r *http.Request, f screening.Filter) (exporting, error) {
	ctx, by, id := r.Context(), ui.User(r), call.ID(r.PathValue("id"))
	e := exporting{filter: f, chosen: first, format: string(stats.XLSX)}
	var err error
	if e.call, err = h.Screening.ExportedCall(ctx, by, id); err != nil {
		return e, err
	}
	if e.groups, err = h.Stats.Columns(ctx, by, id, speech(ctx, nil)); err != nil {
		return e, err
	}
	items, err := h.Screening.List(ctx, by, id, f)
	e.total = len(items)
	return e, err
}

func (h *Handler) chooseExport(w http.ResponseWriter, r *http.Request) error {
	e, err := h.exporting(r, filterOf(r.URL.Query()))
	if err != nil {
		return err
	}
	switch r.FormValue("columns") {
	case "all":
		e.chosen = stats.Keys(e.groups)
	case "none":
		e.chosen = nil
	}
	return ui.Render(w, r, http.StatusOK, exportPage(e))
}

// export gives the file. It is a POST because it leaves a line in the journal.
func (h *Handler) export(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), call.ID(r.PathValue("id"))
	filter := kept(r.PostFormValue("back"))
	want := stats.Wanted{Filter: filter, Columns: r.PostForm["column"], Format: stats.Format(r.PostFormValue("format")), Speech: speech(ctx, nil)}
	p, refused := h.Stats.Export(ctx, by, id, want)
	if problems := ui.ProblemsOf(ctx, refused); problems != nil {
		e, err := h.exporting(r, filter)
		if err != nil {
			return err
		}
		e.problems, e.chosen, e.format = problems, want.Columns, string(want.Format)
		return ui.Render(w, r, http.StatusUnprocessableEntity, exportPage(e))
	}
	if refused != nil {
		return refused
	}
	name := i18n.T(ctx, "export.file", string(id), ui.Local(h.Clock.Now(), ui.User(r).Zone).Format("2006-01-02")) + "." + p.Format.Extension()
	header := w.Header()
	header.Set("Content-Type", types[p.Format])
	header.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(text.FileName(name)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Rows", strconv.Itoa(p.Rows))
	return p.Write(w)
}

var types = map[stats.Format]string{stats.CSV: "text/csv; charset=utf-8; header=present", stats.CSVPlain: "text/csv; charset=utf-8; header=present",
	stats.JSON: "application/json; charset=utf-8", stats.ZIP: "application/zip",
	stats.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// columnID is the id of the box of a column; the first one carries that of the field.
func (e exporting) columnID(key string) string {
	if keys := stats.Keys(e.groups); len(keys) > 0 && keys[0] == key {
		return ui.FieldID("column")
	}
	return ui.FieldID("column." + key)
}

// partsChosen says how many parts of a composite answer are ticked.
func (e exporting) partsChosen(c stats.Column) (n int) {
	for _, p := range c.Parts {
		if slices.Contains(e.chosen, p.Key) {
			n++
		}
	}
	return n
}

func formats(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, format := range stats.Formats {
		c.Options = append(c.Options, ui.Option{Value: string(format), Label: i18n.T(ctx, "export.format_"+string(format)), Hint: i18n.T(ctx, "export.format_"+string(format)+"_hint")})
	}
	return c
}
