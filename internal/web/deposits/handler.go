// Package deposits is the pages of what people bring to a gathering: pictures, sketches, recordings, documents.
package deposits

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/agenda/deposit"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// maxSent bounds a request that carries a file, in bytes: above what is taken in, so that
// a file too big gets an answer and not a cut connection. inMemory is how much of it waits
// in memory, the rest in a temporary file.
const (
	maxSent  = deposit.MaxRecording + 8<<20
	inMemory = 4 << 20
)

// Handler answers under /gatherings/{id}/deposits.
type Handler struct {
	Deposits *deposit.Service
	House    *house.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /gatherings/{id}/deposits" + path, Action: policy.Action("gathering." + action), On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET ", "people", h.gallery),
		at("POST ", "deposit", h.bring),
		at("GET /new", "deposit", h.blank),
		at("GET /{deposit}", "people", h.one),
		at("POST /{deposit}", "deposit", h.edit),
		at("GET /{deposit}/file", "people", h.file),
		at("POST /{deposit}/withdraw", "people", h.withdraw),
	}
}

func idOf(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

// at is an address of what was brought to a gathering.
func at(id gathering.ID, parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(append([]string{"/gatherings/" + url.PathEscape(string(id)) + "/deposits"}, parts...), "/")
}

func crumbs(ctx context.Context, g gathering.Gathering, deep bool) []ui.Crumb {
	list := []ui.Crumb{{Label: g.Title, URL: "/gatherings/" + url.PathEscape(string(g.ID))}}
	if deep {
		list = append(list, ui.Crumb{Label: i18n.T(ctx, "deposits.title"), URL: at(g.ID)})
	}
	return list
}

// gallery is what somebody sees, by activity.
type gallery struct {
	deposit.Gallery
	order    order.Order
	sheet    deposit.Sheet // as it was typed
	problems ui.Problems
}

// group is what was brought to one activity.
type group struct {
	title string
	list  []deposit.Deposit
}

// groups are those of the gallery, in the order of the day; what belongs to no activity
// comes last.
func (v gallery) groups(ctx context.Context) (list []group) {
	rest := group{title: i18n.T(ctx, "deposits.whole")}
	by := map[string]group{}
	for _, d := range v.List {
		if _, known := v.order.Find(d.Activity); !known {
			rest.list = append(rest.list, d)
			continue
		}
		g := by[d.Activity]
		g.list = append(g.list, d)
		by[d.Activity] = g
	}
	for _, a := range v.order.Activities {
		if g, some := by[a.ID]; some {
			g.title = activityName(ctx, a)
			list = append(list, g)
		}
	}
	if len(rest.list) > 0 {
		list = append(list, rest)
	}
	return list
}

func activityName(ctx context.Context, a order.Activity) string {
	if a.Title != "" {
		return a.Title
	}
	return i18n.T(ctx, "agendas.kind_"+string(a.Kind))
}

func (h *Handler) view(r *http.Request) (v gallery, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.Gallery, err = h.Deposits.Gallery(ctx, by, idOf(r)); err != nil {
		return v, err
	}
	agenda, err := h.House.Agenda(ctx, by, idOf(r))
	v.order = agenda.Order
	return v, err
}

func (h *Handler) gallery(w http.ResponseWriter, r *http.Request) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, galleryPage(v))
}

// bringing is the page on which something is brought, to who may.
func (h *Handler) bringing(r *http.Request) (v gallery, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.Gallery, err = h.Deposits.Bringing(ctx, by, idOf(r)); err != nil {
		return v, err
	}
	agenda, err := h.House.Agenda(ctx, by, idOf(r))
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) { // kept from the running order, she may still bring something
		return v, nil
	}
	v.order = agenda.Order
	return v, err
}

func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	v, err := h.bringing(r)
	if err != nil {
		return err
	}
	v.sheet = deposit.Sheet{Activity: r.URL.Query().Get("activity"), Project: project.ID(r.URL.Query().Get("project")), Credit: ui.User(r).Name}
	return ui.Render(w, r, http.StatusOK, newPage(v))
}

