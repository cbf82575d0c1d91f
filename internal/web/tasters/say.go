package tasters

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"transformateur/internal/agenda/taster"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

func (v series) crumbs(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Label: v.listing.Name.In(string(i18n.From(ctx))), URL: ui.EditionURL(v.listing.Edition)}, {Label: i18n.T(ctx, "tasters.title"), URL: under(v.listing.Edition)}}
}

// held is what the second form keeps of the first.
func (v series) held(name string) string {
	switch name {
	case "first":
		return v.rhythm.First
	case "last":
		return v.rhythm.Last
	case "weeks":
		return strconv.Itoa(v.rhythm.Weeks)
	}
	return v.rhythm.Zone
}

// days are those of the rhythm, each with what is odd about it.
func (v series) days(ctx context.Context) (c ui.Choice) {
	for _, d := range v.dates {
		label := d.Day
		if t, err := time.ParseInLocation(time.DateOnly, d.Day, zone.Location(v.rhythm.Zone)); err == nil {
			label = ui.Day(ctx, t)
		}
		if d.Holiday != "" {
			label = i18n.T(ctx, "tasters.day_holiday", label, i18n.T(ctx, "tasters.holiday_"+d.Holiday))
		}
		if d.Shift > 0 {
			label = i18n.T(ctx, "tasters.day_summer", label)
		} else if d.Shift < 0 {
			label = i18n.T(ctx, "tasters.day_winter", label)
		}
		c.Options = append(c.Options, ui.Option{Value: d.Day, Label: label})
		if v.ticked(d) {
			c.Chosen = append(c.Chosen, d.Day)
		}
	}
	return c
}

func rhythms(ctx context.Context, chosen int) ui.Choice {
	c := ui.Choice{Chosen: []string{strconv.Itoa(chosen)}}
	for n := 1; n <= taster.MaxWeeks; n++ {
		c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(n), Label: i18n.N(ctx, "tasters.every", n)})
	}
	return c
}

// facts are what is said of a taster besides its theme.
func facts(ctx context.Context, t taster.Taster) (rows []ui.Pair) {
	if t.Speaker != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "tasters.speaker"), Text: t.Speaker})
	}
	if t.Place != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "tasters.place"), Text: t.Place})
	}
	return append(rows, ui.Pair{Term: i18n.T(ctx, "tasters.hours"), Text: when(ctx, t)})
}

func zones(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	known := false
	for _, z := range zone.Offered() {
		known = known || z.Name == chosen
		c.Options = append(c.Options, ui.Option{Value: z.Name, Label: z.Label(string(i18n.From(ctx)))})
	}
	if !known && chosen != "" {
		c.Options = append(c.Options, ui.Option{Value: chosen, Label: chosen})
	}
	return c
}

func currentYear(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-current": "true"}
}
