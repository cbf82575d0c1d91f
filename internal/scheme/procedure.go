package scheme

import (
	"regexp"

	"transformateur/internal/platform/errs"
	"transformateur/internal/scheme/eligible"
)

var (
	procedureName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,199}$`)
	fieldName     = regexp.MustCompile(`^[A-Za-z0-9+/=_-]{1,60}$`)
)

// checkProcedure tells what is wrong with how a dossier is filled in beforehand.
func (w *Sheet) checkProcedure() (bad []errs.Field) {
	if w.Procedure != "" && !procedureName.MatchString(w.Procedure) {
		bad = append(bad, errs.Field{Path: "procedure", Key: "scheme.procedure_wrong"})
	}
	for key, field := range w.Fields {
		if _, known := eligible.Find(key); (!known && key != "title") || !fieldName.MatchString(field) {
			bad = append(bad, errs.Field{Path: "fields", Key: "scheme.field_wrong"})
			break
		}
	}
	return bad
}
