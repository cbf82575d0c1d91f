// Package openidtest is a provider inside the tests: a certified library signs people in, and user information is signed as ProConnect does.
package openidtest

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// User is who signs in at the provider.
type User struct {
	Subject  string
	Email    string
	Verified bool
	Given    string
	Usual    string
	SIRET    string
	ACR      string
	AMR      []string
}

// Provider is the provider. What makes it lie is changed between two sign-ins.
type Provider struct {
	*httptest.Server
	ID, Secret string // of the client
	User       User
	Unsigned   bool                 // user information as plain JSON
	Down       bool                 // nothing answers
	Signature  string               // of what it signs: "" its own, "none", "other"
	Token      func(map[string]any) // changes an identity token before it is signed again
	Info       func(map[string]any) // changes user information before it is signed
	Ended      []string             // the subjects whose sign-in was ended

	t          testing.TB
	mu         sync.Mutex
	key        *rsa.PrivateKey
	other      *rsa.PrivateKey
	requests   map[string]*request
	codes      map[string]string
	tokens     map[string]*request
	redirects  []string
	afterwards []string
	inner      http.Handler
}

// New starts a provider for one client, which comes back to redirect after a sign-in
// and to afterwards when it ends.
func New(t testing.TB, redirect, afterwards string) *Provider {
	t.Helper()
	p := &Provider{t: t, ID: "appels", Secret: "client-secret", requests: map[string]*request{}, codes: map[string]string{}, tokens: map[string]*request{},
		redirects: []string{redirect}, afterwards: []string{afterwards}}
	var err error
	if p.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if p.other, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	config := &op.Config{CodeMethodS256: true, AuthMethodPost: true, SupportedScopes: []string{"openid", "email", "given_name", "usual_name", "siret", "idp_id"}}
	rand.Read(config.CryptoKey[:])
	provider, err := op.NewProvider(config, storage{p}, op.StaticIssuer(p.URL), op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	p.inner = provider
	return p
}

// Allow lets the client come back to other addresses.
func (p *Provider) Allow(redirect, afterwards string) {
	p.redirects, p.afterwards = append(p.redirects, redirect), append(p.afterwards, afterwards)
}

// Set gives the provider another user.
func (p *Provider) Set(u User) { p.User = u }

// ServeHTTP answers as the library does, but for the page of the sign-in, and for what
// is signed by us.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case p.Down:
		http.Error(w, "down", http.StatusServiceUnavailable)
	case r.URL.Path == "/login":
		p.login(w, r)
	case r.URL.Path == "/oauth/token":
		p.rewrite(w, r, p.token)
	case r.URL.Path == "/userinfo":
		p.rewrite(w, r, p.info)
	default:
		p.inner.ServeHTTP(w, r)
	}
}

// login is the page on which one signs in there: a button, no password.
func (p *Provider) login(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	if r.Method == http.MethodGet {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="fr"><title>Fournisseur d'essai</title><main><h1>Fournisseur d'essai</h1><form method="post" action="/login?id=%s"><button>Continuer en tant que %s</button></form></main>`,
			url.QueryEscape(id), html.EscapeString(p.User.Given))
		return
	}
	p.mu.Lock()
	if one := p.requests[id]; one != nil {
		one.user, one.done = p.User, true
	}
	p.mu.Unlock()
	http.Redirect(w, r, "/authorize/callback?id="+url.QueryEscape(id), http.StatusSeeOther)
}

// rewrite changes the body of a good answer.
func (p *Provider) rewrite(w http.ResponseWriter, r *http.Request, change func(body []byte) (string, []byte)) {
	rec := httptest.NewRecorder()
	p.inner.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		io.Copy(w, rec.Body)
		return
	}
	kind, body := change(rec.Body.Bytes())
	w.Header().Set("Content-Type", kind)
	w.Write(body)
}

func (p *Provider) token(body []byte) (string, []byte) {
	if p.Token == nil && p.Signature == "" {
		return "application/json", body
	}
	answer := p.read(body)
	raw, _ := answer["id_token"].(string)
	claims, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil {
		p.t.Error(err)
	}
	content := p.read(claims)
	if p.Token != nil {
		p.Token(content)
	}
	answer["id_token"] = p.sign(content)
	return "application/json", p.write(answer)
}

func (p *Provider) info(body []byte) (string, []byte) {
	content := p.read(body)
	content["iss"], content["aud"] = p.URL, p.ID
	if p.Info != nil {
		p.Info(content)
	}
	if p.Unsigned {
		return "application/json", p.write(content)
	}
	return "application/jwt", []byte(p.sign(content))
}

func (p *Provider) sign(content map[string]any) string {
	if p.Signature == "none" {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(p.write(content)) + "."
	}
	key := p.key
	if p.Signature == "other" {
		key = p.other
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: keyID}}, nil)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	signed, err := signer.Sign(p.write(content))
	if err != nil {
		p.t.Error(err)
		return ""
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		p.t.Error(err)
	}
	return raw
}

func (p *Provider) read(body []byte) map[string]any {
	content := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&content); err != nil {
		p.t.Error(err)
	}
	return content
}

func (p *Provider) write(content map[string]any) []byte {
	body, err := json.Marshal(content)
	if err != nil {
		p.t.Error(err)
	}
	return body
}

// Pass signs in at the provider as its user would, from the address where somebody was
// sent, and gives the address where the browser is sent back.
func (p *Provider) Pass(t testing.TB, address string) *url.URL {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	follow := func(response *http.Response, err error) *url.URL {
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		at, err := response.Location()
		if err != nil {
			body, _ := io.ReadAll(response.Body)
			t.Fatalf("the provider answers %s: %s", response.Status, body)
		}
		return at
	}
	at := follow(client.Get(address))
	at = follow(client.PostForm(at.String(), nil))
	return follow(client.Get(at.String()))
}
