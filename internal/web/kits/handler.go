// Package kits is the pages where an edition reads, writes, publishes and takes away the kits of its boards.
package kits

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/board/shelf"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /kits, and under the kits of an edition.
type Handler struct {
	Shelf *shelf.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	of := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "edition", Handle: handle}
	}
	on := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "kit", Handle: handle}
	}
	return []ui.Route{
		of("GET /editions/{id}/kits", "kit.read", h.list),
		of("POST /editions/{id}/kits", "kit.create", h.create),
		of("POST /editions/{id}/kits/import", "kit.create", h.bring),
		of("GET /editions/{id}/kits/{kit}", "kit.read", h.shipped),
		of("GET /editions/{id}/kits/{kit}/kit.json", "kit.read", h.exportShipped),
		on("GET /kits/{id}", "kit.read", h.show),
		on("GET /kits/{id}/preview", "kit.read", h.preview),
		on("GET /kits/{id}/kit.json", "kit.read", h.export),
		on("GET /kits/{id}/edit/{part}", "kit.edit", h.edit),
		on("POST /kits/{id}/edit/{part}", "kit.edit", h.save),
		on("POST /kits/{id}/publish", "kit.edit", h.publish),
		on("POST /kits/{id}/retire", "kit.edit", h.retire),
		on("POST /kits/{id}/restore", "kit.edit", h.restore),
	}
}

func idOf(r *http.Request) shelf.ID { return shelf.ID(r.PathValue("id")) }

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

// at is an address of a kit.
func at(id shelf.ID, parts ...string) string {
	return strings.Join(append([]string{"/kits/" + url.PathEscape(string(id))}, parts...), "/")
}

// shelfURL is the address of the kits of an edition.
func shelfURL(edition programme.EditionID, parts ...string) string {
	return strings.Join(append([]string{ui.EditionURL(edition) + "/kits"}, parts...), "/")
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

func named(ctx context.Context, w programme.Words) string { return w.In(string(i18n.From(ctx))) }

// titleOf names a kit, even one that has no title yet.
func titleOf(ctx context.Context, k *kit.Kit) string { return orUntitled(ctx, k.Title) }

func orUntitled(ctx context.Context, l form.Localised) string {
	if title := in(ctx, l); title != "" {
		return title
	}
	return i18n.T(ctx, "kits.untitled")
}

// shelfState is what the page of an edition's kits holds.
type shelfState struct {
	shelf.Shelf
	title    string // as it was typed
	problems ui.Problems
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Shelf.List(r.Context(), ui.User(r), editionOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(shelfState{Shelf: v}))
}

// again shows the list once more with what kept a kit from coming in.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, refused error, s shelfState) error {
	if !errs.Is(refused, errs.Invalid) && !errs.Is(refused, errs.Conflict) {
		return refused
	}
	v, err := h.Shelf.List(r.Context(), ui.User(r), editionOf(r))
	if err != nil {
		return err
	}
	s.Shelf = v
	if s.problems == nil {
		s.problems = ui.Problems{{Text: ui.Sentence(r.Context(), refused)}}
	}
	return ui.Render(w, r, ui.StatusOf(refused), listPage(s))
}

// create makes a kit: from nothing, or a copy of one that ships.
func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s := shelfState{title: strings.Join(strings.Fields(text.Clean(r.FormValue("title"))), " ")}
	next := drafting.Blank(beginning())
	next.Title = form.Localised{"fr": s.title}
	if s.title == "" {
		next.Title = nil
	}
	next.ID = drafting.Name(s.title, nil)
	if from := r.FormValue("from"); from != "" {
		k, ships := kit.Find(from)
		if !ships {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		next = k
	}
	id, err := h.Shelf.Create(ctx, ui.User(r), editionOf(r), next)
	if err != nil {
		if errs.Is(err, errs.Invalid) {
			s.problems = ui.Problems{{Path: "title", Text: i18n.T(ctx, "kits.title_missing")}}
		}
		return h.again(w, r, err, s)
	}
	return ui.See(w, r, at(id, "edit", "about"))
}

// beginning is the words that a kit made from nothing begins with, in both languages.
func beginning() drafting.Words {
	return drafting.Words{Title: words("kits.blank_title"), Zone: words("kits.blank_zone"), Card: words("kits.blank_card"), Text: words("kits.blank_text"), Phase: words("kits.blank_phase")}
}

// words says a key in each language.
func words(key string) form.Localised {
	l := form.Localised{}
	for _, lang := range i18n.Langs {
		l[string(lang)] = i18n.Say(lang, key)
	}
	return l
}

