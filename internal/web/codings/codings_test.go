package codings_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/coding"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/codings"
	"transformateur/internal/web/ui/pagetest"
)

func TestFromWordsToThemes(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			w.Must(w.DB.Write(context.Background(), func(tx *db.Tx) error {
				ctx := context.Background()
				if _, err := tx.Exec(ctx, `insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by) values ('s', $1, 'satisfaction', 'Et vous', '{"version":1,"steps":[{"id":"one","title":{"fr":"Une"},"fields":[{"id":"kept","type":"longtext","label":{"fr":"Ce que vous emportez"}}]}]}', '2027-03-06', '2027-03-07', 'sent', 1, $2, 'system')`, gatheringtest.Edition, w.Clock.Now()); err != nil {
					return err
				}
				for i := range 2 { // with nothing to say: five are read
					if _, err := tx.Exec(ctx, `insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', '{}', 'no', '', true, true, '2027-03-08')`, fmt.Sprintf("y%031d", i)); err != nil {
						return err
					}
				}
				for i, words := range []string{"Rencontrer des partenaires", "La rencontre des partenaires locaux", "Un planning trop serré"} {
					if _, err := tx.Exec(ctx, `insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', $2, 'nameless', '', true, true, '2027-03-08')`, fmt.Sprintf("%032d", i), `{"kept":"`+words+`"}`); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, `insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', '{"kept":"Pas encore montré"}', 'no', '', true, false, '2027-03-08')`, fmt.Sprintf("x%031d", i)); err != nil {
						return err
					}
				}
				return nil
			}))
			s := coding.New(w.DB, w.Clock, w.Policy, nil)
			site := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&codings.Handler{Codings: s}).Routes(), By: by, Lang: lang}
			}
			lead, home := site(w.Lead), "/editions/"+gatheringtest.Edition
			status := func(a pagetest.Answer, want int) string {
				t.Helper()
				if a.Status != want {
					t.Fatalf("answers %d, want %d: %s", a.Status, want, a.Body)
				}
				return a.Body
			}
			status(site(w.Ana).Get(t, home+"/themes"), http.StatusForbidden)
			status(lead.Post(t, home+"/themes", url.Values{"name": {" "}}), http.StatusUnprocessableEntity)
			status(lead.Post(t, home+"/themes", url.Values{"name": {"Rencontres"}, "meaning": {"Qui on a rencontré"}}), http.StatusSeeOther)
			theme := regexp.MustCompile(`name="theme" value="([^"]+)"`).FindStringSubmatch(lead.Page(t, home+"/themes"))[1]

			page := lead.Page(t, home+"/verbatims")
			if strings.Contains(page, "Pas encore montré") {
				t.Error("an answer that waits is read")
			}
			first := regexp.MustCompile(`name="verbatim" value="([^"]+)"`).FindStringSubmatch(page)[1]
			one := url.Values{"verbatim": {first}, "themes": {theme}, "version": {"0"}}
			status(lead.Post(t, home+"/verbatims", one), http.StatusSeeOther)
			status(lead.Post(t, home+"/verbatims", one), http.StatusConflict)
			status(lead.Post(t, home+"/verbatims", url.Values{"verbatim": {"survey:none"}}), http.StatusNotFound)
			if page = lead.Page(t, home+"/verbatims"); !strings.Contains(page, "partenaires, rencontre") && !strings.Contains(page, "rencontre, partenaires") {
				t.Error("the theme of the nearest words is not proposed with its reason")
			}
			if page = lead.Page(t, home+"/verbatims/groups"); !strings.Contains(page, "locaux") || strings.Contains(page, "planning") {
				t.Error("the groups are not those of the words in common")
			}
			lead.Page(t, home+"/verbatims/differences")
			if page = lead.Page(t, home+"/themes?view=outside"); strings.Contains(page, "Rencontrer des") || !strings.Contains(page, i18n.Say(lang, "codings.too_few")) {
				t.Error("one verbatim is shown outside")
			}
			if file := status(lead.Get(t, home+"/themes.csv"), http.StatusOK); !strings.Contains(file, "Rencontrer des partenaires") {
				t.Errorf("the file: %s", file)
			}
		})
	}
}
