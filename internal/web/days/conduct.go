package days

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// desk is the conduct board in words.
type desk struct {
	scene
	board    conduct.Board
	said     []conduct.Announcement // all of them, the last one first
	problems ui.Problems
	text     string // typed again after a refusal
	until    string
}

func (h *Handler) deskOf(r *http.Request) (v desk, err error) {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	day, err := strconv.Atoi(r.URL.Query().Get("day"))
	if err != nil {
		day = 0
	}
	if v.board, err = h.Days.Conduct(ctx, by, id, day-1); err != nil {
		return v, err
	}
	v.scene = scene{v.board.Scene}
	v.said, err = h.Days.Announcements(ctx, by, id)
	return v, err
}

// conduct shows the board on which a day is conducted.
func (h *Handler) conduct(w http.ResponseWriter, r *http.Request) error {
	v, err := h.deskOf(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, conductPage(v))
}

// again shows the board with what kept an act from being done.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, err error) error {
	if !kept(err) {
		return err
	}
	v, derr := h.deskOf(r)
	if derr != nil {
		return derr
	}
	if v.problems = ui.ProblemsOf(r.Context(), err); len(v.problems) == 0 {
		v.problems = ui.Problems{{Text: ui.Sentence(r.Context(), err)}}
	}
	v.text, v.until = r.PostFormValue("text"), r.PostFormValue("until")
	return ui.Render(w, r, ui.StatusOf(err), conductPage(v))
}

// note notes that an activity begins or ends, or opens its boards for everybody.
func (h *Handler) note(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id, activity := r.Context(), ui.User(r), idOf(r), r.PathValue("activity")
	var err error
	done := "days.noted_done"
	switch r.PostFormValue("act") {
	case "begin":
		err = h.Days.Begin(ctx, by, id, activity)
	case "finish":
		err = h.Days.Finish(ctx, by, id, activity)
	case "open":
		done = "days.opened_done"
		_, err = h.Days.Open(ctx, by, id, activity)
	default:
		err = errs.New(errs.Invalid, "days.no_act")
	}
	if err != nil {
		return h.again(w, r, err)
	}
	return ui.Done(w, r, at(id, "conduct"), done)
}

// announce says something to everybody.
func (h *Handler) announce(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Days.Scene(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	said := conduct.Said{Text: r.PostFormValue("text")}
	if typed := strings.TrimSpace(r.PostFormValue("until")); typed != "" {
		m, read := minuteOf(typed)
		if !read {
			return h.again(w, r, errs.NewInvalid("conduct.invalid", []errs.Field{{Path: "until", Key: "days.until_unread"}}))
		}
		said.Until = time.Date(v.Clock.Year(), v.Clock.Month(), v.Clock.Day(), 0, int(m), 0, 0, v.Clock.Location())
	}
	if err := h.Days.Announce(r.Context(), ui.User(r), idOf(r), said); err != nil {
		return h.again(w, r, err)
	}
	return ui.Done(w, r, at(idOf(r), "conduct"), "days.announced_done")
}

// withdraw takes an announcement back.
func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := h.Days.Withdraw(r.Context(), ui.User(r), idOf(r), r.PathValue("announcement")); err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r), "conduct"), "days.withdrawn_done")
}

// minuteOf reads a time of the wall, "09:30" or "9h30"; ok is false when it is none.
func minuteOf(typed string) (m order.Minute, ok bool) {
	h, min, _ := strings.Cut(strings.NewReplacer("h", ":", "H", ":", " ", "", "\u00a0", "").Replace(typed), ":")
	a, errA := strconv.Atoi(h)
	b, errB := strconv.Atoi(cmp.Or(min, "0"))
	if errA != nil || errB != nil || a < 0 || a > 23 || b < 0 || b > 59 {
		return 0, false
	}
	return order.Minute(a*60 + b), true
}

// delaying is a delay that is not accepted yet, in words.
type delaying struct {
	scene
	shift    conduct.Shift
	minutes  string
	makeUp   bool
	problems ui.Problems
}

// preview shows what a delay would give, or asks of how many minutes it is.
func (h *Handler) preview(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if !q.Has("minutes") {
		b, err := h.Days.Conduct(r.Context(), ui.User(r), idOf(r), -1)
		if err != nil {
			return err
		}
		return ui.Render(w, r, http.StatusOK, delayPage(delaying{scene: scene{b.Scene}, minutes: "15", makeUp: true}))
	}
	return h.showDelay(w, r, minutesOf(q.Get("minutes")), q.Get("makeup") != "", nil)
}

func (h *Handler) showDelay(w http.ResponseWriter, r *http.Request, minutes int, makeUp bool, why error) error {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	v := delaying{minutes: strconv.Itoa(minutes), makeUp: makeUp}
	status := http.StatusOK
	if why != nil {
		v.problems, status = ui.Problems{{Text: ui.Sentence(ctx, why)}}, ui.StatusOf(why)
	}
	shift, err := h.Days.Preview(ctx, by, id, minutes, makeUp)
	switch {
	case err == nil:
		v.shift = shift
	case !kept(err):
		return err
	default:
		if v.problems, status = ui.ProblemsOf(ctx, err), ui.StatusOf(err); len(v.problems) == 0 {
			v.problems = ui.Problems{{Text: ui.Sentence(ctx, err)}}
		}
	}
	now, err := h.Days.Scene(ctx, by, id)
	if err != nil {
		return err
	}
	v.scene = scene{now}
	return ui.Render(w, r, status, delayPage(v))
}

