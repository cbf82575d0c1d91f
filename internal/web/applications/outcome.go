package applications

import (
	"context"
	"net/http"
	"time"

	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// outcomeRoutes are the addresses where a team reads what was decided, and answers.
func (h *Handler) outcomeRoutes() []ui.Route {
	const on = "application"
	return []ui.Route{
		{Pattern: "GET /applications/{id}/outcome", Action: "application.outcome", On: on, Handle: h.outcome},
		{Pattern: "POST /applications/{id}/outcome/place", Action: "application.confirm", On: on, Handle: h.place},
		{Pattern: "POST /applications/{id}/outcome/appeal", Action: "application.appeal", On: on, Handle: h.appeal},
	}
}

// verdict is the page of what was decided of a file, with what was typed.
type verdict struct {
	decision.Outcome
	reason, grounds string
	round           string // the selection about which something was typed
	problems        ui.Problems
}

func (h *Handler) verdict(r *http.Request) (v verdict, err error) {
	v.Outcome, err = h.Decisions.Outcome(r.Context(), ui.User(r), fileID(r))
	return v, err
}

func (h *Handler) outcome(w http.ResponseWriter, r *http.Request) error {
	v, err := h.verdict(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, outcomePage(v))
}

// outcomeAgain shows the page with what was typed, and why it was refused.
func (h *Handler) outcomeAgain(w http.ResponseWriter, r *http.Request, cause error) error {
	if !errs.Is(cause, errs.Invalid) && !errs.Is(cause, errs.Conflict) {
		return cause
	}
	v, err := h.verdict(r)
	if err != nil {
		return err
	}
	if v.problems = ui.ProblemsOf(r.Context(), cause); len(v.problems) == 0 {
		v.problems = ui.Problems{{Text: ui.Sentence(r.Context(), cause)}}
	}
	v.round, v.reason, v.grounds = r.PostFormValue("selection"), r.PostFormValue("reason"), r.PostFormValue("grounds")
	return ui.Render(w, r, ui.StatusOf(cause), outcomePage(v))
}

// place accepts the place that a decision opened, or leaves it.
func (h *Handler) place(w http.ResponseWriter, r *http.Request) error {
	round, done := committee.SelectionID(r.PostFormValue("selection")), "applications.place_confirmed_done"
	var err error
	if r.PostFormValue("act") == "leave" {
		done = "applications.place_left_done"
		err = h.Decisions.GiveUp(r.Context(), ui.User(r), round, fileID(r), r.PostFormValue("reason"))
	} else {
		err = h.Decisions.Confirm(r.Context(), ui.User(r), round, fileID(r))
	}
	if err != nil {
		return h.outcomeAgain(w, r, err)
	}
	return ui.Done(w, r, at(fileID(r), "outcome"), done)
}

func (h *Handler) appeal(w http.ResponseWriter, r *http.Request) error {
	if err := h.Decisions.Appeal(r.Context(), ui.User(r), committee.SelectionID(r.PostFormValue("selection")), fileID(r), r.PostFormValue("grounds")); err != nil {
		return h.outcomeAgain(w, r, err)
	}
	return ui.Done(w, r, at(fileID(r), "outcome"), "applications.appeal_done")
}

// day rounds an instant to the day, where the call is: the hour of a deliberation would
// tell who sat in it.
func (v verdict) day(ctx context.Context, t time.Time) string {
	return ui.Day(ctx, ui.Local(t, v.Call.Zone))
}

// lastDay is the last day before an instant at which something ends.
func (v verdict) lastDay(ctx context.Context, t time.Time) string {
	return v.day(ctx, t.Add(-time.Second))
}

func (v verdict) until(ctx context.Context, t time.Time) string {
	return ui.Instant(ctx, ui.Local(t, v.Call.Zone))
}

func toldTone(d decision.Decision) ui.Tone {
	switch {
	case d.Kept():
		return ui.Success
	case d.Outcome == deliberation.Refuse:
		return ui.Info
	}
	return ui.Warning
}

// toldAs says what was decided, in words for the team.
func toldAs(ctx context.Context, d decision.Decision) string {
	if d.Outcome == deliberation.Reserve && d.Rank > 0 && d.PromotedAt.IsZero() {
		return i18n.T(ctx, "applications.outcome_reserve_rank", d.Rank)
	}
	return i18n.T(ctx, "applications.outcome_"+string(d.Outcome))
}

func leaveLabel(ctx context.Context, t decision.Told) string {
	if t.Decision.Waits() {
		return i18n.T(ctx, "applications.reserve_leave")
	}
	return i18n.T(ctx, "applications.place_leave")
}

// at is the problem of a field about one round; kept is what was typed there.
func (v verdict) at(t decision.Told, path string) string {
	if v.round != string(t.Selection) {
		return ""
	}
	return v.problems.At(path)
}

func (v verdict) kept(t decision.Told, typed string) string {
	if v.round != string(t.Selection) {
		return ""
	}
	return typed
}
