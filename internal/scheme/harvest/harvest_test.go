package harvest_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"transformateur/internal/platform/errs"
	"transformateur/internal/scheme/harvest"
)

// aids is a page of the API of Aides-territoires, as its documentation shows it.
const aids = `{"count": 2, "next": null, "previous": null, "results": [
{"id": 412, "slug": "x", "url": "/aides/x/", "name": "Financer une étude", "short_title": null, "financers": ["ADEME", "Région Bretagne"], "programs": [],
 "description": "<p>Pour les <strong>études</strong>.</p><ul><li>une</li><li>deux</li></ul><script>alert(1)</script>", "eligibility": "<p>Être&nbsp;employeur</p>",
 "perimeter": "Bretagne", "origin_url": "https://ademe.example/x", "application_url": "", "targeted_audiences": ["Associations", "Entreprises privées"], "aid_types": ["Subvention", "Ingénierie technique"],
 "categories": ["Nature / Eau", "Social|Emploi"], "destinations": ["Dépenses de fonctionnement"], "start_date": "2026-01-05", "submission_deadline": "2026-12-31", "subvention_rate_upper_bound": 80,
 "subvention_comment": "plafonnée", "loan_amount": null, "recurrence": "Ponctuelle", "contact": "Jeanne Martin 06", "import_share_licence": "openlicence20", "date_updated": "2026-10-02T11:22:33.123456+02:00"},
{"id": "9", "name": "Prêt", "aid_types": ["Prêt"], "loan_amount": 50000, "submission_deadline": "bientôt", "subvention_rate_upper_bound": 140, "url": "https://aides-territoires.beta.gouv.fr/aides/y/"}]}`

