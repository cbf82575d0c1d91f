package journeys_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"transformateur/internal/account"
	"transformateur/internal/web/ui"
)

// notPages are the reading routes that show no page by themselves, with what they
// do instead. TestEveryPageIsAccessible fails when a reason no longer holds.
var notPages = map[string]string{
	"GET /editions/{id}/offers/needs.csv":                          "a file",
	"GET /editions/{id}/assemblies/{assembly}/account.csv":         "a file",
	"GET /editions/{id}/assemblies/{assembly}/stream":              "calls an open page, and goes on",
	"GET /editions/{id}/commitments/account.csv":                   "a file",
	"GET /editions/{id}/partners/projects/exports/{export}":        "opens with an export, which the demonstration has not: its page test",
	"GET /experts/requests/{ask}":                                  "opens to an expert who was asked, whom nobody may be in the demonstration: its page test",
	"GET /projects/{id}/orientation/{scheme}/dossier.csv":          "a file",
	"GET /projects/{id}/orientation/{scheme}/dossier.json":         "data",
	"GET /bookings/{id}/meeting.ics":                               "a calendar",
	"GET /calendar/bookings/{token}":                               "a calendar",
	"GET /territories":                                             "answers the suggestions of a field, as data",
	"GET /editions/{id}/calendar.ics":                              "a calendar",
	"GET /calendar.ics":                                            "a calendar",
	"GET /projects/{id}/roadmap.csv":                               "a file",
	"GET /projects/{id}/roadmap.ics":                               "a calendar",
	"GET /projects/{id}/rights/statement.csv":                      "a file",
	"GET /editions/{id}/rights/{fund}/statement.csv":               "a file",
	"GET /experts/statement.csv":                                   "a file",
	"GET /feed.atom":                                               "a feed",
	"GET /sitemap.xml":                                             "a map for robots",
	"GET /robots.txt":                                              "a text for robots",
	"GET /receipts/key.pem":                                        "a key, as a file",
	"GET /journal/export":                                          "a file",
	"GET /deliberations/{id}/stream":                               "calls an open page, and goes on",
	"GET /gatherings/{id}/boards/stream":                           "calls an open page, and goes on",
	"GET /deliberations/{id}/results.csv":                          "a file",
	"GET /deliberations/{id}/minutes.pdf":                          "a file",
	"GET /deliberations/{id}/minutes.csv":                          "a file",
	"GET /deliberations/{id}/attendance.csv":                       "a file",
	"GET /boards/{id}/live":                                        "a board over a WebSocket",
	"GET /boards/{id}/stream":                                      "calls an open page, and goes on",
	"GET /boards/{id}/poll":                                        "answers an open page, as data",
	"GET /boards/{id}/kit":                                         "answers an open page, as data",
	"GET /boards/{id}/history":                                     "answers an open page, as data",
	"GET /boards/{id}/cards.csv":                                   "a file",
	"GET /boards/{id}/board.json":                                  "a file",
	"GET /boards/{id}/minutes.md":                                  "a file",
	"GET /kits/{id}/kit.json":                                      "a file",
	"GET /editions/{id}/kits/{kit}/kit.json":                       "a file",
	"GET /boards/{id}/board.pdf":                                   "a file",
	"GET /boards/{id}/board.png":                                   "a file",
	"GET /boards/{id}/board.svg":                                   "a file",
	"GET /boards/{id}/pictures/{picture}":                          "a picture that somebody put on a card",
	"GET /gatherings/{id}/day.js":                                  "a script",
	"GET /gatherings/{id}/agenda/file":                             "a file",
	"GET /gatherings/{id}/pulse":                                   "calls an open page, and goes on",
	"GET /gatherings/{id}/plans/{plan}/sittings/{sitting}/verdict": "answers an open page, as data",
	"GET /gatherings/{id}/archive.zip":                             "a file",
	"GET /gatherings/{id}/pitches/{pitch}/ranking":                 "a file",
	"GET /gatherings/{id}/pitches/{pitch}/votes":                   "a file",
	"GET /b/{code}":                                                "leads to a place of a board",
	"GET /calls/{id}/form/export":                                  "a file",
	"GET /calls/{id}/documents/{document}":                         "a document that a lead attached, as it is",
	"GET /files/{id}/attachments/{attachment}":                     "a document that an applicant attached, as it is",
	"GET /reviews/{id}/enclosures/{enclosure}":                     "a document that a reader joined, as it is",
	"GET /applications/{id}/files/{file}":                          "a document that an applicant attached, as it is",
	"GET /applications/{id}/stream":                                "a stream of what changes in the page",
	"GET /applications/{id}/fragment":                              "a part of a page, which is looked at in its page",
	"GET /account/addresses/confirm/{token}":                       "opens with the link of a mail: the journey of the account",
	"GET /account/data/archive/{archive}":                          "a file",
	"GET /applications/{id}/revision":                              "opens to who has a draft of an older form: the journey of the lead runs axe on it",
	"GET /account/codes":                                           "opens while codes are set up: the journey of the second factor runs axe on it",
	"GET /account/identities/confirm":                              "opens after a provider's answer: the journey of ProConnect",
	"GET /second-step":                                             "opens to a sign-in that waits for its second proof: the journey of the second factor runs axe on it",
	"GET /signin/with/{provider}":                                  "leads to a provider that the demonstration has not",
	"GET /signin/with/{provider}/back":                             "where a provider leads back to",
	"GET /calls/{id}/imports/{import}":                             "opens with an import: the journey of the import runs axe on it",
	"GET /calls/{id}/imports/{import}/report":                      "a file",
	"GET /webhooks/{id}":                                           "opens with a webhook, which the demonstration has not: its page test",
	"GET /webhooks/{id}/deliveries/{delivery}":                     "opens with a delivery: its page test",
	"GET /selections/{id}/register.pdf":                            "a file",
	"GET /selections/{id}/register.csv":                            "a file",
	"GET /signin/link/{token}":                                     "opens with the link of a mail: every journey begins with it",
	"GET /comparisons/{id}/results.csv":                            "a file",
	"GET /rubrics/{id}/export":                                     "a file",
	"GET /invitations/{token}":                                     "opens with the link of a mail: the journey of the co-author",
	"GET /assignments/{id}/plan.csv":                               "a file",
	"GET /assignments/{id}/runs/{run}/problem.json":                "a file",
	"GET /assignments/{id}/runs/{run}/result.json":                 "a file",
	"GET /decisions/{id}/decisions.csv":                            "a file",
	"GET /calendar/{token}":                                        "a calendar, at a secret address: the tests of its page",
	"GET /gatherings/{id}/attendance.pdf":                          "a file",
	"GET /gatherings/{id}/attendance.csv":                          "a file",
	"GET /gatherings/{id}/attendance.xlsx":                         "a file",
	"GET /gatherings/{id}/entrance.js":                             "a script that keeps the page of the door",
	"GET /gatherings/{id}/entrance/state":                          "answers an open page, as data",
	"GET /gatherings/{id}/papers/calendar.ics":                     "a calendar",
	"GET /gatherings/{id}/papers/rooms/{room}/calendar.ics":        "a calendar",
	"GET /gatherings/{id}/papers/programme.pdf":                    "a file",
	"GET /gatherings/{id}/papers/mine.pdf":                         "a file",
	"GET /gatherings/{id}/papers/doors.pdf":                        "a file",
	"GET /gatherings/{id}/papers/tables.pdf":                       "a file",
	"GET /gatherings/{id}/papers/sheets.pdf":                       "a file",
	"GET /gatherings/{id}/papers/signing.pdf":                      "a file",
	"GET /gatherings/{id}/coaching/{project}/notes/{sitting}":      "opens to who accompanies that meeting: the journey of the coaching",
	"GET /gatherings/{id}/deposits/{deposit}":                      "opens with what somebody brought: its journey",
	"GET /gatherings/{id}/deposits/{deposit}/file":                 "a file that somebody brought",
	"GET /gatherings/{id}/minutes.md":                              "a file",
	"GET /gatherings/{id}/minutes.pdf":                             "a file",
	"GET /editions/{id}/surveys/{survey}/figures.csv":              "a file",
	"GET /editions/{id}/news.csv":                                  "a table",
	"GET /news/{token}":                                            "what is asked of a project, at a secret address: the tests of its page",
	"GET /survey/{token}":                                          "a questionnaire, at a secret address: the tests of its page",
	"GET /editions/{id}/themes.csv":                                "a file",
	"GET /editions/{id}/outcomes.csv":                              "a file",
	"GET /editions/{id}/report.pdf":                                "a file",
	"GET /editions/{id}/report.odt":                                "a file",
	"GET /editions/{id}/report.docx":                               "a file",
	"GET /editions/{id}/report/versions/{number}/report.pdf":       "a file",
	"GET /editions/{id}/report/versions/{number}/report.odt":       "a file",
	"GET /editions/{id}/report/versions/{number}/report.docx":      "a file",
	"GET /editions/{id}/report/published.pdf":                      "a file",
	"GET /editions/{id}/report/published.odt":                      "a file",
	"GET /editions/{id}/report/published.docx":                     "a file",
	"GET /editions/{id}/report/compare.csv":                        "a file",
	"GET /editions/{id}/orientation.csv":                           "a file",
	"GET /editions/{id}/tasters/figures.csv":                       "a file",
	"GET /tasters/{taster}":                                        "opens with a taster, which the demonstration has not: its page test",
	"GET /tasters/{taster}/calendar.ics":                           "a calendar",
}

