package eligible

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
)

// The bounds of the rules of one scheme.
const (
	MaxCriteria     = 30
	MaxAlternatives = 10
	MaxValues       = 120
)

// Criterion is one condition, in the language of forms: one comparison, or several of
// which one is enough. A scheme is open to whoever meets all its criteria.
type Criterion struct {
	Rule rule.Expr `json:"rule"`
}

// The tests of a line.
const (
	Less    = "lt"
	AtMost  = "le"
	AtLeast = "ge"
	More    = "gt"
	Yes     = "yes"
	No      = "no"
	OneOf   = "in"
	NoneOf  = "not_in"
	Starts  = "prefix"
	NoStart = "not_prefix"
	Months  = "months" // a date that is at least so many months ago
)

// Tests are those that a fact of each kind may be put to.
var Tests = map[rule.Kind][]string{
	rule.Bool: {Yes, No}, rule.Number: {Less, AtMost, AtLeast, More}, rule.Choice: {OneOf, NoneOf}, rule.List: {OneOf, NoneOf},
	rule.Text: {Starts, NoStart}, rule.Date: {Months},
}

// Line is one comparison, as people write it.
type Line struct {
	Fact   string
	Test   string
	Values []string // as Fact.Typed gives them; months for Months
}

const daysOfMonth = 365.25 / 12

// Expr is the line in the language of forms. Error: Invalid, whose key says why.
func (l Line) Expr() (e rule.Expr, err error) {
	f, ok := Find(l.Fact)
	if !ok || !slices.Contains(Tests[f.Kind], l.Test) {
		return e, errs.New(errs.Invalid, "scheme.rule_test")
	}
	if len(l.Values) > MaxValues {
		return e, errs.New(errs.Invalid, "scheme.rule_values", MaxValues)
	}
	field := rule.F(f.Key)
	switch l.Test {
	case Yes:
		return field, nil
	case No:
		return rule.Of(rule.Not, field), nil
	case Months:
		n, ok := number(strings.Join(l.Values, ""))
		if !ok || n < 1 || n > 1200 {
			return e, errs.New(errs.Invalid, "scheme.fact_number")
		}
		return rule.Of(rule.Ge, rule.Of(rule.Age, field), rule.V(rule.Numbered(math.Floor(math.Round(n)*daysOfMonth)))), nil
	case Less, AtMost, AtLeast, More:
		v, wrong := f.Read(l.Values)
		n, is := v.(float64)
		if wrong != nil || !is {
			return e, errs.New(errs.Invalid, "scheme.fact_number")
		}
		return rule.Of(rule.Op(l.Test), field, rule.V(rule.Numbered(n))), nil
	}
	return l.among(f)
}

// among is a line that lists values.
func (l Line) among(f Fact) (e rule.Expr, err error) {
	var values []string
	for _, one := range l.Values {
		v, wrong := f.Read([]string{one})
		if wrong != nil {
			return e, errs.New(errs.Invalid, wrong.Key, wrong.Args...)
		}
		for _, s := range f.Typed(v) {
			if !slices.Contains(values, s) {
				values = append(values, s)
			}
		}
	}
	if len(values) == 0 {
		return e, errs.New(errs.Invalid, "scheme.rule_value_missing")
	}
	switch {
	case f.Kind == rule.List:
		e = rule.Of(rule.Or)
		for _, v := range values {
			e.Args = append(e.Args, rule.Of(rule.Contains, rule.F(f.Key), rule.V(rule.Texted(v))))
		}
	case f.Kind == rule.Text:
		e = rule.Of(rule.Prefix, rule.F(f.Key), rule.V(rule.Listed(values...)))
	default:
		e = rule.Of(rule.In, rule.F(f.Key), rule.V(rule.Listed(values...)))
	}
	if l.Test == NoneOf || l.Test == NoStart {
		e = rule.Of(rule.Not, e)
	}
	return e, nil
}

