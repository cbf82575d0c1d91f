package programme_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

var (
	ctx  = context.Background()
	noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
)

// house is a database with an administrator, Ana who leads an agency, and Bob who has no role.
type house struct {
	*programme.Service
	db              *db.DB
	policy          *policy.Service
	clock           *clock.Fake
	bus             *event.Bus
	admin, ana, bob account.User
	agency          programme.Agency
	programme       programme.Programme
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	c := clock.NewFake(noon)
	h := &house{db: d, clock: c, policy: policy.New(d, c), bus: event.NewBus(d, c)}
	h.Service = programme.New(d, c, h.policy, h.bus)
	h.admin, h.ana, h.bob = h.person(t, "admin"), h.person(t, "ana"), h.person(t, "bob")
	h.grant(t, h.admin, "admin", policy.Platform.Ref)
	var err error
	if h.agency, err = h.CreateAgency(ctx, h.admin, programme.Agency{Name: words("Aract Normandie")}, false); err != nil {
		t.Fatal(err)
	}
	h.grant(t, h.ana, "lead", h.agency.PolicyObject().Ref)
	if h.programme, err = h.CreateProgramme(ctx, h.ana, programme.Programme{Agency: h.agency.ID, Name: words("Transformateur numérique")}); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) person(t *testing.T, id string) account.User {
	t.Helper()
	h.write(t, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, id, noon)
		return err
	})
	return account.User{ID: account.PersonID(id), Name: id}
}

func (h *house) grant(t *testing.T, who account.User, relation string, on policy.Ref) {
	t.Helper()
	h.write(t, func(tx *db.Tx) error {
		return h.policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: relation, Object: on})
	})
}

func (h *house) write(t *testing.T, f func(*db.Tx) error) {
	t.Helper()
	if err := h.db.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func words(fr string) programme.Words { return programme.Words{FR: fr} }

func regional(h *house) programme.NewEdition {
	return programme.NewEdition{Programme: h.programme.ID, Journey: "regional-edition", Name: words("Normandie 2027"), Theme: words("Numérique et management"),
		Place: "Caen", Territory: "region:28", Zone: "Europe/Paris", FirstDay: "2027-09-01"}
}

func (h *house) edition(t *testing.T) programme.Overview {
	t.Helper()
	e, err := h.CreateEdition(ctx, h.ana, regional(h))
	if err != nil {
		t.Fatal(err)
	}
	return h.see(t, e.ID)
}

func (h *house) see(t *testing.T, id programme.EditionID) programme.Overview {
	t.Helper()
	o, err := h.Edition(ctx, h.ana, id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func both(t *testing.T, body func(t *testing.T, h *house)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { body(t, open(t, d)) })
}

func wants(t *testing.T, err error, kind errs.Kind, parts ...string) {
	t.Helper()
	if !errs.Is(err, kind) {
		t.Fatalf("got %v, want %v", err, kind)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %q in it", err, part)
		}
	}
}

func TestEveryShippedJourneyOpensAnEdition(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		for _, j := range programme.Shipped() {
			n := regional(h)
			n.Journey, n.Name = j.Key, j.Name
			preview, err := h.Preview(ctx, h.ana, n)
			if err != nil {
				t.Fatal(err)
			}
			e, err := h.CreateEdition(ctx, h.ana, n)
			if err != nil {
				t.Fatal(err)
			}
			o := h.see(t, e.ID)
			if len(o.Stages) != len(j.Stages) || len(preview) != len(j.Stages) {
				t.Fatalf("%s: %d stages, %d previewed, want %d", j.Key, len(o.Stages), len(preview), len(j.Stages))
			}
			for i, s := range o.Stages {
				if s.Position != i || s.Kind != j.Stages[i].Kind || !s.OpensAt.Equal(preview[i].OpensAt) || !s.ClosesAt.After(s.OpensAt) {
					t.Errorf("%s: stage %d is %+v", j.Key, i, s)
				}
				if i > 0 && s.OpensAt.Before(o.Stages[i-1].OpensAt) {
					t.Errorf("%s: stage %d opens before the one ahead", j.Key, i)
				}
				if len(s.Settings.Agenda) != len(j.Stages[i].Agenda) {
					t.Errorf("%s: stage %d lost its agenda", j.Key, i)
				}
			}
		}
	})
}

