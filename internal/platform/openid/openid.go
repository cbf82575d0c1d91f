// Package openid is signing in at somebody else's: OpenID Connect, as ProConnect speaks it.
package openid

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
)

// ProConnect is the kind of a provider that follows the rules of ProConnect.
const ProConnect = "proconnect"

// algorithms are the signatures that are accepted: a provider's own key, never a shared
// secret and never "none" (RFC 8725, §3.1 and §3.2).
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// patience is how long a provider may take to answer.
const patience = 10 * time.Second

// Settings are what the operator says of a provider.
type Settings struct {
	Name         string // in addresses: "proconnect"
	Label        string // what people read
	Kind         string // ProConnect, or "generic"
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       []string
	ACRValues    string // asked for, when not empty
	Signed       bool   // the user information must be signed
	TrustEmail   bool   // its addresses count as proved
	TrustMFA     bool   // its second factor counts as ours: amr "mfa", or an acr of StrongACR
	StrongACR    []string
}

// Provider is one provider. It is looked up at its first use, and again while it does not answer.
type Provider struct {
	Settings
	redirect string
	clock    clock.Clock
	client   *http.Client
	mu       sync.Mutex
	known    *known
}

// known is what a provider says of itself.
type known struct {
	*oidc.Provider
	keys *oidc.RemoteKeySet
	metadata
}

type metadata struct {
	Keys       string   `json:"jwks_uri"`
	EndSession string   `json:"end_session_endpoint"`
	PKCE       []string `json:"code_challenge_methods_supported"`
	Auth       []string `json:"token_endpoint_auth_methods_supported"`
	SaysIssuer bool     `json:"authorization_response_iss_parameter_supported"`
}

// New prepares a provider, to which people come back at the address redirect.
func New(s Settings, redirect string, c clock.Clock) *Provider {
	return &Provider{Settings: s, redirect: redirect, clock: c, client: &http.Client{Timeout: patience}}
}

// down says that the provider does not answer; why goes to the log.
func (p *Provider) down(cause error) error {
	return errs.New(errs.Unavailable, "openid.down", p.Label).Because(fmt.Errorf("provider %s: %w", p.Name, cause))
}

// refused says that what came back is not what was asked for; why goes to the log.
func (p *Provider) refused(format string, args ...any) error {
	return errs.New(errs.Forbidden, "openid.refused", p.Label).Because(fmt.Errorf("provider %s: "+format, append([]any{p.Name}, args...)...))
}

func (p *Provider) lookUp(ctx context.Context) (*known, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil {
		return p.known, nil
	}
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), p.client) // keys are fetched again long after this request
	found, err := oidc.NewProvider(lasting, p.Issuer)
	if err != nil {
		return nil, p.down(err)
	}
	k := &known{Provider: found}
	if err := found.Claims(&k.metadata); err != nil {
		return nil, p.down(err)
	}
	k.keys = oidc.NewRemoteKeySet(lasting, k.Keys)
	p.known = k
	return k, nil
}

func (p *Provider) oauth(k *known) *oauth2.Config {
	endpoint := k.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if p.Kind == ProConnect || len(k.Auth) > 0 && !slices.Contains(k.Auth, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams // ProConnect reads the body; trying both would burn the code
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: endpoint, RedirectURL: p.redirect, Scopes: p.Scopes}
}

// Attempt is what only we and the browser know of one sign-in.
type Attempt struct {
	State    string
	Nonce    string
	Verifier string // PKCE (RFC 7636)
}

// Start is the provider's address where the person goes. Error: Unavailable openid.down.
func (p *Provider) Start(ctx context.Context, a Attempt) (string, error) {
	k, err := p.lookUp(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce)}
	if slices.Contains(k.PKCE, "S256") { // ProConnect refuses parameters that it does not know
		options = append(options, oauth2.S256ChallengeOption(a.Verifier))
	}
	if p.ACRValues != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", p.ACRValues))
	}
	if p.Kind == ProConnect && p.TrustMFA { // amr is told only to who asks
		options = append(options, oauth2.SetAuthURLParam("claims", `{"id_token":{"amr":{"essential":true}}}`))
	}
	return p.oauth(k).AuthCodeURL(a.State, options...), nil
}

// User is who the provider says came.
type User struct {
	Issuer        string
	Subject       string
	Email         string
	EmailVerified bool
	Name          string
	SIRET         string // of the organisation she works for
	Strong        bool   // the provider asked for a second factor, and we trust it for that
	IDToken       string // ends the sign-in there, later
}