// delay has the day run late as it was shown.
func (h *Handler) delay(w http.ResponseWriter, r *http.Request) error {
	late := plan.Late{Day: minutesOf(r.PostFormValue("day")), At: order.Minute(minutesOf(r.PostFormValue("at"))), Minutes: minutesOf(r.PostFormValue("minutes")), MakeUp: r.PostFormValue("makeup") != ""}
	_, err := h.Days.Accept(r.Context(), ui.User(r), idOf(r), schedule.ID(r.PostFormValue("version")), late)
	if err != nil {
		if !kept(err) {
			return err
		}
		return h.showDelay(w, r, late.Minutes, late.MakeUp, err)
	}
	return ui.Done(w, r, at(idOf(r), "conduct"), "days.delayed_done")
}

// missing lists who is not where she has to be now, by name.
func (v desk) missing() (list []house.Guest) {
	for _, p := range v.board.Seats {
		if v.board.Missing[p.ID] {
			list = append(list, p)
		}
	}
	return list
}

// expected says where somebody has to be now.
func (v desk) expected(ctx context.Context, person string) string {
	now, _ := v.Version.Plan.NowNext(person, v.Day, v.At)
	if now == nil {
		return ""
	}
	words := v.name(ctx, v.activity(*now))
	if where := v.where(ctx, *now); where != "" {
		words += ", " + where
	}
	return words
}

// shownNow are the announcements that are read now.
func (v desk) shownNow(yes bool) (list []conduct.Announcement) {
	for _, a := range v.said {
		if a.Shown(v.Clock) == yes {
			list = append(list, a)
		}
	}
	return list
}

// state says what becomes of an activity, with its tone; "" for nothing to say.
func state(ctx context.Context, v desk, run conduct.Run) (ui.Tone, string) {
	switch {
	case run.Over > 0:
		return ui.Warning, i18n.N(ctx, "days.overruns", run.Over)
	case run.Runs():
		return ui.Success, i18n.T(ctx, "days.runs_since", v.hour(ctx, run.Began))
	case !run.Fact.Ended.IsZero():
		return ui.Info, i18n.T(ctx, "days.over_at", v.hour(ctx, run.Fact.Ended))
	case run.Slow > 0:
		return ui.Warning, i18n.N(ctx, "days.slow", run.Slow)
	case run.Now:
		return ui.Info, i18n.T(ctx, "days.its_time")
	}
	return ui.Info, ""
}

// cell is what a room holds from one line of the table on, over several of them.
type cell struct {
	sittings []plan.Sitting
	lines    int
}

// line is the time between two instants at which something begins or ends.
type line struct {
	from, to order.Minute
	cells    []*cell // by column; nil where what began above goes on
}

// table is a day as rooms by time. A column without a room is for what takes place
// everywhere, or far away.
type table struct {
	columns []house.Room
	lines   []line
}

// grid draws the day that is shown.
func (v desk) grid() (t table) {
	var list []plan.Sitting
	marks := map[order.Minute]bool{}
	for _, one := range plan.Gathered(v.Version.Plan.Sittings, "") {
		if one.Day == v.board.Shown {
			list = append(list, one)
			marks[one.From], marks[one.To] = true, true
		}
	}
	used := func(id string) bool {
		return slices.ContainsFunc(list, func(one plan.Sitting) bool { return one.Room == id })
	}
	for _, m := range v.Rooms {
		if used(m.ID) {
			t.columns = append(t.columns, m)
		}
	}
	column := func(one plan.Sitting) int {
		return slices.IndexFunc(t.columns, func(m house.Room) bool { return m.ID == one.Room })
	}
	if slices.ContainsFunc(list, func(one plan.Sitting) bool { return column(one) < 0 }) {
		t.columns = append([]house.Room{{}}, t.columns...)
	}
	times := make([]order.Minute, 0, len(marks))
	for m := range marks {
		times = append(times, m)
	}
	slices.Sort(times)
	for i := 0; i+1 < len(times); i++ {
		t.lines = append(t.lines, line{from: times[i], to: times[i+1], cells: make([]*cell, len(t.columns))})
	}
	t.fill(list, func(one plan.Sitting) int { return max(0, column(one)) })
	return t
}

// fill puts each sitting where it begins. What begins in a room while something goes on
// there stands with it: both are read.
func (t table) fill(list []plan.Sitting, column func(plan.Sitting) int) {
	free := make([]int, len(t.columns)) // the first line on which nothing goes on
	last := make([]*cell, len(t.columns))
	for _, one := range list {
		c := column(one)
		at := slices.IndexFunc(t.lines, func(l line) bool { return l.from == one.From })
		end := at
		for end < len(t.lines) && t.lines[end].from < one.To {
			end++
		}
		if at >= free[c] {
			last[c] = &cell{lines: end - at}
			t.lines[at].cells[c], free[c] = last[c], end
		} else if grown := end - free[c]; grown > 0 {
			last[c].lines, free[c] = last[c].lines+grown, end
		}
		last[c].sittings = append(last[c].sittings, one)
	}
	for c := range t.columns {
		for i := 0; i < len(t.lines); i++ {
			if held := t.lines[i].cells[c]; held != nil {
				i += held.lines - 1
			} else {
				t.lines[i].cells[c] = &cell{lines: 1}
			}
		}
	}
}
