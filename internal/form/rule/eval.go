package rule

import "strings"

// Truth is a value of Kleene's strong three-valued logic (S. C. Kleene,
// Introduction to Metamathematics, 1952, § 64).
type Truth int8

// The three values, in such an order that "and" is the minimum and "or" the maximum.
const (
	False   Truth = -1
	Unknown Truth = 0
	True    Truth = 1
)

// String is the value's name in JSON and in logs.
func (t Truth) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	}
	return "unknown"
}

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// OtherPrefix starts the answer of a person who chose "other" and wrote what; rules see the option OtherOption.
const (
	OtherOption = "other"
	OtherPrefix = OtherOption + ":"
)

// OptionOf is the option that a chosen value stands for.
func OptionOf(s string) string {
	if strings.HasPrefix(s, OtherPrefix) {
		return OtherOption
	}
	return s
}

// Result is the outcome of a rule, with its reasons.
type Result struct {
	Truth    Truth
	Unknown  []string // when unknown: the fields whose answer is missing
	Deciders []string // otherwise: the paths, in the tree, of the comparisons that decided
}

// Truth evaluates without saying why, and without allocating.
func (p *Program) Truth(vs Values) Truth { return p.root.truth(vs) }

// Eval evaluates and says why.
func (p *Program) Eval(vs Values) Result {
	r := Result{Truth: p.root.truth(vs)}
	p.root.explain(vs, &r)
	return r
}

func (n *node) truth(vs Values) Truth {
	switch n.op {
	case And:
		t := True
		for i := range n.args {
			if t = min(t, n.args[i].truth(vs)); t == False {
				return False
			}
		}
		return t
	case Or:
		t := False
		for i := range n.args {
			if t = max(t, n.args[i].truth(vs)); t == True {
				return True
			}
		}
		return t
	case Not:
		return -n.args[0].truth(vs)
	case Empty, Filled:
		_, answered := n.args[0].value(vs)
		return truthOf(answered == (n.op == Filled))
	case "field", "const":
		v, ok := n.value(vs)
		if !ok {
			return Unknown
		}
		return truthOf(v.Yes)
	}
	return n.compare(vs)
}

func (n *node) compare(vs Values) Truth {
	a, ok := n.args[0].value(vs)
	if !ok {
		return Unknown
	}
	switch n.op {
	case In:
		return truthOf(within(a, n.args[1].list))
	case Prefix:
		return truthOf(prefixed(a, n.args[1].list))
	}
	b, ok := n.args[1].value(vs)
	if !ok {
		return n.halfBetween(a, vs)
	}
	switch n.op {
	case Contains:
		return truthOf(contains(a, b))
	case Between:
		low := truthOf(order(a, b) >= 0)
		c, ok := n.args[2].value(vs)
		if !ok {
			return min(low, Unknown)
		}
		return min(low, truthOf(order(a, c) <= 0))
	}
	o := order(a, b)
	switch n.op {
	case Eq:
		return truthOf(o == 0)
	case Ne:
		return truthOf(o != 0)
	case Lt:
		return truthOf(o < 0)
	case Le:
		return truthOf(o <= 0)
	case Gt:
		return truthOf(o > 0)
	}
	return truthOf(o >= 0)
}

// halfBetween is false when the upper bound alone already refuses a, else unknown.
func (n *node) halfBetween(a Value, vs Values) Truth {
	if n.op == Between {
		if c, ok := n.args[2].value(vs); ok && order(a, c) > 0 {
			return False
		}
	}
	return Unknown
}

// order compares two values that the compiler found comparable.
func order(a, b Value) int {
	switch {
	case a.Kind == Number && b.Kind == Number:
		switch {
		case a.Num < b.Num:
			return -1
		case a.Num > b.Num:
			return 1
		}
		return 0
	case a.Kind == Bool && b.Kind == Bool:
		if a.Yes == b.Yes {
			return 0
		}
		return 1
	}
	return strings.Compare(a.Text, b.Text)
}

func within(a Value, list []Value) bool {
	for i := range list {
		if order(a, list[i]) == 0 {
			return true
		}
	}
	return false
}

func prefixed(a Value, list []Value) bool {
	if a.Kind == List {
		for _, item := range a.List {
			s, _ := item.(string)
			if startsWithOne(s, list) {
				return true
			}
		}
		return false
	}
	return startsWithOne(a.Text, list)
}

func startsWithOne(s string, list []Value) bool {
	for i := range list {
		if strings.HasPrefix(s, list[i].Text) {
			return true
		}
	}
	return false
}

