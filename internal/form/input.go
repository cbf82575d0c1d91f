package form

import (
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/platform/errs"
)

// Plain HTML forms name their controls so:
//
//	f.<field>                        a text, a number, a date, a choice; repeated: several choices
//	f.<field>.other                  what "other" stands for, beside the option "other"
//	f.<field>.<part>                 a part of a composite answer: f.place.postcode, f.period.from
//	f.<field>.<row>.<column>         a cell of a table; rows are numbers, in order, gaps allowed
//	f.<field>.<row>.<column>.<part>  a part of a cell
//	f.<field>.expenses.<row>.amount  a line of a budget (also income)
//	f.<field>.<dimension>.score      a self-assessment: "0" to "4" or "unknown"; also .comment
//	f.<field>.<level>                linked lists: 0, 1, 2; a ranking: the rank of the option <level>
//
// Empty rows vanish. A page says which fields it shows: a field without any
// control named so is left out by DecodeHTML's caller, see Present.

// node is what an HTML form sent below one name.
type node struct {
	values []string
	kids   map[string]*node
}

func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	return n.kids[name]
}

// value is the last text sent under the name that is not empty, or "": a page
// may put an empty hidden control before its buttons and boxes.
func (n *node) value() string {
	if n == nil {
		return ""
	}
	for i := len(n.values) - 1; i >= 0; i-- {
		if n.values[i] != "" {
			return n.values[i]
		}
	}
	return ""
}

// part is the text of a part, as raw value: nil when not sent.
func (n *node) part(name string) any {
	if k := n.kid(name); k != nil && len(k.values) > 0 {
		return k.value()
	}
	return nil
}

// object gathers parts into an object.
func (n *node) object(parts ...string) map[string]any {
	out := map[string]any{}
	for _, p := range parts {
		if v := n.part(p); v != nil {
			out[p] = v
		}
	}
	return out
}

// rows gives the numbered kids in the order of their numbers.
func (n *node) rows() []*node {
	if n == nil {
		return nil
	}
	var numbers []int
	for k := range n.kids {
		if i, err := strconv.Atoi(k); err == nil && i >= 0 && strconv.Itoa(i) == k {
			numbers = append(numbers, i)
		}
	}
	slices.Sort(numbers)
	out := make([]*node, len(numbers))
	for i, number := range numbers {
		out[i] = n.kids[strconv.Itoa(number)]
	}
	return out
}

// list gives all values as raw values.
func (n *node) list() []any {
	if n == nil {
		return nil
	}
	out := make([]any, len(n.values))
	for i, v := range n.values {
		out[i] = v
	}
	return out
}

// Present says whether the HTML form sent anything for the field. A page puts
// a hidden empty control under the field's name, so that boxes all unticked are
// told from a field that was not on the page.
func (f *Field) Present(values map[string][]string) bool {
	name := "f." + f.ID
	for k := range values {
		if k == name || strings.HasPrefix(k, name+".") {
			return true
		}
	}
	return false
}

// DecodeHTML gives the canonical answer from the values of a plain HTML form;
// nil when it is empty. A text that cannot be read as the field's type (a date,
// an amount) is kept as it was typed, and Evaluate says what is wrong with it. The
// only problems here are those of a request that no page of ours sends.
func (f *Field) DecodeHTML(values map[string][]string) (any, []errs.Field) {
	root := &node{}
	size := 0
	name := "f." + f.ID
	for k, vs := range values {
		rest, ok := strings.CutPrefix(k, name)
		if !ok || rest != "" && rest[0] != '.' {
			continue
		}
		n := root
		if rest != "" {
			parts := strings.Split(rest[1:], ".")
			if len(parts) > 6 {
				continue
			}
			for _, part := range parts {
				if n.kids == nil {
					n.kids = map[string]*node{}
				}
				if n.kids[part] == nil {
					n.kids[part] = &node{}
				}
				n = n.kids[part]
			}
		}
		n.values = vs
		for _, v := range vs {
			size += len(v)
		}
	}
	if size > MaxValueSize {
		return nil, []errs.Field{{Path: f.ID, Key: "form.value_too_big", Args: []any{MaxValueSize}}}
	}
	b, ok := registry[f.Type]
	if !ok {
		return nil, []errs.Field{{Path: f.ID, Key: "form.type_unknown", Args: []any{f.Type}}}
	}
	return f.normalise(b.fromHTML(f, root))
}

// Decode gives the canonical answer from JSON, as a script sends it; nil when
// it is empty. Numbers and amounts may come as texts, as a person types them.
func (f *Field) Decode(text []byte) (any, []errs.Field) {
	if len(text) > MaxValueSize {
		return nil, []errs.Field{{Path: f.ID, Key: "form.value_too_big", Args: []any{MaxValueSize}}}
	}
	raw, err := parseTree(text)
	if err != nil {
		return nil, []errs.Field{{Path: f.ID, Key: "form.json_unreadable"}}
	}
	return f.normalise(raw)
}

// normalise brings a raw value into its canonical form.
func (f *Field) normalise(raw any) (any, []errs.Field) {
	b, ok := registry[f.Type]
	if !ok {
		return nil, []errs.Field{{Path: f.ID, Key: "form.type_unknown", Args: []any{f.Type}}}
	}
	value, key := canonical(b, f, raw)
	if key != "" {
		return nil, []errs.Field{{Path: f.ID, Key: key, Args: refusalArgs(key)}}
	}
	if value != nil && len(Canonical(value)) > MaxValueSize {
		return nil, []errs.Field{{Path: f.ID, Key: "form.value_too_big", Args: []any{MaxValueSize}}}
	}
	return value, nil
}

func canonical(b behaviour, f *Field, raw any) (any, string) {
	if isEmpty(raw) {
		return nil, ""
	}
	if b == nil {
		return nil, "form.value_shape" // a column of an unknown type, in a form that was never compiled
	}
	value, key := b.normalise(f, raw)
	if key != "" || isEmpty(value) {
		return nil, key
	}
	return value, ""
}

func refusalArgs(key string) []any {
	if key == "form.too_many_rows" {
		return []any{MaxRows}
	}
	return nil
}
