package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const aProvider = `
[[oidc]]
kind = "proconnect"
issuer = "https://auth.agentconnect.gouv.fr/api/v2"
client_id = "appels"
client_secret = "s3cret"
`

func TestProviders(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"ProConnect, with nothing more", aProvider, ""},
		{"two of them", aProvider + strings.Replace(aProvider, "client_id", "name = \"other\"\nclient_id", 1), ""},
		{"two of the same name", aProvider + aProvider, "oidc.name"},
		{"a name that says something else", strings.Replace(aProvider, "client_id", "name = \"mail\"\nclient_id", 1), "oidc.name"},
		{"a name with a slash", strings.Replace(aProvider, "client_id", "name = \"a/b\"\nclient_id", 1), "oidc.name"},
		{"an unknown kind", strings.Replace(aProvider, "proconnect", "saml", 1), "oidc.kind"},
		{"plain HTTP", strings.Replace(aProvider, "https", "http", 1), "oidc.issuer"},
		{"plain HTTP on this machine", strings.Replace(aProvider, "https://auth.agentconnect.gouv.fr", "http://localhost:9000", 1), ""},
		{"no issuer", strings.Replace(aProvider, "issuer", "# issuer", 1), "oidc.issuer"},
		{"no secret", strings.Replace(aProvider, "client_secret", "# client_secret", 1), "client_secret"},
		{"a generic one without a name", strings.Replace(aProvider, "kind", "# kind", 1), "oidc.name"},
	} {
		file := filepath.Join(t.TempDir(), "transformateur.toml")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := Load(file, "", nil)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret")) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil {
			if p := cfg.OIDC[0]; p.Name != "proconnect" || p.Label != "ProConnect" || !p.Signed || !slices.Contains(p.Scopes, "siret") {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
	}
}

func TestSecondFactorIsAskedUnlessSaidOtherwise(t *testing.T) {
	for _, c := range []struct {
		environ []string
		want    bool
	}{{nil, true}, {[]string{"TRANSFORMATEUR_REQUIRE_SECOND_FACTOR=false"}, false}} {
		cfg, err := Load("", t.TempDir(), c.environ)
		if err != nil || cfg.RequireSecondFactor != c.want {
			t.Errorf("%v: %v (%v)", c.environ, cfg.RequireSecondFactor, err)
		}
	}
}
