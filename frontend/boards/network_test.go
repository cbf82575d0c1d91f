package boards

import (
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// wire is a bad network between a browser and the board: all that passes takes its time,
// and now and then the connection is cut.
type wire struct {
	to    string
	delay time.Duration
	mu    sync.Mutex
	rng   *rand.Rand
	odds  float64 // that a packet cuts the connection that it is on
	cuts  int
}

// newWire puts a network before an address, and gives its own.
func newWire(t *testing.T, w *wire) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", w.to)
			if err != nil {
				near.Close()
				continue
			}
			go w.carry(near, far)
			go w.carry(far, near)
		}
	}()
	return l.Addr().String()
}

// carry brings what comes from one side to the other, later, in its order.
func (w *wire) carry(from, to net.Conn) {
	type packet struct {
		bytes []byte
		at    time.Time
	}
	way := make(chan packet, 1000)
	go func() {
		defer to.Close()
		for p := range way {
			time.Sleep(time.Until(p.at))
			if _, err := to.Write(p.bytes); err != nil {
				return
			}
		}
	}()
	defer close(way)
	defer from.Close()
	for {
		buffer := make([]byte, 4096)
		n, err := from.Read(buffer)
		if err != nil || w.cut() {
			return
		}
		way <- packet{buffer[:n], time.Now().Add(w.delay)}
	}
}

func (w *wire) cut() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rng.Float64() >= w.odds {
		return false
	}
	w.cuts++
	return true
}

// worse has the network cut so often, and gives how often it has.
func (w *wire) worse(odds float64) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.odds = odds
	return w.cuts
}

// echoes measures, in the page, how long each of so many dots takes to be seen by who lays
// it, whatever the network does; then they are taken back.
const echoes = `(async () => {
	const waits = [];
	for (let i = 0; i < 30; i++) {
		const count = () => document.querySelector("#card-aaaaaaaaaa [data-ballot]").innerText;
		const before = count();
		const start = performance.now();
		document.querySelector('#card-aaaaaaaaaa [data-cast="' + (i % 2 ? "less" : "more") + '"]').click();
		while (count() === before && performance.now() - start < 5000) await new Promise(requestAnimationFrame);
		waits.push(performance.now() - start);
		await new Promise((then) => setTimeout(then, 100));
	}
	return waits;
})()`

// With 200 ms there and back, and a connection that one packet in twenty cuts, what one
// does is seen at once and all of it arrives, in the words in which it was written.
func TestOverABadNetwork(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	h := newHall(t, essay(t))
	h.does("peer", 1, note(first, "Déjà là", "a", "V"))
	w := &wire{to: strings.TrimPrefix(h.url, "http://"), delay: 100 * time.Millisecond, rng: rand.New(rand.NewPCG(seed, 5))}
	h.url = "http://" + newWire(t, w)
	ctx := browser(t)
	sit(t, ctx, h, "team")
	w.worse(0.05)
	waits := ask[[]float64](t, ctx, echoes)
	for _, text := range []string{"Une", "Deux", "Trois"} {
		do(t, ctx, chromedp.Click(`[data-zone="a"] .b-add`), chromedp.KeyEvent(text), chromedp.Sleep(400*time.Millisecond), chromedp.KeyEvent(" encore"), chromedp.Sleep(400*time.Millisecond))
		until(t, ctx, `document.querySelector(".b-edit textarea")?.value === "`+text+` encore" || (document.querySelector(".b-edit .main") ?? document.body).isConnected`)
		do(t, ctx, chromedp.Click(`.b-edit .main`))
	}
	cuts := w.worse(0)
	back := time.Now()
	until(t, ctx, `document.querySelector(".b-state").dataset.state === "live" && !document.querySelector(".pending")`)
	took := time.Since(back)
	for _, text := range []string{"Une encore", "Deux encore", "Trois encore"} {
		h.will(t, text, func() bool { return h.find(text) != "" })
	}
	h.mu.Lock()
	if got := string(h.room.state.Votes["dots"].Casts["team"][first]); got != "" && got != "0" {
		t.Errorf("%s dots are left", got)
	}
	h.mu.Unlock()
	slices.Sort(waits)
	t.Logf("%d cuts; own acts seen after %.0f ms at the median, %.0f ms at most; all on disk %.0f ms after the last one, the network being slow still", cuts, waits[len(waits)/2], waits[len(waits)-1], took.Seconds()*1000)
}
