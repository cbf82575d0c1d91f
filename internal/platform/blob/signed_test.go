package blob

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"transformateur/internal/platform/errs"
)

// signed is a server that checks signatures, as scripts/s3.sh starts one.
func signed(t testing.TB, prefix string) (S3Config, bool) {
	t.Helper()
	parts := strings.Split(os.Getenv("TRANSFORMATEUR_TEST_S3"), "|")
	if len(parts) != 4 {
		if os.Getenv("TRANSFORMATEUR_TEST_REQUIRE_S3") != "" {
			t.Fatal("TRANSFORMATEUR_TEST_S3 is missing: run the tests with `make test`")
		}
		return S3Config{}, false
	}
	return S3Config{Endpoint: parts[0], AccessKey: parts[1], SecretKey: parts[2], Bucket: parts[3], Region: "eu-west-3", Prefix: prefix, Insecure: true, PathStyle: true, Spool: t.TempDir()}, true
}

func opened(t testing.TB, c S3Config) *S3 {
	t.Helper()
	s, err := OpenS3(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var rounds atomic.Int64

// signedStore is a store of its own on that server.
func signedStore(t testing.TB) (*S3, bool) {
	t.Helper()
	c, ok := signed(t, "run-"+strconv.FormatInt(time.Now().UnixNano(), 36)+"-"+strconv.FormatInt(rounds.Add(1), 10))
	if !ok {
		return nil, false
	}
	return opened(t, c), true
}

func TestSignedServerRefuses(t *testing.T) {
	c, ok := signed(t, "refused")
	if !ok {
		t.Skip("SKIPPED: no TRANSFORMATEUR_TEST_S3, signatures were not checked")
	}
	for situation, change := range map[string]func(*S3Config){
		"a wrong secret":          func(c *S3Config) { c.SecretKey = "guess" },
		"an unknown key":          func(c *S3Config) { c.AccessKey = "nobody" },
		"a bucket that is absent": func(c *S3Config) { c.Bucket = "absent" },
		"nobody there":            func(c *S3Config) { c.Endpoint = "127.0.0.1:1" },
	} {
		wrong := c
		change(&wrong)
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
		_, err := OpenS3(ctx, wrong)
		stop()
		if err == nil || strings.Contains(err.Error(), wrong.SecretKey) {
			t.Errorf("%s: %v", situation, err)
		}
		if strings.HasPrefix(situation, "a wrong") || strings.HasPrefix(situation, "an unknown") {
			if !strings.Contains(err.Error(), "access key") {
				t.Errorf("%s does not say so: %v", situation, err)
			}
		}
	}
}

// weak stands before the server and makes it slow, dead or a liar.
type weak struct {
	http.Handler
	refuse atomic.Int64 // this many writes are answered 503
	slow   atomic.Int64 // nanoseconds before each answer
	shrink atomic.Bool  // sizes are told one byte too small
}

func (w *weak) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	time.Sleep(time.Duration(w.slow.Load()))
	if r.Method == http.MethodPut && w.refuse.Add(-1) >= 0 {
		io.Copy(io.Discard, r.Body)
		http.Error(rw, "down", http.StatusServiceUnavailable)
		return
	}
	if w.shrink.Load() && r.Method == http.MethodHead && strings.Count(r.URL.Path, "/") > 2 {
		rec := httptest.NewRecorder()
		w.Handler.ServeHTTP(rec, r)
		for k, v := range rec.Header() {
			rw.Header()[k] = v
		}
		if n, err := strconv.Atoi(rec.Header().Get("Content-Length")); err == nil && n > 0 {
			rw.Header().Set("Content-Length", strconv.Itoa(n-1))
		}
		rw.WriteHeader(rec.Code)
		return
	}
	w.Handler.ServeHTTP(rw, r)
}

func TestSignedServerThatIsWeak(t *testing.T) {
	c, ok := signed(t, "weak-"+strconv.FormatInt(time.Now().UnixNano(), 36))
	if !ok {
		t.Skip("SKIPPED: no TRANSFORMATEUR_TEST_S3, signatures were not checked")
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(&url.URL{Scheme: "http", Host: c.Endpoint})
		p.Out.Host = c.Endpoint // what was signed
	}}
	w := &weak{Handler: proxy}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	through := c
	through.Transport = redirected{strings.TrimPrefix(server.URL, "http://")}
	s := opened(t, through)
	ctx := context.Background()
	content := random(t, 300_000)

	w.refuse.Store(2)
	ref, err := s.Put(ctx, bytes.NewReader(content), 1<<20)
	if err != nil || ref != refOf(content) || w.refuse.Load() >= 0 {
		t.Errorf("down twice: %v, %v, %d refusals left", ref, err, w.refuse.Load())
	}
	w.slow.Store(int64(300 * time.Millisecond))
	if err := s.Check(ctx, ref.Digest); err != nil {
		t.Errorf("slow: %v", err)
	}
	hurry, stop := context.WithTimeout(ctx, 100*time.Millisecond)
	if _, err := s.Put(hurry, bytes.NewReader(random(t, 1000)), 1<<20); err == nil {
		t.Error("slower than one waits, and kept")
	}
	stop()
	w.slow.Store(0)
	w.shrink.Store(true)
	other := random(t, 5000)
	if _, err := s.Put(ctx, bytes.NewReader(other), 1<<20); !errs.Is(err, errs.Unavailable) || errs.KeyOf(err) != "blob.unreliable" {
		t.Errorf("a size that lies: %v", err)
	}
	w.shrink.Store(false)
	w.refuse.Store(1000)
	if _, err := s.Put(ctx, bytes.NewReader(random(t, 1000)), 1<<20); !errs.Is(err, errs.Unavailable) {
		t.Errorf("down: %v", err)
	}
	local, err := s.OpenLocal(ctx, ref.Digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(local)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("a local copy of %d bytes, %v", len(got), err)
	}
	if err := local.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(through.Spool); len(left) != 0 {
		t.Errorf("%d files stay in the spool", len(left))
	}
}

// redirected sends what is for the server through another address, signed as it was.
type redirected struct{ to string }

func (r redirected) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if req.Host == "" {
		req.Host = req.URL.Host
	}
	req.URL.Host = r.to
	return http.DefaultTransport.RoundTrip(req)
}
