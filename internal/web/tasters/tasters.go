// Package tasters is the pages of gatherings of an hour: how each is announced, their rhythm, and figures over a year.
package tasters

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/taster"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/calendar"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /tasters to everybody, and to who prepares tasters in an edition.
type Handler struct {
	Tasters *taster.Service
	BaseURL string
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /editions/{id}/tasters", Action: "edition.read", On: "edition", Handle: h.list},
		{Pattern: "GET /editions/{id}/tasters/new", Action: "gathering.create", On: "edition", Handle: h.blank},
		{Pattern: "POST /editions/{id}/tasters/new", Action: "gathering.create", On: "edition", Handle: h.create},
		{Pattern: "GET /editions/{id}/tasters/figures", Action: "taster.figures", On: "edition", Handle: h.figures},
		{Pattern: "GET /editions/{id}/tasters/figures.csv", Action: "taster.figures", On: "edition", Handle: h.table},
		{Pattern: "GET /gatherings/{id}/taster", Action: "gathering.manage", On: "gathering", Handle: h.edit},
		{Pattern: "POST /gatherings/{id}/taster", Action: "gathering.manage", On: "gathering", Handle: h.save},
		{Pattern: "POST /gatherings/{id}/taster/board", Action: "gathering.manage", On: "gathering", Handle: h.hear},
		{Pattern: "GET /tasters/{taster}", Action: "taster.read", Handle: h.show},
		{Pattern: "GET /tasters/{taster}/calendar.ics", Action: "taster.read", Handle: h.calendar},
	}
}

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }
func idOf(r *http.Request) gathering.ID             { return gathering.ID(r.PathValue("id")) }
func tasterOf(r *http.Request) gathering.ID         { return gathering.ID(r.PathValue("taster")) }

func under(id programme.EditionID, parts ...string) string {
	return strings.Join(append([]string{ui.EditionURL(id) + "/tasters"}, parts...), "/")
}

func publicURL(id gathering.ID) string { return "/tasters/" + url.PathEscape(string(id)) }
func homeURL(id gathering.ID) string   { return "/gatherings/" + url.PathEscape(string(id)) }

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	l, err := h.Tasters.List(r.Context(), ui.User(r), editionOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(l))
}

// cards are the tasters of a list.
func cards(ctx context.Context, l taster.Listing) (list []ui.Card) {
	for _, t := range l.List {
		c := ui.Card{Over: when(ctx, t), Title: t.Title, URL: publicURL(t.ID), Text: t.Speaker}
		if t.Place != "" {
			c.Facts = append(c.Facts, t.Place)
		}
		if t.Announced.IsZero() {
			c.Badge, c.Tone = i18n.T(ctx, "tasters.hidden"), ui.Warning
		}
		list = append(list, c)
	}
	return list
}

// when says when a taster takes place.
func when(ctx context.Context, t taster.Taster) string {
	return i18n.T(ctx, "tasters.when", ui.Day(ctx, t.Starts()), t.From.Clock(), t.To.Clock())
}

// series is the page on which tasters are prepared: a rhythm, then its days.
type series struct {
	listing  taster.Listing
	rhythm   taster.Rhythm
	sheet    taster.Sheet
	from, to string
	dates    []taster.Date
	kept     map[string]bool // the days that are ticked; nil for those that are no holiday
	problems ui.Problems
}

func (v series) ticked(d taster.Date) bool {
	if v.kept != nil {
		return v.kept[d.Day]
	}
	return d.Holiday == ""
}

// minuteOf reads a time of the wall; -1 when it is none.
func minuteOf(typed string) order.Minute {
	t, err := time.Parse("15:04", strings.TrimSpace(typed))
	if err != nil {
		return -1
	}
	return order.Minute(t.Hour()*60 + t.Minute())
}

// typed reads what was typed, from an address or from a form.
func typed(form url.Values) (v series) {
	weeks, err := strconv.Atoi(form.Get("weeks"))
	if err != nil {
		weeks = 0
	}
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64) // anything else is an old version
	v.from, v.to = form.Get("from"), form.Get("to")
	v.rhythm = taster.Rhythm{First: form.Get("first"), Last: form.Get("last"), Weeks: weeks, Zone: form.Get("zone")}
	v.sheet = taster.Sheet{Theme: form.Get("theme"), About: form.Get("about"), Speaker: form.Get("speaker"), Place: form.Get("place"), Link: form.Get("link"), From: minuteOf(v.from), To: minuteOf(v.to), Announce: form.Get("announce") == "yes", Version: version}
	return v
}

// blank asks for a rhythm, then shows its days with what is odd about each.
func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	v, err := h.preparing(r, r.URL.Query())
	if err != nil {
		return err
	}
	if !r.URL.Query().Has("first") {
		v.rhythm.Weeks, v.rhythm.Zone, v.from, v.to = 2, "Europe/Paris", "12:30", "13:30"
		return ui.Render(w, r, http.StatusOK, rhythmPage(v))
	}
	v.dates, err = v.rhythm.Dates()
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), rhythmPage(v))
	}
	return ui.Render(w, r, http.StatusOK, daysPage(v))
}

