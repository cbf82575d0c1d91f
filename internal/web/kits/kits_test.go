package kits_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/board/room"
	"transformateur/internal/board/shelf"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/kits"
	"transformateur/internal/web/ui/pagetest"
)

const shelfAt = "/editions/" + gatheringtest.Edition + "/kits"

type world struct {
	*gatheringtest.World
	shelf *shelf.Service
	lead  pagetest.Site
}

func newWorld(t *testing.T, lang i18n.Lang) *world {
	w := gatheringtest.New(t, dbtest.SQLite(t))
	out := &world{World: w, shelf: shelf.New(w.DB, w.Clock, w.Policy)}
	out.lead = out.site(w.Lead, lang)
	return out
}

func (w *world) site(by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: (&kits.Handler{Shelf: w.shelf}).Routes(), By: by, Lang: lang}
}

func (w *world) kit(at string) *kit.Kit {
	w.T.Helper()
	v, err := w.shelf.Read(w.T.Context(), w.Lead, shelf.ID(strings.TrimPrefix(at, "/kits/")))
	w.Must(err)
	return v.Kit
}

func wants(t testing.TB, a pagetest.Answer, status int) pagetest.Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %.900s", a.Status, status, a.Body)
	}
	return a
}

func holds(t testing.TB, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, html.EscapeString(want)) && !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// controls are what a browser without script would send of the form of a part.
func controls(t testing.TB, page string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	v := url.Values{}
	for form := range root.Descendants() {
		if _, live := attr(form, "data-live"); form.Data != "form" || !live {
			continue
		}
		for n := range form.Descendants() {
			name, named := attr(n, "name")
			if !named {
				continue
			}
			value, _ := attr(n, "value")
			kind, _ := attr(n, "type")
			_, checked := attr(n, "checked")
			switch {
			case n.Data == "input" && kind == "checkbox" && !checked, n.Data == "button":
			case n.Data == "input":
				v.Add(name, value)
			case n.Data == "textarea":
				text := ""
				if n.FirstChild != nil {
					text = n.FirstChild.Data
				}
				v.Add(name, strings.ReplaceAll(strings.TrimPrefix(text, "\n"), "\n", "\r\n"))
			case n.Data == "select":
				v.Add(name, selected(n))
			}
		}
		return v
	}
	t.Fatalf("no form on the page: %.500s", page)
	return nil
}

