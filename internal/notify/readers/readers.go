// Package readers is the mails of those who read for a committee: its members, and the experts it asks outside.
package readers

import (
	"context"
	"fmt"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
)

// Mails are the mails of readers.
type Mails struct {
	clock   clock.Clock
	outbox  *notify.Service
	baseURL string
}

// New makes them, on the outbox in which they are put; baseURL is the public address of the install.
func New(c clock.Clock, outbox *notify.Service, baseURL string) *Mails {
	return &Mails{clock: c, outbox: outbox, baseURL: baseURL}
}

// Listen has people told of what happens to readings and to opinions. It is called once,
// before anything is published.
func (s *Mails) Listen(bus *event.Bus) {
	bus.Subscribe("notify.reviews", s.onReview, "review.reminded", "review.returned")
	bus.Subscribe("notify.assignments", s.onAssignment, "assignment.told")
	bus.Subscribe("notify.handovers", s.onHandover, "assignment.offered", "assignment.offer_declined")
	bus.Subscribe("notify.opinions", s.onOpinion, "opinion.accepted", "opinion.submitted", "opinion.declined", "opinion.expired", "opinion.revoked")
}

// told is a person to write to.
type told struct{ id, lang string }

func scanTold(sc db.Scanner) (p told, err error) {
	err = sc.Scan(&p.id, &p.lang)
	return p, err
}

// file is what mails say of a file.
type file struct {
	id, title string
	call      call.Call
}

func (s *Mails) file(ctx context.Context, r db.Reader, id string) (file, error) {
	a, err := application.Load(ctx, r, application.ID(id))
	if err != nil {
		return file{}, fmt.Errorf("read file %s: %w", id, err)
	}
	f := file{id: id, title: a.Title}
	f.call, err = call.Load(ctx, r, a.CallID)
	return f, err
}

// fileMail makes one mail about a file, in its reader's language.
func (s *Mails) fileMail(f file, p told, template, key string, args map[string]string) notify.Mail {
	args["Application"], args["Call"] = f.title, f.call.Title.In(p.lang)
	return notify.Mail{PersonID: p.id, Template: template, Args: args, Key: template + ":" + key + ":" + p.id, Object: policy.Ref{Kind: "application", ID: f.id}, Scope: policy.Ref{Kind: "call", ID: string(f.call.ID)}}
}

// mail makes one mail about a call, in its reader's language.
func (s *Mails) mail(c call.Call, p told, template, key string, args map[string]string) notify.Mail {
	args["Call"] = c.Title.In(p.lang)
	return notify.Mail{PersonID: p.id, Template: template, Args: args, Key: template + ":" + key + ":" + p.id, Object: policy.Ref{Kind: "call", ID: string(c.ID)}, Scope: policy.Ref{Kind: "call", ID: string(c.ID)}}
}
