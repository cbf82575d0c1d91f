package deliberations

import (
	"net/http"
	"time"

	"transformateur/internal/deliberation"
	"transformateur/internal/web/ui"
)

// listener is a page that listens to its room.
type listener struct {
	h     *Handler
	r     *http.Request
	out   *ui.Stream
	room  *deliberation.Listener
	last  deliberation.Pulse
	moves int64 // how often what is discussed had changed at the last pulse
}

// stream calls an open page whenever its room is no longer what it shows; the page then
// reads the room again. Who waits outside is called when that ends, and not before. It
// ends within a second of the sign-in or the role being withdrawn.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	room, err := h.Rooms.Watch(ctx, ui.User(r), id(r))
	if err != nil {
		return err
	}
	defer room.Close()
	l := listener{h: h, r: r, room: room, moves: room.Moves()}
	if l.last, err = h.Rooms.Pulse(ctx, ui.User(r), id(r)); err != nil {
		return err
	}
	if l.out, err = ui.OpenStream(w); err != nil {
		return err
	}
	if l.out.Send("listening", nil) != nil {
		return nil
	}
	check := time.NewTicker(time.Second)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-room.Told:
			if !l.told() {
				return nil
			}
		case <-check.C:
			if !h.Alive(r) {
				l.out.Send("ended", nil)
				return nil
			}
			if !l.look() {
				return nil
			}
		}
	}
}

// told calls who is inside at once: she reads with her own rights. Who waits is not
// called. Whether one waits changes with what is discussed; it is looked at then, and at
// each second. False once nobody listens.
func (l *listener) told() bool {
	if !l.last.Waiting {
		if l.out.Send("changed", nil) != nil {
			return false
		}
		l.last.Version = l.room.Version()
	}
	if l.moves == l.room.Moves() {
		return true
	}
	return l.look()
}

// look compares the room with what the page shows.
func (l *listener) look() bool {
	l.moves = l.room.Moves()
	now, err := l.h.Rooms.Pulse(l.r.Context(), ui.User(l.r), id(l.r))
	if err != nil {
		l.out.Send("ended", nil)
		return false
	}
	if now != l.last && l.out.Send("changed", nil) != nil {
		return false
	}
	l.last = now
	return true
}
