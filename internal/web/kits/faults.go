package kits

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/board/shelf"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// fault is what keeps a kit from being published, with where to mend it.
type fault struct {
	Path  string // in the kit: "cards.0.fields.2.type"
	Part  string
	Where string // in words
	Text  string
	URL   string
}

// faultsOf says what Check says, each with where to mend it.
func faultsOf(ctx context.Context, id shelf.ID, k *kit.Kit, err error) (list []fault) {
	fields, _ := ui.FieldsOf(err)
	said := saidOf(ctx, k, fields)
	for i, f := range fields {
		part := drafting.PartOf(f.Path)
		address := at(id, "edit", part)
		if strings.Contains(f.Path, ".") {
			address += "?open=" + f.Path
		}
		list = append(list, fault{Path: f.Path, Part: part, Where: whereIn(ctx, k, f.Path), Text: said[i].Text, URL: address + "#" + ui.FieldID(controlOf(f.Path))})
	}
	return list
}

// saidOf says faults in words.
func saidOf(ctx context.Context, k *kit.Kit, list []errs.Field) (said ui.Problems) {
	for _, f := range list {
		said = append(said, ui.FieldError{Path: controlOf(f.Path), Text: i18n.T(ctx, f.Key, f.Args...)})
	}
	return said
}

// inBoth are the texts written in both languages.
var inBoth = []string{"title", "text", "label", "help", "low", "high", "aim", "bring", "watch"}

// controlOf is the control in which a fault is mended: a text that is missing is missing
// in French.
func controlOf(path string) string {
	last := path[strings.LastIndexByte(path, '.')+1:]
	if slices.Contains(inBoth, last) && !strings.HasPrefix(path, "outputs.") {
		return path + "." + string(i18n.FR)
	}
	return path
}

// whereIn says in words where a path leads.
func whereIn(ctx context.Context, k *kit.Kit, path string) string {
	parts := strings.Split(path, ".")
	number := func(i int) int {
		if len(parts) <= i {
			return -1
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return -1
		}
		return n
	}
	n := number(1)
	said := i18n.T(ctx, "kits.part_"+drafting.PartOf(path))
	switch {
	case parts[0] == "zones" && n >= 0:
		said = i18n.T(ctx, "kits.where_zone", n+1, in(ctx, k.Zones[n].Title))
	case parts[0] == "axes" && n >= 0:
		said = i18n.T(ctx, "kits.axis_n", n+1)
	case parts[0] == "cards" && n >= 0:
		said = i18n.T(ctx, "kits.where_card", n+1, in(ctx, k.Cards[n].Title))
		if f := number(3); f >= 0 {
			said += i18n.T(ctx, "kits.where_field", f+1)
		}
	case parts[0] == "decks" && n >= 0:
		said = i18n.T(ctx, "kits.where_deck", n+1, in(ctx, k.Decks[n].Title))
		if p := number(3); p >= 0 {
			said += i18n.T(ctx, "kits.where_prompt", p+1)
		}
	case parts[0] == "phases" && n >= 0:
		said = i18n.T(ctx, "kits.where_phase", n+1, in(ctx, k.Phases[n].Title))
	case parts[0] == "votes" && n >= 0:
		said = i18n.T(ctx, "kits.where_vote", n+1, in(ctx, k.Votes[n].Title))
	case parts[0] == "outputs" && n >= 0:
		said = i18n.T(ctx, "kits.where_output", n+1)
	}
	return said
}