func TestAddressesAreReadableAndUnique(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		for _, c := range []struct{ name, want string }{
			{"Normandie 2027", "normandie-2027"}, {"Normandie 2027 !", "normandie-2027-2"}, {"NORMANDIE 2027", "normandie-2027-3"}, {"new", "edition-new"}, {"東京", "edition"},
		} {
			n := regional(h)
			n.Name = words(c.name)
			e, err := h.CreateEdition(ctx, h.ana, n)
			if err != nil || string(e.ID) != c.want {
				t.Errorf("%s: %s %v, want %s", c.name, e.ID, err, c.want)
			}
		}
	})
}

func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		e := h.edition(t)
		visitor := account.User{}
		_, err := h.Edition(ctx, h.bob, e.ID)
		wants(t, err, errs.NotFound)
		_, err = h.Edition(ctx, visitor, e.ID)
		wants(t, err, errs.NotFound)
		_, err = h.CreateEdition(ctx, h.bob, regional(h))
		wants(t, err, errs.Forbidden)
		_, err = h.CreateAgency(ctx, h.ana, programme.Agency{Name: words("Autre")}, false)
		wants(t, err, errs.NotFound)
		_, err = h.CreateProgramme(ctx, visitor, programme.Programme{Agency: h.agency.ID, Name: words("X")})
		wants(t, err, errs.Unauthenticated)
		wants(t, h.PublishEdition(ctx, h.bob, e.ID), errs.NotFound)
		if list, err := h.Editions(ctx, h.bob, programme.Filter{}); err != nil || len(list) != 0 {
			t.Errorf("Bob sees %d editions in preparation, %v", len(list), err)
		}
		edit := e.Edition
		edit.About = words("Tout ce qu'il faut savoir.")
		if _, err := h.EditEdition(ctx, h.ana, edit); err != nil {
			t.Fatal(err)
		}
		if err := h.PublishEdition(ctx, h.ana, e.ID); err != nil {
			t.Fatal(err)
		}
		if list, err := h.Editions(ctx, visitor, programme.Filter{}); err != nil || len(list) != 1 || len(list[0].Stages) != 6 {
			t.Errorf("a visitor sees %v, %v", list, err)
		}
		wants(t, h.CloseEdition(ctx, h.bob, e.ID), errs.Forbidden)
		_, err = h.Team(ctx, h.bob, e.ID)
		wants(t, err, errs.Forbidden)
		team, err := h.Team(ctx, h.ana, e.ID)
		if err != nil || len(team) != 2 || team[0].On.Kind != "edition" || team[0].Name != "ana" || team[1].On.Kind != "agency" {
			t.Errorf("team %+v %v", team, err)
		}
	})
}

func TestPublishSaysEverythingMissing(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := regional(h)
		n.Theme = programme.Words{}
		e, err := h.CreateEdition(ctx, h.ana, n)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, h.PublishEdition(ctx, h.ana, e.ID), errs.Invalid, "about_fr=programme.required", "theme_fr=programme.required")
		wants(t, h.CloseEdition(ctx, h.ana, e.ID), errs.Conflict, "programme.not_published")
		e.Theme, e.About = words("Thème"), words("Texte")
		if _, err := h.EditEdition(ctx, h.ana, e); err != nil {
			t.Fatal(err)
		}
		if err := h.PublishEdition(ctx, h.ana, e.ID); err != nil {
			t.Fatal(err)
		}
		wants(t, h.PublishEdition(ctx, h.ana, e.ID), errs.Conflict, "programme.not_preparing")
		if err := h.CloseEdition(ctx, h.ana, e.ID); err != nil {
			t.Fatal(err)
		}
		_, err = h.EditEdition(ctx, h.ana, h.see(t, e.ID).Edition)
		wants(t, err, errs.Conflict, "programme.edition_closed")
	})
}

