package app

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"transformateur/internal/credential"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/openid"
	"transformateur/internal/platform/secret"
	accountpages "transformateur/internal/web/account"
	"transformateur/internal/web/platform"
	"transformateur/internal/web/signin"
	"transformateur/internal/web/ui"
)

// SealKey is the file of the key that seals what people sign in with.
func SealKey(cfg config.Config) string { return filepath.Join(cfg.Data, "keys", "seal.key") }

// asksTwice says whether the rights of the programme wait for a second factor: never
// in the demonstration, where anybody chooses whom to be.
func (a *App) asksTwice() bool { return a.Config.RequireSecondFactor && !a.Config.Demo }

// buildKeys makes the service of what people sign in with.
func (a *App) buildKeys() error {
	cfg := a.Config
	box, err := secret.OpenBox(SealKey(cfg))
	if err != nil {
		return err
	}
	var providers []*openid.Provider
	for _, p := range cfg.OIDC {
		providers = append(providers, openid.New(openid.Settings{Name: p.Name, Label: p.Label, Kind: p.Kind, Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: string(p.ClientSecret),
			Scopes: p.Scopes, ACRValues: p.ACRValues, Signed: p.Signed, TrustEmail: p.TrustEmail, TrustMFA: p.TrustMFA, StrongACR: p.StrongACR}, cfg.BaseURL+"/signin/with/"+p.Name+"/back", a.Clock))
	}
	a.Keys, err = credential.New(a.DB, a.Clock, credential.Options{Accounts: a.Accounts, Mailer: letters{a.Notify, cfg.BaseURL}, Rights: a.Policy.Rights(), Box: box,
		Install: cfg.Name, BaseURL: cfg.BaseURL, Providers: providers, Decides: a.Policy.Decides, Asked: a.asksTwice()})
	if err != nil {
		return err
	}
	a.Keys.Listen(a.Bus)
	a.Jobs.Every("sweep_credentials", time.Hour, func(ctx context.Context, _ job.Job) error { return a.Keys.Sweep(ctx) })
	return nil
}

// signInRoutes are the addresses of signing in, of the account, and of who lost a
// second factor.
func (a *App) signInRoutes() []ui.Route {
	cfg := a.Config
	return slices.Concat(
		(&signin.Handler{Accounts: a.Accounts, Keys: a.Keys, HTTPS: cfg.HTTPS(), Proxied: cfg.Proxied}).Routes(),
		(&accountpages.Handler{Accounts: a.Accounts, Keys: a.Keys, HTTPS: cfg.HTTPS(), Proxied: cfg.Proxied}).Routes(),
		(&platform.Factors{Keys: a.Keys}).Routes(),
	)
}

// secondStep leads whoever is refused something, while rights of hers wait for a
// second proof, to where she gives it. She is led there whatever she asked for, so
// that nothing shows of what exists.
func (a *App) secondStep(next ui.HandlerFunc) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := next(w, r)
		if err == nil || ui.WantsJSON(r) || !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Forbidden) {
			return err
		}
		if waits, problem := a.Policy.Waits(r.Context(), ui.User(r)); problem != nil || !waits {
			return err
		}
		back := "/"
		if r.Method == http.MethodGet {
			back = r.URL.RequestURI()
		}
		return ui.See(w, r, "/second-step?next="+url.QueryEscape(back))
	}
}
