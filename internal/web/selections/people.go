package selections

import (
	"context"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// seats is the page of who sits.
type seats struct {
	room
	list []committee.Member
}

func (h *Handler) committee(w http.ResponseWriter, r *http.Request) error {
	v, err := h.seats(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, committeePage(v))
}

func (h *Handler) seats(r *http.Request) (v seats, err error) {
	if v.room, err = h.room(r); err != nil {
		return v, err
	}
	v.list, err = h.Committees.Committee(r.Context(), ui.User(r), v.ID)
	return v, err
}

// groups part the seats: who sits, who was asked, who has left or declined.
func (v seats) group(statuses ...committee.MemberStatus) (list []committee.Member) {
	for _, status := range statuses {
		for _, m := range v.list {
			if m.Status == status {
				list = append(list, m)
			}
		}
	}
	return list
}

// line says in few words what a seat is.
func (v room) line(ctx context.Context, m committee.Member) string {
	parts := []string{i18n.T(ctx, "selections.role_"+string(m.Role))}
	if m.Organisation != "" {
		parts = append(parts, m.Organisation)
	}
	return strings.Join(parts, " · ")
}

// times says when a seat was offered, taken or ended, and until when it lasts.
func (v room) times(ctx context.Context, m committee.Member) string {
	day := func(t time.Time) string { return ui.ShortDay(ctx, ui.Local(t, v.Call.Zone)) }
	switch m.Status {
	case committee.Invited:
		return i18n.T(ctx, "selections.invited_on", day(m.InvitedAt))
	case committee.Declined:
		return i18n.T(ctx, "selections.declined_on", day(m.AnsweredAt))
	case committee.Ended:
		return i18n.T(ctx, "selections.ended_on", day(m.EndedAt))
	}
	if m.MandateUntil.IsZero() {
		return i18n.T(ctx, "selections.sits_since", day(m.AnsweredAt))
	}
	return i18n.T(ctx, "selections.sits_until", day(m.AnsweredAt), day(m.MandateUntil.Add(-time.Second)))
}

// invitation is the form that offers a seat, and what a check found.
type invitation struct {
	room
	committee.Seat
	organisation string // as typed
	from, until  string // days, as typed
	words        string // competences, as typed
	replaces     committee.Member
	why          string
	checked      bool
	files        int
	clashes      []committee.Clash
}

func (h *Handler) inviting(w http.ResponseWriter, r *http.Request) error {
	v, err := h.asked(r)
	if err != nil {
		return err
	}
	if v.replaces.ID != "" {
		v.Role, v.organisation, v.words, v.Least, v.Most = v.replaces.Role, v.replaces.Organisation, strings.Join(v.replaces.Competences, ", "), v.replaces.Least, v.replaces.Most
	}
	return ui.Render(w, r, http.StatusOK, invitePage(v))
}

// asked reads the form; it is empty before it is typed.
func (h *Handler) asked(r *http.Request) (v invitation, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.room, err = h.managed(r); err != nil {
		return v, err
	}
	if replaces := committee.MemberID(r.FormValue("replaces")); replaces != "" {
		if _, v.replaces, err = h.Committees.Seated(ctx, by, v.ID, replaces); err != nil {
			return v, err
		}
	}
	v.Seat = committee.Seat{Email: r.PostFormValue("email"), Name: r.PostFormValue("name"), Role: committee.Role(r.PostFormValue("role")), Least: number(r.PostFormValue("least")), Most: number(r.PostFormValue("most")),
		Lang: r.PostFormValue("lang"), Message: r.PostFormValue("message")}
	v.organisation, v.from, v.until, v.words, v.why = r.PostFormValue("organisation"), r.PostFormValue("from"), r.PostFormValue("until"), r.PostFormValue("competences"), r.PostFormValue("reason")
	v.Competences = committee.Words(v.words)
	if v.Role == "" {
		v.Role = committee.Juror
	}
	if v.Lang == "" {
		v.Lang = string(i18n.From(ctx))
	}
	lang := i18n.Parse(v.Lang)
	v.What = i18n.Say(lang, "selections.seat_what", i18n.Say(lang, "selections.role_"+string(v.Role)), v.named(lang), v.Call.Title.In(string(lang)))
	return v, nil
}

// named is the name of the selection in a language.
func (v invitation) named(lang i18n.Lang) string { return v.Selection.Name.In(string(lang)) }

// resolve finds the organisation and the days that were typed.
func (v *invitation) resolve(ctx context.Context, h *Handler, by account.User) error {
	var bad []errs.Field
	house, err := h.Accounts.FindOrganisation(ctx, by, "organisation", v.organisation)
	if e, ok := err.(*errs.Error); ok && e.Kind == errs.Invalid {
		bad = append(bad, e.Fields...)
	} else if err != nil {
		return err
	}
	v.Organisation = house
	day := func(path, typed string, last bool) time.Time {
		at, wrong := dayIn(typed, v.Call.Zone, last)
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: "committee.day_unreadable"})
		}
		return at
	}
	v.From, v.Until = day("from", v.from, false), day("until", v.until, true)
	return errs.NewInvalid("committee.invalid", bad)
}

