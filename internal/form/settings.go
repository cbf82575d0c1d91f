package form

import "encoding/json"

// What Diff tells one by one is taken out of the settings before comparing the rest.

// marks lists the statements that are optional and the categories that are public.
func marks(s Settings) (out []string) {
	for _, st := range s.Statements {
		if st.Optional {
			out = append(out, st.ID)
		}
	}
	for _, c := range append(append([]Category{}, s.Expenses...), s.Income...) {
		if c.Public {
			out = append(out, c.ID)
		}
	}
	return out
}

// bare are the settings without limits, labels and lists, as a text to compare.
func bare(s Settings) string {
	left := struct {
		Settings Settings
		Marks    []string
		Helps    []Localised
		Columns  []Field
	}{Marks: marks(s)}
	for _, o := range s.Options {
		left.Helps = append(left.Helps, o.Help)
	}
	for _, d := range s.Dimensions {
		left.Helps = append(left.Helps, d.Question)
	}
	for _, c := range s.Columns {
		left.Columns = append(left.Columns, Field{ID: c.ID, Type: c.Type, Required: c.Required, Settings: c.Settings})
	}
	s.MinChars, s.MaxChars, s.MaxLines, s.MinPicks, s.MaxPicks, s.MinRows, s.MaxRows = 0, 0, 0, 0, 0, 0, 0
	s.MaxFiles, s.MaxBytes, s.MaxPublicRate, s.MaxTotal, s.Min, s.Max = 0, 0, 0, 0, nil, nil
	s.Options, s.Questions, s.Dimensions, s.Statements, s.Expenses, s.Income, s.Columns = nil, nil, nil, nil, nil, nil, nil
	left.Settings = s
	text, err := json.Marshal(left)
	if err != nil {
		return ""
	}
	return string(text)
}