func TestStaleSaveSaysWhatChanged(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		seen := h.edition(t).Edition
		first, second, third := seen, seen, seen
		first.Place = "Rouen"
		if _, err := h.EditEdition(ctx, h.ana, first); err != nil {
			t.Fatal(err)
		}
		second.Theme, second.Place = words("Autre thème"), "Évreux"
		_, err := h.EditEdition(ctx, h.ana, second)
		wants(t, err, errs.Conflict, "programme.stale", "place=programme.changed_meanwhile")
		var e *errs.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Args[0] != "Rouen" {
			t.Errorf("the conflict says %+v, want Rouen and nothing else", e)
		}
		third.Theme, third.Place = words("Autre thème"), "Rouen"
		saved, err := h.EditEdition(ctx, h.ana, third)
		if err != nil || saved.Theme.FR != "Autre thème" || saved.Version != 3 {
			t.Errorf("a save that agrees with what changed: %+v %v", saved, err)
		}
	})
}

func TestStages(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		e := h.edition(t)
		form := programme.FormOf(e.Edition, e.Stages[1])
		form.Opens = "2027-08-01T09:00"
		_, err := h.EditStage(ctx, h.ana, e.ID, form)
		wants(t, err, errs.Invalid, "opens=programme.stage_out_of_order")
		form.Opens, form.Closes = "2027-03-28T02:30", "2027-10-31T02:30"
		_, err = h.EditStage(ctx, h.ana, e.ID, form)
		wants(t, err, errs.Invalid, "opens=zone.does_not_exist", "closes=zone.exists_twice")
		form = programme.FormOf(e.Edition, e.Stages[1])
		form.Closes = form.Opens
		_, err = h.EditStage(ctx, h.ana, e.ID, form)
		wants(t, err, errs.Invalid, "closes=programme.stage_closes_first")
		form = programme.FormOf(e.Edition, e.Stages[1])
		form.Name = words("Jury")
		if _, err := h.EditStage(ctx, h.ana, e.ID, form); err != nil {
			t.Fatal(err)
		}
		form.Name = words("Comité")
		_, err = h.EditStage(ctx, h.ana, e.ID, form)
		wants(t, err, errs.Conflict, "name_fr=programme.changed_meanwhile")
		other := programme.FormOf(e.Edition, e.Stages[2]) // the version of before, another stage
		other.Target = 15
		if _, err := h.EditStage(ctx, h.ana, e.ID, other); err != nil {
			t.Errorf("another stage, on an older version: %v", err)
		}
		added, err := h.AddStage(ctx, h.ana, e.ID, programme.StageForm{Kind: programme.Taster, Name: words("Essai"), Opens: "2027-10-15T12:15", Closes: "2027-10-15T13:15"})
		if err != nil || added.Position != 2 {
			t.Errorf("added at %d, %v, want 2", added.Position, err)
		}
		wants(t, h.MoveStage(ctx, h.ana, e.ID, added.ID, 1), errs.Conflict, "programme.stage_dates_forbid_move")
		undated, err := h.AddStage(ctx, h.ana, e.ID, programme.StageForm{Kind: programme.Debrief, Name: words("Plus tard")})
		if err != nil || undated.Position != 7 {
			t.Errorf("undated at %d, %v, want 7", undated.Position, err)
		}
		if err := h.MoveStage(ctx, h.ana, e.ID, undated.ID, -1); err != nil {
			t.Fatal(err)
		}
		if err := h.RemoveStage(ctx, h.ana, e.ID, added.ID); err != nil {
			t.Fatal(err)
		}
		after := h.see(t, e.ID)
		if len(after.Stages) != 7 || after.Stages[5].ID != undated.ID {
			t.Errorf("after the moves: %+v", after.Stages)
		}
		for i, s := range after.Stages {
			if s.Position != i {
				t.Errorf("stage %d stands at %d", i, s.Position)
			}
		}
	})
}

