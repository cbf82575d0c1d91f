package worlds_test

import (
	"slices"

	hours "transformateur/internal/agenda/order"
	"transformateur/internal/agenda/pitch"
	"transformateur/internal/agenda/question"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/gathering"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// stages opens a gathering in which Ana and Dora have a seat, each with a project, and
// publishes its running order.
func (w *world) stages() (id gathering.ID, activities map[hours.Kind]string) {
	w.t.Helper()
	w.then("another project is written down")
	anses, err := w.app.Projects.Start(w.ctx, w.as("lead"), project.Started{Edition: w.edition(), Sheet: project.Sheet{Title: "Les anses"}})
	w.must(err)
	w.grant("ana", "editor", policy.Ref{Kind: "project", ID: string(anses)})
	id = w.gathers()
	w.then("its running order is published")
	w.must(w.app.House.Propose(w.ctx, w.as("lead"), id, 0))
	w.must(w.app.House.Publish(w.ctx, w.as("lead"), id))
	w.then("it opens")
	w.must(w.app.Gatherings.Open(w.ctx, w.as("lead"), id))
	v, err := w.app.House.Managed(w.ctx, w.as("lead"), id)
	w.must(err)
	activities = map[hours.Kind]string{}
	for _, a := range v.Order.Activities {
		activities[a.Kind] = a.ID
	}
	return id, activities
}

// staged are the secrets of the day of a gathering.
var staged = []secret{
	{name: "what somebody writes to a project about its pitch", after: "committee", varies: true, knows: []string{"ana", "dora"}, words: []string{"limule"}, plant: func(w *world, told bool) {
		id, activities := w.stages()
		at := pitch.At{Gathering: id, Activity: activities[hours.Pitch]}
		w.then("every project has had its turn")
		for _, act := range []pitch.Act{pitch.Start, pitch.Next, pitch.Next} {
			v, err := w.app.Stage.Pitches.Read(w.ctx, w.as("lead"), at)
			w.must(err)
			w.must(w.app.Stage.Pitches.Run(w.ctx, w.as("lead"), at, act, "", v.Version))
		}
		w.then("somebody writes")
		v, err := w.app.Stage.Pitches.Read(w.ctx, w.as("ana"), at)
		w.must(err)
		i := slices.IndexFunc(v.Turns, func(t pitch.Turn) bool { return t.Title == "Les dunes" })
		w.must(w.app.Stage.Pitches.Write(w.ctx, w.as("ana"), at, pitch.Feedback{Project: v.Turns[i].ID, Keeps: pick(told, "Une limule de mer", "Un homard de mer!"), Signed: true}))
	}},
	{name: "who asks a question without signing it", after: "committee", varies: true, knows: append([]string{"ana", "dora"}, reading...), plant: func(w *world, told bool) {
		id, activities := w.stages()
		w.then("somebody asks")
		w.must(w.app.Stage.Questions.Put(w.ctx, w.as(pick(told, "ana", "dora")), question.At{Gathering: id, Activity: activities[hours.Plenary]}, "Qui décide ?", false))
	}},
	{name: "a conflict of interest in a gathering", after: "committee", varies: true, knows: running, words: []string{"bernicle"}, plant: func(w *world, told bool) {
		id, _ := w.stages()
		v, err := w.app.Stage.Wishes.Read(w.ctx, w.as("lead"), id)
		w.must(err)
		seat := v.Seats[slices.IndexFunc(v.Seats, func(o wish.Option) bool { return o.Name == w.as("ana").Name })]
		of := v.Projects[slices.IndexFunc(v.Projects, func(o wish.Option) bool { return o.Name == "Les dunes" })]
		w.then("who runs it writes a rule")
		w.must(w.app.Stage.Wishes.Write(w.ctx, w.as("lead"), id, wish.Rule{Kind: wish.Conflict, Participant: seat.ID, Project: of.ID, Reason: pick(told, "Une bernicle de trop", "Un galet de beaucoup")}))
	}},
}
