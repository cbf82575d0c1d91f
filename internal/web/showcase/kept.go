package showcase

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/showcase"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/ui"
)

// The bounds of what is kept in memory: bytes of pages, how long one is served before it is
// drawn again, characters of a query that a page answers.
const (
	keptBytes = 32 << 20
	keptFor   = time.Minute
	maxQuery  = 200
	// worthPacking is under what size an answer fits in one packet, compressed or not, in bytes.
	worthPacking = 1400
)

// drawn is an answer in full, as visitors are sent it.
type drawn struct {
	key    string
	header http.Header
	status int
	body   []byte
	packed func() []byte // the same, compressed the first time that somebody takes it; nil for a small one
	etag   string
	edge   showcase.Edge
	at     time.Time
}

// holds says whether the answer is still what would be drawn now.
func (d *drawn) holds(edge showcase.Edge, now time.Time) bool {
	age := now.Sub(d.at)
	return d.edge.Version == edge.Version && d.edge.Holds(now) && age >= 0 && age < keptFor
}

// pages are answers kept in memory, those that nobody asks for any more being forgotten first.
type pages struct {
	mu    sync.Mutex
	byKey map[string]*list.Element
	order list.List // of *drawn, the last asked for at the front
	bytes int
}

func (p *pages) get(key string) *drawn {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, there := p.byKey[key]
	if !there {
		return nil
	}
	p.order.MoveToFront(e)
	return e.Value.(*drawn)
}

func (p *pages) put(d *drawn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byKey == nil {
		p.byKey = map[string]*list.Element{}
	}
	if e, there := p.byKey[d.key]; there {
		p.drop(e)
	}
	p.byKey[d.key] = p.order.PushFront(d)
	for p.bytes += d.size(); p.bytes > keptBytes; {
		p.drop(p.order.Back())
	}
}

func (p *pages) drop(e *list.Element) {
	d := p.order.Remove(e).(*drawn)
	delete(p.byKey, d.key)
	p.bytes -= d.size()
}

// size is about what an answer weighs in memory, in bytes: compressed, a page is a third at most.
func (d *drawn) size() int { return len(d.body)*4/3 + len(d.key) + 1024 }

// Header, WriteHeader and Write make an answer of a handler's.
func (d *drawn) Header() http.Header { return d.header }

// WriteHeader keeps the status.
func (d *drawn) WriteHeader(status int) { d.status = status }

func (d *drawn) Write(b []byte) (int, error) {
	if d.status == 0 {
		d.status = http.StatusOK
	}
	d.body = append(d.body, b...)
	return len(b), nil
}

// plain is a request without whatever a page does not answer: what stays is what the page
// depends on, in one order.
func plain(r *http.Request, params []string) *http.Request {
	asked, kept := r.URL.Query(), url.Values{}
	for _, name := range append([]string{"lang"}, params...) {
		if value := asked.Get(name); value != "" && len(value) <= maxQuery && (name != "lang" || value == "fr" || value == "en") {
			kept.Set(name, value)
		}
	}
	next := r.Clone(r.Context())
	next.URL.RawQuery, next.Form = kept.Encode(), nil
	return next
}

// kept answers visitors from memory as long as nothing of the showcase has changed. Whoever
// signed in has a page of her own, drawn for her. What is absent says so, and where to look.
func (h *Handler) kept(handle ui.HandlerFunc, params ...string) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		r = plain(r, params)
		if !ui.User(r).IsVisitor() || h.Moving {
			return h.orAbsent(w, r, handle(w, r))
		}
		now := h.Clock.Now()
		edge, err := h.Showcase.Edge(r.Context(), visitor)
		if err != nil {
			return err
		}
		key := string(i18n.From(r.Context())) + " " + r.URL.EscapedPath() + "?" + r.URL.RawQuery
		d := h.pages.get(key)
		if d == nil || !d.holds(edge, now) {
			d = &drawn{key: key, header: http.Header{}, edge: edge, at: now}
			if err := handle(d, r); err != nil {
				return h.orAbsent(w, r, err)
			}
			sum := sha256.Sum256(d.body)
			d.etag = `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
			d.body = bytes.Clone(d.body)
			if len(d.body) >= worthPacking {
				d.packed = sync.OnceValue(func() []byte { return pack(d.body) })
			}
			if d.status == http.StatusOK || d.status == http.StatusGone {
				h.pages.put(d)
			}
		}
		d.send(w, r)
		return nil
	}
}

// send answers with what was drawn. A withdrawn page must not be shown from a cache: who
// keeps it asks again each time, and is told in a few bytes that nothing changed.
func (d *drawn) send(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	maps.Copy(header, d.header)
	header.Set("Cache-Control", "public, no-cache")
	header.Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	body, etag := d.body, d.etag
	if d.packed != nil && assets.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = d.packed(), strings.TrimSuffix(d.etag, `"`)+`-gzip"` // another form of the page has another mark (RFC 9110, 8.8.3.3)
		header.Set("Content-Encoding", "gzip")
	}
	if d.status == http.StatusOK {
		header.Set("ETag", etag)
		if strings.Contains(r.Header.Get("If-None-Match"), etag) {
			header.Del("Content-Encoding")
			header.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(d.status)
	_, _ = w.Write(body) // the reader may have left
}

// pack compresses a page. What is packed here is the same for everybody and holds nothing of
// the request, so that its length tells nothing (unlike BREACH, CVE-2013-3587).
func pack(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// orAbsent says of what is not there, or not for visitors yet, that there is nothing, and
// offers the search: the same page whatever the reason.
func (h *Handler) orAbsent(w http.ResponseWriter, r *http.Request, err error) error {
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	return ui.Render(w, r, http.StatusNotFound, absentPage(h.plate()))
}

func (h *Handler) nothing(w http.ResponseWriter, r *http.Request) error {
	return h.orAbsent(w, plain(r, nil), errs.New(errs.NotFound, "errs.not_found"))
}
