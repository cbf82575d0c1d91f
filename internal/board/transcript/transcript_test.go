package transcript_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/board/transcript"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

// lived is a board made of a kit on which people did things at random, every kind of them.
func lived(t testing.TB, k *kit.Kit, seed uint64) room.Sight {
	t.Helper()
	draw := rand.New(rand.NewPCG(seed, 3))
	now := time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
	variant := ""
	if list := k.Variants(); len(list) > 0 {
		variant = list[0]
	}
	s := board.New(k, variant, now)
	people := []string{"p-ana", "p-gus", "p-fan"}
	text := func(v any) json.RawMessage {
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for i := range 300 {
		cards := slices.Sorted(maps.Keys(s.Cards))
		pick := func() string {
			if len(cards) == 0 {
				return ""
			}
			return cards[draw.IntN(len(cards))]
		}
		kind, zone := k.Cards[draw.IntN(len(k.Cards))], k.Zones[draw.IntN(len(k.Zones))]
		f := kind.Fields[draw.IntN(len(kind.Fields))]
		x := draw.Float64()
		ops := []board.Op{
			{Kind: "card.add", Target: fmt.Sprintf("card%08d", i), Value: text(board.Added{Type: kind.ID, Fields: map[string]json.RawMessage{kind.Fields[0].ID: text(fmt.Sprintf("Écrit %d\nà deux lignes", i))}, Place: board.Place{Zone: zone.ID, Order: board.Between("", "V"), X: &x, Y: &x}})},
			{Kind: "card.set", Target: pick(), Field: f.ID, Base: int64(draw.IntN(i + 1)), Value: text(fmt.Sprintf("autre %d", i))},
			{Kind: "card.set", Target: pick(), Field: f.ID, Base: s.N, Value: text(1 + draw.IntN(3))},
			{Kind: "card.move", Target: pick(), Value: text(board.Place{Zone: zone.ID, Order: board.Between("V", "")})},
			{Kind: "card.remove", Target: pick()},
			{Kind: "phase.set", Target: k.Phases[draw.IntN(len(k.Phases))].ID},
			{Kind: "zone.close", Target: zone.ID}, {Kind: "board.freeze"}, {Kind: "prompt.set", Value: text("Une consigne")},
		}
		if len(k.Votes) > 0 {
			v := k.Votes[draw.IntN(len(k.Votes))]
			values := []json.RawMessage{text(1), text(map[string]string{"over": pick()})}
			if len(v.Choices) > 0 {
				values = append(values, text(v.Choices[draw.IntN(len(v.Choices))].ID))
			}
			for range 3 {
				ops = append(ops, board.Op{Kind: "vote.cast", Target: pick(), Field: v.ID, Value: values[draw.IntN(len(values))]})
			}
		}
		// What is refused changes nothing.
		_, _ = board.Apply(s, board.Entry{N: s.N + 1, Client: "clientclient", Seq: int64(i), Person: people[draw.IntN(3)], At: now.Add(time.Duration(i) * time.Second), Op: ops[draw.IntN(len(ops))]})
	}
	v := room.Sight{Board: room.Board{Title: "Un plateau", Variant: variant}, State: s, Seat: room.Seat{Participant: "p-fan", Name: "Fan"}, People: map[string]room.Seat{}}
	for _, p := range people {
		v.People[p] = room.Seat{Participant: p, Name: "Nom de " + p, Role: kit.Peer}
	}
	return v
}

func write(t testing.TB, v room.Sight) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := transcript.Write(&out, v); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// again makes a board of what was read, and gives what its reader sees of it.
func again(t testing.TB, b *transcript.Board) room.Sight {
	t.Helper()
	value, err := json.Marshal(b.Content)
	if err != nil {
		t.Fatal(err)
	}
	s := board.New(b.Kit, b.Variant, time.Time{})
	if _, err := board.Apply(s, board.Entry{N: 1, At: time.Date(2027, 3, 6, 9, 0, 0, 0, time.UTC), Op: board.Op{Kind: "board.import", Value: value}}); err != nil {
		t.Fatal(err)
	}
	v := room.Sight{Board: room.Board{Title: b.Title, Variant: b.Variant}, State: s, Seat: room.Seat{Participant: "p-other"}, People: map[string]room.Seat{}}
	for id, name := range s.Names {
		v.People[id] = room.Seat{Participant: id, Name: name, Role: room.Imported}
	}
	return v
}

// plain is a file without what another board gives otherwise: numbers, and the names by
// which it calls people, whose own names stand in their place.
func plain(t testing.TB, text []byte) string {
	t.Helper()
	var f transcript.File
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	var strip func(v any) any
	strip = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			delete(v, "n")
			delete(v, "timer")
			for key, one := range v {
				if by, is := one.(string); is && key == "by" {
					v[key] = f.People[by].Name
				} else {
					v[key] = strip(one)
				}
			}
		case []any:
			for i := range v {
				v[i] = strip(v[i])
			}
		}
		return v
	}
	objects := map[string]any{}
	for key, raw := range f.Objects {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(key, "m/") {
			objects[key] = strip(v)
		}
	}
	out, err := json.MarshalIndent(map[string]any{"title": f.Title, "variant": f.Variant, "kit": f.Kit, "objects": objects}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// A board that was written down and read again gives the same file, but for its numbers,
// the names by which it calls people, and the cards that its writer did not see.
func TestARoundTripChangesNothing(t *testing.T) {
	for _, k := range kit.Shipped() {
		for seed := range uint64(8) {
			v := lived(t, k, seed)
			for id, c := range v.State.Cards {
				if c.Hidden && c.By != v.Seat.Participant {
					delete(v.State.Cards, id) // a mask cannot be read again
				} else if c.Hidden {
					c.Hidden = false // hers alone: shown by her file, to nobody by the next board
				}
			}
			first := write(t, v)
			b, err := transcript.Read(first)
			if err != nil {
				t.Fatalf("%s, seed %d: %v", k.ID, seed, err)
			}
			second := write(t, again(t, b))
			if one, two := plain(t, first), plain(t, second); one != two {
				t.Fatalf("%s, seed %d: %s", k.ID, seed, difference(one, two))
			}
			third, err := transcript.Read(second)
			if err != nil || plain(t, write(t, again(t, third))) != plain(t, second) {
				t.Fatalf("%s, seed %d: the second time differs: %v", k.ID, seed, err)
			}
		}
	}
}

func difference(one, two string) string {
	a, b := strings.Split(one, "\n"), strings.Split(two, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d:\n%s\n%s", i, strings.Join(a[max(0, i-4):i+1], "\n"), b[i])
		}
	}
	return fmt.Sprintf("%d lines, then %d", len(a), len(b))
}

