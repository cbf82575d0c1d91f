package policy_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"transformateur/internal/policy"
)

var update = flag.Bool("update", false, "write docs/permissions.md again")

const page = "../../docs/permissions.md"

// The page that a jurist reads is the table that is enforced.
func TestDocumentIsTheTable(t *testing.T) {
	if *update {
		if err := os.WriteFile(page, []byte(policy.Document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != policy.Document() {
		t.Error("docs/permissions.md is not what the table says: run go test ./internal/policy -run Document -update")
	}
	if lines := strings.Count(string(have), "\n| `"); lines != len(policy.Table) {
		t.Errorf("%d lines for %d rights", lines, len(policy.Table))
	}
}
