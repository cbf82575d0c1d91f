package offer_test

import (
	"context"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/offer"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

var ctx = context.Background()

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

type world struct {
	*floortest.World
	service *offer.Service
	wishes  *wish.Service
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: floortest.New(t, d)}
	w.wishes = wish.New(w.Floor, w.Bus)
	w.service = offer.New(w.Floor, w.wishes, w.Projects)
	w.Publish()
	return w
}

func (w *world) read(who account.User) offer.View {
	w.T.Helper()
	v, err := w.service.Read(ctx, who, w.ID)
	w.Must(err)
	return v
}

var sheet = offer.Sheet{Title: "Un  atelier", About: "Une demi-journée", Audience: "les équipes", Until: "2027-06-30", Places: 3}

func TestOffers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		wants(t, w.service.Write(ctx, w.Ana, w.ID, "", sheet), errs.Forbidden, "offer.not_partner")
		w.Exec(`update participants set organisation = '' where id = $1`, w.Seat(w.Zoe))
		wants(t, w.service.Write(ctx, w.Zoe, w.ID, "", sheet), errs.Forbidden, "offer.not_partner")
		for name, bad := range map[string]offer.Sheet{
			"no title":      {},
			"a long text":   {Title: "a", About: strings.Repeat("x", offer.MaxAbout+1)},
			"no day":        {Title: "a", Until: "demain"},
			"below nothing": {Title: "a", Places: -1},
		} {
			if err := w.service.Write(ctx, w.Leo, w.ID, "", bad); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.Must(w.service.Write(ctx, w.Leo, w.ID, "", sheet))
		if v := w.read(w.Ana); !v.Hidden || len(v.Offers) > 0 {
			t.Errorf("before the opening she reads %+v", v.Offers)
		}
		if v := w.read(w.Leo); len(v.Offers) != 1 || !v.Offers[0].Mine {
			t.Errorf("before the opening he reads %+v", v.Offers)
		}
		w.Opens()
		v := w.read(w.Ana)
		if len(v.Offers) != 1 || v.Offers[0].Title != "Un atelier" || v.Offers[0].Organisation != "Labo" || v.Offers[0].Mine || !v.Wants {
			t.Fatalf("she reads %+v", v.Offers)
		}
		which := v.Offers[0].ID
		changed := sheet
		changed.Title, changed.Version = "Deux ateliers", 1
		w.Must(w.service.Write(ctx, w.Leo, w.ID, which, changed))
		wants(t, w.service.Write(ctx, w.Leo, w.ID, which, changed), errs.Conflict, "offer.meanwhile")
		wants(t, w.service.Remove(ctx, w.Ana, w.ID, which), errs.NotFound, "")
		w.Must(w.service.Remove(ctx, w.Leo, w.ID, which))
		wants(t, w.service.Remove(ctx, w.Lead, w.ID, which), errs.NotFound, "")
	})
}

func TestInterestAsksForAMeeting(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Opens()
		w.Must(w.service.Write(ctx, w.Leo, w.ID, "", sheet))
		w.Must(w.service.Write(ctx, w.Leo, w.ID, "", offer.Sheet{Title: "Un prêt"}))
		list := w.read(w.Ana).Offers
		wants(t, w.service.Interest(ctx, w.Zoe, w.ID, list[0].ID), errs.NotFound, "")
		w.Must(w.service.Interest(ctx, w.Ana, w.ID, list[0].ID))
		wants(t, w.service.Interest(ctx, w.Ana, w.ID, list[0].ID), errs.Conflict, "offer.said")
		w.Must(w.service.Interest(ctx, w.Ana, w.ID, list[1].ID)) // they have asked already
		meetings, err := w.wishes.Read(ctx, w.Leo, w.ID)
		if err != nil || len(meetings.Mine) != 1 || meetings.Mine[0].Note != "Un atelier" || !meetings.Mine[0].Waits {
			t.Errorf("he is asked %+v, %v", meetings.Mine, err)
		}
		for name, c := range map[string]struct {
			who   account.User
			knows int
		}{"who wrote it": {w.Leo, 1}, "who runs it": {w.Lead, 1}, "another team": {w.Bob, 0}, "a coach": {w.Zoe, 0}} {
			if o := w.read(c.who).Offers[0]; len(o.Interested) != c.knows {
				t.Errorf("%s reads that %+v are interested", name, o.Interested)
			}
		}
		if o := w.read(w.Ana).Offers[0]; !o.Said {
			t.Error("she is not told that her team said so")
		}
	})
}

