package teampage

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// guests is the page of a list of people to invite.
type guests struct {
	view
	list    []programme.Guest // as it would be sent; nil before one was read
	content string            // the list as it was read, which the confirmation brings back
}

func (d Desk) guests(r *http.Request) (guests, error) {
	v, err := d.read(r)
	return guests{view: v}, err
}

func (d Desk) showList(w http.ResponseWriter, r *http.Request) error {
	g, err := d.guests(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(g))
}

// words are the heads and the roles that a list may be written with, in both languages.
func (d Desk) words() programme.GuestWords {
	both := func(keys ...string) (all []string) {
		for _, key := range keys {
			all = append(all, i18n.Say(i18n.FR, key), i18n.Say(i18n.EN, key))
		}
		return all
	}
	w := programme.GuestWords{Heads: map[string][]string{"name": both("team.list_name"), "email": append(both("team.list_address"), "email", "e-mail", "courriel", "adresse", "mail"), "role": both("team.role"),
		"organisation": append(both("team.list_organisation"), "organisme", "structure"), "until": both("team.list_until")}, Roles: map[string][]string{}}
	for _, relation := range []string{"lead", "region", "officer", "secretary", "communications", "facilitator", "funder"} {
		w.Roles[relation] = both("invitation.relation_"+relation, "edition.role_"+relation)
	}
	return w
}

// readList shows what a list would do; nothing is sent.
func (d Desk) readList(w http.ResponseWriter, r *http.Request) error {
	g, err := d.guests(r)
	if err != nil {
		return err
	}
	refused := func(problems ui.Problems) error {
		g.problems = problems
		return ui.Render(w, r, http.StatusUnprocessableEntity, listPage(g))
	}
	r.Body = http.MaxBytesReader(w, r.Body, 2<<20)
	missing := ui.Problems{{Path: "file", Text: i18n.T(r.Context(), "team.list_missing")}}
	if err := r.ParseMultipartForm(2 << 20); err != nil {
		return refused(missing)
	}
	defer r.MultipartForm.RemoveAll()
	file, _, err := r.FormFile("file")
	if err != nil {
		return refused(missing)
	}
	defer file.Close()
	g.list, err = programme.ReadGuests(file, d.words(), g.by.Zone)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return refused(problems)
	}
	if err != nil {
		return err
	}
	if g.list, err = d.Teams.Guests(r.Context(), g.by, d.of(r), g.list); err != nil {
		return err
	}
	if g.content, err = g.written(); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(g))
}

// written is the list as a CSV that readList would read the same, without those who
// were refused: what could not be read must not come back as if nothing was there.
func (g guests) written() (string, error) {
	s := sheet.Sheet{Name: "people", Head: []string{"name", "email", "role", "organisation", "until"}}
	for _, one := range g.list {
		if one.State == programme.GuestRefused {
			continue
		}
		until := ""
		if !one.Until.IsZero() {
			until = ui.Local(one.Until, g.by.Zone).AddDate(0, 0, -1).Format("2006-01-02")
		}
		s.Rows = append(s.Rows, []any{one.Name, one.Email, one.Role, one.Organisation, until})
	}
	var b strings.Builder
	err := sheet.Book{}.CSV(&b, s, false)
	return b.String(), err
}

// sendList invites the people of the list that was shown.
func (d Desk) sendList(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	g, err := d.guests(r)
	if err != nil {
		return err
	}
	g.content = r.PostFormValue("people")
	g.list, err = programme.ReadGuests(io.LimitReader(strings.NewReader(g.content), 1<<20), d.words(), by.Zone)
	if err == nil {
		g.typed = account.Invite{Message: r.PostFormValue("message"), Lang: r.PostFormValue("lang")}
		_, err = d.Teams.InviteAll(ctx, by, d.of(r), g.typed, g.list)
	}
	if err == nil {
		return ui.Done(w, r, d.address(d.of(r)), "team.list_done")
	}
	g.problems = ui.ProblemsOf(ctx, err)
	if kind := errs.KindOf(err); g.problems == nil && kind != errs.Conflict && kind != errs.TooMany {
		return err
	}
	if g.problems == nil {
		g.refused = ui.Sentence(ctx, err)
	}
	if g.list, err = again(ctx, d, g, r); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusUnprocessableEntity, listPage(g))
}

// again judges a list once more, for a page that comes back.
func again(ctx context.Context, d Desk, g guests, r *http.Request) ([]programme.Guest, error) {
	if g.list == nil {
		return nil, nil
	}
	return d.Teams.Guests(ctx, g.by, d.of(r), g.list)
}

// coming is how many people the list would invite.
func (g guests) coming() (n int) {
	for _, one := range g.list {
		if one.State == programme.GuestNew {
			n++
		}
	}
	return n
}

var guestTones = map[programme.GuestState]ui.Tone{programme.GuestNew: ui.Success, programme.GuestMember: ui.Info, programme.GuestInvited: ui.Info, programme.GuestTwice: ui.Warning, programme.GuestRefused: ui.Danger}

// roleOf says the role of a guest, or what was written when it is none.
func roleOf(ctx context.Context, g programme.Guest, roles []string) string {
	if slices.Contains(roles, g.Role) || i18n.Has("invitation.relation_"+g.Role) {
		return role(ctx, g.Role)
	}
	return g.Role
}

// why says what becomes of a guest, and why she is refused.
func why(ctx context.Context, g programme.Guest) string {
	said := make([]string, len(g.Problems))
	for i, p := range g.Problems {
		said[i] = i18n.T(ctx, p.Key, p.Args...)
	}
	return strings.Join(said, " ")
}
