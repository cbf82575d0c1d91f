package home_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/programme"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/web/home"
	"transformateur/internal/web/ui/pagetest"
)

func TestHomeSaysWhatToDoFirst(t *testing.T) {
	d := dbtest.SQLite(t)
	w := screeningtest.New(t, d)
	people := account.New(d, w.Clock, account.Options{Bus: w.Bus, Rights: w.Policy.Rights()})
	h := &home.Handler{Programmes: programme.New(d, w.Clock, w.Policy, w.Bus), Clock: w.Clock, Name: "Appels", Files: w.Files, Screening: w.Screening, Accounts: people}
	begun, ready := w.Draft(), w.Complete()
	w.Must(w.Files.Rename(context.Background(), w.Ana, ready.ID, "Prêt à partir"))
	for lang, want := range map[i18n.Lang][]string{
		i18n.FR: {"2 points à compléter dans « Campus numérique »", "Vérifier et déposer « Prêt à partir »", "/applications/" + string(begun.ID) + "/edit", "/applications/" + string(ready.ID) + "/submit"},
		i18n.EN: {"2 points to complete in “Campus numérique”", "Check and submit “Prêt à partir”"},
	} {
		page := pagetest.Site{Routes: h.Routes(), Lang: lang, By: w.Ana}.Page(t, "/")
		for _, part := range want {
			if !strings.Contains(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(page), part) {
				t.Errorf("%s: no %q", lang, part)
			}
		}
	}
	if page := (pagetest.Site{Routes: h.Routes(), Lang: i18n.FR, By: w.Bob}).Page(t, "/"); strings.Contains(page, "Campus") {
		t.Error("somebody else's file shows")
	}
	w.Clock.Advance(2 * time.Hour)
	if page := (pagetest.Site{Routes: h.Routes(), Lang: i18n.FR, By: w.Ana}).Page(t, "/"); strings.Contains(page, "/submit") {
		t.Error("after the deadline there is nothing left to deposit")
	}
	if page := (pagetest.Site{Routes: h.Routes(), Lang: i18n.FR}).Page(t, "/"); strings.Contains(page, "Campus") {
		t.Error("a visitor sees a file")
	}
}

func TestHomeLeadsToOnesProjects(t *testing.T) {
	base := screeningtest.New(t, dbtest.SQLite(t))
	w := gatheringtest.Over(base.World)
	id := w.Project("Campus", w.Ana)
	h := &home.Handler{Programmes: programme.New(w.DB, w.Clock, w.Policy, w.Bus), Clock: w.Clock, Name: "Projets", Files: base.Files, Screening: base.Screening, Accounts: w.Accounts, Projects: w.Projects}
	if page := (pagetest.Site{Routes: h.Routes(), Lang: i18n.FR, By: w.Ana}).Page(t, "/"); !strings.Contains(page, `href="/projects/`+string(id)+`"`) || !strings.Contains(page, "Vos projets") {
		t.Error("no way to one's project")
	}
	if page := (pagetest.Site{Routes: h.Routes(), Lang: i18n.FR, By: w.Bob}).Page(t, "/"); strings.Contains(page, "Campus") {
		t.Error("somebody else's project shows")
	}
}
