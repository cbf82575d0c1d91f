package boards

import (
	"encoding/json"
	"net/http"

	"transformateur/internal/board/room"
	"transformateur/internal/web/ui"
)

// tray is what came too late, as its page shows it.
type tray struct {
	sight
	list []room.Late
}

// late is what came too late for its step: to scripts a list, to people a page.
func (h *Handler) late(w http.ResponseWriter, r *http.Request) error {
	v, list, err := h.Rooms.Late(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	if !ui.WantsJSON(r) {
		return ui.Render(w, r, http.StatusOK, latePage(tray{sight{Sight: v}, list}))
	}
	short := []map[string]any{}
	for _, one := range list {
		short = append(short, map[string]any{"id": one.ID, "person": one.Person, "at": one.At, "why": one.Why})
	}
	return ui.WriteJSON(w, http.StatusOK, map[string]any{"late": short})
}

// settle takes one in, or leaves it aside.
func (h *Handler) settle(w http.ResponseWriter, r *http.Request) error {
	if err := h.Rooms.Settle(r.Context(), ui.User(r), id(r), r.FormValue("late"), r.FormValue("take") == "yes"); err != nil {
		return err
	}
	return ui.See(w, r, address(id(r), "late"))
}

// texts are what an operation that came late would have written.
func (t tray) texts(one room.Late) (list []string) {
	var added struct {
		Fields map[string]json.RawMessage `json:"fields"`
	}
	values := map[string]json.RawMessage{one.Op.Field: one.Op.Value}
	if one.Op.Kind == "card.add" && json.Unmarshal(one.Op.Value, &added) == nil {
		values = added.Fields
	}
	for _, v := range values {
		var text string
		if json.Unmarshal(v, &text) == nil && text != "" {
			list = append(list, text)
		}
	}
	return list
}
