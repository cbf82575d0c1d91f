// Package calls is the pages of a call for projects: what the public reads, and the workbench of those who write it.
package calls

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/continuity"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/screening"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// edition is what the pages of a call say of the edition that it belongs to.
type edition struct {
	Name  string
	URL   string
	Frise ui.Frise
}

// Handler answers for calls.
type Handler struct {
	Calls      *call.Service
	Continuity *continuity.Service
	Screening  *screening.Service
	Winners    func(ctx context.Context, by account.User, call string) ([]string, error) // names the projects that were retained; may be nil
	Programmes *programme.Service
	Clock      clock.Clock
	Registers  application.Registers // name places and check numbers in a trial
	BaseURL    string                // the public address of the install, without a final slash
}

// Routes is every address of calls.
func (h *Handler) Routes() []ui.Route {
	return append([]ui.Route{
		{Pattern: "GET /calls", Action: "site.visit", Handle: h.list},
		{Pattern: "GET /calls/new", Action: "edition.manage", On: "edition", Handle: h.fresh},
		{Pattern: "POST /calls", Action: "edition.manage", On: "edition", Handle: h.create},
		{Pattern: "GET /calls/{id}", Action: "call.read", On: "call", Handle: h.show},
		{Pattern: "POST /calls/{id}/questions", Action: "call.ask", On: "call", Handle: h.ask},
		{Pattern: "GET /calls/{id}/documents/{document}", Action: "call.read", On: "call", Handle: h.document},
		{Pattern: "GET /calls/{id}/manage", Action: "call.files", On: "call", Handle: h.manage},
		{Pattern: "POST /calls/{id}/questions/{question}", Action: "call.answer", On: "call", Handle: h.answer},
		{Pattern: "POST /calls/{id}/publish", Action: "call.publish", On: "call", Handle: h.publish},
		{Pattern: "GET /calls/{id}/extend", Action: "call.publish", On: "call", Handle: h.extension},
		{Pattern: "POST /calls/{id}/extend", Action: "call.publish", On: "call", Handle: h.extend},
		{Pattern: "POST /calls/{id}/archive", Action: "call.publish", On: "call", Handle: h.archive},
		{Pattern: "GET /calls/{id}/edit", Action: "call.edit", On: "call", Handle: h.edit},
		{Pattern: "POST /calls/{id}/edit/{section}", Action: "call.edit", On: "call", Handle: h.save},
		{Pattern: "POST /calls/{id}/documents", Action: "call.edit", On: "call", Handle: h.documents},
	}, h.builderRoutes()...)
}

func (h *Handler) builderRoutes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /calls/{id}/form", Action: "call.edit", On: "call", Handle: h.form},
		{Pattern: "POST /calls/{id}/form", Action: "call.edit", On: "call", Handle: h.act},
		{Pattern: "GET /calls/{id}/form/add", Action: "call.edit", On: "call", Handle: h.gallery},
		{Pattern: "GET /calls/{id}/form/start", Action: "call.edit", On: "call", Handle: h.start},
		{Pattern: "POST /calls/{id}/form/start", Action: "call.edit", On: "call", Handle: h.startFrom},
		{Pattern: "GET /calls/{id}/form/export", Action: "call.edit", On: "call", Handle: h.export},
		{Pattern: "GET /calls/{id}/form/fields/{part}", Action: "call.edit", On: "call", Handle: h.field},
		{Pattern: "POST /calls/{id}/form/fields/{part}", Action: "call.edit", On: "call", Handle: h.saveField},
		{Pattern: "GET /calls/{id}/form/steps/{part}", Action: "call.edit", On: "call", Handle: h.step},
		{Pattern: "POST /calls/{id}/form/steps/{part}", Action: "call.edit", On: "call", Handle: h.saveStep},
		{Pattern: "GET /calls/{id}/form/rules/{part}", Action: "call.edit", On: "call", Handle: h.rule},
		{Pattern: "POST /calls/{id}/form/rules/{part}", Action: "call.edit", On: "call", Handle: h.saveRule},
		{Pattern: "GET /calls/{id}/form/history", Action: "call.edit", On: "call", Handle: h.history},
		{Pattern: "POST /calls/{id}/form/history", Action: "call.edit", On: "call", Handle: h.restore},
		{Pattern: "GET /calls/{id}/form/try", Action: "call.edit", On: "call", Handle: h.try},
		{Pattern: "GET /calls/{id}/form/preview", Action: "call.edit", On: "call", Handle: h.preview},
		{Pattern: "POST /calls/{id}/form/preview", Action: "call.edit", On: "call", Handle: h.preview},
		{Pattern: "GET /calls/{id}/form/publish", Action: "call.publish", On: "call", Handle: h.revision},
		{Pattern: "POST /calls/{id}/form/publish", Action: "call.publish", On: "call", Handle: h.revise},
	}
}

func id(r *http.Request) call.ID { return call.ID(r.PathValue("id")) }

// link is an address below a call's.
func link(id call.ID, parts ...string) string {
	out := "/calls/" + url.PathEscape(string(id))
	for _, p := range parts {
		out += "/" + p
	}
	return out
}

func speech(ctx context.Context) form.Speech {
	return form.Speech{Lang: string(i18n.From(ctx)), Say: func(key string, args ...any) string { return i18n.T(ctx, key, args...) }}
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

// print is a short mark of a value, to know whether somebody changed it meanwhile.
func print(v any) string {
	content, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// pair reads a text in both languages: NAME_fr and NAME_en.
func pair(v url.Values, name string) form.Localised {
	out := form.Localised{}
	for _, lang := range i18n.Langs {
		s := strings.TrimSpace(strings.ReplaceAll(v.Get(name+"_"+string(lang)), "\r\n", "\n"))
		if s != "" {
			out[string(lang)] = s
		}
	}
	return out
}

// say puts problems in words; instants among their arguments are told in a zone.
func say(ctx context.Context, zone string, list []errs.Field) []ui.FieldError {
	out := make([]ui.FieldError, len(list))
	for i, f := range list {
		args := make([]any, len(f.Args))
		for j, a := range f.Args {
			if at, ok := a.(time.Time); ok && zone != "" {
				a = ui.Local(at, zone)
			}
			args[j] = a
		}
		out[i] = ui.FieldError{Path: f.Path, Text: i18n.T(ctx, f.Key, args...)}
	}
	return out
}

// at is the first problem of a path, "" when it has none.
func at(list []ui.FieldError, path string) string {
	for _, p := range list {
		if p.Path == path {
			return p.Text
		}
	}
	return ""
}

// notices are what a page may say was just done, so that an address cannot make it say anything else.
var notices = map[string]bool{"saved": true, "published": true, "extended": true, "archived": true, "asked": true, "answered": true, "document_added": true, "document_removed": true, "created": true, "revised": true, "started": true, "restored": true}

func notice(r *http.Request) string {
	if done := r.URL.Query().Get("done"); notices[done] {
		return i18n.T(r.Context(), "calls.done_"+done)
	}
	return ""
}

// edition tells about the edition of a call, nothing when the reader may not see it.
func (h *Handler) edition(r *http.Request, id string) (edition, error) {
	ctx := r.Context()
	o, err := h.Programmes.Edition(ctx, ui.User(r), programme.EditionID(id))
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) || errs.Is(err, errs.Unauthenticated) {
		return edition{}, nil
	}
	if err != nil {
		return edition{}, err
	}
	return edition{Name: o.Name.In(string(i18n.From(ctx))), URL: ui.EditionURL(o.ID), Frise: ui.FriseOf(ctx, o.Edition, o.Stages, h.Clock.Now(), nil)}, nil
}
