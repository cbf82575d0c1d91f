package home

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/calendar"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// feed tells the editions and the calls that were published, the latest first.
func (h *Handler) feed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	public, err := h.public(ctx)
	if err != nil {
		return err
	}
	lang := string(i18n.From(ctx))
	var entries []ui.AtomEntry
	for _, o := range public.editions {
		summary := o.Theme.In(lang)
		if first, last := ui.Dates(o.Stages); !first.IsZero() {
			summary += " (" + ui.Span(ctx, first.In(o.Location()), last.In(o.Location())) + ")"
		}
		entries = append(entries, h.entry(ui.EditionURL(o.ID), i18n.T(ctx, "home.feed_edition", o.Name.In(lang)), summary, o.PublishedAt, o.UpdatedAt))
	}
	for _, c := range public.calls {
		summary := text.MarkdownText(c.Summary.In(lang))
		if !c.ClosesAt.IsZero() {
			summary += " " + i18n.T(ctx, "home.feed_deadline", ui.Instant(ctx, ui.Local(c.ClosesAt, c.Zone)))
		}
		entries = append(entries, h.entry("/calls/"+url.PathEscape(c.ID), i18n.T(ctx, "home.feed_call", c.Title.In(lang)), summary, c.PublishedAt, c.UpdatedAt))
	}
	feed := ui.Atom{Lang: lang, ID: h.BaseURL + "/feed.atom", Title: h.Name, Author: ui.AtomAuthor{Name: h.Name},
		Links: []ui.AtomLink{{Rel: "self", Type: "application/atom+xml", Href: h.BaseURL + "/feed.atom?lang=" + lang}, {Rel: "alternate", Type: "text/html", Href: h.BaseURL + "/"}}}
	feed.Latest(entries)
	return ui.WriteXML(w, "application/atom+xml", feed)
}

func (h *Handler) entry(path, title, summary string, published, updated time.Time) ui.AtomEntry {
	return ui.News{Address: h.BaseURL + path, Title: title, Summary: summary, Published: published, Updated: updated}.Entry()
}

// sitemap lists the public pages.
func (h *Handler) sitemap(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	public, err := h.public(ctx)
	if err != nil {
		return err
	}
	visitor := account.User{}
	programmes, err := h.Programmes.Programmes(ctx, visitor, "")
	if err != nil {
		return err
	}
	agencies, err := h.Programmes.Agencies(ctx, visitor)
	if err != nil {
		return err
	}
	var set ui.URLSet
	add := func(path string, changed time.Time) { set.Add(h.BaseURL+path, changed) }
	for _, path := range []string{"/", "/editions", "/journeys", "/legal", "/privacy", "/accessibility"} {
		add(path, time.Time{})
	}
	for _, o := range public.editions {
		add(ui.EditionURL(o.ID), o.UpdatedAt)
	}
	for _, c := range public.calls {
		add("/calls/"+url.PathEscape(c.ID), c.UpdatedAt)
	}
	for _, p := range programmes {
		add("/programmes/"+url.PathEscape(string(p.ID)), p.UpdatedAt)
	}
	for _, a := range agencies {
		add("/agencies/"+url.PathEscape(string(a.ID)), a.UpdatedAt)
	}
	return ui.WriteXML(w, "application/xml", set)
}

// calendar gives every deadline and gathering that is public.
func (h *Handler) calendar(w http.ResponseWriter, r *http.Request) error {
	public, err := h.public(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, err = io.WriteString(w, calendar.Text(h.Name, ui.Moments(r.Context(), h.BaseURL, h.host(), public.editions, public.calls)))
	return err
}

// robots lets search engines read the public pages, and nothing that asks to sign in.
func (h *Handler) robots(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, err := fmt.Fprintf(w, "User-agent: *\nDisallow: /account\nDisallow: /applications\nDisallow: /signin\nDisallow: /editions/*/manage\nAllow: /\n\nSitemap: %s/sitemap.xml\nSitemap: %s/showcase/sitemap.xml\n", h.BaseURL, h.BaseURL)
	return err
}
