package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"transformateur/internal/i18n"
)

// builtFromData are the beginnings of the keys that no line of code spells out in
// full, beyond those that a concatenation shows ("errs.title_" + kind).
var builtFromData = []string{
	"errs.",          // "errs." + the kind of an error
	"form.family_",   // the families, operators and ready forms of the form engine,
	"form.operator_", // under the names it gives them
	"form.ready_",
	"journal.act_", // the acts and the kinds that the journal keeps
	"journal.kind_",
	"ui.limit_characters", // Limit.key, then _left or _over
	"ui.limit_lines",
}

var keyShape = regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9_]+)+$`)

func TestKeysAreInTheCatalogues(t *testing.T) { hold(t, missingKeyFaults) }

// missingKeyFaults: a key that no catalogue holds would show as ‹key›.
func missingKeyFaults(h *house) (faults []string) {
	for _, s := range h.files {
		if s.test {
			continue
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			for _, lit := range keysOf(s, n) {
				key, err := strconv.Unquote(lit.Value)
				if err == nil && key != "" && !i18n.Has(key) {
					faults = append(faults, fmt.Sprintf("%s: no catalogue says %q", h.at(lit.Pos()), key))
				}
			}
			return true
		})
	}
	return faults
}

// keysOf lists the literals of a node that must be message keys.
func keysOf(s *source, n ast.Node) []*ast.BasicLit {
	i18nName, errsName := s.imported(module+"/internal/i18n"), s.imported(module+"/internal/platform/errs")
	if s.dir == "internal/platform/errs" || s.dir == "internal/i18n" {
		return nil
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		switch name := typeName(n.Fun); {
		case i18nName != "" && contains(name, i18nName, "T", "N", "Say", "SayN", "Message"):
			return literals(n.Args, 1)
		case i18nName != "" && contains(name, i18nName, "Has"):
			return literals(n.Args, 0)
		case errsName != "" && contains(name, errsName, "New"):
			return literals(n.Args, 1)
		case errsName != "" && contains(name, errsName, "NewInvalid"):
			return literals(n.Args, 0)
		}
	case *ast.CompositeLit:
		name := typeName(n.Type)
		if array, ok := n.Type.(*ast.ArrayType); ok && errsName != "" && typeName(array.Elt) == errsName+".Field" {
			var all []*ast.BasicLit
			for _, e := range n.Elts {
				if inner, ok := e.(*ast.CompositeLit); ok && inner.Type == nil {
					all = append(all, fieldKeys(inner)...)
				}
			}
			return all
		}
		if errsName != "" && contains(name, errsName, "Field", "Error") {
			return fieldKeys(n)
		}
	}
	return nil
}

func fieldKeys(n *ast.CompositeLit) []*ast.BasicLit {
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && typeName(kv.Key) == "Key" {
			return literals([]ast.Expr{kv.Value}, 0)
		}
	}
	if len(n.Elts) > 0 {
		if _, named := n.Elts[0].(*ast.KeyValueExpr); !named {
			return literals(n.Elts, 1)
		}
	}
	return nil
}

func contains(name, pkg string, of ...string) bool {
	for _, f := range of {
		if name == pkg+"."+f {
			return true
		}
	}
	return false
}

func literals(args []ast.Expr, i int) []*ast.BasicLit {
	if i < len(args) {
		if lit, ok := args[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			return []*ast.BasicLit{lit}
		}
	}
	return nil
}

func TestCatalogueKeysAreUsed(t *testing.T) {
	used := usedKeys(theHouse(t))
	for _, key := range i18n.Keys(i18n.FR) {
		if !used(key) {
			t.Errorf("%s is in the catalogues and nothing says it", key)
		}
	}
}

// usedKeys reads every literal of the program; one on the left of a "+" is the
// beginning of keys that are built.
func usedKeys(h *house) func(key string) bool {
	whole, beginnings := map[string]bool{}, map[string]bool{}
	for _, s := range h.files {
		if s.test {
			continue
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if lit, ok := n.X.(*ast.BasicLit); ok && n.Op == token.ADD && lit.Kind == token.STRING {
					if text, err := strconv.Unquote(lit.Value); err == nil && strings.Contains(text, ".") && keyShape.MatchString(text+"x") {
						beginnings[text] = true
					}
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && keyShape.MatchString(text) {
					whole[text] = true
				}
			}
			return true
		})
	}
	for _, beginning := range builtFromData {
		beginnings[beginning] = true
	}
	return func(key string) bool {
		if whole[key] {
			return true
		}
		for beginning := range beginnings {
			if strings.HasPrefix(key, beginning) {
				return true
			}
		}
		return false
	}
}
