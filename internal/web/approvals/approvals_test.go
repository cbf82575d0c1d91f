package approvals_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/approval"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/web/approvals"
	"transformateur/internal/web/ui/pagetest"
)

const reason = "Sa page reste blanche : il faut voir ce que contient le dossier."

func TestTwoPeople(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := applicationtest.New(t, dbtest.SQLite(t))
			h := &approvals.Handler{Approvals: approval.New(w.DB, w.Clock, w.Policy, w.Bus), Calls: w.Calls, Clock: w.Clock}
			admin := w.Person("admin")
			admin.Name = "Odile Admin"
			w.Must(w.DB.Write(context.Background(), func(tx *db.Tx) error {
				return w.Policy.Grant(context.Background(), tx, account.System, policy.Relation{SubjectID: "admin", Relation: "admin", Object: policy.Platform.Ref})
			}))
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang} }
			file := w.Complete()
			if _, err := w.Files.Submit(context.Background(), w.Ana, file.ID); err != nil {
				t.Fatal(err)
			}

			as(admin).Page(t, "/approvals")
			if a := as(w.Lead).Get(t, "/approvals/emergency"); a.Status != http.StatusNotFound {
				t.Errorf("the form of an emergency to a lead: %d", a.Status)
			}
			form := as(admin).Page(t, "/approvals/emergency?file="+string(file.ID))
			if !strings.Contains(form, `value="`+string(file.ID)+`"`) {
				t.Error("the form does not hold the file it was asked for")
			}
			bad := as(admin).Post(t, "/approvals/emergency", url.Values{"object": {"zzz"}, "reason": {reason}})
			if bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, i18n.Say(lang, "approval.file_unknown")) || !strings.Contains(bad.Body, "Sa page reste blanche") {
				t.Errorf("an unknown file: %d", bad.Status)
			}
			asked := as(admin).Post(t, "/approvals/emergency", url.Values{"object": {string(file.ID)}, "reason": {reason}})
			page := strings.TrimSuffix(asked.Location, "?done=asked")
			if asked.Status != http.StatusSeeOther || page == asked.Location {
				t.Fatalf("asking: %d %s", asked.Status, asked.Location)
			}
			own := as(admin).Page(t, asked.Location)
			if strings.Contains(own, page+"/approve") || !strings.Contains(own, i18n.Say(lang, "approval.done_asked")) {
				t.Error("whoever asks is offered to agree, or is not told that it left")
			}
			if a := as(admin).Post(t, page+"/approve", nil); a.Status != http.StatusConflict || !strings.Contains(a.Body, i18n.Say(lang, "approval.own")) {
				t.Errorf("agreeing to one's own request: %d", a.Status)
			}
			seen := as(w.Lead).Page(t, page)
			if !strings.Contains(seen, page+"/approve") || !strings.Contains(seen, "Sa page reste blanche") {
				t.Error("the lead cannot decide")
			}
			if strings.Contains(seen, file.Title) {
				t.Error("the request tells the title of the file")
			}
			if a := as(w.Lead).Post(t, page+"/refuse", nil); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, i18n.Say(lang, "approval.note_missing")) {
				t.Errorf("refusing without a word: %d", a.Status)
			}
			if a := as(w.Lead).Post(t, page+"/approve", url.Values{"note": {"Oui."}}); a.Status != http.StatusSeeOther {
				t.Fatalf("agreeing: %d", a.Status)
			}
			if !strings.Contains(as(admin).Page(t, page), `href="/files/`+string(file.ID)+`"`) {
				t.Error("what was agreed to leads nowhere")
			}
			w.Clock.Advance(2 * time.Hour)
			if strings.Contains(as(admin).Page(t, page), `href="/files/`) {
				t.Error("it still leads there after its hour")
			}
		})
	}
}

func TestDeletionOfAPublishedCall(t *testing.T) {
	w := applicationtest.New(t, dbtest.SQLite(t))
	h := &approvals.Handler{Approvals: approval.New(w.DB, w.Clock, w.Policy, w.Bus), Calls: w.Calls, Clock: w.Clock}
	eve := w.Person("eve")
	w.Must(w.DB.Write(context.Background(), func(tx *db.Tx) error {
		return w.Policy.Grant(context.Background(), tx, account.System, policy.Relation{SubjectID: "eve", Relation: "lead", Object: policy.Ref{Kind: "call", ID: string(w.Call.ID)}})
	}))
	as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: h.Routes(), By: by, Lang: i18n.FR} }
	ask := "/calls/" + string(w.Call.ID) + "/approvals/deletion"
	remove := "/calls/" + string(w.Call.ID) + "/delete"
	if strings.Contains(as(w.Lead).Page(t, ask), remove) {
		t.Error("one person is enough")
	}
	asked := as(w.Lead).Post(t, ask, url.Values{"reason": {"Appel ouvert deux fois par erreur."}})
	if again := as(w.Lead).Page(t, ask); !strings.Contains(again, i18n.Say(i18n.FR, "approval.waits")) {
		t.Error("the page does not say that a request waits")
	}
	if a := as(eve).Post(t, strings.TrimSuffix(asked.Location, "?done=asked")+"/approve", nil); a.Status != http.StatusSeeOther {
		t.Fatalf("agreeing: %d", a.Status)
	}
	if !strings.Contains(as(w.Lead).Page(t, ask), remove) {
		t.Fatal("the deletion is not offered")
	}
	if a := as(w.Lead).Post(t, remove, nil); a.Status != http.StatusSeeOther {
		t.Errorf("deleting: %d", a.Status)
	}
}
