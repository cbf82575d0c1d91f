package ui

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Stream is an answer that goes on: server-sent events, as the HTML standard describes
// them (section 9.2).
type Stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// OpenStream begins one. It lasts as long as the request: no deadline ends it, nothing keeps
// a copy of it and no proxy holds it back.
func OpenStream(w http.ResponseWriter) (*Stream, error) {
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("open the stream: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	return &Stream{w, control}, nil
}

// Send sends an event at once, with its data in JSON. Error: whoever listened is gone.
func (s *Stream) Send(event string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, text); err != nil {
		return err
	}
	return s.control.Flush()
}
