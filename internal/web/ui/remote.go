package ui

import (
	"net"
	"net/http"
	"strings"
)

// RemoteIP is the network address that asks. Behind a proxy it is the last one of
// X-Forwarded-For, which the proxy wrote itself; those before it are anybody's words.
func RemoteIP(r *http.Request, proxied bool) string {
	if proxied {
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(list[len(list)-1]); last != "" {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
