package openid

import (
	"context"
	"io"
	"mime"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// maxUserInfo bounds what a provider says of somebody, in bytes.
const maxUserInfo = 1 << 20

// userInfo asks the provider who came. Signed (application/jwt), the signature, the
// issuer and the audience are checked (OpenID Connect Core 1.0, §5.3.2); unsigned, it
// is refused where a signature is demanded.
func (p *Provider) userInfo(ctx context.Context, k *known, token *oauth2.Token, subject string) (c claims, err error) {
	if k.UserInfoEndpoint() == "" {
		if p.Signed {
			return c, p.refused("no user information, which must be signed")
		}
		return c, nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.UserInfoEndpoint(), nil)
	if err != nil {
		return c, p.down(err)
	}
	token.SetAuthHeader(request)
	response, err := p.client.Do(request)
	if err != nil {
		return c, p.down(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxUserInfo))
	switch {
	case err != nil:
		return c, p.down(err)
	case response.StatusCode >= 500:
		return c, p.down(errStatus(response.Status))
	case response.StatusCode != http.StatusOK:
		return c, p.refused("user information: %s", response.Status)
	}
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch {
	case kind == "application/jwt":
		if c, err = p.signed(ctx, k, string(body)); err != nil {
			return c, err
		}
	case p.Signed:
		return c, p.refused("user information: not signed (%s)", kind)
	default:
		if c, err = decode(body); err != nil {
			return c, p.refused("user information: %w", err)
		}
	}
	if c.Subject != subject {
		return c, p.refused("user information: of somebody else")
	}
	return c, nil
}

func (p *Provider) signed(ctx context.Context, k *known, raw string) (c claims, err error) {
	info, err := oidc.NewVerifier(p.Issuer, k.keys, &oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, SkipExpiryCheck: true, Now: p.clock.Now}).Verify(ctx, raw)
	if err != nil {
		return c, p.refused("user information: %w", err)
	}
	if !info.Expiry.IsZero() && info.Expiry.Unix() > 0 && info.Expiry.Before(p.clock.Now()) { // nothing says that it must expire
		return c, p.refused("user information: expired at %s", info.Expiry)
	}
	if err := info.Claims(&c); err != nil {
		return c, p.refused("user information: %w", err)
	}
	return c, nil
}

// errStatus is the answer of a provider that does not do well.
type errStatus string

// Error is the status line.
func (e errStatus) Error() string { return string(e) }
