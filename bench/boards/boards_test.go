package main

import (
	"context"
	"testing"
	"time"
)

// A small crowd, at each change: no figure of time, which depends on the machine, but
// everything acknowledged, and everything seen by everybody else of the room.
func TestSmallCrowd(t *testing.T) {
	p := plan{Seed: uint64(time.Now().UnixNano()), People: 30, Rooms: 3, Rate: 2, Length: 3 * time.Second, Votes: 3}
	t.Logf("seed %d", p.Seed)
	r, err := run(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + r.String())
	if r.acknowledged == 0 || r.acknowledged != r.wanted {
		t.Errorf("%d acknowledged of %d", r.acknowledged, r.wanted)
	}
	if most := int64(p.People/p.Rooms-1) * r.acknowledged; int64(len(r.steady)) > most || int64(len(r.steady)) < most/2 {
		t.Errorf("%d receipts, at most %d", len(r.steady), most)
	}
}
