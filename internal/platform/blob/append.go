package blob

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

	"transformateur/internal/platform/errs"
)

// Append adds what r gives at offset and says how many bytes are acknowledged
// now, whether or not there was an error: when r breaks off, what it gave is
// kept. A wrong offset is errs.Conflict whose argument, like the returned
// value, is the right one. A second Append on the same upload takes the place
// of the first, which then fails with errs.Conflict: the connection of the
// first is most often dead.
func (u *Uploads) Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error) {
	if err := u.disk.usable(); err != nil {
		return 0, err
	}
	up, err := u.find(id)
	if err != nil {
		return 0, err
	}
	up.mu.Lock()
	if up.info.Ref != nil && offset == up.info.Total {
		// It was finished, and whoever asked may have died before saying so.
		up.mu.Unlock()
		return offset, nil
	}
	if up.info.Ref != nil || offset != up.acked {
		defer up.mu.Unlock()
		return up.acked, errs.New(errs.Conflict, "blob.upload_offset", up.acked)
	}
	up.round++
	a := &appending{u: u, up: up, round: up.round, dir: filepath.Join(u.path, id), at: offset}
	up.mu.Unlock()
	a.data, err = os.OpenFile(filepath.Join(a.dir, "data"), os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrNotExist) {
		return 0, errs.New(errs.NotFound, "blob.upload_not_found")
	}
	if err != nil {
		return offset, fmt.Errorf("open the data of upload %s: %w", id, err)
	}
	defer a.data.Close()
	err = a.take(patient{ctx, r})
	up.mu.Lock()
	defer up.mu.Unlock()
	return up.acked, err
}

// appending is one Append under way; at is where its next byte goes.
type appending struct {
	u     *Uploads
	up    *upload
	round int
	dir   string
	data  *os.File
	at    int64
}

func (a *appending) take(r io.Reader) error {
	buf := make([]byte, chunk)
	var broken error
	for broken == nil {
		var n int
		n, broken = r.Read(buf)
		if n == 0 {
			continue
		}
		if err := a.write(buf[:n]); err != nil {
			return err
		}
	}
	if err := a.acknowledge(); err != nil {
		return err
	}
	if errors.Is(broken, io.EOF) {
		return nil
	}
	return fmt.Errorf("receive a piece of an upload: %w", broken)
}

func (a *appending) write(b []byte) error {
	a.up.mu.Lock()
	defer a.up.mu.Unlock()
	if a.round != a.up.round {
		return errs.New(errs.Conflict, "blob.upload_offset", a.up.acked)
	}
	if a.at+int64(len(b)) > a.up.info.Total {
		a.forget()
		return errs.New(errs.Invalid, "blob.upload_too_long")
	}
	if _, err := a.data.WriteAt(b, a.at); err != nil {
		a.forget()
		return explain("write a piece of an upload", err)
	}
	a.at += int64(len(b))
	if a.at-a.up.acked < ackEvery {
		return nil
	}
	return a.record()
}

func (a *appending) acknowledge() error {
	a.up.mu.Lock()
	defer a.up.mu.Unlock()
	if a.round != a.up.round {
		return errs.New(errs.Conflict, "blob.upload_offset", a.up.acked)
	}
	if a.at == a.up.acked {
		return nil
	}
	return a.record()
}

// forget gives back the space of the bytes that were not acknowledged.
func (a *appending) forget() {
	if err := a.data.Truncate(a.up.acked); err == nil {
		a.at = a.up.acked
	}
}

const recordSize = 20 // offset, instant, CRC-32 of both

// record syncs the data, then writes the offset down and syncs that: an offset
// on disk means that the bytes before it are on disk.
func (a *appending) record() error {
	if err := a.u.disk.syncFile(a.data); err != nil {
		a.forget()
		return err
	}
	now := a.u.clock.Now()
	rec := binary.BigEndian.AppendUint64(nil, uint64(a.at))
	rec = binary.BigEndian.AppendUint64(rec, uint64(now.UnixNano()))
	rec = binary.BigEndian.AppendUint32(rec, crc32.ChecksumIEEE(rec))
	log, err := os.OpenFile(filepath.Join(a.dir, "log"), os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of an upload: %w", err)
	}
	defer log.Close()
	if _, err := log.Write(rec); err != nil {
		a.forget()
		return explain("acknowledge a piece of an upload", err)
	}
	if err := a.u.disk.syncFile(log); err != nil {
		return err
	}
	a.up.acked, a.up.seen = a.at, now
	return nil
}

// readLog gives the highest acknowledged offset; records that a power cut tore
// fail their CRC and do not count. A tear may leave the records that follow out
// of step, so every position is tried.
func readLog(path string) (offset int64, seen time.Time, err error) {
	log, err := os.ReadFile(path)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("read the log of an upload: %w", err)
	}
	for i := 0; i+recordSize <= len(log); {
		rec := log[i : i+recordSize]
		if crc32.ChecksumIEEE(rec[:16]) != binary.BigEndian.Uint32(rec[16:]) {
			i++
			continue
		}
		offset = max(offset, int64(binary.BigEndian.Uint64(rec)))
		seen = time.Unix(0, int64(binary.BigEndian.Uint64(rec[8:]))).UTC()
		i += recordSize
	}
	return offset, seen, nil
}
