package territory

import (
	"runtime"
	"slices"
	"testing"

	"transformateur/internal/platform/errs"
)

func TestCommunes(t *testing.T) {
	for _, c := range []struct{ name, code, commune, departement, region, postal string }{
		{"Caen", "14118", "Caen", "14", "28", "14000"},
		{"the capital", "75056", "Paris", "75", "11", "75012"},
		{"an arrondissement of Paris", "75112", "Paris 12e Arrondissement", "75", "11", "75012"},
		{"an arrondissement of Lyon", "69383", "Lyon 3e Arrondissement", "69", "84", "69003"},
		{"an arrondissement of Marseille", "13201", "Marseille 1er Arrondissement", "13", "93", "13001"},
		{"Corse-du-Sud", "2A004", "Ajaccio", "2A", "94", "20000"},
		{"Haute-Corse, typed in small letters", "2b033", "Bastia", "2B", "94", "20200"},
		{"Guadeloupe", "97105", "Basse-Terre", "971", "01", "97100"},
		{"La Réunion", "97411", "Saint-Denis", "974", "04", "97400"},
		{"Mayotte", "97611", "Mamoudzou", "976", "06", "97600"},
		{"Saint-Pierre-et-Miquelon", "97502", "Saint-Pierre", "975", "975", "97500"},
		{"Nouvelle-Calédonie", "98818", "Nouméa", "988", "988", "98800"},
	} {
		p, ok := Commune(c.code)
		if !ok || p.Name != c.commune || p.Departement != c.departement || p.Region != c.region || !slices.Contains(p.Postal, c.postal) {
			t.Errorf("%s: got %+v", c.name, p)
		}
	}
	if p, ok := Commune("14000"); ok {
		t.Errorf("the postal code of Caen is taken for a commune: %+v", p)
	}
	if p, _ := Commune("14118"); p.Population < 100_000 || p.Population > 120_000 || Name(KindEPCI, p.EPCI) != "CU Caen la Mer" {
		t.Errorf("Caen: %+v in %s", p, Name(KindEPCI, p.EPCI))
	}
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		ref  Ref
		name string
	}{
		{Ref{KindRegion, "28"}, "Normandie"}, {Ref{KindRegion, "94"}, "Corse"}, {Ref{KindRegion, "06"}, "Mayotte"},
		{Ref{KindDepartement, "14"}, "Calvados"}, {Ref{KindDepartement, "2A"}, "Corse-du-Sud"}, {Ref{KindDepartement, "976"}, "Mayotte"},
		{Ref{KindCommune, "50129"}, "Cherbourg-en-Cotentin"}, {Ref{KindFormer, "50173"}, "Équeurdreville-Hainneville"},
		{Ref{KindCommune, "99999"}, ""}, {Ref{"country", "14"}, ""}, {Ref{KindRegion, ""}, ""},
	} {
		if got := Name(c.ref.Kind, c.ref.Code); got != c.name {
			t.Errorf("%v: got %q, want %q", c.ref, got, c.name)
		}
		if err := Check(c.ref); (err == nil) != (c.name != "") || err != nil && errs.KeyOf(err) != "territory.unknown" {
			t.Errorf("%v: %v", c.ref, err)
		}
	}
	metropole := 0
	for _, r := range Regions() {
		if len(r.Code) == 2 && r.Code > "06" {
			metropole++
		}
	}
	if metropole != 13 || len(Departements()) != 109 {
		t.Errorf("%d regions in Europe, %d départements and collectivities", metropole, len(Departements()))
	}
	if p, _ := Region("28"); p.Population < 3_200_000 || p.Population > 3_500_000 {
		t.Errorf("population of Normandie: %d", p.Population)
	}
}

