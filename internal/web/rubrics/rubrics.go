// Package rubrics is the pages where the grid of a selection is made: chosen among those that ship, changed, taken away and brought back.
package rubrics

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/review"
	"transformateur/internal/review/rubric"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /rubrics; a rubric is known by its selection.
type Handler struct {
	Reviews *review.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	const on = "selection"
	return []ui.Route{
		{Pattern: "GET /rubrics/{id}", Action: "selection.manage", On: on, Handle: h.show},
		{Pattern: "POST /rubrics/{id}", Action: "selection.manage", On: on, Handle: h.save},
		{Pattern: "POST /rubrics/{id}/start", Action: "selection.manage", On: on, Handle: h.start},
		{Pattern: "GET /rubrics/{id}/export", Action: "selection.manage", On: on, Handle: h.export},
		{Pattern: "POST /rubrics/{id}/import", Action: "selection.manage", On: on, Handle: h.bring},
	}
}

func selectionID(r *http.Request) committee.SelectionID {
	return committee.SelectionID(r.PathValue("id"))
}

func at(id committee.SelectionID, page string) string {
	address := "/rubrics/" + url.PathEscape(string(id))
	if page != "" {
		address += "/" + page
	}
	return address
}

// editing is what the page holds: the grid as it stands, or as it was typed.
type editing struct {
	review.Grid
	typed    *rubric.Rubric // shown instead of the one that stands; nil for that one
	note     string
	problems ui.Problems
}

