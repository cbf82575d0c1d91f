package faults

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// disk is a file system whose power can be cut. Programs see what they wrote; the
// platter has what was synced; in between, what the device may lose, reorder or
// tear. The rules are POSIX's, without what some file systems give on top: a new
// name is only there once its folder was synced.
type disk struct {
	mu    sync.Mutex
	root  *node
	moves []move // changes of names that no sync of their folder followed
	used  int64  // bytes of files
	room  int64  // bytes there are, 0 for no limit
	dead  bool
	tick  int         // operations that change something, since the start
	cutAt int         // the operation at which the power goes, 0 for never
	gone  chan string // told once, when the power goes

	deaf   func(path string) bool          // a sync of path is answered and not done
	broken func(path string) syscall.Errno // what a sync of path fails with, 0 for nothing
	delay  time.Duration                   // before a sync is done
	syncs  map[string]int                  // how often each path was synced
}

// node is a file or a folder. live is what programs see of a file, kept what the
// platter has; names is what the platter has of a folder, whose live names are the
// inode's children.
type node struct {
	fs.Inode
	disk    *disk
	mode    uint32
	at      time.Time
	live    []byte
	kept    []byte
	pending []write
	names   map[string]*node
}

// write is a change of a file that no sync followed; without data it changes the size to at.
type write struct {
	tick int
	at   int64
	data []byte
}

// move changes names in one go: a rename is never seen half done.
type move struct {
	tick    int
	changes []change
}

type change struct {
	dir  *node
	name string
	to   *node // nil: the name goes
}

func newDisk() *disk {
	d := &disk{gone: make(chan string, 1), syncs: map[string]int{}}
	d.root = d.node(syscall.S_IFDIR | 0o700)
	return d
}

func (d *disk) node(mode uint32) *node {
	n := &node{disk: d, mode: mode, at: time.Now()}
	if n.folder() {
		n.names = map[string]*node{}
	}
	return n
}

func (n *node) folder() bool { return n.mode&syscall.S_IFMT == syscall.S_IFDIR }

// load puts a folder of the machine on the disk, synced, under a name.
func (d *disk) load(t testing.TB, from, name string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		dir := d.root
		parts := strings.Split(filepath.Join(name, rel), string(filepath.Separator))
		for _, part := range parts[:len(parts)-1] {
			dir = dir.names[part]
		}
		child := d.node(syscall.S_IFDIR | 0o700)
		if !e.IsDir() {
			child = d.node(syscall.S_IFREG | 0o600)
			if child.kept, err = os.ReadFile(path); err != nil {
				return err
			}
			child.live = slices.Clone(child.kept)
			d.used += int64(len(child.live))
		}
		dir.names[parts[len(parts)-1]] = child
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// save writes what the platter has of a folder into a folder of the machine.
func (n *node) save(dir string) error {
	for name, child := range n.names {
		path := filepath.Join(dir, name)
		if !child.folder() {
			if err := os.WriteFile(path, child.kept, 0o600); err != nil {
				return err
			}
			continue
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			return err
		}
		if err := child.save(path); err != nil {
			return err
		}
	}
	return nil
}

// mount shows the disk at dir. It skips the test where file systems cannot be mounted.
func (d *disk) mount(t testing.TB, dir string) (unmount func()) {
	t.Helper()
	long := time.Hour
	server, err := fs.Mount(dir, d.root, &fs.Options{EntryTimeout: &long, AttrTimeout: &long,
		MountOptions: fuse.MountOptions{DirectMount: true, FsName: "powercut", Name: "powercut", DisableXAttrs: true, MaxWrite: 1 << 20}})
	if err != nil {
		t.Skipf("no file system can be mounted here (FUSE, as root or with fusermount3): %v", err)
	}
	return sync.OnceFunc(func() {
		if server.Unmount() != nil {
			syscall.Unmount(dir, syscall.MNT_DETACH)
		}
	})
}

// OnAdd shows what the platter has when the disk is mounted.
func (n *node) OnAdd(ctx context.Context) {
	if !n.folder() {
		return
	}
	for name, child := range n.names {
		n.AddChild(name, n.NewPersistentInode(ctx, child, fs.StableAttr{Mode: child.mode & syscall.S_IFMT}), true)
	}
}

// begin is taken by each operation that changes something. The power may go there.
func (n *node) begin() syscall.Errno {
	d := n.disk
	d.mu.Lock()
	d.tick++
	if d.cutAt > 0 && d.tick >= d.cutAt && !d.dead {
		d.dead = true
		d.gone <- "/" + n.Path(nil)
	}
	if d.dead {
		d.mu.Unlock()
		return syscall.EIO
	}
	return 0
}

func (n *node) attr(out *fuse.Attr) {
	out.Mode, out.Size, out.Nlink = n.mode, uint64(len(n.live)), 1
	out.Blocks, out.Blksize = (out.Size+511)/512, 4096
	out.SetTimes(&n.at, &n.at, &n.at)
}

// Getattr tells the size, the mode and the instant of the last change.
func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.attr(&out.Attr)
	return 0
}

// Setattr changes the size, the mode or the instant.
func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if errno := n.begin(); errno != 0 {
		return errno
	}
	defer n.disk.mu.Unlock()
	if size, ok := in.GetSize(); ok && int64(size) != int64(len(n.live)) {
		if errno := n.grow(int64(size)); errno != 0 {
			return errno
		}
		n.pending = append(n.pending, write{n.disk.tick, int64(size), nil})
		n.live = sized(n.live, int64(size))
	}
	if mode, ok := in.GetMode(); ok {
		n.mode = n.mode&syscall.S_IFMT | mode&0o7777
	}
	if at, ok := in.GetMTime(); ok {
		n.at = at
	}
	n.attr(&out.Attr)
	return 0
}

