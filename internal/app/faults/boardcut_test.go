package faults

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"transformateur/internal/board/boardtest"
	"transformateur/internal/platform/config"
)

// The power goes at any instant while people write on a board: what was acknowledged is
// in the log under its number, nothing is there twice, and all come to see the same.
func TestPowerCutDuringABoard(t *testing.T) {
	rng := draw(t)
	cfg := config.Config{Data: filepath.Join(t.TempDir(), "data"), BaseURL: "http://127.0.0.1", Name: "Transformateur"}
	id := aBoard(t, cfg)
	m := newMachine(t, rng, origin{folder: cfg.Data})
	var tabs []*boardtest.Browser
	for n := range writers {
		tabs = append(tabs, boardtest.New(string(id), boardtest.Token(n), boardtest.ClientID(n)))
	}
	for round := range *cuts {
		m.disk.cutAt = 1 + rng.IntN(2500)
		c := m.boot()
		gone := make(chan struct{})
		go func() { <-m.disk.gone; close(gone) }()
		if c.base != "" { // else it went while the program started
			for _, tab := range tabs {
				tab.Open(t.Context(), c.base)
			}
			scribble(t.Context(), rng, tabs, round, gone)
		}
		<-gone
		for _, tab := range tabs {
			tab.Close()
		}
		m.restart(c)
	}
	c := m.boot()
	if c.base == "" {
		t.Fatalf("it does not start again: %s", c.stderr.errors())
	}
	ctx, done := context.WithTimeout(t.Context(), 60*time.Second)
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
	m.left()
	m.disk = m.disk.after(outage{rng: rng, until: m.disk.tick, chance: 1}) // killed, not cut: nothing of it is lost
	dir := t.TempDir()
	if err := m.disk.root.save(dir); err != nil {
		t.Fatal(err)
	}
	inTheLog(t, config.Config{Data: filepath.Join(dir, "data"), BaseURL: cfg.BaseURL, Name: cfg.Name}, id, tabs)
}
