package pitch_test

import (
	"fmt"
	"testing"

	"transformateur/internal/agenda/floor"
	"transformateur/internal/agenda/pitch"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/comparison/comparisontest"
	"transformateur/internal/review/reviewtest"
)

// A committee reads what those who heard pitches preferred among its files, when the vote
// was opened for that and is closed; whoever stepped aside from a file reads a result in
// which it never was, and who reads no ranking reads none.
func TestAVoteInformsASelection(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := comparisontest.New(t, d, reviewtest.Options{Number: 3})
		w := gatheringtest.Over(c.World.World)
		plans := pitch.New(&floor.Floor{DB: d, Clock: w.Clock, Policy: w.Policy, Pulse: pulse.New(d, w.Policy)}, c.Comparisons)
		id := w.Planned()
		exec := func(text string, args ...any) {
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, text, args...)
				return err
			}))
		}
		ballot := ""
		for i, file := range c.Files {
			project := fmt.Sprintf("p%d", i)
			exec(`insert into projects (id, edition_id, application_id, title, summary, status, version, created_at, created_by, updated_at) values ($1, $2, $3, $1, '', 'active', 1, $4, 'system', $4)`, project, gatheringtest.Edition, string(file), w.Clock.Now())
			ballot += " " + project
		}
		exec(`insert into projects (id, edition_id, title, summary, status, version, created_at, created_by, updated_at) values ('other', $1, 'other', '', 'active', 1, $2, 'system', $2)`, gatheringtest.Edition, w.Clock.Now())
		exec(`insert into pitch_runs (id, gathering_id, activity_id, called, phase, spent, extra, ballot, ballot_seed, vote, informs, version) values ('run', $1, 'a1', $2, 'over', 0, 0, $2, 'x', 'open', true, 1)`, string(id), "other"+ballot)
		for i := range 4 {
			voter := fmt.Sprintf("v%d", i)
			exec(`insert into participants (id, gathering_id, email, name, role, organisation, added_by, added_at, left_by, version) values ($1, $2, $1, $1, 'peer', '', 'system', $3, '', 1)`, voter, string(id), w.Clock.Now())
			for _, pair := range [][3]string{{"p0", "p1", "p1"}, {"p1", "p2", "p2"}, {"p0", "p2", "p2"}, {"other", "p0", "other"}} {
				exec(`insert into pitch_votes (id, run_id, participant_id, first_id, second_id, chosen, voted_at) values ($1, 'run', $2, $3, $4, $5, $6)`, db.NewID(), voter, pair[0], pair[1], pair[2], w.Clock.Now())
			}
		}
		read := func(want string) {
			t.Helper()
			list, err := plans.Preferred(ctx, c.Chair, reviewtest.Selection)
			w.Must(err)
			got := ""
			for _, p := range list {
				got += fmt.Sprintf("%d votes of %d:", p.Votes, p.Voters)
				for _, one := range p.Ranking {
					for i, file := range c.Files {
						if one.ID == string(file) {
							got += fmt.Sprintf(" %d", i)
						}
					}
				}
			}
			if got != want {
				t.Errorf("the chair reads %q, want %q", got, want)
			}
		}
		read("") // open still
		exec(`update pitch_runs set vote = 'closed'`)
		read("12 votes of 4: 2 1 0")
		exec(`update pitch_runs set informs = false`)
		read("")
		exec(`update pitch_runs set informs = true`)
		c.Exclude(c.Chair, c.Files[1])
		read("4 votes of 4: 2 0")
		if _, err := plans.Preferred(ctx, w.Ana, reviewtest.Selection); !errs.Is(err, errs.NotFound) {
			t.Errorf("an applicant: %v", err)
		}
	})
}
