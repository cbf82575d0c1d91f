package formview

import (
	"strings"

	"transformateur/internal/form"
)

// parts are the composite types whose parts have controls of their own.
var parted = map[string]bool{
	"period": true, "linked": true, "matrix": true, "shares": true, "assessment": true,
	"organisation": true, "contact": true, "address": true,
}

// target is the path of the control, below "f.", that a problem is about: the
// element with the id ui.FieldID("f." + target), which every step has.
func target(f *form.Field, path string) string {
	rest, below := strings.CutPrefix(path, f.ID+".")
	switch {
	case f.Type == "organisation" && below && rest == "kind":
		return f.ID + ".id"
	case below && parted[f.Type]:
		return path
	case below && len(f.Columns()) > 0:
		if row, cell, ok := strings.Cut(rest, "."); ok {
			column, _, _ := strings.Cut(cell, ".")
			return f.ID + "." + row + "." + column
		}
	case below && f.Type == "budget" && strings.Count(rest, ".") == 2:
		return path
	}
	return f.ID
}

// group says whether the types's controls stand in a group that carries the id
// of the question, because no single control can.
func grouped(f *form.Field) bool {
	switch f.Type {
	case "ranking", "budget", "territory", "file":
		return true
	}
	return parted[f.Type] || len(f.Columns()) > 0
}
