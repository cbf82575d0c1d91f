package calls

import (
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
)

// A condition is edited as a tree of groups and tests. A group holds all, any, none or
// not all of its items; a test compares an operand with a value or with another answer.
// An expression that is neither (arithmetic) is kept and edited as it is written in JSON.
//
// The controls of a node named P are P.kind (group, test or json), P.mode and P.n of a
// group, whose items are P.0, P.1…, and P.left, P.op, P.value, P.value2 and P.other of a test.

// node is one node as a page shows it.
type node struct {
	Path  string
	Kind  string // group, test, json
	Mode  string // of a group: all, any, none, notall
	Items []node

	Left   string // of a test
	Op     string
	Values []string // of the right side, as people type them
	Other  string   // the operand of the right side instead
	JSON   string
}

// modes are the ways in which a group may hold.
var modes = []string{"all", "any", "none", "notall"}

// operatorsOf lists the operators that fit a kind, the most common first. "yes", "no" and
// "ncontains" are told with other operators of the engine.
func operatorsOf(kind rule.Kind) []string {
	switch kind {
	case rule.Bool:
		return []string{"yes", "no", "filled", "empty"}
	case rule.Choice:
		return []string{"eq", "ne", "in", "filled", "empty"}
	case rule.List:
		return []string{"contains", "ncontains", "filled", "empty"}
	case rule.Number:
		return []string{"ge", "gt", "le", "lt", "eq", "ne", "between", "filled", "empty"}
	case rule.Date:
		return []string{"ge", "gt", "le", "lt", "eq", "between", "filled", "empty"}
	case rule.Text:
		return []string{"eq", "ne", "in", "contains", "prefix", "filled", "empty"}
	}
	return []string{"filled", "empty"}
}

// tree shows an expression under a name; nil is an empty group.
func tree(e *rule.Expr, path string, groups []operandGroup) node {
	if e == nil {
		return node{Path: path, Kind: "group", Mode: "all"}
	}
	n := nodeOf(*e, path, groups)
	if n.Kind == "group" {
		return n
	}
	n = nodeOf(*e, path+".0", groups)
	return node{Path: path, Kind: "group", Mode: "all", Items: []node{n}}
}

func nodeOf(e rule.Expr, path string, groups []operandGroup) node {
	if n, ok := testOf(e, path, groups); ok {
		return n
	}
	n := node{Path: path, Kind: "group"}
	inside := e
	switch {
	case e.Op == rule.Not && len(e.Args) == 1 && e.Args[0].Op == rule.And:
		n.Mode, inside = "notall", e.Args[0]
	case e.Op == rule.Not && len(e.Args) == 1 && e.Args[0].Op == rule.Or:
		n.Mode, inside = "none", e.Args[0]
	case e.Op == rule.Not && len(e.Args) == 1:
		n.Mode = "none"
	case e.Op == rule.And:
		n.Mode = "all"
	case e.Op == rule.Or:
		n.Mode = "any"
	default:
		content, err := json.Marshal(e)
		if err != nil {
			content = nil
		}
		return node{Path: path, Kind: "json", JSON: string(content)}
	}
	for i, a := range inside.Args {
		n.Items = append(n.Items, nodeOf(a, path+"."+strconv.Itoa(i), groups))
	}
	return n
}

// testOf shows an expression as a test when it is one.
func testOf(e rule.Expr, path string, groups []operandGroup) (node, bool) {
	n := node{Path: path, Kind: "test", Op: string(e.Op)}
	switch {
	case e.Op == "" && e.Field != "":
		n.Left, n.Op = "f:"+e.Field, "yes"
		return n, true
	case e.Op == rule.Not && len(e.Args) == 1 && e.Args[0].Op == "" && e.Args[0].Field != "":
		n.Left, n.Op = "f:"+e.Args[0].Field, "no"
		return n, true
	case e.Op == rule.Not && len(e.Args) == 1 && e.Args[0].Op == rule.Contains:
		e, n.Op = e.Args[0], "ncontains"
	}
	simple := []rule.Op{rule.Eq, rule.Ne, rule.Lt, rule.Le, rule.Gt, rule.Ge, rule.In, rule.Contains, rule.Empty, rule.Filled, rule.Between, rule.Prefix}
	if !slices.Contains(simple, e.Op) || len(e.Args) == 0 {
		return n, false
	}
	left, ok := leftOf(e.Args[0])
	if !ok {
		return n, false
	}
	n.Left = left
	factor := 1.0
	if o, known := find(groups, left); known {
		if !slices.Contains(operatorsOf(o.Kind), n.Op) {
			return n, false // right, but not something that the lists of the page can say
		}
		factor = o.Factor
	}
	for _, a := range e.Args[1:] {
		switch {
		case a.Op == "" && a.Value != nil:
			for _, c := range a.Value.Items() {
				n.Values = append(n.Values, written(c, factor))
			}
		default:
			other, ok := leftOf(a)
			if !ok || n.Other != "" || len(e.Args) > 2 {
				return n, false
			}
			n.Other = other
		}
	}
	return n, true
}

func leftOf(e rule.Expr) (string, bool) {
	switch {
	case e.Op == "" && e.Value == nil && e.Field == "":
		return "", true // still to be chosen
	case e.Op == "" && e.Field != "":
		return "f:" + e.Field, true
	case (e.Op == rule.Count || e.Op == rule.Sum) && len(e.Args) == 0:
		return string(e.Op) + ":" + e.Field, true
	case (e.Op == rule.Chars || e.Op == rule.Lines || e.Op == rule.Age) && len(e.Args) == 1 && e.Args[0].Field != "":
		return string(e.Op) + ":" + e.Args[0].Field, true
	}
	return "", false
}

