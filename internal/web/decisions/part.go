package decisions

import (
	"context"
	"net/http"
	"net/url"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// sequel is the page of what a second round asks, with what was typed.
type sequel struct {
	decision.Part
	message, due string
	problems     ui.Problems
}

func (h *Handler) part(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Decisions.Part(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, partPage(sequel{Part: v}))
}

func (h *Handler) askPart(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	v, err := h.Decisions.Part(ctx, by, id(r))
	if err != nil {
		return err
	}
	due, _ := zone.Resolve(r.PostFormValue("due_at"), v.Selection.Call.Zone) // what is no instant is refused as one that is past
	if _, err := h.Decisions.AskPart(ctx, by, id(r), r.PostFormValue("message"), due); err != nil {
		problems, can := shown(ctx, err)
		if !can {
			return err
		}
		return ui.Render(w, r, ui.StatusOf(err), partPage(sequel{v, r.PostFormValue("message"), r.PostFormValue("due_at"), problems}))
	}
	return ui.Done(w, r, address(id(r), "part"), "decisions.part_done")
}

// done says how many projects deposited what they were asked.
func (v sequel) done() (n int) {
	for _, a := range v.Asked {
		if a.Done {
			n++
		}
	}
	return n
}

// questions are the words of what is asked, one by one.
func (v sequel) questions(ctx context.Context) (list []string) {
	for _, f := range v.Fields {
		list = append(list, f.Label.In(string(i18n.From(ctx))))
	}
	return list
}

func formAddress(sel committee.Selection) string {
	return "/calls/" + url.PathEscape(string(sel.Call.ID)) + "/form"
}

func readAddress(a application.Application) string {
	return "/files/" + url.PathEscape(string(a.ID))
}
