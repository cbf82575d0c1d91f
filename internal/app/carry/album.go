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

// album lists the pictures that home has.
func (l *Link) album(ctx context.Context) (home []photo.Travelling, err error) {
	return home, l.ask(ctx, http.MethodGet, "/venue/pictures", nil, &home)
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

// bringPictures hands home the pictures that were taken at the venue.
func (l *Link) bringPictures(ctx context.Context, t *Tally) error {
	here, err := l.Venues.Shelf(ctx)
	if err != nil || len(here) == 0 {
		return err
	}
	home, err := l.album(ctx)
	if err != nil {
		return err
	}
	return t.cross(ctx, beyond(here, home), l.send)
}

// takePictures fetches the pictures that home has and the laptop has not.
func (l *Link) takePictures(ctx context.Context, t *Tally) error {
	home, err := l.album(ctx)
	if err != nil {
		return err
	}
	here, err := l.Venues.Shelf(ctx)
	if err != nil {
		return err
	}
	return t.cross(ctx, beyond(home, here), l.fetch)
}

// cross carries pictures to the other side. One that is not taken there, or is no more, is
// told, and stops nothing.
func (t *Tally) cross(ctx context.Context, list []photo.Travelling, carry func(context.Context, photo.Travelling) error) error {
	for _, p := range list {
		err := carry(ctx, p)
		switch kind := errs.KindOf(err); {
		case err == nil:
			t.Pictures++
		case kind == errs.Unavailable || kind == errs.Unauthenticated || kind == errs.Internal:
			return err
		default:
			t.Refused = append(t.Refused, venue.Refusal{ID: p.Digest, Why: errs.KeyOf(err)})
		}
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

func (l *Link) fetch(ctx context.Context, p photo.Travelling) error {
	var bytes raw
	if err := l.ask(ctx, http.MethodGet, "/venue/pictures/"+url.PathEscape(p.Digest), nil, &bytes); err != nil {
		return err
	}
	return l.Venues.Receive(ctx, p, bytes.Reader())
}
