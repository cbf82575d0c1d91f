package boards

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// kitText is a kit with all that histories need: a silent phase, a frozen one, votes of every kind.
const kitText = `{"version":1,"id":"essai","title":{"fr":"Essai"},"layout":"columns",
"zones":[{"id":"a","title":{"fr":"A"}},{"id":"b","title":{"fr":"B"}},{"id":"c","title":{"fr":"C"}}],
"cards":[{"id":"note","title":{"fr":"Note"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"}},
 {"id":"level","type":"level","label":{"fr":"Niveau"},"choices":[{"id":"low","label":{"fr":"bas"}},{"id":"high","label":{"fr":"haut"}}]}]}],
"phases":[{"id":"open","title":{"fr":"Ouvert"},"votes":["dots","score","pairs"]},{"id":"silent","title":{"fr":"Silence"},"hidden":true},
 {"id":"vote","title":{"fr":"Vote"},"frozen":true,"votes":["dots","score","pairs"]},{"id":"sort","title":{"fr":"Tri"},"zones":["a","b"]}],
"votes":[{"id":"dots","title":{"fr":"Points"},"kind":"dots","budget":4,"most":2,"secret":true},
 {"id":"score","title":{"fr":"Notes"},"kind":"score","choices":[{"id":"one","label":{"fr":"1"}},{"id":"two","label":{"fr":"2"}},{"id":"three","label":{"fr":"3"}}]},
 {"id":"pairs","title":{"fr":"Paires"},"kind":"pairs"}]}`

// message is what the server says, as the wire has it.
type message struct {
	M       string                     `json:"m"`
	N       *int64                     `json:"n,omitempty"`
	S       int64                      `json:"s,omitempty"`
	Full    bool                       `json:"full,omitempty"`
	Now     int64                      `json:"now,omitempty"`
	Me      string                     `json:"me,omitempty"`
	Role    kit.Role                   `json:"role,omitempty"`
	People  map[string]any             `json:"people,omitempty"`
	Set     map[string]json.RawMessage `json:"set,omitempty"`
	Key     string                     `json:"key,omitempty"`
	Message string                     `json:"message,omitempty"`
	Late    bool                       `json:"late,omitempty"`
}

// sent is an operation as a browser sends it.
type sent struct {
	Seq int64 `json:"s"`
	board.Op
}

// item is what one client says in one round.
type item struct {
	Room   string   `json:"room"`
	Client string   `json:"client"`
	Person string   `json:"person"`
	Role   kit.Role `json:"role"`
	Enter  bool     `json:"enter"`
	After  int64    `json:"after"`
	Ops    []sent   `json:"ops"`
	Full   bool     `json:"full"`
}

// room is a board and what its clients have been told: the server at its simplest.
type room struct {
	state *board.State
	known map[string]map[int64]int64
	told  map[string]int64
	log   []string // what was taken and refused, to understand a fault
}

type server struct {
	mu    sync.Mutex
	kit   *kit.Kit
	rooms map[string]*room
}

var began = time.Date(2027, 3, 4, 9, 0, 0, 0, time.UTC)