func (h *Handler) preparing(r *http.Request, form url.Values) (v series, err error) {
	v = typed(form)
	v.listing, err = h.Tasters.List(r.Context(), ui.User(r), editionOf(r))
	if err == nil && !v.listing.Prepare {
		err = errs.New(errs.Forbidden, "errs.forbidden")
	}
	return v, err
}

func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	v, err := h.preparing(r, r.PostForm)
	if err != nil {
		return err
	}
	var days []string
	v.kept = map[string]bool{}
	v.dates, err = v.rhythm.Dates()
	for _, d := range v.dates {
		for _, day := range r.PostForm["days"] {
			if v.kept[d.Day] = v.kept[d.Day] || day == d.Day; day == d.Day {
				days = append(days, day)
			}
		}
	}
	if err == nil {
		_, err = h.Tasters.Series(r.Context(), ui.User(r), editionOf(r), v.rhythm.Zone, v.sheet, days)
	}
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), daysPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(editionOf(r)), "tasters.prepared")
}

// edit is a gathering as a taster, for who runs it.
type edit struct {
	taster.Taster
	board    room.ID
	sheet    taster.Sheet
	from, to string
	problems ui.Problems
}

func (h *Handler) managed(r *http.Request) (v edit, err error) {
	v.Taster, v.board, err = h.Tasters.Managed(r.Context(), ui.User(r), idOf(r))
	v.sheet = taster.Sheet{Speaker: v.Speaker, Link: v.Link, Announce: !v.Announced.IsZero() || v.Edits == 0, Version: v.Edits}
	if v.from, v.to = v.From.Clock(), v.To.Clock(); v.Edits == 0 {
		v.from, v.to = "12:30", "13:30"
	}
	return v, err
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	v, err := h.managed(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editPage(v))
}

// onEdit leads back to a taster, or shows there why nothing was done.
func (h *Handler) onEdit(w http.ResponseWriter, r *http.Request, err error, said string) error {
	if err == nil {
		return ui.Done(w, r, homeURL(idOf(r))+"/taster", said)
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	v, missing := h.managed(r)
	if missing != nil {
		return missing
	}
	if v.problems = problems; r.PostForm.Has("from") {
		was, t := v.Edits, typed(r.PostForm)
		v.sheet, v.from, v.to = t.sheet, t.from, t.to
		v.sheet.Version = was // told that it changed meanwhile, saving again is her choice
	}
	return ui.Render(w, r, ui.StatusOf(err), editPage(v))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	return h.onEdit(w, r, h.Tasters.Put(r.Context(), ui.User(r), idOf(r), typed(r.PostForm).sheet), "tasters.saved")
}

func (h *Handler) hear(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Tasters.Hear(r.Context(), ui.User(r), idOf(r))
	return h.onEdit(w, r, err, "tasters.hearing")
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	t, err := h.Tasters.Read(r.Context(), ui.User(r), tasterOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, publicPage(t))
}

func (h *Handler) calendar(w http.ResponseWriter, r *http.Request) error {
	t, err := h.Tasters.Read(r.Context(), ui.User(r), tasterOf(r))
	if err != nil {
		return err
	}
	there := zone.Location(t.Zone)
	host, _ := url.Parse(h.BaseURL)
	text := strings.TrimSpace(strings.Join([]string{t.Speaker, t.About, t.Link}, "\n"))
	entry := calendar.Entry{UID: "taster-" + string(t.ID) + "@" + host.Hostname(), Title: t.Title, Text: text, Place: t.Place, URL: h.BaseURL + publicURL(t.ID),
		Starts: t.Starts().In(there), Ends: t.Stops().In(there), Sequence: t.Edits + t.Version, Changed: t.UpdatedAt}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("instant.ics"))
	_, err = io.WriteString(w, calendar.Text(t.Title, []calendar.Entry{entry}))
	return err
}

func (h *Handler) counted(r *http.Request) (taster.Figures, error) {
	return h.Tasters.Figures(r.Context(), ui.User(r), editionOf(r), r.URL.Query().Get("year"))
}

func (h *Handler) figures(w http.ResponseWriter, r *http.Request) error {
	f, err := h.counted(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, figuresPage(f))
}

// table gives the figures as a file: a line for each month, then the year.
func (h *Handler) table(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := h.counted(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("instants-"+f.Year+".csv"))
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
	for _, m := range append(f.Months, f.Whole) {
		rows = append(rows, row(ctx, f, m))
	}
	return out.WriteAll(rows)
}

var columns = []string{"tasters.month", "tasters.held", "tasters.came", "tasters.people", "tasters.needs", "tasters.offers"}

// row is what is counted of a month, or of the year.
func row(_ context.Context, f taster.Figures, m taster.Month) []string {
	name := m.Month
	if name == "" {
		name = f.Year
	}
	list := []string{name}
	for _, n := range []int{m.Held, m.Came, m.People, m.Needs, m.Offers} {
		list = append(list, strconv.Itoa(n))
	}
	return list
}
