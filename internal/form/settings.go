package form

import "encoding/json"

// What Diff tells one by one is taken out of the settings before comparing the rest.

// marks lists the statements that are optional and the categories that are public.
func marks(s Settings, common map[string]bool) (out []string) {
	for _, st := range s.Statements {
		if st.Optional && common[st.ID] {
			out = append(out, st.ID)
		}
	}
	for _, c := range append(append([]Category{}, s.Expenses...), s.Income...) {
		if c.Public && common[c.ID] {
			out = append(out, c.ID)
		}
	}
	return out
}

// bare are the settings without limits and labels, as a text to compare; of
// what the field offers, only what both revisions have in common.
func bare(s Settings, common map[string]bool) string {
	left := struct {
		Settings Settings
		Marks    []string
		Helps    []Localised
		Columns  []Field
	}{Marks: marks(s, common)}
	for _, o := range s.Options {
		if common[o.ID] {
			left.Helps = append(left.Helps, o.Help)
		}
	}
	for _, d := range s.Dimensions {
		if common[d.ID] {
			left.Helps = append(left.Helps, d.Question)
		}
	}
	for _, c := range s.Columns {
		if !common[c.ID] {
			continue
		}
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
