package signin

import (
	"context"
	"net/http"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// greeting is what the page of the first sign-in holds.
type greeting struct {
	profile  account.Profile
	next     string
	problems ui.Problems
}

func (h *Handler) welcome(w http.ResponseWriter, r *http.Request) error {
	me, err := h.Accounts.Me(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	p := account.Profile{Name: me.Name, Lang: me.Lang, Zone: me.Zone}
	return ui.Render(w, r, http.StatusOK, welcomePage(greeting{p, account.LocalPath(r.FormValue("next")), nil}))
}

func (h *Handler) saveWelcome(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	next := account.LocalPath(r.FormValue("next"))
	if r.PostFormValue("later") != "" {
		if err := h.Accounts.SkipWelcome(ctx, by); err != nil {
			return err
		}
		return ui.See(w, r, next)
	}
	p := account.Profile{Name: r.PostFormValue("name"), Lang: r.PostFormValue("lang"), Zone: r.PostFormValue("zone")}
	err := h.Accounts.Save(ctx, by, p)
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		return ui.Render(w, r, http.StatusUnprocessableEntity, welcomePage(greeting{p, next, problems}))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, next)
}

func zones(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, z := range zone.Offered() {
		c.Options = append(c.Options, ui.Option{Value: z.Name, Label: z.Label(string(i18n.From(ctx)))})
	}
	if _, offered := zone.Find(chosen); !offered && chosen != "" {
		c.Options = append(c.Options, ui.Option{Value: chosen, Label: chosen})
	}
	return c
}

func langs(chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, lang := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(lang), Label: i18n.Say(lang, "ui.lang_name")})
	}
	return c
}
