package home

import (
	"net/http"
	"net/url"
	"strings"

	"transformateur/internal/web/ui"
)

// words is what the legal pages say of the install.
type words struct {
	name    string
	contact string
	base    string
}

// contactURL is a link to write to the people of the install, "" when the contact is
// not an e-mail address.
func (v words) contactURL() string {
	if !strings.Contains(v.contact, "@") || strings.ContainsAny(v.contact, " <>") {
		return ""
	}
	return "mailto:" + url.PathEscape(v.contact)
}

func (h *Handler) words() words { return words{h.Name, h.Contact, h.BaseURL} }

func (h *Handler) legal(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, legalPage("legal.legal_title", []part{
		{"legal.publisher", []string{"legal.publisher_text"}, true},
		{"legal.software", []string{"legal.software_text"}, false},
		{"legal.content", []string{"legal.content_text"}, false},
		{"legal.deposit", []string{"legal.deposit_text"}, false},
	}, h.words()))
}

func (h *Handler) privacy(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, legalPage("legal.privacy_title", []part{
		{"legal.controller", []string{"legal.controller_text"}, true},
		{"legal.data", []string{"legal.data_text", "legal.data_calls"}, false},
		{"legal.retention", []string{"legal.retention_text"}, false},
		{"legal.cookies", []string{"legal.cookies_text"}, false},
		{"legal.rights", []string{"legal.rights_text", "legal.cnil_text"}, false},
	}, h.words()))
}

func (h *Handler) accessibility(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, legalPage("legal.accessibility_title", []part{
		{"legal.aim", []string{"legal.aim_text"}, false},
		{"legal.state", []string{"legal.state_text"}, false},
		{"legal.means", []string{"legal.means_text"}, false},
		{"legal.report", []string{"legal.report_text"}, true},
		{"legal.remedy", []string{"legal.remedy_text"}, false},
	}, h.words()))
}

// part is one part of a legal page: its heading, its paragraphs, the contact after them.
type part struct {
	title   string
	texts   []string
	contact bool
}
