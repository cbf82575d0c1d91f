package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/token"
	"transformateur/internal/web/ui"
)

// The longest bodies, in bytes: of a request in JSON, and of a file.
const (
	maxBody = 8 << 20
	maxFile = 100 << 20
)

const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
)

// Absent answers an address that the API does not have.
func Absent(w http.ResponseWriter, r *http.Request) {
	fail(w, r, errs.New(errs.NotFound, "errs.not_found"))
}

func fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), err, false)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}

// serve is what every operation goes through: who asks, how often, with which scope,
// then the operation, once for each idempotency key.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, op *huma.Operation, next func(huma.Context)) {
	o := op.Metadata["operation"].(*operation)
	by, t, err := h.who(r)
	if err != nil {
		fail(w, r, err)
		return
	}
	r = speaking(r, by)
	spender := "token:" + by.TokenID
	if by.IsVisitor() {
		spender = "address:" + ui.RemoteIP(r, h.Proxied)
	}
	if wait := h.Tokens.Spend(spender); wait > 0 {
		p := newProblem(r.Context(), http.StatusTooManyRequests, "api.too_many")
		p.wait = wait
		fail(w, r, p)
		return
	}
	if err := o.admits(by, t); err != nil {
		fail(w, r, err)
		return
	}
	ctx := context.WithValue(account.With(r.Context(), by), urlKey{}, r.URL)
	if by.TokenID != "" {
		ctx = journal.WithToken(ctx, by.TokenID)
	}
	limit := int64(maxBody)
	if o.id == uploadID {
		limit = maxFile
	}
	r = r.WithContext(ctx)
	r.Body = http.MaxBytesReader(w, r.Body, limit+1)
	h.once(w, r, o, func(w http.ResponseWriter, r *http.Request) { next(humago.NewContext(op, r, w)) })
}

// who finds in whose name a program asks. Without a token it is a visitor; a cookie
// is never read, so that no page of another site can act through a browser.
func (h *Handler) who(r *http.Request) (account.User, token.Token, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return account.User{}, token.Token{}, nil
	}
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return account.User{}, token.Token{}, errs.New(errs.Unauthenticated, "token.refused")
	}
	return h.Tokens.Authenticate(r.Context(), strings.TrimSpace(secret))
}

// speaking has the answer in the owner's language when the request asks for none.
func speaking(r *http.Request, by account.User) *http.Request {
	if by.Lang == "" || r.Header.Get("Accept-Language") != "" || r.URL.Query().Get("lang") != "" {
		return r
	}
	return r.WithContext(i18n.With(r.Context(), i18n.Parse(by.Lang)))
}

// admits says whether a token has the scope of the operation. Without it, what is
// public stays open, and the policy judges its owner as a visitor.
func (o *operation) admits(by account.User, t token.Token) error {
	switch {
	case policy.OpenToVisitors(o.action):
		return nil
	case by.IsVisitor():
		return errs.New(errs.Unauthenticated, "api.token_needed")
	case o.scope != "" && !t.Has(o.scope):
		return errs.New(errs.Forbidden, "api.scope_missing", o.scope)
	}
	return nil
}

type (
	urlKey  struct{}
	actsKey struct{}
)

// addressOf is the address that was asked for.
func addressOf(ctx context.Context) *url.URL {
	u, _ := ctx.Value(urlKey{}).(*url.URL)
	if u == nil {
		return &url.URL{}
	}
	return u
}

// lost is what an earlier attempt of the same request did, when its answer was lost:
// the operation makes it again, and does nothing more. False when it is the first.
func lost(ctx context.Context, name string) (token.Act, bool) {
	acts, _ := ctx.Value(actsKey{}).([]token.Act)
	for _, a := range acts {
		if a.Act == name {
			return a, true
		}
	}
	return token.Act{}, false
}

