package note_test

import (
	"context"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/note"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/application"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/review/sheet"
)

var ctx = context.Background()

// house has everybody come.
type house struct{ guests []plan.Guest }

func (h *house) House(context.Context, db.Reader, gathering.ID) (plan.House, error) {
	return plan.House{Guests: h.guests}, nil
}

// world is an open gathering with two projects: Léo sponsors Ana's, and Eva, an expert,
// meets it in a slot. Bob's has neither.
type world struct {
	*gatheringtest.World
	plans          *schedule.Service
	notes          *note.Service
	id             gathering.ID
	campus, garden project.ID
	leo, eva       account.User
}

var running = order.Order{Version: 1, Days: []string{"2027-03-05", "2027-03-06"}, Activities: []order.Activity{
	{ID: "open", Kind: order.Plenary, From: 540, To: 570},
	{ID: "coach", Kind: order.Coaching, Title: "Accompagnement", From: 570, To: 690},
}}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	h := &house{}
	beat := pulse.New(d, w.Policy)
	w.plans = schedule.New(schedule.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: h, Pulse: beat})
	w.notes = note.New(note.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Projects: w.Projects, Plans: w.plans, Pulse: beat})
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	w.id = w.Open()
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
	w.leo = w.comes("leo@labo.example", "Léo Fabre", gathering.Coach, w.campus)
	w.eva = w.comes("eva@labo.example", "Eva Sage", gathering.Expert, "")
	for _, who := range []account.User{w.Ana, w.Bob, w.leo, w.eva} {
		h.guests = append(h.guests, plan.Guest{ID: w.seat(who)})
	}
	w.publish(plan.Sitting{ID: "s1", Activity: "coach", From: 570, To: 600, Project: string(w.campus), People: []string{w.seat(w.Ana), w.seat(w.leo)}},
		plan.Sitting{ID: "s2", Activity: "coach", From: 600, To: 630, Project: string(w.campus), People: []string{w.seat(w.Ana), w.seat(w.eva)}})
	return w
}

func (w *world) publish(list ...plan.Sitting) {
	w.T.Helper()
	base := schedule.ID("")
	if now, err := w.plans.Current(ctx, w.DB.Reader(), w.id); err == nil {
		base = now.ID
	}
	p := plan.Plan{Version: 1, Sittings: append([]plan.Sitting{{ID: "open", Activity: "open", From: 540, To: 570, All: true}}, list...)}
	v, err := w.plans.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, Plan: p, BasedOn: base})
	w.Must(err)
	w.Must(w.plans.Publish(ctx, w.Lead, w.id, v.ID))
}

// comes seats somebody.
func (w *world) comes(email, name string, role gathering.Role, about project.ID) account.User {
	w.T.Helper()
	by := w.Signed(email, name)
	w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: email, Name: name, Role: role, Project: about, Lang: "fr"}))
	_, err := w.Gatherings.Join(ctx, by, gathering.Coming{Code: w.Code(w.id), IP: "192.0.2.1"})
	w.Must(err)
	return by
}

func (w *world) seat(who account.User) string {
	w.T.Helper()
	p, err := gathering.Comes(ctx, w.DB.Reader(), w.id, who.ID)
	w.Must(err)
	return p.ID
}

func (w *world) at(sitting string) note.Place {
	return note.Place{Gathering: w.id, Project: w.campus, Sitting: sitting}
}

func (w *world) writes(by account.User, at note.Place, edits ...application.Edit) application.Saved {
	w.T.Helper()
	saved, err := w.notes.Save(ctx, by, at, edits)
	w.Must(err)
	return saved
}

