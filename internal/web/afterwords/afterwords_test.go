package afterwords_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/afterword"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/room"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/web/afterwords"
	"transformateur/internal/web/ui/pagetest"
)

type house struct{}

func (house) House(context.Context, db.Reader, gathering.ID) (plan.House, error) {
	return plan.House{}, nil
}

func TestTheDebriefByHand(t *testing.T) {
	for _, lang := range i18n.Langs {
		w := gatheringtest.New(t, dbtest.SQLite(t))
		beat := pulse.New(w.DB, w.Policy)
		rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
		t.Cleanup(rooms.Close)
		plans := schedule.New(schedule.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: house{}, Pulse: beat})
		words := afterword.New(afterword.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Rooms: rooms, Plans: plans, Pulse: beat, Jobs: w.Jobs})
		w.Project("Campus", w.Ana)
		id := w.Open()
		_, err := w.Gatherings.AddTeams(context.Background(), w.Lead, id)
		w.Must(err)
		forms := survey.New(survey.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Mails: w.Box, Outcomes: outcome.New(w.DB, w.Clock, w.Policy), Jobs: w.Jobs})
		lead := pagetest.Site{Routes: (&afterwords.Handler{Afterwords: words, Surveys: forms}).Routes(), By: w.Lead, Lang: lang}
		ana := lead
		ana.By = w.Ana
		at := "/gatherings/" + string(id) + "/debrief"
		for page, want := range map[string]bool{lead.Page(t, at): true, ana.Page(t, at): false} {
			if strings.Contains(page, "<form method=\"post\" action=\""+at) != want || !strings.Contains(page, i18n.Say(lang, "debriefs.by_hand")) {
				t.Errorf("%s: the way to open it is there: %t", lang, !want)
			}
		}
		if a := lead.Post(t, at, nil); a.Status != http.StatusSeeOther {
			t.Errorf("%s: opening answers %d", lang, a.Status)
		}
		if a := lead.Post(t, at, nil); a.Status != http.StatusConflict || !strings.Contains(a.Body, i18n.Say(lang, "debrief.open_already")) {
			t.Errorf("%s: opening again answers %d", lang, a.Status)
		}
		if page := ana.Page(t, at); !strings.Contains(page, `href="/boards/`) {
			t.Errorf("%s: there is no way to the board", lang)
		}
		asked, err := forms.Start(context.Background(), w.Lead, gatheringtest.Edition, survey.Survey{Kind: survey.Hot, Title: "À chaud", BaseDay: w.Clock.Now().Format(time.DateOnly)})
		w.Must(err)
		w.Must(forms.Move(context.Background(), w.Lead, gatheringtest.Edition, asked, survey.Opened))
		w.Must(forms.Run(context.Background()))
		away := lead
		away.By = w.Signed("eve@example.org", "Eve")
		w.Must(w.DB.Write(context.Background(), func(tx *db.Tx) error {
			return w.Policy.Grant(context.Background(), tx, account.System, policy.Relation{SubjectID: string(away.By.ID), Relation: "lead", Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
		}))
		if a := away.Post(t, at+"/form", nil); a.Status != http.StatusConflict || !strings.Contains(a.Body, i18n.Say(lang, "survey.none_hot")) {
			t.Errorf("%s: who did not come answers: %d", lang, a.Status)
		}
		if page := ana.Page(t, at); !strings.Contains(page, i18n.Say(lang, "debriefs.form_go")) {
			t.Errorf("%s: the short form is not there", lang)
		}
		if a := ana.Post(t, at+"/form", nil); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/survey/") {
			t.Errorf("%s: taking it answers %d %s", lang, a.Status, a.Location)
		}
		w.Must(w.Gatherings.Close(context.Background(), w.Lead, gathering.ID(id)))
		if page := ana.Page(t, at); !strings.Contains(page, i18n.Say(lang, "debriefs.read_only")) {
			t.Errorf("%s: it does not say that it is over", lang)
		}
	}
}
