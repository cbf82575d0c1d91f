// Package visits is the pages of the visits that a sponsor pays to a project.
package visits

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/project"
	"transformateur/internal/support/visit"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /projects/{id}/visits.
type Handler struct{ Visits *visit.Service }

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /projects/{id}/visits", Action: "visit.read", On: "project", Handle: h.list},
		{Pattern: "POST /projects/{id}/visits", Action: "visit.write", On: "project", Handle: h.write},
		{Pattern: "GET /projects/{id}/visits/{visit}", Action: "visit.read", On: "project", Handle: h.open},
		{Pattern: "POST /projects/{id}/visits/{visit}", Action: "visit.write", On: "project", Handle: h.change},
		{Pattern: "POST /projects/{id}/visits/{visit}/remove", Action: "visit.write", On: "project", Handle: h.remove},
	}
}

func projectOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func idOf(r *http.Request) visit.ID { return visit.ID(r.PathValue("visit")) }

// under is an address of the visits of a project.
func under(id project.ID, parts ...string) string {
	return strings.Join(append([]string{"/projects/" + url.PathEscape(string(id)) + "/visits"}, parts...), "/")
}

// page is the visits of a project, or one of them, with a draft as it was typed.
type page struct {
	visit.Page
	draft    visit.Draft
	problems ui.Problems
}

func draftOf(r *http.Request) visit.Draft {
	form := r.PostFormValue
	version, _ := strconv.ParseInt(form("version"), 10, 64) // anything else is an old version
	return visit.Draft{Day: form("day"), Place: form("place"), Video: form("how") == "video", Met: form("met"), Shared: form("shared"), Private: form("private"), Version: version}
}

func (h *Handler) all(w http.ResponseWriter, r *http.Request, status int, v page) (err error) {
	if v.Page, err = h.Visits.Around(r.Context(), ui.User(r), projectOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, listPage(v))
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	return h.all(w, r, http.StatusOK, page{})
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request) error {
	in := draftOf(r)
	_, err := h.Visits.Write(r.Context(), ui.User(r), projectOf(r), in)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.all(w, r, ui.StatusOf(err), page{draft: in, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(projectOf(r)), "visits.written_done")
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request, status int, v page) (err error) {
	if v.Page, err = h.Visits.Open(r.Context(), ui.User(r), projectOf(r), idOf(r)); err != nil {
		return err
	}
	if len(v.problems) == 0 {
		v.draft = v.List[0].Draft
	}
	return ui.Render(w, r, status, onePage(v))
}

func (h *Handler) open(w http.ResponseWriter, r *http.Request) error {
	return h.one(w, r, http.StatusOK, page{})
}

func (h *Handler) did(w http.ResponseWriter, r *http.Request, in visit.Draft, err error, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		return h.one(w, r, ui.StatusOf(err), page{draft: in, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(projectOf(r)), said)
}

func (h *Handler) change(w http.ResponseWriter, r *http.Request) error {
	in := draftOf(r)
	return h.did(w, r, in, h.Visits.Change(r.Context(), ui.User(r), projectOf(r), idOf(r), in), "visits.changed_done")
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	in := draftOf(r)
	return h.did(w, r, in, h.Visits.Remove(r.Context(), ui.User(r), projectOf(r), idOf(r), in.Version), "visits.removed_done")
}

func ways(ctx context.Context, video bool) ui.Choice {
	c := ui.Choice{Chosen: []string{"place"}, Side: true, Options: []ui.Option{{Value: "place", Label: i18n.T(ctx, "visits.how_place")}, {Value: "video", Label: i18n.T(ctx, "visits.how_video")}}}
	if video {
		c.Chosen[0] = "video"
	}
	return c
}

// where says where a visit took place.
func where(ctx context.Context, v visit.Visit) string {
	switch {
	case v.Video && v.Place == "":
		return i18n.T(ctx, "visits.by_video")
	case v.Video:
		return i18n.T(ctx, "visits.by_video_in", v.Place)
	}
	return v.Place
}
