package editions

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// editing is the form of the texts and the place of an edition.
type editing struct {
	programme.Edition
	problems ui.Problems
	stale    bool // somebody else changed it meanwhile
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	o, err := h.Programmes.Managed(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editPage(editing{Edition: o.Edition}))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	e := programme.Edition{ID: idOf(r), Name: wordsOf(r, "name"), Theme: wordsOf(r, "theme"), About: wordsOf(r, "about"),
		Place: r.FormValue("place"), Territory: r.FormValue("territory"), Zone: r.FormValue("zone"), Version: versionOf(r)}
	if _, err := h.Programmes.EditEdition(r.Context(), ui.User(r), e); err != nil {
		v := editing{Edition: e, problems: ui.ProblemsOf(r.Context(), err)}
		if v.problems == nil {
			return err
		}
		v.stale, v.Version = ui.Stale(err, e.Version)
		return ui.Render(w, r, ui.Status(errs.KindOf(err)), editPage(v))
	}
	return ui.See(w, r, manageURL(e.ID, "saved"))
}

func versionOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// staging is the form of a stage.
type staging struct {
	edition  programme.Edition
	form     programme.StageForm
	target   string // as typed
	agenda   []programme.Activity
	problems ui.Problems
	stale    bool
}

func (s staging) url() string {
	if s.form.ID == "" {
		return ui.EditionURL(s.edition.ID) + "/stages/new"
	}
	return stageURL(s.edition.ID, s.form.ID)
}

func (h *Handler) newStage(w http.ResponseWriter, r *http.Request) error {
	o, err := h.Programmes.Managed(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, stagePage(staging{edition: o.Edition, form: programme.StageForm{Version: o.Version, Kind: programme.Call}}))
}

// stageOf loads the edition and the stage that the address names.
func (h *Handler) stageOf(r *http.Request) (staging, error) {
	o, err := h.Programmes.Managed(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return staging{}, err
	}
	for _, s := range o.Stages {
		if string(s.ID) != r.PathValue("stage") {
			continue
		}
		v := staging{edition: o.Edition, form: programme.FormOf(o.Edition, s), agenda: s.Settings.Agenda}
		if s.Target > 0 {
			v.target = strconv.Itoa(s.Target)
		}
		return v, nil
	}
	return staging{}, errs.New(errs.NotFound, "errs.not_found")
}

func (h *Handler) editStage(w http.ResponseWriter, r *http.Request) error {
	v, err := h.stageOf(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, stagePage(v))
}

func (v *staging) read(r *http.Request) {
	v.form = programme.StageForm{ID: v.form.ID, Version: versionOf(r), Kind: programme.Kind(r.FormValue("kind")), Name: wordsOf(r, "name"), About: wordsOf(r, "about"),
		Opens: r.FormValue("opens"), Closes: r.FormValue("closes")}
	v.target = r.FormValue("target")
	if v.target != "" {
		n, err := strconv.Atoi(v.target)
		if err != nil {
			n = -1 // the service says that it is not a number of files
		}
		v.form.Target = n
	}
}

