package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/picture"
)

// Cleaned says what became of a copy made for people who must not learn who
// made the file. Kind is that of the copy. Left holds what still may tell, one
// key each, with the entry it is in: the copy is clean when Left is empty.
type Cleaned struct {
	Kind Kind
	Left []errs.Field
}

// Clean says whether nothing known to tell was left.
func (c Cleaned) Clean() bool { return len(c.Left) == 0 }

func (c *Cleaned) leave(path, key string) {
	for _, f := range c.Left {
		if f.Path == path && f.Key == key {
			return
		}
	}
	c.Left = append(c.Left, errs.Field{Path: path, Key: key})
}

// Strip writes a copy of a file without the author, the place and the machine
// that it tells: StripImage for a picture, StripDocument for a document. Any
// other kind is copied as it is and said not to be clean, except plain text.
func Strip(ctx context.Context, r io.ReaderAt, size int64, w io.Writer) (Cleaned, error) {
	head, err := headOf(r, size)
	if err != nil {
		return Cleaned{}, err
	}
	switch kind := KindOf(head, ""); {
	case kind.picture():
		return StripImage(ctx, r, size, w)
	case kind == PDF, kind == ZIP, kind.office():
		return StripDocument(ctx, r, size, w)
	case kind == MP3:
		return stripSound(ctx, r, size, w)
	case kind == TXT, kind == CSV:
		return Cleaned{Kind: kind}, copyAll(ctx, r, size, w)
	default:
		c := Cleaned{Kind: kind}
		c.leave("", "inspect.left_kind")
		return c, copyAll(ctx, r, size, w)
	}
}

// StripImage writes a copy of a picture that shows the same, upright, and tells
// nothing else: see picture.Clean. What is not a picture is errs.Invalid.
func StripImage(ctx context.Context, r io.ReaderAt, size int64, w io.Writer) (Cleaned, error) {
	head, err := headOf(r, size)
	if err != nil {
		return Cleaned{}, err
	}
	kind := KindOf(head, "")
	if !kind.picture() {
		return Cleaned{Kind: kind}, asError(wrong("inspect.not_picture"))
	}
	format, err := picture.Clean(ctx, r, size, picture.Format(kind), w)
	return Cleaned{Kind: Kind(format)}, err
}

func copyAll(ctx context.Context, r io.ReaderAt, size int64, w io.Writer) error {
	if _, err := io.Copy(w, &patient{ctx, io.NewSectionReader(r, 0, size)}); err != nil {
		return fmt.Errorf("copy a file: %w", err)
	}
	return nil
}

// asError turns what is wrong with a file into the error that says so.
func asError(err error) error {
	var f *fault
	if errors.As(err, &f) {
		return errs.New(errs.Invalid, f.key, f.args...).Because(err)
	}
	return err
}

// stopping is a writer that stops when the context does.
type stopping struct {
	ctx context.Context
	w   io.Writer
}

func (s *stopping) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}
