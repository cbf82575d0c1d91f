package venues_test

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/venue"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/pagetest"
	"transformateur/internal/web/venues"
)

// site is a home, in which the lead runs a gathering.
func site(t *testing.T) (w *gatheringtest.World, service *venue.Service, id gathering.ID) {
	w = gatheringtest.New(t, dbtest.SQLite(t))
	rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
	t.Cleanup(rooms.Close)
	service = venue.New(venue.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, People: w.Accounts, Gatherings: w.Gatherings, Rooms: rooms})
	return w, service, w.Open()
}

func TestKeysWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, service, id := site(t)
			routes := (&venues.Handler{Venues: service, BaseURL: "https://essai.invalid"}).Routes()
			lead, ana := pagetest.Site{Routes: routes, By: w.Lead, Lang: lang}, pagetest.Site{Routes: routes, By: w.Ana, Lang: lang}
			say := func(key string, args ...any) string { return html.EscapeString(i18n.Say(lang, key, args...)) }
			at := "/gatherings/" + string(id) + "/venue"
			holds := func(page string, texts ...string) {
				t.Helper()
				for _, wanted := range texts {
					if !strings.Contains(page, wanted) {
						t.Errorf("the page lacks %q", wanted)
					}
				}
			}
			holds(lead.Page(t, at), say("venues.none"), `name="label"`)
			if a := ana.Get(t, at); a.Status != http.StatusNotFound && a.Status != http.StatusForbidden {
				t.Errorf("somebody who does not run it: %d", a.Status)
			}
			if a := lead.Post(t, at, url.Values{"label": {""}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, say("venue.label_missing")) {
				t.Errorf("without a name: %d", a.Status)
			}
			made := lead.Post(t, at, url.Values{"label": {"Salle Érik"}})
			pagetest.Check(t, made.Body)
			key := regexp.MustCompile(`tfv_[A-Za-z0-9_-]+`).FindString(made.Body)
			holds(made.Body, "venue take --from https://essai.invalid --key "+key)
			list := lead.Page(t, at)
			holds(list, "Salle Érik", say("venues.key_open"))
			if strings.Contains(list, key) {
				t.Error("the key is shown again")
			}
			revoke := regexp.MustCompile(at + `/[a-z0-9]+/revoke`).FindString(list)
			if a := lead.Post(t, revoke, nil); a.Status != http.StatusSeeOther {
				t.Fatalf("revoking answers %d", a.Status)
			}
			holds(lead.Page(t, at), say("venues.key_revoked"))
		})
	}
}

// TestTheWire tells what a laptop is answered, with its key and without.
func TestTheWire(t *testing.T) {
	w, service, id := site(t)
	_, key, err := service.Make(t.Context(), w.Lead, id, "Portable")
	w.Must(err)
	mux := http.NewServeMux()
	for pattern, handle := range (&venues.Wire{Venues: service}).Patterns() {
		mux.HandleFunc(pattern, handle)
	}
	ask := func(method, path, key, body string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r)
		return rec.Code, rec.Body.String()
	}
	for _, c := range []struct {
		name, method, path, key, body string
		status                        int
		says                          string
	}{
		{"taken", "POST", "/venue/take", key, "{}", 200, `"format":1`},
		{"a wrong key", "POST", "/venue/take", "tfv_x", "{}", 401, "venue.key_unknown"},
		{"no key", "GET", "/venue/report", "", "", 401, "venue.key_unknown"},
		{"the report", "GET", "/venue/report", key, "", 200, `"Brought":0`},
		{"the album", "GET", "/venue/pictures", key, "", 200, "null"},
		{"the album with a wrong key", "GET", "/venue/pictures", "tfv_x", "", 401, "venue.key_unknown"},
		{"a picture that is not", "GET", "/venue/pictures/" + strings.Repeat("0", 64), key, "", 404, "errs.not_found"},
		{"a picture with a wrong key", "GET", "/venue/pictures/" + strings.Repeat("0", 64), "tfv_x", "", 401, "venue.key_unknown"},
		{"a picture of no time", "POST", "/venue/pictures?board=b", key, "x", 422, "errs.invalid"},
		{"a picture on a board that is not", "POST", "/venue/pictures?board=b&added=2027-03-05T10:00:00Z", key, "x", 404, "errs.not_found"},
		{"a board that is not", "GET", "/venue/boards/nothing?after=-1", key, "", 404, "errs.not_found"},
		{"a board after nonsense", "GET", "/venue/boards/nothing?after=x", key, "", 422, "errs.invalid"},
		{"half a list of guests", "POST", "/venue/guests", key, `{"guests":[{`, 422, "errs.invalid"},
		{"too much at once", "POST", "/venue/guests", key, `{"guests":[` + strings.TrimSuffix(strings.Repeat("{},", venue.MaxBatch+1), ",") + `]}`, 422, "venue.batch"},
		{"operations on a board that is not", "POST", "/venue/boards/nothing", key, "[]", 404, "errs.not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, body := ask(c.method, c.path, c.key, c.body); status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}

// TestTheDoor tells how somebody comes in on the laptop.
func TestTheDoor(t *testing.T) {
	w, service, id := site(t)
	laptop := dbtest.SQLite(t)
	people := account.New(laptop, w.Clock, account.Options{})
	there := venue.New(venue.Deps{DB: laptop, Clock: w.Clock, People: people})
	_, key, err := service.Make(t.Context(), w.Lead, id, "Portable")
	w.Must(err)
	b, err := service.Take(t.Context(), key)
	w.Must(err)
	w.Must(there.Unpack(t.Context(), key, b))
	slips, err := there.Draw(t.Context(), false, "")
	if err != nil || len(slips) != 1 {
		t.Fatalf("slips %v, %v", slips, err)
	}
	page, err := venues.Slips(slips, "http://192.168.1.7:8080", i18n.FR)
	if err != nil || !bytes.Contains(page, []byte(slips[0].Code[:4]+"-"+slips[0].Code[4:])) || bytes.Count(page, []byte("<svg")) != 1 {
		t.Errorf("slips %s, %v", page, err)
	}
	door := &venues.Door{Venues: there}
	mux := http.NewServeMux()
	for pattern, handle := range door.Patterns() {
		mux.Handle(pattern, ui.Handle(handle))
	}
	post := func(code string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", venues.Path, strings.NewReader(url.Values{"code": {code}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r)
		return rec
	}
	if rec := post("AAAA-AAAA"); rec.Code != http.StatusUnprocessableEntity || len(rec.Result().Cookies()) > 0 {
		t.Errorf("a wrong code: %d", rec.Code)
	}
	in := post(" " + strings.ToLower(slips[0].Code[:4]) + "-" + slips[0].Code[4:])
	if in.Code != http.StatusSeeOther || len(in.Result().Cookies()) == 0 {
		t.Fatalf("a code: %d", in.Code)
	}
	who, err := people.Authenticate(t.Context(), in.Result().Cookies()[0].Value)
	if err != nil || who.ID != w.Lead.ID {
		t.Errorf("came in as %+v, %v", who, err)
	}
	again, err := there.Draw(t.Context(), false, slips[0].Name)
	if err != nil || len(again) != 1 || again[0].Code == slips[0].Code {
		t.Fatalf("drawn again %v, %v", again, err)
	}
	if rec := post(slips[0].Code); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("a slip that was replaced: %d", rec.Code)
	}
	for range 130 {
		post("BBBBBBBB")
	}
	if rec := post("BBBBBBBB"); rec.Code != http.StatusTooManyRequests {
		t.Errorf("a hundred wrong codes: %d", rec.Code)
	}
}
