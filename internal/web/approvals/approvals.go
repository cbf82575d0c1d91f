// Package approvals is the pages of the two-person rule: ask, decide, follow, and the acts that wait behind it.
package approvals

import (
	"net/http"
	"net/url"
	"time"

	"transformateur/internal/approval"
	"transformateur/internal/call"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /approvals, and under a call for what is asked about it.
type Handler struct {
	Approvals *approval.Service
	Calls     *call.Service
	Clock     clock.Clock
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /approvals", Action: "account.manage", Handle: h.list},
		{Pattern: "GET /approvals/emergency", Action: "emergency.ask", On: "platform", Handle: h.emergency},
		{Pattern: "POST /approvals/emergency", Action: "emergency.ask", On: "platform", Handle: h.askEmergency},
		{Pattern: "GET /approvals/{id}", Action: "approval.read", On: "approval", Handle: h.show},
		{Pattern: "POST /approvals/{id}/approve", Action: "approval.decide", On: "approval", Handle: h.approve},
		{Pattern: "POST /approvals/{id}/refuse", Action: "approval.decide", On: "approval", Handle: h.refuse},
		{Pattern: "POST /approvals/{id}/end", Action: "approval.end", On: "approval", Handle: h.end},
		{Pattern: "GET /calls/{id}/approvals/export", Action: "call.export", On: "call", Handle: h.aboutCall(approval.Export)},
		{Pattern: "POST /calls/{id}/approvals/export", Action: "call.export", On: "call", Handle: h.askAboutCall(approval.Export)},
		{Pattern: "GET /calls/{id}/approvals/deletion", Action: "call.publish", On: "call", Handle: h.aboutCall(approval.Deletion)},
		{Pattern: "POST /calls/{id}/approvals/deletion", Action: "call.publish", On: "call", Handle: h.askAboutCall(approval.Deletion)},
		{Pattern: "POST /calls/{id}/delete", Action: "call.delete", On: "call", Handle: h.delete},
	}
}

func address(id string) string { return "/approvals/" + url.PathEscape(id) }

// listing is what the list shows.
type listing struct {
	waiting, past []approval.Seen
	mayAsk        bool // for an emergency
	zone          string
	now           time.Time
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	by := ui.User(r)
	all, err := h.Approvals.List(r.Context(), by)
	if err != nil {
		return err
	}
	v := listing{zone: by.Zone, now: h.Clock.Now()}
	if v.mayAsk, err = h.Approvals.MayAskEmergency(r.Context(), by); err != nil {
		return err
	}
	for _, req := range all {
		if req.WaitsAt(v.now) || req.OpenAt(v.now) {
			v.waiting = append(v.waiting, req)
		} else {
			v.past = append(v.past, req)
		}
	}
	return ui.Render(w, r, http.StatusOK, listPage(v))
}

// asking is a form that asks, as it was typed.
type asking struct {
	kind           approval.Kind
	call           call.Call // none for an emergency
	object, reason string
	standing       approval.Request // that waits or is open already
	simple         bool             // the call was never published: nobody else is needed
	problems       ui.Problems
	zone           string
	now            time.Time
}

func (h *Handler) emergency(w http.ResponseWriter, r *http.Request) error {
	if err := h.Approvals.RequireEmergency(r.Context(), ui.User(r)); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, askPage(asking{kind: approval.Emergency, object: r.FormValue("file"), zone: ui.User(r).Zone, now: h.Clock.Now()}))
}

func (h *Handler) askEmergency(w http.ResponseWriter, r *http.Request) error {
	v := asking{kind: approval.Emergency, object: r.PostFormValue("object"), reason: r.PostFormValue("reason"), zone: ui.User(r).Zone, now: h.Clock.Now()}
	return h.ask(w, r, v, v.object)
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request, v asking, object string) error {
	id, err := h.Approvals.Ask(r.Context(), ui.User(r), v.kind, object, v.reason)
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) {
		v.problems = ui.ProblemsOf(r.Context(), err)
		if len(v.problems) == 0 {
			v.problems = ui.Problems{{Text: ui.Sentence(r.Context(), err)}}
		}
		return ui.Render(w, r, ui.StatusOf(err), askPage(v))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, address(id)+"?done=asked")
}

// aboutCall is the page that asks for an act on a call; once it is open, the page leads to the act.
func (h *Handler) aboutCall(kind approval.Kind) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := h.onCall(r, kind)
		if err != nil {
			return err
		}
		return ui.Render(w, r, http.StatusOK, askPage(v))
	}
}

func (h *Handler) onCall(r *http.Request, kind approval.Kind) (v asking, err error) {
	ctx, by, id := r.Context(), ui.User(r), call.ID(r.PathValue("id"))
	v = asking{kind: kind, reason: r.PostFormValue("reason"), zone: by.Zone, now: h.Clock.Now()}
	if v.standing, err = h.Approvals.Standing(ctx, by, kind, id); err != nil {
		return v, err
	}
	v.call, err = h.Calls.Get(ctx, by, id)
	v.simple = kind == approval.Deletion && v.call.Status == call.Draft
	return v, err
}

func (h *Handler) askAboutCall(kind approval.Kind) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := h.onCall(r, kind)
		if err != nil {
			return err
		}
		return h.ask(w, r, v, string(v.call.ID))
	}
}

// shown is the page of one request.
type shown struct {
	approval.Seen
	notice   string
	note     string
	problems ui.Problems
	zone     string
	now      time.Time
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.showWith(w, r, nil)
}

// notices are what the page may say of an act that was just done.
var notices = map[string]string{"asked": "approval.done_asked", "approve": "approval.done_approve", "refuse": "approval.done_refuse", "end": "approval.done_end"}

func (h *Handler) showWith(w http.ResponseWriter, r *http.Request, cause error) error {
	by := ui.User(r)
	req, err := h.Approvals.Get(r.Context(), by, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := shown{Seen: req, notice: notices[r.URL.Query().Get("done")], note: r.PostFormValue("note"), zone: by.Zone, now: h.Clock.Now()}
	status := http.StatusOK
	if cause != nil {
		status = ui.StatusOf(cause)
		if v.problems = ui.ProblemsOf(r.Context(), cause); len(v.problems) == 0 {
			v.problems = ui.Problems{{Text: ui.Sentence(r.Context(), cause)}}
		}
	}
	return ui.Render(w, r, status, showPage(v))
}

// done leads back to the request, or says there why nothing was done.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, act string, err error) error {
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) {
		return h.showWith(w, r, err)
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, address(r.PathValue("id"))+"?done="+act)
}

func (h *Handler) approve(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, "approve", h.Approvals.Approve(r.Context(), ui.User(r), r.PathValue("id"), r.PostFormValue("note")))
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, "refuse", h.Approvals.Refuse(r.Context(), ui.User(r), r.PathValue("id"), r.PostFormValue("note")))
}

func (h *Handler) end(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, "end", h.Approvals.End(r.Context(), ui.User(r), r.PathValue("id")))
}

// delete deletes a call for who may now.
func (h *Handler) delete(w http.ResponseWriter, r *http.Request) error {
	err := h.Calls.Delete(r.Context(), ui.User(r), call.ID(r.PathValue("id")))
	if errs.Is(err, errs.Conflict) {
		v, again := h.onCall(r, approval.Deletion)
		if again != nil {
			return again
		}
		v.problems = ui.Problems{{Text: ui.Sentence(r.Context(), err)}}
		return ui.Render(w, r, http.StatusConflict, askPage(v))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, "/calls?done=deleted")
}