func selected(list *html.Node) string {
	var values []string
	for o := range list.Descendants() {
		if o.Data != "option" {
			continue
		}
		value, _ := attr(o, "value")
		if _, on := attr(o, "selected"); on {
			return value
		}
		values = append(values, value)
	}
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// send types into a part as a browser would, and presses a button.
func (w *world) send(at, part, do string, changes url.Values) pagetest.Answer {
	w.T.Helper()
	where := at + "/edit/" + part
	v := controls(w.T, w.lead.Page(w.T, where))
	for name, values := range changes {
		v[name] = values
	}
	v.Set("do", do)
	return w.lead.Post(w.T, where, v)
}

// must is send, when it is kept.
func (w *world) must(at, part, do string, changes url.Values) {
	w.T.Helper()
	wants(w.T, w.send(at, part, do, changes), http.StatusSeeOther)
}

func (w *world) make(title string) string {
	w.T.Helper()
	where := wants(w.T, w.lead.Post(w.T, shelfAt, url.Values{"title": {title}}), http.StatusSeeOther).Location
	return strings.TrimSuffix(where, "/edit/about")
}

// A kit made from nothing by forms alone, published, used on a board.
func TestAKitFromNothingWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := newWorld(t, lang)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			holds(t, w.lead.Page(t, shelfAt), say("kits.none"), kit.Shipped()[0].Title.In(string(lang)))
			wants(t, w.site(w.Ana, lang).Get(t, shelfAt), http.StatusForbidden)
			holds(t, wants(t, w.lead.Post(t, shelfAt, url.Values{"title": {" "}}), http.StatusUnprocessableEntity).Body, say("kits.title_missing"))
			at := w.make("Obstacles de la semaine")

			w.must(at, "about", "save", url.Values{"title.en": {"This week's obstacles"}, "notes.aim.fr": {"Nommer ce qui gêne."}, "notes.minutes.0": {"15"}, "notes.minutes.1": {"30"}, "notes.group.0": {"3"}, "notes.group.1": {"12"}})
			w.must(at, "about", "add-row:notes.steps", url.Values{"new.notes.steps": {"Écrire deux cartes chacun"}})
			w.must(at, "zones", "add-row:zones", url.Values{"new.zones": {"Nous le traitons"}, "zones.0.colour": {"sun"}})
			w.must(at, "zones", "save", url.Values{"zones.1.most": {"1"}, "zones.1.help.fr": {"Un seul obstacle."}})
			w.must(at, "cards", "add-row:cards.0.fields", url.Values{"new.cards.0.fields": {"Gravité"}, "cards.0.title.fr": {"Obstacle"}})
			w.must(at, "cards", "refresh:cards.0.fields.1.type", url.Values{"cards.0.fields.1.type": {"level"}})
			w.must(at, "cards", "add-row:cards.0.fields.1.choices", url.Values{"cards.0.fields.1.choices.0.label.fr": {"un peu"}, "cards.0.fields.1.choices.1.label.fr": {"beaucoup"}})
			w.must(at, "decks", "add-row:decks", url.Values{"new.decks": {"Pour chercher"}})
			w.must(at, "decks", "save", url.Values{"decks.0.prompts.0.title.fr": {"Qu’avez-vous dû faire deux fois ?"}, "decks.0.prompts.0.zone": {"a_remplir"}})
			w.must(at, "votes", "add-row:votes", url.Values{"new.votes": {"À traiter d’abord"}})
			w.must(at, "votes", "save", url.Values{"votes.0.budget": {"2"}, "votes.0.most": {"1"}, "votes.0.secret": {"yes"}})
			w.must(at, "phases", "add-row:phases", url.Values{"new.phases": {"Choisir"}, "phases.0.hidden": {"yes"}, "phases.0.minutes": {"5"}})
			w.must(at, "phases", "save", url.Values{"phases.1.votes": {"a_traiter_d_abord"}})
			w.must(at, "roles", "save", url.Values{"zones.1.write": {"team", "coach"}, "phases.0.zones": {"a_remplir"}})
			w.must(at, "outputs", "add-row:outputs", nil)
			w.must(at, "outputs", "save", url.Values{"outputs.0.becomes": {"lock"}, "outputs.0.zones": {"nous_le_traitons"}, "outputs.0.level": {"gravite"}})

			k := w.kit(at)
			if err := k.Check(); err != nil {
				t.Fatalf("what was made has faults: %v\n%s", err, k.Encode())
			}
			want := kit.Kit{Title: k.Title, Zones: k.Zones}
			if len(want.Zones) != 2 || want.Title["en"] != "This week's obstacles" || k.Zones[1].Most != 1 || k.Zones[0].Colour != "sun" || len(k.Zones[1].Write) != 2 ||
				len(k.Cards[0].Fields[1].Choices) != 3 || k.Cards[0].Fields[1].Choices[1].Label["fr"] != "beaucoup" || k.Votes[0].Budget != 2 || !k.Votes[0].Secret ||
				!k.Phases[0].Hidden || k.Phases[0].Minutes != 5 || k.Phases[1].Votes[0] != "a_traiter_d_abord" || k.Phases[0].Zones[0] != "a_remplir" ||
				k.Outputs[0].Becomes != kit.Lock || k.Outputs[0].Title != "text" || k.Outputs[0].Level != "gravite" || k.Notes.Minutes != [2]int{15, 30} || k.Decks[0].Prompts[0].Zone != "a_remplir" {
				t.Errorf("made: %s", k.Encode())
			}
			w.lead.Page(t, at+"/preview")
			preview := w.lead.Page(t, at+"/preview?frame=1")
			holds(t, preview, "Nous le traitons", "Qu’avez-vous dû faire deux fois ?", `data-layout="columns"`)

			page := w.lead.Page(t, at)
			holds(t, page, say("kits.publish", 1), "Écrire deux cartes chacun")
			w.published(t, at, page)
			holds(t, w.lead.Page(t, at), say("kits.status_published", 1))
			w.used(t, at)
		})
	}
}

func (w *world) published(t *testing.T, at, page string) {
	t.Helper()
	_, after, _ := strings.Cut(page, `name="revision" value="`)
	revision, _, _ := strings.Cut(after, `"`)
	wants(t, w.lead.Post(t, at+"/publish", url.Values{"revision": {revision}}), http.StatusSeeOther)
	wants(t, w.lead.Post(t, at+"/publish", url.Values{"revision": {revision}}), http.StatusConflict)
}

