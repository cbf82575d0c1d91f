package deliberations_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/deliberations"
	"transformateur/internal/web/ui/pagetest"
)

const (
	selection = deliberationtest.Selection
	room      = "/deliberations/selection"
)

var ctx = context.Background()

// house is a world whose readings are in, and its pages.
func house(t *testing.T, lang i18n.Lang) (*deliberationtest.World, func(account.User) pagetest.Site) {
	w := deliberationtest.New(t, dbtest.SQLite(t), 6)
	for i, score := range []float64{80, 62, 71, 40, 66, 90} {
		w.Score(w.Mia, w.Files[i], score-9-float64(i%3))
		w.Score(w.Noe, w.Files[i], score+float64(i%2))
		w.Score(w.Zoe, w.Files[i], score+4-2*float64(i%3))
	}
	for i, g := range w.Given {
		if g.File == w.Files[5] && g.Name == "noe" {
			w.Given[i].Failed = []form.Localised{{"fr": "Dans le champ de l’appel", "en": "In scope"}}
		}
	}
	h := &deliberations.Handler{Rooms: w.Rooms, Clock: w.Clock, Name: "Essai", Alive: func(*http.Request) bool { return true }}
	return w, func(by account.User) pagetest.Site { return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang} }
}

func has(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, one := range words {
		if !strings.Contains(page, one) {
			t.Errorf("the page does not say %q", one)
		}
	}
}

func TestDeliberation(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, as := house(t, lang)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			w.Exclude(w.Zoe, w.Files[0])
			has(t, as(w.Chair).Page(t, room+"/settings"), say("deliberations.open"))
			bad := as(w.Chair).Post(t, room+"/settings", url.Values{"act": {"open"}, "quorum": {"beaucoup"}, "minutes": {"10"}, "reasons": {"Une raison"}})
			if bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, `value="beaucoup"`) {
				t.Errorf("a quorum in words: %d", bad.Status)
			}
			if bad := as(w.Chair).Post(t, room+"/settings", url.Values{"act": {"open"}, "reasons": {"Une raison"}, "most:bearer:public": {"deux"}}); bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, `value="deux"`) || !strings.Contains(bad.Body, say("deliberation.portfolio_wrong")) {
				t.Errorf("a bound in words: %d", bad.Status)
			}
			opened := as(w.Chair).Post(t, room+"/settings", url.Values{"act": {"open"}, "quorum": {"2"}, "minutes": {"10"}, "threshold": {"50,5"}, "envelope": {"120 000"}, "countersigned": {"on"}, "size": {"staff"}, "steps": {"10 ; 50"}, "least:bearer:public": {"6"}, "reasons": {"Répond aux objectifs\nD’autres étaient prioritaires"}})
			if opened.Status != http.StatusSeeOther || opened.Location != room {
				t.Fatalf("opening: %d %s", opened.Status, opened.Location)
			}
			for _, who := range []account.User{w.Chair, w.Mia, w.Noe, w.Zoe} {
				if a := as(who).Post(t, room+"/presence", url.Values{"act": {"enter"}}); a.Status != http.StatusSeeOther {
					t.Fatalf("entering: %d", a.Status)
				}
			}
			attends(t, w, as, say)
			as(w.Chair).Post(t, room+"/floor", url.Values{"file": {string(w.Files[0])}})
			if page := as(w.Zoe).Page(t, room); strings.Contains(page, string(w.Files[0])) || !strings.Contains(page, say("deliberations.waiting_title")) {
				t.Error("Zoe does not wait")
			}
			has(t, as(w.Mia).Page(t, room), string(w.Files[0]), say("deliberations.out", "zoe"), say("deliberations.propose"), say("deliberations.scores"), say("deliberations.own", "mia"), say("deliberations.score_calibrated"))
			if page := as(w.Sam).Page(t, room); strings.Contains(page, say("deliberations.scores")) {
				t.Error("the secretary reads the scores")
			}
			as(w.Mia).Post(t, room+"/motions", url.Values{"kind": {"retain"}})
			v, err := w.Rooms.Room(ctx, w.Chair, selection)
			w.Must(err)
			m := v.Motions[0].ID
			if a := as(w.Mia).Post(t, room+"/motions/open", url.Values{"motion": {m}}); a.Status != http.StatusForbidden {
				t.Errorf("a member opens a vote: %d", a.Status)
			}
			as(w.Chair).Post(t, room+"/motions/open", url.Values{"motion": {m}})
			for _, who := range []account.User{w.Mia, w.Noe, w.Chair} {
				has(t, as(who).Page(t, room), say("deliberations.secret"))
				as(who).Post(t, room+"/votes", url.Values{"motion": {m}, "choice": {"for"}})
			}
			has(t, as(w.Mia).Page(t, room+"?wall"), say("deliberations.counts", 3, 0, 0, 3))
			decides(t, w, as, say)
		})
	}
}

