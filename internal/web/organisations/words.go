package organisations

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// facts are the lines of a sheet that say something.
func facts(ctx context.Context, v sheetView) []ui.Pair {
	var rows []ui.Pair
	if len(v.Former) > 0 {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "organisation.former"), Detail: formerNames(v)})
	}
	if v.SIRET != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "organisation.siret"), Detail: number(v.SIRET)})
	}
	if v.RNA != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "organisation.rna"), Detail: number(v.RNA)})
	}
	if v.Domain != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "organisation.domain"), Text: v.Domain})
	}
	if v.Parent != nil {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "organisation.parent"), Detail: links([]account.Organisation{*v.Parent})})
	}
	if len(v.Before) > 0 {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "organisation.before"), Detail: links(v.Before)})
	}
	return append(rows, ui.Pair{Term: i18n.T(ctx, "organisation.since"), Text: ui.Day(ctx, ui.Local(v.CreatedAt, v.by.Zone))})
}

func formTitle(ctx context.Context, f draft) string {
	if f.id == "" {
		return i18n.T(ctx, "organisation.new_title")
	}
	return i18n.T(ctx, "organisation.edit_title")
}

func formButton(ctx context.Context, f draft) string {
	if f.id == "" {
		return i18n.T(ctx, "organisation.create_go")
	}
	return i18n.T(ctx, "organisation.save_go")
}

func formerHint(ctx context.Context, f draft) string {
	if f.id == "" {
		return ""
	}
	return i18n.T(ctx, "organisation.name_hint")
}

func formAction(f draft) string {
	if f.id == "" {
		return "/organisations"
	}
	return address(f.id)
}

// formAddress is where the form is first shown.
func formAddress(f draft) string {
	if f.id == "" {
		return "/organisations/new"
	}
	return address(f.id) + "/edit"
}
