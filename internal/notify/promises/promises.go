// Package promises reminds partners, by mail, of what they promised projects.
package promises

import (
	"context"
	"time"

	"transformateur/internal/debrief/commitment"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Teller writes the reminders.
type Teller struct {
	mails   *notify.Service
	baseURL string
}

// New makes the teller, and has it told who is to be reminded.
func New(bus *event.Bus, mails *notify.Service, baseURL string) *Teller {
	t := &Teller{mails: mails, baseURL: baseURL}
	bus.Subscribe("notify.commitments", t.onReminded, commitment.ToldReminded)
	return t
}

// onReminded writes to who made a commitment that has not moved meanwhile.
func (t *Teller) onReminded(ctx context.Context, tx *db.Tx, e event.Event) error {
	m, err := commitment.ToRemind(ctx, tx, e.ObjectID)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	lang, err := db.Get(ctx, tx, db.Value[string], `select lang from people where id = $1`, string(m.Person))
	if err != nil {
		return err
	}
	due, err := time.Parse(time.DateOnly, m.Due)
	if err != nil {
		return err
	}
	on := policy.Ref{Kind: "edition", ID: string(m.Edition)}
	return t.mails.Enqueue(ctx, tx, notify.Mail{PersonID: string(m.Person), Template: "commitment_due", Key: "commitment_due:" + e.ID, Object: on, Scope: on,
		Args: map[string]string{"What": m.Title, "Message": m.What, "Due": text.Date(lang, due), "Link": t.baseURL + "/editions/" + string(m.Edition) + "/commitments"}})
}
