package kits

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// sent is a form of the editor: its controls bear the paths of the kit, and what the page
// did not show stays as it is.
type sent struct {
	url.Values
	bad []errs.Field // what could not be read
}

// readPart brings what was typed in a part into a kit, and says what could not be read.
func readPart(k *kit.Kit, part string, v url.Values) []errs.Field {
	s := &sent{Values: v}
	switch part {
	case "about":
		s.about(k)
	case "zones":
		s.zones(k)
	case "cards":
		s.cards(k)
	case "decks":
		s.decks(k)
	case "phases":
		s.phases(k)
	case "votes":
		s.votes(k)
	case "roles":
		s.roles(k)
	case "outputs":
		s.outputs(k)
	}
	return s.bad
}

// typed is one line, or several, without what nobody typed.
func typed(value string, lines bool) string {
	value = strings.ReplaceAll(text.Clean(value), "\r\n", "\n")
	if !lines {
		return strings.Join(strings.Fields(value), " ")
	}
	return strings.TrimSpace(value)
}

func (s *sent) words(l *form.Localised, path string) {
	for _, lang := range i18n.Langs {
		name := path + "." + string(lang)
		if !s.Has(name) {
			continue
		}
		value := typed(s.Get(name), true)
		if value == "" {
			delete(*l, string(lang))
			continue
		}
		if *l == nil {
			*l = form.Localised{}
		}
		(*l)[string(lang)] = value
	}
	if len(*l) == 0 {
		*l = nil
	}
}

// line reads a text of one line into what a string is.
func line[T ~string](s *sent, into *T, path string) {
	if s.Has(path) {
		*into = T(typed(s.Get(path), false))
	}
}

func (s *sent) number(n *int, path string) {
	if !s.Has(path) {
		return
	}
	value := typed(s.Get(path), false)
	if value == "" {
		*n = 0
		return
	}
	read, err := strconv.Atoi(value)
	if err != nil || read < 0 || read > 1_000_000 {
		s.bad = append(s.bad, errs.Field{Path: path, Key: "kits.not_number"})
		return
	}
	*n = read
}

// shown says whether the page had boxes there: one that is not ticked sends nothing.
func (s *sent) shown(path string) bool { return s.Has("shown." + path) }

func (s *sent) box(b *bool, path string) {
	if s.shown(path) {
		*b = s.Get(path) != ""
	}
}

func several[T ~string](s *sent, list *[]T, path string) {
	if !s.shown(path) {
		return
	}
	*list = nil
	for _, value := range s.Values[path] {
		*list = append(*list, T(typed(value, false)))
	}
}

// some reads boxes of which none stands for all of them, those to come too: so does each
// one ticked, unless it was so before.
func (s *sent) some(list *[]string, all int, path string) {
	was := *list
	several(s, list, path)
	if len(*list) == all && !slices.Equal(*list, was) {
		*list = nil
	}
}

func (s *sent) about(k *kit.Kit) {
	line(s, &k.ID, "id")
	s.words(&k.Title, "title")
	n := &k.Notes
	s.words(&n.Aim, "notes.aim")
	s.words(&n.Bring, "notes.bring")
	s.words(&n.Watch, "notes.watch")
	line(s, &n.Source, "notes.source")
	for i := range 2 {
		s.number(&n.Minutes[i], fmt.Sprintf("notes.minutes.%d", i))
		s.number(&n.Group[i], fmt.Sprintf("notes.group.%d", i))
	}
	for i := range n.Steps {
		at := fmt.Sprintf("notes.steps.%d.", i)
		s.words(&n.Steps[i].Title, at+"title")
		s.words(&n.Steps[i].Text, at+"text")
		s.number(&n.Steps[i].Minutes, at+"minutes")
		line(s, &n.Steps[i].Phase, at+"phase")
	}
}