// attends has the secretary note who is there.
func attends(t *testing.T, w *deliberationtest.World, as func(account.User) pagetest.Site, say func(string, ...any) string) {
	t.Helper()
	has(t, as(w.Sam).Page(t, room), say("deliberations.clerk"))
	if strings.Contains(as(w.Mia).Page(t, room), say("deliberations.clerk")) {
		t.Error("a member is proposed to note who is there")
	}
	bad := as(w.Sam).Post(t, room+"/attendance", url.Values{"member": {"seat-sam"}, "mode": {"remote"}, "at": {"midi"}})
	if bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, say("deliberation.instant_wrong")) {
		t.Errorf("an arrival at no hour: %d", bad.Status)
	}
	for _, sent := range []url.Values{{"member": {"seat-sam"}, "mode": {"remote"}}, {"leaver": {"seat-sam"}}, {"member": {"seat-sam"}, "mode": {"site"}}} {
		if a := as(w.Sam).Post(t, room+"/attendance", sent); a.Status != http.StatusSeeOther {
			t.Fatalf("noting %v: %d %s", sent, a.Status, a.Body)
		}
	}
	if a := as(w.Mia).Post(t, room+"/attendance", url.Values{"leaver": {"seat-noe"}}); a.Status != http.StatusForbidden {
		t.Errorf("a member notes: %d", a.Status)
	}
}

func decides(t *testing.T, w *deliberationtest.World, as func(account.User) pagetest.Site, say func(string, ...any) string) {
	t.Helper()
	here := room + "/decisions/" + string(w.Files[0])
	page := as(w.Chair).Page(t, here)
	has(t, page, say("deliberations.counts", 3, 0, 0, 3))
	bad := as(w.Chair).Post(t, here, url.Values{"outcome": {"refuse"}, "wording": {""}})
	if bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, say("deliberation.reason_missing")) {
		t.Errorf("a decision without a reason: %d", bad.Status)
	}
	v, err := w.Rooms.Deciding(ctx, w.Chair, selection, w.Files[0])
	w.Must(err)
	reason := v.Room.Reasons[0].Key
	for i, id := range w.Files {
		if a := as(w.Chair).Post(t, room+"/decisions/"+string(id), url.Values{"outcome": {[]string{"retain", "reserve", "refuse"}[i%3]}, "reason": {reason}, "wording": {"Le comité a pesé la demande."}, "comments": {"Un.\r\n\r\nDeux."}}); a.Status != http.StatusSeeOther {
			t.Fatalf("deciding: %d %s", a.Status, a.Body)
		}
	}
	as(w.Chair).Post(t, room+"/floor", url.Values{"file": {""}})
	chair, zoe := as(w.Chair).Page(t, room+"/results"), as(w.Zoe).Page(t, room+"/results")
	has(t, chair, "plot-interval", say("deliberations.severities"), say("deliberations.agreement"), say("deliberations.agreement_score"), say("deliberations.gated"), string(w.Files[0]),
		say("deliberations.sum_unknown"), say("deliberations.hoped_least", 6), say("deliberations.breach_short"), say("deliberations.class_first", "10"))
	if strings.Contains(zoe, string(w.Files[0])) || strings.Contains(zoe, say("deliberations.severities")) || strings.Contains(zoe, say("deliberations.agreement")) {
		t.Error("Zoe reads of the file from which she stepped aside, how severe others are, or how they agree")
	}
	if csv := as(w.Chair).Get(t, room+"/results.csv?of=agreement"); csv.Status != http.StatusOK || !strings.Contains(csv.Body, say("deliberations.agreement_score")) || strings.Count(csv.Body, "\n") < 2 {
		t.Errorf("agreement as CSV: %d %s", csv.Status, csv.Body)
	}
	if csv := as(w.Zoe).Get(t, room+"/results.csv?of=agreement"); csv.Status != http.StatusOK || strings.Count(csv.Body, "\n") != 1 {
		t.Errorf("agreement as CSV to who may not see it: %d %s", csv.Status, csv.Body)
	}
	if csv := as(w.Zoe).Get(t, room+"/results.csv"); csv.Status != http.StatusOK || strings.Count(csv.Body, "\n") != 6 {
		t.Errorf("results as CSV: %d %s", csv.Status, csv.Body)
	}
	has(t, as(w.Chair).Page(t, room+"/minutes"), say("deliberations.draft"), say("deliberations.sign"), say("committee.cause_same_organisation"))
	if a := as(w.Chair).Post(t, room+"/minutes/sign", nil); a.Status != http.StatusSeeOther {
		t.Fatalf("signing: %d %s", a.Status, a.Body)
	}
	has(t, as(w.Lead).Page(t, room+"/minutes"), say("deliberations.is_signed_once"))
	seconds(t, w, as, say)
	has(t, as(w.Lead).Page(t, room+"/minutes"), say("deliberations.is_signed"), say("deliberations.fact_countersigned"), say("deliberations.fact_replaces"))
	if minutes := as(w.Zoe).Page(t, room+"/minutes"); strings.Contains(minutes, say("committee.cause_same_organisation")) {
		t.Error("Zoe reads who left for the file from which she stepped aside")
	}
	for _, name := range []string{"minutes.pdf", "minutes.csv", "attendance.csv"} {
		if a := as(w.Lead).Get(t, room+"/"+name); a.Status != http.StatusOK || len(a.Body) < 300 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	if a := as(w.Mia).Get(t, room); a.Status != http.StatusForbidden {
		t.Errorf("the room after the signature: %d", a.Status)
	}
}

