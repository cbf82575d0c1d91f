package platform_test

import (
	"crypto/ed25519"
	"net/http"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/admin"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/privacy/statement"
	"transformateur/internal/programme"
	"transformateur/internal/programme/programmetest"
	"transformateur/internal/web/platform"
	"transformateur/internal/web/ui/pagetest"
)

func TestPlatformPages(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := programmetest.New(t, d)
		rights := policy.New(d, w.Clock)
		people := account.New(d, w.Clock, account.Options{Rights: rights.Rights(), Bus: event.NewBus(d, w.Clock)})
		h := &platform.Handler{Statements: statement.New(d, w.Clock, rights), Teams: programme.NewTeams(w.Service, people, "Essai"), Watch: &admin.Watch{DB: d, Clock: w.Clock, Policy: rights,
			Mails:  notify.New(d, w.Clock, job.NewQueue(d, w.Clock), rights, notify.Options{Sender: mail.Hold{}}),
			Folder: t.TempDir(), Key: make(ed25519.PublicKey, ed25519.PublicKeySize)}}
		for lang, want := range map[i18n.Lang][]string{
			i18n.FR: {"Aucun serveur de courriel", "/platform/team", "66687aadf862bd77"[:4] + " ", "jamais relu", "inconnue"},
			i18n.EN: {"No mail server is set", "never read through", "since the start"},
		} {
			page := strings.ReplaceAll(pagetest.Site{Routes: h.Routes(), By: w.Admin, Lang: lang}.Page(t, "/platform"), "\u00a0", " ")
			for _, part := range want {
				if !strings.Contains(page, part) {
					t.Errorf("%s: no %q", lang, part)
				}
			}
			team := pagetest.Site{Routes: h.Routes(), By: w.Admin, Lang: lang}.Page(t, "/platform/team")
			if !strings.Contains(team, "Odile Admin") || !strings.Contains(team, `value="dpo"`) || strings.Contains(team, `value="lead"`) {
				t.Errorf("%s: the team of the platform", lang)
			}
		}
		for _, path := range []string{"/platform", "/platform/team"} {
			if a := (pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: i18n.FR}).Get(t, path); a.Status != http.StatusNotFound {
				t.Errorf("%s to a lead: %d", path, a.Status)
			}
		}
	})
}
