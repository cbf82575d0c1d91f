package arch

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/dependencies.md again")

// allowed is every third-party module, with the reason it is worth its weight.
var allowed = []struct {
	module, reason string
	tests          bool
}{
	{"github.com/BurntSushi/toml", "reads the settings file and names misspelt settings", false},
	{"github.com/a-h/templ", "typed pages, compiled to Go; also regenerates them in a test", false},
	{"github.com/alecthomas/kong", "reads the command line", false},
	{"github.com/arran4/golang-ical", "writes calendars of deadlines", false},
	{"github.com/chromedp/cdproto", "the commands that chromedp sends to the browser", true},
	{"github.com/chromedp/chromedp", "drives a real browser through the journeys and the pictures of the pages", true},
	{"github.com/emersion/go-sasl", "the password that the SMTP server inside the tests asks for", true},
	{"github.com/emersion/go-smtp", "an SMTP server inside the tests that send mail", true},
	{"github.com/evanw/esbuild", "bundles the front end, without Node; nothing of it is in the program", false},
	{"github.com/go-pdf/fpdf", "draws receipts and small documents", false},
	{"github.com/jackc/pgx/v5", "the PostgreSQL driver", false},
	{"github.com/johannesboyne/gofakes3", "an S3 server inside the tests of the file store", true},
	{"github.com/leonelquinteros/gotext", "reads the catalogues (.po)", false},
	{"github.com/microcosm-cc/bluemonday", "cleans HTML that people wrote", false},
	{"github.com/minio/minio-go/v7", "keeps files in S3 when configured", false},
	{"github.com/pressly/goose/v3", "migrates the schema on both engines", false},
	{"github.com/prometheus/client_golang", "the metrics that the operator's monitoring reads", false},
	{"github.com/wneessen/go-mail", "composes and sends mail", false},
	{"github.com/xuri/excelize/v2", "streams exports as XLSX", false},
	{"github.com/yuin/goldmark", "turns Markdown into HTML", false},
	{"filippo.io/age", "encrypts backups on request", false},
	{"github.com/nats-io/nats.go", "wakes the other nodes of an install when a board changes, when configured", false},
	{"github.com/nats-io/nats-server/v2", "a NATS server inside the tests of several nodes", true},
	{"github.com/coder/websocket", "live boards over WebSocket: checks the origin, no dependency", false},
	{"github.com/coreos/go-oidc/v3", "signs people in through an OpenID Connect provider (ProConnect)", false},
	{"github.com/danielgtaylor/huma/v2", "serves the REST API and describes it in OpenAPI 3.1", false},
	{"github.com/go-jose/go-jose/v4", "signs and verifies JSON Web Tokens", false},
	{"github.com/go-webauthn/webauthn", "verifies passkeys", false},
	{"github.com/hanwen/go-fuse/v2", "the file system of the tests that cut the power", true},
	{"github.com/pdfcpu/pdfcpu", "another reader, inside the tests, of the PDFs that were cleaned", true},
	{"github.com/pquerna/otp", "one-time codes for the roles that decide", false},
	{"github.com/standard-webhooks/standard-webhooks/libraries", "the reference receiver, in the tests of the webhooks", true},
	{"github.com/zitadel/oidc/v3", "a certified OpenID Connect provider inside the tests", true},
	{"golang.org/x/oauth2", "the code flow under OpenID Connect", false},
	{"golang.org/x/image", "reads WebP and resizes pictures", false},
	{"golang.org/x/net", "the HTML parser: checks of pages in tests, cleaning of text", false},
	{"golang.org/x/text", "Unicode normal forms, to fold accents", false},
	{"golang.org/x/time", "limits rates", false},
	{"modernc.org/sqlite", "SQLite without cgo", false},
	{"pgregory.net/rapid", "property tests: finds the case nobody wrote", true},
	{"rsc.io/qr", "draws QR codes", false},
}

// buildOnly is the folder of tools that never stand in the program: the bundler,
// and what takes pictures of the pages.
const buildOnly = "frontend"

func TestModules(t *testing.T) { hold(t, moduleFaults) }

// moduleFaults wants each third-party import to stand in the list above, and those
// for tests to stay in tests.
func moduleFaults(h *house) (faults []string) {
	for _, s := range h.files {
		_, others := s.imports()
		for _, name := range others {
			if !strings.Contains(strings.SplitN(name, "/", 2)[0], ".") {
				continue // the standard library
			}
			at, known := -1, false
			for i, m := range allowed {
				if within(name, m.module) {
					at, known = i, true
				}
			}
			switch {
			case !known:
				faults = append(faults, fmt.Sprintf("%s imports %s: its module has no reason in internal/arch", s.path, name))
			case allowed[at].tests && !s.test && !within(s.dir, buildOnly):
				faults = append(faults, fmt.Sprintf("%s imports %s: that module is for tests", s.path, name))
			case allowed[at].module == "github.com/evanw/esbuild" && !s.test && !within(s.dir, buildOnly):
				faults = append(faults, fmt.Sprintf("%s imports %s: the bundler stays in %s", s.path, name, buildOnly))
			}
		}
	}
	return faults
}

func dependencies() string {
	var b strings.Builder
	b.WriteString("# Dependencies\n\nEvery third-party module and what it is worth. A test of `internal/arch` refuses an import that is not here, and writes this page with `go test ./internal/arch -run Dependencies -update`.\n\n| module | why | in the program |\n|---|---|---|\n")
	list := allowed[:]
	sort.SliceStable(list, func(i, j int) bool { return list[i].module < list[j].module })
	for _, m := range list {
		in := "yes"
		if m.tests {
			in = "tests only"
		} else if m.module == "github.com/evanw/esbuild" {
			in = "build only"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.module, m.reason, in)
	}
	b.WriteString("\nTools: `github.com/a-h/templ/cmd/templ` compiles the pages, `honnef.co/go/tools/cmd/staticcheck` reads the code for faults.\n")
	return b.String()
}

func TestDependenciesPage(t *testing.T) {
	file := filepath.Join(root, "docs", "dependencies.md")
	if *update {
		if err := os.WriteFile(file, []byte(dependencies()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != dependencies() {
		t.Error("docs/dependencies.md is not what internal/arch says: run the test with -update")
	}
}

// goInstall refuses a module that replaces or excludes another one: people could
// not install the program by its name.
func TestModuleFileIsInstallable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		switch word := strings.Fields(line + " ."); word[0] {
		case "replace", "exclude", "toolchain":
			t.Errorf("go.mod: %q: go install refuses it or ties it to one machine", line)
		}
	}
	if !strings.Contains(string(text), "\ngo 1.26.0\n") {
		t.Error("go.mod names a patch of Go: go 1.26.0 lets any 1.26 build it")
	}
}

// modernc.org/sqlite works with the very libc it was made with (its own advice).
func TestSQLiteKeepsItsLibc(t *testing.T) {
	want, have := "", ""
	out, err := exec.Command("go", "list", "-m", "-json", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	var m struct{ GoMod string }
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	for file, into := range map[string]*string{m.GoMod: &want, filepath.Join(root, "go.mod"): &have} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require ")); len(words) > 1 && words[0] == "modernc.org/libc" {
				*into = words[1]
			}
		}
	}
	if want == "" || have != want {
		t.Errorf("modernc.org/libc is %q, modernc.org/sqlite wants %q", have, want)
	}
}
