package worlds_test

import (
	"transformateur/internal/agenda/registration"
	"transformateur/internal/gathering"
)

// received are the secrets of the door of a gathering.
var received = []secret{
	{name: "what somebody writes when she asks to come", after: "committee", varies: true, knows: append([]string{"emil"}, running...), words: []string{"cténophore"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.then("registrations are taken")
		w.must(w.app.Registrations.SetDesk(w.ctx, w.as("lead"), id, registration.Desk{Capacity: 5, ClosesOn: w.dayOf(id)}))
		w.then("somebody asks to come")
		_, err := w.app.Registrations.Ask(w.ctx, w.as("emil"), id, registration.Wish{Role: gathering.Peer, Note: pick(told, "Je connais le cténophore", "Je connais la salicorne!")})
		w.must(err)
	}},
}