func contains(a, b Value) bool {
	if a.Kind != List {
		return strings.Contains(strings.ToLower(a.Text), strings.ToLower(b.Text))
	}
	for _, item := range a.List {
		if s, _ := item.(string); OptionOf(s) == b.Text {
			return true
		}
	}
	return false
}

// value is what an operand is worth; false when an answer it needs is missing.
func (n *node) value(vs Values) (Value, bool) {
	switch n.op {
	case "const":
		return n.con, true
	case "field":
		raw := vs.At(n.info.Slot)
		if raw == nil {
			return Value{}, false
		}
		return n.info.Read(raw)
	case Count, Sum:
		return n.aggregate(vs)
	case Age:
		v, ok := n.args[0].value(vs)
		if !ok {
			return v, false
		}
		day, ok := ParseDay(v.Text)
		return number(float64(vs.Today() - day)), ok
	case Chars, Lines:
		v, ok := n.args[0].value(vs)
		if n.op == Chars {
			return number(float64(Characters(v.Text))), ok
		}
		return number(float64(LineCount(v.Text))), ok
	}
	return n.arithmetic(vs)
}

func number(f float64) Value { return Value{Kind: Number, Num: f} }

func (n *node) arithmetic(vs Values) (Value, bool) {
	first, ok := n.args[0].value(vs)
	if !ok {
		return first, false
	}
	acc := first.Num
	for i := 1; i < len(n.args); i++ {
		v, ok := n.args[i].value(vs)
		if !ok {
			return v, false
		}
		switch n.op {
		case Add:
			acc += v.Num
		case Sub:
			acc -= v.Num
		case Mul:
			acc *= v.Num
		default:
			if v.Num == 0 {
				return v, false
			}
			acc /= v.Num
		}
	}
	return number(acc), true
}

func (n *node) aggregate(vs Values) (Value, bool) {
	raw := vs.At(n.info.Slot)
	if raw == nil {
		return Value{}, false
	}
	v, ok := n.info.Read(raw)
	if !ok {
		return v, false
	}
	total := 0.0
	for _, item := range v.List {
		switch {
		case n.info.Kind == Column:
			total += n.cell(item)
		case len(n.args) == 0:
			total++
		default:
			if s, _ := item.(string); OptionOf(s) == n.args[0].con.Text {
				total++
			}
		}
	}
	return number(total), true
}

// cell is what one row adds to the sum or to the count of a column.
func (n *node) cell(row any) float64 {
	object, _ := row.(map[string]any)
	raw := object[n.info.Column]
	if raw == nil {
		return 0
	}
	v, ok := n.info.Cell(raw)
	if !ok {
		return 0
	}
	if n.op == Sum {
		return v.Num
	}
	if len(n.args) == 1 && (v.Kind == Number) != (n.args[0].con.Kind == Number) {
		return 0
	}
	if len(n.args) == 1 && order(v, n.args[0].con) != 0 {
		return 0
	}
	return 1
}

// explain gathers the reasons: under "and" and "or", those of the arguments
// that have the same truth value as the whole, since they alone decided it.
func (n *node) explain(vs Values, r *Result) {
	switch n.op {
	case And, Or:
		t := n.truth(vs)
		for i := range n.args {
			if n.args[i].truth(vs) == t {
				n.args[i].explain(vs, r)
			}
		}
	case Not:
		n.args[0].explain(vs, r)
	default:
		if n.truth(vs) == Unknown {
			n.missing(vs, r)
			return
		}
		r.Deciders = append(r.Deciders, n.path)
	}
}

// missing adds the fields below n that are not answered.
func (n *node) missing(vs Values, r *Result) {
	if n.field != "" {
		_, ok := n.value(vs)
		if !ok && !has(r.Unknown, n.field) {
			r.Unknown = append(r.Unknown, n.field)
		}
	} else if n.op == Ratio {
		if v, ok := n.args[1].value(vs); ok && v.Num == 0 {
			for i := range n.args {
				n.args[i].zero(r)
			}
		}
	}
	for i := range n.args {
		n.args[i].missing(vs, r)
	}
}

// zero adds the fields of a ratio that has no meaning because it divides by zero.
func (n *node) zero(r *Result) {
	if n.field != "" && !has(r.Unknown, n.field) {
		r.Unknown = append(r.Unknown, n.field)
	}
	for i := range n.args {
		n.args[i].zero(r)
	}
}