func (s *sent) zones(k *kit.Kit) {
	line(s, &k.Layout, "layout")
	for i := range k.Axes {
		at := fmt.Sprintf("axes.%d.", i)
		s.words(&k.Axes[i].Title, at+"title")
		s.words(&k.Axes[i].Low, at+"low")
		s.words(&k.Axes[i].High, at+"high")
	}
	for i := range k.Zones {
		z, at := &k.Zones[i], fmt.Sprintf("zones.%d.", i)
		line(s, &z.ID, at+"id")
		s.words(&z.Title, at+"title")
		s.words(&z.Help, at+"help")
		line(s, &z.Colour, at+"colour")
		s.some(&z.Cards, len(k.Cards), at+"cards")
		s.number(&z.Most, at+"most")
		s.box(&z.Closed, at+"closed")
	}
}

func (s *sent) cards(k *kit.Kit) {
	for i := range k.Cards {
		c, at := &k.Cards[i], fmt.Sprintf("cards.%d.", i)
		line(s, &c.ID, at+"id")
		s.words(&c.Title, at+"title")
		line(s, &c.Colour, at+"colour")
		for j := range c.Fields {
			f, at := &c.Fields[j], fmt.Sprintf("%sfields.%d.", at, j)
			line(s, &f.ID, at+"id")
			line(s, &f.Type, at+"type")
			s.words(&f.Label, at+"label")
			s.words(&f.Help, at+"help")
			s.box(&f.Required, at+"required")
			s.number(&f.Most, at+"most")
			s.options(f.Choices, at+"choices")
		}
	}
}

func (s *sent) options(list []kit.Option, path string) {
	for i := range list {
		at := fmt.Sprintf("%s.%d.", path, i)
		line(s, &list[i].ID, at+"id")
		s.words(&list[i].Label, at+"label")
	}
}

func (s *sent) decks(k *kit.Kit) {
	for i := range k.Decks {
		d, at := &k.Decks[i], fmt.Sprintf("decks.%d.", i)
		line(s, &d.ID, at+"id")
		s.words(&d.Title, at+"title")
		line(s, &d.Card, at+"card")
		line(s, &d.Deal, at+"deal")
		line(s, &d.Variant, at+"variant")
		line(s, &d.Source, at+"source")
		for j := range d.Prompts {
			p, at := &d.Prompts[j], fmt.Sprintf("%sprompts.%d.", at, j)
			line(s, &p.ID, at+"id")
			s.words(&p.Title, at+"title")
			s.words(&p.Text, at+"text")
			line(s, &p.Zone, at+"zone")
		}
	}
}

func (s *sent) phases(k *kit.Kit) {
	for i := range k.Phases {
		p, at := &k.Phases[i], fmt.Sprintf("phases.%d.", i)
		line(s, &p.ID, at+"id")
		s.words(&p.Title, at+"title")
		s.words(&p.Help, at+"help")
		s.number(&p.Minutes, at+"minutes")
		s.box(&p.Hidden, at+"hidden")
		s.box(&p.Frozen, at+"frozen")
		s.box(&p.Last, at+"last")
		several(s, &p.Votes, at+"votes")
	}
}

func (s *sent) votes(k *kit.Kit) {
	for i := range k.Votes {
		v, at := &k.Votes[i], fmt.Sprintf("votes.%d.", i)
		line(s, &v.ID, at+"id")
		s.words(&v.Title, at+"title")
		line(s, &v.Kind, at+"kind")
		s.some(&v.Cards, len(k.Cards), at+"cards")
		s.number(&v.Budget, at+"budget")
		s.number(&v.Most, at+"most")
		s.box(&v.Secret, at+"secret")
		s.box(&v.Shared, at+"shared")
		s.options(v.Choices, at+"choices")
	}
}

// mostWriters are those for whom one says where they write: who leads writes everywhere.
func mostWriters() []kit.Role {
	return slices.DeleteFunc(slices.Clone(kit.Writers), func(r kit.Role) bool { return r == kit.Facilitator })
}

// ticked are the boxes of a row, of which all are ticked when the kit names none.
func ticked[T ~string](list, all []T) []T {
	if len(list) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !slices.Contains(list, one) })
}

