package credential_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/openid"
	"transformateur/internal/platform/openid/openidtest"
)

// ana is somebody whom a provider like ProConnect knows.
var ana = openidtest.User{Subject: "sub-ana", Email: "Ana@agence.example", Given: "Ana", Usual: "Le Goff", SIRET: "73282932000074", ACR: "eidas1", AMR: []string{"pwd"}}

type away struct {
	world
	p *openidtest.Provider
}

// atProConnect runs a test on both engines, with a provider like ProConnect. Tokens
// bear the machine's time.
func atProConnect(t *testing.T, change func(*openid.Settings), body func(t *testing.T, w away)) {
	p := openidtest.New(t, base+"/signin/with/proconnect/back", base+"/signin/out")
	settings := openid.Settings{Name: "proconnect", Label: "ProConnect", Kind: openid.ProConnect, Issuer: p.URL, ClientID: p.ID, ClientSecret: p.Secret,
		Scopes: []string{"openid", "email", "given_name", "usual_name", "siret", "idp_id"}, Signed: true, TrustEmail: true}
	if change != nil {
		change(&settings)
	}
	c := clock.NewFake(clock.System{}.Now())
	provider := openid.New(settings, base+"/signin/with/proconnect/back", c)
	other := settings
	other.Name, other.Issuer = "other", p.URL+"/"
	onBoth(t, func(t *testing.T, w world) {
		w.clock.Set(clock.System{}.Now())
		p.User, p.Unsigned, p.Down, p.Signature, p.Token, p.Info = ana, false, false, "", nil, nil
		body(t, away{w, p})
	}, provider, openid.New(other, base+"/signin/with/other/back", c))
}

// journey goes to the provider and back.
func (w away) journey(by account.User, link bool) (credential.Outcome, string, error) {
	w.t.Helper()
	address, browser, err := w.Leave(ctx, by, "proconnect", "/applications", link)
	if err != nil {
		return credential.Outcome{}, "", err
	}
	back := w.p.Pass(w.t, address)
	out, err := w.Return(ctx, by, credential.Back{Provider: "proconnect", Browser: browser, Query: back.Query(), Device: "test", Lang: "fr"})
	return out, browser, err
}

func TestProviderSignsIn(t *testing.T) {
	atProConnect(t, nil, func(t *testing.T, w away) {
		out, _, err := w.journey(account.User{}, false)
		w.must(err)
		by := w.who(out.Arrival.Token)
		if by.Name != "Ana Le Goff" || !by.Weak || !out.Arrival.New || out.Arrival.Next != "/applications" {
			t.Errorf("signed in as %+v, %+v", by, out)
		}
		addresses, err := w.accounts.Addresses(ctx, by)
		w.must(err)
		if len(addresses) != 1 || addresses[0].Email != "ana@agence.example" {
			t.Errorf("her addresses are %+v", addresses)
		}
		w.told("ana@agence.example", credential.ToldIdentityAdded)
		again, _, err := w.journey(account.User{}, false)
		w.must(err)
		if again.Arrival.Person != by.ID {
			t.Error("a second sign-in made another account")
		}
		w.p.User.Email = "ana@autre.example" // the subject decides, not the address
		again, _, err = w.journey(account.User{}, false)
		w.must(err)
		list, err := w.Identities(ctx, by)
		w.must(err)
		if again.Arrival.Person != by.ID || len(list) != 1 || list[0].Email != "ana@autre.example" || list[0].LastUsedAt.IsZero() {
			t.Errorf("her accounts elsewhere are %+v", list)
		}
		logins, err := w.accounts.Logins(ctx, by)
		w.must(err)
		if len(logins) != 3 || logins[0].Methods[0] != "proconnect" {
			t.Errorf("her sign-ins are %+v", logins)
		}
	})
}

