package applications

import (
	"encoding/json"
	"net/http"
	"time"

	"transformateur/internal/application/presence"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// presence notes on which field the person is.
func (h *Handler) presence(w http.ResponseWriter, r *http.Request) error {
	var sent struct {
		Field string `json:"field"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&sent); err != nil {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	if err := h.Files.Here(r.Context(), ui.User(r), fileID(r), sent.Field); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// stream tells an open page what happens to the file, as server-sent events. It
// ends within a second of the sign-in or the role being withdrawn.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request) error {
	ctx, user, id := r.Context(), ui.User(r), fileID(r)
	told, end, err := h.Files.Watch(ctx, user, id)
	if err != nil {
		return err
	}
	defer end()
	out, err := ui.OpenStream(w)
	if err != nil {
		return err
	}
	if h.tellWhere(out, r) != nil {
		return nil
	}
	check := time.NewTicker(time.Second)
	defer check.Stop()
	for beats := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case t := <-told:
			if h.tell(out, r, t) != nil {
				return nil
			}
		case <-check.C:
			if !h.Alive(r) || h.Files.Allowed(ctx, user, id) != nil {
				out.Send("ended", nil)
				return nil
			}
			if beats++; beats%15 == 0 {
				if h.tellWhere(out, r) != nil {
					return nil
				}
			}
		}
	}
}

// tellWhere says who is on which field; somebody who left the team meanwhile hears
// that it is over.
func (h *Handler) tellWhere(out *ui.Stream, r *http.Request) error {
	marks, err := h.Files.Marks(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		out.Send("ended", nil)
		return err
	}
	return out.Send("presence", marks)
}

func (h *Handler) tell(out *ui.Stream, r *http.Request, t presence.Told) error {
	if t.Kind == "presence" {
		return h.tellWhere(out, r)
	}
	if login := ui.User(r).LoginID; t.Login == login && login != "" {
		return nil
	}
	if t.Kind != "saved" {
		return out.Send(t.Kind, map[string]string{"author": t.By})
	}
	for field, version := range t.Fields {
		if err := out.Send("saved", map[string]any{"field": field, "version": version, "author": t.By}); err != nil {
			return err
		}
	}
	return nil
}
