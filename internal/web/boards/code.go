package boards

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/marker"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// scan follows a printed code: to the door for who is not in, else to its place.
func (h *Handler) scan(w http.ResponseWriter, r *http.Request) error {
	code := gathering.PlainCode(r.PathValue("code"))
	f, err := h.Markers.Find(r.Context(), ui.User(r), code)
	switch {
	case errs.Is(err, errs.NotFound):
		return ui.Render(w, r, http.StatusNotFound, typedPage(code, true))
	case err != nil:
		return err
	case f.Join != "":
		return ui.See(w, r, "/join/"+url.PathEscape(f.Join)+"?card="+code)
	case len(f.Boards) > 1:
		return ui.Render(w, r, http.StatusOK, pickPage(f, code))
	}
	return ui.See(w, r, placeOn(f, f.Boards[0].ID, code))
}

// placeOn is the place of a code on a board.
func placeOn(f marker.Found, id room.ID, code string) string {
	where := address(id, "")
	switch {
	case f.Zone != "":
		return where + "#zone-" + f.Zone
	case f.New:
		return where + "?paper=" + code + "#card-paper" + lower(code)
	}
	return where + "#card-" + f.Card
}

// typed is where a code is typed by who cannot scan it.
func (h *Handler) typed(w http.ResponseWriter, r *http.Request) error {
	if code := gathering.PlainCode(r.URL.Query().Get("code")); code != "" {
		return ui.See(w, r, "/b/"+code)
	}
	return ui.Render(w, r, http.StatusOK, typedPage("", false))
}

func unknownCode(ctx context.Context, unknown bool) string {
	if unknown {
		return i18n.T(ctx, "boards.code_unknown")
	}
	return ""
}

// paperZones are the zones where a card that is on paper may be typed now.
func (s sight) paperZones(ctx context.Context, kind kit.Card) (list []ui.Option) {
	for _, o := range s.zones(ctx, kind) {
		if !o.Disabled {
			list = append(list, o)
		}
	}
	return list
}

// paperData is the same for the script of the board; "" for none.
func (s sight) paperData() string {
	if s.sheet.ID == "" {
		return ""
	}
	text, err := json.Marshal(map[string]string{"id": s.sheet.ID, "type": s.sheet.Type, "prompt": s.sheet.Prompt, "zone": s.sheet.Zone})
	if err != nil {
		return ""
	}
	return string(text)
}
