package schemes

import (
	"context"
	"net/http"
	"slices"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/scheme"
	"transformateur/internal/web/ui"
)

func (h *Handler) edition(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Schemes.Edition(r.Context(), ui.User(r), programme.EditionID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editionPage(v))
}

// figures are one line for each scheme that a project follows.
func (h *Handler) figures(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.Schemes.Edition(ctx, ui.User(r), programme.EditionID(r.PathValue("id")))
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "schemes.edition")}
	for _, key := range []string{"head_by_project", "head_by_scheme", "head_state", "total_requested", "total_obtained", "total_paid", "head_day"} {
		s.Head = append(s.Head, i18n.T(ctx, "schemes."+key))
	}
	for _, f := range v.Followed {
		s.Rows = append(s.Rows, []any{f.Title, f.Scheme.Name, stateWord(ctx, f.State), amount(f.Requested), amount(f.Obtained), amount(f.Paid), f.UpdatedAt})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("orientation.csv"))
	return sheet.Book{}.CSV(w, s, true)
}

// amount is a sum in euros, nil for none.
func amount(cents *int64) any {
	if cents == nil {
		return nil
	}
	return float64(*cents) / 100
}

func totalURL(part, id string) string {
	if part == "by_scheme" {
		return at(scheme.ID(id))
	}
	return under(project.ID(id))
}

// sorted are the facts, those that would settle most schemes first, then what is known.
func (v known) sorted() []scheme.Known {
	list := slices.Clone(v.Known)
	slices.SortStableFunc(list, func(a, b scheme.Known) int { return v.Decides[b.Key] - v.Decides[a.Key] })
	return list
}

// pairs are what is known, for who only reads.
func (v known) pairs(ctx context.Context) (list []ui.Pair) {
	for _, k := range v.Known {
		p := ui.Pair{Term: short(ctx, k.Key), Text: i18n.T(ctx, "schemes.unknown")}
		if k.Value != nil {
			p.Text = valueWords(ctx, k.Fact, k.Typed(k.Value))
		}
		list = append(list, p)
	}
	return list
}

// journal are the steps, in order.
func (v single) journal(ctx context.Context) (list []ui.Event) {
	for _, n := range v.Steps {
		e := ui.Event{At: n.At, Who: n.By, What: stepLine(ctx, n), Detail: n.Why}
		if !n.Undone.IsZero() {
			e.What = i18n.T(ctx, "schemes.step_undone", e.What)
			e.Detail = i18n.T(ctx, "schemes.step_undone_by", n.Undoer, ui.ShortDay(ctx, n.Undone), n.Undoing)
		}
		list = append(list, e)
	}
	return list
}

// pairs are the sheet of a scheme.
func pairs(ctx context.Context, s scheme.Scheme) (list []ui.Pair) {
	put := func(key, value string) {
		if value != "" {
			list = append(list, ui.Pair{Term: i18n.T(ctx, "schemes.field_"+key), Text: value})
		}
	}
	put("provider", s.Provider)
	put("purpose", s.Purpose)
	put("amounts", s.Amounts)
	put("audience", s.Audience)
	put("territory", s.Territory)
	put("expenses", s.Expenses)
	put("conditions", s.Conditions)
	put("calendar", s.Calendar)
	put("valid_from", day(ctx, s.ValidFrom))
	put("valid_to", day(ctx, s.ValidTo))
	if s.Link != "" {
		list = append(list, ui.Pair{Term: i18n.T(ctx, "schemes.field_link"), Detail: external(s.Link)})
	}
	put("source", s.Source)
	if s.SourceURL != "" {
		list = append(list, ui.Pair{Term: i18n.T(ctx, "schemes.field_source_url"), Detail: external(s.SourceURL)})
	}
	put("source_on", day(ctx, s.SourceOn))
	put("checked_on", day(ctx, s.CheckedOn))
	return list
}