// Of makes a criterion of lines of which one is enough. Error: as Line.Expr.
func Of(lines ...Line) (Criterion, error) {
	e := rule.Of(rule.Or)
	for _, l := range lines {
		one, err := l.Expr()
		if err != nil {
			return Criterion{}, err
		}
		e.Args = append(e.Args, one)
	}
	return Criterion{Rule: e}, nil
}

// Lines are the comparisons of a criterion, of which one is enough; false when it is not of
// the shape that Of gives: nothing else is kept, so that people can read and change it.
func (c Criterion) Lines() (list []Line, ok bool) {
	if c.Rule.Op != rule.Or || len(c.Rule.Args) == 0 || len(c.Rule.Args) > MaxAlternatives {
		return nil, false
	}
	for _, e := range c.Rule.Args {
		l, ok := lineOf(e)
		if !ok {
			return nil, false
		}
		if again, err := l.Expr(); err != nil || !again.Equal(e) {
			return nil, false
		}
		list = append(list, l)
	}
	return list, true
}

func lineOf(e rule.Expr) (l Line, ok bool) {
	if e.Op == rule.Not && len(e.Args) == 1 {
		l, ok = lineOf(e.Args[0])
		against := map[string]string{Yes: No, OneOf: NoneOf, Starts: NoStart}
		l.Test = against[l.Test]
		return l, ok && l.Test != ""
	}
	switch {
	case e.Op == "" && e.Field != "":
		return Line{Fact: e.Field, Test: Yes}, true
	case e.Op == rule.Or:
		for _, a := range e.Args {
			if a.Op != rule.Contains || len(a.Args) != 2 || a.Args[1].Value == nil {
				return l, false
			}
			l.Fact, l.Test, l.Values = a.Args[0].Field, OneOf, append(l.Values, a.Args[1].Value.Text())
		}
		return l, len(e.Args) > 0
	case len(e.Args) != 2 || e.Args[1].Value == nil:
		return l, false
	case e.Op == rule.Ge && e.Args[0].Op == rule.Age && len(e.Args[0].Args) == 1:
		months := math.Round(e.Args[1].Value.Number() / daysOfMonth)
		return Line{Fact: e.Args[0].Args[0].Field, Test: Months, Values: []string{strconv.FormatFloat(months, 'f', -1, 64)}}, true
	case e.Op == rule.In || e.Op == rule.Prefix:
		l = Line{Fact: e.Args[0].Field, Test: string(e.Op)}
		for _, v := range e.Args[1].Value.Items() {
			l.Values = append(l.Values, v.Text())
		}
		return l, true
	}
	f, known := Find(e.Args[0].Field)
	return Line{Fact: f.Key, Test: string(e.Op), Values: f.Typed(e.Args[1].Value.Number())}, known
}

// Parse reads criteria as they are kept in a file, and refuses those that do not compile.
// Error: Invalid scheme.rules_unreadable or what a line is refused for.
func Parse(data []byte) ([]Criterion, error) {
	var list []Criterion
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, errs.New(errs.Invalid, "scheme.rules_unreadable").Because(err)
	}
	_, err := Compile(list)
	return list, err
}

// Book holds the rules of many schemes. The comparisons that several of them make are put
// to a project once.
type Book struct {
	atoms []*rule.Program
	known map[string]int
}

// Rules are the criteria of a scheme, ready to be put to projects.
type Rules struct {
	book     *Book
	criteria [][]int // for each criterion, the comparisons of which one is enough
}

// Compile checks criteria once for all. Errors: Invalid scheme.rules_unreadable,
// scheme.rules_many.
func Compile(list []Criterion) (*Rules, error) { return (&Book{}).Add(list) }

// Add checks the criteria of one more scheme. Errors: as Compile.
func (b *Book) Add(list []Criterion) (*Rules, error) {
	if len(list) > MaxCriteria {
		return nil, errs.New(errs.Invalid, "scheme.rules_many", MaxCriteria)
	}
	if b.known == nil {
		b.known = map[string]int{}
	}
	r := &Rules{book: b}
	for _, c := range list {
		if _, ok := c.Lines(); !ok {
			return nil, errs.New(errs.Invalid, "scheme.rules_unreadable")
		}
		var atoms []int
		for _, e := range c.Rule.Args {
			at, err := b.atom(e)
			if err != nil {
				return nil, err
			}
			atoms = append(atoms, at)
		}
		r.criteria = append(r.criteria, atoms)
	}
	return r, nil
}

