package demo

import (
	"testing"

	"transformateur/internal/app"
	"transformateur/internal/demo"
)

// tells asks of each edition what its moment lets exist: what follows the two days is told of
// the edition that is over and of the one in its months of support, never of the first one,
// whose days have not begun.
func tells(t *testing.T, a *app.App) {
	t.Helper()
	const mine = ` p join calls c on c.edition_id = p.edition_id where c.id = $1`
	const of = ` x join projects p on p.id = x.project_id join calls c on c.edition_id = p.edition_id where c.id = $1`
	for _, one := range []struct {
		what, text                 string
		finished, supported, first int
	}{
		{"surveys that were sent", `select count(*) from surveys` + mine + ` and p.sent_at is not null`, 1, 0, 0},
		{"answers", `select count(*) from survey_answers x join surveys p on p.id = x.survey_id join calls c on c.edition_id = p.edition_id where c.id = $1 and x.complete and x.shown`, 5, 0, 0},
		{"words that were sorted", `select count(*) from theme_readings` + mine, 6, 0, 0},
		{"projects of which something is known", `select count(distinct x.project_id) from project_outcomes` + of, 5, 0, 0},
		{"projects that stopped", `select count(*) from project_outcomes` + of + ` and x.state = 'stopped'`, 1, 0, 0},
		{"reports open to all", `select count(*) from report_versions` + mine + ` and p.shared = 'public'`, 1, 0, 0},
		{"sheets in the showcase", `select count(*) from showcase_sheets` + of + ` and x.state = 'published'`, 2, 0, 0},
		{"commitments", `select count(*) from commitments` + mine, 4, 4, 0},
		{"commitments that were kept and confirmed", `select count(*) from commitments` + mine + ` and p.state = 'kept' and p.confirmed_at is not null`, 3, 1, 0},
		{"commitments that were not kept", `select count(*) from commitments` + mine + ` and p.state = 'dropped'`, 1, 0, 0},
		{"commitments that are late", `select count(*) from commitments` + mine + ` and p.state = 'promised' and p.due < '2027-03-02'`, 0, 1, 0},
		{"partners", `select count(*) from partners` + mine + ` and p.status = 'active'`, 2, 3, 0},
		{"sheets that are ready", `select count(*) from syntheses` + of + ` and x.state = 'ready'`, 5, 4, 0},
		{"sponsors of projects", `select count(*) from sponsorships` + of, 0, 4, 0},
		{"visits", `select count(*) from visits` + of, 0, 2, 0},
		{"meetings that took place", `select count(*) from bookings` + of + ` and x.state = 'held'`, 0, 2, 0},
		{"meetings to come", `select count(*) from bookings` + of + ` and x.state = 'booked' and x.starts_at > '2027-03-02T19:31:00Z'`, 0, 2, 0},
		{"rights that were granted", `select count(*) from right_shares` + of + ` and x.granted > 0`, 0, 4, 0},
		{"requests", `select count(*) from right_requests` + of, 0, 3, 0},
		{"orientations", `select count(*) from orientations` + of, 0, 3, 0},
		{"sums that were obtained", `select count(*) from orientations` + of + ` and x.state = 'obtained' and x.obtained is not null`, 0, 1, 0},
	} {
		for call, want := range map[string]int{demo.FinishedCall: one.finished, demo.SupportedCall: one.supported, demo.RegionalCall: one.first} {
			if got := count(t, a, one.text, call); got != want {
				t.Errorf("%s of %s: %d, want %d", one.what, call, got, want)
			}
		}
	}
}
