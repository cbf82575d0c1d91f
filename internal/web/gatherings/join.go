package gatherings

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/qrview"
)

// poster is the page that is printed and shown on the wall.
type poster struct {
	view
	code    string
	address string // the whole one, that the drawing holds
	drawing qrview.Drawing
}

func (h *Handler) code(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	var v poster
	var err error
	if v.View, err = h.Gatherings.Managed(ctx, by, idOf(r)); err != nil {
		return err
	}
	if _, v.code, err = h.Gatherings.Code(ctx, by, v.ID); err != nil {
		return err
	}
	v.address = h.BaseURL + joinURL(v.code)
	if v.drawing, err = qrview.Draw(v.address); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, codePage(v))
}

func (h *Handler) renew(w http.ResponseWriter, r *http.Request) error {
	if err := h.Gatherings.Renew(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r), "code"), "gatherings.renewed_done")
}

// entry is the door of a gathering; without one, the page where a code is typed.
type entry struct {
	gathering.Door
	code     string
	name     string
	by       account.User
	unknown  bool
	card     string // the printed code that she scanned, "" for none
	problems ui.Problems
}

// within is where she goes once she is in: to what she scanned, or to the gathering.
func (v entry) within(id gathering.ID) string {
	if v.card != "" {
		return "/b/" + url.PathEscape(v.card)
	}
	return at(id)
}

// door is the address of the door, with what she scanned.
func (v entry) door() string {
	if v.card != "" {
		return joinURL(v.code) + "?card=" + url.QueryEscape(v.card)
	}
	return joinURL(v.code)
}

// local is an address on this page; a visitor's language, which no cookie keeps, goes on
// with her.
func (v entry) local(ctx context.Context, path string) string {
	if v.by.IsVisitor() {
		mark := "?"
		if strings.Contains(path, mark) {
			mark = "&"
		}
		return path + mark + "lang=" + string(i18n.From(ctx))
	}
	return path
}

// langURL leads to the door in the other language.
func (v entry) langURL(ctx context.Context) string {
	other := i18n.EN
	if i18n.From(ctx) == i18n.EN {
		other = i18n.FR
	}
	q := url.Values{"lang": {string(other)}}
	if v.card != "" {
		q.Set("card", v.card)
	}
	return joinURL(v.code) + "?" + q.Encode()
}

// signIn is where somebody who has an account signs in before she comes in as herself.
func (v entry) signIn(ctx context.Context) string {
	return "/signin?" + url.Values{"next": {v.door()}, "lang": {string(i18n.From(ctx))}}.Encode()
}

// guest says whether the reader comes in under a name that she types.
func (v entry) guest() bool {
	return v.by.IsVisitor() || v.by.Limit != nil && v.by.Limit.Within.ID != string(v.Gathering)
}

func (h *Handler) door(w http.ResponseWriter, r *http.Request) error {
	v := entry{by: ui.User(r)}
	if code := gathering.PlainCode(r.URL.Query().Get("code")); code != "" {
		return ui.See(w, r, v.local(r.Context(), joinURL(code)))
	}
	return ui.Render(w, r, http.StatusOK, doorPage(v))
}

func (h *Handler) knock(w http.ResponseWriter, r *http.Request) error {
	v := entry{by: ui.User(r), code: gathering.PlainCode(r.PathValue("code")), card: gathering.PlainCode(r.URL.Query().Get("card"))}
	door, err := h.Gatherings.Knock(r.Context(), v.by, v.code)
	if err != nil {
		return shut(w, r, v, err)
	}
	v.Door = door
	if v.Inside {
		return ui.See(w, r, v.within(v.Gathering))
	}
	return ui.Render(w, r, http.StatusOK, joinPage(v))
}

// shut says that a code opens nothing now, whatever the reason.
func shut(w http.ResponseWriter, r *http.Request, v entry, err error) error {
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	v.unknown = true
	return ui.Render(w, r, http.StatusNotFound, doorPage(v))
}

func (h *Handler) join(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := entry{by: ui.User(r), code: gathering.PlainCode(r.PathValue("code")), name: r.PostFormValue("name"), card: gathering.PlainCode(r.URL.Query().Get("card"))}
	in, err := h.Gatherings.Join(ctx, v.by, gathering.Coming{Code: v.code, Name: v.name, Lang: string(i18n.From(ctx)), Device: r.UserAgent(), IP: ui.RemoteIP(r, h.Proxied)})
	if errs.Is(err, errs.NotFound) {
		return shut(w, r, v, err)
	}
	if problems, show := ui.Again(ctx, err); show {
		door, missing := h.Gatherings.Knock(ctx, v.by, v.code)
		if missing != nil {
			return shut(w, r, v, missing)
		}
		v.Door, v.problems = door, problems
		return ui.Render(w, r, ui.StatusOf(err), joinPage(v))
	}
	if err != nil {
		return err
	}
	if in.Token != "" {
		ui.SetLogin(w, h.HTTPS, in.Token)
	}
	return ui.Done(w, r, v.within(in.Gathering), "gatherings.joined_done")
}
