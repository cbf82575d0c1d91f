package exhibits_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/notify"
	"transformateur/internal/notify/exhibits"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/showcase"
)

var ctx = context.Background()

// A team is told that it is asked, sent back, cleared and seen; who clears is told that a
// sheet is proposed or withdrawn; nobody is told of what she did herself.
func TestSheetsAreTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := showcase.New(showcase.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Blobs: w.Blobs, Inspector: boardtest.Inspector{}, Jobs: w.Jobs, Bus: w.Bus, Programmes: programme.New(d, w.Clock, w.Policy, w.Bus)})
		outbox := notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"})
		exhibits.New(w.Bus, outbox, "https://appels.example.org")
		id, camille := w.Project("Campus", w.Ana, w.Bob), w.Signed("camille@agence.example", "Camille Roy")
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			for email, who := range map[string]account.PersonID{"ana@equipe.example": w.Ana.ID, "bob@equipe.example": w.Bob.ID, "lead@agence.example": w.Lead.ID} {
				if _, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ($1, $2, true, $3) on conflict do nothing`, email, string(who), w.Clock.Now()); err != nil {
					return err
				}
			}
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(camille.ID), Relation: "communications", Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
		}))
		names := map[string]string{string(w.Ana.ID): "ana", string(w.Bob.ID): "bob", string(camille.ID): "camille", string(w.Lead.ID): "lead"}
		tells := func(what string, want ...string) {
			t.Helper()
			for range 2 {
				_, err := w.Bus.Deliver(ctx)
				w.Must(err)
			}
			list, err := db.List(ctx, d.Reader(), func(sc db.Scanner) (string, error) {
				var person, template string
				err := sc.Scan(&person, &template)
				return names[person] + " " + template, err
			}, `select person_id, template from mails where template like 'sheet%'`)
			w.Must(err)
			if slices.Sort(list); !slices.Equal(list, want) {
				t.Errorf("%s tells %s, want %s", what, strings.Join(list, ", "), strings.Join(want, ", "))
			}
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `delete from mails where template like 'sheet%'`)
				return err
			}))
		}
		now := func() int64 {
			v, err := s.Read(ctx, w.Ana, id)
			w.Must(err)
			return v.Version
		}
		w.Must(s.Ask(ctx, camille, id))
		tells("to be asked", "ana sheet_asked", "bob sheet_asked")
		w.Must(s.Save(ctx, w.Ana, id, showcase.Written{Version: now(), Values: map[showcase.Name]string{showcase.Title: "Campus", showcase.Sentence: "Près de chez soi."}, Agreed: map[showcase.Name]bool{showcase.Title: true, showcase.Sentence: true}}))
		w.Must(s.Propose(ctx, w.Bob, id, now()))
		tells("a proposal", "camille sheet_proposed", "lead sheet_proposed")
		w.Must(s.SendBack(ctx, w.Lead, id, now(), "Plus court"))
		tells("a refusal", "ana sheet_sent_back", "bob sheet_sent_back")
		w.Must(s.Propose(ctx, w.Bob, id, now()))
		w.Must(s.Clear(ctx, camille, id, now()))
		tells("what was proposed and cleared at once", "ana sheet_cleared", "bob sheet_cleared")
		w.Must(s.Publish(ctx, camille, id, now()))
		w.Must(s.Announce(ctx, account.System))
		tells("a publication under the embargo")
		b, err := s.Backstage(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		w.Must(s.Dates(ctx, w.Lead, gatheringtest.Edition, showcase.Opening{At: w.Clock.Now().Add(24 * time.Hour), Version: b.Version}))
		w.Must(s.Announce(ctx, account.System))
		tells("the eve")
		w.Clock.Advance(25 * time.Hour)
		w.Must(s.Announce(ctx, account.System))
		w.Must(s.Announce(ctx, account.System))
		tells("the day", "ana sheet_seen", "bob sheet_seen")
		w.Must(s.Withdraw(ctx, w.Bob, id))
		tells("a withdrawal", "ana sheet_withdrawn", "camille sheet_withdrawn", "lead sheet_withdrawn")
	})
}
