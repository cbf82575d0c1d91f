package scheme_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/form/rule"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/scheme"
	"transformateur/internal/scheme/eligible"
)

var ctx = context.Background()

// world has an agency whose catalogue Head keeps, and two projects: Ana's and Bob's.
type world struct {
	*gatheringtest.World
	schemes        *scheme.Service
	head           account.User
	agency         programme.AgencyID
	campus, garden project.ID
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.schemes = scheme.New(d, w.Clock, w.Policy)
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	w.head = w.Signed("head@agence.example", "Head")
	p, err := project.Load(ctx, d.Reader(), w.campus)
	w.Must(err)
	for _, ref := range p.Object().Within {
		if ref.Kind == "agency" {
			w.agency = programme.AgencyID(ref.ID)
		}
	}
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.head.ID), Relation: "lead", Object: policy.Ref{Kind: "agency", ID: string(w.agency)}})
	}))
	return w
}

// published writes a scheme and publishes it.
func (w *world) published(sheet scheme.Sheet) scheme.ID {
	w.T.Helper()
	id, err := w.schemes.Create(ctx, w.head, w.agency, sheet)
	w.Must(err)
	w.Must(w.schemes.Move(ctx, w.head, id, scheme.Published, 1))
	return id
}

func criterion(t *testing.T, lines ...eligible.Line) eligible.Criterion {
	t.Helper()
	c, err := eligible.Of(lines...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func cents(n int64) *int64 { return &n }

func TestTheShippedCatalogueOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.schemes.Start(ctx, w.Ana, w.agency)
		wants(t, "a team starts", err, errs.Forbidden, "")
		n, err := w.schemes.Start(ctx, w.head, w.agency)
		if err != nil || n < 6 {
			t.Fatalf("%d schemes, %v", n, err)
		}
		_, err = w.schemes.Start(ctx, w.head, w.agency)
		wants(t, "twice", err, errs.Conflict, "scheme.shipped_already")
		list, err := w.schemes.List(ctx, w.head, w.agency, scheme.Filter{})
		w.Must(err)
		if len(list) != n {
			t.Errorf("%d schemes in the list", len(list))
		}
		for _, one := range list {
			if one.Source == "" || len(one.Criteria) == 0 {
				t.Errorf("%s has no source or no rule", one.Name)
			}
		}
		v, err := w.schemes.Orientation(ctx, w.Ana, w.campus, "")
		w.Must(err)
		for _, o := range append(append(v.Eligible, v.ToComplete...), v.Refused...) {
			if o.State != scheme.Published || strings.Contains(o.Name, "FIRH") || strings.Contains(o.Name, "FAIRH") {
				t.Errorf("%s is proposed", o.Name)
			}
		}
		if len(v.ToComplete) != 4 || v.Questions[0].Key != "structure" && v.Questions[0].Key != "ownership" {
			t.Errorf("%d to complete, first question %+v", len(v.ToComplete), v.Questions)
		}
		w.Must(w.schemes.Tell(ctx, w.Ana, w.campus, map[string][]string{"structure": {"company"}, "ownership": {"private"}, "headcount": {"12,5"}, "department": {"14"}, "expense": {"consulting"}}))
		v, err = w.schemes.Orientation(ctx, w.Lead, w.campus, "")
		w.Must(err)
		if len(v.Eligible) != 1 || v.Eligible[0].Name != "Impulsion Conseil" || len(v.Refused) != 2 || len(v.ToComplete) != 1 {
			t.Errorf("eligible %v, to complete %v, refused %v", v.Eligible, v.ToComplete, v.Refused)
		}
	})
}

func TestArchivedOrExpiredIsNeverProposed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	today := w.Clock.Now().Format("2006-01-02")
	for name, sheet := range map[string]scheme.Sheet{"over": {ValidTo: "2020-01-01"}, "to come": {ValidFrom: "2999-01-01"}, "today": {ValidFrom: today, ValidTo: today}} {
		sheet.Name = name
		w.published(sheet)
	}
	gone := w.published(scheme.Sheet{Name: "gone"})
	w.Must(w.schemes.Move(ctx, w.head, gone, scheme.Archived, 2))
	v, err := w.schemes.Orientation(ctx, w.Ana, w.campus, "")
	w.Must(err)
	if len(v.Eligible) != 1 || v.Eligible[0].Name != "today" || len(v.ToComplete)+len(v.Refused) != 0 {
		t.Errorf("proposed: %+v", v)
	}
	wants(t, "kept though archived", w.schemes.Note(ctx, w.Ana, w.campus, gone, scheme.Noted{To: scheme.Kept}), errs.Conflict, "scheme.not_proposed")
}

