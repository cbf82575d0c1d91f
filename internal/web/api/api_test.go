package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/token"
)

var anywhere account.Ref

// Every operation that is described is served, and the reverse; every scope that an
// operation asks for exists and holds its action.
func TestWhatIsDescribedIsServed(t *testing.T) {
	h := New(Deps{BaseURL: "https://example.org"})
	var described, served []string
	for path, item := range h.api.OpenAPI().Paths {
		for method, op := range map[string]bool{"GET": item.Get != nil, "POST": item.Post != nil, "PUT": item.Put != nil, "PATCH": item.Patch != nil, "DELETE": item.Delete != nil} {
			if op {
				described = append(described, method+" "+path)
			}
		}
	}
	for _, route := range h.Routes() {
		if Serves(route.Pattern) {
			served = append(served, route.Pattern)
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) || len(served) < 30 {
		t.Errorf("described %v\nserved %v", described, served)
	}
	for _, o := range h.operation {
		i := slices.IndexFunc(token.Scopes, func(s token.Scope) bool { return s.Name == o.scope })
		if o.scope != "" && i < 0 {
			t.Errorf("%s asks for the scope %q, which nobody can give", o.id, o.scope)
		}
		if !slices.Contains(policy.Actions(), o.action) {
			t.Errorf("%s is no action", o.action)
		}
	}
	for _, s := range token.Scopes {
		for _, action := range s.Actions {
			if !slices.Contains(policy.Actions(), policy.Action(action)) {
				t.Errorf("the scope %s holds %s, which is no action", s.Name, action)
			}
		}
	}
}

// A program reads a call, writes a file, joins an annex and deposits it; whatever it
// sends twice happens once.
func TestAProgramDeposits(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, database *db.DB) {
		d := open(t, database, token.Options{})
		secret := d.lend(d.Ana, anywhere, everything()...)
		var calls Page[Call]
		d.ask(secret, "GET", "/calls?open=true", "").into(t, &calls)
		if len(calls.Items) != 1 || calls.Items[0].ID != "appel" || !calls.Items[0].Open {
			t.Fatalf("calls %+v", calls)
		}
		if r := d.ask(secret, "GET", "/calls/appel/form", ""); !strings.Contains(string(r.Body), `"summary"`) {
			t.Errorf("form: %s", r.Body)
		}
		var file Application
		for range 2 {
			r := d.ask(secret, "POST", "/calls/appel/applications", `{"title":"Campus numérique"}`, keyHeader, "create-1")
			if r.Status != http.StatusCreated {
				t.Fatalf("created: %d %s", r.Status, r.Body)
			}
			r.into(t, &file)
		}
		if n := d.count(`select count(*) from applications`); n != 1 {
			t.Fatalf("%d drafts for one key", n)
		}
		at := "/applications/" + file.ID
		r := d.ask(secret, "PATCH", at+"/answers", `{"answers":{"summary":{"value":"Un campus","version":0},"bearer":{"value":"public","version":0}}}`)
		var saved Saved
		r.into(t, &saved)
		if r.Status != http.StatusOK || saved.Versions["summary"] != 1 || len(saved.Missing) != 0 {
			t.Fatalf("saved: %d %s", r.Status, r.Body)
		}
		stale := d.ask(secret, "PATCH", at+"/answers", `{"answers":{"bearer":{"value":"company","version":1},"summary":{"value":"Autre","version":0}}}`)
		if stale.Status != http.StatusConflict || stale.problem() != "api.answers_changed" || !strings.Contains(string(stale.Body), `"Un campus"`) {
			t.Errorf("an old version: %d %s", stale.Status, stale.Body)
		}
		for range 2 {
			r = d.ask(secret, "POST", at+"/files?field=annex&name=annexe.pdf", "%PDF-1.7 annexe", "Content-Type", binaryMedium, keyHeader, "upload-1")
			if r.Status != http.StatusCreated {
				t.Fatalf("sent: %d %s", r.Status, r.Body)
			}
		}
		if n := d.count(`select count(*) from attachments`); n != 1 {
			t.Errorf("%d files for one key", n)
		}
		var first, second reply
		first = d.ask(secret, "POST", at+"/submit", "", keyHeader, "submit-1")
		second = d.ask(secret, "POST", at+"/submit", "", keyHeader, "submit-1")
		if first.Status != http.StatusCreated || second.Status != http.StatusCreated || string(first.Body) != string(second.Body) || second.Header.Get(replayedHeader) != "true" || first.Header.Get(replayedHeader) != "" {
			t.Fatalf("deposited: %d %s then %d %s", first.Status, first.Body, second.Status, second.Body)
		}
		if n := d.count(`select count(*) from submissions`); n != 1 {
			t.Errorf("%d deposits", n)
		}
		receipt, _, err := receipt.Verify(first.Body, d.Files.PublicKey())
		if err != nil || receipt.Application.ID != file.ID || len(receipt.Files) != 1 {
			t.Errorf("the receipt: %+v %v", receipt, err)
		}
		if r := d.ask(secret, "GET", strings.TrimPrefix(first.Header.Get("Location"), Prefix), ""); string(r.Body) != string(first.Body) {
			t.Errorf("read again it differs: %s", r.Body)
		}
		lines, err := journal.Recent(context.Background(), database.Reader(), 0, "application", file.ID, 1)
		if err != nil || len(lines) != 1 || lines[0].Actor != "person:ana" || !strings.Contains(lines[0].Detail, `"token":"`) {
			t.Errorf("the journal does not say which token acted: %+v %v", lines, err)
		}
	})
}

