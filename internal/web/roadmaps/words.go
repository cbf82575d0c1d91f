package roadmaps

import (
	"context"
	"strings"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/web/ui"
)

// items are what the roadmap could take, all of them chosen.
func items(ctx context.Context, list []project.Item) (c ui.Choice) {
	for _, i := range list {
		c.Options = append(c.Options, ui.Option{Value: i.ID, Label: i.Title, Hint: i18n.T(ctx, "roadmaps.kind_"+string(i.Kind))})
		c.Chosen = append(c.Chosen, i.ID)
	}
	return c
}

func (v form) heading(ctx context.Context) string {
	if v.id == "" {
		return i18n.T(ctx, "roadmaps.new_"+string(v.Kind))
	}
	return i18n.T(ctx, "roadmaps.edit_"+string(v.Kind))
}

// month is how a month is written at the top of a drawing.
func month(ctx context.Context, day time.Time) string {
	return i18n.T(ctx, "roadmaps.month_"+day.Format("01")) + " " + day.Format("2006")
}

// short is the beginning of a title, in so many letters at most.
func short(title string, most int) string {
	if r := []rune(title); len(r) > max(most, 1) {
		return strings.TrimSpace(string(r[:max(most, 1)-1])) + "…"
	}
	return title
}

// told says a change in words.
func told(ctx context.Context, c roadmap.Change) string {
	if c.Field == "created" {
		return i18n.T(ctx, "roadmaps.told_created", c.Became)
	}
	was, became := c.Was, c.Became
	if c.Field == "state" {
		was, became = i18n.T(ctx, "roadmaps.state_"+string(c.Kind)+"_"+was), i18n.T(ctx, "roadmaps.state_"+string(c.Kind)+"_"+became)
	}
	for _, one := range []*string{&was, &became} {
		if *one == "" {
			*one = i18n.T(ctx, "roadmaps.told_nothing")
		}
	}
	return i18n.T(ctx, "roadmaps.told", i18n.T(ctx, "roadmaps.field_"+c.Field), was, became)
}