func TestHowFarAProjectGoes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.published(scheme.Sheet{Name: "Conseil"})
		note := func(by account.User, n scheme.Noted) error { return w.schemes.Note(ctx, by, w.campus, id, n) }
		wants(t, "requested at once", note(w.Ana, scheme.Noted{To: scheme.Requested}), errs.Conflict, "scheme.step_order")
		wants(t, "another team", note(w.Bob, scheme.Noted{To: scheme.Kept}), errs.NotFound, "")
		w.Must(note(w.Lead, scheme.Noted{To: scheme.Suggested, Why: "Pour le conseil"}))
		wants(t, "twice", note(w.Lead, scheme.Noted{To: scheme.Suggested, Version: 1}), errs.Conflict, "scheme.step_order")
		wants(t, "an old page", note(w.Ana, scheme.Noted{To: scheme.Kept}), errs.Conflict, "scheme.stale")
		wants(t, "rejected without a reason", note(w.Ana, scheme.Noted{To: scheme.Rejected, Version: 1}), errs.Invalid, "")
		w.Must(note(w.Ana, scheme.Noted{To: scheme.Kept, Version: 1}))
		w.Must(note(w.Ana, scheme.Noted{To: scheme.Requested, Amount: cents(800000), Version: 2}))
		wants(t, "obtained before it was asked", note(w.Ana, scheme.Noted{To: scheme.Obtained, Amount: cents(1), Day: "2020-01-01", Version: 3}), errs.Invalid, "")
		wants(t, "in the future", note(w.Ana, scheme.Noted{To: scheme.Obtained, Amount: cents(1), Day: "2999-01-01", Version: 3}), errs.Invalid, "")
		wants(t, "obtained without a sum", note(w.Ana, scheme.Noted{To: scheme.Obtained, Version: 3}), errs.Invalid, "")
		w.Must(note(w.Lead, scheme.Noted{To: scheme.Obtained, Amount: cents(700000), Version: 3}))
		wants(t, "paid too much", note(w.Ana, scheme.Noted{To: scheme.Paid, Amount: cents(700001), Version: 4}), errs.Invalid, "")
		w.Must(note(w.Ana, scheme.Noted{To: scheme.Paid, Amount: cents(700000), Version: 4}))
		w.Must(w.schemes.Undo(ctx, w.Ana, w.campus, id, "Versé à un autre projet", 5))
		one, err := w.schemes.One(ctx, w.Ana, w.campus, id)
		w.Must(err)
		if one.Followed.State != scheme.Obtained || one.Followed.Paid != nil || *one.Followed.Obtained != 700000 || len(one.Steps) != 5 || one.Steps[4].Undone.IsZero() {
			t.Errorf("after it was taken back: %+v %+v", one.Followed, one.Steps)
		}
		v, err := w.schemes.Edition(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if len(v.ByScheme) != 1 || v.ByScheme[0].Obtained != 700000 || v.ByScheme[0].Requested != 800000 || v.ByScheme[0].Counts[scheme.Obtained] != 1 || v.ByProject[0].Name != "Campus" {
			t.Errorf("figures %+v", v)
		}
		_, err = w.schemes.Edition(ctx, w.Ana, gatheringtest.Edition)
		if err == nil {
			t.Error("a team reads the figures of the edition")
		}
		wants(t, "another team reads", one2(w.schemes.One(ctx, w.Bob, w.campus, id)), errs.NotFound, "")
		wants(t, "another team reads the list", one2(w.schemes.Orientation(ctx, w.Bob, w.campus, "")), errs.NotFound, "")
	})
}

func one2[T any](_ T, err error) error { return err }

