// Command pictures takes the pictures of the documents from a running demonstration, as its fictitious people see it:
// go run ./frontend/pictures http://127.0.0.1:8080 docs/pictures [NAME…], from the root.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// picture is one page as somebody sees it.
type picture struct {
	name   string
	role   string // of the demonstration: "owner", "lead", "visitor"
	path   string
	follow []string // selectors of a link of that page, to the next one, and so on; "/x" is added to the address
	then   string   // what is added to the address of that link
	show   string   // selector of what must be in sight
	width  int64    // of the screen, in pixels
	height int64
	dark   bool
}

const (
	laptop, laptopHeight = 1180, 800
	phone, phoneHeight   = 390, 780
)

// pictures are those that the documents show.
var pictures = []picture{
	{name: "demonstration", role: "visitor", path: "/demo", width: laptop, height: laptopHeight},
	{name: "accueil", role: "owner", path: "/", width: laptop, height: laptopHeight},
	{name: "accueil-telephone", role: "owner", path: "/", width: phone, height: phoneHeight},
	{name: "appel", role: "visitor", path: "/calls/normandie-2", width: laptop, height: laptopHeight},
	{name: "appel-telephone", role: "visitor", path: "/calls/normandie-2", width: phone, height: phoneHeight, dark: true},
	{name: "connexion", role: "visitor", path: "/signin", width: laptop, height: 620},
	{name: "boite", role: "visitor", path: "/mailbox", width: laptop, height: laptopHeight},
	{name: "redaction", role: "owner", path: "/applications", follow: []string{`a[href$="/edit"]`}, width: laptop, height: laptopHeight},
	{name: "redaction-telephone", role: "owner", path: "/applications", follow: []string{`a[href$="/edit"]`}, width: phone, height: phoneHeight},
	{name: "deux-textes", role: "owner", path: "/applications", follow: []string{`a[href$="/edit"]`}, show: ".conflict", width: laptop, height: laptopHeight},
	{name: "verifier", role: "signatory", path: "/applications", follow: []string{`h2 a[href^="/applications/"]`}, then: "/submit", width: laptop, height: laptopHeight},
	{name: "depose", role: "corrected", path: "/applications", follow: []string{`h2 a[href^="/applications/"]`}, width: laptop, height: 900},
	{name: "accuse", role: "corrected", path: "/applications", follow: []string{`h2 a[href^="/applications/"]`, `a[href^="/receipts/"]`}, width: laptop, height: laptopHeight},
	{name: "edition", role: "visitor", path: "/editions/normandie-2", width: laptop, height: laptopHeight},
	{name: "edition-gestion", role: "lead", path: "/editions/normandie-2/manage", width: laptop, height: laptopHeight},
	{name: "gerer", role: "lead", path: "/calls/normandie-2/manage", width: laptop, height: laptopHeight},
	{name: "formulaire", role: "lead", path: "/calls/normandie-2/form", width: laptop, height: laptopHeight},
	{name: "formulaire-sombre", role: "lead", path: "/calls/normandie-2/form", width: laptop, height: laptopHeight, dark: true},
	{name: "essai", role: "lead", path: "/calls/normandie-2/form/try", width: laptop, height: laptopHeight},
	{name: "courriels", role: "lead", path: "/outbox/call/normandie-2", width: laptop, height: laptopHeight},
	{name: "dossiers", role: "officer", path: "/calls/interet-general/files", width: laptop, height: laptopHeight},
	{name: "dossiers-sombre", role: "officer", path: "/calls/interet-general/files", width: laptop, height: laptopHeight, dark: true},
	{name: "selection", role: "member", path: "/reviews", follow: []string{`main a[href^="/reviews/"]:not([href*="print"])`}, width: laptop, height: laptopHeight},
	{name: "journees", role: "facilitator", path: "/", follow: []string{`main a[href^="/gatherings/"]`, "/plans", `main a.main[href*="/plans/"]`}, width: laptop, height: laptopHeight},
	{name: "feuille-de-route", role: "supported", path: "/", follow: []string{`main a[href^="/projects/"]`}, then: "/roadmap", show: "svg.gantt, .gantt", width: laptop, height: laptopHeight},
	{name: "orientation", role: "supported", path: "/", follow: []string{`main a[href^="/projects/"]`}, then: "/orientation", width: laptop, height: laptopHeight},
	{name: "besoins-offres", role: "lead", path: "/editions/rouen-printemps/offers/needs", width: laptop, height: laptopHeight},
	{name: "bilan", role: "visitor", path: "/editions/caen-premiere-promotion/report/published", width: laptop, height: laptopHeight},
	{name: "vitrine", role: "visitor", path: "/showcase", width: laptop, height: laptopHeight},
	{name: "dossier", role: "officer", path: "/calls/interet-general/files", follow: []string{`td a[href^="/files/"], h3 a[href^="/files/"], .files-list a[href^="/files/"], table a[href^="/files/"]`}, width: laptop, height: laptopHeight},
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: pictures ADDRESS DIR [NAME…]")
		os.Exit(2)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true), chromedp.Flag("accept-lang", "fr-FR,fr"))
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	defer end()
	failed := false
	for _, p := range pictures {
		if len(os.Args) > 3 && !slices.Contains(os.Args[3:], p.name) {
			continue
		}
		if err := p.take(ctx, os.Args[1], os.Args[2]); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", p.name, err)
			failed = true
		}
	}
	if failed {
		end()
		os.Exit(1)
	}
}

// take signs in as the picture's role, goes to its page, and keeps what is on the screen.
func (p picture) take(browser context.Context, base, dir string) error {
	ctx, stop := chromedp.NewContext(browser)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	scheme := "light"
	if p.dark {
		scheme = "dark"
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(p.width, p.height),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, media)
			return err
		}),
		chromedp.Navigate(base+"/demo?lang=fr"),
		chromedp.WaitReady("main"),
	)
	if err != nil {
		return fmt.Errorf("open the demonstration: %w", err)
	}
	if _, err := chromedp.RunResponse(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector('form[action="/demo/%s"]').submit()`, p.role))); err != nil {
		return fmt.Errorf("become %s: %w", p.role, err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(base+p.path), chromedp.WaitReady("main")); err != nil {
		return fmt.Errorf("open %s: %w", p.path, err)
	}
	for _, link := range p.follow {
		find := fmt.Sprintf("document.querySelector(%q).href", link)
		if strings.HasPrefix(link, "/") {
			find = fmt.Sprintf("location.pathname.length > 1 && location.href + %q", link)
		}
		to, err := chromedp.Run(ctx, chromedp.Evaluate[string](find))
		if err != nil {
			return fmt.Errorf("find %s: %w", link, err)
		}
		if err := chromedp.Do(ctx, chromedp.Navigate(to+p.then), chromedp.WaitReady("main")); err != nil {
			return fmt.Errorf("follow %s: %w", link, err)
		}
	}
	if p.show != "" {
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).scrollIntoView({block: 'center'})", p.show))); err != nil {
			return fmt.Errorf("show %s: %w", p.show, err)
		}
	}
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return fmt.Errorf("take it: %w", err)
	}
	return keep(filepath.Join(dir, p.name+".png"), shot)
}

// keep writes a picture, with fewer colours when pngquant is there to choose them.
func keep(file string, shot []byte) error {
	if err := os.WriteFile(file, shot, 0o644); err != nil {
		return fmt.Errorf("keep it: %w", err)
	}
	if _, err := exec.LookPath("pngquant"); err != nil {
		return nil
	}
	if err := exec.Command("pngquant", "--force", "--ext", ".png", "--strip", "--speed", "1", "96", file).Run(); err != nil {
		return fmt.Errorf("reduce its colours: %w", err)
	}
	return nil
}
