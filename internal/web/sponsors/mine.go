package sponsors

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/right"
	"transformateur/internal/support/visit"
	"transformateur/internal/web/ui"
)

// mineURL is where a sponsor finds all her projects.
const mineURL = "/sponsorships"

// followed is a project on the page of who sponsors it.
type followed struct {
	roadmap.Along
	next    *booking.Booking // the next meeting with its team
	last    *visit.Visit     // the last one that she noted
	left    int64            // minutes of expertise
	granted bool
}

// mine is all the projects of a sponsor: as many questions for ten of them as for one.
func (h *Handler) mine(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	all, err := h.Roadmaps.Along(ctx, by)
	if err != nil {
		return err
	}
	ahead, err := h.Bookings.Ahead(ctx, by)
	if err != nil {
		return err
	}
	visits, err := h.Visits.Hers(ctx, by)
	if err != nil {
		return err
	}
	left, err := h.Rights.Left(ctx, by)
	if err != nil {
		return err
	}
	at := map[project.ID]*followed{}
	list := make([]followed, len(all))
	for i, a := range all {
		list[i].Along, at[a.Project.ID] = a, &list[i]
		list[i].left, list[i].granted = left[a.Project.ID]
	}
	for i, b := range ahead {
		if f := at[b.Project]; f != nil && f.next == nil {
			f.next = &ahead[i]
		}
	}
	for i, v := range visits {
		if f := at[v.Project]; f != nil && f.last == nil {
			f.last = &visits[i]
		}
	}
	return ui.Render(w, r, http.StatusOK, minePage(list, by.Zone))
}

func (f followed) url(words ...string) string {
	return strings.Join(append([]string{"/projects/" + url.PathEscape(string(f.Project.ID))}, words...), "/")
}

// pairs say where a project stands, in the order in which a sponsor asks.
func (f followed) pairs(ctx context.Context, zone string) []ui.Pair {
	rows := []ui.Pair{
		{Term: i18n.T(ctx, "sponsors.mine_actions"), Text: i18n.T(ctx, "sponsors.mine_counts", i18n.N(ctx, "sponsors.mine_done", f.Done), i18n.N(ctx, "sponsors.mine_open", f.Open), i18n.N(ctx, "sponsors.mine_late", f.Late))},
		{Term: i18n.T(ctx, "roadmaps.head_next"), Text: i18n.T(ctx, "roadmaps.next_none")},
		{Term: i18n.T(ctx, "roadmaps.head_needs"), Text: named(ctx, f.NeedNames)},
		{Term: i18n.T(ctx, "roadmaps.head_locks"), Text: named(ctx, f.LockNames)},
		{Term: i18n.T(ctx, "roadmaps.head_changed"), Text: i18n.T(ctx, "roadmaps.changed_never")},
		{Term: i18n.T(ctx, "sponsors.mine_meeting"), Text: i18n.T(ctx, "sponsors.mine_meeting_none")},
		{Term: i18n.T(ctx, "sponsors.mine_left"), Text: i18n.T(ctx, "sponsors.mine_left_none")},
	}
	if f.NextDay != "" {
		rows[1].Text = i18n.T(ctx, "sponsors.mine_next", f.NextTitle, ui.DayOf(ctx, f.Zone, f.NextDay))
	}
	if f.Changed != "" {
		rows[4].Text = ui.DayOf(ctx, f.Zone, f.Changed)
	}
	if f.next != nil {
		rows[5].Text = ui.Instant(ctx, ui.Local(f.next.Start, zone))
	}
	if f.granted {
		rows[6].Text = right.Clock(f.left)
	}
	return rows
}

// named are the first titles of a list, and how many more there are.
func named(ctx context.Context, titles []string) string {
	const most = 3
	switch n := len(titles); {
	case n == 0:
		return i18n.T(ctx, "sponsors.mine_nothing")
	case n > most:
		return strings.Join(titles[:most], " · ") + " " + i18n.N(ctx, "sponsors.mine_more", n-most)
	}
	return strings.Join(titles, " · ")
}
