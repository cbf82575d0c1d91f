package applications

import (
	"net/http"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// offer is what the invitation form holds.
type offer struct{ Email, Role, Message string }

// team lists who writes, reads and signs, and the offers that wait.
func (h *Handler) team(w http.ResponseWriter, r *http.Request) error {
	return h.renderTeam(w, r, http.StatusOK, offer{Role: "editor"}, nil)
}

func (h *Handler) renderTeam(w http.ResponseWriter, r *http.Request, status int, o offer, problems ui.Problems) error {
	ctx, user := r.Context(), ui.User(r)
	f, err := h.Files.Open(ctx, user, fileID(r))
	if err != nil {
		return err
	}
	members, err := h.Files.Team(ctx, user, f.ID)
	if err != nil {
		return err
	}
	invited, err := h.Files.Invited(ctx, user, f.ID)
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, teamPage(f, user.ID, members, invited, o, problems))
}

func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	if taken := r.FormValue("uninvite"); taken != "" {
		if err := h.Files.Uninvite(r.Context(), ui.User(r), fileID(r), taken); err != nil {
			return err
		}
		return ui.Done(w, r, at(fileID(r), "team"), "applications.uninvited_done")
	}
	o := offer{r.FormValue("email"), r.FormValue("role"), r.FormValue("message")}
	err := h.Files.Invite(r.Context(), ui.User(r), fileID(r), o.Email, o.Role, o.Message)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.renderTeam(w, r, ui.StatusOf(err), o, problems)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), "team"), "applications.invited_done")
}

// changeRole gives another role, removes a member, or hands the file over.
func (h *Handler) changeRole(w http.ResponseWriter, r *http.Request) error {
	ctx, user, id := r.Context(), ui.User(r), fileID(r)
	person := account.PersonID(r.PathValue("person"))
	var err error
	switch role := r.FormValue("role"); role {
	case "owner":
		err = h.Files.Transfer(ctx, user, id, person)
	case "none":
		err = h.Files.ChangeRole(ctx, user, id, person, "")
	case "":
		err = errs.New(errs.Invalid, "application.role_unknown")
	default:
		err = h.Files.ChangeRole(ctx, user, id, person, role)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(id, "team"), "applications.role_done")
}

func (h *Handler) leave(w http.ResponseWriter, r *http.Request) error {
	if err := h.Files.Leave(r.Context(), ui.User(r), fileID(r)); err != nil {
		return err
	}
	return ui.Done(w, r, "/applications", "applications.left_done")
}

// comments is the talk inside the team.
func (h *Handler) comments(w http.ResponseWriter, r *http.Request) error {
	return h.renderComments(w, r, http.StatusOK, r.URL.Query().Get("field"), "", nil)
}

func (h *Handler) renderComments(w http.ResponseWriter, r *http.Request, status int, field, body string, problems ui.Problems) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	list, err := h.Files.Comments(r.Context(), ui.User(r), f.ID)
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, commentsPage(f, list, field, body, problems))
}

func (h *Handler) comment(w http.ResponseWriter, r *http.Request) error {
	field, body := r.FormValue("field"), r.FormValue("body")
	err := h.Files.Comment(r.Context(), ui.User(r), fileID(r), field, body)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.renderComments(w, r, ui.StatusOf(err), field, body, problems)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), "comments"), "applications.commented_done")
}

func (h *Handler) settleComment(w http.ResponseWriter, r *http.Request) error {
	if err := h.Files.SettleComment(r.Context(), ui.User(r), fileID(r), r.PathValue("comment")); err != nil {
		return err
	}
	return ui.See(w, r, at(fileID(r), "comments"))
}

// thread is the talk with the programme's team.
func (h *Handler) thread(w http.ResponseWriter, r *http.Request) error {
	return h.renderThread(w, r, http.StatusOK, "", nil)
}

func (h *Handler) renderThread(w http.ResponseWriter, r *http.Request, status int, body string, problems ui.Problems) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	var list []application.Message
	if list, err = h.Files.Thread(r.Context(), ui.User(r), f.ID); err != nil {
		return err
	}
	return ui.Render(w, r, status, threadPage(f, list, body, problems))
}

func (h *Handler) send(w http.ResponseWriter, r *http.Request) error {
	if err := h.Files.Allowed(r.Context(), ui.User(r), fileID(r)); err != nil {
		return err // the programme's side writes from its own pages
	}
	body := r.FormValue("body")
	err := h.Files.Send(r.Context(), ui.User(r), fileID(r), body)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.renderThread(w, r, ui.StatusOf(err), body, problems)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), "thread"), "applications.sent_done")
}
