package journeys_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed testdata/axe.min.js
var axe string

// chrome starts one browser for a journey; each person has a context of her own in it.
func chrome(t *testing.T) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is missing: run the tests with `make test`, which installs it")
		}
		t.Skip("SKIPPED: no chromium on this machine, the journey was not made")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("lang", "fr-FR"), chromedp.Flag("accept-lang", "fr-FR"))
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx
}

// person is somebody in front of a screen of her own, with a keyboard and no mouse.
type person struct {
	t    *testing.T
	ctx  context.Context
	name string
	base string
}

func newPerson(t *testing.T, browser context.Context, base, name string, width int64) *person {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &person{t: t, ctx: ctx, name: name, base: base}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // without a time limit: the page lives as long as its first context
		t.Fatalf("open a page for %s: %v", name, err)
	}
	p.do(chromedp.EmulateViewport(width, 900))
	command(p, network.Enable, network.EnableParams{})
	command(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": "fr"}})
	return p
}

func (p *person) fail(format string, args ...any) {
	p.t.Helper()
	where, _ := chromedp.Run(p.ctx, chromedp.Location())
	if dir := os.Getenv("JOURNEY_PICTURES"); dir != "" {
		if picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(80)); err == nil {
			os.WriteFile(filepath.Join(dir, "failed-"+p.name+".jpg"), picture, 0o644)
		}
	}
	p.t.Fatalf("%s, on %s: %s\n%s", p.name, where, fmt.Sprintf(format, args...), p.text())
}

func (p *person) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// command gives the browser an order of its own protocol.
func command[P, R any](p *person, c cdp.Command[P, R], params P) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	}))
}

func (p *person) eval(script string) string {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 20*time.Second)
	defer stop()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+script+")"))
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, script, err)
	}
	return out
}

// open goes to an address, as one does from a bookmark or a mail.
func (p *person) open(path string) {
	p.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = p.base + path
	}
	p.do(chromedp.Navigate(path), chromedp.WaitReady("main"))
}

func (p *person) text() string {
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
	if err != nil {
		return err.Error()
	}
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(out)
}

// reads waits until a text is on the page.
func (p *person) reads(want string) {
	p.t.Helper()
	for range 100 {
		if strings.Contains(p.text(), want) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.fail("does not read %q", want)
}

// waits until an expression of the page is true.
func (p *person) waits(script string) {
	p.t.Helper()
	for range 150 {
		if p.eval(script) == "true" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.fail("%s did not become true", script)
}

// focused says what has the focus: its visible name.
const focused = `(() => { const e = document.activeElement; if (!e || e === document.body) return "";
	const labels = e.labels ? [...e.labels].map(l => l.innerText).join(" ") : "";
	const legend = e.closest("fieldset")?.querySelector("legend")?.innerText ?? "";
	return (e.getAttribute("aria-label") || labels || e.innerText || e.value || "") + "|" + legend; })()`

// tabTo presses Tab until the focus is on what is called name. Whoever only has a
// keyboard gets there this way, or does not get there.
func (p *person) tabTo(name string) {
	p.t.Helper()
	clean := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
	for range 250 {
		if strings.Contains(clean.Replace(p.eval(focused)), name) {
			return
		}
		p.do(chromedp.KeyEvent(kb.Tab))
	}
	p.fail("never reaches %q with Tab", name)
}

func (p *person) press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// enter activates what has the focus, and waits for the page that follows.
func (p *person) enter() {
	p.t.Helper()
	p.eval("window.__here = true")
	p.press(kb.Enter)
	for range 100 {
		out, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`String(!window.__here && document.readyState === "complete")`))
		if err == nil && out == "true" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.fail("no page followed")
}

// goTo reaches a link or a button with Tab and activates it.
func (p *person) goTo(name string) {
	p.t.Helper()
	p.tabTo(name)
	p.enter()
}

// write reaches a field with Tab and types.
func (p *person) write(label, words string) {
	p.t.Helper()
	p.tabTo(label)
	p.press(words)
}

// offline cuts or restores the network of this person's page.
func (p *person) offline(cut bool) {
	p.t.Helper()
	command(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1}}})
	command(p, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1})
}

// withoutScript is a browser in which no script runs.
func (p *person) withoutScript() {
	p.t.Helper()
	command(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// accessible runs axe on the page as it is: no violation, and nothing wider than the screen.
func (p *person) accessible() {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 60*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe+";undefined")); err != nil {
		p.t.Fatalf("%s: load axe: %v", p.name, err)
	}
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html).join(" "))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: run axe: %v", p.name, err)
	}
	var found []string
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		p.t.Fatal(err)
	}
	where, _ := chromedp.Run(p.ctx, chromedp.Location())
	for _, f := range found {
		p.t.Errorf("%s: axe: %s", strings.TrimPrefix(where, p.base), f)
	}
	if wide := p.eval("document.documentElement.scrollWidth > document.documentElement.clientWidth"); wide == "true" {
		p.t.Errorf("%s: scrolls sideways", where)
	}
}

// picture keeps what the person sees, when pictures are asked for.
func (p *person) picture(name string) {
	p.t.Helper()
	dir := os.Getenv("JOURNEY_PICTURES")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(85))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".jpg"), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// cookie is the person's sign-in, which scripts cannot read.
func (p *person) cookie() string {
	p.t.Helper()
	var value string
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		got, err := cdp.Call(ctx, t, network.GetCookies, network.GetCookiesParams{URLs: []string{p.base}})
		for _, c := range got.Cookies {
			if c.Name == "login" {
				value = c.Value
			}
		}
		return err
	}))
	if value == "" {
		p.fail("has no sign-in")
	}
	return value
}
