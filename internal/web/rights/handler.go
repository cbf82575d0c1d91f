// Package rights is the pages of drawing rights: what a project has and asks, and what funders gave an edition.
package rights

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /projects/{id}/rights and /editions/{id}/rights.
type Handler struct {
	Rights *right.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: policyAction(action), On: "project", Handle: handle}
	}
	under := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: policyAction(action), On: "edition", Handle: handle}
	}
	return []ui.Route{
		on("GET /projects/{id}/rights", "read", h.project),
		on("POST /projects/{id}/rights", "ask", h.ask),
		on("GET /projects/{id}/rights/statement.csv", "read", h.projectFile),
		on("GET /projects/{id}/rights/{request}", "read", h.request),
		on("POST /projects/{id}/rights/{request}/send", "ask", h.send),
		on("POST /projects/{id}/rights/{request}/choose", "ask", h.choose),
		on("POST /projects/{id}/rights/{request}/time", "settle", h.time),
		on("POST /projects/{id}/rights/{request}/end", "settle", h.end),
		under("GET /editions/{id}/rights", "follow", h.budget),
		under("POST /editions/{id}/rights", "manage", h.found),
		under("GET /editions/{id}/rights/{fund}", "follow", h.fund),
		under("GET /editions/{id}/rights/{fund}/statement.csv", "follow", h.fundFile),
		under("POST /editions/{id}/rights/{fund}", "manage", h.change),
		under("GET /editions/{id}/rights/{fund}/edit", "manage", h.editing),
		under("POST /editions/{id}/rights/{fund}/edit", "manage", h.edit),
		under("GET /editions/{id}/rights/{fund}/prolong", "manage", h.prolonging),
		under("POST /editions/{id}/rights/{fund}/prolong", "manage", h.prolong),
	}
}

func idOf(r *http.Request) project.ID               { return project.ID(r.PathValue("id")) }
func requestOf(r *http.Request) right.RequestID     { return right.RequestID(r.PathValue("request")) }
func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }
func fundOf(r *http.Request) right.FundID           { return right.FundID(r.PathValue("fund")) }

func projectURL(id project.ID, parts ...string) string {
	return strings.Join(append([]string{"/projects/" + url.PathEscape(string(id))}, parts...), "/")
}

func at(id project.ID, parts ...string) string {
	return strings.Join(append([]string{projectURL(id, "rights")}, parts...), "/")
}

func below(id programme.EditionID, parts ...string) string {
	return strings.Join(append([]string{ui.EditionURL(id) + "/rights"}, parts...), "/")
}

// desk is the page of a project's right, with a request as it was typed.
type desk struct {
	right.Sheet
	asked     right.Asked
	typed     string // minutes or hours as they were typed
	statement right.Statement
	problems  ui.Problems
}

func (h *Handler) desk(r *http.Request) (v desk, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.Sheet, err = h.Rights.Sheet(ctx, by, idOf(r)); err != nil {
		return v, err
	}
	if v.statement, err = h.Rights.OfProject(ctx, by, idOf(r)); err != nil {
		return v, err
	}
	get := r.PostFormValue
	v.typed = get("hours")
	v.asked = right.Asked{Fund: right.FundID(get("fund")), Subject: get("subject"), Purpose: get("purpose"), Minutes: scaled(v.typed, 60), Urgency: get("urgency"), Language: get("language")}
	if v.asked.Urgency == "" {
		v.asked.Urgency = right.Urgencies[0]
	}
	return v, nil
}

// scaled reads a decimal number, times a scale: -1 for what is none.
func scaled(typed string, by float64) int64 {
	n, err := strconv.ParseFloat(strings.ReplaceAll(strings.Join(strings.Fields(typed), ""), ",", "."), 64)
	if err != nil || n < 0 || n > 1e9 {
		return -1
	}
	return int64(n*by + 0.5)
}

func (h *Handler) project(w http.ResponseWriter, r *http.Request) error {
	v, err := h.desk(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, projectPage(v))
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.desk(r)
	if err != nil {
		return err
	}
	id, err := h.Rights.Ask(ctx, ui.User(r), v.ID, v.asked)
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), projectPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(v.ID, string(id)), "rights.asked_done")
}

// asked is the page of a request.
type asked struct {
	right.Detail
	typed, reason string
	problems      ui.Problems
}

