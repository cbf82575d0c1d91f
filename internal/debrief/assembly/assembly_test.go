package assembly_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/assembly"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

var ctx = context.Background()

// world is an edition in which Ana's project shares one line with all, one with Eva alone, and
// Bob's one with Leo alone; Eva and Leo are named in a meeting, Zed is not.
type world struct {
	*gatheringtest.World
	partners       *partner.Service
	sheets         *synthesis.Service
	meetings       *assembly.Service
	campus, garden project.ID
	eva, leo, zed  account.User
	byEva, byLeo   partner.ID
	place, advice  string
	which          assembly.ID
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.partners = partner.New(partner.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
	w.sheets = synthesis.New(synthesis.Deps{DB: d, Clock: w.Clock, Policy: w.Policy})
	promises := commitment.New(commitment.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Sheets: w.sheets})
	offers := proposal.New(proposal.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Sheets: w.sheets, Commitments: promises})
	w.meetings = assembly.New(assembly.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Sheets: w.sheets, Offers: offers, Commitments: promises})
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	w.eva, w.byEva = w.partner("eva@fonds.example", "Eva Sage", "Fonds régional")
	w.leo, w.byLeo = w.partner("leo@sante.example", "Léo Fabre", "Santé au travail")
	w.zed, _ = w.partner("zed@chambre.example", "Zed Petit", "Chambre")
	w.place, w.advice = w.need(w.Ana, w.campus, "Un local"), w.need(w.Ana, w.campus, "Un conseil")
	water := w.need(w.Bob, w.garden, "De l'eau")
	w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Ready, 2))
	w.Must(w.sheets.Turn(ctx, w.Bob, w.garden, synthesis.Ready, 1))
	w.shares(w.Ana, w.campus, map[string][]string{w.place: {string(w.byEva)}, w.advice: {synthesis.All}})
	w.shares(w.Bob, w.garden, map[string][]string{water: {string(w.byLeo)}})
	var err error
	w.which, err = w.meetings.Plan(ctx, w.Lead, gatheringtest.Edition, w.sheet(w.byEva, w.byLeo))
	w.Must(err)
	return w
}

func (w *world) sheet(seats ...partner.ID) assembly.Sheet {
	return assembly.Sheet{Title: "Réunion de mai", HeldOn: "2027-05-05", Turns: []assembly.Turn{{Project: w.campus, Minutes: 8}, {Project: w.garden, Minutes: 5}}, Partners: seats}
}

func (w *world) need(by account.User, id project.ID, body string) string {
	w.T.Helper()
	line, err := w.sheets.Add(ctx, by, id, synthesis.Words{Part: synthesis.Help, Body: body})
	w.Must(err)
	return line
}

func (w *world) partner(email, name, organisation string) (account.User, partner.ID) {
	w.T.Helper()
	by := w.Signed(email, name)
	w.Must(w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: email, Name: name, Organisation: organisation, Lang: "fr"}))
	_, err := w.Accounts.AcceptInvitation(ctx, by, strings.TrimPrefix(w.Box.Last(w.T, email, account.MailInvitation).Args["Link"], "/invitations/"), account.Acceptance{})
	w.Must(err)
	_, err = w.Bus.Deliver(ctx)
	w.Must(err)
	p, err := partner.As(ctx, w.DB.Reader(), gatheringtest.Edition, by.ID)
	w.Must(err)
	return by, p.ID
}

func (w *world) shares(by account.User, id project.ID, given map[string][]string) {
	w.T.Helper()
	v, err := w.sheets.Read(ctx, by, id)
	w.Must(err)
	w.Must(w.sheets.Share(ctx, by, id, synthesis.Choice{Version: v.Version, Recipients: []string{synthesis.All, string(w.byEva), string(w.byLeo)}, Given: given}))
}

func (w *world) room(by account.User) assembly.Room {
	w.T.Helper()
	v, err := w.meetings.Room(ctx, by, gatheringtest.Edition, w.which)
	w.Must(err)
	return v
}

