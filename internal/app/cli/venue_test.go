package cli

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
)

// TestVenue carries a gathering by the command line, there and back.
func TestVenue(t *testing.T) {
	ctx := context.Background()
	t.Setenv("LANG", "en_GB.UTF-8")
	home, err := app.New(ctx, config.Config{Data: t.TempDir(), BaseURL: "http://127.0.0.1", LogLevel: "error"}, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	if _, err := boardtest.Hall(ctx, home.DB, home.Boards, clock.System{}.Now(), 3, 1); err != nil {
		t.Fatal(err)
	}
	_, key, err := home.Venues.Make(ctx, account.System, "session", "Portable")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(home.Handler())
	defer server.Close()
	data := filepath.Join(t.TempDir(), "venue")
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := Run(ctx, append([]string{"--data", data, "venue"}, args...), &out)
		return out.String(), err
	}
	if _, err := run("bring"); err == nil || !strings.Contains(err.Error(), "carries no gathering") {
		t.Errorf("bringing nothing: %v", err)
	}
	if _, err := run("take", "--from", server.URL, "--key", "tfv_wrong"); err == nil || !strings.Contains(err.Error(), "opens nothing") {
		t.Errorf("a wrong key: %v", err)
	}
	for range 2 {
		if out, err := run("take", "--from", server.URL, "--key", key); err != nil || !strings.Contains(out, data) {
			t.Fatalf("take: %s%v", out, err)
		}
	}
	if info, err := os.Stat(filepath.Join(data, "venue.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is kept as %v, %v", info, err)
	}
	if out, err := run("codes"); err != nil || strings.Count(out, "person0") != 3 {
		t.Errorf("codes: %s%v", out, err)
	}
	page := filepath.Join(t.TempDir(), "slips.html")
	if out, err := run("codes", "--again", "--out", page, "--url", "http://192.168.1.7:8080"); err != nil || !strings.Contains(out, page) {
		t.Errorf("slips: %s%v", out, err)
	}
	if out, err := run("sync"); err != nil || !strings.Contains(out, "0 operations arrived") {
		t.Errorf("sync: %s%v", out, err)
	}
	server.Close()
	if _, err := run("sync"); err == nil || !strings.Contains(err.Error(), "Nothing is lost") {
		t.Errorf("home does not answer: %v", err)
	}
	other := t.TempDir()
	install, err := app.New(ctx, config.Config{Data: other, BaseURL: "http://127.0.0.1", LogLevel: "error"}, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	install.Close()
	data = other
	if _, err := run("take", "--from", "http://127.0.0.1:1", "--key", key); err == nil || !strings.Contains(err.Error(), "holds something else") {
		t.Errorf("over an install: %v", err)
	}
}
