package wish_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

type world struct {
	*floortest.World
	service *wish.Service
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := floortest.New(t, d)
	return &world{w, wish.New(w.Floor, w.Bus)}
}

func (w *world) read(who account.User) wish.View {
	w.T.Helper()
	v, err := w.service.Read(ctx, who, w.ID)
	w.Must(err)
	return v
}

func (w *world) load() wish.Wishes {
	w.T.Helper()
	all, err := wish.Load(ctx, w.DB.Reader(), w.ID)
	w.Must(err)
	return all
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

func TestAMeetingIsAskedAndAnswered(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ask := wish.Ask{Participant: w.Seat(w.Leo), Note: "  Nos \n capteurs "}
		wants(t, w.service.Request(ctx, w.Ana, w.ID, ask), errs.Forbidden, "")
		if v := w.read(w.Ana); !v.Closed || len(v.With)+len(v.Mine) > 0 {
			t.Errorf("before the opening she sees %+v", v)
		}
		w.Opens()
		if v := w.read(w.Ana); v.Side != wish.Project || len(v.With) != 2 || v.With[0].Name != "Léo Fabre" {
			t.Errorf("she may ask %+v", v.With)
		}
		wants(t, w.service.Request(ctx, w.Ana, w.ID, wish.Ask{Participant: w.Seat(w.Bob)}), errs.Invalid, "meeting.invalid")
		wants(t, w.service.Request(ctx, w.Ana, w.ID, wish.Ask{Participant: ask.Participant, Note: strings.Repeat("x", wish.MaxNote+1)}), errs.Invalid, "meeting.invalid")
		w.Must(w.service.Request(ctx, w.Ana, w.ID, ask))
		wants(t, w.service.Request(ctx, w.Ana, w.ID, ask), errs.Conflict, "meeting.asked_already")

		mine := w.read(w.Leo).Mine
		if len(mine) != 1 || !mine[0].Waits || mine[0].Note != "Nos capteurs" || mine[0].ProjectTitle != "Campus" {
			t.Fatalf("he reads %+v", mine)
		}
		which := mine[0].ID
		for _, other := range []account.User{w.Bob, w.Zoe} {
			if v := w.read(other); len(v.Mine)+len(v.All) > 0 {
				t.Errorf("somebody else reads %+v", v)
			}
			wants(t, w.service.Answer(ctx, other, w.ID, which, true), errs.NotFound, "")
		}
		wants(t, w.service.Answer(ctx, w.Ana, w.ID, which, true), errs.NotFound, "")
		if len(w.load().Wishes) != 0 {
			t.Error("what is asked only is planned")
		}
		w.Must(w.service.Answer(ctx, w.Leo, w.ID, which, false))
		wants(t, w.service.Answer(ctx, w.Leo, w.ID, which, true), errs.Conflict, "meeting.answered")
		wants(t, w.service.Request(ctx, w.Ana, w.ID, ask), errs.Conflict, "meeting.declined_already")
		w.Must(w.service.Request(ctx, w.Leo, w.ID, wish.Ask{Project: string(w.Campus)}))
		w.Must(w.service.Answer(ctx, w.Ana, w.ID, which, true))
		if got := w.load().Wishes; !slices.Equal(got, []compose.Wish{{Project: string(w.Campus), Person: ask.Participant, Weight: 50}}) {
			t.Errorf("planned %+v", got)
		}
		wants(t, w.service.Request(ctx, w.Ana, w.ID, ask), errs.Conflict, "meeting.agreed_already")
		w.Must(w.service.Withdraw(ctx, w.Leo, w.ID, which))
		if len(w.load().Wishes)+len(w.read(w.Leo).Mine) != 0 {
			t.Error("what was withdrawn stays")
		}
	})
}

func TestBothAsk(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Opens()
		w.Must(w.service.Request(ctx, w.Zoe, w.ID, wish.Ask{Project: string(w.Anses)}))
		w.Must(w.service.Request(ctx, w.Bob, w.ID, wish.Ask{Participant: w.Seat(w.Zoe)}))
		if got := w.load().Wishes; len(got) != 1 || got[0].Weight != 80 {
			t.Errorf("planned %+v", got)
		}
		at := plan.Sitting{ID: "s", Activity: "c", Day: 1, From: 600, To: 630, Project: string(w.Anses), People: []string{w.Seat(w.Zoe)}}
		w.Plans.Version = &schedule.Version{Order: order.Order{Activities: []order.Activity{{ID: "c", Kind: order.Coaching}, {ID: "p", Kind: order.Pitch}}}, Plan: plan.Plan{Sittings: []plan.Sitting{
			at, {ID: "p", Activity: "p", Project: string(w.Anses), People: []string{w.Seat(w.Zoe)}}, {ID: "o", Activity: "c", Project: string(w.Campus), People: []string{w.Seat(w.Zoe)}}}}}
		for _, who := range []account.User{w.Zoe, w.Bob} {
			if mine := w.read(who).Mine; len(mine) != 1 || len(mine[0].When) != 1 || mine[0].When[0].From != 600 {
				t.Errorf("they meet %+v", mine)
			}
		}
	})
}