func TestZoneKeepsTheHours(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		e := h.edition(t)
		edit := e.Edition
		edit.Zone = "Indian/Reunion"
		saved, err := h.EditEdition(ctx, h.ana, edit)
		if err != nil {
			t.Fatal(err)
		}
		after := h.see(t, e.ID)
		was, is := programme.FormOf(e.Edition, e.Stages[0]), programme.FormOf(saved, after.Stages[0])
		if was.Opens != is.Opens || was.Closes != is.Closes || after.Stages[0].OpensAt.Equal(e.Stages[0].OpensAt) {
			t.Errorf("was %s to %s, is %s to %s", was.Opens, was.Closes, is.Opens, is.Closes)
		}
	})
}

func TestCloneEdition(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		var told []programme.Cloned
		h.bus.Subscribe("test", func(_ context.Context, _ *db.Tx, e event.Event) error {
			var c programme.Cloned
			told = append(told, c)
			return e.Read(&told[len(told)-1])
		}, programme.EditionCloned)
		e := h.edition(t)
		clone := programme.Clone{From: e.ID, Name: words("La Réunion 2028"), Place: "Saint-Denis", Territory: "region:04", Zone: "Indian/Reunion", ShiftDays: 364}
		_, err := h.CloneEdition(ctx, h.bob, clone)
		wants(t, err, errs.NotFound)
		made, err := h.CloneEdition(ctx, h.ana, clone)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.bus.Deliver(ctx); err != nil {
			t.Fatal(err)
		}
		if len(told) != 1 || told[0].From != e.ID || told[0].To != made.ID || len(told[0].Stages) != len(e.Stages) {
			t.Fatalf("told %+v", told)
		}
		o := h.see(t, made.ID)
		if o.Territory != "region:04" || o.Theme != e.Theme || o.ClonedFrom != e.ID || o.Status != programme.Preparing {
			t.Errorf("cloned as %+v", o.Edition)
		}
		for i, s := range o.Stages {
			if told[0].Stages[e.Stages[i].ID] != s.ID {
				t.Errorf("stage %d is not in the map", i)
			}
			was, is := e.Stages[i].OpensAt.In(e.Location()).AddDate(0, 0, 364).Format(time.DateTime), s.OpensAt.In(o.Location()).Format(time.DateTime)
			if was != is || s.Name != e.Stages[i].Name || len(s.Settings.Agenda) != len(e.Stages[i].Settings.Agenda) {
				t.Errorf("stage %d: %s, want %s", i, is, was)
			}
		}
		clone.Undated = true
		if made, err = h.CloneEdition(ctx, h.ana, clone); err != nil {
			t.Fatal(err)
		}
		if o := h.see(t, made.ID); !o.Stages[0].OpensAt.IsZero() || len(o.Stages) != len(e.Stages) {
			t.Errorf("undated clone: %+v", o.Stages)
		}
		clone.Territory = "region:99"
		_, err = h.CloneEdition(ctx, h.ana, clone)
		wants(t, err, errs.Invalid, "territory=programme.territory_unknown")
	})
}