func text(field string, base int64, words string) application.Edit {
	return application.Edit{Field: field, Base: base, Value: words}
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func TestWhoReadsWhat(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.writes(w.leo, w.at("s1"), text(note.Shared, 0, "Il faut un budget."), text(note.Private, 0, "La direction hésite."))
		w.writes(w.leo, w.at(note.Outside), text(note.Private, 0, "Rappeler en mai."))
		guest, _ := w.Guest(w.id, "Gus")
		dora := w.Signed("dora@labo.example", "Dora")
		for name, c := range map[string]struct {
			by            account.User
			shared, notes int
			private       int // how many notes say that something private is kept
			kind          errs.Kind
		}{
			"its author":                   {w.leo, 1, 2, 2, 0},
			"the expert of another slot":   {w.eva, 1, 1, 0, 0},
			"the team of the project":      {w.Ana, 1, 1, 0, 0},
			"who runs the gathering":       {w.Lead, 1, 1, 0, 0},
			"another team":                 {w.Bob, 0, 0, 0, errs.NotFound},
			"a guest who came by the code": {guest, 0, 0, 0, errs.NotFound},
			"somebody who is not there":    {dora, 0, 0, 0, errs.NotFound},
		} {
			one, err := w.notes.One(ctx, c.by, w.id, w.campus)
			if c.kind != 0 {
				wants(t, name, err, c.kind, "")
				continue
			}
			w.Must(err)
			shared, private := 0, 0
			for _, n := range one.List[0].Said {
				if n.Text != "" {
					shared++
				}
				if n.Private {
					private++
				}
				if strings.Contains(n.Text, "direction") || strings.Contains(n.Text, "mai") {
					t.Errorf("%s reads the private note", name)
				}
			}
			if shared != c.shared || private != c.private || len(one.List[0].Said) != c.notes {
				t.Errorf("%s reads %d shared notes of %d, %d with something private: %+v", name, shared, len(one.List[0].Said), private, one.List[0].Said)
			}
		}
	})
}

func TestWhoWrites(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		guest, _ := w.Guest(w.id, "Gus")
		for name, c := range map[string]struct {
			by   account.User
			at   note.Place
			kind errs.Kind
		}{
			"the sponsor, on her slot":            {w.leo, w.at("s1"), 0},
			"the sponsor, outside any slot":       {w.leo, w.at(note.Outside), 0},
			"the sponsor, on the expert's slot":   {w.leo, w.at("s2"), errs.NotFound},
			"the expert, on hers":                 {w.eva, w.at("s2"), 0},
			"the expert, on the project":          {w.eva, w.at(note.Outside), 0},
			"the team":                            {w.Ana, w.at("s1"), errs.NotFound},
			"who runs the gathering":              {w.Lead, w.at("s1"), errs.NotFound},
			"a guest":                             {guest, w.at(note.Outside), errs.NotFound},
			"the sponsor, on another's project":   {w.leo, note.Place{Gathering: w.id, Project: w.garden, Sitting: note.Outside}, errs.NotFound},
			"the sponsor, on a slot that is not":  {w.leo, w.at("lost"), errs.NotFound},
			"the sponsor, in another gathering":   {w.leo, note.Place{Gathering: w.Planned(), Project: w.campus, Sitting: note.Outside}, errs.NotFound},
			"the sponsor, on a project that's no": {w.leo, note.Place{Gathering: w.id, Project: "lost", Sitting: note.Outside}, errs.NotFound},
		} {
			_, err := w.notes.Open(ctx, c.by, c.at)
			_, saving := w.notes.Save(ctx, c.by, c.at, []application.Edit{text(note.Shared, 0, "Bonjour")})
			for _, err := range []error{err, saving} {
				if c.kind == 0 && err != nil || c.kind != 0 && !errs.Is(err, c.kind) && !errs.Is(err, errs.Forbidden) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}

func TestTwoPagesNeverOverwriteEachOther(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		saved := w.writes(w.leo, w.at("s1"), text(note.Shared, 0, "Un"))
		if saved.Versions[note.Shared] != 1 || len(saved.Conflicts) != 0 {
			t.Fatalf("first %+v", saved)
		}
		if saved = w.writes(w.leo, w.at("s1"), text(note.Shared, 1, "Deux")); saved.Versions[note.Shared] != 2 {
			t.Fatalf("second %+v", saved)
		}
		saved = w.writes(w.leo, w.at("s1"), text(note.Shared, 1, "L’autre onglet"))
		if len(saved.Conflicts) != 1 || saved.Conflicts[0].Theirs.Value != "Deux" {
			t.Fatalf("from an older page %+v", saved)
		}
		w.Must(w.notes.Settle(ctx, w.leo, w.at("s1"), sheet.Choice{Variant: saved.Conflicts[0].Variant, Keep: application.KeepBoth, Merged: "Deux, et l’autre", Base: 2}))
		one, err := w.notes.Open(ctx, w.leo, w.at("s1"))
		w.Must(err)
		if one.Answers[note.Shared].Value != "Deux, et l’autre" || len(one.Variants) != 0 {
			t.Errorf("settled %+v", one)
		}
		wants(t, "somebody else settles", w.notes.Settle(ctx, w.eva, w.at("s1"), sheet.Choice{Variant: saved.Conflicts[0].Variant, Keep: application.KeepMine, Base: 3}), errs.NotFound, "")
	})
}

