package worlds_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"transformateur/internal/agenda/deposit"
	coaching "transformateur/internal/agenda/note"
	"transformateur/internal/application"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// seats puts somebody in a gathering, for a project.
func (w *world) seats(key string, id gathering.ID, role gathering.Role, about project.ID) {
	w.t.Helper()
	w.then("somebody sits")
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(w.ctx, `insert into participants (id, gathering_id, person_id, email, name, role, project_id, organisation, added_by, added_at, joined_at, left_by, version) values ($1, $2, $3, '', $4, $5, $6, '', 'system', $7, $7, '', 1)`,
			db.NewID(), string(id), string(w.as(key).ID), w.as(key).Name, string(role), string(about), w.app.Clock.Now())
		return err
	}))
	w.grant(key, "participant", policy.Ref{Kind: "gathering", ID: string(id)})
}

// dunes is the project of the gathering that a world prepares.
func (w *world) dunes() project.ID {
	w.t.Helper()
	id, err := db.Get(w.ctx, w.app.DB.Reader(), db.Value[project.ID], `select id from projects where title = 'Les dunes'`)
	w.must(err)
	return id
}

// canvas is a picture of one colour.
func (w *world) canvas(shade byte) deposit.Sent {
	w.t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 20, 20))
	for i := range 400 {
		m.Set(i%20, i/20, color.RGBA{shade, 90, 90, 255})
	}
	var body bytes.Buffer
	w.must(png.Encode(&body, m))
	return deposit.Sent{Name: "dune.png", Size: int64(body.Len()), File: inMemory{bytes.NewReader(body.Bytes())}}
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// noted are the secrets of what stays of a gathering.
var noted = []secret{
	{name: "the private note of a sponsor", after: "committee", varies: true, knows: []string{"hana"}, words: []string{"couteau"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.seats("hana", id, gathering.Coach, w.dunes())
		w.then("a sponsor writes for herself")
		_, err := w.app.Notes.Save(w.ctx, w.as("hana"), coaching.Place{Gathering: id, Project: w.dunes(), Sitting: coaching.Outside},
			[]application.Edit{{Field: coaching.Shared, Value: "Un bon début."}, {Field: coaching.Private, Value: pick(told, "Le couteau est tiré", "La palourde dort!!!")}})
		w.must(err)
	}},
	{name: "the shared note of a sponsor, to who is not of the project", after: "committee", varies: true, knows: append([]string{"hana", "dora"}, running...), words: []string{"vernis"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.seats("hana", id, gathering.Coach, w.dunes())
		w.then("a sponsor writes for the team")
		_, err := w.app.Notes.Save(w.ctx, w.as("hana"), coaching.Place{Gathering: id, Project: w.dunes(), Sitting: coaching.Outside},
			[]application.Edit{{Field: coaching.Shared, Value: pick(told, "Un vernis de plage", "Un galet de plage!")}})
		w.must(err)
	}},
	{name: "a picture of somebody who has not agreed", after: "committee", varies: true, knows: append([]string{"hana"}, running...), words: []string{"clovisse"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.seats("hana", id, gathering.Coach, w.dunes())
		w.then("the gathering opens")
		w.must(w.app.Gatherings.Open(w.ctx, w.as("lead"), id))
		w.then("a picture is brought")
		_, err := w.app.Deposits.Bring(w.ctx, w.as("hana"), id, deposit.Sheet{Title: pick(told, "Une clovisse", "Une palourde"), Credit: "Hana", People: deposit.Unsure, Scope: deposit.Publication}, w.canvas(map[bool]byte{true: 10, false: 200}[told]))
		w.must(err)
	}},
}
