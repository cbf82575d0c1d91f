package carry_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"

	"transformateur/internal/app"
	"transformateur/internal/board"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/errs"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	os.Exit(m.Run())
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// same fails when both sides do not have the same board.
func (w *world) same(id room.ID) {
	w.t.Helper()
	home, laptop := plain(w.t, w.state(w.home, id)), plain(w.t, w.state(w.laptop, id))
	if home != laptop {
		w.t.Errorf("board %s differs\nhome   %s\nlaptop %s", id, home, laptop)
	}
}

// texts are the versions of the text of a card, the first one first.
func (w *world) texts(a *app.App, id room.ID, card string) (out []string) {
	w.t.Helper()
	c := w.state(a, id).Cards[card]
	if c == nil || c.Fields["text"] == nil {
		return nil
	}
	all := []json.RawMessage{c.Fields["text"].V}
	for _, alt := range c.Fields["text"].Alts {
		all = append(all, alt.V)
	}
	for _, one := range all {
		var text string
		json.Unmarshal(one, &text)
		out = append(out, text)
	}
	return out
}

const shared = "cardofeverybody00000"

// TestTextsOfBothSides tells what becomes of one text that is written at home and at the
// venue while they do not see each other.
func TestTextsOfBothSides(t *testing.T) {
	set := func(b *tab, base int64, text string) {
		t.Helper()
		b.w.must(b.do(board.Op{Kind: "card.set", Target: shared, Field: "text", Base: base, Value: quoted(text)}))
	}
	for _, c := range []struct {
		name  string
		write func(w *world, home, there, other *tab, n int64)
		want  string
		twice int
	}{
		{"only at the venue", func(w *world, home, there, other *tab, n int64) { set(there, n, "lande") }, "lande", 0},
		{"only at home", func(w *world, home, there, other *tab, n int64) { set(home, n, "mer") }, "mer", 0},
		{"at both", func(w *world, home, there, other *tab, n int64) { set(home, n, "mer"); set(there, n, "lande") }, "mer lande", 1},
		{"at both, then again at the venue by who had seen the first", func(w *world, home, there, other *tab, n int64) {
			set(home, n, "mer")
			set(there, n, "lande")
			set(other, n+1, "lande verte")
		}, "mer lande lande verte", 2},
		{"at home, unseen, before something else was written at the venue", func(w *world, home, there, other *tab, n int64) {
			set(home, n, "mer")
			w.must(there.do(board.Op{Kind: "card.add", Target: "anothercard000000000", Base: n, Value: added("ailleurs")}))
			set(other, n+1, "lande")
		}, "mer lande", 1},
		{"twice by one browser at the venue", func(w *world, home, there, other *tab, n int64) {
			set(home, n, "mer")
			set(there, n, "lan")
			set(there, n, "lande")
		}, "mer lande", 1},
		{"undone at the venue", func(w *world, home, there, other *tab, n int64) {
			set(home, n, "mer")
			set(there, n, "lande")
			w.must(there.do(board.Op{Kind: "undo"}))
		}, "mer", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			id := w.boards[0]
			home := w.tab(w.home, w.user(w.home, 1), id, "homebrowser000000001")
			w.must(home.do(board.Op{Kind: "card.add", Target: shared, Value: added("dune")}))
			users := w.take()
			there := w.tab(w.laptop, users[2], id, "venuebrowser00000001")
			other := w.tab(w.laptop, users[3], id, "venuebrowser00000002")
			c.write(w, home, there, other, w.state(w.laptop, id).N)
			if _, err := w.carry.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.same(id)
			if got := strings.Join(w.texts(w.home, id, shared), " "); got != c.want {
				t.Errorf("the card says %q, want %q", got, c.want)
			}
			if p, err := w.carry.Report(t.Context()); err != nil || p.Twice != c.twice || p.Brought != int(there.seq+other.seq) {
				t.Errorf("report %+v, %v", p, err)
			}
		})
	}
}

