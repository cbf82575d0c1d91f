package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Real numbers with right keys: the first is INSEE's own example.
const (
	siret = "732 829 320 00074"
	plain = "73282932000074"
	rna   = "w143007272"
)

func (w world) organisation(by account.User, name string, change func(*account.Description)) account.OrganisationID {
	w.t.Helper()
	d := account.Description{Name: name, Kind: account.PublicBody}
	if change != nil {
		change(&d)
	}
	id, err := w.CreateOrganisation(ctx, by, d, "")
	w.must(err)
	return id
}

func TestDescriptionIsChecked(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		w.organisation(ana, "La première", func(d *account.Description) { d.SIRET, d.RNA = siret, rna })
		for _, c := range []struct {
			name   string
			change func(*account.Description)
			want   string
		}{
			{"complete", func(d *account.Description) { d.Domain = "@Atelier.Example.ORG" }, ""},
			{"no name", func(d *account.Description) { d.Name = " \t" }, "name=organisation.name_missing"},
			{"no kind", func(d *account.Description) { d.Kind = "" }, "kind=organisation.kind_missing"},
			{"a kind from nowhere", func(d *account.Description) { d.Kind = "sect" }, "kind=organisation.kind_missing"},
			{"a digit inverted in the SIRET", func(d *account.Description) { d.SIRET = "73282932000047" }, "siret=register.siret_key"},
			{"a SIREN for a SIRET", func(d *account.Description) { d.SIRET = "732829320" }, "siret=register.siret_is_siren"},
			{"a SIRET somebody has, typed without spaces", func(d *account.Description) { d.SIRET = plain }, "siret=organisation.number_taken"},
			{"an RNA somebody has", func(d *account.Description) { d.RNA = "W143007272" }, "rna=organisation.number_taken"},
			{"an RNA of the wrong form", func(d *account.Description) { d.RNA = "143" }, "rna=register.rna_form"},
			{"a public provider", func(d *account.Description) { d.Domain = "Orange.fr" }, "domain=organisation.domain_public"},
			{"a domain that is an address", func(d *account.Description) { d.Domain = "contact@atelier.fr" }, "domain=organisation.domain_form"},
			{"a successor from nowhere", func(d *account.Description) { d.Successor = "x" }, "successor=organisation.unknown"},
			{"several at once", func(d *account.Description) { d.Name, d.Domain = "", "free.fr" }, "name=organisation.name_missing domain=organisation.domain_public"},
		} {
			d := account.Description{Name: "Atelier", Kind: account.Association}
			c.change(&d)
			_, err := w.CreateOrganisation(ctx, ana, d, "")
			var got []string
			var e *errs.Error
			if asError(err, &e) {
				for _, f := range e.Fields {
					got = append(got, f.Path+"="+f.Key)
				}
			}
			if text := strings.Join(got, " "); text != c.want || err != nil && c.want == "" {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		_, err := w.CreateOrganisation(ctx, account.User{}, account.Description{Name: "X", Kind: account.Company}, "")
		w.refused(err, errs.Unauthenticated, "")
	})
}

func TestRenameKeepsTheFormerName(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, bob := w.person("ana@example.org"), w.person("bob@example.org")
		id := w.organisation(ana, "Direccte Normandie", nil)
		d := account.Description{Name: "Dreets Normandie", Kind: account.StateService}
		w.refused(w.EditOrganisation(ctx, bob, id, d), errs.Forbidden, "errs.forbidden")
		w.clock.Advance(time.Hour)
		w.must(w.EditOrganisation(ctx, ana, id, d))
		w.must(w.EditOrganisation(ctx, ana, id, d)) // the same name again is no renaming
		sheet, err := w.ReadOrganisation(ctx, bob, id)
		if err != nil || sheet.Name != "Dreets Normandie" || sheet.MayEdit || len(sheet.Members) != 0 {
			t.Fatalf("%+v %v", sheet, err)
		}
		if len(sheet.Former) != 1 || sheet.Former[0].Name != "Direccte Normandie" || !sheet.Former[0].Until.Equal(noon.Add(time.Hour)) {
			t.Errorf("former names: %+v", sheet.Former)
		}
		if sheet, _ := w.ReadOrganisation(ctx, ana, id); !sheet.MayEdit || sheet.Mine == nil || len(sheet.Members) != 1 {
			t.Errorf("who created it may not edit it, or does not see its members: %+v", sheet)
		}
		_, err = w.ReadOrganisation(ctx, account.User{}, id)
		w.refused(err, errs.Unauthenticated, "")
		w.must(w.EditOrganisation(ctx, ana, id, account.Description{Name: "Direccte Normandie", Kind: account.StateService}))
		w.must(w.EditOrganisation(ctx, ana, id, d)) // back and forth
	})
}

