package schemes

import (
	"context"
	"slices"
	"strings"
	"time"

	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/scheme"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/territory"
	"transformateur/internal/web/ui"
)

// short is the name of a fact; the question is under "schemes.ask_".
func short(ctx context.Context, key string) string { return i18n.T(ctx, "schemes.fact_"+key) }

func choiceName(ctx context.Context, f eligible.Fact, value string) string {
	switch f.Key {
	case "department":
		return territory.Name(territory.KindDepartement, value)
	case "region":
		return territory.Name(territory.KindRegion, value)
	}
	return i18n.T(ctx, "schemes.choice_"+f.Key+"_"+value)
}

// valueWords say what is known of a project.
func valueWords(ctx context.Context, f eligible.Fact, typed []string) string {
	var list []string
	for _, one := range typed {
		list = append(list, valueWord(ctx, f, one))
	}
	return strings.Join(list, ", ")
}

func valueWord(ctx context.Context, f eligible.Fact, one string) string {
	lang := string(i18n.From(ctx))
	switch f.Kind {
	case rule.Bool:
		return i18n.T(ctx, "schemes.is_"+one)
	case rule.Choice, rule.List:
		return choiceName(ctx, f, one)
	case rule.Date:
		if day, err := time.Parse(time.DateOnly, one); err == nil {
			return ui.ShortDay(ctx, day)
		}
	case rule.Number:
		v, _ := f.Read([]string{one})
		n, _ := v.(float64)
		switch f.Unit {
		case "euros":
			return money(ctx, int64(n))
		case "percent":
			return text.Percent(lang, n/100)
		}
		if n != float64(int64(n)) {
			return text.Decimal(lang, n, 1)
		}
		return text.Number(lang, int64(n))
	}
	return one
}

// criterion says one condition in words.
func criterion(ctx context.Context, c eligible.Criterion) string {
	lines, _ := c.Lines()
	var list []string
	for _, l := range lines {
		f, _ := eligible.Find(l.Fact)
		values := valueWords(ctx, f, l.Values)
		if l.Test == eligible.Months {
			values = strings.Join(l.Values, "")
		}
		if values == "" {
			list = append(list, i18n.T(ctx, "schemes.says_"+l.Test, short(ctx, l.Fact)))
			continue
		}
		list = append(list, i18n.T(ctx, "schemes.test_"+l.Test, short(ctx, l.Fact), values))
	}
	return strings.Join(list, " "+i18n.T(ctx, "schemes.or")+" ")
}

// origin says how something came to be known.
func origin(ctx context.Context, k scheme.Known) string {
	switch k.Origin {
	case scheme.Organisation:
		return i18n.T(ctx, "schemes.from_organisation", k.From)
	case scheme.Deduced:
		return i18n.T(ctx, "schemes.from_deduced")
	case scheme.Said:
		if k.By != "" {
			return i18n.T(ctx, "schemes.from_said", k.By, ui.ShortDay(ctx, k.At))
		}
	}
	return ""
}

var truthTones = map[rule.Truth]ui.Tone{rule.True: ui.Success, rule.False: ui.Danger, rule.Unknown: ui.Info}

func truthWord(ctx context.Context, t rule.Truth) string {
	return i18n.T(ctx, "schemes.truth_"+t.String())
}

var stateTones = map[scheme.State]ui.Tone{scheme.Published: ui.Success, scheme.Draft: ui.Info, scheme.Archived: ui.Warning,
	scheme.Suggested: ui.Info, scheme.Kept: ui.Info, scheme.Rejected: ui.Warning, scheme.Requested: ui.Info, scheme.Obtained: ui.Success, scheme.Denied: ui.Warning, scheme.Paid: ui.Success}

func stateWord(ctx context.Context, s scheme.State) string {
	return i18n.T(ctx, "schemes.state_"+string(s))
}

// money says an amount; one that is round has no cents.
func money(ctx context.Context, cents int64) string {
	said := text.Money(string(i18n.From(ctx)), cents)
	if cents%100 == 0 {
		decimals := strings.LastIndexAny(said, ",.")
		said = said[:decimals] + said[decimals+len(",00"):]
	}
	return said
}

// day says a day, "" for none.
func day(ctx context.Context, kept string) string {
	at, err := time.Parse(time.DateOnly, kept)
	if err != nil {
		return ""
	}
	return ui.ShortDay(ctx, at)
}

