package visits_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/support/visit"
	"transformateur/internal/web/ui/pagetest"
	"transformateur/internal/web/visits"
)

func TestVisitsWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx := gatheringtest.New(t, dbtest.SQLite(t)), context.Background()
			routes := (&visits.Handler{Visits: visit.New(w.DB, w.Clock, w.Policy, w.Bus)}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			wants := func(a pagetest.Answer, status int, texts ...string) {
				t.Helper()
				if a.Status != status {
					t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
				}
				for _, want := range texts {
					if !strings.Contains(a.Body, want) {
						t.Errorf("the page lacks %q", want)
					}
				}
			}
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			campus := w.Project("Campus", w.Ana)
			leo, at := w.Signed("leo@labo.example", "Léo Fabre"), "/projects/"+string(campus)+"/visits"
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
				return w.Policy.Grant(ctx, tx, w.Lead, policy.Relation{SubjectID: string(leo.ID), Relation: "sponsor", Object: policy.Ref{Kind: "project", ID: string(campus)}})
			}))
			wants(as(leo).Get(t, at), http.StatusOK, say("visits.none"), say("visits.write_button"))
			in := url.Values{"day": {w.Clock.Now().Format(time.DateOnly)}, "how": {"video"}, "shared": {"Le budget avance."}, "private": {"Tendu."}}
			wants(as(leo).Post(t, at, in), http.StatusUnprocessableEntity, say("visit.met_missing"), "Tendu.")
			in.Set("met", "Ana")
			wants(as(leo).Post(t, at, in), http.StatusSeeOther)
			mine := as(leo).Page(t, at)
			one := regexp.MustCompile(at + `/([a-z0-9]+)"`).FindStringSubmatch(mine)
			if one == nil || !strings.Contains(mine, "Tendu.") {
				t.Fatalf("the sponsor does not find her visit: %s", mine)
			}
			theirs := as(w.Ana).Page(t, at)
			if !strings.Contains(theirs, "Le budget avance.") || strings.Contains(theirs, "Tendu.") || strings.Contains(theirs, say("visits.change")) {
				t.Errorf("the team reads %s", theirs)
			}
			wants(as(w.Ana).Get(t, at+"/"+one[1]), http.StatusNotFound)
			wants(as(w.Bob).Get(t, at), http.StatusNotFound)
			in.Set("version", "1")
			in.Set("shared", "Le budget est voté.")
			wants(as(leo).Get(t, at+"/"+one[1]), http.StatusOK, "Tendu.", say("visits.remove"))
			wants(as(leo).Post(t, at+"/"+one[1], in), http.StatusSeeOther)
			wants(as(leo).Post(t, at+"/"+one[1], in), http.StatusConflict, say("visit.meanwhile"))
			wants(as(leo).Post(t, at+"/"+one[1]+"/remove", url.Values{"version": {"2"}}), http.StatusSeeOther)
			wants(as(leo).Get(t, at), http.StatusOK, say("visits.none"))
		})
	}
}
