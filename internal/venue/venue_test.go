package venue_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/carriage"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/passage"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/venue"
)

// world is a home on one engine or the other, and a laptop.
type world struct {
	*gatheringtest.World
	id     gathering.ID
	rooms  *room.Service
	home   *venue.Service
	laptop *venue.Service
	there  *db.DB
	venue  venue.Venue
	key    string
}

func newWorld(t *testing.T, d *db.DB) *world {
	w := &world{World: gatheringtest.New(t, d), there: dbtest.SQLite(t)}
	w.id = w.Open()
	w.rooms = room.New(room.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
	t.Cleanup(w.rooms.Close)
	w.home = venue.New(venue.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, People: w.Accounts, Gatherings: w.Gatherings, Rooms: w.rooms})
	w.laptop = venue.New(venue.Deps{DB: w.there, Clock: w.Clock})
	var err error
	w.venue, w.key, err = w.home.Make(t.Context(), w.Lead, w.id, "  Portable \n de la salle ")
	w.Must(err)
	return w
}

// board makes a board in a gathering.
func (w *world) board(id gathering.ID, title string) room.ID {
	w.T.Helper()
	k, err := kit.Parse([]byte(boardtest.Kit))
	w.Must(err)
	var b room.Board
	w.Must(w.DB.Write(w.T.Context(), func(tx *db.Tx) error {
		b, err = w.rooms.Make(w.T.Context(), tx, account.System, room.Board{Gathering: string(id), Title: title}, k)
		return err
	}))
	return b.ID
}

// writes has somebody write on a board of home.
func (w *world) writes(by account.User, id room.ID, client string, op board.Op) {
	w.T.Helper()
	l, err := w.rooms.Enter(w.T.Context(), by, id, client, room.Nothing)
	w.Must(err)
	defer l.Leave()
	refused, err := l.Do(w.T.Context(), []room.Sent{{Seq: 1, Op: op}})
	w.Must(err)
	w.Must(refused[0])
}

func added(text string) json.RawMessage {
	said, _ := json.Marshal(text)
	v, _ := json.Marshal(board.Added{Type: "note", Fields: map[string]json.RawMessage{"text": said}, Place: board.Place{Zone: "z", Order: "V"}})
	return v
}

// absorbs has the laptop take a board as home has it.
func (w *world) absorbs(b venue.Bundle) {
	w.T.Helper()
	ctx := w.T.Context()
	holds, err := w.laptop.Holds(ctx)
	w.Must(err)
	for _, one := range b.Boards {
		after, held := holds[room.ID(one.ID)]
		if !held {
			after = -1
		}
		c, err := w.home.Content(ctx, w.key, room.ID(one.ID), after)
		w.Must(err)
		w.Must(w.laptop.Absorb(ctx, b.Gathering.ID, one, c))
	}
}

func TestThereAndBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		seat, err := gathering.Seat(ctx, d.Reader(), w.id, w.Lead.ID)
		w.Must(err)
		id := w.board(w.id, "Grand Mix")
		w.writes(w.Lead, id, "homebrowser000000001", board.Op{Kind: "card.add", Target: "cardofhome0000000000", Value: added("dune")})
		b, err := w.home.Take(ctx, w.key)
		w.Must(err)
		w.Must(w.laptop.Unpack(ctx, w.key, b))
		w.absorbs(b)
		if v, err := w.laptop.Carrying(ctx); err != nil || v.ID != w.venue.ID || v.Label != "Portable de la salle" {
			t.Fatalf("the laptop is %+v, %v", v, err)
		}

		line := passage.Line{N: 2, Client: "venuebrowser00000001", Seq: 1, Person: seat.ID, At: w.Clock.Now(), Op: board.Op{Kind: "card.set", Target: "cardofhome0000000000", Field: "text", Base: 1, Value: json.RawMessage(`"lande"`)}}
		w.Must(w.there.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `update boards set n = 2 where id = $1`, string(id)); err != nil {
				return err
			}
			return passage.Extend(ctx, tx, id, []passage.Line{line})
		}))
		w.writes(w.Lead, id, "homebrowser000000002", board.Op{Kind: "card.set", Target: "cardofhome0000000000", Field: "text", Base: 1, Value: json.RawMessage(`"mer"`)})

		list, err := w.laptop.Pending(ctx, id, 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d operations wait: %v", len(list), err)
		}
		for range 2 { // its answer was lost
			fates, err := w.home.Bring(ctx, w.key, id, list)
			if err != nil || len(fates) != 1 || fates[0].Fate != carriage.Twice || fates[0].N != 3 {
				t.Fatalf("at home it became %+v, %v", fates, err)
			}
			if err := w.laptop.Settle(ctx, id, list, fates); err != nil {
				t.Fatal(err)
			}
		}
		b, err = w.home.Take(ctx, w.key)
		w.Must(err)
		w.absorbs(b)
		home, _, err := room.Replay(ctx, d.Reader(), id, 0)
		w.Must(err)
		there, _, err := room.Replay(ctx, w.there.Reader(), id, 0)
		w.Must(err)
		for side, s := range map[string]*board.State{"home": home, "laptop": there} {
			v := s.Cards["cardofhome0000000000"].Fields["text"]
			if string(v.V) != `"mer"` || len(v.Alts) != 1 || string(v.Alts[0].V) != `"lande"` || v.Alts[0].By != seat.ID {
				t.Errorf("at %s the card says %s, %+v", side, v.V, v.Alts)
			}
		}
		p, err := w.home.Report(ctx, w.key)
		if err != nil || p.Brought != 1 || p.Twice != 1 || p.Merged+p.Late+p.Refused+p.Guests != 0 {
			t.Errorf("report %+v, %v", p, err)
		}
	})
}

