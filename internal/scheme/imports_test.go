package scheme_test

import (
	"fmt"
	"strings"
	"testing"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/scheme"
	"transformateur/internal/scheme/harvest"
)

// brings sends a list up.
func (w *world) brings(content string) string {
	w.T.Helper()
	id, err := w.schemes.StartImport(ctx, w.head, w.agency, scheme.Upload{Name: "liste.csv", List: "Les Aides", Address: "https://liste.example/export.csv", Licence: "Licence Ouverte 2.0", Content: strings.NewReader(content)})
	w.Must(err)
	return id
}

func (w *world) previews(id string) scheme.Preview {
	w.T.Helper()
	v, err := w.schemes.PreviewImport(ctx, w.head, w.agency, id, "", 1)
	w.Must(err)
	return v
}

// applies takes all rows of an import that are picked.
func (w *world) applies(id string) int {
	w.T.Helper()
	n, err := w.schemes.ApplyImport(ctx, w.head, w.agency, id, w.previews(id).Version)
	w.Must(err)
	return n
}

// from finds a scheme of the catalogue by its number in the list.
func (w *world) from(number string) scheme.Scheme {
	w.T.Helper()
	list, err := w.schemes.List(ctx, w.head, w.agency, scheme.Filter{})
	w.Must(err)
	for _, one := range list {
		if one.Origin == "les-aides:"+number {
			return one
		}
	}
	return scheme.Scheme{}
}

// first is a list of four rows: two schemes, the second replacing the first, one without a
// name and one whose number stands twice.
const first = "id;nom;objet;taux;remplacé par\n1;Ancienne aide;Étudier;50;2\n2;Aide nouvelle;Faire;80;\n3;;Rien;;\n2;Encore;;;\n"

func TestAListIsTakenOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.schemes.StartImport(ctx, w.Ana, w.agency, scheme.Upload{Content: strings.NewReader(first)})
		wants(t, "a team brings a list", err, errs.Forbidden, "")
		id := w.brings(first)
		v := w.previews(id)
		if v.Counts[scheme.Fresh] != 2 || v.Counts[scheme.Refused] != 2 || v.Taken != 2 || v.Rows[2].Problems[0].Key != "scheme.row_name_missing" || v.Rows[3].Problems[0].Value != "3" || v.Rows[3].Line != 5 {
			t.Fatalf("%v %+v", v.Counts, v.Rows)
		}
		if list, err := w.schemes.List(ctx, w.head, w.agency, scheme.Filter{}); err != nil || len(list) > 0 {
			t.Fatalf("%d schemes before it is applied, %v", len(list), err)
		}
		_, err = w.schemes.PreviewImport(ctx, w.head, programme.AgencyID("other"), id, "", 1)
		wants(t, "in another agency", err, errs.Forbidden, "")
		if n := w.applies(id); n != 2 {
			t.Fatalf("%d written", n)
		}
		_, err = w.schemes.ApplyImport(ctx, w.head, w.agency, id, v.Version)
		wants(t, "twice", err, errs.Conflict, "scheme.import_ended")
		one, two := w.from("1"), w.from("2")
		if one.State != scheme.Draft || one.Rate != 50 || one.ReplacedBy != two.ID || one.SourceURL != "https://liste.example/export.csv" || one.SourceOn == "" || one.CheckedOn == "" {
			t.Fatalf("%+v", one)
		}
		source, err := w.schemes.Source(ctx, w.head, one.ID)
		if err != nil || source.List != "Les Aides" || source.Number != "1" || source.Licence != "Licence Ouverte 2.0" || source.SeenBy != "Head" || source.Missing != "" {
			t.Errorf("%+v %v", source, err)
		}
		again := w.brings(first)
		if v := w.previews(again); v.Counts[scheme.Same] != 2 || v.Taken != 0 {
			t.Errorf("the same list again: %v %+v", v.Counts, v.Rows[0].Changes)
		}
		if n := w.applies(again); n != 0 || w.from("1").Version != one.Version {
			t.Errorf("the same list again wrote %d", n)
		}
		done := w.previews(id)
		if done.State != scheme.Applied || done.Counts[scheme.Fresh] != 2 || done.Rows[0].Name != "Ancienne aide" || done.Rows[0].Scheme != one.ID {
			t.Errorf("the report: %+v", done.Rows)
		}
	})
}

