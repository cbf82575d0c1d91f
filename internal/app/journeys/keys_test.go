package journeys_test

import (
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// fold writes non-breaking spaces as plain ones, for comparisons.
var fold = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// replace writes over what a field holds.
func (p *person) replace(label, words string) {
	p.t.Helper()
	p.tabTo(label)
	p.eval("document.activeElement.select()")
	p.press(words)
}

// pick reaches a list with Tab and goes down or up to an option with the arrows.
func (p *person) pick(label, option string) {
	p.t.Helper()
	p.tabTo(label)
	wanted := strconv.Quote(option)
	moves, err := strconv.Atoi(p.eval(`(() => { const e = document.activeElement; if (e.tagName !== "SELECT") return "no list";
		const i = [...e.options].findIndex(o => o.text.replace(/[\u00a0\u202f]/g, " ").includes(` + wanted + `)); return i < 0 ? "no option" : i - e.selectedIndex })()`))
	if err != nil {
		p.fail("%q: no option %q to pick: %s", label, option, p.eval(`document.activeElement.innerText`))
	}
	key := kb.ArrowDown
	if moves < 0 {
		key, moves = kb.ArrowUp, -moves
	}
	for range moves {
		p.press(key)
	}
	p.waits(`(document.activeElement.selectedOptions?.[0]?.text ?? "").replace(/[\u00a0\u202f]/g, " ").includes(` + wanted + `)`)
}

// tabIn reaches what is called name inside a part of the page.
func (p *person) tabIn(part, name string) {
	p.t.Helper()
	for range 250 {
		if strings.Contains(fold.Replace(p.eval(focused)), name) && p.eval(`!!document.activeElement.closest(`+strconv.Quote(part)+`)`) == "true" {
			return
		}
		p.press(kb.Tab)
	}
	p.fail("never reaches %q in %s with Tab", name, part)
}

// choose reaches a group of radio buttons with Tab and goes to one with the arrows.
func (p *person) choose(group, option string) {
	p.t.Helper()
	for range 250 {
		if strings.Contains(fold.Replace(p.eval(focused)), "|"+group) && p.eval(`document.activeElement.type === "radio"`) == "true" {
			break
		}
		p.press(kb.Tab)
	}
	for range 20 {
		if strings.Contains(fold.Replace(p.eval(`[...document.activeElement.labels ?? []].map(l => l.innerText).join(" ")`)), option) {
			p.press(" ")
			p.waits("document.activeElement.checked")
			return
		}
		p.press(kb.ArrowDown)
	}
	p.fail("no %q under %q", option, group)
}

// moment reaches a date and time and types it part by part, in the order in which
// the browser of this machine shows them, French or American.
func (p *person) moment(label string, at time.Time) {
	p.t.Helper()
	p.tabTo(label)
	got := ""
	for _, order := range [][2]string{{"02012006", "1504"}, {"01022006", "0304PM"}} {
		p.press(strings.Repeat(kb.ArrowLeft, 8) + at.Format(order[0]) + kb.ArrowRight + at.Format(order[1]))
		if got = p.eval("document.activeElement.value"); got == at.Format("2006-01-02T15:04") {
			return
		}
	}
	p.fail("%q holds %q, want %s", label, got, at)
}

// act activates what has the focus or is reached with Tab, when no new page follows.
func (p *person) act(name string) {
	p.t.Helper()
	p.tabTo(name)
	p.press(kb.Enter)
}

// kept waits until the builder says that what was typed is saved.
func (p *person) kept() {
	p.t.Helper()
	p.waits(`(document.querySelector("[data-save-state]")?.innerText ?? "").includes("Enregistré")`)
}

// settles waits until a text has gone from the page.
func (p *person) settles(gone string) {
	p.t.Helper()
	for range 100 {
		if !strings.Contains(p.text(), gone) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.fail("still reads %q", gone)
}
