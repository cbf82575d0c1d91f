// Package privacy is the pages about what the install keeps of people: statements, register, calendar and requests.
package privacy

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/privacy"
	"transformateur/internal/privacy/statement"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler serves the pages.
type Handler struct {
	Privacy    *privacy.Service
	Statements *statement.Service
	Name       string // of the install
	BaseURL    string
	Contact    string // of the settings of the program, while the statements give none
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /legal", Action: "site.visit", Handle: h.legal},
		{Pattern: "GET /privacy", Action: "site.visit", Handle: h.privacy},
		{Pattern: "GET /accessibility", Action: "site.visit", Handle: h.accessibility},
		{Pattern: "GET /privacy/register", Action: "site.visit", Handle: h.register},
		{Pattern: "GET /privacy/register/full", Action: "privacy.register", On: "platform", Handle: h.fullRegister},
		{Pattern: "GET /privacy/settings", Action: "platform.administer", On: "platform", Handle: h.settings},
		{Pattern: "POST /privacy/settings", Action: "platform.administer", On: "platform", Handle: h.saveSettings},
		{Pattern: "GET /privacy/calendar", Action: "retention.manage", On: "platform", Handle: h.calendar},
		{Pattern: "POST /privacy/calendar", Action: "retention.manage", On: "platform", Handle: h.setDays},
		{Pattern: "POST /privacy/calendar/extend", Action: "retention.manage", On: "platform", Handle: h.extend},
		{Pattern: "GET /privacy/programmes/{programme}", Action: "retention.manage", On: "programme", Handle: h.calendar},
		{Pattern: "POST /privacy/programmes/{programme}", Action: "retention.manage", On: "programme", Handle: h.setDays},
		{Pattern: "POST /privacy/programmes/{programme}/extend", Action: "retention.manage", On: "programme", Handle: h.extend},
		{Pattern: "GET /privacy/requests", Action: "privacy.requests", On: "platform", Handle: h.requests},
		{Pattern: "POST /privacy/requests", Action: "privacy.requests", On: "platform", Handle: h.eraseFor},
		{Pattern: "POST /privacy/holds", Action: "privacy.requests", On: "platform", Handle: h.hold},
		{Pattern: "POST /privacy/holds/lift", Action: "privacy.requests", On: "platform", Handle: h.lift},
	}
}

// site is what every statement knows of the install.
type site struct {
	statement.Statements
	name, base, contact string
	editor              bool // may complete what is missing
	preview             bool
	officer             bool // protects the data of the install
	entries             []privacy.Processing
}

func (h *Handler) site(r *http.Request) (s site, err error) {
	by := ui.User(r)
	s = site{name: h.Name, base: h.BaseURL, contact: h.Contact}
	if _, err := h.Statements.Edit(r.Context(), by); err == nil {
		s.editor = true
	}
	if _, err := h.Privacy.Holds(r.Context(), by); err == nil {
		s.officer = true
	}
	reg, err := h.Privacy.Register(r.Context(), by)
	s.Statements, s.entries = reg.Statements, reg.Entries
	return s, err
}

// said gives a part, or the contact of the program's settings where one does.
func (s site) said(key string) string {
	value := s.Statements[key]
	if value == "" && (key == "publisher_email" || key == "access_contact" || key == "dpo_contact") {
		return s.contact
	}
	return value
}

// mailto is a link to write to an address, "" when it is none.
func mailto(address string) string {
	if !strings.Contains(address, "@") || strings.ContainsAny(address, " <>") {
		return ""
	}
	return "mailto:" + url.PathEscape(address)
}

func (h *Handler) legal(w http.ResponseWriter, r *http.Request) error {
	s, err := h.site(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, legalPage(s))
}

func (h *Handler) privacy(w http.ResponseWriter, r *http.Request) error {
	s, err := h.site(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, privacyPage(s))
}

func (h *Handler) accessibility(w http.ResponseWriter, r *http.Request) error {
	s, err := h.site(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, accessPage(s))
}

func (h *Handler) register(w http.ResponseWriter, r *http.Request) error {
	s, err := h.site(r)
	if err != nil {
		return err
	}
	_, err = h.Privacy.FullRegister(r.Context(), ui.User(r))
	return ui.Render(w, r, http.StatusOK, registerPage(s, err == nil, false))
}

func (h *Handler) fullRegister(w http.ResponseWriter, r *http.Request) error {
	reg, err := h.Privacy.FullRegister(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	s := site{Statements: reg.Statements, entries: reg.Entries, name: h.Name, base: h.BaseURL, contact: h.Contact}
	return ui.Render(w, r, http.StatusOK, registerPage(s, true, true))
}

// keptFor says the durations of a processing, one line each.
func keptFor(ctx context.Context, kept []privacy.Kept) (list []string) {
	for _, k := range kept {
		name, from := i18n.T(ctx, "privacy.rule_"+k.Rule.Key), i18n.T(ctx, "privacy.from_"+k.Rule.Key)
		if k.Days == 0 {
			list = append(list, i18n.T(ctx, "privacy.kept_open", name, from))
			continue
		}
		list = append(list, i18n.N(ctx, "privacy.kept_days", k.Days, name, from))
	}
	return list
}

// natureNames says categories of data.
func natureNames(ctx context.Context, natures []privacy.Nature) string {
	var list []string
	for _, n := range natures {
		list = append(list, i18n.T(ctx, "privacy.nature_"+string(n)))
	}
	return strings.Join(list, ", ")
}

func lang(ctx context.Context) string { return string(i18n.From(ctx)) }

// day says a day that was typed as a date.
func day(ctx context.Context, value string) string {
	at, err := parseDay(value)
	if err != nil {
		return value
	}
	return text.Date(lang(ctx), at)
}

// paragraphs cuts what was typed in a large field.
func paragraphs(value string) []string {
	var list []string
	for _, line := range strings.Split(value, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func registerTitle(ctx context.Context, full bool) string {
	if full {
		return i18n.T(ctx, "privacy.register_full_title")
	}
	return i18n.T(ctx, "privacy.register_title")
}

// columnLines says what a table holds, one nature a line.
func columnLines(ctx context.Context, t privacy.Table) (list []string) {
	for _, one := range []struct {
		nature  privacy.Nature
		columns string
	}{{privacy.Identifying, t.Identifying}, {privacy.Words, t.Words}, {privacy.Trace, t.Trace}, {privacy.Linked, t.Linked}, {privacy.Secret, t.Secret}, {privacy.Technical, t.Technical}} {
		if one.columns != "" {
			list = append(list, i18n.T(ctx, "privacy.nature_"+string(one.nature))+i18n.T(ctx, "privacy.colon")+strings.Join(strings.Fields(one.columns), ", "))
		}
	}
	return list
}

// publisher is who makes the statement.
func publisher(s site) string {
	if name := s.Statements["publisher"]; name != "" {
		return name
	}
	return s.name
}
