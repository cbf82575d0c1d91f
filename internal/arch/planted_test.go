package arch

import (
	"fmt"
	"go/token"
	"strings"
	"testing"
)

// Each guard sees the fault it was made for, and lets its innocent neighbour pass.
func TestGuardsSeePlantedFaults(t *testing.T) {
	const imports = "import \"transformateur/internal/"
	for _, c := range []struct {
		name  string
		guard guard
		path  string
		text  string
		want  string // a part of the only fault, "" for none
	}{
		{"a platform package knows a capability", importFaults, "internal/platform/mail/a.go", imports + `account"`, "knows no capability"},
		{"a platform package uses another one", importFaults, "internal/platform/mail/a.go", imports + `platform/errs"`, ""},
		{"a solver reads the database", importFaults, "internal/solve/a.go", imports + `platform/db"`, "solve is pure"},
		{"a capability imports one below it", importFaults, "internal/call/a.go", imports + `application"`, "stands above"},
		{"a capability imports one above it", importFaults, "internal/application/a.go", imports + `call"`, ""},
		{"a capability says sentences", importFaults, "internal/call/a.go", imports + `i18n"`, "message keys"},
		{"notify says sentences", importFaults, "internal/notify/a.go", imports + `i18n"`, ""},
		{"a capability knows a page", importFaults, "internal/call/a.go", imports + `web/ui"`, "nothing of pages"},
		{"a capability speaks HTTP", importFaults, "internal/call/a.go", `import "net/http"`, "nothing of pages"},
		{"a page imports another page", importFaults, "internal/web/calls/a.go", imports + `web/home"`, "another page"},
		{"a page's test imports another page", importFaults, "internal/web/calls/a_test.go", imports + `web/home"`, "another page"},
		{"a page reads the database", importFaults, "internal/web/calls/a.go", imports + `platform/db"`, "never touches"},
		{"a page imports the layout", importFaults, "internal/web/calls/a.go", imports + `web/ui"`, ""},
		{"the layout imports a page", importFaults, "internal/web/ui/a.go", imports + `web/calls"`, "knows no page"},
		{"a page imports the program", importFaults, "internal/web/calls/a.go", imports + `app"`, "only cmd, bench and tests"},
		{"a page's test boots the program", importFaults, "internal/web/calls/a_test.go", imports + `app"`, ""},
		{"a foundation opens the database", importFaults, "internal/form/a.go", imports + `platform/db"`, "a foundation takes"},
		{"a foundation imports another one", importFaults, "internal/form/a.go", imports + `register"`, ""},
		{"a test database in the program", importFaults, "internal/call/a.go", imports + `platform/db/dbtest"`, "only tests"},
		{"a folder without a place", placeFaults, "internal/stuff/a.go", "", "no place"},
		{"an unlisted module", moduleFaults, "internal/call/a.go", `import "github.com/nobody/knows"`, "no reason"},
		{"a module for tests in the program", moduleFaults, "internal/call/a.go", `import "pgregory.net/rapid"`, "for tests"},
		{"a module for tests in a test", moduleFaults, "internal/call/a_test.go", `import "pgregory.net/rapid"`, ""},
		{"the bundler in the program", moduleFaults, "internal/app/a.go", `import "github.com/evanw/esbuild/pkg/api"`, "stays in"},
		{"a parser without a fuzz target", fuzzFaults, "internal/call/a.go", "func ParseX(text []byte) {}", "no fuzz target"},
		{"a parser of nothing from outside", fuzzFaults, "internal/call/a.go", "func ParseX(n int) {}", ""},
		{"a file of 601 lines", fileLengthFaults, "internal/call/a.go", strings.Repeat("//\n", 600), "601 lines"},
		{"a function of 81 lines", functionLengthFaults, "internal/call/a.go", "func f() {\n" + strings.Repeat("\n", 79) + "}", "81 lines"},
		{"six parameters", parameterFaults, "internal/call/a.go", "func f(ctx context.Context, by account.User, a, b, c int, d, e, g string) {}", "6 parameters"},
		{"five, and who asks", parameterFaults, "internal/call/a.go", "func f(ctx context.Context, by account.User, a, b, c int, d, e string) {}", ""},
		{"a drawer of odd things", nameFaults, "internal/call/helpers.go", "", "says nothing"},
		{"a comment of two sentences", packageCommentFaults, "internal/call/b.go", "\x00// Package call is a call. It opens.\npackage call", "one sentence"},
		{"no package comment", packageCommentFaults, "internal/call/b.go", "\x00package call", "no package comment"},
		{"an exported name without words", docstringFaults, "internal/call/a.go", "func Open() {}", "Open has no docstring"},
		{"an exported method without words", docstringFaults, "internal/call/a.go", "func (c Call) Open() {}", "Open has no docstring"},
		{"an exported constant without words", docstringFaults, "internal/call/a.go", "const Open = 1", "Open has no docstring"},
		{"a constant explained on its line", docstringFaults, "internal/call/a.go", "const Open = 1 // published", ""},
		{"the machine's time", clockFaults, "internal/call/a.go", "import \"time\"\nvar a = time.Now()", "time.Now outside"},
		{"the machine's time under another name", clockFaults, "internal/call/a.go", "import t \"time\"\nvar a = t.Since(b)", "time.Since outside"},
		{"the machine's time in a test", clockFaults, "internal/call/a_test.go", "import \"time\"\nvar a = time.Now()", ""},
		{"unseeded chance", chanceFaults, "internal/call/a_test.go", "import \"math/rand/v2\"\nvar a = rand.IntN(3)", "unseeded"},
		{"seeded chance", chanceFaults, "internal/call/a_test.go", "import \"math/rand/v2\"\nvar a = rand.New(rand.NewPCG(1, 2))", ""},
		{"a service method that hides who acts", serviceFaults, "internal/call/a.go", "func (s *Service) Close(ctx context.Context, id string) {}", "by account.User"},
		{"a service method inside an act", serviceFaults, "internal/call/a.go", "func (s *Service) Close(ctx context.Context, tx *db.Tx, by account.User) {}", ""},
		{"a service method that writes for nobody", serviceFaults, "internal/call/a.go", "func (s *Service) Close(ctx context.Context, tx *db.Tx, id string) {}", "by account.User"},
		{"a service method that reads inside an act", serviceFaults, "internal/call/a.go", "func (s *Service) Names(ctx context.Context, r db.Reader, id string) {}", ""},
		{"a service method that says who acts", serviceFaults, "internal/call/a.go", "func (s *Service) Close(ctx context.Context, by account.User, id string) {}", ""},
		{"an unknown key on a page", missingKeyFaults, "internal/web/calls/a.go", imports + "i18n\"\nvar a = i18n.T(ctx, \"call.no_such\")", "call.no_such"},
		{"an unknown key in an error", missingKeyFaults, "internal/call/a.go", imports + "platform/errs\"\nvar a = errs.New(errs.Conflict, \"call.no_such\")", "call.no_such"},
		{"an unknown key in a list of fields", missingKeyFaults, "internal/call/a.go", imports + "platform/errs\"\nvar a = []errs.Field{{Path: \"x\", Key: \"call.no_such\"}}", "call.no_such"},
		{"a known key", missingKeyFaults, "internal/call/a.go", imports + "platform/errs\"\nvar a = errs.New(errs.Conflict, \"errs.conflict\")", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &house{set: token.NewFileSet()}
			text, bare := strings.CutPrefix(c.text, "\x00")
			if !bare {
				text = "package call\n" + c.text
			}
			if err := h.add(c.path, text); err != nil {
				t.Fatal(err)
			}
			faults := c.guard(h)
			if c.want == "" && len(faults) > 0 || c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0], c.want)) {
				t.Errorf("got %q, want %q", faults, c.want)
			}
		})
	}
}

func TestMachinesAreRecognised(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"cd /" + "work/here", true}, {"`/" + "root/x`", true}, {"file=/" + "home/ana/x", true},
		{"https://example.org/work/7", false}, {"rework/root/", false}, {"proxy.corp.example", true},
	} {
		if got := namesMachine([]byte(c.text), []string{"corp.example"}) != ""; got != c.want {
			t.Errorf("%s: %v", c.text, got)
		}
	}
}

func TestKeysBuiltFromData(t *testing.T) {
	h := &house{set: token.NewFileSet()}
	h.add("internal/web/calls/a.go", "package calls\nvar a = \"call.state_\" + state\nvar b = \"call.title\"")
	used := usedKeys(h)
	for key, want := range map[string]bool{"call.state_open": true, "call.title": true, "call.titles": false, "call.other": false} {
		if used(key) != want {
			t.Errorf("%s: %v", key, fmt.Sprint(!want))
		}
	}
}
