package rule

import (
	"strconv"
	"strings"

	"transformateur/internal/platform/errs"
)

// Kind is what a field, a part of a field or a constant holds.
type Kind uint8

// The kinds.
const (
	Nothing Kind = iota
	Bool
	Number // money in cents, rates in basis points
	Text
	Date   // written YYYY-MM-DD
	Choice // the id of one option
	List   // ids of options, or texts
	Rows   // the rows of a table
	Column // one column of a table, for Count and Sum
	Object // a composite answer: only Empty and Filled may ask of it
)

var kindNames = [...]string{"nothing", "bool", "number", "text", "date", "choice", "list", "rows", "column", "object"}

// String is the kind's name, the end of its message key ("form.kind_number").
func (k Kind) String() string { return kindNames[k] }

// Value is what an operand is worth.
type Value struct {
	Kind Kind
	Num  float64
	Text string
	Yes  bool
	List []any // texts for a List, objects for Rows and Column
}

// Info is what the compiler knows of a field or of one of its parts.
type Info struct {
	Slot    int                     // where Values finds the answer
	Kind    Kind                    //
	Elem    Kind                    // of the cells, for a Column
	Column  string                  // the cells' key, for a Column
	Options []string                // the ids that exist; nil means any text
	Read    func(any) (Value, bool) // from the canonical answer; false when this part is not answered
	Cell    func(any) (Value, bool) // from one cell, for a Column
}

// Schema tells the compiler which fields exist.
type Schema interface {
	Lookup(path string) (Info, bool)
}

// Values gives answers to a program. A hidden field is not answered.
type Values interface {
	At(slot int) any // nil when not answered
	Today() int      // days since 1 January 1970
}

// Program is a checked expression, ready to be evaluated by several goroutines.
type Program struct {
	root  node
	slots []int
}

type node struct {
	op    Op
	path  string
	field string
	info  Info
	con   Value
	list  []Value
	args  []node
}

// Slots are the answers that the program reads, each once.
func (p *Program) Slots() []int { return p.slots }

// Compile checks the expression against the schema. The error is Invalid; its
// fields give, for every bad node, its path in the tree ("args.0.args.1") and
// the message key of what is wrong.
func Compile(e Expr, s Schema) (*Program, error) {
	if d, n := size(e, 1); d > MaxDepth || n > MaxNodes {
		return nil, errs.NewInvalid("form.rule_invalid", []errs.Field{{Key: "form.rule_too_big", Args: []any{MaxDepth, MaxNodes}}})
	}
	c := compiler{schema: s, seen: map[int]bool{}}
	p := &Program{root: c.condition(e, "")}
	if len(c.bad) > 0 {
		return nil, errs.NewInvalid("form.rule_invalid", c.bad)
	}
	p.slots = c.slots
	return p, nil
}

func size(e Expr, depth int) (deepest, nodes int) {
	if depth > MaxDepth {
		return depth, 1
	}
	deepest, nodes = depth, 1
	if e.Value != nil {
		nodes += len(e.Value.list) / 16
	}
	for _, a := range e.Args {
		d, n := size(a, depth+1)
		deepest, nodes = max(deepest, d), nodes+n
		if nodes > MaxNodes {
			break
		}
	}
	return deepest, nodes
}

type compiler struct {
	schema Schema
	bad    []errs.Field
	seen   map[int]bool
	slots  []int
}

func (c *compiler) fail(path, key string, args ...any) {
	c.bad = append(c.bad, errs.Field{Path: path, Key: key, Args: args})
}

func under(path string, i int) string {
	if path != "" {
		path += "."
	}
	return path + "args." + strconv.Itoa(i)
}

