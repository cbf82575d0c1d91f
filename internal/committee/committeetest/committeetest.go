// Package committeetest makes a small world for tests: a closed call with deposited files, and a selection whose committee sits.
package committeetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
)

// Form asks who bears the project.
const Form = `{"version":1,"steps":[{"id":"project","title":{"fr":"Votre projet"},"fields":[
  {"id":"summary","type":"longtext","label":{"fr":"Résumé"},"required":true,"settings":{"max_chars":200}},
  {"id":"bearer","type":"organisation","label":{"fr":"Organisation"},"settings":{"kinds":["siret"]}},
  {"id":"contact","type":"contact","label":{"fr":"Contact"}}]}]}`

// World is a call whose files are deposited, and what a selection needs.
type World struct {
	*applicationtest.World
	Screening  *screening.Service
	Accounts   *account.Service
	Box        *accounttest.Mailbox
	Committees *committee.Service
	Selection  committee.Selection
}

var ctx = context.Background()

// New makes the world on a database: the call is open, no file is deposited, the
// selection is being prepared and nobody sits.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	return NewWith(t, d, Form)
}

// NewWith is New with another form.
func NewWith(t testing.TB, d *db.DB, form string) *World {
	t.Helper()
	w := &World{World: applicationtest.New(t, d), Box: &accounttest.Mailbox{}}
	w.Accounts = account.New(d, w.Clock, account.Options{Mailer: w.Box, Rights: w.Policy.Rights(), Bus: w.Bus,
		Check: func(_, number string) (string, error) { return number, nil }})
	w.Committees = committee.New(committee.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Calls: w.Calls, People: w.Accounts})
	w.Screening = screening.New(screening.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Calls: w.Calls, Files: w.Files})
	w.Call = w.OpenCall("regional", form)
	sel, err := w.Committees.Create(ctx, w.Lead, w.Call.ID, Settings())
	w.Must(err)
	w.Selection = sel
	return w
}

// Settings are complete.
func Settings() committee.Settings {
	return committee.Settings{Name: form.Localised{"fr": "Sélection régionale", "en": "Regional selection"}, Blind: committee.Open, Others: committee.AfterOwn, Readers: 1, Target: 3,
		Confidentiality: form.Localised{"fr": "Je garde pour moi ce que je lis.", "en": "I keep what I read to myself."}}
}

// Deposit makes a deposited file of somebody's; pairs are further answers.
func (w *World) Deposit(by account.User, title string, pairs ...any) application.ID {
	w.T.Helper()
	a, err := w.Files.Create(ctx, by, w.Call.ID, title)
	w.Must(err)
	w.Fill(by, a.ID, append([]any{"summary", "Un projet"}, pairs...)...)
	_, err = w.Files.Submit(ctx, by, a.ID)
	w.Must(err)
	return a.ID
}

// Close waits for the closing, and finds every file admissible.
func (w *World) Close(files ...application.ID) {
	w.T.Helper()
	w.Clock.Set(w.Call.ClosesAt.Add(time.Minute))
	for _, id := range files {
		w.Must(w.Screening.Admit(ctx, w.Lead, id, screening.Verdict{Verdict: screening.Admissible}, 0))
	}
}

// Somebody makes an account.
func (w *World) Somebody(email, name string) account.User {
	w.T.Helper()
	by, _ := accounttest.Person(w.T, w.Accounts, email, name)
	return by
}

// House adds an organisation to the directory.
func (w *World) House(d account.Description) account.OrganisationID {
	w.T.Helper()
	if d.Kind == "" {
		d.Kind = account.Association
	}
	id, err := w.Accounts.CreateOrganisation(ctx, account.System, d, "")
	w.Must(err)
	return id
}

// Offer invites somebody to sit, and gives her seat once she took the link of the mail.
func (w *World) Offer(by account.User, seat committee.Seat) committee.MemberID {
	w.T.Helper()
	if seat.Name == "" {
		seat.Name = by.Name
	}
	id, err := w.Committees.Invite(ctx, w.Lead, w.Selection.ID, seat)
	w.Must(err)
	mails := w.Box.All()
	link := mails[len(mails)-1].Args["Link"]
	_, err = w.Accounts.AcceptInvitation(ctx, by, strings.TrimPrefix(link, "/invitations/"), account.Acceptance{})
	w.Must(err)
	return id
}

// Seat has somebody sit.
func (w *World) Seat(by account.User, seat committee.Seat) committee.MemberID {
	w.T.Helper()
	id := w.Offer(by, seat)
	w.Commit(by, id)
	return id
}

// Commit accepts a seat that was offered.
func (w *World) Commit(by account.User, id committee.MemberID) {
	w.T.Helper()
	_, err := w.Committees.Commit(ctx, by, id, "fr", committee.Digest(w.Selection.Confidentiality["fr"]))
	w.Must(err)
}

// Settle delivers events and does jobs.
func (w *World) Settle() {
	w.T.Helper()
	for range 3 {
		_, err := w.Bus.Deliver(ctx)
		w.Must(err)
		w.Must(w.Jobs.Work(ctx))
	}
}

// Titles are those that a member may be asked to read.
func (w *World) Titles(by account.User) (list []string) {
	w.T.Helper()
	all, err := w.Committees.Eligible(ctx, by, w.Selection.ID)
	w.Must(err)
	for _, one := range all {
		list = append(list, one.Title)
	}
	return list
}

// Grant gives a relation in the name of the program.
func (w *World) Grant(by account.User, relation string, on policy.Ref) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: relation, Object: on})
	}))
}

// Opened is the call as it is kept now.
func (w *World) Opened() call.Call {
	w.T.Helper()
	c, err := call.Load(ctx, w.DB.Reader(), w.Call.ID)
	w.Must(err)
	return c
}
