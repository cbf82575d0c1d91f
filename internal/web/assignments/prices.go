package assignments

import (
	"context"
	"net/http"

	"transformateur/internal/assignment"
	"transformateur/internal/i18n"
	"transformateur/internal/solve/assign"
	"transformateur/internal/web/ui"
)

// pricing is the page of what each rule costs.
type pricing struct {
	board
	assignment.Prices
}

func (h *Handler) prices(w http.ResponseWriter, r *http.Request) error {
	p, err := h.Assignments.Prices(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, pricesPage(pricing{told(p.Board), p}))
}

func (v pricing) page(ctx context.Context) ui.Page {
	p := v.board.page(ctx)
	p.Title, p.Lead, p.LangURL = i18n.T(ctx, "assignments.prices_title"), i18n.T(ctx, "assignments.prices_lead"), ui.OtherLang(ctx, link(v.board.ID, "prices"))
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "assignments.title"), URL: link(v.board.ID)})
	return p
}

// rule names a rule whose cost is told.
func (v pricing) rule(ctx context.Context, p assignment.Price) string {
	if p.Kind == assignment.PriceNeed {
		return i18n.T(ctx, "assignments.price_need", groupName(ctx, p.Group))
	}
	return i18n.T(ctx, "assignments.price_"+p.Kind)
}

// gain says what would be had without a rule.
func (v pricing) gain(ctx context.Context, p assignment.Price) string {
	switch {
	case !p.Possible && !v.Best.Status.Found():
		return i18n.T(ctx, "assignments.price_still_none")
	case !p.Possible:
		return i18n.T(ctx, "assignments.price_unknown")
	case !v.Best.Status.Found():
		return i18n.T(ctx, "assignments.price_unlocks")
	case p.Total == 0 && p.Worst == 0:
		return i18n.T(ctx, "assignments.price_nothing")
	}
	said := i18n.T(ctx, "assignments.price_gain", signed(ctx, p.Total), signed(ctx, p.Worst))
	if !p.Proved {
		said += " " + i18n.T(ctx, "assignments.price_unproved")
	}
	return said
}

// signed writes a difference with its sign.
func signed(ctx context.Context, a assign.Affinity) string {
	if a > 0 {
		return "+" + affinity(ctx, a)
	}
	return affinity(ctx, a)
}

// bests are the figures of the best assignment, and what the plan has less.
func (v pricing) bests(ctx context.Context) []ui.Figure {
	list := []ui.Figure{{Value: affinity(ctx, v.Best.Total), Label: i18n.T(ctx, "assignments.best_total")}, {Value: affinity(ctx, v.Best.Worst), Label: i18n.T(ctx, "assignments.worst_file")}}
	if len(v.board.Plan.Pairs) > 0 {
		list = append(list, ui.Figure{Value: signed(ctx, v.Hand), Label: i18n.T(ctx, "assignments.hand"), Note: i18n.T(ctx, "assignments.hand_note")})
	}
	return list
}
