package calls

import (
	"io"
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/screening"
	"transformateur/internal/web/ui"
)

// start is the choice of what a form begins with.
func (h *Handler) start(w http.ResponseWriter, r *http.Request) error {
	return h.showStart(w, r, http.StatusOK, nil)
}

func (h *Handler) showStart(w http.ResponseWriter, r *http.Request, status int, problems []ui.FieldError) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	all, err := h.Calls.List(r.Context(), ui.User(r), "")
	if err != nil {
		return err
	}
	var others []call.Call
	for _, c := range all {
		if c.ID != b.Call.ID {
			others = append(others, c)
		}
	}
	return ui.Render(w, r, status, startPage(b, others, problems))
}

// startFrom replaces the form by a copy of what was chosen.
func (h *Handler) startFrom(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, form.MaxFormSize+1<<20)
	if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart {
		return errs.New(errs.Invalid, "form.too_big", form.MaxFormSize)
	}
	v := r.PostForm
	base, err := strconv.ParseInt(v.Get("base"), 10, 64)
	if err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	var from call.Source
	switch v.Get("from") {
	case "ready":
		from.Ready = v.Get("ready")
	case "call":
		from.Call = call.ID(v.Get("call"))
		if from.Call == "" {
			return h.showStart(w, r, http.StatusUnprocessableEntity, []ui.FieldError{{Path: "call", Text: i18n.T(r.Context(), "calls.start_call_missing")}})
		}
	case "json":
		file, _, err := r.FormFile("json")
		if err == nil {
			defer file.Close()
			if from.JSON, err = io.ReadAll(file); err != nil {
				return err
			}
		}
		if len(from.JSON) == 0 {
			from.JSON = []byte("-")
		}
	}
	d, err := h.Calls.CopyForm(r.Context(), ui.User(r), id(r), from, base)
	if fields, ok := ui.FieldsOf(err); ok {
		problems := say(r.Context(), "", fields)
		for i := range problems {
			if problems[i].Path != "" {
				problems[i].Text = problems[i].Path + " : " + problems[i].Text
			}
			problems[i].Path = "json"
		}
		return h.showStart(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(id(r), "form")+"?done=started&undo="+strconv.FormatInt(d.Version-1, 10))
}

// export gives the form being written as a file.
func (h *Handler) export(w http.ResponseWriter, r *http.Request) error {
	content, err := h.Calls.ExportForm(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="`+url.PathEscape(string(id(r)))+`.json"`)
	_, err = w.Write(content)
	return err
}

// pastSave is one save as the history tells it.
type pastSave struct {
	call.Save
	Words []string
}

// history is the list of the saves of the form being written.
func (h *Handler) history(w http.ResponseWriter, r *http.Request) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	saves, err := h.Calls.FormSaves(ctx, ui.User(r), b.Call.ID, 50)
	if err != nil {
		return err
	}
	list := make([]pastSave, len(saves))
	for i, s := range saves {
		list[i].Save = s
		before := form.Form{Version: form.Version}
		if i+1 < len(saves) {
			before = *saves[i+1].Form
		} else if old, err := h.Calls.FormAt(ctx, ui.User(r), b.Call.ID, s.Version-1); err == nil {
			before = *old.Form
		}
		list[i].Words = changes(ctx, form.Diff(&before, s.Form))
	}
	return ui.Render(w, r, http.StatusOK, historyPage(b, list))
}

// restore goes back to an earlier save, which is also how an act is undone.
func (h *Handler) restore(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	version, err1 := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	base, err2 := strconv.ParseInt(r.PostForm.Get("base"), 10, 64)
	if err1 != nil || err2 != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	d, err := h.Calls.RestoreForm(r.Context(), ui.User(r), id(r), version, base)
	if err != nil {
		return err
	}
	return ui.See(w, r, link(id(r), "form")+"?done=restored&step="+url.QueryEscape(r.PostForm.Get("step"))+"&undo="+strconv.FormatInt(d.Version-1, 10))
}

// news is what publishing the form being written would change.
type news struct {
	Changes  []string
	Demands  bool // some change asks something of files that were complete
	Impact   screening.Impact
	Problems []ui.FieldError
	Note     form.Localised
}

// revision shows what publishing would change, and for whom.
func (h *Handler) revision(w http.ResponseWriter, r *http.Request) error {
	b, n, err := h.news(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, revisionPage(b, n))
}

func (h *Handler) news(r *http.Request) (*bench, news, error) {
	var n news
	b, err := h.bench(r)
	if err != nil {
		return b, n, err
	}
	ctx := r.Context()
	published, err := h.Calls.PublishedForm(ctx, ui.User(r), b.Call.ID)
	if err != nil || published == nil {
		return b, n, err
	}
	diff := form.Diff(published.Form, b.Form)
	n.Changes = changes(ctx, diff)
	for _, c := range diff {
		n.Demands = n.Demands || c.Demands
	}
	n.Impact, err = h.Screening.Impact(ctx, ui.User(r), b.Call.ID, b.Form)
	return b, n, err
}

// revise publishes the form being written. The note to authors is asked for in French.
func (h *Handler) revise(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	note := pair(r.PostForm, "note")
	b, n, err := h.news(r)
	if err != nil {
		return err
	}
	n.Note = note
	again := func(status int, problems ...ui.FieldError) error {
		n.Problems = problems
		return ui.Render(w, r, status, revisionPage(b, n))
	}
	ctx := r.Context()
	switch {
	case r.PostForm.Get("version") != strconv.FormatInt(b.Draft.Version, 10):
		return again(http.StatusConflict, ui.FieldError{Text: i18n.T(ctx, "calls.revise_stale")})
	case note["fr"] == "" && n.Impact.Open > 0:
		return again(http.StatusUnprocessableEntity, ui.FieldError{Path: "note_fr", Text: i18n.T(ctx, "calls.revise_note_missing")})
	}
	_, err = h.Calls.Revise(ctx, ui.User(r), b.Call.ID, note)
	if fields, ok := ui.FieldsOf(err); ok {
		problems := say(ctx, "", fields)
		for i := range problems {
			problems[i].Path = ""
		}
		return again(http.StatusUnprocessableEntity, problems...)
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(b.Call.ID, "manage")+"?done=revised")
}
