package sponsor_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/sponsor"
)

func candidate(id string, carries, capacity int, territory string, subjects ...string) sponsor.Candidate {
	return sponsor.Candidate{Person: account.PersonID(id), Name: id, Carries: carries, Profile: sponsor.Profile{Capacity: capacity, Territory: territory, Subjects: subjects}}
}

func wanting(id, said string, themes []string, region string, barred ...string) sponsor.Wanting {
	w := sponsor.Wanting{Project: project.Project{ID: project.ID(id), Title: said}, Said: said, Themes: themes, Regions: []string{region}, Barred: map[account.PersonID]string{}}
	for _, who := range barred {
		w.Barred[account.PersonID(who)] = "sponsor.person_of_team"
	}
	return w
}

func TestWhoFitsWhat(t *testing.T) {
	energy, health := []string{"Énergie"}, []string{"Santé"}
	for name, c := range map[string]struct {
		projects   []sponsor.Wanting
		candidates []sponsor.Candidate
		want       string // project=sponsor
	}{
		"nobody":                       {[]sponsor.Wanting{wanting("p", "Un four", energy, "Caen")}, nil, "p="},
		"a subject that is a theme":    {[]sponsor.Wanting{wanting("p", "Un four", energy, "Caen")}, []sponsor.Candidate{candidate("a", 0, 1, ""), candidate("b", 0, 1, "", "energies")}, "p=b"},
		"a subject in the title":       {[]sponsor.Wanting{wanting("p", "Le télétravail choisi", nil, "Caen")}, []sponsor.Candidate{candidate("a", 0, 1, ""), candidate("b", 0, 1, "", "Télétravail")}, "p=b"},
		"the region decides":           {[]sponsor.Wanting{wanting("p", "Un four", nil, "Normandie")}, []sponsor.Candidate{candidate("a", 0, 1, "Bretagne"), candidate("b", 0, 1, "normandie")}, "p=b"},
		"she who has fewer":            {[]sponsor.Wanting{wanting("p", "Un four", nil, "Caen")}, []sponsor.Candidate{candidate("a", 2, 5, ""), candidate("b", 0, 5, "")}, "p=b"},
		"no room left":                 {[]sponsor.Wanting{wanting("p", "Un four", energy, "Caen")}, []sponsor.Candidate{candidate("a", 2, 2, "", "énergie"), candidate("b", 0, 1, "")}, "p=b"},
		"the best one is barred":       {[]sponsor.Wanting{wanting("p", "Un four", energy, "Caen", "a")}, []sponsor.Candidate{candidate("a", 0, 2, "", "énergie"), candidate("b", 0, 1, "")}, "p=b"},
		"barred from all":              {[]sponsor.Wanting{wanting("p", "Un four", energy, "Caen", "a")}, []sponsor.Candidate{candidate("a", 0, 2, "", "énergie")}, "p="},
		"one each rather than the fit": {[]sponsor.Wanting{wanting("p", "Un four", energy, "Caen"), wanting("q", "Un lit", energy, "Caen", "b")}, []sponsor.Candidate{candidate("a", 0, 1, "", "énergie"), candidate("b", 0, 1, "")}, "p=b q=a"},
		"two themes, two people":       {[]sponsor.Wanting{wanting("p", "Un four", energy, "Caen"), wanting("q", "Un lit", health, "Caen")}, []sponsor.Candidate{candidate("a", 0, 2, "", "santé"), candidate("b", 0, 2, "", "énergie")}, "p=b q=a"},
		"the load is shared":           {[]sponsor.Wanting{wanting("p", "Un", nil, ""), wanting("q", "Deux", nil, "")}, []sponsor.Candidate{candidate("a", 0, 2, ""), candidate("b", 0, 2, "")}, "one each"},
		"more projects than room":      {[]sponsor.Wanting{wanting("p", "Un four", energy, ""), wanting("q", "Un lit", nil, "")}, []sponsor.Candidate{candidate("a", 0, 1, "", "énergie")}, "p=a q="},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := sponsor.Match(ctx, c.projects, c.candidates)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			people := map[account.PersonID]bool{}
			for _, one := range list {
				got, people[one.Person] = append(got, string(one.ID)+"="+string(one.Person)), true
				if one.Person != "" && len(one.Grounds) == 0 {
					t.Errorf("nothing is said for %s", one.ID)
				}
			}
			if said := strings.Join(got, " "); said != c.want && !(c.want == "one each" && len(people) == 2 && !people[""]) {
				t.Errorf("proposed %s, want %s", said, c.want)
			}
			slices.Reverse(c.projects)
			slices.Reverse(c.candidates)
			again, err := sponsor.Match(ctx, c.projects, c.candidates)
			if err != nil {
				t.Fatal(err)
			}
			slices.Reverse(again)
			for i := range list {
				if list[i].Person != again[i].Person {
					t.Errorf("in another order %s is for %s, not %s", list[i].ID, again[i].Person, list[i].Person)
				}
			}
		})
	}
}

