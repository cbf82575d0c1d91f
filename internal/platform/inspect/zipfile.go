package inspect

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The signatures and sizes of the ZIP format (PKWARE APPNOTE 6.3.10, §4.3).
const (
	sigLocal   = "PK\x03\x04"
	sigCentral = "PK\x01\x02"
	sigEnd     = "PK\x05\x06"
	sigEnd64   = "PK\x06\x06"
	sigLoc64   = "PK\x06\x07"
	endSize    = 22
	methodRaw  = 0
	methodDefl = 8
)

// zipEntry is one file of a zip, as its directory tells it.
type zipEntry struct {
	name    string
	method  uint16
	flags   uint16
	crc     uint32
	packed  int64
	size    int64
	offset  int64 // of the local header
	content int64 // where the packed bytes start
	link    bool  // a symbolic link of Unix, which may lead anywhere
}

func (e zipEntry) folder() bool { return strings.HasSuffix(e.name, "/") }

// zipFile is a zip whose directory was read and agrees with what it points to.
// It is stricter than other readers on purpose: what two readers may
// understand differently is refused.
type zipFile struct {
	r       io.ReaderAt
	entries []zipEntry
}

func (z *zipFile) find(name string) (zipEntry, bool) {
	i := slices.IndexFunc(z.entries, func(e zipEntry) bool { return e.name == name })
	if i < 0 {
		return zipEntry{}, false
	}
	return z.entries[i], true
}

// raw reads the packed bytes of an entry.
func (z *zipFile) raw(e zipEntry) *io.SectionReader {
	return io.NewSectionReader(z.r, e.content, e.packed)
}

// open reads an entry, inflated.
func (z *zipFile) open(e zipEntry) (io.Reader, error) {
	switch {
	case e.flags&1 != 0:
		return nil, wrong("inspect.encrypted")
	case e.method == methodRaw:
		return z.raw(e), nil
	case e.method == methodDefl:
		return flate.NewReader(bufio.NewReaderSize(z.raw(e), 32<<10)), nil
	}
	return nil, wrong("inspect.archive_method")
}

// zipEnd is the end record: where the directory is.
type zipEnd struct{ count, size, offset, at int64 }

// openZip reads the directory of a zip of at most max entries. What is wrong
// with it is a *fault.
func openZip(r io.ReaderAt, size int64, max int) (*zipFile, error) {
	end, err := findEnd(r, size)
	if err != nil {
		return nil, err
	}
	switch base := end.at - end.size - end.offset; {
	case end.count > int64(max):
		return nil, wrong("inspect.archive_entries", max)
	case base > 0:
		return nil, wrong("inspect.polyglot")
	case base < 0 || end.size < 0 || end.offset < 0:
		return nil, wrong("inspect.archive_damaged")
	}
	z := &zipFile{r: r}
	if err := z.readDirectory(end, max); err != nil {
		return nil, err
	}
	return z, z.checkPlaces(end.offset)
}

func findEnd(r io.ReaderAt, size int64) (zipEnd, error) {
	from := max(0, size-endSize-0xffff)
	tail := make([]byte, size-from)
	if n, err := r.ReadAt(tail, from); err != nil && (err != io.EOF || n < len(tail)) {
		return zipEnd{}, fmt.Errorf("read the end of an archive: %w", err)
	}
	at := bytes.LastIndex(tail, []byte(sigEnd))
	if at < 0 || at+endSize > len(tail) {
		return zipEnd{}, wrong("inspect.archive_damaged")
	}
	rec := tail[at:]
	if at+endSize+int(binary.LittleEndian.Uint16(rec[20:])) != len(tail) {
		return zipEnd{}, wrong("inspect.archive_damaged") // something follows, or two ends
	}
	if binary.LittleEndian.Uint32(rec[4:]) != 0 {
		return zipEnd{}, wrong("inspect.archive_damaged") // in several volumes
	}
	end := zipEnd{
		count: int64(binary.LittleEndian.Uint16(rec[10:])), size: int64(binary.LittleEndian.Uint32(rec[12:])),
		offset: int64(binary.LittleEndian.Uint32(rec[16:])), at: from + int64(at),
	}
	if end.count == 0xffff || end.size == 0xffffffff || end.offset == 0xffffffff {
		return findEnd64(r, end)
	}
	return end, nil
}

func findEnd64(r io.ReaderAt, end zipEnd) (zipEnd, error) {
	var loc [20]byte
	if end.at < 76 {
		return end, wrong("inspect.archive_damaged")
	}
	if _, err := r.ReadAt(loc[:], end.at-20); err != nil || string(loc[:4]) != sigLoc64 {
		return end, wrong("inspect.archive_damaged")
	}
	at := int64(binary.LittleEndian.Uint64(loc[8:]))
	var rec [56]byte
	if at < 0 || at > end.at-76 {
		return end, wrong("inspect.archive_damaged")
	}
	if _, err := r.ReadAt(rec[:], at); err != nil || string(rec[:4]) != sigEnd64 {
		return end, wrong("inspect.archive_damaged")
	}
	return zipEnd{
		count: int64(binary.LittleEndian.Uint64(rec[32:])), size: int64(binary.LittleEndian.Uint64(rec[40:])),
		offset: int64(binary.LittleEndian.Uint64(rec[48:])), at: at,
	}, nil
}

