package faults

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// machine is the program on a disk whose power can be cut.
type machine struct {
	t     testing.TB
	rng   *rand.Rand
	disk  *disk
	place string
	env   []string
	arm   func(*disk) // spoils each disk before it is used
	left  func()      // unmounts
}

// newMachine puts a copy of the origin on a disk.
func newMachine(t testing.TB, rng *rand.Rand, o origin) *machine {
	m := &machine{t: t, rng: rng, disk: newDisk(), place: t.TempDir(), arm: func(*disk) {}}
	m.disk.load(t, o.folder, "data")
	t.Cleanup(func() {
		if m.left != nil {
			m.left()
		}
	})
	return m
}

func (m *machine) data() string { return filepath.Join(m.place, "data") }

// boot mounts the disk and starts the program on it.
func (m *machine) boot() *child {
	m.t.Helper()
	m.arm(m.disk)
	m.left = m.disk.mount(m.t, m.place)
	return launch(m.t, m.data(), m.env...)
}

// restart ends the program, cuts the power if it is still there, and mounts what is left.
func (m *machine) restart(c *child) outage {
	m.disk.cut()
	c.kill()
	m.left()
	o := anOutage(m.rng, m.disk.tick)
	m.disk = m.disk.after(o)
	return o
}

// settle has everybody finish on the disk, and audits a copy of it. The process that serves
// a file system must not map a file of it into its memory: it would wait for itself.
func (m *machine) settle(l *ledger) {
	m.t.Helper()
	m.left = m.disk.mount(m.t, m.place)
	l.finish(m.t, m.data())
	m.left()
	m.disk = m.disk.after(outage{rng: m.rng, until: m.disk.tick, chance: 1})
	dir := m.t.TempDir()
	if err := m.disk.root.save(dir); err != nil {
		m.t.Fatal(err)
	}
	l.audit(m.t, filepath.Join(dir, "data"))
}

// round has people deposit until the power goes, and verifies what is left. The power
// goes at some operation of the disk, while the program starts or while it works.
func (m *machine) round(l *ledger) {
	from := l.marks()
	m.disk.cutAt = 1 + m.rng.IntN(3000)
	c := m.boot()
	gone := make(chan struct{})
	go func() { <-m.disk.gone; close(gone) }()
	if c.base != "" {
		l.deposits(c.base, gone, 0)
	}
	cutAt, before := m.disk.cutAt, len(l.faults)
	o := m.restart(c)
	if c = m.boot(); c.base == "" {
		l.fault(fmt.Errorf("it does not start again: %s", c.stderr.errors()))
		return
	}
	l.verify(c.base, from)
	c.kill()
	m.left()
	m.disk = m.disk.after(outage{rng: m.rng, until: m.disk.tick, chance: 1}) // killed, not cut: nothing of it is lost
	if len(l.faults) > before {
		l.fault(fmt.Errorf("… after the power went at operation %d: %v", cutAt, o))
	}
}

// The power goes at any instant while people deposit; what was not synced is dropped,
// reordered or torn. Nothing acknowledged is lost, nothing is there twice.
func TestPowerCut(t *testing.T) {
	m := newMachine(t, draw(t), theOrigin(t))
	l := newLedger(theOrigin(t), m.rng)
	for range *cuts {
		if m.round(l); len(l.faults) > 0 {
			break
		}
	}
	m.settle(l)
}

// The test above is worth something only if it sees a program that syncs too little.
func TestPowerCutSeesWhatIsNotSynced(t *testing.T) {
	within := func(folder string) func(string) bool {
		return func(path string) bool { return strings.HasPrefix(path, "/data/"+folder) }
	}
	for _, c := range []struct {
		name string
		env  []string
		deaf func(path string) bool // synced in the eyes of the program only
		want string
	}{
		{"a database that does not sync each commit", []string{lazily + "=NORMAL"}, nil, "receipt.unreadable"},
		{"a store that does not sync the content of files", nil, within("files/tmp/"), "is not what was sent"},
		{"a store that does not sync the folders of files", nil, func(path string) bool {
			return within("files")(path) && !within("files/tmp/")(path)
		}, "is not what was sent"},
		{"a staging that does not sync what it acknowledges", nil, within("uploads"), "file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t, draw(t), theOrigin(t))
			m.env, m.arm = c.env, func(d *disk) { d.deaf = c.deaf }
			l := newLedger(theOrigin(t), m.rng)
			for n := range 40 {
				m.round(l)
				if at := slices.IndexFunc(l.faults, func(f string) bool { return strings.Contains(f, c.want) }); at >= 0 {
					t.Logf("seen at cut %d: %.200s", n+1, l.faults[at])
					return
				}
			}
			t.Errorf("not seen in 40 cuts, but %.2000q", l.faults)
		})
	}
}
