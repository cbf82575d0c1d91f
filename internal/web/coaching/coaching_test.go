package coaching_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/note"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/coaching"
	"transformateur/internal/web/ui/pagetest"
)

// nobody has made a plan.
type nobody struct{}

func (nobody) House(context.Context, db.Reader, gathering.ID) (plan.House, error) {
	return plan.House{}, nil
}

type world struct {
	*gatheringtest.World
	notes     *note.Service
	home, one string
	leo       account.User
	lang      i18n.Lang
}

// inBoth tries the pages of a gathering in which Léo sponsors Ana's project, in each language.
func inBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := &world{World: gatheringtest.New(t, dbtest.SQLite(t)), lang: lang}
			beat := pulse.New(w.DB, w.Policy)
			plans := schedule.New(schedule.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: nobody{}, Pulse: beat})
			w.notes = note.New(note.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Projects: w.Projects, Plans: plans, Pulse: beat})
			campus := w.Project("Campus", w.Ana)
			id := w.Open()
			ctx := context.Background()
			_, err := w.Gatherings.AddTeams(ctx, w.Lead, id)
			w.Must(err)
			w.leo = w.Signed("leo@labo.example", "Léo Fabre")
			w.Must(w.Gatherings.Invite(ctx, w.Lead, id, gathering.Invited{Email: "leo@labo.example", Name: "Léo Fabre", Role: gathering.Coach, Project: campus, Lang: "fr"}))
			_, err = w.Gatherings.Join(ctx, w.leo, gathering.Coming{Code: w.Code(id), IP: "192.0.2.1"})
			w.Must(err)
			w.home = "/gatherings/" + string(id) + "/coaching"
			w.one = w.home + "/" + string(campus)
			test(t, w)
		})
	}
}

func (w *world) site(by account.User) pagetest.Site {
	return pagetest.Site{Routes: (&coaching.Handler{Notes: w.notes}).Routes(), By: by, Lang: w.lang}
}

func (w *world) say(key string, args ...any) string { return i18n.Say(w.lang, key, args...) }

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

func TestANoteWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		leo, ana, bob := w.site(w.leo), w.site(w.Ana), w.site(w.Bob)
		wants(t, bob.Get(t, w.home), http.StatusNotFound)
		sheet := w.one + "/notes/outside"
		holds(t, leo.Page(t, w.home), "Campus", sheet, w.say("coaching.note_begin"))
		page := leo.Page(t, sheet)
		holds(t, page, w.say("coaching.who_reads"), `name="f.shared"`, `name="f.private"`)
		form := url.Values{"do": {"save"}, "v.shared": {"0"}, "f.shared": {"Il faut **un budget**."}, "v.private": {"0"}, "f.private": {"La direction hésite."}}
		wants(t, leo.Post(t, sheet, form), http.StatusSeeOther)
		form.Set("f.shared", "Depuis un autre onglet")
		holds(t, wants(t, leo.Post(t, sheet, form), http.StatusConflict), "Depuis un autre onglet", "un budget")
		form.Set("f.private", strings.Repeat("x", note.MaxText+1))
		form.Set("v.private", "1")
		wants(t, leo.Post(t, sheet, form), http.StatusConflict)
		mine := leo.Page(t, w.home)
		holds(t, mine, "<strong>un budget</strong>", w.say("coaching.private_kept"), w.say("coaching.note_go_on"))
		lacks(t, mine, "hésite")
		holds(t, leo.Page(t, sheet), "hésite")
		for _, reader := range []pagetest.Site{ana, w.site(w.Lead)} {
			page := reader.Page(t, w.one)
			holds(t, page, "<strong>un budget</strong>", "Léo Fabre")
			lacks(t, page, "hésite", w.say("coaching.private_kept"), "/notes/")
			wants(t, reader.Get(t, sheet), http.StatusNotFound)
			wants(t, reader.Get(t, sheet+"?field=private"), http.StatusNotFound)
			wants(t, reader.Post(t, sheet, form), http.StatusNotFound)
		}
	})
}

func TestANoteAsItIsTyped(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		leo, sheet := w.site(w.leo), w.one+"/notes/outside"
		send := func(by pagetest.Site, body string) pagetest.Answer {
			return by.Send(t, sheet+"/save", "application/json", strings.NewReader(body))
		}
		holds(t, wants(t, send(leo, `{"edits":[{"field":"private","base":0,"value":"Un doute"}]}`), http.StatusOK), `"version":1`)
		holds(t, wants(t, send(leo, `{"edits":[{"field":"private","base":0,"value":"Un autre doute"}]}`), http.StatusOK), `"theirs_text":"Un doute"`)
		variant := regexp.MustCompile(`"variant":"([a-z0-9]+)"`).FindStringSubmatch(wants(t, send(leo, `{"edits":[{"field":"private","base":0,"value":"Un autre doute"}]}`), http.StatusOK))[1]
		holds(t, wants(t, send(leo, `{"edits":[{"field":"private","base":1,"settles":"`+variant+`","choice":"mine"}]}`), http.StatusOK), `"version":2`)
		holds(t, leo.Page(t, sheet), "Un autre doute")
		holds(t, wants(t, leo.Get(t, sheet+"?field=private"), http.StatusOK), "Un autre doute")
		wants(t, send(leo, `nothing`), http.StatusUnprocessableEntity)
		wants(t, send(w.site(w.Ana), `{"edits":[{"field":"private","base":0,"value":"x"}]}`), http.StatusNotFound)
	})
}

func TestWhatIsAgreedWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		leo, ana := w.site(w.leo), w.site(w.Ana)
		holds(t, ana.Page(t, w.one), w.say("coaching.agreed_none"))
		lacks(t, ana.Page(t, w.one), `name="text"`)
		holds(t, wants(t, leo.Post(t, w.one+"/agreed", url.Values{"due": {"bientôt"}}), http.StatusUnprocessableEntity), w.say("project.line_missing"), w.say("project.who_missing"), w.say("project.due_wrong"))
		wants(t, leo.Post(t, w.one+"/agreed", url.Values{"text": {"Appeler la paie"}, "who": {"team"}, "due": {"2027-04-01"}}), http.StatusSeeOther)
		wants(t, ana.Post(t, w.one+"/agreed", url.Values{"text": {"x"}, "who": {"team"}}), http.StatusForbidden)
		page := ana.Page(t, w.home)
		holds(t, page, "Appeler la paie", w.say("projects.who_team"), w.say("projects.tick"))
		line := regexp.MustCompile(w.one + `/agreed/[a-z0-9]{20}`).FindString(page)
		if at := ana.Post(t, line, url.Values{"do": {"done"}, "from": {"desk"}}); at.Status != http.StatusSeeOther || !strings.HasPrefix(at.Location, w.home+"?") {
			t.Errorf("ticked, she is led to %q", at.Location)
		}
		holds(t, leo.Page(t, w.one), w.say("projects.done"), w.say("projects.reopen"), w.say("coaching.take_back"))
		lacks(t, ana.Page(t, w.one), w.say("coaching.take_back"))
		wants(t, leo.Post(t, line, url.Values{"do": {"again"}}), http.StatusSeeOther)
		wants(t, leo.Post(t, line, url.Values{"do": {"dance"}}), http.StatusUnprocessableEntity)
		wants(t, leo.Post(t, line, url.Values{"do": {"remove"}}), http.StatusSeeOther)
		wants(t, leo.Post(t, line, url.Values{"do": {"done"}}), http.StatusNotFound)
	})
}
