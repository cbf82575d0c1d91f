package showcase

import (
	"bytes"
	"cmp"
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
)

// drawn is an answer in full, as visitors are sent it.
type drawn struct {
	key    string
	header http.Header
	status int
	body   []byte
	etag   string // of the body; what is compressed has its own
	edge   showcase.Edge
	at     time.Time

	press  sync.Once
	zipped []byte // the body compressed, once somebody asked for it again; nil when that saves nothing
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

func (p *pages) put(d *drawn, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byKey == nil {
		p.byKey = map[string]*list.Element{}
	}
	if e, there := p.byKey[d.key]; there {
		p.drop(e)
	}
	p.byKey[d.key] = p.order.PushFront(d)
	for p.bytes += d.size(); p.bytes > most; {
		p.drop(p.order.Back())
	}
}

func (p *pages) drop(e *list.Element) {
	d := p.order.Remove(e).(*drawn)
	delete(p.byKey, d.key)
	p.bytes -= d.size()
}

// size is the most that an answer weighs in memory, in bytes, compressed form included.
func (d *drawn) size() int { return 2*len(d.body) + len(d.key) + 1024 }

// compressed gives the body with gzip, made once; nil when it saves nothing. Nothing on a
// page of a visitor is secret: its length tells nobody anything.
func (d *drawn) compressed() []byte {
	d.press.Do(func() {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(d.body) // a buffer takes everything
		z.Close()
		if b.Len() < len(d.body) {
			d.zipped = bytes.Clone(b.Bytes())
		}
	})
	return d.zipped
}

// Kept is how many bytes of pages are kept in memory, at most KeptBytes.
func (h *Handler) Kept() int {
	h.pages.mu.Lock()
	defer h.pages.mu.Unlock()
	return h.pages.bytes
}

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
		key := string(i18n.From(r.Context())) + " " + ui.Shell(r.Context()) + " " + r.URL.EscapedPath() + "?" + r.URL.RawQuery
		if d := h.pages.get(key); d != nil && d.holds(edge, now) {
			return d.send(w, r, true)
		}
		d := &drawn{key: key, header: http.Header{}, edge: edge, at: now}
		if err := handle(d, r); err != nil {
			return h.orAbsent(w, r, err)
		}
		sum := sha256.Sum256(d.body)
		d.etag = base64.RawURLEncoding.EncodeToString(sum[:15])
		d.body = bytes.Clone(d.body)
		if d.status == http.StatusOK || d.status == http.StatusGone {
			h.pages.put(d, cmp.Or(h.KeptBytes, keptBytes))
		}
		return d.send(w, r, false)
	}
}

// send answers with what was drawn. A withdrawn page must not be shown from a cache: who
// keeps it asks again each time, and is told in a few bytes that nothing changed. Only a page
// that was asked for again is worth compressing.
func (d *drawn) send(w http.ResponseWriter, r *http.Request, again bool) error {
	header, body, etag := w.Header(), d.body, `"`+d.etag+`"`
	maps.Copy(header, d.header)
	header.Set("Cache-Control", "public, no-cache")
	header.Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if again && assets.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		if zipped := d.compressed(); zipped != nil {
			body, etag = zipped, `"`+d.etag+`.gz"`
			header.Set("Content-Encoding", "gzip")
		}
	}
	if d.status == http.StatusOK {
		header.Set("ETag", etag)
		if known := r.Header.Get("If-None-Match"); strings.Contains(known, `"`+d.etag+`"`) || strings.Contains(known, `"`+d.etag+`.gz"`) {
			header.Del("Content-Type")
			header.Del("Content-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body))) // in one piece, and right for HEAD
	w.WriteHeader(d.status)
	if r.Method != http.MethodHead {
		w.Write(body) // the reader may have left
	}
	return nil
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
