// Package journal is the auditor's pages: the journal of acts, its export and its verification.
package journal

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/admin"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// Handler answers under /journal.
type Handler struct{ Admin *admin.Service }

// Routes are the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /journal", Action: "journal.read", On: "platform", Handle: h.List},
		{Pattern: "GET /journal/export", Action: "journal.read", On: "platform", Handle: h.Export},
		{Pattern: "POST /journal/verify", Action: "journal.read", On: "platform", Handle: h.Verify},
	}
}

// auditZone is the one in which the audit reads instants.
const auditZone = "Europe/Paris"

// asked is what the address asks for: the filter as typed, and as read.
type asked struct {
	Actor, Act, Kind, ID, From, Until string

	badFrom, badUntil bool
}

func read(values url.Values) (asked, journal.Filter) {
	get := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	a := asked{Actor: get("actor"), Act: get("act"), Kind: get("kind"), ID: get("object"), From: get("from"), Until: get("until")}
	f := journal.Filter{Actor: a.Actor, Act: a.Act, Kind: a.Kind, ID: a.ID}
	f.From, a.badFrom = day(a.From)
	f.Until, a.badUntil = day(a.Until)
	if !f.Until.IsZero() {
		f.Until = ui.Local(f.Until, auditZone).AddDate(0, 0, 1) // the last day is included
	}
	return a, f
}

// day reads a day as the start of it; bad says that something else was typed.
func day(text string) (at time.Time, bad bool) {
	if text == "" {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone.Location(auditZone))
	return at, err != nil
}

func (a asked) bad() bool { return a.badFrom || a.badUntil }

func (a asked) empty() bool { return a == asked{} }

// address is the same question on another path, with one more value.
func (a asked) address(path, name, value string) string {
	q := url.Values{}
	for key, v := range map[string]string{"actor": a.Actor, "act": a.Act, "kind": a.Kind, "object": a.ID, "from": a.From, "until": a.Until, name: value} {
		if v != "" && key != "" {
			q.Set(key, v)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// List shows one page of the journal, the newest line first.
func (h *Handler) List(w http.ResponseWriter, r *http.Request) error {
	a, filter := read(r.URL.Query())
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	page, err := h.Admin.Journal(r.Context(), ui.User(r), filter, max(before, 0))
	if err != nil {
		return err
	}
	status := http.StatusOK
	if a.bad() {
		status = http.StatusUnprocessableEntity
		page.Lines, page.Next = nil, 0
	}
	return ui.Render(w, r, status, listPage(ui.Page{
		Title: i18n.T(r.Context(), "journal.title"), Lead: i18n.T(r.Context(), "journal.lead"), Width: ui.Wide, Failed: a.bad(),
		Person: ui.User(r).Name, LangURL: a.address("/journal", "lang", otherLang(r)),
	}, a, page))
}

func otherLang(r *http.Request) string {
	if i18n.From(r.Context()) == i18n.FR {
		return string(i18n.EN)
	}
	return string(i18n.FR)
}

// Verify reads the whole chain now.
func (h *Handler) Verify(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Admin.VerifyJournal(r.Context(), ui.User(r)); err != nil {
		return err
	}
	return ui.See(w, r, "/journal")
}

// Export gives the lines that the filter keeps, as JSON lines or CSV.
func (h *Handler) Export(w http.ResponseWriter, r *http.Request) error {
	a, filter := read(r.URL.Query())
	if a.bad() {
		return ui.See(w, r, a.address("/journal", "", ""))
	}
	out := &export{w: w, format: "jsonl"}
	if r.URL.Query().Get("format") == "csv" {
		out.format = "csv"
	}
	err := h.Admin.ExportJournal(r.Context(), ui.User(r), filter, out.format, out.write)
	if err != nil && !out.started {
		return err
	}
	if err == nil {
		err = out.close()
	}
	if err != nil {
		slog.ErrorContext(r.Context(), "journal export cut", "request", journal.Request(r.Context()), "err", err)
		panic(http.ErrAbortHandler) // the status has left: only a cut connection tells the reader that lines are missing
	}
	return nil
}

// export writes lines as they come; its headers leave with the first.
type export struct {
	w       http.ResponseWriter
	format  string
	started bool
	buffer  *bufio.Writer
	json    *json.Encoder
	csv     *csv.Writer
}

var columns = []string{"seq", "at", "actor", "act", "object_kind", "object_id", "detail", "request", "prev", "hash"}

func (e *export) start() error {
	if e.started {
		return nil
	}
	e.started = true
	kind := "application/jsonl; charset=utf-8"
	if e.format == "csv" {
		kind = "text/csv; charset=utf-8"
	}
	e.w.Header().Set("Content-Type", kind)
	e.w.Header().Set("Content-Disposition", `attachment; filename="journal.`+e.format+`"`)
	e.w.Header().Set("Cache-Control", "no-store")
	e.buffer = bufio.NewWriterSize(e.w, 1<<16)
	e.json, e.csv = json.NewEncoder(e.buffer), csv.NewWriter(e.buffer)
	e.json.SetEscapeHTML(false)
	if e.format == "csv" {
		return e.csv.Write(columns)
	}
	return nil
}

func (e *export) write(l journal.Line) error {
	if err := e.start(); err != nil {
		return err
	}
	if e.format == "csv" {
		return e.csv.Write([]string{strconv.FormatInt(l.Seq, 10), l.At.UTC().Format(time.RFC3339Nano), l.Actor, l.Act, l.Kind, l.ID, l.Detail, l.Request, l.Prev, l.Hash})
	}
	return e.json.Encode(l)
}

func (e *export) close() error {
	if err := e.start(); err != nil {
		return err
	}
	e.csv.Flush()
	if err := e.csv.Error(); err != nil {
		return err
	}
	return e.buffer.Flush()
}
