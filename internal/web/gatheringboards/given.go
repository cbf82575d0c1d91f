package gatheringboards

import (
	"net/http"

	"transformateur/internal/board/gift"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// gifts are what somebody gave to projects in a gathering.
type gifts struct {
	gathering gathering.Gathering
	list      []gift.Given
}

// given shows somebody what became of what she gave.
func (h *Handler) given(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	v, err := h.Gatherings.Read(ctx, by, gathering.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	g := gifts{gathering: v.Gathering}
	if g.list, err = h.Gifts.Of(ctx, by, v.ID, string(i18n.From(ctx))); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, givenPage(g))
}
