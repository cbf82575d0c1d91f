package faults

import (
	"strings"
	"syscall"
	"testing"
)

// A sync fails: the program stops at once with an exit code that is not 0, and what it
// acknowledged before is there when it starts again on a disk that works.
func TestSyncFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		path   string // whose syncs fail
		folder bool   // and those of what is under it
	}{
		{"of the log of the database", "/data/transformateur.db-wal", false},
		{"of the database, when the log is copied into it", "/data/transformateur.db", false},
		{"of a file on its way", "/data/uploads/", true},
		{"of the folder of files on their way", "/data/uploads", false},
		{"of a file", "/data/files/tmp/", true},
		{"of the folders of files", "/data/files", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t, draw(t), theOrigin(t))
			l := newLedger(theOrigin(t), m.rng)
			p := m.boot()
			l.deposits(p.base, p.ended, 1)
			m.disk.set(func(d *disk) {
				d.broken = func(path string) syscall.Errno {
					if path == c.path || c.folder && strings.HasPrefix(path, c.path) {
						return syscall.EIO
					}
					return 0
				}
			})
			l.deposits(p.base, p.ended, 0) // until it ends by itself
			if p.code() == 0 || !strings.Contains(p.stderr.errors(), "le programme s’arrête") && !strings.Contains(p.stderr.errors(), "the program stops") {
				t.Errorf("exit code %d, %s", p.code(), p.stderr.errors())
			}
			m.restart(p)
			m.settle(l)
		})
	}
}
