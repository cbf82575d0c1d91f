package applications

import (
	"encoding/json"
	"fmt"
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
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Time{}); err != nil {
		return fmt.Errorf("open the stream: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	send := func(event string, data any) error {
		text, err := json.Marshal(data)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, text); err != nil {
			return err
		}
		return control.Flush()
	}
	if h.tellWhere(send, r) != nil {
		return nil
	}
	check := time.NewTicker(time.Second)
	defer check.Stop()
	for beats := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case t := <-told:
			if h.tell(send, r, t) != nil {
				return nil
			}
		case <-check.C:
			if !h.Alive(r) || h.Files.Allowed(ctx, user, id) != nil {
				send("ended", nil)
				return nil
			}
			if beats++; beats%15 == 0 {
				if h.tellWhere(send, r) != nil {
					return nil
				}
			}
		}
	}
}

// tellWhere says who is on which field; somebody who left the team meanwhile hears
// that it is over.
func (h *Handler) tellWhere(send func(string, any) error, r *http.Request) error {
	marks, err := h.Files.Marks(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		send("ended", nil)
		return err
	}
	return send("presence", marks)
}

func (h *Handler) tell(send func(string, any) error, r *http.Request, t presence.Told) error {
	if t.Kind == "presence" {
		return h.tellWhere(send, r)
	}
	if login := ui.User(r).LoginID; t.Login == login && login != "" {
		return nil
	}
	if t.Kind != "saved" {
		return send(t.Kind, map[string]string{"author": t.By})
	}
	for field, version := range t.Fields {
		if err := send("saved", map[string]any{"field": field, "version": version, "author": t.By}); err != nil {
			return err
		}
	}
	return nil
}
