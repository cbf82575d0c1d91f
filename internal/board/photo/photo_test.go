package photo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

const silent = `{"version":1,"id":"silent","title":{"fr":"Silence"},"layout":"columns","zones":[{"id":"z","title":{"fr":"Zone"}}],
 "cards":[{"id":"note","title":{"fr":"Note"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"}},{"id":"photo","type":"picture","label":{"fr":"Photo"}}]}],
 "phases":[{"id":"write","title":{"fr":"Écrire"},"hidden":true},{"id":"talk","title":{"fr":"Parler"}}]}`

// hall is a board on which Ana writes and which the lead conducts.
type hall struct {
	*gatheringtest.World
	rooms  *room.Service
	photos *photo.Service
	board  room.ID
}

func newHall(t *testing.T, d *db.DB) *hall {
	w := gatheringtest.New(t, d)
	h := &hall{World: w, rooms: room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})}
	t.Cleanup(h.rooms.Close)
	h.photos = photo.New(photo.Deps{DB: w.DB, Clock: w.Clock, Blobs: w.Blobs, Inspector: boardtest.Inspector{}, Rooms: h.rooms})
	w.Project("Campus", w.Ana)
	g := w.Open()
	_, err := w.Gatherings.AddTeams(t.Context(), w.Lead, g)
	w.Must(err)
	k, err := kit.Parse([]byte(silent))
	w.Must(err)
	w.Must(w.DB.Write(t.Context(), func(tx *db.Tx) error {
		b, err := h.rooms.Make(t.Context(), tx, w.Lead, room.Board{Gathering: string(g), Title: "Un plateau"}, k)
		h.board = b.ID
		return err
	}))
	return h
}

func (h *hall) does(by account.User, seq int64, op board.Op) {
	h.T.Helper()
	l, err := h.rooms.Enter(context.Background(), by, h.board, "clientof00"+strings.ToLower(string(by.ID)), room.Nothing)
	h.Must(err)
	defer l.Leave()
	refused, err := l.Do(context.Background(), []room.Sent{{Seq: seq, Op: op}})
	h.Must(err)
	h.Must(refused[0])
}

func (h *hall) reads(by account.User, digest string) error {
	f, err := h.photos.Open(context.Background(), by, h.board, digest)
	if err == nil {
		defer f.Close()
		_, err = jpeg.Decode(f)
	}
	return err
}

// A picture is read by who sees a card that holds it, and by who sent it; what was written
// in silence shows to its author alone until it is revealed. Open rooms and boards that are
// read from disk answer alike.
func TestAPictureIsSeenWithItsCard(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		p, err := h.photos.Add(t.Context(), h.Ana, h.board, bytes.NewReader(boardtest.Photograph(t, 2400, 1200, 200)))
		h.Must(err)
		if p.Width != 1600 || p.Height != 800 {
			t.Errorf("%d × %d", p.Width, p.Height)
		}
		f, err := h.photos.Open(t.Context(), h.Ana, h.board, p.Digest)
		h.Must(err)
		kept, err := io.ReadAll(f)
		h.Must(err)
		f.Close()
		if bytes.Contains(kept, []byte("Exif")) || bytes.Contains(kept, []byte("Caen")) {
			t.Error("the copy says where it was taken")
		}
		missing := func(who string, by account.User) {
			t.Helper()
			if err := h.reads(by, p.Digest); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %v, want NotFound", who, err)
			}
		}
		missing("before any card", h.Lead)
		value, _ := json.Marshal(map[string]any{"type": "note", "zone": "z", "order": "V", "fields": map[string]any{"photo": p.Digest}})
		h.does(h.Ana, 1, board.Op{Kind: "card.add", Target: "cardofanaonly", Value: value})
		missing("in silence", h.Lead)
		h.Must(h.reads(h.Ana, p.Digest))
		h.does(h.Lead, 1, board.Op{Kind: "phase.set", Target: "talk"})
		h.Must(h.reads(h.Lead, p.Digest))
		fresh := room.New(room.Deps{DB: h.DB, Clock: h.Clock, Policy: h.Policy, Seats: room.NewGatherings(h.Clock)})
		t.Cleanup(fresh.Close)
		seen := photo.New(photo.Deps{DB: h.DB, Clock: h.Clock, Blobs: h.Blobs, Inspector: boardtest.Inspector{}, Rooms: fresh})
		if _, err := seen.Open(t.Context(), h.Lead, h.board, p.Digest); err != nil {
			t.Errorf("read from disk: %v", err)
		}
		h.does(h.Ana, 2, board.Op{Kind: "card.set", Target: "cardofanaonly", Field: "photo", Base: 99, Value: json.RawMessage("null")})
		missing("once it is taken away", h.Lead)
		missing("somebody else", h.Signed("dora@example.org", "Dora"))
	})
}

// A digest that somebody writes on a card does not make a file of the install a picture.
func TestADigestIsNotAKey(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	ref, err := h.Blobs.Put(t.Context(), strings.NewReader("a secret file"), 100)
	h.Must(err)
	value, _ := json.Marshal(map[string]any{"type": "note", "zone": "z", "order": "V", "fields": map[string]any{"photo": ref.Digest}})
	h.does(h.Ana, 1, board.Op{Kind: "card.add", Target: "cardofanaonly", Value: value})
	if _, err := h.photos.Open(t.Context(), h.Ana, h.board, ref.Digest); !errs.Is(err, errs.NotFound) {
		t.Errorf("%v, want NotFound", err)
	}
}

func TestAdd(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	var shown bytes.Buffer
	h.Must(png.Encode(&shown, image.NewGray(image.Rect(0, 0, 9, 9))))
	b, err := room.Load(t.Context(), h.DB.Reader(), h.board)
	h.Must(err)
	guest, _ := h.Guest(gathering.ID(b.Gathering), "Zoé")
	for name, c := range map[string]struct {
		by   account.User
		sent []byte
		want string // key of the error
	}{
		"a photograph":      {h.Ana, boardtest.Photograph(t, 40, 30, 1), ""},
		"the same again":    {h.Ana, boardtest.Photograph(t, 40, 30, 1), ""},
		"a PNG by a guest":  {guest, shown.Bytes(), ""},
		"nothing":           {h.Ana, nil, "board.picture_none"},
		"a text":            {h.Ana, []byte("bonjour"), "board.picture_kind"},
		"a PDF":             {h.Ana, []byte("%PDF-1.4\n%%EOF"), "board.picture_kind"},
		"a photograph, cut": {h.Ana, boardtest.Photograph(t, 40, 30, 1)[:300], "picture.damaged"},
		"somebody else":     {h.Signed("dora@example.org", "Dora"), boardtest.Photograph(t, 40, 30, 1), "errs.not_found"},
		"too many bytes":    {h.Ana, append(boardtest.Photograph(t, 40, 30, 1), make([]byte, photo.MaxSent)...), "board.picture_big"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.photos.Add(t.Context(), c.by, h.board, bytes.NewReader(c.sent))
			key := errs.KeyOf(err)
			if e, ok := errors.AsType[*errs.Error](err); ok && len(e.Fields) > 0 {
				key = e.Fields[0].Key
			}
			if c.want == "errs.not_found" && (errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden)) {
				return
			}
			if key != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	h.Must(h.rooms.End(t.Context(), h.Lead, h.board))
	if _, err := h.photos.Add(t.Context(), h.Ana, h.board, bytes.NewReader(boardtest.Photograph(t, 40, 30, 2))); errs.KeyOf(err) != "board.closed" {
		t.Errorf("closed: %v", err)
	}
}
