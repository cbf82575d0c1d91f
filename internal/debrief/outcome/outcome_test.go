package outcome_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

func TestOn(t *testing.T) {
	history := []outcome.Entry{{State: outcome.Goes, Day: "2027-03-06"}, {State: outcome.Stopped, Day: "2027-09-06"}, {State: outcome.Changed, Day: "2027-06-01"}, {State: outcome.Paused, Day: "2027-09-06"}}
	late := []outcome.Entry{{State: outcome.Goes, Day: "2027-04-01"}, {State: outcome.Stopped, Day: "2027-10-20", Wave: outcome.Half}, {State: outcome.Spread, Day: "2028-03-20", Wave: outcome.Year}}
	half, year := outcome.Mark{Day: "2027-09-06", Wave: outcome.Half}, outcome.Mark{Day: "2028-03-06", Wave: outcome.Year}
	for _, c := range []struct {
		name    string
		history []outcome.Entry
		mark    outcome.Mark
		want    outcome.State
	}{
		{"before anything was said", history, outcome.Mark{Day: "2027-03-05"}, ""},
		{"on the day itself", history, outcome.Mark{Day: "2027-03-06"}, outcome.Goes},
		{"told late, of a day before", history, outcome.Mark{Day: "2027-07-01"}, outcome.Changed},
		{"two lines of one day: the last written", history, outcome.Mark{Day: "2028-01-01"}, outcome.Paused},
		{"the survey at six months, answered late", late, half, outcome.Stopped},
		{"the survey at twelve months, answered late", late, year, outcome.Spread},
		{"the first survey, a year after", late[:2], year, outcome.Stopped},
		{"an answer is of its own wave only", late[2:], half, ""},
		{"any day between: what was known then", late, outcome.Mark{Day: "2027-10-01"}, outcome.Goes},
		{"an answer that came before the day", []outcome.Entry{{State: outcome.Paused, Day: "2027-08-01", Wave: outcome.Half}, {State: outcome.Goes, Day: "2027-08-20"}}, half, outcome.Paused},
		{"an answer that was corrected", append(slices.Clone(late), outcome.Entry{State: outcome.Merged, Day: "2027-10-25", Wave: outcome.Half}), half, outcome.Merged},
	} {
		if got, _ := outcome.On(c.history, c.mark); got.State != c.want {
			t.Errorf("%s: %q, want %q", c.name, got.State, c.want)
		}
	}
}

func TestMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2027-03-06", 6, "2027-09-06"},
		{"2027-08-31", 6, "2028-02-29"},
		{"2027-12-31", 12, "2028-12-31"},
		{"bientôt", 6, ""},
	} {
		if got := outcome.Months(c.from, c.n); got != c.want {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestTell(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := outcome.New(d, w.Clock, w.Policy)
		campus, garden := w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
		minus, many := int64(-1), int64(42)
		today := w.Clock.Now().Format("2006-01-02")
		tomorrow := w.Clock.Now().AddDate(0, 0, 1).Format("2006-01-02")
		for _, c := range []struct {
			name string
			by   account.User
			told outcome.Told
			kind errs.Kind
			want string
		}{
			{"a stop without a word", w.Ana, outcome.Told{State: outcome.Stopped}, errs.Invalid, "outcome.why_missing"},
			{"no state", w.Ana, outcome.Told{}, errs.Invalid, "outcome.state_missing"},
			{"tomorrow", w.Ana, outcome.Told{State: outcome.Goes, Day: tomorrow}, errs.Invalid, "outcome.day_future"},
			{"fewer people than none", w.Ana, outcome.Told{State: outcome.Goes, People: &minus}, errs.Invalid, "outcome.count_wrong"},
			{"a text without end", w.Ana, outcome.Told{State: outcome.Goes, Words: strings.Repeat("a", outcome.MaxText+1)}, errs.Invalid, "outcome.text_long"},
			{"another team", w.Bob, outcome.Told{State: outcome.Goes}, errs.NotFound, ""},
			{"an old page", w.Ana, outcome.Told{State: outcome.Goes, Version: 7}, errs.Conflict, "outcome.meanwhile"},
		} {
			err := s.Tell(ctx, c.by, campus, c.told)
			if !errs.Is(err, c.kind) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %s %s", c.name, err, c.kind, c.want)
			}
		}
		w.Must(s.Tell(ctx, w.Ana, campus, outcome.Told{State: outcome.Goes, People: &many}))
		w.Must(s.Tell(ctx, w.Lead, campus, outcome.Told{State: outcome.Stopped, Words: "Le financement n'est pas venu.", Learnt: "Commencer petit.", Version: 1}))
		v, err := s.Read(ctx, w.Ana, campus)
		w.Must(err)
		if len(v.History) != 2 || v.History[0].State != outcome.Stopped || v.History[0].Source != outcome.FromTeam || v.History[1].Source != outcome.FromProject || *v.History[1].People != 42 || v.History[0].Day != today {
			t.Errorf("history %+v", v.History)
		}
		if _, err := s.Read(ctx, w.Bob, campus); !errs.Is(err, errs.NotFound) {
			t.Errorf("another team reads: %v", err)
		}
		if _, err := s.Edition(ctx, w.Ana, gatheringtest.Edition); err == nil {
			t.Error("a team reads the table of the edition")
		}
		e, err := s.Edition(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if n := e.Count(outcome.Mark{Day: today}); len(e.Rows) != 2 || n[outcome.Stopped] != 1 || n[""] != 1 || e.Rows[1].Project != garden {
			t.Errorf("edition %+v, counts %v", e.Rows, n)
		}
	})
}

func TestASurveyTellsOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := outcome.New(d, w.Clock, w.Policy)
		campus := w.Project("Campus", w.Ana)
		tell := func(words string) {
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				return s.Record(ctx, tx, account.System, campus, outcome.Told{State: outcome.Changed, Words: words})
			}))
		}
		tell("Autrement")
		tell("Autrement")
		tell("Encore autrement")
		v, err := s.Read(ctx, w.Ana, campus)
		w.Must(err)
		if len(v.History) != 2 || v.History[0].Words != "Encore autrement" || v.History[0].Source != outcome.FromSurvey {
			t.Errorf("history %+v", v.History)
		}
	})
}

func TestTwoTellAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := outcome.New(d, w.Clock, w.Policy)
		campus := w.Project("Campus", w.Ana)
		var wait sync.WaitGroup
		results := make([]error, 2)
		for i, who := range []account.User{w.Ana, w.Lead} {
			wait.Go(func() { results[i] = s.Tell(ctx, who, campus, outcome.Told{State: outcome.Goes}) })
		}
		wait.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Errorf("%v and %v, want one to win", results[0], results[1])
		}
	})
}