func (w *world) act(act assembly.Act) {
	w.T.Helper()
	w.Must(w.meetings.Run(ctx, w.Lead, gatheringtest.Edition, w.which, assembly.Step{Act: act, Version: w.room(w.Lead).Meeting.Version}))
}

func (w *world) wants(what string, err error, kind errs.Kind) {
	w.T.Helper()
	if !errs.Is(err, kind) {
		w.T.Errorf("%s: %v, want %s", what, err, kind)
	}
}

// lines are the words of what is shown, and said who spoke with which words.
func lines(s synthesis.Shared) string {
	var list []string
	for _, l := range s.Lines {
		list = append(list, l.Body)
	}
	return strings.Join(list, "; ")
}

func said(list []assembly.Saying) string {
	var all []string
	for _, x := range list {
		all = append(all, x.Organisation+"/"+x.Kind+"/"+x.Words)
	}
	return strings.Join(all, "; ")
}

func TestWhatIsOnScreen(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if v := w.room(w.eva); v.Turn.Project != "" || v.State != assembly.Planned {
			t.Errorf("before it: %+v", v)
		}
		_, err := w.meetings.Room(ctx, w.zed, gatheringtest.Edition, w.which)
		w.wants("a partner who is not named", err, errs.NotFound)
		_, err = w.meetings.Room(ctx, w.Ana, gatheringtest.Edition, w.which)
		w.wants("a team", err, errs.Forbidden)
		w.wants("a partner runs it", w.meetings.Run(ctx, w.eva, gatheringtest.Edition, w.which, assembly.Step{Act: assembly.Start, Version: 1}), errs.Forbidden)
		w.act(assembly.Start)
		w.wants("from an old page", w.meetings.Run(ctx, w.Lead, gatheringtest.Edition, w.which, assembly.Step{Act: assembly.Next, Version: 1}), errs.Conflict)
		for name, c := range map[string]struct {
			by          account.User
			shown, wall string
		}{"Eva": {w.eva, "Un local; Un conseil", "Un conseil"}, "Léo": {w.leo, "Un conseil", "Un conseil"}, "the lead": {w.Lead, "Un local; Un conseil", "Un conseil"}} {
			if v := w.room(c.by); lines(v.Shown) != c.shown || lines(v.Wall) != c.wall || v.Turn.Title != "Campus" {
				t.Errorf("%s reads %q of %q, and %q on the wall", name, lines(v.Shown), v.Turn.Title, lines(v.Wall))
			}
		}
		// who sits decides what is on the wall
		with := w.sheet(w.byEva)
		with.Version = w.room(w.Lead).Meeting.Version
		w.Must(w.meetings.Save(ctx, w.Lead, gatheringtest.Edition, w.which, with))
		if v := w.room(w.Lead); lines(v.Wall) != "Un local; Un conseil" {
			t.Errorf("with Eva alone: %q", lines(v.Wall))
		}
		with.Version, with.Partners = w.room(w.Lead).Meeting.Version, []partner.ID{w.byEva, w.byLeo}
		w.Must(w.meetings.Save(ctx, w.Lead, gatheringtest.Edition, w.which, with))
		// a consent that is withdrawn empties the screens, and open pages are told
		before, err := w.meetings.Stamp(ctx, w.leo, gatheringtest.Edition, w.which)
		w.Must(err)
		w.shares(w.Ana, w.campus, map[string][]string{w.place: {string(w.byEva)}})
		after, err := w.meetings.Stamp(ctx, w.leo, gatheringtest.Edition, w.which)
		w.Must(err)
		if before == after {
			t.Error("a withdrawn consent tells nobody")
		}
		if v := w.room(w.leo); v.Turn.Title != "" || len(v.Shown.Lines)+len(v.Wall.Lines) > 0 || v.Left != 0 || v.Timer.Project != "" {
			t.Errorf("Léo still reads %+v", v)
		}
		if v := w.room(w.eva); lines(v.Shown) != "Un local" || len(v.Wall.Lines) != 0 {
			t.Errorf("Eva reads %q, and %q on the wall", lines(v.Shown), lines(v.Wall))
		}
		// a project that shares nothing with her is not named
		w.act(assembly.Next)
		if v := w.room(w.eva); v.Turn.Title != "" || len(v.Turns) != 0 {
			t.Errorf("Eva guesses %+v", v.Turn)
		}
		if v := w.room(w.leo); v.Turn.Title != "Jardin" {
			t.Errorf("Léo reads %+v", v.Turn)
		}
		// somebody whose access ended leaves at once, and the wall closes
		w.Must(w.partners.Remove(ctx, w.Lead, gatheringtest.Edition, w.byLeo))
		_, err = w.meetings.Room(ctx, w.leo, gatheringtest.Edition, w.which)
		w.wants("once his access ended", err, errs.Forbidden)
		w.act(assembly.Previous)
		w.shares(w.Ana, w.campus, map[string][]string{w.advice: {synthesis.All}})
		if v := w.room(w.Lead); len(v.Wall.Lines) != 0 || len(v.Gone) != 1 {
			t.Errorf("with somebody gone: %+v, %+v", v.Wall, v.Gone)
		}
	})
}

