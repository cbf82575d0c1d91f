// Command shots takes pictures of the style guide in a real browser, on a phone and a laptop, light, dark, printed and in forced colours:
// go run ./frontend/shots DIR, from the root.
package main

import (
	"context"
	"fmt"
	"io"
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
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; report-uri /refused"

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
	server := httptest.NewServer(handler(func(report string) { fmt.Fprintln(os.Stderr, report) }))
	defer server.Close()
	ctx, stop := browser()
	defer stop()
	return everyView(func(page string, width int64, scheme string) error {
		file := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", page, width, scheme))
		if err := open(ctx, server.URL+"/"+page, width, scheme); err != nil {
			return err
		}
		if err := shoot(ctx, file); err != nil {
			return err
		}
		faults, err := inspect(ctx, width)
		for _, fault := range faults {
			fmt.Fprintf(os.Stderr, "%s: %s\n", file, fault)
		}
		return err
	}, "light", "dark", "print", "forced")
}

// everyView calls look for each page, width in pixels and colour scheme.
func everyView(look func(page string, width int64, scheme string) error, schemes ...string) error {
	for _, page := range []string{"styleguide", "alone", "failure"} {
		for _, width := range []int64{320, 360, 1280} {
			for _, scheme := range schemes {
				if err := look(page, width, scheme); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// browser starts a browser; stop ends it.
func browser() (ctx context.Context, stop func()) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(ctx)
	return ctx, func() { cancel(); end() }
}

// open goes to a page on a screen of that width. The scheme is light, dark, print, or
// forced, which stands for the high contrast themes of a system.
func open(ctx context.Context, url string, width int64, scheme string) error {
	media := emulation.SetEmulatedMediaParams{}
	switch scheme {
	case "print":
		media.Media = scheme
	case "forced":
		media.Features = []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}, {Name: "prefers-color-scheme", Value: "dark"}}
	default:
		media.Features = []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	}
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(width, 800),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, media)
			return err
		}),
		chromedp.Navigate(url),
		chromedp.WaitReady("main"),
		chromedp.Sleep(200*time.Millisecond),
	)
	if err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	return nil
}

// shoot takes a picture of the whole open page.
func shoot(ctx context.Context, file string) error {
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return fmt.Errorf("take %s: %w", file, err)
	}
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		return fmt.Errorf("keep %s: %w", file, err)
	}
	return nil
}

// axe is the accessibility checker, handed to the page by the browser's own door.
func axe() (string, error) {
	for _, root := range []string{".", filepath.Join("..", "..")} {
		script, err := os.ReadFile(filepath.Join(root, "internal", "app", "journeys", "testdata", "axe.min.js"))
		if err == nil {
			return string(script), nil
		}
	}
	return "", fmt.Errorf("axe.min.js is not in internal/app/journeys/testdata")
}

// violations lists what axe finds, one line each.
const violations = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")))`

// overflowing lists what sticks out of the window on the right, outside of what scrolls by itself.
const overflowing = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.parentElement.closest(".scroll, .tabs ul")).slice(0, 8).map(e => e.tagName + "." + e.getAttribute("class"))`

// inspect says what is wrong with the open page: too wide, or not accessible.
func inspect(ctx context.Context, width int64) ([]string, error) {
	var faults []string
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
	if err != nil {
		return nil, fmt.Errorf("measure the page: %w", err)
	}
	if wide > width {
		culprits, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](overflowing))
		if err != nil {
			return nil, fmt.Errorf("find what overflows: %w", err)
		}
		faults = append(faults, fmt.Sprintf("%d wide on a screen of %d: %s", wide, width, strings.Join(culprits, ", ")))
	}
	script, err := axe()
	if err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](script)); err != nil {
		return nil, fmt.Errorf("load axe: %w", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](violations, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("run axe: %w", err)
	}
	return append(faults, found...), nil
}

func handler(refused func(report string)) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("POST /refused", func(w http.ResponseWriter, r *http.Request) {
		report, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		if err == nil {
			refused(string(report))
		}
		w.WriteHeader(http.StatusNoContent)
	})
	page := func(pattern string, c templ.Component) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			ctx := i18n.With(r.Context(), i18n.Parse(r.URL.Query().Get("lang")))
			templ.Handler(c).ServeHTTP(w, r.WithContext(ctx))
		})
	}
	page("GET /styleguide", ui.Styleguide())
	page("GET /alone", ui.SignInSample())
	page("GET /failure", ui.ErrorPage(errs.NotFound, "", "Cette page n’existe pas, ou ne vous est pas ouverte."))
	return mux
}
