package reviews

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review"
	"transformateur/internal/review/enclosure"
	"transformateur/internal/review/opinion"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/autosave"
	"transformateur/internal/web/ui/depositview"
	"transformateur/internal/web/ui/formview"
)

// maxForm bounds what a page may send, in bytes.
const maxForm = 8 << 20

// reading is what the page of a file holds.
type reading struct {
	review.Reading
	around
	opinions   []opinion.Opinion // of experts, when their time has come
	problems   ui.Problems
	enclosures enclosure.Listing
	grid       bool // the grid comes first, where only one of both shows
	missing    bool // say what is missing: she wanted to hand it in
	refused    map[string]string
}

// atGrid says whether the page opens on the grid where only one of the file and the grid shows.
func (f reading) atGrid() bool {
	return f.grid || f.missing || len(f.refused) > 0 || len(f.problems) > 0
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Reviews.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	if q := r.URL.Query(); q.Has("field") || q.Has("step") || q.Has("outline") {
		return h.fragment(w, r, f)
	}
	return h.show(w, r, http.StatusOK, reading{Reading: f, missing: r.URL.Query().Has("check"), grid: r.URL.Query().Has("grid")})
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request, status int, f reading) error {
	var err error
	if f.around, err = h.neighbours(r, f.File.ID, f.Selection); err != nil {
		return err
	}
	if f.enclosures, err = h.Enclosures.List(r.Context(), ui.User(r), f.File.ID); err != nil {
		return err
	}
	if f.Reading.Open && h.Opinions != nil {
		if f.opinions, err = h.Opinions.Heard(r.Context(), ui.User(r), f.File.ID); err != nil {
			return err
		}
	}
	return ui.Render(w, r, status, onePage(f, depositview.Of(r.Context(), f.Deposit, h.Files.Checks(f.Deposit.File)), grid(r.Context(), f), h.Clock.Now()))
}

// fragment is one question, one step or the outline of the grid, as the server draws it now.
func (h *Handler) fragment(w http.ResponseWriter, r *http.Request, f review.Reading) error {
	v := grid(r.Context(), reading{Reading: f})
	q := r.URL.Query()
	switch {
	case q.Get("field") != "":
		return ui.Render(w, r, http.StatusOK, formview.Question(v, q.Get("field")))
	case q.Get("outline") != "":
		v.StepID = q.Get("outline")
		return ui.Render(w, r, http.StatusOK, formview.Progress(v))
	}
	v.StepID = q.Get("step")
	return ui.Render(w, r, http.StatusOK, formview.Step(v))
}

// grid is one's own review as the form's components show it.
func grid(ctx context.Context, f reading) formview.View {
	versions := make(map[string]int64, len(f.Answers))
	for field, a := range f.Answers {
		versions[field] = a.Version
	}
	v := formview.View{Form: f.Grid.Rubric.Form, State: f.State, Answers: f.Values(), Versions: versions, ReadOnly: !f.May, Bare: true, Problems: f.missing || len(f.refused) > 0, Refused: f.refused,
		StepURL: func(string) string { return at(f.File.ID, "") }, Conflict: map[string]formview.Conflict{}}
	sp := speech(ctx)
	for _, k := range f.Variants {
		field := f.Grid.Rubric.Rubric.Form.Field(k.Field)
		if field == nil {
			continue
		}
		now := f.Answers[k.Field]
		v.Conflict[k.Field] = formview.Conflict{Variant: k.ID, Mine: field.Plain(k.Value, sp), Theirs: field.Plain(now.Value, sp),
			Author: i18n.T(ctx, "reviews.yourself"), At: ui.Local(now.SavedAt, f.Selection.Call.Zone), Version: now.Version}
	}
	return v
}

func speech(ctx context.Context) form.Speech {
	return form.Speech{Lang: string(i18n.From(ctx)), Say: func(key string, args ...any) string { return i18n.T(ctx, key, args...) }}
}

// savePage receives the whole grid from a page without script, then does what the pressed
// button asks: keep, hand in, or choose between two texts.
func (h *Handler) savePage(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), fileID(r)
	if err := readForm(w, r); err != nil {
		return err
	}
	act := formview.ReadAct(r.PostForm.Get("do"))
	if act.Name == "resolve" {
		return h.resolve(w, r, act.Field())
	}
	var refused []errs.Field
	saved, _, err := h.Reviews.Save(ctx, by, id, func(k review.Work) (edits []application.Edit) {
		edits, refused = autosave.Posted[application.Edit](k.Grid.Rubric.Rubric.Form, r.PostForm)
		return edits
	})
	if err != nil {
		return err
	}
	refused = append(refused, saved.Refused...)
	if len(refused) > 0 || len(saved.Conflicts) > 0 {
		status := http.StatusUnprocessableEntity
		if len(saved.Conflicts) > 0 {
			status = http.StatusConflict
		}
		return h.again(w, r, status, func(f *reading) { f.refused = autosave.Said(ctx, refused) })
	}
	if act.Name != "submit" {
		return ui.Done(w, r, at(id, ""), "reviews.saved_done")
	}
	return h.handIn(w, r)
}

