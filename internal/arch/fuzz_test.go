package arch

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unfuzzed are the readers of what comes from outside that need no fuzz target, and
// why.
var unfuzzed = map[string]string{
	"internal/platform/inspect.StripDocument": "Strip, which has one, gives it every document",
	"internal/platform/picture.Clean":         "the target of inspect.Strip gives it every picture",
}

var reader = regexp.MustCompile(`^(Parse|Decode|Read|Verify|Clean|Strip|Inspect)([A-Z].*)?$`)

func TestFuzzTargets(t *testing.T) {
	hold(t, fuzzFaults)
	for name := range unfuzzed {
		if !slices.Contains(readers(theHouse(t)), name) {
			t.Errorf("%s has a reason for want of a fuzz target, and is gone", name)
		}
	}
}

// fuzzFaults finds the exported functions that read text or bytes and that no fuzz
// target of their package calls.
func fuzzFaults(h *house) (faults []string) {
	targets := map[string]string{}
	for _, f := range h.files {
		if f.test && strings.Contains(f.text, "func Fuzz") {
			targets[f.dir] += f.text
		}
	}
	for _, name := range readers(h) {
		dir, function, _ := strings.Cut(name, ".")
		if unfuzzed[name] == "" && !strings.Contains(targets[dir], function+"(") {
			faults = append(faults, fmt.Sprintf("%s reads what comes from outside, and no fuzz target of its package calls it", name))
		}
	}
	return faults
}

// readers are the functions, without receiver, whose name says that they read and
// which take bytes, text or a stream.
func readers(h *house) (all []string) {
	for _, f := range h.files {
		if f.test || f.generated || !strings.HasPrefix(f.dir, "internal/") || strings.HasSuffix(f.dir, "/hostile") {
			continue
		}
		for _, d := range f.tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Recv == nil && reader.MatchString(fn.Name.Name) && slices.ContainsFunc(fn.Type.Params.List, fromOutside) {
				all = append(all, f.dir+"."+fn.Name.Name)
			}
		}
	}
	return all
}

func fromOutside(p *ast.Field) bool {
	switch t := p.Type.(type) {
	case *ast.Ident:
		return t.Name == "string"
	case *ast.ArrayType:
		e, ok := t.Elt.(*ast.Ident)
		return ok && e.Name == "byte"
	case *ast.SelectorExpr:
		x, ok := t.X.(*ast.Ident)
		return ok && x.Name == "io" && strings.HasPrefix(t.Sel.Name, "Reader")
	}
	return false
}
