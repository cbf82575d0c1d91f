package scheme_test

import (
	"strings"
	"testing"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/scheme"
	"transformateur/internal/scheme/procedure"
)

const (
	begin = "https://www.demarches-simplifiees.fr/commencer/fact"
	form1 = `{"number":42,"title":"FACT","revision":{"champDescriptors":[{"id":"a1","type":"text","label":"Intitulé du projet"},{"id":"b2","type":"textarea","label":"Vos attentes"}]}}`
	form2 = `{"number":42,"title":"FACT 2","revision":{"champDescriptors":[{"id":"b2","type":"textarea","label":"Vos attentes"},{"id":"c3","type":"siret","label":"SIRET"}]}}`
)

func TestTheProcedureOfAScheme(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.published(scheme.Sheet{Name: "Fonds"})
		bring := func(form string, version int64) error {
			return w.schemes.BringProcedure(ctx, w.head, id, begin, strings.NewReader(form), version)
		}
		now := func() scheme.Procedure {
			_, p, err := w.schemes.Procedure(ctx, w.head, id)
			w.Must(err)
			return p
		}
		wants(t, "by a team", w.schemes.BringProcedure(ctx, w.Ana, id, begin, strings.NewReader(form1), 0), errs.Forbidden, "")
		_, _, err := w.schemes.Procedure(ctx, w.Ana, id)
		wants(t, "read by a team", err, errs.Forbidden, "")
		wants(t, "what is no form", bring("[]", 0), errs.Invalid, "")
		wants(t, "an address of nowhere", w.schemes.BringProcedure(ctx, w.head, id, "fact", strings.NewReader(form1), 0), errs.Invalid, "")
		if p := now(); p.Version != 0 {
			t.Fatalf("%+v", p)
		}
		w.Must(bring(form1, 0))
		wants(t, "twice at once", bring(form2, 0), errs.Conflict, "scheme.stale")
		if p := now(); p.Version != 1 || p.By != "Head" || p.Address != begin || p.Form.Title != "FACT" || p.Mapping["a1"] != scheme.FillTitle || p.Mapping["b2"] != "" {
			t.Fatalf("%+v", p)
		}
		w.Must(w.schemes.MapProcedure(ctx, w.head, id, procedure.Mapping{"a1": "secret", "b2": scheme.FillSummary, "z9": scheme.FillTitle}, 1))
		wants(t, "over an old version", w.schemes.MapProcedure(ctx, w.head, id, nil, 1), errs.Conflict, "scheme.stale")
		wants(t, "by a team", w.schemes.MapProcedure(ctx, w.Ana, id, nil, 2), errs.Forbidden, "")
		if m := now().Mapping; len(m) != 1 || m["b2"] != scheme.FillSummary {
			t.Fatalf("%v", m)
		}
		w.Must(bring(form2, 2))
		if p := now(); p.Form.Title != "FACT 2" || p.Mapping["b2"] != scheme.FillSummary || p.Mapping["c3"] != scheme.FillSIRET || p.Mapping["a1"] != "" {
			t.Errorf("what was chosen for a field that is still there is lost: %+v", p)
		}
		v, err := w.schemes.Dossier(ctx, w.Ana, w.campus, id)
		w.Must(err)
		if v.Procedure.Version != 3 {
			t.Errorf("the dossier does not know its procedure: %+v", v.Procedure)
		}
		wants(t, "an old version", w.schemes.RemoveProcedure(ctx, w.head, id, 2), errs.Conflict, "scheme.stale")
		w.Must(w.schemes.RemoveProcedure(ctx, w.head, id, 3))
		if p := now(); p.Version != 0 {
			t.Errorf("%+v", p)
		}
	})
}
