package blob

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"

	"transformateur/internal/platform/errs"
)

// disk is the handful of calls whose order decides what a power cut leaves;
// tests watch them and make them fail.
type disk struct {
	create func(dir, pattern string) (*os.File, error)
	sync   func(*os.File) error
	rename func(from, to string) error
	mkdir  func(path string) error

	failed  atomic.Bool
	broken  chan struct{} // closed when a sync failed
	durable sync.Map      // path → struct{}: folders whose own entry is known to be on disk
}

func newDisk() *disk {
	return &disk{
		broken: make(chan struct{}),
		create: os.CreateTemp,
		sync:   (*os.File).Sync,
		rename: os.Rename,
		mkdir:  func(path string) error { return os.Mkdir(path, 0o700) },
	}
}

// usable refuses to go on after a sync failed: the kernel may have dropped the
// pages it could not write and would report the next sync as a success.
func (d *disk) usable() error {
	if d.failed.Load() {
		return errs.New(errs.Unavailable, "blob.storage_failed")
	}
	return nil
}

func (d *disk) syncFile(f *os.File) error {
	err := d.sync(f)
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return explain("sync "+f.Name(), err)
	}
	if d.failed.CompareAndSwap(false, true) {
		close(d.broken)
	}
	return errs.New(errs.Unavailable, "blob.storage_failed").Because(fmt.Errorf("sync %s: %w", f.Name(), err))
}

func (d *disk) syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open folder %s to sync it: %w", path, err)
	}
	defer f.Close()
	return d.syncFile(f)
}

// folder makes path under root with every level on disk. A level that already
// stands is synced once too: another request, or a process that died, may have
// made it and not synced it yet.
func (d *disk) folder(root, path string) error {
	if path == root {
		return nil
	}
	if _, known := d.durable.Load(path); known {
		return nil
	}
	parent := filepath.Dir(path)
	if err := d.folder(root, parent); err != nil {
		return err
	}
	if err := d.mkdir(path); err != nil && !errors.Is(err, os.ErrExist) {
		return explain("make folder "+path, err)
	}
	if err := d.syncDir(parent); err != nil {
		return err
	}
	d.durable.Store(path, struct{}{})
	return nil
}

// root makes the folder a store lives in, and syncs the folders above that it made.
func (d *disk) root(path string) error {
	path = filepath.Clean(path)
	if info, err := os.Stat(path); err == nil {
		if !info.IsDir() {
			return fmt.Errorf("open %s: not a folder", path)
		}
		return d.syncDir(filepath.Dir(path))
	}
	parent := filepath.Dir(path)
	if parent != path {
		if _, err := os.Stat(parent); err != nil {
			if err := d.root(parent); err != nil {
				return err
			}
		}
	}
	if err := d.mkdir(path); err != nil && !errors.Is(err, os.ErrExist) {
		return explain("make folder "+path, err)
	}
	return d.syncDir(parent)
}