// once has a request with an idempotency key done once, whatever happens to its answers.
func (h *Handler) once(w http.ResponseWriter, r *http.Request, o *operation, do http.HandlerFunc) {
	key := r.Header.Get(keyHeader)
	by := account.From(r.Context())
	if r.Method != http.MethodPost || key == "" || by.TokenID == "" {
		h.answer(w, r, do)
		return
	}
	if len(key) > token.MaxKey {
		fail(w, r, &errs.Error{Kind: errs.Invalid, Key: "errs.invalid", Fields: []errs.Field{{Path: "header." + keyHeader, Key: "api.v_max_length", Args: []any{token.MaxKey}}}})
		return
	}
	digest, body, err := h.digested(r)
	if err != nil {
		fail(w, r, err)
		return
	}
	defer body.Close()
	r.Body = body
	once, before, err := h.Tokens.Begin(r.Context(), by, key, digest)
	switch {
	case err != nil:
		fail(w, r, err)
		return
	case before != nil && before.Done:
		replay(w, before)
		return
	case before != nil:
		w.Header().Set(replayedHeader, "true")
		h.answer(w, r.WithContext(context.WithValue(r.Context(), actsKey{}, before.Acts)), do)
		return
	}
	kept := &buffered{header: w.Header()}
	do(kept, r.WithContext(once.Watch(r.Context(), o.effects...)))
	if kept.status >= 200 && kept.status < 300 {
		err = h.Tokens.Finish(r.Context(), by, once, token.Outcome{Status: kept.status, Headers: kept.told(), Body: kept.body.String()})
	} else {
		err = h.Tokens.Abandon(r.Context(), by, once)
	}
	if err != nil { // what was done stands, and another attempt will find it
		slog.WarnContext(r.Context(), "the outcome of a request was not kept", "request", journal.Request(r.Context()), "err", err)
	}
	kept.send(w)
}

// digested reads the body and tells it from any other request with the same key. A
// file waits on the disk.
func (h *Handler) digested(r *http.Request) (string, io.ReadCloser, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n", r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"))
	spool, err := os.CreateTemp(h.Spool, "api-request-*")
	if err != nil {
		return "", nil, fmt.Errorf("make a request wait on the disk: %w", err)
	}
	os.Remove(spool.Name()) // it lives as long as it is open
	if _, err = io.Copy(io.MultiWriter(spool, sum), r.Body); err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		spool.Close()
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return "", nil, newProblem(r.Context(), http.StatusRequestEntityTooLarge, "api.too_large")
		}
		return "", nil, errs.New(errs.Invalid, "api.unreadable").Because(err)
	}
	return hex.EncodeToString(sum.Sum(nil)), spool, nil
}

func replay(w http.ResponseWriter, before *token.Outcome) {
	for name, value := range before.Headers {
		w.Header().Set(name, value)
	}
	w.Header().Set(replayedHeader, "true")
	w.WriteHeader(before.Status)
	io.WriteString(w, before.Body)
}

// answer lets an operation answer; a reading in JSON gets its entity tag, and is not
// sent again to who has it.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
	if r.Method != http.MethodGet {
		do(w, r)
		return
	}
	kept := &buffered{header: w.Header(), through: w}
	do(kept, r)
	if kept.passing {
		return
	}
	if kept.status == http.StatusOK && w.Header().Get("ETag") == "" {
		sum := sha256.Sum256(kept.body.Bytes())
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	}
	if tag := w.Header().Get("ETag"); kept.status == http.StatusOK && matches(r.Header.Get("If-None-Match"), tag) {
		w.Header().Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	kept.send(w)
}

// matches says whether a list of entity tags names one (RFC 9110, 13.1.2).
func matches(list, tag string) bool {
	for _, one := range strings.Split(list, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// buffered keeps an answer until it is whole. What is not JSON goes through at once.
type buffered struct {
	header  http.Header
	status  int
	body    bytes.Buffer
	through http.ResponseWriter
	passing bool
}

// Header is that of the answer.
func (b *buffered) Header() http.Header { return b.header }

// WriteHeader keeps the status.
func (b *buffered) WriteHeader(status int) {
	if b.status != 0 {
		return
	}
	b.status = status
	if b.header.Get("Cache-Control") == "" {
		b.header.Set("Cache-Control", "private, no-cache")
		b.header.Set("Vary", "Authorization, Accept-Language")
	}
	if b.through != nil && !strings.Contains(b.header.Get("Content-Type"), "json") && status != http.StatusNoContent {
		b.passing = true
		b.through.WriteHeader(status)
	}
}

// Write keeps a part of the body.
func (b *buffered) Write(part []byte) (int, error) {
	if b.status == 0 {
		b.WriteHeader(http.StatusOK)
	}
	if b.passing {
		return b.through.Write(part)
	}
	return b.body.Write(part)
}

// told are the headers that belong to the answer itself.
func (b *buffered) told() map[string]string {
	out := map[string]string{}
	for _, name := range []string{"Content-Type", "Location", "ETag", "Cache-Control", "Vary"} {
		if value := b.header.Get(name); value != "" {
			out[name] = value
		}
	}
	return out
}

func (b *buffered) send(w http.ResponseWriter) {
	w.WriteHeader(b.status)
	w.Write(b.body.Bytes())
}
