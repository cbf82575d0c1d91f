// Package outcomes is the pages of what became of projects: that of one, and the table of an edition.
package outcomes

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/debrief/outcome"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /projects/{id}/outcome and /editions/{id}/outcomes.
type Handler struct {
	Outcomes *outcome.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /projects/{id}/outcome", Action: "outcome.read", On: "project", Handle: h.show},
		{Pattern: "POST /projects/{id}/outcome", Action: "outcome.tell", On: "project", Handle: h.tell},
		{Pattern: "GET /editions/{id}/outcomes", Action: "outcome.follow", On: "edition", Handle: h.edition},
		{Pattern: "GET /editions/{id}/outcomes.csv", Action: "outcome.follow", On: "edition", Handle: h.figures},
	}
}

func at(id project.ID) string { return "/projects/" + url.PathEscape(string(id)) + "/outcome" }

// page is what became of a project, with what was typed.
type page struct {
	outcome.View
	typed    map[string]string
	problems ui.Problems
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.render(w, r, http.StatusOK, page{})
}

func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, v page) (err error) {
	if v.View, err = h.Outcomes.Read(r.Context(), ui.User(r), project.ID(r.PathValue("id"))); err != nil {
		return err
	}
	if v.typed == nil {
		v.typed = map[string]string{"day": v.Today}
	}
	return ui.Render(w, r, status, showPage(v))
}

func (h *Handler) tell(w http.ResponseWriter, r *http.Request) error {
	v := page{typed: map[string]string{}}
	for _, name := range []string{"state", "day", "words", "learnt", "handed", "people", "jobs"} {
		v.typed[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	err := h.Outcomes.Tell(r.Context(), ui.User(r), project.ID(r.PathValue("id")), outcome.Told{State: outcome.State(v.typed["state"]), Day: v.typed["day"], Words: v.typed["words"],
		Learnt: v.typed["learnt"], Handed: v.typed["handed"], People: number(v.typed["people"]), Jobs: number(v.typed["jobs"]), Version: version})
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return h.render(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(project.ID(r.PathValue("id"))), "outcomes.told_done")
}

// number reads a count as people type it, nil for none; one that cannot be read is refused
// as a negative one would be.
func number(typed string) *int64 {
	typed = strings.Join(strings.Fields(typed), "")
	if typed == "" {
		return nil
	}
	n, err := strconv.ParseInt(typed, 10, 64)
	if err != nil {
		n = -1
	}
	return &n
}

func stateWord(ctx context.Context, s outcome.State) string {
	if s == "" {
		return i18n.T(ctx, "outcomes.unknown")
	}
	return i18n.T(ctx, "outcomes.state_"+string(s))
}

// tones: to stop is a result, said as calmly as the others.
var tones = map[outcome.State]ui.Tone{outcome.Goes: ui.Success, outcome.Spread: ui.Success, outcome.Changed: ui.Info, outcome.Merged: ui.Info, outcome.Paused: ui.Info, outcome.Stopped: ui.Info}

func states(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, s := range outcome.States {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: stateWord(ctx, s), Hint: i18n.T(ctx, "outcomes.hint_"+string(s))})
	}
	return c
}

func dayOf(ctx context.Context, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return ui.Day(ctx, t)
}

// counts says the numbers of a line, "" for none.
func counts(ctx context.Context, e outcome.Entry) string {
	var parts []string
	if e.People != nil {
		parts = append(parts, i18n.N(ctx, "outcomes.people_count", int(*e.People)))
	}
	if e.Jobs != nil {
		parts = append(parts, i18n.N(ctx, "outcomes.jobs_count", int(*e.Jobs)))
	}
	return strings.Join(parts, ", ")
}

// journal are the lines before the last, as they were said.
func (v page) journal(ctx context.Context) (list []ui.Event) {
	for _, e := range v.History {
		who := e.By
		if e.Source == outcome.FromSurvey {
			who = i18n.T(ctx, "outcomes.from_survey")
		}
		detail := e.Words
		if n := counts(ctx, e); n != "" {
			detail = strings.TrimSpace(detail + " " + i18n.T(ctx, "outcomes.in_brackets", n))
		}
		list = append(list, ui.Event{At: e.At, Who: who, What: i18n.T(ctx, "outcomes.line", stateWord(ctx, e.State), dayOf(ctx, e.Day)), Detail: detail})
	}
	return list
}

// lasting is what is said of a project that goes no further: calm words, by what it is.
func lasting(s outcome.State) bool { return s == outcome.Stopped || s == outcome.Paused }

func (h *Handler) edition(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Outcomes.Edition(r.Context(), ui.User(r), programme.EditionID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editionPage(v))
}

// mark names a day at which the table is read.
func mark(ctx context.Context, m outcome.Mark) string {
	switch m.Wave {
	case outcome.Half:
		return i18n.T(ctx, "outcomes.at_six")
	case outcome.Year:
		return i18n.T(ctx, "outcomes.at_twelve")
	}
	return i18n.T(ctx, "outcomes.today")
}

func now(r outcome.Row, m outcome.Mark) outcome.Entry {
	e, _ := outcome.On(r.History, m)
	return e
}

func figure(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// figures are one line for each thing that was said of a project, without who said it.
func (h *Handler) figures(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.Outcomes.Edition(ctx, ui.User(r), programme.EditionID(r.PathValue("id")))
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "outcomes.edition")}
	for _, key := range []string{"head_project", "head_state", "head_day", "head_words", "head_learnt", "head_handed", "head_people", "head_jobs", "head_source"} {
		s.Head = append(s.Head, i18n.T(ctx, "outcomes."+key))
	}
	for _, row := range v.Rows {
		if len(row.History) == 0 {
			s.Rows = append(s.Rows, []any{row.Title, stateWord(ctx, ""), nil, nil, nil, nil, nil, nil, nil})
		}
		for _, e := range row.History {
			s.Rows = append(s.Rows, []any{row.Title, stateWord(ctx, e.State), e.Day, e.Words, e.Learnt, e.Handed, cell(e.People), cell(e.Jobs), i18n.T(ctx, "outcomes.source_"+e.Source)})
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("outcomes.csv"))
	return sheet.Book{}.CSV(w, s, true)
}

func cell(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}
