// Package assemblies is the pages of partners' meetings: planning one, the project on everybody's screen, and what was said.
package assemblies

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/debrief/assembly"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /editions/{id}/assemblies and /projects/{id}/assemblies.
type Handler struct {
	Meetings *assembly.Service
	Alive    func(*http.Request) bool // the sign-in that a stream was opened with still stands
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(method, path, action string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: method + " /editions/{id}/assemblies" + path, Action: policy.Action("assembly." + action), On: "edition", Handle: handle}
	}
	return []ui.Route{
		{Pattern: "GET /projects/{id}/assemblies", Action: "assembly.heard", On: "project", Handle: h.around},
		on("GET", "", "attend", h.calendar),
		on("POST", "", "manage", h.plan),
		on("GET", "/{assembly}", "attend", h.room),
		on("GET", "/{assembly}/wall", "manage", h.wall),
		on("GET", "/{assembly}/stream", "attend", h.stream),
		on("POST", "/{assembly}/run", "manage", h.run),
		on("POST", "/{assembly}/say", "attend", h.say),
		on("GET", "/{assembly}/plan", "manage", h.planned),
		on("POST", "/{assembly}/plan", "manage", h.save),
		on("GET", "/{assembly}/account", "attend", h.account),
		on("GET", "/{assembly}/account.csv", "attend", h.file),
	}
}

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func meetingOf(r *http.Request) assembly.ID { return assembly.ID(r.PathValue("assembly")) }

func under(id programme.EditionID, more ...string) string {
	where := ui.EditionURL(id) + "/assemblies"
	for _, part := range more {
		where += "/" + url.PathEscape(part)
	}
	return where
}

func version(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	return n
}

// plan is the meetings of an edition, or one of them, with a sheet as it was typed.
type plan struct {
	assembly.Calendar
	which    assembly.ID // "" for a new one
	in       assembly.Sheet
	rank     map[project.ID]string // as they were typed
	minutes  map[project.ID]string
	problems ui.Problems
}

// typed reads a sheet: a project with no rank is not seen.
func typed(r *http.Request) plan {
	v := plan{in: assembly.Sheet{Title: r.PostFormValue("title"), HeldOn: r.PostFormValue("day"), Place: r.PostFormValue("place"), Version: version(r)}, rank: map[project.ID]string{}, minutes: map[project.ID]string{}}
	type place struct {
		assembly.Turn
		rank int
	}
	var list []place
	for _, one := range r.PostForm["project"] {
		id := project.ID(one)
		v.rank[id], v.minutes[id] = strings.TrimSpace(r.PostFormValue("rank."+one)), strings.TrimSpace(r.PostFormValue("minutes."+one))
		rank, err := strconv.Atoi(v.rank[id])
		if v.rank[id] == "" || err == nil && rank <= 0 {
			continue
		}
		if err != nil {
			rank = 1 << 20
		}
		minutes, err := strconv.Atoi(v.minutes[id])
		if err != nil {
			minutes = 0
		}
		list = append(list, place{assembly.Turn{Project: id, Minutes: minutes}, rank})
	}
	slices.SortStableFunc(list, func(a, b place) int { return a.rank - b.rank })
	for _, p := range list {
		v.in.Turns = append(v.in.Turns, p.Turn)
	}
	for _, p := range r.PostForm["partners"] {
		v.in.Partners = append(v.in.Partners, partner.ID(p))
	}
	return v
}

func (h *Handler) calendarPage(w http.ResponseWriter, r *http.Request, status int, v plan) (err error) {
	if v.Calendar, err = h.Meetings.Calendar(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return err
	}
	if v.rank == nil { // all projects, in the order of their titles
		v.rank, v.minutes = map[project.ID]string{}, map[project.ID]string{}
		for i, p := range v.Projects {
			v.rank[p.ID], v.minutes[p.ID] = strconv.Itoa(i+1), "8"
		}
		for _, p := range v.Partners {
			v.in.Partners = append(v.in.Partners, p.ID)
		}
	}
	return ui.Render(w, r, status, calendarPage(v))
}

func (h *Handler) calendar(w http.ResponseWriter, r *http.Request) error {
	return h.calendarPage(w, r, http.StatusOK, plan{})
}