// pages resolves every reading route of a site that shows a page: who may see it, in
// which states of its object. missed lists those that opened to nobody.
func (s *site) pages(t *testing.T) (visits []visit, missed []string) {
	t.Helper()
	for _, route := range s.app.Routes() {
		if !strings.HasPrefix(route.Pattern, "GET ") || strings.HasPrefix(route.Pattern, "GET /api/") { // programs read those
			continue
		}
		found := s.reach(t, route, http.MethodGet, http.StatusOK)
		if visits = append(visits, found...); len(found) == 0 {
			missed = append(missed, route.Pattern)
		}
	}
	return visits, missed
}

// refusals resolves every form that answers with its errors when it is sent empty.
// What the others did to the site stays done: it comes last.
func (s *site) refusals(t *testing.T) (visits []visit) {
	t.Helper()
	for _, route := range s.app.Routes() {
		if strings.HasPrefix(route.Pattern, "POST ") && !strings.HasPrefix(route.Pattern, "POST /demo/") {
			visits = append(visits, s.reach(t, route, http.MethodPost, http.StatusUnprocessableEntity)...)
		}
	}
	return visits
}

// reach tries a route with each object and each person until every state has opened once.
func (s *site) reach(t *testing.T, route ui.Route, method string, status int) (visits []visit) {
	t.Helper()
	objects := []thing{{}}
	if route.On != "" && route.On != "platform" {
		objects = s.things(t, route.On)
	}
	opened, form := map[string]bool{}, method == http.MethodPost
	for _, x := range objects {
		path, ok := s.address(t, route, x)
		if !ok || opened[x.state] || form && len(opened) > 0 {
			continue
		}
		for _, who := range append([]account.PersonID{""}, s.people...) {
			if a := s.ask(method, path, s.token(t, who, form)); isPage(a, status) {
				state := x.state
				if form {
					state = strings.TrimSpace(state + " errors")
				}
				opened[x.state] = true
				visits = append(visits, visit{site: s, route: route, state: state, path: path, form: form, person: who, title: between(a.Body.String(), "<title>", "</title>"), shapes: shapes(a.Body.String())})
				break
			}
		}
	}
	return visits
}

