package editions

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// dashboard is what the team of an edition sees first.
type dashboard struct {
	programme.Overview
	frise   ui.Frise
	missing ui.Problems
	calls   []call.Call
	now     time.Time
	team    []programme.Member
	newCall string
	notice  string
	refused string // why an act was refused
	hooks   bool   // she may have programs outside told
}

func stageURL(e programme.EditionID, s programme.StageID) string {
	return ui.EditionURL(e) + "/stages/" + string(s)
}

// callURL is an address of a call; "" is its public page.
func callURL(id call.ID, room string) string {
	where := "/calls/" + url.PathEscape(string(id))
	if room != "" {
		where += "/" + room
	}
	return where
}

func (h *Handler) manage(w http.ResponseWriter, r *http.Request) error {
	return h.dashboard(w, r, nil)
}

// dashboard answers with the dashboard; refusal, if any, is said at its top.
func (h *Handler) dashboard(w http.ResponseWriter, r *http.Request, refusal error) error {
	ctx, by, now := r.Context(), ui.User(r), h.Clock.Now()
	o, err := h.Programmes.Managed(ctx, by, idOf(r))
	if err != nil {
		return err
	}
	v := dashboard{Overview: o, now: now, notice: notice(r), frise: ui.FriseOf(ctx, o.Edition, o.Stages, now, func(s programme.Stage) string { return stageURL(o.ID, s.ID) })}
	if missing := o.Missing(); o.Status == programme.Preparing && len(missing) > 0 {
		v.missing = ui.ProblemsOf(ctx, errs.NewInvalid("programme.invalid", missing))
	}
	if v.team, err = h.Programmes.Team(ctx, by, o.ID); err != nil {
		return err
	}
	may, err := h.Programmes.Allowed(ctx, by, o.PolicyObject(), "webhook.manage")
	if err != nil {
		return err
	}
	v.hooks = may["webhook.manage"]
	if h.Steered != nil {
		if v.calls, err = h.Steered.List(ctx, by, string(o.ID)); err != nil {
			return err
		}
	}
	if h.NewCallURL != nil && o.Status != programme.Closed {
		v.newCall = h.NewCallURL(o.ID)
	}
	status := http.StatusOK
	if refusal != nil {
		status, v.refused = ui.Status(errs.KindOf(refusal)), i18n.T(ctx, errs.KeyOf(refusal), ui.Args(refusal, ctx)...)
	}
	return ui.Render(w, r, status, managePage(v))
}

// done goes back to the dashboard after an act, or shows it with why it was refused.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, what string, err error) error {
	switch kind := errs.KindOf(err); {
	case err == nil:
		return ui.See(w, r, manageURL(idOf(r), what))
	case kind == errs.Conflict || kind == errs.Invalid:
		return h.dashboard(w, r, err)
	}
	return err
}

func (h *Handler) publish(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, "published", h.Programmes.PublishEdition(r.Context(), ui.User(r), idOf(r)))
}

func (h *Handler) close(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, "closed", h.Programmes.CloseEdition(r.Context(), ui.User(r), idOf(r)))
}

func (h *Handler) moveStage(w http.ResponseWriter, r *http.Request) error {
	step := 1
	if r.FormValue("to") == "up" {
		step = -1
	}
	return h.done(w, r, "moved", h.Programmes.MoveStage(r.Context(), ui.User(r), idOf(r), programme.StageID(r.PathValue("stage")), step))
}

func (h *Handler) removeStage(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, "removed", h.Programmes.RemoveStage(r.Context(), ui.User(r), idOf(r), programme.StageID(r.PathValue("stage"))))
}

// missingURL is where each thing missing is written.
func missingURL(e programme.EditionID, path string) string {
	if path == "stages" {
		return "#stages"
	}
	if !slices.Contains([]string{"name_fr", "theme_fr", "about_fr"}, path) {
		return "#stages"
	}
	return ui.EditionURL(e) + "/edit#" + ui.FieldID(path)
}

// tasks are what is left before publication.
func (v dashboard) tasks(ctx context.Context) (list []ui.Todo) {
	for _, p := range v.missing {
		text := p.Text
		if key := "edition.todo_" + p.Path; i18n.Has(key) {
			text = i18n.T(ctx, key)
		}
		list = append(list, ui.Todo{Text: text, URL: missingURL(v.ID, p.Path)})
	}
	return list
}

func role(ctx context.Context, relation string) string {
	if key := "edition.role_" + relation; i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return relation
}
