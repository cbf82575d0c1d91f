package showcase

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/showcase"
	"transformateur/internal/web/ui"
)

// licenceURLs are where each licence can be read, and how data about data names it.
var licenceURLs = map[string]string{
	"cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/", "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
	"cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/", "etalab-2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}

var licenceNames = map[string]string{"cc-by-4.0": "CC BY 4.0", "cc-by-sa-4.0": "CC BY-SA 4.0", "cc0-1.0": "CC0 1.0", "etalab-2.0": "Licence Ouverte 2.0"}

func programmeOf(r *http.Request) programme.ProgrammeID {
	return programme.ProgrammeID(r.PathValue("id"))
}

// shelfURL is an address of the resources of a programme, for who keeps them.
func shelfURL(id programme.ProgrammeID, parts ...string) string {
	return strings.Join(append([]string{"/programmes/" + url.PathEscape(string(id)) + "/resources"}, parts...), "/")
}

// address is where a resource is had.
func address(x showcase.Resource) string {
	if x.Link != "" {
		return x.Link
	}
	return at("resources", x.ID, "file")
}

func resourceFacts(ctx context.Context, x showcase.Resource) string {
	facts := []string{i18n.T(ctx, "showcase.kind_"+x.Kind), x.Author, i18n.T(ctx, "showcase.language_"+x.Language)}
	if x.Size > 0 {
		facts = append(facts, text.Bytes(lang(ctx), x.Size))
	}
	return strings.Join(facts, " · ")
}

// stacks is the list of resources that visitors may have.
type stacks struct {
	query, kind, language string
	list                  []showcase.Resource
}

func (h *Handler) resources(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := stacks{query: q.Get("q"), kind: q.Get("kind"), language: q.Get("language")}
	if v.list, err = h.Showcase.Resources(r.Context(), visitor, showcase.ResourceFilter{Query: v.query, Kind: v.kind, Language: v.language}); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, resourcesPage(v))
}

func (h *Handler) resourceFile(w http.ResponseWriter, r *http.Request) error {
	x, f, err := h.Showcase.OpenResource(r.Context(), visitor, r.PathValue("resource"))
	if err != nil {
		return h.orAbsent(w, plain(r, nil), err)
	}
	defer f.Close()
	w.Header().Set("Cache-Control", "public, no-cache")
	ui.Keep(w, r, ui.Kept{Name: x.Name, MIME: x.MIME, At: x.UpdatedAt}, f)
	return nil
}

func options(ctx context.Context, prefix string, values []string, chosen, empty string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: empty}
	for _, value := range values {
		label := licenceNames[value]
		if label == "" {
			label = i18n.T(ctx, prefix+value)
		}
		c.Options = append(c.Options, ui.Option{Value: value, Label: label})
	}
	return c
}

// family is the page of a programme.
func (h *Handler) programme(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Showcase.Programme(r.Context(), visitor, programme.ProgrammeID(r.PathValue("programme")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, programmePage(f, h.Clock.Now()))
}

func (h *Handler) shelf(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Showcase.Shelf(r.Context(), ui.User(r), programmeOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, shelfPage(v))
}

// giving is the form of a resource.
type giving struct {
	programme programme.Programme
	showcase.Resource
	problems ui.Problems
}

func (h *Handler) newResource(w http.ResponseWriter, r *http.Request) error {
	s, err := h.Showcase.Shelf(r.Context(), ui.User(r), programmeOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, resourcePage(giving{programme: s.Programme, Resource: showcase.Resource{State: showcase.Draft, Given: showcase.Given{Language: "fr"}}}))
}

func given(r *http.Request) showcase.Given {
	return showcase.Given{Kind: r.PostFormValue("kind"), Title: r.PostFormValue("title"), About: r.PostFormValue("about"), Author: r.PostFormValue("author"),
		Language: r.PostFormValue("language"), Licence: r.PostFormValue("licence"), Link: r.PostFormValue("link"), Version: version(r)}
}

func (h *Handler) addResource(w http.ResponseWriter, r *http.Request) error {
	sent, done, err := received(w, r)
	defer done()
	which := ""
	if err == nil {
		which, err = h.Showcase.Add(r.Context(), ui.User(r), programmeOf(r), given(r), sent)
	}
	if err == nil {
		return ui.Done(w, r, shelfURL(programmeOf(r), which), "showcase.resource_saved_done")
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	s, missing := h.Showcase.Shelf(r.Context(), ui.User(r), programmeOf(r))
	if missing != nil {
		return missing
	}
	return ui.Render(w, r, ui.StatusOf(err), resourcePage(giving{programme: s.Programme, Resource: showcase.Resource{State: showcase.Draft, Given: given(r)}, problems: problems}))
}

func (h *Handler) giving(r *http.Request) (v giving, err error) {
	v.programme, v.Resource, err = h.Showcase.Kept(r.Context(), ui.User(r), programmeOf(r), r.PathValue("resource"))
	return v, err
}

func (h *Handler) resource(w http.ResponseWriter, r *http.Request) error {
	v, err := h.giving(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, resourcePage(v))
}

func (h *Handler) given(w http.ResponseWriter, r *http.Request, err error, again func(v *giving)) error {
	if err == nil {
		return ui.Done(w, r, shelfURL(programmeOf(r), r.PathValue("resource")), "showcase.resource_saved_done")
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	v, missing := h.giving(r)
	if missing != nil {
		return missing
	}
	v.problems = problems
	again(&v)
	return ui.Render(w, r, ui.StatusOf(err), resourcePage(v))
}

func (h *Handler) changeResource(w http.ResponseWriter, r *http.Request) error {
	sent, done, err := received(w, r)
	defer done()
	if err == nil {
		err = h.Showcase.Rewrite(r.Context(), ui.User(r), programmeOf(r), r.PathValue("resource"), given(r), sent)
	}
	return h.given(w, r, err, func(v *giving) {
		now := v.Version
		v.Given = given(r)
		v.Version = now
	})
}

func (h *Handler) moveResource(w http.ResponseWriter, r *http.Request) error {
	err := h.Showcase.Move(r.Context(), ui.User(r), programmeOf(r), r.PathValue("resource"), showcase.State(r.PostFormValue("to")))
	return h.given(w, r, err, func(*giving) {})
}

func (v giving) url() string {
	if v.ID == "" {
		return shelfURL(v.programme.ID, "new")
	}
	return shelfURL(v.programme.ID, v.ID)
}

func resourceTitle(ctx context.Context, v giving) string {
	if v.ID == "" {
		return i18n.T(ctx, "showcase.resource_new")
	}
	return i18n.T(ctx, "showcase.resource_edit")
}

func resourceTone(x showcase.Resource) ui.Tone {
	if x.State == showcase.Published {
		return ui.Success
	}
	return ui.Warning
}

// hreflang is the language of a resource, "" when nothing says which.
func hreflang(x showcase.Resource) string {
	if x.Language == "other" {
		return ""
	}
	return x.Language
}

var resourceAccept = strings.Join(showcase.ResourceFiles, ",")
