package files

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/screening"
	"transformateur/internal/web/ui"
)

// bulk does an act on the files that are ticked. Labels are put at once: they can be
// taken off. A verdict is shown in full first.
func (h *Handler) bulk(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	if _, err := h.Screening.FollowedCall(ctx, by, call.ID(r.PathValue("id"))); err != nil {
		return err
	}
	act, value, _ := strings.Cut(r.PostFormValue("act"), ":")
	var ids []application.ID
	for _, id := range r.PostForm["file"] {
		ids = append(ids, application.ID(id))
	}
	if len(ids) == 0 {
		return h.again(w, r, refusedSelection)
	}
	switch act {
	case "label", "unlabel":
		if err := h.Screening.Tag(ctx, by, value, act == "label", ids...); err != nil {
			return h.again(w, r, err)
		}
		return ui.Done(w, r, back(r), "files."+act+"led_done")
	case "verdict":
		return h.confirm(w, r, value, ids)
	}
	return h.again(w, r, errs.NewInvalid("application.invalid", []errs.Field{{Path: "act", Key: "files.no_act"}}))
}

// judging is what the page that confirms a verdict on several files holds.
type judging struct {
	call     call.Call
	verdict  string
	reason   string
	back     string
	files    []screening.Item // those on which the verdict will be given
	already  int              // chosen, and given this verdict already
	replaced int              // of files, given the other verdict before
	problems ui.Problems
}

// confirm says exactly what a verdict on several files will do.
func (h *Handler) confirm(w http.ResponseWriter, r *http.Request, verdict string, ids []application.ID) error {
	if verdict != screening.Admissible && verdict != screening.Inadmissible {
		return h.again(w, r, errs.NewInvalid("application.invalid", []errs.Field{{Path: "act", Key: "files.no_act"}}))
	}
	j, err := h.judge(r, verdict, ids)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, confirmPage(j))
}

func (h *Handler) judge(r *http.Request, verdict string, ids []application.ID) (judging, error) {
	ctx, by, id := r.Context(), ui.User(r), call.ID(r.PathValue("id"))
	j := judging{verdict: verdict, reason: r.PostFormValue("reason"), back: r.PostFormValue("back")}
	var err error
	if j.call, err = h.Screening.FollowedCall(ctx, by, id); err != nil {
		return j, err
	}
	items, err := h.Screening.List(ctx, by, id, screening.Filter{})
	if err != nil {
		return j, err
	}
	chosen := make(map[application.ID]bool, len(ids))
	for _, id := range ids {
		chosen[id] = true
	}
	for _, item := range items {
		switch {
		case !chosen[item.ID] || item.Status == application.Withdrawn:
		case item.Verdict == verdict:
			j.already++
		default:
			if item.Verdict != "" {
				j.replaced++
			}
			j.files = append(j.files, item)
		}
	}
	return j, nil
}

// admitAll gives the verdict that was confirmed. Each file comes with the version of
// the verdict that was shown: one given meanwhile stops everything.
func (h *Handler) admitAll(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	if _, err := h.Screening.FollowedCall(ctx, by, call.ID(r.PathValue("id"))); err != nil {
		return err
	}
	r.ParseForm()
	var ballots []screening.Ballot
	var ids []application.ID
	for _, value := range r.PostForm["file"] {
		id, version, _ := strings.Cut(value, ":")
		base, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			return errs.New(errs.Invalid, "application.invalid")
		}
		ballots = append(ballots, screening.Ballot{ID: application.ID(id), Base: base})
		ids = append(ids, application.ID(id))
	}
	if len(ballots) == 0 {
		return h.again(w, r, refusedSelection)
	}
	v := screening.Verdict{Verdict: r.PostFormValue("verdict"), Reason: strings.TrimSpace(r.PostFormValue("reason"))}
	err := h.Screening.AdmitAll(ctx, by, v, ballots)
	if err == nil {
		return ui.Done(w, r, back(r), "files.admitted_all_done")
	}
	problems := ui.ProblemsOf(ctx, err)
	if errs.KeyOf(err) == "application.changed_meanwhile" {
		problems = ui.Problems{{Text: i18n.T(ctx, "files.admit_all_stale")}}
	}
	if problems == nil {
		return err
	}
	j, loadErr := h.judge(r, v.Verdict, ids)
	if loadErr != nil {
		return loadErr
	}
	j.problems = problems
	return ui.Render(w, r, ui.Status(errs.KindOf(err)), confirmPage(j))
}

// bulkGroups are the acts that the ticked files can be given.
func bulkGroups(ctx context.Context, l listing) []ui.OptionGroup {
	verdicts := ui.OptionGroup{Label: i18n.T(ctx, "files.bulk_verdicts"), Options: options(ctx, "files.bulk_", "verdict:admissible", "verdict:inadmissible")}
	put, off := ui.OptionGroup{Label: i18n.T(ctx, "files.bulk_label")}, ui.OptionGroup{Label: i18n.T(ctx, "files.bulk_unlabel")}
	for _, label := range l.order {
		put.Options = append(put.Options, ui.Option{Value: "label:" + label.ID, Label: label.Name})
		off.Options = append(off.Options, ui.Option{Value: "unlabel:" + label.ID, Label: label.Name})
	}
	if len(l.order) == 0 {
		return []ui.OptionGroup{verdicts}
	}
	return []ui.OptionGroup{put, off, verdicts}
}
