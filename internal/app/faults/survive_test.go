package faults

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// sector is what a disk writes whole, in bytes; anything longer can be torn.
const sector = 512

// cut takes the power away: nothing more reaches the platter.
func (d *disk) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
}

// outage is what a power cut does to what was not synced.
type outage struct {
	rng    *rand.Rand
	until  int     // what came later is lost
	chance float64 // that an earlier change is on the platter
	torn   float64 // that such a change is there in part only
}

// anOutage draws one: a device that kept nothing of it, one that wrote everything in
// order up to some instant, one that wrote in any order.
func anOutage(rng *rand.Rand, ticks int) outage {
	switch rng.IntN(3) {
	case 0:
		return outage{rng: rng}
	case 1:
		return outage{rng, rng.IntN(ticks + 1), 1, .05}
	}
	return outage{rng, ticks, .1 + .8*rng.Float64(), .3}
}

func (o outage) String() string {
	return fmt.Sprintf("kept %.0f %% of what was not synced before operation %d, tore %.0f %% of it", 100*o.chance, o.until, 100*o.torn)
}

// after is the disk as it is found when the power is back.
func (d *disk) after(o outage) *disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.moves {
		if o.keeps(m.tick) {
			m.do()
		}
	}
	next := newDisk()
	next.room = d.room
	next.root.found(d.root, o)
	return next
}

func (o outage) keeps(tick int) bool { return tick <= o.until && o.rng.Float64() < o.chance }

// found copies what is left of a folder, in the order of names so that a seed gives the same disk.
func (n *node) found(old *node, o outage) {
	var names []string
	for name := range old.names {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		from := old.names[name]
		child := n.disk.node(from.mode)
		child.at = from.at
		n.names[name] = child
		if from.folder() {
			child.found(from, o)
			continue
		}
		child.kept = from.survives(o)
		child.live = slices.Clone(child.kept)
		n.disk.used += int64(len(child.live))
	}
}

// survives is what is on the platter of a file.
func (n *node) survives(o outage) []byte {
	b := slices.Clone(n.kept)
	for _, w := range n.pending {
		if !o.keeps(w.tick) {
			continue
		}
		if o.rng.Float64() < o.torn {
			w = w.tear(o.rng)
		}
		b = w.onto(b)
	}
	return b
}

// tear keeps the sectors of a write before, or after, some sector.
func (w write) tear(rng *rand.Rand) write {
	first := int(sector - w.at%sector)
	if w.data == nil || len(w.data) <= first {
		return w
	}
	limit := first + sector*rng.IntN((len(w.data)-first+sector-1)/sector)
	if rng.IntN(2) == 0 {
		return write{w.tick, w.at, w.data[:limit]}
	}
	return write{w.tick, w.at + int64(limit), w.data[limit:]}
}

// set changes what a disk does while it is used.
func (d *disk) set(change func(*disk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}