// shapes are what a page is made of: its elements, with their classes, roles and types.
func shapes(page string) map[string]bool {
	found := map[string]bool{}
	z := html.NewTokenizer(strings.NewReader(page))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		token := z.Token()
		shape := token.Data
		for _, a := range token.Attr {
			if slices.Contains([]string{"class", "role", "type", "required", "disabled", "aria-invalid", "open"}, a.Key) {
				shape += " " + a.Key + "=" + a.Val
			}
		}
		found[shape] = true
	}
	return found
}

// telling keeps the first page of every route, and of its other states those that
// hold an element of a kind not looked at yet.
func telling(visits []visit) (kept []visit) {
	seen, routes := map[string]bool{}, map[string]bool{}
	for _, v := range slices.Backward(visits) { // the fullest site is resolved last
		fresh := !routes[v.route.Pattern]
		for shape := range v.shapes {
			fresh = fresh || !seen[shape]
			seen[shape] = true
		}
		if routes[v.route.Pattern] = true; fresh {
			kept = append(kept, v)
		}
	}
	slices.Reverse(kept) // what the empty forms did comes last
	return kept
}

func between(text, before, after string) string {
	_, text, _ = strings.Cut(text, before)
	text, _, _ = strings.Cut(text, after)
	return strings.Join(strings.Fields(text), " ")
}

// unreached compares the routes that opened nowhere with those that show no page.
func unreached(t *testing.T, sites ...[]string) {
	t.Helper()
	count := map[string]int{}
	for _, missed := range sites {
		for _, pattern := range missed {
			count[pattern]++
		}
	}
	for _, pattern := range slices.Sorted(maps.Keys(count)) {
		if count[pattern] == len(sites) && notPages[pattern] == "" {
			t.Errorf("%s opened to nobody: give its object a state or its wildcard a value in site_test.go, or say in notPages why it is no page", pattern)
		}
	}
	for pattern, why := range notPages {
		if count[pattern] < len(sites) {
			t.Errorf("%s stands in notPages (%s), and is a page or no route", pattern, why)
		}
	}
}
