package inspect

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"transformateur/internal/platform/errs"
)

// ClamAV asks a clamd daemon whether a file is infected. Network is "tcp" or
// "unix"; Timeout bounds one scan (0: one minute).
type ClamAV struct {
	Network, Address string
	Timeout          time.Duration
}

// Scan sends what r gives with the INSTREAM command of clamd(8). It answers the
// name of the virus, or "" for a clean file. When no verdict could be had, the
// error is errs.Unavailable and the file must wait: no verdict is not a clean one.
func (c ClamAV) Scan(ctx context.Context, r io.Reader) (virus string, err error) {
	ctx, cancel := context.WithTimeout(ctx, first(c.Timeout, time.Minute))
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, c.Network, c.Address)
	if err != nil {
		return "", unscanned("reach clamd", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := sendStream(conn, r); err != nil {
		var own *readError
		if errors.As(err, &own) {
			return "", fmt.Errorf("read the file to scan: %w", own.err)
		}
		// clamd answers before it closes when a file is over its limit.
		if answer, _ := bufio.NewReader(conn).ReadString(0); strings.Contains(answer, "size limit") {
			return "", errs.New(errs.Unavailable, "inspect.scan_too_large").Because(errors.New(answer))
		}
		return "", unscanned("send a file to clamd", err)
	}
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	answer = strings.TrimRight(answer, "\x00\n")
	name, found := strings.CutSuffix(answer, " FOUND")
	switch {
	case found:
		return strings.TrimPrefix(name, "stream: "), nil
	case answer == "stream: OK":
		return "", nil
	case strings.Contains(answer, "size limit"):
		return "", errs.New(errs.Unavailable, "inspect.scan_too_large").Because(errors.New(answer))
	case err == nil:
		err = fmt.Errorf("clamd answered %q", answer)
	}
	return "", unscanned("hear from clamd", err)
}

func unscanned(doing string, err error) error {
	return errs.New(errs.Unavailable, "inspect.scan_unavailable").Because(fmt.Errorf("%s: %w", doing, err))
}

type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }

// sendStream sends pieces, each after its length, and a length of zero at the end.
func sendStream(conn io.Writer, r io.Reader) error {
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return err
	}
	buf := make([]byte, 4+64<<10)
	for {
		n, err := r.Read(buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := conn.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			_, err := conn.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return &readError{err}
		}
	}
}
