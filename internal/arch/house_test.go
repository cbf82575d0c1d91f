package arch

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "transformateur"

// source is one Go file of the house.
type source struct {
	path      string // from the root, with slashes
	dir       string // its folder: "internal/policy"
	text      string
	tree      *ast.File
	test      bool // a test, or a package made for tests (its name ends in "test")
	generated bool
}

func (s *source) lines() int { return strings.Count(s.text, "\n") }

// house is every Go file of the module.
type house struct {
	set   *token.FileSet
	files []*source
}

// root is the folder of go.mod, seen from this package.
const root = "../.."

var whole = sync.OnceValues(readHouse)

func theHouse(t *testing.T) *house {
	t.Helper()
	h, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func readHouse() (*house, error) {
	h := &house{set: token.NewFileSet()}
	err := walk(func(name string) error {
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		if ok, err := build.Default.MatchFile(filepath.Join(root, path.Dir(name)), path.Base(name)); err != nil || !ok {
			return err
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		return h.add(name, string(text))
	})
	if err == nil && len(h.files) < 30 {
		err = fmt.Errorf("only %d Go files read: the guards look at the wrong folder", len(h.files))
	}
	return h, err
}

// walk calls f with every file that belongs to the house, named from the root.
func walk(f func(name string) error) error {
	return filepath.WalkDir(root, func(full string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, full)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if entry.IsDir() {
			if slices.Contains([]string{".git", "bin", "data", "tmp", "node_modules"}, name) {
				return filepath.SkipDir
			}
			return nil
		}
		if name == ".git" { // a worktree keeps its place in a file
			return nil
		}
		return f(name)
	})
}

func (h *house) add(name, text string) error {
	tree, err := parser.ParseFile(h.set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	h.files = append(h.files, &source{path: name, dir: path.Dir(name), text: text, tree: tree,
		test: strings.HasSuffix(name, "_test.go") || strings.HasSuffix(path.Dir(name), "test"), generated: ast.IsGenerated(tree)})
	return nil
}

// imports lists what a file imports of the house, named from the root, and of others.
func (s *source) imports() (ours, others []string) {
	for _, spec := range s.tree.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if inside, ok := strings.CutPrefix(name, module+"/"); ok {
			ours = append(ours, inside)
			continue
		}
		others = append(others, name)
	}
	return ours, others
}

// imported is the name under which a file uses a package, or "".
func (s *source) imported(pkg string) string {
	for _, spec := range s.tree.Imports {
		if name, _ := strconv.Unquote(spec.Path.Value); name != pkg {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		last := path.Base(pkg)
		if len(last) > 1 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9' {
			return path.Base(path.Dir(pkg))
		}
		return last
	}
	return ""
}

// production lists the files that are in the program, written by hand.
func (h *house) production() []*source {
	return slices.DeleteFunc(slices.Clone(h.files), func(s *source) bool { return s.test || s.generated })
}

func (h *house) at(pos token.Pos) string {
	p := h.set.Position(pos)
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// guard looks at the house and says every fault it sees.
type guard func(h *house) []string

func hold(t *testing.T, g guard) {
	t.Helper()
	for _, fault := range g(theHouse(t)) {
		t.Error(fault)
	}
}

func within(dir, folder string) bool { return dir == folder || strings.HasPrefix(dir, folder+"/") }