func written(c rule.Const, factor float64) string {
	if c.Kind() != rule.Number {
		return c.Text()
	}
	return strings.Replace(strconv.FormatFloat(c.Number()/factor, 'f', -1, 64), ".", ",", 1)
}

// readCondition reads the tree that a page sent under a name, nil when it holds nothing.
func readCondition(v url.Values, path string, groups []operandGroup) (*rule.Expr, []errs.Field) {
	rd := &reader{values: v, groups: groups}
	items := rd.items(path)
	if len(items) == 0 {
		return nil, rd.bad
	}
	e := grouped(v.Get(path+".mode"), items)
	if len(items) == 1 && (e.Op == rule.And || e.Op == rule.Or) {
		e = items[0]
	}
	return &e, rd.bad
}

type reader struct {
	values url.Values
	groups []operandGroup
	bad    []errs.Field
}

// most bounds what one group may send: beyond it no expression compiles.
const most = rule.MaxNodes

func (rd *reader) items(path string) []rule.Expr {
	n, err := strconv.Atoi(rd.values.Get(path + ".n"))
	if err != nil || n > most || strings.Count(path, ".") > rule.MaxDepth {
		return nil
	}
	var out []rule.Expr
	for i := range n {
		at := path + "." + strconv.Itoa(i)
		switch rd.values.Get(at + ".kind") {
		case "group":
			out = append(out, grouped(rd.values.Get(at+".mode"), rd.items(at)))
		case "test":
			out = append(out, rd.test(at))
		case "json":
			var e rule.Expr
			if err := json.Unmarshal([]byte(rd.values.Get(at+".json")), &e); err != nil {
				rd.bad = append(rd.bad, errs.Field{Path: at + ".json", Key: "form.json_unreadable"})
			}
			out = append(out, e)
		}
	}
	return out
}

func grouped(mode string, items []rule.Expr) rule.Expr {
	switch mode {
	case "any":
		return rule.Of(rule.Or, items...)
	case "none":
		if len(items) == 1 {
			return rule.Of(rule.Not, items[0])
		}
		return rule.Of(rule.Not, rule.Of(rule.Or, items...))
	case "notall":
		return rule.Of(rule.Not, rule.Of(rule.And, items...))
	}
	return rule.Of(rule.And, items...)
}

// test reads one comparison. What is still to be chosen gives an expression that does
// not compile, which is kept: the page says what it lacks.
func (rd *reader) test(path string) rule.Expr {
	get := func(name string) string { return strings.TrimSpace(rd.values.Get(path + "." + name)) }
	left := get("left")
	o, known := find(rd.groups, left)
	if !known {
		return rule.Of(rule.Eq, expression(left), rule.V(rule.Texted(get("value"))))
	}
	op := get("op")
	if allowed := operatorsOf(o.Kind); !slices.Contains(allowed, op) {
		op = allowed[0]
	}
	l := expression(left)
	switch op {
	case "yes":
		return l
	case "no":
		return rule.Of(rule.Not, l)
	case "empty", "filled":
		return rule.Of(rule.Op(op), l)
	case "in", "prefix":
		var texts []string
		for _, s := range rd.values[path+".value"] {
			if o.Options == nil {
				for _, one := range strings.Split(s, ",") {
					if one = strings.TrimSpace(one); one != "" {
						texts = append(texts, one)
					}
				}
			} else if s != "" {
				texts = append(texts, s)
			}
		}
		return rule.Of(rule.Op(op), l, rule.V(rule.Listed(texts...)))
	case "between":
		return rule.Of(rule.Between, l, rd.constant(path+".value", o), rd.constant(path+".value2", o))
	}
	right := rd.constant(path+".value", o)
	if other := get("other"); other != "" {
		right = expression(other)
	}
	if op == "ncontains" {
		return rule.Of(rule.Not, rule.Of(rule.Contains, l, right))
	}
	return rule.Of(rule.Op(op), l, right)
}

func (rd *reader) constant(path string, o operand) rule.Expr {
	typed := strings.TrimSpace(rd.values.Get(path))
	if o.Kind != rule.Number {
		return rule.V(rule.Texted(typed))
	}
	n, err := number(typed)
	if err != nil {
		if typed != "" {
			rd.bad = append(rd.bad, errs.Field{Path: path, Key: "form.number_unreadable", Args: []any{typed}})
		}
		return rule.V(rule.Texted(""))
	}
	return rule.V(rule.Numbered(math.Round(n*o.Factor*1e6) / 1e6))
}

// number reads a number as people type it: "1 234,50".
func number(typed string) (float64, error) {
	typed = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(typed)
	return strconv.ParseFloat(typed, 64)
}

func expression(operand string) rule.Expr {
	op, path, _ := strings.Cut(operand, ":")
	switch rule.Op(op) {
	case rule.Count, rule.Sum:
		return rule.Expr{Op: rule.Op(op), Field: path}
	case rule.Chars, rule.Lines, rule.Age:
		return rule.Of(rule.Op(op), rule.F(path))
	}
	return rule.F(path)
}

// rearrange does in what a page sent the act of a button of a condition: "add-test:P",
// "add-group:P" and "drop:P.3". It says whether the act was one of these.
func rearrange(v url.Values, act string) bool {
	do, path, _ := strings.Cut(act, ":")
	switch do {
	case "add-test", "add-group":
		n, _ := strconv.Atoi(v.Get(path + ".n"))
		v.Set(path+".n", strconv.Itoa(n+1))
		at := path + "." + strconv.Itoa(n)
		v.Set(at+".kind", strings.TrimPrefix(do, "add-"))
		v.Set(at+".mode", "any")
		if v.Get(path+".mode") == "any" {
			v.Set(at+".mode", "all")
		}
	case "drop":
		v.Del(path + ".kind")
	case "refresh":
	default:
		return false
	}
	return true
}
