package showcase

import (
	"context"
	"html"
	"net/http"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/showcase"
	"transformateur/internal/web/ui"
)

// cardPolicy lets any site show the card in a frame: it holds no script, no form, and
// nothing that depends on who looks. Every other page refuses.
const cardPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"

// embedded is the card of a project on another site.
type embedded struct {
	showcase.Listed
	plate
}

// card is a page of its own, which other sites may show in a frame.
func (h *Handler) card(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Showcase.Project(r.Context(), visitor, r.PathValue("slug"))
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	w.Header().Set("Content-Security-Policy", cardPolicy)
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	switch {
	case err != nil:
		return err
	case f.Gone:
		return ui.Render(w, r, http.StatusGone, goneCard(h.plate()))
	}
	return ui.Render(w, r, http.StatusOK, cardPage(embedded{f.Listed, h.plate()}))
}

// frame is what another site writes to show the card.
func (v told) frame(ctx context.Context) string {
	title := html.EscapeString(i18n.T(ctx, "showcase.card_title", v.Title))
	return strings.Join([]string{`<iframe src="` + v.base + at("projects", v.Slug, "card") + `"`, `title="` + title + `"`, `width="360" height="300" loading="lazy" style="border:0"></iframe>`}, " ")
}
