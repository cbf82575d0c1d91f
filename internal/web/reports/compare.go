package reports

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"transformateur/internal/debrief/report"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// beside is a comparison on a page.
type beside struct {
	report.Comparison
	with []programme.EditionID
}

func (h *Handler) compared(r *http.Request) (b beside, err error) {
	for _, id := range r.URL.Query()["with"] {
		if id != "" && !slices.Contains(b.with, programme.EditionID(id)) {
			b.with = append(b.with, programme.EditionID(id))
		}
	}
	b.Comparison, err = h.Reports.Compare(r.Context(), ui.User(r), edition(r), b.with)
	return b, err
}

func (h *Handler) compare(w http.ResponseWriter, r *http.Request) error {
	b, err := h.compared(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, comparePage(b))
}

// compareCSV is the comparison as a table of texts, as the page says it.
func (h *Handler) compareCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := h.compared(r)
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "report.compare"), Head: []string{i18n.T(ctx, "report.column_measure")}}
	for _, e := range b.Editions {
		s.Head = append(s.Head, e.Name.In(lang(ctx)))
	}
	for _, l := range b.Lines {
		row := []any{measureOf(ctx, l)}
		for _, c := range l.Cells {
			row = append(row, compared(ctx, l, c))
		}
		s.Rows = append(s.Rows, row)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "report.compare_file")+".csv"))
	return sheet.Book{}.CSV(w, s, true)
}

// measureOf names a line of the comparison.
func measureOf(ctx context.Context, l report.Line) string {
	name := i18n.T(ctx, "report.measure_"+measureKey(l.Key))
	if l.Share == "" {
		return name
	}
	return i18n.T(ctx, "report.measure_share", name, i18n.T(ctx, "report.share_"+measureKey(l.Share)))
}

// measureKey is the end of the key of a line.
func measureKey(key string) string {
	switch key {
	case "stepping:obtained":
		return "obtained_projects"
	case "sum:obtained":
		return "obtained_sum"
	case "sum:paid":
		return "paid_sum"
	case "promise:kept", "promise:late", "became_half:goes", "became_half:stopped", "became_year:goes", "became_year:stopped":
		return strings.ReplaceAll(key, ":", "_")
	}
	return key
}

// compared is one figure of a line: what it is, the share that it is, or why there is none.
func compared(ctx context.Context, l report.Line, c report.Compared) string {
	switch {
	case c.Without:
		return i18n.T(ctx, "report.without_"+string(l.Needs))
	case c.Absent:
		return i18n.T(ctx, "report.absent")
	case c.Shown == report.Whole && c.Share >= 0:
		return i18n.T(ctx, "report.with_share", figure(ctx, c.Figure), text.Percent(lang(ctx), float64(c.Share)/10000))
	}
	return figure(ctx, c.Figure)
}
