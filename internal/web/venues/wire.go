package venues

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/board/room"
	"transformateur/internal/platform/errs"
	"transformateur/internal/venue"
	"transformateur/internal/web/ui"
)

// maxBody bounds what a laptop sends at once, in bytes: a batch of the longest operations.
const maxBody = venue.MaxBatch * (40 << 10)

// Wire is what laptops speak to, each with its key: no cookie is read, and a key opens its
// own gathering alone.
type Wire struct{ Venues *venue.Service }

// Patterns are the addresses, with what answers them.
func (h *Wire) Patterns() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /venue/take":        h.answer(h.take),
		"GET /venue/boards/{id}":  h.answer(h.board),
		"POST /venue/guests":      h.answer(h.guests),
		"POST /venue/boards/{id}": h.answer(h.bring),
		"GET /venue/report":       h.answer(h.report),
		"GET /venue/pictures":     h.answer(h.album),
		"POST /venue/pictures":    h.answer(h.hang),

		"GET /venue/pictures/{digest}": h.picture,
	}
}

// refusal is what a laptop is told when something is not done.
type refusal struct {
	Key string `json:"key"`
}

// answer writes what a use case gives as JSON, or why it gives nothing.
func (h *Wire) answer(act func(r *http.Request, key string) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "application/json")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		out, err := act(r, keyOf(r))
		if err != nil {
			out = refuse(w, r, err)
		}
		if err := json.NewEncoder(w).Encode(out); err != nil {
			slog.DebugContext(r.Context(), "a venue hung up", "err", err)
		}
	}
}

// keyOf is the key that a laptop shows.
func keyOf(r *http.Request) string {
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return key
}

// refuse begins the answer to what is not done.
func refuse(w http.ResponseWriter, r *http.Request, err error) refusal {
	status := ui.StatusOf(err)
	if errs.Is(err, errs.Unauthenticated) {
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if status >= http.StatusInternalServerError {
		slog.ErrorContext(r.Context(), "a venue was not answered", "err", err)
	}
	w.WriteHeader(status)
	return refusal{errs.KeyOf(err)}
}

func (h *Wire) take(r *http.Request, key string) (any, error) {
	return h.Venues.Take(r.Context(), key)
}

func (h *Wire) board(r *http.Request, key string) (any, error) {
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		return nil, errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	return h.Venues.Content(r.Context(), key, room.ID(r.PathValue("id")), after)
}

// decode reads what a laptop sends.
func decode(r *http.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	return nil
}

func (h *Wire) guests(r *http.Request, key string) (any, error) {
	var in venue.Arrivals
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return h.Venues.Welcome(r.Context(), key, in)
}

func (h *Wire) bring(r *http.Request, key string) (any, error) {
	var in []venue.Carried
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return h.Venues.Bring(r.Context(), key, room.ID(r.PathValue("id")), in)
}

func (h *Wire) report(r *http.Request, key string) (any, error) {
	return h.Venues.Report(r.Context(), key)
}
