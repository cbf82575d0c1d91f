package assign

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Meta is what stands beside a matrix of affinities: readings and loads, and groups of
// agents whose number is bounded in each item. Fields it does not know are ignored.
type Meta struct {
	Readers int         `json:"reviewers_per_item"`
	MaxLoad int         `json:"max_load"`
	MinLoad int         `json:"min_load"`
	Groups  []MetaGroup `json:"groups"`
}

// MetaGroup bounds, for each item, its readers among these agents.
type MetaGroup struct {
	Name      string   `json:"name"`
	Reviewers []string `json:"reviewers"`
	AtLeast   int      `json:"at_least"`
	AtMost    int      `json:"at_most"`
}

// BlankReason is the reason of the conflicts that a blank cell of a matrix declares.
const BlankReason = "conflict of interest"

// ReadMeta reads the JSON beside a matrix.
func ReadMeta(r io.Reader) (*Meta, error) {
	var m Meta
	if err := decode(r, &m, false); err != nil {
		return nil, err
	}
	if m.Readers < 1 {
		return nil, malformed("at least 1", "reviewers_per_item")
	}
	if m.MaxLoad < 1 {
		return nil, malformed("at least 1", "max_load")
	}
	return &m, nil
}

// table reads CSV, separated by semicolons when the first line holds no comma.
func table(r io.Reader) *csv.Reader {
	text := bufio.NewReaderSize(r, 1<<16)
	if mark, err := text.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = text.Discard(3)
	}
	first, _ := text.Peek(1 << 16)
	first, _, _ = bytes.Cut(first, []byte{'\n'})
	lines := csv.NewReader(text)
	lines.ReuseRecord, lines.FieldsPerRecord = true, -1
	if !bytes.Contains(first, []byte{','}) && bytes.Contains(first, []byte{';'}) {
		lines.Comma = ';'
	}
	return lines
}

// ReadMatrix reads affinities as CSV: a line for the ids of agents, then a line for
// each item, its id first; a blank cell forbids the pair. Affinities are from 0 to 1.
func ReadMatrix(r io.Reader, meta *Meta) (*Problem, error) {
	p := &Problem{Version: Version, Terms: []Term{{Name: "affinity", Weight: 1}}}
	lines := table(r)
	head, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Malformed{Line: 1, Why: "the file is empty"}
	}
	if err != nil {
		return nil, unreadable(err)
	}
	for _, id := range head[1:] {
		p.Agents = append(p.Agents, Agent{ID: strings.Clone(id), Min: meta.MinLoad, Max: meta.MaxLoad})
	}
	for {
		row, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(err)
		}
		line, _ := lines.FieldPos(0)
		if err := p.addRow(line, row, meta.Readers); err != nil {
			return nil, err
		}
	}
	for i, g := range meta.Groups {
		if err := p.addGroup(i, g); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Problem) addRow(line int, row []string, readers int) error {
	if len(row) != len(p.Agents)+1 {
		return &Malformed{Line: line, Why: fmt.Sprintf("%d cells, the first line has %d", len(row), len(p.Agents)+1)}
	}
	id := strings.Clone(row[0])
	p.Items = append(p.Items, Item{ID: id, Min: readers})
	values := make([]float64, 0, len(p.Agents))
	for r, cell := range row[1:] {
		agent := p.Agents[r].ID
		if cell == "" {
			p.Forbidden = append(p.Forbidden, Forbidden{Item: id, Agent: agent, Reason: BlankReason})
			continue
		}
		v, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64)
		if err != nil || !(v >= 0 && v <= 1) {
			return &Malformed{Line: line, Field: agent, Why: "a number from 0 to 1, or nothing: " + quoted(cell)}
		}
		values = append(values, v)
		p.Pairs = append(p.Pairs, Pair{Item: id, Agent: agent, Values: values[len(values)-1:]})
	}
	return nil
}

func (p *Problem) addGroup(i int, g MetaGroup) error {
	if g.Name == "" {
		return malformed("a name is missing", "groups[%d].name", i)
	}
	index := map[string]int{}
	for r, a := range p.Agents {
		index[a.ID] = r
	}
	const family = "group"
	for j, id := range g.Reviewers {
		r, ok := index[id]
		if !ok {
			return malformed("no reviewer has this id: "+quoted(id), "groups[%d].reviewers[%d]", i, j)
		}
		if p.Agents[r].Groups == nil {
			p.Agents[r].Groups = map[string][]string{}
		}
		p.Agents[r].Groups[family] = append(p.Agents[r].Groups[family], g.Name)
	}
	p.Rules = append(p.Rules, Rule{Name: g.Name, Family: family, Group: g.Name, AtLeast: g.AtLeast, AtMost: g.AtMost})
	return nil
}

// ReadLinks reads pairs as CSV, "item,agent" on each line; a first line whose first
// cell is "item" is a title.
func ReadLinks(r io.Reader) ([]Link, error) {
	lines := table(r)
	var all []Link
	for {
		row, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		line, _ := lines.FieldPos(0)
		if line == 1 && row[0] == "item" {
			continue
		}
		if len(row) < 2 {
			return nil, &Malformed{Line: line, Why: "an item and an agent"}
		}
		all = append(all, Link{strings.Clone(row[0]), strings.Clone(row[1])})
	}
}

// WriteLinks writes pairs as CSV, with a title.
func WriteLinks(w io.Writer, links []Link) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"item", "reviewer"}}
	for _, l := range links {
		rows = append(rows, []string{l.Item, l.Agent})
	}
	return out.WriteAll(rows)
}

// Read reads a problem in its JSON form, and refuses fields it does not know.
func Read(r io.Reader) (*Problem, error) {
	var p Problem
	if err := decode(r, &p, true); err != nil {
		return nil, err
	}
	if _, err := ready(&p); err != nil {
		return nil, err
	}
	return &p, nil
}

// Leave takes an agent out of the problem, with everything said of her; her previous
// pairs stay, to be counted as removed. It says false when nobody has the id.
func (p *Problem) Leave(id string) bool {
	before := len(p.Agents)
	p.Agents = slices.DeleteFunc(p.Agents, func(a Agent) bool { return a.ID == id })
	p.Pairs = slices.DeleteFunc(p.Pairs, func(x Pair) bool { return x.Agent == id })
	p.Forbidden = slices.DeleteFunc(p.Forbidden, func(x Forbidden) bool { return x.Agent == id })
	p.Pinned = slices.DeleteFunc(p.Pinned, func(x Link) bool { return x.Agent == id })
	return len(p.Agents) < before
}

func decode(r io.Reader, into any, strict bool) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	from := json.NewDecoder(strings.NewReader(string(text)))
	if strict {
		from.DisallowUnknownFields()
	}
	err = from.Decode(into)
	if err == nil {
		if _, more := from.Token(); !errors.Is(more, io.EOF) {
			return &Malformed{Line: lineAt(text, from.InputOffset()), Why: "something follows the object"}
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &Malformed{Line: lineAt(text, syntax.Offset), Why: err.Error()}
	case errors.As(err, &kind):
		return &Malformed{Line: lineAt(text, kind.Offset), Field: kind.Field, Why: "a " + kind.Value + " where a " + kind.Type.String() + " is expected"}
	}
	return &Malformed{Line: lineAt(text, from.InputOffset()), Why: err.Error()}
}

func lineAt(text []byte, offset int64) int {
	return 1 + strings.Count(string(text[:min(max(offset, 0), int64(len(text)))]), "\n")
}

func unreadable(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &Malformed{Line: parse.Line, Why: parse.Err.Error()}
	}
	return err
}