// TestWhatHomeRefuses tells that nothing that was written is lost when home does not take it.
func TestWhatHomeRefuses(t *testing.T) {
	w := newWorld(t, 3)
	frozen, closed, left := w.boards[0], w.boards[1], w.boards[2]
	lead := w.user(w.home, 0)
	users := w.take()
	w.must(w.tab(w.home, lead, frozen, "homebrowser000000001").do(board.Op{Kind: "phase.set", Target: "still"}))
	w.must(w.home.Boards.End(t.Context(), lead, closed))
	w.must(w.home.Gatherings.Remove(t.Context(), lead, w.gathering, w.seat(3)))
	add := func(who int, id room.ID, card, client, text string) {
		w.must(w.tab(w.laptop, users[who], id, client).do(board.Op{Kind: "card.add", Target: card, Value: added(text)}))
	}
	add(1, frozen, "cardonefrozen0000000", "venuebrowser00000001", "trop tard")
	add(2, closed, "cardoneclosed0000000", "venuebrowser00000002", "plateau clos")
	add(3, left, "cardoneleft000000000", "venuebrowser00000003", "plus de place")
	add(1, left, "cardonekept000000000", "venuebrowser00000004", "reprise")
	for range 3 { // again and again changes nothing
		if _, err := w.carry.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.carry.Report(t.Context())
	if err != nil || p.Brought != 4 || p.Merged != 1 || p.Late != 2 || p.Refused != 1 {
		t.Fatalf("report %+v, %v", p, err)
	}
	said := map[string]string{}
	for _, l := range p.Left {
		said[l.Text] = l.Why
	}
	for text, why := range map[string]string{"trop tard": "board.frozen", "plateau clos": "board.closed", "plus de place": "board.left"} {
		if said[text] != why {
			t.Errorf("%q was left for %q, want %q", text, said[text], why)
		}
	}
	if _, late, err := w.home.Boards.Late(t.Context(), lead, frozen); err != nil || len(late) != 1 || late[0].Person != w.seat(1) {
		t.Errorf("the tray holds %+v, %v", late, err)
	}
	for _, id := range w.boards {
		w.same(id)
	}
}

// TestGuestsOfTheVenue tells that who came in on the spot is a guest at home.
func TestGuestsOfTheVenue(t *testing.T) {
	w := newWorld(t, 1)
	w.take()
	in, err := w.laptop.Gatherings.Join(t.Context(), w.visitor(), gathering.Coming{Code: "CODECODE", Name: "Maëlle Guérin", Lang: "fr", Device: "test", IP: "192.0.2.7"})
	if errs.Is(err, errs.NotFound) { // the hall's code is no code that somebody types
		w.must(w.laptop.Gatherings.Renew(t.Context(), w.lead(), w.gathering))
		_, code, err2 := w.laptop.Gatherings.Code(t.Context(), w.lead(), w.gathering)
		w.must(err2)
		in, err = w.laptop.Gatherings.Join(t.Context(), w.visitor(), gathering.Coming{Code: code, Name: "Maëlle Guérin", Lang: "fr", Device: "test", IP: "192.0.2.7"})
	}
	w.must(err)
	guest, err := w.laptop.Accounts.Authenticate(t.Context(), in.Token)
	w.must(err)
	w.must(w.tab(w.laptop, guest, w.boards[0], "venuebrowser00000001").do(board.Op{Kind: "card.add", Target: shared, Value: added("de passage")}))
	first, err := w.carry.Bring(t.Context())
	if err != nil || first.Guests != 1 || first.Brought != 1 {
		t.Fatalf("brought %+v, %v", first, err)
	}
	if again, err := w.carry.Sync(t.Context()); err != nil || again.Guests != 0 || again.Brought != 0 {
		t.Fatalf("brought again %+v, %v", again, err)
	}
	w.same(w.boards[0])
	seat, err := gathering.Seat(t.Context(), w.home.DB.Reader(), w.gathering, guest.ID)
	if err != nil || seat.Name != "Maëlle Guérin" || seat.Role != gathering.Guest {
		t.Errorf("at home she is %+v, %v", seat, err)
	}
	if c := w.state(w.home, w.boards[0]).Cards[shared]; c.By != seat.ID {
		t.Errorf("her card is of %s, not of %s", c.By, seat.ID)
	}
	if p, err := w.carry.Report(t.Context()); err != nil || p.Guests != 1 || p.Merged != 1 {
		t.Errorf("report %+v, %v", p, err)
	}
}

// TestKeys tells what a key opens, and until when.
func TestKeys(t *testing.T) {
	w := newWorld(t, 1)
	wrong := *w.carry
	wrong.Key = "tfv_wrong"
	if _, err := wrong.Take(t.Context()); errs.KeyOf(err) != "venue.key_unknown" {
		t.Errorf("a wrong key: %v", err)
	}
	users := w.take()
	w.must(w.tab(w.laptop, users[1], w.boards[0], "venuebrowser00000001").do(board.Op{Kind: "card.add", Target: shared, Value: added("gardée")}))
	lead := w.user(w.home, 0)
	w.must(w.home.Gatherings.Close(t.Context(), lead, w.gathering))
	if _, err := w.carry.Take(t.Context()); errs.KeyOf(err) != "venue.key_unknown" {
		t.Errorf("taken from a closed gathering: %v", err)
	}
	if b, err := w.carry.Bring(t.Context()); err != nil || b.Brought != 1 {
		t.Errorf("brought to a closed gathering: %+v, %v", b, err)
	}
	if p, err := w.carry.Report(t.Context()); err != nil || p.Late != 1 || p.Left[0].Why != "gathering.closed" {
		t.Errorf("report %+v, %v", p, err)
	}
	_, list, err := w.home.Venues.Of(t.Context(), lead, w.gathering)
	w.must(err)
	w.must(w.home.Venues.Revoke(t.Context(), lead, w.gathering, list[0].ID))
	if _, err := w.carry.Bring(t.Context()); err != nil {
		t.Errorf("nothing to bring, and yet %v", err)
	}
	if _, err := w.carry.Report(t.Context()); errs.KeyOf(err) != "venue.key_unknown" {
		t.Errorf("a revoked key: %v", err)
	}
}

// TestLinkDown tells that a home that is not reached changes nothing on the laptop.
func TestLinkDown(t *testing.T) {
	w := newWorld(t, 1)
	users := w.take()
	w.must(w.tab(w.laptop, users[1], w.boards[0], "venuebrowser00000001").do(board.Op{Kind: "card.add", Target: shared, Value: added("là-bas")}))
	before := plain(t, w.state(w.laptop, w.boards[0]))
	for bytes := range 40 {
		w.link.cutAfter(bytes * 60)
		if _, err := w.carry.Sync(t.Context()); err != nil && errs.KeyOf(err) != "venue.unreachable" {
			t.Fatalf("cut after %d bytes: %v", bytes*60, err)
		}
		if got := plain(t, w.state(w.laptop, w.boards[0])); got != before {
			t.Fatalf("cut after %d bytes, the board became %s", bytes*60, got)
		}
	}
	w.link.cutAfter(-1)
	if _, err := w.carry.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.same(w.boards[0])
}
