package notify_test

import (
	"context"
	"strings"
	"testing"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
)

type comers struct{}

func (comers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

// Everybody is told once where her programme is, then only of what changes for her on
// another day than today.
func TestPeopleAreToldOfTheirProgramme(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"}).Listen(w.Bus)
		plans := schedule.New(schedule.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: comers{}, Pulse: pulse.New(d, w.Policy)})
		ana, zoe := w.Signed("ana@projet.example", "Ana"), w.Signed("zoe@projet.example", "Zoé")
		w.Project("Campus", ana, zoe)
		id := w.Open()
		_, err := w.Gatherings.AddTeams(ctx, w.Lead, id)
		w.Must(err)
		w.Guest(id, "Léa") // no address: nothing is sent to her
		seat, err := gathering.Comes(ctx, d.Reader(), id, ana.ID)
		w.Must(err)
		lead, err := gathering.Comes(ctx, d.Reader(), id, w.Lead.ID)
		w.Must(err)
		o := order.Order{Version: 1, Days: []string{"2027-03-05", "2027-03-06"}, Activities: []order.Activity{{ID: "a", Kind: order.Coaching, Title: "Coaching", From: 600, To: 700}, {ID: "b", Kind: order.Coaching, Title: "Coaching", Day: 1, From: 600, To: 700}}}
		var last schedule.ID
		publish := func(first, second order.Minute) {
			t.Helper()
			both := []string{seat.ID, lead.ID}
			v, err := plans.Keep(ctx, w.Lead, id, schedule.Made{Order: o, BasedOn: last, Plan: plan.Plan{Version: 1, Sittings: []plan.Sitting{
				{ID: "1", Activity: "a", From: first, To: first + 20, People: both}, {ID: "2", Activity: "b", Day: 1, From: second, To: second + 20, People: both}}}})
			w.Must(err)
			w.Must(plans.Publish(ctx, w.Lead, id, v.ID))
			last = v.ID
			for range 2 {
				_, err := w.Bus.Deliver(ctx)
				w.Must(err)
			}
		}
		told := func(template string) []string {
			t.Helper()
			list, err := db.List(ctx, d.Reader(), db.Value[string], `select m.to_email || ': ' || m.body from mails m where m.template = $1 order by m.to_email`, template)
			w.Must(err)
			return list
		}
		publish(600, 620)
		if all := told("programme_ready"); len(all) < 2 || len(told("programme_changed")) != 0 || !strings.Contains(strings.Join(all, ""), "/gatherings/"+string(id)+"/now") {
			t.Fatalf("a first programme is told to %q", all)
		}
		ready := len(told("programme_ready"))
		publish(630, 620) // today
		if changed := told("programme_changed"); len(changed) != 0 || len(told("programme_ready")) != ready {
			t.Errorf("what changes today is mailed: %q", changed)
		}
		publish(630, 640) // tomorrow
		changed := strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\\", "").Replace(strings.Join(told("programme_changed"), "\n"))
		if !strings.Contains(changed, "ana@projet.example") || strings.Contains(changed, "zoe@projet.example") || !strings.Contains(changed, "06/03 · Coaching : 10 h 20 → 10 h 40") {
			t.Errorf("what changes tomorrow: %q", changed)
		}
	})
}
