package helping_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/notify"
	"transformateur/internal/notify/helping"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
)

var ctx = context.Background()

// meets is Léo, who goes with Ana's project and can be met in the mornings of New Caledonia.
type meets struct {
	*gatheringtest.World
	bookings *booking.Service
	campus   project.ID
	leo      account.User
}

func newMeets(t *testing.T, d *db.DB) *meets {
	t.Helper()
	w := &meets{World: gatheringtest.New(t, d)}
	w.bookings = booking.New(booking.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{func(context.Context, db.Reader, project.ID) ([]booking.Tie, error) {
		return []booking.Tie{{Person: w.leo.ID, Name: "Léo Fabre", About: policy.Ref{Kind: "sponsor", ID: "s"}}}, nil
	}}})
	outbox := notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"})
	helping.New(w.Clock, outbox, "https://appels.example.org").Listen(w.Bus)
	w.campus, w.leo = w.Project("Campus", w.Ana), w.Signed("leo@labo.example", "Léo Fabre")
	w.exec(`insert into sponsorships (id, project_id, person_id, begun_at, begun_by, ended_by, handover) values ('s', $1, $2, $3, 'system', '', '')`, string(w.campus), string(w.leo.ID), w.Clock.Now())
	w.exec(`insert into addresses (email, person_id, main, verified_at) values ('ana@equipe.example', $1, true, $2)`, string(w.Ana.ID), w.Clock.Now())
	w.exec(`update people set lang = 'en' where id = $1`, string(w.leo.ID))
	s := booking.Sheet{Zone: "Pacific/Noumea", Minutes: 30, Notice: 24, Ahead: 14, Place: "Tour A", Video: "https://visio.example.org/leo"}
	for i := range 7 {
		s.Days[i] = "9:00-12:00"
	}
	w.Must(w.bookings.Offer(ctx, w.leo, s))
	return w
}

func (w *meets) books(by account.User, at time.Duration) booking.ID {
	w.T.Helper()
	d, err := w.bookings.Around(ctx, by, w.campus)
	w.Must(err)
	slots := d.Helpers[0].Slots
	i := slices.IndexFunc(slots, func(s booking.Slot) bool { return s.Start.Sub(w.Clock.Now()) >= at })
	id, err := w.bookings.Book(ctx, by, w.campus, booking.Wanted{Helper: w.leo.ID, Start: slots[i].Start, Subject: "Le budget"})
	w.Must(err)
	return id
}

// sent lists the mails of meetings, each once told.
func (w *meets) sent() (list []string) {
	w.T.Helper()
	for range 2 {
		_, err := w.Bus.Deliver(ctx)
		w.Must(err)
	}
	list, err := db.List(ctx, w.DB.Reader(), db.Value[string], `select p.email || ' ' || m.subject from mails m join addresses p on p.person_id = m.person_id where m.template like 'booking%'`)
	w.Must(err)
	for i, line := range list {
		list[i] = strings.ReplaceAll(line, "\u00a0", " ")
	}
	slices.Sort(list)
	w.exec(`delete from mails where template like 'booking%'`)
	return list
}

