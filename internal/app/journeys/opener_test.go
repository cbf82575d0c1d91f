package journeys_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"transformateur/internal/account"
	"transformateur/internal/platform/inspect/hostile"
	"transformateur/internal/web/ui"
)

// beacon is a server that stands for every other machine, and counts who calls.
type beacon struct {
	mu    sync.Mutex
	calls []string
}

func (b *beacon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.Host, ".googleapis.com") || strings.HasSuffix(r.Host, ".google.com") || strings.HasSuffix(r.Host, ".gstatic.com") {
		http.NotFound(w, r) // the browser itself, which looks for its updates: no file of the corpus names these
		return
	}
	b.mu.Lock()
	b.calls = append(b.calls, r.Host+r.URL.Path)
	b.mu.Unlock()
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if r.URL.Path == "/control" {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<title>x</title><script>document.title="owned";fetch("`+hostile.Beacon+`/run");alert(1)</script>`)
	}
}

func (b *beacon) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	heard := b.calls
	b.calls = nil
	return heard
}

// chromeBeside is a browser for which every name leads to the beacon.
func chromeBeside(t *testing.T) (context.Context, *beacon) {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		return chrome(t), nil // which says why, and stops
	}
	b := &beacon{}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("host-resolver-rules", "MAP * "+strings.TrimPrefix(server.URL, "http://")+", EXCLUDE 127.0.0.1"))
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx, b
}

// opener opens addresses, and watches for anything that runs.
type opener struct {
	*person
	w       *world
	beacon  *beacon
	mu      sync.Mutex
	dialogs int
	abroad  []string
}

func newOpener(t *testing.T, browser context.Context, w *world, b *beacon) *opener {
	t.Helper()
	o := &opener{person: newPerson(t, browser, w.base, "opener", 1280), w: w, beacon: b}
	command(o.person, page.Enable, page.EnableParams{})
	err := chromedp.Listen(o.ctx, func(ev any) {
		o.mu.Lock()
		defer o.mu.Unlock()
		switch ev := ev.(type) {
		case *page.EventJavascriptDialogOpening:
			o.dialogs++
			go chromedp.Do(o.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
				return answer(ctx, target)
			}))
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(ev.Request.URL, w.base) && !strings.HasPrefix(ev.Request.URL, "data:") && !strings.HasPrefix(ev.Request.URL, "about:") {
				o.abroad = append(o.abroad, ev.Request.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	o.control(t)
	return o
}

// control opens a page that runs: an eye that sees nothing there proves nothing.
func (o *opener) control(t *testing.T) {
	t.Helper()
	o.visit(hostile.Beacon + "/control")
	for range 100 {
		o.mu.Lock()
		seen := o.dialogs > 0 && len(o.abroad) > 1
		o.mu.Unlock()
		if seen {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond)
	heard := o.beacon.heard()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dialogs == 0 || len(o.abroad) < 2 || len(heard) < 2 {
		t.Fatalf("the control was not seen: %d dialogs, %v sent, %v heard", o.dialogs, o.abroad, heard)
	}
	o.dialogs, o.abroad = 0, nil
}

// visit goes to an address; one that is kept as a file leaves the page as it was.
func (o *opener) visit(url string) {
	ctx, stop := context.WithTimeout(o.ctx, 20*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil && !strings.Contains(err.Error(), "ERR_ABORTED") && ctx.Err() == nil {
		o.t.Errorf("%s: %v", url, err)
	}
}

// as gives the browser the cookie of a person.
func (o *opener) as(who account.User) {
	o.t.Helper()
	token, err := o.w.demo.SignIn(o.t.Context(), who.ID, "test")
	o.w.must(err)
	command(o.person, network.SetCookie, network.SetCookieParams{Name: ui.CookieName(false), Value: token, URL: o.w.base})
}

func (o *opener) opens(path string) {
	o.t.Helper()
	o.visit(o.w.base + path)
	if title := o.eval("document.title"); title == "owned" {
		o.t.Errorf("%s: its script ran", path)
	}
}

func (o *opener) nothingRan() {
	o.t.Helper()
	time.Sleep(500 * time.Millisecond)
	heard := o.beacon.heard()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dialogs > 0 || len(o.abroad) > 0 || len(heard) > 0 {
		o.t.Errorf("%d dialogs, requests to %v, heard %v", o.dialogs, o.abroad, heard)
	}
}

// answer closes a dialog.
func answer(ctx context.Context, target *chromedp.Target) error {
	_, err := cdp.Call(ctx, target, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	return err
}
