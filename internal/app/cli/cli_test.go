package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"transformateur/internal/app"
	"transformateur/internal/platform/config"
)

func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Run(context.Background(), args, &out)
	return out.String(), err
}

func TestCommands(t *testing.T) {
	t.Setenv("LANG", "en_GB.UTF-8")
	fresh := t.TempDir()
	if _, err := run(t, "--data", fresh, "migrate"); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if _, err := run(t, "--data", damaged, "migrate"); err != nil {
		t.Fatal(err)
	}
	d, err := app.Open(context.Background(), config.Config{Data: damaged})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Raw().Exec(`insert into journal (seq, at, actor, act, object_kind, object_id, detail, request, prev, hash) values (1, '2027-03-05 11:00:00.000000+00:00', 'system', 'x', 'x', 'x', '{}', '', '', '')`); err != nil {
		t.Fatal(err)
	}
	export := filepath.Join(t.TempDir(), "export.jsonl")
	if err := os.WriteFile(export, []byte(`{"seq":2}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		says string
		err  string
	}{
		{"a sound database", []string{"--data", fresh, "check"}, "database: SQLite, no fault\njournal: 0 lines, chain whole", ""},
		{"an empty folder", []string{"--data", t.TempDir(), "check"}, "", "transformateur migrate"},
		{"a broken journal", []string{"--data", damaged, "check"}, "", "broken at line 1 (unchained)"},
		{"the journal alone", []string{"--data", damaged, "journal", "verify"}, "", "broken at line 1 (unchained)"},
		{"an export with a hole", []string{"journal", "verify", "--export", export}, "", "broken at line 1 (missing)"},
		{"an unknown command", []string{"fly"}, "", "unexpected argument fly"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := run(t, c.args...)
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("got %v, want %q", err, c.err)
			}
			if !strings.Contains(out, c.says) {
				t.Errorf("said %q, want %q", out, c.says)
			}
		})
	}
}

// The program that is told to stop (SIGTERM cancels the context of main) ends
// without an error.
func TestServeStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	said := make(chan string, 1)
	go func() {
		ended <- Run(ctx, []string{"--data", t.TempDir(), "serve", "--addr", "127.0.0.1:0"}, first(said))
	}()
	if text := <-said; !strings.Contains(text, "http://127.0.0.1:") {
		t.Errorf("the address is not printed: %q", text)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// first gives what is written to a channel.
type first chan string

func (f first) Write(b []byte) (int, error) {
	select {
	case f <- string(b):
	default:
	}
	return len(b), nil
}
