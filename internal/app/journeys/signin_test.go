package journeys_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/openid/openidtest"
)

// named gives the install a name, since an IP address has no passkeys, and asks those
// who decide for a second factor.
func named(cfg *config.Config) {
	cfg.BaseURL = strings.Replace(cfg.BaseURL, "127.0.0.1", "localhost", 1)
	cfg.RequireSecondFactor = true
}

// withAuthenticator gives the browser what keeps passkeys, which knows its holder.
func (p *person) withAuthenticator() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
		return err
	}))
}

// leaves signs out from the menu of the person.
func (p *person) leaves(name string) {
	p.t.Helper()
	p.tabTo(name)
	p.press(kb.Enter)
	p.goTo("Se déconnecter")
}

// byMail comes by a link, as whoever has no key at hand.
func (p *person) byMail(w *world, email, next string) {
	p.t.Helper()
	_, err := w.app.Accounts.AskLink(context.Background(), account.Ask{Email: email, Next: next, Lang: "fr", IP: "192.0.2.1"})
	w.must(err)
	p.open(w.mailTo(email, "Me connecter"))
	p.goTo("Me connecter")
}

func (p *person) looks(name string) {
	p.t.Helper()
	p.accessible()
	p.picture(name)
}

// A lead comes by mail; her role asks for more. She adds a passkey and comes back with
// it, then sets up codes and comes back with one kept on paper. No mouse.
func TestSecondFactor(t *testing.T) {
	w := startAt(t, clock.System{}, named)
	p := newPerson(t, chrome(t), w.base, "claire", 1280)
	p.withAuthenticator()
	const email, name = "responsable@agence.invalid", "Claire Responsable"
	p.open("/signin?next=/home")
	p.looks("signin")
	p.write("Adresse électronique", email)
	p.press(kb.Enter)
	p.reads("Consultez votre messagerie")
	p.open(w.mailTo(email, "Me connecter"))
	p.goTo("Me connecter")
	p.reads("Votre rôle demande un second facteur")
	p.looks("second-none")
	p.open("/calls/" + string(w.call.ID) + "/files") // what she may not open yet leads to the same place
	p.reads("Votre rôle demande un second facteur")
	p.goTo("Préparer mon second facteur")
	p.looks("security-none")
	p.replace("Nom de la clé", "Ordinateur du bureau")
	p.goTo("Ajouter une clé d’accès")
	p.reads("La clé d’accès est ajoutée.")
	p.reads("Ordinateur du bureau")
	p.looks("security-key")
	p.open("/calls/" + string(w.call.ID) + "/files")
	p.reads("Appel Normandie")
	w.mailTo(email, "une clé d’accès a été ajoutée")

	p.leaves(name)
	p.open("/signin?next=/calls/" + string(w.call.ID) + "/files") // the field of the address offers the key, which this authenticator takes at once
	p.reads("Les dossiers ne sont pas encore ouverts")
	p.leaves(name)
	p.byMail(w, email, "/calls/"+string(w.call.ID)+"/files")
	p.reads("Confirmez que c’est vous")
	p.goTo("Utiliser une clé d’accès")
	p.reads("Les dossiers ne sont pas encore ouverts")
	p.open("/account")
	p.reads("Connexion par clé d’accès")

	p.open("/account/security")
	p.goTo("Préparer mes codes")
	p.looks("codes")
	secret := strings.ReplaceAll(p.eval(`document.getElementById("secret").innerText`), " ", "")
	code, err := totp.GenerateCode(secret, clock.System{}.Now())
	w.must(err)
	p.write("Code affiché par l’application", code)
	p.goTo("Confirmer")
	p.reads("Codes de secours")
	p.looks("recovery")
	kept := p.eval(`document.querySelector(".recovery code").innerText`)
	p.goTo("Je les ai gardés")
	p.looks("security-all")

	p.leaves(name)
	p.byMail(w, email, "/account/security")
	p.reads("Confirmez que c’est vous")
	p.looks("second")
	p.write("Code à usage unique", "000000")
	p.press(kb.Enter)
	p.reads("Ce code n’est pas le bon")
	p.replace("Code à usage unique", strings.ToLower(kept))
	p.enter()
	p.reads("Il reste 9 codes")
	w.mailTo(email, "un code de secours a servi")
}

