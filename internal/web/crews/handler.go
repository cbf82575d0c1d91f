// Package crews is the pages of crews: who works on a project and until when, and the places that somebody was asked to take.
package crews

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/factory/crew"
	"transformateur/internal/i18n"
	"transformateur/internal/project"
	"transformateur/internal/support/pool"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /projects/{id}/crew, and at /crews to who is asked.
type Handler struct{ Crews *crew.Service }

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /projects/{id}/crew", Action: "crew.read", On: "project", Handle: h.of},
		{Pattern: "POST /projects/{id}/crew", Action: "crew.manage", On: "project", Handle: h.ask},
		{Pattern: "POST /projects/{id}/crew/{crew}/end", Action: "crew.manage", On: "project", Handle: h.end},
		{Pattern: "GET /crews", Action: "crew.answer", Handle: h.mine},
		{Pattern: "POST /crews/{place}", Action: "crew.answer", Handle: h.answer},
	}
}

func idOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

// placeOf is the place that an address names, a project's or her own.
func placeOf(r *http.Request) crew.ID { return crew.ID(r.PathValue("crew") + r.PathValue("place")) }

// wordsOf names the field for what is said about a place: a page has several.
func wordsOf(id crew.ID) string { return "words-" + string(id) }

// placed points what is wrong with the words at the field of their place.
func placed(problems ui.Problems, id crew.ID) ui.Problems {
	for i := range problems {
		if problems[i].Path == "words" {
			problems[i].Path = wordsOf(id)
		}
	}
	return problems
}

func at(id project.ID, rest ...string) string {
	return strings.Join(append([]string{"/projects/" + url.PathEscape(string(id)), "crew"}, rest...), "/")
}

// page is the crew of a project, with what was typed and what is wrong with it.
type page struct {
	crew.Page
	wanted   crew.Wanted
	ending   crew.ID // the place whose end was refused
	words    string
	problems ui.Problems
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request, status int, v page) (err error) {
	if v.Page, err = h.Crews.Of(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, crewPage(v))
}

func (h *Handler) of(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, http.StatusOK, page{wanted: crew.Wanted{Halves: 2}})
}

func (h *Handler) did(w http.ResponseWriter, r *http.Request, v page, err error, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = placed(problems, v.ending)
		return h.show(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r)), said)
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	f := r.PostFormValue
	halves, _ := strconv.ParseInt(f("halves"), 10, 64) // anything else is refused as none
	in := crew.Wanted{Expert: pool.ID(f("expert")), Part: f("part"), Halves: halves, From: f("from"), Until: f("until")}
	_, err := h.Crews.Ask(r.Context(), ui.User(r), idOf(r), in)
	return h.did(w, r, page{wanted: in}, err, "crews.asked_done")
}

func (h *Handler) end(w http.ResponseWriter, r *http.Request) error {
	words := r.PostFormValue(wordsOf(placeOf(r)))
	return h.did(w, r, page{ending: placeOf(r), words: words, wanted: crew.Wanted{Halves: 2}}, h.Crews.End(r.Context(), ui.User(r), idOf(r), placeOf(r), words), "crews.ended_done")
}

// hers are the places of who reads.
type hers struct {
	places    []crew.Place
	answering crew.ID
	words     string
	problems  ui.Problems
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request, status int, v hers) (err error) {
	if v.places, err = h.Crews.Mine(r.Context(), ui.User(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, minePage(v))
}

func (h *Handler) mine(w http.ResponseWriter, r *http.Request) error {
	return h.list(w, r, http.StatusOK, hers{})
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	yes, words := r.PostFormValue("answer") == "yes", r.PostFormValue(wordsOf(placeOf(r)))
	err := h.Crews.Answer(r.Context(), ui.User(r), placeOf(r), yes, words)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.list(w, r, ui.StatusOf(err), hers{answering: placeOf(r), words: words, problems: placed(problems, placeOf(r))})
	}
	if err != nil {
		return err
	}
	if yes {
		return ui.Done(w, r, "/crews", "crews.accepted_done")
	}
	return ui.Done(w, r, "/crews", "crews.declined_done")
}

func (v hers) typed(id crew.ID) string {
	if v.answering == id {
		return v.words
	}
	return ""
}

func (v page) typed(id crew.ID) string {
	if v.ending == id {
		return v.words
	}
	return ""
}

// weekly says half-days a week in days: "2,5 jours par semaine".
func weekly(ctx context.Context, halves int64) string {
	if halves == 1 {
		return i18n.T(ctx, "crews.half")
	}
	n := int(halves / 2)
	if halves%2 == 0 {
		return i18n.N(ctx, "crews.days", n)
	}
	return i18n.N(ctx, "crews.days_half", n)
}

func weeks(ctx context.Context, chosen int64) ui.Choice {
	c := ui.Choice{Chosen: []string{strconv.FormatInt(chosen, 10)}}
	for n := int64(1); n <= crew.Week; n++ {
		c.Options = append(c.Options, ui.Option{Value: strconv.FormatInt(n, 10), Label: weekly(ctx, n)})
	}
	return c
}

// candidates are who may be asked: what each knows, and what she promised already.
func (v page) candidates(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.wanted.Expert)}}
	for _, one := range v.Candidates {
		hint := []string{}
		for _, part := range []string{one.Organisation, strings.Join(one.Subjects, ", "), one.Territory, one.Availability} {
			if part != "" {
				hint = append(hint, part)
			}
		}
		if one.Busy > 0 {
			hint = append(hint, i18n.T(ctx, "crews.busy", weekly(ctx, one.Busy)))
		}
		c.Options = append(c.Options, ui.Option{Value: string(one.ID), Label: one.Name, Hint: strings.Join(hint, " · ")})
	}
	return c
}

// state says where a place stands today.
func state(ctx context.Context, p crew.Place) (ui.Tone, string) {
	switch {
	case p.Status == crew.In && p.Over():
		return ui.Info, i18n.T(ctx, "crews.state_over")
	case p.Works():
		return ui.Success, i18n.T(ctx, "crews.state_works")
	case p.Status == crew.In:
		return ui.Info, i18n.T(ctx, "crews.state_soon")
	case p.Status == crew.Asked && p.Over():
		return ui.Info, i18n.T(ctx, "crews.state_late")
	}
	tone := ui.Info
	if p.Status == crew.Asked {
		tone = ui.Warning
	}
	return tone, i18n.T(ctx, "crews.state_"+string(p.Status))
}

// span says the days and the weeks of a place.
func span(ctx context.Context, p crew.Place) string {
	return i18n.T(ctx, "crews.span", ui.DayOf(ctx, p.Zone, p.From), ui.DayOf(ctx, p.Zone, p.Until), weekly(ctx, p.Halves))
}

// ends says whether who manages may take a place back.
func ends(p crew.Place) bool {
	return (p.Status == crew.Asked || p.Status == crew.In) && !p.Over()
}
