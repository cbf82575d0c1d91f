package helping_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/factory"
	"transformateur/internal/factory/crew"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/notify"
	"transformateur/internal/notify/helping"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/support/pool"
)

// Who leads is told of a framing, and its team of the answer; who is asked to join a crew is
// told, who asked is told the answer, and who leaves early is told why.
func TestFactoriesAreTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		experts := pool.New(pool.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Programmes: programme.New(d, w.Clock, w.Policy, w.Bus)})
		factories := factory.New(d, w.Clock, w.Policy, w.Bus)
		crews := crew.New(crew.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Pool: experts})
		outbox := notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"})
		helping.New(w.Clock, outbox, "https://appels.example.org").Listen(w.Bus)
		ana, chief, eva := w.Signed("ana@equipe.example", "Ana Lemoine"), w.Signed("chief@agence.example", "Claire Chef"), w.Signed("eva@labo.example", "Eva Sage")
		campus := w.Project("Campus", ana)
		e, err := programme.FindEdition(ctx, d.Reader(), gatheringtest.Edition)
		w.Must(err)
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `insert into experts (id, programme_id, person_id, invitation_id, email, name, organisation, subjects, languages, territory, availability, partner, day_cents, capacity_minutes, capacity_from, capacity_until, status, added_by, added_at, version)
				values ('eva', $1, $2, '', 'eva@labo.example', 'Eva Sage', '', '[]', '[]', '', '', '', 0, 0, '', '', 'active', 'system', $3, 1)`, string(e.Programme), string(eva.ID), w.Clock.Now()); err != nil {
				return err
			}
			for _, r := range []policy.Relation{
				{SubjectID: string(eva.ID), Relation: "expert", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}},
				{SubjectID: string(chief.ID), Relation: "lead", Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}},
			} {
				if err := w.Policy.Grant(ctx, tx, account.System, r); err != nil {
					return err
				}
			}
			return nil
		}))
		tells := func(what string, want ...string) {
			t.Helper()
			for range 2 {
				_, err := w.Bus.Deliver(ctx)
				w.Must(err)
			}
			got, err := db.List(ctx, d.Reader(), db.Value[string], `select a.email || ' ' || m.template from mails m join addresses a on a.person_id = m.person_id where m.template like 'framing%' or m.template like 'crew%'`)
			w.Must(err)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s tells %s, want %s", what, strings.Join(got, ", "), strings.Join(want, ", "))
			}
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `delete from mails`)
				return err
			}))
		}
		day := func(n int) string { return w.Clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }
		framing := factory.Framing{Objectives: "Essayer", Resources: "Deux agents", Deadlines: "Un mois", Deliverables: []factory.Deliverable{{Title: "Maquette", Due: day(20)}}}
		w.Must(factories.Save(ctx, ana, campus, framing))
		tells("a draft")
		w.Must(factories.Submit(ctx, ana, campus, 1))
		tells("a framing", "chief@agence.example framing_submitted")
		w.Must(factories.Answer(ctx, chief, campus, 2, false, "Trop large"))
		tells("a framing sent back", "ana@equipe.example framing_returned")
		framing.Version = 3
		w.Must(factories.Save(ctx, ana, campus, framing))
		w.Must(factories.Submit(ctx, ana, campus, 4))
		w.Must(factories.Answer(ctx, chief, campus, 5, true, ""))
		tells("what was answered before the mail left", "ana@equipe.example framing_approved")

		place, err := crews.Ask(ctx, chief, campus, crew.Wanted{Expert: "eva", Part: "Dessiner", Halves: 2, From: day(0), Until: day(9)})
		w.Must(err)
		tells("a place", "eva@labo.example crew_asked")
		w.Must(crews.Answer(ctx, eva, place, true, ""))
		tells("a yes", "chief@agence.example crew_answered")
		w.Must(crews.End(ctx, chief, campus, place, "Le budget s’arrête"))
		tells("an end", "eva@labo.example crew_ended")
	})
}
