package pitch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/pitch"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

func TestTimer(t *testing.T) {
	start := time.Date(2027, 3, 5, 9, 0, 0, 0, time.UTC)
	order := []string{"a", "b"}
	type step struct {
		act     pitch.Act
		project string
		after   time.Duration // since the step before
		key     string        // of the error
		phase   pitch.Phase
		on      string
		left    time.Duration // of three minutes
	}
	const lasts = 3 * time.Minute
	for name, steps := range map[string][]step{
		"one project after the other": {
			{pitch.Start, "", 0, "", pitch.Speak, "a", lasts},
			{pitch.Next, "", time.Minute, "", pitch.Ask, "a", lasts},
			{pitch.Next, "", time.Minute, "", pitch.Speak, "b", lasts},
			{pitch.Next, "", time.Minute, "", pitch.Ask, "b", lasts},
			{pitch.Next, "", time.Minute, "pitch.nobody", pitch.Ask, "b", lasts - time.Minute},
			{pitch.End, "", 0, "", pitch.Over, "", lasts},
		},
		"a pause keeps what is left": {
			{pitch.Start, "", 0, "", pitch.Speak, "a", lasts},
			{pitch.Pause, "", time.Minute, "", pitch.Speak, "a", 2 * time.Minute},
			{pitch.Pause, "", time.Minute, "pitch.not_now", pitch.Speak, "a", 2 * time.Minute},
			{pitch.Start, "", time.Hour, "", pitch.Speak, "a", 2 * time.Minute},
			{pitch.More, "", time.Minute, "", pitch.Speak, "a", 2 * time.Minute},
			{pitch.More, "", 4 * time.Minute, "", pitch.Speak, "a", -time.Minute},
		},
		"a project is called out of its turn, and has it once": {
			{pitch.Call, "b", 0, "", pitch.Speak, "b", lasts},
			{pitch.Next, "", 0, "", pitch.Ask, "b", lasts},
			{pitch.Next, "", 0, "", pitch.Speak, "a", lasts},
			{pitch.Call, "c", 0, "errs.not_found", pitch.Speak, "a", lasts},
		},
		"what is over opens again": {
			{pitch.Start, "", 0, "", pitch.Speak, "a", lasts},
			{pitch.End, "", 0, "", pitch.Over, "", lasts},
			{pitch.Start, "", 0, "pitch.not_now", pitch.Over, "", lasts},
			{pitch.Reopen, "", 0, "", pitch.Ask, "a", lasts},
			{pitch.Next, "", 0, "", pitch.Speak, "b", lasts},
		},
		"nothing is paused before the start": {
			{pitch.Pause, "", 0, "pitch.not_now", pitch.Ready, "", lasts},
			{pitch.More, "", 0, "pitch.not_now", pitch.Ready, "", lasts},
			{pitch.Next, "", 0, "pitch.not_now", pitch.Ready, "", lasts},
		},
	} {
		t.Run(name, func(t *testing.T) {
			timer, now := pitch.Timer{Phase: pitch.Ready}, start
			for i, s := range steps {
				now = now.Add(s.after)
				next, err := timer.Do(s.act, s.project, order, now)
				if timer = next; s.key != errs.KeyOf(err) && (err != nil || s.key != "") {
					t.Errorf("step %d: %v, want %q", i, err, s.key)
				}
				if timer.Phase != s.phase || timer.Project() != s.on || timer.Left(lasts, now) != s.left {
					t.Errorf("step %d: %s on %q with %s, want %s on %q with %s", i, timer.Phase, timer.Project(), timer.Left(lasts, now), s.phase, s.on, s.left)
				}
			}
		})
	}
}

// TestPairs holds that each voter sees every project once before any twice, never her own,
// each pair once; and that the first pairs of a hall bear on every project alike.
func TestPairs(t *testing.T) {
	for n := range 14 {
		var projects []string
		for i := range n {
			projects = append(projects, fmt.Sprintf("p%02d", i))
		}
		pairs := pitch.Pairs(projects, "p00", "voter", "seed")
		others := max(n-1, 0)
		if len(pairs) != others*max(others-1, 0)/2 {
			t.Errorf("%d projects: %d pairs", n, len(pairs))
		}
		seen, met := map[string]int{}, map[[2]string]bool{}
		for i, p := range pairs {
			if p[0] == "p00" || p[1] == "p00" || p[0] == p[1] || met[[2]string{min(p[0], p[1]), max(p[0], p[1])}] {
				t.Errorf("%d projects: pair %v", n, p)
			}
			met[[2]string{min(p[0], p[1]), max(p[0], p[1])}] = true
			seen[p[0]]++
			seen[p[1]]++
			if i < others/2 && (seen[p[0]] > 1 || seen[p[1]] > 1) {
				t.Errorf("%d projects: %v comes again among the first", n, p)
			}
		}
	}
	var projects []string
	for i := range 13 {
		projects = append(projects, fmt.Sprintf("p%02d", i))
	}
	seen, left := map[string]int{}, 0
	for v := range 60 {
		for _, p := range pitch.Pairs(projects, projects[v%13], fmt.Sprintf("voter %d", v), "seed")[:6] {
			seen[p[0]]++
			seen[p[1]]++
			if p[0] < p[1] {
				left++
			}
		}
	}
	for p, n := range seen {
		if n < 50 || n > 60 {
			t.Errorf("%s is seen %d times among 60 voters", p, n)
		}
	}
	if left < 140 || left > 220 {
		t.Errorf("%d times of 360 the lower one comes first", left)
	}
}

