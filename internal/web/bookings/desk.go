package bookings

import (
	"context"
	"net/http"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/support/booking"
	"transformateur/internal/web/ui"
)

// desk is the meetings of a project, with what was typed in one of its forms.
type desk struct {
	booking.Desk
	problems ui.Problems
	form     string // the one in which something went wrong
	typed    func(string) string
}

// said is what was typed in a form that is shown again.
func (v desk) said(form, name string) string {
	if v.form != form {
		return ""
	}
	return v.typed(name)
}

func (v desk) wrong(form, name string) string {
	if v.form != form {
		return ""
	}
	return v.problems.At(name)
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems, form string) error {
	d, err := h.Bookings.Around(r.Context(), ui.User(r), projectOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, deskPage(desk{d, problems, form, r.PostFormValue}))
}

func (h *Handler) desk(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, nil, "")
}

// did leads to the meeting that was made, or shows the desk again with what is free now.
func (h *Handler) did(w http.ResponseWriter, r *http.Request, form string, made booking.ID, err error) error {
	if problems, show := ui.Again(r.Context(), err); show {
		if errs.KeyOf(err) == "booking.taken" {
			problems = append(problems, ui.FieldError{Text: i18n.T(r.Context(), "bookings.taken_next")})
		}
		return h.page(w, r, ui.StatusOf(err), problems, form)
	}
	if err != nil {
		return err
	}
	if made == "" {
		return ui.Done(w, r, under(projectOf(r)), "bookings."+form+"_done")
	}
	return ui.Done(w, r, at(made), "bookings.booked_done")
}

// slotForm is the form in which a slot of one helper is picked, for one thing that she helps for.
func slotForm(about string) string { return "slot-" + about }

func (h *Handler) book(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	made, err := h.Bookings.Book(r.Context(), ui.User(r), projectOf(r), booking.Wanted{Helper: account.PersonID(form("helper")), About: form("about"), Start: picked(form("slot")), Subject: form("subject")})
	return h.did(w, r, slotForm(form("about")), made, err)
}

func (h *Handler) record(w http.ResponseWriter, r *http.Request) error {
	form, by := r.PostFormValue, ui.User(r)
	start, err := typed(form("start"), by)
	made := booking.ID("")
	if err == nil {
		made, err = h.Bookings.Record(r.Context(), by, projectOf(r), booking.Agreed{With: account.PersonID(form("with")), Start: start, Minutes: number(form("minutes")), Subject: form("subject"), Place: form("place"), Video: form("video")})
	}
	return h.did(w, r, "agreed", made, err)
}

// moments are the names of the fields of a proposal.
var moments = [booking.MaxProposed]string{"start-1", "start-2", "start-3"}

func (h *Handler) propose(w http.ResponseWriter, r *http.Request) error {
	form, by := r.PostFormValue, ui.User(r)
	in := booking.Proposed{Minutes: number(form("minutes")), Subject: form("subject"), Place: form("place"), Video: form("video")}
	for _, name := range moments {
		start, err := typed(form(name), by)
		if err != nil {
			return h.did(w, r, "proposed", "", err)
		}
		in.Starts = append(in.Starts, start)
	}
	return h.did(w, r, "proposed", "", h.Bookings.Propose(r.Context(), by, projectOf(r), in))
}

func (h *Handler) pick(w http.ResponseWriter, r *http.Request) error {
	made, err := h.Bookings.Pick(r.Context(), ui.User(r), projectOf(r), r.PathValue("proposal"), picked(r.PostFormValue("pick-"+r.PathValue("proposal"))))
	return h.did(w, r, "picked", made, err)
}

func (h *Handler) drop(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, "dropped", "", h.Bookings.Drop(r.Context(), ui.User(r), projectOf(r), r.PathValue("proposal")))
}

// others are those with whom the reader may write a time down.
func (v desk) others(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.said("agreed", "with")}, Empty: i18n.T(ctx, "bookings.choose_person")}
	known := map[account.PersonID]bool{}
	for _, h := range v.Helpers {
		if known[h.Person] {
			continue
		}
		known[h.Person] = true
		c.Options = append(c.Options, ui.Option{Value: string(h.Person), Label: h.Name})
	}
	for _, m := range v.Mates {
		c.Options = append(c.Options, ui.Option{Value: string(m.Person), Label: m.Name})
	}
	return c
}

// starts are the moments of a proposal that can still be picked.
func starts(ctx context.Context, p booking.Proposal, zoneName string) ui.Choice {
	c := ui.Choice{}
	for _, t := range p.Starts {
		s := booking.Slot{Start: t, End: t.Add(time.Duration(p.Minutes) * time.Minute)}
		c.Options = append(c.Options, ui.Option{Value: t.UTC().Format(time.RFC3339), Label: when(ctx, s, zoneName)})
	}
	return c
}