// The answer is lost between the act and the moment it is kept: who asks again gets
// it, and nothing happens twice.
func TestALostAnswerIsMadeAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, database *db.DB) {
		d := open(t, database, token.Options{})
		secret := d.lend(d.Ana, anywhere, everything()...)
		twice := func(path, body, key string, with ...string) (reply, reply) {
			first := d.ask(secret, "POST", path, body, append(with, keyHeader, key)...)
			d.exec(`update api_requests set done_at = null, status = 0, headers = '', body = '' where request_key = $1`, key)
			return first, d.ask(secret, "POST", path, body, append(with, keyHeader, key)...)
		}
		first, again := twice("/calls/appel/applications", `{"title":"Campus"}`, "create")
		var file, same Application
		first.into(t, &file)
		again.into(t, &same)
		if again.Status != http.StatusCreated || file.ID != same.ID || d.count(`select count(*) from applications`) != 1 {
			t.Errorf("created %d %s", again.Status, again.Body)
		}
		at := "/applications/" + file.ID
		d.ask(secret, "PATCH", at+"/answers", `{"answers":{"summary":{"value":"Un campus","version":0},"bearer":{"value":"public","version":0}}}`)
		first, again = twice(at+"/files?field=annex&name=annexe.pdf", "%PDF-1.7", "upload", "Content-Type", binaryMedium)
		if again.Status != http.StatusCreated || string(first.Body) != string(again.Body) || d.count(`select count(*) from attachments`) != 1 {
			t.Errorf("sent %d %s, then %s", again.Status, first.Body, again.Body)
		}
		first, again = twice(at+"/submit", "", "submit")
		if again.Status != http.StatusCreated || string(first.Body) != string(again.Body) || d.count(`select count(*) from submissions`) != 1 {
			t.Errorf("deposited %d %s, then %s", again.Status, first.Body, again.Body)
		}
		first, again = twice(at+"/withdraw", "", "withdraw")
		if again.Status != http.StatusCreated || string(first.Body) != string(again.Body) || d.count(`select count(*) from receipts`) != 2 {
			t.Errorf("withdrawn %d %s, then %s", again.Status, first.Body, again.Body)
		}
	})
}

func TestOneKeyManyAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, database *db.DB) {
		d := open(t, database, token.Options{})
		secret := d.lend(d.Ana, anywhere, everything()...)
		var waiting sync.WaitGroup
		got := make([]reply, 8)
		for i := range got {
			waiting.Go(func() {
				got[i] = d.ask(secret, "POST", "/calls/appel/applications", `{"title":"Campus"}`, keyHeader, "k")
			})
		}
		waiting.Wait()
		created := 0
		for _, r := range got {
			switch {
			case r.Status == http.StatusCreated:
				created++
			case r.Status != http.StatusConflict || r.problem() != "token.key_busy":
				t.Errorf("%d %s", r.Status, r.Body)
			}
		}
		if n := d.count(`select count(*) from applications`); created == 0 || n != 1 {
			t.Errorf("%d answers, %d drafts", created, n)
		}
		if r := d.ask(secret, "POST", "/calls/appel/applications", `{"title":"Autre"}`, keyHeader, "k"); r.Status != http.StatusUnprocessableEntity || r.problem() != "token.key_reused" {
			t.Errorf("another body with the key: %d %s", r.Status, r.Body)
		}
	})
}

func TestARefusedRequestFreesItsKey(t *testing.T) {
	d := open(t, dbtest.SQLite(t), token.Options{})
	secret := d.lend(d.Ana, anywhere, everything()...)
	draft := d.Draft()
	at := "/applications/" + string(draft.ID)
	if r := d.ask(secret, "POST", at+"/submit", "", keyHeader, "k"); r.Status != http.StatusUnprocessableEntity || r.problem() != "application.incomplete" {
		t.Fatalf("incomplete: %d %s", r.Status, r.Body)
	}
	d.Fill(d.Ana, draft.ID, "summary", "Un campus", "bearer", "public")
	if r := d.ask(secret, "POST", at+"/submit", "", keyHeader, "k"); r.Status != http.StatusCreated {
		t.Errorf("completed, with the same key: %d %s", r.Status, r.Body)
	}
}

func TestRefusals(t *testing.T) {
	d := open(t, dbtest.SQLite(t), token.Options{})
	all := d.lend(d.Ana, anywhere, everything()...)
	few := d.lend(d.Ana, anywhere, "organisations:read")
	draft := d.Draft()
	for _, c := range []struct {
		name, secret, method, path, body string
		status                           int
		key                              string
	}{
		{"what is public, without a token", "", "GET", "/calls", "", 200, ""},
		{"what is not, without a token", "", "GET", "/me", "", 401, "api.token_needed"},
		{"with something else than a token", "abc", "GET", "/calls", "", 401, "token.refused"},
		{"with a token that nobody made", token.Encode([32]byte{1}), "GET", "/calls", "", 401, "token.refused"},
		{"what is public, with a token for something else", few, "GET", "/calls/appel", "", 200, ""},
		{"without the scope", few, "GET", "/applications/" + string(draft.ID), "", 403, "api.scope_missing"},
		{"an address that does not exist", all, "GET", "/nothing", "", 404, "errs.not_found"},
		{"a file that does not exist", all, "GET", "/applications/nothing", "", 404, "errs.not_found"},
		{"a method that it does not have", all, "DELETE", "/calls/appel", "", 404, "errs.not_found"},
		{"a parameter that does not exist", all, "GET", "/calls?opne=true", "", 422, "errs.invalid"},
		{"too many at once", all, "GET", "/calls?limit=201", "", 422, "errs.invalid"},
		{"a cursor of one's own making", all, "GET", "/calls?cursor=abc", "", 422, "errs.invalid"},
		{"no title", all, "POST", "/calls/appel/applications", `{}`, 422, "errs.invalid"},
		{"what no draft has", all, "POST", "/calls/appel/applications", `{"title":"x","owner":"bob"}`, 422, "errs.invalid"},
		{"something else than JSON", all, "POST", "/calls/appel/applications", `title=x`, 400, "api.unreadable"},
		{"an answer to no question", all, "PATCH", "/applications/" + string(draft.ID) + "/answers", `{"answers":{"none":{"value":1,"version":0}}}`, 422, "application.invalid"},
		{"an answer that its question refuses", all, "PATCH", "/applications/" + string(draft.ID) + "/answers", `{"answers":{"summary":{"value":{"a":1},"version":0}}}`, 422, "application.invalid"},
		{"somebody else's list of files", all, "GET", "/calls/appel/applications", "", 403, "errs.forbidden"},
	} {
		r := d.ask(c.secret, c.method, c.path, c.body)
		if r.Status != c.status || c.key != "" && r.problem() != c.key {
			t.Errorf("%s: %d %s, want %d %s", c.name, r.Status, r.Body, c.status, c.key)
		}
	}
	french := d.ask(all, "POST", "/calls/appel/applications", `{}`)
	english := d.ask(all, "POST", "/calls/appel/applications", `{}`, "Accept-Language", "en")
	if !strings.Contains(string(french.Body), "La propriété title manque") || !strings.Contains(string(english.Body), "The property title is missing") {
		t.Errorf("%s\n%s", french.Body, english.Body)
	}
	if r := d.ask("", "GET", "/me", ""); r.Header.Get("WWW-Authenticate") == "" || r.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers of a refusal: %v", r.Header)
	}
	if got := d.count(`select count(*) from answers`); got != 0 {
		t.Errorf("%d answers were written by requests that were refused", got)
	}
}

