package room

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

const small = `{"version":1,"id":"small","title":{"fr":"Petit"},"layout":"columns",
 "zones":[{"id":"ideas","title":{"fr":"Idées"}}],
 "cards":[{"id":"note","title":{"fr":"Note"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"}}]}],
 "phases":[{"id":"talk","title":{"fr":"Discussion"}},{"id":"silent","title":{"fr":"Silence"},"hidden":true},{"id":"still","title":{"fr":"Arrêt"},"frozen":true}]}`

// chairs are the seats of a gathering that a test sets up.
type chairs struct {
	mu    sync.Mutex
	seats map[string]Seat // by person, who signs in under the same name
}

func (c *chairs) Seat(_ context.Context, _ db.Reader, _ Board, by account.User) (Seat, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, there := c.seats[string(by.ID)]
	if !there {
		return s, errs.New(errs.NotFound, "errs.not_found")
	}
	return s, nil
}

func (c *chairs) Alive(ctx context.Context, r db.Reader, b Board) (func(string) (Seat, bool), error) {
	seats, err := c.People(ctx, r, b)
	return func(login string) (Seat, bool) { s, there := seats[login]; return s, there }, err
}

func (c *chairs) People(context.Context, db.Reader, Board) (map[string]Seat, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.seats), nil
}

func (c *chairs) leave(person string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.seats, person)
}

// hall is a service with a board and people.
type hall struct {
	t      *testing.T
	db     *db.DB
	chairs *chairs
	s      *Service
	id     ID
}

func newHall(t *testing.T, d *db.DB) *hall {
	t.Helper()
	h := &hall{t: t, db: d, chairs: &chairs{seats: map[string]Seat{}}}
	for who, role := range map[string]kit.Role{"ana": kit.Peer, "gus": kit.Peer, "fan": kit.Facilitator, "ron": kit.Reader} {
		h.chairs.seats[who] = Seat{Participant: "p-" + who, Name: strings.ToUpper(who), Role: role}
	}
	h.s = h.node()
	k, err := kit.Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		b, err := h.s.Make(t.Context(), tx, account.System, Board{Gathering: "g", Title: "Un atelier"}, k)
		h.id = b.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// node is one more program on the same database.
func (h *hall) node() *Service {
	s := New(Deps{DB: h.db, Clock: clock.System{}, Seats: h.chairs})
	h.t.Cleanup(s.Close)
	return s
}

// seat is somebody on the board, as her browser would be.
type seat struct {
	h      *hall
	l      *Listener
	got    chan map[string]any
	closed chan error
}

func (h *hall) enter(s *Service, who, client string, after int64) *seat {
	h.t.Helper()
	l, err := s.Enter(h.t.Context(), account.User{ID: account.PersonID(who), LoginID: who}, h.id, client, after)
	if err != nil {
		h.t.Fatal(err)
	}
	p := &seat{h: h, l: l, got: make(chan map[string]any, 10000), closed: make(chan error, 1)}
	go func() {
		for {
			list, err := l.Next(context.Background(), func(err error) string { return errs.KeyOf(err) })
			for _, text := range list {
				var m map[string]any
				json.Unmarshal(text.JSON(), &m)
				p.got <- m
			}
			if err != nil {
				p.closed <- err
				return
			}
		}
	}()
	return p
}

// hears waits for a message that says some words, and gives all that came before it.
func (p *seat) hears(words ...string) (all []string) {
	p.h.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case m := <-p.got:
			text, _ := json.Marshal(m)
			all = append(all, string(text))
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(string(text), w) }) {
				return all
			}
		case <-limit:
			p.h.t.Fatalf("%q never came; heard: %s", words, strings.Join(all, "\n"))
		}
	}
}

func (p *seat) sends(seq int64, o board.Op) {
	p.h.t.Helper()
	if err := p.l.Send(p.h.t.Context(), []Sent{{seq, o}}); err != nil {
		p.h.t.Fatal(err)
	}
}

func note(id, text string) board.Op {
	value, _ := json.Marshal(map[string]any{"type": "note", "zone": "ideas", "order": "V", "fields": map[string]string{"text": text}})
	return board.Op{Kind: "card.add", Target: id, Value: value}
}

func write(id, text string, base int64) board.Op {
	value, _ := json.Marshal(text)
	return board.Op{Kind: "card.set", Target: id, Field: "text", Base: base, Value: value}
}

const (
	first  = "firstcardofall"
	second = "secondcardhere"
	ofAna  = "clientofana0"
	ofGus  = "clientofgus0"
	ofFan  = "clientoffan0"
)

func TestAcknowledgedIsOnDiskAndTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ana, gus := h.enter(h.s, "ana", ofAna, -1), h.enter(h.s, "gus", ofGus, -1)
		ana.hears(`"hello"`, `"full":true`, `"role":"peer"`)
		gus.hears(`"hello"`)
		ana.sends(1, note(first, "Bonjour"))
		ana.hears(`"ack"`, `"s":1`, `"n":1`)
		state, _, err := Replay(t.Context(), d.Reader(), h.id, 0)
		if err != nil || state.N != 1 || state.Cards[first] == nil {
			t.Fatalf("acknowledged and not on disk: %v %v", state, err)
		}
		gus.hears(`"set"`, "Bonjour")
		ana.sends(1, note(first, "Bonjour")) // the answer had been lost
		ana.hears(`"ack"`, `"s":1`, `"n":1`)
		gus.sends(1, board.Op{Kind: "undo"})
		gus.hears(`"no"`, "board.nothing_to_undo")
		ana.sends(2, write(first, "Bonsoir", 1))
		ana.hears(`"set"`, "Bonsoir")
		ana.sends(3, board.Op{Kind: "undo"})
		ana.hears(`"set"`, "Bonjour")
		ana.sends(4, board.Op{Kind: "undo"})
		gus.hears(`"removed":true`)
	})
}

func TestRestartAndReturn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ana := h.enter(h.s, "ana", ofAna, -1)
		for i := range int64(every + 20) { // more than a snapshot
			ana.sends(i+1, map[bool]board.Op{true: note(first, "Un"), false: write(first, fmt.Sprint("Texte ", i), i)}[i == 0])
		}
		ana.hears(`"ack"`, fmt.Sprintf(`"s":%d}`, every+20))
		h.s.Close()
		if err := <-ana.closed; !errors.Is(err, io.EOF) {
			t.Errorf("%v", err)
		}
		h.s = h.node()
		back := h.enter(h.s, "ana", ofAna, every)
		heard := back.hears(`"hello"`, `"c/`+first)
		if text := heard[len(heard)-1]; strings.Contains(text, `"full"`) || strings.Contains(text, `"desk"`) || !strings.Contains(text, fmt.Sprint("Texte ", every+19)) {
			t.Errorf("told more or less than what changed: %s", text)
		}
		back.sends(every+20, write(first, "Encore", 0))
		back.hears(`"ack"`, fmt.Sprintf(`"n":%d`, every+20))
		back.sends(every+21, board.Op{Kind: "undo"})
		back.hears(`"set"`, fmt.Sprint("Texte ", every+18))
		at, _, err := Replay(t.Context(), d.Reader(), h.id, 10)
		if err != nil || at.N != 10 || string(at.Cards[first].Fields["text"].V) != `"Texte 9"` {
			t.Errorf("the board as it was: %v %v", at.Cards[first].Fields["text"], err)
		}
	})
}

func TestATextIsWrittenOneWay(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	ana := h.enter(h.s, "ana", ofAna, -1)
	ana.sends(1, note(first, ""))
	ana.sends(2, board.Op{Kind: "card.set", Target: first, Field: "text", Base: 1, Value: json.RawMessage(`  "un < deux" `)})
	ana.hears(`"ack"`, `"s":2`)
	h.s.Close()
	h.s = h.node()
	gus := h.enter(h.s, "gus", ofGus, -1)
	gus.sends(1, board.Op{Kind: "card.set", Target: first, Field: "text", Base: 1, Value: json.RawMessage(`"un < deux"`)})
	gus.hears(`"ack"`, `"n":3`)
	state, _, err := Replay(t.Context(), h.db.Reader(), h.id, 0)
	if err != nil || len(state.Cards[first].Fields["text"].Alts) != 0 {
		t.Errorf("the same text became two: %v %v", state.Cards[first].Fields["text"], err)
	}
}

func TestSilenceOnTheWire(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	ana, gus, fan := h.enter(h.s, "ana", ofAna, -1), h.enter(h.s, "gus", ofGus, -1), h.enter(h.s, "fan", ofFan, -1)
	fan.sends(1, board.Op{Kind: "phase.set", Target: "silent"})
	fan.hears(`"ack"`)
	ana.sends(1, note(first, "Un secret"))
	ana.hears(`"own"`, "Un secret")
	fan.sends(2, board.Op{Kind: "phase.set", Target: "silent"})
	fan.hears(`"ack"`, `"s":2`)
	late := h.enter(h.s, "gus", "anotherofgus", -1)
	for _, text := range append(gus.hears(`"n":3`), late.hears(`"hello"`)...) {
		if strings.Contains(text, "secret") {
			t.Errorf("what is written in silence left the server: %s", text)
		}
	}
	fan.sends(3, board.Op{Kind: "phase.set", Target: "talk"})
	gus.hears(`"set"`, "Un secret")
}

