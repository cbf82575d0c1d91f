package carry_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/app/carry"
	"transformateur/internal/board"
	"transformateur/internal/board/carriage"
	"transformateur/internal/board/passage"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/errs"
)

var (
	histories = flag.Int("histories", 4, "how many random histories to play")
	seed      = flag.Uint64("seed", 1, "the first of their seeds")
)

// done is an operation that was answered: what it said, who had seen what when it was
// written.
type done struct {
	side   string
	person string
	client string
	seq    int64
	board  room.ID
	card   string
	text   string // of a card.set or a card.add
	saw    map[string]bool
}

// author is somebody on a board, with what she has on her screen.
type author struct {
	*tab
	side  string
	seat  string
	base  int64
	cards map[string]map[string]bool // card → texts she sees
}

// history is one that is played.
type history struct {
	*world
	r       *rand.Rand
	authors []*author
	all     []done
	guests  int
	texts   int
}

// looks has an author see her board as it is.
func (h *history) looks(a *author) {
	s := h.state(a.a, a.board)
	a.base, a.cards = s.N, map[string]map[string]bool{}
	for id, c := range s.Cards {
		seen := map[string]bool{}
		if v := c.Fields["text"]; v != nil {
			seen[string(v.V)] = true
			for _, alt := range v.Alts {
				seen[string(alt.V)] = true
			}
		}
		a.cards[id] = seen
	}
}

// act has an author do something.
func (h *history) act(a *author) {
	if h.r.IntN(3) > 0 || a.cards == nil {
		h.looks(a)
	}
	var op board.Op
	d := done{side: a.side, person: a.seat, client: a.client, board: a.board}
	card := h.pick(a)
	text := func() json.RawMessage {
		h.texts++
		d.text = string(quoted(fmt.Sprintf("texte %d", h.texts)))
		return json.RawMessage(d.text)
	}
	switch n := h.r.IntN(20); {
	case card == "" || n < 4:
		d.card = draw(h.r, "c")
		var said string
		json.Unmarshal(text(), &said)
		op = board.Op{Kind: "card.add", Target: d.card, Base: a.base, Value: added(said)}
	case n < 12:
		d.card, d.saw = card, a.cards[card]
		op = board.Op{Kind: "card.set", Target: card, Field: "text", Base: a.base, Value: text()}
	case n < 13:
		op = board.Op{Kind: "card.set", Target: card, Field: "size", Base: a.base, Value: quoted([]string{"s", "l"}[h.r.IntN(2)])}
	case n < 15:
		place, _ := json.Marshal(board.Place{Zone: []string{"a", "b"}[h.r.IntN(2)], Order: "V"})
		op = board.Op{Kind: "card.move", Target: card, Base: a.base, Value: place}
	case n < 16:
		op = board.Op{Kind: "card.remove", Target: card, Base: a.base}
	case n < 17:
		op = board.Op{Kind: "card.restore", Target: card, Base: a.base}
	case n < 18:
		op = board.Op{Kind: "vote.cast", Target: card, Field: "dots", Base: a.base, Value: json.RawMessage(fmt.Sprint(h.r.IntN(3)))}
	case n < 19 && a.seat == h.seat(0):
		op = board.Op{Kind: "phase.set", Target: []string{"talk", "talk", "still"}[h.r.IntN(3)]}
	default:
		op = board.Op{Kind: "undo"}
	}
	err := a.do(op)
	if h.r.IntN(4) == 0 { // the answer was lost: the browser sends it again
		if again := a.again(a.seq, op); (again == nil) != (err == nil) && err == nil {
			h.t.Fatalf("%s is refused once it was taken: %v", op.Kind, again)
		} else if again == nil {
			err = nil
		}
	}
	d.seq = a.seq
	if late := err != nil && board.Late(err) && (op.Kind == "card.add" || op.Kind == "card.set"); err == nil || late {
		h.all = append(h.all, d)
	}
}

// pick is a card that an author sees, "" when there is none.
func (h *history) pick(a *author) string {
	ids := slices.Sorted(maps.Keys(a.cards))
	if len(ids) == 0 {
		return ""
	}
	return ids[h.r.IntN(min(3, len(ids)))] // few cards, so that people meet on them
}

