package plans

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// drawing is a sitting on the page where it is placed by hand.
type drawing struct {
	scene
	version  schedule.Version
	hand     planner.Hand
	from, to string // as they were typed
	sitting  plan.Sitting
	tried    *planner.Drawing
	problems ui.Problems
}

// url is the address of its form.
func (v drawing) url() string {
	if v.hand.Sitting == "" {
		return at(v.Gathering.ID, "plans", string(v.version.ID), "new")
	}
	return at(v.Gathering.ID, "plans", string(v.version.ID), "sittings", v.hand.Sitting)
}

func (h *Handler) drawingOf(r *http.Request) (v drawing, err error) {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	if v.version, _, err = h.Schedule.Read(ctx, by, id, versionOf(r)); err != nil {
		return v, err
	}
	w, err := h.Planner.World(ctx, by, id)
	if err != nil {
		return v, err
	}
	if v.scene, err = h.sceneOf(ctx, by, w, v.version.Order); err != nil {
		return v, err
	}
	which := r.PathValue("sitting")
	if which == "" {
		return v, nil
	}
	i := slices.IndexFunc(v.version.Plan.Sittings, func(s plan.Sitting) bool { return s.ID == which })
	if i < 0 {
		return v, notFound()
	}
	v.sitting = v.version.Plan.Sittings[i]
	v.hand = handOf(v.sitting)
	v.from, v.to = v.sitting.From.Clock(), v.sitting.To.Clock()
	return v, nil
}

// handOf is a sitting as it stands.
func handOf(s plan.Sitting) planner.Hand {
	return planner.Hand{Sitting: s.ID, Day: s.Day, From: s.From, To: s.To, Room: s.Room, Remote: s.Remote, People: s.People, Free: !s.Pinned}
}

func (h *Handler) sitting(w http.ResponseWriter, r *http.Request) error {
	v, err := h.drawingOf(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, drawingPage(v))
}

// blank is the form of a meeting to add.
func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	v, err := h.drawingOf(r)
	if err != nil {
		return err
	}
	if slots := v.order.Slots(); len(slots) > 0 {
		v.hand.Activity, v.hand.Day = slots[0].Activity, slots[0].Day
		v.from, v.to = slots[0].From.Clock(), slots[0].To.Clock()
	}
	return ui.Render(w, r, http.StatusOK, drawingPage(v))
}

// typed is what a form says of a sitting; what it does not say stays.
func (v *drawing) typed(form url.Values) {
	h := &v.hand
	if h.Sitting == "" {
		h.Activity, h.Project = form.Get("activity"), form.Get("project")
		if a, known := v.order.Find(h.Activity); known {
			h.Day = a.Day
		}
	}
	if form.Has("from") {
		v.from, v.to = form.Get("from"), form.Get("to")
		from, okFrom := minuteOf(v.from)
		to, okTo := minuteOf(v.to)
		if okFrom && okTo && to < from && to <= order.Latest-24*60 { // an evening goes on after midnight
			to += 24 * 60
		}
		if !okFrom || !okTo {
			from, to = 0, 0 // refused: it does not end after it begins
		}
		h.From, h.To = from, to
	}
	if form.Has("room") {
		h.Room, h.Remote = form.Get("room"), form.Get("room") == "remote"
		if h.Remote {
			h.Room = ""
		}
	}
	if form.Has("listed") {
		h.People, h.Free = form["people"], form.Get("free") == "yes"
	}
	h.Remove = form.Get("act") == "remove"
}

// draw keeps a sitting as it was placed, or says what that would change.
func (h *Handler) draw(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	v, err := h.drawingOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	v.typed(r.PostForm)
	if r.PostForm.Get("act") == "try" {
		tried, err := h.Planner.Try(ctx, by, id, v.version.ID, v.hand)
		if err == nil {
			v.tried = &tried
			return ui.Render(w, r, http.StatusOK, drawingPage(v))
		}
		return h.refused(w, r, v, err)
	}
	edits, err := strconv.ParseInt(r.PostForm.Get("edits"), 10, 64)
	if err != nil {
		edits = -1
	}
	to, err := h.Planner.Draw(ctx, by, id, v.version.ID, edits, v.hand)
	if err != nil {
		return h.refused(w, r, v, err)
	}
	where := at(id, "plans", string(to))
	if r.PostForm.Get("view") == byRooms {
		where += "?view=" + byRooms
	}
	return ui.Done(w, r, where, "plans.drawn_done")
}

