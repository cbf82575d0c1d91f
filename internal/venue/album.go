package venue

import (
	"context"
	"fmt"
	"io"
	"slices"

	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Album lists, for a laptop, the pictures of the boards of its gathering. Errors:
// Unauthenticated.
func (s *Service) Album(ctx context.Context, secret string) ([]photo.Travelling, error) {
	r := s.db.Reader()
	v, _, err := s.enter(ctx, r, secret, brings)
	if err != nil {
		return nil, err
	}
	return photo.Of(ctx, r, string(v.Gathering))
}

// Picture gives a laptop a picture of a board of its gathering. Errors: Unauthenticated;
// NotFound for one of another gathering.
func (s *Service) Picture(ctx context.Context, secret, digest string) (blob.File, error) {
	r := s.db.Reader()
	v, _, err := s.enter(ctx, r, secret, takes)
	if err != nil {
		return nil, err
	}
	list, err := photo.Of(ctx, r, string(v.Gathering))
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(p photo.Travelling) bool { return p.Digest == digest }) {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	return s.photos.Bytes(ctx, digest)
}

// Hang keeps at home a picture that was put on a card at a venue. The same one again
// changes nothing. Errors: Unauthenticated; NotFound for a board of another gathering, or
// somebody without a seat in it; Invalid, Conflict as photo.TakeIn.
func (s *Service) Hang(ctx context.Context, secret string, p photo.Travelling, r io.Reader) error {
	v, _, err := s.enter(ctx, s.db.Reader(), secret, brings)
	if err != nil {
		return err
	}
	b, err := room.Load(ctx, s.db.Reader(), p.Board)
	if err == nil && b.Gathering != string(v.Gathering) {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return err
	}
	seats, err := db.Get(ctx, s.db.Reader(), db.Value[int], `select count(*) from participants where gathering_id = $1 and id = $2`, string(v.Gathering), p.Person)
	if err != nil {
		return fmt.Errorf("find who sent a picture to board %s: %w", p.Board, err)
	}
	if seats == 0 {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if now := s.clock.Now(); p.Added.After(now) {
		p.Added = now // the clock of another machine may be ahead
	}
	return s.photos.TakeIn(ctx, p, r)
}

// Shelf lists the pictures that the laptop holds.
func (s *Service) Shelf(ctx context.Context) ([]photo.Travelling, error) {
	v, err := s.Carrying(ctx)
	if err != nil {
		return nil, err
	}
	return photo.Of(ctx, s.db.Reader(), string(v.Gathering))
}

// Open gives a picture that the laptop holds, to bring it home. Error: NotFound.
func (s *Service) Open(ctx context.Context, digest string) (blob.File, error) {
	return s.photos.Bytes(ctx, digest)
}

// Receive keeps on the laptop a picture that came from home. Errors: as photo.TakeIn.
func (s *Service) Receive(ctx context.Context, p photo.Travelling, r io.Reader) error {
	return s.photos.TakeIn(ctx, p, r)
}
