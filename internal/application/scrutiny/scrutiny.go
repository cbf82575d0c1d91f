// Package scrutiny is the look at a file that somebody sent, before anybody else may open it, and the copy of it that does not tell its author.
package scrutiny

import (
	"context"
	"errors"
	"fmt"
	"io"

	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/errs"
)

// Inspector looks into a file before anybody else may open it.
type Inspector interface {
	// Inspect says what a file is and what is wrong with it. accept are the
	// extensions that its question asks for; nil is any.
	Inspect(ctx context.Context, f blob.File, size int64, name string, accept []string) (Inspection, error)
}

// Inspection is what an inspector found.
type Inspection struct {
	Kind, MIME string
	Refused    bool
	Problems   []errs.Field

	// Clean, when not nil, writes a copy without author and location, and says what
	// of them it could not take out.
	Clean func(ctx context.Context, w io.Writer) (left []errs.Field, err error)
}

// Sent is a file as it came.
type Sent struct {
	Digest string
	Size   int64
	Name   string
	Accept []string // the extensions that are asked for; nil is any
}

// Outcome is what came of the look: what was found, and the copy to be read, whose Ref
// is empty when the file is refused or when no such copy could be made. The problems
// then say NoCopy and why.
type Outcome struct {
	Inspection
	Copy blob.Ref
}

// NoCopy is the first of the problems of a file that evaluators cannot open, since
// no copy without its author could be made; what follows says why.
const NoCopy = "inspect.no_copy"

// Look inspects a file and keeps the copy of it that evaluators read.
func Look(ctx context.Context, blobs blob.Store, inspector Inspector, sent Sent) (Outcome, error) {
	file, err := blob.OpenLocal(ctx, blobs, sent.Digest)
	if err != nil {
		return Outcome{}, fmt.Errorf("open a file to look at: %w", err)
	}
	defer file.Close()
	found, err := inspector.Inspect(ctx, file, sent.Size, sent.Name, sent.Accept)
	if err != nil {
		return Outcome{}, fmt.Errorf("inspect: %w", err)
	}
	o := Outcome{Inspection: found}
	if found.Refused {
		return o, nil
	}
	var left []errs.Field
	if o.Copy, left, err = cleanCopy(ctx, blobs, found, sent.Size); err != nil {
		return o, fmt.Errorf("clean: %w", err)
	}
	if o.Copy.Digest == "" {
		o.Problems = append(append(o.Problems, errs.Field{Key: NoCopy}), left...)
	}
	return o, nil
}

// errTells ends the writing of a copy that would still say who made the file.
var errTells = errors.New("the copy would tell its author")

// cleanCopy keeps the copy that evaluators read. One that would still tell is not
// kept: its Ref is empty and left says what it would tell.
func cleanCopy(ctx context.Context, blobs blob.Store, found Inspection, size int64) (ref blob.Ref, left []errs.Field, err error) {
	if found.Clean == nil {
		return ref, []errs.Field{{Key: "inspect.left_kind"}}, nil
	}
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		tells, err := found.Clean(ctx, w)
		if left = tells; err == nil && len(tells) > 0 {
			err = errTells
		}
		w.CloseWithError(err)
		done <- err
	}()
	ref, err = blobs.Put(ctx, r, 8*size+64<<20) // a photo compressed hard grows when it is encoded again
	r.Close()
	switch wrong := <-done; {
	case errors.Is(wrong, errTells):
		return blob.Ref{}, left, nil
	case errs.Is(wrong, errs.Invalid):
		return blob.Ref{}, []errs.Field{{Key: errs.KeyOf(wrong)}}, nil
	}
	return ref, nil, err
}