// What is hidden from who writes the file is not in it, and what nobody knows of a mask is
// counted when it is read.
func TestMasksStayMasks(t *testing.T) {
	k, _ := kit.Find("adn")
	s := board.New(k, "", time.Time{})
	value := json.RawMessage(`{"type":"facet","zone":"work","order":"V","fields":{"text":"Un hippocampe"}}`)
	if _, err := board.Apply(s, board.Entry{N: 1, Person: "p-ana", Op: board.Op{Kind: "card.add", Target: "cardofanaonly", Value: value}}); err != nil {
		t.Fatal(err)
	}
	v := room.Sight{State: s, Seat: room.Seat{Participant: "p-fan"}, People: map[string]room.Seat{"p-ana": {Participant: "p-ana", Name: "Zébulon"}}}
	text := write(t, v)
	if bytes.Contains(text, []byte("hippocampe")) || bytes.Contains(text, []byte("Zébulon")) {
		t.Errorf("the file tells: %s", text)
	}
	b, err := transcript.Read(text)
	if err != nil || b.Masked != 1 || b.Content.Cards["cardofanaonly"] != nil {
		t.Errorf("%+v, %v", b, err)
	}
}

const short = `{
 "version": 1,
 "title": "Petit",
 "variant": "",
 "n": 4,
 "kit": {"version":1,"id":"retro","title":{"fr":"À chaud"},"layout":"columns","zones":[{"id":"keep","title":{"fr":"À garder"}}],"cards":[{"id":"note","title":{"fr":"Remarque"},"fields":[{"id":"text","type":"text","label":{"fr":"Remarque"},"most":20}]}],"phases":[{"id":"write","title":{"fr":"Écrire"}}]},
 "people": {"p1": {"name": "Ana", "role": "team"}},
 "objects": {
  "desk": {"phase": "write", "n": 1},
  "z/keep": {"open": true, "n": 0},
  "c/aaaaaaaaaa": {"id": "aaaaaaaaaa", "type": "note", "by": "p1", "n": 3, "zone": "keep", "order": "V",
   "fields": {"text": {"v": "Bonjour", "by": "p1", "n": 3}}}
 }
}`

