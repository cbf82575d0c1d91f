package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
)

// cut follows the calls of a store and knows what would stand after a power
// cut at any moment: a file's bytes once it was synced, a name once the folder
// that holds it was synced after the name appeared.
type cut struct {
	mu      sync.Mutex
	synced  map[string]bool // files, by their present name, whose bytes are on disk
	names   map[string]bool // names on disk
	waiting map[string]bool // names not yet on disk
}

func watch(d *disk) *cut {
	c := &cut{synced: map[string]bool{}, names: map[string]bool{}, waiting: map[string]bool{}}
	realSync, realRename, realMkdir := d.sync, d.rename, d.mkdir
	d.sync = func(f *os.File) error {
		if err := realSync(f); err != nil {
			return err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if info, err := f.Stat(); err == nil && !info.IsDir() {
			c.synced[f.Name()] = true
			return nil
		}
		for name := range maps.Clone(c.waiting) {
			if filepath.Dir(name) == f.Name() {
				c.names[name] = true
				delete(c.waiting, name)
			}
		}
		return nil
	}
	d.rename = func(from, to string) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if err := realRename(from, to); err != nil {
			return err
		}
		c.synced[to] = c.synced[from]
		if !c.names[to] {
			c.waiting[to] = true
		}
		return nil
	}
	d.mkdir = func(path string) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		err := realMkdir(path)
		if err == nil && !c.names[path] {
			c.waiting[path] = true
		}
		return err
	}
	return c
}

// survives says whether the file at path, under root, would stand with its bytes.
func (c *cut) survives(root, path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.synced[path] {
		return false
	}
	for ; path != root; path = filepath.Dir(path) {
		if !c.names[path] {
			return false
		}
	}
	return true
}

func TestFolderAcknowledgedFilesSurviveAPowerCut(t *testing.T) {
	ctx := context.Background()
	f := &Folder{path: t.TempDir(), clock: clock.NewFake(noon), disk: newDisk()}
	c := watch(f.disk)
	if err := f.open(); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			ref, err := f.Put(ctx, bytes.NewReader([]byte{byte(i / 2)}), 10) // each content twice, at once
			if err != nil {
				t.Error(err)
			} else if !c.survives(f.path, f.place(ref.Digest)) {
				t.Errorf("file %d was acknowledged but would not survive", i)
			}
		})
	}
	wg.Wait()
}

// The test above would be worth nothing if a store that forgets a sync passed it.
func TestFolderPowerCutTestSeesAForgottenSync(t *testing.T) {
	for _, forgotten := range []string{"files", "folders"} {
		f := &Folder{path: t.TempDir(), clock: clock.NewFake(noon), disk: newDisk()}
		c := watch(f.disk)
		honest := f.disk.sync
		f.disk.sync = func(file *os.File) error {
			info, err := file.Stat()
			if err != nil || info.IsDir() == (forgotten == "folders") {
				return err
			}
			return honest(file)
		}
		if err := f.open(); err != nil {
			t.Fatal(err)
		}
		ref, err := f.Put(context.Background(), strings.NewReader("x"), 10)
		if err != nil {
			t.Fatal(err)
		}
		if c.survives(f.path, f.place(ref.Digest)) {
			t.Errorf("without syncing %s the file is said to survive", forgotten)
		}
	}
}

// A folder left by a process that died before syncing it must be synced by the next one.
func TestFolderSyncsFoldersItFinds(t *testing.T) {
	f := folder(t)
	ref := refOf([]byte("x"))
	if err := os.MkdirAll(filepath.Dir(f.place(ref.Digest)), 0o700); err != nil {
		t.Fatal(err)
	}
	synced := map[string]bool{}
	real := f.disk.sync
	f.disk.sync = func(file *os.File) error { synced[file.Name()] = true; return real(file) }
	if _, err := f.Put(context.Background(), strings.NewReader("x"), 10); err != nil {
		t.Fatal(err)
	}
	bb := filepath.Dir(f.place(ref.Digest))
	for _, dir := range []string{f.path, filepath.Dir(bb), bb} {
		if !synced[dir] {
			t.Errorf("%s was not synced", dir)
		}
	}
}

