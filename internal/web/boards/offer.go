package boards

import (
	"context"
	"net/http"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/shelf"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// offer is a kit from which boards may be made.
type offer struct {
	value   string // kit.ID of one that ships, shelf.ID of one of the edition
	version int    // of the edition's, 0 for one that ships
	kit     *kit.Kit
}

// offers are the kits from which boards may be made, or printed.
type offers []offer

// offers lists the kits that the edition of a gathering wrote, then those that ship, and
// where the former are written, "" for who writes none.
func (h *Handler) offers(r *http.Request, g gathering.Gathering) (list offers, own string, err error) {
	kits, err := h.Rooms.Kits(r.Context(), ui.User(r), g.ID)
	if err != nil {
		return nil, "", err
	}
	if kits.Writes {
		own = ui.EditionURL(g.Edition) + "/kits"
	}
	return append(written(kits.Own), shipped()...), own, nil
}

func written(versions []shelf.Version) (list []offer) {
	for _, v := range versions {
		list = append(list, offer{string(v.Kit), v.Number, v.Body})
	}
	return list
}

func shipped() (list []offer) {
	for _, k := range kit.Shipped() {
		list = append(list, offer{value: k.ID, kit: k})
	}
	return list
}

func (l offers) find(value string) (*kit.Kit, bool) {
	for _, o := range l {
		if o.value == value {
			return o.kit, true
		}
	}
	return nil, false
}

// variantOf is the set of decks that was picked, if it is one of the kit's.
func (l offers) variantOf(value, picked string) string {
	k, known := l.find(value)
	if !known {
		return ""
	}
	for _, v := range k.Variants() {
		if v == picked {
			return v
		}
	}
	return ""
}

// options are the kits to choose from, each with its aim.
func (l offers) options(ctx context.Context) (list []ui.Option) {
	for _, o := range l {
		one := ui.Option{Value: o.value, Label: in(ctx, o.kit.Title), Hint: in(ctx, o.kit.Notes.Aim)}
		if o.version > 0 {
			one.Label = i18n.T(ctx, "boards.own_kit", one.Label, o.version)
		}
		list = append(list, one)
	}
	return list
}

// variants are the sets of decks of the kits that have several.
func (l offers) variants(ctx context.Context) (list []ui.OptionGroup) {
	for _, o := range l {
		group := ui.OptionGroup{Label: in(ctx, o.kit.Title)}
		for _, v := range o.kit.Variants() {
			for _, d := range o.kit.Decks {
				if d.Variant == v {
					group.Options = append(group.Options, ui.Option{Value: v, Label: in(ctx, d.Title)})
					break
				}
			}
		}
		if len(group.Options) > 0 {
			list = append(list, group)
		}
	}
	return list
}
