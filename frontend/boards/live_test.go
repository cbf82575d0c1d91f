package boards

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/i18n"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/ui/boardview"
)

// policy is what the program says to browsers on every page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

// hall is a board that browsers open: the wire over a WebSocket, a stream or posts, and a
// network that a test can cut.
type hall struct {
	mu      sync.Mutex
	room    *room
	kit     *kit.Kit
	states  []map[string]json.RawMessage // what everybody saw after each operation
	tabs    map[*tab]bool
	here    map[string]string
	deaf    bool // whoever knocks is not answered
	sockets bool // WebSockets are let through
	calls   int
	url     string
	sent    [][]byte // pictures
}

// tab is one connection.
type tab struct {
	item
	out  chan []message
	gone context.CancelFunc
}

// people sit at every board of the tests: her role is in the address.
var people = map[string]any{
	"facilitator": map[string]string{"name": "Awa Diop", "role": "facilitator"},
	"team":        map[string]string{"name": "Rémi Garnier", "role": "team"},
	"peer":        map[string]string{"name": "Louise Petit", "role": "peer"},
	"reader":      map[string]string{"name": "Max Roy", "role": "reader"},
}

func newHall(t testing.TB, k *kit.Kit) *hall {
	t.Helper()
	variant := ""
	if all := k.Variants(); len(all) > 0 {
		variant = all[0]
	}
	h := &hall{kit: k, tabs: map[*tab]bool{}, here: map[string]string{}, sockets: true, room: &room{board.New(k, variant, began), map[string]map[int64]int64{}, map[string]int64{}, nil}}
	mux := http.NewServeMux()
	mux.Handle(assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /boards/b", h.page(variant))
	mux.HandleFunc("GET /boards/b/kit", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(k.Encode())
	})
	mux.HandleFunc("GET /boards/b/live", h.live)
	mux.HandleFunc("GET /boards/b/stream", h.stream)
	mux.HandleFunc("GET /boards/b/poll", h.poll)
	mux.HandleFunc("POST /boards/b/ops", h.ops)
	mux.HandleFunc("GET /boards/b/late", func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]any{"late": []int{1, 2}}) })
	mux.HandleFunc("POST /boards/b/call", func(w http.ResponseWriter, _ *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.calls++
		answer(w, map[string]any{})
	})
	mux.HandleFunc("GET /boards/b/history", h.history)
	h.pictures(mux)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		deaf := h.deaf
		h.mu.Unlock()
		if deaf && !strings.HasPrefix(r.URL.Path, assets.Prefix) {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		h.cut()
		s.Close()
	})
	h.url = s.URL
	return h
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// role is who a browser is: a cookie says it, as a sign-in would.
func role(r *http.Request) string {
	if c, err := r.Cookie("role"); err == nil {
		return c.Value
	}
	return "team"
}

func (h *hall) page(variant string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lang := i18n.FR
		if as := r.URL.Query().Get("as"); as != "" {
			http.SetCookie(w, &http.Cookie{Name: "role", Value: as, Path: "/"})
			r.AddCookie(&http.Cookie{Name: "role", Value: as})
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		says := html.EscapeString(boardview.Says(i18n.With(r.Context(), lang)))
		fmt.Fprintf(w, `<!doctype html><html lang="fr" class="wide"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>%s</title>
<link rel="stylesheet" href="%s"><script type="module" src="%s"></script></head><body class="wide"><main class="inner" id="main"><h1>%s</h1>
<live-board data-board="b" data-lang="fr" data-me="%s" data-variant="%s" data-code="/code" data-pictures="/boards/b/pictures" data-paper="%s" data-says="%s"><p>Sans script.</p></live-board></main></body></html>`,
			h.kit.Title.In("fr"), assets.Path("app.css"), assets.Path("board.js"), html.EscapeString(h.kit.Title.In("fr")), r.URL.Query().Get("as"), variant, html.EscapeString(r.URL.Query().Get("paper")), says)
	}
}

// enter lets a browser in, and tells it what there is.
func (h *hall) enter(r *http.Request) (*tab, context.Context) {
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		after = -1
	}
	ctx, gone := context.WithCancel(r.Context())
	t := &tab{item{Client: r.URL.Query().Get("client"), Person: role(r), Role: kit.Role(role(r)), After: after}, make(chan []message, 1000), gone}
	h.mu.Lock()
	defer h.mu.Unlock()
	hello := h.room.hello(t.item)
	hello.People = people
	t.out <- []message{hello}
	h.tabs[t] = true
	return t, ctx
}

