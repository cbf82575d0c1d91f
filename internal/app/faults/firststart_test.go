package faults

import (
	"testing"
)

// The power goes while the program starts for the first time: the next start finds
// nothing in its way, and a key that was published stays the key of the install.
func TestPowerCutAtTheFirstStart(t *testing.T) {
	rng := draw(t)
	published := 0
	for n := range *cuts {
		m := &machine{t: t, rng: rng, disk: newDisk(), place: t.TempDir(), arm: func(*disk) {}}
		m.disk.cutAt = 1 + rng.IntN(900)
		c := m.boot()
		key := keyOf(t, c)
		op := m.disk.tick
		o := m.restart(c)
		c = m.boot()
		after := keyOf(t, c)
		m.disk.cut()
		c.kill()
		m.left()
		switch {
		case after == "":
			t.Fatalf("cut %d, at operation %d (%v): it does not start again: %s", n+1, op, o, c.stderr.errors())
		case key != "" && after != key:
			t.Fatalf("cut %d, at operation %d (%v): the key of the receipts is another", n+1, op, o)
		case key != "":
			published++
		}
	}
	t.Logf("%d keys were published before the power went", published)
}

// keyOf reads the public key of the receipts, "" when the program does not serve.
func keyOf(t testing.TB, c *child) string {
	t.Helper()
	if c.base == "" {
		return ""
	}
	p := person{base: c.base, count: func(int) {}}
	r, err := p.ask("GET", "/receipts/key.pem", nil, nil)
	if err != nil {
		return ""
	}
	return string(r.body)
}