func (b *Book) atom(e rule.Expr) (int, error) {
	name := e.String()
	if at, is := b.known[name]; is {
		return at, nil
	}
	p, err := rule.Compile(e, schema{})
	if err != nil {
		return 0, errs.New(errs.Invalid, "scheme.rules_unreadable").Because(err)
	}
	b.atoms = append(b.atoms, p)
	b.known[name] = len(b.atoms) - 1
	return len(b.atoms) - 1, nil
}

// Answers are what is known of a project, on a day. They remember what they were asked, and
// so serve one goroutine at a time.
type Answers struct {
	slots []any
	today int
	book  *Book
	truth []rule.Truth // of the comparisons of the book; notAsked for none yet
}

const notAsked rule.Truth = 2

// of gives the truth of a comparison of a book.
func (a *Answers) of(b *Book, atom int) rule.Truth {
	if a.book != b {
		a.book, a.truth = b, nil
	}
	for len(a.truth) < len(b.atoms) {
		a.truth = append(a.truth, notAsked)
	}
	if a.truth[atom] == notAsked {
		a.truth[atom] = b.atoms[atom].Truth(a)
	}
	return a.truth[atom]
}

// met says whether a criterion is met: whether one of its comparisons is.
func (r *Rules) met(a *Answers, criterion []int) rule.Truth {
	t := rule.False
	for _, atom := range criterion {
		t = max(t, a.of(r.book, atom))
	}
	return t
}

// Know makes answers of values by the keys of their facts, as Fact.Read gives them; today
// is in days since 1 January 1970.
func Know(values map[string]any, today int) *Answers {
	a := &Answers{slots: make([]any, len(Facts)), today: today}
	for _, f := range Facts {
		v := values[f.Key]
		if list, is := v.([]string); is {
			all := make([]any, 0, len(list))
			for _, s := range list {
				all = append(all, s)
			}
			v = all
		}
		a.slots[f.slot] = v
	}
	return a
}

// At is the answer of a fact, nil for none.
func (a *Answers) At(slot int) any { return a.slots[slot] }

// Today is the day on which ages are counted.
func (a *Answers) Today() int { return a.today }

// Verdict is what the rules say of a project.
type Verdict struct {
	Truth   rule.Truth
	Failed  []int    // when false: the criteria that are not met
	Missing []string // when unknown: the facts that are not known and would settle it
}

// Judge puts the rules to a project. Without a criterion, everybody may ask. A verdict that
// is true or false stays so whatever is learnt further.
func (r *Rules) Judge(a *Answers) Verdict {
	v := Verdict{Truth: rule.True}
	for i, c := range r.criteria {
		t := r.met(a, c)
		if t == rule.False {
			v.Failed = append(v.Failed, i)
		}
		v.Truth = min(v.Truth, t)
	}
	if v.Truth == rule.Unknown {
		v.Missing = r.missing(a)
	}
	return v
}

// missing lists the facts without which a criterion is not known, each once.
func (r *Rules) missing(a *Answers) (list []string) {
	for _, c := range r.criteria {
		if r.met(a, c) != rule.Unknown {
			continue
		}
		for _, atom := range c {
			for _, slot := range r.book.atoms[atom].Slots() {
				if key := Facts[slot].Key; a.slots[slot] == nil && !slices.Contains(list, key) {
					list = append(list, key)
				}
			}
		}
	}
	return list
}

// Of tells what each criterion says: true, false or unknown, in their order.
func (r *Rules) Of(a *Answers) (list []rule.Truth) {
	for _, c := range r.criteria {
		list = append(list, r.met(a, c))
	}
	return list
}