func TestWhatWasWrittenHereStays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.applies(w.brings("id;nom;objet;taux\n1;Aide;Étudier;50\n2;Autre;Faire;10\n3;Vieille;Rien;\n"))
		one, old := w.from("1"), w.from("3")
		sheet := one.Sheet
		sheet.Purpose, sheet.Name = "Étudier, et bien plus", "Aide à nous"
		w.Must(w.schemes.Edit(ctx, w.head, one.ID, sheet, one.Version))
		w.Must(w.schemes.Move(ctx, w.head, old.ID, scheme.Archived, old.Version))
		id := w.brings("id;nom;objet;taux\n1;Aide du fonds;Étudier;60\n3;Vieille;Autre chose;\n4;Dernière;Voir;\n")
		v := w.previews(id)
		if v.Counts[scheme.Changed] != 1 || v.Counts[scheme.Stands] != 1 || v.Counts[scheme.Fresh] != 1 || len(v.Missing) != 1 || v.Missing[0].Name != "Autre" {
			t.Fatalf("%v %+v", v.Counts, v.Missing)
		}
		if c := v.Rows[0].Changes; len(c) != 2 || c[0].Field != "name" || c[0].Before != "Aide à nous" || !c[0].Ours || c[1].Field != "rate" || c[1].Ours {
			t.Fatalf("%+v", c)
		}
		picks := scheme.Picks{Shown: []int{2, 4}, Taken: []int{2}, Version: v.Version + 1}
		wants(t, "rows that were others", w.schemes.PickRows(ctx, w.head, w.agency, id, picks), errs.Conflict, "scheme.stale")
		wants(t, "all, that were others", w.schemes.PickAll(ctx, w.head, w.agency, id, false, picks.Version), errs.Conflict, "scheme.stale")
		picks.Version = v.Version
		w.Must(w.schemes.PickRows(ctx, w.head, w.agency, id, picks))
		if n := w.applies(id); n != 1 {
			t.Fatalf("%d written", n)
		}
		if now := w.from("1"); now.Name != "Aide du fonds" || now.Purpose != "Étudier, et bien plus" || now.Rate != 60 {
			t.Errorf("%+v", now.Sheet)
		}
		if now := w.from("3"); now.Purpose != "Rien" || now.State != scheme.Archived {
			t.Errorf("an archived scheme: %+v", now)
		}
		if w.from("4").ID != "" || w.previews(id).Counts[scheme.LeftOut] != 1 {
			t.Error("a row that was left out was taken")
		}
		missing, err := w.schemes.Missing(ctx, w.head, w.agency)
		if err != nil || len(missing) != 1 || missing[0].Name != "Autre" || missing[0].State != scheme.Draft {
			t.Errorf("%+v %v", missing, err)
		}
		now := w.from("1")
		w.Must(w.schemes.Restore(ctx, w.head, now.ID, 2, now.Version))
		if back := w.from("1"); back.Name != "Aide à nous" || back.Rate != 50 {
			t.Errorf("back: %+v", back.Sheet)
		}
		wants(t, "to a version that is not there", w.schemes.Restore(ctx, w.head, now.ID, 99, now.Version+1), errs.Invalid, "scheme.version_unknown")
		wants(t, "over an old version", w.schemes.Restore(ctx, w.head, now.ID, 1, 1), errs.Conflict, "scheme.stale")
	})
}

func TestImportsThatWait(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.schemes.StartImport(ctx, w.head, w.agency, scheme.Upload{Content: strings.NewReader(first)})
		wants(t, "without its name", err, errs.Invalid, "")
		id := w.brings("clef;label\n1;Aide\n")
		v := w.previews(id)
		_, err = w.schemes.ApplyImport(ctx, w.head, w.agency, id, v.Version)
		wants(t, "without a mapping", err, errs.Invalid, "scheme.mapping_invalid")
		wants(t, "a target of ours", w.schemes.PlanImport(ctx, w.head, w.agency, id, scheme.Planned{Mapping: harvest.Mapping{"number", "state"}, Version: 1}), errs.Invalid, "scheme.mapping_invalid")
		w.Must(w.schemes.PlanImport(ctx, w.head, w.agency, id, scheme.Planned{Mapping: harvest.Mapping{"number", "name"}, Publish: true, Whole: true, Version: 1}))
		wants(t, "over an old version", w.schemes.PlanImport(ctx, w.head, w.agency, id, scheme.Planned{Mapping: harvest.Mapping{"number", "name"}, Version: 1}), errs.Conflict, "scheme.stale")
		_, err = w.schemes.ApplyImport(ctx, w.head, w.agency, id, 1)
		wants(t, "applied as it was", err, errs.Conflict, "scheme.stale")
		if w.applies(id); w.from("1").State != scheme.Published {
			t.Error("it is not published")
		}
		if v := w.previews(w.brings("clef;label\n1;Aide\n")); v.Mapping[1] != "name" {
			t.Errorf("the mapping was forgotten: %q", v.Mapping)
		}
		for range scheme.MaxWaiting - 1 {
			id = w.brings("clef;label\n1;Aide\n")
		}
		_, err = w.schemes.StartImport(ctx, w.head, w.agency, scheme.Upload{List: "x", Content: strings.NewReader(first)})
		wants(t, "too many", err, errs.Conflict, "scheme.imports_many")
		w.Must(w.schemes.DropImport(ctx, w.head, w.agency, id))
		wants(t, "put away twice", w.schemes.DropImport(ctx, w.head, w.agency, id), errs.Conflict, "scheme.import_ended")
	})
}

func TestThreeThousandRows(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	var b strings.Builder
	b.WriteString("id;nom;objet\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "%d;Aide numéro %d;%s\n", i, i, strings.Repeat("Une aide pour un projet. ", 40))
	}
	id := w.brings(b.String())
	if v := w.previews(id); v.Counts[scheme.Fresh] != 3000 || len(v.Rows) != scheme.RowsPerPage || v.Pages != 60 {
		t.Fatalf("%v, %d rows, %d pages", v.Counts, len(v.Rows), v.Pages)
	}
	if n := w.applies(id); n != 3000 {
		t.Fatalf("%d written", n)
	}
}