// rowOf reads a row of boxes over what a kit names: all of them is none in the kit, and
// none is nobody but who is always there.
func rowOf[T ~string](s *sent, list *[]T, all []T, nobody []T, path string) {
	if !s.shown(path) {
		return
	}
	var now []T
	several(s, &now, path)
	switch {
	case slices.Equal(now, ticked(*list, all)):
	case len(now) == len(all):
		*list = nil
	case len(now) == 0:
		*list = nobody
	default:
		*list = now
	}
}

func (s *sent) roles(k *kit.Kit) {
	for i := range k.Zones {
		rowOf(s, &k.Zones[i].Write, mostWriters(), []kit.Role{kit.Facilitator}, fmt.Sprintf("zones.%d.write", i))
	}
	for i := range k.Votes {
		path := fmt.Sprintf("votes.%d.write", i)
		rowOf(s, &k.Votes[i].Write, kit.Writers, k.Votes[i].Write, path)
		if s.shown(path) && len(s.Values[path]) == 0 {
			s.bad = append(s.bad, errs.Field{Path: path, Key: "kits.nobody_votes"})
		}
	}
	zones := make([]string, len(k.Zones))
	for i, z := range k.Zones {
		zones[i] = z.ID
	}
	for i := range k.Phases {
		path := fmt.Sprintf("phases.%d.zones", i)
		rowOf(s, &k.Phases[i].Zones, zones, k.Phases[i].Zones, path)
		if s.shown(path) && len(s.Values[path]) == 0 {
			s.bad = append(s.bad, errs.Field{Path: path, Key: "kits.nowhere"})
		}
	}
}

func (s *sent) outputs(k *kit.Kit) {
	for i := range k.Outputs {
		o, at := &k.Outputs[i], fmt.Sprintf("outputs.%d.", i)
		was := o.Card
		line(s, &o.Becomes, at+"becomes")
		line(s, &o.Card, at+"card")
		several(s, &o.Zones, at+"zones")
		if o.Card != was {
			// Another card has other fields: the lists of the page were those of the first.
			o.Title, o.Level, o.Owner, o.Due, o.Amount = firstText(k, o.Card), "", "", "", ""
			continue
		}
		for name, into := range map[string]*string{"title": &o.Title, "level": &o.Level, "owner": &o.Owner, "due": &o.Due, "amount": &o.Amount, "vote": &o.Vote} {
			line(s, into, at+name)
		}
	}
}

func firstText(k *kit.Kit, card string) string {
	c, _ := k.Card(card)
	for _, f := range c.Fields {
		if f.Type == kit.Text {
			return f.ID
		}
	}
	return ""
}

// fit gives a part what its choices need: a matrix two axes, a question two answers, a
// vote by dots its dots.
func fit(k *kit.Kit, part string) {
	answers := func(list []kit.Option, path string) {
		for n := len(list); n < 2; n++ {
			if _, err := drafting.Add(k, path, words("kits.blank_answer_"+strconv.Itoa(n+1))); err != nil {
				panic(err) // the list is there, and not full
			}
		}
	}
	switch part {
	case "zones":
		for n := len(k.Axes); k.Layout == kit.Matrix && n < 2; n++ {
			k.Axes = append(k.Axes, kit.Axis{Title: words("kits.blank_axis_" + strconv.Itoa(n+1)), Low: words("kits.blank_low"), High: words("kits.blank_high")})
		}
	case "cards":
		for i, c := range k.Cards {
			for j, f := range c.Fields {
				if drafting.Offers(f.Type) {
					answers(f.Choices, fmt.Sprintf("cards.%d.fields.%d.choices", i, j))
				}
			}
		}
	case "votes":
		for i := range k.Votes {
			v := &k.Votes[i]
			if drafting.Scaled(v.Kind) {
				answers(v.Choices, fmt.Sprintf("votes.%d.choices", i))
			}
			if v.Kind == kit.Dots && v.Budget == 0 {
				v.Budget = 3
			}
		}
	}
}
