package boards

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
)

func do(t testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// until waits for the page to be so.
func until(t testing.TB, ctx context.Context, expression string) {
	t.Helper()
	for end := time.Now().Add(12 * time.Second); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
		if ask[bool](t, ctx, "!!("+expression+")") {
			return
		}
	}
	t.Fatalf("never: %s\n%s", expression, ask[string](t, ctx, "document.querySelector('main').innerText.slice(0, 2000)"))
}

func shipped(t *testing.T, id string) *kit.Kit {
	t.Helper()
	k, there := kit.Find(id)
	if !there {
		t.Fatalf("no kit %s", id)
	}
	return k
}

func essay(t testing.TB) *kit.Kit {
	t.Helper()
	k, err := kit.Parse([]byte(kitText))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// sit opens the board as somebody.
func sit(t *testing.T, ctx context.Context, h *hall, as string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(h.url+"/boards/b?as="+as))
	until(t, ctx, `document.querySelector("live-board.on .b-state")?.dataset.state === "live"`)
}

func value(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func note(id, text, zone, order string) board.Op {
	return board.Op{Kind: "card.add", Target: id, Value: value(board.Added{Type: "note", Fields: map[string]json.RawMessage{"text": value(text)}, Place: board.Place{Zone: zone, Order: order}})}
}

// said is the text of a card of the server.
func (h *hall) said(id string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.room.state.Cards[id]
	if c == nil || c.Fields["text"] == nil {
		return ""
	}
	var text string
	_ = json.Unmarshal(c.Fields["text"].V, &text)
	return text
}

// find is the card that says a text, "" for none.
func (h *hall) find(text string) string {
	h.mu.Lock()
	ids := []string{}
	for id := range h.room.state.Cards {
		ids = append(ids, id)
	}
	h.mu.Unlock()
	for _, id := range ids {
		if h.said(id) == text {
			return id
		}
	}
	return ""
}

func (h *hall) will(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(12 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("never on the server: %s", what)
}

const (
	first  = "aaaaaaaaaa"
	second = "bbbbbbbbbb"
)

// The whole board by keyboard alone: write, correct, move, vote, remove, put back.
func TestKeyboardDoesEverything(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("peer", 1, note(first, "Déjà là", "a", "V"))
	sit(t, ctx, h, "team")
	do(t, ctx, chromedp.Focus("#card-"+first), chromedp.KeyEvent("n"))
	until(t, ctx, `document.activeElement.tagName === "TEXTAREA"`)
	do(t, ctx, chromedp.KeyEvent("Une idée"), chromedp.KeyEvent(kb.Escape))
	h.will(t, "the new card", func() bool { return h.find("Une idée") != "" })
	id := h.find("Une idée")
	until(t, ctx, `document.activeElement.id === "card-`+id+`"`)
	do(t, ctx, chromedp.KeyEvent(kb.ArrowUp))
	until(t, ctx, `document.activeElement.id === "card-`+first+`"`)
	do(t, ctx, chromedp.KeyEvent(kb.Enter))
	until(t, ctx, `document.activeElement.tagName === "TEXTAREA"`)
	do(t, ctx, chromedp.KeyEvent(" !"), chromedp.KeyEvent(kb.Escape))
	h.will(t, "the correction", func() bool { return h.said(first) == "Déjà là !" })
	do(t, ctx, chromedp.KeyEvent("m"))
	until(t, ctx, `document.querySelector("dialog[open]")`)
	do(t, ctx, chromedp.Focus(`dialog [data-to="b"]`), chromedp.KeyEvent(kb.Enter))
	h.will(t, "the move", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.room.state.Cards[first].Zone == "b"
	})
	until(t, ctx, `document.activeElement.id === "card-`+first+`"`)
	do(t, ctx, chromedp.KeyEvent("v"))
	h.will(t, "the dot", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return string(h.room.state.Votes["dots"].Casts["team"][first]) == "1"
	})
	do(t, ctx, chromedp.KeyEvent(kb.Delete))
	h.will(t, "the removal", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.room.state.Cards[first].Removed
	})
	until(t, ctx, `!document.querySelector("#card-`+first+`")`)
	until(t, ctx, `[...document.querySelectorAll(".b-more-list button")].some(b => { if (b.textContent.includes("retirées")) { b.click(); return true } })`)
	until(t, ctx, `[...document.querySelectorAll("dialog[open] .b-rows button")].some(b => { b.click(); return true })`)
	until(t, ctx, `document.querySelector("#card-`+first+`")`)
}

