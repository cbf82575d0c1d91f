package carry_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/board"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// photographed is the kit of boards whose cards hold pictures.
const photographed = `{"version":1,"id":"mur","title":{"fr":"Mur"},"layout":"columns","zones":[{"id":"a","title":{"fr":"Mur"}}],
 "cards":[{"id":"note","title":{"fr":"Note"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"}},{"id":"photo","type":"picture","label":{"fr":"Photo"}}]}],
 "phases":[{"id":"talk","title":{"fr":"Discussion"}}]}`

// wall makes a board whose cards hold pictures, in a gathering.
func (w *world) wall(gathering string) (id room.ID) {
	w.t.Helper()
	k, err := kit.Parse([]byte(photographed))
	w.must(err)
	w.must(w.home.DB.Write(w.ctx, func(tx *db.Tx) error {
		b, err := w.home.Boards.Make(w.ctx, tx, account.System, room.Board{Gathering: gathering, Title: "Mur"}, k)
		id = b.ID
		return err
	}))
	return id
}

// pins puts a photograph on a new card of a board.
func (b *tab) pins(card string, shade byte) string {
	b.w.t.Helper()
	p, err := b.a.Photos.Add(b.w.ctx, b.user, b.board, bytes.NewReader(boardtest.Photograph(b.w.t, 320, 200, shade)))
	b.w.must(err)
	b.w.must(b.do(board.Op{Kind: "card.add", Target: card, Value: added("photographiée")}))
	b.w.must(b.do(board.Op{Kind: "card.set", Target: card, Field: "photo", Base: b.w.state(b.a, b.board).N, Value: quoted(p.Digest)}))
	return p.Digest
}

// shown reads a picture as somebody sees it on one side.
func (w *world) shown(a *app.App, by account.User, id room.ID, digest string) []byte {
	w.t.Helper()
	file, err := a.Photos.Open(w.ctx, by, id, digest)
	if err != nil {
		w.t.Fatalf("a picture does not open: %v", err)
	}
	defer file.Close()
	body, err := io.ReadAll(file)
	w.must(err)
	return body
}

// TestPicturesTravel tells that what hangs on a card on one side is seen on the other, the
// same byte for byte, though the link is cut on the way.
func TestPicturesTravel(t *testing.T) {
	w := newWorld(t, 0)
	id := w.wall("session")
	ana := w.user(w.home, 1)
	before := w.tab(w.home, ana, id, "homebrowser000000001").pins("cardfromhome00000000", 1)
	users := w.take()
	if got := w.shown(w.laptop, users[2], id, before); !bytes.Equal(got, w.shown(w.home, ana, id, before)) {
		t.Error("the picture from home is another one on the laptop")
	}
	after := w.tab(w.laptop, users[2], id, "venuebrowser00000001").pins("cardfromvenue0000000", 2)
	cuts := 0
	for bytes := 0; ; bytes += 700 {
		w.link.cutAfter(bytes)
		if _, err := w.carry.Sync(t.Context()); err == nil {
			break
		} else if errs.KeyOf(err) != "venue.unreachable" {
			t.Fatalf("cut after %d bytes: %v", bytes, err)
		}
		cuts++
	}
	if cuts < 3 {
		t.Errorf("%d cuts only", cuts)
	}
	w.link.cutAfter(-1)
	again, err := w.carry.Sync(t.Context())
	if err != nil || again.Pictures != 0 || len(again.Refused) != 0 {
		t.Errorf("everything had travelled, and yet %+v, %v", again, err)
	}
	if got := w.shown(w.home, ana, id, after); !bytes.Equal(got, w.shown(w.laptop, users[2], id, after)) {
		t.Error("the picture from the venue is another one at home")
	}
	list, err := photo.Of(t.Context(), w.home.DB.Reader(), "session")
	if err != nil || len(list) != 2 || list[1].Person != w.seat(2) {
		t.Errorf("home holds %+v, %v", list, err)
	}
}