type world struct {
	*floortest.World
	service *pitch.Service
	at      pitch.At
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: floortest.New(t, d)}
	w.service, w.at = pitch.New(w.Floor, nil), pitch.At{Gathering: w.ID, Activity: "pitch"}
	w.Opens()
	w.Publish(plan.Sitting{Activity: "pitch", From: 550, Project: string(w.Campus)}, plan.Sitting{Activity: "pitch", From: 545, Project: string(w.Anses)})
	return w
}

func (w *world) read(who account.User) pitch.View {
	w.T.Helper()
	v, err := w.service.Read(ctx, who, w.at)
	w.Must(err)
	return v
}

func (w *world) run(acts ...pitch.Act) {
	w.T.Helper()
	for _, act := range acts {
		w.Must(w.service.Run(ctx, w.Lead, w.at, act, "", w.read(w.Lead).Version))
	}
}

func TestTheSequenceRuns(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.service.Read(ctx, w.Ana, pitch.At{Gathering: w.ID, Activity: "talk"})
		wants(t, err, errs.NotFound, "")
		_, err = w.service.Read(ctx, w.Person("nobody"), w.at)
		wants(t, err, errs.NotFound, "")
		v := w.read(w.Ana)
		if len(v.Turns) != 2 || v.Turns[0].Title != "Les anses" || v.Turns[1].From != 550 || v.Runs {
			t.Fatalf("the turns are %+v", v.Turns)
		}
		wants(t, w.service.Run(ctx, w.Ana, w.at, pitch.Start, "", 0), errs.Forbidden, "pitch.not_hers")
		w.run(pitch.Start)
		wants(t, w.service.Run(ctx, w.Lead, w.at, pitch.Next, "", 0), errs.Conflict, "pitch.meanwhile")
		if now, ok := w.read(w.Ana).Current(); !ok || now.Title != "Les anses" {
			t.Errorf("%+v has the floor", now)
		}
		w.Clock.Advance(70 * time.Second)
		if left := w.read(w.Ana).Left(); left != 110*time.Second {
			t.Errorf("%s are left", left)
		}
		w.run(pitch.Pause)
		w.Clock.Advance(time.Hour)
		if left := w.read(w.Ana).Left(); left != 110*time.Second {
			t.Errorf("%s are left after a pause", left)
		}
		w.run(pitch.Start, pitch.Next)
		if v := w.read(w.Ana); v.Timer.Phase != pitch.Ask || v.Left() != 2*time.Minute {
			t.Errorf("%s with %s", v.Timer.Phase, v.Left())
		}
	})
}

// TestWhoReadsFeedback holds the one rule that matters most: a project's team, nobody else.
func TestWhoReadsFeedback(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first := pitch.Feedback{Project: string(w.Anses), Keeps: " L'estran ", Asks: "Combien de\nmarées ?", Signed: false}
		wants(t, w.service.Write(ctx, w.Ana, w.at, first), errs.Conflict, "pitch.not_called")
		w.run(pitch.Start)
		wants(t, w.service.Write(ctx, w.Bob, w.at, first), errs.Forbidden, "pitch.own")
		wants(t, w.service.Write(ctx, w.Ana, w.at, pitch.Feedback{Project: first.Project, Keeps: strings.Repeat("x", pitch.MaxText+1)}), errs.Invalid, "pitch.invalid")
		w.Must(w.service.Write(ctx, w.Ana, w.at, first))
		w.Must(w.service.Write(ctx, w.Leo, w.at, pitch.Feedback{Project: first.Project, Keeps: "Une équipe", Signed: true}))
		w.Must(w.service.Write(ctx, w.Zoe, w.at, pitch.Feedback{Project: first.Project, Keeps: "À reprendre"}))
		w.Must(w.service.Write(ctx, w.Zoe, w.at, pitch.Feedback{Project: first.Project}))

		guest, _ := w.Guest(w.ID, "Passante")
		reader := w.Comes("lou@labo.example", "Lou", gathering.Reader)
		for name, who := range map[string]account.User{"who runs it": w.Lead, "another team": w.Ana, "an expert": w.Leo, "a coach": w.Zoe, "a guest": guest, "a reader": reader} {
			if v := w.read(who); len(v.Received) > 0 || v.Team == "Les anses" {
				t.Errorf("%s reads %+v", name, v.Received)
			}
		}
		got := w.read(w.Bob).Received
		if len(got) != 2 || got[0].Keeps != "L'estran" || got[0].Asks != "Combien de\nmarées ?" || got[0].Author != "" || got[1].Author != "Léo Fabre" {
			t.Errorf("the team reads %+v", got)
		}
		if v := w.read(w.Ana); v.Turns[0].Wrote.Keeps != "L'estran" {
			t.Errorf("she reads again %+v", v.Turns[0].Wrote)
		}
		wants(t, w.service.Write(ctx, reader, w.at, first), errs.Forbidden, "")
		wants(t, w.service.Write(ctx, guest, w.at, first), errs.Forbidden, "")

		// Who runs the gathering takes a seat in the team: she still reads nothing.
		w.Exec(`update participants set role = 'team', project_id = $1 where id = $2`, string(w.Anses), w.Seat(w.Lead))
		if v := w.read(w.Lead); len(v.Received) > 0 || v.Team != "" {
			t.Errorf("who runs it reads %+v", v.Received)
		}
		w.Exec(`update participants set role = 'facilitator', project_id = null where id = $1`, w.Seat(w.Lead))

		w.run(pitch.End)
		first.Keeps = "Autre chose"
		wants(t, w.service.Write(ctx, w.Ana, w.at, first), errs.Conflict, "pitch.over")
		w.Must(w.Gatherings.Close(ctx, w.Lead, w.ID))
		if got := w.read(w.Bob).Received; len(got) != 2 {
			t.Errorf("after it closed the team reads %+v", got)
		}
	})
}

