// Package helping is the mails of those who help projects, and of the teams that they help.
package helping

import (
	"transformateur/internal/factory"
	"transformateur/internal/factory/crew"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/right"
)

// Mails are the mails of meetings and of drawing rights.
type Mails struct {
	clock   clock.Clock
	outbox  *notify.Service
	baseURL string
}

// New makes them, on the outbox in which they are put; baseURL is the public address of the install.
func New(c clock.Clock, outbox *notify.Service, baseURL string) *Mails {
	return &Mails{clock: c, outbox: outbox, baseURL: baseURL}
}

// Listen has people told of what happens to their meetings and to what they ask of experts.
// It is called once, before anything is published.
func (s *Mails) Listen(bus *event.Bus) {
	bus.Subscribe("notify.bookings", s.onBooking, booking.MadeEvent, booking.ProposedEvent, booking.MovedEvent, booking.CancelledEvent, booking.RemindedEvent)
	bus.Subscribe("notify.rights", s.onRight, right.ToldAsked, right.ToldReminded, right.ToldAnswered, right.ToldChosen, right.ToldCancelled, right.ToldEnding)
	bus.Subscribe("notify.framings", s.onFraming, factory.ToldSubmitted, factory.ToldAnswered)
	bus.Subscribe("notify.crews", s.onCrew, crew.ToldAsked, crew.ToldAnswered, crew.ToldEnded)
}

// told is a person to write to.
type told struct{ id, lang string }

func scanTold(sc db.Scanner) (p told, err error) {
	err = sc.Scan(&p.id, &p.lang)
	return p, err
}
