package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"transformateur/internal/platform/clock"
)

// StaleAfter is how long a temporary file may stay untouched before it counts
// as left by a process that died.
const StaleAfter = time.Hour

// Folder is a Store in a folder of the file system: the blob with digest
// aabb… is the file aa/bb/aabb…. Several processes may use the same folder.
type Folder struct {
	path  string
	tmp   string
	clock clock.Clock
	disk  *disk
}

var _ Store = (*Folder)(nil)

// OpenFolder opens the store in the folder at path, makes it if needed, and
// removes the temporary files that a process left when it died.
func OpenFolder(path string, clk clock.Clock) (*Folder, error) {
	f := &Folder{path: filepath.Clean(path), clock: clk, disk: newDisk()}
	return f, f.open()
}

// Broken is closed when a sync failed: nothing more is kept, and the process must
// end, since what it reads may not be what is on the disk.
func (f *Folder) Broken() <-chan struct{} { return f.disk.broken }

func (f *Folder) open() error {
	f.tmp = filepath.Join(f.path, "tmp")
	if err := f.disk.root(f.path); err != nil {
		return err
	}
	if err := f.disk.folder(f.path, f.tmp); err != nil {
		return err
	}
	_, err := f.Sweep()
	return err
}

// Sweep removes temporary files untouched for StaleAfter and says how many.
func (f *Folder) Sweep() (int, error) {
	entries, err := os.ReadDir(f.tmp)
	if err != nil {
		return 0, fmt.Errorf("list temporary files: %w", err)
	}
	swept, limit := 0, f.clock.Now().Add(-StaleAfter)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || info.ModTime().After(limit) {
			continue
		}
		if err := os.Remove(filepath.Join(f.tmp, e.Name())); err == nil {
			swept++
		}
	}
	return swept, nil
}

func (f *Folder) place(digest string) string {
	return filepath.Join(f.path, digest[:2], digest[2:4], digest)
}

// Put keeps what r gives: written aside, synced, renamed into place, and the
// folders synced, before it returns.
func (f *Folder) Put(ctx context.Context, r io.Reader, limit int64) (Ref, error) {
	if err := f.disk.usable(); err != nil {
		return Ref{}, err
	}
	tmp, err := f.disk.create(f.tmp, "put-*")
	if err != nil {
		return Ref{}, explain("make a temporary file", err)
	}
	name := tmp.Name()
	ref, err := f.fill(ctx, tmp, r, limit)
	if err != nil {
		os.Remove(name)
		return Ref{}, err
	}
	if err := f.settle(name, ref); err != nil {
		os.Remove(name)
		return Ref{}, err
	}
	return ref, nil
}

func (f *Folder) fill(ctx context.Context, tmp *os.File, r io.Reader, limit int64) (Ref, error) {
	ref, err := copyBounded(ctx, tmp, r, limit)
	if err == nil {
		err = f.disk.syncFile(tmp)
	}
	if closed := tmp.Close(); err == nil {
		err = explain("close a temporary file", closed)
	}
	return ref, err
}

// settle renames even over a blob that is there: the new copy is known to be
// whole and synced, the old one is not.
func (f *Folder) settle(tmp string, ref Ref) error {
	place := f.place(ref.Digest)
	dir := filepath.Dir(place)
	if err := f.disk.folder(f.path, dir); err != nil {
		return err
	}
	if err := f.disk.rename(tmp, place); err != nil {
		return explain("put blob "+ref.Digest+" in its place", err)
	}
	return f.disk.syncDir(dir)
}

// Open reads a blob.
func (f *Folder) Open(ctx context.Context, digest string) (File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !validDigest(digest) {
		return nil, notFound(digest)
	}
	file, err := os.Open(f.place(digest))
	if errors.Is(err, os.ErrNotExist) {
		return nil, notFound(digest)
	}
	if err != nil {
		return nil, fmt.Errorf("open blob %s: %w", digest, err)
	}
	return file, nil
}

// Stat says how long a blob is.
func (f *Folder) Stat(ctx context.Context, digest string) (Ref, error) {
	if err := ctx.Err(); err != nil {
		return Ref{}, err
	}
	if !validDigest(digest) {
		return Ref{}, notFound(digest)
	}
	info, err := os.Stat(f.place(digest))
	if errors.Is(err, os.ErrNotExist) {
		return Ref{}, notFound(digest)
	}
	if err != nil {
		return Ref{}, fmt.Errorf("look at blob %s: %w", digest, err)
	}
	return Ref{Digest: digest, Size: info.Size()}, nil
}

// Delete forgets a blob, durably.
func (f *Folder) Delete(ctx context.Context, digest string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !validDigest(digest) {
		return nil
	}
	place := f.place(digest)
	err := os.Remove(place)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete blob %s: %w", digest, err)
	}
	return f.disk.syncDir(filepath.Dir(place))
}

// Check reads a blob back and compares it with its digest.
func (f *Folder) Check(ctx context.Context, digest string) error {
	file, err := f.Open(ctx, digest)
	if err != nil {
		return err
	}
	defer file.Close()
	return verify(ctx, file, Ref{Digest: digest, Size: -1})
}

// Walk calls do with every blob, in the order of the digests.
func (f *Folder) Walk(ctx context.Context, do func(Ref) error) error {
	return f.walk(ctx, f.path, 0, do)
}

func (f *Folder) walk(ctx context.Context, dir string, depth int, do func(Ref) error) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list blobs: %w", err)
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.Join(dir, e.Name())
		if depth < 2 && e.IsDir() && len(e.Name()) == 2 {
			if err := f.walk(ctx, path, depth+1, do); err != nil {
				return err
			}
			continue
		}
		if depth < 2 || !validDigest(e.Name()) || f.place(e.Name()) != path {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, os.ErrNotExist) || (err == nil && !info.Mode().IsRegular()) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look at blob %s: %w", e.Name(), err)
		}
		if err := do(Ref{Digest: e.Name(), Size: info.Size()}); err != nil {
			return err
		}
	}
	return nil
}
