package promises_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/notify"
	"transformateur/internal/notify/promises"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
)

var ctx = context.Background()

// A team is told of an offer, a partner of its answer and of a commitment that is soon due;
// the words of an offer are in no mail.
func TestOffersAndCommitmentsAreTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		partners := partner.New(partner.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
		sheets := synthesis.New(synthesis.Deps{DB: d, Clock: w.Clock, Policy: w.Policy})
		commitments := commitment.New(commitment.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Sheets: sheets})
		offers := proposal.New(proposal.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Sheets: sheets, Commitments: commitments})
		promises.New(w.Bus, notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"}), "https://appels.example.org")
		campus, eva := w.Project("Campus", w.Ana, w.Bob), w.Signed("eva@fonds.example", "Eva Sage")
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			for email, who := range map[string]account.PersonID{"ana@equipe.example": w.Ana.ID, "bob@equipe.example": w.Bob.ID} {
				if _, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ($1, $2, true, $3) on conflict do nothing`, email, string(who), w.Clock.Now()); err != nil {
					return err
				}
			}
			return nil
		}))
		deliver := func() {
			t.Helper()
			for range 2 {
				_, err := w.Bus.Deliver(ctx)
				w.Must(err)
			}
		}
		w.Must(partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: "eva@fonds.example", Name: "Eva Sage", Organisation: "Fonds régional", Lang: "fr"}))
		_, err := w.Accounts.AcceptInvitation(ctx, eva, strings.TrimPrefix(w.Box.Last(t, "eva@fonds.example", account.MailInvitation).Args["Link"], "/invitations/"), account.Acceptance{})
		w.Must(err)
		deliver()
		hers, err := partner.As(ctx, d.Reader(), gatheringtest.Edition, eva.ID)
		w.Must(err)
		need, err := sheets.Add(ctx, w.Ana, campus, synthesis.Words{Part: synthesis.Help, Body: "Un local"})
		w.Must(err)
		w.Must(sheets.Turn(ctx, w.Ana, campus, synthesis.Ready, 1))
		v, err := sheets.Read(ctx, w.Ana, campus)
		w.Must(err)
		w.Must(sheets.Share(ctx, w.Ana, campus, synthesis.Choice{Version: v.Version, Recipients: []string{synthesis.All, string(hers.ID)}, Given: map[string][]string{need: {string(hers.ID)}}}))
		tells := func(what string, want ...string) {
			t.Helper()
			deliver()
			got, err := db.List(ctx, d.Reader(), db.Value[string], `select a.email || ' ' || m.template from mails m join addresses a on a.person_id = m.person_id and a.main where m.template like 'proposal%' or m.template like 'commitment%'`)
			w.Must(err)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s tells %s, want %s", what, strings.Join(got, ", "), strings.Join(want, ", "))
			}
			if n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from mails where body like '%secret%'`); err != nil || n != 0 {
				t.Errorf("%s: the words of an offer are in %d mails, %v", what, n, err)
			}
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `delete from mails`)
				return err
			}))
		}
		waits := func(what string, by account.User, answer, promise int) {
			t.Helper()
			a, p, err := offers.Waiting(ctx, by)
			w.Must(err)
			if len(a) != answer || len(p) != promise {
				t.Errorf("%s: %d to answer and %d to promise wait for %s, want %d and %d", what, len(a), len(p), by.Name, answer, promise)
			}
		}
		made, err := offers.Make(ctx, eva, gatheringtest.Edition, proposal.Sheet{Project: campus, Line: need, Kind: "place", Body: "Un atelier secret", Quantity: "80", Until: w.Clock.Now().AddDate(0, 0, 30).Format(time.DateOnly)})
		w.Must(err)
		waits("offered", w.Ana, 1, 0)
		waits("offered", w.Bob, 1, 0)
		waits("offered", eva, 0, 0)
		waits("offered", w.Lead, 0, 0)
		waits("offered", account.User{}, 0, 0)
		tells("an offer", "ana@equipe.example proposal_made", "bob@equipe.example proposal_made")
		w.Must(offers.Answer(ctx, w.Ana, campus, made, proposal.Answer{Accepts: true, Version: 1}))
		waits("accepted", w.Ana, 0, 0)
		waits("accepted", eva, 0, 1)
		tells("an answer", "eva@fonds.example proposal_answered")
		due := w.Clock.Now().AddDate(0, 0, 3).Format(time.DateOnly)
		w.Must(offers.Promise(ctx, eva, gatheringtest.Edition, made, proposal.Promise{What: "Un atelier", Due: due, Version: 2}))
		waits("promised", eva, 0, 0)
		for range 2 {
			w.Must(commitments.Remind(ctx, account.System))
		}
		tells("a commitment that is soon due", "eva@fonds.example commitment_due")
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `delete from addresses where person_id = $1`, string(w.Bob.ID))
			return err
		}))
		past, err := offers.Make(ctx, eva, gatheringtest.Edition, proposal.Sheet{Project: campus, Line: need, Kind: "place", Body: "Un autre", Until: due})
		w.Must(err)
		waits("a second one", w.Ana, 1, 0)
		tells("an offer to a team of whom one has no address", "ana@equipe.example proposal_made")
		w.Clock.Advance(5 * 24 * time.Hour)
		waits("once "+past+" is over", w.Ana, 0, 0)
	})
}
