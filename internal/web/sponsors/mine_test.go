package sponsors_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/support/visit"
	"transformateur/internal/web/sponsors"
	"transformateur/internal/web/ui/pagetest"
)

var background = context.Background()

// following is a world with two people who may sponsor its projects.
type following struct {
	*gatheringtest.World
	handler  *sponsors.Handler
	leo, eva account.User
	campus   project.ID
}

func newFollowing(t *testing.T, d *db.DB) *following {
	t.Helper()
	w := &following{World: gatheringtest.New(t, d)}
	bookings := booking.New(booking.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{sponsor.Ties}})
	experts := pool.New(pool.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Programmes: programme.New(d, w.Clock, w.Policy, w.Bus)})
	w.handler = &sponsors.Handler{Bookings: bookings, Visits: visit.New(d, w.Clock, w.Policy, w.Bus), Roadmaps: roadmap.New(d, w.Clock, w.Policy, w.Projects),
		Sponsors: sponsor.New(sponsor.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Bookings: bookings}),
		Rights:   right.New(right.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Pool: experts})}
	w.leo, w.eva = w.Signed("leo@labo.example", "Léo Fabre"), w.Signed("eva@labo.example", "Eva Sage")
	w.Must(d.Write(background, func(tx *db.Tx) error {
		for _, who := range []account.User{w.leo, w.eva} {
			if err := w.Policy.Grant(background, tx, w.Lead, policy.Relation{SubjectID: string(who.ID), Relation: sponsor.Relation, Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}}); err != nil {
				return err
			}
		}
		return w.Policy.Grant(background, tx, account.System, policy.Relation{SubjectID: string(w.Lead.ID), Relation: "region", Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
	}))
	w.campus = w.Project("Campus", w.Ana)
	w.named(w.campus, w.leo)
	return w
}

// named names the sponsor of a project, with a handover from who was.
func (w *following) named(id project.ID, who account.User) {
	w.T.Helper()
	v, err := w.handler.Sponsors.Around(background, w.Lead, id)
	w.Must(err)
	n := sponsor.Naming{Person: who.ID}
	if v.Current != nil {
		n.Was, n.Handover = v.Current.ID, "À vous."
	}
	w.Must(w.handler.Sponsors.Name(background, w.Lead, id, n))
}

func (w *following) put(id project.ID, s roadmap.Sheet) {
	w.T.Helper()
	_, err := w.handler.Roadmaps.Put(background, w.Lead, id, "", s, 0)
	w.Must(err)
}

func (w *following) day(n int) string { return w.Clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }

func (w *following) site(by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: w.handler.Routes(), By: by, Lang: lang}
}

func TestASponsorFollowsHerProjects(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newFollowing(t, d)
		garden := w.Project("Jardin", w.Bob)
		for _, s := range []roadmap.Sheet{
			{Kind: roadmap.Action, Title: "Observer", Due: w.day(-3)},
			{Kind: roadmap.Action, Title: "Choisir", State: roadmap.Done},
			{Kind: roadmap.Milestone, Title: "Premier essai", Due: w.day(20)},
			{Kind: roadmap.Need, Title: "Une heure de droit"},
			{Kind: roadmap.Need, Title: "Un local", State: roadmap.Done},
			{Kind: roadmap.Lock, Title: "Pas de réseau"},
		} {
			w.put(w.campus, s)
		}
		w.put(garden, roadmap.Sheet{Kind: roadmap.Lock, Title: "Une serre fermée"})
		e, err := programme.FindEdition(background, d.Reader(), gatheringtest.Edition)
		w.Must(err)
		w.Must(d.Write(background, func(tx *db.Tx) error {
			return w.Policy.Grant(background, tx, account.System, policy.Relation{SubjectID: string(w.Lead.ID), Relation: "lead", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}})
		}))
		fund, err := w.handler.Rights.Found(background, w.Lead, e.ID, right.FundSheet{Funder: "Région", Name: "Fonds", FirstDay: "2000-01-01", LastDay: "2099-12-31", DayMinutes: 420, Ceiling: 6000, MissedRule: right.MissedConsumes}, 6000)
		w.Must(err)
		w.Must(w.handler.Rights.Change(background, w.Lead, e.ID, right.Change{Fund: fund, Act: ledger.Grant, Project: w.campus, Minutes: 150, Reason: "Comité"}))
		_, err = w.handler.Visits.Write(background, w.leo, w.campus, visit.Draft{Day: w.day(-1), Place: "Atelier", Met: "Ana", Shared: "Le budget avance.", Private: "L'ambiance est tendue."})
		w.Must(err)
		for _, lang := range i18n.Langs {
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			page := w.site(w.leo, lang).Page(t, "/sponsorships")
			for _, want := range []string{"Campus", "Premier essai", "Une heure de droit", "Pas de réseau", "2 h 30", "Le budget avance.", "tendue", "/projects/" + string(w.campus) + "/roadmap\"", say("sponsors.mine_meeting_none")} {
				if !strings.Contains(page, want) {
					t.Errorf("%s: the page of the sponsor lacks %q", lang, want)
				}
			}
			for _, never := range []string{"Jardin", "Une serre fermée", "Un local"} {
				if strings.Contains(page, never) {
					t.Errorf("%s: the page of the sponsor holds %q", lang, never)
				}
			}
			if other := w.site(w.eva, lang).Page(t, "/sponsorships"); !strings.Contains(other, say("sponsors.mine_empty")) || strings.Contains(other, "Campus") {
				t.Errorf("%s: who sponsors nothing is shown projects", lang)
			}
		}
		w.named(w.campus, w.eva) // a handover
		if page := w.site(w.leo, "fr").Page(t, "/sponsorships"); strings.Contains(page, "Campus") || strings.Contains(page, "tendue") {
			t.Error("after a handover the former sponsor still sees the project")
		}
		if page := w.site(w.eva, "fr").Page(t, "/sponsorships"); !strings.Contains(page, "Premier essai") || strings.Contains(page, "tendue") {
			t.Error("the next sponsor does not see the project, or sees the private note of another")
		}
		if a := w.site(w.leo, "fr").Get(t, "/projects/"+string(w.campus)+"/sponsor"); a.Status != http.StatusNotFound {
			t.Errorf("the former sponsor opens the project: %d", a.Status)
		}
	})
}

// Ten projects are asked of the database as one is.
func TestProjectsOfASponsorAreAskedTogether(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newFollowing(t, d)
		asked := func() (n int64) {
			ctx, count := db.Counted(background)
			_, err := w.handler.Roadmaps.Along(ctx, w.leo)
			w.Must(err)
			_, err = w.handler.Bookings.Ahead(ctx, w.leo)
			w.Must(err)
			_, err = w.handler.Visits.Hers(ctx, w.leo)
			w.Must(err)
			_, err = w.handler.Rights.Left(ctx, w.leo)
			w.Must(err)
			return count.Load()
		}
		one := asked()
		for i := range 9 {
			id := w.Project("Projet "+strconv.Itoa(i), w.Bob)
			w.named(id, w.leo)
			w.put(id, roadmap.Sheet{Kind: roadmap.Action, Title: "Essayer"})
		}
		if ten := asked(); one == 0 || ten != one {
			t.Errorf("%d queries for ten projects, %d for one", ten, one)
		}
		all, err := w.handler.Roadmaps.Along(background, w.leo)
		w.Must(err)
		if len(all) != 10 || !slices.IsSortedFunc(all, func(a, b roadmap.Along) int { return strings.Compare(a.Project.Title, b.Project.Title) }) {
			t.Errorf("%d projects", len(all))
		}
	})
}
