package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
)

const uid = "0123456789abcdef-A_z"

func uploads(t testing.TB, clk clock.Clock) *Uploads {
	t.Helper()
	u, err := OpenUploads(filepath.Join(t.TempDir(), "staging"), folder(t), 100_000_000, clk)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// again opens the same staging folder as a new process would.
func again(t testing.TB, u *Uploads) *Uploads {
	t.Helper()
	next, err := OpenUploads(u.path, u.store, u.limit, u.clock)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestUploadsWholeStory(t *testing.T) {
	ctx := context.Background()
	content := random(t, 20<<20)
	u := uploads(t, clock.NewFake(noon))
	for range 2 { // the first answer was lost
		if err := u.Begin(ctx, uid, int64(len(content)), "plan d'action.pdf"); err != nil {
			t.Fatal(err)
		}
	}
	if off, err := u.Append(ctx, uid, 0, bytes.NewReader(content[:1000])); err != nil || off != 1000 {
		t.Fatalf("Append = %d, %v", off, err)
	}
	reset := errors.New("connection reset")
	off, err := u.Append(ctx, uid, 1000, io.MultiReader(bytes.NewReader(content[1000:5000]), failing{reset}))
	if !errors.Is(err, reset) || off != 5000 {
		t.Fatalf("cut Append = %d, %v", off, err)
	}
	if off, err := u.Append(ctx, uid, 1000, strings.NewReader("x")); off != 5000 || errs.KeyOf(err) != "blob.upload_offset" || !errs.Is(err, errs.Conflict) {
		t.Fatalf("Append at a wrong offset = %d, %v", off, err)
	}
	if _, err := u.Finish(ctx, uid); errs.KeyOf(err) != "blob.upload_incomplete" {
		t.Fatalf("early Finish: %v", err)
	}
	u = again(t, u)
	if name, total, err := u.Announced(ctx, uid); err != nil || name != "plan d'action.pdf" || total != int64(len(content)) {
		t.Fatalf("Announced = %q, %d, %v", name, total, err)
	}
	if off, err := u.Append(ctx, uid, 5000, bytes.NewReader(content[5000:])); err != nil || off != int64(len(content)) {
		t.Fatalf("last Append = %d, %v", off, err)
	}
	for range 2 {
		ref, err := u.Finish(ctx, uid)
		if err != nil || ref != refOf(content) {
			t.Fatalf("Finish = %v, %v", ref, err)
		}
		u = again(t, u)
	}
	if err := u.store.Check(ctx, refOf(content).Digest); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(u.path, uid, "data")); err != nil || info.Size() != 0 {
		t.Fatalf("staging keeps %v, %v", info, err)
	}
}

func TestUploadsRefuse(t *testing.T) {
	ctx := context.Background()
	u := uploads(t, clock.NewFake(noon))
	if err := u.Begin(ctx, uid, 10, "a.pdf"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		do   func() error
		kind errs.Kind
		key  string
	}{
		{"a path as id", func() error { return u.Begin(ctx, "../../../../etc/cron.d/x", 1, "") }, errs.Invalid, "blob.upload_bad_id"},
		{"a hidden path as id", func() error { return u.Begin(ctx, "aaaaaaaaaaaaaaaa/../b", 1, "") }, errs.Invalid, "blob.upload_bad_id"},
		{"a NUL in the id", func() error { return u.Begin(ctx, "aaaaaaaaaaaaaaaa\x00", 1, "") }, errs.Invalid, "blob.upload_bad_id"},
		{"an id too short to be random", func() error { return u.Begin(ctx, "abc", 1, "") }, errs.Invalid, "blob.upload_bad_id"},
		{"a long id", func() error { return u.Begin(ctx, strings.Repeat("a", 65), 1, "") }, errs.Invalid, "blob.upload_bad_id"},
		{"a negative size", func() error { return u.Begin(ctx, uid+"2", -1, "") }, errs.Invalid, "blob.upload_bad_size"},
		{"a size over the limit", func() error { return u.Begin(ctx, uid+"2", 100_000_001, "") }, errs.Invalid, "blob.too_large"},
		{"another file under the same id", func() error { return u.Begin(ctx, uid, 11, "a.pdf") }, errs.Conflict, "blob.upload_exists"},
		{"another name under the same id", func() error { return u.Begin(ctx, uid, 10, "b.pdf") }, errs.Conflict, "blob.upload_exists"},
		{"more than announced", func() error { _, err := u.Append(ctx, uid, 0, strings.NewReader("12345678901")); return err }, errs.Invalid, "blob.upload_too_long"},
		{"an unknown upload", func() error { _, err := u.Append(ctx, uid+"3", 0, strings.NewReader("1")); return err }, errs.NotFound, "blob.upload_not_found"},
		{"the offset of a path", func() error { _, err := u.Offset(ctx, "../"+uid); return err }, errs.NotFound, "blob.upload_not_found"},
		{"the end of an unknown upload", func() error { _, err := u.Finish(ctx, uid+"3"); return err }, errs.NotFound, "blob.upload_not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.do(); err == nil || errs.KindOf(err) != c.kind || errs.KeyOf(err) != c.key {
				t.Fatalf("got %v", err)
			}
		})
	}
	if off, err := u.Offset(ctx, uid); err != nil || off != 0 {
		t.Fatalf("Offset = %d, %v: a refused piece was acknowledged", off, err)
	}
	if err := u.Abort(ctx, "../"+uid); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := u.Abort(ctx, uid); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := u.Offset(ctx, uid); !errs.Is(err, errs.NotFound) {
		t.Fatalf("Offset after Abort: %v", err)
	}
}

