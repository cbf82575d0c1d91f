package kit

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
)

// name is what an id looks like.
var name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// checker gathers the faults of a kit, each with its path.
type checker struct{ bad []errs.Field }

func (c *checker) fault(key string, args []any, path string, at ...any) {
	c.bad = append(c.bad, errs.Field{Path: fmt.Sprintf(path, at...), Key: key, Args: args})
}

// ids checks the ids of a list: well formed and each once.
func (c *checker) ids(list []string, most int, path string) {
	seen := map[string]bool{}
	for i, id := range list {
		switch {
		case !name.MatchString(id):
			c.fault("kit.bad_id", nil, "%s.%d.id", path, i)
		case seen[id]:
			c.fault("kit.twice", []any{id}, "%s.%d.id", path, i)
		}
		seen[id] = true
	}
	if len(list) > most {
		c.fault("kit.too_many", []any{most}, "%s", path)
	}
}

// known checks that what is named exists.
func (c *checker) known(names, all []string, path string) {
	for _, id := range names {
		if !slices.Contains(all, id) {
			c.fault("kit.unknown", []any{id}, "%s", path)
		}
	}
}

func (c *checker) titled(title form.Localised, path string) {
	if title.In("fr") == "" {
		c.fault("kit.no_title", nil, "%s", path)
	}
}

func ids[T any](list []T, id func(T) string) (all []string) {
	for _, one := range list {
		all = append(all, id(one))
	}
	return all
}

// names are the ids that a kit defines.
type names struct{ zones, cards, votes, phases []string }

// Check says what is wrong with a kit, every fault at once, each with its path
// ("cards.0.fields.2.type"). Error: Invalid kit.invalid.
func (k *Kit) Check() error {
	c := &checker{}
	n := names{ids(k.Zones, func(z Zone) string { return z.ID }), ids(k.Cards, func(x Card) string { return x.ID }),
		ids(k.Votes, func(v Vote) string { return v.ID }), ids(k.Phases, func(p Phase) string { return p.ID })}
	if !name.MatchString(k.ID) {
		c.fault("kit.bad_id", nil, "id")
	}
	c.titled(k.Title, "title")
	c.ids(n.zones, MaxZones, "zones")
	c.ids(n.cards, MaxCards, "cards")
	c.ids(n.votes, MaxVotes, "votes")
	c.ids(n.phases, MaxPhases, "phases")
	for path, missing := range map[string]bool{"zones": len(n.zones) == 0, "cards": len(n.cards) == 0, "phases": len(n.phases) == 0} {
		if missing {
			c.fault("kit.empty", nil, "%s", path)
		}
	}
	c.surface(k)
	for i, z := range k.Zones {
		c.zone(z, n, fmt.Sprintf("zones.%d", i))
	}
	for i, card := range k.Cards {
		c.card(card, fmt.Sprintf("cards.%d", i))
	}
	c.decks(k, n)
	for i, p := range k.Phases {
		c.phase(p, n, fmt.Sprintf("phases.%d", i))
	}
	for i, v := range k.Votes {
		c.vote(v, n, fmt.Sprintf("votes.%d", i))
	}
	for i, o := range k.Outputs {
		c.output(k, o, n, fmt.Sprintf("outputs.%d", i))
	}
	for i, s := range k.Notes.Steps {
		c.titled(s.Title, fmt.Sprintf("notes.steps.%d.title", i))
		if s.Phase != "" {
			c.known([]string{s.Phase}, n.phases, fmt.Sprintf("notes.steps.%d.phase", i))
		}
	}
	slices.SortFunc(c.bad, func(a, b errs.Field) int { return cmp.Compare(a.Path, b.Path) })
	return errs.NewInvalid("kit.invalid", c.bad)
}

// surface checks the layout against the zones.
func (c *checker) surface(k *Kit) {
	zones, axes := len(k.Zones), 0
	if k.Layout == Matrix {
		axes = 2
	}
	switch {
	case !slices.Contains(Layouts, k.Layout):
		c.fault("kit.unknown", []any{k.Layout}, "layout")
	case k.Layout == Quadrants && zones != 4:
		c.fault("kit.four_zones", nil, "zones")
	}
	if len(k.Axes) != axes {
		c.fault("kit.axes", []any{axes}, "axes")
	}
	for i, a := range k.Axes {
		c.titled(a.Title, fmt.Sprintf("axes.%d.title", i))
		c.titled(a.Low, fmt.Sprintf("axes.%d.low", i))
		c.titled(a.High, fmt.Sprintf("axes.%d.high", i))
	}
}

func (c *checker) zone(z Zone, n names, path string) {
	c.titled(z.Title, path+".title")
	c.known(z.Cards, n.cards, path+".cards")
	c.roles(z.Write, path+".write")
	c.colour(z.Colour, path)
	if z.Most < 0 {
		c.fault("kit.negative", nil, "%s.most", path)
	}
}

func (c *checker) colour(colour, path string) {
	if colour != "" && !slices.Contains(Colours, colour) {
		c.fault("kit.unknown", []any{colour}, "%s.colour", path)
	}
}

func (c *checker) roles(roles []Role, path string) {
	for _, role := range roles {
		if !slices.Contains(Writers, role) {
			c.fault("kit.unknown", []any{string(role)}, "%s", path)
		}
	}
}

