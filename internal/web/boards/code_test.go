package boards_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
)

// The code of a board is made once, shown to who leads it, and leads whoever scans it to
// the board: by the door of the gathering for who is not in.
func TestTheCodeOfABoard(t *testing.T) {
	h := newHall(t)
	lead, ana := h.site(h.Lead, i18n.FR), h.site(h.Ana, i18n.FR)
	one := wants(t, lead.Post(t, "/gatherings/"+string(h.gathering)+"/boards/new", url.Values{"kit": {"adn"}, "project": {string(h.project)}}), http.StatusSeeOther).Location
	holds(t, lead.Page(t, one+"/code"), i18n.Say(i18n.FR, "boards.code_of_make"))
	wants(t, ana.Get(t, one+"/code"), http.StatusForbidden)
	wants(t, ana.Post(t, one+"/code", nil), http.StatusForbidden)
	wants(t, lead.Post(t, one+"/code", nil), http.StatusSeeOther)
	first := codeOn(t, lead.Page(t, one+"/code"))
	wants(t, lead.Post(t, one+"/code", nil), http.StatusSeeOther)
	if again := codeOn(t, lead.Page(t, one+"/code")); again != first {
		t.Errorf("the code was %s, and is %s", first, again)
	}
	if to := wants(t, ana.Get(t, "/b/"+first), http.StatusSeeOther).Location; to != one {
		t.Errorf("Ana is led to %s, not to %s", to, one)
	}
	if to := wants(t, h.site(account.User{}, i18n.FR).Get(t, "/b/"+first), http.StatusSeeOther).Location; to != "/join/"+h.Code(h.gathering)+"?card="+first {
		t.Errorf("a visitor is led to %s", to)
	}
}

func codeOn(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`/b/([A-Z0-9]+)`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no code on the page: %.600s", page)
	}
	return found[1]
}
