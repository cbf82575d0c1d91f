// Package rule defines the rule: a condition on the answers of a form, which is true, false, or unknown while an answer is missing.
package rule

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

// Op is the name of an operator, as it stands in JSON.
type Op string

// The operators. A node without operator is a field or a constant.
const (
	And      Op = "and"
	Or       Op = "or"
	Not      Op = "not"
	Eq       Op = "eq"
	Ne       Op = "ne"
	Lt       Op = "lt"
	Le       Op = "le"
	Gt       Op = "gt"
	Ge       Op = "ge"
	In       Op = "in"       // the first is one of the listed constants
	Contains Op = "contains" // a list has the option; a text has the words, whatever their case
	Empty    Op = "empty"    // never unknown
	Filled   Op = "filled"   // never unknown
	Between  Op = "between"  // bounds included
	Prefix   Op = "prefix"   // a text, or one of a list, starts with one of the given prefixes

	Count Op = "count" // rows, chosen options, or the filled (or equal) cells of a column
	Sum   Op = "sum"   // of a numeric column
	Add   Op = "add"
	Sub   Op = "sub"
	Mul   Op = "mul"
	Ratio Op = "ratio" // unknown when the divisor is zero
	Age   Op = "age"   // whole days from a date to today, negative for the future
	Chars Op = "chars" // characters of a text, see Characters
	Lines Op = "lines" // lines of a text, see LineCount
)

// Bounds on one expression: what people write stays far below them, and they
// keep a hostile one from costing anything.
const (
	MaxDepth = 16
	MaxNodes = 256
)

// Expr is a tree: an operator with its arguments, a field, or a constant.
//
//	{"op":"and","args":[
//	  {"op":"eq","args":[{"field":"bearer"},{"value":"association"}]},
//	  {"op":"ge","args":[{"op":"count","field":"team"},{"value":2}]}]}
type Expr struct {
	Op    Op     `json:"op,omitempty"`
	Field string `json:"field,omitempty"`
	Value *Const `json:"value,omitempty"`
	Args  []Expr `json:"args,omitempty"`
}

// Const is a constant of an expression: a text, a number, a truth value, or a list of texts and numbers.
type Const struct {
	kind Kind // Text, Number, Bool or List
	text string
	num  float64
	yes  bool
	list []Const
}

// Texted, Numbered, Truthed and Listed make constants.
func Texted(s string) *Const { return &Const{kind: Text, text: s} }

// Numbered makes a numeric constant; money is in cents, rates in basis points.
func Numbered(n float64) *Const { return &Const{kind: Number, num: n + 0} }

// Truthed makes a constant that is true or false.
func Truthed(b bool) *Const { return &Const{kind: Bool, yes: b} }

// Listed makes a list of texts, for In and Prefix.
func Listed(texts ...string) *Const {
	c := &Const{kind: List, list: []Const{}}
	for _, s := range texts {
		c.list = append(c.list, *Texted(s))
	}
	return c
}

// F is the expression that reads a field.
func F(path string) Expr { return Expr{Field: path} }

// V is the expression of a constant.
func V(c *Const) Expr { return Expr{Value: c} }

// Of applies an operator to its arguments.
func Of(op Op, args ...Expr) Expr { return Expr{Op: op, Args: args} }

// Kind says what the constant is: Text, Number, Bool or List.
func (c *Const) Kind() Kind { return c.kind }

// Text is the constant as text; a list gives "".
func (c *Const) Text() string {
	switch c.kind {
	case Text:
		return c.text
	case Number:
		return formatNumber(c.num)
	case Bool:
		return strconv.FormatBool(c.yes)
	}
	return ""
}

// Number is the constant's number, 0 when it is not one.
func (c *Const) Number() float64 { return c.num }

// True is the constant's truth value.
func (c *Const) True() bool { return c.yes }

// Items are the constants of a list, or the constant itself.
func (c *Const) Items() []Const {
	if c.kind == List {
		return c.list
	}
	return []Const{*c}
}

