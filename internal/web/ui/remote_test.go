package ui_test

import (
	"net/http/httptest"
	"testing"

	"transformateur/internal/web/ui"
)

func TestRemoteIP(t *testing.T) {
	for _, c := range []struct {
		name    string
		proxied bool
		headers []string
		want    string
	}{
		{"direct", false, nil, "192.0.2.1"},
		{"direct, with a header that anybody may write", false, []string{"198.51.100.9"}, "192.0.2.1"},
		{"behind a proxy", true, []string{"198.51.100.9"}, "198.51.100.9"},
		{"behind a proxy, with a forged beginning", true, []string{"203.0.113.7, 198.51.100.9"}, "198.51.100.9"},
		{"behind a proxy, forged in a header of its own", true, []string{"203.0.113.7", "198.51.100.9"}, "198.51.100.9"},
		{"behind a proxy that says nothing", true, nil, "192.0.2.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		for _, h := range c.headers {
			r.Header.Add("X-Forwarded-For", h)
		}
		if got := ui.RemoteIP(r, c.proxied); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
