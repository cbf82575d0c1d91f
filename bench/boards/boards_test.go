package main

import (
	"context"
	"testing"
	"time"
)

// A small crowd, at each change: no figure of time, which depends on the machine, but
// everything acknowledged, and everything seen by everybody else of the room, in one order.
func TestSmallCrowd(t *testing.T) {
	p := plan{Seed: uint64(time.Now().UnixNano()), People: 30, Rooms: 3, Rate: 2, Length: 3 * time.Second, Bursts: 3, Rush: 10, RushLength: time.Second}
	t.Logf("seed %d", p.Seed)
	r, err := run(context.Background(), p, startOurs)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + r.String())
	if r.acknowledged == 0 || r.acknowledged != r.sent {
		t.Errorf("%d acknowledged of %d", r.acknowledged, r.sent)
	}
	if r.behind != 0 || r.disordered != 0 {
		t.Errorf("%d see less than was written, %d in another order", r.behind, r.disordered)
	}
	wanted := int64(p.People*2*3) * int64(p.People/p.Rooms-1)
	if seen := int64(len(r.steady.waits)); seen > wanted || seen < wanted/2 {
		t.Errorf("%d receipts, at most %d", seen, wanted)
	}
}
