package journeys_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// planted is, for each criterion of testdata/criteria.js, a page that fails it. A
// check that cannot fail proves nothing.
var planted = map[string]string{
	"1.1":   `<img src="a.png">`,
	"1.2":   `<svg width="9" height="9"><path d="M0 0h9"/></svg>`,
	"2.1":   `<iframe src="about:blank"></iframe>`,
	"5.4":   `<table><tr><th scope="col">Nom</th></tr></table>`,
	"5.6":   `<table><caption>Noms</caption><tr><td>Ana</td></tr></table>`,
	"5.7":   `<table><caption>Noms</caption><tr><th>Nom</th></tr></table>`,
	"5.8":   `<table role="presentation"><tr><th>Nom</th></tr></table>`,
	"6.1":   `<a href="/a">Cliquez ici</a>`,
	"6.2":   `<a href="/a" style="display:block;width:9px;height:9px"></a>`,
	"7.1":   `<div role="button">Envoyer</div>`,
	"7.3":   `<div onclick="go()">Envoyer</div>`,
	"7.5":   `<p>Aucune région</p>`,
	"8.1":   ``,
	"8.2":   `<p id="a">1</p><p id="a">2</p>`,
	"8.3":   ``,
	"8.4":   ``,
	"8.5":   ``,
	"8.6":   ``,
	"8.8":   `<p lang="anglais!">Hello</p>`,
	"8.9":   `<p>Un<br><br>deux</p>`,
	"9.1":   `<h1>Un</h1><h3>Trois</h3>`,
	"9.2":   `<p>Sans repère</p>`,
	"9.3":   `<ul><div>Un</div></ul>`,
	"10.1":  `<p align="center">Au milieu</p>`,
	"10.4":  `<p style="width:50rem">Large</p>`,
	"10.7":  `<style>button { outline: none !important }</style><button>Envoyer</button>`,
	"10.12": `<p style="width:max-content">` + strings.Repeat("mots ", 30) + `</p>`,
	"10.13": `<button title="Efface tout">Envoyer</button>`,
	"11.1":  `<input name="nom">`,
	"11.2":  `<label>Champ <input name="nom"></label>`,
	"11.5":  `<label><input type="radio" name="a"> Oui</label>`,
	"11.6":  `<fieldset><label><input type="radio" name="a"> Oui</label></fieldset>`,
	"11.8":  `<label>Ville <select><optgroup><option>Caen</option></optgroup></select></label>`,
	"11.9":  `<button style="width:20px;height:20px"></button>`,
	"11.10": `<label>Nom <input aria-invalid="true"></label>`,
	"11.13": `<label>Adresse <input type="email"></label>`,
	"12.6":  `<nav><a href="/a">Un</a></nav><nav><a href="/b">Deux</a></nav>`,
	"12.7":  `<a href="/a">Accueil</a>`,
	"12.8":  `<button tabindex="3">Envoyer</button>`,
	"12.11": `<button accesskey="s">Envoyer</button>`,
	"13.1":  `<meta http-equiv="refresh" content="9">`,
	"13.2":  `<a href="/a" target="_blank">Le guide</a>`,
	"13.8":  `<marquee>Bienvenue</marquee>`,
}

// heads are the starts of the planted pages whose fault is there.
var heads = map[string]string{
	"8.1": `<html lang="fr"><title>Une page</title>`,
	"8.3": `<!doctype html><html><title>Une page</title>`,
	"8.4": `<!doctype html><html lang="zz"><title>Une page</title>`,
	"8.5": `<!doctype html><html lang="fr">`,
	"8.6": `<!doctype html><html lang="fr"><title>x</title><h1>Un</h1>`,
}

// Each criterion finds the fault that was planted for it.
func TestCriteriaFindPlantedFaults(t *testing.T) {
	browser := chrome(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := strings.TrimPrefix(r.URL.Path, "/")
		head := heads[key]
		if head == "" {
			head = `<!doctype html><html lang="fr"><title>Une page</title>`
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(head + planted[key]))
	}))
	defer server.Close()
	p := newPerson(t, browser, server.URL, "planter", wide)
	for _, key := range slices.Sorted(maps.Keys(planted)) {
		p.do(chromedp.Navigate(server.URL+"/"+key), chromedp.WaitReady("body"))
		p.script(criteriaScript)
		if key == "10.12" {
			p.eval(`(() => { document.querySelector("p").style.width = (document.documentElement.clientWidth - 16) + "px"; document.querySelector("p").style.whiteSpace = "nowrap"; document.querySelector("p").textContent = "m ".repeat(Math.floor((document.documentElement.clientWidth - 60) / 17)); })()`)
		}
		if out := p.eval(`JSON.stringify(criteriaFaults(["` + key + `"]))`); !strings.Contains(out, `"`+key+`: `) {
			t.Errorf("criterion %s finds nothing in %s%s", key, heads[key], planted[key])
		}
	}
}

var (
	criterionKey = regexp.MustCompile(`(?m)^\t\t"(\d+\.\d+)": \(\) =>`)
	documented   = regexp.MustCompile(`(?m)^\| (\d+\.\d+)[^|]* \|[^|]*\| script[^|]*\|$`)
	testNamed    = regexp.MustCompile("`(Test\\w+)`")
)

// The document names the criteria that a script judges, and no other; each has a planted fault.
func TestTheDocumentNamesTheCriteria(t *testing.T) {
	document := read(t, "../../../docs/accessibility.md")
	var checked, told []string
	for _, m := range criterionKey.FindAllStringSubmatch(criteriaScript, -1) {
		if checked = append(checked, m[1]); heads[m[1]] == "" && planted[m[1]] == "" {
			t.Errorf("criterion %s has no planted fault", m[1])
		}
	}
	for _, m := range documented.FindAllStringSubmatch(document, -1) {
		told = append(told, m[1])
	}
	slices.Sort(checked)
	slices.Sort(told)
	if len(checked) < 25 || !slices.Equal(checked, told) {
		t.Errorf("docs/accessibility.md tells the criteria %v, the script judges %v", told, checked)
	}
}

// The twelve journeys of the document are played by tests that exist, or say for which step they are prepared.
func TestTheTwelveJourneysExist(t *testing.T) {
	document := read(t, "../../../docs/accessibility.md")
	_, table, _ := strings.Cut(document, "## The twelve journeys")
	table, _, _ = strings.Cut(table, "\n## ")
	rows := regexp.MustCompile(`(?m)^\| \d+ \|.*$`).FindAllString(table, -1)
	if len(rows) != 12 {
		t.Errorf("%d journeys in the document, want 12", len(rows))
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f.Name(), "_test.go") {
			source.WriteString(read(t, f.Name()))
		}
	}
	for _, row := range rows {
		tests := testNamed.FindAllStringSubmatch(row, -1)
		if len(tests) == 0 && !regexp.MustCompile(`prepared: step \d`).MatchString(row) {
			t.Errorf("names neither a test nor a step: %s", row)
		}
		for _, test := range tests {
			if !strings.Contains(source.String(), "func "+test[1]+"(t *testing.T)") {
				t.Errorf("no test %s: %s", test[1], row)
			}
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
