package ui

import (
	"context"
	"fmt"
	"time"

	"github.com/a-h/templ"

	"transformateur/internal/i18n"
)

// paris is the zone of the samples; the database of zones may be absent.
func paris() *time.Location {
	if zone, err := time.LoadLocation("Europe/Paris"); err == nil {
		return zone
	}
	return time.UTC
}

// sample says a sentence of the style guide.
func sample(ctx context.Context, key string, args ...any) string {
	return i18n.T(ctx, "ui.sample_"+key, args...)
}

// sampleDay is a day of the sample edition, at noon.
func sampleDay(month time.Month, day int) time.Time {
	return time.Date(2027, month, day, 12, 0, 0, 0, paris())
}

// sampleFrise is an edition under way, with a stage of each state.
func sampleFrise(ctx context.Context) Frise {
	return Frise{Now: sampleDay(3, 3), Stages: []FriseStage{
		{Kind: "foresight", Name: sample(ctx, "stage_theme"), Opens: sampleDay(1, 4), Closes: sampleDay(1, 29), URL: "#"},
		{Kind: "call", Name: sample(ctx, "stage_call"), Opens: sampleDay(2, 1), Closes: sampleDay(3, 19), URL: "#", Note: sample(ctx, "stage_note")},
		{Kind: "selection", Name: sample(ctx, "stage_selection"), Opens: sampleDay(3, 22), Closes: sampleDay(4, 9)},
		{Kind: "gathering", Name: sample(ctx, "stage_gathering"), Opens: sampleDay(5, 18), Closes: sampleDay(5, 19)},
		{Kind: "support", Name: sample(ctx, "stage_support"), Opens: sampleDay(5, 24), Closes: sampleDay(9, 30)},
		{Kind: "debrief", Name: sample(ctx, "stage_debrief"), Opens: sampleDay(10, 15)},
	}}
}

// sampleKinds are the eight stage kinds.
var sampleKinds = []string{"call", "selection", "gathering", "support", "debrief", "foresight", "incubation", "taster"}

func sampleNav(ctx context.Context) []NavItem {
	return []NavItem{
		{Label: sample(ctx, "nav_home"), URL: "/", Count: 3},
		{Label: sample(ctx, "nav_calls"), URL: "/calls", Current: true},
		{Label: sample(ctx, "nav_projects"), URL: "/projects"},
	}
}

// SamplePage is the page of the style guide, as somebody signed in sees it.
func SamplePage(ctx context.Context) Page {
	return Page{
		Title: sample(ctx, "title"), Lead: sample(ctx, "lead"), Over: sample(ctx, "over"),
		Nav: sampleNav(ctx), Person: "Amina Lefèvre", Notice: sample(ctx, "notice"),
		Crumbs: []Crumb{{Label: sample(ctx, "nav_home"), URL: "/"}, {Label: sample(ctx, "nav_calls"), URL: "/calls"}},
	}
}

func sampleTodos(ctx context.Context) []Todo {
	about := "Atelier partagé, Normandie 2027"
	return []Todo{
		{Text: sample(ctx, "todo_late"), About: about, URL: "#", Due: sampleDay(3, 1)},
		{Text: sample(ctx, "todo_soon"), About: about, URL: "#", Due: sampleDay(3, 4)},
		{Text: sample(ctx, "todo_far"), About: "La Conserverie, Normandie 2027", URL: "#", Due: sampleDay(3, 19)},
		{Text: sample(ctx, "todo_free"), URL: "#"},
	}
}

func sampleCards(ctx context.Context) []Card {
	closing := Deadline{Label: sample(ctx, "deadline"), At: sampleDay(3, 19), Now: sampleDay(3, 3)}
	return []Card{
		{Over: "Transformateur numérique", Title: sample(ctx, "card_one"), URL: "#", Text: sample(ctx, "card_one_text"), Facts: []string{"Normandie", sample(ctx, "card_fact")}, Badge: sample(ctx, "open"), Tone: Success, Deadline: closing, Frise: sampleFrise(ctx)},
		{Over: "La Fabrique", Title: sample(ctx, "card_two"), URL: "#", Text: sample(ctx, "card_two_text"), Facts: []string{"Dijon"}, Badge: sample(ctx, "closed"), Tone: Info},
	}
}