func TestWhoRunsWritesMeetingsAndRules(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		leo, zoe, bob := w.Seat(w.Leo), w.Seat(w.Zoe), w.Seat(w.Bob)
		for name, refused := range map[string]error{
			"a meeting by a team": w.service.Put(ctx, w.Ana, w.ID, wish.Ask{Project: string(w.Campus), Participant: leo}, 50),
			"a rule by a team":    w.service.Write(ctx, w.Ana, w.ID, wish.Rule{Kind: wish.Never, Participant: leo, Other: zoe}),
		} {
			if !errs.Is(refused, errs.Forbidden) {
				t.Errorf("%s: %v", name, refused)
			}
		}
		wants(t, w.service.Put(ctx, w.Lead, w.ID, wish.Ask{Project: string(w.Campus), Participant: bob}, 101), errs.Invalid, "")
		w.Must(w.service.Put(ctx, w.Lead, w.ID, wish.Ask{Project: string(w.Campus), Participant: leo}, 100))
		w.Must(w.service.Put(ctx, w.Lead, w.ID, wish.Ask{Project: string(w.Anses), Participant: leo}, 20))
		w.Must(w.service.Write(ctx, w.Lead, w.ID, wish.Rule{Kind: wish.Must, Participant: zoe, Other: leo}))
		wants(t, w.service.Write(ctx, w.Lead, w.ID, wish.Rule{Kind: wish.Must, Participant: leo, Other: zoe}), errs.Conflict, "meeting.rule_known")
		wants(t, w.service.Write(ctx, w.Lead, w.ID, wish.Rule{Kind: wish.Never, Participant: leo, Other: zoe}), errs.Conflict, "meeting.rule_against")
		wants(t, w.service.Write(ctx, w.Lead, w.ID, wish.Rule{Kind: wish.Conflict, Participant: leo, Project: "nothing"}), errs.Invalid, "")
		wants(t, w.service.Write(ctx, w.Lead, w.ID, wish.Rule{Kind: wish.Never, Participant: leo, Other: leo}), errs.Invalid, "")
		w.Must(w.service.Write(ctx, w.Lead, w.ID, wish.Rule{Kind: wish.Conflict, Participant: leo, Project: string(w.Campus), Reason: "Son cousin"}))
		got := w.load()
		if len(got.Wishes) != 1 || got.Wishes[0].Weight != 20 || len(got.Pairs) != 1 || got.Pairs[0].Rule != compose.MustMeet || !slices.Equal(got.Never, []compose.Conflict{{Person: leo, Project: string(w.Campus)}}) {
			t.Errorf("planned %+v", got)
		}
		v := w.read(w.Lead)
		if len(v.Rules) != 2 || v.Rules[0].Reason != "Son cousin" || v.Rules[0].OtherName != "Campus" || len(v.All) != 2 || !v.All[0].Barred || v.All[1].Barred {
			t.Errorf("who runs it reads %+v %+v", v.Rules, v.All)
		}
		w.Opens()
		for _, who := range []account.User{w.Leo, w.Ana} {
			if v := w.read(who); len(v.Rules)+len(v.All)+len(v.Recused) > 0 || v.Mine[0].Barred {
				t.Errorf("others read %+v", v)
			}
		}
		w.Must(w.service.Erase(ctx, w.Lead, w.ID, v.Rules[0].ID))
		wants(t, w.service.Erase(ctx, w.Lead, w.ID, v.Rules[0].ID), errs.NotFound, "")
		w.Must(w.service.Remove(ctx, w.Lead, w.ID, v.All[1].ID))
		if got := w.load(); len(got.Wishes) != 1 || got.Wishes[0].Weight != 100 || len(got.Never) != 0 {
			t.Errorf("planned after that %+v", got)
		}
	})
}

func TestWhoWasRecusedMeetsNobodyOfTheProject(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		file := w.Draft().ID
		w.Exec(`insert into exclusions (id, subject_kind, subject_id, object_kind, object_id, kind, reason, declared_by, valid_from) values ('x', 'person', $1, 'application', $3, 'conflict', '', 'system', $2)`, string(w.Leo.ID), w.Clock.Now(), string(file))
		if len(w.load().Never) != 0 {
			t.Fatal("no project came from that file")
		}
		w.Exec(`update projects set application_id = $1 where id = $2`, string(file), string(w.Anses))
		if got := w.load().Never; !slices.Equal(got, []compose.Conflict{{Person: w.Seat(w.Leo), Project: string(w.Anses)}}) {
			t.Errorf("never %+v", got)
		}
		if v := w.read(w.Lead); len(v.Recused) != 1 || v.Recused[0].OtherName != "Les anses" || v.Recused[0].Name != "Léo Fabre" {
			t.Errorf("recused %+v", v.Recused)
		}
		w.Exec(`update exclusions set lifted_at = $1`, w.Clock.Now())
		if len(w.load().Never) != 0 {
			t.Error("what was lifted holds")
		}
	})
}

func TestWhoLeftIsPlannedNoMore(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		leo, zoe := w.Seat(w.Leo), w.Seat(w.Zoe)
		w.Must(w.service.Put(ctx, w.Lead, w.ID, wish.Ask{Project: string(w.Campus), Participant: leo}, 60))
		w.Must(w.service.Write(ctx, w.Lead, w.ID, wish.Rule{Kind: wish.Never, Participant: leo, Other: zoe}))
		w.Must(w.Gatherings.Remove(ctx, w.Lead, w.ID, leo))
		if got := w.load(); len(got.Wishes)+len(got.Pairs)+len(got.Never) != 0 {
			t.Errorf("planned %+v", got)
		}
	})
}