// A sign-in's cookie opens nothing here: no page of another site can act through a browser.
func TestCookiesAreNotRead(t *testing.T) {
	d := open(t, dbtest.SQLite(t), token.Options{})
	if r := d.ask("", "GET", "/me", "", "Cookie", "session=whatever"); r.Status != http.StatusUnauthorized {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestTooManyRequestsWait(t *testing.T) {
	d := open(t, dbtest.SQLite(t), token.Options{PerSecond: 0.5, Burst: 2})
	secret := d.lend(d.Ana, anywhere, everything()...)
	for range 2 {
		if r := d.ask(secret, "GET", "/me", ""); r.Status != http.StatusOK {
			t.Fatal(r.Status)
		}
	}
	if r := d.ask(secret, "GET", "/me", ""); r.Status != http.StatusTooManyRequests || r.Header.Get("Retry-After") != "2" || r.problem() != "api.too_many" {
		t.Errorf("%d %v %s", r.Status, r.Header, r.Body)
	}
	d.Clock.Set(d.Clock.Now().Add(2 * time.Second))
	if r := d.ask(secret, "GET", "/me", ""); r.Status != http.StatusOK {
		t.Errorf("after the wait: %d", r.Status)
	}
}

// The rights of a token are those of its owner, read again each time.
func TestATokenEndsWithItsOwnersRole(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, database *db.DB) {
		d := open(t, database, token.Options{})
		d.appoint(d.Bob, "officer", "call", "appel")
		secret := d.lend(d.Bob, anywhere, everything()...)
		elsewhere := d.lend(d.Bob, account.Ref{Kind: "call", ID: "another"}, everything()...)
		if r := d.ask(secret, "GET", "/calls/appel/counts", ""); r.Status != http.StatusOK {
			t.Fatalf("an officer: %d %s", r.Status, r.Body)
		}
		if r := d.ask(elsewhere, "GET", "/calls/appel/counts", ""); r.Status != http.StatusForbidden {
			t.Errorf("limited to another call: %d %s", r.Status, r.Body)
		}
		d.exec(`update relations set revoked_at = $1 where subject_id = 'bob'`, d.Clock.Now())
		if r := d.ask(secret, "GET", "/calls/appel/counts", ""); r.Status != http.StatusForbidden {
			t.Errorf("after her role: %d %s", r.Status, r.Body)
		}
	})
}

func TestListsAreWalkedPageByPage(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, database *db.DB) {
		d := open(t, database, token.Options{})
		for i := range 5 {
			a := d.Draft()
			d.Fill(d.Ana, a.ID, "summary", fmt.Sprint("Projet ", i), "bearer", "public")
			if _, err := d.Files.Submit(context.Background(), d.Ana, a.ID); err != nil {
				t.Fatal(err)
			}
		}
		lead := d.lend(d.Lead, anywhere, everything()...)
		mine := d.lend(d.Ana, anywhere, everything()...)
		var before Page[Item]
		d.ask(lead, "GET", "/calls/appel/applications", "").into(t, &before)
		if len(before.Items) != 0 {
			t.Errorf("before the closing: %+v", before)
		}
		d.Clock.Set(d.Clock.Now().Add(2 * time.Hour))
		for _, c := range []struct{ name, secret, path string }{
			{"files that were received", lead, "/calls/appel/applications?limit=2"}, {"one's own", mine, "/applications?limit=2"},
		} {
			seen, path, pages := map[string]bool{}, c.path, 0
			for path != "" {
				var page Page[Item]
				r := d.ask(c.secret, "GET", path, "")
				r.into(t, &page)
				for _, x := range page.Items {
					if seen[x.ID] {
						t.Errorf("%s: %s comes twice", c.name, x.ID)
					}
					seen[x.ID] = true
				}
				path, _, _ = strings.Cut(strings.TrimPrefix(r.Header.Get("Link"), "<"), ">")
				if (path == "") != (page.Next == "") {
					t.Errorf("%s: link %q, next %q", c.name, path, page.Next)
				}
				if pages++; pages > 9 {
					t.Fatalf("%s: no end", c.name)
				}
			}
			if len(seen) != 5 || pages != 3 {
				t.Errorf("%s: %d in %d pages", c.name, len(seen), pages)
			}
		}
	})
}