// TestTheJournalHoldsNoWord holds that what is written and chosen leaves a trace, and none of its content.
func TestTheJournalHoldsNoWord(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.run(pitch.Start)
	w.Must(w.service.Write(ctx, w.Ana, w.at, pitch.Feedback{Project: string(w.Anses), Keeps: "pouce-pied"}))
	lines, err := db.List(ctx, w.DB.Reader(), db.Value[string], `select detail from journal where act = 'pitch.feedback'`)
	w.Must(err)
	if len(lines) != 1 || strings.Contains(lines[0], "pouce-pied") || !strings.Contains(lines[0], string(w.Anses)) {
		t.Errorf("the journal holds %q", lines)
	}
}

func TestVotesByPairs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.run(pitch.Start)
		wants(t, w.service.Vote(ctx, w.Lead, w.at, pitch.Ballot{Open: true, Informs: true, Version: w.read(w.Lead).Version}), errs.Conflict, "pitch.vote_few")
		carl, dora := w.Signed("carl@x.example", "Carl"), w.Signed("dora@x.example", "Dora")
		w.Project("Dunes", carl)
		w.Project("Estran", dora)
		_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.ID)
		w.Must(err)
		for range 6 {
			w.run(pitch.Next)
		}
		wants(t, w.service.Choose(ctx, w.Ana, w.at, [2]string{}, ""), errs.Conflict, "pitch.vote_none")
		wants(t, w.service.Vote(ctx, w.Ana, w.at, pitch.Ballot{Open: true, Informs: true, Version: w.read(w.Lead).Version}), errs.Forbidden, "")
		w.Must(w.service.Vote(ctx, w.Lead, w.at, pitch.Ballot{Open: true, Informs: true, Version: w.read(w.Lead).Version}))
		best := string(w.Campus)
		for _, who := range []account.User{w.Bob, w.Leo, w.Zoe, w.Ana} {
			for v := w.read(who); v.Asked; v = w.read(who) {
				pair := [2]string{v.Pair[0].ID, v.Pair[1].ID}
				if who.ID == w.Ana.ID && slices.Contains(pair[:], best) {
					t.Fatal("she is asked about her own project")
				}
				chosen := ""
				if slices.Contains(pair[:], best) {
					chosen = best
				}
				wants(t, w.service.Choose(ctx, who, w.at, [2]string{pair[1], pair[0]}, ""), errs.Conflict, "pitch.vote_moved")
				wants(t, w.service.Choose(ctx, who, w.at, pair, "another"), errs.Conflict, "pitch.vote_moved")
				w.Must(w.service.Choose(ctx, who, w.at, pair, chosen))
			}
		}
		_, _, _, err = w.service.Export(ctx, w.Lead, w.at)
		wants(t, err, errs.NotFound, "")
		if w.read(w.Lead).Outcome != nil {
			t.Error("an open vote has an outcome")
		}
		w.Must(w.service.Vote(ctx, w.Lead, w.at, pitch.Ballot{Open: false, Informs: true, Version: w.read(w.Lead).Version}))
		for _, who := range []account.User{w.Ana, w.Leo} {
			if w.read(who).Outcome != nil {
				t.Error("others read the outcome")
			}
			_, _, _, err = w.service.Export(ctx, who, w.at)
			wants(t, err, errs.Forbidden, "")
		}
		_, out, cast, err := w.service.Export(ctx, w.Lead, w.at)
		w.Must(err)
		if out.Ranking[0].ID != best || out.Ranking[0].Title != "Campus" || out.Voters != 3 || out.Votes != len(cast) || out.Votes != 8 || out.Passed != 10 {
			t.Errorf("the outcome is %+v of %d votes", out, len(cast))
		}
		for _, v := range cast {
			if v.Winner != best || !strings.HasPrefix(v.Reader, "v0") {
				t.Error(errors.New("a vote says " + fmt.Sprint(v)))
			}
		}
	})
}