// bring takes a kit from a file. What cannot be read is refused; what can and has faults
// comes in as a draft that tells them.
func (h *Handler) bring(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, shelf.MaxSize+64<<10)
	refused := func(key string, args ...any) error {
		return h.again(w, r, errs.New(errs.Invalid, "kit.invalid"), shelfState{problems: ui.Problems{{Path: "file", Text: i18n.T(ctx, key, args...)}}})
	}
	file, _, err := r.FormFile("file")
	if err != nil {
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			return refused("kit.too_big", shelf.MaxSize)
		}
		return refused("kits.file_missing")
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, shelf.MaxSize+1))
	if err != nil {
		return errs.New(errs.Invalid, "kit.unreadable").Because(err)
	}
	if len(content) > shelf.MaxSize {
		return refused("kit.too_big", shelf.MaxSize)
	}
	k, err := kit.ReadDraft(content)
	if err != nil {
		return h.again(w, r, err, shelfState{problems: unread(ctx, err)})
	}
	id, err := h.Shelf.Create(ctx, ui.User(r), editionOf(r), k)
	if err != nil {
		s := shelfState{}
		if list, told := ui.FieldsOf(err); told {
			s.problems = saidOf(ctx, k, list)
		}
		return h.again(w, r, err, s)
	}
	return ui.Done(w, r, at(id, "edit", "about"), "kits.imported_done")
}

// unread says what is wrong with a file, and where in it.
func unread(ctx context.Context, err error) ui.Problems {
	list := ui.ProblemsOf(ctx, err)
	for i, p := range list {
		if p.Path != "" {
			list[i].Text = i18n.T(ctx, "kits.at_path", p.Path, p.Text)
		}
		list[i].Path = "file"
	}
	return list
}

// kitState is what the page of a kit holds.
type kitState struct {
	shelf.View
	faults   []fault
	problems ui.Problems
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Shelf.Read(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, showPage(kitState{View: v, faults: faultsOf(r.Context(), v.ID, v.Kit, v.Faults)}))
}

// shipped is the page of a kit that comes with the program, on the shelf of an edition.
func (h *Handler) shipped(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Shelf.List(r.Context(), ui.User(r), editionOf(r))
	if err != nil {
		return err
	}
	k, ships := kit.Find(r.PathValue("kit"))
	if !ships {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	return ui.Render(w, r, http.StatusOK, shippedPage(v, k))
}

func (h *Handler) exportShipped(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Shelf.List(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return err
	}
	k, ships := kit.Find(r.PathValue("kit"))
	if !ships {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	return give(w, k, 0)
}

// export gives a version of a kit as a file, or its draft.
func (h *Handler) export(w http.ResponseWriter, r *http.Request) error {
	number, err := strconv.Atoi(r.URL.Query().Get("version"))
	if err != nil || number < 0 {
		number = 0
	}
	k, err := h.Shelf.Export(r.Context(), ui.User(r), idOf(r), number)
	if err != nil {
		return err
	}
	return give(w, k, number)
}

func give(w http.ResponseWriter, k *kit.Kit, number int) error {
	name := k.ID
	if number > 0 {
		name += "-v" + strconv.Itoa(number)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+drafting.Name(name, nil)+`.json"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write(k.Encode())
	return err
}

func (h *Handler) publish(w http.ResponseWriter, r *http.Request) error {
	revision, err := strconv.ParseInt(r.FormValue("revision"), 10, 64)
	if err != nil {
		revision = -1
	}
	_, err = h.Shelf.Publish(r.Context(), ui.User(r), idOf(r), revision)
	return h.after(w, r, err, "kits.published_done")
}

func (h *Handler) retire(w http.ResponseWriter, r *http.Request) error {
	return h.after(w, r, h.Shelf.Retire(r.Context(), ui.User(r), idOf(r)), "kits.retired_done")
}

func (h *Handler) restore(w http.ResponseWriter, r *http.Request) error {
	return h.after(w, r, h.Shelf.Restore(r.Context(), ui.User(r), idOf(r)), "kits.restored_done")
}

// after leads back to the page of the kit, or shows it with what kept the act from being done.
func (h *Handler) after(w http.ResponseWriter, r *http.Request, refused error, done string) error {
	if refused == nil {
		return ui.Done(w, r, at(idOf(r)), done)
	}
	if !errs.Is(refused, errs.Invalid) && !errs.Is(refused, errs.Conflict) {
		return refused
	}
	v, err := h.Shelf.Read(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	s := kitState{View: v, faults: faultsOf(r.Context(), v.ID, v.Kit, v.Faults), problems: ui.Problems{{Text: ui.Sentence(r.Context(), refused)}}}
	return ui.Render(w, r, ui.StatusOf(refused), showPage(s))
}
