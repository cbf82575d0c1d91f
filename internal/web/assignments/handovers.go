package assignments

import (
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// handing is the page on which readings pass from one member to another.
type handing struct {
	assignment.Handovers
	file     application.ID // chosen to be offered
	to, why  string
	problems ui.Problems
}

func (h *Handler) handing(r *http.Request) (v handing, err error) {
	v.Handovers, err = h.Assignments.Handovers(r.Context(), ui.User(r), id(r))
	v.file, v.to, v.why = application.ID(r.FormValue("file")), r.PostFormValue("to"), r.PostFormValue("why")
	return v, err
}

func (h *Handler) handovers(w http.ResponseWriter, r *http.Request) error {
	v, err := h.handing(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, handingPage(v))
}

// handed leads back to the page, or shows there why nothing was done.
func (h *Handler) handed(w http.ResponseWriter, r *http.Request, err error, said string) error {
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) {
		if err != nil {
			return err
		}
		return ui.Done(w, r, link(id(r), "offers"), said)
	}
	v, failed := h.handing(r)
	if failed != nil {
		return failed
	}
	v.problems = problems(r.Context(), err)
	return ui.Render(w, r, ui.StatusOf(err), handingPage(v))
}

func (h *Handler) offer(w http.ResponseWriter, r *http.Request) error {
	err := h.Assignments.Offer(r.Context(), ui.User(r), id(r), application.ID(r.PostFormValue("file")), committee.MemberID(r.PostFormValue("to")), r.PostFormValue("why"))
	return h.handed(w, r, err, "assignments.done_offered")
}

func (h *Handler) take(w http.ResponseWriter, r *http.Request) error {
	return h.handed(w, r, h.Assignments.Take(r.Context(), ui.User(r), id(r), r.PostFormValue("offer")), "assignments.done_taken")
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request) error {
	return h.handed(w, r, h.Assignments.Refuse(r.Context(), ui.User(r), id(r), r.PostFormValue("offer")), "assignments.done_refused")
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	return h.handed(w, r, h.Assignments.Withdraw(r.Context(), ui.User(r), id(r), r.PostFormValue("offer")), "assignments.done_withdrawn")
}

// page is the frame of the page.
func (v handing) page(ctx context.Context) ui.Page {
	where := link(v.Selection.ID, "offers") + "?lang=en"
	if i18n.From(ctx) == i18n.EN {
		where = link(v.Selection.ID, "offers") + "?lang=fr"
	}
	return ui.Page{Title: i18n.T(ctx, "assignments.offers"), Lead: i18n.T(ctx, "assignments.offers_lead"), Over: in(ctx, v.Selection.Name), LangURL: where, Failed: len(v.problems) > 0,
		Crumbs: []ui.Crumb{{Label: in(ctx, v.Selection.Name), URL: "/selections/" + string(v.Selection.ID)}}}
}

// may says whether something can be offered now.
func (v handing) may() bool {
	return v.Selection.Status == committee.Reading && !v.Frozen && len(v.Mine) > 0 && len(v.Others) > 0
}

func (v handing) files() ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.file)}}
	for i, t := range v.Mine {
		c.Options = append(c.Options, ui.Option{Value: string(t.ID), Label: strconv.Itoa(i+1) + ". " + t.Title})
	}
	return c
}

func (v handing) others() ui.Choice {
	c := ui.Choice{Chosen: []string{v.to}}
	for _, m := range v.Others {
		c.Options = append(c.Options, ui.Option{Value: string(m.ID), Label: m.Name})
	}
	return c
}

// madeTone is the tone of an offer that one made.
func madeTone(o assignment.Handover) ui.Tone {
	switch o.Status {
	case assignment.Accepted:
		return ui.Success
	case assignment.Refused:
		return ui.Warning
	}
	return ui.Info
}
