package selections

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// mySeat is the page of who sits: the titles, what ties her to them, what she says of herself.
type mySeat struct {
	room
	me       committee.Member
	titles   []committee.Title
	declared []committee.Declared
	words    string
	day      string // one more day of presence, as typed
	base     int64
}

func (h *Handler) mySeat(r *http.Request) (v mySeat, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.room, err = h.room(r); err != nil {
		return v, err
	}
	if _, v.me, err = h.Committees.Mine(ctx, by, v.ID); err != nil {
		return v, err
	}
	if v.titles, err = h.Committees.Eligible(ctx, by, v.ID); err != nil {
		return v, err
	}
	v.words, v.base = strings.Join(v.me.Competences, ", "), v.me.Version
	v.declared, err = h.Committees.MyDeclarations(ctx, by, v.ID)
	return v, err
}

func (h *Handler) seat(w http.ResponseWriter, r *http.Request) error {
	v, err := h.mySeat(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, seatPage(v))
}

func (h *Handler) tell(w http.ResponseWriter, r *http.Request) error {
	v, err := h.mySeat(r)
	if err != nil {
		return err
	}
	v.words, v.day, v.base = r.PostFormValue("competences"), r.PostFormValue("day"), version(r)
	v.me.Presence = append(slices.Clone(r.PostForm["presence"]), v.day)
	err = h.Committees.Tell(r.Context(), ui.User(r), v.ID, committee.Say{Competences: committee.Words(v.words), Presence: v.me.Presence}, v.base)
	return h.seatDone(w, r, v, err, "selections.done_told")
}

func (h *Handler) seatDone(w http.ResponseWriter, r *http.Request, v mySeat, err error, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), seatPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(v.ID, "seat"), said)
}

func (h *Handler) attest(w http.ResponseWriter, r *http.Request) error {
	v, err := h.mySeat(r)
	if err != nil {
		return err
	}
	return h.seatDone(w, r, v, h.Committees.Attest(r.Context(), ui.User(r), v.ID), "selections.done_attested")
}

// days are those on which she may say that she is there: the deliberation's, and those she said.
func (v mySeat) days(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: v.me.Presence}
	days := slices.DeleteFunc(slices.Clone(v.me.Presence), func(day string) bool { return day == "" })
	if !v.DeliberatesAt.IsZero() {
		days = append(days, ui.Local(v.DeliberatesAt, v.Call.Zone).Format(time.DateOnly))
	}
	slices.Sort(days)
	for _, day := range slices.Compact(days) {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			continue
		}
		c.Options = append(c.Options, ui.Option{Value: day, Label: ui.Day(ctx, at)})
	}
	return c
}

// tying is the page on which a member says what ties her to one file.
type tying struct {
	room
	committee.Title
	committee.Cause
}

func (h *Handler) tying(r *http.Request) (v tying, err error) {
	if v.room, err = h.room(r); err != nil {
		return v, err
	}
	list, err := h.Committees.Eligible(r.Context(), ui.User(r), v.room.ID)
	if err != nil {
		return v, err
	}
	i := slices.IndexFunc(list, func(t committee.Title) bool { return string(t.ID) == r.PathValue("title") })
	if i < 0 {
		return v, errs.New(errs.NotFound, "errs.not_found")
	}
	v.Title = list[i]
	return v, nil
}

func (h *Handler) tie(w http.ResponseWriter, r *http.Request) error {
	v, err := h.tying(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, tiePage(v))
}

func (h *Handler) declare(w http.ResponseWriter, r *http.Request) error {
	v, err := h.tying(r)
	if err != nil {
		return err
	}
	v.Cause = committee.Cause{Kind: committee.CauseKind(r.PostFormValue("kind")), Detail: r.PostFormValue("detail")}
	err = h.Committees.Declare(r.Context(), ui.User(r), v.room.ID, v.Title.ID, v.Cause)
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), tiePage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(v.room.ID, "seat"), "selections.done_declared")
}

// ties are the reasons that a member may give.
func ties(ctx context.Context, chosen committee.CauseKind) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, kind := range committee.Declarable {
		label := i18n.T(ctx, "selections.tie_"+string(kind))
		if kind == committee.Collaboration {
			label = i18n.T(ctx, "selections.tie_collaboration", committee.CollaborationYears)
		}
		c.Options = append(c.Options, ui.Option{Value: string(kind), Label: label})
	}
	return c
}

// offering is the page that asks for the commitment.
type offering struct {
	committee.Offer
	problems ui.Problems
	why      string
}