func (h *Handler) refused(w http.ResponseWriter, r *http.Request, v drawing, err error) error {
	var show bool
	if v.problems, show = ui.Again(r.Context(), err); !show {
		return err
	}
	return ui.Render(w, r, ui.StatusOf(err), drawingPage(v))
}

// said is what a change would do, for whoever drags a sitting.
type said struct {
	OK    bool     `json:"ok"`
	Lines []string `json:"lines"`
}

// verdict says what dragging a sitting somewhere would break and mend.
func (h *Handler) verdict(w http.ResponseWriter, r *http.Request) error {
	v, err := h.drawingOf(r)
	if err != nil {
		return err
	}
	v.typed(r.URL.Query())
	tried, err := h.Planner.Try(r.Context(), ui.User(r), idOf(r), v.version.ID, v.hand)
	if err != nil {
		return err
	}
	v.tried = &tried
	ctx := r.Context()
	out := said{OK: len(tried.Verdict.Breaks) == 0, Lines: v.breaks(ctx)}
	if out.OK {
		out.Lines = []string{i18n.N(ctx, "plans.told", len(tried.Verdict.Told))}
	}
	return ui.WriteJSON(w, http.StatusOK, out)
}

// drawn is the plan as the hand would have it, for what is said of it.
func (v drawing) drawn() plan.Plan {
	p := v.version.Plan.Clone()
	for i, s := range p.Sittings {
		if s.ID == v.tried.Sitting.ID {
			p.Sittings[i] = v.tried.Sitting
			return p
		}
	}
	p.Sittings = append(p.Sittings, v.tried.Sitting)
	return p
}

// breaks and mends say what would be wrong, and what would no more be.
func (v drawing) breaks(ctx context.Context) (list []string) {
	for _, c := range v.tried.Verdict.Breaks {
		list = append(list, v.clash(ctx, v.drawn(), c))
	}
	return list
}

func (v drawing) mends(ctx context.Context) (list []string) {
	for _, c := range v.tried.Verdict.Mends {
		list = append(list, v.clash(ctx, v.version.Plan, c))
	}
	return list
}

func (v drawing) rooms(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.hand.Room}, Options: []ui.Option{{Value: "", Label: i18n.T(ctx, "plans.no_room")}}}
	for _, m := range v.Rooms {
		c.Options = append(c.Options, ui.Option{Value: m.ID, Label: m.Name})
	}
	c.Options = append(c.Options, ui.Option{Value: "remote", Label: i18n.T(ctx, "plans.remote")})
	if v.hand.Remote {
		c.Chosen = []string{"remote"}
	}
	return c
}

// guests are those who may be in a sitting, those of its project first.
func (v drawing) guests(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: v.hand.People, Side: true}
	rank := func(project string) int {
		if project != "" && project == v.sitting.Project {
			return 0
		}
		return 1
	}
	seats := slices.Clone(v.Seats)
	slices.SortStableFunc(seats, func(a, b guest) int { return rank(a.Project) - rank(b.Project) })
	for _, p := range seats {
		label := v.person(ctx, p.ID)
		if about := p.ProjectTitle; about != "" {
			label += " · " + about
		} else {
			label += " · " + roleName(ctx, p.Role)
		}
		c.Options = append(c.Options, ui.Option{Value: p.ID, Label: label})
	}
	return c
}

func roleName(ctx context.Context, r gathering.Role) string {
	return i18n.T(ctx, "gatherings.role_"+string(r))
}

// activities are those that hold meetings of some people.
func (v drawing) activities(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.hand.Activity}}
	for _, a := range v.order.Activities {
		if a.Kind.Everybody() {
			continue
		}
		label := v.activity(ctx, a.ID) + " · " + v.when(ctx, plan.Sitting{Day: a.Day, From: a.From, To: a.To})
		c.Options = append(c.Options, ui.Option{Value: a.ID, Label: label})
	}
	return c
}

func (v drawing) projects(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.hand.Project}, Options: []ui.Option{{Value: "", Label: i18n.T(ctx, "plans.no_project")}}}
	for _, p := range v.Input.Projects {
		c.Options = append(c.Options, ui.Option{Value: p.ID, Label: p.Title})
	}
	return c
}

// lead says where a sitting stands, as it was.
func (v drawing) lead(ctx context.Context) string {
	if v.hand.Sitting == "" {
		return i18n.T(ctx, "plans.add_lead")
	}
	return v.place(ctx, v.sitting)
}