func (h *Handler) plan(w http.ResponseWriter, r *http.Request) error {
	v := typed(r)
	which, err := h.Meetings.Plan(r.Context(), ui.User(r), editionOf(r), v.in)
	var show bool
	if v.problems, show = ui.Again(r.Context(), err); show {
		return h.calendarPage(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(editionOf(r), string(which)), "assemblies.planned_done")
}

func (h *Handler) planned(w http.ResponseWriter, r *http.Request) error {
	return h.plannedPage(w, r, http.StatusOK, plan{})
}

func (h *Handler) plannedPage(w http.ResponseWriter, r *http.Request, status int, v plan) error {
	calendar, in, err := h.Meetings.Planned(r.Context(), ui.User(r), editionOf(r), meetingOf(r))
	if err != nil {
		return err
	}
	v.Calendar, v.which = calendar, meetingOf(r)
	if v.rank == nil {
		v.in, v.rank, v.minutes = in, map[project.ID]string{}, map[project.ID]string{}
		for i, t := range in.Turns {
			v.rank[t.Project], v.minutes[t.Project] = strconv.Itoa(i+1), strconv.Itoa(t.Minutes)
		}
	}
	v.in.Version = in.Version
	return ui.Render(w, r, status, plannedPage(v))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	v := typed(r)
	err := h.Meetings.Save(r.Context(), ui.User(r), editionOf(r), meetingOf(r), v.in)
	var show bool
	if v.problems, show = ui.Again(r.Context(), err); show {
		return h.plannedPage(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(editionOf(r), string(meetingOf(r))), "assemblies.saved_done")
}

// room is a meeting, with what somebody wrote there.
type room struct {
	assembly.Room
	wall     bool
	in       assembly.Words
	problems ui.Problems
}

func (v room) url(more ...string) string {
	return under(v.Edition.ID, append([]string{string(v.Meeting.ID)}, more...)...)
}

// here is the address of the page that is shown.
func (v room) here() string {
	if v.wall {
		return v.url("wall")
	}
	return v.url()
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, status int, v room) (err error) {
	read := h.Meetings.Room
	if v.wall {
		read = h.Meetings.Wall
	}
	if v.Room, err = read(r.Context(), ui.User(r), editionOf(r), meetingOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, roomPage(v))
}

func (h *Handler) room(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, room{})
}

func (h *Handler) wall(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, room{wall: true})
}

func (h *Handler) did(w http.ResponseWriter, r *http.Request, err error, said string, v room) error {
	var show bool
	if v.problems, show = ui.Again(r.Context(), err); show {
		return h.page(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	where := under(editionOf(r), string(meetingOf(r)))
	if v.wall {
		where += "/wall"
	}
	return ui.Done(w, r, where, said)
}

func (h *Handler) run(w http.ResponseWriter, r *http.Request) error {
	err := h.Meetings.Run(r.Context(), ui.User(r), editionOf(r), meetingOf(r), assembly.Step{Act: assembly.Act(r.PostFormValue("act")), Version: version(r)})
	return h.did(w, r, err, "assemblies.run_done", room{wall: r.PostFormValue("wall") != ""})
}

func (h *Handler) say(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	v := room{in: assembly.Words{Project: project.ID(form("project")), Partner: partner.ID(form("partner")), Line: form("line"), Kind: form("kind"), Body: form("body"), Quantity: form("quantity"), Day: form("day"), Contact: form("contact")}}
	err := h.Meetings.Say(r.Context(), ui.User(r), editionOf(r), meetingOf(r), v.in)
	return h.did(w, r, err, "assemblies.said_done", v)
}

// every is how often a stream looks at its meeting.
const every = time.Second

// stream calls an open page whenever the meeting is no longer what it shows: a turn, something
// said, a consent given or withdrawn. The page then reads it again with its reader's rights.
// It ends once she may not be there any more.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	last, err := h.Meetings.Stamp(ctx, by, editionOf(r), meetingOf(r))
	if err != nil {
		return err
	}
	out, err := ui.OpenStream(w)
	if err != nil {
		return err
	}
	if out.Send("listening", nil) != nil {
		return nil
	}
	if last != r.URL.Query().Get("since") && out.Send("changed", nil) != nil {
		return nil
	}
	check := time.NewTicker(every)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-check.C:
		}
		now, err := h.Meetings.Stamp(ctx, by, editionOf(r), meetingOf(r))
		if err != nil || !h.Alive(r) {
			out.Send("ended", nil)
			return nil
		}
		if now != last && out.Send("changed", nil) != nil {
			return nil
		}
		last = now
	}
}

func (h *Handler) account(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Meetings.Account(r.Context(), ui.User(r), editionOf(r), meetingOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, accountPage(v))
}

func (h *Handler) file(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Meetings.Account(r.Context(), ui.User(r), editionOf(r), meetingOf(r))
	if err != nil {
		return err
	}
	ctx := r.Context()
	s := sheet.Sheet{Name: i18n.T(ctx, "assemblies.account")}
	for _, key := range []string{"project", "partner", "kind", "words", "quantity", "day"} {
		s.Head = append(s.Head, i18n.T(ctx, "assemblies.head_"+key))
	}
	for _, x := range v.Said {
		s.Rows = append(s.Rows, []any{x.Title, x.By, kind(ctx, x.Kind), x.Words, x.Quantity, x.Day})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(fmt.Sprintf("%s-%s.csv", i18n.T(ctx, "assemblies.file"), v.HeldOn)))
	return sheet.Book{}.CSV(w, s, true)
}
