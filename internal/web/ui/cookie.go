package ui

import (
	"net/http"
	"time"
)

// CookieName is the name of the only cookie. Over HTTPS its prefix makes browsers
// refuse any other site's attempt to set it (RFC 6265bis, "__Host-").
func CookieName(https bool) string {
	if https {
		return "__Host-login"
	}
	return "login"
}

// SetLogin keeps the sign-in token in the browser.
func SetLogin(w http.ResponseWriter, https bool, token string) {
	http.SetCookie(w, &http.Cookie{Name: CookieName(https), Value: token, Path: "/", HttpOnly: true, Secure: https, SameSite: http.SameSiteLaxMode, MaxAge: int((180 * 24 * time.Hour).Seconds())})
}

// ClearLogin forgets it.
func ClearLogin(w http.ResponseWriter, https bool) {
	http.SetCookie(w, &http.Cookie{Name: CookieName(https), Path: "/", HttpOnly: true, Secure: https, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}
