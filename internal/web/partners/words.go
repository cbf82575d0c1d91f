package partners

import (
	"context"

	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

func help(ctx context.Context, l synthesis.Line) string {
	if l.Help == "" {
		return ""
	}
	return i18n.T(ctx, "syntheses.help_"+l.Help)
}

// facts are what a line says besides its words.
func facts(ctx context.Context, l synthesis.Line) (list []string) {
	if said := help(ctx, l); said != "" {
		list = append(list, said)
	}
	if l.Addressee != "" {
		list = append(list, i18n.T(ctx, "syntheses.addressed", l.Addressee))
	}
	return list
}

var tones = map[partner.Status]ui.Tone{partner.Invited: ui.Info, partner.Active: ui.Success, partner.Declined: ui.Warning, partner.Removed: ui.Info}

func langs(chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, l := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(l), Label: i18n.Say(l, "ui.lang_name")})
	}
	return c
}

func stands(p partner.Partner) bool { return p.Status == partner.Invited || p.Status == partner.Active }
