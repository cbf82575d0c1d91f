package demo

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/journal"
	"transformateur/internal/privacy"
	"transformateur/internal/support/right"
)

// lasting are the words that outlive a project, and in which rows: what its team let the
// public read, and what people agreed to have quoted.
var lasting = map[string]string{
	"showcase_sheets.public": "public <> ''",
	"showcase_fields.value":  "sheet_id in (select id from showcase_sheets where public <> '')",
	"survey_answers.answers": "true", "survey_answers.quoted_name": "quote = 'named'",
	"board_sheets.kit": "true", "board_sheets.state": "true", "right_requests.language": "true",
}

// words lists what is still written in the tables that end with projects.
func words(t *testing.T, a *app.App) (list []string) {
	t.Helper()
	for _, table := range privacy.Map {
		if table.Rule != "projects" {
			continue
		}
		rows := "true"
		for _, column := range strings.Fields(table.Technical) {
			if column == "project_id" {
				rows = "project_id is not null"
			}
		}
		if table.Name == "board_sheets" {
			rows = "id in (select id from boards where project_id is not null)"
		}
		if slices.Contains([]string{"board_log", "board_late", "venue_ops", "venue_boards"}, table.Name) {
			rows = "board_id in (select id from boards where project_id is not null)"
		}
		for _, column := range strings.Fields(table.Identifying + " " + table.Words) {
			kept := "false"
			if one, may := lasting[table.Name+"."+column]; may {
				kept = one
			}
			n := count(t, a, fmt.Sprintf(`select count(*) from %s where %s and not (%s) and %s not in ('', '%s', '{}', '[]')`, table.Name, rows, kept, column, privacy.Gone))
			if n > 0 {
				list = append(list, fmt.Sprintf("%s.%s: %d", table.Name, column, n))
			}
		}
	}
	return list
}

// cards counts what is written on the boards of projects, as a reader would find it.
func cards(t *testing.T, a *app.App) (n int) {
	t.Helper()
	boards, err := db.List(t.Context(), a.DB.Reader(), db.Value[room.ID], `select id from boards where project_id is not null`)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range boards {
		state, _, err := room.Replay(t.Context(), a.DB.Reader(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		n += int(state.Written())
	}
	return n
}

// Years later nothing that somebody wrote on a project is left, of any of the tables that the
// demonstration fills; accounts balance, the journal holds, and every page still opens.
func TestEveryProjectOfTheDemonstrationEnds(t *testing.T) {
	_, a := loaded(t, evening)
	if before := words(t, a); len(before) < 30 {
		t.Fatalf("%d columns hold words: the search would prove nothing", len(before))
	}
	if cards(t, a) < 20 {
		t.Fatal("boards are empty: the search would prove nothing")
	}
	figures := []string{`select count(*) from projects`, `select count(*) from commitments where state = 'kept'`, `select coalesce(sum(obtained), 0) from orientations`,
		`select count(*) from project_outcomes`, `select count(*) from bookings`, `select count(*) from survey_answers`, `select sum(cards) from boards`, `select count(*) from report_versions`, `select count(*) from showcase_sheets where public <> ''`}
	var was []int
	for _, text := range figures {
		was = append(was, count(t, a, text))
	}
	now := a.Clock.(*clock.Fake)
	now.Advance(5 * 366 * 24 * time.Hour)
	for range 2 {
		if err := a.Privacy.ApplyRetention(t.Context(), account.System); err != nil {
			t.Fatal(err)
		}
		now.Advance(31 * 24 * time.Hour)
	}
	if left := words(t, a); len(left) > 0 {
		t.Errorf("still written: %s", strings.Join(left, ", "))
	}
	if n := cards(t, a); n > 0 {
		t.Errorf("boards still hold %d cards", n)
	}
	for i, text := range figures {
		if n := count(t, a, text); n != was[i] {
			t.Errorf("%s: %d, %d before", text, n, was[i])
		}
	}
	if _, faults, err := right.Check(t.Context(), a.DB.Reader()); err != nil || len(faults) > 0 {
		t.Errorf("the accounts: %+v, %v", faults, err)
	}
	if _, _, broken, err := journal.Verify(t.Context(), a.DB.Reader()); err != nil || broken != nil {
		t.Errorf("the journal: %+v, %v", broken, err)
	}
	opens(t, a)
}

var linked = regexp.MustCompile(`href="(/[^"#]*)"`)

// opens follows the links of pages as who leads the edition does, from the projects of each.
func opens(t *testing.T, a *app.App) {
	t.Helper()
	site := httptest.NewServer(a.Handler())
	defer site.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	response, err := client.Post(site.URL+"/demo/lead", "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	editions, err := db.List(t.Context(), a.DB.Reader(), db.Value[string], `select distinct edition_id from projects`)
	if err != nil {
		t.Fatal(err)
	}
	var waiting []string
	for _, id := range editions {
		waiting = append(waiting, "/editions/"+id+"/projects")
	}
	seen := map[string]bool{}
	for len(waiting) > 0 && len(seen) < 900 {
		address := waiting[0]
		waiting = waiting[1:]
		if seen[address] {
			continue
		}
		seen[address] = true
		response, err := client.Get(site.URL + address)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode >= 500 {
			t.Errorf("%s: %d %v", address, response.StatusCode, err)
		}
		for _, m := range linked.FindAllStringSubmatch(string(page), -1) {
			if next := m[1]; strings.HasPrefix(next, "/projects/") || strings.HasPrefix(next, "/editions/") || strings.HasPrefix(next, "/boards/") || strings.HasPrefix(next, "/gatherings/") {
				waiting = append(waiting, strings.ReplaceAll(next, "&amp;", "&"))
			}
		}
	}
	if len(seen) < 200 {
		t.Errorf("%d pages: the way through them is lost", len(seen))
	}
}
