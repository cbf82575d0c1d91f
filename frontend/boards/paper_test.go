package boards

import (
	"bytes"
	"image/jpeg"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// pictures takes every picture, and gives the last one back.
func (h *hall) pictures(mux *http.ServeMux) {
	mux.HandleFunc("POST /boards/b/pictures", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		if err == nil {
			h.sent = append(h.sent, body)
		}
		answer(w, map[string]any{"digest": strings.Repeat("ab", 32)})
	})
	mux.HandleFunc("GET /boards/b/pictures/{picture}", func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(h.sent[len(h.sent)-1])
	})
}

// choose puts a photograph of 3,000 by 2,000 pixels in the picture of a card that is written.
const choose = `(() => {
	const input = document.querySelector(".b-picture-edit input[type=file]"), canvas = document.createElement("canvas");
	canvas.width = 3000; canvas.height = 2000;
	canvas.getContext("2d").fillRect(100, 100, 900, 900);
	canvas.toBlob(blob => { const files = new DataTransfer(); files.items.add(new File([blob], "photo.png", { type: "image/png" })); input.files = files.files; input.dispatchEvent(new Event("change")) });
	return true;
})()`

// A code was scanned: the card is begun where its question is asked, under the name that
// was printed, with a photograph that the browser makes small before it leaves.
func TestPaperCardIsTypedAndPhotographed(t *testing.T) {
	k := shipped(t, "adn")
	h := newHall(t, k)
	ctx := browser(t)
	prompt := k.Decks[0].ID + "." + k.Decks[0].Prompts[0].ID
	sheet := `{"id":"paperabcd2345","type":"facet","prompt":"` + prompt + `","zone":"work"}`
	do(t, ctx, chromedp.Navigate(h.url+"/boards/b?as=team&paper="+url.QueryEscape(sheet)))
	until(t, ctx, `document.activeElement.tagName === "TEXTAREA" && document.activeElement.closest("#card-paperabcd2345")`)
	do(t, ctx, chromedp.KeyEvent("Lu sur le papier"))
	h.will(t, "the card of the paper", func() bool { return h.said("paperabcd2345") == "Lu sur le papier" })
	until(t, ctx, choose)
	h.will(t, "the photograph on the card", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		v := h.room.state.Cards["paperabcd2345"].Fields["photo"]
		return v != nil && string(v.V) == `"`+strings.Repeat("ab", 32)+`"`
	})
	h.mu.Lock()
	small, err := jpeg.DecodeConfig(bytes.NewReader(h.sent[0]))
	by := h.room.state.Cards["paperabcd2345"].Prompt
	h.mu.Unlock()
	if err != nil || small.Width != 1600 || small.Height != 1067 || by != prompt {
		t.Errorf("sent %d × %d for %s: %v", small.Width, small.Height, by, err)
	}
	do(t, ctx, chromedp.Focus("#card-paperabcd2345 textarea"), chromedp.KeyEvent(kb.Escape))
	until(t, ctx, `document.querySelector("#card-paperabcd2345 img.b-picture")?.alt.includes("Lu sur le papier")`)

	do(t, ctx, chromedp.Navigate(h.url+"/boards/b?as=peer&paper="+url.QueryEscape(sheet))) // somebody else scans it
	until(t, ctx, `document.activeElement.id === "card-paperabcd2345"`)
}

// Without a network a picture does not leave, and the page says so; what was chosen before stays.
func TestPictureWithoutNetwork(t *testing.T) {
	h := newHall(t, shipped(t, "adn"))
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(h.url+"/boards/b?as=team&paper="+url.QueryEscape(`{"id":"paperabcd2345","type":"facet","prompt":"","zone":"work"}`)))
	until(t, ctx, `document.activeElement.tagName === "TEXTAREA"`)
	h.mu.Lock()
	h.deaf = true
	h.mu.Unlock()
	until(t, ctx, choose)
	until(t, ctx, `document.querySelector(".b-picture-edit [role=status]")?.textContent.startsWith("Pas de réseau")`)
}

// The fragment of an address leads to a zone, once the board is there.
func TestAZoneIsLedTo(t *testing.T) {
	h := newHall(t, shipped(t, "adn"))
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(h.url+"/boards/b?as=team#zone-economy"))
	until(t, ctx, `document.activeElement.id === "zone-economy"`)
}