// The instance holds each pair once, as what may be or as what may not, with its reason.
func TestTheInstance(t *testing.T) {
	p := sponsor.Instance([]sponsor.Wanting{wanting("p", "Un four", []string{"Énergie", "Santé"}, "Caen", "b")}, []sponsor.Candidate{candidate("a", 1, 3, "caen", "énergie"), candidate("b", 0, 1, ""), candidate("c", 2, 1, "")})
	if len(p.Items) != 1 || p.Items[0].Min != 0 || p.Items[0].Max != 1 {
		t.Errorf("items %+v", p.Items)
	}
	if len(p.Agents) != 2 || p.Agents[0].Max != 2 {
		t.Errorf("agents %+v", p.Agents)
	}
	if len(p.Pairs) != 1 || !reflect.DeepEqual(p.Pairs[0].Values, []float64{1, 0.5, 1, 0.5}) {
		t.Errorf("pairs %+v", p.Pairs)
	}
	if len(p.Forbidden) != 1 || p.Forbidden[0].Agent != "b" || p.Forbidden[0].Reason != "sponsor.person_of_team" {
		t.Errorf("forbidden %+v", p.Forbidden)
	}
}

// matching is an edition with two projects and two people who may sponsor them.
type matching struct {
	*gatheringtest.World
	s              *sponsor.Service
	campus, garden project.ID
	leo, eva       account.User
}

func newMatching(t *testing.T, d *db.DB) *matching {
	t.Helper()
	w := &matching{World: gatheringtest.New(t, d)}
	bookings := booking.New(booking.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{sponsor.Ties}})
	w.s = sponsor.New(sponsor.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Bookings: bookings})
	w.campus, w.garden = w.Project("Campus du numérique", w.Ana), w.Project("Jardin partagé", w.Bob)
	w.leo, w.eva = w.Signed("leo@labo.example", "Léo Fabre"), w.Signed("eva@labo.example", "Eva Sage")
	for _, who := range []account.User{w.leo, w.eva} {
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, w.Lead, policy.Relation{SubjectID: string(who.ID), Relation: sponsor.Relation, Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
		}))
	}
	return w
}

func (w *matching) proposal() sponsor.Proposal {
	w.T.Helper()
	p, err := w.s.Propose(ctx, w.Lead, gatheringtest.Edition)
	w.Must(err)
	return p
}

func (w *matching) exec(text string, args ...any) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

func (w *matching) standing() int {
	w.T.Helper()
	n, err := db.Get(ctx, w.DB.Reader(), db.Value[int], `select count(*) from sponsorships where ended_at is null`)
	w.Must(err)
	return n
}

// as leaves a proposal as it is.
func as(p sponsor.Proposal) sponsor.Confirmed {
	c := sponsor.Confirmed{Stamp: p.Stamp, Named: map[project.ID]account.PersonID{}}
	for _, one := range p.List {
		c.Named[one.ID] = one.Person
	}
	return c
}