func TestFolderFaults(t *testing.T) {
	ctx := context.Background()
	full := func(f *Folder) {
		real := f.disk.create
		f.disk.create = func(dir, pattern string) (*os.File, error) {
			if f, err := real(dir, pattern); err != nil {
				return nil, err
			} else {
				defer f.Close()
				if err := os.Remove(f.Name()); err != nil {
					return nil, err
				}
				if err := os.Symlink("/dev/full", f.Name()); err != nil {
					return nil, err
				}
				return os.OpenFile(f.Name(), os.O_WRONLY, 0)
			}
		}
	}
	syncing := func(err error) func(*Folder) {
		return func(f *Folder) { f.disk.sync = func(*os.File) error { return err } }
	}
	for _, c := range []struct {
		name  string
		fault func(*Folder)
		key   string
		stops bool // nothing may be kept any more by this process
	}{
		{"no space when writing", full, "blob.no_space", false},
		{"no space when syncing", syncing(syscall.ENOSPC), "blob.no_space", false},
		{"quota reached", syncing(syscall.EDQUOT), "blob.no_space", false},
		{"no space for the name", func(f *Folder) { f.disk.rename = func(string, string) error { return syscall.ENOSPC } }, "blob.no_space", false},
		{"no space for a folder", func(f *Folder) { f.disk.mkdir = func(string) error { return syscall.ENOSPC } }, "blob.no_space", false},
		{"the disk fails to sync", syncing(syscall.EIO), "blob.storage_failed", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := folder(t)
			sound := newDisk()
			c.fault(f)
			_, err := f.Put(ctx, bytes.NewReader(make([]byte, 200_000)), 1<<20)
			if !errs.Is(err, errs.Unavailable) || errs.KeyOf(err) != c.key {
				t.Fatalf("Put: %v", err)
			}
			if left, err := os.ReadDir(f.tmp); err != nil || len(left) != 0 {
				t.Fatalf("rubbish left: %v, %v", left, err)
			}
			if err := f.Walk(ctx, func(r Ref) error { return errors.New("kept " + r.Digest) }); err != nil {
				t.Fatal(err)
			}
			f.disk.create, f.disk.sync, f.disk.rename, f.disk.mkdir = sound.create, sound.sync, sound.rename, sound.mkdir
			_, err = f.Put(ctx, strings.NewReader("x"), 10)
			if c.stops && errs.KeyOf(err) != "blob.storage_failed" || !c.stops && err != nil {
				t.Fatalf("Put afterwards: %v", err)
			}
		})
	}
}

func TestFolderSweepsOnlyStaleTemporaryFiles(t *testing.T) {
	path := t.TempDir()
	tmp := filepath.Join(path, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"put-old": 2 * time.Hour, "put-young": time.Minute} {
		file := filepath.Join(tmp, name)
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, noon.Add(-age), noon.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := OpenFolder(path, clock.NewFake(noon)); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) != 1 || left[0].Name() != "put-young" {
		t.Fatalf("left %v, %v", left, err)
	}
}

func TestFolderFindsAndRepairsDamage(t *testing.T) {
	ctx := context.Background()
	f := folder(t)
	ref, err := f.Put(ctx, strings.NewReader("le budget"), 100)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"changed": "le Budget", "cut short": "le b", "emptied": ""} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(f.place(ref.Digest), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := f.Check(ctx, ref.Digest); errs.KeyOf(err) != "blob.damaged" || !errs.Is(err, errs.Internal) {
				t.Fatalf("Check: %v", err)
			}
			if _, err := f.Put(ctx, strings.NewReader("le budget"), 100); err != nil {
				t.Fatal(err)
			}
			if err := f.Check(ctx, ref.Digest); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestFolderWalkPassesOverStrangers(t *testing.T) {
	ctx := context.Background()
	f := folder(t)
	ref, err := f.Put(ctx, strings.NewReader("x"), 10)
	if err != nil {
		t.Fatal(err)
	}
	stranger := refOf([]byte("y")).Digest
	for _, path := range []string{"notes.txt", "aa", filepath.Join(ref.Digest[:2], ref.Digest[2:4], stranger)} {
		if err := os.WriteFile(filepath.Join(f.path, path), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var seen []Ref
	if err := f.Walk(ctx, func(r Ref) error { seen = append(seen, r); return nil }); err != nil || len(seen) != 1 || seen[0] != ref {
		t.Fatalf("saw %v, %v", seen, err)
	}
}

func BenchmarkPut(b *testing.B) {
	for name, size := range map[string]int{"10kB": 10_000, "1MB": 1_000_000, "20MB": 20_000_000} {
		b.Run(name, func(b *testing.B) {
			f := folder(b)
			content := make([]byte, size)
			b.SetBytes(int64(size))
			for i := 0; b.Loop(); i++ {
				content[0], content[1], content[2] = byte(i), byte(i>>8), byte(i>>16)
				if _, err := f.Put(context.Background(), onlyReader{bytes.NewReader(content)}, int64(size)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	f := folder(b)
	ref, err := f.Put(context.Background(), io.LimitReader(zeros{}, 20_000_000), 20_000_000)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(ref.Size)
	for b.Loop() {
		if err := f.Check(context.Background(), ref.Digest); err != nil {
			b.Fatal(err)
		}
	}
}
