package cli

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// served runs the program until its output holds a text, and gives the output.
func served(t *testing.T, until string, args ...string) (said string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := Run(ctx, args, writer)
		writer.CloseWithError(io.EOF)
		ended <- err
	}()
	var out strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(out.String(), until) {
		n, err := reader.Read(buffer)
		out.Write(buffer[:n])
		if err != nil {
			t.Fatalf("the program ended after %q: %v", out.String(), <-ended)
		}
	}
	return out.String(), func() error { cancel(); return <-ended }
}

func get(t *testing.T, address string) string {
	t.Helper()
	client := http.Client{Timeout: 10 * time.Second}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", address, res.StatusCode, err)
	}
	return string(body)
}

// The first command of the README: an address, two calls, a page to choose a role.
func TestServeDemo(t *testing.T) {
	dir := t.TempDir()
	said, stop := served(t, "/demo\n", "--data", dir, "serve", "--demo", "--addr", "127.0.0.1:0")
	if !strings.Contains(said, "94 dossiers") {
		t.Errorf("said %q", said)
	}
	_, page, _ := strings.Cut(said, "changer de rôle\u00a0: ")
	page = strings.TrimSpace(page)
	for address, want := range map[string]string{page: "/demo/officer", strings.TrimSuffix(page, "/demo") + "/calls": "demo-strip"} {
		if !strings.Contains(get(t, address), want) {
			t.Errorf("%s: no %s", address, want)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	said, stop = served(t, "/demo\n", "--data", dir, "serve", "--demo", "--addr", "127.0.0.1:0")
	if !strings.Contains(said, "a été gardée") {
		t.Errorf("the second time: %q", said)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestDemoRefusesARealInstall(t *testing.T) {
	t.Setenv("LANG", "fr_FR.UTF-8")
	dir := t.TempDir()
	if _, err := run(t, "--data", dir, "migrate"); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "--data", dir, "serve", "--demo", "--addr", "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "autre chose que la démonstration") {
		t.Errorf("got %v", err)
	}
}

// Without --data the demonstration never touches the folder of a real install.
func TestDemoHasAFolderOfItsOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	said, stop := served(t, "/demo\n", "serve", "--demo", "--addr", "127.0.0.1:0")
	if !strings.Contains(said, "data/demo") {
		t.Errorf("said %q", said)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}
