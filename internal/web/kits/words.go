package kits

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/web/ui"
)

// preview shows the kit being written as a board: in a frame of the editor, or as a page.
func (h *Handler) preview(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Shelf.Read(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("frame") == "" {
		return ui.Render(w, r, http.StatusOK, previewPage(v))
	}
	head := w.Header()
	head.Set("Content-Security-Policy", strings.Replace(head.Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
	return ui.Render(w, r, http.StatusOK, framePage(v.Kit))
}

// colourOf is a colour of the format, plain for any other.
func colourOf(colour string) string {
	if slices.Contains(kit.Colours, colour) {
		return colour
	}
	return "plain"
}

// writers are the roles that write somewhere, in words.
func writers(ctx context.Context, list []kit.Role) string {
	var said []string
	for _, r := range list {
		if slices.Contains(kit.Writers, r) {
			said = append(said, roleName(ctx, r))
		}
	}
	return strings.Join(said, ", ")
}

// labels are what a card says.
func labels(ctx context.Context, c kit.Card) (list []string) {
	for _, f := range c.Fields {
		list = append(list, in(ctx, f.Label))
	}
	return list
}

// prompts counts those of all decks.
func prompts(k *kit.Kit) (n int) {
	for _, d := range k.Decks {
		n += len(d.Prompts)
	}
	return n
}

func cardTitle(ctx context.Context, k *kit.Kit, id string) string {
	c, _ := k.Card(id)
	return in(ctx, c.Title)
}