func TestSearchOrganisations(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		id := w.organisation(ana, "Région Île-de-France", func(d *account.Description) { d.SIRET = siret })
		w.must(w.EditOrganisation(ctx, ana, id, account.Description{Name: "Conseil d’Île-de-France", Kind: account.PublicBody, SIRET: siret}))
		w.organisation(ana, "Agence 100 % rurale", nil)
		w.organisation(ana, "Œuvre du Cœur", func(d *account.Description) { d.RNA = rna })
		for _, c := range []struct{ name, query, want string }{
			{"everything", "", "Agence 100 % rurale, Conseil d’Île-de-France, Œuvre du Cœur"},
			{"accents and case aside", "CONSEIL ile", "Conseil d’Île-de-France"},
			{"words in any order", "france conseil", "Conseil d’Île-de-France"},
			{"a former name", "region ile", "Conseil d’Île-de-France"},
			{"a word only the former name has, whole", "Région Île-de-France", "Conseil d’Île-de-France"},
			{"a ligature", "coeur", "Œuvre du Cœur"},
			{"the beginning of a SIRET", "732 829", "Conseil d’Île-de-France"},
			{"the end of a SIRET is no beginning", "00074", ""},
			{"an RNA", "w1430", "Œuvre du Cœur"},
			{"a sign that means something to the engine", "%", "Agence 100 % rurale"},
			{"another", "_", ""},
			{"nobody", "zzz", ""},
		} {
			list, err := w.SearchOrganisations(ctx, ana, c.query, 50)
			w.must(err)
			var names []string
			for _, o := range list {
				names = append(names, o.Name)
			}
			if got := strings.Join(names, ", "); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		list, err := w.SearchOrganisations(ctx, ana, "region ile de france", 1)
		if err != nil || len(list) != 1 || list[0].Former != "Région Île-de-France" {
			t.Errorf("the former name that matched: %+v %v", list, err)
		}
		if list, _ := w.SearchOrganisations(ctx, ana, "conseil", 1); len(list) != 1 || list[0].Former != "" {
			t.Errorf("the present name matched: %+v", list)
		}
	})
}

func TestLineage(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		ids := map[string]account.OrganisationID{}
		make := func(name, successor, parent string) {
			ids[name] = w.organisation(ana, name, func(d *account.Description) { d.Successor, d.Parent = ids[successor], ids[parent] })
		}
		make("ministry", "", "")
		make("dreets", "", "ministry")
		make("direccte", "dreets", "")
		make("drtefp", "direccte", "")
		make("sister", "", "ministry")
		make("stranger", "", "")
		for of, want := range map[string]string{
			"direccte": "direccte dreets drtefp ministry", "drtefp": "direccte dreets drtefp ministry", "dreets": "direccte dreets drtefp ministry",
			"ministry": "ministry", "sister": "ministry sister", "stranger": "stranger",
		} {
			line, err := w.Lineage(ctx, w.db.Reader(), ids[of])
			w.must(err)
			var names []string
			for name, id := range ids {
				if slices.Contains(line, id) {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s: %s, want %s", of, got, want)
			}
		}
		for _, c := range []struct{ who, successor, parent string }{{"dreets", "drtefp", ""}, {"dreets", "dreets", ""}, {"ministry", "", "sister"}} {
			err := w.EditOrganisation(ctx, ana, ids[c.who], account.Description{Name: c.who, Kind: account.PublicBody, Successor: ids[c.successor], Parent: ids[c.parent]})
			if errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), "organisation.circle") {
				t.Errorf("%+v: %v, want a circle", c, err)
			}
		}
	})
}