func (h *Handler) offering(r *http.Request) (v offering, err error) {
	v.Offer, err = h.Committees.Offered(r.Context(), ui.User(r), committee.MemberID(r.PathValue("id")), string(i18n.From(r.Context())))
	return v, err
}

func (h *Handler) offer(w http.ResponseWriter, r *http.Request) error {
	v, err := h.offering(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, offerPage(v))
}

func (h *Handler) commit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.offering(r)
	if err != nil {
		return err
	}
	var sel committee.SelectionID
	if r.PostFormValue("commit") != "yes" {
		err = errs.NewInvalid("committee.invalid", []errs.Field{{Path: "commit", Key: "committee.commit_missing"}})
	} else {
		sel, err = h.Committees.Commit(ctx, ui.User(r), v.ID, string(i18n.From(ctx)), r.PostFormValue("digest"))
	}
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), offerPage(v))
	}
	if err != nil {
		return err
	}
	if v.Role == committee.Officer {
		return ui.Done(w, r, "/calls/"+string(v.Of.Call.ID)+"/files", "selections.done_seated")
	}
	return ui.Done(w, r, link(sel), "selections.done_seated")
}

func (h *Handler) decline(w http.ResponseWriter, r *http.Request) error {
	if err := h.Committees.Decline(r.Context(), ui.User(r), committee.MemberID(r.PathValue("id")), r.PostFormValue("reason")); err != nil {
		return err
	}
	return ui.Done(w, r, "/", "selections.done_declined")
}

// facts are what is known of the seat before it is taken.
func (v offering) facts(ctx context.Context) (rows []ui.Pair) {
	add := func(key, text string) {
		if text != "" {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, "selections."+key), Text: text})
		}
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return ui.Instant(ctx, ui.Local(t, v.Of.Call.Zone))
	}
	add("role", i18n.T(ctx, "selections.role_"+string(v.Role)))
	add("for", v.Organisation)
	add("call", in(ctx, v.Of.Call.Title))
	add("reviews_due_at", at(v.Of.ReviewsDueAt))
	add("deliberates_at", at(v.Of.DeliberatesAt))
	if !v.MandateUntil.IsZero() {
		add("until", ui.Day(ctx, ui.Local(v.MandateUntil.Add(-time.Second), v.Of.Call.Zone)))
	}
	return rows
}

// paragraphs are those of a text that people read before they commit.
func paragraphs(text string) (list []string) {
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, p)
		}
	}
	return list
}

// opposing is the page on which a project's team asks that somebody does not read its file.
type opposing struct {
	committee.Opposing
	file      application.ID
	name, why string
	problems  ui.Problems
}

func (h *Handler) opposing(r *http.Request) (v opposing, err error) {
	v.file = application.ID(r.PathValue("id"))
	v.Opposing, err = h.Committees.Oppositions(r.Context(), ui.User(r), v.file)
	return v, err
}

func (h *Handler) opposition(w http.ResponseWriter, r *http.Request) error {
	v, err := h.opposing(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, oppositionPage(v))
}

func (h *Handler) oppose(w http.ResponseWriter, r *http.Request) error {
	v, err := h.opposing(r)
	if err != nil {
		return err
	}
	v.name, v.why = r.PostFormValue("name"), r.PostFormValue("reason")
	return h.opposed(w, r, v, h.Committees.Oppose(r.Context(), ui.User(r), v.file, v.name, v.why), "selections.done_opposed")
}

func (h *Handler) unoppose(w http.ResponseWriter, r *http.Request) error {
	v, err := h.opposing(r)
	if err != nil {
		return err
	}
	return h.opposed(w, r, v, h.Committees.Unoppose(r.Context(), ui.User(r), v.file, r.PostFormValue("opposition")), "selections.done_unopposed")
}

func (h *Handler) opposed(w http.ResponseWriter, r *http.Request, v opposing, err error, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), oppositionPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, v.action(), said)
}

func (v opposing) action() string { return "/applications/" + string(v.file) + "/opposition" }

func (v tying) action() string {
	return link(v.room.ID, "seat", "files", string(v.Title.ID))
}

// frame hangs the page from the seat.
func (v tying) frame(ctx context.Context) ui.Page {
	p := v.page(ctx, v.Title.Title, "seat/files/"+string(v.Title.ID))
	p.Over = i18n.T(ctx, "selections.tab_seat") + " · " + p.Over // the page of a review has the title of the file too
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "selections.tab_seat"), URL: link(v.room.ID, "seat")})
	return p
}
