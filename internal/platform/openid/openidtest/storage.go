package openidtest

import (
	"context"
	"errors"
	"slices"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
)

const keyID = "key-1"

// request is a sign-in under way at the provider.
type request struct {
	*oidc.AuthRequest
	id   string
	at   time.Time
	user User
	done bool
}

func (r *request) GetID() string          { return r.id }
func (r *request) GetACR() string         { return r.user.ACR }
func (r *request) GetAMR() []string       { return r.user.AMR }
func (r *request) GetAudience() []string  { return []string{r.ClientID} }
func (r *request) GetAuthTime() time.Time { return r.at }
func (r *request) GetClientID() string    { return r.ClientID }
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	if r.CodeChallenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}
}
func (r *request) GetNonce() string                   { return r.Nonce }
func (r *request) GetRedirectURI() string             { return r.RedirectURI }
func (r *request) GetResponseType() oidc.ResponseType { return r.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.ResponseMode }
func (r *request) GetScopes() []string                { return r.Scopes }
func (r *request) GetState() string                   { return r.State }
func (r *request) GetSubject() string                 { return r.user.Subject }
func (r *request) Done() bool                         { return r.done }

// client is the only one that the provider knows.
type client struct{ p *Provider }

func (c client) GetID() string                       { return c.p.ID }
func (c client) RedirectURIs() []string              { return c.p.redirects }
func (c client) PostLogoutRedirectURIs() []string    { return c.p.afterwards }
func (c client) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }
func (c client) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodPost }
func (c client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c client) GrantTypes() []oidc.GrantType        { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c client) LoginURL(id string) string           { return "/login?id=" + id }
func (c client) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeBearer }
func (c client) IDTokenLifetime() time.Duration      { return time.Minute }
func (c client) DevMode() bool                       { return true }
func (c client) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}
func (c client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}
func (c client) IsScopeAllowed(string) bool           { return true }
func (c client) IDTokenUserinfoClaimsAssertion() bool { return false }
func (c client) ClockSkew() time.Duration             { return 0 }

// signing is the key that signs.
type signing struct{ p *Provider }

func (s signing) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (s signing) Key() any                                    { return s.p.key }
func (s signing) ID() string                                  { return keyID }

// public is the key that verifies.
type public struct{ p *Provider }

func (k public) ID() string                         { return keyID }
func (k public) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k public) Use() string                        { return "sig" }
func (k public) Key() any                           { return &k.p.key.PublicKey }

// storage is what the library asks of us; what no test uses is refused.
type storage struct{ p *Provider }

var (
	errUnknown = errors.New("unknown")
	errUnused  = errors.New("no test uses this")
)

func (s storage) CreateAuthRequest(_ context.Context, r *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	one := &request{AuthRequest: r, id: db.NewID(), at: clock.System{}.Now()}
	s.p.requests[one.id] = one
	return one, nil
}

func (s storage) find(id string, known bool) (op.AuthRequest, error) {
	if one := s.p.requests[id]; known && one != nil {
		return one, nil
	}
	return nil, errUnknown
}

func (s storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return s.find(id, true)
}

func (s storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	id, known := s.p.codes[code]
	return s.find(id, known)
}

func (s storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.codes[code] = id
	return nil
}

func (s storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	delete(s.p.requests, id)
	return nil
}

func (s storage) CreateAccessToken(_ context.Context, r op.TokenRequest) (string, time.Time, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	id := db.NewID()
	if one, ok := r.(*request); ok {
		s.p.tokens[id] = one
	}
	return id, clock.System{}.Now().Add(time.Minute), nil
}

func (s storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errUnused
}
func (s storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, errUnused
}

func (s storage) TerminateSession(_ context.Context, user, _ string) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.Ended = append(s.p.Ended, user)
	return nil
}

// HasEnded says whether the sign-in of a subject was ended at the provider.
func (p *Provider) HasEnded(subject string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.Ended, subject)
}

func (s storage) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return oidc.ErrServerError()
}
func (s storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", errUnused
}
func (s storage) SigningKey(context.Context) (op.SigningKey, error) { return signing(s), nil }
func (s storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}
func (s storage) KeySet(context.Context) ([]op.Key, error) { return []op.Key{public(s)}, nil }

func (s storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.p.ID {
		return nil, errUnknown
	}
	return client(s), nil
}

func (s storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != s.p.ID || secret != s.p.Secret {
		return errUnknown
	}
	return nil
}

func (s storage) SetUserinfoFromScopes(_ context.Context, info *oidc.UserInfo, user, _ string, _ []string) error {
	info.Subject = user
	return nil
}

func (s storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, token, _, _ string) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	one := s.p.tokens[token]
	if one == nil {
		return errUnknown
	}
	u := one.user
	info.Subject, info.Email, info.EmailVerified, info.GivenName = u.Subject, u.Email, oidc.Bool(u.Verified), u.Given
	info.AppendClaims("usual_name", u.Usual)
	info.AppendClaims("siret", u.SIRET)
	info.AppendClaims("idp_id", "fournisseur-d-essai")
	return nil
}

func (s storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errUnused
}
func (s storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}
func (s storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errUnused
}
func (s storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errUnused
}
func (s storage) Health(context.Context) error { return nil }
