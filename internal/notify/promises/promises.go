// Package promises writes of what partners offer and promise projects: an offer to answer, its answer, a commitment to keep.
package promises

import (
	"context"
	"time"

	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Teller writes the mails.
type Teller struct {
	mails   *notify.Service
	baseURL string
}

// New makes the teller, and has it told of what partners offer and promise.
func New(bus *event.Bus, mails *notify.Service, baseURL string) *Teller {
	t := &Teller{mails: mails, baseURL: baseURL}
	bus.Subscribe("notify.commitments", t.onReminded, commitment.ToldReminded)
	bus.Subscribe("notify.offers", t.onOffer, proposal.ToldMade, proposal.ToldAnswered)
	return t
}

// onOffer writes to the team of a project that something is offered to it, and to the partner
// that her offer was answered. The words of an offer stay on its page.
func (t *Teller) onOffer(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := proposal.ToTell(ctx, tx, e.ObjectID, e.At)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	template, people, link := "proposal_made", o.Team, "/projects/"+string(o.Project)+"/offers"
	if e.Kind == proposal.ToldAnswered {
		template, people, link = "proposal_answered", nil, "/editions/"+string(o.Edition)+"/offers"
		if o.Person != "" {
			people = append(people, o.Person)
		}
	}
	on := policy.Ref{Kind: "edition", ID: string(o.Edition)}
	for _, person := range people {
		if err := t.mails.Enqueue(ctx, tx, notify.Mail{PersonID: string(person), Template: template, Key: template + ":" + e.ID + ":" + string(person), Object: on, Scope: on,
			Args: map[string]string{"What": o.Title, "Link": t.baseURL + link}}); err != nil && !errs.Is(err, errs.NotFound) { // who has no address does not keep the others waiting
			return err
		}
	}
	return nil
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
