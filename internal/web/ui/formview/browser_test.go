package formview

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/form"
)

// browser opens a browser for a test.
func browser(t *testing.T) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if _, err := exec.LookPath("google-chrome"); err != nil {
			t.Skip("no Chromium on this machine: the islands are not tested")
		}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, timeout := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(timeout)
	return ctx
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return out
}

// until waits for the page to be so.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for end := time.Now().Add(12 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ask[bool](t, ctx, "!!("+expression+")") {
			return
		}
	}
	t.Fatalf("never: %s\n%s", expression, ask[string](t, ctx, "location.href + '\\n' + document.activeElement?.outerHTML.slice(0, 300) + '\\n' + (document.querySelector('main') ?? document.documentElement).innerText.slice(0, 3000)"))
}

const (
	name  = "#f-f-name"
	state = `document.querySelector('[data-question="name"] .save-state').dataset.state`
	kept  = `(async () => { const db = await new Promise((y, n) => { const r = indexedDB.open("transformateur-pending", 1); r.onsuccess = () => y(r.result); r.onerror = n; r.onupgradeneeded = () => r.result.createObjectStore("values") }); return await new Promise(y => { const r = db.transaction("values").objectStore("values").count(); r.onsuccess = () => y(r.result) }) })()`
)

func (b *backend) set(mode string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mode = mode
}

func (b *backend) answer(field string) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.answers[field]
}

func (b *backend) someone(field string, value any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put(field, value)
}

// will waits until the server has an answer, given in canonical JSON.
func (b *backend) will(t *testing.T, field, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(12 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got = string(form.Canonical(b.answer(field))); got == want {
			return
		}
	}
	t.Fatalf("%s is %s, want %s", field, got, want)
}

func TestTypingIsSaved(t *testing.T) {
	b, server := newBackend(t, "regional")
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(server.URL+"/draft"), chromedp.SendKeys(name, "La ruche"))
	b.will(t, "name", `"La ruche"`)
	until(t, ctx, state+`==="saved"`)
	for end := time.Now().Add(10 * time.Second); ask[int](t, ctx, kept) != 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("what was saved stays on the device")
		}
	}
	do(t, ctx, chromedp.SendKeys(name, " de Caen"))
	b.will(t, "name", `"La ruche de Caen"`)
}

func TestNothingIsLostWhenTheServerIsAway(t *testing.T) {
	for _, mode := range []string{"down", "out"} {
		t.Run(mode, func(t *testing.T) {
			b, server := newBackend(t, "regional")
			ctx := browser(t)
			b.set(mode)
			do(t, ctx, chromedp.Navigate(server.URL+"/draft"), chromedp.SendKeys(name, "Gardé"))
			until(t, ctx, state+`==="offline"`)
			do(t, ctx, chromedp.Reload(), chromedp.WaitReady(name))
			until(t, ctx, `document.querySelector("`+name+`").value==="Gardé" && `+state+`==="offline"`)
			if b.answer("name") != nil {
				t.Fatal("the server has it already")
			}
			b.set("")
			do(t, ctx, chromedp.Evaluate[chromedp.Void](`window.dispatchEvent(new Event("online"))`))
			b.will(t, "name", `"Gardé"`)
			until(t, ctx, state+`==="saved"`)
			if n := ask[int](t, ctx, kept); n != 0 {
				t.Errorf("%d edits still on the device", n)
			}
		})
	}
}

func TestTwoTextsAreBothShown(t *testing.T) {
	for choice, want := range map[string]string{KeepMine: "le nom de Bob", KeepTheirs: "le nom de Ada", WriteThird: "un troisième nom"} {
		t.Run(choice, func(t *testing.T) {
			b, server := newBackend(t, "regional")
			ctx := browser(t)
			do(t, ctx, chromedp.Navigate(server.URL+"/draft"), chromedp.WaitReady(name))
			b.someone("name", "le nom de Ada")
			do(t, ctx, chromedp.SendKeys(name, "le nom de Bob"))
			until(t, ctx, `document.querySelector("[data-conflict]")?.innerText.includes("le nom de Ada") && document.querySelector("[data-conflict]").innerText.includes("le nom de Bob")`)
			if got := b.answer("name"); got != "le nom de Ada" {
				t.Fatalf("overwritten by %v", got)
			}
			do(t, ctx, chromedp.Reload(), chromedp.WaitReady(name))
			until(t, ctx, `document.querySelector("[data-conflict]") && document.querySelector("`+name+`").value==="le nom de Bob"`)
			do(t, ctx, chromedp.Click(`[data-conflict] [value="`+choice+`"]`), chromedp.SetValue(`[name="c.name.text"]`, "un troisième nom"), chromedp.Click(`[data-resolve]`))
			until(t, ctx, `!document.querySelector("[data-conflict]") && document.querySelector("`+name+`").value==="`+want+`"`)
			if got := b.answer("name"); got != want {
				t.Errorf("kept %v", got)
			}
			if n := ask[int](t, ctx, kept); n != 0 {
				t.Errorf("%d edits still on the device", n)
			}
		})
	}
}

