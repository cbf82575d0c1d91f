package blob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
)

// Uploads receives files piece by piece, so that a cut connection loses at most
// the piece that was under way. It follows the rules of the IETF draft
// "Resumable Uploads for HTTP" (draft-ietf-httpbis-resumable-upload), without HTTP.
//
// Each upload is a folder: info.json (what was announced, and the Ref once
// finished), data, and log, which holds one record per acknowledged offset.
type Uploads struct {
	path  string
	limit int64
	store Store
	clock clock.Clock
	disk  *disk

	mu   sync.Mutex
	open map[string]*upload
}

// upload is what is known of an upload while the process lives.
type upload struct {
	mu    sync.Mutex
	round int // the Append that may write; a newer one takes the place of an older
	info  announced
	acked int64
	seen  time.Time
}

type announced struct {
	Total int64     `json:"total"`
	Name  string    `json:"name"`
	Begun time.Time `json:"begun"`
	Ref   *Ref      `json:"ref,omitempty"`
}

// ackEvery is how many bytes of one Append are acknowledged at a time.
const ackEvery = 8 << 20

// OpenUploads opens the staging folder at path. Finished files go to store.
// A file of more than limit bytes is refused when it is announced.
func OpenUploads(path string, store Store, limit int64, clk clock.Clock) (*Uploads, error) {
	u := &Uploads{path: filepath.Clean(path), limit: limit, store: store, clock: clk, disk: newDisk(), open: map[string]*upload{}}
	if err := u.disk.root(u.path); err != nil {
		return nil, err
	}
	return u, nil
}

// Broken is closed when a sync failed: nothing more is taken, and the process must end.
func (u *Uploads) Broken() <-chan struct{} { return u.disk.broken }

// ValidUploadID says whether id may name an upload: 16 to 64 letters, digits,
// hyphens or underscores, so that it can never be a path.
func ValidUploadID(id string) bool {
	if len(id) < 16 || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// Begin announces a file of total bytes. Announcing the same file again under
// the same id is no error (the first answer may have been lost); announcing
// another is errs.Conflict.
func (u *Uploads) Begin(ctx context.Context, id string, total int64, name string) error {
	switch {
	case !ValidUploadID(id):
		return errs.New(errs.Invalid, "blob.upload_bad_id")
	case total < 0:
		return errs.New(errs.Invalid, "blob.upload_bad_size")
	case total > u.limit:
		return tooLarge(u.limit)
	}
	if err := u.disk.usable(); err != nil {
		return err
	}
	if up, err := u.find(id); err == nil {
		return up.sameAs(total, name)
	} else if !errs.Is(err, errs.NotFound) {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err := u.stage(id, announced{Total: total, Name: name, Begun: u.clock.Now()})
	if errors.Is(err, os.ErrExist) {
		up, err := u.find(id)
		if err != nil {
			return err
		}
		return up.sameAs(total, name)
	}
	return err
}

func (up *upload) sameAs(total int64, name string) error {
	up.mu.Lock()
	defer up.mu.Unlock()
	if up.info.Total != total || up.info.Name != name {
		return errs.New(errs.Conflict, "blob.upload_exists")
	}
	return nil
}

// stage makes the upload's folder aside, then renames it into place: it stands
// whole or not at all.
func (u *Uploads) stage(id string, info announced) error {
	aside, err := os.MkdirTemp(u.path, "new-*.tmp")
	if err != nil {
		return explain("stage an upload", err)
	}
	keep := false
	defer func() {
		if !keep {
			os.RemoveAll(aside)
		}
	}()
	body, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("write down what upload %s is: %w", id, err)
	}
	for name, content := range map[string][]byte{"info.json": body, "data": nil, "log": nil} {
		if err := u.write(filepath.Join(aside, name), content); err != nil {
			return err
		}
	}
	if err := u.disk.syncDir(aside); err != nil {
		return err
	}
	if err := u.disk.rename(aside, filepath.Join(u.path, id)); err != nil {
		return explain("stage upload "+id, err)
	}
	keep = true
	return u.disk.syncDir(u.path)
}

func (u *Uploads) write(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return explain("make "+path, err)
	}
	_, err = f.Write(content)
	if err = explain("write "+path, err); err == nil {
		err = u.disk.syncFile(f)
	}
	if closed := f.Close(); err == nil {
		err = explain("close "+path, closed)
	}
	return err
}

