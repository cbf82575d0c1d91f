package formview

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/evanw/esbuild/pkg/api"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
)

// script bundles one source of the front end as a global of the given name.
func script(t *testing.T, file, global string) string {
	t.Helper()
	path, err := filepath.Abs("../../../../frontend/src/deposit/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	out := api.Build(api.BuildOptions{EntryPoints: []string{path}, Bundle: true, Format: api.FormatIIFE, GlobalName: global, Write: false, Outdir: t.TempDir()})
	if len(out.Errors) > 0 {
		t.Fatal(out.Errors)
	}
	return strings.Replace(string(out.OutputFiles[0].Contents), "var "+global, "globalThis."+global, 1)
}

// What the island sends of a page is the answer that the page shows, for every type.
func TestTheIslandReadsWhatTheServerWrote(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate("about:blank"), chromedp.Evaluate[chromedp.Void](script(t, "raw.ts", "reader")))
	for _, ty := range form.Types() {
		k := kinds[ty.ID]
		for _, value := range []string{k.right, k.wrong} {
			if value == "" || ty.ID == "file" {
				continue
			}
			v := viewOf(t, ty.ID, k, value)
			if strings.Contains(value, `"z"`) {
				continue // an option that is gone cannot be sent again
			}
			f := v.Form.Form.Field(ty.ID)
			entries := [][2]string{}
			for name, values := range sent(t, draw(t, i18n.FR, Step(v))) {
				for _, one := range values {
					entries = append(entries, [2]string{name, one})
				}
			}
			columns := map[string]string{}
			for _, c := range f.Columns() {
				columns[c.ID] = c.Type
			}
			in, err := json.Marshal([]any{ty.ID, ty.ID, entries, columns})
			if err != nil {
				t.Fatal(err)
			}
			raw := ask[string](t, ctx, "JSON.stringify(reader.raw(..."+string(in)+"))")
			got, problems := f.Decode([]byte(raw))
			if len(problems) > 0 {
				t.Fatalf("%s: %s: %v", ty.ID, raw, problems)
			}
			if got, want := string(form.Canonical(got)), string(form.Canonical(v.Answers[ty.ID])); got != want {
				t.Errorf("%s: read %s, the page shows %s", ty.ID, got, want)
			}
		}
	}
}

// The totals of a budget are the same in the page and on the server, to the cent and to the hundredth of a percent.
func TestTheIslandCountsAsTheServer(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate("about:blank"), chromedp.Evaluate[chromedp.Void](script(t, "money.ts", "counter")))
	amount := &form.Field{ID: "m", Type: "money"}
	for _, typed := range []string{"12", "1 234,5 €", "1\u202f234,50", "1,234.56", "-3", "−3,10", "1.2.3", "1,001", "1,010", "cher", "", ",5", "+7", "0,1", "12 euros", "1'000", "999999999999,99"} {
		text, err := json.Marshal(typed)
		if err != nil {
			t.Fatal(err)
		}
		value, _ := amount.Decode(text)
		want := "null"
		if n, ok := value.(int64); ok {
			want = string(form.Canonical(n))
		}
		if got := ask[string](t, ctx, "String(counter.cents("+string(text)+"))"); got != want {
			t.Errorf("%q is %s cents, %s on the server", typed, got, want)
		}
	}
	k := kinds["budget"]
	budget := &form.Field{ID: "b", Type: "budget", Settings: k.Settings}
	for _, c := range [][2]int64{{1, 3}, {2, 3}, {1, 2000}, {1, 20000}, {0, 5}, {5, 0}, {999_999_999_999, 1_000_000_000_001}} {
		value := map[string]any{"expenses": []any{map[string]any{"category": "staff", "amount": c[1]}}, "income": []any{map[string]any{"category": "region", "amount": c[0]}}}
		want := budget.BudgetTotals(value).PublicRate
		in, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if got := ask[int64](t, ctx, "counter.basisPoints(..."+string(in)+")"); got != want {
			t.Errorf("%v: %d, %d on the server", c, got, want)
		}
	}
	for _, n := range []int64{0, 5, 123450, -23450, 1_234_567_89} {
		for _, lang := range []string{"fr", "en"} {
			in, err := json.Marshal([]any{n, lang})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := ask[string](t, ctx, "counter.money(..."+string(in)+")"), text.Money(lang, n); got != want {
				t.Errorf("%q, %q on the server", got, want)
			}
		}
	}
}