func TestAfterTheDepositTheTextStaysInSight(t *testing.T) {
	b, server := newBackend(t, "regional")
	ctx := browser(t)
	b.set("sealed")
	do(t, ctx, chromedp.Navigate(server.URL+"/draft"), chromedp.SendKeys(name, "Trop tard"))
	until(t, ctx, `document.querySelector('[data-stray="name"]')?.innerText.includes("Trop tard")`)
	if b.answer("name") != nil {
		t.Error("saved after the deposit")
	}
}

func TestQuestionsComeAndGoWithTheAnswers(t *testing.T) {
	b, server := newBackend(t, "regional")
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(server.URL+"/draft?step=participation"), chromedp.Click(`[name="f.participates"][value="yes"]`))
	until(t, ctx, `document.querySelector('[data-question="participation_how"] textarea')`)
	do(t, ctx, chromedp.SendKeys(`textarea[name="f.participation_how"]`, "En atelier"))
	b.will(t, "participation_how", `"En atelier"`)
	do(t, ctx, chromedp.Click(`[name="f.participates"][value="no"]`))
	until(t, ctx, `!document.querySelector('[data-question="participation_how"]')`)
	if got := b.answer("participation_how"); got != "En atelier" {
		t.Errorf("the hidden answer is %v", got)
	}
	if focused := ask[string](t, ctx, `document.activeElement.value`); focused != "no" {
		t.Errorf("the focus went to %q", focused)
	}
}

func TestAColleagueIsSeen(t *testing.T) {
	b, server := newBackend(t, "regional")
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(server.URL+"/draft"), chromedp.Click(name))
	b.tell("presence", map[string][]string{"summary": {"Ada"}})
	until(t, ctx, `document.querySelector('[data-question="summary"] [data-marks]').textContent.includes("Ada")`)
	b.someone("summary", "Vu par Ada")
	b.someone("name", "Changé par Ada")
	b.tell("saved", map[string]any{"field": "summary", "version": 1, "author": "Ada"})
	b.tell("saved", map[string]any{"field": "name", "version": 1, "author": "Ada"})
	until(t, ctx, `document.querySelector("#f-f-summary").value==="Vu par Ada"`)
	if got := ask[string](t, ctx, `document.querySelector("`+name+`").value`); got != "" {
		t.Errorf("the field that I am on became %q", got)
	}
	do(t, ctx, chromedp.Click("#f-f-summary"))
	until(t, ctx, `document.querySelector("`+name+`").value==="Changé par Ada"`)
}

func TestCompositeAnswersAreSavedAndRestored(t *testing.T) {
	b, server := newBackend(t, "regional")
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(server.URL+"/draft?step=means"),
		chromedp.SendKeys("#f-f-team-0-name", "Ada"), chromedp.SendKeys("#f-f-team-0-share", "50"),
		chromedp.Click(`button[value="add-row:team"]`), chromedp.SendKeys("#f-f-team-1-name", "Bob"),
		chromedp.Click(`button[value="move-row:team:1:up"]`))
	b.will(t, "team", `[{"name":"Bob"},{"name":"Ada","share":50}]`)
	b.set("down")
	do(t, ctx, chromedp.Click(`button[value="add-row:team"]`), chromedp.SendKeys("#f-f-team-2-name", "Cleo"), chromedp.Sleep(300*time.Millisecond),
		chromedp.Reload(), chromedp.WaitReady("#f-f-team-0-name"))
	until(t, ctx, `document.querySelector("#f-f-team-2-name")?.value==="Cleo" && document.querySelector("#f-f-team-1-share").value==="50"`)
	b.set("")
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`window.dispatchEvent(new Event("online"))`))
	b.will(t, "team", `[{"name":"Bob"},{"name":"Ada","share":50},{"name":"Cleo"}]`)
}

func TestPlacesAreSuggestedByKeyboard(t *testing.T) {
	b, server := newBackend(t, "regional")
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(server.URL+"/draft"), chromedp.SendKeys("#f-q-territory", "caen"))
	until(t, ctx, `document.querySelectorAll("[role=option]").length > 1`)
	do(t, ctx, chromedp.Sleep(600*time.Millisecond)) // the answers to "ca" and "cae" may still be on their way
	do(t, ctx, chromedp.KeyEvent(kb.ArrowDown))
	until(t, ctx, `document.querySelector("#f-q-territory").getAttribute("aria-activedescendant")`)
	do(t, ctx, chromedp.KeyEvent(kb.Enter))
	until(t, ctx, `document.querySelector('[data-picked] input:checked')`)
	b.will(t, "territory", `["commune:14118"]`)
}

