package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"transformateur/internal/app"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
)

// writers are those who write on one board while the program is killed.
const writers = 12

// The program is killed at any instant while people write on a board: what was
// acknowledged is there under its number, nothing is there twice, and all see the same.
func TestKillDuringABoard(t *testing.T) {
	rng := draw(t)
	cfg := config.Config{Data: t.TempDir() + "/data", BaseURL: "http://127.0.0.1", Name: "Transformateur"}
	id := aBoard(t, cfg)
	var tabs []*boardtest.Browser
	for n := range writers {
		tabs = append(tabs, boardtest.New(string(id), boardtest.Token(n), boardtest.ClientID(n)))
	}
	for round := range *kills {
		c := launch(t, cfg.Data)
		if c.base == "" {
			t.Fatalf("it does not start again: %s", c.stderr.errors())
		}
		after := time.Duration(20+rng.IntN(400)) * time.Millisecond
		time.AfterFunc(after, c.kill)
		for _, tab := range tabs {
			tab.Open(t.Context(), c.base) // it may be gone already
		}
		scribble(t.Context(), rng, tabs, round, c.ended)
		<-c.ended
		for _, tab := range tabs {
			tab.Close()
		}
	}
	c := launch(t, cfg.Data)
	ctx, done := context.WithTimeout(t.Context(), 30*time.Second)
	defer done()
	for _, tab := range tabs {
		if err := tab.Open(ctx, c.base); err != nil {
			t.Fatal(err)
		}
	}
	for _, tab := range tabs {
		if err := tab.Settle(ctx); err != nil {
			t.Fatal(err)
		}
	}
	agree(ctx, t, tabs)
	c.kill()
	inTheLog(t, cfg, id, tabs)
}

// aBoard makes an install with a board and those who write on it.
func aBoard(t *testing.T, cfg config.Config) room.ID {
	t.Helper()
	a, err := app.New(t.Context(), cfg, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	list, err := boardtest.Hall(t.Context(), a.DB, a.Boards, clock.System{}.Now(), writers, 1)
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// scribble has everybody add, write, move and take away until the program is gone.
func scribble(ctx context.Context, rng *rand.Rand, tabs []*boardtest.Browser, round int, ended chan struct{}) {
	for step := 0; ; step++ {
		for n, tab := range tabs {
			card := fmt.Sprintf("card%03dx%03dx%04d", round, n, step/8)
			switch step % 8 {
			case 0:
				tab.Send(ctx, "card.add", card, "", `{"type":"note","zone":"z","order":"V","fields":{"text":"Une idée"}}`)
			case 7:
				tab.Send(ctx, "undo", "", "", "null")
			case 6:
				tab.Send(ctx, "card.move", card, "", fmt.Sprintf(`{"zone":"z","order":"k%d"}`, 1+rng.IntN(9)))
			default:
				tab.Send(ctx, "card.set", card, "text", fmt.Sprintf("%q", fmt.Sprint("Texte ", round, "-", n, "-", step)))
			}
		}
		select {
		case <-ended:
			return
		case <-time.After(time.Duration(1+rng.IntN(8)) * time.Millisecond):
		}
	}
}

// agree waits until everybody sees the same board.
func agree(ctx context.Context, t *testing.T, tabs []*boardtest.Browser) {
	t.Helper()
	for {
		first, last := tabs[0].Seen()
		apart := ""
		for _, tab := range tabs[1:] {
			other, n := tab.Seen()
			if n != last || len(other) != len(first) {
				apart = fmt.Sprintf("%d objects at %d, %d at %d", len(first), last, len(other), n)
			}
			for key, object := range first {
				if string(other[key]) != string(object) {
					apart = fmt.Sprintf("%s: %s and %s", key, object, other[key])
				}
			}
		}
		if apart == "" {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("they do not see the same: %s", apart)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// inTheLog looks for each acknowledged operation in the log, under its number, once.
func inTheLog(t *testing.T, cfg config.Config, id room.ID, tabs []*boardtest.Browser) {
	t.Helper()
	d, err := app.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	type sent struct {
		client string
		seq    int64
	}
	log := map[sent][]int64{}
	rows, err := d.Reader().Query(t.Context(), `select client, seq, n from board_log where board_id = $1`, string(id))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one sent
		var n int64
		if err := rows.Scan(&one.client, &one.seq, &n); err != nil {
			t.Fatal(err)
		}
		log[one] = append(log[one], n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	acked := 0
	for _, tab := range tabs {
		for seq, n := range tab.Acked() {
			acked++
			if got := log[sent{tab.Client, seq}]; !slices.Equal(got, []int64{n}) {
				t.Errorf("operation %d of %s was acknowledged as %d and stands as %v", seq, tab.Client, n, got)
			}
		}
	}
	t.Logf("%d operations acknowledged, %d in the log", acked, len(log))
	if acked < 100 {
		t.Errorf("only %d acknowledged: this proves little", acked)
	}
}
