// Package photo is the pictures that people put on the cards of a board, such as a photograph of a paper card.
package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"transformateur/internal/account"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/picture"
)

// The bounds of pictures: what is taken in, in bytes; the longest side of what is kept,
// in pixels, enough to read a card that was photographed; how many one board holds.
const (
	MaxSent = 20 << 20
	Side    = 1600
	Most    = 600
)

// Accepted are the kinds of pictures that are taken in, as a page asks for them: a
// telephone that keeps another kind makes one of these by itself.
const Accepted = "image/jpeg,image/png,image/webp"

// Photo is a picture that was kept, by the digest that a card holds.
type Photo struct {
	Digest        string
	Width, Height int
}

// Service keeps pictures.
type Service struct {
	db        *db.DB
	clock     clock.Clock
	blobs     blob.Store
	inspector scrutiny.Inspector
	rooms     *room.Service
	turn      chan struct{} // one picture at a time is looked at: each holds much memory
}

// Deps are what the service stands on.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Blobs     blob.Store
	Inspector scrutiny.Inspector
	Rooms     *room.Service
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, blobs: d.Blobs, inspector: d.Inspector, rooms: d.Rooms, turn: make(chan struct{}, 1)}
}

// sent is a file in memory.
type sent struct{ *bytes.Reader }

func (sent) Close() error { return nil }

// Add keeps a picture that by will put on a card of a board: a smaller copy of what she
// sends, which tells nothing but what it shows. What she sends is not kept. Errors: as
// room.Writer; Invalid on "file": board.picture_none, board.picture_big, board.picture_kind,
// what an inspection refuses; Conflict board.picture_many.
func (s *Service) Add(ctx context.Context, by account.User, id room.ID, r io.Reader) (p Photo, err error) {
	_, seat, err := s.rooms.Writer(ctx, by, id)
	if err != nil {
		return p, err
	}
	if err := s.space(ctx, s.db.Reader(), id); err != nil {
		return p, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return p, errs.New(errs.Unavailable, "errs.unavailable").Because(ctx.Err())
	}
	copied, err := s.fit(ctx, r, &p)
	if err != nil {
		return p, err
	}
	ref, err := s.blobs.Put(ctx, copied, MaxSent)
	if err != nil {
		return p, fmt.Errorf("keep a picture of board %s: %w", id, err)
	}
	p.Digest = ref.Digest
	return p, s.name(ctx, by, Travelling{Board: id, Person: seat.Participant, Digest: ref.Digest, Size: ref.Size, Added: s.clock.Now()}, p)
}

// name notes that a picture, which is kept, is of a board. The same one once more changes
// nothing.
func (s *Service) name(ctx context.Context, by account.User, of Travelling, p Photo) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.space(ctx, tx, of.Board); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `insert into board_pictures (id, board_id, person, digest, size, width, height, added_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (board_id, digest, person) do nothing`, db.NewID(), string(of.Board), of.Person, of.Digest, of.Size, p.Width, p.Height, of.Added)
		if err != nil {
			return fmt.Errorf("name a picture of board %s: %w", of.Board, err)
		}
		if n == 0 {
			return nil
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "board.pictured", Kind: "board", ID: string(of.Board)})
	})
}

// fit looks at what was sent, and makes the copy of it that is kept.
func (s *Service) fit(ctx context.Context, r io.Reader, p *Photo) (*bytes.Buffer, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxSent+1))
	switch {
	case err != nil:
		return nil, errs.New(errs.Invalid, "board.picture_none").Because(err)
	case len(body) == 0:
		return nil, wrong("board.picture_none")
	case len(body) > MaxSent:
		return nil, wrong("board.picture_big", MaxSent>>20)
	}
	found, err := s.inspector.Inspect(ctx, sent{bytes.NewReader(body)}, int64(len(body)), "", nil)
	if err != nil {
		return nil, fmt.Errorf("look at a picture: %w", err)
	}
	format, known := formats[found.MIME]
	switch {
	case found.Refused && found.Kind != "" && known:
		return nil, errs.NewInvalid("board.invalid", refusals(found.Problems))
	case found.Refused, !known:
		return nil, wrong("board.picture_kind")
	}
	var copied bytes.Buffer
	p.Width, p.Height, err = picture.Fit(ctx, bytes.NewReader(body), int64(len(body)), format, Side, &copied)
	if errs.Is(err, errs.Invalid) {
		return nil, wrong(errs.KeyOf(err), argsOf(err)...)
	}
	return &copied, err
}

var formats = map[string]picture.Format{"image/jpeg": picture.JPEG, "image/png": picture.PNG, "image/webp": picture.WebP, "image/gif": picture.GIF}

// refusals are what an inspection found, said of the file that was sent.
func refusals(found []errs.Field) (list []errs.Field) {
	for _, f := range found {
		list = append(list, errs.Field{Path: "file", Key: f.Key, Args: f.Args})
	}
	return list
}

func wrong(key string, args ...any) error {
	return errs.NewInvalid("board.invalid", []errs.Field{{Path: "file", Key: key, Args: args}})
}

func argsOf(err error) []any {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Args
	}
	return nil
}

// space says whether a board takes one picture more.
func (s *Service) space(ctx context.Context, r db.Reader, id room.ID) error {
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from board_pictures where board_id = $1`, string(id))
	if err != nil {
		return fmt.Errorf("count the pictures of board %s: %w", id, err)
	}
	if n >= Most {
		return errs.New(errs.Conflict, "board.picture_many", Most)
	}
	return nil
}

// Open gives a picture to who sees a card that holds it, and to who sent it. A picture
// is a JPEG. Errors: NotFound for everybody else, and for what was never sent to that board.
func (s *Service) Open(ctx context.Context, by account.User, id room.ID, digest string) (blob.File, error) {
	seat, shown, err := s.rooms.Shows(ctx, by, id, digest)
	if err != nil {
		return nil, err
	}
	senders, err := db.List(ctx, s.db.Reader(), db.Value[string], `select person from board_pictures where board_id = $1 and digest = $2`, string(id), digest)
	if err != nil {
		return nil, fmt.Errorf("find a picture of board %s: %w", id, err)
	}
	for _, person := range senders {
		if shown || person == seat.Participant && person != "" {
			return s.blobs.Open(ctx, digest)
		}
	}
	return nil, errs.New(errs.NotFound, "errs.not_found")
}