func TestSearch(t *testing.T) {
	for _, c := range []struct {
		query string
		kinds []Kind
		first string
	}{
		{"caen", nil, "Caen (14)"},
		{"CAEN", nil, "Caen (14)"},
		{"14118", nil, "Caen (14)"},
		{"14000", nil, "Caen (14)"},
		{"caen 14", nil, "Caen (14)"},
		{"caen la mer", nil, "CU Caen la Mer (14)"},
		{"evreux", nil, "Évreux (27)"},
		{"havre", nil, "Le Havre (76)"},
		{"st denis", nil, "Saint-Denis (974)"},
		{"saint-denis 93", nil, "Saint-Denis (93)"},
		{"Saint Étienne", nil, "Saint-Étienne (42)"},
		{"strasb", nil, "Strasbourg (67)"},
		{"st", []Kind{KindCommune}, "Le Saint (56)"},
		{"st paul", nil, "Saint-Paul (974)"},
		{"ste-maxime", nil, "Sainte-Maxime (83)"},
		{"paris", nil, "Paris (75)"},
		{"paris 12", nil, "Paris 12e Arrondissement (75)"},
		{"75012", []Kind{KindArrondissement}, "Paris 12e Arrondissement (75)"},
		{"bastia 2b", nil, "Bastia (2B)"},
		{"2a", []Kind{KindDepartement}, "Corse-du-Sud"},
		{"normandie", nil, "Normandie"},
		{"calvados", nil, "Calvados"},
		{"rhone alpes", nil, "Auvergne-Rhône-Alpes"},
		{"mamoudzou", nil, "Mamoudzou (976)"},
		{"l'hay les roses", nil, "L'Haÿ-les-Roses (94)"},
		{"cherbourg octeville", []Kind{KindFormer}, "Cherbourg-Octeville (50)"},
		{"octeville cherbourg", []Kind{KindFormer}, "Cherbourg-Octeville (50)"},
		{"œuilly", nil, "Œuilly (51)"},
	} {
		got := Search(c.query, c.kinds, 5)
		if len(got) == 0 || got[0].Label() != c.first {
			t.Errorf("%q: want %s first, got %v", c.query, c.first, labels(got))
		}
	}
	for _, query := range []string{"", "  ", "-", "zzzz", "caen 75", "99999"} {
		if got := Search(query, nil, 5); len(got) != 0 {
			t.Errorf("%q finds %v", query, labels(got))
		}
	}
}

func TestSearchHomonyms(t *testing.T) {
	got := labels(Search("saint denis", []Kind{KindCommune}, 4))
	if !slices.Equal(got[:2], []string{"Saint-Denis (974)", "Saint-Denis (93)"}) {
		t.Errorf("got %v", got)
	}
	if n := len(Search("saint", nil, 1000)); n != MaxResults {
		t.Errorf("%d results", n)
	}
	if n := len(Search("saint", nil, 0)); n != 0 {
		t.Errorf("%d results for a limit of nothing", n)
	}
	for _, p := range Search("saint", []Kind{KindEPCI, KindCommune}, 100) {
		if p.Kind != KindEPCI && p.Kind != KindCommune {
			t.Errorf("%s was not wanted", p.Label())
		}
	}
}

func labels(places []Place) []string {
	out := make([]string, len(places))
	for i, p := range places {
		out[i] = p.Label()
	}
	return out
}