func TestAProposalIsConfirmedInOneAct(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newMatching(t, d)
		wants(t, "a team describes", w.s.Describe(ctx, w.Ana, gatheringtest.Edition, w.leo.ID, sponsor.Profile{Capacity: 1}), errs.Forbidden, "")
		w.Must(w.s.Describe(ctx, w.Lead, gatheringtest.Edition, w.leo.ID, sponsor.Profile{Subjects: []string{"Jardins"}, Capacity: 1}))
		wants(t, "from an old page", w.s.Describe(ctx, w.Lead, gatheringtest.Edition, w.leo.ID, sponsor.Profile{Capacity: 1}), errs.Conflict, "sponsor.meanwhile")
		wants(t, "who may not be named", w.s.Describe(ctx, w.Lead, gatheringtest.Edition, w.Bob.ID, sponsor.Profile{Capacity: 1}), errs.NotFound, "")
		wants(t, "too many", w.s.Describe(ctx, w.Lead, gatheringtest.Edition, w.eva.ID, sponsor.Profile{Capacity: 51}), errs.Invalid, "")
		p := w.proposal()
		if len(p.List) != 2 || !reflect.DeepEqual(p, w.proposal()) {
			t.Fatalf("proposed %+v", p)
		}
		c := as(p)
		if c.Named[w.garden] != w.leo.ID || c.Named[w.campus] != w.eva.ID || w.standing() != 0 {
			t.Fatalf("proposed %+v, %d named", c.Named, w.standing())
		}
		_, err := w.s.Propose(ctx, w.Ana, gatheringtest.Edition)
		wants(t, "a team asks", err, errs.Forbidden, "")
		full := sponsor.Confirmed{Stamp: p.Stamp, Named: map[project.ID]account.PersonID{w.campus: w.leo.ID, w.garden: w.leo.ID}}
		wants(t, "beyond her room", w.s.Confirm(ctx, w.Lead, gatheringtest.Edition, full), errs.Invalid, "sponsor.invalid")
		wants(t, "nobody at all", w.s.Confirm(ctx, w.Lead, gatheringtest.Edition, sponsor.Confirmed{Stamp: p.Stamp}), errs.Invalid, "sponsor.invalid")
		if w.standing() != 0 {
			t.Error("somebody was named by half")
		}
		w.Must(w.s.Confirm(ctx, w.Lead, gatheringtest.Edition, c))
		page, err := w.s.Around(ctx, w.Ana, w.campus)
		w.Must(err)
		if w.standing() != 2 || page.Current == nil || page.Current.Name != "Eva Sage" {
			t.Errorf("confirmed: %d named, %+v", w.standing(), page.Current)
		}
		wants(t, "twice", w.s.Confirm(ctx, w.Lead, gatheringtest.Edition, c), errs.Conflict, "sponsor.proposal_stale")
	})
}

// What happened since a proposal was shown refuses it whole.
func TestAStaleProposal(t *testing.T) {
	for name, act := range map[string]func(w *matching){
		"somebody was suspended": func(w *matching) {
			w.exec(`update people set disabled_at = $2 where id = $1`, string(w.leo.ID), w.Clock.Now())
		},
		"somebody was named by hand": func(w *matching) {
			w.Must(w.s.Name(ctx, w.Lead, w.campus, sponsor.Naming{Person: w.leo.ID}))
		},
		"somebody may no longer be named": func(w *matching) {
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
				_, err := w.Policy.Revoke(ctx, tx, w.Lead, policy.Relation{SubjectID: string(w.eva.ID), Relation: sponsor.Relation, Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
				return err
			}))
		},
		"somebody was recused": func(w *matching) {
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
				return w.Policy.Exclude(ctx, tx, w.Lead, "person", string(w.leo.ID), policy.Ref{Kind: "project", ID: string(w.garden)}, "recusal", "")
			}))
		},
		"a sheet says less room": func(w *matching) {
			w.Must(w.s.Describe(ctx, w.Lead, gatheringtest.Edition, w.leo.ID, sponsor.Profile{Capacity: 0}))
		},
		"a project came": func(w *matching) { w.Project("Atelier", w.Ana) },
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				w := newMatching(t, d)
				p := w.proposal()
				act(w)
				before := w.standing()
				wants(t, name, w.s.Confirm(ctx, w.Lead, gatheringtest.Edition, as(p)), errs.Conflict, "sponsor.proposal_stale")
				if w.standing() != before {
					t.Error("somebody was named")
				}
				again := w.proposal()
				for _, one := range again.List {
					if why := one.Barred[one.Person]; one.Person != "" && why != "" {
						t.Errorf("proposed though %s", why)
					}
				}
				if c := as(again); len(c.Named) > 0 {
					w.Must(w.s.Confirm(ctx, w.Lead, gatheringtest.Edition, c))
				}
			})
		})
	}
}