// used opens a board on the kit and writes a card.
func (w *world) used(t *testing.T, at string) {
	t.Helper()
	rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock), Projects: w.Projects})
	t.Cleanup(rooms.Close)
	gathering := w.Open()
	ctx := t.Context()
	offered, err := rooms.Kits(ctx, w.Lead, gathering)
	w.Must(err)
	if len(offered.Own) != 1 || !offered.Writes {
		t.Fatalf("offered %+v", offered)
	}
	list, err := rooms.Create(ctx, w.Lead, room.Asked{Gathering: gathering, Kit: strings.TrimPrefix(at, "/kits/"), Title: "Obstacles"})
	w.Must(err)
	l, err := rooms.Enter(ctx, w.Lead, list[0].ID, "clientclientclient01", room.Nothing)
	w.Must(err)
	defer l.Leave()
	added, err := json.Marshal(board.Added{Type: "carte", Place: board.Place{Zone: "a_remplir", Order: "V"}, Fields: map[string]json.RawMessage{"text": json.RawMessage(`"Deux saisies"`), "gravite": json.RawMessage("2")}})
	w.Must(err)
	refused, err := l.Do(ctx, []room.Sent{{Seq: 1, Op: board.Op{Kind: "card.add", Target: "cardcardcardcard0001", Value: added}}})
	w.Must(err)
	for _, why := range refused {
		w.Must(why)
	}
	v, err := rooms.Read(ctx, w.Lead, list[0].ID)
	w.Must(err)
	if len(v.State.Lies("a_remplir")) != 1 {
		t.Error("the card is not on the board")
	}
}

// Each part of each kit that ships, sent as its page shows it, changes nothing.
func TestSavingWhatWasShownChangesNothing(t *testing.T) {
	w := newWorld(t, i18n.FR)
	for _, shipped := range kit.Shipped() {
		at := wants(t, w.lead.Post(t, shelfAt, url.Values{"from": {shipped.ID}}), http.StatusSeeOther).Location
		at = strings.TrimSuffix(at, "/edit/about")
		for _, part := range drafting.Parts {
			w.must(at, part, "save", nil)
			if got := w.kit(at).Encode(); !bytes.Equal(got, shipped.Encode()) {
				t.Fatalf("%s, %s: became\n%s", shipped.ID, part, got)
			}
		}
		w.lead.Page(t, at)
		w.lead.Page(t, at+"/preview")
		w.lead.Page(t, shelfAt+"/"+shipped.ID)
		if a := wants(t, w.lead.Get(t, at+"/kit.json"), http.StatusOK); a.Body != string(shipped.Encode()) {
			t.Errorf("%s leaves otherwise", shipped.ID)
		}
		if a := wants(t, w.lead.Get(t, shelfAt+"/"+shipped.ID+"/kit.json"), http.StatusOK); a.Body != string(shipped.Encode()) {
			t.Errorf("%s leaves otherwise than it ships", shipped.ID)
		}
	}
}

func (w *world) file(t *testing.T, content string) pagetest.Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "kit.json")
	w.Must(err)
	part.Write([]byte(content))
	w.Must(form.Close())
	return w.lead.Send(t, shelfAt+"/import", form.FormDataContentType(), &body)
}

