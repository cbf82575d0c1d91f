// Package gatheringtest makes an edition with projects and a gathering, for tests.
package gatheringtest

import (
	"context"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// Edition is the identifier of the world's edition, which Lead leads.
const Edition = "edition"

// World is an edition, and the services of projects and gatherings.
type World struct {
	*applicationtest.World
	Box        *accounttest.Mailbox
	Accounts   *account.Service
	Projects   *project.Service
	Gatherings *gathering.Service
	Left       []account.PersonID // whose seat changed, as Watch told it; "" for everybody
}

// New makes the world on a database.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	return Over(applicationtest.New(t, d))
}

// Over adds the services to a world that has files.
func Over(base *applicationtest.World) *World {
	w := &World{World: base, Box: &accounttest.Mailbox{}}
	w.Accounts = account.New(w.DB, w.Clock, account.Options{Mailer: w.Box, Rights: w.Policy.Rights(), Bus: w.Bus})
	w.Projects = project.New(w.DB, w.Clock, w.Policy, w.Accounts)
	w.Gatherings = gathering.New(gathering.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, People: w.Accounts, Projects: w.Projects})
	w.Gatherings.Watch(func(_ gathering.ID, person account.PersonID) { w.Left = append(w.Left, person) })
	return w
}

// Signed makes somebody with an address who signed in.
func (w *World) Signed(email, name string) account.User {
	w.T.Helper()
	by, _ := accounttest.Person(w.T, w.Accounts, email, name)
	return by
}

// Project writes a project down, and puts people in its team.
func (w *World) Project(title string, team ...account.User) project.ID {
	w.T.Helper()
	ctx := context.Background()
	id, err := w.Projects.Start(ctx, w.Lead, project.Started{Edition: Edition, Sheet: project.Sheet{Title: title, Summary: "En une ligne."}, Lang: "fr"})
	w.Must(err)
	for i, who := range team {
		relation := "editor"
		if i == 0 {
			relation = "owner"
		}
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: relation, Object: policy.Ref{Kind: "project", ID: string(id)}})
		}))
	}
	return id
}

// Sheet is a whole sheet of two days, the first of which is the world's.
func Sheet() gathering.Sheet {
	return gathering.Sheet{Title: "Accélérateur des possibles", About: "Accueil dès 9 h.", Place: "Le Dôme, Caen", Zone: "Europe/Paris", StartsOn: "2027-03-05", EndsOn: "2027-03-06"}
}

// Planned prepares a gathering.
func (w *World) Planned() gathering.ID {
	w.T.Helper()
	id, err := w.Gatherings.Create(context.Background(), w.Lead, Edition, Sheet())
	w.Must(err)
	return id
}

// Open prepares a gathering and opens it.
func (w *World) Open() gathering.ID {
	w.T.Helper()
	id := w.Planned()
	w.Must(w.Gatherings.Open(context.Background(), w.Lead, id))
	return id
}

// Code is the code of a gathering.
func (w *World) Code(id gathering.ID) string {
	w.T.Helper()
	_, code, err := w.Gatherings.Code(context.Background(), w.Lead, id)
	w.Must(err)
	return code
}

// Guest lets somebody without an account in, and gives who she is from then on.
func (w *World) Guest(id gathering.ID, name string) (by account.User, cookie string) {
	w.T.Helper()
	ctx := context.Background()
	in, err := w.Gatherings.Join(ctx, account.User{}, gathering.Coming{Code: w.Code(id), Name: name, Lang: "fr", IP: "192.0.2.1"})
	w.Must(err)
	by, err = w.Accounts.Authenticate(ctx, in.Token)
	w.Must(err)
	return by, in.Token
}
