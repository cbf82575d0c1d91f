package stats_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/stats"
)

var (
	ctx    = context.Background()
	speech = form.Speech{Lang: "fr", Say: func(key string, _ ...any) string { return key }}
)

const blocks = `{"version":1,"steps":[{"id":"s","title":{"fr":"Moyens"},"fields":[
 {"id":"who","type":"contact","label":{"fr":"Contact"}},
 {"id":"budget","type":"budget","label":{"fr":"Budget"},"settings":{"expenses":[{"id":"staff","label":{"fr":"Personnel"}}],"income":[{"id":"own","label":{"fr":"Fonds propres"}}]}},
 {"id":"team","type":"team","label":{"fr":"Équipe"}}]}]}`

// world is a closed call with two files, of which the second one has no team.
func world(t *testing.T, d *db.DB) (*screeningtest.World, *stats.Service) {
	w := screeningtest.New(t, d)
	w.OpenCall("moyens", blocks)
	for _, title := range []string{"Un", "Deux"} {
		a, err := w.Files.Create(ctx, w.Ana, "moyens", title)
		w.Must(err)
		w.Fill(w.Ana, a.ID, "who", map[string]any{"name": "Ada", "email": "ada@exemple.fr"}, "budget", map[string]any{
			"expenses": []any{map[string]any{"category": "staff", "label": "=HYPERLINK(1)", "amount": int64(1250050)}},
			"income":   []any{map[string]any{"category": "own", "label": "Épargne", "amount": int64(1250050)}}})
		if title == "Un" {
			w.Fill(w.Ana, a.ID, "team", []any{map[string]any{"name": "Ada", "function": "Cheffe", "share": int64(50)}, map[string]any{"name": "Bob", "function": "Aide"}})
		}
		_, err = w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
	}
	w.Clock.Advance(2 * time.Hour)
	return w, stats.New(w.Files, w.Screening)
}

func TestRepeatedBlocksHaveTheirSheet(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		groups, err := s.Columns(ctx, w.Lead, "moyens", speech)
		w.Must(err)
		p, err := s.Export(ctx, w.Lead, "moyens", stats.Wanted{Columns: stats.Keys(groups), Format: stats.XLSX, Speech: speech})
		w.Must(err)
		var out bytes.Buffer
		w.Must(p.Write(&out))
		f, err := excelize.OpenReader(&out)
		w.Must(err)
		if sheets := f.GetSheetList(); !slices.Equal(sheets, []string{"export.sheet", "Budget", "Équipe"}) {
			t.Fatalf("%q", sheets)
		}
		budget, err := f.GetRows("Budget")
		want := [][]string{{"export.column_number", "export.column_title", "export.row", "export.budget_side", "export.budget_category", "export.budget_label", "export.budget_amount"},
			{"1", "Un", "1", "export.budget_expenses", "Personnel", "'=HYPERLINK(1)", "12500.5"}, {"1", "Un", "2", "export.budget_income", "Fonds propres", "Épargne", "12500.5"},
			{"2", "Deux", "1", "export.budget_expenses", "Personnel", "'=HYPERLINK(1)", "12500.5"}, {"2", "Deux", "2", "export.budget_income", "Fonds propres", "Épargne", "12500.5"}}
		if err != nil || !slices.EqualFunc(budget, want, slices.Equal[[]string]) {
			t.Errorf("%q %v", budget, err)
		}
		team, err := f.GetRows("Équipe")
		if err != nil || len(team) != 3 || team[2][1] != "Un" || team[2][3] != "Bob" {
			t.Errorf("%q %v", team, err)
		}
	})
}

func TestExportFollowsRights(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		items, err := w.Screening.List(ctx, w.Lead, "moyens", screening.Filter{})
		w.Must(err)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			if err := w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "bob", Relation: "secretary", Object: policy.Ref{Kind: "call", ID: "moyens"}}); err != nil {
				return err
			}
			return w.Policy.Exclude(ctx, tx, w.Lead, "person", "lead", policy.Ref{Kind: "application", ID: string(items[0].ID)}, "conflict", "")
		}))
		want := stats.Wanted{Columns: []string{"number", "email", "f.who.email"}, Format: stats.CSVPlain, Speech: speech}
		p, err := s.Export(ctx, w.Lead, "moyens", want)
		var out bytes.Buffer
		if err != nil || p.Rows != 1 {
			t.Fatalf("a file that she is excluded from left: %d %v", p.Rows, err)
		}
		w.Must(p.Write(&out))
		if lines := strings.Split(out.String(), "\r\n"); len(lines) != 3 || !strings.HasPrefix(lines[1], "2;") || !strings.Contains(lines[1], "ada@exemple.fr") {
			t.Errorf("%q", lines)
		}
		if _, err := s.Export(ctx, w.Bob, "moyens", want); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a secretary exported: %v", err)
		}
		want.Columns = []string{"password"}
		if _, err := s.Export(ctx, w.Lead, "moyens", want); !errs.Is(err, errs.Invalid) {
			t.Errorf("an unknown column: %v", err)
		}
	})
}