// TestABundleIsOneGathering tells that a key gives nothing of what is beside its gathering.
func TestABundleIsOneGathering(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: "zoe@labo.example", Name: "Zoé Lanvers", Role: gathering.Expert, Lang: "fr"}))
		other, err := w.Gatherings.Create(ctx, w.Lead, gatheringtest.Edition, gathering.Sheet{Title: "Comité secret", Zone: "Europe/Paris", StartsOn: "2027-03-05", EndsOn: "2027-03-05"})
		w.Must(err)
		w.Project("Projet d’ailleurs", w.Ana)
		hidden := w.board(other, "Plateau secret")
		w.writes(w.Lead, hidden, "homebrowser000000001", board.Op{Kind: "card.add", Target: "cardofothers00000000", Value: added("physalie")})
		b, err := w.home.Take(ctx, w.key)
		w.Must(err)
		text, err := json.Marshal(b)
		w.Must(err)
		for _, secret := range []string{"Comité secret", "Plateau secret", "physalie", "Projet d’ailleurs", "zoe@labo.example", "Lanvers", "@", w.key, string(other), string(hidden)} {
			if strings.Contains(string(text), secret) {
				t.Errorf("the bundle holds %q", secret)
			}
		}
		if _, err := w.home.Content(ctx, w.key, hidden, -1); !errs.Is(err, errs.NotFound) {
			t.Errorf("a board of another gathering: %v", err)
		}
		one := venue.Carried{Client: "venuebrowser00000001", Seq: 1, V: 1, Person: "x", Op: board.Op{Kind: "card.add", Target: "cardofnobody00000000", Value: added("x")}}
		if _, err := w.home.Bring(ctx, w.key, hidden, []venue.Carried{one}); !errs.Is(err, errs.NotFound) {
			t.Errorf("brought to a board of another gathering: %v", err)
		}
	})
}

// TestNobodyIsTaken tells that a laptop cannot make a guest of somebody who is there already.
func TestNobodyIsTaken(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		seat, err := gathering.Seat(ctx, d.Reader(), w.id, w.Lead.ID)
		w.Must(err)
		arrive := func(seat string, person account.PersonID, name string) venue.Welcomed {
			t.Helper()
			out, err := w.home.Welcome(ctx, w.key, venue.Arrivals{Guests: []gathering.Carried{{Participant: seat, Person: person, Name: name, Lang: "fr"}}})
			w.Must(err)
			return out
		}
		marie := w.Signed("marie@labo.example", "Marie")
		for _, c := range []struct {
			name, seat string
			person     account.PersonID
			guest      string
			made       int
			why        string
		}{
			{"somebody new", "seat0000000000000001", "person00000000000001", "Maëlle", 1, ""},
			{"the same again", "seat0000000000000001", "person00000000000001", "Maëlle", 0, ""},
			{"a new seat for somebody who has an account", "seat0000000000000002", marie.ID, "Marie", 0, "account.taken"},
			{"a seat that is somebody's", seat.ID, "person00000000000003", "Autre", 0, ""},
			{"nobody", "seat0000000000000004", "person00000000000004", " ", 0, "errs.invalid"},
			{"no identifier", "x", "y", "Nom", 0, "errs.invalid"},
		} {
			t.Run(c.name, func(t *testing.T) {
				out := arrive(c.seat, c.person, c.guest)
				why := ""
				if len(out.Refused) > 0 {
					why = out.Refused[0].Why
				}
				if out.Made != c.made || why != c.why {
					t.Errorf("made %d, refused for %q; want %d, %q", out.Made, why, c.made, c.why)
				}
			})
		}
		kept, err := gathering.Seat(context.WithoutCancel(ctx), d.Reader(), w.id, w.Lead.ID)
		if err != nil || kept.ID != seat.ID || kept.Role != gathering.Facilitator {
			t.Errorf("who facilitates has become %+v, %v", kept, err)
		}
	})
}

func TestKeysOfAGathering(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		if _, _, err := w.home.Make(ctx, w.Ana, w.id, "Portable"); !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Forbidden) {
			t.Errorf("somebody who does not run it: %v", err)
		}
		if _, _, err := w.home.Make(ctx, w.Lead, w.id, " "); !errs.Is(err, errs.Invalid) {
			t.Errorf("without a name: %v", err)
		}
		kept, err := db.List(ctx, d.Reader(), db.Value[string], `select key_digest from venues`)
		if err != nil || len(kept) != 1 || strings.Contains(kept[0], w.key) {
			t.Errorf("kept %v, %v", kept, err)
		}
		if _, err := w.home.Take(ctx, w.key); err != nil {
			t.Error(err)
		}
		w.Must(w.home.Revoke(ctx, w.Lead, w.id, w.venue.ID))
		if err := w.home.Revoke(ctx, w.Lead, w.id, w.venue.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("revoked twice: %v", err)
		}
		for _, key := range []string{w.key, "", "tfv_", venue.Prefix + "AAAA"} {
			if _, err := w.home.Take(ctx, key); errs.KeyOf(err) != "venue.key_unknown" {
				t.Errorf("the key %q opens: %v", key, err)
			}
		}
	})
}