// grow takes the room that a file of that size needs, or refuses.
func (n *node) grow(size int64) syscall.Errno {
	more := size - int64(len(n.live))
	if d := n.disk; d.room > 0 && more > 0 && d.used+more > d.room {
		return syscall.ENOSPC
	}
	n.disk.used += more
	return 0
}

// sized is b with that many bytes, zeros at the end when it grows.
func sized(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// Open opens a file; the kernel may keep what it knows, nobody else changes it.
func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

// Read reads what programs see.
func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	from := min(off, int64(len(n.live)))
	to := min(off+int64(len(dest)), int64(len(n.live)))
	return fuse.ReadResultData(slices.Clone(n.live[from:to])), 0
}

// Write changes what programs see.
func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	if errno := n.begin(); errno != 0 {
		return 0, errno
	}
	defer n.disk.mu.Unlock()
	if end := off + int64(len(data)); end > int64(len(n.live)) {
		if errno := n.grow(end); errno != 0 {
			return 0, errno
		}
		n.live = sized(n.live, end)
	}
	copy(n.live[off:], data)
	n.at = time.Now()
	n.pending = append(n.pending, write{n.disk.tick, off, slices.Clone(data)})
	return uint32(len(data)), 0
}

// Flush does nothing: closing a file syncs nothing.
func (n *node) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

// Fsync puts a file's bytes, or a folder's names, on the platter.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	d, path := n.disk, "/"+n.Path(nil)
	d.mu.Lock()
	delay := d.delay
	d.mu.Unlock()
	time.Sleep(delay)
	if errno := n.begin(); errno != 0 {
		return errno
	}
	defer d.mu.Unlock()
	d.syncs[path]++
	if d.broken != nil {
		if errno := d.broken(path); errno != 0 {
			return errno
		}
	}
	if d.deaf != nil && d.deaf(path) {
		return 0
	}
	for _, w := range n.pending {
		n.kept = w.onto(n.kept)
	}
	n.pending = nil
	if n.folder() {
		d.moves = slices.DeleteFunc(d.moves, func(m move) bool {
			if !slices.ContainsFunc(m.changes, func(c change) bool { return c.dir == n }) {
				return false
			}
			m.do()
			return true
		})
	}
	return 0
}

func (w write) onto(b []byte) []byte {
	if w.data == nil {
		return sized(b, w.at)
	}
	if end := w.at + int64(len(w.data)); end > int64(len(b)) {
		b = sized(b, end)
	}
	copy(b[w.at:], w.data)
	return b
}

func (m move) do() {
	for _, c := range m.changes {
		if delete(c.dir.names, c.name); c.to != nil {
			c.dir.names[c.name] = c.to
		}
	}
}

func (n *node) moved(changes ...change) {
	n.disk.moves = append(n.disk.moves, move{n.disk.tick, changes})
	n.at = time.Now()
}

func (n *node) child(name string) *node {
	if inode := n.GetChild(name); inode != nil {
		return inode.Operations().(*node)
	}
	return nil
}

func (n *node) add(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if errno := n.begin(); errno != 0 {
		return nil, errno
	}
	defer n.disk.mu.Unlock()
	child := n.disk.node(mode)
	n.moved(change{n, name, child})
	child.attr(&out.Attr)
	return n.NewPersistentInode(ctx, child, fs.StableAttr{Mode: mode & syscall.S_IFMT}), 0
}

// Create makes a file.
func (n *node) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	inode, errno := n.add(ctx, name, syscall.S_IFREG|mode&0o777, out)
	return inode, nil, fuse.FOPEN_KEEP_CACHE, errno
}

// Link gives a file one more name.
func (n *node) Link(_ context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if errno := n.begin(); errno != 0 {
		return nil, errno
	}
	defer n.disk.mu.Unlock()
	if n.child(name) != nil {
		return nil, syscall.EEXIST
	}
	file := target.(*node)
	n.moved(change{n, name, file})
	file.attr(&out.Attr)
	return file.EmbeddedInode(), 0
}

// Mkdir makes a folder.
func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return n.add(ctx, name, syscall.S_IFDIR|mode&0o777, out)
}

// Unlink takes a name away.
func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	if errno := n.begin(); errno != 0 {
		return errno
	}
	defer n.disk.mu.Unlock()
	if old := n.child(name); old != nil {
		n.disk.used -= int64(len(old.live))
	}
	n.moved(change{n, name, nil})
	return 0
}

// Rmdir takes an empty folder away.
func (n *node) Rmdir(ctx context.Context, name string) syscall.Errno {
	if old := n.child(name); old != nil && len(old.Children()) > 0 {
		return syscall.ENOTEMPTY
	}
	return n.Unlink(ctx, name)
}

// Rename changes a name, and takes away what had the new one.
func (n *node) Rename(_ context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	if flags != 0 {
		return syscall.EINVAL
	}
	if errno := n.begin(); errno != 0 {
		return errno
	}
	defer n.disk.mu.Unlock()
	target := to.(*node)
	if old := target.child(newName); old != nil {
		n.disk.used -= int64(len(old.live))
	}
	n.moved(change{n, name, nil}, change{target, newName, n.child(name)})
	return 0
}

// Statfs tells the room that is left.
func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	room := n.disk.room
	if room == 0 {
		room = n.disk.used + 1<<40
	}
	out.Bsize, out.Frsize, out.NameLen = 4096, 4096, 255
	out.Blocks, out.Bfree = uint64(room)/4096, uint64(max(room-n.disk.used, 0))/4096
	out.Bavail = out.Bfree
	return 0
}
