package rights

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/platform/errs"
	"transformateur/internal/support/right"
	"transformateur/internal/web/ui"
)

// editing is the page on which the sheet of a fund is changed, as it stands or as it was typed.
type editing struct {
	budget
	fund right.Fund
}

func (h *Handler) editingOf(r *http.Request) (v editing, err error) {
	if err = h.Rights.Manageable(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return v, err
	}
	if v.budget, err = h.budgetOf(r); err != nil {
		return v, err
	}
	i := slices.IndexFunc(v.Funds, func(f right.Spent) bool { return f.ID == fundOf(r) })
	if i < 0 {
		return v, errs.New(errs.NotFound, "errs.not_found")
	}
	v.fund = v.Funds[i].Fund
	return v, nil
}

func (h *Handler) editing(w http.ResponseWriter, r *http.Request) error {
	v, err := h.editingOf(r)
	if err != nil {
		return err
	}
	f := v.fund
	v.sheet = f.FundSheet
	v.typed = map[string]string{"ceiling": decimal(f.Ceiling, 60), "day": decimal(f.DayMinutes, 60), "notice": decimal(f.NoticeHours, 1)}
	if f.DayCents > 0 {
		v.typed["price"] = decimal(f.DayCents, 100)
	}
	return ui.Render(w, r, http.StatusOK, editPage(v))
}

// decimal writes a whole number, by a scale, as people type it: scaled reads the same number
// again, as the second decimal is closer than half a minute.
func decimal(n, by int64) string {
	return strings.ReplaceAll(strconv.FormatFloat(math.Round(100*float64(n)/float64(by))/100, 'f', -1, 64), ".", ",")
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.editingOf(r)
	if err != nil {
		return err
	}
	v.sheet.Version, _ = strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	err = h.Rights.Edit(ctx, ui.User(r), v.ID, v.fund.ID, v.sheet)
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), editPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, below(v.ID, string(v.fund.ID)), "rights.edited_done")
}
