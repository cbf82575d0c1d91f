package account

import (
	"context"
	"net/http"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/qrview"
)

// security is the page of what a person signs in with.
const security = "/account/security"

func (h *Handler) securityRoutes() []ui.Route {
	const manage = "account.manage"
	return []ui.Route{
		{Pattern: "GET /account/security", Action: manage, Handle: h.security},
		{Pattern: "POST /account/passkeys/options", Action: manage, Handle: h.offerKey},
		{Pattern: "POST /account/passkeys", Action: manage, Handle: h.keepKey},
		{Pattern: "POST /account/passkeys/rename", Action: manage, Handle: h.renameKey},
		{Pattern: "POST /account/passkeys/remove", Action: manage, Handle: h.removeKey},
		{Pattern: "GET /account/codes", Action: manage, Handle: h.codes},
		{Pattern: "POST /account/codes", Action: manage, Handle: h.beginCodes},
		{Pattern: "POST /account/codes/confirm", Action: manage, Handle: h.confirmCodes},
		{Pattern: "POST /account/codes/recovery", Action: manage, Handle: h.renewRecovery},
		{Pattern: "POST /account/codes/remove", Action: manage, Handle: h.removeCodes},
		{Pattern: "GET /account/identities/confirm", Action: manage, Handle: h.waiting},
		{Pattern: "POST /account/identities/confirm", Action: manage, Handle: h.attach},
		{Pattern: "POST /account/identities/remove", Action: manage, Handle: h.detach},
	}
}

// means is everything that the page shows.
type means struct {
	by         account.User
	device     string // a name for a new key
	factors    credential.Factors
	here       bool // passkeys work at this address
	keys       []credential.Passkey
	identities []credential.Identity
	doors      []credential.Door
	label      func(name string) string
}

// locked says that she must prove who she is before she changes anything.
func (m means) locked() bool { return m.by.Weak && m.factors.Any() }

func (h *Handler) means(r *http.Request) (m means, err error) {
	ctx, by := r.Context(), ui.User(r)
	m = means{by: by, device: device(ctx, r.UserAgent()), here: h.Keys.HasPasskeys(), doors: h.Keys.Doors(), label: h.Keys.Label}
	if m.factors, err = h.Keys.Factors(ctx, by); err != nil {
		return m, err
	}
	if m.keys, err = h.Keys.Passkeys(ctx, by); err != nil {
		return m, err
	}
	m.identities, err = h.Keys.Identities(ctx, by)
	return m, err
}

func (h *Handler) security(w http.ResponseWriter, r *http.Request) error {
	m, err := h.means(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, securityPage(m))
}

// proved leads whoever must first prove who she is to where she does.
func proved(w http.ResponseWriter, r *http.Request, err error) error {
	if errs.KeyOf(err) == "credential.prove_first" && !ui.WantsJSON(r) {
		return ui.See(w, r, "/second-step?next="+security)
	}
	return err
}

func done(w http.ResponseWriter, r *http.Request, err error, key string) error {
	return proved(w, r, actOn(w, r, security, err, key))
}

func (h *Handler) offerKey(w http.ResponseWriter, r *http.Request) error {
	challenge, err := h.Keys.OfferKey(r.Context(), ui.User(r))
	if err != nil {
		return proved(w, r, err)
	}
	return ui.WriteJSON(w, http.StatusOK, challenge)
}

func (h *Handler) keepKey(w http.ResponseWriter, r *http.Request) error {
	token, err := h.Keys.KeepKey(r.Context(), ui.User(r), credential.Answer{Ceremony: r.PostFormValue("ceremony"), Response: r.PostFormValue("response"), Name: r.PostFormValue("name")})
	if err != nil {
		return proved(w, r, err)
	}
	if token != "" {
		ui.SetLogin(w, h.HTTPS, token)
	}
	return ui.WriteJSON(w, http.StatusOK, map[string]string{"next": ui.DoneURL(security, "credential.passkey_done")})
}

