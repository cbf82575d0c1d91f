package editions

import (
	"context"
	"net/url"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/territory"
	"transformateur/internal/web/ui"
)

// place is where an edition happens: its place and its territory.
func place(ctx context.Context, e programme.Edition) string {
	where := ui.TerritoryName(ctx, e.Territory)
	if e.Place != "" {
		where = e.Place + ", " + where
	}
	return where
}

func facts(ctx context.Context, v shown) []ui.Pair {
	lang := string(i18n.From(ctx))
	pairs := []ui.Pair{
		{Term: i18n.T(ctx, "edition.fact_place"), Text: place(ctx, v.Edition)},
		{Term: i18n.T(ctx, "edition.fact_programme"), Detail: link("/programmes/"+url.PathEscape(string(v.Programme)), v.ProgrammeName.In(lang))},
		{Term: i18n.T(ctx, "edition.fact_agency"), Detail: link("/agencies/"+url.PathEscape(string(v.agency.ID)), v.AgencyName.In(lang))},
	}
	if v.agency.Contact != "" {
		pairs = append(pairs, ui.Pair{Term: i18n.T(ctx, "edition.fact_contact"), Text: v.agency.Contact})
	}
	if z, ok := zone.Find(v.Zone); ok {
		pairs = append(pairs, ui.Pair{Term: i18n.T(ctx, "edition.fact_zone"), Text: z.Label(lang)})
	}
	return pairs
}

// territories are the choices of a territory: the country, the regions, the départements.
func territories(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Empty: i18n.T(ctx, "edition.whole_country"), Chosen: []string{chosen}}
	regions := ui.OptionGroup{Label: i18n.T(ctx, "edition.regions")}
	for _, p := range territory.Regions() {
		regions.Options = append(regions.Options, ui.Option{Value: "region:" + p.Code, Label: p.Name})
	}
	departements := ui.OptionGroup{Label: i18n.T(ctx, "edition.departements")}
	for _, p := range territory.Departements() {
		departements.Options = append(departements.Options, ui.Option{Value: "departement:" + p.Code, Label: p.Name + " (" + p.Code + ")"})
	}
	c.Groups = []ui.OptionGroup{regions, departements}
	return c
}

func zones(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, z := range zone.Offered() {
		c.Options = append(c.Options, ui.Option{Value: z.Name, Label: z.Label(string(i18n.From(ctx)))})
	}
	return c
}

func kinds(ctx context.Context, chosen programme.Kind) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, k := range programme.Kinds {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: ui.KindName(ctx, string(k)), Hint: i18n.T(ctx, "edition.kind_"+string(k))})
	}
	return c
}

func zoneName(ctx context.Context, name string) string {
	if z, ok := zone.Find(name); ok {
		return z.Phrase(string(i18n.From(ctx)))
	}
	return name
}

func stageTitle(ctx context.Context, v staging) string {
	if v.form.ID == "" {
		return i18n.T(ctx, "edition.add_stage")
	}
	return i18n.T(ctx, "edition.edit_stage")
}
