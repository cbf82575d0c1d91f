// Package experts is the pages of experts: how a programme vets them, and what each one is asked.
package experts

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /programmes/{id}/experts to who vets experts, and under
// /experts/requests to experts.
type Handler struct {
	Pool   *pool.Service
	Rights *right.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /programmes/{id}/experts", Action: "expert.manage", On: "programme", Handle: h.list},
		{Pattern: "POST /programmes/{id}/experts", Action: "expert.manage", On: "programme", Handle: h.invite},
		{Pattern: "GET /programmes/{id}/experts/{expert}", Action: "expert.manage", On: "programme", Handle: h.show},
		{Pattern: "POST /programmes/{id}/experts/{expert}", Action: "expert.manage", On: "programme", Handle: h.save},
		{Pattern: "POST /programmes/{id}/experts/{expert}/revoke", Action: "expert.manage", On: "programme", Handle: h.revoke},
		{Pattern: "POST /programmes/{id}/experts/{expert}/conflicts", Action: "expert.manage", On: "programme", Handle: h.declare},
		{Pattern: "GET /experts/requests", Action: "expert.requests", Handle: h.mine},
		{Pattern: "GET /experts/statement.csv", Action: "expert.requests", Handle: h.statement},
		{Pattern: "GET /experts/requests/{ask}", Action: "expert.requests", Handle: h.request},
		{Pattern: "POST /experts/requests/{ask}", Action: "expert.requests", Handle: h.answer},
		{Pattern: "POST /experts/requests/{ask}/time", Action: "expert.requests", Handle: h.time},
		{Pattern: "POST /experts/requests/{ask}/end", Action: "expert.requests", Handle: h.end},
	}
}

func programmeOf(r *http.Request) programme.ProgrammeID {
	return programme.ProgrammeID(r.PathValue("id"))
}

func expertOf(r *http.Request) pool.ID { return pool.ID(r.PathValue("expert")) }

func at(id programme.ProgrammeID, parts ...string) string {
	return strings.Join(append([]string{"/programmes/" + url.PathEscape(string(id)) + "/experts"}, parts...), "/")
}

func homeURL(id programme.ProgrammeID) string { return "/programmes/" + url.PathEscape(string(id)) }

func askURL(ask string, parts ...string) string {
	return strings.Join(append([]string{"/experts/requests/" + url.PathEscape(ask)}, parts...), "/")
}

// shelf is the page of a programme's experts, with an invitation as it was typed.
type shelf struct {
	pool.Listed
	offer    pool.Offer
	typed    typed
	problems ui.Problems
}

// typed are the numbers of a sheet as somebody typed them.
type typed struct{ hours, euros string }

func (h *Handler) shelf(r *http.Request) (v shelf, err error) {
	if v.Listed, err = h.Pool.List(r.Context(), ui.User(r), programmeOf(r)); err != nil {
		return v, err
	}
	v.offer.Sheet, v.typed = posted(r)
	v.offer.Email, v.offer.Message, v.offer.Lang = r.PostFormValue("email"), r.PostFormValue("message"), r.PostFormValue("lang")
	if v.offer.Lang == "" {
		v.offer.Lang = string(i18n.From(r.Context()))
	}
	return v, nil
}

// posted reads a sheet; a number that is none is out of range.
func posted(r *http.Request) (w pool.Sheet, t typed) {
	get := r.PostFormValue
	t = typed{get("capacity"), get("rate")}
	w = pool.Sheet{Name: get("name"), Organisation: get("organisation"), Subjects: pool.Words(get("subjects")), Languages: pool.Words(get("languages")), Territory: get("territory"), Availability: get("availability"),
		Partner: get("partner"), From: get("from"), Until: get("until"), Capacity: scaled(t.hours, 60), DayCents: scaled(t.euros, 100)}
	w.Version, _ = strconv.ParseInt(get("version"), 10, 64) // anything else is an old version
	return w, t
}

// scaled reads a decimal number, times a scale: 0 for nothing, -1 for what is no number.
func scaled(typed string, by float64) int64 {
	typed = strings.ReplaceAll(strings.Join(strings.Fields(typed), ""), ",", ".")
	if typed == "" {
		return 0
	}
	n, err := strconv.ParseFloat(typed, 64)
	if err != nil || n < 0 || n > 1e9 {
		return -1
	}
	return int64(n*by + 0.5)
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	v, err := h.shelf(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(v))
}