func (c *checker) card(card Card, path string) {
	c.titled(card.Title, path+".title")
	c.colour(card.Colour, path)
	c.ids(ids(card.Fields, func(f Field) string { return f.ID }), MaxFields, path+".fields")
	if len(card.Fields) == 0 {
		c.fault("kit.empty", nil, "%s.fields", path)
	}
	for i, f := range card.Fields {
		at := fmt.Sprintf("%s.fields.%d", path, i)
		c.titled(f.Label, at+".label")
		chosen := f.Type == Choice || f.Type == Level
		switch {
		case !slices.Contains(FieldTypes, f.Type):
			c.fault("kit.unknown", []any{string(f.Type)}, "%s.type", at)
		case chosen && len(f.Choices) < 2:
			c.fault("kit.two_choices", nil, "%s.choices", at)
		case !chosen && len(f.Choices) > 0:
			c.fault("kit.no_choices", nil, "%s.choices", at)
		}
		if f.Most < 0 || f.Most > MaxText || f.Most > 0 && f.Type != Text {
			c.fault("kit.most", []any{MaxText}, "%s.most", at)
		}
		c.options(f.Choices, at+".choices")
	}
}

func (c *checker) options(list []Option, path string) {
	c.ids(ids(list, func(o Option) string { return o.ID }), MaxChoices, path)
	for i, o := range list {
		c.titled(o.Label, fmt.Sprintf("%s.%d.label", path, i))
	}
}

func (c *checker) decks(k *Kit, n names) {
	c.ids(ids(k.Decks, func(d Deck) string { return d.ID }), MaxDecks, "decks")
	for i, d := range k.Decks {
		path := fmt.Sprintf("decks.%d", i)
		c.titled(d.Title, path+".title")
		c.known([]string{d.Card}, n.cards, path+".card")
		if d.Variant != "" && !name.MatchString(d.Variant) {
			c.fault("kit.bad_id", nil, "%s.variant", path)
		}
		if d.Deal != "" {
			c.known([]string{d.Deal}, n.zones, path+".deal")
		}
		c.ids(ids(d.Prompts, func(p Prompt) string { return p.ID }), MaxPrompts, path+".prompts")
		if len(d.Prompts) == 0 {
			c.fault("kit.empty", nil, "%s.prompts", path)
		}
		for j, p := range d.Prompts {
			at := fmt.Sprintf("%s.prompts.%d", path, j)
			c.titled(p.Title, at+".title")
			if p.Zone != "" {
				c.known([]string{p.Zone}, n.zones, at+".zone")
			}
		}
	}
}

func (c *checker) phase(p Phase, n names, path string) {
	c.titled(p.Title, path+".title")
	c.known(p.Zones, n.zones, path+".zones")
	c.known(p.Votes, n.votes, path+".votes")
	if p.Minutes < 0 || p.Minutes > 8*60 {
		c.fault("kit.minutes", nil, "%s.minutes", path)
	}
}

func (c *checker) vote(v Vote, n names, path string) {
	c.titled(v.Title, path+".title")
	c.known(v.Cards, n.cards, path+".cards")
	c.roles(v.Write, path+".write")
	c.options(v.Choices, path+".choices")
	scaled := v.Kind == Score || v.Kind == Bins
	switch {
	case !slices.Contains(VoteKinds, v.Kind):
		c.fault("kit.unknown", []any{string(v.Kind)}, "%s.kind", path)
	case v.Kind == Dots && v.Budget < 1:
		c.fault("kit.budget", nil, "%s.budget", path)
	case v.Kind != Dots && (v.Budget != 0 || v.Most != 0):
		c.fault("kit.no_budget", nil, "%s.budget", path)
	case scaled && len(v.Choices) < 2:
		c.fault("kit.two_choices", nil, "%s.choices", path)
	case !scaled && len(v.Choices) > 0:
		c.fault("kit.no_choices", nil, "%s.choices", path)
	case v.Shared && (v.Secret || !scaled):
		c.fault("kit.shared", nil, "%s.shared", path)
	}
}

// output checks that what a card becomes takes its parts from fields of the right type.
func (c *checker) output(k *Kit, o Output, n names, path string) {
	if !slices.Contains(Outcomes, o.Becomes) {
		c.fault("kit.unknown", []any{string(o.Becomes)}, "%s.becomes", path)
	}
	c.known([]string{o.Card}, n.cards, path+".card")
	c.known(o.Zones, n.zones, path+".zones")
	card, _ := k.Card(o.Card)
	if o.Title == "" && (o.Becomes != Dimension || !slices.ContainsFunc(k.Decks, func(d Deck) bool { return d.Card == o.Card })) {
		c.fault("kit.no_item_title", nil, "%s.title", path)
	}
	for _, part := range []struct {
		name, field string
		types       []FieldType
	}{{"title", o.Title, []FieldType{Text, Choice}}, {"level", o.Level, []FieldType{Level, Choice}}, {"owner", o.Owner, []FieldType{Person, Text}},
		{"due", o.Due, []FieldType{Date}}, {"amount", o.Amount, []FieldType{Amount}}} {
		if part.field == "" {
			continue
		}
		if f, there := card.Field(part.field); !there || !slices.Contains(part.types, f.Type) {
			c.fault("kit.bad_field", []any{part.field}, "%s.%s", path, part.name)
		}
	}
	if o.Vote != "" || o.Becomes == Dimension {
		v, there := k.Vote(o.Vote)
		if !there || v.Kind != Score {
			c.fault("kit.bad_vote", []any{o.Vote}, "%s.vote", path)
		}
	}
}
