package files

import (
	"context"
	"net/http"

	"transformateur/internal/application"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/screening"
	"transformateur/internal/web/ui"
)

// change is an answer that differs between two deposits, word by word.
type change struct {
	label string
	spans []text.Span
}

// deposit is one deposit with what it changed to the one before.
type deposit struct {
	screening.Submission
	changes []change
	first   bool
}

func (h *Handler) history(w http.ResponseWriter, r *http.Request) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	list, err := h.Screening.Submissions(r.Context(), ui.User(r), f.ID)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, historyPage(*f, h.compared(r.Context(), *f, list)))
}

// compared puts the last deposit first, each with what it changed.
func (h *Handler) compared(ctx context.Context, f reading, list []screening.Submission) []deposit {
	say := speech(ctx, h.Files.Checks(f.File))
	out := make([]deposit, 0, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		d := deposit{Submission: list[i], first: i == 0}
		if i > 0 {
			if list[i-1].Title != list[i].Title {
				d.changes = append(d.changes, change{i18n.T(ctx, "files.project_name"), text.Diff(list[i-1].Title, list[i].Title)})
			}
			for _, c := range list[i-1].ChangesTo(list[i]) {
				d.changes = append(d.changes, change{c.Field.Label.In(say.Lang), text.Diff(c.Field.Plain(c.Before, say), c.Field.Plain(c.After, say))})
			}
		}
		out = append(out, d)
	}
	return out
}

func (h *Handler) journal(w http.ResponseWriter, r *http.Request) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	acts, err := h.Screening.Acts(r.Context(), ui.User(r), f.ID)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, journalPage(*f, events(r.Context(), *f, acts)))
}

// events say the acts in words: by role, never by name.
func events(ctx context.Context, f reading, acts []screening.Act) []ui.Event {
	out := make([]ui.Event, len(acts))
	for i, a := range acts {
		who := "files.role_" + a.Role
		if !i18n.Has(who) {
			who = "files.role_other"
		}
		what := "files.act_" + a.Act[len("application."):]
		if a.Act == "application.admitted" {
			if verdict, _ := a.More["verdict"].(string); i18n.Has(what + "_" + verdict) {
				what += "_" + verdict
			}
		}
		out[i] = ui.Event{At: ui.Local(a.At, f.Call.Zone), Who: i18n.T(ctx, who), What: i18n.T(ctx, what)}
	}
	return out
}

func (h *Handler) thread(w http.ResponseWriter, r *http.Request) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	return h.showThread(w, r, f, http.StatusOK)
}

func (h *Handler) showThread(w http.ResponseWriter, r *http.Request, f *reading, status int) error {
	var err error
	if f.messages, err = h.Files.Thread(r.Context(), ui.User(r), f.ID); err != nil {
		return err
	}
	return ui.Render(w, r, status, threadPage(*f))
}

func (h *Handler) send(w http.ResponseWriter, r *http.Request) error {
	id := application.ID(r.PathValue("id"))
	refused := h.Files.Send(r.Context(), ui.User(r), id, r.PostFormValue("body"))
	if refused == nil {
		return ui.Done(w, r, fileURL(id, "/thread"+withQuery("", valuesOf(kept(r.PostFormValue("back"))))), "files.sent_done")
	}
	problems := ui.ProblemsOf(r.Context(), refused)
	if problems == nil {
		return refused
	}
	f, err := h.read(w, r)
	if errs.KeyOf(err) == "application.own_file" {
		return refused // she may write here, and her own page is elsewhere
	}
	if err != nil || f == nil {
		return err
	}
	f.problems, f.typed = problems, r.PostForm
	return h.showThread(w, r, f, ui.Status(errs.KindOf(refused)))
}