func (h *Handler) renameKey(w http.ResponseWriter, r *http.Request) error {
	err := h.Keys.RenameKey(r.Context(), ui.User(r), r.PostFormValue("passkey"), r.PostFormValue("name-"+r.PostFormValue("passkey")))
	return done(w, r, err, "credential.renamed_done")
}

func (h *Handler) removeKey(w http.ResponseWriter, r *http.Request) error {
	return done(w, r, h.Keys.RemoveKey(r.Context(), ui.User(r), r.PostFormValue("passkey")), "credential.removed_done")
}

func (h *Handler) beginCodes(w http.ResponseWriter, r *http.Request) error {
	if err := h.Keys.BeginCodes(r.Context(), ui.User(r)); err != nil {
		return proved(w, r, err)
	}
	return ui.See(w, r, "/account/codes")
}

// codes shows the secret that waits for its first code.
func (h *Handler) codes(w http.ResponseWriter, r *http.Request) error {
	return h.showCodes(w, r, http.StatusOK, nil)
}

func (h *Handler) showCodes(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	setup, err := h.Keys.Setup(r.Context(), ui.User(r))
	if errs.Is(err, errs.NotFound) {
		return ui.See(w, r, security)
	}
	if err != nil {
		return err
	}
	drawn, err := qrview.Draw(setup.URL)
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, codesPage(setup, drawn, problems))
}

func (h *Handler) confirmCodes(w http.ResponseWriter, r *http.Request) error {
	recovery, token, err := h.Keys.ConfirmCodes(r.Context(), ui.User(r), r.PostFormValue("code"))
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.showCodes(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return proved(w, r, err)
	}
	ui.SetLogin(w, h.HTTPS, token)
	return ui.Render(w, r, http.StatusOK, recoveryPage(recovery)) // shown once, and nowhere else
}

func (h *Handler) renewRecovery(w http.ResponseWriter, r *http.Request) error {
	recovery, err := h.Keys.RenewRecovery(r.Context(), ui.User(r))
	if err != nil {
		return proved(w, r, err)
	}
	return ui.Render(w, r, http.StatusOK, recoveryPage(recovery))
}

func (h *Handler) removeCodes(w http.ResponseWriter, r *http.Request) error {
	return done(w, r, h.Keys.RemoveCodes(r.Context(), ui.User(r)), "credential.codes_removed_done")
}

// waiting shows which account elsewhere waits for the person's word.
func (h *Handler) waiting(w http.ResponseWriter, r *http.Request) error {
	waiting, err := h.Keys.Waiting(r.Context(), ui.User(r), ui.Away(r, h.HTTPS))
	if errs.Is(err, errs.NotFound) {
		return ui.See(w, r, security) // another browser, or too late: she may begin again there
	}
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, waitingPage(h.Keys.Label(waiting.Provider), waiting.Email))
}

func (h *Handler) attach(w http.ResponseWriter, r *http.Request) error {
	err := h.Keys.Attach(r.Context(), ui.User(r), ui.Away(r, h.HTTPS))
	if errs.Is(err, errs.NotFound) {
		return ui.See(w, r, security)
	}
	if err == nil {
		ui.ClearAway(w, h.HTTPS)
	}
	return done(w, r, err, "credential.attached_done")
}

func (h *Handler) detach(w http.ResponseWriter, r *http.Request) error {
	return done(w, r, h.Keys.Detach(r.Context(), ui.User(r), r.PostFormValue("identity")), "credential.detached_done")
}

// methods says how a sign-in was proved.
func (v view) methods(ctx context.Context, l account.Login) string {
	var said []string
	for _, m := range l.Methods {
		switch m {
		case account.MethodMail, account.MethodPasskey, account.MethodCode, account.MethodRecovery, account.MethodDemo, account.MethodGuest:
			said = append(said, i18n.T(ctx, "account.method_"+m))
		default:
			said = append(said, i18n.T(ctx, "account.method_provider", v.label(m)))
		}
	}
	return i18n.T(ctx, "account.login_methods", strings.Join(said, ", "))
}
