package kits

import (
	"context"
	"slices"
	"strconv"

	"transformateur/internal/board/kit"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

// counted is a number as a control shows it: nothing for none.
func counted(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// listed is a choice among words of the format; what a file named and does not exist stays
// in the list, for Check to say.
func listed[T ~string](all []T, now T, say func(T) string) ui.Choice {
	c := ui.Choice{Chosen: []string{string(now)}}
	for _, one := range all {
		c.Options = append(c.Options, ui.Option{Value: string(one), Label: say(one)})
	}
	if now != "" && !slices.Contains(all, now) {
		c.Options = append(c.Options, ui.Option{Value: string(now), Label: string(now)})
	}
	return c
}

func colours(ctx context.Context, now string) ui.Choice {
	if now == "" {
		now = "plain"
	}
	return listed(kit.Colours, now, func(c string) string { return i18n.T(ctx, "kits.colour_"+c) })
}

func layouts(ctx context.Context, now kit.Layout) ui.Choice {
	return listed(kit.Layouts, now, func(l kit.Layout) string { return i18n.T(ctx, "kits.layout_"+string(l)) })
}

func fieldTypes(ctx context.Context, now kit.FieldType) ui.Choice {
	return listed(kit.FieldTypes, now, func(t kit.FieldType) string { return i18n.T(ctx, "kits.type_"+string(t)) })
}

func voteKinds(ctx context.Context, now kit.VoteKind) ui.Choice {
	return listed(kit.VoteKinds, now, func(v kit.VoteKind) string { return voteKind(ctx, v) })
}

// voteKind names a kind of vote; one that a file named and does not exist is its own name.
func voteKind(ctx context.Context, v kit.VoteKind) string {
	if !slices.Contains(kit.VoteKinds, v) {
		return string(v)
	}
	return i18n.T(ctx, "kits.vote_"+string(v))
}

func outcomes(ctx context.Context, now kit.Becomes) ui.Choice {
	return listed(kit.Outcomes, now, func(b kit.Becomes) string { return becomes(ctx, b) })
}

func becomes(ctx context.Context, b kit.Becomes) string {
	if !slices.Contains(kit.Outcomes, b) {
		return string(b)
	}
	return i18n.T(ctx, "kits.becomes_"+string(b))
}

func roleName(ctx context.Context, r kit.Role) string {
	return i18n.T(ctx, "gatherings.role_"+string(r))
}

// rowsOf are the rows of a kit that another one names.
func rowsOf[T any](ctx context.Context, list []T, of func(T) (id, title string)) (options []ui.Option) {
	for i, one := range list {
		id, title := of(one)
		if title == "" {
			title = i18n.T(ctx, "kits.untitled_n", i+1)
		}
		options = append(options, ui.Option{Value: id, Label: title})
	}
	return options
}

func zonesOf(ctx context.Context, k *kit.Kit) []ui.Option {
	return rowsOf(ctx, k.Zones, func(z kit.Zone) (string, string) { return z.ID, in(ctx, z.Title) })
}

func cardsOf(ctx context.Context, k *kit.Kit) []ui.Option {
	return rowsOf(ctx, k.Cards, func(c kit.Card) (string, string) { return c.ID, in(ctx, c.Title) })
}

func phasesOf(ctx context.Context, k *kit.Kit) []ui.Option {
	return rowsOf(ctx, k.Phases, func(p kit.Phase) (string, string) { return p.ID, in(ctx, p.Title) })
}

func votesOf(ctx context.Context, k *kit.Kit, kinds ...kit.VoteKind) []ui.Option {
	list := slices.DeleteFunc(slices.Clone(k.Votes), func(v kit.Vote) bool { return len(kinds) > 0 && !slices.Contains(kinds, v.Kind) })
	return rowsOf(ctx, list, func(v kit.Vote) (string, string) { return v.ID, in(ctx, v.Title) })
}

// fieldsOf are the fields of a type of card that may give an item a part of its own.
func fieldsOf(ctx context.Context, k *kit.Kit, card string, types ...kit.FieldType) []ui.Option {
	c, _ := k.Card(card)
	list := slices.DeleteFunc(slices.Clone(c.Fields), func(f kit.Field) bool { return !slices.Contains(types, f.Type) })
	return rowsOf(ctx, list, func(f kit.Field) (string, string) { return f.ID, in(ctx, f.Label) })
}

// one is a choice of one row, or of none; what is named and does not exist stays in the
// list, for Check to say.
func one(options []ui.Option, now, empty string) ui.Choice {
	if now != "" && !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == now }) {
		options = append(options, ui.Option{Value: now, Label: now})
	}
	return ui.Choice{Options: options, Chosen: []string{now}, Empty: empty}
}

// texts are strings of what are strings.
func texts[T ~string](list []T) (out []string) {
	for _, one := range list {
		out = append(out, string(one))
	}
	return out
}