func TestUploadsNewerAppendReplacesADeadOne(t *testing.T) {
	ctx := context.Background()
	u := uploads(t, clock.NewFake(noon))
	if err := u.Begin(ctx, uid, 6, "a"); err != nil {
		t.Fatal(err)
	}
	dead, hold := io.Pipe()
	old := make(chan error)
	go func() { _, err := u.Append(ctx, uid, 0, dead); old <- err }()
	hold.Write([]byte("ZZZ")) // returns when the older Append took it: not acknowledged yet
	if off, err := u.Append(ctx, uid, 0, strings.NewReader("abcdef")); err != nil || off != 6 {
		t.Fatalf("newer Append = %d, %v", off, err)
	}
	go hold.Write([]byte("ZZZ"))
	if err := <-old; errs.KeyOf(err) != "blob.upload_offset" {
		t.Fatalf("older Append: %v", err)
	}
	dead.Close()
	if ref, err := u.Finish(ctx, uid); err != nil || ref != refOf([]byte("abcdef")) {
		t.Fatalf("Finish = %v, %v", ref, err)
	}
}

func TestUploadsAcknowledgeOnlyWhatIsSynced(t *testing.T) {
	ctx := context.Background()
	u := uploads(t, clock.NewFake(noon))
	if err := u.Begin(ctx, uid, 30, "a"); err != nil {
		t.Fatal(err)
	}
	var order []string
	real := u.disk.sync
	u.disk.sync = func(f *os.File) error { order = append(order, filepath.Base(f.Name())); return real(f) }
	if _, err := u.Append(ctx, uid, 0, strings.NewReader("0123456789")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, " "); got != "data log" {
		t.Fatalf("synced %q", got)
	}
	u.disk.sync = func(f *os.File) error { return syscall.ENOSPC }
	off, err := u.Append(ctx, uid, 10, strings.NewReader("0123456789"))
	if off != 10 || errs.KeyOf(err) != "blob.no_space" {
		t.Fatalf("Append on a full disk = %d, %v", off, err)
	}
	if info, err := os.Stat(filepath.Join(u.path, uid, "data")); err != nil || info.Size() != 10 {
		t.Fatalf("unacknowledged bytes were left: %v, %v", info, err)
	}
	u.disk.sync = real
	if off, err := again(t, u).Offset(ctx, uid); err != nil || off != 10 {
		t.Fatalf("Offset after restart = %d, %v", off, err)
	}
	if off, err := u.Append(ctx, uid, 10, strings.NewReader("0123456789")); err != nil || off != 20 {
		t.Fatalf("Append once there is space = %d, %v", off, err)
	}
}