func TestWhatIsSaid(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		words := assembly.Words{Project: w.campus, Line: w.place, Kind: "place", Body: "Un atelier", Quantity: "80 m²"}
		w.wants("before it", w.meetings.Say(ctx, w.eva, gatheringtest.Edition, w.which, words), errs.Conflict)
		w.act(assembly.Start)
		w.wants("nothing", w.meetings.Say(ctx, w.eva, gatheringtest.Edition, w.which, assembly.Words{Project: w.campus}), errs.Invalid)
		w.wants("by who is not named", w.meetings.Say(ctx, w.zed, gatheringtest.Edition, w.which, words), errs.NotFound)
		w.Must(w.meetings.Say(ctx, w.eva, gatheringtest.Edition, w.which, words))
		w.Clock.Advance(time.Minute)
		w.Must(w.meetings.Say(ctx, w.leo, gatheringtest.Edition, w.which, assembly.Words{Project: w.campus, Line: w.advice, Kind: assembly.Commits, Body: "Deux visites", Day: "2027-06-01"}))
		w.Clock.Advance(time.Minute)
		w.wants("the lead, for nobody", w.meetings.Say(ctx, w.Lead, gatheringtest.Edition, w.which, words), errs.Invalid)
		w.Must(w.meetings.Say(ctx, w.Lead, gatheringtest.Edition, w.which, assembly.Words{Project: w.campus, Partner: w.byLeo, Kind: "advice", Body: "Un appel"}))
		for name, c := range map[string]struct {
			by   account.User
			want string
		}{
			"Eva":      {w.eva, "Fonds régional/place/Un atelier; Santé au travail/commitment/Deux visites; Santé au travail/advice/"},
			"Léo":      {w.leo, "Fonds régional/place/; Santé au travail/commitment/Deux visites; Santé au travail/advice/Un appel"},
			"the lead": {w.Lead, "Fonds régional/place/Un atelier; Santé au travail/commitment/Deux visites; Santé au travail/advice/Un appel"},
		} {
			if got := said(w.room(c.by).Said); got != c.want {
				t.Errorf("%s reads %q, want %q", name, got, c.want)
			}
		}
		// what was begun while a project was on screen may be ended after it
		w.act(assembly.Next)
		w.Must(w.meetings.Say(ctx, w.eva, gatheringtest.Edition, w.which, words))
		if v := w.room(w.Lead); len(v.Said) != 0 {
			t.Errorf("to the next project: %+v", v.Said)
		}
		w.act(assembly.End)
		v, err := w.meetings.Account(ctx, w.Lead, gatheringtest.Edition, w.which)
		if err != nil || len(v.Said) != 4 {
			t.Errorf("the account: %+v, %v", v.Said, err)
		}
		w.shares(w.Ana, w.campus, nil)
		if v, err = w.meetings.Account(ctx, w.eva, gatheringtest.Edition, w.which); err != nil || len(v.Said) != 2 || !v.Said[0].Mine {
			t.Errorf("Eva's account, once nothing is shared: %+v, %v", v.Said, err)
		}
		w.wants("once it is over", w.meetings.Say(ctx, w.eva, gatheringtest.Edition, w.which, words), errs.Conflict)
	})
}

