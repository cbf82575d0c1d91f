package helping

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
)

// onBooking tells whoever meets somebody what the other one did: a meeting made, moved,
// cancelled or refused, moments proposed; and reminds both of one the day before. A meeting
// that changed again since is told as it is then.
func (s *Mails) onBooking(ctx context.Context, tx *db.Tx, e event.Event) error {
	var t booking.Told
	if err := e.Read(&t); err != nil {
		return err
	}
	if e.Kind == booking.ProposedEvent {
		return s.onProposal(ctx, tx, e)
	}
	b, err := booking.Load(ctx, tx, booking.ID(e.ObjectID))
	if errs.Is(err, errs.NotFound) || err == nil && b.Sequence != t.Sequence {
		return nil
	}
	if err != nil {
		return err
	}
	template := strings.Replace(e.Kind, ".", "_", 1)
	if b.State == booking.Refused {
		template = "booking_refused"
	}
	zoneName, err := booking.ZoneOf(ctx, tx, b)
	if err != nil {
		return err
	}
	p, err := project.Load(ctx, tx, b.Project)
	if err != nil {
		return err
	}
	list, err := s.meeting(ctx, tx, []account.PersonID{b.Helper, b.Guest}, t.Who)
	if err != nil {
		return err
	}
	for _, one := range list {
		tied, err := s.tied(ctx, tx, one, b)
		if err != nil {
			return err
		}
		mail := s.bookingMail(p, one, template+":"+e.ID, template)
		for name, value := range s.bookingWords(one, b, tied, zoneName) {
			if kind, _ := notify.KindOf(template); slices.Contains(kind.Placeholders, name) {
				mail.Args[name] = value
			}
		}
		if err := s.outbox.Enqueue(ctx, tx, mail); err != nil {
			return err
		}
	}
	return nil
}

func (s *Mails) bookingMail(p project.Project, to told, key, template string) notify.Mail {
	return notify.Mail{PersonID: to.id, Template: template, Key: key + ":" + to.id, Object: p.Object().Ref, Scope: policy.Ref{Kind: "edition", ID: string(p.Edition)}, Args: map[string]string{"What": p.Title}}
}

// bookingWords are what a mail says of a meeting to one of those who meet. The address of a
// video stays on the page; what the team wrote is not told to who no longer helps it.
func (s *Mails) bookingWords(to told, b booking.Booking, tied bool, zoneName string) map[string]string {
	link := s.baseURL + "/bookings/" + string(b.ID)
	words := map[string]string{"Author": b.HelperName, "Instant": spanOf(to.lang, b.Start, b.End, zoneName), "Place": b.Place, "Link": link, "File": link + "/meeting.ics"}
	if to.id == string(b.Helper) {
		words["Author"] = b.GuestName
	}
	if b.Late && b.Notice > 0 {
		words["Left"] = i18n.SayN(i18n.Parse(to.lang), "notify.hours", b.Notice)
	}
	if tied {
		words["Message"] = b.Subject
		if b.State != booking.Booked {
			words["Message"] = b.Reason
		}
	}
	return words
}

// spanOf says when a meeting is, on the clocks of a zone, which it names.
func spanOf(lang string, start, end time.Time, zoneName string) string {
	from, to := start.In(zone.Location(zoneName)), end.In(zone.Location(zoneName))
	return i18n.Say(i18n.Parse(lang), "notify.span", text.Date(lang, from), text.Clock(lang, from), text.Clock(lang, to), text.ZoneAt(lang, from))
}

// tied says whether a person still has to do with the project of a meeting.
func (s *Mails) tied(ctx context.Context, r db.Reader, who told, b booking.Booking) (bool, error) {
	if who.id != string(b.Helper) {
		return true, nil
	}
	n, err := db.Get(ctx, r, db.Value[int], `select (select count(*) from sponsorships where project_id = $1 and person_id = $2 and ended_at is null)
		+ (select count(*) from right_requests q join experts x on x.id = q.expert_id where q.project_id = $1 and x.person_id = $2)`, string(b.Project), who.id)
	if err != nil {
		return false, fmt.Errorf("find what ties %s to project %s: %w", who.id, b.Project, err)
	}
	return n > 0, nil
}

// meeting lists those of some people who have an address, but for who acted.
func (s *Mails) meeting(ctx context.Context, r db.Reader, people []account.PersonID, but string) (list []told, err error) {
	for _, id := range people {
		if string(id) == but {
			continue
		}
		found, err := db.List(ctx, r, scanTold, `select p.id, p.lang from people p where p.id = $1 and p.disabled_at is null and exists (select 1 from addresses x where x.person_id = p.id and x.main)`, string(id))
		if err != nil {
			return nil, fmt.Errorf("find who is told of a meeting: %w", err)
		}
		list = append(list, found...)
	}
	return list, nil
}

// onProposal tells a team that a helper proposes moments, while they still wait.
func (s *Mails) onProposal(ctx context.Context, tx *db.Tx, e event.Event) error {
	m, err := booking.LoadProposal(ctx, tx, e.ObjectID)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	zoneName, err := booking.ZoneOf(ctx, tx, booking.Booking{Helper: m.Helper, Project: m.Project})
	if err != nil {
		return err
	}
	p, err := project.Load(ctx, tx, m.Project)
	if err != nil {
		return err
	}
	team, err := project.Team(ctx, tx, m.Project, s.clock.Now())
	if err != nil {
		return err
	}
	var people []account.PersonID
	for _, mate := range team {
		if slices.Contains([]string{"owner", "editor", "helper"}, mate.Relation) && !slices.Contains(people, mate.Person) {
			people = append(people, mate.Person)
		}
	}
	list, err := s.meeting(ctx, tx, people, string(m.Helper))
	if err != nil {
		return err
	}
	for _, one := range list {
		mail := s.bookingMail(p, one, "booking_proposed:"+e.ID, "booking_proposed")
		mail.Args["Author"], mail.Args["Place"], mail.Args["Message"], mail.Args["Link"] = m.HelperName, m.Place, m.Subject, s.baseURL+"/projects/"+string(m.Project)+"/bookings"
		for _, start := range m.Starts {
			mail.Args["List"] += "- " + spanOf(one.lang, start, start.Add(time.Duration(m.Minutes)*time.Minute), zoneName) + "\n"
		}
		if err := s.outbox.Enqueue(ctx, tx, mail); err != nil {
			return err
		}
	}
	return nil
}
