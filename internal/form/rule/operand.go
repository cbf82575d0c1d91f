package rule

// operand compiles a node that has a value.
func (c *compiler) operand(e Expr, path string) node {
	switch e.Op {
	case "":
		return c.leaf(e, path)
	case Count, Sum:
		return c.aggregate(e, path)
	case Add, Sub, Mul, Ratio:
		n := node{op: e.Op, path: path}
		if e.Op == Add && len(e.Args) > 2 {
			c.plain(e, path)
		} else if !c.arity(e, path, 2) {
			return n
		}
		for i, a := range e.Args {
			n.args = append(n.args, c.typed(a, under(path, i), Number))
		}
		return n
	case Age, Chars, Lines:
		n := node{op: e.Op, path: path}
		want := Text
		if e.Op == Age {
			want = Date
		}
		if c.arity(e, path, 1) {
			n.args = []node{c.typed(e.Args[0], under(path, 0), want)}
		}
		return n
	}
	c.fail(path, "form.rule_not_a_value")
	return node{path: path}
}

func (c *compiler) typed(e Expr, path string, want Kind) node {
	n := c.operand(e, path)
	if k := n.kind(); k != want && k != Nothing {
		c.fail(path, "form.rule_kinds_differ")
	}
	return n
}

func (c *compiler) aggregate(e Expr, path string) node {
	n := node{op: e.Op, path: path}
	target := c.field(e.Field, path, Expr{Field: e.Field, Value: e.Value})
	if target.kind() == Nothing {
		return n
	}
	n.field, n.info = target.field, target.info
	k := target.info.Kind
	if e.Op == Sum && (k != Column || target.info.Elem != Number || len(e.Args) > 0) ||
		e.Op == Count && (k != Column && k != Rows && k != List || len(e.Args) > 1 || k == Rows && len(e.Args) > 0) {
		c.fail(path, "form.rule_operator_kind")
		return n
	}
	if len(e.Args) == 1 {
		con := c.leaf(e.Args[0], under(path, 0))
		if con.op != "const" || con.list != nil {
			c.fail(under(path, 0), "form.rule_constant_expected")
			return n
		}
		c.option(&target, &con)
		n.args = []node{con}
	}
	return n
}

func (c *compiler) leaf(e Expr, path string) node {
	if e.Value == nil {
		return c.field(e.Field, path, e)
	}
	if e.Field != "" || len(e.Args) > 0 {
		c.fail(path, "form.rule_node_unclear")
		return node{path: path}
	}
	n := node{op: "const", path: path, con: e.Value.value()}
	if e.Value.kind == List {
		n.list = []Value{}
		for i := range e.Value.list {
			n.list = append(n.list, e.Value.list[i].value())
		}
	}
	return n
}

func (c *Const) value() Value {
	return Value{Kind: c.kind, Num: c.num, Text: c.text, Yes: c.yes}
}

func (c *compiler) field(name, path string, e Expr) node {
	n := node{path: path}
	if e.Op != "" || name == "" || e.Value != nil || len(e.Args) > 0 {
		c.fail(path, "form.rule_node_unclear")
		return n
	}
	info, ok := c.schema.Lookup(name)
	if !ok {
		c.fail(path, "form.rule_field_unknown", name)
		return n
	}
	if !c.seen[info.Slot] {
		c.seen[info.Slot] = true
		c.slots = append(c.slots, info.Slot)
	}
	return node{op: "field", path: path, field: name, info: info}
}

func (c *compiler) arity(e Expr, path string, want int) bool {
	c.plain(e, path)
	if len(e.Args) != want {
		c.fail(path, "form.rule_arguments")
		return false
	}
	return true
}

// plain reports an operator that also carries a field or a constant.
func (c *compiler) plain(e Expr, path string) {
	if e.Field != "" || e.Value != nil {
		c.fail(path, "form.rule_node_unclear")
	}
}

func (n *node) kind() Kind {
	switch n.op {
	case "field":
		return n.info.Kind
	case "const":
		return n.con.Kind
	case Count, Sum, Add, Sub, Mul, Ratio, Age, Chars, Lines:
		if n.op == Count || n.op == Sum {
			if n.info.Read == nil {
				return Nothing
			}
		}
		return Number
	}
	return Nothing
}
