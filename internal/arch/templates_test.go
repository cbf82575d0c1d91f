package arch

import (
	"bytes"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// fileNames are what the compiler writes of where it was run from, which says nothing.
var fileNames = regexp.MustCompile("FileName: `(?:[^`]*/)?([^`/]+)`")

// The committed Go of every page is what its template says.
func TestTemplatesAreCurrent(t *testing.T) {
	n := 0
	err := walk(func(name string) error {
		base, ok := strings.CutSuffix(name, ".templ")
		if !ok {
			if old, made := strings.CutSuffix(name, "_templ.go"); made {
				if _, err := os.Stat(filepath.Join(root, old+".templ")); err != nil {
					t.Errorf("%s: its template is gone", name)
				}
			}
			return nil
		}
		n++
		want, err := generated(name)
		if err != nil {
			return err
		}
		have, err := os.ReadFile(filepath.Join(root, base+"_templ.go"))
		have = fileNames.ReplaceAll(have, []byte("FileName: `$1`"))
		if err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s_templ.go is not what its template makes: run make generate", base)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Fatal("no template found: the guard looks at the wrong folder")
	}
}

// generated makes in memory what `templ generate` writes from the template's folder.
func generated(name string) ([]byte, error) {
	tree, err := parser.Parse(filepath.Join(root, name))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := generator.Generate(tree, &b, generator.WithVersion(templ.Version()), generator.WithFileName(path.Base(name))); err != nil {
		return nil, err
	}
	return format.Source(b.Bytes())
}
