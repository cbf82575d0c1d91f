package main

import (
	"context"
	"testing"
	"time"
)

// A small rush, at each change: no figure of time, which depends on the machine, but
// nothing lost, nothing twice, nobody on the wrong side.
func TestSmallRush(t *testing.T) {
	p := plan{Seed: uint64(time.Now().UnixNano()), Drafts: 400, Deposits: 200, Autosaves: 40, Window: 6 * time.Second, Peak: 2 * time.Second}
	t.Logf("seed %d", p.Seed)
	r, err := run(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + r.String())
	if err := r.verdict(false); err != nil {
		t.Error(err)
	}
}

// What a rush must see is seen: each line is one thing that went wrong.
func TestJudgement(t *testing.T) {
	closes := time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
	before, after := closes.Add(-time.Second), closes.Add(time.Second)
	for _, c := range []struct {
		name              string
		deposit           deposit
		kept              []time.Time
		lost, twice, side int
	}{
		{"deposited in time", deposit{outcome: acknowledged, sent: before, answered: before}, []time.Time{before}, 0, 0, 0},
		{"refused in time", deposit{outcome: closed, sent: before, answered: before}, nil, 0, 0, 1},
		{"refused afterwards", deposit{outcome: closed, sent: after, answered: after}, nil, 0, 0, 0},
		{"acknowledged, and not there", deposit{outcome: acknowledged, sent: before, answered: before}, nil, 1, 0, 0},
		{"there twice", deposit{outcome: acknowledged, sent: before, answered: before}, []time.Time{before, before}, 0, 1, 0},
		{"accepted at the deadline", deposit{outcome: acknowledged, sent: before, answered: after}, []time.Time{closes}, 0, 0, 1},
		{"sent after it and accepted", deposit{outcome: acknowledged, sent: after, answered: after}, []time.Time{before}, 0, 0, 1},
		{"arrived in time, answered afterwards", deposit{outcome: acknowledged, sent: before, answered: after}, []time.Time{before}, 0, 0, 0},
	} {
		var r report
		r.count(c.deposit, c.kept, closes)
		if r.lost != c.lost || r.twice != c.twice || r.side != c.side {
			t.Errorf("%s: lost %d, twice %d, wrong side %d", c.name, r.lost, r.twice, r.side)
		}
	}
}