func TestLateWorkIsPutAside(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ana, fan := h.enter(h.s, "ana", ofAna, -1), h.enter(h.s, "fan", ofFan, -1)
		fan.sends(1, board.Op{Kind: "phase.set", Target: "still"})
		fan.hears(`"ack"`)
		ana.sends(1, note(first, "Trop tard"))
		ana.hears(`"no"`, "board.frozen", `"late":true`)
		ana.sends(1, note(first, "Trop tard"))
		ana.hears(`"no"`, "board.frozen")
		kept, err := db.List(t.Context(), d.Reader(), db.Value[string], `select op from board_late where board_id = $1`, string(h.id))
		if err != nil || len(kept) != 1 || !strings.Contains(kept[0], "Trop tard") {
			t.Errorf("%v %v", kept, err)
		}
		late, err := db.Get(t.Context(), d.Reader(), scanLate, `select `+lateColumns+` from board_late where board_id = $1`, string(h.id))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the facilitator pressed twice
			if !ana.l.room.ask(t.Context(), func(r *Room) { err = r.takeIn(late) }) || err != nil {
				t.Fatal(err)
			}
		}
		fan.hears(`"set"`, "Trop tard", `"by":"p-ana"`)
		ana.sends(1, note(first, "Trop tard"))
		ana.hears(`"ack"`, `"s":1`, `"n":2`)
	})
}

func TestWhoLosesHerSeatIsCut(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	ana := h.enter(h.s, "ana", ofAna, -1)
	ana.hears(`"hello"`)
	h.chairs.leave("ana")
	ana.hears(`"end"`, "board.left")
	if err := <-ana.closed; !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if _, err := h.s.Enter(t.Context(), account.User{ID: "ana"}, h.id, ofAna, -1); !errs.Is(err, errs.NotFound) {
		t.Errorf("she comes back: %v", err)
	}
}

func TestSlowReaderIsCaughtUp(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	slow, err := h.s.Enter(t.Context(), account.User{ID: "gus", LoginID: "gus"}, h.id, ofGus, -1)
	if err != nil {
		t.Fatal(err)
	}
	ana := h.enter(h.s, "ana", ofAna, -1)
	ana.sends(1, note(first, "Un"))
	for i := range int64(100) {
		ana.sends(i+2, write(first, fmt.Sprint(i), i))
		ana.hears(`"ack"`, fmt.Sprintf(`"s":%d}`, i+2))
	}
	list, err := slow.Next(t.Context(), errs.KeyOf)
	if err != nil || len(list) != 1 || string(list[0].JSON()) != `{"m":"gap"}` {
		t.Fatalf("%d frames, %v", len(list), err)
	}
	slow.Leave()
	h.enter(h.s, "gus", ofGus, 0).hears(`"hello"`, `"99"`)
}

func TestTwoNodes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ana, gus := h.enter(h.s, "ana", ofAna, -1), h.enter(h.node(), "gus", ofGus, -1)
		ana.sends(1, note(first, "Ici"))
		ana.hears(`"ack"`)
		gus.sends(1, note(second, "Là"))
		gus.hears(`"ack"`, `"n":2`)
		ana.hears("Là")
		for i := range int64(20) {
			ana.sends(i+2, write(first, fmt.Sprint("a", i), 100+i))
			gus.sends(i+2, write(second, fmt.Sprint("g", i), 100+i))
		}
		ana.hears("g19")
		gus.hears("a19")
		state, _, err := Replay(t.Context(), d.Reader(), h.id, 0)
		if err != nil || state.N != 42 {
			t.Errorf("%v %v", state.N, err)
		}
	})
}

func TestPresence(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	ana, gus := h.enter(h.s, "ana", ofAna, -1), h.enter(h.s, "gus", ofGus, -1)
	gus.l.Move("c/"+first, "text")
	ana.hears(`"who"`, `"p":"p-gus"`, `"f":"text"`)
	gus.l.Leave()
	ana.hears(`"who":[{"p":"p-ana"}]`)
}
