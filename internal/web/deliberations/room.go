package deliberations

import (
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/opinion"
	"transformateur/internal/web/ui"
)

// hall is the page of the room.
type hall struct {
	deliberation.View
	tabs     []ui.NavItem
	opinions []opinion.Opinion // of experts, on what is discussed
	problems ui.Problems
	wall     bool // large, for a projector, without anything to do
}

func (h *Handler) room(w http.ResponseWriter, r *http.Request) error { return h.roomWith(w, r, nil) }

func (h *Handler) roomWith(w http.ResponseWriter, r *http.Request, cause error) error {
	v := hall{wall: r.URL.Query().Has("wall")}
	var err error
	if v.View, err = h.Rooms.Room(r.Context(), ui.User(r), id(r)); err != nil {
		return err
	}
	if v.Waiting {
		return ui.Render(w, r, http.StatusOK, waitingPage(v.Selection))
	}
	v.tabs = tabs(r.Context(), v.Selection, "room", v.May)
	if v.opinions, err = h.heard(r, v); err != nil {
		return err
	}
	status := http.StatusOK
	if cause != nil {
		v.problems, _ = shown(r.Context(), cause)
		status = ui.StatusOf(cause)
	}
	return ui.Render(w, r, status, roomPage(v))
}

// heard are the opinions on the file under discussion; who may not know of its reviews hears none.
func (h *Handler) heard(r *http.Request, v hall) ([]opinion.Opinion, error) {
	if h.Opinions == nil || v.File == nil || v.wall {
		return nil, nil
	}
	list, err := h.Opinions.Heard(r.Context(), ui.User(r), v.File.ID)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) {
		return nil, nil
	}
	return list, err
}

// done leads back to the room, or says there why nothing was done.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, err error) error {
	if err == nil {
		return ui.See(w, r, address(id(r)))
	}
	if _, here := shown(r.Context(), err); here {
		return h.roomWith(w, r, err)
	}
	return err
}

func (h *Handler) presence(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("act") == "leave" {
		return h.done(w, r, h.Rooms.Leave(r.Context(), ui.User(r), id(r)))
	}
	if r.PostFormValue("act") == "join" {
		return h.done(w, r, h.Rooms.Join(r.Context(), ui.User(r), id(r)))
	}
	return h.done(w, r, h.Rooms.Enter(r.Context(), ui.User(r), id(r)))
}

func (h *Handler) propose(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Rooms.Propose(r.Context(), ui.User(r), id(r), deliberation.Outcome(r.PostFormValue("kind")), r.PostFormValue("wording")))
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Rooms.Withdraw(r.Context(), ui.User(r), id(r), r.PostFormValue("motion")))
}

func (h *Handler) vote(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Rooms.Cast(r.Context(), ui.User(r), id(r), r.PostFormValue("motion"), deliberation.Choice(r.PostFormValue("choice"))))
}

func (h *Handler) putToVote(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Rooms.PutToVote(r.Context(), ui.User(r), id(r), r.PostFormValue("motion")))
}

func (h *Handler) closeVote(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Rooms.CloseVote(r.Context(), ui.User(r), id(r), r.PostFormValue("motion")))
}

func (h *Handler) call(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Rooms.Call(r.Context(), ui.User(r), id(r), application.ID(r.PostFormValue("file")), application.ID(r.PostFormValue("beside"))))
}

func (h *Handler) arrange(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Rooms.Arrange(r.Context(), ui.User(r), id(r), application.ID(r.PostFormValue("file")), r.PostFormValue("to") == "up"))
}

func (h *Handler) rerank(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Rooms.Rerank(r.Context(), ui.User(r), id(r), application.ID(r.PostFormValue("file"))))
}

func (h *Handler) timer(w http.ResponseWriter, r *http.Request) error {
	minutes, err := strconv.Atoi(r.PostFormValue("minutes"))
	if err != nil {
		minutes = -1 // refused as out of bounds
	}
	return h.done(w, r, h.Rooms.Time(r.Context(), ui.User(r), id(r), minutes))
}

// number says which file it is.
func number(ctx context.Context, a application.Application) string {
	return i18n.T(ctx, "deliberations.file", a.Number, a.Title)
}

func fileURL(a application.Application) string { return "/files/" + string(a.ID) }

// outcome says a decision in a badge.
func outcome(ctx context.Context, d deliberation.Decision) (ui.Tone, string) {
	return outcomeTone(d.Outcome), outcomeWords(ctx, d.Outcome, d.Rank)
}

func outcomeWords(ctx context.Context, o deliberation.Outcome, rank int) string {
	if o == deliberation.Reserve && rank > 0 {
		return i18n.T(ctx, "deliberations.reserve_rank", rank)
	}
	return i18n.T(ctx, "deliberations.outcome_"+string(o))
}

func outcomeTone(o deliberation.Outcome) ui.Tone {
	switch o {
	case deliberation.Retain, deliberation.Merge, deliberation.Pair:
		return ui.Success
	case deliberation.Refuse:
		return ui.Warning
	}
	return ui.Info
}

// voting is the motion whose vote is open.
func (v hall) voting() (deliberation.Motion, bool) {
	for _, m := range v.Motions {
		if m.Status == deliberation.Voting {
			return m, true
		}
	}
	return deliberation.Motion{}, false
}

// out names those who stepped out for what is discussed.
func (v hall) out() (names []string) {
	for _, p := range v.Here {
		if p.Out {
			names = append(names, p.Name)
		}
	}
	return names
}

// kinds are the motions that may be proposed on what is discussed.
func (v hall) kinds(ctx context.Context) (list []ui.Option) {
	for _, o := range deliberation.Outcomes {
		if v.Beside == nil && (o == deliberation.Merge || o == deliberation.Pair) {
			continue
		}
		list = append(list, ui.Option{Value: string(o), Label: i18n.T(ctx, "deliberations.motion_"+string(o))})
	}
	return list
}

// files are those that may stand beside the one under discussion.
func (v hall) files(ctx context.Context) (list []ui.Option) {
	for _, one := range v.Items {
		if !one.Current {
			list = append(list, ui.Option{Value: string(one.ID), Label: number(ctx, one.Application)})
		}
	}
	return list
}

func (v hall) beside() []string {
	if v.Beside == nil {
		return nil
	}
	return []string{string(v.Beside.ID)}
}

// role says why somebody is in the room.
func role(ctx context.Context, p deliberation.Person) string {
	text := p.Sits
	if p.Role == "" {
		text = i18n.T(ctx, "deliberations.guest")
	} else if p.Role != committee.Juror {
		text = i18n.T(ctx, "deliberations.role_"+string(p.Role))
		if p.Sits != "" {
			text += " · " + p.Sits
		}
	}
	return text
}

// said is what a screen reader is told when the room changes.
func (v hall) said(ctx context.Context) string {
	switch m, open := v.voting(); {
	case open:
		return i18n.T(ctx, "deliberations.said_vote", i18n.T(ctx, "deliberations.motion_"+string(m.Kind)))
	case v.File != nil:
		return number(ctx, v.File.Application)
	}
	return i18n.T(ctx, "deliberations.nothing")
}

func wallQuery(wall bool) string {
	if wall {
		return "?wall"
	}
	return ""
}

func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