func TestUploadsReadATornLog(t *testing.T) {
	ctx := context.Background()
	u := uploads(t, clock.NewFake(noon))
	if err := u.Begin(ctx, uid, 300, "a"); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := u.Append(ctx, uid, int64(i)*100, io.LimitReader(zeros{}, 100)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(u.path, uid, "log")
	whole, err := os.ReadFile(path)
	if err != nil || len(whole) != 3*recordSize {
		t.Fatalf("log of %d bytes, %v", len(whole), err)
	}
	for cut := range whole {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if off, err := again(t, u).Offset(ctx, uid); err != nil || off != int64(cut/recordSize*100) {
			t.Fatalf("log cut at %d: offset %d, %v", cut, off, err)
		}
	}
	torn := append(bytes.Clone(whole[:25]), whole[40:]...) // the second record lost its end
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	if off, err := again(t, u).Offset(ctx, uid); err != nil || off != 300 {
		t.Fatalf("torn log: offset %d, %v", off, err)
	}
}

func TestUploadsExpire(t *testing.T) {
	ctx := context.Background()
	clk := clock.NewFake(time.Now().UTC())
	u := uploads(t, clk)
	for _, id := range []string{uid + "old", uid + "fed"} {
		if err := u.Begin(ctx, id, 10, "a"); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(u.path, "new-1.tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	clk.Advance(20 * time.Hour)
	if _, err := u.Append(ctx, uid+"fed", 0, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	clk.Advance(5 * time.Hour)
	if n, err := again(t, u).Sweep(ctx, 24*time.Hour); err != nil || n != 1 {
		t.Fatalf("Sweep = %d, %v", n, err)
	}
	left, err := os.ReadDir(u.path)
	if err != nil || len(left) != 1 || left[0].Name() != uid+"fed" {
		t.Fatalf("left %v, %v", left, err)
	}
}

// Whatever the pieces, the cuts and the restarts, following the offset gives the file.
func TestUploadsAnyHistory(t *testing.T) {
	ctx := context.Background()
	store := folder(t)
	rapid.Check(t, func(rt *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(rt, "content")
		u, err := OpenUploads(filepath.Join(t.TempDir(), "s"), store, 1<<20, clock.NewFake(noon))
		if err != nil {
			rt.Fatal(err)
		}
		if err := u.Begin(ctx, uid, int64(len(content)), "a"); err != nil {
			rt.Fatal(err)
		}
		for at := int64(0); at < int64(len(content)); {
			n := rapid.Int64Range(0, int64(len(content))-at).Draw(rt, "piece")
			var r io.Reader = bytes.NewReader(content[at : at+n])
			if rapid.Bool().Draw(rt, "cut") {
				r = io.MultiReader(r, failing{io.ErrUnexpectedEOF})
			}
			if wrong := rapid.Int64Range(0, int64(len(content))).Draw(rt, "guess"); wrong != at {
				if off, err := u.Append(ctx, uid, wrong, strings.NewReader("?")); off != at || !errs.Is(err, errs.Conflict) {
					rt.Fatalf("Append at %d instead of %d = %d, %v", wrong, at, off, err)
				}
			}
			if off, _ := u.Append(ctx, uid, at, r); off != at+n {
				rt.Fatalf("Append of %d at %d = %d", n, at, off)
			}
			if rapid.Bool().Draw(rt, "restart") {
				u = again(t, u)
			}
			if at, err = u.Offset(ctx, uid); err != nil {
				rt.Fatal(err)
			}
		}
		if ref, err := u.Finish(ctx, uid); err != nil || ref != refOf(content) {
			rt.Fatalf("Finish = %v, %v", ref, err)
		}
	})
}
