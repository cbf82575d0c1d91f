package formview

import (
	"bytes"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// world answers the outside checks of the tests.
type world struct{}

func (world) Organisation(string, string) string { return "" }

func (world) Territory(_, code string) (string, bool) { return "Caen", code == "14118" }

func (world) Attachment(id string) (form.Attachment, bool) {
	return form.Attachment{Name: "plan.pdf", Size: 1200}, id == "a1"
}

var noon = form.Env{Now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Checks: world{}}

func said(fr, en string) form.Localised { return form.Localised{"fr": fr, "en": en} }

// kind is a field of one type, an answer to it that is right, and one that is wrong, as JSON.
type kind struct {
	form.Settings
	right, wrong string
}

var abc = []form.Option{{ID: "a", Label: said("Alpha", "Alpha")}, {ID: "b", Label: said("Bêta", "Beta")}, {ID: "c", Label: said("Gamma", "Gamma")}}

var kinds = map[string]kind{
	"text":     {form.Settings{MaxChars: 10}, `"court"`, `"beaucoup trop long"`},
	"longtext": {form.Settings{MaxLines: 2}, `"un\ndeux"`, `"un\ndeux\ntrois"`},
	"number":   {form.Settings{Unit: said("jours", "days"), Decimals: 1}, `12.5`, `"douze"`},
	"money":    {form.Settings{}, `123450`, `"beaucoup"`},
	"percent":  {form.Settings{}, `40`, `140`},
	"date":     {form.Settings{}, `"2027-03-05"`, `"30/02/2027"`},
	"period":   {form.Settings{}, `{"from":"2027-01-01","to":"2027-01-31"}`, `{"from":"2027-02-01","to":"hier"}`},
	"yesno":    {form.Settings{}, `false`, ``},
	"choice":   {form.Settings{Options: abc, Other: true}, `"other:une SCIC"`, `"z"`},
	"choices":  {form.Settings{Options: abc, Other: true, MaxPicks: 2}, `["a","other:autre chose"]`, `["a","b","c"]`},
	"linked": {form.Settings{Levels: []form.Localised{said("Un", "One"), said("Deux", "Two")}, Options: []form.Option{
		{ID: "x", Label: said("X", "X"), Options: abc}, {ID: "y", Label: said("Y", "Y"), Options: abc}}}, `["y","b"]`, `["y"]`},
	"ranking": {form.Settings{Options: abc}, `["c","a","b"]`, `["c"]`},
	"scale":   {form.Settings{Options: abc}, `"b"`, `"z"`},
	"matrix":  {form.Settings{Options: abc, Questions: []form.Option{{ID: "q1", Label: said("Q1", "Q1")}}}, `{"q1":"a"}`, `{"q1":"z"}`},
	"shares":  {form.Settings{Options: abc}, `{"a":60,"b":40}`, `{"a":60,"b":60}`},
	"assessment": {form.Settings{Dimensions: []form.Dimension{{ID: "u", Label: said("Utilité", "Usefulness"), Question: said("À qui ?", "To whom?")},
		{ID: "d", Label: said("Débat", "Debate"), Question: said("Qui ?", "Who?")}, {ID: "e", Label: said("Écologie", "Ecology"), Question: said("Quoi ?", "What?")}}},
		`{"u":{"score":3,"comment":"bien"},"d":{"unknown":true},"e":{"score":1}}`, `{"u":{"score":3}}`},
	"repeat": {form.Settings{MinRows: 1, MaxRows: 3, Columns: []form.Field{
		{ID: "who", Type: "text", Required: true, Label: said("Qui", "Who")}, {ID: "when", Type: "date", Label: said("Quand", "When")},
		{ID: "how", Type: "choices", Label: said("Comment", "How"), Settings: form.Settings{Options: abc}}}},
		`[{"who":"Ada","when":"2027-01-01","how":["a","b"]}]`, `[{"when":"demain"}]`},
	"team":       {form.Settings{}, `[{"name":"Ada","function":"Cheffe","share":50}]`, `[{"name":"Ada","share":"beaucoup"}]`},
	"milestones": {form.Settings{}, `[{"label":"Début","to":"2027-01-01"}]`, `[{"label":"Début"}]`},
	"indicators": {form.Settings{}, `[{"label":"Visites","target":100}]`, `[{"label":"Visites"}]`},
	"budget": {form.Settings{Balanced: true, MaxPublicRate: 8000, Expenses: []form.Category{{ID: "staff", Label: said("Personnel", "Staff")}},
		Income: []form.Category{{ID: "own", Label: said("Fonds propres", "Own funds")}, {ID: "region", Label: said("Région", "Region"), Public: true}}},
		`{"expenses":[{"category":"staff","label":"Un poste","amount":10000}],"income":[{"category":"own","amount":5000},{"category":"region","amount":5000}]}`,
		`{"expenses":[{"category":"staff","amount":"cher"}],"income":[{"category":"own","amount":5000}]}`},
	"organisation": {form.Settings{Kinds: []string{"siret", "rna"}}, `{"kind":"siret","id":"13002526500013","name":"DINUM"}`, `{"id":"12","name":"x"}`},
	"contact":      {form.Settings{Parts: []string{"email"}}, `{"name":"Ada","email":"ada@exemple.fr"}`, `{"name":"Ada","email":"ada"}`},
	"email":        {form.Settings{}, `"ada@exemple.fr"`, `"ada"`},
	"phone":        {form.Settings{}, `"+33612345678"`, `"12"`},
	"iban":         {form.Settings{}, `"FR7630006000011234567890189"`, `"FR00"`},
	"address":      {form.Settings{}, `{"street":"1 rue X","postcode":"14000","city":"Caen"}`, `{"street":"1 rue X","postcode":"1"}`},
	"territory":    {form.Settings{MaxPicks: 2}, `["commune:14118"]`, `["commune:99999"]`},
	"file":         {form.Settings{Accept: []string{".pdf"}, MaxBytes: 5000, MaxFiles: 2}, `["a1"]`, `["a9"]`},
	"link":         {form.Settings{}, `"https://exemple.fr/"`, `"javascript:alert(1)"`},
	"reference":    {form.Settings{}, `"TR-2027-12"`, `"é é"`},
	"commitments":  {form.Settings{Statements: []form.Statement{{ID: "s1", Label: said("Un", "One")}, {ID: "s2", Label: said("Deux", "Two"), Optional: true}}}, `["s1"]`, `["s2"]`},
	"consent":      {form.Settings{Body: said("J’accepte *tout*.", "I agree to *all*.")}, `true`, ``},
	"heading":      {form.Settings{}, ``, ``},
	"explanation":  {form.Settings{Body: said("*Lisez*", "*Read*")}, ``, ``},
}

// situation is a way to show a field.
type situation struct {
	name     string
	problems bool
	readOnly bool
	pick     func(kind) string
}

var situations = []situation{
	{name: "empty", pick: func(kind) string { return "" }},
	{name: "empty and asked for", problems: true, pick: func(kind) string { return "" }},
	{name: "filled", problems: true, pick: func(k kind) string { return k.right }},
	{name: "wrong", problems: true, pick: func(k kind) string { return k.wrong }},
	{name: "read only", readOnly: true, pick: func(k kind) string { return k.right }},
}

func viewOf(t *testing.T, id string, k kind, raw string) View {
	t.Helper()
	f := &form.Form{Version: form.Version, Steps: []form.Step{{ID: "s", Title: said("Étape", "Step"), Fields: []form.Field{
		{ID: id, Type: id, Label: said("Champ "+id, "Field "+id), Help: said("Une aide", "A hint"), Settings: k.Settings}}}}}
	if id != "heading" && id != "explanation" {
		f.Steps[0].Fields[0].Required = true
	} else {
		f.Steps[0].Fields[0].Help = nil
	}
	c, err := f.Compile()
	if err != nil {
		t.Fatal(err)
	}
	answers := form.Answers{}
	if raw != "" {
		value, problems := f.Field(id).Decode([]byte(raw))
		if len(problems) > 0 {
			t.Fatalf("%s is not taken: %v", raw, problems)
		}
		answers[id] = value
	}
	v := View{Form: c, State: c.Evaluate(answers, noon), Answers: answers, Versions: map[string]int64{id: 7}, Checks: world{}}
	if id == "file" && raw != "" {
		v.Files = map[string][]File{id: {{ID: strings.Trim(raw, `[]"`), Name: "plan.pdf", Size: 1200, URL: "/files/a1", Digest: "00ff"}}}
	}
	return v
}

func draw(t *testing.T, lang i18n.Lang, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(i18n.With(context.Background(), lang), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryTypeIsTested(t *testing.T) {
	for _, ty := range form.Types() {
		if _, ok := kinds[ty.ID]; !ok {
			t.Errorf("no sample of %s", ty.ID)
		}
	}
}

func TestEveryTypeInEverySituation(t *testing.T) {
	for _, ty := range form.Types() {
		k := kinds[ty.ID]
		for _, s := range situations {
			raw := s.pick(k)
			if raw == "" && (s.name == "filled" || s.name == "wrong") {
				continue
			}
			for _, lang := range i18n.Langs {
				t.Run(ty.ID+" "+s.name+" "+string(lang), func(t *testing.T) {
					v := viewOf(t, ty.ID, k, raw)
					v.Problems, v.ReadOnly = s.problems, s.readOnly
					checkPage(t, draw(t, lang, Step(v)))
					checkPage(t, draw(t, lang, ReadOnly(v)))
					checkPage(t, draw(t, lang, Outline(v)))
					if ty.Static || s.readOnly {
						return
					}
					page := draw(t, lang, Step(v))
					checkControls(t, ty.ID, page, v)
					if wrong := strings.Contains(page, `class="field-error"`); wrong != (s.problems && s.name != "filled") {
						t.Errorf("errors shown: %v\n%s", wrong, page)
					}
				})
			}
		}
	}
}

// checkPage checks what any page must obey: known messages, no inline style or script,
// a label for each control, ids that are single and references that lead somewhere.
func checkPage(t *testing.T, page string) {
	t.Helper()
	for _, bad := range []string{"‹", "%!", "javascript:", "<style", "about:invalid", "<nil>"} {
		if i := strings.Index(page, bad); i >= 0 && bad != "javascript:" {
			t.Errorf("%s: %s", bad, page[max(0, i-80):min(len(page), i+80)])
		}
	}
	if strings.Contains(page, `href="javascript:`) {
		t.Error("a link that runs script")
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, labels := map[string]int{}, map[string]bool{}
	walk(doc, func(n *html.Node) {
		for _, a := range n.Attr {
			switch {
			case a.Key == "id" && !within(n, "template"):
				ids[a.Val]++
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s %s>", n.Data, a.Key)
			case a.Key == "for" && n.Data == "label":
				labels[a.Val] = true
			}
		}
	})
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %s %d times", id, n)
		}
	}
	walk(doc, func(n *html.Node) {
		if within(n, "template") {
			return
		}
		for _, key := range []string{"aria-describedby", "aria-labelledby"} {
			for _, id := range strings.Fields(attr(n, key)) {
				if ids[id] == 0 {
					t.Errorf("%s=%s leads nowhere", key, id)
				}
			}
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") && ids[href[1:]] == 0 && within(n, "t-errors") {
			t.Errorf("the summary leads to %s, which is not there", href)
		}
		control := n.Data == "select" || n.Data == "textarea" || n.Data == "input" && attr(n, "type") != "hidden"
		if control && !labels[attr(n, "id")] && !within(n, "label") && attr(n, "aria-label") == "" {
			t.Errorf("no label: <%s name=%s>", n.Data, attr(n, "name"))
		}
	})
}

// checkControls sends the page back as a browser would: the answer must not change.
func checkControls(t *testing.T, id, page string, v View) {
	t.Helper()
	values := sent(t, page)
	if got := values.Get("v." + id); got != "7" {
		t.Errorf("version sent: %q", got)
	}
	f := v.Form.Form.Field(id)
	if !f.Present(values) {
		t.Fatal("nothing is sent for the field")
	}
	value, problems := f.DecodeHTML(values)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if slices.ContainsFunc(v.State.Problems, func(p errs.Field) bool { return p.Key == "form.option_unknown" }) {
		return // an option that is gone cannot be sent again
	}
	if got, want := string(form.Canonical(value)), string(form.Canonical(v.Answers[id])); got != want {
		t.Errorf("sent back as %s, was %s", got, want)
	}
}

func TestConflictShowsBothTextsAndThreeChoices(t *testing.T) {
	v := viewOf(t, "text", kinds["text"], `"leur mot"`)
	v.Conflict = map[string]Conflict{"text": {Variant: "v1", Mine: "mon mot", Theirs: "leur mot", Author: "Ada", At: noon.Now, Version: 9}}
	page := draw(t, i18n.FR, Step(v))
	checkPage(t, page)
	for _, want := range []string{"<mark>mon", "<mark>leur", "Ada", `value="mine"`, `value="theirs"`, `value="merged"`, `name="c.text.text"`, `value="resolve:text"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if got := sent(t, page); got.Get("c.text.variant") != "v1" || got.Get("c.text.version") != "9" {
		t.Errorf("sent %v", got)
	}
}

func TestOnlyReopenedFieldsHaveControls(t *testing.T) {
	v := viewOf(t, "text", kinds["text"], `"mot"`)
	v.Editable = func(string) bool { return false }
	page := draw(t, i18n.FR, Step(v))
	if strings.Contains(page, "<input") || !strings.Contains(page, "mot") {
		t.Error(page)
	}
}

func TestHiddenFieldsAreNotOnThePage(t *testing.T) {
	f, err := form.ReadyForm("regional")
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for _, situation := range []struct {
		answer string
		shown  bool
	}{{"yes", true}, {"no", false}} {
		answers := form.Answers{"participates": situation.answer == "yes"}
		page := draw(t, i18n.FR, Step(View{Form: c, State: c.Evaluate(answers, noon), Answers: answers, StepID: "participation"}))
		if got := strings.Contains(page, `data-question="participation_how"`); got != situation.shown {
			t.Errorf("%s: shown %v", situation.answer, got)
		}
		checkPage(t, page)
	}
}

func TestRowButtonsWithoutScript(t *testing.T) {
	start := url.Values{"f.team.0.name": {"Ada"}, "f.team.1.name": {"Bob"}, "f.team.2.name": {"Cleo"}, "f.team": {""}}
	for _, c := range []struct {
		do, want string
		blank    int
	}{
		{"add-row:team", "Ada Bob Cleo", 1},
		{"remove-row:team:1", "Ada Cleo", 0},
		{"move-row:team:1:up", "Bob Ada Cleo", 0},
		{"move-row:team:1:down", "Ada Cleo Bob", 0},
		{"move-row:team:0:up", "Ada Bob Cleo", 0},
		{"move-row:team:9:up", "Ada Bob Cleo", 0},
		{"save", "Ada Bob Cleo", 0},
	} {
		t.Run(c.do, func(t *testing.T) {
			values := maps.Clone(start)
			blank := ChangeRows(values, ReadAct(c.do))
			f := form.Field{ID: "team", Type: "team"}
			value, problems := f.DecodeHTML(values)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var names []string
			for _, r := range value.([]any) {
				names = append(names, r.(map[string]any)["name"].(string))
			}
			if got := strings.Join(names, " "); got != c.want || blank != c.blank {
				t.Errorf("got %s and %d empty rows", got, blank)
			}
		})
	}
}

func TestTheIslandsHaveTheirWords(t *testing.T) {
	for _, lang := range i18n.Langs {
		for name, sentence := range words(i18n.With(context.Background(), lang)) {
			if sentence == "" {
				t.Errorf("%s: no sentence in %s", name, lang)
			}
		}
	}
	checkPage(t, draw(t, i18n.FR, Draft(Frame{Action: "/x", Application: "a"})))
}

func TestOutlineLeadsToTheFields(t *testing.T) {
	v := viewOf(t, "contact", kinds["contact"], kinds["contact"].wrong)
	v.StepURL = func(id string) string { return "/etape/" + id }
	page := draw(t, i18n.FR, Outline(v))
	if want := `/etape/s#` + ui.FieldID("f.contact.email"); !strings.Contains(page, want) {
		t.Errorf("no link to %s in %s", want, page)
	}
	if got := target(v.Form.Form.Field("contact"), "contact"); got != "contact" {
		t.Errorf("target %s", got)
	}
	if line := problemLine(context.Background(), &v, v.Form.Form.Field("contact"), errs.Field{Path: "contact.email", Key: "form.required"}); line.Path != "f.contact.email" {
		t.Errorf("line %v", line)
	}
}