// arrives has a guest come in at the venue.
func (h *history) arrives(code string) {
	in, err := h.laptop.Gatherings.Join(h.ctx, account.User{}, gathering.Coming{Code: code, Name: fmt.Sprint("Invitée ", h.guests), Lang: "fr", Device: "test", IP: "192.0.2.9"})
	h.must(err)
	u, err := h.laptop.Accounts.Authenticate(h.ctx, in.Token)
	h.must(err)
	seat, err := gathering.Seat(h.ctx, h.laptop.DB.Reader(), h.gathering, u.ID)
	h.must(err)
	h.guests++
	h.joins(h.laptop, "venue", u, seat.ID)
}

func (h *history) joins(a *app.App, side string, u account.User, seat string) {
	for _, id := range h.boards {
		h.authors = append(h.authors, &author{tab: h.tab(a, u, id, draw(h.r, "client")), side: side, seat: seat})
	}
}

// TestRandomHistories plays histories in which both sides write, the link is cut at any
// byte, passages are interrupted, repeated and resumed. Afterwards both sides have the same
// boards; nothing that was acknowledged is lost, each operation is of who did it, each text
// is there or was replaced by somebody who had seen it, and the report counts right.
func TestRandomHistories(t *testing.T) {
	for n := range *histories {
		s := *seed + uint64(n)
		t.Run(fmt.Sprint("seed ", s), func(t *testing.T) { play(t, s) })
	}
}

