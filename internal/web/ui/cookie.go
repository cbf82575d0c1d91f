package ui

import (
	"net/http"
	"time"
)

// CookieName is the name of the cookie of a sign-in, the only one that stays. Over HTTPS its prefix makes browsers
// refuse any other site's attempt to set it (RFC 6265bis, "__Host-").
func CookieName(https bool) string {
	if https {
		return "__Host-login"
	}
	return "login"
}

// awayName is the name of the cookie of who went to a provider. It lives for an hour
// at most, and says only that who comes back is who left.
func awayName(https bool) string {
	if https {
		return "__Host-away"
	}
	return "away"
}

// SetAway keeps the secret of a sign-in at a provider in the browser.
func SetAway(w http.ResponseWriter, https bool, secret string) {
	http.SetCookie(w, &http.Cookie{Name: awayName(https), Value: secret, Path: "/", HttpOnly: true, Secure: https, SameSite: http.SameSiteLaxMode, MaxAge: int(time.Hour.Seconds())})
}

// Away is the secret of a sign-in at a provider, "" when there is none.
func Away(r *http.Request, https bool) string {
	cookie, err := r.Cookie(awayName(https))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// ClearAway forgets it.
func ClearAway(w http.ResponseWriter, https bool) {
	http.SetCookie(w, &http.Cookie{Name: awayName(https), Path: "/", HttpOnly: true, Secure: https, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}

// SetLogin keeps the sign-in token in the browser.
func SetLogin(w http.ResponseWriter, https bool, token string) {
	http.SetCookie(w, &http.Cookie{Name: CookieName(https), Value: token, Path: "/", HttpOnly: true, Secure: https, SameSite: http.SameSiteLaxMode, MaxAge: int((180 * 24 * time.Hour).Seconds())})
}

// ClearLogin forgets it.
func ClearLogin(w http.ResponseWriter, https bool) {
	http.SetCookie(w, &http.Cookie{Name: CookieName(https), Path: "/", HttpOnly: true, Secure: https, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}