// What is written without a network is shown and marked, outlives the page, and leaves by
// itself when the network is back.
func TestOfflineOutlivesThePage(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("peer", 1, note(first, "Avant", "a", "V"))
	sit(t, ctx, h, "team")
	h.set(func() { h.deaf = true })
	h.cut()
	until(t, ctx, `document.querySelector(".b-state").dataset.state === "away"`)
	do(t, ctx, chromedp.Focus("#card-"+first), chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(", puis après"), chromedp.KeyEvent(kb.Escape))
	until(t, ctx, `document.querySelector("#card-`+first+`.pending .b-waits") && document.querySelector("#card-`+first+`").innerText.includes("puis après")`)
	until(t, ctx, `document.querySelector(".b-state").innerText.includes("1 changement")`)
	if h.said(first) != "Avant" {
		t.Fatal("the server has it already")
	}
	h.set(func() { h.deaf = false })
	do(t, ctx, chromedp.Navigate("about:blank"))
	sit(t, ctx, h, "team")
	h.will(t, "what was written offline", func() bool { return h.said(first) == "Avant, puis après" })
	until(t, ctx, `!document.querySelector(".pending")`)
}

// Two people who write the same text at once find both, and one of them merges.
func TestTwoTextsAreBothShown(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("peer", 1, note(first, "Le début", "a", "V"))
	sit(t, ctx, h, "team")
	h.set(func() { h.deaf = true })
	h.cut()
	do(t, ctx, chromedp.Focus("#card-"+first), chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(" de Rémi"))
	h.does("peer", 2, board.Op{Kind: "card.set", Target: first, Field: "text", Base: 1, Value: value("Le début de Louise")})
	h.set(func() { h.deaf = false })
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online"))`))
	until(t, ctx, `document.querySelector("[data-versions]")?.innerText.includes("de Louise")`)
	if got := ask[string](t, ctx, `document.querySelector(".b-edit textarea").value`); got != "Le début de Rémi" {
		t.Fatalf("what was being typed became %q", got)
	}
	do(t, ctx, chromedp.KeyEvent(kb.Escape))
	until(t, ctx, `document.querySelector("[data-versions]")?.innerText.includes("Rémi") && document.querySelector("[data-versions]").innerText.includes("Louise")`)
	do(t, ctx, chromedp.Click(`[data-versions] summary`), chromedp.SetValue(`[data-versions] textarea`, "Le début de Louise et de Rémi"), chromedp.Click(`[data-versions] details button`))
	h.will(t, "the merged text", func() bool { return h.said(first) == "Le début de Louise et de Rémi" })
	until(t, ctx, `!document.querySelector("[data-versions]")`)
}

// Where no WebSocket passes, the board goes on by a stream and posts.
func TestWithoutWebSocket(t *testing.T) {
	h := newHall(t, essay(t))
	h.sockets = false
	ctx := browser(t)
	sit(t, ctx, h, "team")
	do(t, ctx, chromedp.Click(`[data-zone="a"] .b-add`), chromedp.KeyEvent("Par la poste"), chromedp.KeyEvent(kb.Escape))
	h.will(t, "the card", func() bool { return h.find("Par la poste") != "" })
	h.does("peer", 1, note(second, "En retour", "b", "V"))
	until(t, ctx, `document.querySelector("#card-`+second+`")?.innerText.includes("En retour") && !document.querySelector(".pending")`)
}

// What the server refuses goes away from the board and stays at hand, across pages.
func TestRefusedTextStaysAtHand(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("peer", 1, note(first, "Texte", "a", "V"))
	sit(t, ctx, h, "team")
	h.set(func() { h.deaf = true })
	h.cut()
	do(t, ctx, chromedp.Focus("#card-"+first), chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(" trop tard"), chromedp.KeyEvent(kb.Escape))
	h.does("facilitator", 1, board.Op{Kind: "board.freeze"})
	h.set(func() { h.deaf = false })
	until(t, ctx, `document.querySelector(".b-refused textarea")?.value === "Texte trop tard"`)
	if got := h.said(first); got != "Texte" {
		t.Fatalf("taken all the same: %q", got)
	}
	until(t, ctx, `document.querySelector("#card-`+first+` .b-face").innerText === "Texte"`)
	sit(t, ctx, h, "team")
	until(t, ctx, `document.querySelector(".b-refused textarea")?.value === "Texte trop tard"`)
}