// facts are what a card says of a scheme.
func facts(ctx context.Context, s scheme.Scheme) (list []string) {
	for _, one := range s.Instruments {
		list = append(list, i18n.T(ctx, "schemes.instrument_"+one))
	}
	if s.MaxAmount > 0 {
		list = append(list, i18n.T(ctx, "schemes.up_to", money(ctx, s.MaxAmount)))
	}
	if s.Rate > 0 {
		list = append(list, i18n.T(ctx, "schemes.rate", s.Rate))
	}
	if s.ValidTo != "" {
		list = append(list, i18n.T(ctx, "schemes.until", day(ctx, s.ValidTo)))
	}
	return list
}

// because says why a scheme is where it stands: the answers that settle it, the needs and locks.
func because(ctx context.Context, all []scheme.Known, o scheme.Offer) (list []string) {
	for _, m := range o.Matches {
		list = append(list, i18n.T(ctx, "schemes.match_"+string(m.Kind), m.Title, m.Word))
	}
	if o.Verdict.Truth == rule.False {
		for _, c := range o.Failed() {
			list = append(list, i18n.T(ctx, "schemes.not_met", criterion(ctx, c))+answered(ctx, all, c))
		}
		return list
	}
	var said []string
	for _, c := range o.Criteria {
		said = append(said, answersOf(ctx, all, c, said)...)
	}
	if len(said) > 0 {
		list = append(list, i18n.T(ctx, "schemes.answers", strings.Join(said, " ; ")))
	}
	return list
}

// answered says, after a condition that is not met, what is known.
func answered(ctx context.Context, all []scheme.Known, c eligible.Criterion) string {
	said := answersOf(ctx, all, c, nil)
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, " ; ") + ")"
}

// answersOf are the answers that a condition reads, but those already said.
func answersOf(ctx context.Context, all []scheme.Known, c eligible.Criterion, already []string) (list []string) {
	for _, path := range c.Rule.Paths() {
		for _, k := range all {
			if k.Key != path || k.Value == nil {
				continue
			}
			one := i18n.T(ctx, "schemes.pair", short(ctx, k.Key), valueWords(ctx, k.Fact, k.Typed(k.Value)))
			if !slices.Contains(already, one) {
				list = append(list, one)
			}
		}
	}
	return list
}

// factChoice is the list of what may be answered.
func factChoice(ctx context.Context, k scheme.Known) ui.Choice {
	c := ui.Choice{Chosen: k.Typed(k.Value), Side: true}
	if k.Kind != rule.List {
		c.Empty = i18n.T(ctx, "schemes.unknown")
	}
	if k.Kind == rule.Bool {
		for _, one := range []string{"yes", "no"} {
			c.Options = append(c.Options, ui.Option{Value: one, Label: i18n.T(ctx, "schemes.is_"+one)})
		}
	}
	for _, one := range k.Choices {
		c.Options = append(c.Options, ui.Option{Value: one, Label: choiceName(ctx, k.Fact, one)})
	}
	return c
}

func factValue(k scheme.Known) string {
	if typed := k.Typed(k.Value); len(typed) > 0 {
		return typed[0]
	}
	return ""
}

// unit is what stands after the field of a number.
func unit(ctx context.Context, k scheme.Known) string {
	if k.Unit == "" {
		return ""
	}
	return i18n.T(ctx, "schemes.unit_"+k.Unit)
}

// nexts are the steps that may be noted.
func nexts(ctx context.Context, v single) ui.Choice {
	c := ui.Choice{Chosen: []string{v.to}}
	for _, one := range v.Next {
		c.Options = append(c.Options, ui.Option{Value: string(one), Label: stateWord(ctx, one)})
	}
	return c
}

// asksAmount says whether one of the next steps has a sum.
func asksAmount(v single) bool {
	return slices.ContainsFunc(v.Next, func(s scheme.State) bool {
		return s == scheme.Requested || s == scheme.Obtained || s == scheme.Paid
	})
}

// stepLine says a step.
func stepLine(ctx context.Context, n scheme.Step) string {
	if n.Amount == nil {
		return i18n.T(ctx, "schemes.step", stateWord(ctx, n.State), day(ctx, n.Day))
	}
	return i18n.T(ctx, "schemes.step_amount", stateWord(ctx, n.State), day(ctx, n.Day), money(ctx, *n.Amount))
}

// sums are the amounts of what is followed.
func sums(ctx context.Context, f scheme.Followed) (list []string) {
	for _, one := range []struct {
		key string
		sum *int64
	}{{"requested", f.Requested}, {"obtained", f.Obtained}, {"paid", f.Paid}} {
		if one.sum != nil {
			list = append(list, i18n.T(ctx, "schemes.sum_"+one.key, money(ctx, *one.sum)))
		}
	}
	return list
}
