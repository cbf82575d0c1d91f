package photo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image/jpeg"
	"io"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Travelling is a picture as it goes between a laptop that carries a gathering and its
// home: cards name it by its digest, so that it stays the same, byte for byte.
type Travelling struct {
	Board  room.ID   `json:"board"`
	Person string    `json:"person"` // a participant; "" for who left no name
	Digest string    `json:"digest"`
	Size   int64     `json:"size"`
	Added  time.Time `json:"added"`
}

// Of lists the pictures of the boards of a gathering, the first one first.
func Of(ctx context.Context, r db.Reader, gathering string) ([]Travelling, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (p Travelling, err error) {
		return p, sc.Scan(&p.Board, &p.Person, &p.Digest, &p.Size, &p.Added)
	}, `select board_id, person, digest, size, added_at from board_pictures where board_id in (select id from boards where gathering_id = $1) order by added_at, id`, gathering)
	if err != nil {
		return nil, fmt.Errorf("list the pictures of gathering %s: %w", gathering, err)
	}
	return list, nil
}

// Bytes gives a picture to whoever carries it elsewhere. Error: NotFound.
func (s *Service) Bytes(ctx context.Context, digest string) (blob.File, error) {
	return s.blobs.Open(ctx, digest)
}

// TakeIn keeps a picture that was kept elsewhere, once what it is was looked at again: a
// JPEG as fit makes them, whose digest is the one it came under. Errors: Invalid
// board.picture_other for anything else; Conflict board.picture_many.
func (s *Service) TakeIn(ctx context.Context, p Travelling, r io.Reader) error {
	body, err := io.ReadAll(io.LimitReader(r, MaxSent+1))
	if err != nil {
		return errs.New(errs.Invalid, "board.picture_other").Because(err)
	}
	sum := sha256.Sum256(body)
	if hex.EncodeToString(sum[:]) != p.Digest {
		return errs.New(errs.Invalid, "board.picture_other")
	}
	found, err := s.inspector.Inspect(ctx, sent{bytes.NewReader(body)}, int64(len(body)), "", nil)
	if err != nil {
		return fmt.Errorf("look at a picture: %w", err)
	}
	sides, err := jpeg.DecodeConfig(bytes.NewReader(body))
	if err != nil || found.Refused || found.MIME != "image/jpeg" || max(sides.Width, sides.Height) > Side {
		return errs.New(errs.Invalid, "board.picture_other").Because(err)
	}
	ref, err := s.blobs.Put(ctx, bytes.NewReader(body), MaxSent)
	if err != nil {
		return fmt.Errorf("keep a picture of board %s: %w", p.Board, err)
	}
	p.Size = ref.Size
	return s.name(ctx, account.System, p, Photo{Width: sides.Width, Height: sides.Height})
}
