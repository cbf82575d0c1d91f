package notify_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/notify"
	"transformateur/internal/notify/readers"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
	"transformateur/internal/review/opinion/opiniontest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/screening/screeningtest"
)

// readingWorld is a committee that reads under a veil, whose mails are put in the outbox.
func readingWorld(t *testing.T, d *db.DB) (*opiniontest.World, *assignment.Service) {
	w := opiniontest.New(t, d, reviewtest.Options{Blind: committee.Veiled})
	for _, id := range []string{"lead", "chair", "mia", "noe"} {
		w.Exec(`insert into addresses (email, person_id, main, verified_at) values ($1, $2, $3, $4)`, id+"@exemple.invalid", id, true, w.Clock.Now())
	}
	outbox := notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"})
	readers.New(w.Clock, outbox, "https://appels.example.org").Listen(w.Bus)
	w.Exec(`update applications set title = 'Le campus d’Acme'`)
	w.Exec(`insert into redactions (id, selection_id, field, passage, added_by, added_at, lifted_by) values ('r', $1, '', 'Acme', 'system', $2, '')`, string(reviewtest.Selection), w.Clock.Now())
	return w, assignment.New(assignment.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Calls: w.Calls, Committees: w.Committees})
}

func TestAReadingThatPassesIsToldAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		w, shares := readingWorld(t, d)
		w.Give(w.Mia, w.Files...)
		offer := func(file application.ID, to account.User) assignment.Handover {
			w.Must(shares.Offer(ctx, w.Mia, reviewtest.Selection, file, w.Seat(to).ID, ""))
			v, err := shares.Handovers(ctx, w.Mia, reviewtest.Selection)
			w.Must(err)
			i := slices.IndexFunc(v.Made, func(o assignment.Handover) bool { return o.File == file && o.Status == assignment.Proposed })
			return v.Made[i]
		}
		o := offer(w.Files[0], w.Noe)
		w.Must(shares.Refuse(ctx, w.Noe, reviewtest.Selection, o.ID))
		o = offer(w.Files[0], w.Noe)
		w.Must(shares.Take(ctx, w.Noe, reviewtest.Selection, o.ID))
		w.Exclude(w.Noe, w.Files[1])
		offer(w.Files[1], w.Noe)
		want(t, mails(t, &screeningtest.World{World: w.World.World}), "assignment_told mia ready", "assignment_told noe ready", "reading_kept mia ready", "reading_offered noe ready", "reading_offered noe ready", "reading_stuck chair ready", "reading_stuck lead ready")
		bodies, err := db.List(ctx, d.Reader(), db.Value[string], `select subject || body from mails where person_id in ('mia', 'noe')`)
		w.Must(err)
		for _, body := range bodies {
			if strings.Contains(body, "Acme") || !strings.Contains(body, "Le campus d’") {
				t.Errorf("what is hidden from a reader stands in her mail, or the title does not:\n%s", body)
			}
		}
	})
}

func TestWhatBecomesOfAnOpinionIsTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		w, _ := readingWorld(t, d)
		w.Given(w.Files[0])
		id := w.Accepted(w.Files[1])
		w.Must(w.Opinions.Revoke(ctx, w.Chair, reviewtest.Selection, id, "Le comité s’en passe."))
		want(t, mails(t, &screeningtest.World{World: w.World.World}), "opinion_answered lead ready", "opinion_answered lead ready", "opinion_answered lead ready", "opinion_revoked "+string(w.Zoe.ID)+" ready")
		bodies, err := db.List(ctx, d.Reader(), db.Value[string], `select subject || body from mails`)
		w.Must(err)
		for _, body := range bodies {
			if strings.Contains(body, "sans peine") {
				t.Errorf("a mail holds what an opinion says:\n%s", body)
			}
		}
		revoked, err := db.Get(ctx, d.Reader(), db.Value[string], `select subject || body from mails where template = 'opinion_revoked'`)
		if w.Must(err); strings.Contains(revoked, "campus") || !strings.Contains(revoked, "Le comité s’en passe.") {
			t.Errorf("the expert is told:\n%s", revoked)
		}
	})
}