func TestAFileComesIn(t *testing.T) {
	w := newWorld(t, i18n.FR)
	say := func(key string, args ...any) string { return i18n.Say(i18n.FR, key, args...) }
	shipped := kit.Shipped()[4]
	at := wants(t, w.file(t, string(shipped.Encode())), http.StatusSeeOther).Location
	at, _, _ = strings.Cut(at, "/edit/")
	if a := w.lead.Get(t, at+"/kit.json"); a.Body != string(shipped.Encode()) {
		t.Error("a file that came in leaves otherwise")
	}

	for name, refused := range map[string]struct{ content, says string }{
		"no JSON":           {"Bonjour", say("kit.unreadable")},
		"a key of its own":  {`{"version":1,"id":"a","colour":"red"}`, say("kit.unreadable")},
		"another type":      {`{"version":1,"id":"a","zones":[{"most":"beaucoup"}]}`, "zones.most"},
		"a later version":   {`{"version":2}`, say("kit.version_unknown", 2)},
		"nothing":           {"", say("kit.unreadable")},
		"no title":          {`{"version":1,"id":"a"}`, say("kit.no_title")},
		"too big":           {`{"version":1,"id":"` + strings.Repeat("a", shelf.MaxSize) + `"}`, say("kit.too_big", shelf.MaxSize)},
		"much too big":      {strings.Repeat("a", 2*shelf.MaxSize), say("kit.too_big", shelf.MaxSize)},
		"a quarter less so": {strings.Repeat("a", shelf.MaxSize+1), say("kit.too_big", shelf.MaxSize)},
	} {
		a := wants(t, w.file(t, refused.content), http.StatusUnprocessableEntity)
		pagetest.Check(t, a.Body)
		if !strings.Contains(a.Body, html.EscapeString(refused.says)) && !strings.Contains(a.Body, refused.says) {
			t.Errorf("%s: the page lacks %q", name, refused.says)
		}
	}
	holds(t, wants(t, w.lead.Post(t, shelfAt+"/import", nil), http.StatusUnprocessableEntity).Body, say("kits.file_missing"))

	// Faults that can be mended are told one by one, each beside its control.
	at = wants(t, w.file(t, `{"version":1,"id":"Mauvais","title":{"fr":"À reprendre"},"layout":"spirale",
		"zones":[{"id":"A b","title":{}},{"id":"x","title":{"fr":"X"},"cards":["rien"],"write":["moi"],"most":-2,"colour":"vert"}],
		"cards":[{"id":"c","title":{"fr":"C"},"fields":[{"id":"t","type":"son","label":{"fr":"T"}}]}],
		"decks":[{"id":"d","title":{"fr":"D"},"card":"nulle","prompts":[]}],
		"phases":[{"id":"p","title":{"fr":"P"},"minutes":9000,"zones":["nulle"]}],
		"votes":[{"id":"v","title":{"fr":"V"},"kind":"cri"}],
		"outputs":[{"becomes":"or","card":"c"}]}`), http.StatusSeeOther).Location
	at, _, _ = strings.Cut(at, "/edit/")
	for _, part := range drafting.Parts {
		page := w.lead.Page(t, at+"/edit/"+part)
		holds(t, page, "À reprendre")
		if part != "about" && !strings.Contains(page, `class="field-error"`) {
			t.Errorf("%s: no fault beside a control", part)
		}
	}
	w.lead.Page(t, at+"/preview")
	w.lead.Page(t, at)
	wants(t, w.lead.Post(t, at+"/publish", url.Values{"revision": {"1"}}), http.StatusUnprocessableEntity)
	w.must(at, "zones", "save", url.Values{"zones.0.id": {"ab"}, "zones.0.title.fr": {"AB"}, "layout": {"columns"}, "zones.1.most": {""}, "zones.1.colour": {"sun"}})
	if z := w.kit(at).Zones; z[0].ID != "ab" || z[1].Most != 0 {
		t.Errorf("mended as %+v", z)
	}
}

// Two people on one kit: each keeps her part, and what both changed waits for a choice.
func TestTwoPeopleWriteOneKit(t *testing.T) {
	w := newWorld(t, i18n.EN)
	at := w.make("Kit")
	zones := controls(t, w.lead.Page(t, at+"/edit/zones"))
	w.must(at, "phases", "save", url.Values{"phases.0.title.fr": {"Lire"}})
	zones.Set("zones.0.title.fr", "Mienne")
	wants(t, w.lead.Post(t, at+"/edit/zones", zones), http.StatusSeeOther)
	if k := w.kit(at); k.Zones[0].Title["fr"] != "Mienne" || k.Phases[0].Title["fr"] != "Lire" {
		t.Errorf("one of them lost her part: %s", k.Encode())
	}

	zones.Set("zones.0.title.fr", "Encore")
	a := wants(t, w.lead.Post(t, at+"/edit/zones", zones), http.StatusConflict)
	pagetest.Check(t, a.Body)
	holds(t, a.Body, i18n.Say(i18n.EN, "kits.clash_mine"), "Encore")
	if k := w.kit(at); k.Zones[0].Title["fr"] != "Mienne" {
		t.Error("it was overwritten before anybody chose")
	}
	again := controls(t, strings.Replace(a.Body, `<form class="stack" method="post" action="`+at, `<form data-live action="`+at, 1))
	again.Set("do", "save")
	wants(t, w.lead.Post(t, at+"/edit/zones", again), http.StatusSeeOther)
	if k := w.kit(at); k.Zones[0].Title["fr"] != "Encore" {
		t.Error("the choice was not kept")
	}

	// Once rows have moved, what was typed is shown to be copied, and not laid on others.
	zones = controls(t, w.lead.Page(t, at+"/edit/zones"))
	w.must(at, "zones", "add-row:zones", url.Values{"new.zones": {"Une autre"}})
	w.must(at, "zones", "up:zones.1", nil)
	zones.Set("zones.0.title.fr", "Perdue de vue")
	a = wants(t, w.lead.Post(t, at+"/edit/zones", zones), http.StatusConflict)
	pagetest.Check(t, a.Body)
	holds(t, a.Body, i18n.Say(i18n.EN, "kits.clash_rows"), "Perdue de vue")
	if strings.Contains(a.Body, i18n.Say(i18n.EN, "kits.clash_mine")) {
		t.Error("what was typed may be laid on another row")
	}
}

