package shelf_test

import (
	"bytes"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/board/room"
	"transformateur/internal/board/shelf"
	"transformateur/internal/form"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

type world struct {
	*gatheringtest.World
	shelf *shelf.Service
}

func newWorld(t *testing.T, d *db.DB) *world {
	w := gatheringtest.New(t, d)
	return &world{World: w, shelf: shelf.New(w.DB, w.Clock, w.Policy)}
}

func said(s string) form.Localised { return form.Localised{"fr": s} }

func blank(title string) *kit.Kit {
	return drafting.Blank(drafting.Words{Title: said(title), Zone: said("Idées"), Card: said("Carte"), Text: said("Votre idée"), Phase: said("Écrire")})
}

func (w *world) create(k *kit.Kit) shelf.ID {
	w.T.Helper()
	id, err := w.shelf.Create(w.T.Context(), w.Lead, gatheringtest.Edition, k)
	w.Must(err)
	return id
}

func (w *world) publish(id shelf.ID, revision int64) int {
	w.T.Helper()
	n, err := w.shelf.Publish(w.T.Context(), w.Lead, id, revision)
	w.Must(err)
	return n
}

func wants(t *testing.T, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) != key {
		t.Errorf("%v, want %s", err, key)
	}
}

// From a draft to a version, to another, put away and taken out again.
func TestLifeOfAKit(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		id := w.create(blank("Obstacles"))
		v, err := w.shelf.Read(ctx, w.Lead, id)
		w.Must(err)
		if v.Status() != shelf.Draft || v.Revision != 1 || !v.Ahead() || v.Faults != nil || !v.Edits || v.Kit.ID != "obstacles" {
			t.Errorf("begins as %+v", v)
		}
		offered, err := shelf.Offered(ctx, w.DB.Reader(), gatheringtest.Edition)
		w.Must(err)
		if len(offered) != 0 {
			t.Error("a draft is offered")
		}

		next := drafting.Copy(v.Kit)
		next.Title = form.Localised{}
		revision, err := w.shelf.Save(ctx, w.Lead, id, next, 1)
		w.Must(err)
		_, err = w.shelf.Save(ctx, w.Lead, id, v.Kit, 1)
		wants(t, err, "kit.meanwhile")
		_, err = w.shelf.Publish(ctx, w.Lead, id, revision)
		wants(t, err, "kit.invalid")
		next.Title = said("Obstacles de la semaine")
		revision, err = w.shelf.Save(ctx, w.Lead, id, next, revision)
		w.Must(err)
		_, err = w.shelf.Publish(ctx, w.Lead, id, 1)
		wants(t, err, "kit.meanwhile")
		if n := w.publish(id, revision); n != 1 {
			t.Errorf("the first version is %d", n)
		}
		_, err = w.shelf.Publish(ctx, w.Lead, id, revision)
		wants(t, err, "kit.nothing_new")

		next.Zones[0].Title = said("Ce qui gêne")
		revision, err = w.shelf.Save(ctx, w.Lead, id, next, revision)
		w.Must(err)
		if n := w.publish(id, revision); n != 2 {
			t.Errorf("the second version is %d", n)
		}
		one, err := w.shelf.Export(ctx, w.Lead, id, 1)
		w.Must(err)
		two, err := w.shelf.Export(ctx, w.Lead, id, 2)
		w.Must(err)
		if one.Zones[0].Title.In("fr") != "Idées" || two.Zones[0].Title.In("fr") != "Ce qui gêne" {
			t.Error("a version changed")
		}
		_, err = w.shelf.Export(ctx, w.Lead, id, 3)
		wants(t, err, "errs.not_found")
		offered, err = shelf.Offered(ctx, w.DB.Reader(), gatheringtest.Edition)
		w.Must(err)
		if len(offered) != 1 || offered[0].Number != 2 || offered[0].Kit != id {
			t.Errorf("offered: %+v", offered)
		}

		wants(t, w.shelf.Restore(ctx, w.Lead, id), "kit.not_retired")
		w.Must(w.shelf.Retire(ctx, w.Lead, id))
		wants(t, w.shelf.Retire(ctx, w.Lead, id), "kit.retired")
		offered, err = shelf.Offered(ctx, w.DB.Reader(), gatheringtest.Edition)
		w.Must(err)
		if len(offered) != 0 {
			t.Error("a kit that was put away is offered")
		}
		revision, err = w.shelf.Save(ctx, w.Lead, id, one, revision)
		w.Must(err)
		_, err = w.shelf.Publish(ctx, w.Lead, id, revision)
		wants(t, err, "kit.retired")
		w.Must(w.shelf.Restore(ctx, w.Lead, id))
		list, err := w.shelf.List(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if len(list.Kits) != 1 || list.Kits[0].Status() != shelf.Published || !list.Kits[0].Ahead() || !list.Writes {
			t.Errorf("listed as %+v", list.Kits)
		}
		acts, err := db.List(ctx, w.DB.Reader(), db.Value[string], `select act from journal where object_kind = 'kit' and object_id = $1 order by seq`, string(id))
		w.Must(err)
		if got := strings.Join(acts, " "); got != "kit.created kit.saved kit.saved kit.published kit.saved kit.published kit.retired kit.saved kit.restored" {
			t.Errorf("the journal says %s", got)
		}
	})
}

func TestWhatComesIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		untitled := blank("x")
		untitled.Title = nil
		_, err := w.shelf.Create(ctx, w.Lead, gatheringtest.Edition, untitled)
		wants(t, err, "kit.invalid")
		huge := blank("Énorme")
		for range 20 {
			huge.Decks = append(huge.Decks, kit.Deck{ID: "d", Source: string(bytes.Repeat([]byte("x"), shelf.MaxSize/10))})
		}
		_, err = w.shelf.Create(ctx, w.Lead, gatheringtest.Edition, huge)
		wants(t, err, "kit.invalid")
		_, err = w.shelf.Create(ctx, w.Lead, "nowhere", blank("x"))
		wants(t, err, "errs.not_found")

		// Each kit that ships: copied, published, taken away as the file that it is.
		for _, shipped := range kit.Shipped() {
			id := w.create(shipped)
			w.publish(id, 1)
			for _, number := range []int{0, 1} {
				k, err := w.shelf.Export(ctx, w.Lead, id, number)
				w.Must(err)
				back, err := kit.Parse(k.Encode())
				w.Must(err)
				if !bytes.Equal(back.Encode(), shipped.Encode()) {
					t.Errorf("%s came back otherwise", shipped.ID)
				}
			}
		}
		// A file with faults comes in, and says them.
		wrong := blank("À reprendre")
		wrong.ID, wrong.Layout = "Not an id", "spiral"
		id := w.create(wrong)
		v, err := w.shelf.Read(ctx, w.Lead, id)
		w.Must(err)
		wants(t, v.Faults, "kit.invalid")
		if v.Kit.ID != "a_reprendre" || v.Kit.Layout != "spiral" {
			t.Errorf("came in as %+v", v.Kit)
		}
	})
}

func TestWhoMay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		id := w.create(blank("Obstacles"))
		for name, do := range map[string]func(by account.User) error{
			"list":   func(by account.User) error { _, err := w.shelf.List(ctx, by, gatheringtest.Edition); return err },
			"read":   func(by account.User) error { _, err := w.shelf.Read(ctx, by, id); return err },
			"edited": func(by account.User) error { _, err := w.shelf.Edited(ctx, by, id); return err },
			"export": func(by account.User) error { _, err := w.shelf.Export(ctx, by, id, 0); return err },
			"create": func(by account.User) error {
				_, err := w.shelf.Create(ctx, by, gatheringtest.Edition, blank("y"))
				return err
			},
			"save":    func(by account.User) error { _, err := w.shelf.Save(ctx, by, id, blank("y"), 1); return err },
			"publish": func(by account.User) error { _, err := w.shelf.Publish(ctx, by, id, 1); return err },
			"retire":  func(by account.User) error { return w.shelf.Retire(ctx, by, id) },
			"restore": func(by account.User) error { return w.shelf.Restore(ctx, by, id) },
		} {
			// A kit is not there for who may not read it; an edition is public.
			if err := do(w.Ana); errs.KindOf(err) != errs.Forbidden && errs.KindOf(err) != errs.NotFound {
				t.Errorf("an applicant may %s: %v", name, err)
			}
		}
	})
}

// A board opened on a version stays on it when another one is published.
func TestABoardStaysOnItsVersion(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock), Projects: w.Projects})
		t.Cleanup(rooms.Close)
		gathering := w.Open()
		id := w.create(blank("Obstacles"))
		open := func() (room.Board, error) {
			list, err := rooms.Create(ctx, w.Lead, room.Asked{Gathering: gathering, Kit: string(id), Title: "Obstacles"})
			if err != nil {
				return room.Board{}, err
			}
			return list[0], nil
		}
		_, err := open()
		wants(t, err, "board.invalid")
		w.publish(id, 1)
		k := blank("Obstacles")
		for revision := int64(1); revision <= 2; revision++ {
			k.Zones[0].Title = said("Version " + string(rune('1'+revision)))
			_, err := w.shelf.Save(ctx, w.Lead, id, k, revision)
			w.Must(err)
			if revision == 2 {
				break
			}
			w.publish(id, revision+1)
		}
		b, err := open()
		w.Must(err)
		if n := w.publish(id, 3); n != 3 {
			t.Fatalf("published as %d", n)
		}
		v, err := rooms.Read(ctx, w.Lead, b.ID)
		w.Must(err)
		if got := v.State.Kit().Zones[0].Title.In("fr"); got != "Version 2" {
			t.Errorf("the board is now on %q", got)
		}
		later, err := open()
		w.Must(err)
		if v, err = rooms.Read(ctx, w.Lead, later.ID); err != nil || v.State.Kit().Zones[0].Title.In("fr") != "Version 3" {
			t.Errorf("a later board is on %v, %v", v.State.Kit().Zones[0].Title, err)
		}
		w.Must(w.shelf.Retire(ctx, w.Lead, id))
		_, err = open()
		wants(t, err, "board.invalid")
	})
}

// A kit of another edition is not to be had by its id.
func TestAKitStaysInItsEdition(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.create(blank("Obstacles"))
		w.publish(id, 1)
		_, err := shelf.Last(t.Context(), w.DB.Reader(), "another", id)
		wants(t, err, "errs.not_found")
	})
}