// claims are those of an identity token and of user information together.
type claims struct {
	Subject       string   `json:"sub"`
	Email         string   `json:"email"`
	EmailVerified any      `json:"email_verified"`
	Name          string   `json:"name"`
	GivenName     string   `json:"given_name"`
	UsualName     string   `json:"usual_name"`
	FamilyName    string   `json:"family_name"`
	SIRET         string   `json:"siret"`
	ACR           string   `json:"acr"`
	AMR           []string `json:"amr"`
	Parties       string   `json:"azp"`
}

// Finish takes what the provider sent the browser back with, and asks it who came.
// Every check that OpenID Connect Core 1.0, §3.1.3.7 and §5.3.2 asks for is made.
// Errors: Conflict openid.cancelled (the person gave up), Unavailable openid.down,
// Forbidden openid.refused.
func (p *Provider) Finish(ctx context.Context, back url.Values, a Attempt) (User, error) {
	k, err := p.lookUp(ctx)
	if err != nil {
		return User{}, err
	}
	if iss := back.Get("iss"); iss != "" && iss != p.Issuer || iss == "" && k.SaysIssuer { // RFC 9207: another provider's answer
		return User{}, p.refused("the answer names the issuer %q", iss)
	}
	if code := back.Get("error"); code == "access_denied" {
		return User{}, errs.New(errs.Conflict, "openid.cancelled", p.Label)
	} else if code != "" {
		return User{}, p.refused("the answer is the error %q: %q", code, back.Get("error_description"))
	}
	ctx = oidc.ClientContext(ctx, p.client)
	var options []oauth2.AuthCodeOption
	if slices.Contains(k.PKCE, "S256") {
		options = append(options, oauth2.VerifierOption(a.Verifier))
	}
	token, err := p.oauth(k).Exchange(ctx, back.Get("code"), options...)
	if refusal, ok := err.(*oauth2.RetrieveError); ok && refusal.Response.StatusCode < 500 {
		return User{}, p.refused("the code is refused: %w", err)
	} else if err != nil {
		return User{}, p.down(err)
	}
	raw, _ := token.Extra("id_token").(string)
	who, err := p.verified(ctx, k, token, raw, a)
	if err != nil {
		return User{}, err
	}
	info, err := p.userInfo(ctx, k, token, who.Subject)
	if err != nil {
		return User{}, err
	}
	return p.user(who, info, raw), nil
}

// verified checks the identity token.
func (p *Provider) verified(ctx context.Context, k *known, token *oauth2.Token, raw string, a Attempt) (c claims, err error) {
	id, err := oidc.NewVerifier(p.Issuer, k.keys, &oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: p.clock.Now}).Verify(ctx, raw)
	if err != nil {
		return c, p.refused("identity token: %w", err)
	}
	if err := id.Claims(&c); err != nil {
		return c, p.refused("identity token: %w", err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.Nonce)) != 1:
		return c, p.refused("identity token: the nonce is not ours")
	case c.Parties != "" && c.Parties != p.ClientID, len(id.Audience) > 1 && c.Parties == "":
		return c, p.refused("identity token: made for %q", id.Audience)
	case c.Subject == "":
		return c, p.refused("identity token: without a subject")
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return c, p.refused("identity token: of another access token")
	}
	return c, nil
}

func (p *Provider) user(who, info claims, raw string) User {
	u := User{Issuer: p.Issuer, Subject: who.Subject, Email: firstOf(info.Email, who.Email), SIRET: firstOf(info.SIRET, who.SIRET), IDToken: raw}
	u.EmailVerified = told(info.EmailVerified) || info.Email == "" && told(who.EmailVerified)
	u.Name = strings.TrimSpace(firstOf(info.GivenName, who.GivenName) + " " + firstOf(info.UsualName, info.FamilyName, who.UsualName, who.FamilyName))
	if u.Name == "" {
		u.Name = firstOf(info.Name, who.Name)
	}
	u.Strong = p.TrustMFA && (slices.Contains(who.AMR, "mfa") || who.ACR != "" && slices.Contains(p.StrongACR, who.ACR))
	return u
}

// told reads a truth that some providers write as a text.
func told(v any) bool { return v == true || v == "true" }

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// EndURL is the provider's address that ends the sign-in there and leads back; "" when it has none.
func (p *Provider) EndURL(ctx context.Context, idToken, state, back string) string {
	k, err := p.lookUp(ctx)
	if err != nil || k.EndSession == "" {
		return ""
	}
	u, err := url.Parse(k.EndSession)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	q := u.Query()
	q.Set("id_token_hint", idToken)
	q.Set("state", state)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String()
}

func decode(text []byte) (c claims, err error) {
	err = json.Unmarshal(text, &c)
	return c, err
}
