// Command shots takes pictures of the style guide in a real browser, on a phone and a laptop, light and dark:
// go run ./frontend/shots DIR, from the root.
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/ui"
)

// policy is the strictest one that the product means to keep.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: shots DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string) error {
	server := httptest.NewServer(handler())
	defer server.Close()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for _, page := range []string{"styleguide", "alone", "failure"} {
		for _, width := range []int64{320, 360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				if err := shoot(ctx, server.URL+"/"+page, filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", page, width, scheme)), width, scheme); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// shoot takes the whole page, and refuses one that scrolls sideways.
func shoot(ctx context.Context, url, file string, width int64, scheme string) error {
	var picture []byte
	var scroll int64
	err := chromedp.Run(ctx,
		chromedp.EmulateViewport(width, 800),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.Navigate(url),
		chromedp.WaitReady("main"),
		chromedp.Sleep(300*time.Millisecond),
		chromedp.Evaluate("document.documentElement.scrollWidth", &scroll),
		chromedp.FullScreenshot(&picture, 100),
	)
	if err != nil {
		return fmt.Errorf("take %s: %w", file, err)
	}
	if scroll > width {
		fmt.Fprintf(os.Stderr, "%s: %d wide on a screen of %d\n", url, scroll, width)
	}
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		return fmt.Errorf("keep %s: %w", file, err)
	}
	return nil
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	page := func(pattern string, c templ.Component) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			ctx := i18n.With(r.Context(), i18n.Parse(r.URL.Query().Get("lang")))
			templ.Handler(c).ServeHTTP(w, r.WithContext(ctx))
		})
	}
	page("GET /styleguide", ui.Styleguide())
	page("GET /alone", ui.SignInSample())
	page("GET /failure", ui.Failure(ui.Page{}, errs.NotFound, "Cette page n’existe pas, ou ne vous est pas ouverte."))
	return mux
}
