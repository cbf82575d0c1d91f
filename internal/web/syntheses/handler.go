// Package syntheses is the pages of a project's synthesis sheet: writing it, choosing who reads each line, and seeing it as a partner does.
package syntheses

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers below /projects/{id}/synthesis.
type Handler struct {
	Sheets *synthesis.Service
	Offers *proposal.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: policy.Action("synthesis." + action), On: "project", Handle: handle}
	}
	return []ui.Route{
		on("GET /projects/{id}/synthesis", "read", h.show),
		on("POST /projects/{id}/synthesis", "write", h.turn),
		on("POST /projects/{id}/synthesis/lines", "write", h.add),
		on("POST /projects/{id}/synthesis/lines/{line}", "write", h.change),
		on("GET /projects/{id}/synthesis/sharing", "share", h.sharing),
		on("POST /projects/{id}/synthesis/sharing", "consent", h.share),
		on("GET /projects/{id}/synthesis/preview/{partner}", "share", h.preview),
	}
}

func idOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func at(id project.ID, more ...string) string {
	where := "/projects/" + url.PathEscape(string(id)) + "/synthesis"
	for _, part := range more {
		where += "/" + url.PathEscape(part)
	}
	return where
}

// page is a sheet, with a line as it was typed: line says which one, "" for a new one.
type page struct {
	synthesis.Sheet
	words    synthesis.Words
	line     string
	typed    bool
	problems ui.Problems
	offers   proposal.Around // what partners answer
}

func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, v page) (err error) {
	if v.Sheet, err = h.Sheets.Read(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	if v.offers, err = h.Offers.Around(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, sheetPage(v))
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.render(w, r, http.StatusOK, page{words: synthesis.Words{Part: synthesis.Brought}})
}

// done leads back to the sheet, or shows there why nothing was done, with what was typed.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, err error, said string, v page) error {
	problems, show := ui.Again(r.Context(), err)
	switch {
	case show:
		v.problems = problems
		return h.render(w, r, ui.StatusOf(err), v)
	case err != nil:
		return err
	}
	where := at(idOf(r))
	if v.line != "" {
		where += "#line-" + v.line
	}
	return ui.Done(w, r, where, said)
}

// turn does what the pressed button says to the whole sheet.
func (h *Handler) turn(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	v := page{words: synthesis.Words{Part: synthesis.Brought}}
	switch r.PostFormValue("do") {
	case "propose":
		added, err := h.Sheets.Propose(ctx, by, idOf(r))
		said := "syntheses.proposed_done"
		if added == 0 {
			said = "syntheses.proposed_none"
		}
		return h.done(w, r, err, said, v)
	case "ready":
		return h.done(w, r, h.Sheets.Turn(ctx, by, idOf(r), synthesis.Ready, version), "syntheses.ready_done", v)
	case "draft":
		return h.done(w, r, h.Sheets.Turn(ctx, by, idOf(r), synthesis.Draft, version), "syntheses.draft_done", v)
	}
	return h.done(w, r, errs.New(errs.Invalid, "syntheses.act_unknown"), "", v)
}

func words(r *http.Request) synthesis.Words {
	form := r.PostFormValue
	version, _ := strconv.ParseInt(form("version"), 10, 64)
	return synthesis.Words{Part: synthesis.Part(form("part")), Body: form("body"), Help: form("help"), Addressee: form("addressee"), Version: version}
}

func (h *Handler) add(w http.ResponseWriter, r *http.Request) error {
	wrote := words(r)
	line, err := h.Sheets.Add(r.Context(), ui.User(r), idOf(r), wrote)
	v := page{words: wrote, typed: true}
	if err == nil {
		v.line = line
	}
	return h.done(w, r, err, "syntheses.added_done", v)
}

// change does what the pressed button says to one line.
func (h *Handler) change(w http.ResponseWriter, r *http.Request) error {
	ctx, by, line := r.Context(), ui.User(r), r.PathValue("line")
	v := page{words: synthesis.Words{Part: synthesis.Brought}, line: line}
	switch r.PostFormValue("do") {
	case "save":
		v.words, v.typed = words(r), true
		return h.done(w, r, h.Sheets.Save(ctx, by, idOf(r), line, v.words), "syntheses.saved_done", v)
	case "throw":
		v.line = ""
		return h.done(w, r, h.Sheets.Throw(ctx, by, idOf(r), line, true), "syntheses.thrown_done", v)
	case "keep":
		return h.done(w, r, h.Sheets.Throw(ctx, by, idOf(r), line, false), "syntheses.kept_done", v)
	case "up":
		return h.done(w, r, h.Sheets.Move(ctx, by, idOf(r), line, true), "syntheses.moved_done", v)
	case "down":
		return h.done(w, r, h.Sheets.Move(ctx, by, idOf(r), line, false), "syntheses.moved_done", v)
	}
	return h.done(w, r, errs.New(errs.Invalid, "syntheses.act_unknown"), "", v)
}

// readers is who reads each line, with a choice that could not be kept.
type readers struct {
	synthesis.Sharing
	problems ui.Problems
}

func (h *Handler) readers(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	v, err := h.Sheets.Sharing(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, sharingPage(readers{v, problems}))
}

func (h *Handler) sharing(w http.ResponseWriter, r *http.Request) error {
	return h.readers(w, r, http.StatusOK, nil)
}

// share keeps the boxes that are ticked; the button "same" gives every line the readers of the
// first row. A box is named by its recipient and its line.
func (h *Handler) share(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "synthesis.invalid")
	}
	version, _ := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	c := synthesis.Choice{Version: version, Recipients: r.PostForm["recipient"], Given: map[string][]string{}}
	if r.PostForm.Get("do") == "same" {
		for _, line := range r.PostForm["line"] {
			c.Given[line] = r.PostForm["same"]
		}
	} else {
		for _, pair := range r.PostForm["give"] {
			line, to, _ := strings.Cut(pair, ":")
			c.Given[line] = append(c.Given[line], to)
		}
	}
	err := h.Sheets.Share(r.Context(), ui.User(r), idOf(r), c)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.readers(w, r, ui.StatusOf(err), problems)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r), "sharing"), "syntheses.shared_done")
}

// seen is a sheet as one partner sees it.
type seen struct {
	synthesis.Sharing
	as partner.Partner
}

func (h *Handler) preview(w http.ResponseWriter, r *http.Request) error {
	v, p, err := h.Sheets.Preview(r.Context(), ui.User(r), idOf(r), partner.ID(r.PathValue("partner")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, previewPage(seen{v, p}))
}