// condition compiles a node that must be true, false or unknown.
func (c *compiler) condition(e Expr, path string) node {
	n := node{op: e.Op, path: path}
	switch e.Op {
	case "":
		n = c.operand(e, path)
		if n.kind() != Bool && n.kind() != Nothing {
			c.fail(path, "form.rule_not_a_condition")
		}
	case And, Or:
		c.plain(e, path)
		if len(e.Args) == 0 {
			c.fail(path, "form.rule_arguments")
		}
		for i, a := range e.Args {
			n.args = append(n.args, c.condition(a, under(path, i)))
		}
	case Not:
		if c.arity(e, path, 1) {
			n.args = []node{c.condition(e.Args[0], under(path, 0))}
		}
	case Empty, Filled:
		if c.arity(e, path, 1) {
			n.args = []node{c.field(e.Args[0].Field, under(path, 0), e.Args[0])}
		}
	case Eq, Ne, Lt, Le, Gt, Ge, Between, In, Contains, Prefix:
		n = c.comparison(e, path)
	case Count, Sum, Add, Sub, Mul, Ratio, Age, Chars, Lines:
		c.fail(path, "form.rule_not_a_condition")
	default:
		c.fail(path, "form.rule_operator_unknown", string(e.Op))
	}
	return n
}

func (c *compiler) comparison(e Expr, path string) node {
	n := node{op: e.Op, path: path}
	want := 2
	if e.Op == Between {
		want = 3
	}
	if !c.arity(e, path, want) {
		return n
	}
	for i, a := range e.Args {
		n.args = append(n.args, c.operand(a, under(path, i)))
	}
	for i := range n.args {
		if n.args[i].kind() == Nothing {
			return n // already reported
		}
	}
	left := n.args[0].kind()
	switch e.Op {
	case In, Prefix:
		c.oneOf(&n, left)
	case Contains:
		c.contains(&n, left)
	default:
		if left == List || left >= Rows || (e.Op != Eq && e.Op != Ne && (left == Choice || left == Bool)) {
			c.fail(path, "form.rule_operator_kind")
			return n
		}
		for i := 1; i < len(n.args); i++ {
			c.match(&n.args[0], &n.args[i])
		}
	}
	return n
}

// match reports operands that cannot be compared with each other.
func (c *compiler) match(a, b *node) {
	ka, kb := a.kind(), b.kind()
	textual := func(k Kind) bool { return k == Text || k == Choice }
	switch {
	case ka == Date && kb == Text && b.op == "const":
		if _, ok := ParseDay(b.con.Text); !ok {
			c.fail(b.path, "form.rule_date_unreadable", b.con.Text)
		}
	case kb == Date && ka == Text && a.op == "const":
		c.match(b, a)
	case textual(ka) && textual(kb):
		c.option(a, b)
		c.option(b, a)
	case ka != kb:
		c.fail(b.path, "form.rule_kinds_differ")
	}
}

// option reports a constant that is not one of the field's options.
func (c *compiler) option(field, con *node) {
	if field.info.Options == nil || con.op != "const" {
		return
	}
	items := con.list
	if items == nil {
		items = []Value{con.con}
	}
	for _, item := range items {
		if !has(field.info.Options, item.Text) {
			c.fail(con.path, "form.rule_option_unknown", item.Text, field.field)
		}
	}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (c *compiler) oneOf(n *node, left Kind) {
	right := &n.args[1]
	if right.op != "const" || right.kind() == Bool || (right.list != nil && len(right.list) == 0) {
		c.fail(right.path, "form.rule_list_expected")
		return
	}
	if right.list == nil {
		right.list = []Value{right.con}
	}
	ok := left == Text || left == Choice || (n.op == Prefix && left == List) || (n.op == In && (left == Number || left == Date))
	if !ok {
		c.fail(n.path, "form.rule_operator_kind")
		return
	}
	for _, item := range right.list {
		if (left == Number) != (item.Kind == Number) {
			c.fail(right.path, "form.rule_kinds_differ")
			return
		}
		if _, ok := ParseDay(item.Text); left == Date && !ok {
			c.fail(right.path, "form.rule_date_unreadable", item.Text)
			return
		}
	}
	if n.op == In {
		c.option(&n.args[0], right)
	}
}

func (c *compiler) contains(n *node, left Kind) {
	right := &n.args[1]
	if left != List && left != Text {
		c.fail(n.path, "form.rule_operator_kind")
		return
	}
	if k := right.kind(); k != Text && !(left == List && k == Choice) {
		c.fail(right.path, "form.rule_kinds_differ")
		return
	}
	if left == List {
		c.option(&n.args[0], right)
	} else if right.op == "const" {
		right.con.Text = strings.ToLower(right.con.Text)
	}
}
