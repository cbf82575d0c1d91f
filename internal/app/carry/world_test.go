package carry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/app/carry"
	"transformateur/internal/board"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// workshop is the kit of the boards that travel.
const workshop = `{"version":1,"id":"atelier","title":{"fr":"Atelier"},"layout":"columns",
 "zones":[{"id":"a","title":{"fr":"À faire"}},{"id":"b","title":{"fr":"Fait"}}],
 "cards":[{"id":"note","title":{"fr":"Note"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"}},{"id":"size","type":"choice","label":{"fr":"Taille"},"choices":[{"id":"s","label":{"fr":"Petit"}},{"id":"l","label":{"fr":"Grand"}}]}]}],
 "phases":[{"id":"talk","title":{"fr":"Discussion"},"votes":["dots"]},{"id":"still","title":{"fr":"Arrêt"},"frozen":true}],
 "votes":[{"id":"dots","title":{"fr":"Gommettes"},"kind":"dots","budget":4}]}`

// people are how many have a seat; the first one facilitates.
const people = 5

// link is a home that is reached through a link which may be cut after so many bytes.
type link struct {
	mu    sync.Mutex
	left  int // bytes before the cut; negative: none
	cuts  int
	front net.Listener
}

// severed is a connection that a cut ends for both sides.
type severed struct {
	net.Conn
	l *link
}

func (c severed) spend(n int) error {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	if c.l.left < 0 {
		return nil
	}
	if c.l.left -= n; c.l.left <= 0 {
		c.l.left = 0
		c.l.cuts++
		c.Conn.Close()
		return errors.New("the link is cut")
	}
	return nil
}

func (c severed) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if cut := c.spend(n); cut != nil {
		return 0, cut
	}
	return n, err
}

func (c severed) Write(b []byte) (int, error) {
	if len(b) > 700 { // a cut falls in the middle of an answer too
		n, err := c.Write(b[:700])
		if err != nil {
			return n, err
		}
		m, err := c.Write(b[700:])
		return n + m, err
	}
	if cut := c.spend(len(b)); cut != nil {
		return 0, cut
	}
	return c.Conn.Write(b)
}

func (l *link) Accept() (net.Conn, error) {
	conn, err := l.front.Accept()
	return severed{conn, l}, err
}
func (l *link) Close() error   { return l.front.Close() }
func (l *link) Addr() net.Addr { return l.front.Addr() }

// cutAfter has the link fail after so many bytes; a negative number mends it.
func (l *link) cutAfter(bytes int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = bytes
}

// world is a home and a laptop.
type world struct {
	t            *testing.T
	ctx          context.Context
	home, laptop *app.App
	link         *link
	carry        *carry.Link
	gathering    gathering.ID
	key          string
	boards       []room.ID
}

