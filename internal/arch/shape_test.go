package arch

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// The sizes beyond which a guard warns, and beyond which it refuses.
const (
	fileWarn, fileMost         = 400, 600
	functionWarn, functionMost = 60, 80
	parametersMost             = 5
	packageMost                = 3000
)

func TestFileLength(t *testing.T) {
	for _, s := range theHouse(t).files {
		if !s.generated && s.lines() > fileWarn {
			t.Logf("WARNING %s has %d lines: 400 is long", s.path, s.lines())
		}
	}
	hold(t, fileLengthFaults)
}

func fileLengthFaults(h *house) (faults []string) {
	for _, s := range h.files {
		if !s.generated && s.lines() > fileMost {
			faults = append(faults, fmt.Sprintf("%s has %d lines: %d at most", s.path, s.lines(), fileMost))
		}
	}
	return faults
}

func TestFunctionLength(t *testing.T) {
	h := theHouse(t)
	for _, s := range h.production() {
		eachFunction(s, func(name string, f *ast.FuncDecl) {
			if n := h.length(f); n > functionWarn {
				t.Logf("WARNING %s: %s has %d lines: 60 is long", h.at(f.Pos()), name, n)
			}
		})
	}
	hold(t, functionLengthFaults)
}

func functionLengthFaults(h *house) (faults []string) {
	for _, s := range h.production() {
		eachFunction(s, func(name string, f *ast.FuncDecl) {
			if n := h.length(f); n > functionMost {
				faults = append(faults, fmt.Sprintf("%s: %s has %d lines: %d at most", h.at(f.Pos()), name, n, functionMost))
			}
		})
	}
	return faults
}

func (h *house) length(f *ast.FuncDecl) int {
	return h.set.Position(f.End()).Line - h.set.Position(f.Pos()).Line + 1
}

func eachFunction(s *source, f func(name string, decl *ast.FuncDecl)) {
	for _, decl := range s.tree.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			f(fn.Name.Name, fn)
		}
	}
}

func TestParameters(t *testing.T) { hold(t, parameterFaults) }

// plumbing are the types that come with every act or every page: who asks, where it
// is read or written, the request and its answer.
var plumbing = []string{"context.Context", "account.User", "*db.Tx", "db.Reader", "http.ResponseWriter", "*http.Request"}

// parameterFaults does not count the plumbing.
func parameterFaults(h *house) (faults []string) {
	for _, s := range h.production() {
		eachFunction(s, func(name string, f *ast.FuncDecl) {
			n := 0
			for _, p := range parameters(f) {
				if !slices.Contains(plumbing, p.kind) && !(p.kind == "User" && p.name == "by") {
					n++
				}
			}
			if n > parametersMost {
				faults = append(faults, fmt.Sprintf("%s: %s takes %d parameters: %d at most, then a struct with names", h.at(f.Pos()), name, n, parametersMost))
			}
		})
	}
	return faults
}

type parameter struct{ name, kind string }

func parameters(f *ast.FuncDecl) (all []parameter) {
	for _, field := range f.Type.Params.List {
		if len(field.Names) == 0 {
			all = append(all, parameter{"", typeName(field.Type)})
		}
		for _, name := range field.Names {
			all = append(all, parameter{name.Name, typeName(field.Type)})
		}
	}
	return all
}

// typeName writes the types that the guards care about, and "" for the others.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return typeName(e.X)
	}
	return ""
}

// larger lists the packages that may exceed the size, by how much, and why.
var larger = map[string]int{
	"internal/privacy":         4100, // the data map has one entry a table of the whole house, and says what a person's erasure and a project's end make of each
	"internal/app/demo":        5000, // one play in the order of time, a file for each part of the house that plays in it
	"internal/agenda/compose":  3300, // one gathering made ready, which plans are made from and repaired by: meetings, tables and rooms share it
	"internal/notify":          3400, // one catalogue of mails and one outbox; a file for each part of the house whose news it tells
	"internal/form":            6000, // about thirty types of field, a file each, that share one interface
	"internal/solve/timetable": 4000, // one instance, read once for the search, the repair, the bound and the explanation; the checker beside them
	"internal/solve/assign":    4400, // one search, from the problem to its explanation: the exchanges and the cases all read the same bounds
}

func TestPackageSize(t *testing.T) { hold(t, packageSizeFaults) }

func packageSizeFaults(h *house) (faults []string) {
	sizes := map[string]int{}
	for _, s := range h.production() {
		sizes[s.dir] += s.lines()
	}
	for dir, n := range sizes {
		if most := max(packageMost, larger[dir]); n > most {
			faults = append(faults, fmt.Sprintf("%s has %d lines: %d at most", dir, n, most))
		}
	}
	return faults
}

var banned = []string{"utils", "util", "helpers", "helper", "common", "models", "model", "manager", "types", "misc", "shared"}

func TestNames(t *testing.T) { hold(t, nameFaults) }

func nameFaults(h *house) (faults []string) {
	for _, s := range h.files {
		base := strings.TrimSuffix(strings.TrimSuffix(path.Base(s.path), ".go"), "_test")
		for _, name := range append(strings.Split(s.dir, "/"), base, s.tree.Name.Name) {
			if slices.Contains(banned, name) {
				faults = append(faults, fmt.Sprintf("%s: %q says nothing of what is inside", s.path, name))
			}
		}
	}
	return faults
}
