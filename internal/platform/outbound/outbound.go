// Package outbound is the requests that the program sends to addresses that people chose: never to a machine of the inside.
package outbound

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"transformateur/internal/platform/errs"
)

// Options say how requests leave.
type Options struct {
	// Loopback lets requests reach this very machine, over plain HTTP too: for the
	// demonstration and for tests.
	Loopback bool
	// Proxy is http://HOST:PORT of an HTTP proxy; empty: requests leave directly. The
	// proxy is asked for an address that was checked, never for a name.
	Proxy string
	// Timeout bounds a request, from the name's resolution to the last byte; 0: 15 s.
	Timeout time.Duration
	// Resolve finds the addresses of a host; nil: the machine's resolver.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
}

// Client sends requests.
type Client struct {
	opt  Options
	http *http.Client
}

// MaxAnswer is how much of an answer is read, in bytes.
const MaxAnswer = 2 << 10

// Answer is what came back.
type Answer struct {
	Status     int
	Body       []byte // its first bytes
	RetryAfter time.Duration
}

// New makes a client. Redirections are not followed: where they lead was not checked.
func New(opt Options) *Client {
	if opt.Timeout == 0 {
		opt.Timeout = 15 * time.Second
	}
	if opt.Resolve == nil {
		opt.Resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	c := &Client{opt: opt}
	c.http = &http.Client{
		Transport: &http.Transport{Proxy: nil, DialContext: c.dial, DisableKeepAlives: true, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: opt.Timeout,
			MaxResponseHeaderBytes: 32 << 10, ForceAttemptHTTP2: false},
		Timeout:       opt.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// Check says what is wrong with an address that somebody typed, before anything is
// sent: Invalid with the key "outbound.not_https", "outbound.unreadable" or "outbound.inside".
func (c *Client) Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(address) > 500:
		return errs.New(errs.Invalid, "outbound.unreadable")
	case u.Scheme != "https" && !(u.Scheme == "http" && c.opt.Loopback):
		return errs.New(errs.Invalid, "outbound.not_https")
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil && !c.outside(ip) || strings.EqualFold(host, "localhost") && !c.opt.Loopback {
		return errs.New(errs.Invalid, "outbound.inside")
	}
	if u.Scheme == "http" && !strings.EqualFold(host, "localhost") {
		if ip, err := netip.ParseAddr(host); err != nil || !ip.Unmap().IsLoopback() {
			return errs.New(errs.Invalid, "outbound.not_https")
		}
	}
	return nil
}

// Post sends a body and gives the answer, whatever its status. An error is one of the
// network, or Forbidden "outbound.inside" when the name leads inside.
func (c *Client) Post(ctx context.Context, address string, headers map[string]string, body []byte) (Answer, error) {
	if err := c.Check(address); err != nil {
		return Answer{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(string(body)))
	if err != nil {
		return Answer{}, errs.New(errs.Invalid, "outbound.unreadable").Because(err)
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	first, err := io.ReadAll(io.LimitReader(res.Body, MaxAnswer))
	if err != nil {
		return Answer{}, fmt.Errorf("read the answer: %w", err)
	}
	out := Answer{Status: res.StatusCode, Body: first}
	if wait, err := time.ParseDuration(res.Header.Get("Retry-After") + "s"); err == nil && wait > 0 {
		out.RetryAfter = wait
	}
	return out, nil
}

// dial resolves a host, refuses it when one of its addresses is inside, then dials the
// very address that was checked: a name that changes in between changes nothing.
func (c *Client) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	var ips []netip.Addr
	if ip, err := netip.ParseAddr(host); err == nil {
		ips = []netip.Addr{ip}
	} else if ips, err = c.opt.Resolve(ctx, host); err != nil {
		return nil, fmt.Errorf("resolve %s: %w", host, err)
	}
	if len(ips) == 0 {
		return nil, fmt.Errorf("resolve %s: it has no address", host)
	}
	for _, ip := range ips {
		if !c.outside(ip) {
			return nil, errs.New(errs.Forbidden, "outbound.inside")
		}
	}
	var problems []error
	for _, ip := range ips {
		conn, err := c.reach(ctx, network, net.JoinHostPort(ip.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		problems = append(problems, err)
	}
	return nil, errors.Join(problems...)
}

// reach connects to an address, directly or through the proxy.
func (c *Client) reach(ctx context.Context, network, address string) (net.Conn, error) {
	if c.opt.Proxy == "" {
		dialer := net.Dialer{Timeout: 10 * time.Second, Control: c.control}
		return dialer.DialContext(ctx, network, address)
	}
	proxy, err := url.Parse(c.opt.Proxy)
	if err != nil {
		return nil, fmt.Errorf("read the address of the proxy: %w", err)
	}
	dialer := net.Dialer{Timeout: 10 * time.Second}
	conn, err := dialer.DialContext(ctx, network, proxy.Host)
	if err != nil {
		return nil, fmt.Errorf("reach the proxy: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	_, err = fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", address, address)
	if err == nil {
		err = established(conn)
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("ask the proxy for %s: %w", address, err)
	}
	conn.SetDeadline(time.Time{})
	return conn, nil
}

// established reads the proxy's answer byte by byte: what follows belongs to the tunnel.
func established(conn net.Conn) error {
	var head []byte
	one := make([]byte, 1)
	for !strings.HasSuffix(string(head), "\r\n\r\n") {
		if len(head) > 8<<10 {
			return errors.New("its answer has no end")
		}
		if _, err := conn.Read(one); err != nil {
			return err
		}
		head = append(head, one[0])
	}
	res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(head))), &http.Request{Method: http.MethodConnect})
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %d", res.StatusCode)
	}
	return nil
}

// control looks at the address once more, when the socket is made.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !c.outside(at.Addr()) {
		return errs.New(errs.Forbidden, "outbound.inside")
	}
	return nil
}

func (c *Client) outside(ip netip.Addr) bool {
	return Outside(ip) || c.opt.Loopback && ip.Unmap().IsLoopback()
}

// inside are the blocks that do not lead to the public Internet, beyond those that
// net/netip knows: the IANA registries of special-purpose addresses (RFC 6890), with
// what carries an IPv4 address inside an IPv6 one.
var inside = blocks("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fec0::/10")

func blocks(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// Outside says whether an address is one of the public Internet: not this machine,
// nor its network, nor what the clouds keep for themselves, however it is written.
func Outside(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsValid() || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return false
	}
	for _, block := range inside {
		if block.Contains(ip) {
			return false
		}
	}
	return true
}