func (w *meets) tells(what string, want ...string) {
	w.T.Helper()
	if got := w.sent(); !slices.Equal(got, want) {
		w.T.Errorf("%s tells:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (w *meets) body(template string) string {
	w.T.Helper()
	_, err := w.Bus.Deliver(ctx)
	w.Must(err)
	text, err := db.Get(ctx, w.DB.Reader(), db.Value[string], `select body from mails where template = $1`, template)
	w.Must(err)
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
}

// Each side is told what the other one does, in its language and on the clocks of who is met.
func TestBookingsAreTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newMeets(t, d)
		id := w.books(w.Ana, 48*time.Hour)
		body := w.body("booking_made")
		for _, want := range []string{"Hello Léo Fabre", "Nouméa time", "Tour A", "Le budget", "/bookings/" + string(id) + ")", "/bookings/" + string(id) + "/meeting.ics"} {
			if !strings.Contains(body, want) {
				t.Errorf("the mail lacks %q:\n%s", want, body)
			}
		}
		if strings.Contains(body, "visio") {
			t.Error("the mail gives the address of the video away")
		}
		w.tells("a booking", "leo@labo.example Meeting with ana: Campus")
		desk, err := w.bookings.Read(ctx, w.Ana, id)
		w.Must(err)
		w.Must(w.bookings.Move(ctx, w.leo, id, 1, desk.Start.Add(24*time.Hour)))
		w.tells("a move", "ana@equipe.example Rendez-vous déplacé : Campus")
		w.Must(w.bookings.Cancel(ctx, w.Ana, id, 2, "Un empêchement"))
		if body := w.body("booking_cancelled"); !strings.Contains(body, "> Un empêchement") {
			t.Errorf("cancelled:\n%s", body)
		}
		w.tells("a cancellation", "leo@labo.example Meeting cancelled: Campus")
		at := w.Clock.Now().Truncate(time.Hour).Add(72 * time.Hour)
		id, err = w.bookings.Record(ctx, w.leo, w.campus, booking.Agreed{With: w.Ana.ID, Start: at, Minutes: 30, Subject: "Le pitch"})
		w.Must(err)
		w.tells("a time agreed elsewhere", "ana@equipe.example Rendez-vous avec Léo Fabre : Campus")
		w.Must(w.bookings.Refuse(ctx, w.Ana, id, 1, ""))
		w.tells("a refusal", "leo@labo.example Meeting refused: Campus")
		w.Must(w.bookings.Propose(ctx, w.leo, w.campus, booking.Proposed{Starts: []time.Time{at, at.Add(time.Hour)}, Minutes: 45, Subject: "Le pitch"}))
		if body := w.body("booking_proposed"); strings.Count(body, "\n- ") != 2 {
			t.Errorf("proposed:\n%s", body)
		}
		w.tells("moments", "ana@equipe.example Léo Fabre vous propose un rendez-vous : Campus")
		w.exec(`update addresses set main = false where person_id = $1`, string(w.leo.ID))
		w.books(w.Ana, 48*time.Hour)
		w.tells("who has no address")
	})
}

// Who ends the help cancels for both; who helped reads nothing of what the team wrote.
func TestAnEndedHelpIsToldToBoth(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newMeets(t, d)
		w.books(w.Ana, 48*time.Hour)
		w.sent()
		w.exec(`update sponsorships set ended_at = $1`, w.Clock.Now())
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			return w.bookings.EndWith(ctx, tx, w.Lead, w.leo.ID, w.campus, "Un relais")
		}))
		w.body("booking_cancelled")
		bodies, err := db.List(ctx, d.Reader(), db.Value[string], `select body from mails where template = 'booking_cancelled' and body like '%Un relais%'`)
		w.Must(err)
		if len(bodies) != 1 || !strings.HasPrefix(bodies[0], "Bonjour") {
			t.Errorf("the reason is told in %d mails: %v", len(bodies), bodies)
		}
		w.tells("the end of a help", "ana@equipe.example Rendez-vous annulé : Campus", "leo@labo.example Meeting cancelled: Campus")
	})
}

// A reminder comes once the day before, also from a program that started again; a meeting
// that is moved is told again, and what was just booked is not.
func TestMeetingsAreReminded(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newMeets(t, d)
		id := w.books(w.Ana, 72*time.Hour)
		w.sent()
		m, err := w.bookings.Read(ctx, w.Ana, id)
		w.Must(err)
		remind := func() {
			t.Helper()
			again := booking.New(booking.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus})
			for _, s := range []*booking.Service{w.bookings, again, w.bookings} {
				w.Must(s.Remind(ctx, account.System))
			}
		}
		both := []string{"ana@equipe.example Rappel : rendez-vous avec Léo Fabre", "leo@labo.example Reminder: meeting with ana"}
		remind()
		w.tells("three days before")
		w.Clock.Set(m.Start.Add(-20 * time.Hour))
		remind()
		w.tells("the day before", both...)
		w.Must(w.bookings.Move(ctx, w.leo, id, 1, m.Start.Add(72*time.Hour)))
		w.sent()
		remind()
		w.tells("after it moved")
		w.Clock.Set(m.Start.Add(72*time.Hour - 23*time.Hour))
		remind()
		w.tells("the day before, again", both...)
		_, err = w.bookings.Record(ctx, w.leo, w.campus, booking.Agreed{With: w.Ana.ID, Start: w.Clock.Now().Truncate(time.Hour).Add(3 * time.Hour), Minutes: 30, Subject: "Tout de suite"})
		w.Must(err)
		w.sent()
		remind()
		w.tells("what was just booked")
	})
}

// exec runs one statement.
func (w *meets) exec(text string, args ...any) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}
