package signin

import (
	"net/http"
	"net/url"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/web/ui"
)

// askKey gives a script what it asks a passkey to sign.
func (h *Handler) askKey(w http.ResponseWriter, r *http.Request) error {
	challenge, err := h.Keys.AskKey(r.Context(), ui.RemoteIP(r, h.Proxied))
	if err != nil {
		return err
	}
	return ui.WriteJSON(w, http.StatusOK, challenge)
}

func (h *Handler) useKey(w http.ResponseWriter, r *http.Request) error {
	arrival, err := h.Keys.UseKey(r.Context(), ui.User(r), credential.Answer{Ceremony: r.PostFormValue("ceremony"), Response: r.PostFormValue("response"),
		Device: r.UserAgent(), Next: r.PostFormValue("next")})
	if err != nil {
		return err
	}
	where, err := h.open(w, r, arrival)
	if err != nil {
		return err
	}
	return ui.WriteJSON(w, http.StatusOK, map[string]string{"next": where})
}

// open keeps a sign-in in the browser and says where it leads: to the welcome, to a
// second proof when rights wait for it, then where the person wanted to go.
func (h *Handler) open(w http.ResponseWriter, r *http.Request, a account.Arrival) (where string, err error) {
	ui.SetLogin(w, h.HTTPS, a.Token)
	where = a.Next
	if a.Weak {
		f, err := h.Keys.Factors(r.Context(), account.User{ID: a.Person})
		if err != nil {
			return "", err
		}
		if f.Asked && f.Decides {
			where = "/second-step?" + url.Values{"next": {a.Next}}.Encode()
		}
	}
	if a.New {
		where = "/welcome?" + url.Values{"next": {where}}.Encode()
	}
	return where, nil
}
