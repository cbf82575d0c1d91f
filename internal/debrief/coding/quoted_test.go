package coding_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"transformateur/internal/board"
	"transformateur/internal/board/room"
	"transformateur/internal/debrief/coding"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// TestACardSaysWhetherItIsQuoted has three cards on the board of a hot debrief.
func TestACardSaysWhetherItIsQuoted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		rooms := room.New(room.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
		t.Cleanup(rooms.Close)
		id := w.Open()
		made, err := rooms.Create(ctx, w.Lead, room.Asked{Gathering: id, Kit: "debrief", Title: "À chaud"})
		w.Must(err)
		text := func(v any) json.RawMessage {
			out, err := json.Marshal(v)
			w.Must(err)
			return out
		}
		var ops []room.Sent
		for i, said := range []string{"", "yes", "no"} {
			fields := map[string]json.RawMessage{"text": text("Mot " + said)}
			if said != "" {
				fields["quote"] = text(said)
			}
			ops = append(ops, room.Sent{Seq: int64(i + 1), Op: board.Op{Kind: "card.add", Target: fmt.Sprintf("card%08d", i), Value: text(board.Added{Type: "word", Fields: fields, Place: board.Place{Zone: "take", Order: board.Between("", "")}})}})
		}
		l, err := rooms.Enter(ctx, w.Lead, made[0].ID, "clientclient", room.Nothing)
		w.Must(err)
		refused, err := l.Do(ctx, ops)
		w.Must(err)
		l.Leave()
		for _, why := range refused {
			w.Must(why)
		}
		v, err := coding.New(d, w.Clock, w.Policy, rooms).Open(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		got := map[string]survey.Quote{}
		for _, one := range v.Verbatims {
			got[one.Words] = one.Quote
			if one.Name != "" {
				t.Errorf("%q bears a name", one.Words)
			}
		}
		if len(got) != 3 || got["Mot yes"] != survey.Nameless || got["Mot no"] != survey.NoQuote || got["Mot"] != survey.NoQuote {
			t.Errorf("%v", got)
		}
		all, err := coding.Count(ctx, d.Reader(), gatheringtest.Edition)
		w.Must(err)
		if all.Texts != 3 || all.Quotable != 1 || all.Authors != 1 {
			t.Errorf("the board counts as %+v", all)
		}
		open, err := coding.Quotable(ctx, d.Reader(), gatheringtest.Edition)
		w.Must(err)
		if len(open) != 1 {
			t.Errorf("%d texts of the board may be quoted", len(open))
		}
	})
}