func (z *zipFile) readDirectory(end zipEnd, max int) error {
	dir := bufio.NewReaderSize(io.NewSectionReader(z.r, end.offset, end.size), 32<<10)
	seen := map[string]bool{}
	for left := end.size; left > 0; {
		if len(z.entries) >= max {
			return wrong("inspect.archive_entries", max)
		}
		e, n, err := readCentral(dir)
		if err != nil {
			return err
		}
		if seen[e.name] {
			return wrong("inspect.archive_damaged")
		}
		seen[e.name] = true
		z.entries = append(z.entries, e)
		left -= n
	}
	if int64(len(z.entries)) != end.count {
		return wrong("inspect.archive_damaged")
	}
	return nil
}

func readCentral(dir io.Reader) (e zipEntry, length int64, err error) {
	var h [46]byte
	if _, err := io.ReadFull(dir, h[:]); err != nil || string(h[:4]) != sigCentral {
		return e, 0, wrong("inspect.archive_damaged")
	}
	u16 := func(i int) int { return int(binary.LittleEndian.Uint16(h[i:])) }
	u32 := func(i int) int64 { return int64(binary.LittleEndian.Uint32(h[i:])) }
	rest := make([]byte, u16(28)+u16(30)+u16(32))
	if _, err := io.ReadFull(dir, rest); err != nil {
		return e, 0, wrong("inspect.archive_damaged")
	}
	e = zipEntry{
		name: string(rest[:u16(28)]), flags: uint16(u16(8)), method: uint16(u16(10)), crc: uint32(u32(16)),
		packed: u32(20), size: u32(24), offset: u32(42), link: u16(40)&0o170000 == 0o120000,
	}
	e.widen(rest[u16(28) : u16(28)+u16(30)])
	if e.packed < 0 || e.size < 0 || e.offset < 0 {
		return e, 0, wrong("inspect.archive_damaged")
	}
	return e, int64(len(h) + len(rest)), nil
}

// widen takes the 64-bit figures of the extra field 0x0001, which stand in for
// those that are all ones.
func (e *zipEntry) widen(extra []byte) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if 4+n > len(extra) {
			return
		}
		if field := extra[4 : 4+n]; id == 1 {
			for _, v := range []*int64{&e.size, &e.packed, &e.offset} {
				if *v == 0xffffffff && len(field) >= 8 {
					*v = int64(binary.LittleEndian.Uint64(field))
					field = field[8:]
				}
			}
		}
		extra = extra[4+n:]
	}
}

// checkPlaces compares every local header with the directory and refuses
// entries that share bytes: that is how a small zip inflates to petabytes
// (D. Fifield, "A better zip bomb", WOOT 2019).
func (z *zipFile) checkPlaces(limit int64) error {
	order := make([]*zipEntry, len(z.entries))
	for i := range z.entries {
		order[i] = &z.entries[i]
	}
	slices.SortFunc(order, func(a, b *zipEntry) int { return int(min(max(a.offset-b.offset, -1), 1)) })
	for i, e := range order {
		var h [30]byte
		if e.offset > limit-30 {
			return wrong("inspect.archive_damaged")
		}
		if _, err := z.r.ReadAt(h[:], e.offset); err != nil {
			return fmt.Errorf("read a local header: %w", err)
		}
		n := int64(binary.LittleEndian.Uint16(h[26:]))
		name := make([]byte, n)
		if string(h[:4]) != sigLocal || e.offset+30+n > limit {
			return wrong("inspect.archive_damaged")
		}
		if _, err := z.r.ReadAt(name, e.offset+30); err != nil {
			return fmt.Errorf("read a local header: %w", err)
		}
		if string(name) != e.name || binary.LittleEndian.Uint16(h[8:]) != e.method {
			return wrong("inspect.archive_damaged")
		}
		e.content = e.offset + 30 + n + int64(binary.LittleEndian.Uint16(h[28:]))
		next := limit
		if i+1 < len(order) {
			next = order[i+1].offset
		}
		if e.packed > limit || e.content+e.packed > next {
			return wrong("inspect.archive_overlap")
		}
	}
	return nil
}

// badEntryName says whether unpacking an entry with this name could write
// outside the folder that a person chose.
func badEntryName(name string) bool {
	slashed := strings.ReplaceAll(name, `\`, "/")
	if slashed == "" || slashed[0] == '/' || len(slashed) > 1 && slashed[1] == ':' || len(name) > 1024 {
		return true
	}
	if slices.Contains(strings.Split(slashed, "/"), "..") {
		return true
	}
	return strings.ContainsFunc(name, func(c rune) bool { return c < 0x20 || c == 0x7f || turnsText(c) })
}
