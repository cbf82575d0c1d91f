package worlds_test

import (
	"transformateur/internal/agenda/house"
	hours "transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// hosted are the secrets of who comes to a gathering, and of how it is prepared.
var hosted = []secret{
	{name: "what somebody needs at a gathering", after: "committee", varies: true, knows: append([]string{"dora"}, running...), words: []string{"arapède"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.then("somebody says what she needs")
		w.must(w.app.House.TellNeeds(w.ctx, w.as("dora"), id, house.Needs{Diets: []string{pick(told, "vegan", "no_pork")}, Access: []string{"step_free"}, Note: pick(told, "Une allergie à l’arapède", "Une allergie à la patelle")}))
	}},
	{name: "a running order that is not published", after: "committee", varies: true, knows: running, words: []string{"bernique"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.then("a running order is written")
		w.must(w.app.House.Propose(w.ctx, w.as("lead"), id, 0))
		v, err := w.app.House.Managed(w.ctx, w.as("lead"), id)
		w.must(err)
		a := v.Order.Activities[0]
		a.Title = pick(told, "La bernique du matin", "La coquille du matin!")
		_, err = w.app.House.PutActivity(w.ctx, w.as("lead"), id, v.Version, house.Put{Activity: a})
		w.must(err)
	}},
	{name: "when somebody is not at a gathering", after: "committee", varies: true, knows: append([]string{"dora"}, running...), words: []string{"10:07"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.then("somebody says when she arrives")
		w.must(w.app.House.NoteAbsence(w.ctx, w.as("dora"), id, "", house.AbsenceSheet{Day: w.dayOf(id), Part: house.Hours, To: map[bool]hours.Minute{true: 10*60 + 7, false: 10*60 + 8}[told]}))
	}},
}

func (w *world) dayOf(id gathering.ID) string {
	w.t.Helper()
	day, err := db.Get(w.ctx, w.app.DB.Reader(), db.Value[string], `select starts_on from gatherings where id = $1`, string(id))
	w.must(err)
	return day
}
