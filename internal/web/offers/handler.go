// Package offers is the page of what projects need and what partners offer.
package offers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/agenda/offer"
	"transformateur/internal/i18n"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/dayview"
)

//go:generate go tool templ generate -path .

// Handler answers at /gatherings/{id}/offers.
type Handler struct{ Offers *offer.Service }

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(method, path string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: method + " /gatherings/{id}/" + path, Action: action, On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET", "offers", "gathering.read", h.show),
		at("POST", "offers", "offer.write", h.add),
		at("POST", "offers/{offer}", "offer.write", h.change),
		at("POST", "offers/{offer}/remove", "gathering.read", h.remove),
		at("POST", "offers/{offer}/interest", "meeting.ask", h.interest),
		at("POST", "offers/{offer}/answers", "gathering.people", h.tie),
		at("POST", "heard", "stage.run", h.hear),
		at("POST", "heard/{need}/remove", "stage.run", h.forget),
	}
}

// view is the page, with what was typed.
type view struct {
	offer.View
	problems ui.Problems
	form     string // the one in which something went wrong: "add", "hear", or the id of an offer
	typed    func(string) string
}

func (v view) said(form, name, otherwise string) string {
	if v.form != form {
		return otherwise
	}
	return v.typed(name)
}

func (v view) wrong(form, name string) string {
	if v.form != form {
		return ""
	}
	return v.problems.At(name)
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems, form string) error {
	v, err := h.Offers.Read(r.Context(), ui.User(r), dayview.ID(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, page(view{v, problems, form, r.PostFormValue}))
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, nil, "")
}

func (h *Handler) did(w http.ResponseWriter, r *http.Request, err error, said, form string) error {
	return dayview.Acted(w, r, err, dayview.Acting{Where: dayview.At(dayview.ID(r), "offers"), Said: said, Show: func(problems ui.Problems, status int) error {
		for i, one := range problems {
			if one.Path != "" {
				problems[i].Path = one.Path + "." + form
			}
		}
		return h.page(w, r, status, problems, form)
	}})
}

// typed is an offer as it was typed, in the form that is named.
func typed(r *http.Request, form string) offer.Sheet {
	said := func(name string) string { return r.PostFormValue(name + "." + form) }
	return offer.Sheet{Title: said("title"), About: said("about"), Audience: said("audience"), Until: said("until"), Places: dayview.Number(said("places")), Version: dayview.Version(r)}
}

func (h *Handler) add(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Offers.Write(r.Context(), ui.User(r), dayview.ID(r), "", typed(r, "add")), "offers.added_done", "add")
}

func (h *Handler) change(w http.ResponseWriter, r *http.Request) error {
	which := r.PathValue("offer")
	return h.did(w, r, h.Offers.Write(r.Context(), ui.User(r), dayview.ID(r), which, typed(r, which)), "offers.changed_done", which)
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Offers.Remove(r.Context(), ui.User(r), dayview.ID(r), r.PathValue("offer")), "offers.removed_done", "")
}

func (h *Handler) interest(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Offers.Interest(r.Context(), ui.User(r), dayview.ID(r), r.PathValue("offer")), "offers.interest_done", "")
}

func (h *Handler) tie(w http.ResponseWriter, r *http.Request) error {
	answers := r.PostFormValue("answers") == "yes"
	return h.did(w, r, h.Offers.Tie(r.Context(), ui.User(r), dayview.ID(r), r.PathValue("offer"), r.PostFormValue("need"), answers), "offers.tied_done", "")
}

func (h *Handler) hear(w http.ResponseWriter, r *http.Request) error {
	err := h.Offers.Hear(r.Context(), ui.User(r), dayview.ID(r), offer.Heard{Project: r.PostFormValue("project.hear"), Body: r.PostFormValue("body.hear")})
	return h.did(w, r, err, "offers.heard_done", "hear")
}

func (h *Handler) forget(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Offers.Forget(r.Context(), ui.User(r), dayview.ID(r), r.PathValue("need")), "offers.forgotten_done", "")
}

// mine are the offers of the reader.
func (v view) mine() (list []offer.Offer) {
	for _, o := range v.Offers {
		if o.Mine {
			list = append(list, o)
		}
	}
	return list
}

// ties says whether the reader may say that an offer answers a need.
func (v view) ties(o offer.Offer) bool { return v.Manages || o.Mine && v.Writes }

func answers(n offer.Need, o offer.Offer) bool { return slices.Contains(n.Answers, o.ID) }

// tying are the offers that the reader may tie to a need, as a list.
func (v view) tying(ctx context.Context, n offer.Need) ui.Choice {
	c := ui.Choice{}
	for _, o := range v.Offers {
		if v.ties(o) && !answers(n, o) {
			c.Options = append(c.Options, ui.Option{Value: o.ID, Label: i18n.T(ctx, "offers.of", o.Title, o.Organisation)})
		}
	}
	return c
}

func projects(ctx context.Context, list []offer.Named, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "offers.choose")}
	for _, one := range list {
		c.Options = append(c.Options, ui.Option{Value: one.ID, Label: one.Title})
	}
	return c
}

// terms say for whom an offer is, until when, for how many.
func terms(ctx context.Context, o offer.Offer) (list []string) {
	if o.Audience != "" {
		list = append(list, i18n.T(ctx, "offers.for_whom", o.Audience))
	}
	if until, err := time.Parse(time.DateOnly, o.Until); err == nil {
		list = append(list, i18n.T(ctx, "offers.until_day", ui.Day(ctx, until)))
	}
	if o.Places > 0 {
		list = append(list, i18n.N(ctx, "offers.places_count", o.Places))
	}
	return list
}

func places(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

func titles(list []offer.Named) string {
	var all []string
	for _, one := range list {
		all = append(all, one.Title)
	}
	return strings.Join(all, ", ")
}

// target is where a form of an offer goes.
func (v view) target(form string) string {
	if form == "add" {
		return dayview.At(v.ID, "offers")
	}
	return dayview.At(v.ID, "offers", form)
}
