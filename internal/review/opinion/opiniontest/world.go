// Package opiniontest adds to the small committee of reviewtest somebody outside of it who may be asked for her opinion.
package opiniontest

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/review/opinion"
	"transformateur/internal/review/reviewtest"
)

// Email is the address of the expert.
const Email = "zoe@labo.example"

// Promise is what who is asked commits to.
const Promise = "Je garde pour moi ce que je lis."

// World is a committee that reads, and an expert.
type World struct {
	*reviewtest.World
	Accounts   *account.Service
	Box        *accounttest.Mailbox
	Committees *committee.Service
	Opinions   *opinion.Service
	Zoe        account.User // the expert
}

// New makes the world on a database.
func New(t testing.TB, d *db.DB, opt reviewtest.Options) *World {
	t.Helper()
	w := &World{World: reviewtest.New(t, d, opt), Box: &accounttest.Mailbox{}}
	w.Accounts = account.New(d, w.Clock, account.Options{Mailer: w.Box, Rights: w.Policy.Rights(), Bus: w.Bus})
	w.Committees = committee.New(committee.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Calls: w.Calls, People: w.Accounts})
	w.Opinions = opinion.New(opinion.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Files: w.Applications(), Committees: w.Committees, Reviews: w.Reviews, People: w.Accounts})
	w.Zoe, _ = accounttest.Person(t, w.Accounts, Email, "Zoé")
	w.Exec(`update selections set confidentiality_fr = $1, confidentiality_en = $1`, Promise)
	return w
}

// Exec writes straight into the database.
func (w *World) Exec(query string, args ...any) {
	w.T.Helper()
	ctx := context.Background()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}))
}

// Request is a whole request about a file, due in a week: one question, one more, one criterion.
func (w *World) Request(file application.ID) opinion.Request {
	return opinion.Request{File: file, Email: Email, Name: "Zoé", Question: "La technique tient-elle dans un an ?", More: []string{"À quelles conditions ?"}, Criteria: []string{"need"},
		Heading: form.Localised{"fr": "Votre avis", "en": "Your opinion"}, Attached: true, Due: w.Clock.Now().Add(7 * 24 * time.Hour).Format("2006-01-02T15:04"), Lang: "fr", What: "un avis"}
}

// Ask has the lead ask.
func (w *World) Ask(in opinion.Request) opinion.ID {
	w.T.Helper()
	id, err := w.Opinions.Ask(context.Background(), w.Lead, reviewtest.Selection, in)
	w.Must(err)
	return id
}

// TakeUp has the expert follow the link of her mail.
func (w *World) TakeUp() {
	w.T.Helper()
	link := w.Box.Last(w.T, Email, account.MailInvitation).Args["Link"]
	_, err := w.Accounts.AcceptInvitation(context.Background(), w.Zoe, strings.TrimPrefix(link, "/invitations/"), account.Acceptance{})
	w.Must(err)
}

// Accepted asks about a file, and has the expert accept.
func (w *World) Accepted(file application.ID) opinion.ID {
	w.T.Helper()
	id := w.Ask(w.Request(file))
	w.TakeUp()
	w.Must(w.Opinions.Accept(context.Background(), w.Zoe, id, "fr", committee.Digest(Promise)))
	return id
}

// Answer saves answers: pairs of a question and its answer.
func (w *World) Answer(id opinion.ID, pairs ...any) application.Saved {
	w.T.Helper()
	saved, _, err := w.Opinions.Save(context.Background(), w.Zoe, id, func(d opinion.Sheet) (edits []application.Edit) {
		for i := 0; i < len(pairs); i += 2 {
			field := pairs[i].(string)
			edits = append(edits, application.Edit{Field: field, Base: d.Answers[field].Version, Value: pairs[i+1]})
		}
		return edits
	})
	w.Must(err)
	return saved
}

// Given has the expert hand in her opinion on a file.
func (w *World) Given(file application.ID) opinion.ID {
	w.T.Helper()
	id := w.Accepted(file)
	w.Answer(id, "opinion", "Oui, sans peine.", "opinion_2", "Qu’on la finance.", "need", "good")
	w.Must(w.Opinions.Submit(context.Background(), w.Zoe, id))
	return id
}