func TestWhatTheEditorRefuses(t *testing.T) {
	w := newWorld(t, i18n.FR)
	say := func(key string, args ...any) string { return i18n.Say(i18n.FR, key, args...) }
	at := w.make("Trame")
	w.must(at, "votes", "add-row:votes", nil)
	before := w.kit(at).Encode()
	for name, one := range map[string]struct {
		part    string
		changes url.Values
		says    string
	}{
		"minutes in words":       {"phases", url.Values{"phases.0.minutes": {"dix"}}, say("kits.not_number")},
		"a negative number":      {"zones", url.Values{"zones.0.most": {"-1"}}, say("kits.not_number")},
		"nobody votes":           {"roles", url.Values{"votes.0.write": nil}, say("kits.nobody_votes")},
		"a phase without a zone": {"roles", url.Values{"phases.0.zones": nil}, say("kits.nowhere")},
	} {
		a := wants(t, w.send(at, one.part, "save", one.changes), http.StatusUnprocessableEntity)
		pagetest.Check(t, a.Body)
		if holds(t, a.Body, one.says); !bytes.Equal(w.kit(at).Encode(), before) {
			t.Errorf("%s: it was saved", name)
		}
	}
	wants(t, w.lead.Get(t, at+"/edit/nothing"), http.StatusNotFound)
	wants(t, w.lead.Get(t, shelfAt+"/nothing"), http.StatusNotFound)
	wants(t, w.lead.Post(t, shelfAt, url.Values{"from": {"nothing"}}), http.StatusNotFound)
	wants(t, w.send(at, "zones", "drop:zones.9", nil), http.StatusConflict)
	wants(t, w.send(at, "zones", "add-row:nothing", nil), http.StatusConflict)

	// An empty title is kept, told, and keeps the kit from being published.
	w.must(at, "zones", "save", url.Values{"zones.0.title.fr": {""}, "zones.0.title.en": {""}})
	holds(t, w.lead.Page(t, at+"/edit/zones"), say("kit.no_title"))
	w.must(at, "zones", "drop:zones.0", nil)
	holds(t, w.lead.Page(t, at+"/edit/zones"), say("kit.empty"))
	w.lead.Page(t, at+"/preview")

	wants(t, w.lead.Post(t, at+"/retire", nil), http.StatusSeeOther)
	wants(t, w.lead.Post(t, at+"/retire", nil), http.StatusConflict)
	holds(t, w.lead.Page(t, at), say("kits.restore"))
	wants(t, w.lead.Post(t, at+"/restore", nil), http.StatusSeeOther)
	for _, page := range []string{at, at + "/preview", at + "/kit.json", at + "/edit/about"} {
		wants(t, w.site(w.Ana, i18n.FR).Get(t, page), http.StatusNotFound)
	}
}

// A matrix gets its axes, and loses nothing when one comes back to it.
func TestAMatrixHasAxes(t *testing.T) {
	w := newWorld(t, i18n.FR)
	at := w.make("Matrice")
	w.must(at, "zones", "refresh:layout", url.Values{"layout": {"matrix"}})
	w.must(at, "zones", "save", url.Values{"axes.0.title.fr": {"Coût"}})
	holds(t, w.lead.Page(t, at+"/preview"), `data-layout="matrix"`, "b-axis")
	w.must(at, "zones", "refresh:layout", url.Values{"layout": {"columns"}})
	if a := w.lead.Get(t, at+"/kit.json"); strings.Contains(a.Body, "axes") {
		t.Error("columns leave with axes")
	}
	w.must(at, "zones", "refresh:layout", url.Values{"layout": {"matrix"}})
	if k := w.kit(at); len(k.Axes) != 2 || k.Axes[0].Title["fr"] != "Coût" {
		t.Errorf("axes: %+v", k.Axes)
	}
}