// A text that others write follows in the control of whoever is there, with her caret.
func TestWritingSeesOthers(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("peer", 1, note(first, "Un deux", "a", "V"))
	sit(t, ctx, h, "team")
	do(t, ctx, chromedp.Focus("#card-"+first), chromedp.KeyEvent(kb.Enter))
	until(t, ctx, `document.activeElement.tagName === "TEXTAREA"`)
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.activeElement.setSelectionRange(7, 7)`))
	h.does("peer", 2, board.Op{Kind: "card.set", Target: first, Field: "text", Base: 1, Value: value("Avant un deux")})
	until(t, ctx, `document.activeElement.value === "Avant un deux"`)
	do(t, ctx, chromedp.KeyEvent(" trois"))
	h.will(t, "one text", func() bool { return h.said(first) == "Avant un deux trois" })
}

// The list says and does the same as the board.
func TestListDoesTheSame(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("peer", 1, note(first, "Carte", "a", "V"))
	sit(t, ctx, h, "team")
	do(t, ctx, chromedp.Click(`[data-view="true"], .b-bar-top > [data-view]`))
	until(t, ctx, `document.querySelector(".b-surface").dataset.view === "list"`)
	do(t, ctx, chromedp.Click(`#card-`+first+` [data-act="edit"]`), chromedp.KeyEvent(" lue"), chromedp.KeyEvent(kb.Escape))
	h.will(t, "the correction", func() bool { return h.said(first) == "Carte lue" })
	do(t, ctx, chromedp.Click(`#card-`+first+` [data-ballot="score"] [data-cast="3"]`))
	h.will(t, "the score", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return string(h.room.state.Votes["score"].Casts["team"][first]) == "3"
	})
	until(t, ctx, `document.querySelector("#card-`+first+` [data-ballot=score] [aria-pressed=true]")?.dataset.cast === "3"`)
}

// A facilitator leads: next phase, timer, freeze, prompt, call, and a look back.
func TestFacilitatorLeads(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("peer", 1, note(first, "Carte", "a", "V"))
	sit(t, ctx, h, "facilitator")
	desk := func() board.Desk {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.room.state.Desk
	}
	do(t, ctx, chromedp.Click(`.b-lead-row > .main`))
	h.will(t, "the next phase", func() bool { return desk().Phase == "silent" })
	until(t, ctx, `document.querySelector(".b-phase-title").innerText.includes("2 sur 4") && document.querySelector(".b-phase-now").innerText.includes("silence")`)
	do(t, ctx, chromedp.SetValue("#b-minutes", "3"), chromedp.Click(`#b-minutes + button`))
	h.will(t, "the timer", func() bool { return desk().Timer != nil && desk().Timer.Ends.Sub(desk().Timer.Began) == 3*time.Minute })
	until(t, ctx, `!document.querySelector(".b-timer").hidden`)
	do(t, ctx, chromedp.Click(`.b-lead-more > summary`), chromedp.SendKeys("#b-prompt", "Deux minutes encore"), chromedp.KeyEvent(kb.Enter))
	h.will(t, "the prompt", func() bool { return desk().Prompt == "Deux minutes encore" })
	until(t, ctx, `document.querySelector(".b-broadcast").innerText === "Deux minutes encore"`)
	do(t, ctx, chromedp.Click("#open-b"))
	h.will(t, "the closed zone", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return !h.room.state.Zones["b"].Open
	})
	until(t, ctx, `[...document.querySelectorAll(".b-lead-more .b-act")].some(b => { if (b.innerText.includes("Amener")) { b.click(); return true } })`)
	h.will(t, "the call", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.calls == 1
	})
	until(t, ctx, `[...document.querySelectorAll(".b-more-list button")].some(b => { if (b.textContent.includes("histoire")) { b.click(); return true } })`)
	until(t, ctx, `document.querySelector(".b-past output").innerText.includes("sur") && document.querySelector(".b-past .b-face")?.innerText === "Carte"`)
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`(() => { const s = document.querySelector("#b-past"); s.value = "1"; s.dispatchEvent(new Event("input")) })()`))
	until(t, ctx, `document.querySelector(".b-past output").innerText.includes("geste 1 sur")`)
}

