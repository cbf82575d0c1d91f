package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/errs"
)

func TestOutside(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "193.252.19.3": true,
		"127.0.0.1": false, "127.8.8.8": false, "0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "100.127.255.255": false, "198.18.0.1": false, "192.0.0.192": false, "224.0.0.1": false, "239.1.1.1": false, "255.255.255.255": false, "240.0.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:8.8.8.8": true, "::7f00:1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::808:808": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false, "fec0::1": false,
	} {
		if got := Outside(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestCheckRefusesBeforeAnythingIsSent(t *testing.T) {
	strict, loose := New(Options{}), New(Options{Loopback: true})
	for _, c := range []struct {
		name, address string
		strict, loose string
	}{
		{"an ordinary receiver", "https://hooks.example.org/in?x=1", "", ""},
		{"not encrypted", "http://hooks.example.org/in", "outbound.not_https", "outbound.not_https"},
		{"this machine", "http://127.0.0.1:8080/in", "outbound.not_https", ""},
		{"this machine, encrypted", "https://127.0.0.1/in", "outbound.inside", ""},
		{"this machine by name", "https://localhost/in", "outbound.inside", ""},
		{"written in IPv6", "https://[::ffff:10.0.0.1]/in", "outbound.inside", "outbound.inside"},
		{"metadata of a cloud", "https://169.254.169.254/latest", "outbound.inside", "outbound.inside"},
		{"with a password", "https://u:p@hooks.example.org/", "outbound.unreadable", "outbound.unreadable"},
		{"another protocol", "gopher://hooks.example.org/", "outbound.not_https", "outbound.not_https"},
		{"no address", "hooks", "outbound.unreadable", "outbound.unreadable"},
	} {
		if got := errs.KeyOf(strict.Check(c.address)); got != c.strict {
			t.Errorf("%s: %q, want %q", c.name, got, c.strict)
		}
		if got := errs.KeyOf(loose.Check(c.address)); got != c.loose {
			t.Errorf("%s, with loopback: %q, want %q", c.name, got, c.loose)
		}
	}
}

// A name that leads inside is refused at the moment of dialling, one address among
// others included.
func TestNamesThatLeadInsideAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		ips  []string
	}{{"a private address", []string{"10.0.0.8"}}, {"this machine", []string{"127.0.0.1"}}, {"one among public ones", []string{"8.8.8.8", "192.168.0.1"}}, {"hidden in IPv6", []string{"::ffff:127.0.0.1"}}} {
		client := New(Options{Resolve: func(context.Context, string) (ips []netip.Addr, err error) {
			for _, ip := range c.ips {
				ips = append(ips, netip.MustParseAddr(ip))
			}
			return ips, nil
		}})
		_, err := client.Post(context.Background(), "https://rebind.example.org/", nil, nil)
		var e *errs.Error
		if !errors.As(err, &e) || e.Key != "outbound.inside" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The socket itself refuses an address that was not checked.
func TestTheSocketLooksAgain(t *testing.T) {
	dialer := net.Dialer{Control: New(Options{}).control}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	conn, err := dialer.Dial("tcp", server.Listener.Addr().String())
	if err == nil {
		conn.Close()
		t.Error("a connection to this machine was made")
	}
}

func TestAnswersAreBoundedAndRedirectionsNotFollowed(t *testing.T) {
	followed := false
	mux := http.NewServeMux()
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("a", 1<<20)) })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/there", http.StatusFound) })
	mux.HandleFunc("/there", func(http.ResponseWriter, *http.Request) { followed = true })
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "120"); w.WriteHeader(503) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	client := New(Options{Loopback: true, Timeout: 300 * time.Millisecond})
	ctx := context.Background()
	if a, err := client.Post(ctx, server.URL+"/big", nil, nil); err != nil || len(a.Body) != MaxAnswer {
		t.Errorf("%d bytes, %v", len(a.Body), err)
	}
	if a, err := client.Post(ctx, server.URL+"/away", nil, nil); err != nil || a.Status != http.StatusFound || followed {
		t.Errorf("%+v %v, followed: %v", a, err, followed)
	}
	if a, err := client.Post(ctx, server.URL+"/busy", nil, nil); err != nil || a.RetryAfter != 2*time.Minute {
		t.Errorf("%+v %v", a, err)
	}
	if _, err := client.Post(ctx, server.URL+"/slow", nil, nil); err == nil {
		t.Error("it waited for a receiver that never answers")
	}
}

// A proxy is asked for the address that was checked, never for a name that it would
// resolve by itself.
func TestTheProxyGetsACheckedAddress(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	asked := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		buf := make([]byte, 200)
		n, _ := conn.Read(buf)
		asked <- strings.SplitN(string(buf[:n]), "\r\n", 2)[0]
		fmt.Fprint(conn, "HTTP/1.1 403 Forbidden\r\n\r\n")
	}()
	client := New(Options{Proxy: "http://" + listener.Addr().String(), Resolve: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("93.184.215.14")}, nil
	}})
	if _, err := client.Post(context.Background(), "https://hooks.example.org/in", nil, nil); err == nil {
		t.Error("the proxy refused and nothing was said")
	}
	if line := <-asked; line != "CONNECT 93.184.215.14:443 HTTP/1.1" {
		t.Errorf("the proxy was asked for %q", line)
	}
}
