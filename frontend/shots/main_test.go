package main

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// start opens a browser on the style guide's server, or skips aloud where there is none.
func start(t *testing.T) (ctx context.Context, url string) {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("SKIPPED: no chromium on this machine, the pages were not looked at")
	}
	server := httptest.NewServer(handler(func(report string) { t.Errorf("the policy refused: %s", report) }))
	t.Cleanup(server.Close)
	ctx, stop := browser()
	t.Cleanup(stop)
	if err := open(ctx, server.URL+"/styleguide", 1280, "light"); err != nil {
		t.Fatal(err)
	}
	return ctx, server.URL
}

// No page scrolls sideways at 320 pixels, and axe finds nothing, in each size and scheme.
func TestPagesAreAccessible(t *testing.T) {
	ctx, url := start(t)
	err := everyView(func(page string, width int64, scheme string) error {
		if err := open(ctx, url+"/"+page, width, scheme); err != nil {
			return err
		}
		faults, err := inspect(ctx, width)
		for _, fault := range faults {
			t.Errorf("%s %d %s: %s", page, width, scheme, fault)
		}
		return err
	}, "light", "dark")
	if err != nil {
		t.Fatal(err)
	}
	// The checker itself must be able to find something.
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector("h1").append(document.createElement("input"))`)); err != nil {
		t.Fatal(err)
	}
	if faults, err := inspect(ctx, 1280); err != nil || len(faults) == 0 {
		t.Errorf("a field without a label went unseen (%v)", err)
	}
}

// Islands obey a policy with Trusted Types, and do what they promise.
func TestIslands(t *testing.T) {
	ctx, url := start(t)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, c := range []struct{ situation, script, want string }{
		{"the summary takes the focus", `document.activeElement.getAttribute("aria-labelledby")`, "errors-title"},
		{"a link of the summary leads into the field", `document.querySelector('.error-list a').click(); document.activeElement.id`, "f-mail"},
		{"the counter counts lines", `type("f-need", "a\n".repeat(3) + "b".repeat(91)); text('#f-need-limit')`, "7 lignes restantes"},
		{"the counter says one line", `type("f-need", "a\n".repeat(10) + "a  \n\n"); text('#f-need-limit')`, "1 ligne restante"},
		{"the counter says too many", `type("f-need", "a\n".repeat(12) + "e\u0301"); text('#f-need-limit') + " " + document.querySelector('#f-need-limit').hasAttribute("data-over")`, "1 ligne de trop true"},
		{"the counter counts as the server cleans", `type("f-summary", "  e\u0301\u202A" + "x".repeat(118) + " \r\n\n"); text('#f-summary-limit')`, "1 caractère restant"},
		{"a row is added after the others", `press("add:budget"); names("[name^='budget.']")`, "budget.0.label budget.0.amount budget.1.label budget.1.amount budget.2.label budget.2.amount"},
		{"the new row has the focus and its label", `document.activeElement.name + " " + document.activeElement.labels.length + " " + text('[data-row="2"] legend')`, "budget.2.label 1 Dépense 3"},
		{"a row moves with what it holds", `type("f-budget-2-label", "Train"); press("up:budget.2"); values("[name$='.label']")`, "Capteurs|Train|Animation"},
		{"its names follow its place", `names("[name$='.label']") + " " + document.querySelector("#f-budget-1-label").labels[0].htmlFor`, "budget.0.label budget.1.label budget.2.label f-budget-1-label"},
		{"a row leaves", `press("remove:budget.0"); values("[name$='.label']") + " " + names("[name$='.label']")`, "Train|Animation budget.0.label budget.1.label"},
		{"the last needed row stays", `press("remove:budget.1"); document.querySelector('[value="remove:budget.0"]').disabled + " " + values("[name$='.label']")`, "true Train"},
		{"no more rows than allowed", `press("add:budget"); press("add:budget"); press("add:budget"); press("add:budget"); names("[name$='.label']").split(" ").length + " " + document.querySelector('[value="add:budget"]').disabled`, "4 true"},
		{"the dialog opens over the page", `document.querySelector("t-dialog > button").focus(); document.activeElement.click(); document.querySelector("dialog").matches(":modal") + " " + document.querySelector("dialog").contains(document.activeElement)`, "true true"},
		{"the dialog is named", `document.getElementById(document.querySelector("dialog").getAttribute("aria-labelledby")).textContent`, "Retirer ce dossier\u202f?"},
		{"a toast alone takes the place of others", `for (const detail of ["un", "deux", {text: "trois", alone: true}]) document.dispatchEvent(new CustomEvent("toast", {detail})); const alone = text(".toast span") + document.querySelectorAll(".toast").length; document.querySelector(".toast button").click(); alone`, "trois1"},
		{"a toast is said and can be closed", `document.dispatchEvent(new CustomEvent("toast", {detail: "<b>copié</b>"})); const shown = text(".toast span"); document.querySelector(".toast button").click(); shown + document.querySelectorAll(".toast").length`, "<b>copié</b>0"},
		{"the countdown says two units", `left("2027-03-05T14:30:30Z")`, "Il reste 2 jours et 2 heures far"},
		{"the countdown skips an empty unit", `left("2027-03-04T12:30:30Z")`, "Il reste 1 jour soon"},
		{"the countdown says minutes", `left("2027-03-03T12:01:30Z")`, "Il reste 1 minute soon"},
		{"the countdown says the last moment", `left("2027-03-03T12:00:30Z")`, "Il reste moins d’une minute soon"},
		{"the countdown says the end", `left("2027-03-03T12:00:00Z")`, "C’est terminé over"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](tools+"; {"+c.script+"}"))
			if err != nil {
				t.Fatal(err)
			}
			if strings.ReplaceAll(got, "\u00a0", " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	keyboard(t, ctx, url)
	filter(t, ctx, url)
	phoneMenu(t, ctx, url)
}

// phoneMenu opens and closes the navigation of a narrow screen, which needs no script of ours.
func phoneMenu(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	if err := open(ctx, url+"/styleguide", 360, "light"); err != nil {
		t.Fatal(err)
	}
	const shown = `String(document.querySelector("#site-nav a").checkVisibility())`
	for _, c := range []struct{ situation, press, want string }{
		{"closed at first", `null`, "false"},
		{"opened by its button", `document.querySelector(".nav-button").click()`, "true"},
		{"closed by the other", `document.querySelector(".nav-close").click()`, "false"},
	} {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](c.press+"; "+shown))
		if err != nil || got != c.want {
			t.Errorf("%s: shown %s (%v)", c.situation, got, err)
		}
		if c.want == "true" {
			if dir := os.Getenv("SHOTS"); dir != "" {
				picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				if err == nil {
					err = os.WriteFile(dir+"/menu.png", picture, 0o644)
				}
				if err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// filter changes a filter: the list comes again, the address follows, the page stays.
func filter(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	if err := open(ctx, url+"/styleguide", 1280, "light"); err != nil {
		t.Fatal(err)
	}
	const change = `window.stayed = true; window.old = document.getElementById("sample-list");
		const s = document.getElementById("f-state"); s.value = "2"; s.dispatchEvent(new Event("input", {bubbles: true}))`
	const done = `document.getElementById("sample-list") !== window.old && location.search === "?state=2" && window.stayed === true`
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](change)); err != nil {
		t.Fatal(err)
	}
	if ok, err := chromedp.Run(ctx, chromedp.Poll[bool](done)); err != nil || !ok {
		t.Errorf("the list was not replaced (%v)", err)
	}
}

// tools are what the situations are written with.
const tools = `var press = v => document.querySelector('button[value="' + v + '"]').click();
var text = s => document.querySelector(s).textContent.trim();
var type = (id, v) => { const e = document.getElementById(id); e.value = v; e.dispatchEvent(new Event("input", {bubbles: true})) };
var names = s => [...document.querySelectorAll(s)].map(e => e.name).join(" ");
var left = at => { const c = document.querySelector("t-countdown").cloneNode(); c.dataset.now = "2027-03-03T12:00:00Z"; c.dataset.at = at; document.body.append(c); return c.textContent + " " + c.dataset.urgency };
var values = s => [...document.querySelectorAll(s)].map(e => e.value).join("|")`

// keyboard closes what is open with Escape, and finds the focus where it was.
func keyboard(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	steps := []struct{ situation, keys, script, want string }{
		{"Escape closes the dialog and gives the focus back", kb.Escape, `document.querySelector("dialog").open + " " + (document.activeElement === document.querySelector("t-dialog > button"))`, "false true"},
	}
	for _, c := range steps {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(c.keys)); err != nil {
			t.Fatal(err)
		}
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](c.script))
		if err != nil || got != c.want {
			t.Errorf("%s: got %q (%v), want %q", c.situation, got, err, c.want)
		}
	}
	if err := open(ctx, url+"/styleguide", 1280, "light"); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Do(ctx,
		chromedp.Evaluate[chromedp.Void](`document.querySelector(".menu summary").focus()`),
		chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Escape),
	)
	if err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector(".menu details").open + " " + document.activeElement.tagName`))
	if err != nil || got != "false SUMMARY" {
		t.Errorf("Escape in the menu: %q (%v)", got, err)
	}
}

// The policy that the pages are tried under does refuse, so that silence means obedience.
func TestPolicyRefuses(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("SKIPPED: no chromium on this machine, the policy was not tried")
	}
	reports := make(chan string, 8)
	server := httptest.NewServer(handler(func(report string) { reports <- report }))
	t.Cleanup(server.Close)
	ctx, stop := browser()
	t.Cleanup(stop)
	if err := open(ctx, server.URL+"/alone", 1280, "light"); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`const s = document.createElement("script"); s.textContent = "1"; document.body.append(s)`)); err == nil {
		t.Log("the script was added, the policy decides whether it runs")
	}
	select {
	case <-reports:
	case <-time.After(5 * time.Second):
		t.Error("an inline script was not reported")
	}
}
