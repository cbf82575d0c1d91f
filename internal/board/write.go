package board

import (
	"bytes"
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// write is what changes a field: a value that takes the place of another, the text that
// takes the place of several versions, or one version taken away.
func (s *State) write(e Entry) (Result, error) {
	c, err := s.card(e.Op.Target)
	if err != nil {
		return Result{}, err
	}
	card, _ := s.kit.Card(c.Type)
	f, known := card.Field(e.Op.Field)
	if !known {
		return Result{}, errUnknown()
	}
	if e.Op.Kind == "card.drop" {
		return s.drop(c, f, e)
	}
	if err := goodValue(f, e.Op.Value); err != nil {
		return Result{}, err
	}
	if c.Fields == nil {
		c.Fields = map[string]*Value{}
	}
	old := c.Fields[f.ID]
	if e.Op.Kind == "card.settle" {
		return s.settle(c, f, old, e)
	}
	if old == nil {
		old = &Value{V: json.RawMessage("null")}
		c.Fields[f.ID] = old
	}
	inverse := &Op{Kind: "card.set", Target: c.ID, Field: f.ID, Value: old.V}
	switch {
	case f.Type == kit.Text && old.N > e.Op.Base && !old.before(e) && !bytes.Equal(old.V, e.Op.Value) && !blank(old.V):
		if err := old.keepBoth(e); err != nil {
			return Result{}, err
		}
		inverse = &Op{Kind: "card.drop", Target: c.ID, Field: f.ID}
	default:
		old.V, old.By, old.Client, old.Seq, old.N = e.Op.Value, e.Person, e.Client, e.Seq, e.N
	}
	if c.Removed && c.Gone > e.Op.Base { // whoever wrote did not know: what was written stays
		c.Removed, c.Gone = false, e.N
	}
	r := changed(c, e.N)
	r.Inverse = inverse
	return r, nil
}

// before says whether what a field holds is an earlier wording of what the same browser
// writes now: one that was done later is not, as when an operation that was refused comes
// once more.
func (v *Value) before(e Entry) bool { return v.Client == e.Client && v.Seq <= e.Seq }

// keepBoth puts a text beside another that was written meanwhile. A text that the same
// browser had put there, in the same writing (that is, from the same base), gives way to
// its next version; one from another writing stays.
func (v *Value) keepBoth(e Entry) error {
	same := func(a Alt) bool { return a.Client == e.Client && a.Base == e.Op.Base && a.Seq <= e.Seq }
	if slices.ContainsFunc(v.Alts, func(a Alt) bool { return !same(a) && bytes.Equal(a.V, e.Op.Value) }) {
		return nil
	}
	alts := slices.DeleteFunc(slices.Clone(v.Alts), same)
	if len(alts) >= MaxAlts {
		return errs.New(errs.Conflict, "board.too_many_versions")
	}
	v.Alts = append(alts, Alt{V: e.Op.Value, By: e.Person, Client: e.Client, Seq: e.Seq, Base: e.Op.Base, N: e.N})
	return nil
}

// settle ends the choice between versions; it must have seen them all.
func (s *State) settle(c *Card, f kit.Field, old *Value, e Entry) (Result, error) {
	if old == nil || len(old.Alts) == 0 {
		return Result{}, errs.New(errs.Conflict, "board.changed")
	}
	unseen := func(v Value) bool { return v.N > e.Op.Base && !v.before(e) } // what one has just written oneself, one has seen
	if unseen(*old) || slices.ContainsFunc(old.Alts, func(a Alt) bool { return unseen(Value{Client: a.Client, Seq: a.Seq, N: a.N}) }) {
		return Result{}, errs.New(errs.Conflict, "board.changed")
	}
	c.Fields[f.ID] = &Value{V: e.Op.Value, By: e.Person, Client: e.Client, Seq: e.Seq, N: e.N}
	return changed(c, e.N), nil
}

// drop takes away one version of a text: the one that an undone operation had left.
func (s *State) drop(c *Card, f kit.Field, e Entry) (Result, error) {
	v := c.Fields[f.ID]
	if v == nil {
		return Result{}, errUnknown()
	}
	i := slices.IndexFunc(v.Alts, func(a Alt) bool { return a.N == e.Op.Base && a.By == e.Person })
	if i < 0 {
		return Result{}, errs.New(errs.Conflict, "board.overwritten")
	}
	v.Alts = slices.Delete(slices.Clone(v.Alts), i, i+1)
	return changed(c, e.N), nil
}

// blank says whether a value holds no text, so that nothing is lost with it.
func blank(value json.RawMessage) bool {
	var text string
	return bytes.Equal(value, []byte("null")) || json.Unmarshal(value, &text) == nil && strings.TrimSpace(text) == ""
}

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// goodValue says whether a field takes a value; null empties it.
func goodValue(f kit.Field, value json.RawMessage) error {
	bad := errs.New(errs.Invalid, "board.bad_value", f.ID)
	if bytes.Equal(value, []byte("null")) {
		return nil
	}
	switch f.Type {
	case kit.Level, kit.Amount:
		var n float64
		most := float64(len(f.Choices))
		if f.Type == kit.Amount {
			most = 1e13
		}
		if json.Unmarshal(value, &n) != nil || n != math.Trunc(n) || n < 0 || n > most || f.Type == kit.Level && n < 1 {
			return bad
		}
		return nil
	}
	var text string
	if json.Unmarshal(value, &text) != nil || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return bad
	}
	switch f.Type {
	case kit.Text, kit.Person:
		most := kit.MaxText
		if f.Most > 0 {
			most = f.Most
		}
		if utf8.RuneCountInString(text) > most {
			return errs.New(errs.Invalid, "board.too_long", f.ID, most)
		}
	case kit.Choice:
		if text != "" && !slices.ContainsFunc(f.Choices, func(o kit.Option) bool { return o.ID == text }) {
			return bad
		}
	case kit.Date:
		if _, err := time.Parse(time.DateOnly, text); text != "" && err != nil {
			return bad
		}
	case kit.Link:
		if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(text) > 2000) {
			return bad
		}
	case kit.Picture:
		if text != "" && !digest.MatchString(text) {
			return bad
		}
	}
	return nil
}
