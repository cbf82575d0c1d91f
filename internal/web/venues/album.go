package venues

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/errs"
)

func (h *Wire) album(r *http.Request, key string) (any, error) {
	return h.Venues.Album(r.Context(), key)
}

// picture sends a picture as it is.
func (h *Wire) picture(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	file, err := h.Venues.Picture(r.Context(), keyOf(r), r.PathValue("digest"))
	if err != nil {
		h.answer(func(*http.Request, string) (any, error) { return nil, err })(w, r)
		return
	}
	defer file.Close()
	w.Header().Set("Content-Type", "image/jpeg")
	if _, err := io.Copy(w, file); err != nil {
		slog.DebugContext(r.Context(), "a venue hung up", "err", err)
	}
}

// hang takes a picture in: what it is stands in the address, the picture itself is the body.
func (h *Wire) hang(r *http.Request, key string) (any, error) {
	q := r.URL.Query()
	at, err := time.Parse(time.RFC3339Nano, q.Get("added"))
	if err != nil {
		return nil, errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	p := photo.Travelling{Board: room.ID(q.Get("board")), Person: q.Get("person"), Digest: q.Get("digest"), Added: at}
	err = h.Venues.Hang(r.Context(), key, p, r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		err = errs.New(errs.Invalid, "board.picture_other").Because(err)
	}
	return struct{}{}, err
}
