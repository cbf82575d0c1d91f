package form

import (
	"strings"

	"transformateur/internal/form/rule"
)

// MaxScore is the best score of a self-assessment; 0 is the lowest.
const MaxScore = 4

// maxComment bounds the comment of one dimension, in characters.
const maxComment = 1000

func (f *Field) dimension(id string) *Dimension {
	for i := range f.Settings.Dimensions {
		if f.Settings.Dimensions[i].ID == id {
			return &f.Settings.Dimensions[i]
		}
	}
	return nil
}

func (assessmentType) check(f *Field, bad *problems) {
	options := make([]Option, len(f.Settings.Dimensions))
	for i, d := range f.Settings.Dimensions {
		options[i] = Option{ID: d.ID, Label: d.Label}
		checkLabel(d.Question, "settings.dimensions."+itoa(i)+".question", bad)
	}
	checkOptions(options, "settings.dimensions", 1, bad)
}

func (assessmentType) fromHTML(_ *Field, in *node) any {
	out := map[string]any{}
	if in != nil {
		for k, n := range in.kids {
			out[k] = n.object("score", "comment")
		}
	}
	return out
}

func (assessmentType) normalise(_ *Field, raw any) (any, string) { return byID(raw, oneAssessment) }

func oneAssessment(raw any) (any, string) {
	object, ok := raw.(map[string]any)
	if !ok {
		return nil, "form.value_shape"
	}
	out := map[string]any{}
	for k, v := range object {
		switch {
		case k == "comment":
			s, ok := v.(string)
			if !ok {
				return nil, "form.value_shape"
			}
			if s = cleanText(s); s != "" {
				out[k] = s
			}
		case k == "unknown" && v == true, k == "score" && v == "unknown":
			out["unknown"] = true
		case k == "unknown" && v == false, k == "score" && isEmpty(v):
		case k == "score":
			n, ok := score(v)
			if !ok {
				return nil, "form.value_shape"
			}
			out[k] = n
		default:
			return nil, "form.value_shape"
		}
	}
	if out["unknown"] == true {
		delete(out, "score")
	}
	return out, ""
}

func score(v any) (int64, bool) {
	if s, ok := v.(string); ok {
		s = strings.TrimSpace(s)
		if len(s) != 1 || s[0] < '0' || s[0] > '9' {
			return 0, false
		}
		v = int64(s[0] - '0')
	}
	n, ok := v.(int64)
	return n, ok && n >= 0 && n <= MaxScore
}

func (assessmentType) validate(f *Field, v any, _ *Env, b *problems) {
	object, _ := v.(map[string]any)
	for i := range f.Settings.Dimensions {
		id := f.Settings.Dimensions[i].ID
		one, _ := object[id].(map[string]any)
		if _, scored := one["score"]; !scored && one["unknown"] != true {
			b.add(id+".score", "form.assessment_incomplete")
		}
		if s := text(one, "comment"); len(s) > maxComment && rule.Characters(s) > maxComment {
			b.add(id+".comment", "form.too_long", rule.Characters(s), maxComment)
		}
	}
	for id := range object {
		if f.dimension(id) == nil {
			strangers(object, func(id string) bool { return f.dimension(id) != nil }, b)
			break
		}
	}
}

func (assessmentType) plain(f *Field, v any, s Speech) string {
	object, _ := v.(map[string]any)
	var out []string
	for _, d := range f.Settings.Dimensions {
		one, answered := object[d.ID].(map[string]any)
		if !answered {
			continue
		}
		said := ""
		if n, ok := whole(one, "score"); ok {
			said = itoa(int(n)) + "/" + itoa(MaxScore)
		} else if one["unknown"] == true {
			said = s.say("form.not_known")
		}
		if c := text(one, "comment"); c != "" {
			said = strings.TrimPrefix(said+" – "+c, " – ")
		}
		out = append(out, s.say("form.labelled", d.Label.In(s.Lang), said))
	}
	return strings.Join(out, "\n")
}

func (assessmentType) headers(f *Field, lang string) []Header {
	var out []Header
	for _, d := range f.Settings.Dimensions {
		label := f.Label.In(lang) + " – " + d.Label.In(lang)
		out = append(out, Header{f.ID + "." + d.ID, label}, Header{f.ID + "." + d.ID + ".comment", label + " (…)"})
	}
	return out
}

func (assessmentType) cells(f *Field, v any, s Speech) []any {
	object, _ := v.(map[string]any)
	var out []any
	for _, d := range f.Settings.Dimensions {
		one, _ := object[d.ID].(map[string]any)
		grade := one["score"]
		if one["unknown"] == true {
			grade = s.say("form.not_known")
		}
		out = append(out, grade, one["comment"])
	}
	return out
}

// part gives the score of a dimension as a number; "not known" is unknown to rules.
func (assessmentType) part(f *Field, name string) (rule.Info, bool) {
	if name == "" {
		return rule.Info{Kind: rule.Object, Read: readNothing}, true
	}
	read := partOf("score", readNumber)
	return rule.Info{Kind: rule.Number, Read: func(v any) (rule.Value, bool) {
		object, _ := v.(map[string]any)
		return read(object[name])
	}}, f.dimension(name) != nil
}

func (assessmentType) prune(f *Field, v any) (any, bool) {
	return keepKeys(v, func(id string, _ any) bool { return f.dimension(id) != nil })
}
