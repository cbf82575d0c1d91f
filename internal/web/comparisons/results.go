package comparisons

import (
	"bytes"
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/agenda/pitch"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/review/comparison"
	"transformateur/internal/solve/standing"
	"transformateur/internal/web/ui"
)

// order is the page of the order that a round gives.
type order struct {
	comparison.Ranking
	frame
	reach float64            // half the width of the plot, in logits
	heard []pitch.Preference // what those who heard pitches preferred
}

func (h *Handler) order(r *http.Request) (v order, err error) {
	at := 0
	if typed := r.URL.Query().Get("round"); typed != "" {
		at = number(typed)
	}
	if v.Ranking, err = h.Comparisons.Ranking(r.Context(), ui.User(r), id(r), at); err != nil {
		return v, err
	}
	if h.Pitches != nil {
		if v.heard, err = h.Pitches.Preferred(r.Context(), ui.User(r), id(r)); err != nil {
			return v, err
		}
	}
	v.reach = 1
	for _, l := range v.Lines {
		v.reach = max(v.reach, math.Ceil(-l.Low), math.Ceil(l.High))
	}
	v.frame, err = h.frame(r, v.Selection, "results")
	return v, err
}

func (h *Handler) results(w http.ResponseWriter, r *http.Request) error {
	v, err := h.order(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, resultsPage(v))
}

// at is where a worth stands in the plot, in percent of its width; the ends keep room for the dots.
func (v order) at(worth float64) string {
	return strconv.FormatFloat(50+48*worth/v.reach, 'f', 2, 64) + "%"
}

// afterLine says whether the line of the target stands just under the i-th file.
func (v order) afterLine(i int) bool { return v.Target > 0 && i == v.Target-1 }

// zone says where a file stands beside the line, when there is one.
func (v order) zone(ctx context.Context, l comparison.Line) (ui.Tone, string) {
	switch {
	case v.Target == 0:
		return "", ""
	case l.Zone == standing.Grey:
		return ui.Warning, i18n.T(ctx, "comparisons.zone_grey")
	}
	return ui.Info, i18n.T(ctx, "comparisons.zone_"+string(l.Zone))
}

func decimal(ctx context.Context, x float64) string {
	s := strings.ReplaceAll(strconv.FormatFloat(math.Round(100*x)/100+0, 'f', 2, 64), "-", "−")
	if i18n.From(ctx) == i18n.FR {
		return strings.ReplaceAll(s, ".", ",")
	}
	return s
}

// spoken says one row of the plot to who does not see it.
func spoken(ctx context.Context, l comparison.Line) string {
	return i18n.T(ctx, "comparisons.spoken", decimal(ctx, l.Worth), decimal(ctx, l.Low), decimal(ctx, l.High))
}

// reliability says how reliable a voter was found, when she answered enough.
func reliability(ctx context.Context, t comparison.Trust) string {
	if !t.Learnt {
		return i18n.T(ctx, "comparisons.not_learnt")
	}
	return percent(ctx, t.Reliability)
}

// resultsCSV gives the order as a table.
func (h *Handler) resultsCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.order(r)
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "comparisons.results")}
	for _, head := range []string{"number", "title", "rank", "compared", "won", "worth", "low", "high", "rank_low", "rank_high", "chance", "zone"} {
		s.Head = append(s.Head, i18n.T(ctx, "comparisons.col_"+head))
	}
	for _, l := range v.Lines {
		row := []any{l.File.Number, l.File.Title, l.Rank, l.N, l.Won, l.Worth, l.Low, l.High, l.RankLow, l.RankHigh, nil, ""}
		if v.Target > 0 {
			_, zone := v.zone(ctx, l)
			row[10], row[11] = l.PSelected, zone
		}
		s.Rows = append(s.Rows, row)
	}
	for _, a := range v.Apart {
		s.Rows = append(s.Rows, []any{a.Number, a.Title, nil, 0, nil, nil, nil, nil, nil, nil, nil, ""})
	}
	var out bytes.Buffer
	if err := (sheet.Book{Yes: i18n.T(ctx, "form.yes"), No: i18n.T(ctx, "form.no")}).CSV(&out, s, true); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "comparisons.results_file")+".csv"))
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(out.Bytes())
	return err
}
