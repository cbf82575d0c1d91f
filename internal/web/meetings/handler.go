// Package meetings is the pages on which people of a gathering ask to meet, and on which who runs it says who must and who never may.
package meetings

import (
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/agenda/wish"
	"transformateur/internal/i18n"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/dayview"
)

//go:generate go tool templ generate -path .

// Handler answers at /gatherings/{id}/meetings.
type Handler struct{ Wishes *wish.Service }

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(method, path string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: method + " /gatherings/{id}/meetings" + path, Action: action, On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET", "", "gathering.read", h.show),
		at("POST", "", "meeting.ask", h.ask),
		at("POST", "/{meeting}/answer", "meeting.ask", h.answer),
		at("POST", "/{meeting}/withdraw", "meeting.ask", h.withdraw),
		at("POST", "/put", "gathering.manage", h.put),
		at("POST", "/{meeting}/remove", "gathering.manage", h.remove),
		at("POST", "/rules", "gathering.manage", h.addRule),
		at("POST", "/rules/{rule}/remove", "gathering.manage", h.removeRule),
	}
}

// ruleFields are the fields of the form of rules whose names another form of the page has.
var ruleFields = map[string]string{"participant": "first", "other": "second", "project": "about"}

// view is the page, with what was typed.
type view struct {
	wish.View
	problems ui.Problems
	form     string // the one in which something went wrong
	typed    func(string) string
}

// said is what was typed in a form that is shown again.
func (v view) said(form, name string) string {
	if v.form != form {
		return ""
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
	v, err := h.Wishes.Read(r.Context(), ui.User(r), dayview.ID(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, page(view{v, problems, form, r.PostFormValue}))
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, nil, "")
}

func (h *Handler) did(w http.ResponseWriter, r *http.Request, err error, said, form string) error {
	return dayview.Acted(w, r, err, dayview.Acting{Where: dayview.At(dayview.ID(r), "meetings"), Said: said, Show: func(problems ui.Problems, status int) error {
		for i, one := range problems {
			if name, other := ruleFields[one.Path]; other && form == "rule" {
				problems[i].Path = name
			}
		}
		return h.page(w, r, status, problems, form)
	}})
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	with := r.PostFormValue("with")
	err := h.Wishes.Request(r.Context(), ui.User(r), dayview.ID(r), wish.Ask{Project: with, Participant: with, Note: r.PostFormValue("note")})
	return h.did(w, r, err, "meetings.asked_done", "ask")
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	yes := r.PostFormValue("answer") == "yes"
	said := "meetings.declined_done"
	if yes {
		said = "meetings.accepted_done"
	}
	return h.did(w, r, h.Wishes.Answer(r.Context(), ui.User(r), dayview.ID(r), r.PathValue("meeting"), yes), said, "")
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Wishes.Withdraw(r.Context(), ui.User(r), dayview.ID(r), r.PathValue("meeting")), "meetings.withdrawn_done", "")
}

func (h *Handler) put(w http.ResponseWriter, r *http.Request) error {
	weight := dayview.Number(r.PostFormValue("weight"))
	err := h.Wishes.Put(r.Context(), ui.User(r), dayview.ID(r), wish.Ask{Project: r.PostFormValue("project"), Participant: r.PostFormValue("participant")}, weight)
	return h.did(w, r, err, "meetings.put_done", "put")
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Wishes.Remove(r.Context(), ui.User(r), dayview.ID(r), r.PathValue("meeting")), "meetings.removed_done", "")
}

func (h *Handler) addRule(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	err := h.Wishes.Write(r.Context(), ui.User(r), dayview.ID(r), wish.Rule{Kind: wish.Kind(form("kind")), Participant: form("first"), Other: form("second"), Project: form("about"), Reason: form("reason")})
	return h.did(w, r, err, "meetings.rule_done", "rule")
}

func (h *Handler) removeRule(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Wishes.Erase(r.Context(), ui.User(r), dayview.ID(r), r.PathValue("rule")), "meetings.rule_removed_done", "")
}

// waiting counts the meetings that wait for the reader's answer.
func (v view) waiting() (n int) {
	for _, m := range v.Mine {
		if m.Waits {
			n++
		}
	}
	return n
}

// other is the side of a meeting that the reader is not.
func other(ctx context.Context, m wish.Meeting) string {
	if m.Hers == wish.Project {
		return person(ctx, m)
	}
	return m.ProjectTitle
}

func person(ctx context.Context, m wish.Meeting) string {
	if m.Organisation == "" {
		return m.Name
	}
	return i18n.T(ctx, "meetings.of", m.Name, m.Organisation)
}

// state says where a meeting stands, for one of its sides.
func state(ctx context.Context, m wish.Meeting) (ui.Tone, string) {
	switch {
	case m.State == wish.Accepted:
		return ui.Success, i18n.T(ctx, "meetings.state_accepted")
	case m.State == wish.Declined:
		return ui.Info, i18n.T(ctx, "meetings.state_declined")
	case m.State == wish.Withdrawn:
		return ui.Info, i18n.T(ctx, "meetings.state_withdrawn")
	case m.Waits:
		return ui.Warning, i18n.T(ctx, "meetings.state_waits")
	}
	return ui.Info, i18n.T(ctx, "meetings.state_asked")
}

func (v view) when(ctx context.Context, w wish.When) string {
	if w.RoomName == "" {
		return i18n.T(ctx, "dayview.hours", dayview.DayName(ctx, v.Gathering, w.Day), w.From.Clock(), w.To.Clock())
	}
	return i18n.T(ctx, "meetings.when_where", dayview.DayName(ctx, v.Gathering, w.Day), w.From.Clock(), w.To.Clock(), w.RoomName)
}

func choice(ctx context.Context, list []wish.Option, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "meetings.choose")}
	for _, o := range list {
		label := o.Name
		if o.More != "" {
			label = i18n.T(ctx, "meetings.of", o.Name, o.More)
		}
		c.Options = append(c.Options, ui.Option{Value: o.ID, Label: label})
	}
	return c
}

// weights are how much a meeting that who runs the gathering writes matters.
func weights(ctx context.Context, chosen string) ui.Choice {
	if chosen == "" {
		chosen = "50"
	}
	c := ui.Choice{Chosen: []string{chosen}}
	for _, n := range []int{20, 50, 100} {
		c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(n), Label: i18n.T(ctx, "meetings.weight_"+strconv.Itoa(n))})
	}
	return c
}

func kinds(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, k := range wish.Kinds {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: i18n.T(ctx, "meetings.kind_"+string(k))})
	}
	return c
}
