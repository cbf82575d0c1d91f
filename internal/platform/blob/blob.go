// Package blob keeps the content of files: a blob is a sequence of bytes named by the SHA-256 of what it holds.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"syscall"

	"transformateur/internal/platform/errs"
)

// Ref names a blob and gives its size in bytes. Digest is the SHA-256 of the
// content in 64 lower-case hexadecimal digits (FIPS 180-4).
type Ref struct {
	Digest string
	Size   int64
}

// File is an open blob. It can be read in order, from any place, or by several
// readers at once through ReadAt.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Store keeps blobs. Every method is safe for concurrent use. A digest that is
// unknown or not well formed is errs.NotFound; a place that cannot be reached
// or is full is errs.Unavailable, and then nothing was kept.
type Store interface {
	// Put keeps what r gives, up to limit bytes, and returns only when it would
	// survive a power cut. More than limit bytes is errs.Invalid. Keeping the
	// same content twice gives the same Ref and repairs a damaged copy.
	Put(ctx context.Context, r io.Reader, limit int64) (Ref, error)
	// Open reads a blob. The caller closes it.
	Open(ctx context.Context, digest string) (File, error)
	// Stat says how long a blob is.
	Stat(ctx context.Context, digest string) (Ref, error)
	// Delete forgets a blob; forgetting an absent one is no error. The caller
	// makes sure that nobody keeps the same content at the same moment.
	Delete(ctx context.Context, digest string) error
	// Check reads a blob back and compares it with its digest; a difference is
	// errs.Internal with the key blob.damaged.
	Check(ctx context.Context, digest string) error
	// Walk calls do with every blob, in the order of the digests, and stops at
	// its first error.
	Walk(ctx context.Context, do func(Ref) error) error
}

// OpenLocal opens a blob so that reading it here and there is cheap: a store that
// is far fetches it first. The caller closes it.
func OpenLocal(ctx context.Context, s Store, digest string) (File, error) {
	if far, ok := s.(interface {
		OpenLocal(context.Context, string) (File, error)
	}); ok {
		return far.OpenLocal(ctx, digest)
	}
	return s.Open(ctx, digest)
}

const chunk = 128 << 10

// validDigest says whether digest may stand in a path or in an object's key.
func validDigest(digest string) bool {
	if len(digest) != sha256.Size*2 {
		return false
	}
	for _, c := range []byte(digest) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func notFound(digest string) error {
	return errs.New(errs.NotFound, "blob.not_found").Because(fmt.Errorf("blob %q", digest))
}

func damaged(digest string, cause error) error {
	return errs.New(errs.Internal, "blob.damaged", digest).Because(cause)
}

// tooLarge says what the limit is, in a unit that gives a whole number.
func tooLarge(limit int64) error {
	if limit < 1_000_000 {
		return errs.New(errs.Invalid, "blob.too_large_small", max(limit/1000, 1))
	}
	return errs.New(errs.Invalid, "blob.too_large", limit/1_000_000)
}

// explain turns a refusal of the disk to grow into an answer that people can
// act on, and wraps anything else with what was being done.
func explain(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return errs.New(errs.Unavailable, "blob.no_space").Because(fmt.Errorf("%s: %w", doing, err))
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.EROFS):
		return errs.New(errs.Unavailable, "blob.storage_failed").Because(fmt.Errorf("%s: %w", doing, err))
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// patient is a reader that stops when the context does.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// source remembers that an error came from the reader, not from the disk.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// copyBounded copies r into w and gives its digest; one byte over limit is an error.
func copyBounded(ctx context.Context, w io.Writer, r io.Reader, limit int64) (Ref, error) {
	hash := sha256.New()
	from := &source{r: patient{ctx, r}}
	n, err := io.CopyBuffer(onlyWriter{io.MultiWriter(w, hash)}, onlyReader{io.LimitReader(from, limit+1)}, make([]byte, chunk))
	switch {
	case from.err != nil:
		return Ref{}, fmt.Errorf("read the content to keep: %w", from.err)
	case err != nil:
		return Ref{}, explain("write a blob", err)
	case n > limit:
		return Ref{}, tooLarge(limit)
	}
	return Ref{Digest: hex.EncodeToString(hash.Sum(nil)), Size: n}, nil
}

// onlyReader and onlyWriter hide the shortcuts that would bypass the context.
type onlyReader struct{ io.Reader }
type onlyWriter struct{ io.Writer }

// verify reads r to its end and compares it with what it should be.
func verify(ctx context.Context, r io.Reader, want Ref) error {
	hash := sha256.New()
	n, err := io.CopyBuffer(onlyWriter{hash}, onlyReader{patient{ctx, r}}, make([]byte, chunk))
	if err != nil {
		return fmt.Errorf("read blob %s back: %w", want.Digest, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want.Digest || (want.Size >= 0 && n != want.Size) {
		return damaged(want.Digest, fmt.Errorf("read back %d bytes with digest %s", n, got))
	}
	return nil
}