// Cards that others write in silence are blank until they are revealed.
func TestHiddenUntilRevealed(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("facilitator", 1, board.Op{Kind: "phase.set", Target: "silent"})
	h.does("peer", 1, note(first, "Secret de Louise", "a", "V"))
	sit(t, ctx, h, "team")
	until(t, ctx, `document.querySelector("#card-`+first+`.blank") && !document.body.innerText.includes("Secret")`)
	do(t, ctx, chromedp.Click(`[data-zone="a"] .b-add`), chromedp.KeyEvent("Le mien"), chromedp.KeyEvent(kb.Escape))
	h.will(t, "mine", func() bool { return h.find("Le mien") != "" })
	until(t, ctx, `document.body.innerText.includes("cachée aux autres")`)
	h.does("facilitator", 2, board.Op{Kind: "phase.set", Target: "open"})
	until(t, ctx, `document.querySelector("#card-`+first+`").innerText.includes("Secret de Louise") && !document.body.innerText.includes("cachée aux autres")`)
}

// A wall shows to everybody what everybody may see: neither the hidden cards of whoever
// holds the projector's computer, nor "me" in place of her name.
func TestWallShowsWhatEverybodySees(t *testing.T) {
	h := newHall(t, essay(t))
	ctx := browser(t)
	h.does("facilitator", 1, board.Op{Kind: "phase.set", Target: "silent"})
	h.does("facilitator", 2, note(first, "Tout bas", "a", "V"))
	do(t, ctx, chromedp.Navigate(h.url+"/boards/b?as=facilitator&wall=1"))
	until(t, ctx, `document.querySelector("live-board.on #card-`+first+`.blank") && !document.body.innerText.includes("Tout bas")`)
	h.does("facilitator", 3, note(second, "Bas aussi", "a", "W"))
	until(t, ctx, `document.querySelector("#card-`+second+`.blank") && !document.body.innerText.includes("Bas aussi")`)
	h.does("facilitator", 4, board.Op{Kind: "phase.set", Target: "open"})
	until(t, ctx, `document.body.innerText.includes("Tout bas") && document.body.innerText.includes("Bas aussi") && !document.querySelector(".b-surface").innerText.includes("moi")`)
}

// A board of 500 cards shows them all on a slow phone; [BenchmarkManyCards] says how fast.
func TestManyCards(t *testing.T) {
	until(t, crowded(t), `document.querySelectorAll(".b-card").length === 500`)
}

// BenchmarkManyCards is a phone four times slower than this machine, from the address to
// 500 cards; the figure of the design is a second once the kit is read.
func BenchmarkManyCards(b *testing.B) {
	took := 0.0
	for b.Loop() {
		ctx := crowded(b)
		until(b, ctx, `document.querySelectorAll(".b-card").length === 500`)
		took += ask[float64](b, ctx, `performance.getEntriesByName("board-shown")[0].startTime`)
	}
	b.ReportMetric(took/float64(b.N), "ms-shown")
}

// crowded opens a board of 500 cards in a browser whose processor is four times slower.
func crowded(t testing.TB) context.Context {
	h := newHall(t, essay(t))
	ctx := browser(t)
	order := ""
	for i := range 500 {
		order = board.Between(order, "")
		h.does("peer", int64(i+1), note(fmt.Sprintf("carte%07d", i), fmt.Sprintf("Carte %d, avec une phrase assez longue pour tenir sur deux lignes", i), []string{"a", "b", "c"}[i%3], order))
	}
	do(t, ctx, chromedp.EmulateViewport(390, 844), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
		return err
	}))
	do(t, ctx, chromedp.Navigate(h.url+"/boards/b?as=team"))
	return ctx
}

// On every kit, at every width, nothing overflows and axe has nothing to say.
func TestFitsAndIsAccessible(t *testing.T) {
	script, err := os.ReadFile("../../internal/app/journeys/testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	for _, id := range []string{"frise", "plan", "dimensions", "debrief"} {
		h := newHall(t, shipped(t, id))
		fill(t, h)
		for _, view := range []string{"board", "list"} {
			for _, width := range []int64{390, 1280} {
				for _, scheme := range []string{"light", "dark"} {
					if (view == "list") == (scheme == "light") {
						continue
					}
					looks(t, ctx, scheme, width, 800)
					do(t, ctx, chromedp.Navigate(h.url+"/boards/b?as=facilitator&view="+view))
					until(t, ctx, `document.querySelector("live-board.on .b-state")?.dataset.state === "live"`)
					where := fmt.Sprintf("%s, %s, %d, %s", id, view, width, scheme)
					if wide := ask[int64](t, ctx, "document.documentElement.scrollWidth"); wide > width {
						t.Errorf("%s: %d wide", where, wide)
					}
					do(t, ctx, chromedp.Evaluate[chromedp.Void](string(script)))
					for _, v := range ask[[]string](t, ctx, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")))`) {
						t.Errorf("%s: %s", where, v)
					}
				}
			}
		}
	}
}

