package journeys_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/criteria.js
var criteriaScript string

// The widths at which every page is looked at, in CSS pixels: a laptop, and the
// width at which RGAA 10.11 (WCAG 1.4.10) allows no scrolling sideways.
const (
	wide   = 1280
	narrow = 320
)

// axeRules are the rules of axe for WCAG 2.2 A and AA, with its advice; the rules
// of colour alone are run again in the dark.
const (
	axeRules = `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]}`
	axeDark  = `{runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}, resultTypes: ["violations"]}`
	axePhone = `{runOnly: {type: "rule", values: ["target-size", "scrollable-region-focusable"]}, resultTypes: ["violations"]}`
)

// Every reading route opens to somebody as a page, or says why it is none; no two of them
// share a title. Every page of the program, in every state, is looked at wide and narrow, light,
// dark and in forced colours, by axe and by the criteria of testdata/criteria.js.
// The pages are those of the table of routes: a new one is looked at by itself.
func TestEveryPageIsAccessible(t *testing.T) {
	browser := chrome(t)
	begun := time.Now()
	empty, full := emptySite(t), fullSite(t)
	visits := resolve(t, append(earlierSites(t), empty, full)...)
	sameTitles(t, visits)
	var found faultList
	review := func(name string, list []visit) (looked []visit) {
		resolved := len(list)
		list = telling(list)
		switch which := os.Getenv("TRANSFORMATEUR_EVERY_PAGE"); which { // make accessibility opens them all
		case "":
			list = sample(list)
		case "1":
		default: // those of some routes
			pattern := regexp.MustCompile(which)
			list = slices.DeleteFunc(list, func(v visit) bool { return !pattern.MatchString(v.route.Pattern) })
		}
		t.Logf("%d %s resolved, %d that differ, in %s", resolved, name, len(list), time.Since(begun).Round(time.Second))
		t.Run(name, func(t *testing.T) {
			for part := range 2 {
				t.Run(strconv.Itoa(part+1), func(t *testing.T) {
					t.Parallel() // two screens, each half of the pages
					p := newPerson(t, browser, full.base, "reviewer", wide)
					for i := part; i < len(list); i += 2 {
						p.reviews(list[i], &found)
					}
				})
			}
		})
		return list
	}
	visits = review("pages", visits)
	// Forms sent empty by everybody leave their marks, sign-ins that end among them.
	visits = append(visits, review("refusals", full.refusals(t))...)
	routes := map[string]bool{}
	for _, v := range visits {
		routes[v.route.Pattern] = true
	}
	t.Logf("%d routes, %d pages, 5 variants each, in %s", len(routes), len(visits), time.Since(begun).Round(time.Second))
	for _, fault := range found.said {
		t.Error(fault)
	}
}

// sampled is how many pages apart are those that each run of the tests looks at: all
// of them take minutes of a browser.
const sampled = 5

func sample(all []visit) (some []visit) {
	for i := 0; i < len(all); i += sampled {
		some = append(some, all[i])
	}
	return some
}

// resolve lists the pages of sites, the fullest last, and checks that each route opens on one.
func resolve(t *testing.T, sites ...*site) (visits []visit) {
	t.Helper()
	var missed [][]string
	for _, s := range sites {
		pages, none := s.pages(t)
		visits, missed = append(visits, pages...), append(missed, none)
	}
	unreached(t, missed...)
	return visits
}

// faultList keeps each fault with the first page that has it, and how many others do.
type faultList struct {
	mu    sync.Mutex
	said  []string
	known map[string]bool
}

func (f *faultList) add(v visit, screen, fault string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil {
		f.known = map[string]bool{}
	}
	if key := screen + fault; !f.known[key] {
		f.known[key] = true
		if os.Getenv("JOURNEY_PICTURES") != "" {
			fmt.Println(v, screen, fault)
		}
		f.said = append(f.said, fmt.Sprintf("%s, %s, %s: %s", v, v.path, screen, fault))
	}
}

// sameTitles says which routes share a title on one site (RGAA 8.6): who has two of
// them open could not tell them apart.
func sameTitles(t *testing.T, visits []visit) {
	t.Helper()
	first := map[string]string{}
	for _, v := range visits {
		key := v.site.name + v.title
		if other := first[key]; other != "" && other != v.route.Pattern {
			t.Errorf("%s and %s have the same title, %q", other, v.route.Pattern, v.title)
		}
		if first[key] == "" {
			first[key] = v.route.Pattern
		}
	}
}