// find gives the upload, read from disk the first time.
func (u *Uploads) find(id string) (*upload, error) {
	if !ValidUploadID(id) {
		return nil, errs.New(errs.NotFound, "blob.upload_not_found")
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if up, ok := u.open[id]; ok {
		return up, nil
	}
	up, err := u.load(id)
	if err != nil {
		return nil, err
	}
	u.open[id] = up
	return up, nil
}

func (u *Uploads) load(id string) (*upload, error) {
	body, err := os.ReadFile(filepath.Join(u.path, id, "info.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errs.New(errs.NotFound, "blob.upload_not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("read what upload %s is: %w", id, err)
	}
	up := &upload{}
	if err := json.Unmarshal(body, &up.info); err != nil {
		return nil, fmt.Errorf("read what upload %s is: %w", id, err)
	}
	up.acked, up.seen, err = readLog(filepath.Join(u.path, id, "log"))
	if err != nil {
		return nil, err
	}
	if up.seen.IsZero() {
		up.seen = up.info.Begun
	}
	// A disk that lied about a sync may have lost the end: then less is
	// acknowledged, and the sender sends it again.
	data, err := os.Stat(filepath.Join(u.path, id, "data"))
	if err != nil {
		return nil, fmt.Errorf("look at the data of upload %s: %w", id, err)
	}
	if up.info.Ref == nil {
		up.acked = min(up.acked, data.Size())
	}
	return up, nil
}

// Offset says how many bytes are acknowledged: they would survive a power cut.
func (u *Uploads) Offset(_ context.Context, id string) (int64, error) {
	up, err := u.find(id)
	if err != nil {
		return 0, err
	}
	up.mu.Lock()
	defer up.mu.Unlock()
	return up.acked, nil
}

// Announced gives the name and the total size in bytes that Begin was told.
func (u *Uploads) Announced(_ context.Context, id string) (name string, total int64, err error) {
	up, err := u.find(id)
	if err != nil {
		return "", 0, err
	}
	up.mu.Lock()
	defer up.mu.Unlock()
	return up.info.Name, up.info.Total, nil
}

// Finish puts a complete upload into the store and gives its Ref. Asked again,
// it gives the same Ref until the upload expires. An upload that still lacks
// bytes is errs.Conflict, with what it has and what it needs.
func (u *Uploads) Finish(ctx context.Context, id string) (Ref, error) {
	up, err := u.find(id)
	if err != nil {
		return Ref{}, err
	}
	up.mu.Lock()
	defer up.mu.Unlock()
	if up.info.Ref != nil {
		return *up.info.Ref, nil
	}
	if up.acked != up.info.Total {
		return Ref{}, errs.New(errs.Conflict, "blob.upload_incomplete", up.acked, up.info.Total)
	}
	up.round++ // a late Append must not touch the data any more
	data, err := os.Open(filepath.Join(u.path, id, "data"))
	if err != nil {
		return Ref{}, fmt.Errorf("open the data of upload %s: %w", id, err)
	}
	defer data.Close()
	ref, err := u.store.Put(ctx, io.LimitReader(data, up.info.Total), up.info.Total)
	if err != nil {
		return Ref{}, err
	}
	if ref.Size != up.info.Total {
		return Ref{}, damaged(ref.Digest, fmt.Errorf("upload %s holds %d bytes of %d", id, ref.Size, up.info.Total))
	}
	return ref, u.conclude(id, up, ref)
}

// conclude writes the result down, so that a repeated Finish finds it, and
// gives the staging space back.
func (u *Uploads) conclude(id string, up *upload, ref Ref) error {
	done := up.info
	done.Ref = &ref
	body, err := json.Marshal(done)
	if err != nil {
		return fmt.Errorf("write down the end of upload %s: %w", id, err)
	}
	dir := filepath.Join(u.path, id)
	if err := u.write(filepath.Join(dir, "info.new"), body); err != nil {
		return err
	}
	if err := u.disk.rename(filepath.Join(dir, "info.new"), filepath.Join(dir, "info.json")); err != nil {
		return explain("write down the end of upload "+id, err)
	}
	if err := u.disk.syncDir(dir); err != nil {
		return err
	}
	up.info = done
	if err := os.Truncate(filepath.Join(dir, "data"), 0); err != nil {
		return fmt.Errorf("empty the staging of upload %s: %w", id, err)
	}
	return nil
}

// Abort forgets an upload and what it received; an unknown one is no error.
func (u *Uploads) Abort(_ context.Context, id string) error {
	up, err := u.find(id)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return u.remove(id, up)
}

func (u *Uploads) remove(id string, up *upload) error {
	up.mu.Lock()
	defer up.mu.Unlock()
	up.round++
	u.mu.Lock()
	delete(u.open, id)
	u.mu.Unlock()
	if err := os.RemoveAll(filepath.Join(u.path, id)); err != nil {
		return fmt.Errorf("forget upload %s: %w", id, err)
	}
	return u.disk.syncDir(u.path)
}

// Sweep forgets the uploads to which nothing was added for at least idle, and
// what a dead process left half made. It says how many uploads it forgot.
func (u *Uploads) Sweep(ctx context.Context, idle time.Duration) (int, error) {
	entries, err := os.ReadDir(u.path)
	if err != nil {
		return 0, fmt.Errorf("list uploads: %w", err)
	}
	swept, limit := 0, u.clock.Now().Add(-idle)
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return swept, err
		}
		if !ValidUploadID(e.Name()) {
			if info, err := e.Info(); err == nil && filepath.Ext(e.Name()) == ".tmp" && info.ModTime().Before(u.clock.Now().Add(-StaleAfter)) {
				os.RemoveAll(filepath.Join(u.path, e.Name()))
			}
			continue
		}
		up, err := u.find(e.Name())
		if err != nil {
			continue // half removed, or made by a newer version: the next start tells
		}
		up.mu.Lock()
		old := !up.seen.After(limit)
		up.mu.Unlock()
		if !old {
			continue
		}
		if err := u.remove(e.Name(), up); err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}
