package config

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
)

var providerName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// reserved are the names that say something else of a sign-in.
var reserved = map[string]bool{"mail": true, "passkey": true, "code": true, "recovery": true, "demo": true}

// proConnectScopes are those that every service has (documentation of ProConnect, "Scopes et claims").
var proConnectScopes = []string{"openid", "email", "given_name", "usual_name", "siret", "idp_id"}

// checkProviders completes what is said of providers, and refuses what cannot work.
func (c *Config) checkProviders() error {
	seen := map[string]bool{}
	for i := range c.OIDC {
		p := &c.OIDC[i]
		p.Kind = cmp.Or(p.Kind, "generic")
		if p.Kind != "generic" && p.Kind != "proconnect" {
			return fmt.Errorf("oidc.kind must be proconnect or generic, not %q", p.Kind)
		}
		if p.Kind == "proconnect" {
			p.Name, p.Label, p.Signed = cmp.Or(p.Name, "proconnect"), cmp.Or(p.Label, "ProConnect"), true
		}
		if !providerName.MatchString(p.Name) || reserved[p.Name] || seen[p.Name] {
			return fmt.Errorf("oidc.name must be a name of its own, of small letters, digits and hyphens: %q is not", p.Name)
		}
		seen[p.Name] = true
		p.Label = cmp.Or(p.Label, p.Name)
		u, err := url.Parse(p.Issuer)
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && isLocal(u.Hostname())) {
			return fmt.Errorf("oidc.issuer of %s must be the https address of the provider", p.Name)
		}
		if p.ClientID == "" || p.ClientSecret == "" {
			return fmt.Errorf("oidc.client_id and oidc.client_secret of %s are missing: the provider gives them", p.Name)
		}
		if len(p.Scopes) == 0 {
			p.Scopes = []string{"openid", "email", "profile"}
			if p.Kind == "proconnect" {
				p.Scopes = proConnectScopes
			}
		}
	}
	return nil
}

// isLocal says whether a provider runs on the same machine, for trials.
func isLocal(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }
