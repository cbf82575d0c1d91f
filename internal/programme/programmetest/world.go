// Package programmetest is a small world for tests: an agency, its programme, one edition in preparation and one published.
package programmetest

import (
	"context"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// Noon is the instant at which the world is made.
var Noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)

// World is the world and the people in it.
type World struct {
	*programme.Service
	Clock     *clock.Fake
	Admin     account.User // of the platform
	Lead      account.User // of the agency
	Stranger  account.User
	Agency    programme.Agency
	Programme programme.Programme
	Draft     programme.Edition
	Published programme.Edition
}

// New makes the world in a database.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	ctx, c := context.Background(), clock.NewFake(Noon)
	rights := policy.New(d, c)
	w := &World{Service: programme.New(d, c, rights, event.NewBus(d, c)), Clock: c}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	person := func(id, name string) account.User {
		must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $2, 'fr', 'Europe/Paris', $3)`, id, name, Noon)
			return err
		}))
		return account.User{ID: account.PersonID(id), Name: name, Lang: "fr"}
	}
	grant := func(who account.User, relation string, on policy.Ref) {
		must(d.Write(ctx, func(tx *db.Tx) error {
			return rights.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: relation, Object: on})
		}))
	}
	w.Admin, w.Lead, w.Stranger = person("admin", "Odile Admin"), person("lead", "Ana Martin"), person("stranger", "Bob Durand")
	grant(w.Admin, "admin", policy.Platform.Ref)
	var err error
	w.Agency, err = w.CreateAgency(ctx, w.Admin, programme.Agency{Name: programme.Words{FR: "Agence de Normandie", EN: "Normandy agency"}, Contact: "bonjour@example.org", About: programme.Words{FR: "Une agence **régionale**."}}, false)
	must(err)
	grant(w.Lead, "lead", w.Agency.PolicyObject().Ref)
	w.Programme, err = w.CreateProgramme(ctx, w.Lead, programme.Programme{Agency: w.Agency.ID, Name: programme.Words{FR: "Transformateur numérique", EN: "Digital transformer"}, About: programme.Words{FR: "Des projets qui changent le travail."}})
	must(err)
	open := func(name, day string) programme.Edition {
		e, err := w.CreateEdition(ctx, w.Lead, programme.NewEdition{Programme: w.Programme.ID, Journey: "regional-edition", Name: programme.Words{FR: name, EN: name},
			Theme: programme.Words{FR: "Transformation numérique et management", EN: "Digital change and management"}, Place: "Caen", Territory: "region:28", Zone: "Europe/Paris", FirstDay: day})
		must(err)
		return e
	}
	w.Draft, w.Published = open("Normandie 2028", "2028-01-10"), open("Normandie 2027", "2027-02-15")
	w.Published.About = programme.Words{FR: "Une édition ouverte à **toutes** les organisations.", EN: "An edition open to **every** organisation."}
	w.Published, err = w.EditEdition(ctx, w.Lead, w.Published)
	must(err)
	must(w.PublishEdition(ctx, w.Lead, w.Published.ID))
	return w
}