func newServer(t *testing.T) (*server, string) {
	t.Helper()
	k, err := kit.Parse([]byte(kitText))
	if err != nil {
		t.Fatal(err)
	}
	s := &server{kit: k, rooms: map[string]*room{}}
	script := harness(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><title>harness</title><script type="module" src="/harness.js"></script>`))
	})
	mux.HandleFunc("GET /harness.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(script)
	})
	mux.HandleFunc("GET /kit", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(k.Encode()) })
	mux.HandleFunc("POST /step", s.step)
	httpServer := httptest.NewServer(mux)
	t.Cleanup(httpServer.Close)
	return s, httpServer.URL
}

// harness is the page's script: the clients of the board, and the network that tries them.
func harness(t *testing.T) []byte {
	t.Helper()
	out := api.Build(api.BuildOptions{EntryPoints: []string{"testdata/harness.ts"}, Bundle: true, Format: api.FormatESModule, Target: api.ES2022, Write: false})
	if len(out.Errors) > 0 {
		t.Fatal(out.Errors)
	}
	return out.OutputFiles[0].Contents
}

func (s *server) step(w http.ResponseWriter, r *http.Request) {
	var items []item
	if err := json.NewDecoder(r.Body).Decode(&items); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answers := make([][]message, len(items))
	for i, it := range items {
		answers[i] = s.answer(it)
	}
	_ = json.NewEncoder(w).Encode(answers)
}

func (s *server) answer(it item) []message {
	r := s.rooms[it.Room]
	if r == nil {
		r = &room{board.New(s.kit, "", began), map[string]map[int64]int64{}, map[string]int64{}, nil}
		s.rooms[it.Room] = r
	}
	if it.Full {
		return []message{{M: "set", N: new(int64), Set: r.everything()}}
	}
	out := []message{}
	if it.Enter {
		out = append(out, r.hello(it))
	}
	var acks []message
	for _, op := range it.Ops {
		acks = append(acks, r.take(it, op))
	}
	if keys := r.state.Keys(r.told[it.Client]); len(keys) > 0 && r.state.N > r.told[it.Client] {
		n := r.state.N
		out = append(out, message{M: "set", N: &n, Set: objects(r.state.Common(keys))})
		if mine := r.state.Own(it.Person, keys); len(mine) > 0 {
			out = append(out, message{M: "own", N: &n, Set: objects(mine)})
		}
		r.told[it.Client] = n
	}
	return append(out, acks...)
}

func (r *room) hello(it item) message {
	after := it.After
	if after > r.state.N || after < 0 {
		after = -1
	}
	keys := r.state.Keys(after)
	set := objects(r.state.Common(keys))
	maps.Copy(set, objects(r.state.Own(it.Person, keys)))
	n := r.state.N
	r.told[it.Client] = n
	return message{M: "hello", N: &n, Full: after < 0, Now: time.Now().UnixMilli(), Me: it.Person, Role: it.Role, People: map[string]any{}, Set: set}
}

// take applies an operation once, and acknowledges it as often as it comes.
func (r *room) take(it item, op sent) message {
	known := r.known[it.Client]
	if known == nil {
		known = map[int64]int64{}
		r.known[it.Client] = known
	}
	if n, again := known[op.Seq]; again {
		return message{M: "ack", S: op.Seq, N: &n}
	}
	e := board.Entry{N: r.state.N + 1, Client: it.Client, Seq: op.Seq, Person: it.Person, At: began.Add(time.Duration(r.state.N) * time.Second), Op: op.Op}
	err := board.Allowed(r.state, board.Actor{Person: it.Person, Role: it.Role}, op.Op)
	if err == nil {
		_, err = board.Apply(r.state, e)
	}
	r.log = append(r.log, fmt.Sprintf("%d %s %s/%d %s %s %s base %d %s %v", e.N, it.Person, it.Client[:4], op.Seq, op.Kind, op.Target, op.Field, op.Base, op.Value, err))
	if err != nil {
		return message{M: "no", S: op.Seq, Key: errs.KeyOf(err), Message: err.Error(), Late: board.Late(err)}
	}
	known[op.Seq] = e.N
	return message{M: "ack", S: op.Seq, N: &e.N}
}

// everything is what no person sees at once: hidden cards too.
func (r *room) everything() map[string]json.RawMessage {
	set := objects(r.state.Common(r.state.Keys(-1)))
	var authors []string
	for _, c := range r.state.Cards {
		authors = append(authors, c.By)
	}
	slices.Sort(authors)
	for _, person := range slices.Compact(authors) {
		for key, thing := range objects(r.state.Own(person, r.state.Keys(-1))) {
			if strings.HasPrefix(key, "c/") {
				set[key] = thing
			}
		}
	}
	return set
}

func objects(list []board.Object) map[string]json.RawMessage {
	set := make(map[string]json.RawMessage, len(list))
	for _, o := range list {
		set[o.Key] = o.JSON
	}
	return set
}
