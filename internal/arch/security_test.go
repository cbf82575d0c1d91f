package arch

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asked is how many requirements of levels 1 and 2 each chapter of OWASP ASVS 5.0.0
// has: the page of security answers them all.
var asked = map[string]int{"1": 27, "2": 11, "3": 19, "4": 10, "5": 9, "6": 35, "7": 18, "8": 7, "9": 7, "10": 29, "11": 14, "12": 9, "13": 13, "14": 9, "15": 13, "16": 16, "17": 7}

var (
	answer    = regexp.MustCompile(`(?m)^\| (\d+)\.(\d+\.\d+) \| (held|absent|operator|partly) \| (.+) \| (.*) \|$`)
	namedTest = regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z][A-Za-z]+)`")
)

func TestSecurityAnswersEveryRequirement(t *testing.T) {
	page := readPage(t, "security.md")
	seen, count := map[string]bool{}, map[string]int{}
	for _, row := range answer.FindAllStringSubmatch(page, -1) {
		id := row[1] + "." + row[2]
		if seen[id] {
			t.Errorf("%s is answered twice", id)
		}
		seen[id] = true
		count[row[1]]++
	}
	for chapter, want := range asked {
		if count[chapter] != want {
			t.Errorf("chapter %s: %d answers, want %d", chapter, count[chapter], want)
		}
	}
}

// A proof that was renamed or deleted is no proof.
func TestPromisesNameTestsThatExist(t *testing.T) {
	have := map[string]bool{}
	for _, s := range theHouse(t).files {
		if !s.test {
			continue
		}
		for _, decl := range s.tree.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				have[f.Name.Name] = true
			}
		}
	}
	for _, name := range []string{"security.md", "trust.md", "performance.md"} {
		page := readPage(t, name)
		for _, fault := range missingTests(page, have) {
			t.Errorf("docs/%s: %s", name, fault)
		}
	}
	if len(missingTests("`TestThatNobodyWrote`", have)) != 1 {
		t.Error("a test that does not exist is not seen")
	}
}

func missingTests(page string, have map[string]bool) (faults []string) {
	for _, m := range namedTest.FindAllStringSubmatch(page, -1) {
		if !have[m[1]] {
			faults = append(faults, fmt.Sprintf("%s is not a test of this house", m[1]))
		}
	}
	return faults
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "docs", name))
	if os.IsNotExist(err) {
		t.Fatalf("docs/%s is missing", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(content), "\r\n", "\n")
}