// Equal says whether both constants are the same.
func (c *Const) Equal(d *Const) bool {
	if c == nil || d == nil {
		return c == d
	}
	if c.kind != d.kind || c.text != d.text || c.num != d.num || c.yes != d.yes || len(c.list) != len(d.list) {
		return false
	}
	for i := range c.list {
		if !c.list[i].Equal(&d.list[i]) {
			return false
		}
	}
	return true
}

// MarshalJSON writes the constant as the JSON value it stands for.
func (c Const) MarshalJSON() ([]byte, error) {
	switch c.kind {
	case Number:
		return []byte(formatNumber(c.num)), nil
	case Bool:
		return strconv.AppendBool(nil, c.yes), nil
	case List:
		return json.Marshal(c.list)
	}
	return json.Marshal(c.text)
}

var errConst = errors.New("a constant is a text, a number, true, false, or a list of texts and numbers")

// UnmarshalJSON reads a constant; objects, null and nested lists are refused.
func (c *Const) UnmarshalJSON(b []byte) error {
	var raw any
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	switch v := raw.(type) {
	case []any:
		list := make([]Const, 0, len(v))
		for _, item := range v {
			one, ok := scalar(item)
			if !ok || one.kind == Bool {
				return errConst
			}
			list = append(list, one)
		}
		*c = Const{kind: List, list: list}
		return nil
	default:
		one, ok := scalar(raw)
		if !ok {
			return errConst
		}
		*c = one
		return nil
	}
}

func scalar(raw any) (Const, bool) {
	switch v := raw.(type) {
	case string:
		return Const{kind: Text, text: v}, true
	case float64:
		if math.Abs(v) > 1e15 {
			return Const{}, false
		}
		return Const{kind: Number, num: v + 0}, true
	case bool:
		return Const{kind: Bool, yes: v}, true
	}
	return Const{}, false
}

func formatNumber(n float64) string { return strconv.FormatFloat(n+0, 'f', -1, 64) }

// Equal says whether both expressions are the same tree.
func (e Expr) Equal(o Expr) bool {
	if e.Op != o.Op || e.Field != o.Field || !e.Value.Equal(o.Value) || len(e.Args) != len(o.Args) {
		return false
	}
	for i := range e.Args {
		if !e.Args[i].Equal(o.Args[i]) {
			return false
		}
	}
	return true
}

// Paths lists the fields that the expression reads, each once, in order of appearance.
func (e Expr) Paths() []string {
	var out []string
	seen := map[string]bool{}
	e.walk(func(n Expr) {
		if n.Field != "" && !seen[n.Field] {
			seen[n.Field] = true
			out = append(out, n.Field)
		}
	})
	return out
}

func (e Expr) walk(visit func(Expr)) {
	visit(e)
	for _, a := range e.Args {
		a.walk(visit)
	}
}

// String prints the expression for logs and tests; different expressions print differently.
func (e Expr) String() string {
	var b strings.Builder
	e.print(&b)
	return b.String()
}

func (e Expr) print(b *strings.Builder) {
	if e.Op == "" && e.Field != "" && e.Value == nil && len(e.Args) == 0 {
		b.WriteString("$" + strconv.Quote(e.Field))
		return
	}
	if e.Op == "" && e.Field == "" && e.Value != nil && len(e.Args) == 0 {
		e.Value.print(b)
		return
	}
	b.WriteString("(" + strconv.Quote(string(e.Op)))
	if e.Field != "" {
		b.WriteString(" $" + strconv.Quote(e.Field))
	}
	if e.Value != nil {
		b.WriteString(" =")
		e.Value.print(b)
	}
	for _, a := range e.Args {
		b.WriteByte(' ')
		a.print(b)
	}
	b.WriteByte(')')
}

func (c *Const) print(b *strings.Builder) {
	switch c.kind {
	case Number:
		b.WriteString(formatNumber(c.num))
	case Bool:
		b.WriteString(strconv.FormatBool(c.yes))
	case List:
		b.WriteByte('[')
		for i := range c.list {
			if i > 0 {
				b.WriteByte(' ')
			}
			c.list[i].print(b)
		}
		b.WriteByte(']')
	default:
		b.WriteString(strconv.Quote(c.text))
	}
}
