package app

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

// A program deposits a file by the API of the running application, while another one,
// outside, is told of it and verifies who tells.
func TestAProgramDepositsAndAnotherIsTold(t *testing.T) {
	quiet(t)
	a, err := New(context.Background(), config.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Name: "Parcours", Demo: true}, clock.NewFake(noon))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	w := &world{t: t, app: a, handler: a.Handler(), objects: map[string]policy.Object{}}
	opened := w.call(moment{policy.Open, "published"})
	lead, leadCookie := w.person()
	_, cookie := w.person()
	w.grant(lead, "lead", opened.Within[0], noon.AddDate(0, 0, -1), noon.AddDate(1, 0, 0))
	w.flush()
	server := httptest.NewServer(a.Handler())
	defer server.Close()
	told := make(chan *http.Request, 4)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		told <- r
	}))
	defer receiver.Close()

	page := journeyAsk(t, server.URL+"/editions/"+opened.Within[0].ID+"/webhooks", url.Values{"name": {"Tableau"}, "url": {receiver.URL}, "kinds": {"application.counted"}}.Encode(), func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: ui.CookieName(false), Value: leadCookie})
	}, "POST")
	secret := regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`).FindString(page.body)
	if page.status != http.StatusCreated || secret == "" {
		t.Fatalf("the webhook: %d %s", page.status, page.body)
	}
	program := func(key string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+secretOf(cookie))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", key)
		}
	}
	at := server.URL + "/api/v1/"
	made := journeyAsk(t, at+"calls/"+opened.ID+"/applications", `{"title":"Campus"}`, program("1"), "POST")
	var file struct{ ID string }
	if err := json.Unmarshal([]byte(made.body), &file); err != nil || made.status != http.StatusCreated {
		t.Fatalf("the draft: %d %s", made.status, made.body)
	}
	if saved := journeyAsk(t, at+"applications/"+file.ID+"/answers", `{"answers":{"summary":{"value":"Un campus","version":0},"bearer":{"value":"public","version":0}}}`, program(""), "PATCH"); saved.status != http.StatusOK {
		t.Fatalf("the answers: %d %s", saved.status, saved.body)
	}
	if sent := journeyAsk(t, at+"applications/"+file.ID+"/files?field=annex&name=annexe.pdf", "%PDF-1.7", program("2"), "POST"); sent.status != http.StatusCreated {
		t.Fatalf("the annex: %d %s", sent.status, sent.body)
	}
	first := journeyAsk(t, at+"applications/"+file.ID+"/submit", "", program("3"), "POST")
	second := journeyAsk(t, at+"applications/"+file.ID+"/submit", "", program("3"), "POST")
	if first.status != http.StatusCreated || first != second {
		t.Fatalf("deposited twice: %+v %+v", first, second)
	}
	if r, _, err := receipt.Verify([]byte(first.body), a.Files.PublicKey()); err != nil || r.Application.ID != file.ID {
		t.Errorf("its receipt: %v", err)
	}
	if _, err := a.Bus.Deliver(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := a.Webhooks.Deliver(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 {
		t.Fatalf("told %d times", len(told))
	}
	message := <-told
	body, _ := io.ReadAll(message.Body)
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.VerifyIgnoringTimestamp(body, message.Header); err != nil { // the clock of the test is not that of the library
		t.Errorf("who tells is not verified: %v", err)
	}
	if !strings.Contains(string(body), `"submitted":1`) || strings.Contains(string(body), file.ID) {
		t.Errorf("before the closing it says %s", body)
	}
}

type journeyAnswer struct {
	status int
	body   string
}

func journeyAsk(t *testing.T, address, body string, with func(*http.Request), method string) journeyAnswer {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	with(r)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return journeyAnswer{res.StatusCode, string(text)}
}

// The pages around the API say what they must, in both languages; a secret is shown
// once, and a token that is revoked opens nothing at the next request.
func TestTokenPages(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.person()
	form := url.Values{"name": {"Tableau de bord"}, "scopes": {"account:read"}, "expires": {"2027-06-01"}}
	bad := w.ask("POST", "/account/tokens", cookie, "expires=2030-01-01")
	if bad.Code != http.StatusUnprocessableEntity || !strings.Contains(bad.Body.String(), "Choisissez au moins un droit") || !strings.Contains(bad.Body.String(), "dans un an au plus") {
		t.Errorf("an empty form: %d", bad.Code)
	}
	made := w.ask("POST", "/account/tokens", cookie, form.Encode())
	secret := regexp.MustCompile(`tfm_[0-9A-Za-z]{49}`).FindString(made.Body.String())
	if made.Code != http.StatusCreated || secret == "" {
		t.Fatalf("made: %d", made.Code)
	}
	me := func() int {
		r := httptest.NewRequest("GET", "/api/v1/me", nil)
		r.Header.Set("Authorization", "Bearer "+secret)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		return rec.Code
	}
	if got := me(); got != http.StatusOK {
		t.Errorf("with the token: %d", got)
	}
	list := w.ask("GET", "/account/tokens", cookie, "").Body.String()
	if strings.Contains(list, secret) || !strings.Contains(list, "Tableau de bord") || !strings.Contains(list, secret[len(secret)-4:]) {
		t.Error("the list shows the secret, or not the token")
	}
	id := regexp.MustCompile(`name="token" value="([^"]+)"[^>]*>\s*<button[^>]*Tableau de bord`).FindStringSubmatch(list)
	if id == nil {
		t.Fatal("no button to revoke it")
	}
	if done := w.ask("POST", "/account/tokens/revoke", cookie, "token="+id[1]); done.Code != http.StatusSeeOther {
		t.Errorf("revoked: %d", done.Code)
	}
	if got := me(); got != http.StatusUnauthorized {
		t.Errorf("revoked, it answers %d", got)
	}
	for lang, word := range map[string]string{"fr": "Enregistrer des réponses", "en": "Save answers"} {
		page := w.ask("GET", "/api?lang="+lang, "", "").Body.String()
		description := w.ask("GET", "/api/v1/openapi.json?lang="+lang, "", "").Body.String()
		if !strings.Contains(page, word) || strings.Contains(page, "‹") || !strings.Contains(description, word) || strings.Contains(page, "<script src=\"http") {
			t.Errorf("the page of the API in %s", lang)
		}
	}
}