func TestChangesAreKept(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.published(scheme.Sheet{Name: "Conseil"})
		wants(t, "over an old version", w.schemes.Edit(ctx, w.head, id, scheme.Sheet{Name: "Autre"}, 1), errs.Conflict, "scheme.stale")
		w.Must(w.schemes.Edit(ctx, w.head, id, scheme.Sheet{Name: "Conseil renommé"}, 2))
		w.Must(w.schemes.Check(ctx, w.head, id, 3))
		_, list, err := w.schemes.History(ctx, w.head, id)
		w.Must(err)
		var acts []string
		for _, v := range list {
			acts = append(acts, v.Act+" "+v.Sheet.Name+" "+v.By)
		}
		if got := strings.Join(acts, ", "); got != "checked Conseil renommé Head, changed Conseil renommé Head, published Conseil Head, created Conseil Head" {
			t.Errorf("history: %s", got)
		}
		wants(t, "somebody else changes", w.schemes.Edit(ctx, w.Ana, id, scheme.Sheet{Name: "x"}, 4), errs.Forbidden, "")
		wants(t, "no name", w.schemes.Edit(ctx, w.head, id, scheme.Sheet{Link: "javascript:alert(1)", ValidFrom: "2026-02-30", Rate: 120}, 4), errs.Invalid, "")
		wants(t, "replaced by itself", w.schemes.Edit(ctx, w.head, id, scheme.Sheet{Name: "x", ReplacedBy: id}, 4), errs.Invalid, "")
		draft, err := w.schemes.Create(ctx, w.head, w.agency, scheme.Sheet{Name: "En préparation"})
		w.Must(err)
		if _, err := w.schemes.Read(ctx, w.Ana, draft); err == nil {
			t.Error("a draft is read by anybody")
		}
		if v, err := w.schemes.Read(ctx, w.Ana, id); err != nil || v.Manages {
			t.Errorf("published: %+v %v", v, err)
		}
	})
}

func TestWhatIsKnown(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.Accounts.CreateOrganisation(ctx, w.Ana, account.Description{Name: "Coop du port", Kind: account.Association, Territory: "14118"}, "")
		w.Must(err)
		known := func() map[string]string {
			v, err := w.schemes.Facts(ctx, w.Ana, w.campus)
			w.Must(err)
			m := map[string]string{}
			for _, k := range v.Known {
				if k.Value != nil {
					m[k.Key] = fmt.Sprint(k.Origin, " ", k.Value)
				}
			}
			return m
		}
		if got := known(); got["structure"] != "organisation association" || got["department"] != "organisation 14" || got["region"] != "organisation 28" {
			t.Errorf("from the organisation: %v", got)
		}
		w.Must(w.schemes.Tell(ctx, w.Ana, w.campus, map[string][]string{"structure": {"company"}, "region": {""}, "department": {"75"}, "turnover": {"1 200,50"}}))
		if got := known(); got["structure"] != "said company" || got["region"] != "deduced 11" || got["turnover"] != "said 120050" {
			t.Errorf("said: %v", got)
		}
		w.Must(w.schemes.Tell(ctx, w.Lead, w.campus, map[string][]string{"structure": {""}}))
		if got := known(); got["structure"] != "organisation association" || got["department"] != "said 75" {
			t.Errorf("taken back: %v", got)
		}
		for key, value := range map[string]string{"headcount": "beaucoup", "structure": "lost", "active_since": "2026-02-30", "public_share": "120"} {
			wants(t, key, w.schemes.Tell(ctx, w.Ana, w.campus, map[string][]string{key: {value}}), errs.Invalid, "")
		}
		wants(t, "another region", w.schemes.Tell(ctx, w.Ana, w.campus, map[string][]string{"department": {"14"}, "region": {"11"}}), errs.Invalid, "")
		wants(t, "another team", w.schemes.Tell(ctx, w.Bob, w.campus, map[string][]string{"headcount": {"2"}}), errs.NotFound, "")
	})
}

func TestNeedsFindSchemes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.published(scheme.Sheet{Name: "Autre chose", Tags: []string{"mobilité"}})
	w.published(scheme.Sheet{Name: "Prévenir", Tags: []string{"prévention des risques"}, Criteria: []eligible.Criterion{criterion(t, eligible.Line{Fact: "taxes", Test: eligible.Yes})}})
	w.published(scheme.Sheet{Name: "Zèle", Instruments: []string{"training"}})
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Projects.Land(ctx, tx, account.System, w.campus, "b1", []project.Item{{Kind: "need", Card: "c1", Title: "Former les équipes : formations courtes"}, {Kind: "lock", Card: "c2", Title: "Risque mal connu"}, {Kind: "idea", Card: "c3", Title: "Mobilité"}})
	}))
	v, err := w.schemes.Orientation(ctx, w.Ana, w.campus, "")
	w.Must(err)
	if len(v.Eligible) != 2 || v.Eligible[0].Name != "Zèle" || v.Eligible[0].Matches[0].Word != "formations" || len(v.Eligible[1].Matches) != 0 {
		t.Errorf("eligible %+v", v.Eligible)
	}
	if len(v.ToComplete) != 1 || v.ToComplete[0].Matches[0].Kind != "lock" || v.ToComplete[0].Verdict.Truth != rule.Unknown {
		t.Errorf("to complete %+v", v.ToComplete)
	}
}