// reviews opens a page and looks at it on every screen, without loading it again.
func (p *person) reviews(v visit, found *faultList) {
	p.t.Helper()
	p.becomes(v)
	// A mail is shown as it is sent: in a sandbox where no script runs, those of the review
	// among them, and without what surrounds a page.
	letter := strings.HasSuffix(v.route.Pattern, "/letter")
	command(p, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: letter})
	if !v.form {
		p.do(chromedp.Navigate(v.site.base+v.path), chromedp.WaitReady("main"))
	} else {
		p.do(chromedp.Navigate(v.site.base+"/legal"), chromedp.WaitReady("main"))
		p.sendsEmpty(v)
	}
	plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
	if title := p.eval("document.title"); !v.form && plain.Replace(title) != plain.Replace(strings.TrimSpace(html.UnescapeString(v.title))) {
		p.t.Errorf("%s, %s: the page that is looked at is %q, not %q", v, v.path, title, v.title)
		return
	}
	p.screen(wide, "light", "none")
	p.script(axe + "\n" + criteriaScript)
	p.finds(v, found, "wide and light", axeRules, !letter)
	if letter {
		return
	}
	p.screen(wide, "light", "active")
	p.judges(v, found, "forced colours", `["10.7"]`)
	p.screen(wide, "dark", "none")
	p.finds(v, found, "dark", axeDark, false)
	p.judges(v, found, "dark", `["10.7"]`)
	p.screen(narrow, "light", "none")
	p.finds(v, found, "narrow", axePhone, false)
	p.judges(v, found, "narrow", `["9.1", "9.2", "10.12"]`)
	if over := p.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth"); over != "0" {
		found.add(v, "narrow", "10.11: "+over+" px too wide: "+p.eval("window.beyondThePage()"))
	}
}

// becomes gives the screen somebody's sign-in, or nobody's.
func (p *person) becomes(v visit) {
	p.t.Helper()
	command(p, network.ClearBrowserCookies, cdp.Empty{})
	if token := v.site.token(p.t, v.person, v.form); token != "" {
		command(p, network.SetCookie, network.SetCookieParams{Name: "login", Value: token, URL: v.site.base})
	}
}

// sendsEmpty sends an empty form and stays on the page of its errors.
func (p *person) sendsEmpty(v visit) {
	p.t.Helper()
	p.eval("window.__here = true")
	p.eval(`(() => { const f = document.createElement("form"); f.method = "post"; f.action = ` + strconv.Quote(v.path) + `; document.body.append(f); setTimeout(() => f.submit(), 0); })()`)
	for range 200 {
		out, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`String(!window.__here && document.readyState === "complete")`))
		if err == nil && out == "true" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.fail("%s: no page followed", v)
}

// screen changes the width, the theme and the forced colours of the page under the eyes.
func (p *person) screen(width int64, theme, forced string) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, 900))
	command(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "forced-colors", Value: forced}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

func (p *person) script(text string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 60*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](text+";undefined")); err != nil {
		p.t.Fatalf("%s: load the rules: %v", p.name, err)
	}
}

// finds runs rules of axe, and all the criteria when asked.
func (p *person) finds(v visit, found *faultList, screen, rules string, criteria bool) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 60*time.Second)
	defer stop()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, `+rules+`).then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + (n.any[0]?.message ?? "")).join(" "))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: run axe: %v", v, err)
	}
	p.reports(v, found, screen, out, "axe: ")
	if criteria {
		p.judges(v, found, screen, "null")
	}
}

// judges runs some of the criteria; null is all.
func (p *person) judges(v visit, found *faultList, screen, only string) {
	p.t.Helper()
	p.reports(v, found, screen, p.eval("JSON.stringify(criteriaFaults("+only+"))"), "RGAA ")
}

func (p *person) reports(v visit, found *faultList, screen, list, by string) {
	p.t.Helper()
	var faults []string
	if err := json.Unmarshal([]byte(list), &faults); err != nil {
		p.t.Fatalf("%s: %v in %s", v, err, list)
	}
	for _, fault := range faults {
		found.add(v, screen, by+strings.Join(strings.Fields(fault), " "))
	}
}
