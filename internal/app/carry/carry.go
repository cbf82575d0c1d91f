// Package carry is the way between a laptop that carries a gathering and its home: what it asks for, what it brings, over a link that may break at any moment.
package carry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/board/room"
	"transformateur/internal/platform/errs"
	"transformateur/internal/venue"
)

// maxAnswer bounds an answer of home, in bytes.
const maxAnswer = 256 << 20

// patience is how long one question may take: a venue has a poor network.
const patience = 2 * time.Minute

// Link leads from a laptop to its home.
type Link struct {
	From   string // the address of home
	Key    string
	Client *http.Client // nil: an ordinary one
	Venues *venue.Service
}

// Tally is what one passage did.
type Tally struct {
	Boards   int // boards that were taken or brought up to date
	Lines    int // operations that came from home
	Brought  int // operations that went home now
	Guests   int // guests who are new at home
	Pictures int // pictures that travelled, either way
	Refused  []venue.Refusal
}

// Take fetches the gathering, or what changed at home since. What was fetched before a cut
// stays; asking again goes on from there. Errors: Unavailable "venue.unreachable";
// Unauthenticated "venue.key_unknown"; Conflict "venue.other", "venue.format".
func (l *Link) Take(ctx context.Context) (t Tally, err error) {
	var b venue.Bundle
	if err := l.ask(ctx, http.MethodPost, "/venue/take", struct{}{}, &b); err != nil {
		return t, err
	}
	if err := l.Venues.Unpack(ctx, l.Key, b); err != nil {
		return t, err
	}
	holds, err := l.Venues.Holds(ctx)
	if err != nil {
		return t, err
	}
	for _, one := range b.Boards {
		after, held := holds[room.ID(one.ID)]
		if !held {
			after = -1
		}
		c, err := l.content(ctx, one.ID, after)
		if err != nil {
			return t, err
		}
		if err := l.Venues.Absorb(ctx, b.Gathering.ID, one, c); err != nil {
			return t, err
		}
		if t.Lines += len(c.Lines); !held || len(c.Lines) > 0 {
			t.Boards++
		}
	}
	return t, l.takePictures(ctx, &t)
}

// content reads a board after a number, page after page.
func (l *Link) content(ctx context.Context, id string, after int64) (all venue.Content, err error) {
	for more := true; more; {
		var c venue.Content
		if err := l.ask(ctx, http.MethodGet, fmt.Sprintf("/venue/boards/%s?after=%d", url.PathEscape(id), after), nil, &c); err != nil {
			return all, err
		}
		if all.Snapshot == nil {
			all.Snapshot = c.Snapshot
		}
		all.Lines = append(all.Lines, c.Lines...)
		if more = c.More && len(c.Lines) > 0; more {
			after = c.Lines[len(c.Lines)-1].N
		}
	}
	return all, nil
}

// Bring hands home what was written on the laptop: first who came in, then what was done
// on each board. It may be repeated: what home has already changes nothing. Errors: as Take.
func (l *Link) Bring(ctx context.Context) (t Tally, err error) {
	if err := l.guests(ctx, &t); err != nil {
		return t, err
	}
	holds, err := l.Venues.Holds(ctx)
	if err != nil {
		return t, err
	}
	for id := range holds {
		sent, err := l.board(ctx, id)
		t.Brought += sent
		if err != nil {
			return t, err
		}
		if sent > 0 {
			t.Boards++
		}
	}
	return t, l.bringPictures(ctx, &t)
}

func (l *Link) guests(ctx context.Context, t *Tally) error {
	in, err := l.Venues.Guests(ctx)
	if err != nil {
		return err
	}
	for first := true; first || len(in.Guests) > 0; first = false {
		if len(in.Guests) == 0 && !in.Opened {
			return nil
		}
		n := min(len(in.Guests), venue.MaxBatch)
		var out venue.Welcomed
		if err := l.ask(ctx, http.MethodPost, "/venue/guests", venue.Arrivals{Opened: in.Opened, Guests: in.Guests[:n]}, &out); err != nil {
			return err
		}
		t.Guests += out.Made
		t.Refused = append(t.Refused, out.Refused...)
		in.Guests, in.Opened = in.Guests[n:], false
	}
	return nil
}

func (l *Link) board(ctx context.Context, id room.ID) (sent int, err error) {
	for {
		list, err := l.Venues.Pending(ctx, id, venue.MaxBatch)
		if err != nil || len(list) == 0 {
			return sent, err
		}
		var fates []venue.Fate
		if err := l.ask(ctx, http.MethodPost, "/venue/boards/"+url.PathEscape(string(id)), list, &fates); err != nil {
			return sent, err
		}
		if err := l.Venues.Settle(ctx, id, list, fates); err != nil {
			return sent, err
		}
		sent += len(list)
	}
}

// Sync brings, then takes: afterwards both sides have the same boards, as long as nobody
// writes meanwhile. Errors: as Take.
func (l *Link) Sync(ctx context.Context) (Tally, error) {
	t, err := l.Bring(ctx)
	if err != nil {
		return t, err
	}
	taken, err := l.Take(ctx)
	t.Lines = taken.Lines
	t.Pictures += taken.Pictures
	t.Refused = append(t.Refused, taken.Refused...)
	t.Boards = max(t.Boards, taken.Boards)
	return t, err
}

// Report asks home what came from this laptop since the first day. Errors: as Take.
func (l *Link) Report(ctx context.Context) (p venue.Report, err error) {
	return p, l.ask(ctx, http.MethodGet, "/venue/report", nil, &p)
}

// ask asks home something, and reads its answer whole: half an answer is none.
func (l *Link) ask(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	said, err := bodyOf(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(l.From, "/")+path, said.Reader)
	if err != nil {
		return errs.New(errs.Invalid, "venue.address").Because(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.Key)
	r.Header.Set("Content-Type", said.kind)
	client := l.Client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(r)
	if err != nil {
		return errs.New(errs.Unavailable, "venue.unreachable").Because(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return errs.New(errs.Unavailable, "venue.unreachable").Because(err)
	}
	if answer.StatusCode != http.StatusOK {
		return refused(answer.StatusCode, text)
	}
	if whole, asIs := out.(*raw); asIs {
		*whole = text
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return errs.New(errs.Unavailable, "venue.not_home").Because(err)
	}
	return nil
}

// body is what a question carries when it is no JSON.
type body struct {
	kind string
	io.Reader
}

// raw is an answer that is no JSON.
type raw []byte

// Reader reads it.
func (r raw) Reader() io.Reader { return bytes.NewReader(r) }

func bodyOf(in any) (body, error) {
	switch in := in.(type) {
	case nil:
		return body{kind: "application/json"}, nil
	case body:
		return in, nil
	default:
		text, err := json.Marshal(in)
		return body{"application/json", bytes.NewReader(text)}, err
	}
}

// refused is what home says when it does not do something.
func refused(status int, text []byte) error {
	var said struct {
		Key string `json:"key"`
	}
	kind := errs.Invalid
	switch status {
	case http.StatusUnauthorized:
		kind = errs.Unauthenticated
	case http.StatusNotFound:
		kind = errs.NotFound
	case http.StatusServiceUnavailable, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		kind = errs.Unavailable
	}
	if json.Unmarshal(text, &said) != nil || said.Key == "" {
		return errs.New(errs.Unavailable, "venue.not_home").Because(fmt.Errorf("status %d", status))
	}
	return errs.New(kind, said.Key)
}