// TestLostPictureStopsNothing tells that a picture that home has no more is told, and that
// the rest is taken along.
func TestLostPictureStopsNothing(t *testing.T) {
	w := newWorld(t, 0)
	id := w.wall("session")
	ana := w.user(w.home, 1)
	home := w.tab(w.home, ana, id, "homebrowser000000001")
	lost, kept := home.pins("cardfromhome00000000", 1), home.pins("cardfromhome00000001", 2)
	blobs, err := app.OpenBlobs(w.ctx, w.home.Config, clock.System{})
	w.must(err)
	w.must(blobs.Delete(w.ctx, lost))
	got, err := w.carry.Take(w.ctx)
	if err != nil || got.Pictures != 1 || len(got.Refused) != 1 || got.Refused[0].ID != lost {
		t.Fatalf("taken %+v, %v", got, err)
	}
	if list, err := photo.Of(w.ctx, w.laptop.DB.Reader(), "session"); err != nil || len(list) != 1 || list[0].Digest != kept {
		t.Errorf("the laptop holds %+v, %v", list, err)
	}
}

// elsewhere makes another gathering at home, with a board.
func (w *world) elsewhere() room.ID {
	w.t.Helper()
	w.must(w.home.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(w.ctx, `insert into gatherings (id, edition_id, title, about, place, zone, starts_on, ends_on, status, join_code, version, created_at, created_by, opened_at)
			select 'elsewhere', edition_id, 'Ailleurs', '', '', zone, starts_on, ends_on, status, 'OTHERONE', 1, created_at, 'system', opened_at from gatherings where id = 'session'`)
		return err
	}))
	return w.wall("elsewhere")
}

// TestWhatIsNoPicture tells what home does not take, and that a key opens the pictures of
// its own gathering alone.
func TestWhatIsNoPicture(t *testing.T) {
	w := newWorld(t, 0)
	id, other := w.wall("session"), w.elsewhere()
	fine, secret := boardtest.Photograph(t, 30, 20, 4), boardtest.Photograph(t, 30, 20, 5)
	of := func(at room.ID, person string, body []byte) photo.Travelling {
		sum := sha256.Sum256(body)
		return photo.Travelling{Board: at, Person: person, Digest: hex.EncodeToString(sum[:]), Added: clock.System{}.Now()}
	}
	forged := of(id, w.seat(1), fine)
	forged.Digest = hex.EncodeToString(make([]byte, 32))
	for _, c := range []struct {
		name string
		p    photo.Travelling
		body []byte
		want string
	}{
		{"a text", of(id, w.seat(1), []byte("bonjour")), []byte("bonjour"), "board.picture_other"},
		{"nothing", of(id, w.seat(1), nil), nil, "board.picture_other"},
		{"too large", of(id, w.seat(1), boardtest.Photograph(t, photo.Side+1, 20, 3)), boardtest.Photograph(t, photo.Side+1, 20, 3), "board.picture_other"},
		{"under another digest", forged, fine, "board.picture_other"},
		{"of nobody", of(id, "nobody", fine), fine, "errs.not_found"},
		{"on a board of another gathering", of(other, w.seat(1), fine), fine, "errs.not_found"},
		{"a picture", of(id, w.seat(1), fine), fine, ""},
		{"the same again", of(id, w.seat(1), fine), fine, ""},
	} {
		if err := w.home.Venues.Hang(t.Context(), w.key, c.p, bytes.NewReader(c.body)); errs.KeyOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	list, err := w.home.Venues.Album(t.Context(), w.key)
	if err != nil || len(list) != 1 {
		t.Fatalf("the album holds %+v, %v", list, err)
	}
	strange := of(other, "somebody", secret)
	w.must(w.home.Photos.TakeIn(t.Context(), strange, bytes.NewReader(secret)))
	if _, err := w.home.Venues.Picture(t.Context(), w.key, strange.Digest); !errs.Is(err, errs.NotFound) {
		t.Errorf("a picture of another gathering: %v", err)
	}
	if _, err := w.home.Venues.Picture(t.Context(), "tfv_wrong", list[0].Digest); errs.KeyOf(err) != "venue.key_unknown" {
		t.Errorf("a wrong key: %v", err)
	}
}