func TestAnUploadResumesWhereItStopped(t *testing.T) {
	b, server := newBackend(t, "regional")
	b.cut = 2
	path := filepath.Join(t.TempDir(), "presentation.pdf")
	if err := os.WriteFile(path, []byte(strings.Repeat("%PDF et du texte ", 160_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(server.URL+"/draft?step=end"), chromedp.WaitReady("#f-file-pitch"), chromedp.SetUploadFiles("#f-file-pitch", []string{path}))
	until(t, ctx, `document.querySelector('[data-question="pitch"] a.file-name')`)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.heads != 2 {
		t.Errorf("asked %d times where it stopped", b.heads)
	}
	if got := b.names["u1"]; int64(b.uploads["u1"].Len()) != got.Size || got.Digest == "" {
		t.Errorf("received %d of %v", b.uploads["u1"].Len(), got)
	}
}

// Every step of the two ready forms, on a phone and on a laptop: nothing sticks out, axe
// finds nothing, and the page is light. FORMVIEW_SHOTS names a folder to keep pictures in.
func TestReadyFormsInABrowser(t *testing.T) {
	axe, err := os.ReadFile("../../../app/journeys/testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, ready := range form.Ready() {
		b, server := newBackend(t, ready)
		ctx := browser(t)
		var pages []string
		for _, s := range b.form.Form.Steps {
			pages = append(pages, "step="+s.ID, "problems&step="+s.ID)
		}
		for _, page := range append(pages, "show=outline", "show=answers") {
			for width, scheme := range sizes(page) {
				where := fmt.Sprintf("%s %s %d %s", ready, page, width, scheme)
				look(t, ctx, server.URL+"/draft?"+page, width, scheme)
				inspect(t, ctx, where, width, string(axe))
				picture(t, ctx, where)
			}
		}
	}
}

// sizes are the screens on which a page is looked at: both for the pictures, one in
// turn for the test, so that each page and each screen is seen in little time.
func sizes(page string) map[int64]string {
	all := map[int64]string{320: "light", 1280: "dark"}
	if os.Getenv("FORMVIEW_SHOTS") != "" {
		return map[int64]string{320: "dark", 360: "light", 1280: "dark", 1281: "light"}
	}
	if strings.HasPrefix(page, "problems") {
		delete(all, 1280)
	} else if strings.HasPrefix(page, "step") {
		delete(all, 320)
	}
	return all
}

func look(t *testing.T, ctx context.Context, url string, width int64, scheme string) {
	t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	do(t, ctx, chromedp.EmulateViewport(width, 800),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
			return err
		}),
		chromedp.Navigate(url), chromedp.WaitReady("main"), chromedp.Sleep(150*time.Millisecond))
}

const violations = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")))`

const overflowing = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.parentElement.closest(".scroll, .quiet-text")).slice(0, 6).map(e => e.tagName + "." + e.getAttribute("class"))`

func inspect(t *testing.T, ctx context.Context, where string, width int64, axe string) {
	t.Helper()
	if wide := ask[int64](t, ctx, "document.documentElement.scrollWidth"); wide > width {
		t.Errorf("%s: %d wide: %v", where, wide, ask[[]string](t, ctx, overflowing))
	}
	do(t, ctx, chromedp.Evaluate[chromedp.Void](axe))
	for _, v := range ask[[]string](t, ctx, violations) {
		t.Errorf("%s: %s", where, v)
	}
	weight := ask[int](t, ctx, `performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation")).reduce((n, e) => n + e.encodedBodySize, 0)`)
	requests := ask[int](t, ctx, `performance.getEntriesByType("resource").length + 1`)
	if weight > 150_000 || requests > 15 {
		t.Errorf("%s: %d bytes in %d requests", where, weight, requests)
	}
}

func picture(t *testing.T, ctx context.Context, where string) {
	t.Helper()
	dir := os.Getenv("FORMVIEW_SHOTS")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	file := strings.NewReplacer(" ", "-", "&", "-", "=", "-").Replace(where) + ".png"
	if err := os.WriteFile(filepath.Join(dir, file), shot, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRankingAndListsByKeyboard(t *testing.T) {
	b, server := newBackend(t, "regional")
	ctx := browser(t)
	ids := optionIDs(b.form.Form.Field("needs").Settings.Options)
	do(t, ctx, chromedp.Navigate(server.URL+"/draft?step=means"), chromedp.WaitReady("t-ranking button"),
		chromedp.Focus(`[data-option="`+ids[1]+`"] [data-by="-1"]`), chromedp.KeyEvent("\r"))
	b.will(t, "needs", `["`+ids[1]+`","`+ids[0]+`"]`)
	sector := b.form.Form.Field("sector").Settings.Options
	do(t, ctx, chromedp.Navigate(server.URL+"/draft?step=bearer"), chromedp.WaitReady("#f-f-sector-0"))
	if !ask[bool](t, ctx, `document.querySelector("#f-f-sector-1").disabled`) {
		t.Error("the second list is open before the first")
	}
	do(t, ctx, chromedp.SendKeys("#f-f-sector-0", sector[1].Label.In("fr")))
	until(t, ctx, `document.querySelector("#f-f-sector-0").value==="`+sector[1].ID+`"`)
	if got := ask[int](t, ctx, `document.querySelectorAll("#f-f-sector-1 optgroup option").length`); got != len(sector[1].Options) {
		t.Errorf("%d options below %s, want %d", got, sector[1].ID, len(sector[1].Options))
	}
}