func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for name, c := range map[string]struct {
		edits []application.Edit
		key   string
	}{
		"a text too long": {[]application.Edit{text(note.Private, 0, strings.Repeat("é", note.MaxText+1))}, "coaching.note_long"},
		"another field":   {[]application.Edit{text("other", 0, "x")}, "application.field_unknown"},
		"no text":         {[]application.Edit{{Field: note.Shared, Value: int64(3)}}, "application.field_unknown"},
		"a field twice":   {[]application.Edit{text(note.Shared, 0, "x"), text(note.Shared, 0, "y")}, "application.field_twice"},
	} {
		saved := w.writes(w.leo, w.at("s1"), c.edits...)
		if len(saved.Refused) != 1 || saved.Refused[0].Key != c.key {
			t.Errorf("%s: %+v", name, saved.Refused)
		}
	}
}

// A note stays with its author and its hours when the plan moves under it.
func TestTheSlotIsGone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.writes(w.eva, w.at("s2"), text(note.Shared, 0, "Voir le service paie."))
		w.publish(plan.Sitting{ID: "s1", Activity: "coach", From: 570, To: 600, Project: string(w.campus), People: []string{w.seat(w.Ana), w.seat(w.leo)}})
		kept, err := w.notes.Open(ctx, w.eva, w.at("s2"))
		if err != nil || kept.Slot.From != 600 || kept.Slot.Day != "2027-03-05" || kept.Answers[note.Shared].Value != "Voir le service paie." {
			t.Errorf("%+v, %v", kept, err)
		}
		one, err := w.notes.One(ctx, w.Ana, w.id, w.campus)
		w.Must(err)
		if len(one.List[0].Said) != 1 || one.List[0].Said[0].From != 600 {
			t.Errorf("the team reads %+v", one.List[0].Said)
		}
		_, err = w.notes.One(ctx, w.eva, w.id, w.campus)
		wants(t, "who meets the project no more", err, errs.NotFound, "")
	})
}

