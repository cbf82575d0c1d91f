package app

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
)

// maxBounce bounds a delivery report, in bytes: it gives back the head of a mail, or
// a mail of ours.
const maxBounce = 2 << 20

// bounces takes the delivery reports that the operator's mail server posts, one a
// request, with the token of the settings. Without a token there is no such address.
func (a *App) bounces() http.Handler {
	want := sha256.Sum256([]byte(a.Config.SMTP.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(given))
		if !bearer || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "the token is missing or wrong", http.StatusUnauthorized)
			return
		}
		_, err := a.Notify.Bounced(r.Context(), account.System, http.MaxBytesReader(w, r.Body, maxBounce))
		switch {
		case err == nil:
			w.WriteHeader(http.StatusNoContent)
		case errs.Is(err, errs.Invalid):
			http.Error(w, "not a delivery report", http.StatusUnprocessableEntity)
		case errs.Is(err, errs.NotFound):
			http.Error(w, "about no mail of this install", http.StatusNotFound)
		default:
			slog.ErrorContext(r.Context(), "delivery report not recorded", "error", err)
			http.Error(w, "try again later", http.StatusServiceUnavailable)
		}
	})
}