func play(t *testing.T, seed uint64) {
	h := &history{world: newWorld(t, 2), r: rand.New(rand.NewPCG(seed, 28))}
	h.must(h.home.Gatherings.Renew(h.ctx, h.user(h.home, 0), h.gathering))
	_, code, err := h.home.Gatherings.Code(h.ctx, h.user(h.home, 0), h.gathering)
	h.must(err)
	for n := range people {
		h.joins(h.home, "home", h.user(h.home, n), h.seat(n))
	}
	for range 6 {
		h.act(h.authors[h.r.IntN(len(h.authors))])
	}
	for n, u := range h.take() {
		h.joins(h.laptop, "venue", u, h.seat(n))
	}
	for range 12 {
		for range 3 + h.r.IntN(12) {
			h.act(h.authors[h.r.IntN(len(h.authors))])
		}
		if h.r.IntN(3) == 0 {
			h.arrives(code)
		}
		for range h.r.IntN(3) {
			h.link.cutAfter(h.r.IntN(20000))
			passage := [](func(*carry.Link, context.Context) (carry.Tally, error)){(*carry.Link).Sync, (*carry.Link).Bring, (*carry.Link).Take, (*carry.Link).Sync}[h.r.IntN(4)]
			if _, err := passage(h.world.carry, h.ctx); err != nil && errs.KeyOf(err) != "venue.unreachable" {
				t.Fatal(err)
			}
		}
	}
	h.link.cutAfter(-1)
	for range 2 {
		if _, err := h.carry.Sync(h.ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range h.authors {
		if a.l != nil {
			a.l.Leave()
		}
	}
	h.check()
	t.Logf("seed %d: %d operations, %d guests, %d cuts", seed, len(h.all), h.guests, h.link.cuts)
}

// fate is what became of an operation at home.
type fate struct {
	person, fate string
	op           board.Op
}

func (h *history) check() {
	fates := h.fates()
	brought := 0
	for _, d := range h.all {
		f, kept := fates[d.board][carriage.Identity{Client: d.client, Seq: d.seq}]
		if !kept {
			h.t.Errorf("operation %d of %s, acknowledged at %s, is nowhere at home", d.seq, d.client, d.side)
			continue
		}
		if f.person != d.person {
			h.t.Errorf("operation %d of %s is told of %s, it is of %s", d.seq, d.client, f.person, d.person)
		}
		if d.side == "venue" {
			brought++
		}
	}
	for _, id := range h.boards {
		h.same(id)
		h.whole(id, fates[id])
	}
	p, err := h.carry.Report(h.ctx)
	h.must(err)
	counts := map[string]int{}
	for _, id := range h.boards {
		for _, f := range fates[id] {
			counts[f.fate]++
		}
	}
	if p.Brought != brought || p.Guests != h.guests || p.Merged+p.Twice != counts["merged"]+counts["twice"] || p.Late != counts["late"] || p.Refused != counts["refused"] {
		h.t.Errorf("the report says %+v; brought %d, guests %d, %v", p, brought, h.guests, counts)
	}
}

// fates reads what became of each operation, from the log of home and what it keeps besides.
func (h *history) fates() map[room.ID]map[carriage.Identity]fate {
	out := map[room.ID]map[carriage.Identity]fate{}
	for _, id := range h.boards {
		out[id] = map[carriage.Identity]fate{}
		for _, q := range []string{
			`select client, seq, person, op, 'home' from board_log where board_id = $1`,
			`select client, seq, person, op, 'tray' from board_late where board_id = $1`,
			`select client, seq, person, op, fate from venue_ops where board_id = $1`,
		} {
			rows, err := h.home.DB.Reader().Query(h.ctx, q, string(id))
			h.must(err)
			for rows.Next() {
				var who carriage.Identity
				var f fate
				var op string
				h.must(rows.Scan(&who.Client, &who.Seq, &f.person, &op, &f.fate))
				h.must(json.Unmarshal([]byte(op), &f.op))
				out[id][who] = f
			}
			rows.Close()
		}
	}
	return out
}

// whole looks for each text that was taken: it is on the board, or somebody who had seen
// it, or its own browser, wrote another in its place, or it was undone.
func (h *history) whole(id room.ID, fates map[carriage.Identity]fate) {
	visible := map[string]bool{}
	for _, c := range h.state(h.home, id).Cards {
		if v := c.Fields["text"]; v != nil {
			visible[string(v.V)] = true
			for _, alt := range v.Alts {
				visible[string(alt.V)] = true
			}
		}
	}
	lines, err := passage.Lines(h.ctx, h.home.DB.Reader(), id, 0, 1<<30)
	h.must(err)
	undone := map[int64]bool{}
	numbers := map[carriage.Identity]int64{}
	for _, l := range lines {
		numbers[carriage.Identity{Client: l.Client, Seq: l.Seq}] = l.N
		if l.Undoes > 0 {
			undone[l.Undoes] = true
		}
	}
	for _, d := range h.all {
		n := numbers[carriage.Identity{Client: d.client, Seq: d.seq}]
		if d.board != id || d.text == "" || n == 0 || visible[d.text] || undone[n] {
			continue // not on the board: check has looked that it is kept elsewhere
		}
		if !h.replaced(d, n, numbers) {
			h.t.Errorf("%s, written at %s by %s, vanished from card %s", d.text, d.side, d.person, d.card)
			h.tells(d.card, lines)
		}
	}
}

// tells is what was done on a card, for who looks for a fault.
func (h *history) tells(card string, lines []passage.Line) {
	for _, l := range lines {
		inner := l.Op
		if l.Op.Kind == "undo" {
			h.must(json.Unmarshal(l.Op.Value, &inner))
		}
		if inner.Target != card {
			continue
		}
		saw := ""
		for _, d := range h.all {
			if d.client == l.Client && d.seq == l.Seq {
				saw = fmt.Sprint(d.side, " ", slices.Sorted(maps.Keys(d.saw)))
			}
		}
		h.t.Logf("%d %s %d %s %s %s base %d undoes %d: %s; saw %s", l.N, l.Client, l.Seq, l.Op.Kind, inner.Kind, inner.Field, l.Op.Base, l.Undoes, inner.Value, saw)
	}
}

// replaced says whether somebody who had seen a text wrote another one in its place: on
// the board, or in what home put aside, from which others went on.
func (h *history) replaced(d done, n int64, numbers map[carriage.Identity]int64) bool {
	for _, x := range h.all {
		m := numbers[carriage.Identity{Client: x.client, Seq: x.seq}]
		if x.board != d.board || x.card != d.card || x.text == "" || !x.saw[d.text] && !(x.client == d.client && x.seq > d.seq) {
			continue
		}
		if m > n || m == 0 && h.replaced(x, n, numbers) {
			return true
		}
	}
	return false
}
