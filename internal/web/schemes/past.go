package schemes

import (
	"context"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/scheme"
	"transformateur/internal/web/ui"
)

// showCrumbs lead back to the catalogue, for who keeps it.
func showCrumbs(ctx context.Context, v shown) []ui.Crumb {
	if !v.Manages {
		return nil
	}
	return []ui.Crumb{{Label: i18n.T(ctx, "schemes.title"), URL: in(v.Agency)}}
}

// events are the changes of a scheme, each with what it changed.
func (v past) events(ctx context.Context) (list []ui.Event) {
	for i, one := range v.versions {
		e := ui.Event{At: one.At, Who: one.By, What: i18n.T(ctx, "schemes.act_"+one.Act)}
		if i+1 < len(v.versions) {
			e.Detail = changes(ctx, v.versions[i+1].Sheet, one.Sheet)
		}
		list = append(list, e)
	}
	return list
}

// changes say what differs between two sheets, with what was before.
func changes(ctx context.Context, before, after scheme.Sheet) string {
	var list []string
	for _, d := range scheme.Differences(before, after) {
		was := d.Before
		if was == "" {
			was = i18n.T(ctx, "schemes.nothing")
		}
		list = append(list, i18n.T(ctx, "schemes.changed", i18n.T(ctx, "schemes.field_"+d.Field), was, d.After))
	}
	return strings.Join(list, " ; ")
}
