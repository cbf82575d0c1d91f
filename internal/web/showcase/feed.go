package showcase

import (
	"net/http"

	"transformateur/internal/i18n"
	"transformateur/internal/showcase"
	"transformateur/internal/web/ui"
)

// feed tells what entered the showcase, the latest first: projects, editions, resources.
func (h *Handler) feed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	projects, err := h.Showcase.Projects(ctx, visitor, showcase.Filter{})
	if err != nil {
		return err
	}
	editions, err := h.Showcase.Editions(ctx, visitor, "")
	if err != nil {
		return err
	}
	resources, err := h.Showcase.Resources(ctx, visitor, showcase.ResourceFilter{})
	if err != nil {
		return err
	}
	var entries []ui.AtomEntry
	for _, p := range projects {
		entries = append(entries, ui.News{Address: h.BaseURL + at("projects", p.Slug), Title: p.Title, Summary: p.Sentence, Published: p.Since, Updated: p.ChangedAt}.Entry())
	}
	for _, e := range editions {
		entries = append(entries, ui.News{Address: h.BaseURL + at("editions", string(e.ID)), Title: i18n.T(ctx, "showcase.feed_edition", e.Name.In(lang(ctx))), Summary: e.Theme.In(lang(ctx)), Published: e.Since}.Entry())
	}
	for _, x := range resources {
		entries = append(entries, ui.News{Address: h.BaseURL + at("resources") + "#" + x.ID, Title: x.Title, Summary: resourceFacts(ctx, x), Published: x.PublishedAt, Updated: x.UpdatedAt}.Entry())
	}
	own := h.BaseURL + at("feed.atom")
	f := ui.Atom{Lang: lang(ctx), ID: own, Title: i18n.T(ctx, "showcase.feed_title", h.Name), Author: ui.AtomAuthor{Name: h.Name},
		Links: []ui.AtomLink{{Rel: "self", Type: "application/atom+xml", Href: own + "?lang=" + lang(ctx)}, {Rel: "alternate", Type: "text/html", Href: h.BaseURL + at()}}}
	f.Latest(entries)
	return ui.WriteXML(w, "application/atom+xml", f)
}

// sitemap lists the pages of the showcase.
func (h *Handler) sitemap(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	projects, err := h.Showcase.Projects(ctx, visitor, showcase.Filter{})
	if err != nil {
		return err
	}
	editions, err := h.Showcase.Editions(ctx, visitor, "")
	if err != nil {
		return err
	}
	var set ui.URLSet
	for _, page := range []string{"", "projects", "resources", "data"} {
		address := at()
		if page != "" {
			address = at(page)
		}
		set.URLs = append(set.URLs, ui.SiteURL{Loc: h.BaseURL + address})
	}
	for _, p := range projects {
		set.Add(h.BaseURL+at("projects", p.Slug), p.ChangedAt)
	}
	for _, e := range editions {
		set.Add(h.BaseURL+at("editions", string(e.ID)), e.Since)
	}
	return ui.WriteXML(w, "application/xml", set)
}
