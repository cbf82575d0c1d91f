package days

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/ui"
)

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// day is somebody's day in words.
type day struct {
	scene
	mine conduct.Mine
}

// now shows where somebody is now, what comes next, and all her programme.
func (h *Handler) now(w http.ResponseWriter, r *http.Request) error {
	m, err := h.Days.Mine(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	letsWork(w)
	return ui.Render(w, r, http.StatusOK, nowPage(day{scene{m.Scene}, m}))
}

// letsWork lets a page start what keeps it without network: of the addresses that scripts
// are loaded from, that one alone (Trusted Types, "day" in frontend/src/day).
func letsWork(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "trusted-types 'none'", "trusted-types day", 1))
}

// worker is what keeps the pages of the day without network.
func (h *Handler) worker(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Days.Scene(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-cache")
	return assets.Serve(w, r, "dayworker.js")
}

// read notes that somebody has read what changed for her.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) error {
	err := h.Days.Read(r.Context(), ui.User(r), idOf(r), schedule.ID(r.PostFormValue("version")))
	if err != nil {
		return err
	}
	return ui.See(w, r, at(idOf(r), "now"))
}

// calm are the words for an instant at which nothing is under way for her.
func (v day) calm(ctx context.Context) string {
	switch stands := v.Stands(); {
	case stands == conduct.Before:
		return i18n.T(ctx, "days.calm_before", v.day(ctx, 0))
	case stands == conduct.Between:
		return i18n.T(ctx, "days.calm_between")
	case stands == conduct.After || v.mine.Next == nil:
		return i18n.T(ctx, "days.calm_after")
	case v.mine.Next.Day > v.Day:
		return i18n.T(ctx, "days.calm_evening")
	}
	return i18n.T(ctx, "days.calm")
}

// in says when something begins: in how many minutes when it is soon, else at what time.
func (v day) in(ctx context.Context, one plan.Sitting) string {
	left := v.Instant(one.Day, one.From).Sub(v.Clock)
	switch minutes := int(left.Minutes()); {
	case minutes < 1:
		return i18n.T(ctx, "days.in_soon")
	case minutes < soon:
		return i18n.T(ctx, "days.in", minutes)
	case one.Day == v.Day:
		return i18n.T(ctx, "days.at", clock(ctx, one.From))
	}
	return v.far(ctx, one)
}

// soon is until how many minutes ahead people count in minutes.
const soon = 90

// far is the day and the time at which something begins.
func (v scene) far(ctx context.Context, one plan.Sitting) string {
	return v.words(ctx).Far(one)
}

// on lists what is hers on a day.
func (v day) on(n int) (list []plan.Sitting) {
	for _, one := range v.mine.All {
		if one.Day == n {
			list = append(list, one)
		}
	}
	return list
}

// isNow says whether a sitting is what she does now.
func (v day) isNow(one plan.Sitting) bool { return v.mine.Now != nil && v.mine.Now.ID == one.ID }

// anchor is the line of her programme where she is, or that comes next.
func (v day) anchor() string {
	switch {
	case v.mine.Now != nil:
		return lineID(*v.mine.Now)
	case v.mine.Next != nil:
		return lineID(*v.mine.Next)
	}
	return ""
}

func lineID(one plan.Sitting) string { return "line-" + one.ID }

// said is what is read aloud when it changes.
func (v scene) said(ctx context.Context) string {
	var list []string
	if v.Late > 0 {
		list = append(list, i18n.N(ctx, "days.late", v.Late))
	}
	for _, a := range v.Said {
		list = append(list, a.Text)
	}
	return strings.Join(list, " ")
}

// minutesOf reads a number of minutes that was typed; anything else is none.
func minutesOf(typed string) int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return 0
	}
	return n
}

// kept says whether an act that failed is shown on its page, rather than as an error.
func kept(err error) bool { return errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) }

// daysOf are the numbers of the days of a programme.
func daysOf(o order.Order) (list []int) {
	for n := range o.Days {
		list = append(list, n)
	}
	return list
}