func TestTheTimer(t *testing.T) {
	now := time.Date(2027, 5, 5, 14, 0, 0, 0, time.UTC)
	turns := []assembly.Turn{{Project: "a", Minutes: 8}, {Project: "b", Minutes: 5}}
	m := assembly.Meeting{State: assembly.Planned}
	for i, c := range []struct {
		act   assembly.Act
		after time.Duration
		on    project.ID
		left  time.Duration
		fails bool
	}{
		{act: assembly.Next, fails: true},
		{act: assembly.Start, on: "a", left: 8 * time.Minute},
		{act: assembly.Start, on: "a", left: 8 * time.Minute, fails: true},
		{act: assembly.Previous, on: "a", left: 8 * time.Minute, fails: true},
		{act: assembly.Pause, after: 3 * time.Minute, on: "a", left: 5 * time.Minute},
		{act: assembly.More, after: time.Hour, on: "a", left: 6 * time.Minute},
		{act: assembly.Start, on: "a", left: 6 * time.Minute},
		{act: assembly.Next, after: time.Minute, on: "b", left: 5 * time.Minute},
		{act: assembly.Next, on: "b", left: 5 * time.Minute, fails: true},
		{act: assembly.Previous, on: "a", left: 8 * time.Minute},
		{act: assembly.End},
		{act: assembly.Next, fails: true},
		{act: assembly.Reopen, on: "a", left: 8 * time.Minute},
	} {
		now = now.Add(c.after)
		next, err := m.Do(c.act, turns, now)
		if (err != nil) != c.fails {
			t.Fatalf("%d %s: %v", i, c.act, err)
		}
		m = next
		if m.Timer.Project != c.on {
			t.Errorf("%d %s: %q on screen", i, c.act, m.Timer.Project)
		}
		if m.Timer.Project != "" {
			minutes := map[project.ID]int{"a": 8, "b": 5}[m.Timer.Project]
			if left := m.Timer.Left(minutes, now); left != c.left {
				t.Errorf("%d %s: %v left, want %v", i, c.act, left, c.left)
			}
		}
	}
}

func TestPlanning(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.meetings.Plan(ctx, w.eva, gatheringtest.Edition, w.sheet())
		w.wants("a partner", err, errs.Forbidden)
		_, err = w.meetings.Plan(ctx, w.Lead, gatheringtest.Edition, assembly.Sheet{HeldOn: "mai", Turns: []assembly.Turn{{Project: "none"}}, Partners: []partner.ID{"none"}})
		w.wants("nothing", err, errs.Invalid)
		stale := w.sheet()
		w.wants("from an old page", w.meetings.Save(ctx, w.Lead, gatheringtest.Edition, w.which, stale), errs.Conflict)
		for name, c := range map[string]struct {
			by    account.User
			reads int
		}{"who is named": {w.eva, 1}, "who is not": {w.zed, 0}, "the lead": {w.Lead, 1}} {
			v, err := w.meetings.Calendar(ctx, c.by, gatheringtest.Edition)
			if err != nil || len(v.Meetings) != c.reads || v.Manages != (c.by.ID == w.Lead.ID) || !v.Manages && len(v.Projects)+len(v.Partners) > 0 {
				t.Errorf("%s reads %+v, %v", name, v, err)
			}
		}
		if _, in, err := w.meetings.Planned(ctx, w.Lead, gatheringtest.Edition, w.which); err != nil || len(in.Turns) != 2 || len(in.Partners) != 2 || in.Turns[0].Title != "Campus" {
			t.Errorf("the plan: %+v, %v", in, err)
		}
	})
}
