package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"transformateur/internal/application/scrutiny"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect"
)

// inspector looks into files before anybody else may open them. clamav is
// where clamd answers, "unix:/path" or "tcp:host:port"; "" is no antivirus.
type inspector struct {
	clamav string
}

// Inspect says what a file really is, whether its question asks for that, and
// whether the antivirus knows it. When the antivirus does not answer, it is an error: the file waits.
func (i inspector) Inspect(ctx context.Context, f blob.File, size int64, name string, accept []string) (scrutiny.Inspection, error) {
	report, err := inspect.Inspect(ctx, f, size, name, inspect.Asked(accept))
	if err != nil {
		return scrutiny.Inspection{}, err
	}
	found := scrutiny.Inspection{Kind: string(report.Kind), MIME: report.MIME, Refused: report.Refused()}
	for _, p := range report.Problems {
		found.Problems = append(found.Problems, p.Field)
	}
	if found.Refused {
		return found, nil
	}
	virus, err := i.virus(ctx, io.NewSectionReader(f, 0, size))
	if err != nil {
		return scrutiny.Inspection{}, err
	}
	if virus != "" {
		found.Refused = true
		found.Problems = append(found.Problems, errs.Field{Key: "inspect.infected", Args: []any{virus}})
		return found, nil
	}
	if report.Cleanable() {
		found.Clean = func(ctx context.Context, w io.Writer) ([]errs.Field, error) {
			c, err := inspect.Strip(ctx, f, size, w)
			return c.Left, err
		}
	}
	return found, nil
}

func (i inspector) virus(ctx context.Context, r io.Reader) (string, error) {
	if i.clamav == "" {
		return "", nil
	}
	network, address, ok := strings.Cut(i.clamav, ":")
	if !ok {
		return "", fmt.Errorf("the address of clamd %q is neither unix:/path nor tcp:host:port", i.clamav)
	}
	return inspect.ClamAV{Network: network, Address: address}.Scan(ctx, r)
}