func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.shelf(r)
	if err != nil {
		return err
	}
	err = h.Pool.Invite(ctx, ui.User(r), programmeOf(r), v.offer)
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), listPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(v.ID), "experts.invited_done")
}

// sheet is the page of one expert.
type sheet struct {
	pool.Expert
	of        programme.Programme
	conflicts []pool.Conflict
	typed     typed
	against   string
	problems  ui.Problems
}

func (h *Handler) sheet(r *http.Request) (v sheet, err error) {
	ctx, by := r.Context(), ui.User(r)
	l, err := h.Pool.List(ctx, by, programmeOf(r))
	if err != nil {
		return v, err
	}
	v.of = l.Programme
	v.Expert, v.conflicts, err = h.Pool.One(ctx, by, programmeOf(r), expertOf(r))
	v.typed = typed{hours: decimal(v.Capacity, 60), euros: decimal(v.DayCents, 100)}
	v.against = r.PostFormValue("against")
	return v, err
}

func decimal(n, scale int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(n)/float64(scale), 'f', -1, 64)
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, expertPage(v))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	wanted, numbers := posted(r)
	err = h.Pool.Edit(ctx, ui.User(r), programmeOf(r), expertOf(r), wanted)
	if problems, show := ui.Again(ctx, err); show {
		now := v.Version
		v.Sheet, v.typed, v.problems = wanted, numbers, problems
		v.Version = now // she is told that somebody wrote meanwhile: saving again is her choice
		return ui.Render(w, r, ui.StatusOf(err), expertPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(programmeOf(r), string(expertOf(r))), "experts.saved_done")
}

func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := h.Pool.Revoke(r.Context(), ui.User(r), programmeOf(r), expertOf(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(programmeOf(r)), "experts.revoked_done")
}

func (h *Handler) declare(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	err = h.Pool.Declare(ctx, ui.User(r), programmeOf(r), expertOf(r), pool.Conflict{Project: project.ID(r.PostFormValue("project")), Organisation: v.against})
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), expertPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(programmeOf(r), string(expertOf(r))), "experts.declared_done")
}

func tone(s pool.Status) ui.Tone {
	switch s {
	case pool.Active:
		return ui.Success
	case pool.Invited:
		return ui.Info
	}
	return ui.Warning
}

// cards are the experts of a programme.
func (v shelf) cards(ctx context.Context) (list []ui.Card) {
	for _, x := range v.Experts {
		list = append(list, ui.Card{Title: x.Name, URL: at(v.ID, string(x.ID)), Over: x.Organisation, Text: strings.Join(x.Subjects, ", "), Badge: i18n.T(ctx, "experts.status_"+string(x.Status)), Tone: tone(x.Status), Facts: facts(ctx, x)})
	}
	return list
}

// facts are what a programme knows of the time of an expert.
func facts(ctx context.Context, x pool.Expert) (list []string) {
	if x.Territory != "" {
		list = append(list, x.Territory)
	}
	if len(x.Languages) > 0 {
		list = append(list, strings.Join(x.Languages, ", "))
	}
	switch {
	case x.DayCents > 0:
		list = append(list, i18n.T(ctx, "experts.rate_day", text.Money(string(i18n.From(ctx)), x.DayCents)))
	case x.Partner != "":
		list = append(list, i18n.T(ctx, "experts.gift_of", x.Partner))
	}
	if x.Capacity > 0 {
		list = append(list, i18n.T(ctx, "experts.capacity_of", right.Clock(x.Capacity)))
	}
	return list
}

// statement gives an expert what was counted of her time, as a file.
func (h *Handler) statement(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.Rights.Hers(ctx, ui.User(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "experts.file")+".csv"))
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // spreadsheets read UTF-8 only with it
		return err
	}
	out := csv.NewWriter(w)
	if i18n.From(ctx) == i18n.FR {
		out.Comma = ';'
	}
	rows := [][]string{{i18n.T(ctx, "rights.day"), i18n.T(ctx, "rights.project"), i18n.T(ctx, "rights.subject"), i18n.T(ctx, "rights.minutes")}}
	for _, l := range v.Lines {
		minutes := l.Minutes
		if l.Act == "correct" {
			minutes = -minutes
		}
		rows = append(rows, []string{l.At.Format("2006-01-02"), l.Giver, l.Subject, strconv.FormatInt(minutes, 10)})
	}
	return out.WriteAll(rows)
}
