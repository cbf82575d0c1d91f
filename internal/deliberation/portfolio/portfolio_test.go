package portfolio_test

import (
	"context"
	"testing"

	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/deliberation/portfolio"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

var ctx = context.Background()

const written = `{"version":1,"steps":[{"id":"one","title":{"fr":"Un"},"fields":[
 {"id":"kind","type":"choice","label":{"fr":"Famille"},"settings":{"options":[{"id":"tool","label":{"fr":"Outil"}},{"id":"method","label":{"fr":"Méthode"}}]}},
 {"id":"agreed","type":"yesno","label":{"fr":"Accord signé"}},
 {"id":"staff","type":"number","label":{"fr":"Effectif"}},
 {"id":"cost","type":"money","label":{"fr":"Aide demandée"}},
 {"id":"budget","type":"budget","label":{"fr":"Budget"},"settings":{"expenses":[{"id":"all","label":{"fr":"Tout"}}],"income":[{"id":"own","label":{"fr":"Fonds propres"}},{"id":"region","label":{"fr":"Région"},"public":true}]}}]}]}`

func compiled(t *testing.T) *form.Form {
	t.Helper()
	f, err := form.Parse([]byte(written))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Four files: two above the line, of which one is retained with one from below, and one on the reserve.
func files(w *deliberationtest.World) []portfolio.File {
	w.T.Helper()
	list := []portfolio.File{{ID: w.Files[0], Above: true, Retained: true}, {ID: w.Files[1], Above: true}, {ID: w.Files[2], Retained: true}, {ID: w.Files[3], Reserve: true}}
	contents := []string{
		`{"kind":"tool","staff":5,"cost":1000000,"budget":{"expenses":[],"income":[{"category":"own","label":"Nous","amount":500000},{"category":"region","label":"Aide","amount":900000},{"category":"region","label":"Prime","amount":100000}]}}`,
		`{"kind":"tool","staff":10,"cost":2000000}`, `{"kind":"tool","staff":400,"cost":4000000}`, `{"kind":"tool"}`}
	w.Write(func(tx *db.Tx) error {
		for i, content := range contents {
			if _, err := tx.Exec(ctx, `update submissions set content = $2 where application_id = $1`, string(w.Files[i]), content); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `delete from application_facets where application_id = $1`, string(w.Files[i])); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into application_facets (application_id, field, value) values ($1, 'kind', 'tool'), ($1, 'agreed', $2)`, string(w.Files[i]), []string{"true", "false"}[i%2]); err != nil {
				return err
			}
		}
		return nil
	})
	return list
}

func TestPortfolio(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 4)
		f := compiled(t)
		list := files(w)
		rules := portfolio.Rules{Asked: "cost", Size: "staff", Steps: portfolio.ReadySteps,
			Bounds: []portfolio.Bound{{Field: "kind", Value: "tool", Most: 1}, {Field: "kind", Value: "method", Least: 1}, {Field: "staff", Value: "250", Least: 1}}}
		envelope := int64(45_000)
		got, err := rules.Of(ctx, d.Reader(), f, list, &envelope, portfolio.Speech{Lang: "fr"})
		w.Must(err)
		if s := got.Sums; s == nil || s.All != 7_000_000 || s.Above != 3_000_000 || s.Retained != 5_000_000 || s.Reserve != 0 || s.Silent != 1 || s.Left == nil || *s.Left != -500_000 {
			t.Errorf("sums %+v", s)
		}
		if len(got.Facets) != 3 {
			t.Fatalf("facets %+v", got.Facets)
		}
		kind, agreed, size := got.Facets[0].Values, got.Facets[1].Values, got.Facets[2].Values
		if len(agreed) != 2 || agreed[0].Key == agreed[1].Key || agreed[0].Key != "form.yes" && agreed[1].Key != "form.yes" {
			t.Errorf("who agreed %+v", agreed)
		}
		if len(kind) != 2 || kind[0].Label != "Outil" || kind[0].Retained != 2 || kind[0].Above != 2 || kind[0].Breach != portfolio.Over || kind[1].All != 0 || kind[1].Breach != portfolio.Short {
			t.Errorf("kinds %+v", kind)
		}
		if len(size) != 4 || size[0].All != 1 || size[0].Below != "10" || size[1].All != 1 || size[2].All != 0 || size[3].All != 1 || size[3].Retained != 1 || size[3].Breach != "" || size[3].Below != "" {
			t.Errorf("sizes %+v", size)
		}
		part, err := portfolio.Rules{Asked: "budget:region"}.Of(ctx, d.Reader(), f, list[:1], nil, portfolio.Speech{Lang: "fr"})
		w.Must(err)
		if part.Sums.All != 1_000_000 || part.Sums.Left != nil {
			t.Errorf("a line of the budgets: %+v", part.Sums)
		}
		// A file that is closed to who asks is not in the list: nothing of it is added.
		less, err := rules.Of(ctx, d.Reader(), f, list[:2], &envelope, portfolio.Speech{Lang: "fr"})
		w.Must(err)
		if less.Sums.All != 3_000_000 || *less.Sums.Left != 3_500_000 {
			t.Errorf("without two files: %+v", less.Sums)
		}
	})
}

func TestRules(t *testing.T) {
	f := compiled(t)
	for name, c := range map[string]struct {
		rules portfolio.Rules
		wrong bool
	}{
		"nothing is watched":            {portfolio.Rules{}, false},
		"a sum and a size":              {portfolio.Rules{Asked: "cost", Size: "staff", Steps: []float64{10, 50}}, false},
		"an income of a budget":         {portfolio.Rules{Asked: "budget:region"}, false},
		"a sum that nobody is asked":    {portfolio.Rules{Asked: "price"}, true},
		"a text for a sum":              {portfolio.Rules{Asked: "kind"}, true},
		"classes out of order":          {portfolio.Rules{Size: "staff", Steps: []float64{50, 10}}, true},
		"more hoped for than is let in": {portfolio.Rules{Bounds: []portfolio.Bound{{Field: "kind", Value: "tool", Least: 3, Most: 2}}}, true},
		"fewer than none":               {portfolio.Rules{Bounds: []portfolio.Bound{{Field: "kind", Value: "tool", Least: -1}}}, true},
	} {
		if got := c.rules.Faults(f); got != c.wrong {
			t.Errorf("%s: wrong is %v", name, got)
		}
	}
	offer := portfolio.OfferOf(f)
	if len(offer.Sums) != 3 || offer.Sums[2].Path != "budget:region" || len(offer.Sizes) != 1 || len(offer.Choices) != 1 {
		t.Errorf("offer %+v", offer)
	}
}
