// Package papers is the pages of what a gathering prints, and of the calendars that follow it.
package papers

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/papers"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/drawing"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id}/papers, and at the secret addresses of calendars.
type Handler struct {
	Papers   *papers.Service
	Entrance *entrance.Service
	BaseURL  string // of the install, for the addresses that are printed and subscribed to
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /gatherings/{id}/" + path, Action: policy.Action("gathering." + action), On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET papers", "read", h.index),
		at("GET papers/programme.pdf", "read", h.programme),
		at("GET papers/mine.pdf", "read", h.mine),
		at("GET papers/calendar.ics", "read", h.calendar),
		at("GET papers/rooms/{room}/calendar.ics", "read", h.roomCalendar),
		at("GET papers/doors.pdf", "manage", h.doors),
		at("GET papers/tables.pdf", "manage", h.tables),
		at("GET papers/sheets.pdf", "manage", h.sheets),
		at("GET papers/signing.pdf", "manage", h.signing),
		at("POST papers/badges", "manage", h.badges),
		at("POST papers/subscription", "subscribe", h.subscribe),
		at("POST papers/subscription/revoke", "subscribe", h.revoke),
		{Pattern: "GET /calendar/{token}", Action: "calendar.read", Handle: h.feed},
	}
}

func idOf(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

// at is an address of a gathering.
func at(id gathering.ID, parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(append([]string{"/gatherings/" + url.PathEscape(string(id))}, parts...), "/")
}

// open reads what papers are made from, for the reader.
func (h *Handler) open(r *http.Request) (papers.Book, error) {
	return h.Papers.Open(r.Context(), ui.User(r), idOf(r))
}

// answer answers with pages as one document, called by a word and the gathering.
func answer(w http.ResponseWriter, r *http.Request, b papers.Book, word string, pages []*drawing.Page) error {
	var out bytes.Buffer
	meta := pdf.Meta{Title: i18n.T(r.Context(), "papers.title_"+word), Subject: b.Title, Author: "Transformateur", Lang: string(i18n.From(r.Context())), At: b.Ends()}
	if b.Version != nil {
		meta.At = b.Version.PublishedAt
	}
	if err := drawing.WritePDF(&out, meta, pages); err != nil {
		return err
	}
	return send(w, "application/pdf", i18n.T(r.Context(), "papers.file_"+word)+"-"+text.Slug(b.Title)+".pdf", &out)
}

func send(w http.ResponseWriter, kind, name string, out *bytes.Buffer) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", ui.Attachment(name))
	w.Header().Set("Cache-Control", "private, no-store")
	_, err := out.WriteTo(w)
	return err
}
