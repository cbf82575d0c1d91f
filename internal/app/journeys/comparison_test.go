package journeys_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/review/comparison"
)

// A member compares two projects with the keyboard alone: one key answers, Backspace takes
// the answer back, and no key does anything outside the pair.
func TestMemberComparesWithTheKeyboard(t *testing.T) {
	browser := chrome(t)
	w := start(t)
	mia := w.person("mia@jury.invalid", "Mia Jurée")
	w.reading(mia)
	const selection = "selection-normandie"
	w.must(w.app.Comparisons.Begin(t.Context(), w.lead, selection, comparison.Settings{Fields: []string{"summary"}, Advised: 4}))
	p := newPerson(t, browser, w.base, "mia", 1280)
	p.open("/reviews")
	p.signIn(w, "mia@jury.invalid", "Mia Jurée")
	p.open("/selections/" + selection)
	p.goTo("Comparer les projets deux par deux")
	p.reads("Lequel des deux")
	p.accessible()
	p.picture("comparison")
	listens := func() {
		p.waits(`document.readyState === "complete" && !!customElements.get("t-versus") && !!document.activeElement.closest("t-versus")`)
	}
	listens()
	p.press("1")
	p.reads("Vous avez vu toutes vos paires")
	p.accessible()
	listens()
	p.press(kb.Backspace)
	p.reads("La réponse est reprise")
	listens()
	p.press("0")
	p.reads("Vous avez vu toutes vos paires")
	p.open("/comparisons/" + selection)
	p.press(kb.Backspace)
	p.reads("Vous avez vu toutes vos paires")
	v, err := w.app.Comparisons.Show(t.Context(), mia, selection)
	w.must(err)
	if len(v.Mine) != 1 || v.Mine[0].Choice != comparison.Equal || v.Mine[0].Turn != 2 {
		t.Errorf("what is kept: %+v", v.Mine)
	}
}
