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
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
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
	axe, err := os.ReadFile(filepath.Join("internal", "app", "journeys", "testdata", "axe.min.js"))
	if err != nil {
		return fmt.Errorf("read axe: %w", err)
	}
	for _, page := range []string{"styleguide", "alone", "failure"} {
		for _, width := range []int64{320, 360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				file := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", page, width, scheme))
				if err := shoot(ctx, server.URL+"/"+page, file, width, scheme); err != nil {
					return err
				}
				if err := inspect(ctx, file, width, string(axe)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// shoot takes the whole page.
func shoot(ctx context.Context, url, file string, width int64, scheme string) error {
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(width, 800),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
			return err
		}),
		chromedp.Navigate(url),
		chromedp.WaitReady("main"),
		chromedp.Sleep(300*time.Millisecond),
	)
	if err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return fmt.Errorf("take %s: %w", file, err)
	}
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		return fmt.Errorf("keep %s: %w", file, err)
	}
	return nil
}

// violations lists what axe finds, one line each.
const violations = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")))`

// overflowing lists what sticks out of the window on the right, outside of what scrolls by itself.
const overflowing = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.parentElement.closest(".scroll, .tabs ul")).slice(0, 8).map(e => e.tagName + "." + e.getAttribute("class"))`

// inspect says on the error output what is wrong with the open page: too wide, or not accessible.
func inspect(ctx context.Context, file string, width int64, axe string) error {
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
	if err != nil {
		return fmt.Errorf("measure %s: %w", file, err)
	}
	if wide > width {
		culprits, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](overflowing))
		if err != nil {
			return fmt.Errorf("find what overflows in %s: %w", file, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d wide on a screen of %d: %s\n", file, wide, width, strings.Join(culprits, ", "))
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		return fmt.Errorf("load axe: %w", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](violations, chromedp.EvalAwaitPromise))
	if err != nil {
		return fmt.Errorf("run axe on %s: %w", file, err)
	}
	for _, line := range found {
		fmt.Fprintf(os.Stderr, "%s: %s\n", file, line)
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