func (h *Handler) asked(r *http.Request) (v asked, err error) {
	v.Detail, err = h.Rights.Detail(r.Context(), ui.User(r), idOf(r), requestOf(r))
	v.typed, v.reason = r.PostFormValue("minutes"), r.PostFormValue("reason")
	return v, err
}

func (h *Handler) request(w http.ResponseWriter, r *http.Request) error {
	v, err := h.asked(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, requestPage(v))
}

// does acts on a request, and shows it again with what was wrong.
func (h *Handler) does(w http.ResponseWriter, r *http.Request, said string, act func(v asked) error) error {
	v, err := h.asked(r)
	if err != nil {
		return err
	}
	err = act(v)
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), requestPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(v.ID, string(v.Request.ID)), said)
}

func (h *Handler) send(w http.ResponseWriter, r *http.Request) error {
	return h.does(w, r, "rights.sent_done", func(asked) error {
		var list []pool.ID
		for _, one := range r.PostForm["experts"] {
			list = append(list, pool.ID(one))
		}
		return h.Rights.Send(r.Context(), ui.User(r), idOf(r), requestOf(r), list)
	})
}

func (h *Handler) choose(w http.ResponseWriter, r *http.Request) error {
	return h.does(w, r, "rights.chosen_done", func(asked) error {
		return h.Rights.Choose(r.Context(), ui.User(r), idOf(r), requestOf(r), pool.ID(r.PostFormValue("expert")))
	})
}

func (h *Handler) time(w http.ResponseWriter, r *http.Request) error {
	return h.does(w, r, "rights.said_done", func(v asked) error {
		return h.Rights.Say(r.Context(), ui.User(r), idOf(r), requestOf(r), scaled(v.typed, 1))
	})
}

func (h *Handler) end(w http.ResponseWriter, r *http.Request) error {
	return h.does(w, r, "rights.ended_done", func(v asked) error {
		e := right.Event{State: right.Cancelled, Words: v.reason}
		switch r.PostFormValue("what") {
		case "team":
			e.State, e.Side = right.Missed, right.TeamSide
		case "expert":
			e.State, e.Side = right.Missed, right.ExpertSide
		}
		return h.Rights.End(r.Context(), ui.User(r), idOf(r), requestOf(r), e)
	})
}

func (h *Handler) projectFile(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Rights.OfProject(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return file(w, r, v)
}

func (h *Handler) fundFile(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Rights.OfFund(r.Context(), ui.User(r), editionOf(r), fundOf(r))
	if err != nil {
		return err
	}
	return file(w, r, v)
}

var columns = []string{"rights.day", "rights.fund", "rights.act", "rights.from", "rights.to", "rights.minutes", "rights.subject", "rights.expert", "rights.reason"}

// file gives a statement to a spreadsheet.
func file(w http.ResponseWriter, r *http.Request, v right.Statement) error {
	ctx := r.Context()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "rights.file")+".csv"))
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // spreadsheets read UTF-8 only with it
		return err
	}
	out := csv.NewWriter(w)
	if i18n.From(ctx) == i18n.FR {
		out.Comma = ';'
	}
	var head []string
	for _, key := range columns {
		head = append(head, i18n.T(ctx, key))
	}
	rows := [][]string{head}
	for _, l := range v.Lines {
		rows = append(rows, []string{ui.Local(l.At, v.Zone).Format("2006-01-02 15:04"), plain(l.Fund), i18n.T(ctx, "rights.act_"+string(l.Act)), plain(place(ctx, l.From, l.Giver)), plain(place(ctx, l.To, l.Taker)), strconv.FormatInt(l.Minutes, 10), plain(l.Subject), plain(l.Expert), plain(l.Reason)})
	}
	return out.WriteAll(rows)
}

// plain keeps a spreadsheet from reading words as a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// place names an account.
func place(ctx context.Context, kind ledger.Kind, title string) string {
	said := i18n.T(ctx, "rights.account_"+string(kind))
	if title != "" {
		said += " · " + title
	}
	return said
}

// meets says whether the team may meet somebody for the request: one who said yes or was chosen.
func (v asked) meets() bool {
	switch v.Request.State {
	case right.Chosen, right.Booked:
		return v.Settles
	case right.Open:
		return v.Asks && slices.ContainsFunc(v.Replies, func(a right.Reply) bool { return a.Answer == "yes" })
	}
	return false
}