// The pages of an endpoint show what was sent and what came back, stopped or not.
func TestWebhookPages(t *testing.T) {
	w := newWorld(t)
	hook := w.webhook(always[0])
	id, cookie := w.person()
	w.grant(id, "lead", hook.Within[0], noon.AddDate(0, 0, -1), noon.AddDate(1, 0, 0))
	delivery := hook.params["{delivery}"]
	w.exec(`insert into webhook_attempts (delivery_id, number, at, status, problem, answer, millis) values ($1, 1, $2, 500, 'webhook.problem_status', '<b>non</b>', 12)`, delivery, noon)
	shows := func(address string, words ...string) {
		t.Helper()
		for _, lang := range []string{"fr", "en"} {
			rec := w.ask("GET", address+"?lang="+lang, cookie, "")
			if rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), "‹") {
				t.Errorf("%s in %s: %d", address, lang, rec.Code)
			}
		}
		page := w.ask("GET", address, cookie, "").Body.String()
		for _, word := range words {
			if !strings.Contains(page, word) {
				t.Errorf("%s does not show %q", address, word)
			}
		}
	}
	edition := "/editions/" + hook.Within[0].ID
	shows(edition+"/manage", edition+"/webhooks")
	shows(edition+"/webhooks", hook.ID, "Actif")
	shows("/webhooks/"+hook.ID, "Un appel se clôt", "500", "Envoyer un essai")
	shows("/webhooks/"+hook.ID+"/deliveries/"+delivery, "refusé par le programme", "&lt;b&gt;non", "en 12 ms")
	w.exec(`update webhooks set status = 'disabled', problem = 'webhook.disabled_gone', failing_since = $2 where id = $1`, hook.ID, noon)
	shows("/webhooks/"+hook.ID, "Reprendre les envois", "410")
	if rec := w.ask("POST", "/webhooks/"+hook.ID+"/ping", cookie, ""); rec.Code != http.StatusConflict {
		t.Errorf("tried while stopped: %d", rec.Code)
	}
	if rec := w.ask("POST", edition+"/webhooks", cookie, "name=x&url=https://127.0.0.1/&kinds=call.closed"); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "réseau interne") {
		t.Errorf("an address of the inside: %d", rec.Code)
	}
	rotated := w.ask("POST", "/webhooks/"+hook.ID+"/rotate", cookie, "")
	if rotated.Code != http.StatusOK || !strings.Contains(rotated.Body.String(), "whsec_") {
		t.Errorf("rotated: %d", rotated.Code)
	}
}