// shown is the rubric whose fields the page shows; nil before the first one.
func (e editing) shown() *rubric.Rubric {
	switch {
	case e.typed != nil:
		return e.typed
	case e.Grid.Rubric != nil:
		return e.Grid.Rubric.Rubric
	}
	return nil
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	g, err := h.Reviews.Rubric(r.Context(), ui.User(r), selectionID(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, page(editing{Grid: g}))
}

// base is the version that the page was made from.
func base(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (h *Handler) start(w http.ResponseWriter, r *http.Request) error {
	g, err := h.Reviews.Rubric(r.Context(), ui.User(r), selectionID(r))
	if err != nil {
		return err
	}
	_, err = h.Reviews.StartRubric(r.Context(), ui.User(r), g.Selection.ID, r.PostFormValue("name"), r.PostFormValue("note"), base(r))
	return h.after(w, r, g, nil, err)
}

// after leads back to the page once a rubric was kept, or shows it with what was typed.
func (h *Handler) after(w http.ResponseWriter, r *http.Request, g review.Grid, typed *rubric.Rubric, refused error) error {
	if refused == nil {
		return ui.Done(w, r, at(g.Selection.ID, ""), "rubrics.saved_done")
	}
	e := editing{Grid: g, typed: typed, note: r.PostFormValue("note"), problems: ui.ProblemsOf(r.Context(), refused)}
	if e.problems == nil {
		if !errs.Is(refused, errs.Conflict) {
			return refused
		}
		e.problems = ui.Problems{{Text: ui.Sentence(r.Context(), refused)}}
	}
	return ui.Render(w, r, ui.StatusOf(refused), page(e))
}

// save keeps what the page changes: names, anchors, weights, gates, what is shared.
func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	g, err := h.Reviews.Rubric(r.Context(), ui.User(r), selectionID(r))
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil || g.Rubric == nil {
		return errs.New(errs.Invalid, "review.rubric_unreadable")
	}
	next, err := rubric.Parse(g.Rubric.Rubric.JSON()) // a copy, free to change
	if err != nil {
		return err
	}
	change(next, r.PostForm)
	_, err = h.Reviews.SaveRubric(r.Context(), ui.User(r), g.Selection.ID, next, r.PostForm.Get("note"), base(r))
	return h.after(w, r, g, next, err)
}

// langs are the languages in which a rubric is written.
var langs = []string{"fr", "en"}

// change brings what was typed into a rubric. What the page did not show stays.
func change(next *rubric.Rubric, typed url.Values) {
	put := func(l *form.Localised, name string) {
		for _, lang := range langs {
			if !typed.Has(name + "." + lang) {
				continue
			}
			if *l == nil {
				*l = form.Localised{}
			}
			(*l)[lang] = strings.TrimSpace(text.Clean(typed.Get(name + "." + lang)))
			if (*l)[lang] == "" {
				delete(*l, lang)
			}
		}
	}
	for _, f := range next.Form.Fields() {
		put(&f.Label, "label."+f.ID)
		put(&f.Help, "help."+f.ID)
		for i := range f.Settings.Options {
			put(&f.Settings.Options[i].Label, "anchor."+f.ID+"."+f.Settings.Options[i].ID)
		}
	}
	for i := range next.Criteria {
		k := &next.Criteria[i]
		if name := "weight." + k.Field; typed.Has(name) {
			n, err := strconv.Atoi(strings.TrimSpace(typed.Get(name)))
			if err != nil {
				n = 0
			}
			k.Weight = n
		}
	}
	changeGates(next, typed, put)
	if typed.Has("shown.comments") {
		next.Shareable = slices.DeleteFunc(slices.Clone(typed["shareable"]), func(id string) bool { return next.Form.Field(id) == nil })
		next.Final = typed.Get("final") != ""
	}
}

// changeGates reads the eliminatory conditions: one of each criterion, and those of the rubric.
func changeGates(next *rubric.Rubric, typed url.Values, put func(*form.Localised, string)) {
	for i := range next.Gates {
		g := &next.Gates[i]
		put(&g.Label, "gate."+g.ID)
		if name := "least." + g.ID; typed.Has(name) {
			g.Least, _ = strconv.Atoi(strings.TrimSpace(typed.Get(name)))
		}
	}
	for _, k := range next.Criteria {
		if !typed.Has("shown.eliminates." + k.Field) {
			continue
		}
		id := "gate_" + k.Field
		next.Gates = slices.DeleteFunc(next.Gates, func(g rubric.Gate) bool { return g.ID == id })
		fails := typed["eliminates."+k.Field]
		if len(fails) == 0 {
			continue
		}
		accept := slices.DeleteFunc(answers(next, k), func(a string) bool { return slices.Contains(fails, a) })
		next.Gates = append(next.Gates, rubric.Gate{ID: id, Label: next.Form.Field(k.Field).Label, Least: 1, Of: []rubric.Pass{{Field: k.Field, Accept: accept}}})
	}
}

// answers are those by which a criterion may eliminate.
func answers(r *rubric.Rubric, k rubric.Criterion) (list []string) {
	f := r.Form.Field(k.Field)
	if f.Type == "yesno" {
		return []string{"yes", "no"}
	}
	for _, o := range f.Settings.Options {
		if o.ID != k.Unable {
			list = append(list, o.ID)
		}
	}
	return list
}

// eliminated are the answers to a criterion that eliminate by themselves.
func eliminated(r *rubric.Rubric, k rubric.Criterion) []string {
	for _, g := range r.Gates {
		if g.ID == "gate_"+k.Field && len(g.Of) == 1 {
			return slices.DeleteFunc(answers(r, k), func(a string) bool { return slices.Contains(g.Of[0].Accept, a) })
		}
	}
	return nil
}

func (h *Handler) export(w http.ResponseWriter, r *http.Request) error {
	g, err := h.Reviews.Rubric(r.Context(), ui.User(r), selectionID(r))
	if err != nil {
		return err
	}
	if g.Rubric == nil {
		return errs.New(errs.Conflict, "review.no_rubric")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+i18n.T(r.Context(), "rubrics.file_name")+`.json"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(g.Rubric.Rubric.JSON())
	return err
}

// bring takes a rubric from a file, or from the text beside it.
func (h *Handler) bring(w http.ResponseWriter, r *http.Request) error {
	g, err := h.Reviews.Rubric(r.Context(), ui.User(r), selectionID(r))
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, 2*rubric.MaxSize)
	content := []byte(r.FormValue("content"))
	if file, _, err := r.FormFile("file"); err == nil {
		defer file.Close()
		if content, err = io.ReadAll(file); err != nil {
			return errs.New(errs.Invalid, "review.rubric_unreadable").Because(err)
		}
	}
	next, err := rubric.Parse(content)
	if err == nil {
		_, err = h.Reviews.SaveRubric(r.Context(), ui.User(r), g.Selection.ID, next, r.FormValue("note"), base(r))
	}
	return h.after(w, r, g, nil, err)
}

// readyTitle names a grid that ships with the program.
func readyTitle(ctx context.Context, name string) string {
	switch name {
	case "five_criteria":
		return i18n.T(ctx, "review.ready_five_criteria")
	default:
		return i18n.T(ctx, "review.ready_six_dimensions")
	}
}
