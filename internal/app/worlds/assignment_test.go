package worlds_test

import (
	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
)

// seatOf is the seat of somebody in the selection.
func (w *world) seatOf(key string) committee.MemberID {
	w.t.Helper()
	m, err := committee.SeatOf(w.ctx, w.app.DB.Reader(), w.selection(), w.as(key).ID)
	w.must(err)
	return m.ID
}

// gives has the lead give a file to a member, and publish it.
func (w *world) gives(file, key string) {
	w.t.Helper()
	pair := assignment.Pair{File: w.files[file], Member: w.seatOf(key)}
	w.must(w.app.Assignments.Edit(w.ctx, w.as("lead"), w.selection(), assignment.Give, pair, -1))
	w.then("it is published")
	b, err := w.app.Assignments.Board(w.ctx, w.as("lead"), w.selection())
	w.must(err)
	w.must(w.app.Assignments.Publish(w.ctx, w.as("lead"), w.selection(), b.Plan.Version))
}

func (w *world) wishes(key, file string, wish assignment.Wish) {
	w.t.Helper()
	w.must(w.app.Assignments.Bid(w.ctx, w.as(key), w.selection(), map[application.ID]assignment.Wish{w.files[file]: wish}))
}

// proposes has the lead calculate.
func (w *world) proposes() {
	w.t.Helper()
	_, err := w.app.Assignments.Propose(w.ctx, w.as("lead"), w.selection())
	w.must(err)
}

// sharing are those who share out readings, and those who read the journal.
var sharing = []string{"lead", "chair", "auditor", "dpo"}

// shared are the secrets of an assignment.
var shared = []secret{
	{name: "what a member would rather read", after: "committee", varies: true, knows: append([]string{"juror"}, sharing...), plant: func(w *world, told bool) {
		w.wishes("juror", "dora "+string(chosen), assignment.Wish(pick(told, "no", "eager")))
	}},
	{name: "that a calculation was done", after: "committee", knows: sharing, plant: func(w *world, _ bool) { w.proposes() }},
	{name: "who reads a file", after: "committee", knows: append([]string{"juror"}, sharing...), plant: func(w *world, _ bool) {
		w.gives("gil "+string(chosen), "juror")
	}},
}
