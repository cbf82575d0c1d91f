package schemes

import (
	"context"
	"strconv"

	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/scheme"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/web/ui"
)

func states(ctx context.Context, chosen scheme.State) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}, Empty: i18n.T(ctx, "schemes.all_states")}
	for _, s := range scheme.States {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: stateWord(ctx, s)})
	}
	return c
}

func instruments(ctx context.Context, chosen []string) ui.Choice {
	c := ui.Choice{Chosen: chosen, Side: true}
	for _, one := range scheme.Instruments {
		c.Options = append(c.Options, ui.Option{Value: one, Label: i18n.T(ctx, "schemes.instrument_"+one)})
	}
	return c
}

func successors(ctx context.Context, f form) ui.Choice {
	c := ui.Choice{Chosen: []string{string(f.ReplacedBy)}, Empty: i18n.T(ctx, "schemes.successor_none")}
	for _, one := range f.others {
		c.Options = append(c.Options, ui.Option{Value: string(one.ID), Label: one.Name})
	}
	return c
}

func joined(ctx context.Context, or bool) ui.Choice {
	c := ui.Choice{Chosen: []string{"and"}, Options: []ui.Option{{Value: "and", Label: i18n.T(ctx, "schemes.join_and")}, {Value: "or", Label: i18n.T(ctx, "schemes.join_or")}}}
	if or {
		c.Chosen = []string{"or"}
	}
	return c
}

func factNames(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "schemes.row_none")}
	for _, f := range eligible.Facts {
		c.Options = append(c.Options, ui.Option{Value: f.Key, Label: short(ctx, f.Key)})
	}
	return c
}

// testNames are all tests, by what they apply to.
func testNames(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, kind := range []rule.Kind{rule.Number, rule.Bool, rule.Choice, rule.Text, rule.Date} {
		g := ui.OptionGroup{Label: i18n.T(ctx, "schemes.kind_"+kind.String())}
		for _, one := range eligible.Tests[kind] {
			g.Options = append(g.Options, ui.Option{Value: one, Label: i18n.T(ctx, "schemes.name_"+one)})
		}
		c.Groups = append(c.Groups, g)
	}
	return c
}

func rowName(i int, part string) string { return "rows." + strconv.Itoa(i) + "." + part }

// codesOf lists the words that a condition on a fact may be written with.
func codesOf(ctx context.Context, f eligible.Fact) (list []ui.Pair) {
	for _, one := range f.Choices {
		list = append(list, ui.Pair{Term: one, Text: choiceName(ctx, f, one)})
	}
	return list
}

// listedFacts are those whose choices are few enough to be told on a page.
func listedFacts() (list []eligible.Fact) {
	for _, f := range eligible.Facts {
		if len(f.Choices) > 0 && f.Key != "department" {
			list = append(list, f)
		}
	}
	return list
}

func card(ctx context.Context, s scheme.Scheme) ui.Card {
	return ui.Card{Over: s.Provider, Title: s.Name, URL: at(s.ID), Text: s.Purpose, Badge: stateWord(ctx, s.State), Tone: stateTones[s.State], Facts: facts(ctx, s)}
}

func cards(ctx context.Context, list []scheme.Scheme) (all []ui.Card) {
	for _, s := range list {
		all = append(all, card(ctx, s))
	}
	return all
}

// moves are the states that a scheme may be brought to.
func moves(s scheme.Scheme) (list []scheme.State) {
	for _, one := range scheme.States {
		if one != s.State {
			list = append(list, one)
		}
	}
	return list
}