func TestProviderFailures(t *testing.T) {
	atProConnect(t, nil, func(t *testing.T, w away) {
		w.weak("ana@agence.example") // the account that a lie would open
		for _, c := range []struct {
			name  string
			spoil func()
			want  string
		}{
			{"down before", func() { w.p.Down = true }, ""},
			{"a wrong nonce", func() { w.p.Token = func(c map[string]any) { c["nonce"] = "other" } }, "openid.refused"},
			{"no nonce", func() { w.p.Token = func(c map[string]any) { delete(c, "nonce") } }, "openid.refused"},
			{"a wrong audience", func() { w.p.Token = func(c map[string]any) { c["aud"] = "somebody-else" } }, "openid.refused"},
			{"made for another party", func() {
				w.p.Token = func(c map[string]any) { c["aud"] = []string{w.p.ID, "x"}; c["azp"] = "x" }
			}, "openid.refused"},
			{"a wrong issuer", func() { w.p.Token = func(c map[string]any) { c["iss"] = "https://elsewhere.example" } }, "openid.refused"},
			{"expired", func() {
				w.p.Token = func(c map[string]any) { c["exp"] = w.clock.Now().Add(-time.Minute).Unix() }
			}, "openid.refused"},
			{"of another access token", func() { w.p.Token = func(c map[string]any) { c["at_hash"] = "AAAA" } }, "openid.refused"},
			{"not signed (alg none)", func() { w.p.Signature = "none" }, "openid.refused"},
			{"signed by another key", func() { w.p.Signature = "other" }, "openid.refused"},
			{"user information of somebody else", func() { w.p.Info = func(c map[string]any) { c["sub"] = "sub-bob" } }, "openid.refused"},
			{"user information for another client", func() { w.p.Info = func(c map[string]any) { c["aud"] = "x" } }, "openid.refused"},
			{"user information of another issuer", func() { w.p.Info = func(c map[string]any) { c["iss"] = "https://x.example" } }, "openid.refused"},
			{"user information that expired", func() {
				w.p.Info = func(c map[string]any) { c["exp"] = w.clock.Now().Add(-time.Hour).Unix() }
			}, "openid.refused"},
			{"user information not signed", func() { w.p.Unsigned = true }, "openid.refused"},
		} {
			w.p.Down, w.p.Unsigned, w.p.Signature, w.p.Token, w.p.Info = false, false, "", nil, nil
			before := w.count(`select count(*) from logins`)
			address, browser, err := w.Leave(ctx, account.User{}, "proconnect", "/", false)
			w.must(err)
			back := w.p.Pass(t, address)
			c.spoil()
			_, err = w.Return(ctx, account.User{}, credential.Back{Provider: "proconnect", Browser: browser, Query: back.Query()})
			want := c.want
			kind := errs.Forbidden
			if want == "" {
				kind, want = errs.Unavailable, "openid.down"
			}
			if !errs.Is(err, kind) || errs.KeyOf(err) != want {
				t.Errorf("%s: %v", c.name, err)
			}
			if n := w.count(`select count(*) from logins`); n != before || w.count(`select count(*) from identities`) != 0 {
				t.Errorf("%s: something was opened", c.name)
			}
			if err != nil && strings.Contains(errs.KeyOf(err), c.name) {
				t.Error("the page tells the reason")
			}
		}
	})
}