func start(t *testing.T, venue bool) *app.App {
	t.Helper()
	a, err := app.New(context.Background(), config.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", LogLevel: "error", Venue: venue}, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func newWorld(t *testing.T, boards int) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), home: start(t, false), laptop: start(t, true), gathering: "session"}
	now := clock.System{}.Now()
	if _, err := boardtest.Hall(w.ctx, w.home.DB, w.home.Boards, now, people, 0); err != nil {
		t.Fatal(err)
	}
	k, err := kit.Parse([]byte(workshop))
	if err != nil {
		t.Fatal(err)
	}
	err = w.home.DB.Write(w.ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(w.ctx, `update participants set role = 'facilitator' where id = $1`, w.seat(0)); err != nil {
			return err
		}
		if _, err := tx.Exec(w.ctx, `update relations set relation = 'facilitator' where subject_id = $1`, w.person(0)); err != nil {
			return err
		}
		for n := range boards {
			b, err := w.home.Boards.Make(w.ctx, tx, account.System, room.Board{Gathering: "session", Title: fmt.Sprint("Plateau ", n)}, k)
			if err != nil {
				return err
			}
			w.boards = append(w.boards, b.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.link = &link{left: -1, front: front}
	server := httptest.NewUnstartedServer(w.home.Handler())
	server.Listener.Close()
	server.Listener = w.link
	server.Start()
	t.Cleanup(server.Close)
	_, w.key, err = w.home.Venues.Make(w.ctx, w.user(w.home, 0), "session", "Portable")
	if err != nil {
		t.Fatal(err)
	}
	w.carry = &carry.Link{From: "http://" + front.Addr().String(), Key: w.key, Venues: w.laptop.Venues, Client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	return w
}

func (w *world) person(n int) string { return fmt.Sprintf("person%014d", n) }
func (w *world) seat(n int) string   { return "seat-" + w.person(n) }

// user is a person signed in at home.
func (w *world) user(a *app.App, n int) account.User {
	w.t.Helper()
	u, err := a.Accounts.Authenticate(w.ctx, boardtest.Token(n))
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// take takes the gathering along over a whole link, and signs everybody in there.
func (w *world) take() []account.User {
	w.t.Helper()
	w.link.cutAfter(-1)
	if _, err := w.carry.Take(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	slips, err := w.laptop.Venues.Draw(w.ctx, false, "")
	if err != nil || len(slips) != people {
		w.t.Fatalf("%d slips: %v", len(slips), err)
	}
	var users []account.User
	for _, s := range slips {
		token, _, err := w.laptop.Venues.Enter(w.ctx, account.User{}, s.Code, "test", "192.0.2.1")
		if err != nil {
			w.t.Fatal(err)
		}
		u, err := w.laptop.Accounts.Authenticate(w.ctx, token)
		if err != nil {
			w.t.Fatal(err)
		}
		users = append(users, u)
	}
	return users
}

// tab is a browser on a board of one side.
type tab struct {
	w      *world
	a      *app.App
	user   account.User
	board  room.ID
	client string
	seq    int64
	l      *room.Listener
}

func (w *world) tab(a *app.App, u account.User, b room.ID, client string) *tab {
	return &tab{w: w, a: a, user: u, board: b, client: client}
}

// do does an operation as a browser does: until it is answered, with the same identity.
func (b *tab) do(op board.Op) error {
	b.w.t.Helper()
	b.seq++
	return b.again(b.seq, op)
}

func (b *tab) again(seq int64, op board.Op) error {
	b.w.t.Helper()
	for range 200 {
		if b.l == nil {
			l, err := b.a.Boards.Enter(b.w.ctx, b.user, b.board, b.client, room.Nothing)
			if err != nil {
				b.w.t.Fatalf("%s does not come in: %v", b.user.ID, err)
			}
			b.l = l
		}
		refused, err := b.l.Do(b.w.ctx, []room.Sent{{Seq: seq, Op: op}})
		if err == nil {
			return refused[0]
		}
		if !errs.Is(err, errs.Unavailable) {
			b.w.t.Fatal(err)
		}
		b.l.Leave()
		b.l = nil
		time.Sleep(time.Millisecond)
	}
	b.w.t.Fatalf("an operation of %s is not answered", b.client)
	return nil
}

func (w *world) state(a *app.App, id room.ID) *board.State {
	w.t.Helper()
	s, _, err := room.Replay(w.ctx, a.DB.Reader(), id, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// plain is a state without its numbers, which differ on the two sides.
func plain(t *testing.T, s *board.State) string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var all any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	strip(all)
	text, err = json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func strip(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"n", "moved", "gone", "base"} {
			delete(v, name)
		}
		for _, one := range v {
			strip(one)
		}
	case []any:
		for _, one := range v {
			strip(one)
		}
	}
}

func quoted(s string) json.RawMessage {
	text, _ := json.Marshal(s)
	return text
}

func added(text string) json.RawMessage {
	v, _ := json.Marshal(board.Added{Type: "note", Fields: map[string]json.RawMessage{"text": quoted(text)}, Place: board.Place{Zone: "a", Order: "V"}})
	return v
}

func draw(r *rand.Rand, prefix string) string {
	out := []byte(prefix)
	for len(out) < 20 {
		out = append(out, "abcdefghijklmnopqrstuvwxyz0123456789"[r.IntN(36)])
	}
	return string(out)
}

func (w *world) visitor() account.User { return account.User{} }

// lead is who facilitates, on the laptop.
func (w *world) lead() account.User { return account.User{ID: account.PersonID(w.person(0))} }
