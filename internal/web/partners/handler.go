// Package partners is the pages of the institutional partners of an edition: who they are, and what each one reads.
package partners

import (
	"net/http"
	"net/url"

	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers below /editions/{id}/partners.
type Handler struct {
	Partners *partner.Service
	Sheets   *synthesis.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "edition", Handle: handle}
	}
	return []ui.Route{
		on("GET /editions/{id}/partners", "partner.manage", h.board),
		on("POST /editions/{id}/partners", "partner.manage", h.invite),
		on("POST /editions/{id}/partners/{partner}/remove", "partner.manage", h.remove),
		on("GET /editions/{id}/partners/projects", "partner.read", h.received),
		on("POST /editions/{id}/partners/projects/export", "partner.read", h.export),
		on("GET /editions/{id}/partners/projects/exports/{export}", "partner.read", h.taken),
	}
}

func idOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func under(id programme.EditionID, more ...string) string {
	where := ui.EditionURL(id) + "/partners"
	for _, part := range more {
		where += "/" + url.PathEscape(part)
	}
	return where
}

// board is the partners of an edition, with an invitation as it was typed.
type board struct {
	partner.Board
	in       partner.Asked
	problems ui.Problems
}

func (h *Handler) people(w http.ResponseWriter, r *http.Request, status int, v board) (err error) {
	if v.Board, err = h.Partners.People(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, boardPage(v))
}

func (h *Handler) board(w http.ResponseWriter, r *http.Request) error {
	return h.people(w, r, http.StatusOK, board{in: partner.Asked{Lang: string(i18n.From(r.Context()))}})
}

func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	in := partner.Asked{Email: form("email"), Name: form("name"), Organisation: form("organisation"), Lang: form("lang"), Message: form("message")}
	err := h.Partners.Invite(r.Context(), ui.User(r), idOf(r), in)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.people(w, r, ui.StatusOf(err), board{in: in, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(idOf(r)), "partners.invited_done")
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	if err := h.Partners.Remove(r.Context(), ui.User(r), idOf(r), partner.ID(r.PathValue("partner"))); err != nil {
		return err
	}
	return ui.Done(w, r, under(idOf(r)), "partners.removed_done")
}

// received is what a partner reads.
type received struct {
	synthesis.Received
	problems ui.Problems
}

func (h *Handler) reading(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	v, err := h.Sheets.Received(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, receivedPage(received{v, problems}))
}

func (h *Handler) received(w http.ResponseWriter, r *http.Request) error {
	return h.reading(w, r, http.StatusOK, nil)
}

// export notes what she takes away, then gives it: a file, or the address of a page to print.
func (h *Handler) export(w http.ResponseWriter, r *http.Request) error {
	ctx, format := r.Context(), r.PostFormValue("format")
	id, v, err := h.Sheets.Export(ctx, ui.User(r), idOf(r), format)
	if problems, show := ui.Again(ctx, err); show {
		return h.reading(w, r, ui.StatusOf(err), problems)
	}
	if err != nil {
		return err
	}
	if format == synthesis.AsPage {
		return ui.See(w, r, under(idOf(r), "projects", "exports", id))
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "partners.received")}
	for _, key := range []string{"project", "part", "line", "help", "addressee"} {
		s.Head = append(s.Head, i18n.T(ctx, "partners.head_"+key))
	}
	for _, p := range v.Projects {
		for _, l := range p.Lines {
			s.Rows = append(s.Rows, []any{p.Title, i18n.T(ctx, "syntheses.part_"+string(l.Part)), l.Body, help(ctx, l), l.Addressee})
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "partners.file")+".csv"))
	return sheet.Book{}.CSV(w, s, true)
}

func (h *Handler) taken(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Sheets.Taken(r.Context(), ui.User(r), idOf(r), r.PathValue("export"))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, takenPage(received{Received: v}))
}
