package experts_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/web/experts"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

// A programme invites an expert, who accepts, is asked, answers and says how long it took.
func TestPages(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			people := pool.New(pool.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Programmes: programme.New(w.DB, w.Clock, w.Policy, w.Bus)})
			service := right.New(right.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Pool: people})
			site := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&experts.Handler{Pool: people, Rights: service}).Routes(), By: by, Lang: lang}
			}
			e, err := programme.FindEdition(ctx, w.DB.Reader(), gatheringtest.Edition)
			w.Must(err)
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
				return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.Lead.ID), Relation: "lead", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}})
			}))
			lead, home := site(w.Lead), "/programmes/"+string(e.Programme)+"/experts"
			lead.Page(t, home)
			if a := lead.Post(t, home, url.Values{"email": {"x"}}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("a wrong invitation: %d", a.Status)
			}
			sheet := url.Values{"email": {"eva@labo.example"}, "name": {"Eva Sage"}, "subjects": {"Paie, droit"}, "rate": {"700"}, "capacity": {"10"}, "lang": {"fr"}}
			if a := lead.Post(t, home, sheet); a.Status != http.StatusSeeOther {
				t.Fatalf("an invitation: %d", a.Status)
			}
			eva := w.Signed("eva@labo.example", "Eva Sage")
			mine, err := w.Accounts.MyInvitations(ctx, eva)
			w.Must(err)
			_, err = w.Accounts.AcceptInvitation(ctx, eva, mine[0].ID, account.Acceptance{})
			w.Must(err)
			_, err = w.Bus.Deliver(ctx)
			w.Must(err)
			list, err := people.List(ctx, w.Lead, e.Programme)
			w.Must(err)
			one := home + "/" + string(list.Experts[0].ID)
			lead.Page(t, home)
			lead.Page(t, one)
			if a := lead.Post(t, one+"/conflicts", url.Values{"against": {"Une autre maison"}}); a.Status != http.StatusSeeOther {
				t.Errorf("a conflict: %d", a.Status)
			}
			if a := lead.Post(t, one, sheet); a.Status != http.StatusConflict {
				t.Errorf("a sheet that changed: %d", a.Status)
			}
			campus := w.Project("Campus", w.Ana)
			request := asked(w, service, campus, list.Experts[0].ID)
			hers := site(eva)
			hers.Page(t, "/experts/requests")
			received, err := service.Mine(ctx, eva)
			w.Must(err)
			ask := "/experts/requests/" + received[0].Ask
			if text := hers.Page(t, ask); !strings.Contains(text, "Lire un bulletin") {
				t.Error("she does not read what the team wrote")
			}
			if a := hers.Post(t, ask, url.Values{"answer": {"other"}}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("nobody named: %d", a.Status)
			}
			if a := hers.Post(t, ask, url.Values{"answer": {"yes"}}); a.Status != http.StatusSeeOther {
				t.Errorf("yes: %d", a.Status)
			}
			w.Must(service.Choose(ctx, w.Ana, campus, request, list.Experts[0].ID))
			hers.Page(t, ask)
			if a := hers.Post(t, ask+"/time", url.Values{"minutes": {"45"}}); a.Status != http.StatusSeeOther {
				t.Errorf("how long: %d", a.Status)
			}
			hers.Page(t, ask)
			if a := site(w.Bob).Get(t, ask); a.Status != http.StatusNotFound {
				t.Errorf("somebody else: %d", a.Status)
			}
			if a := lead.Post(t, one+"/revoke", nil); a.Status != http.StatusSeeOther {
				t.Errorf("revoked: %d", a.Status)
			}
		})
	}
}

// asked is a request of a project that was granted ten hours, sent to an expert.
func asked(w *gatheringtest.World, service *right.Service, campus project.ID, expert pool.ID) right.RequestID {
	w.T.Helper()
	fund, err := service.Found(ctx, w.Lead, gatheringtest.Edition, right.FundSheet{Funder: "Région", Name: "Fonds", FirstDay: "2020-01-01", LastDay: "2099-12-31", DayMinutes: 420, Ceiling: 600, MissedRule: right.MissedConsumes}, 600)
	w.Must(err)
	w.Must(service.Change(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: fund, Act: ledger.Grant, Project: campus, Minutes: 600, Reason: "Comité"}))
	id, err := service.Ask(ctx, w.Ana, campus, right.Asked{Fund: fund, Subject: "Paie", Purpose: "Lire un bulletin", Minutes: 60, Urgency: "soon"})
	w.Must(err)
	w.Must(service.Send(ctx, w.Ana, campus, id, []pool.ID{expert}))
	return id
}
