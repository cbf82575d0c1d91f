package calls_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/ui"
)

// policy is the one under which the program serves its pages.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

// In a browser: what is written is saved by itself, a condition takes shape as its lists
// change, a card moves with the keyboard, and the trial reacts.
func TestBuilderInABrowser(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("no Chromium on this machine: the islands of the builder are not tested")
	}
	w, site := open(t)
	_, err := w.Calls.CopyForm(ctx, w.Lead, "appel", call.Source{Call: "appel"}, 0)
	w.Must(err)
	mux := http.NewServeMux()
	for _, r := range site(w.Lead, i18n.FR).Routes {
		mux.Handle(r.Pattern, ui.Handle(r.Handle))
	}
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Security-Policy", policy)
		mux.ServeHTTP(rw, r.WithContext(account.With(i18n.With(r.Context(), i18n.FR), w.Lead)))
	}))
	t.Cleanup(server.Close)
	b, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)...)
	t.Cleanup(stop)
	b, cancel := chromedp.NewContext(b)
	t.Cleanup(cancel)
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(b, steps...); err != nil {
			t.Fatal(err)
		}
	}
	until := func(what string, holds func() bool) {
		t.Helper()
		for range 100 {
			if holds() {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("never: %s", what)
	}
	page := func(expression string) bool {
		ok, err := chromedp.Run(b, chromedp.Evaluate[bool](expression))
		return err == nil && ok
	}
	draft := func() call.FormDraft {
		_, d, err := w.Calls.FormDraft(ctx, w.Lead, "appel")
		w.Must(err)
		return d
	}

	do(chromedp.Navigate(server.URL+"/calls/appel/form/fields/annex"), chromedp.SendKeys("#f-label_fr", " signée"))
	until("the label is saved", func() bool { return strings.Contains(draft().Form.Field("annex").Label["fr"], "signée") })
	until("the map says it", func() bool { return page(`document.querySelector(".map").textContent.includes("signée")`) })
	do(chromedp.Click(`button[value="add-test:show"]`), chromedp.WaitReady("#f-show-0-left"))
	do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.querySelector("#f-show-0-left"); s.value = "f:bearer"; s.dispatchEvent(new Event("change", {bubbles: true})) })()`), chromedp.WaitReady("select#f-show-0-value"))
	do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.querySelector("#f-show-0-value"); s.value = "public"; s.dispatchEvent(new Event("input", {bubbles: true})) })()`))
	until("the condition is read back", func() bool {
		return page(`document.querySelector("#f-show > .if")?.textContent.includes("Organisme public")`)
	})

	do(chromedp.Navigate(server.URL+"/calls/appel/form"), chromedp.WaitReady("#card-bearer"),
		chromedp.Evaluate[chromedp.Void](`document.querySelector("#card-bearer h3 a").dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowUp", altKey: true, bubbles: true}))`))
	until("the card moves", func() bool { return draft().Form.Steps[0].Fields[0].ID == "bearer" })

	do(chromedp.Navigate(server.URL+"/calls/appel/form/preview"), chromedp.WaitReady(`[name="f.bearer"]`))
	if page(`document.querySelector('[data-question="annex"]') !== null`) {
		t.Error("the trial shows a question whose condition does not hold")
	}
	do(chromedp.Click(`input[name="f.bearer"][value="public"]`), chromedp.WaitReady(`[data-question="annex"]`))
	if d := draft(); d.Form.Field("annex").ShowIf == nil {
		t.Error("the condition is lost")
	}
}
