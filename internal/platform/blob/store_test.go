package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// liar sits before the fake S3 and damages the object bodies it gives or hides.
type liar struct {
	http.Handler
	mu     sync.Mutex
	flip   int  // this many reads give wrong bytes
	silent bool // answers 503 to everything
	puts   int
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	object := strings.Count(r.URL.Path, "/") > 2
	silent, flip := l.silent, object && r.Method == http.MethodGet && l.flip > 0
	if flip {
		l.flip--
	}
	if object && r.Method == http.MethodPut {
		l.puts++
	}
	l.mu.Unlock()
	if r.ContentLength == 0 {
		r.Header.Set("Content-Length", "0") // the fake looks for a header that net/http has taken away
		r.Header.Del("X-Amz-Decoded-Content-Length")
	}
	if silent {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	if !flip {
		l.Handler.ServeHTTP(w, r)
		return
	}
	rec := httptest.NewRecorder()
	l.Handler.ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	if len(body) > 0 {
		body[len(body)/2] ^= 1
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	w.Write(body)
}

func fakeS3(t testing.TB, prefix string) (*S3, *liar) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	l := &liar{Handler: gofakes3.New(backend).Server()}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	s, err := OpenS3(context.Background(), S3Config{
		Endpoint: strings.TrimPrefix(server.URL, "http://"), Region: "eu-west-3", Bucket: "files", Prefix: prefix,
		AccessKey: "key", SecretKey: "secret", Insecure: true, PathStyle: true, Spool: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, l
}

func folder(t testing.TB) *Folder {
	t.Helper()
	f, err := OpenFolder(t.TempDir()+"/files", clock.NewFake(time.Now().UTC()))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// eachStore runs body on every implementation.
func eachStore(t *testing.T, body func(t *testing.T, s Store)) {
	t.Run("folder", func(t *testing.T) { body(t, folder(t)) })
	t.Run("S3", func(t *testing.T) { s, _ := fakeS3(t, "prod/blobs"); body(t, s) })
	t.Run("S3 without prefix", func(t *testing.T) { s, _ := fakeS3(t, ""); body(t, s) })
	if s, ok := signedStore(t); ok {
		t.Run("S3 that checks signatures", func(t *testing.T) { body(t, s) })
	}
}

func refOf(content []byte) Ref {
	sum := sha256.Sum256(content)
	return Ref{Digest: hex.EncodeToString(sum[:]), Size: int64(len(content))}
}

func random(t testing.TB, n int) []byte {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	b := make([]byte, n)
	c := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), byte(seed >> 24)})
	c.Read(b)
	return b
}

func TestStoreKeepsAndGivesBack(t *testing.T) {
	ctx := context.Background()
	for _, content := range [][]byte{{}, []byte("un dossier"), random(t, 300<<10)} {
		eachStore(t, func(t *testing.T, s Store) {
			want := refOf(content)
			for range 2 { // idempotent
				ref, err := s.Put(ctx, bytes.NewReader(content), int64(len(content)))
				if err != nil || ref != want {
					t.Fatalf("Put = %v, %v; want %v", ref, err, want)
				}
			}
			if ref, err := s.Stat(ctx, want.Digest); err != nil || ref != want {
				t.Fatalf("Stat = %v, %v", ref, err)
			}
			f, err := s.Open(ctx, want.Digest)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(f)
			if err != nil || !bytes.Equal(got, content) {
				t.Fatalf("read %d bytes, %v", len(got), err)
			}
			if len(content) > 100 {
				at := make([]byte, 10)
				if _, err := f.ReadAt(at, 50); err != nil || !bytes.Equal(at, content[50:60]) {
					t.Fatalf("ReadAt = %x, %v", at, err)
				}
				if _, err := f.Seek(-3, io.SeekEnd); err != nil {
					t.Fatal(err)
				}
				if rest, err := io.ReadAll(f); err != nil || !bytes.Equal(rest, content[len(content)-3:]) {
					t.Fatalf("after Seek: %x, %v", rest, err)
				}
			}
			f.Close()
			if err := s.Check(ctx, want.Digest); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := s.Delete(ctx, want.Digest); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.Open(ctx, want.Digest); !errs.Is(err, errs.NotFound) {
				t.Fatalf("Open after Delete: %v", err)
			}
			if err := s.Check(ctx, want.Digest); !errs.Is(err, errs.NotFound) {
				t.Fatalf("Check after Delete: %v", err)
			}
		})
	}
}

func TestStoreRefuses(t *testing.T) {
	ctx := context.Background()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	cut := errors.New("connection reset")
	for _, c := range []struct {
		name  string
		ctx   context.Context
		r     io.Reader
		limit int64
		kind  errs.Kind
		key   string
		cause error
	}{
		{"one byte too many", ctx, strings.NewReader("12345678901"), 10, errs.Invalid, "blob.too_large_small", nil},
		{"far too many", ctx, zeros{}, 5_000_000, errs.Invalid, "blob.too_large", nil},
		{"the sender left", gone, strings.NewReader("x"), 10, errs.Internal, "", context.Canceled},
		{"the connection broke", ctx, io.MultiReader(strings.NewReader("abc"), failing{cut}), 10, errs.Internal, "", cut},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s Store) {
				_, err := s.Put(c.ctx, c.r, c.limit)
				if err == nil {
					t.Fatal("kept")
				}
				if errs.KindOf(err) != c.kind || errs.KeyOf(err) != c.key || c.cause != nil && !errors.Is(err, c.cause) {
					t.Fatalf("Put: %v", err)
				}
				if err := s.Walk(ctx, func(r Ref) error { return fmt.Errorf("left behind %v", r) }); err != nil {
					t.Fatal(err)
				}
				if seeker, ok := c.r.(io.Seeker); ok {
					seeker.Seek(0, io.SeekStart)
				}
			})
		})
	}
}

