package carry

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"transformateur/internal/board/photo"
	"transformateur/internal/platform/errs"
	"transformateur/internal/venue"
)

// hung says what makes a picture the same: on which board, who sent it, what it shows.
type hung struct{ board, person, digest string }

func hungAs(p photo.Travelling) hung { return hung{string(p.Board), p.Person, p.Digest} }

// albums lists the pictures of both sides.
func (l *Link) albums(ctx context.Context) (home, here []photo.Travelling, err error) {
	if here, err = l.Venues.Shelf(ctx); err != nil {
		return nil, nil, err
	}
	return home, here, l.ask(ctx, http.MethodGet, "/venue/pictures", nil, &home)
}

// beyond are the pictures of one list that are not in another.
func beyond(list, other []photo.Travelling) (out []photo.Travelling) {
	there := map[hung]bool{}
	for _, p := range other {
		there[hungAs(p)] = true
	}
	for _, p := range list {
		if !there[hungAs(p)] {
			out = append(out, p)
		}
	}
	return out
}

// bringPictures hands home the pictures that were taken at the venue. One that home does
// not take stays here, and is told.
func (l *Link) bringPictures(ctx context.Context, t *Tally) error {
	if here, err := l.Venues.Shelf(ctx); err != nil || len(here) == 0 {
		return err
	}
	home, here, err := l.albums(ctx)
	if err != nil {
		return err
	}
	for _, p := range beyond(here, home) {
		if err := t.hung(p, l.send(ctx, p)); err != nil {
			return err
		}
	}
	return nil
}

// hung counts a picture that went across. One that the other side does not take, or has no
// more, is told, and stops nothing.
func (t *Tally) hung(p photo.Travelling, err error) error {
	switch kind := errs.KindOf(err); {
	case err == nil:
		t.Pictures++
	case kind == errs.Unavailable || kind == errs.Unauthenticated || kind == errs.Internal:
		return err
	default:
		t.Refused = append(t.Refused, venue.Refusal{ID: p.Digest, Why: errs.KeyOf(err)})
	}
	return nil
}

func (l *Link) send(ctx context.Context, p photo.Travelling) error {
	file, err := l.Venues.Open(ctx, p.Digest)
	if err != nil {
		return err
	}
	defer file.Close()
	q := url.Values{"board": {string(p.Board)}, "person": {p.Person}, "digest": {p.Digest}, "added": {p.Added.Format(time.RFC3339Nano)}}
	return l.ask(ctx, http.MethodPost, "/venue/pictures?"+q.Encode(), body{"image/jpeg", file}, new(struct{}))
}

// takePictures fetches the pictures that home has and the laptop has not.
func (l *Link) takePictures(ctx context.Context, t *Tally) error {
	home, here, err := l.albums(ctx)
	if err != nil {
		return err
	}
	for _, p := range beyond(home, here) {
		if err := t.hung(p, l.fetch(ctx, p)); err != nil {
			return err
		}
	}
	return nil
}

func (l *Link) fetch(ctx context.Context, p photo.Travelling) error {
	var bytes raw
	if err := l.ask(ctx, http.MethodGet, "/venue/pictures/"+url.PathEscape(p.Digest), nil, &bytes); err != nil {
		return err
	}
	return l.Venues.Receive(ctx, p, bytes.Reader())
}
