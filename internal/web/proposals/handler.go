// Package proposals is the pages of what partners offer projects: the offers of an edition, the table of needs, and those of each project.
package proposals

import (
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /editions/{id}/offers and /projects/{id}/offers.
type Handler struct{ Offers *proposal.Service }

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern, action, kind string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: policy.Action("proposal." + action), On: kind, Handle: handle}
	}
	return []ui.Route{
		on("GET /editions/{id}/offers", "follow", "edition", h.list),
		on("POST /editions/{id}/offers", "make", "edition", h.make),
		on("POST /editions/{id}/offers/{offered}", "make", "edition", h.move),
		on("GET /editions/{id}/offers/needs", "follow", "edition", h.table),
		on("GET /editions/{id}/offers/needs.csv", "follow", "edition", h.file),
		on("GET /projects/{id}/offers", "read", "project", h.around),
		on("POST /projects/{id}/offers/{given}", "answer", "project", h.answer),
	}
}

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func projectOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func under(id programme.EditionID, more ...string) string {
	where := ui.EditionURL(id) + "/offers"
	for _, part := range more {
		where += "/" + url.PathEscape(part)
	}
	return where
}

func of(id project.ID) string { return "/projects/" + url.PathEscape(string(id)) + "/offers" }

func version(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	return n
}

// desk is the offers of an edition, with one as it was typed, or what was to become of another.
type desk struct {
	proposal.View
	in       proposal.Sheet
	about    string // "project:line", as it was chosen
	moving   string // which offer an act is of, "" for a new one
	promise  proposal.Promise
	why      string
	problems ui.Problems
}

func (h *Handler) desk(w http.ResponseWriter, r *http.Request, status int, v desk) (err error) {
	if v.View, err = h.Offers.View(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, deskPage(v))
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	return h.desk(w, r, http.StatusOK, desk{about: r.URL.Query().Get("about")})
}

// done leads back to the offers, or shows there why nothing was done.
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

func (h *Handler) make(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	v := desk{about: form("project"), in: proposal.Sheet{Partner: partner.ID(form("partner")), Kind: form("kind"), Body: form("body"), Quantity: form("quantity"), Until: form("until")}}
	v.in.Project, v.in.Line = chosen(v.about)
	_, err := h.Offers.Make(r.Context(), ui.User(r), editionOf(r), v.in)
	return h.done(w, r, err, "proposals.made_done", v)
}

// move takes an offer back, or makes a commitment of it.
func (h *Handler) move(w http.ResponseWriter, r *http.Request) error {
	ctx, by, form := r.Context(), ui.User(r), r.PostFormValue
	v := desk{moving: r.PathValue("offered"), why: form("why"), promise: proposal.Promise{What: form("what"), Due: form("due"), Contact: form("contact"), Version: version(r)}}
	switch form("do") {
	case "promise":
		return h.done(w, r, h.Offers.Promise(ctx, by, editionOf(r), v.moving, v.promise), "proposals.promised_done", v)
	case "withdraw":
		return h.done(w, r, h.Offers.Withdraw(ctx, by, editionOf(r), v.moving, proposal.Step{Why: v.why, Version: version(r)}), "proposals.withdrawn_done", v)
	}
	return h.done(w, r, errs.New(errs.Invalid, "proposals.act_unknown"), "", v)
}

// table is the needs and what answers them; "open" leaves those that nobody answers.
type table struct {
	proposal.View
	open bool
	rows []proposal.Row
}

func (h *Handler) rows(r *http.Request) (v table, err error) {
	v.open = r.URL.Query().Has("open")
	if v.View, err = h.Offers.View(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return v, err
	}
	if v.rows = v.Rows; v.open {
		v.rows = v.Unanswered()
	}
	return v, nil
}

func (h *Handler) table(w http.ResponseWriter, r *http.Request) error {
	v, err := h.rows(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, tablePage(v))
}

func (h *Handler) file(w http.ResponseWriter, r *http.Request) error {
	v, err := h.rows(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	s := sheet.Sheet{Name: i18n.T(ctx, "proposals.needs"), Head: []string{i18n.T(ctx, "proposals.head_project"), i18n.T(ctx, "proposals.head_need")}}
	for _, p := range v.Partners {
		s.Head = append(s.Head, p.Title())
	}
	for _, row := range v.rows {
		line := []any{row.Title, need(ctx, row)}
		for _, cells := range row.Cells {
			line = append(line, inWords(ctx, cells))
		}
		s.Rows = append(s.Rows, line)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "proposals.file")+".csv"))
	return sheet.Book{}.CSV(w, s, true)
}

// received is what is offered to a project, with an answer as it was typed.
type received struct {
	proposal.Around
	which    string
	why      string
	problems ui.Problems
}

func (h *Handler) reading(w http.ResponseWriter, r *http.Request, status int, v received) (err error) {
	if v.Around, err = h.Offers.Around(r.Context(), ui.User(r), projectOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, aroundPage(v))
}

func (h *Handler) around(w http.ResponseWriter, r *http.Request) error {
	return h.reading(w, r, http.StatusOK, received{})
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	v := received{which: r.PathValue("given"), why: r.PostFormValue("why")}
	accepts := r.PostFormValue("do") == "accept"
	err := h.Offers.Answer(r.Context(), ui.User(r), projectOf(r), v.which, proposal.Answer{Accepts: accepts, Why: v.why, Version: version(r)})
	var show bool
	if v.problems, show = ui.Again(r.Context(), err); show {
		return h.reading(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	said := "proposals.declined_done"
	if accepts {
		said = "proposals.accepted_done"
	}
	return ui.Done(w, r, of(projectOf(r)), said)
}
