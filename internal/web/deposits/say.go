package deposits

import (
	"context"
	"errors"
	"net/http"

	"transformateur/internal/agenda/deposit"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

func tooBig(err error) bool {
	_, is := errors.AsType[*http.MaxBytesError](err)
	return is
}

func activities(ctx context.Context, v gallery) ui.Choice {
	c := ui.Choice{Chosen: []string{v.sheet.Activity}, Options: []ui.Option{{Label: i18n.T(ctx, "deposits.whole")}}}
	for _, a := range v.order.Activities {
		c.Options = append(c.Options, ui.Option{Value: a.ID, Label: i18n.T(ctx, "deposits.activity_at", a.From.Clock(), activityName(ctx, a))})
	}
	return c
}

func projects(ctx context.Context, v gallery) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.sheet.Project)}, Options: []ui.Option{{Label: i18n.T(ctx, "deposits.project_none")}}}
	for _, p := range v.Projects {
		c.Options = append(c.Options, ui.Option{Value: string(p.ID), Label: p.Title})
	}
	return c
}

// tied says whether something may be tied to a project at all.
func (v gallery) tied() bool {
	return len(v.Projects) > 0 || v.sheet.Project != project.ID("")
}

func peoples(ctx context.Context, chosen deposit.People) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, one := range deposit.Peoples {
		c.Options = append(c.Options, ui.Option{Value: string(one), Label: i18n.T(ctx, "deposits.people_"+string(one))})
	}
	return c
}

func scopes(ctx context.Context, chosen deposit.Scope) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, one := range deposit.Scopes {
		c.Options = append(c.Options, ui.Option{Value: string(one), Label: i18n.T(ctx, "deposits.scope_"+string(one))})
	}
	return c
}

// facts are what a deposit says besides its title.
func facts(ctx context.Context, d deposit.Deposit) (list []string) {
	list = append(list, i18n.T(ctx, "deposits.by", d.Credit), i18n.T(ctx, "deposits.kind_"+string(d.Kind)))
	if d.ProjectTitle != "" {
		list = append(list, d.ProjectTitle)
	}
	return append(list, text.Bytes(string(i18n.From(ctx)), d.Size))
}

// pairs are what is known of a deposit.
func pairs(ctx context.Context, v single) []ui.Pair {
	rows := []ui.Pair{{Term: i18n.T(ctx, "deposits.credit"), Text: v.d.Credit}, {Term: i18n.T(ctx, "deposits.brought_by"), Text: v.d.By}}
	if a, known := v.order.Find(v.d.Activity); known {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "deposits.activity"), Text: activityName(ctx, a)})
	}
	if v.d.ProjectTitle != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "deposits.project"), Text: v.d.ProjectTitle})
	}
	return append(rows, ui.Pair{Term: i18n.T(ctx, "deposits.people"), Text: i18n.T(ctx, "deposits.people_"+string(v.d.People))},
		ui.Pair{Term: i18n.T(ctx, "deposits.scope"), Text: i18n.T(ctx, "deposits.scope_"+string(v.d.Scope))},
		ui.Pair{Term: i18n.T(ctx, "deposits.at"), Text: ui.Instant(ctx, ui.Local(v.d.AddedAt, v.Zone))})
}
