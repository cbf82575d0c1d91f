package account

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/token"
	"transformateur/internal/web/ui"
)

// Tokens serves the page where a person lets programs act in her name.
type Tokens struct {
	Tokens     *token.Service
	Programmes *programme.Service
	Calls      *call.Service
	Clock      clock.Clock
	// Sure asks the person to prove once more that she is there, before a token is
	// made: an error that leads to that page. Nil asks nothing.
	Sure func(r *http.Request) error
}

// Routes lists the addresses of the page.
func (h *Tokens) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /account/tokens", Action: "account.manage", Handle: h.page},
		{Pattern: "POST /account/tokens", Action: "account.manage", Handle: h.create},
		{Pattern: "POST /account/tokens/revoke", Action: "account.manage", Handle: h.revoke},
	}
}

// lent is everything that the page shows.
type lent struct {
	by       account.User
	tokens   []token.Token
	places   []ui.Option
	now      time.Time
	name     string
	scopes   []string
	within   string
	expires  string
	problems ui.Problems
}

func (h *Tokens) read(ctx context.Context, by account.User) (v lent, err error) {
	v.by, v.now = by, h.Clock.Now()
	v.expires = ui.Local(v.now, by.Zone).AddDate(0, 3, 0).Format(time.DateOnly)
	if v.tokens, err = h.Tokens.List(ctx, by); err != nil {
		return v, err
	}
	v.places, err = h.places(ctx, by)
	return v, err
}

// places are the programmes, editions and calls that the person runs, to which a
// token may be limited.
func (h *Tokens) places(ctx context.Context, by account.User) (all []ui.Option, err error) {
	lang := string(i18n.From(ctx))
	editions, err := h.Programmes.EditionsToManage(ctx, by, programme.Filter{})
	if err != nil {
		return nil, err
	}
	seen := map[programme.ProgrammeID]bool{}
	for _, e := range editions {
		if !seen[e.Programme] {
			seen[e.Programme] = true
			all = append(all, ui.Option{Value: "programme:" + string(e.Programme), Label: i18n.T(ctx, "tokens.within_programme", e.ProgrammeName.In(lang))})
		}
		all = append(all, ui.Option{Value: "edition:" + string(e.ID), Label: i18n.T(ctx, "tokens.within_edition", e.Name.In(lang))})
		calls, err := h.Calls.List(ctx, by, string(e.ID))
		if err != nil {
			return nil, err
		}
		for _, c := range calls {
			all = append(all, ui.Option{Value: "call:" + string(c.ID), Label: i18n.T(ctx, "tokens.within_call", c.Title.In(lang))})
		}
	}
	return all, nil
}

func (h *Tokens) page(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, tokensPage(v))
}

// create shows the secret on the page that answers: it exists nowhere else.
func (h *Tokens) create(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	if h.Sure != nil {
		if err := h.Sure(r); err != nil {
			return err
		}
	}
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	v, err := h.read(ctx, by)
	if err != nil {
		return err
	}
	v.name, v.scopes, v.within, v.expires = r.PostFormValue("name"), r.PostForm["scopes"], r.PostFormValue("within"), r.PostFormValue("expires")
	n := token.Wanted{Name: v.name, Scopes: v.scopes, ExpiresAt: endOf(v.expires, by)}
	if v.within != "" {
		n.Within = account.Ref{Kind: "unknown"}
		if i := slices.IndexFunc(v.places, func(o ui.Option) bool { return o.Value == v.within }); i >= 0 {
			kind, id, _ := strings.Cut(v.within, ":")
			n.Within, n.WithinName = account.Ref{Kind: kind, ID: id}, v.places[i].Label
		}
	}
	made, secret, err := h.Tokens.Create(ctx, by, n)
	if v.problems = ui.ProblemsOf(ctx, err); v.problems != nil {
		return ui.Render(w, r, ui.StatusOf(err), tokensPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusCreated, tokenMade(made, secret, by))
}

// endOf is the end of a day in the person's zone; zero when it is not a day.
func endOf(day string, by account.User) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, day, ui.Local(time.Time{}, by.Zone).Location())
	if err != nil {
		return time.Time{}
	}
	return at.AddDate(0, 0, 1)
}

func (h *Tokens) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := h.Tokens.Revoke(r.Context(), ui.User(r), r.PostFormValue("token")); err != nil {
		return err
	}
	return ui.Done(w, r, "/account/tokens", "tokens.revoked_done")
}

func scopeOptions(ctx context.Context) (all []ui.Option) {
	for _, s := range token.Scopes {
		all = append(all, ui.Option{Value: s.Name, Label: scopeName(ctx, s.Name), Hint: s.Name})
	}
	return all
}

func scopeName(ctx context.Context, name string) string {
	return i18n.T(ctx, "tokens.scope_"+strings.ReplaceAll(name, ":", "_"))
}

func scopeNames(ctx context.Context, names []string) string {
	var all []string
	for _, name := range names {
		all = append(all, scopeName(ctx, name))
	}
	return strings.Join(all, " · ")
}
