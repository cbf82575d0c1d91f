package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(t *testing.T, method, path, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) []byte {
	t.Helper()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestEveryFileIsServedForEver(t *testing.T) {
	for _, name := range Names() {
		res := get(t, "GET", Path(name), "")
		if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d, %q", name, res.StatusCode, res.Header.Get("Cache-Control"))
		}
		if res.Header.Get("Content-Type") == "" || len(body(t, res)) == 0 {
			t.Errorf("%s: no type or no content", name)
		}
	}
}

func TestStyleSheetIsCompressedWhenAccepted(t *testing.T) {
	plain := body(t, get(t, "GET", Path("app.css"), ""))
	for _, c := range []struct {
		situation, accepts string
		zipped             bool
	}{
		{"a browser", "gzip, deflate, br", true},
		{"anything", "*", true},
		{"a weight", "br;q=1.0, gzip;q=0.5", true},
		{"refused by its weight", "gzip;q=0", false},
		{"something else only", "br", false},
		{"nothing said", "", false},
	} {
		res := get(t, "GET", Path("app.css"), c.accepts)
		if zipped := res.Header.Get("Content-Encoding") == "gzip"; zipped != c.zipped {
			t.Errorf("%s: compressed %v", c.situation, zipped)
			continue
		}
		content := io.Reader(res.Body)
		if c.zipped {
			r, err := gzip.NewReader(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			content = r
		}
		if got, err := io.ReadAll(content); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: other bytes (%v)", c.situation, err)
		}
		if res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: a cache could mix the two", c.situation)
		}
	}
}

func TestWhatIsNotServed(t *testing.T) {
	for _, path := range []string{"/assets/app.css", "/assets/manifest.json", "/assets/", "/assets/../assets.go"} {
		if res := get(t, "GET", path, ""); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	if res := get(t, "POST", Path("app.css"), ""); res.StatusCode != 405 {
		t.Errorf("POST: %d", res.StatusCode)
	}
	if res := get(t, "HEAD", Path("app.css"), ""); res.StatusCode != 200 || len(body(t, res)) != 0 {
		t.Errorf("HEAD: %d, or a body", res.StatusCode)
	}
}

// Every file that a style sheet or a script names is in the bundle.
func TestReferencesResolve(t *testing.T) {
	css := string(body(t, get(t, "GET", Path("app.css"), "")))
	for _, part := range strings.Split(css, "url(./")[1:] {
		name, _, _ := strings.Cut(strings.Trim(part, `"`), ")")
		if res := get(t, "GET", Prefix+strings.Trim(name, `"`), ""); res.StatusCode != 200 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}