// Without script, nothing of this shows, and the link by mail remains.
func TestSecurityWithoutScript(t *testing.T) {
	w := startAt(t, clock.System{}, named)
	p := newPerson(t, chrome(t), w.base, "claire", 390)
	p.withoutScript()
	p.open("/signin?next=/account/security")
	if strings.Contains(p.text(), "clé d’accès") {
		p.fail("a button that does nothing shows")
	}
	p.write("Adresse électronique", "responsable@agence.invalid")
	p.press(kb.Enter)
	p.reads("Consultez votre messagerie")
	p.open(w.mailTo("responsable@agence.invalid", "Me connecter"))
	p.enterScriptless("Me connecter")
	p.reads("Votre rôle demande un second facteur")
	p.open("/account/security")
	p.reads("demande les scripts du navigateur")
	p.enterScriptless("Préparer mes codes")
	p.reads("photographiez ce dessin")
}

// enterScriptless activates a link or a button, and leaves it to reads to wait.
func (p *person) enterScriptless(name string) {
	p.t.Helper()
	p.tabTo(name)
	p.press(kb.Enter)
	time.Sleep(300 * time.Millisecond) // the page that follows cannot say that it is there
}

// An agent comes through a provider like ProConnect, is known again the next time, and
// leaves both at once.
func TestProConnect(t *testing.T) {
	provider := openidtest.New(t, "", "")
	provider.User = openidtest.User{Subject: "sub-ana", Email: "ana.legoff@ministere.invalid", Given: "Ana", Usual: "Le Goff", SIRET: "73282932000074", ACR: "eidas1", AMR: []string{"pwd"}}
	w := startAt(t, clock.System{}, named, func(cfg *config.Config) {
		provider.Allow(cfg.BaseURL+"/signin/with/proconnect/back", cfg.BaseURL+"/signin/out")
		cfg.OIDC = []config.OIDC{{Name: "proconnect", Label: "ProConnect", Kind: "proconnect", Issuer: provider.URL, ClientID: provider.ID, ClientSecret: config.Secret(provider.Secret),
			Scopes: []string{"openid", "email", "given_name", "usual_name", "siret", "idp_id"}, Signed: true, TrustEmail: true}}
	})
	p := newPerson(t, chrome(t), w.base, "ana", 390)
	p.open("/signin?next=/applications")
	p.looks("signin-proconnect")
	p.goTo("S’identifier avec")
	p.goTo("Continuer en tant que Ana")
	p.reads("Bienvenue")
	if got := p.eval(`document.querySelector("[name=name]").value`); got != "Ana Le Goff" {
		p.fail("the name is %q", got)
	}
	p.goTo("Plus tard")
	p.open("/account")
	p.reads("Connexion par compte ProConnect")
	p.reads("73282932000074")
	p.looks("account-proconnect")
	p.open("/account/security")
	p.reads("ana.legoff@ministere.invalid")

	p.tabTo("Ana Le Goff")
	p.press(kb.Enter)
	p.tabTo("Se déconnecter")
	p.press(kb.Enter)
	p.reads("Votre connexion est fermée")
	p.waits(`location.pathname === "/signin/out"`)
	p.looks("out")
	if !provider.HasEnded("sub-ana") {
		t.Error("the sign-in at the provider is still open")
	}

	p.open("/signin")
	p.tabTo("S’identifier avec")
	provider.Signature, provider.Token = "none", func(map[string]any) {} // a lie: clear page, nothing opened
	p.enter()
	p.goTo("Continuer en tant que Ana")
	p.reads("La connexion n’a pas abouti")
	p.looks("signin-failed")
	p.open("/account")
	p.reads("Recevoir le lien")
}
