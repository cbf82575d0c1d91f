package boards

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"transformateur/internal/board/room"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/live"
	"transformateur/internal/web/ui"
)

// Bounds of what a browser sends: the bytes of a message, and its operations.
const (
	maxMessage = 512 << 10
	maxOps     = 400
)

// sent is what a browser sends.
type sent struct {
	Client string      `json:"client,omitempty"`
	Ops    []room.Sent `json:"ops,omitempty"`
	Here   *room.Here  `json:"here,omitempty"`
	Ping   int         `json:"ping,omitempty"`
}

// enter lets who asks into the room of the board.
func (h *Handler) enter(r *http.Request) (*room.Listener, error) {
	if err := h.Rooms.May(r.Context(), ui.User(r), "board.read", id(r)); err != nil {
		return nil, err
	}
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		after = -1
	}
	return h.Rooms.Enter(r.Context(), ui.User(r), id(r), r.URL.Query().Get("client"), after)
}

// why says why an operation was refused, in the language of who asked.
func why(ctx context.Context) func(error) string {
	return func(err error) string { return ui.Sentence(ctx, err) }
}

// stream is the board as server-sent events, for networks that let no WebSocket
// through; operations then come by POST.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request) error {
	l, err := h.enter(r)
	if err != nil {
		return err
	}
	defer l.Leave()
	out, err := ui.OpenStream(w)
	if err != nil {
		return err
	}
	for {
		waiting, done := context.WithTimeout(r.Context(), patience)
		list, err := l.Next(waiting, why(r.Context()))
		done()
		if len(list) > 0 && out.Send("m", event(list)) != nil {
			return nil
		}
		if errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil {
			if out.Send("m", json.RawMessage(`{"m":"beat"}`)) != nil { // so that no proxy thinks it dead
				return nil
			}
			continue
		}
		if err != nil {
			return nil
		}
	}
}

// event is messages as one event: an array when there are several, which a browser
// takes in one go.
func event(list []live.Frame) any {
	if len(list) == 1 {
		return list[0].JSON()
	}
	all := make([]json.RawMessage, len(list))
	for i, f := range list {
		all[i] = f.JSON()
	}
	return all
}

// long is how long a request waits for something to tell.
const long = 20 * time.Second

// poll is the board for networks that hold streams back: what changed after a number,
// as soon as there is something.
func (h *Handler) poll(w http.ResponseWriter, r *http.Request) error {
	l, err := h.enter(r)
	if err != nil {
		return err
	}
	defer l.Leave()
	ctx, done := context.WithTimeout(r.Context(), long)
	defer done()
	messages := []json.RawMessage{}
	for quiet := true; quiet; {
		list, err := l.Next(ctx, why(r.Context()))
		for _, one := range list {
			messages = append(messages, one.JSON())
			quiet = quiet && empty(one.JSON())
		}
		if err != nil {
			break
		}
	}
	return ui.WriteJSON(w, http.StatusOK, map[string]any{"messages": messages})
}

// empty says whether a message tells nothing that a browser that asks again would miss:
// the greeting of somebody who has all that there is.
func empty(text []byte) bool {
	var m struct {
		M    string                     `json:"m"`
		Full bool                       `json:"full"`
		Set  map[string]json.RawMessage `json:"set"`
	}
	return json.Unmarshal(text, &m) == nil && (m.M == "hello" && !m.Full && len(m.Set) == 0 || m.M == "who" || m.M == "people")
}

// ops takes operations by POST, and answers with what became of each.
func (h *Handler) ops(w http.ResponseWriter, r *http.Request) error {
	if err := h.Rooms.May(r.Context(), ui.User(r), "board.write", id(r)); err != nil {
		return err
	}
	var m sent
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxMessage)).Decode(&m); err != nil || len(m.Ops) == 0 || len(m.Ops) > maxOps {
		return errs.New(errs.Invalid, "board.bad_op")
	}
	l, err := h.Rooms.Enter(r.Context(), ui.User(r), id(r), m.Client, room.Nothing)
	if err != nil {
		return err
	}
	defer l.Leave()
	if err := l.Send(r.Context(), m.Ops); err != nil {
		return errs.New(errs.Unavailable, "errs.unavailable").Because(err)
	}
	ctx, done := context.WithTimeout(r.Context(), long)
	defer done()
	answers := []json.RawMessage{}
	for left := len(m.Ops); left > 0; {
		list, err := l.Next(ctx, why(r.Context()))
		for _, one := range list {
			if answer(one.JSON()) {
				answers = append(answers, one.JSON())
				left--
			}
		}
		if err != nil && left > 0 {
			return errs.New(errs.Unavailable, "errs.unavailable").Because(err)
		}
	}
	return ui.WriteJSON(w, http.StatusOK, map[string]any{"messages": answers})
}

// answer says whether a message is what became of an operation.
func answer(text []byte) bool {
	var m struct {
		M string `json:"m"`
	}
	return json.Unmarshal(text, &m) == nil && (m.M == "ack" || m.M == "no")
}