func (w *world) kept(id project.ID) (titles []string) {
	w.T.Helper()
	list, err := project.ItemsOf(ctx, w.DB.Reader(), id)
	w.Must(err)
	for _, i := range list {
		if i.Kind == "need" {
			titles = append(titles, i.Title)
		}
	}
	return titles
}

func TestNeedsThatAreHeard(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Opens()
		need := offer.Heard{Activity: "table", Project: string(w.Campus), Body: " Un   local "}
		for name, err := range map[string]error{
			"a team":                       w.service.Hear(ctx, w.Ana, w.ID, need),
			"who leads something else":     w.service.Hear(ctx, w.Zoe, w.ID, offer.Heard{Activity: "talk", Project: need.Project, Body: "Un local"}),
			"who leads, without a context": w.service.Hear(ctx, w.Zoe, w.ID, offer.Heard{Project: need.Project, Body: "Un local"}),
		} {
			if !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		wants(t, w.service.Hear(ctx, w.Zoe, w.ID, offer.Heard{Activity: "table", Project: "nothing"}), errs.Invalid, "offer.invalid")
		w.Must(w.service.Hear(ctx, w.Zoe, w.ID, need))
		w.Must(w.service.Hear(ctx, w.Lead, w.ID, offer.Heard{Project: need.Project, Body: "Des données"}))
		if got := w.kept(w.Campus); len(got) != 2 || got[0] != "Un local" && got[1] != "Un local" {
			t.Errorf("the project holds %q", got)
		}
		v := w.read(w.Ana)
		if len(v.Needs) != 2 || v.Unanswered() != 2 {
			t.Fatalf("she reads %+v", v.Needs)
		}
		w.Must(w.service.Write(ctx, w.Leo, w.ID, "", sheet))
		which := w.read(w.Leo).Offers[0].ID
		wants(t, w.service.Tie(ctx, w.Ana, w.ID, which, v.Needs[0].ID, true), errs.NotFound, "")
		wants(t, w.service.Tie(ctx, w.Leo, w.ID, which, "nothing", true), errs.NotFound, "")
		w.Must(w.service.Tie(ctx, w.Leo, w.ID, which, v.Needs[0].ID, true))
		w.Must(w.service.Tie(ctx, w.Leo, w.ID, which, v.Needs[0].ID, true))
		w.Must(w.service.Tie(ctx, w.Lead, w.ID, which, v.Needs[1].ID, true))
		if n := w.read(w.Bob).Unanswered(); n != 0 {
			t.Errorf("%d needs are unanswered", n)
		}
		w.Must(w.service.Tie(ctx, w.Lead, w.ID, which, v.Needs[1].ID, false))
		for _, n := range w.read(w.Lead).Needs {
			if n.Activity == "table" {
				wants(t, w.service.Forget(ctx, w.Ana, w.ID, n.ID), errs.Forbidden, "")
				w.Must(w.service.Forget(ctx, w.Zoe, w.ID, n.ID))
			}
		}
		if got := w.kept(w.Campus); len(got) != 1 || got[0] != "Des données" {
			t.Errorf("the project holds %q", got)
		}
		hears, here, needs, err := w.service.Of(ctx, w.Zoe, w.ID, w.Plans.Version.Order.Activities[2])
		if err != nil || !hears || len(here) != 2 || len(needs) != 0 {
			t.Errorf("who leads hears %v %+v %+v, %v", hears, here, needs, err)
		}
		if hears, _, _, err := w.service.Of(ctx, w.Ana, w.ID, w.Plans.Version.Order.Activities[2]); err != nil || hears {
			t.Errorf("a team hears %v, %v", hears, err)
		}
	})
}