func TestVersionsAndVerdicts(t *testing.T) {
	d := open(t, dbtest.SQLite(t), token.Options{})
	a := d.Draft()
	d.Fill(d.Ana, a.ID, "summary", "Un campus", "bearer", "public")
	if _, err := d.Files.Submit(context.Background(), d.Ana, a.ID); err != nil {
		t.Fatal(err)
	}
	lead := d.lend(d.Lead, anywhere, everything()...)
	at := "/applications/" + string(a.ID)
	if r := d.ask(lead, "GET", at, ""); r.Status != http.StatusNotFound {
		t.Errorf("before the closing: %d %s", r.Status, r.Body)
	}
	d.Clock.Set(d.Clock.Now().Add(2 * time.Hour))
	r := d.ask(lead, "GET", at, "")
	var file Application
	r.into(t, &file)
	if file.Side != "programme" || file.Answers["summary"].Value != "Un campus" {
		t.Errorf("read %s", r.Body)
	}
	if again := d.ask(lead, "GET", at, "", "If-None-Match", r.Header.Get("ETag")); again.Status != http.StatusNotModified || len(again.Body) != 0 {
		t.Errorf("unchanged: %d %s", again.Status, again.Body)
	}
	verdict := `{"verdict":"admissible"}`
	for _, c := range []struct {
		name, version string
		status        int
	}{{"without a version", "", 428}, {"with something else", "abc", 422}, {"the first", `"0"`, 200}, {"to who read the one before", `"0"`, 409}, {"the second", `"1"`, 200}} {
		with := []string{}
		if c.version != "" {
			with = []string{"If-Match", c.version}
		}
		if r := d.ask(lead, "PUT", at+"/verdict", verdict, with...); r.Status != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, r.Status, r.Body, c.status)
		}
	}
	label, err := d.Screening.AddLabel(context.Background(), d.Lead, "appel", "À revoir", "amber")
	if err != nil {
		t.Fatal(err)
	}
	if r := d.ask(lead, "PUT", at+"/labels/"+label.ID, ""); r.Status != http.StatusNoContent {
		t.Errorf("labelled: %d %s", r.Status, r.Body)
	}
	var items Page[Item]
	d.ask(lead, "GET", "/calls/appel/applications?label="+label.ID+"&verdict=admissible", "").into(t, &items)
	if len(items.Items) != 1 || !slices.Equal(items.Items[0].Labels, []string{label.ID}) {
		t.Errorf("found %+v", items)
	}
	for _, path := range []string{"/calls/appel", "/calls/appel/dates", "/calls/appel/documents", "/calls/appel/labels", "/agencies", "/agencies/agence", "/programmes", "/programmes/programme",
		"/editions", "/editions/edition", "/editions/edition/invitations", "/organisations", at + "/receipts", "/calls/appel/counts"} {
		if r := d.ask(lead, "GET", path, ""); r.Status != http.StatusOK {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
	}
	d.appoint(d.Bob, "auditor", "platform", "platform")
	var lines Page[Line]
	d.ask(d.lend(d.Bob, anywhere, "journal:read"), "GET", "/journal?limit=2&act=application.", "").into(t, &lines)
	if len(lines.Items) != 2 || lines.Next == "" || lines.Items[0].Seq < lines.Items[1].Seq {
		t.Errorf("the journal: %+v", lines)
	}
}