func typed(r *http.Request) deposit.Sheet {
	form := r.PostFormValue
	version, _ := strconv.ParseInt(form("version"), 10, 64) // anything else is an old version
	return deposit.Sheet{Activity: form("activity"), Project: project.ID(form("project")), Title: form("title"), Credit: form("credit"), People: deposit.People(form("people")), Scope: deposit.Scope(form("scope")), Version: version}
}

// bring receives a file, from the camera or from a folder, with what is said of it.
func (h *Handler) bring(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, maxSent)
	var sent deposit.Sent
	if err := r.ParseMultipartForm(inMemory); err == nil {
		defer r.MultipartForm.RemoveAll()
		for _, name := range []string{"photo", "file"} {
			file, head, err := r.FormFile(name)
			if err != nil || head.Size == 0 {
				continue
			}
			defer file.Close()
			sent = deposit.Sent{Name: head.Filename, Size: head.Size, File: blob.File(file)}
			break
		}
	} else if tooBig(err) {
		return errs.New(errs.Invalid, "deposit.file_big", deposit.MaxRecording>>20).Because(err)
	}
	sheet := typed(r)
	which, err := h.Deposits.Bring(ctx, ui.User(r), idOf(r), sheet, sent)
	if err == nil {
		return ui.Done(w, r, at(idOf(r), which), "deposits.brought")
	}
	problems, show := ui.Again(ctx, err)
	if !show {
		return err
	}
	v, missing := h.bringing(r)
	if missing != nil {
		return missing
	}
	v.problems, v.sheet = problems, sheet
	return ui.Render(w, r, ui.StatusOf(err), newPage(v))
}

// single is one deposit.
type single struct {
	gallery
	d deposit.Deposit
}

func (h *Handler) single(r *http.Request) (v single, err error) {
	if _, v.d, err = h.Deposits.Read(r.Context(), ui.User(r), idOf(r), r.PathValue("deposit")); err != nil {
		return v, err
	}
	v.gallery, err = h.view(r)
	v.sheet = deposit.Sheet{Activity: v.d.Activity, Project: v.d.Project, Title: v.d.Title, Credit: v.d.Credit, People: v.d.People, Scope: v.d.Scope, Version: v.d.Version}
	return v, err
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request) error {
	v, err := h.single(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, onePage(v))
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	err := h.Deposits.Edit(r.Context(), ui.User(r), idOf(r), r.PathValue("deposit"), typed(r))
	if err == nil {
		return ui.Done(w, r, at(idOf(r), r.PathValue("deposit")), "deposits.saved")
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	v, missing := h.single(r)
	if missing != nil {
		return missing
	}
	now := v.sheet.Version
	v.problems, v.sheet = problems, typed(r)
	v.sheet.Version = now // told that it changed meanwhile, saving again is her choice
	return ui.Render(w, r, ui.StatusOf(err), onePage(v))
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := h.Deposits.Withdraw(r.Context(), ui.User(r), idOf(r), r.PathValue("deposit")); err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r)), "deposits.withdrawn")
}

// file gives the content: a picture is shown, everything else is kept and never opened here.
func (h *Handler) file(w http.ResponseWriter, r *http.Request) error {
	d, f, err := h.Deposits.Open(r.Context(), ui.User(r), idOf(r), r.PathValue("deposit"))
	if err != nil {
		return err
	}
	defer f.Close()
	if d.Kind != deposit.Picture {
		ui.Keep(w, r, ui.Kept{Name: d.Name, MIME: d.MIME, At: d.AddedAt}, f)
		return nil
	}
	w.Header().Set("Content-Type", d.MIME)
	w.Header().Set("Content-Disposition", "inline")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.Header().Set("Cache-Control", "private, no-store") // it may be withdrawn at any time
	http.ServeContent(w, r, "", d.AddedAt, f)
	return nil
}
