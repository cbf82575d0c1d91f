package application

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// FacetAnswer is one answer to a question of choice.
type FacetAnswer struct{ Field, Value string }

// FacetsAmong counts the answers of some files to the questions of choice, as Facets does,
// and says which files gave each. It asks no right: whoever shows it chose the files among
// those that the reader may see.
func (s *Service) FacetsAmong(ctx context.Context, r db.Reader, c call.Call, files []ID, speech form.Speech) ([]Facet, map[FacetAnswer][]ID, error) {
	if len(files) == 0 || c.Revision == 0 {
		return nil, nil, nil
	}
	compiled, err := s.calls.Form(ctx, r, c.ID, c.Revision)
	if err != nil {
		return nil, nil, err
	}
	var args []any
	var marks []string
	for i, id := range files {
		args, marks = append(args, string(id)), append(marks, fmt.Sprintf("$%d", i+1))
	}
	type row struct {
		FacetAnswer
		id ID
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.Field, &x.Value, &x.id)
		return x, err
	}, `select field, value, application_id from application_facets where application_id in (`+strings.Join(marks, ", ")+`) order by field, value, application_id`, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("read the answers of the files of %s: %w", c.ID, err)
	}
	if speech.Checks == nil {
		speech.Checks = s.checksFor(nil)
	}
	answers, byField := map[FacetAnswer][]ID{}, map[string][]FacetValue{}
	for _, x := range rows {
		if answers[x.FacetAnswer] == nil {
			byField[x.Field] = append(byField[x.Field], FacetValue{Value: x.Value})
		}
		answers[x.FacetAnswer] = append(answers[x.FacetAnswer], x.id)
	}
	var out []Facet
	for _, field := range compiled.Form.Fields() {
		if values := byField[field.ID]; len(values) > 0 && faceted[field.Type] {
			out = append(out, Facet{field, ordered(field, values, speech)})
		}
	}
	for _, f := range out {
		for i, v := range f.Values {
			f.Values[i].Count = len(answers[FacetAnswer{f.Field.ID, v.Value}])
		}
	}
	return out, answers, nil
}
