package harvest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"transformateur/internal/platform/errs"
)

// The bounds of a tree of XML.
const (
	maxNodes = 400_000
	maxDepth = 24
)

// prose are elements of HTML: inside a field they are its text, not fields.
var prose = []string{"p", "br", "b", "i", "u", "em", "strong", "ul", "ol", "li", "div", "span", "a", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tbody", "tr", "td", "th"}

// breaking are those after which a reader sees a new line.
var breaking = []string{"p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}

// node is an element: its text, and the elements in it that are no prose.
type node struct {
	name string
	text strings.Builder
	kids []*node
}

// markup reads the element that repeats most: each is a scheme, and what it holds its
// fields, named by their path ("organisme/nom", "@id"). Entities of its own and documents
// elsewhere are never followed.
func markup(content []byte) (List, error) {
	root, err := tree(content)
	if err != nil {
		return List{}, errs.New(errs.Invalid, "harvest.xml_unreadable").Because(err)
	}
	records := repeated(root)
	l := List{Kind: Markup}
	at := map[string]int{}
	for i, r := range records {
		if len(l.Rows) >= Bounds.Rows {
			break
		}
		row := Row{Number: i + 1, Cells: make([]string, len(l.Heads))}
		for _, kid := range r.kids {
			l.spread(kid, "", at, &row)
		}
		if len(l.Heads) > Bounds.Columns {
			return l, errs.New(errs.Invalid, "sheet.too_many_columns", Bounds.Columns)
		}
		if strings.Join(row.Cells, "") != "" {
			l.Rows = append(l.Rows, row)
		}
	}
	for i := range l.Rows {
		l.Rows[i].Cells = append(l.Rows[i].Cells, make([]string, len(l.Heads)-len(l.Rows[i].Cells))...)
	}
	return l, nil
}

// spread puts the leaves of an element in the cells of a row, those of one name on a line each.
func (l *List) spread(n *node, over string, at map[string]int, row *Row) {
	path := over + n.name
	for _, kid := range n.kids {
		l.spread(kid, path+"/", at, row)
	}
	said := strings.TrimSpace(n.text.String())
	if said == "" {
		return
	}
	i, known := at[path]
	if !known {
		i = len(l.Heads)
		at[path] = i
		l.Heads = append(l.Heads, path)
	}
	for len(row.Cells) <= i {
		row.Cells = append(row.Cells, "")
	}
	if row.Cells[i] != "" {
		said = row.Cells[i] + "\n" + said
	}
	row.Cells[i] = cut(said)
}

// repeated finds the elements that are records: going down from the root, the first that
// stand several under one parent and hold fields; else what the root holds.
func repeated(root *node) []*node {
	for level := []*node{root}; len(level) > 0; {
		var next []*node
		for _, n := range level {
			count := map[string]int{}
			for _, kid := range n.kids {
				if count[kid.name]++; count[kid.name] == 2 && len(kid.kids) > 0 {
					return slices.DeleteFunc(slices.Clone(n.kids), func(k *node) bool { return k.name != kid.name })
				}
			}
			next = append(next, n.kids...)
		}
		level = next
	}
	for root != nil && len(root.kids) == 1 && len(root.kids[0].kids) > 0 {
		root = root.kids[0]
	}
	return []*node{root}
}

var (
	errTooDeep  = errors.New("harvest: too many elements, or too deep")
	errEncoding = errors.New("harvest: an encoding that is not read")
)

// tree reads a document within bounds.
func tree(content []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(content))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(label) {
		case "windows-1252", "iso-8859-1", "latin1":
			return charmap.Windows1252.NewDecoder().Reader(in), nil
		case "iso-8859-15":
			return charmap.ISO8859_15.NewDecoder().Reader(in), nil
		}
		return nil, errEncoding
	}
	d.Entity = xml.HTMLEntity
	top := &node{}
	open, inside := []*node{top}, 0 // inside counts the elements of prose that are open
	for nodes := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		here := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if nodes++; nodes > maxNodes || len(open)+inside > maxDepth {
				return nil, errTooDeep
			}
			if slices.Contains(prose, strings.ToLower(t.Name.Local)) && len(open) > 2 {
				inside++
				continue
			}
			one := &node{name: t.Name.Local}
			for _, a := range t.Attr {
				if a.Name.Space == "" && a.Name.Local != "xmlns" {
					kid := &node{name: "@" + a.Name.Local}
					kid.text.WriteString(a.Value)
					one.kids = append(one.kids, kid)
				}
			}
			here.kids = append(here.kids, one)
			open = append(open, one)
		case xml.EndElement:
			if inside > 0 && slices.Contains(prose, strings.ToLower(t.Name.Local)) {
				inside--
				if slices.Contains(breaking, strings.ToLower(t.Name.Local)) {
					here.text.WriteString("\n")
				}
				continue
			}
			open = open[:len(open)-1]
		case xml.CharData:
			here.text.Write(t)
		}
	}
	if len(top.kids) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return top.kids[0], nil
}