// again shows the page once more, with what was wrong.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, status int, with func(*reading)) error {
	f, err := h.Reviews.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	v := reading{Reading: f}
	with(&v)
	return h.show(w, r, status, v)
}

// handIn hands the review in, then leads to the next file that waits.
func (h *Handler) handIn(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), fileID(r)
	k, err := h.Reviews.Submit(ctx, by, id)
	if errs.Is(err, errs.Invalid) {
		return h.again(w, r, http.StatusUnprocessableEntity, func(f *reading) { f.missing = true })
	}
	if err != nil {
		return err
	}
	a, err := h.neighbours(r, id, k.Selection)
	switch {
	case err != nil:
		return err
	case a.todo != nil:
		return ui.Done(w, r, at(a.todo.File, ""), "reviews.next_done")
	}
	return ui.Done(w, r, "/reviews", "reviews.all_done")
}

// resolve settles two texts of a question.
func (h *Handler) resolve(w http.ResponseWriter, r *http.Request, field string) error {
	get := func(name string) string { return r.PostForm.Get("c." + field + name) }
	base, err := strconv.ParseInt(get(".version"), 10, 64)
	if err != nil {
		return errs.New(errs.Invalid, "application.choice_unknown")
	}
	f, err := h.Reviews.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	var merged any
	if question := f.Grid.Rubric.Rubric.Form.Field(field); question != nil && get("") == application.KeepBoth {
		value, bad := question.DecodeHTML(url.Values{"f." + field: {get(".text")}})
		if len(bad) > 0 {
			return errs.NewInvalid("application.invalid", bad)
		}
		merged = value
	}
	err = h.Reviews.Settle(r.Context(), ui.User(r), fileID(r), get(".variant"), get(""), merged, base)
	if key := errs.KeyOf(err); key == "application.field_changed" || key == "application.choice_unknown" {
		return h.again(w, r, http.StatusConflict, func(f *reading) { f.refused = autosave.Said(r.Context(), []errs.Field{{Path: field, Key: key}}) })
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), "")+"#"+ui.FieldID("f."+field), "reviews.settled_done")
}

func (h *Handler) reopen(w http.ResponseWriter, r *http.Request) error {
	if err := h.Reviews.Reopen(r.Context(), ui.User(r), fileID(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), ""), "reviews.reopened_done")
}

func (h *Handler) giveBack(w http.ResponseWriter, r *http.Request) error {
	err := h.Reviews.Return(r.Context(), ui.User(r), fileID(r), r.PostFormValue("reason"), r.PostFormValue("words"))
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.again(w, r, ui.StatusOf(err), func(f *reading) { f.problems = problems })
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/reviews", "reviews.returned_done")
}

// readForm reads the request within bounds, whichever way the form was encoded.
func readForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseMultipartForm(maxForm)
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	return nil
}

// pack is the files of who asks, each with its grid, to be printed.
func (h *Handler) pack(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	tasks, err := h.Reviews.Mine(ctx, by)
	if err != nil {
		return err
	}
	if only := r.URL.Query().Get("selection"); only != "" {
		tasks = slices.DeleteFunc(tasks, func(t review.Task) bool { return string(t.Selection) != only })
	}
	var sheets []sheet
	for _, t := range tasks {
		f, err := h.Reviews.Open(ctx, by, t.File)
		if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Conflict) {
			continue // it left her list meanwhile, or has no grid yet
		}
		if err != nil {
			return err
		}
		joined, err := h.Enclosures.List(ctx, by, t.File)
		if err != nil {
			return err
		}
		own := grid(ctx, reading{Reading: f})
		own.ReadOnly = true
		sheets = append(sheets, sheet{t, depositview.Of(ctx, f.Deposit, h.Files.Checks(f.Deposit.File)), own, openOnes(joined.Own)})
	}
	return ui.Render(w, r, http.StatusOK, packPage(sheets))
}

// sheet is a file of the pack.
type sheet struct {
	task     review.Task
	deposit  formview.View
	own      formview.View
	enclosed []string // what the documents of her review are called
}