func samplePairs(ctx context.Context) []Pair {
	return []Pair{
		{Term: sample(ctx, "pair_one"), Text: "Atelier partagé", Change: "#"},
		{Term: sample(ctx, "pair_two"), Text: sample(ctx, "pair_two_text"), Change: "#"},
		{Term: sample(ctx, "pair_three"), Detail: PersonChip(Person{Name: "Amina Lefèvre", Role: sample(ctx, "role"), Organisation: "Conserverie du Perche"})},
	}
}

func sampleJournal(ctx context.Context) []Event {
	return []Event{
		{At: sampleDay(3, 3), Who: "Amina Lefèvre", What: sample(ctx, "event_one"), Detail: "budget.2.amount"},
		{At: sampleDay(3, 2), Who: "Jules Étienne", What: sample(ctx, "event_two")},
	}
}

func sampleSteps(ctx context.Context) []Step {
	return []Step{
		{Label: sample(ctx, "step_one"), URL: "#"},
		{Label: sample(ctx, "step_two"), URL: "#", Current: true, Missing: 2},
		{Label: sample(ctx, "step_three"), URL: "#", Missing: 1},
		{Label: sample(ctx, "step_four"), URL: "#"},
		{Label: sample(ctx, "step_five"), URL: "#", Missing: 4},
	}
}

func sampleMatrix(ctx context.Context) Matrix {
	states := [][]string{{"done", "todo", "barred", "", "late"}, {"todo", "", "done", "done", ""}, {"", "late", "todo", "barred", "done"}}
	m := Matrix{Caption: sample(ctx, "matrix"), Corner: sample(ctx, "matrix_corner"), Total: true}
	for _, name := range []string{"Atelier partagé", "La Conserverie", "Télé-soin Orne", "Chantier calme", "Quai 9"} {
		m.Columns = append(m.Columns, MatrixHead{Label: name, URL: "#", Total: "2"})
	}
	for i, name := range []string{"Claire Vasseur", "Hugo Marchand", "Nadia Belkacem"} {
		row := MatrixRow{Head: MatrixHead{Label: name, Total: "3"}}
		for _, state := range states[i] {
			row.Cells = append(row.Cells, MatrixCell{State: state})
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

func sampleFunnel(ctx context.Context) []FunnelStep {
	var steps []FunnelStep
	for i, count := range []int{52, 47, 13, 4, 3} {
		steps = append(steps, FunnelStep{Label: sample(ctx, fmt.Sprintf("funnel_%d", i+1)), Count: count, URL: "#"})
	}
	return steps
}

func sampleFiles() []FileItem {
	return []FileItem{
		{ID: "1", Name: "plan-de-financement.ods", Size: 48_200, URL: "#", Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		{ID: "2", Name: "lettre-de-soutien-du-maire.pdf", Size: 1_240_000, State: FileChecking},
		{ID: "3", Name: "presentation.exe", Size: 8_100_000, State: FileRefused, Why: ".exe"},
	}
}

func sampleLetter(ctx context.Context) Letter {
	return Letter{
		To: []string{"Amina Lefèvre", "Jules Étienne"}, Subject: sample(ctx, "letter_subject"),
		State: LetterWaiting, At: sampleDay(3, 12), EditURL: "#", Body: sampleBody(),
	}
}

func sampleRows(ctx context.Context) Rows {
	return Rows{
		Path: "budget", Title: sample(ctx, "row") + " %d", Min: 1, Max: 4, Add: sample(ctx, "row_add"),
		Rows:  []templ.Component{sampleRow("0", "Capteurs", "2400"), sampleRow("1", "Animation", "1800")},
		Blank: sampleRow(RowMark, "", ""),
	}
}

func sampleChoice(ctx context.Context, chosen ...string) Choice {
	c := Choice{Chosen: chosen, Empty: sample(ctx, "choose")}
	for i := 1; i <= 3; i++ {
		c.Options = append(c.Options, Option{Value: fmt.Sprint(i), Label: sample(ctx, fmt.Sprintf("choice_%d", i))})
	}
	c.Options[1].Hint = sample(ctx, "choice_hint")
	return c
}

// sampleProblems are the errors of the sample form, for its summary.
func sampleProblems(ctx context.Context) []FieldError {
	return []FieldError{
		{Path: "mail", Text: sample(ctx, "error_mail")},
		{Path: "summary", Text: sample(ctx, "error_summary")},
		{Text: sample(ctx, "error_whole")},
	}
}