func looks(t *testing.T, ctx context.Context, scheme string, width, height int64) {
	t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	do(t, ctx, chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, media)
		return err
	}))
}

// fill plays a kit a little: cards of every kind in every zone, votes, versions, a timer.
func fill(t *testing.T, h *hall) {
	t.Helper()
	k := h.kit
	texts := []string{"Le tableur de Brigitte, que personne d’autre ne sait ouvrir", "Trois ateliers avec les équipes de nuit", "Qui paie la maintenance la deuxième année ?", "Un mardi matin, la machine s’arrête et personne ne sait qui appeler", "Essayer avec deux agents pendant un mois"}
	seq, made := int64(0), 0
	op := func(person string, o board.Op) {
		seq++
		h.does(person, seq, o)
	}
	for z, zone := range k.Zones {
		order := ""
		for i := range 3 - z%2 {
			for _, card := range k.Cards {
				if len(zone.Cards) > 0 && zone.Cards[0] != card.ID || (made+i)%len(k.Cards) != 0 && len(zone.Cards) == 0 && card.ID != k.Cards[0].ID {
					continue
				}
				order = board.Between(order, "")
				made++
				fields := map[string]json.RawMessage{}
				for f, field := range card.Fields {
					switch {
					case field.Type == kit.Text && f == 0:
						fields[field.ID] = value(texts[made%len(texts)])
					case field.Type == kit.Level:
						fields[field.ID] = value(1 + made%len(field.Choices))
					case field.Type == kit.Choice:
						fields[field.ID] = value(field.Choices[made%len(field.Choices)].ID)
					case field.Type == kit.Person:
						fields[field.ID] = value("Louise Petit")
					}
				}
				place := board.Place{Zone: zone.ID, Order: order}
				if k.Layout == kit.Matrix && z == 0 {
					x, y := float64(made*37%90)/100+0.05, float64(made*53%90)/100+0.05
					place.X, place.Y = &x, &y
				}
				op([]string{"team", "peer", "facilitator"}[made%3], board.Op{Kind: "card.add", Target: fmt.Sprintf("carte%07d", made), Value: value(board.Added{Type: card.ID, Fields: fields, Place: place})})
			}
		}
	}
	for _, phase := range k.Phases {
		if len(phase.Votes) > 0 {
			op("facilitator", board.Op{Kind: "phase.set", Target: phase.ID})
			for id := range h.room.state.Cards {
				for i, person := range []string{"team", "peer", "facilitator"} {
					for _, v := range k.Votes {
						if v.Kind == kit.Score {
							op(person, board.Op{Kind: "vote.cast", Target: id, Field: v.ID, Value: value(1 + (len(id)+i*2)%len(v.Choices))})
						} else if v.Kind == kit.Dots {
							op(person, board.Op{Kind: "vote.cast", Target: id, Field: v.ID, Value: value(1)})
						}
					}
				}
			}
		}
	}
	op("facilitator", board.Op{Kind: "timer.start", Value: value(420)})
}

// Whoever pauses in the second field of a card that she has just begun goes on where she
// was, whatever the board does meanwhile.
func TestPausesInANewCard(t *testing.T) {
	h := newHall(t, shipped(t, "adn"))
	for _, width := range []int64{390, 1280} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			ctx := browser(t)
			looks(t, ctx, "light", width, 844)
			sit(t, ctx, h, "team")
			do(t, ctx, chromedp.Click(`[data-zone="work"] .b-add:not(:disabled)`))
			until(t, ctx, `document.querySelector(".b-edit")?.contains(document.activeElement)`)
			do(t, ctx, chromedp.KeyEvent("Personne ne sait"))
			do(t, ctx, chromedp.Focus(`.b-edit [data-field="lock"]`), chromedp.KeyEvent("Le temp"))
			time.Sleep(500 * time.Millisecond)
			do(t, ctx, chromedp.KeyEvent("s de saisie"))
			time.Sleep(1500 * time.Millisecond)
			do(t, ctx, chromedp.KeyEvent(" compte"))
			if got := ask[string](t, ctx, `document.querySelector('.b-edit [data-field="lock"]')?.value + " / " + (document.activeElement?.dataset?.field ?? document.activeElement?.tagName)`); got != "Le temps de saisie compte / lock" {
				t.Errorf("she reads %q", got)
			}
			do(t, ctx, chromedp.KeyEvent(kb.Escape))
		})
	}
}
