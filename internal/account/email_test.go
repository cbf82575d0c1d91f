package account

import (
	"net/url"
	"strings"
	"testing"
)

func TestParseEmail(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "ana@example.org", "ana@example.org"},
		{"capitals and spaces around", "  Ana.Martin@Example.ORG\n", "ana.martin@example.org"},
		{"a zero-width space from a paste", "ana@example.org\u200b", "ana@example.org"},
		{"an accent in the domain", "ana@préfecture.fr", "ana@préfecture.fr"},
		{"plus", "ana+transfo@example.org", "ana+transfo@example.org"},
		{"nothing", "   ", "account.email_missing"},
		{"no at", "ana.example.org", "account.email_form"},
		{"no dot", "ana@localhost", "account.email_form"},
		{"a name", "Ana <ana@example.org>", "account.email_form"},
		{"two", "ana@example.org, bob@example.org", "account.email_form"},
		{"a header", "ana@example.org\r\nBcc: x@example.org", "account.email_form"},
		{"quotes", `"ana martin"@example.org`, "account.email_form"},
		{"dots together", "ana@example..org", "account.email_form"},
		{"a bracketed number", "ana@[192.0.2.1]", "account.email_form"},
		{"too long", strings.Repeat("a", 65) + "@example.org", "account.email_form"},
	} {
		got, err := ParseEmail(c.in)
		if err != nil {
			got = strings.TrimPrefix(err.Error()[strings.IndexByte(err.Error(), '=')+1:], "email=")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNameFrom(t *testing.T) {
	for in, want := range map[string]string{
		"ana.le-goff@example.org": "Ana Le-Goff", "bob@example.org": "Bob", "élise_b+x@example.org": "Élise B", "+x@example.org": "+x@example.org",
	} {
		if got := nameFrom(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

var localPaths = []struct{ in, want string }{
	{"/calls/c1?tab=2#f-name", "/calls/c1?tab=2#f-name"},
	{"/", "/"}, {"", "/"}, {"calls", "/"},
	{"//evil.example", "/"}, {"/\\evil.example", "/"}, {"https://evil.example/", "/"}, {"/\t/evil.example", "/"},
	{"/a\r\nSet-Cookie: x", "/"}, {"javascript:alert(1)", "/"}, {"/%2f%2fevil.example", "/"}, {"/%5cevil.example", "/"}, {"/\u202eevil", "/"},
	{"/signin?next=/signin", "/"}, {"/signout", "/"}, {"/signing", "/signing"},
}

func TestLocalPath(t *testing.T) {
	for _, c := range localPaths {
		if got := LocalPath(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

// Whatever is asked for, a browser that follows the answer stays on this site.
func FuzzLocalPath(f *testing.F) {
	for _, c := range localPaths {
		f.Add(c.in)
	}
	base, _ := url.Parse("https://site.example/signin")
	f.Fuzz(func(t *testing.T, next string) {
		got := LocalPath(next)
		// Browsers drop tabs and line ends and read a backslash as a slash (WHATWG URL §4.4).
		seen := strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(got)
		u, err := base.Parse(seen)
		if err != nil || u.Host != "site.example" || u.Scheme != "https" || u.User != nil {
			t.Errorf("%q leads to %v %v", next, u, err)
		}
		if LocalPath(got) != got {
			t.Errorf("%q is not stable", next)
		}
	})
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "unknown",
	} {
		if got := network(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