// dayIn is the beginning of a day in a zone, or its end: a mandate lasts through its last day.
func dayIn(typed, place string, last bool) (at time.Time, wrong bool) {
	if typed == "" {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation(time.DateOnly, typed, zone.Location(place))
	if err == nil && last {
		at = at.AddDate(0, 0, 1)
	}
	return at, err != nil
}

// invite checks, or sends: the button that was pressed says which.
func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	v, err := h.asked(r)
	if err != nil {
		return err
	}
	err = v.resolve(ctx, h, by)
	if err == nil && r.PostFormValue("act") == "check" {
		v.clashes, v.files, err = h.Committees.Check(ctx, by, v.ID, v.Email, v.Organisation, v.Seat.Name)
		v.checked = err == nil
	} else if err == nil && v.replaces.ID != "" {
		_, err = h.Committees.Replace(ctx, by, v.ID, v.replaces.ID, v.why, v.Seat)
	} else if err == nil {
		_, err = h.Committees.Invite(ctx, by, v.ID, v.Seat)
	}
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), invitePage(v))
	}
	if err != nil {
		return err
	}
	if v.checked {
		return ui.Render(w, r, http.StatusOK, invitePage(v))
	}
	return ui.Done(w, r, link(v.ID, "committee"), "selections.done_invited")
}

// arranging is the page of one seat, for those who arrange it.
type arranging struct {
	room
	seat  committee.Member
	words string
	until string
	why   string
	least string
	most  string
	name  string
	base  int64
}

func (h *Handler) member(w http.ResponseWriter, r *http.Request) error {
	v, err := h.arranging(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, memberPage(v))
}

func (h *Handler) arranging(r *http.Request) (v arranging, err error) {
	if v.room, err = h.room(r); err != nil {
		return v, err
	}
	if _, v.seat, err = h.Committees.Seated(r.Context(), ui.User(r), v.ID, member(r)); err != nil {
		return v, err
	}
	v.words, v.least, v.most, v.name, v.base = strings.Join(v.seat.Competences, ", "), figure(v.seat.Least), figure(v.seat.Most), v.seat.Name, v.seat.Version
	if !v.seat.MandateUntil.IsZero() {
		v.until = ui.Local(v.seat.MandateUntil.Add(-time.Second), v.Call.Zone).Format(time.DateOnly)
	}
	return v, nil
}

func (h *Handler) arrange(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.arranging(r)
	if err != nil {
		return err
	}
	v.words, v.until, v.least, v.most, v.name, v.base = r.PostFormValue("competences"), r.PostFormValue("until"), r.PostFormValue("least"), r.PostFormValue("most"), r.PostFormValue("name"), version(r)
	until, wrong := dayIn(v.until, v.Call.Zone, true)
	if wrong {
		err = errs.NewInvalid("committee.invalid", []errs.Field{{Path: "until", Key: "committee.day_unreadable"}})
	} else {
		err = h.Committees.Arrange(ctx, ui.User(r), v.ID, v.seat.ID, committee.Seat{Name: v.name, Competences: committee.Words(v.words), Least: number(v.least), Most: number(v.most), From: v.seat.MandateFrom, Until: until}, v.base)
	}
	return h.memberDone(w, r, v, err, "selections.done_arranged")
}

func (h *Handler) memberDone(w http.ResponseWriter, r *http.Request, v arranging, err error, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), memberPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(v.ID, "committee"), said)
}

func (h *Handler) remind(w http.ResponseWriter, r *http.Request) error {
	err := h.Committees.Remind(r.Context(), ui.User(r), id(r), member(r))
	if problems, show := ui.Again(r.Context(), err); show {
		v, bad := h.seats(r)
		if bad != nil {
			return bad
		}
		v.problems = problems
		return ui.Render(w, r, http.StatusConflict, committeePage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(id(r), "committee"), "selections.done_reminded")
}

func (h *Handler) end(w http.ResponseWriter, r *http.Request) error {
	v, err := h.arranging(r)
	if err != nil {
		return err
	}
	v.why = r.PostFormValue("reason")
	return h.memberDone(w, r, v, h.Committees.End(r.Context(), ui.User(r), v.ID, v.seat.ID, v.why), "selections.done_ended")
}

// langs are those in which an invitation can be written.
func langs(_ context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, lang := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(lang), Label: i18n.Say(lang, "ui.lang_name")})
	}
	return c
}

// roles are what one may be invited to be.
func roles(ctx context.Context, chosen committee.Role) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, role := range committee.Roles {
		c.Options = append(c.Options, ui.Option{Value: string(role), Label: i18n.T(ctx, "selections.role_"+string(role)), Hint: i18n.T(ctx, "selections.may_"+string(role))})
	}
	return c
}

// causeNames says causes in words, separated by commas.
func causeNames(ctx context.Context, kinds []committee.CauseKind) string {
	list := make([]string, len(kinds))
	for i, kind := range kinds {
		list[i] = i18n.T(ctx, "committee.cause_"+string(kind))
	}
	return strings.Join(list, ", ")
}

func (v invitation) title(ctx context.Context) string {
	if v.replaces.ID != "" {
		return i18n.T(ctx, "selections.replace_title", v.replaces.Name)
	}
	return i18n.T(ctx, "selections.invite")
}