func TestTheWayBackIsTakenOnce(t *testing.T) {
	atProConnect(t, nil, func(t *testing.T, w away) {
		for _, c := range []struct {
			name  string
			spoil func(b *credential.Back)
			kind  errs.Kind
			want  string
		}{
			{"another browser", func(b *credential.Back) { b.Browser = "other" }, errs.Conflict, "credential.provider_late"},
			{"no cookie", func(b *credential.Back) { b.Browser = "" }, errs.Conflict, "credential.provider_late"},
			{"an invented state", func(b *credential.Back) { b.Query.Set("state", "x") }, errs.Conflict, "credential.provider_late"},
			{"too late", func(*credential.Back) { w.clock.Advance(15 * time.Minute) }, errs.Conflict, "credential.provider_late"},
			{"by another provider's way (mix-up)", func(b *credential.Back) { b.Provider = "other" }, errs.Conflict, "credential.provider_late"},
			{"in the name of another issuer (mix-up)", func(b *credential.Back) { b.Query.Set("iss", "https://x.example") }, errs.Forbidden, "openid.refused"},
			{"an unknown provider", func(b *credential.Back) { b.Provider = "x" }, errs.NotFound, "errs.not_found"},
			{"the person gave up", func(b *credential.Back) { b.Query.Set("error", "access_denied") }, errs.Conflict, "openid.cancelled"},
			{"the provider refuses", func(b *credential.Back) { b.Query.Set("error", "server_error") }, errs.Forbidden, "openid.refused"},
			{"an invented code", func(b *credential.Back) { b.Query.Set("code", "x") }, errs.Forbidden, "openid.refused"},
		} {
			address, browser, err := w.Leave(ctx, account.User{}, "proconnect", "/", false)
			w.must(err)
			b := credential.Back{Provider: "proconnect", Browser: browser, Query: w.p.Pass(t, address).Query()}
			c.spoil(&b)
			if _, err = w.Return(ctx, account.User{}, b); !errs.Is(err, c.kind) || errs.KeyOf(err) != c.want {
				t.Errorf("%s: %v", c.name, err)
			}
			w.clock.Set(clock.System{}.Now())
		}
		address, browser, err := w.Leave(ctx, account.User{}, "proconnect", "/", false)
		w.must(err)
		first := w.p.Pass(t, address).Query()
		_, err = w.Return(ctx, account.User{}, credential.Back{Provider: "proconnect", Browser: browser, Query: first})
		w.must(err)
		_, err = w.Return(ctx, account.User{}, credential.Back{Provider: "proconnect", Browser: browser, Query: first})
		w.refused(err, errs.Conflict, "credential.provider_late")
		_, browser, err = w.Leave(ctx, account.User{}, "proconnect", "/", false)
		w.must(err)
		_, err = w.Return(ctx, account.User{}, credential.Back{Provider: "proconnect", Browser: browser, Query: url.Values{"code": first["code"], "state": {"x"}}})
		w.refused(err, errs.Conflict, "credential.provider_late")
	})
}

// An address that the provider does not vouch for opens nothing: the person proves it
// by mail, in the same browser, and says yes.
func TestUnprovedAddress(t *testing.T) {
	atProConnect(t, func(s *openid.Settings) { s.TrustEmail = false }, func(t *testing.T, w away) {
		victim, _ := w.weak("ana@agence.example")
		out, browser, err := w.journey(account.User{}, false)
		w.must(err)
		if out.Arrival.Token != "" || out.Email != "Ana@agence.example" || w.count(`select count(*) from identities`) != 0 {
			t.Fatalf("it opened %+v", out)
		}
		_, err = w.Waiting(ctx, victim, "another browser")
		w.refused(err, errs.NotFound, "errs.not_found")
		w.refused(w.Attach(ctx, victim, "another browser"), errs.NotFound, "errs.not_found")
		waiting, err := w.Waiting(ctx, victim, browser)
		w.must(err)
		if waiting.Provider != "proconnect" || waiting.Email != "Ana@agence.example" {
			t.Errorf("what waits is %+v", waiting)
		}
		w.must(w.Attach(ctx, victim, browser))
		w.refused(w.Attach(ctx, victim, browser), errs.NotFound, "errs.not_found")
		out, _, err = w.journey(account.User{}, false)
		w.must(err)
		if out.Arrival.Person != victim.ID {
			t.Error("the identity does not open her account")
		}
		bob, _ := w.weak("bob@example.org")
		_, browser, err = w.journey(bob, true)
		w.must(err)
		_, err = w.Waiting(ctx, victim, browser)
		w.refused(err, errs.NotFound, "errs.not_found")
		w.refused(w.Attach(ctx, bob, browser), errs.Conflict, "credential.identity_taken")
		list, err := w.Identities(ctx, victim)
		w.must(err)
		w.refused(w.Detach(ctx, bob, list[0].ID), errs.NotFound, "errs.not_found")
		w.must(w.Detach(ctx, victim, list[0].ID))
		w.told("ana@agence.example", credential.ToldIdentityRemoved)
	})
}

