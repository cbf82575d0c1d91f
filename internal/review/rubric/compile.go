package rubric

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
)

// MaxWeight bounds the weight of a criterion.
const MaxWeight = 100

// MaxGates bounds the eliminatory conditions.
const MaxGates = 50

// allowed are the kinds of questions that a grid may ask: what a reader judges and says.
var allowed = []string{"scale", "yesno", "choice", "choices", "number", "text", "longtext", "heading", "explanation"}

// Allowed lists the kinds of questions that a grid may ask.
func Allowed() []string { return slices.Clone(allowed) }

var idShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Compiled is a checked rubric, ready to judge from several goroutines at once.
type Compiled struct {
	Rubric *Rubric // not to be changed
	Form   *form.Compiled
}

// Compile checks the whole rubric once and reports everything that is wrong at once.
func (r *Rubric) Compile() (*Compiled, error) {
	c := &Compiled{Rubric: r}
	bad := &faults{}
	var err error
	if c.Form, err = r.Form.Compile(); err != nil {
		bad.list = inside("form", err)
	}
	for s := range r.Form.Steps {
		for i, f := range r.Form.Steps[s].Fields {
			if !slices.Contains(allowed, f.Type) {
				bad.add("form.steps."+strconv.Itoa(s)+".fields."+strconv.Itoa(i)+".type", "review.type_refused", f.Type)
			}
		}
	}
	r.checkCriteria(bad)
	r.checkGates(bad)
	r.checkRoles(bad)
	if err := errs.NewInvalid("review.rubric_invalid", bad.list); err != nil {
		return nil, err
	}
	return c, nil
}

type faults struct{ list []errs.Field }

func (f *faults) add(path, key string, args ...any) {
	f.list = append(f.list, errs.Field{Path: path, Key: key, Args: args})
}

func (r *Rubric) checkCriteria(bad *faults) {
	if len(r.Criteria) == 0 {
		bad.add("criteria", "review.criteria_none")
	}
	seen := map[string]bool{}
	for i, k := range r.Criteria {
		at := "criteria." + strconv.Itoa(i)
		f := r.Form.Field(k.Field)
		switch {
		case f == nil:
			bad.add(at+".field", "review.question_unknown", k.Field)
			continue
		case f.Type != "scale" && f.Type != "yesno":
			bad.add(at+".field", "review.criterion_type", k.Field)
			continue
		case seen[k.Field]:
			bad.add(at+".field", "review.criterion_twice", k.Field)
		}
		seen[k.Field] = true
		if k.Weight < 1 || k.Weight > MaxWeight {
			bad.add(at+".weight", "review.weight_bounds", MaxWeight)
		}
		n := len(f.Settings.Options)
		if k.Unable != "" && (n < 3 || f.Settings.Options[n-1].ID != k.Unable) {
			bad.add(at+".unable", "review.unable_last", k.Unable)
		}
	}
}

func (r *Rubric) checkGates(bad *faults) {
	if len(r.Gates) > MaxGates {
		bad.add("gates", "review.gates_many", MaxGates)
	}
	seen := map[string]bool{}
	for i, g := range r.Gates {
		at := "gates." + strconv.Itoa(i)
		if !idShape.MatchString(g.ID) || seen[g.ID] {
			bad.add(at+".id", "review.gate_id", g.ID)
		}
		seen[g.ID] = true
		if strings.TrimSpace(g.Label.In("fr")) == "" {
			bad.add(at+".label", "form.setting_label_missing")
		}
		if g.Least < 1 || g.Least > len(g.Of) {
			bad.add(at+".least", "review.gate_least", len(g.Of))
		}
		for j, p := range g.Of {
			r.checkPass(p, at+".of."+strconv.Itoa(j), bad)
		}
	}
}

func (r *Rubric) checkPass(p Pass, at string, bad *faults) {
	f := r.Form.Field(p.Field)
	if f == nil {
		bad.add(at+".field", "review.question_unknown", p.Field)
		return
	}
	var known []string
	switch f.Type {
	case "yesno":
		known = []string{"yes", "no"}
	case "scale", "choice":
		for _, o := range f.Settings.Options {
			known = append(known, o.ID)
		}
	default:
		bad.add(at+".field", "review.gate_type", p.Field)
		return
	}
	if len(p.Accept) == 0 || len(p.Accept) >= len(known) {
		bad.add(at+".accept", "review.gate_accept", p.Field)
	}
	for _, id := range p.Accept {
		if !slices.Contains(known, id) || id == r.unable(p.Field) {
			bad.add(at+".accept", "review.answer_unknown", id)
		}
	}
}

func (r *Rubric) checkRoles(bad *faults) {
	for _, role := range []struct {
		path, field string
		types       []string
		key         string
	}{{"recommendation", r.Recommendation, []string{"choice", "scale"}, "review.recommendation_type"}, {"confidence", r.Confidence, []string{"scale"}, "review.confidence_type"}} {
		if role.field == "" {
			continue
		}
		if f := r.Form.Field(role.field); f == nil || !slices.Contains(role.types, f.Type) {
			bad.add(role.path, role.key, role.field)
		}
	}
	for i, id := range r.Shareable {
		if f := r.Form.Field(id); f == nil || f.Type != "text" && f.Type != "longtext" {
			bad.add("shareable."+strconv.Itoa(i), "review.shareable_type", id)
		}
	}
}

// unable is the anchor by which a reader says that she cannot judge a question, or "".
func (r *Rubric) unable(field string) string {
	for _, k := range r.Criteria {
		if k.Field == field {
			return k.Unable
		}
	}
	return ""
}

// Criterion finds the weight of a question; false when it does not count.
func (r *Rubric) Criterion(field string) (Criterion, bool) {
	i := slices.IndexFunc(r.Criteria, func(k Criterion) bool { return k.Field == field })
	if i < 0 {
		return Criterion{}, false
	}
	return r.Criteria[i], true
}

// Shares says whether a comment may be told to the project.
func (r *Rubric) Shares(field string) bool { return slices.Contains(r.Shareable, field) }
