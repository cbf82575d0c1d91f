package helping_test

import (
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
	"transformateur/internal/programme"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
)

// An expert is told what she is asked, that she was chosen, and that a team gave up; a team
// is told the answer, and that its right soon ends.
func TestDrawingRightsAreTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		experts := pool.New(pool.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Programmes: programme.New(d, w.Clock, w.Policy, w.Bus)})
		rights := right.New(right.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Pool: experts})
		outbox := notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"})
		helping.New(w.Clock, outbox, "https://appels.example.org").Listen(w.Bus)
		campus, eva := w.Project("Campus", w.Ana), w.Signed("eva@labo.example", "Eva Sage")
		e, err := programme.FindEdition(ctx, d.Reader(), gatheringtest.Edition)
		w.Must(err)
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ('ana@equipe.example', $1, true, $2)`, string(w.Ana.ID), w.Clock.Now()); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into experts (id, programme_id, person_id, invitation_id, email, name, organisation, subjects, languages, territory, availability, partner, day_cents, capacity_minutes, capacity_from, capacity_until, status, added_by, added_at, version)
				values ('eva', $1, $2, '', 'eva@labo.example', 'Eva Sage', '', '["paie"]', '[]', '', '', '', 0, 0, '', '', 'active', 'system', $3, 1)`, string(e.Programme), string(eva.ID), w.Clock.Now()); err != nil {
				return err
			}
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(eva.ID), Relation: "expert", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}})
		}))
		day := func(n int) string { return w.Clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }
		fund, err := rights.Found(ctx, w.Lead, gatheringtest.Edition, right.FundSheet{Funder: "Région", Name: "Droit", FirstDay: day(-1), LastDay: day(10), DayMinutes: 420, Ceiling: 1200, NoticeHours: 48, MissedRule: right.MissedConsumes}, 1200)
		w.Must(err)
		w.Must(rights.Change(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: fund, Act: ledger.Grant, Project: campus, Minutes: 600, Reason: "Comité"}))
		tells := func(what string, want ...string) {
			t.Helper()
			for range 2 {
				_, err := w.Bus.Deliver(ctx)
				w.Must(err)
			}
			got, err := db.List(ctx, d.Reader(), db.Value[string], `select p.email || ' ' || m.template from mails m join addresses p on p.person_id = m.person_id where m.template like 'right%'`)
			w.Must(err)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s tells %s, want %s", what, strings.Join(got, ", "), strings.Join(want, ", "))
			}
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `delete from mails where template like 'right%'`)
				return err
			}))
		}
		id, err := rights.Ask(ctx, w.Ana, campus, right.Asked{Fund: fund, Subject: "Paie", Purpose: "Lire", Minutes: 60, Urgency: "soon"})
		w.Must(err)
		w.Must(rights.Send(ctx, w.Ana, campus, id, []pool.ID{"eva"}))
		tells("a request", "eva@labo.example right_asked")
		mine, err := rights.Mine(ctx, eva)
		w.Must(err)
		w.Must(rights.Answer(ctx, eva, mine[0].Ask, "yes", ""))
		tells("an answer", "ana@equipe.example right_answered")
		w.Must(rights.Choose(ctx, w.Ana, campus, id, "eva"))
		tells("a choice", "eva@labo.example right_chosen")
		w.Must(rights.End(ctx, w.Ana, campus, id, right.Event{State: right.Cancelled, Words: "Réglé entre nous"}))
		tells("a request that is given up", "eva@labo.example right_cancelled")
		w.Must(rights.Tend(ctx, account.System))
		w.Must(rights.Tend(ctx, account.System))
		tells("a right that soon ends", "ana@equipe.example right_ending")
	})
}