func TestStoreNeverTakesADigestForAPath(t *testing.T) {
	ctx := context.Background()
	eachStore(t, func(t *testing.T, s Store) {
		for _, digest := range []string{"", "..", "../../../../etc/passwd", strings.Repeat("a", 63), strings.Repeat("A", 64), strings.Repeat("../", 21) + "x", strings.Repeat("a", 63) + "/"} {
			if _, err := s.Open(ctx, digest); !errs.Is(err, errs.NotFound) {
				t.Errorf("Open(%q): %v", digest, err)
			}
			if _, err := s.Stat(ctx, digest); !errs.Is(err, errs.NotFound) {
				t.Errorf("Stat(%q): %v", digest, err)
			}
			if err := s.Check(ctx, digest); !errs.Is(err, errs.NotFound) {
				t.Errorf("Check(%q): %v", digest, err)
			}
			if err := s.Delete(ctx, digest); err != nil {
				t.Errorf("Delete(%q): %v", digest, err)
			}
		}
	})
}

func TestStoreWalksInOrder(t *testing.T) {
	ctx := context.Background()
	eachStore(t, func(t *testing.T, s Store) {
		want := map[Ref]bool{}
		for i := range 40 {
			ref, err := s.Put(ctx, strings.NewReader(fmt.Sprint("file ", i)), 100)
			if err != nil {
				t.Fatal(err)
			}
			want[ref] = true
		}
		last := ""
		err := s.Walk(ctx, func(r Ref) error {
			if !want[r] || r.Digest <= last {
				return fmt.Errorf("unexpected %v after %s", r, last)
			}
			last = r.Digest
			delete(want, r)
			return nil
		})
		if err != nil || len(want) != 0 {
			t.Fatalf("%v, %d not seen", err, len(want))
		}
		stop := errors.New("enough")
		if err := s.Walk(ctx, func(Ref) error { return stop }); !errors.Is(err, stop) {
			t.Fatalf("Walk stopped with %v", err)
		}
	})
}

func TestStoreManyAtOnce(t *testing.T) {
	ctx := context.Background()
	eachStore(t, func(t *testing.T, s Store) {
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				content := bytes.Repeat([]byte{byte(i % 3)}, 50_000) // three contents, eight senders each
				ref, err := s.Put(ctx, bytes.NewReader(content), 1<<20)
				if err != nil || ref != refOf(content) {
					t.Errorf("Put: %v, %v", ref, err)
					return
				}
				if err := s.Check(ctx, ref.Digest); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n := 0
		if err := s.Walk(ctx, func(Ref) error { n++; return nil }); err != nil || n != 3 {
			t.Fatalf("%d blobs, %v", n, err)
		}
	})
}

func TestS3ReadsBackWhatItSent(t *testing.T) {
	ctx := context.Background()
	t.Run("wrong once, then right", func(t *testing.T) {
		s, l := fakeS3(t, "")
		l.flip = 1
		ref, err := s.Put(ctx, strings.NewReader("budget"), 100)
		if err != nil || ref != refOf([]byte("budget")) {
			t.Fatalf("Put: %v, %v", ref, err)
		}
		if l.puts != 2 {
			t.Fatalf("sent %d times", l.puts)
		}
	})
	t.Run("wrong each time", func(t *testing.T) {
		s, l := fakeS3(t, "")
		l.flip = 1000
		_, err := s.Put(ctx, strings.NewReader("budget"), 100)
		if !errs.Is(err, errs.Unavailable) || errs.KeyOf(err) != "blob.unreliable" {
			t.Fatalf("Put: %v", err)
		}
	})
	t.Run("damaged later", func(t *testing.T) {
		s, l := fakeS3(t, "")
		ref, err := s.Put(ctx, strings.NewReader("budget"), 100)
		if err != nil {
			t.Fatal(err)
		}
		l.flip = 1000
		if err := s.Check(ctx, ref.Digest); errs.KeyOf(err) != "blob.damaged" {
			t.Fatalf("Check: %v", err)
		}
	})
	t.Run("down", func(t *testing.T) {
		s, l := fakeS3(t, "")
		l.silent = true
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if _, err := s.Put(ctx, strings.NewReader("budget"), 100); !errs.Is(err, errs.Unavailable) {
			t.Fatalf("Put: %v", err)
		}
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
