package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/policy"
	"transformateur/internal/web/api"
)

// What the matrix needs to know of the addresses of signing in.
func init() {
	unfilled["{provider}"] = "no provider is set in the world: the tests of credential have one"
	for pattern, what := range map[string]string{
		"POST /account/passkeys/remove":        "the passkey that is removed",
		"POST /account/codes/recovery":         "the one-time codes that it goes with",
		"POST /account/codes/remove":           "the one-time codes that are removed",
		"POST /account/identities/remove":      "the account elsewhere that is unlinked",
		"POST /account/organisations/employer": "the organisation that is joined",
	} {
		alsoJudged[pattern] = what
	}
}

// Who proved once who she is, where two proofs are asked for, has what a stranger has
// and no more, whatever role of the programme she holds; what she is refused leads her
// to the second proof. The same roles, proved twice, open many addresses.
func TestOneProofOpensNoMoreThanAStranger(t *testing.T) {
	w := newWorld(t)
	routes, kinds := byKind(w.app.Routes())
	cells, opened := 0, 0
	for _, kind := range kinds {
		f := fixtures[kind]
		m := f.moments[len(f.moments)/2]
		if kind == "application" {
			m = moment{policy.Announced, "submitted"}
		}
		for _, p := range pairs() {
			if !policy.Deciding(p.relation) {
				continue
			}
			for _, route := range routes[kind] {
				if !slices.ContainsFunc(policy.Table, func(r policy.Rule) bool { return r.Action == route.Action && slices.Contains(r.Relations, p.relation) }) {
					continue
				}
				a := attempt{route: route, made: f.make(w, m)}
				if !w.bind(&a, p, "here") {
					continue
				}
				strong := a
				if !a.reads() { // what is done is done to an object of its own
					strong.made = f.make(w, m)
					w.bind(&strong, p, "here")
				}
				status, location, _ := w.send(strong, strong.ID)
				if !refused(status, location) {
					opened++
				}
				w.exec(`update logins set strong_at = null where person_id = $1`, a.person)
				w.exec(`update access_tokens set weak = true where person_id = $1`, a.person)
				stranger := a
				_, stranger.token = w.person()
				wantStatus, wantLocation, _ := w.send(stranger, a.ID)
				status, location, _ = w.send(a, a.ID)
				cells++
				if (api.Serves(route.Pattern) || strings.HasSuffix(route.Pattern, "/save")) && status == wantStatus {
					continue // a program is told, not led
				}
				led := status == http.StatusSeeOther && strings.HasPrefix(location, "/second-step?next=")
				if refused(wantStatus, wantLocation) && !led || !refused(wantStatus, wantLocation) && (status != wantStatus || led) {
					t.Errorf("%s by %s on %s: %d to %q, a stranger gets %d", route.Pattern, p.relation, p.on, status, location, wantStatus)
				}
			}
		}
	}
	t.Logf("%d cells, of which two proofs open %d", cells, opened)
	if opened < cells/2 {
		t.Errorf("two proofs open %d of %d cells only: the test proves little", opened, cells)
	}
}
