// Package teampage is the page of a team, the same on the platform, an agency, a programme and an edition: who holds which role, who is invited, and the acts that change it.
package teampage

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Desk serves the page under the address of one kind of object.
type Desk struct {
	Teams  *programme.Teams
	Kind   string        // of the object: "edition"
	Base   string        // "/editions/{id}", or "/platform", which stands alone
	Action policy.Action // that opens the page
	Back   string        // address of the page that this one hangs from
	Listed bool          // people can be invited from a spreadsheet too
}

// Routes are the addresses of the page and of its acts.
func (d Desk) Routes() []ui.Route {
	at := d.Base + "/team"
	route := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: d.Action, On: d.Kind, Handle: handle}
	}
	var list []ui.Route
	if d.Listed {
		list = []ui.Route{route("GET "+at+"/list", d.showList), route("POST "+at+"/list", d.readList), route("POST "+at+"/list/send", d.sendList)}
	}
	return append(list, []ui.Route{
		route("GET "+at, d.show),
		route("POST "+at, d.invite),
		route("POST "+at+"/end", d.end),
		route("POST "+at+"/revoke", d.revoke),
		route("POST "+at+"/resend", d.resend),
	}...)
}

func (d Desk) of(r *http.Request) policy.Ref {
	if id := r.PathValue("id"); id != "" {
		return policy.Ref{Kind: d.Kind, ID: id}
	}
	return policy.Platform.Ref
}

// address is the page of the team of an object.
func (d Desk) address(of policy.Ref) string { return filled(d.Base, of) + "/team" }

func filled(address string, of policy.Ref) string {
	return strings.ReplaceAll(address, "{id}", url.PathEscape(of.ID))
}

// view is what the page shows.
type view struct {
	programme.Team
	desk     Desk
	by       account.User
	typed    account.Invite
	until    string // the last day of the role, as typed
	problems ui.Problems
	refused  string // why an act was refused
}

func (v view) address() string { return v.desk.address(v.Of) }

func (v view) crumbs(ctx context.Context) []ui.Crumb {
	if v.desk.Kind == "platform" {
		return []ui.Crumb{{Label: i18n.T(ctx, "platform.title"), URL: v.desk.Back}}
	}
	return []ui.Crumb{{Label: v.Name.In(string(i18n.From(ctx))), URL: filled(v.desk.Back, v.Of)}}
}

func (d Desk) read(r *http.Request) (view, error) {
	by := ui.User(r)
	team, err := d.Teams.Open(r.Context(), by, d.of(r))
	return view{Team: team, desk: d, by: by}, err
}

func (d Desk) show(w http.ResponseWriter, r *http.Request) error {
	v, err := d.read(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, page(v))
}

func (d Desk) invite(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	in := account.Invite{Email: r.PostFormValue("email"), Relation: r.PostFormValue("relation"), Message: r.PostFormValue("message"), Lang: string(i18n.From(ctx))}
	if lang := r.PostFormValue("lang"); lang != "" {
		in.Lang = lang
	}
	typed := strings.TrimSpace(r.PostFormValue("until"))
	until, bad := lastInstant(typed, by.Zone)
	in.RelationUntil = until
	var err error
	if bad {
		err = errs.NewInvalid("programme.invalid", []errs.Field{{Path: "until", Key: "team.until_unreadable"}})
	} else {
		err = d.Teams.Invite(ctx, by, d.of(r), in)
	}
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		v, err := d.read(r)
		if err != nil {
			return err
		}
		v.typed, v.until, v.problems = in, typed, problems
		return ui.Render(w, r, http.StatusUnprocessableEntity, page(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, d.address(d.of(r)), "team.invited_done")
}

// lastInstant is the end of a day in a zone: a role that ends on a day lasts through it.
func lastInstant(day, name string) (at time.Time, bad bool) {
	if day == "" {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation(time.DateOnly, day, zone.Location(name))
	if err != nil {
		return time.Time{}, true
	}
	return at.AddDate(0, 0, 1), false
}

// lastDay is the day that lastInstant ends, in the zone of who reads.
func lastDay(ctx context.Context, until time.Time, zone string) string {
	return ui.ShortDay(ctx, ui.Local(until.Add(-time.Second), zone))
}

func (d Desk) end(w http.ResponseWriter, r *http.Request) error {
	return d.done(w, r, "team.ended_done", d.Teams.End(r.Context(), ui.User(r), d.of(r), r.PostFormValue("relation")))
}

func (d Desk) revoke(w http.ResponseWriter, r *http.Request) error {
	return d.done(w, r, "team.revoked_done", d.Teams.Withdraw(r.Context(), ui.User(r), d.of(r), r.PostFormValue("invitation")))
}

func (d Desk) resend(w http.ResponseWriter, r *http.Request) error {
	return d.done(w, r, "team.resent_done", d.Teams.Resend(r.Context(), ui.User(r), d.of(r), r.PostFormValue("invitation")))
}

// done goes back to the page after an act, or shows it with why it was refused. Who has
// ended her own role is led to her home: the page is closed to her.
func (d Desk) done(w http.ResponseWriter, r *http.Request, said string, err error) error {
	if errs.Is(err, errs.Conflict) {
		v, bad := d.read(r)
		if bad != nil {
			return bad
		}
		v.refused = ui.Sentence(r.Context(), err)
		return ui.Render(w, r, http.StatusConflict, page(v))
	}
	if err != nil {
		return err
	}
	where := d.address(d.of(r))
	if _, err := d.read(r); errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) {
		where = "/"
	} else if err != nil {
		return err
	}
	return ui.Done(w, r, where, said)
}

// own and above part the members.
func (v view) own() (list []programme.Member) {
	for _, m := range v.Members {
		if v.Own(m) {
			list = append(list, m)
		}
	}
	return list
}

func (v view) above() (list []programme.Member) {
	for _, m := range v.Members {
		if !v.Own(m) {
			list = append(list, m)
		}
	}
	return list
}

func role(ctx context.Context, relation string) string {
	if key := "invitation.relation_" + relation; i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return relation
}

// times says since when a role is held, until when, and who gave it.
func (v view) times(ctx context.Context, m programme.Member) string {
	text := i18n.T(ctx, "team.since", ui.ShortDay(ctx, ui.Local(m.From, v.by.Zone)))
	if !m.Until.IsZero() {
		text = i18n.T(ctx, "team.since_until", ui.ShortDay(ctx, ui.Local(m.From, v.by.Zone)), lastDay(ctx, m.Until, v.by.Zone))
	}
	if m.GrantedBy != "" {
		text += " · " + i18n.T(ctx, "team.granted_by", m.GrantedBy)
	}
	return text
}

func (v view) choices(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.typed.Relation}}
	for _, relation := range v.Roles {
		c.Options = append(c.Options, ui.Option{Value: relation, Label: role(ctx, relation), Hint: i18n.T(ctx, "team.may_"+relation)})
	}
	return c
}

func (v view) langs(ctx context.Context) ui.Choice {
	chosen := v.typed.Lang
	if chosen == "" {
		chosen = string(i18n.From(ctx))
	}
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, lang := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(lang), Label: i18n.Say(lang, "ui.lang_name")})
	}
	return c
}

// endText says what ending a role means, to who holds it and to others.
func (v view) endText(ctx context.Context, m programme.Member) string {
	if !m.Organisation && m.Subject == string(v.by.ID) {
		return i18n.T(ctx, "team.end_mine")
	}
	return i18n.T(ctx, "team.end_text", m.Name)
}
