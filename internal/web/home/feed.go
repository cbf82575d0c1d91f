package home

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/calendar"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// atom is a feed of RFC 4287.
type atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomAuthor  `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Updated   string   `xml:"updated"`
	Published string   `xml:"published"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary"`
	at        time.Time
}

// feedLength is how many entries a feed gives: the latest.
const feedLength = 50

// feed tells the editions and the calls that were published, the latest first.
func (h *Handler) feed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	public, err := h.public(ctx)
	if err != nil {
		return err
	}
	lang := string(i18n.From(ctx))
	var entries []atomEntry
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
	slices.SortStableFunc(entries, func(a, b atomEntry) int { return b.at.Compare(a.at) })
	entries = entries[:min(len(entries), feedLength)]
	updated := time.Unix(0, 0)
	for _, e := range entries {
		if t, err := time.Parse(time.RFC3339, e.Updated); err == nil && t.After(updated) {
			updated = t
		}
	}
	feed := atom{Lang: lang, ID: h.BaseURL + "/feed.atom", Title: h.Name, Updated: updated.UTC().Format(time.RFC3339), Author: atomAuthor{h.Name}, Entries: entries,
		Links: []atomLink{{"self", "application/atom+xml", h.BaseURL + "/feed.atom?lang=" + lang}, {"alternate", "text/html", h.BaseURL + "/"}}}
	return writeXML(w, "application/atom+xml", feed)
}

func (h *Handler) entry(path, title, summary string, published, updated time.Time) atomEntry {
	if updated.Before(published) {
		updated = published
	}
	return atomEntry{ID: h.BaseURL + path, Title: title, Published: published.UTC().Format(time.RFC3339), Updated: updated.UTC().Format(time.RFC3339),
		Link: atomLink{"alternate", "text/html", h.BaseURL + path}, Summary: summary, at: published}
}

func writeXML(w http.ResponseWriter, kind string, value any) error {
	body, err := xml.MarshalIndent(value, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, err = io.WriteString(w, xml.Header+string(body)+"\n")
	return err
}

// urlset is a sitemap, as sitemaps.org describes it.
type urlset struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
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
	var set urlset
	add := func(path string, changed time.Time) {
		one := siteURL{Loc: h.BaseURL + path}
		if !changed.IsZero() {
			one.LastMod = changed.UTC().Format(time.RFC3339)
		}
		set.URLs = append(set.URLs, one)
	}
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
	return writeXML(w, "application/xml", set)
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
	_, err := fmt.Fprintf(w, "User-agent: *\nDisallow: /account\nDisallow: /applications\nDisallow: /signin\nDisallow: /editions/*/manage\nAllow: /\n\nSitemap: %s/sitemap.xml\n", h.BaseURL)
	return err
}