func TestWhatWasAgreed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		line := project.Line{Who: project.ByTeam, Text: " Appeler  la paie ", Due: "2027-04-01", Sitting: "s1"}
		for name, c := range map[string]struct {
			by   account.User
			line project.Line
			kind errs.Kind
		}{
			"the sponsor":         {w.leo, line, 0},
			"who runs":            {w.Lead, project.Line{Who: project.ByCoach, Text: "Envoyer le modèle"}, 0},
			"the team":            {w.Ana, line, errs.Forbidden},
			"another team":        {w.Bob, line, errs.NotFound},
			"nobody takes it on":  {w.leo, project.Line{Text: "x"}, errs.Invalid},
			"nothing":             {w.leo, project.Line{Who: project.ByTeam}, errs.Invalid},
			"a day that is none":  {w.leo, project.Line{Who: project.ByTeam, Text: "x", Due: "2027-02-30"}, errs.Invalid},
			"a line without end":  {w.leo, project.Line{Who: project.ByTeam, Text: strings.Repeat("x", project.MaxLine+1)}, errs.Invalid},
			"who is not in there": {w.Signed("dora@labo.example", "Dora"), line, errs.NotFound},
		} {
			if err := w.notes.Agree(ctx, c.by, w.id, w.campus, c.line); c.kind == 0 && err != nil || c.kind != 0 && !errs.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
		items, err := w.Projects.Items(ctx, d.Reader(), w.Ana, w.campus)
		w.Must(err)
		if len(items) != 2 {
			t.Fatalf("the file of the project has %+v", items)
		}
		list := func() []project.Item {
			one, err := w.notes.One(ctx, w.Ana, w.id, w.campus)
			w.Must(err)
			return one.List[0].Agreed
		}
		first := list()[0]
		if where, who, is := first.Agreed(); !is || where != string(w.id) || who != project.ByTeam || first.Title != "Appeler la paie" || first.Due != "2027-04-01" {
			t.Errorf("first is %+v", first)
		}
		w.Must(w.notes.Tick(ctx, w.Ana, w.id, w.campus, first.ID, true))
		w.Must(w.notes.Tick(ctx, w.Ana, w.id, w.campus, first.ID, true))
		if got := list(); got[1].ID != first.ID || got[1].Done.IsZero() || !got[0].Done.IsZero() {
			t.Errorf("once it is done %+v", got)
		}
		w.Must(w.Projects.Done(ctx, w.Ana, w.campus, first.ID, false))
		if got := list(); got[0].ID != first.ID || !got[0].Done.IsZero() {
			t.Errorf("once it is open again %+v", got)
		}
		n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from journal where act in ('project.action_done', 'project.action_again')`)
		if err != nil || n != 2 {
			t.Errorf("%d lines in the journal, %v", n, err)
		}
		wants(t, "another team ticks", w.notes.Tick(ctx, w.Bob, w.id, w.campus, first.ID, true), errs.NotFound, "")
		wants(t, "a stranger ticks on the project", w.Projects.Done(ctx, w.Bob, w.campus, first.ID, true), errs.NotFound, "")
		wants(t, "a line of another project", w.notes.Tick(ctx, w.Bob, w.id, w.garden, first.ID, true), errs.NotFound, "")
		wants(t, "the team takes back", w.notes.TakeBack(ctx, w.Ana, w.id, w.campus, first.ID), errs.Forbidden, "")
		w.Must(w.notes.TakeBack(ctx, w.leo, w.id, w.campus, first.ID))
		wants(t, "taken back twice", w.notes.TakeBack(ctx, w.leo, w.id, w.campus, first.ID), errs.NotFound, "")
		if got := list(); len(got) != 1 {
			t.Errorf("left %+v", got)
		}
	})
}

// An action that a board gave is ticked like another one, and its board alone takes it back.
func TestActionsOfBoards(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		land := func() {
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				return w.Projects.Land(ctx, tx, account.System, w.campus, "b1", []project.Item{{Kind: "action", Card: "c1", Title: "Former l’équipe"}, {Kind: "need", Card: "c2", Title: "Un local"}})
			}))
		}
		land()
		one, err := w.notes.One(ctx, w.leo, w.id, w.campus)
		w.Must(err)
		if len(one.List[0].Agreed) != 1 {
			t.Fatalf("actions %+v", one.List[0].Agreed)
		}
		item := one.List[0].Agreed[0].ID
		w.Must(w.notes.Tick(ctx, w.leo, w.id, w.campus, item, true))
		wants(t, "taken back here", w.notes.TakeBack(ctx, w.leo, w.id, w.campus, item), errs.NotFound, "")
		land()
		if list, err := note.Actions(ctx, d.Reader(), w.campus); err != nil || list[0].Done.IsZero() {
			t.Errorf("after the board landed again %+v, %v", list, err)
		}
	})
}

func TestTheDesk(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		guest, _ := w.Guest(w.id, "Gus")
		for name, c := range map[string]struct {
			by     account.User
			titles string
			mine   int // slots of hers
		}{
			"the sponsor": {w.leo, "Campus", 1}, "the expert": {w.eva, "Campus", 1}, "a team": {w.Ana, "Campus", 0}, "another team": {w.Bob, "Jardin", 0},
			"who runs": {w.Lead, "Campus Jardin", 0}, "a guest": {guest, "", 0},
		} {
			desk, err := w.notes.Desk(ctx, c.by, w.id)
			w.Must(err)
			var titles []string
			mine := 0
			for _, f := range desk.List {
				titles = append(titles, f.Project.Title)
				for _, s := range f.Slots {
					if s.Mine {
						mine++
					}
				}
			}
			if strings.Join(titles, " ") != c.titles || mine != c.mine {
				t.Errorf("%s sees %q with %d slots of hers", name, titles, mine)
			}
		}
	})
}

// A desk asks the database as many questions for ten projects as for two.
func TestTheDeskIsAskedTogether(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		asked := func() (n int64, projects int) {
			t.Helper()
			counting, count := db.Counted(ctx)
			desk, err := w.notes.Desk(counting, w.Lead, w.id)
			w.Must(err)
			return count.Load(), len(desk.List)
		}
		asked() // the published plan is read once
		few, two := asked()
		for _, title := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
			w.Project(title, w.Bob)
		}
		if many, ten := asked(); few == 0 || many != few || ten != two+8 {
			t.Errorf("%d questions for %d projects, %d for %d", many, ten, few, two)
		}
	})
}