func TestFaultsAreToldLineByLine(t *testing.T) {
	if _, err := transcript.Read([]byte(short)); err != nil {
		t.Fatalf("the example itself: %v", err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"another version":           {`"version": 1,`, `"version": 2,`, "board.import_version 2"},
		"an unknown key":            {`"n": 4,`, `"m": 4,`, "board.import_key 5"},
		"a kit that is not one":     {`"layout":"columns"`, `"layout":"spiral"`, "board.import_kit 6"},
		"an unknown phase":          {`"phase": "write"`, `"phase": "vote"`, "board.import_phase 9"},
		"an unknown zone":           {`"z/keep"`, `"z/gone"`, "board.import_key 10"},
		"a card in no zone":         {`"zone": "keep"`, `"zone": "gone"`, "board.import_zone 11"},
		"a card of no type":         {`"type": "note"`, `"type": "song"`, "board.import_type 11"},
		"an author nobody knows":    {`"by": "p1", "n": 3, "zone"`, `"by": "p2", "n": 3, "zone"`, "board.import_author 11"},
		"a field nobody knows":      {`{"text": {"v"`, `{"tune": {"v"`, "board.import_field 11"},
		"a text too long":           {`"Bonjour"`, `"` + strings.Repeat("a", 21) + `"`, "board.import_long 11"},
		"a value of another kind":   {`"Bonjour"`, `12`, "board.import_value 11"},
		"another name":              {`"id": "aaaaaaaaaa"`, `"id": "bbbbbbbbbb"`, "board.import_id 11"},
		"a rank that is none":       {`"order": "V"`, `"order": ""`, "board.import_place 11"},
		"a key of a card":           {`"type": "note"`, `"colour": "note"`, "board.import_json 11"},
		"a wrong type, lower down":  {`"by": "p1", "n": 3}`, `"by": 5, "n": 3}`, "board.import_json 12"},
		"an object of another kind": {`"desk"`, `"chair"`, "board.import_key 9"},
		"a brace too many":          {`"n": 1},`, `"n": 1}},`, "board.import_key 10"},
		"cut short":                 {short[len(short)/2:], "", "board.import_json 6"},
		"something after":           {"\n }\n}", "\n }\n}\n{}", "board.import_json"},
		"a card twice":              {`"z/keep": {"open": true, "n": 0},`, `"z/keep": {"open": true, "n": 0}, "z/keep": {"open": true, "n": 0},`, "board.import_twice 10"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(short, c.old) {
				t.Fatalf("the example lacks %q", c.old)
			}
			_, err := transcript.Read([]byte(strings.Replace(short, c.old, c.new, 1)))
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Kind != errs.Invalid || len(e.Fields) == 0 {
				t.Fatalf("%v, want a fault", err)
			}
			if got := fmt.Sprint(e.Fields[0].Key, " ", e.Fields[0].Args[0]); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s, want %s (%v)", got, c.want, err)
			}
		})
	}
}

// An imported board is kept, replayed, written on, and names its authors without being them.
func TestImportOnBothEngines(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
		t.Cleanup(rooms.Close)
		g := w.Open()
		b, err := transcript.Read([]byte(short))
		w.Must(err)
		bring := room.Bring{Gathering: g, Title: b.Title, Kit: b.Kit, Content: b.Content}
		if _, err := rooms.Import(t.Context(), w.Bob, bring); !errs.Is(err, errs.Forbidden) && !errs.Is(err, errs.NotFound) {
			t.Errorf("Bob: %v", err)
		}
		made, err := rooms.Import(t.Context(), w.Lead, bring)
		w.Must(err)
		v, err := rooms.Read(t.Context(), w.Lead, made.ID)
		w.Must(err)
		c := v.State.Cards["aaaaaaaaaa"]
		if c == nil || v.People[c.By].Name != "Ana" || v.People[c.By].Role != room.Imported || v.State.N != 1 {
			t.Fatalf("%+v, %+v", c, v.People)
		}
		guest, _ := w.Guest(g, "Ana")
		seat, err := gathering.Seat(t.Context(), d.Reader(), g, guest.ID)
		if err != nil || seat.ID == c.By {
			t.Errorf("a guest of the same name is the author: %v", err)
		}
		does(t, rooms, w.Lead, made.ID, board.Op{Kind: "card.set", Target: "aaaaaaaaaa", Field: "text", Base: 1, Value: json.RawMessage(`"Encore"`)})
		if l, err := rooms.Enter(t.Context(), w.Lead, made.ID, "clientoflead1", room.Nothing); err == nil {
			refused, err := l.Do(t.Context(), []room.Sent{{Seq: 1, Op: board.Op{Kind: "board.import", Value: json.RawMessage(`{}`)}}})
			if err != nil || refused[0] == nil {
				t.Errorf("a browser brings a board: %v %v", refused, err)
			}
			l.Leave()
		}
		for at, want := range map[int64]string{0: `"Encore"`, 1: `"Bonjour"`} {
			v, err := rooms.ReadAt(t.Context(), w.Lead, made.ID, at)
			w.Must(err)
			if got := string(v.State.Cards["aaaaaaaaaa"].Fields["text"].V); got != want {
				t.Errorf("at %d: %s, want %s", at, got, want)
			}
		}
	})
}

func does(t *testing.T, rooms *room.Service, by account.User, id room.ID, op board.Op) {
	t.Helper()
	l, err := rooms.Enter(context.Background(), by, id, "clientoflead0", room.Nothing)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Leave()
	refused, err := l.Do(context.Background(), []room.Sent{{Seq: 1, Op: op}})
	if err != nil || refused[0] != nil {
		t.Fatal(err, refused)
	}
}

// What is let in makes a board, which is written and read again the same.
func FuzzRead(f *testing.F) {
	f.Add([]byte(short))
	for _, text := range []string{`{}`, `{"version":1}`, `[`, `{"objects":{"c/":null}}`, strings.Replace(short, `"fields"`, `"x": 2, "fields"`, 1), strings.Replace(short, "Bonjour", `\u0000`, 1)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := transcript.Read(text)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		v := again(t, b)
		second, err := transcript.Read(write(t, v))
		if err != nil {
			t.Fatalf("%s is written as what cannot be read: %v", text, err)
		}
		if one, two := plain(t, write(t, v)), plain(t, write(t, again(t, second))); one != two && second.Masked == 0 {
			t.Fatalf("%s never settles: %s", text, difference(one, two))
		}
	})
}
