package rule

// Phrase is a message key with its arguments, each of them a Phrase, a
// FieldName, a Given, a Joined or a plain value: enough for a page to say the
// condition in any language.
type Phrase struct {
	Key  string
	Args []any
}

// FieldName stands for the label of a field or of one of its parts.
type FieldName struct{ Path string }

// Given stands for a constant, as the field it is compared with would show it
// (label of an option, amount, date, yes or no). Field is "" when there is none.
type Given struct {
	Field string
	Value Const
}

// Joined stands for phrases put one after the other with the word of Key
// between them ("form.op_and", "form.op_or").
type Joined struct {
	Key   string
	Parts []Phrase
}

// Describe turns an expression into phrases. It never fails: a node that does
// not compile is described by what it has.
func Describe(e Expr) Phrase { return describe(e, "") }

func describe(e Expr, beside string) Phrase {
	switch e.Op {
	case "":
		if e.Value != nil {
			return Phrase{Key: "form.op_value", Args: []any{Given{Field: beside, Value: *e.Value}}}
		}
		return Phrase{Key: "form.op_true", Args: []any{FieldName{e.Field}}}
	case And, Or:
		if len(e.Args) == 1 {
			return describe(e.Args[0], "")
		}
		j := Joined{Key: "form.op_" + string(e.Op)}
		for _, a := range e.Args {
			j.Parts = append(j.Parts, describe(a, ""))
		}
		return Phrase{Key: "form.op_group", Args: []any{j}}
	case Not:
		if len(e.Args) != 1 {
			break
		}
		if a := e.Args[0]; a.Op == "" && a.Field != "" {
			return Phrase{Key: "form.op_false", Args: []any{FieldName{a.Field}}}
		}
		return Phrase{Key: "form.op_not", Args: []any{describe(e.Args[0], "")}}
	}
	beside = ""
	for _, a := range e.Args {
		if (a.Op == "" || a.Op == Sum) && a.Field != "" {
			beside = a.Field
			break
		}
	}
	key, known := opKeys[e.Op]
	if !known {
		return Phrase{Key: "form.op_unknown"}
	}
	p := Phrase{Key: key}
	if e.Field != "" {
		p.Args = append(p.Args, FieldName{e.Field})
		beside = e.Field
		if e.Op == Count && len(e.Args) > 0 {
			p.Key = "form.op_count_equal"
		}
	}
	for _, a := range e.Args {
		p.Args = append(p.Args, operandPhrase(a, beside))
	}
	return p
}

func operandPhrase(e Expr, beside string) any {
	switch {
	case e.Op != "":
		return describe(e, beside)
	case e.Value != nil:
		return Given{Field: beside, Value: *e.Value}
	}
	return FieldName{e.Field}
}

// opKeys gives each operator the key of its sentence; its arguments are, in
// order, the operator's own.
var opKeys = map[Op]string{
	Eq: "form.op_eq", Ne: "form.op_ne", Lt: "form.op_lt", Le: "form.op_le", Gt: "form.op_gt", Ge: "form.op_ge",
	In: "form.op_in", Contains: "form.op_contains", Empty: "form.op_empty", Filled: "form.op_filled",
	Between: "form.op_between", Prefix: "form.op_prefix", Count: "form.op_count", Sum: "form.op_sum",
	Add: "form.op_add", Sub: "form.op_sub", Mul: "form.op_mul", Ratio: "form.op_ratio", Age: "form.op_age",
	Chars: "form.op_chars", Lines: "form.op_lines",
}

// Operators lists every operator with the message key of its sentence, conditions first.
func Operators() []Op {
	return []Op{And, Or, Not, Eq, Ne, Lt, Le, Gt, Ge, In, Contains, Empty, Filled, Between, Prefix,
		Count, Sum, Add, Sub, Mul, Ratio, Age, Chars, Lines}
}
