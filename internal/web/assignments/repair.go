package assignments

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// mending is the page of a repair, before anything changes.
type mending struct {
	board
	assignment.Mending
	closed string // why nothing can be repaired; "" when it can
	asked  bool   // somebody was said to be away, or nobody any more
	chosen int    // the way that is shown
}

// away are the members that a form says cannot read.
func away(values url.Values) (list []committee.MemberID) {
	for _, m := range values["away"] {
		list = append(list, committee.MemberID(m))
	}
	return list
}

func (h *Handler) mend(w http.ResponseWriter, r *http.Request) error {
	v, err := h.mending(r, r.URL.Query())
	if errs.Is(err, errs.Conflict) { // frozen, or nothing is published
		b, failed := h.board(r)
		if failed != nil {
			return failed
		}
		return ui.Render(w, r, http.StatusOK, repairPage(mending{board: b, closed: ui.Sentence(r.Context(), err)}))
	}
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, repairPage(v))
}

func (h *Handler) mending(r *http.Request, said url.Values) (v mending, err error) {
	m, err := h.Assignments.Mend(r.Context(), ui.User(r), id(r), away(said))
	if err != nil {
		return v, err
	}
	v = mending{board: told(m.Board), Mending: m, asked: said.Has("asked")}
	if i := slices.IndexFunc(m.Ways, func(x assignment.Mended) bool { return string(x.Way) == said.Get("way") }); i >= 0 {
		v.chosen = i
	}
	return v, nil
}

// repair accepts the way that was shown.
func (h *Handler) repair(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	in := assignment.Repairing{Away: away(r.PostForm), Way: assignment.Way(r.PostFormValue("way")), Seen: r.PostFormValue("seen")}
	status, err := h.Assignments.Repair(r.Context(), ui.User(r), id(r), in)
	said := "assignments.done_repaired"
	if !status.Found() {
		said = "assignments.done_impossible"
	}
	return h.done(w, r, err, said)
}

func (v mending) page(ctx context.Context) ui.Page {
	p := v.board.page(ctx)
	p.Title, p.Lead, p.LangURL = i18n.T(ctx, "assignments.repair_title"), i18n.T(ctx, "assignments.repair_lead"), ui.OtherLang(ctx, link(v.board.ID, "repair"))
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "assignments.title"), URL: link(v.board.ID)})
	return p
}

// absent are the members, those who cannot read for now being checked.
func (v mending) absent() (c ui.Choice) {
	c.Side = true
	for _, m := range v.board.Members {
		c.Options = append(c.Options, ui.Option{Value: string(m.ID), Label: m.Name})
	}
	said := v.Away
	if !v.asked {
		said = v.board.Plan.Settings.Away
	}
	for _, m := range said {
		c.Chosen = append(c.Chosen, string(m))
	}
	return c
}

// way is the address at which one way is shown.
func (v mending) way(m assignment.Mended) string {
	q := url.Values{"asked": {"yes"}, "way": {string(m.Way)}}
	for _, a := range v.Away {
		q.Add("away", string(a))
	}
	return link(v.board.ID, "repair") + "?" + q.Encode() + "#difference"
}

// said is one way in a sentence.
func (v mending) said(ctx context.Context, m assignment.Mended) string {
	return i18n.N(ctx, "assignments.way", len(m.Changes.Ended), affinity(ctx, m.Total), affinity(ctx, m.Worst))
}

// curve is the picture of the ways: changes along, quality up.
type curve struct {
	dots                []dot
	line                string // the points of the line, as SVG writes them
	few, many, low, top string // the ends of the axes
}

type dot struct {
	x, y   int
	chosen bool
	said   string
}

// radius marks the way that is shown.
func (d dot) radius() string {
	if d.chosen {
		return "8"
	}
	return "5"
}

func curveBox() string { return fmt.Sprintf("0 0 %d %d", curveWide, curveHigh) }

// The measures of the curve, in its own units.
const (
	curveWide, curveHigh = 480, 200
	curveLeft, curveFoot = 64, 44
	curveTop, curveRight = 16, 40
)

func (v mending) curve(ctx context.Context) (c curve) {
	first := v.Ways[0]
	few, many, low, top := len(first.Changes.Ended), len(first.Changes.Ended), first.Total, first.Total
	for _, m := range v.Ways {
		few, many = min(few, len(m.Changes.Ended)), max(many, len(m.Changes.Ended))
		low, top = min(low, m.Total), max(top, m.Total)
	}
	for i, m := range v.Ways {
		d := dot{chosen: i == v.chosen, said: v.said(ctx, m)}
		d.x = curveLeft + (curveWide-curveLeft-curveRight)*(len(m.Changes.Ended)-few)/max(many-few, 1)
		d.y = curveHigh - curveFoot - int(int64(curveHigh-curveFoot-curveTop)*int64(m.Total-low)/int64(max(top-low, 1)))
		c.dots = append(c.dots, d)
		c.line += fmt.Sprintf("%d,%d ", d.x, d.y)
	}
	c.few, c.many = fmt.Sprint(few), fmt.Sprint(many)
	c.low, c.top = affinity(ctx, low), affinity(ctx, top)
	return c
}

// wrong is why no way was found, on a board that says it.
func (v mending) wrong() board {
	b := v.board
	b.Run = v.Wrong
	return b
}