func (h *hall) leave(t *tab) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.tabs, t)
	delete(h.here, t.Person)
}

// take applies operations, tells everybody, and gives their author what became of each.
func (h *hall) take(it item) (answers []message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.room.state.N
	for _, op := range it.Ops {
		answers = append(answers, h.room.take(it, op))
		h.states = append(h.states, objects(h.room.state.Common(h.room.state.Keys(-1))))
	}
	if h.room.state.N == before {
		return answers
	}
	n, keys := h.room.state.N, h.room.state.Keys(before)
	for t := range h.tabs {
		list := []message{{M: "set", N: &n, Set: objects(h.room.state.Common(keys))}}
		if mine := h.room.state.Own(t.Person, keys); len(mine) > 0 {
			list = append(list, message{M: "own", N: &n, Set: objects(mine)})
		}
		t.out <- list
	}
	return answers
}

// does is somebody doing something elsewhere.
func (h *hall) does(person string, seq int64, op board.Op) message {
	return h.take(item{Client: "elsewhere" + person, Person: person, Role: kit.Role(person), Ops: []sent{{seq, op}}})[0]
}

// cut ends every connection.
func (h *hall) cut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for t := range h.tabs {
		t.gone()
	}
}

func (h *hall) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

func (h *hall) live(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	allowed := h.sockets
	h.mu.Unlock()
	if !allowed {
		http.Error(w, "no upgrade here", http.StatusBadRequest)
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	t, ctx := h.enter(r)
	defer h.leave(t)
	go func() {
		defer t.gone()
		for {
			_, text, err := conn.Read(ctx)
			if err != nil {
				return
			}
			h.heard(t, text)
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case list := <-t.out:
			var lines []string
			for _, m := range list {
				text, _ := json.Marshal(m)
				lines = append(lines, string(text))
			}
			if conn.Write(ctx, websocket.MessageText, []byte(strings.Join(lines, "\n"))) != nil {
				return
			}
		}
	}
}

func (h *hall) heard(t *tab, text []byte) {
	var m struct {
		Ops  []sent            `json:"ops"`
		Here map[string]string `json:"here"`
		Ping int               `json:"ping"`
	}
	if json.Unmarshal(text, &m) != nil {
		t.gone()
		return
	}
	if m.Ping != 0 {
		t.out <- []message{{M: "pong", Now: time.Now().UnixMilli()}}
	}
	if len(m.Ops) > 0 {
		it := t.item
		it.Ops = m.Ops
		t.out <- h.take(it)
	}
}

func (h *hall) stream(w http.ResponseWriter, r *http.Request) {
	t, ctx := h.enter(r)
	defer h.leave(t)
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		select {
		case <-ctx.Done():
			return
		case list := <-t.out:
			for _, m := range list {
				text, _ := json.Marshal(m)
				fmt.Fprintf(w, "event: m\ndata: %s\n\n", text)
			}
			w.(http.Flusher).Flush()
		}
	}
}

func (h *hall) poll(w http.ResponseWriter, r *http.Request) {
	t, ctx := h.enter(r)
	defer h.leave(t)
	out := <-t.out
	if !out[0].Full && len(out[0].Set) == 0 {
		select {
		case <-ctx.Done():
		case more := <-t.out:
			out = append(out, more...)
		case <-time.After(2 * time.Second):
		}
	}
	answer(w, map[string]any{"messages": out})
}

func (h *hall) ops(w http.ResponseWriter, r *http.Request) {
	var it item
	text, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(text, &it) != nil || len(it.Ops) == 0 {
		http.Error(w, "bad", http.StatusUnprocessableEntity)
		return
	}
	it.Person, it.Role = role(r), kit.Role(role(r))
	answer(w, map[string]any{"messages": h.take(it)})
}

func (h *hall) history(w http.ResponseWriter, r *http.Request) {
	at, _ := strconv.Atoi(r.URL.Query().Get("at"))
	h.mu.Lock()
	defer h.mu.Unlock()
	at = min(max(at, 1), len(h.states))
	answer(w, map[string]any{"n": at, "last": len(h.states), "set": maps.Clone(h.states[at-1])})
}