func TestVerifiedAddressIsEnough(t *testing.T) {
	atProConnect(t, func(s *openid.Settings) { s.TrustEmail, s.Kind, s.Signed = false, "generic", false }, func(t *testing.T, w away) {
		by, _ := w.weak("ana@agence.example")
		w.p.User.Verified, w.p.Unsigned = true, true
		out, _, err := w.journey(account.User{}, false)
		w.must(err)
		if out.Arrival.Person != by.ID {
			t.Error("the address does not lead to her account")
		}
		if e, err := w.Employers(ctx, by); err != nil || len(e) != 0 {
			t.Errorf("any provider says where she works: %v (%v)", e, err)
		}
	})
}

// An account with a second factor takes no identity by its address alone; a provider
// trusted for its own second factor counts as one.
func TestSecondFactorOfTheProvider(t *testing.T) {
	atProConnect(t, func(s *openid.Settings) { s.TrustMFA, s.StrongACR = true, []string{"eidas2"} }, func(t *testing.T, w away) {
		owner, _, _ := w.withCodes("ana@agence.example")
		out, _, err := w.journey(account.User{}, false)
		w.must(err)
		if out.Arrival.Token != "" {
			t.Error("a password elsewhere was attached to an account with a second factor")
		}
		w.p.User.AMR = []string{"pwd", "mfa"}
		out, _, err = w.journey(account.User{}, false)
		w.must(err)
		if by := w.who(out.Arrival.Token); by.ID != owner.ID || by.Weak {
			t.Errorf("signed in as %+v", by)
		}
		w.p.User.AMR, w.p.User.ACR = nil, "eidas2"
		out, _, err = w.journey(account.User{}, false)
		w.must(err)
		if w.who(out.Arrival.Token).Weak {
			t.Error("eidas2 does not count")
		}
	})
}

func TestSignOutAtTheProvider(t *testing.T) {
	atProConnect(t, nil, func(t *testing.T, w away) {
		out, _, err := w.journey(account.User{}, false)
		w.must(err)
		by := w.who(out.Arrival.Token)
		if n := w.count(`select count(*) from provider_logins where cast(id_token as text) like 'eyJ%'`); n != 0 {
			t.Error("the identity token is kept as it is")
		}
		address, label, err := w.SignOut(ctx, by)
		w.must(err)
		u, err := url.Parse(address)
		w.must(err)
		if label != "ProConnect" || !strings.HasPrefix(address, w.p.URL) || u.Query().Get("post_logout_redirect_uri") != base+"/signin/out" || len(u.Query().Get("state")) < 32 || u.Query().Get("id_token_hint") == "" {
			t.Errorf("she is led to %s", address)
		}
		if _, err := w.accounts.Authenticate(ctx, out.Arrival.Token); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("the sign-in is still open: %v", err)
		}
		mail, _ := w.weak("bob@example.org")
		if address, _, err := w.SignOut(ctx, mail); err != nil || address != "" {
			t.Errorf("who came by mail is led to %q (%v)", address, err)
		}
	})
}

func TestEmployer(t *testing.T) {
	atProConnect(t, nil, func(t *testing.T, w away) {
		out, _, err := w.journey(account.User{}, false)
		w.must(err)
		by := w.who(out.Arrival.Token)
		list, err := w.Employers(ctx, by)
		w.must(err)
		if len(list) != 1 || list[0].SIRET != ana.SIRET || list[0].Organisation.ID != "" {
			t.Errorf("her employers are %+v", list)
		}
		id, err := w.accounts.CreateOrganisation(ctx, account.System, account.Description{Name: "Agence", Kind: account.PublicBody, SIRET: ana.SIRET}, "")
		w.must(err)
		stranger, _ := w.weak("bob@example.org")
		w.refused(w.JoinEmployer(ctx, stranger, id), errs.NotFound, "errs.not_found")
		w.must(w.JoinEmployer(ctx, by, id))
		mine, err := w.accounts.MyOrganisations(ctx, by)
		w.must(err)
		if list, err = w.Employers(ctx, by); err != nil || len(mine) != 1 || len(list) != 0 {
			t.Errorf("she belongs to %+v, and is still offered %+v (%v)", mine, list, err)
		}
	})
}