func TestJourneys(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		_, err := h.CloneJourney(ctx, h.bob, h.agency.ID, "regional-edition")
		wants(t, err, errs.NotFound)
		j, err := h.CloneJourney(ctx, h.ana, h.agency.ID, "regional-edition")
		if err != nil {
			t.Fatal(err)
		}
		first, second := edited(j), edited(j)
		first.Stages[0].Days = 45
		if _, err := h.EditJourney(ctx, h.ana, first); err != nil {
			t.Fatal(err)
		}
		second.Stages[0].Days = 60
		_, err = h.EditJourney(ctx, h.ana, second)
		wants(t, err, errs.Conflict, "programme.stale")
		second = edited(j)
		second.Stages[0].Days = 45
		second.Stages[2].Name = words("Deux jours ensemble")
		if _, err := h.EditJourney(ctx, h.ana, second); err != nil {
			t.Errorf("another stage of an older version: %v", err)
		}
		now, err := h.Journey(ctx, h.ana, j.ID)
		if err != nil || now.Version != 3 || now.Stages[0].Days != 45 || now.Stages[2].Name.FR != "Deux jours ensemble" || len(now.Stages[2].Agenda) != 9 {
			t.Errorf("the journey is %+v, %v", now, err)
		}
		now.Stages = append(now.Stages[:1], programme.JourneyStage{Kind: programme.Taster, Name: words("Essai"), After: 40, Days: 1})
		if _, err = h.EditJourney(ctx, h.ana, now); err != nil {
			t.Fatal(err)
		}
		n := regional(h)
		n.Journey = string(j.ID)
		e, err := h.CreateEdition(ctx, h.ana, n)
		if err != nil || len(h.see(t, e.ID).Stages) != 2 {
			t.Errorf("an edition of the agency's journey: %v", err)
		}
		if list, err := h.Journeys(ctx, h.ana); err != nil || len(list) != 1 {
			t.Errorf("Ana sees %d journeys, %v", len(list), err)
		}
		if list, err := h.Journeys(ctx, h.bob); err != nil || len(list) != 0 {
			t.Errorf("Bob sees %d journeys, %v", len(list), err)
		}
		wants(t, h.RemoveJourney(ctx, h.bob, j.ID), errs.NotFound)
		if err := h.RemoveJourney(ctx, h.ana, j.ID); err != nil {
			t.Fatal(err)
		}
		_, err = h.CreateEdition(ctx, h.ana, n)
		wants(t, err, errs.Invalid, "journey=programme.journey_unknown")
	})
}

// edited is the journey as a form gives it back: its stages copied, without their agendas.
func edited(j programme.AgencyJourney) programme.AgencyJourney {
	j.Stages = append([]programme.JourneyStage(nil), j.Stages...)
	for i := range j.Stages {
		j.Stages[i].Agenda = nil
	}
	return j
}

func TestAgencyAndProgrammeAreEdited(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		a := h.agency
		a.Contact = "bonjour@example.org"
		if _, err := h.EditAgency(ctx, h.ana, a); err != nil {
			t.Fatal(err)
		}
		a.Contact = "salut@example.org"
		_, err := h.EditAgency(ctx, h.ana, a)
		wants(t, err, errs.Conflict, "contact=programme.changed_meanwhile")
		p := h.programme
		p.Name = words("")
		_, err = h.EditProgramme(ctx, h.ana, p)
		wants(t, err, errs.Invalid, "name_fr=programme.required")
		p.Name = words("Nouveau nom")
		if saved, err := h.EditProgramme(ctx, h.ana, p); err != nil || saved.ID != "transformateur-numerique" || saved.Version != 2 {
			t.Errorf("saved %+v %v", saved, err)
		}
		mine, err := h.AgenciesToCreateIn(ctx, h.ana)
		if err != nil || len(mine) != 1 {
			t.Errorf("Ana creates in %d agencies, %v", len(mine), err)
		}
		none, err := h.ProgrammesToOpenIn(ctx, h.bob)
		if err != nil || len(none) != 0 {
			t.Errorf("Bob opens in %d programmes, %v", len(none), err)
		}
	})
}

func TestEveryActIsJournaledAndThePathLeadsUp(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		e := h.edition(t)
		lines, err := journal.Recent(ctx, h.db.Reader(), 0, "edition", string(e.ID), 10)
		if err != nil || len(lines) != 2 || lines[0].Act != programme.EditionCreated || lines[0].Actor != "person:ana" {
			t.Errorf("journal %+v %v", lines, err)
		}
		path, err := programme.Path(ctx, h.db.Reader(), e.ID)
		if err != nil || len(path) != 2 || path[0] != (policy.Ref{Kind: "programme", ID: string(h.programme.ID)}) || path[1].ID != string(h.agency.ID) {
			t.Errorf("path %v %v", path, err)
		}
		_, err = programme.Path(ctx, h.db.Reader(), "nowhere")
		wants(t, err, errs.NotFound)
	})
}
