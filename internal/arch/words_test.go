package arch

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPackageComments(t *testing.T) { hold(t, packageCommentFaults) }

var sentenceEnd = regexp.MustCompile(`[.!?]\s+\p{Lu}`)

// packageCommentFaults wants one comment a package, of one sentence that defines its word.
func packageCommentFaults(h *house) (faults []string) {
	comments := map[string][]string{}
	var dirs []string
	for _, s := range h.files {
		if s.test {
			continue
		}
		if _, seen := comments[s.dir]; !seen {
			comments[s.dir] = nil
			dirs = append(dirs, s.dir)
		}
		if s.tree.Doc != nil && !s.generated {
			comments[s.dir] = append(comments[s.dir], strings.Join(strings.Fields(s.tree.Doc.Text()), " "))
		}
	}
	for _, dir := range dirs {
		switch all := comments[dir]; {
		case len(all) == 0:
			faults = append(faults, dir+": no package comment")
		case len(all) > 1:
			faults = append(faults, fmt.Sprintf("%s: %d package comments, one defines it", dir, len(all)))
		case !strings.HasPrefix(all[0], "Package ") && !strings.HasPrefix(all[0], "Command "):
			faults = append(faults, dir+": the package comment starts with its name")
		case !strings.HasSuffix(all[0], ".") || sentenceEnd.MatchString(all[0]):
			faults = append(faults, dir+": the package comment is one sentence: "+all[0])
		}
	}
	return faults
}

func TestDocstrings(t *testing.T) { hold(t, docstringFaults) }

// docstringFaults wants words on every exported name of what others build upon.
func docstringFaults(h *house) (faults []string) {
	for _, s := range h.production() {
		kind, _ := kindOf(s.dir)
		if !slices.Contains([]string{"capability", "foundation", "platform", "dbtest", "solve", "i18n", "ui"}, kind) {
			continue
		}
		for _, decl := range s.tree.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && ofExported(d) && d.Doc == nil {
					faults = append(faults, fmt.Sprintf("%s: %s has no docstring", h.at(d.Pos()), d.Name.Name))
				}
			case *ast.GenDecl:
				for _, name := range undocumented(d) {
					faults = append(faults, fmt.Sprintf("%s: %s has no docstring", h.at(name.Pos()), name.Name))
				}
			}
		}
	}
	return faults
}

// ofExported says whether a function can be called from outside its package.
func ofExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	return ast.IsExported(strings.TrimPrefix(typeName(f.Recv.List[0].Type), "*"))
}

// undocumented lists the exported names of a declaration that neither it, nor their line, explains.
func undocumented(d *ast.GenDecl) (names []*ast.Ident) {
	if d.Doc != nil {
		return nil
	}
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && spec.Doc == nil {
				names = append(names, spec.Name)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && spec.Doc == nil && spec.Comment == nil {
					names = append(names, name)
				}
			}
		}
	}
	return names
}
