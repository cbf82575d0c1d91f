// Package volume is the disk on which the data are kept.
package volume

// Room is how much a volume holds and what is left of it to the program, in bytes.
type Room struct{ Free, Total uint64 }

// Known says whether the system could tell.
func (r Room) Known() bool { return r.Total > 0 }

// Used is the share that is taken, from 0 to 1.
func (r Room) Used() float64 {
	if r.Total == 0 {
		return 0
	}
	return 1 - float64(r.Free)/float64(r.Total)
}