func TestContains(t *testing.T) {
	caen, _ := Commune("14118")
	caenLaMer := Ref{KindEPCI, caen.EPCI}
	normandie, calvados := Ref{KindRegion, "28"}, Ref{KindDepartement, "14"}
	for _, c := range []struct {
		name         string
		outer, inner Ref
		want         bool
	}{
		{"a region, its commune", normandie, caen.Ref, true},
		{"a region, its département", normandie, calvados, true},
		{"a département, its region", calvados, normandie, false},
		{"a region, its EPCI", normandie, caenLaMer, true},
		{"an EPCI, its commune", caenLaMer, caen.Ref, true},
		{"an EPCI, another commune", caenLaMer, Ref{KindCommune, "14366"}, false},
		{"a commune, its arrondissement", Ref{KindCommune, "69123"}, Ref{KindArrondissement, "69383"}, true},
		{"a commune, an arrondissement elsewhere", Ref{KindCommune, "75056"}, Ref{KindArrondissement, "69383"}, false},
		{"a commune, a former one", Ref{KindCommune, "50129"}, Ref{KindFormer, "50173"}, true},
		{"a département, an arrondissement", Ref{KindDepartement, "75"}, Ref{KindArrondissement, "75112"}, true},
		{"an EPCI, an arrondissement of its commune", Ref{KindEPCI, "200046977"}, Ref{KindArrondissement, "69383"}, true},
		{"itself", calvados, calvados, true},
		{"a region of one département, both ways", Ref{KindDepartement, "976"}, Ref{KindRegion, "06"}, true},
		{"Corse is two départements", Ref{KindDepartement, "2A"}, Ref{KindRegion, "94"}, false},
		{"unknown places", Ref{KindCommune, "99999"}, Ref{KindCommune, "99999"}, false},
		{"another region", Ref{KindRegion, "11"}, caen.Ref, false},
	} {
		if got := Contains(c.outer, c.inner); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
}

// Some EPCI lie over two départements or two regions: they belong to neither as a whole.
func TestStraddlingEPCI(t *testing.T) {
	members := map[string][]entry{}
	a := data()
	for _, c := range a.tables[communeTable] {
		if code := a.code(epciTable, c.epci); code != "" {
			members[code] = append(members[code], c)
		}
	}
	straddling := 0
	for i := range a.tables[epciTable] {
		e := a.place(&a.tables[epciTable][i], KindEPCI)
		inside := len(members[e.Code]) > 0
		for _, c := range members[e.Code] {
			inside = inside && a.code(regionTable, c.region) == a.code(regionTable, members[e.Code][0].region)
		}
		if !inside {
			straddling++
		}
		if inside != (e.Region != "") {
			t.Errorf("%s: region %q", e.Name, e.Region)
		}
	}
	if straddling == 0 || straddling > 100 {
		t.Errorf("%d EPCI over two regions", straddling)
	}
}

func TestEveryPlaceIsWhole(t *testing.T) {
	a := data()
	for table, rows := range a.tables {
		for i, e := range rows {
			if e.code == "" || e.name == "" || len(e.folded) < 3 || i > 0 && rows[i-1].code > e.code {
				t.Fatalf("%s %d: %+v", kindOf(table), i, e)
			}
			if table != regionTable && table != epciTable && (e.departement < 0 || e.region < 0) {
				t.Errorf("%s %s %s is nowhere", kindOf(table), e.code, e.name)
			}
			if e.parent != "" {
				if _, ok := Find(Ref{KindCommune, e.parent}); !ok {
					t.Errorf("%s %s %s has no commune %s", kindOf(table), e.code, e.name, e.parent)
				}
			}
		}
	}
	if n := len(a.tables[communeTable]); n < 34_000 || n > 36_000 || len(a.tables[arrondissementTable]) != 45 {
		t.Errorf("%d communes, %d arrondissements", n, len(a.tables[arrondissementTable]))
	}
}

func TestWeight(t *testing.T) {
	if len(packed) > 700_000 {
		t.Errorf("the file has %d bytes", len(packed))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	a, err := decode(packed)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 15<<20 {
		t.Errorf("%d bytes kept in memory", kept)
	} else {
		t.Logf("%d bytes kept in memory", kept)
	}
	runtime.KeepAlive(a)
}

func TestDamagedFile(t *testing.T) {
	if _, err := decode(packed[:len(packed)/2]); err == nil {
		t.Error("half a file is read")
	}
	if _, err := decode([]byte("no gzip")); err == nil {
		t.Error("anything is read")
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"st denis 93", "14", "l'", "2a ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := Search(s, nil, 7); len(got) > 7 {
			t.Fatalf("%q gives %d places", s, len(got))
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	for _, query := range []string{"caen", "s", "saint denis 93", "14000"} {
		b.Run(query, func(b *testing.B) {
			Search(query, nil, 10)
			for b.Loop() {
				Search(query, nil, 10)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for b.Loop() {
		if _, err := decode(packed); err != nil {
			b.Fatal(err)
		}
	}
}
