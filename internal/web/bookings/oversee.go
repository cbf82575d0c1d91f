package bookings

import (
	"net/http"

	"transformateur/internal/support/booking"
	"transformateur/internal/web/ui"
)

// overseen is the meetings of a project to who runs the programme, with a reason as it was typed.
type overseen struct {
	booking.Overseen
	ending   booking.Ending // the one that was sent, empty for none
	problems ui.Problems
}

func (h *Handler) oversee(w http.ResponseWriter, r *http.Request) error {
	return h.overseen(w, r, http.StatusOK, overseen{})
}

func (h *Handler) overseen(w http.ResponseWriter, r *http.Request, status int, v overseen) (err error) {
	if v.Overseen, err = h.Bookings.Oversee(r.Context(), ui.User(r), projectOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, overseenPage(v))
}

func (h *Handler) cancelFor(w http.ResponseWriter, r *http.Request) error {
	e := booking.Ending{ID: booking.ID(r.PathValue("booking")), Version: version(r), Reason: r.PostFormValue(reasonOf(booking.ID(r.PathValue("booking"))))}
	err := h.Bookings.CancelFor(r.Context(), ui.User(r), projectOf(r), e)
	if problems, show := ui.Again(r.Context(), err); show {
		for i := range problems {
			if problems[i].Path == "reason" {
				problems[i].Path = reasonOf(e.ID)
			}
		}
		return h.overseen(w, r, ui.StatusOf(err), overseen{ending: e, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(projectOf(r), "all"), "bookings.overseen_done")
}

// reasonOf names the field in which the reason of one meeting among others is typed.
func reasonOf(id booking.ID) string { return "reason." + string(id) }

func (v overseen) typed(id booking.ID) string {
	if v.ending.ID != id {
		return ""
	}
	return v.ending.Reason
}