func (h *Handler) addStage(w http.ResponseWriter, r *http.Request) error {
	o, err := h.Programmes.Managed(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	v := staging{edition: o.Edition}
	v.read(r)
	_, err = h.Programmes.AddStage(r.Context(), ui.User(r), idOf(r), v.form)
	return h.staged(w, r, v, err)
}

func (h *Handler) saveStage(w http.ResponseWriter, r *http.Request) error {
	v, err := h.stageOf(r)
	if err != nil {
		return err
	}
	v.read(r)
	_, err = h.Programmes.EditStage(r.Context(), ui.User(r), idOf(r), v.form)
	return h.staged(w, r, v, err)
}

func (h *Handler) staged(w http.ResponseWriter, r *http.Request, v staging, err error) error {
	if err == nil {
		return ui.See(w, r, manageURL(v.edition.ID, "stage_saved"))
	}
	if v.problems = ui.ProblemsOf(r.Context(), err); v.problems == nil {
		return err
	}
	v.stale, v.form.Version = ui.Stale(err, v.form.Version)
	return ui.Render(w, r, ui.Status(errs.KindOf(err)), stagePage(v))
}

func span(ctx context.Context, e programme.Edition, s programme.Stage) string {
	opens, closes := s.OpensAt, s.ClosesAt
	if !opens.IsZero() {
		opens = opens.In(e.Location())
	}
	if !closes.IsZero() {
		closes = closes.In(e.Location())
	}
	return ui.Span(ctx, opens, closes)
}

// cloning is the form that clones an edition.
type cloning struct {
	source     programme.Overview
	clone      programme.Clone
	shift      string // as typed
	programmes []programme.Programme
	problems   ui.Problems
}

func (h *Handler) cloningOf(r *http.Request) (c cloning, err error) {
	if c.source, err = h.Programmes.Managed(r.Context(), ui.User(r), idOf(r)); err != nil {
		return c, err
	}
	c.programmes, err = h.Programmes.ProgrammesToOpenIn(r.Context(), ui.User(r))
	return c, err
}

// yearOfWeeks is a year in whole weeks: a clone a year later falls on the same days of the week.
const yearOfWeeks = 364

func (h *Handler) cloneForm(w http.ResponseWriter, r *http.Request) error {
	c, err := h.cloningOf(r)
	if err != nil {
		return err
	}
	c.clone = programme.Clone{Programme: c.source.Programme, Name: c.source.Name, Zone: c.source.Zone}
	c.shift = strconv.Itoa(yearOfWeeks)
	return ui.Render(w, r, http.StatusOK, clonePage(c))
}

func (h *Handler) clone(w http.ResponseWriter, r *http.Request) error {
	c, err := h.cloningOf(r)
	if err != nil {
		return err
	}
	c.shift = r.FormValue("shift")
	c.clone = programme.Clone{From: c.source.ID, Programme: programme.ProgrammeID(r.FormValue("programme")), Name: wordsOf(r, "name"), Place: r.FormValue("place"),
		Territory: r.FormValue("territory"), Zone: r.FormValue("zone"), Undated: r.FormValue("dates") == "empty"}
	if !c.clone.Undated {
		if c.clone.ShiftDays, err = strconv.Atoi(c.shift); err != nil {
			c.clone.ShiftDays = math.MaxInt32 // the service refuses it, at its field
		}
	}
	if !slices.ContainsFunc(c.programmes, func(p programme.Programme) bool { return p.ID == c.clone.Programme }) {
		c.problems = ui.ProblemsOf(r.Context(), errs.NewInvalid("programme.invalid", []errs.Field{{Path: "programme", Key: "programme.choose"}}))
		return ui.Render(w, r, http.StatusUnprocessableEntity, clonePage(c))
	}
	made, err := h.Programmes.CloneEdition(r.Context(), ui.User(r), c.clone)
	if err == nil {
		return ui.See(w, r, manageURL(made.ID, "cloned"))
	}
	if c.problems = ui.ProblemsOf(r.Context(), err); c.problems == nil {
		return err
	}
	return ui.Render(w, r, ui.Status(errs.KindOf(err)), clonePage(c))
}

func (c cloning) programmeChoice(ctx context.Context) ui.Choice {
	choice := ui.Choice{Chosen: []string{string(c.clone.Programme)}}
	for _, p := range c.programmes {
		choice.Options = append(choice.Options, ui.Option{Value: string(p.ID), Label: p.Name.In(string(i18n.From(ctx)))})
	}
	return choice
}

func (c cloning) dates(ctx context.Context) ui.Choice {
	chosen := "shift"
	if c.clone.Undated {
		chosen = "empty"
	}
	return ui.Choice{Chosen: []string{chosen}, Options: []ui.Option{{Value: "shift", Label: i18n.T(ctx, "edition.dates_shift")}, {Value: "empty", Label: i18n.T(ctx, "edition.dates_empty")}}}
}
