package deliberations

import (
	"bytes"
	"context"
	"math"
	"net/http"
	"strconv"

	"transformateur/internal/deliberation"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/solve/calibrate"
	"transformateur/internal/solve/standing"
	"transformateur/internal/web/ui"
)

// findings is the page of results.
type findings struct {
	deliberation.Results
	tabs      []ui.NavItem
	order     bool    // members compared files, and the reader may see what they answered together
	low, high float64 // ends of the scale of the plot
}

func (h *Handler) findings(r *http.Request) (v findings, err error) {
	if v.Results, err = h.Rooms.Results(r.Context(), ui.User(r), id(r)); err != nil {
		return v, err
	}
	v.low, v.high = scale(v.Lines)
	if v.tabs, err = h.tabs(r, v.Selection, "results"); err != nil || v.Results.Ordered == 0 {
		return v, err
	}
	may, err := h.Rooms.May(r.Context(), ui.User(r), v.Selection)
	v.order = may["selection.ranking"]
	return v, err
}

func (h *Handler) results(w http.ResponseWriter, r *http.Request) error {
	v, err := h.findings(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, resultsPage(v))
}

// scale is the least round interval that holds every mark of the plot.
func scale(lines []deliberation.Line) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		low, high = min(low, l.Low, l.Raw, l.Calibrated), max(high, l.High, l.Raw, l.Calibrated)
	}
	if len(lines) == 0 || math.IsInf(low, 0) || math.IsInf(high, 0) {
		return 0, 100
	}
	step := 10.0
	if high-low < 2 {
		step = 0.5
	} else if high-low < 12 {
		step = 1
	}
	low, high = step*math.Floor(low/step), step*math.Ceil(high/step)
	if low == high {
		high += step
	}
	return low, high
}

// at is where a score stands in the plot, in percent of its width; the ends keep room for the dots.
func (v findings) at(score float64) string {
	return strconv.FormatFloat(2+96*(score-v.low)/(v.high-v.low), 'f', 2, 64) + "%"
}

// marks are the scores written under the plot.
func (v findings) marks() (list []float64) {
	for i := range 5 {
		list = append(list, v.low+float64(i)*(v.high-v.low)/4)
	}
	return list
}

// afterLine says whether the line of the target stands just under the i-th file.
func (v findings) afterLine(i int) bool { return v.Target > 0 && i == v.Target-1 }

func percent(ctx context.Context, p float64) string {
	return i18n.T(ctx, "deliberations.percent", strconv.Itoa(int(math.Round(100*p))))
}

func zoneTone(z standing.Zone) ui.Tone {
	if z == standing.Grey {
		return ui.Warning
	}
	return ui.Info
}

// zone says where a file stands beside the line, when there is one.
func (v findings) zone(ctx context.Context, l deliberation.Line) (ui.Tone, string) {
	if v.Target == 0 || !v.Adjusted {
		return "", ""
	}
	return zoneTone(l.Zone), i18n.T(ctx, "deliberations.zone_"+string(l.Zone))
}

// fragile says which single reader would move a file across the line.
func fragile(ctx context.Context, l deliberation.Line) string {
	switch {
	case len(l.Fragile) == 0:
		return ""
	case l.Fragile[0] == "":
		return i18n.N(ctx, "deliberations.fragile_count", len(l.Fragile))
	}
	text := l.Fragile[0]
	for _, name := range l.Fragile[1:] {
		text += ", " + name
	}
	return i18n.T(ctx, "deliberations.fragile_names", text)
}

// problems says why scores were not adjusted, or with what caution they were.
func (v findings) problems(ctx context.Context) (list []string) {
	for _, p := range v.Problems {
		if p == calibrate.SingleFile && v.Adjusted && len(v.Problems) > 1 {
			continue // said better by the others
		}
		list = append(list, i18n.T(ctx, "deliberations.problem_"+string(p)))
	}
	return list
}

// resultsCSV gives the results as a table.
func (h *Handler) resultsCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.findings(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("of") == "agreement" {
		return h.agreementCSV(w, ctx, v)
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "deliberations.results")}
	for _, head := range []string{"number", "title", "readings", "raw", "raw_rank", "calibrated", "rank", "low", "high", "chance", "zone", "preferred", "fragile", "decision"} {
		s.Head = append(s.Head, i18n.T(ctx, "deliberations.col_"+head))
	}
	decided := func(d deliberation.Decision) string {
		if d.ID == "" {
			return ""
		}
		return outcomeWords(ctx, d.Outcome, d.Rank)
	}
	for _, l := range v.Lines {
		row := []any{l.File.Number, l.File.Title, l.N, l.Raw, l.RawRank, nil, nil, nil, nil, nil, "", nil, fragile(ctx, l), decided(l.Decision)}
		if l.Preferred > 0 {
			row[11] = l.Preferred
		}
		if v.Adjusted {
			_, zone := v.zone(ctx, l)
			row[5], row[6], row[7], row[8], row[10] = l.Calibrated, l.Rank, l.Low, l.High, zone
			if v.Target > 0 {
				row[9] = l.Chance
			}
		}
		s.Rows = append(s.Rows, row)
	}
	for _, g := range v.Gated {
		s.Rows = append(s.Rows, []any{g.File.Number, g.File.Title, g.Readers, nil, nil, nil, nil, nil, nil, nil, i18n.T(ctx, "deliberations.gated_short"), nil, "", decided(g.Decision)})
	}
	return table(w, ctx, s, "deliberations.results_file")
}

// table sends a sheet as CSV.
func table(w http.ResponseWriter, ctx context.Context, s sheet.Sheet, name string) error {
	var out bytes.Buffer
	if err := (sheet.Book{Yes: i18n.T(ctx, "form.yes"), No: i18n.T(ctx, "form.no")}).CSV(&out, s, true); err != nil {
		return err
	}
	return send(w, "text/csv; charset=utf-8", i18n.T(ctx, name)+".csv", out.Bytes())
}

// send answers with a file to keep.
func send(w http.ResponseWriter, kind, name string, content []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", ui.Attachment(name))
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write(content)
	return err
}

// spoken says one row of the plot to who does not see it.
func (v findings) spoken(ctx context.Context, l deliberation.Line) string {
	if !v.Adjusted {
		return i18n.T(ctx, "deliberations.spoken_raw", decimal(ctx, l.Raw), l.N)
	}
	return i18n.T(ctx, "deliberations.spoken", decimal(ctx, l.Calibrated), decimal(ctx, l.Low), decimal(ctx, l.High), decimal(ctx, l.Raw))
}

// signed writes a shift with its sign.
func signed(ctx context.Context, x float64) string {
	if math.Round(10*x) > 0 {
		return "+" + decimal(ctx, x)
	}
	return decimal(ctx, x)
}

func advices(ctx context.Context, list []deliberation.Advice) (texts []string) {
	for _, a := range list {
		texts = append(texts, i18n.T(ctx, "deliberations.advice", in(ctx, a.Label), a.Count))
	}
	return texts
}
