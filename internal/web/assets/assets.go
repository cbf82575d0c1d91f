// Package assets serves the compiled scripts, styles and fonts, each under a name that carries its checksum.
package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"transformateur/internal/platform/errs"
)

//go:embed dist
var dist embed.FS

// Prefix is where the files are served.
const Prefix = "/assets/"

var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".woff2": "font/woff2",
}

type file struct {
	kind   string
	plain  []byte
	zipped func() []byte // nil when the format is already compressed
}

type bundle struct {
	names map[string]string // logical name → name with its checksum
	files map[string]file   // by name with its checksum
}

var served = mustLoad()

func mustLoad() bundle {
	b, err := load()
	if err != nil {
		panic(err) // the files are embedded: only a broken build gets here
	}
	return b
}

func load() (bundle, error) {
	b := bundle{names: map[string]string{}, files: map[string]file{}}
	manifest, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		return b, fmt.Errorf("read the manifest: %w", err)
	}
	if err := json.Unmarshal(manifest, &b.names); err != nil {
		return b, fmt.Errorf("read the manifest: %w", err)
	}
	entries, err := dist.ReadDir("dist")
	if err != nil {
		return b, fmt.Errorf("list the files: %w", err)
	}
	for _, entry := range entries {
		kind, ok := contentTypes[path.Ext(entry.Name())]
		if !ok {
			continue
		}
		content, err := dist.ReadFile("dist/" + entry.Name())
		if err != nil {
			return b, fmt.Errorf("read %s: %w", entry.Name(), err)
		}
		f := file{kind: kind, plain: content}
		if kind != "font/woff2" && kind != "image/png" {
			f.zipped = sync.OnceValue(func() []byte { return compress(content) })
		}
		b.files[entry.Name()] = f
	}
	return b, nil
}

func compress(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid constant
	_, _ = w.Write(content)                               // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// Path is the address of a file by its logical name: Path("app.css") is
// "/assets/app.K7Q2M4XA.css". It panics on a name that the bundle does not have,
// which the test of any page that asks for it shows at once.
func Path(name string) string {
	hashed, ok := served.names[name]
	if !ok {
		panic("assets: no file named " + name)
	}
	return Prefix + hashed
}

// Names lists the logical names, for the guards.
func Names() []string {
	names := make([]string, 0, len(served.names))
	for name := range served.names {
		names = append(names, name)
	}
	return names
}

// Handler serves the files under Prefix. A name carries its checksum, so that a
// browser keeps it for ever and never asks again.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := served.files[strings.TrimPrefix(r.URL.Path, Prefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		body := f.plain
		if f.zipped != nil {
			h.Set("Vary", "Accept-Encoding")
			if AcceptsGzip(r.Header.Get("Accept-Encoding")) {
				h.Set("Content-Encoding", "gzip")
				body = f.zipped()
			}
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // the reader may have left
		}
	})
}

// AcceptsGzip reads an Accept-Encoding header (RFC 9110 §12.5.3): a weight of zero refuses.
func AcceptsGzip(header string) bool {
	for _, part := range strings.Split(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name = strings.ToLower(strings.TrimSpace(name)); name != "gzip" && name != "*" {
			continue
		}
		q, weighted := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !weighted {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}

// Serve answers with a file by its logical name, at another address than its own: what a
// browser takes as the reach of a script is where it was read. Error: NotFound.
func Serve(w http.ResponseWriter, _ *http.Request, name string) error {
	f, ok := served.files[served.names[name]]
	if !ok {
		return fmt.Errorf("serve %s: %w", name, errs.New(errs.NotFound, "errs.not_found"))
	}
	w.Header().Set("Content-Type", f.kind)
	_, err := w.Write(f.plain)
	return err
}
