package deposits_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/deposit"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/web/deposits"
	"transformateur/internal/web/ui/pagetest"
)

type world struct {
	*gatheringtest.World
	deposits *deposit.Service
	house    *house.Service
	home     string
	lang     i18n.Lang
}

// inBoth tries the pages of an open gathering of two teams, in each language.
func inBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := &world{World: gatheringtest.New(t, dbtest.SQLite(t)), lang: lang}
			w.house = house.New(w.DB, w.Clock, w.Policy, w.Jobs)
			w.deposits = deposit.New(deposit.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Blobs: w.Blobs, Inspector: boardtest.Inspector{}, Jobs: w.Jobs, Pulse: pulse.New(w.DB, w.Policy),
				With: func(context.Context, db.Reader, gathering.Participant) ([]project.ID, error) { return nil, nil }})
			w.Project("Campus", w.Ana)
			w.Project("Jardin", w.Bob)
			id := w.Open()
			ctx := context.Background()
			_, err := w.Gatherings.AddTeams(ctx, w.Lead, id)
			w.Must(err)
			w.Must(w.house.Propose(ctx, w.Lead, id, 0))
			w.Must(w.house.Publish(ctx, w.Lead, id))
			w.home = "/gatherings/" + string(id) + "/deposits"
			test(t, w)
		})
	}
}

func (w *world) site(by account.User) pagetest.Site {
	return pagetest.Site{Routes: (&deposits.Handler{Deposits: w.deposits, House: w.house}).Routes(), By: by, Lang: w.lang}
}

func (w *world) say(key string, args ...any) string { return i18n.Say(w.lang, key, args...) }

// sends a form with a picture, or without one.
func (w *world) sends(t *testing.T, by account.User, fields map[string]string, content []byte) pagetest.Answer {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, value := range fields {
		w.Must(m.WriteField(name, value))
	}
	called := "atelier.jpg"
	if !bytes.HasPrefix(content, []byte{0xff, 0xd8}) {
		called = "atelier.txt"
	}
	for name, content := range map[string][]byte{"photo": nil, "file": content} {
		part, err := m.CreateFormFile(name, called)
		w.Must(err)
		_, err = part.Write(content)
		w.Must(err)
	}
	w.Must(m.Close())
	return w.site(by).Send(t, w.home, m.FormDataContentType(), &body)
}

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, unwanted := range texts {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page says %q", unwanted)
		}
	}
}

func wants(t *testing.T, a pagetest.Answer, status int) string {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
	}
	return a.Body
}

func TestAPictureFromAPhone(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		ana, bob, lead := w.site(w.Ana), w.site(w.Bob), w.site(w.Lead)
		w.Must(w.house.TellNeeds(context.Background(), w.Bob, gathering.ID(strings.Split(w.home, "/")[2]), house.Needs{Pictures: house.PicturesNo}))
		holds(t, ana.Page(t, w.home), w.say("deposits.none"), w.home+"/new")
		page := ana.Page(t, w.home+"/new?activity=a1")
		holds(t, page, `capture="environment"`, i18n.SayN(w.lang, "deposits.refused", 1), `<option value="a1" selected`)
		lacks(t, page, "bob@", "/needs")
		holds(t, lead.Page(t, w.home+"/new"), "/needs")
		said := map[string]string{"title": "Le panneau", "credit": "Équipe Campus", "people": "unsure", "scope": "publication", "activity": "a1"}
		holds(t, wants(t, w.sends(t, w.Ana, map[string]string{"title": "Le panneau"}, boardtest.Photograph(t, 40, 30, 1)), http.StatusUnprocessableEntity), w.say("deposit.people_missing"), w.say("deposit.scope_missing"), `value="Le panneau"`)
		holds(t, wants(t, w.sends(t, w.Ana, said, nil), http.StatusUnprocessableEntity), w.say("deposit.file_none"))
		answer := w.sends(t, w.Ana, said, boardtest.Photograph(t, 40, 30, 1))
		wants(t, answer, http.StatusSeeOther)
		one, _, _ := strings.Cut(answer.Location, "?")
		holds(t, ana.Page(t, w.home), "Le panneau", one+"/file", w.say("deposits.alone"))
		lacks(t, bob.Page(t, w.home), "Le panneau")
		wants(t, bob.Get(t, one), http.StatusNotFound)
		wants(t, bob.Get(t, one+"/file"), http.StatusNotFound)
		if a := ana.Get(t, one+"/file"); a.Status != http.StatusOK || a.Type != "image/jpeg" {
			t.Errorf("the picture is %d %s", a.Status, a.Type)
		}
		form := url.Values{"version": {"1"}, "title": {"Le panneau"}, "credit": {""}, "people": {"agreed"}, "scope": {"room"}}
		holds(t, wants(t, ana.Post(t, one, form), http.StatusUnprocessableEntity), w.say("deposit.credit_missing"))
		form.Set("credit", "Équipe Campus")
		wants(t, ana.Post(t, one, form), http.StatusSeeOther)
		holds(t, wants(t, ana.Post(t, one, form), http.StatusConflict), w.say("deposit.meanwhile"), `name="version" value="2"`)
		page = bob.Page(t, one)
		holds(t, page, "Équipe Campus", w.say("deposits.people_agreed"))
		lacks(t, page, w.say("deposits.withdraw")+"<", w.say("deposits.edit"))
		wants(t, bob.Post(t, one+"/withdraw", nil), http.StatusForbidden)
		holds(t, lead.Page(t, one), w.say("deposits.withdraw_text"))
		wants(t, lead.Post(t, one+"/withdraw", nil), http.StatusSeeOther)
		wants(t, ana.Get(t, one), http.StatusNotFound)
	})
}

func TestADocumentIsNeverOpenedHere(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		answer := w.sends(t, w.Ana, map[string]string{"title": "Notes", "credit": "Ana", "people": "nobody", "scope": "room"}, []byte("bonjour à toutes et à tous"))
		one, _, _ := strings.Cut(answer.Location, "?")
		holds(t, w.site(w.Bob).Page(t, one), "download", w.say("deposits.download", "atelier.txt"))
	})
}
