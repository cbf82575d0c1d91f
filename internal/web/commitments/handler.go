// Package commitments is the pages of what partners promise projects: those of an edition, its yearly account, and those of each project.
package commitments

import (
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /editions/{id}/commitments and /projects/{id}/commitments.
type Handler struct{ Commitments *commitment.Service }

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern string, action policy.Action, kind string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: kind, Handle: handle}
	}
	return []ui.Route{
		on("GET /editions/{id}/commitments", "commitment.follow", "edition", h.list),
		on("POST /editions/{id}/commitments", "commitment.make", "edition", h.promise),
		on("POST /editions/{id}/commitments/{promise}", "commitment.make", "edition", h.move),
		on("GET /editions/{id}/commitments/account", "commitment.follow", "edition", h.account),
		on("GET /editions/{id}/commitments/account.csv", "commitment.follow", "edition", h.accountFile),
		on("GET /projects/{id}/commitments", "commitment.read", "project", h.around),
		on("POST /projects/{id}/commitments/{commitment}/confirm", "commitment.confirm", "project", h.confirm),
	}
}

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func projectOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func under(id programme.EditionID, more ...string) string {
	where := ui.EditionURL(id) + "/commitments"
	for _, part := range more {
		where += "/" + url.PathEscape(part)
	}
	return where
}

func of(id project.ID) string { return "/projects/" + url.PathEscape(string(id)) + "/commitments" }

// desk is the commitments of an edition, with one as it was typed, or a step of another.
type desk struct {
	commitment.View
	in       commitment.Sheet
	about    string // "project:line", as it was chosen
	step     commitment.Step
	moving   string // which one the step is of, "" for a new one
	problems ui.Problems
}

func (h *Handler) desk(w http.ResponseWriter, r *http.Request, status int, v desk) (err error) {
	if v.View, err = h.Commitments.View(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, deskPage(v))
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	return h.desk(w, r, http.StatusOK, desk{about: r.URL.Query().Get("about")})
}

// done leads back to the commitments, or shows there why nothing was done.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, err error, said string, v desk) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return h.desk(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(editionOf(r)), said)
}

func (h *Handler) promise(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	v := desk{about: form("project"), in: commitment.Sheet{Partner: partner.ID(form("partner")), What: form("what"), Due: form("due"), Contact: form("contact")}}
	v.in.Project, v.in.Line = chosen(v.about)
	_, err := h.Commitments.Make(r.Context(), ui.User(r), editionOf(r), v.in)
	return h.done(w, r, err, "commitments.made_done", v)
}

func (h *Handler) move(w http.ResponseWriter, r *http.Request) error {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	v := desk{moving: r.PathValue("promise"), step: commitment.Step{To: commitment.State(r.PostFormValue("state")), Why: r.PostFormValue("why"), Version: version}}
	return h.done(w, r, h.Commitments.Move(r.Context(), ui.User(r), editionOf(r), v.moving, v.step), "commitments.moved_done", v)
}

func (h *Handler) year(r *http.Request) (commitment.Account, error) {
	year, _ := strconv.Atoi(r.URL.Query().Get("year"))
	return h.Commitments.Account(r.Context(), ui.User(r), editionOf(r), year)
}

func (h *Handler) account(w http.ResponseWriter, r *http.Request) error {
	v, err := h.year(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, accountPage(v))
}

func (h *Handler) accountFile(w http.ResponseWriter, r *http.Request) error {
	v, err := h.year(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	s := sheet.Sheet{Name: i18n.T(ctx, "commitments.account")}
	for _, key := range []string{"partner", "project", "what", "due", "state", "why", "confirmed"} {
		s.Head = append(s.Head, i18n.T(ctx, "commitments.head_"+key))
	}
	for _, row := range v.Rows {
		for _, c := range row.List {
			s.Rows = append(s.Rows, []any{row.By, c.Title, c.What, c.Due, i18n.T(ctx, "commitments.state_"+string(c.State)), c.Why, !c.ConfirmedAt.IsZero()})
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "commitments.file", v.Year)+".csv"))
	return sheet.Book{Yes: i18n.T(ctx, "syntheses.yes"), No: i18n.T(ctx, "syntheses.no")}.CSV(w, s, true)
}

// received is what was promised to a project.
type received struct {
	commitment.Around
	problems ui.Problems
}

func (h *Handler) reading(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	v, err := h.Commitments.Around(r.Context(), ui.User(r), projectOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, aroundPage(received{v, problems}))
}

func (h *Handler) around(w http.ResponseWriter, r *http.Request) error {
	return h.reading(w, r, http.StatusOK, nil)
}

func (h *Handler) confirm(w http.ResponseWriter, r *http.Request) error {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	err := h.Commitments.Confirm(r.Context(), ui.User(r), projectOf(r), r.PathValue("commitment"), version)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.reading(w, r, ui.StatusOf(err), problems)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, of(projectOf(r)), "commitments.confirmed_done")
}
