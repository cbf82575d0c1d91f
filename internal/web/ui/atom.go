package ui

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// Atom is a feed of RFC 4287.
type Atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []AtomLink  `xml:"link"`
	Author  AtomAuthor  `xml:"author"`
	Entries []AtomEntry `xml:"entry"`
}

// AtomLink leads from a feed, or from one of its entries.
type AtomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

// AtomAuthor is who publishes a feed.
type AtomAuthor struct {
	Name string `xml:"name"`
}

// AtomEntry is one piece of news.
type AtomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Updated   string   `xml:"updated"`
	Published string   `xml:"published"`
	Link      AtomLink `xml:"link"`
	Summary   string   `xml:"summary"`
	at        time.Time
}

// News is an entry to be made: Address is whole.
type News struct {
	Address, Title, Summary string
	Published, Updated      time.Time
}

// Entry writes a piece of news for a feed.
func (n News) Entry() AtomEntry {
	if n.Updated.Before(n.Published) {
		n.Updated = n.Published
	}
	return AtomEntry{ID: n.Address, Title: n.Title, Published: n.Published.UTC().Format(time.RFC3339), Updated: n.Updated.UTC().Format(time.RFC3339),
		Link: AtomLink{"alternate", "text/html", n.Address}, Summary: n.Summary, at: n.Published}
}

// feedLength is how many entries a feed gives: the latest.
const feedLength = 50

// Latest puts the latest entries in a feed, the newest first, and says when it last changed.
func (f *Atom) Latest(entries []AtomEntry) {
	slices.SortStableFunc(entries, func(a, b AtomEntry) int { return b.at.Compare(a.at) })
	f.Entries = entries[:min(len(entries), feedLength)]
	updated := time.Unix(0, 0)
	for _, e := range f.Entries {
		if t, err := time.Parse(time.RFC3339, e.Updated); err == nil && t.After(updated) {
			updated = t
		}
	}
	f.Updated = updated.UTC().Format(time.RFC3339)
}

// URLSet is a sitemap, as sitemaps.org describes it.
type URLSet struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []SiteURL `xml:"url"`
}

// SiteURL is one page of a sitemap.
type SiteURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

// Add puts a page in the sitemap, by its whole address; changed may be zero.
func (s *URLSet) Add(address string, changed time.Time) {
	one := SiteURL{Loc: address}
	if !changed.IsZero() {
		one.LastMod = changed.UTC().Format(time.RFC3339)
	}
	s.URLs = append(s.URLs, one)
}

// WriteXML answers with a document that caches may keep for five minutes, unless the caller
// has set another rule.
func WriteXML(w http.ResponseWriter, kind string, value any) error {
	body, err := xml.MarshalIndent(value, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	h := w.Header()
	h.Set("Content-Type", kind+"; charset=utf-8")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, max-age=300")
	}
	_, err = io.WriteString(w, xml.Header+string(body)+"\n")
	return err
}