func entries(t *testing.T, content string) (harvest.List, []harvest.Entry) {
	t.Helper()
	l, err := harvest.Parse([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	m := harvest.Propose(l.Heads)
	if bad := m.Check(len(l.Heads)); len(bad) > 0 {
		t.Fatalf("%v on %q", bad, l.Heads)
	}
	var list []harvest.Entry
	for _, r := range l.Rows {
		list = append(list, m.Entry(r))
	}
	return l, list
}

func TestAidesTerritoires(t *testing.T) {
	l, list := entries(t, aids)
	if l.Kind != harvest.Territoires || l.Partial || len(list) != 2 {
		t.Fatalf("%s %v %d", l.Kind, l.Partial, len(list))
	}
	e := list[0]
	if e.Number != "412" || e.Name != "Financer une étude" || e.Provider != "ADEME, Région Bretagne" || e.Territory != "Bretagne" || e.Rate != 80 || e.ValidTo != "2026-12-31" || e.SourceOn != "2026-10-02" ||
		e.Link != "https://ademe.example/x" || e.SourceURL != "https://aides-territoires.beta.gouv.fr/aides/x/" || e.Licence != "openlicence20" || e.Conditions != "Être employeur" && e.Conditions != "Être\u00a0employeur" {
		t.Errorf("%+v", e)
	}
	if strings.ContainsAny(e.Purpose, "<>") || strings.Contains(e.Purpose, "alert") || !strings.Contains(e.Purpose, "- une\n- deux") {
		t.Errorf("purpose %q", e.Purpose)
	}
	if !slices.Equal(e.Instruments, []string{"grant", "engineering"}) || !slices.Equal(e.Tags, []string{"Eau", "Emploi"}) || !slices.Equal(e.Audiences, []string{"Associations", "Entreprises privées"}) {
		t.Errorf("%q %q %q", e.Instruments, e.Tags, e.Audiences)
	}
	for _, row := range l.Rows {
		if strings.Contains(strings.Join(row.Cells, " "), "Jeanne") {
			t.Error("the name of a contact was read")
		}
	}
	e = list[1]
	if e.MaxAmount != 50_000_00 || e.Rate != 0 || e.ValidTo != "" || len(e.Problems) != 2 || e.Problems[0].Target != "rate" || e.Problems[1].Value != "bientôt" {
		t.Errorf("%+v", e)
	}
	l, _ = entries(t, "["+strings.Replace(aids, `"next": null`, `"next": "https://x.example/?page=2"`, 1)+","+aids+"]")
	if l.Partial || len(l.Rows) != 4 || l.Rows[3].Number != 4 {
		t.Errorf("two pages: %v, %d rows", l.Partial, len(l.Rows))
	}
}

func TestCSVOfWindows(t *testing.T) {
	content, err := charmap.Windows1252.NewEncoder().String("Identifiant;Intitulé;Organisme;Montant maximal;Taux;Date limite;Remplacé par;Autre\nA1;Aide à l’été;Région;12 000,50 €;33,3 %;31/12/2026;A2;x\n;Sans numéro;;;;;;\n")
	if err != nil {
		t.Fatal(err)
	}
	l, list := entries(t, content)
	if l.Kind != harvest.Table || len(list) != 2 || l.Rows[1].Number != 3 {
		t.Fatalf("%s, %d rows", l.Kind, len(list))
	}
	if e := list[0]; e.Name != "Aide à l’été" || e.MaxAmount != 12_000_50 || e.Rate != 33 || e.ValidTo != "2026-12-31" || e.Replaced != "A2" || len(e.Problems) > 0 {
		t.Errorf("%+v", e)
	}
	if list[1].Number != "" {
		t.Errorf("%+v", list[1])
	}
}

func TestXMLHoweverItIsNested(t *testing.T) {
	content := `<?xml version="1.0" encoding="ISO-8859-1"?><export><date>2026</date><dispositifs>
<dispositif numero="7"><nom>Aide ` + "\xe9" + `lectrique</nom><organisme><nom>Ville</nom></organisme><resume><p>Une <b>aide</b></p><p>et plus</p></resume><taux>50</taux></dispositif>
<dispositif numero="8"><nom>Autre</nom><resume><![CDATA[<p>Deux</p>]]></resume><domaine>Eau</domaine><domaine>Air</domaine></dispositif>
</dispositifs></export>`
	l, list := entries(t, content)
	if l.Kind != harvest.Markup || len(list) != 2 {
		t.Fatalf("%s, %d rows, %q", l.Kind, len(list), l.Heads)
	}
	if e := list[0]; e.Number != "7" || e.Name != "Aide électrique" || e.Provider != "Ville" || e.Rate != 50 || e.Purpose != "Une aide\net plus" {
		t.Errorf("%+v", e)
	}
	if e := list[1]; e.Purpose != "Deux" || !slices.Equal(e.Tags, []string{"Eau", "Air"}) {
		t.Errorf("%+v", e)
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	deep := strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)
	for content, key := range map[string]string{
		"": "harvest.empty", "  \n": "harvest.empty", `{"hello": 1}`: "harvest.not_territoires", `[1,2]`: "harvest.not_territoires", `{"results": []}`: "harvest.empty", `{"results": [{"id":1`: "harvest.not_territoires",
		"<a><b></a>": "harvest.xml_unreadable", deep: "harvest.xml_unreadable", `<!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>`: "harvest.xml_unreadable", "<a/>": "harvest.empty",
		"id;nom\n" + strings.Repeat("1;x\n", 6000): "sheet.too_many_rows", "[" + strings.Repeat(`{"id":1,"name":"x"},`, 6000) + `{"id":1,"name":"x"}]`: "harvest.rows_many",
	} {
		if _, err := harvest.Parse([]byte(content)); !errs.Is(err, errs.Invalid) || errs.KeyOf(err) != key {
			t.Errorf("%.40q: %v, want %s", content, err, key)
		}
	}
	if _, err := harvest.Parse(bytes.Repeat([]byte(" "), 21<<20)); errs.KeyOf(err) != "sheet.too_big" {
		t.Errorf("a huge file: %v", err)
	}
}

func TestMappings(t *testing.T) {
	for _, one := range []struct {
		m    harvest.Mapping
		keys string
	}{{harvest.Mapping{"number", "name"}, ""}, {harvest.Mapping{"number", ""}, "harvest.name_unmapped"}, {harvest.Mapping{"state", "name"}, "harvest.target_unknown harvest.number_unmapped"}, {harvest.Mapping{"number"}, "harvest.mapping_wrong"}} {
		var keys []string
		for _, f := range one.m.Check(2) {
			keys = append(keys, f.Key)
		}
		if got := strings.Join(keys, " "); got != one.keys {
			t.Errorf("%q: %q, want %q", one.m, got, one.keys)
		}
	}
	e := harvest.Mapping{"name", "purpose", "link"}.Entry(harvest.Row{Cells: []string{strings.Repeat("n", 300), strings.Repeat("p", 7000), "javascript:alert(1)"}})
	if len([]rune(e.Name)) != 200 || len([]rune(e.Purpose)) != 6000 || e.Link != "" || len(e.Problems) != 3 {
		t.Errorf("%d %d %q %v", len([]rune(e.Name)), len([]rune(e.Purpose)), e.Link, e.Problems)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(aids))
	f.Add([]byte("id;nom\n1;x\n"))
	f.Add([]byte("<l><a i='1'><n>x</n><d><p>y</p></d></a><a><n>z</n></a></l>"))
	f.Fuzz(func(t *testing.T, content []byte) {
		l, err := harvest.Parse(content)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("an error that is nobody's: %v", err)
			}
			return
		}
		if len(l.Rows) == 0 || len(l.Rows) >= harvest.Bounds.Rows || len(l.Heads) > harvest.Bounds.Columns {
			t.Fatalf("%d rows of %d columns", len(l.Rows), len(l.Heads))
		}
		m := harvest.Propose(l.Heads)
		for _, r := range l.Rows {
			if len(r.Cells) != len(l.Heads) {
				t.Fatalf("row %d has %d cells of %d", r.Number, len(r.Cells), len(l.Heads))
			}
			if e := m.Entry(r); e.Rate < 0 || e.Rate > 100 || e.MaxAmount < 0 || len([]rune(e.Name)) > 200 {
				t.Fatalf("%+v", e)
			}
		}
	})
}