func TestMembership(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		id := w.organisation(ana, "Agence", func(d *account.Description) { d.Domain = "agence.example" })
		inside, outside := w.person("bob@agence.example"), w.person("eve@notagence.example")
		w.refused(w.Join(ctx, outside, id, ""), errs.Forbidden, "organisation.join_refused")
		if list, err := w.Joinable(ctx, outside); err != nil || len(list) != 0 {
			t.Errorf("offered to a stranger: %v %v", list, err)
		}
		if list, err := w.Joinable(ctx, inside); err != nil || len(list) != 1 {
			t.Errorf("offered: %v %v", list, err)
		}
		w.must(w.Join(ctx, inside, id, " chargé  de mission "))
		w.must(w.Join(ctx, inside, id, "directeur"))
		mine, err := w.MyOrganisations(ctx, inside)
		if err != nil || len(mine) != 1 || mine[0].Function != "directeur" || !mine[0].From.Equal(noon) {
			t.Fatalf("%+v %v", mine, err)
		}
		if list, _ := w.Joinable(ctx, inside); len(list) != 0 {
			t.Errorf("offered again: %v", list)
		}
		w.refused(w.Leave(ctx, outside, id, inside.ID), errs.Forbidden, "")
		w.refused(w.Leave(ctx, outside, id, outside.ID), errs.NotFound, "")
		w.clock.Advance(time.Hour)
		w.must(w.Leave(ctx, ana, id, inside.ID))
		if mine, _ := w.MyOrganisations(ctx, inside); len(mine) != 0 {
			t.Errorf("still there: %v", mine)
		}
		w.must(w.Join(ctx, inside, id, "")) // she comes back at the very instant she left
		if n := w.count(`select count(*) from organisation_members where person_id = $1`, string(inside.ID)); n != 2 {
			t.Errorf("%d memberships kept, want the ended one and the new one", n)
		}
	})
}

// What an organisation may do, its members may: membership must not be for the taking.
func TestNobodyGainsRightsByJoining(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, eve := w.person("ana@example.org"), w.person("eve@elsewhere.example")
		id := w.organisation(ana, "Agence", nil) // no domain: nobody joins alone
		w.write(func(tx *db.Tx) error {
			return w.policy.Grant(ctx, tx, account.System, policy.Relation{SubjectKind: "organisation", SubjectID: string(id), Relation: "lead", Object: policy.Ref{Kind: "call", ID: "c1"}})
		})
		w.refused(w.Join(ctx, eve, id, ""), errs.Forbidden, "")
		d, err := w.policy.Decide(ctx, w.db.Reader(), eve, "call.edit", policy.Object{Ref: policy.Ref{Kind: "call", ID: "c1"}})
		if err != nil || d.Allowed {
			t.Errorf("%+v %v", d, err)
		}
	})
}

func TestTheDirectoryHasOneOfEach(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		done := make(chan error, 8)
		for i := range 8 {
			go func() {
				_, err := w.CreateOrganisation(ctx, ana, account.Description{Name: fmt.Sprint("Agence ", i), Kind: account.Company, SIRET: siret}, "")
				done <- err
			}()
		}
		won := 0
		for range 8 {
			if err := <-done; err == nil {
				won++
			} else if !errs.Is(err, errs.Invalid) {
				t.Errorf("%v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d organisations with one number", won)
		}
	})
}

func TestFindOrganisation(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		a := w.organisation(ana, "Agence", func(d *account.Description) { d.SIRET = siret })
		w.organisation(ana, "Agence du Nord", nil)
		for _, c := range []struct {
			typed string
			want  account.OrganisationID
			key   string
		}{{"", "", ""}, {" agence", a, ""}, {siret, a, ""}, {"agen", "", "parent=organisation.several"}, {"zzz", "", "parent=organisation.unknown"}} {
			id, err := w.FindOrganisation(ctx, ana, "parent", c.typed)
			if c.key != "" {
				w.refused(err, errs.Invalid, c.key)
			} else if err != nil || id != c.want {
				t.Errorf("%q: %q %v", c.typed, id, err)
			}
		}
	})
}
