package inspect

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/errs"
)

// fakeClamd speaks the INSTREAM protocol; it finds the test virus.
func fakeClamd(t *testing.T, network string, answer func(body []byte) string) ClamAV {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "s")
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				command := make([]byte, 10)
				if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
					io.WriteString(conn, "UNKNOWN COMMAND\x00")
					return
				}
				var body []byte
				for {
					var n [4]byte
					if _, err := io.ReadFull(conn, n[:]); err != nil {
						return
					}
					size := binary.BigEndian.Uint32(n[:])
					if size == 0 {
						break
					}
					piece := make([]byte, size)
					if _, err := io.ReadFull(conn, piece); err != nil {
						return
					}
					body = append(body, piece...)
				}
				io.WriteString(conn, answer(body))
			}()
		}
	}()
	return ClamAV{Network: network, Address: l.Addr().String(), Timeout: 5 * time.Second}
}

func honest(body []byte) string {
	if bytes.Contains(body, eicar) {
		return "stream: Eicar-Test-Signature FOUND\x00"
	}
	return "stream: OK\x00"
}

func TestClamAV(t *testing.T) {
	always := func(s string) func([]byte) string { return func([]byte) string { return s } }
	for _, c := range []struct {
		situation string
		answer    func([]byte) string
		body      string
		virus     string
		key       string
	}{
		{"a clean file", honest, "bonjour", "", ""},
		{"an empty file", honest, "", "", ""},
		{"a large clean file", honest, noise(1 << 20), "", ""},
		{"an infected file", honest, string(eicar), "Eicar-Test-Signature", ""},
		{"a virus after 1 MB", honest, noise(1<<20) + string(eicar), "Eicar-Test-Signature", ""},
		{"over its limit", always("INSTREAM size limit exceeded. ERROR\x00"), "x", "", "inspect.scan_too_large"},
		{"an error", always("stream: Can't allocate memory ERROR\x00"), "x", "", "inspect.scan_unavailable"},
		{"no answer", always(""), "x", "", "inspect.scan_unavailable"},
		{"half an answer", always("stream: "), "x", "", "inspect.scan_unavailable"},
		{"a doubtful answer", always("OK\x00"), "x", "", "inspect.scan_unavailable"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			for _, network := range []string{"tcp", "unix"} {
				virus, err := fakeClamd(t, network, c.answer).Scan(context.Background(), strings.NewReader(c.body))
				if virus != c.virus || errs.KeyOf(err) != c.key || c.key != "" && !errs.Is(err, errs.Unavailable) || c.key == "" && err != nil {
					t.Errorf("%s: %q, %v", network, virus, err)
				}
			}
		})
	}
}

func TestClamAVWithoutVerdict(t *testing.T) {
	broken := errors.New("disk")
	if _, err := fakeClamd(t, "tcp", honest).Scan(context.Background(), io.MultiReader(strings.NewReader("x"), failingReader{broken})); errs.Is(err, errs.Unavailable) || !strings.Contains(err.Error(), "disk") {
		t.Errorf("a file that cannot be read: %v", err)
	}
	if _, err := (ClamAV{Network: "unix", Address: filepath.Join(t.TempDir(), "none")}).Scan(context.Background(), strings.NewReader("x")); errs.KeyOf(err) != "inspect.scan_unavailable" {
		t.Errorf("no daemon: %v", err)
	}
	slow := fakeClamd(t, "tcp", func([]byte) string { time.Sleep(2 * time.Second); return "stream: OK\x00" })
	slow.Timeout = 50 * time.Millisecond
	if _, err := slow.Scan(context.Background(), strings.NewReader("x")); errs.KeyOf(err) != "inspect.scan_unavailable" {
		t.Errorf("a slow daemon: %v", err)
	}
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }
