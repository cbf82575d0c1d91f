//go:build pictures

package boards

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestPictures keeps pictures of boards in BOARD_SHOTS, for eyes:
// go test -tags pictures -run TestPictures ./frontend/boards
func TestPictures(t *testing.T) {
	dir := os.Getenv("BOARD_SHOTS")
	if dir == "" {
		t.Fatal("BOARD_SHOTS names no folder")
	}
	ctx := browser(t)
	for _, id := range []string{"frise", "plan", "dimensions", "adn", "debrief"} {
		h := newHall(t, shipped(t, id))
		fill(t, h)
		for _, as := range []string{"facilitator", "team"} {
			for _, size := range []struct {
				name          string
				width, height int64
				dark          bool
			}{{"laptop", 1280, 800, false}, {"phone", 390, 844, false}, {"dark", 1280, 800, true}} {
				if as == "facilitator" && size.dark {
					continue
				}
				scheme := "light"
				if size.dark {
					scheme = "dark"
				}
				looks(t, ctx, scheme, size.width, size.height)
				sit(t, ctx, h, as)
				time.Sleep(300 * time.Millisecond)
				var shot []byte
				shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%s.png", id, as, size.name)), shot, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
