// Package roadmaps is the pages of what projects mean to do after the days: a list, a drawing in time, and how it changed.
package roadmaps

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/calendar"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /projects/{id}/roadmap and /editions/{id}/roadmaps.
type Handler struct {
	Roadmaps *roadmap.Service
	BaseURL  string
	Host     string // after the @ of the identifiers of calendars
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "project", Handle: handle}
	}
	return []ui.Route{
		at("GET /projects/{id}/roadmap", "roadmap.read", h.show),
		at("GET /projects/{id}/roadmap/history", "roadmap.read", h.history),
		at("GET /projects/{id}/roadmap.csv", "roadmap.read", h.table),
		at("GET /projects/{id}/roadmap.ics", "roadmap.read", h.calendar),
		at("GET /projects/{id}/roadmap/new", "roadmap.write", h.begin),
		at("POST /projects/{id}/roadmap", "roadmap.write", h.add),
		at("POST /projects/{id}/roadmap/items", "roadmap.write", h.take),
		at("GET /projects/{id}/roadmap/{entry}", "roadmap.write", h.edit),
		at("POST /projects/{id}/roadmap/{entry}", "roadmap.write", h.change),
		{Pattern: "GET /editions/{id}/roadmaps", Action: "roadmap.follow", On: "edition", Handle: h.board},
	}
}

func idOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func at(id project.ID, rest ...string) string {
	path := "/projects/" + url.PathEscape(string(id)) + "/roadmap"
	for _, part := range rest {
		path += "/" + url.PathEscape(part)
	}
	return path
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Roadmaps.Read(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, showPage(v))
}

func (h *Handler) history(w http.ResponseWriter, r *http.Request) error {
	p, list, err := h.Roadmaps.History(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, historyPage(p, list, ui.User(r).Zone))
}

func (h *Handler) board(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Roadmaps.Of(r.Context(), ui.User(r), programme.EditionID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, boardPage(b))
}

// form is an entry as it is typed.
type form struct {
	roadmap.Page
	roadmap.Sheet
	id       roadmap.ID // "" for a new one
	version  int64
	stands   *roadmap.Entry // what somebody else wrote meanwhile
	problems ui.Problems
}

func (v form) action() string {
	if v.id == "" {
		return at(v.Project.ID)
	}
	return at(v.Project.ID, string(v.id))
}

func (h *Handler) begin(w http.ResponseWriter, r *http.Request) error {
	kind := roadmap.Kind(r.FormValue("kind"))
	if !slices.Contains(roadmap.Kinds, kind) {
		kind = roadmap.Action
	}
	return h.form(w, r, http.StatusOK, form{Sheet: roadmap.Sheet{Kind: kind, State: roadmap.Todo}})
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	return h.form(w, r, http.StatusOK, form{id: roadmap.ID(r.PathValue("entry"))})
}

// form shows an entry as it was typed, or as it stands when nothing was typed. Who may not
// write never reaches it.
func (h *Handler) form(w http.ResponseWriter, r *http.Request, status int, v form) (err error) {
	if v.Page, err = h.Roadmaps.Read(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	if !v.Writes {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	if v.id != "" {
		e, there := v.Find(v.id)
		if !there {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if v.Kind == "" {
			v.Sheet = e.Sheet
		} else if v.version != e.Version {
			v.stands = &e
		}
		v.Kind, v.version = e.Kind, e.Version
	}
	return ui.Render(w, r, status, formPage(v))
}

func typed(r *http.Request) roadmap.Sheet {
	f := r.PostFormValue
	return roadmap.Sheet{Kind: roadmap.Kind(f("kind")), Title: f("title"), Body: f("body"), Carrier: f("carrier"), Starts: f("starts"), Due: f("due"), State: roadmap.State(f("state")), Reason: f("reason"), After: roadmap.ID(f("after"))}
}

func (h *Handler) add(w http.ResponseWriter, r *http.Request) error { return h.put(w, r, "") }

func (h *Handler) change(w http.ResponseWriter, r *http.Request) error {
	return h.put(w, r, roadmap.ID(r.PathValue("entry")))
}

func (h *Handler) put(w http.ResponseWriter, r *http.Request, id roadmap.ID) error {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	v := form{id: id, Sheet: typed(r), version: version}
	if !slices.Contains(roadmap.Kinds, v.Kind) {
		v.Kind = roadmap.Action
	}
	_, err := h.Roadmaps.Put(r.Context(), ui.User(r), idOf(r), id, v.Sheet, v.version)
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return h.form(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r)), "roadmaps.kept")
}

func (h *Handler) take(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	if _, err := h.Roadmaps.Take(r.Context(), ui.User(r), idOf(r), r.PostForm["item"]); err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r)), "roadmaps.taken")
}

// table is the roadmap as a spreadsheet reads it.
func (h *Handler) table(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.Roadmaps.Read(ctx, ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "roadmaps.title")}
	for _, key := range []string{"kind", "name", "carrier", "starts", "due", "state", "reason", "body"} {
		s.Head = append(s.Head, i18n.T(ctx, "roadmaps."+key))
	}
	for _, e := range v.Entries {
		s.Rows = append(s.Rows, []any{i18n.T(ctx, "roadmaps.kind_"+string(e.Kind)), e.Title, e.Carrier, e.Starts, e.Due, stateWord(ctx, e), e.Reason, e.Body})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("roadmap.csv"))
	return sheet.Book{}.CSV(w, s, true)
}

// calendar is the days of what is open, each at nine in the morning.
func (h *Handler) calendar(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.Roadmaps.Read(ctx, ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	var list []calendar.Entry
	for _, e := range v.Entries {
		day, err := time.ParseInLocation(time.DateOnly, e.Due, zone.Location(v.Zone))
		if err != nil || !e.Open() {
			continue
		}
		list = append(list, calendar.Entry{UID: "roadmap-" + string(e.ID) + "@" + h.Host, Title: e.Title, Text: e.Carrier, URL: h.BaseURL + at(v.Project.ID), Starts: day.Add(9 * time.Hour), Sequence: e.Version, Changed: e.At})
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("roadmap.ics"))
	_, err = w.Write([]byte(calendar.Text(v.Project.Title, list)))
	return err
}

func stateWord(ctx context.Context, e roadmap.Entry) string {
	return i18n.T(ctx, "roadmaps.state_"+string(e.Kind)+"_"+string(e.State))
}

func tone(e roadmap.Entry) ui.Tone {
	switch {
	case e.Late:
		return ui.Warning
	case e.State == roadmap.Done:
		return ui.Success
	}
	return ui.Info
}

// states are what an entry of a kind may be.
func states(ctx context.Context, w roadmap.Sheet) ui.Choice {
	c := ui.Choice{Chosen: []string{string(w.State)}}
	for _, s := range roadmap.States[w.Kind] {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: i18n.T(ctx, "roadmaps.state_"+string(w.Kind)+"_"+string(s))})
	}
	return c
}

// before are the actions that the entry may come after.
func (v form) before(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.After)}, Empty: i18n.T(ctx, "roadmaps.after_none")}
	for _, e := range v.MayFollow(v.id) {
		c.Options = append(c.Options, ui.Option{Value: string(e.ID), Label: e.Title})
	}
	return c
}