// The page of who waits is the same byte for byte whatever is discussed.
func TestWaitingPage(t *testing.T) {
	w, as := house(t, i18n.FR)
	w.Exclude(w.Zoe, w.Files[0])
	w.Exclude(w.Zoe, w.Files[1])
	w.Open(w.Chair, w.Mia, w.Noe, w.Zoe)
	w.Discuss(w.Files[0], "")
	first := as(w.Zoe).Page(t, room)
	w.Must(w.Rooms.Propose(ctx, w.Mia, selection, deliberation.Refuse, "Trop tôt"))
	w.Decide(w.Files[0], deliberation.Refuse)
	w.Discuss(w.Files[1], w.Files[2])
	if second := as(w.Zoe).Page(t, room); first != second {
		t.Errorf("the page changed:\n%s\n%s", first, second)
	}
	refused := as(w.Zoe).Post(t, room+"/motions", url.Values{"kind": {"refuse"}})
	if refused.Status != http.StatusOK || refused.Body != first {
		t.Errorf("proposing from outside: %d", refused.Status)
	}
}

// seconds has the chair correct a decision, sign anew, and the secretary countersign.
func seconds(t *testing.T, w *deliberationtest.World, as func(account.User) pagetest.Site, say func(string, ...any) string) {
	t.Helper()
	if bad := as(w.Chair).Post(t, room+"/minutes/void", nil); bad.Status != http.StatusUnprocessableEntity {
		t.Errorf("withdrawing for no reason: %d", bad.Status)
	}
	for _, where := range []string{"/minutes/void", "/minutes/sign"} {
		if a := as(w.Chair).Post(t, room+where, url.Values{"reason": {"Une coquille."}}); a.Status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", where, a.Status, a.Body)
		}
	}
	page := as(w.Sam).Page(t, room+"/minutes")
	has(t, page, say("deliberations.countersign"), say("deliberations.mode_remote"))
	v, err := w.Rooms.Minutes(ctx, w.Sam, selection)
	w.Must(err)
	has(t, page, v.Digest)
	if a := as(w.Sam).Post(t, room+"/minutes/countersign", url.Values{"digest": {"autre"}}); a.Status != http.StatusConflict {
		t.Errorf("countersigning something else: %d", a.Status)
	}
	if a := as(w.Sam).Post(t, room+"/minutes/countersign", url.Values{"digest": {v.Digest}}); a.Status != http.StatusSeeOther {
		t.Fatalf("countersigning: %d %s", a.Status, a.Body)
	}
}
