package days_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/placing"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/zone"
	"transformateur/internal/project"
	"transformateur/internal/web/days"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

type comers struct{}

func (comers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

// hall is an open gathering on two days, with a room and the teams of two projects.
type hall struct {
	*gatheringtest.World
	days   *conduct.Service
	plans  *schedule.Service
	id     gathering.ID
	zoe    account.User
	campus project.ID
	room   string
	seats  map[string]string // of Ana, Zoé and the lead
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{World: gatheringtest.New(t, dbtest.SQLite(t)), seats: map[string]string{}}
	beats := pulse.New(h.DB, h.Policy)
	h.plans = schedule.New(schedule.Deps{DB: h.DB, Clock: h.Clock, Policy: h.Policy, Bus: h.Bus, House: comers{}, Pulse: beats})
	rooms := room.New(room.Deps{DB: h.DB, Clock: h.Clock, Policy: h.Policy, Seats: room.NewGatherings(h.Clock), Projects: h.Projects})
	t.Cleanup(rooms.Close)
	h.days = conduct.New(conduct.Deps{DB: h.DB, Clock: h.Clock, Policy: h.Policy, Plans: h.plans, Pulse: beats, Rooms: rooms,
		Placing: placing.New(placing.Deps{DB: h.DB, Clock: h.Clock, Policy: h.Policy, Rooms: rooms})})
	h.zoe = h.Signed("zoe@projet.example", "Zoé")
	h.campus = h.Project("Campus", h.Ana)
	h.Project("Marché", h.zoe)
	h.id = h.Open()
	_, err := h.Gatherings.AddTeams(ctx, h.Lead, h.id)
	h.Must(err)
	for name, who := range map[string]account.User{"ana": h.Ana, "zoe": h.zoe, "lead": h.Lead} {
		p, err := gathering.Comes(ctx, h.DB.Reader(), h.id, who.ID)
		h.Must(err)
		h.seats[name] = p.ID
	}
	keeps := house.New(h.DB, h.Clock, h.Policy, h.Jobs)
	h.room, err = keeps.AddRoom(ctx, h.Lead, h.id, house.RoomSheet{Name: "Salle B"})
	h.Must(err)
	h.Must(h.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update gatherings set starts_on = '2027-03-08', ends_on = '2027-03-09' where id = $1`, string(h.id))
		return err
	}))
	return h
}

func (h *hall) at(when string) {
	h.T.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", when, zone.Location("Europe/Paris"))
	h.Must(err)
	h.Clock.Set(at.UTC())
}

// publish has everybody follow a plan in which Ana is coached from a minute on.
func (h *hall) publish(from order.Minute, on schedule.ID) schedule.ID {
	h.T.Helper()
	o := order.Order{Version: 1, Days: []string{"2027-03-08", "2027-03-09"}, Activities: []order.Activity{
		{ID: "open", Kind: order.Plenary, From: 540, To: 570}, {ID: "coach", Kind: order.Coaching, Kit: "adn", From: 570, To: 660},
		{ID: "rest", Kind: order.Free, From: 660, To: 680}, {ID: "mix", Kind: order.Mix, Title: "Grand Mix", From: 680, To: 740}, {ID: "end", Kind: order.Plenary, Title: "Restitution", Day: 1, From: 540, To: 570},
	}}
	p := plan.Plan{Version: 1, Sittings: []plan.Sitting{
		{ID: "open", Activity: "open", From: 540, To: 570, All: true},
		{ID: "c1", Activity: "coach", From: from, To: from + 30, Room: h.room, Project: string(h.campus), People: []string{h.seats["ana"], h.seats["lead"]}},
		{ID: "m1", Activity: "mix", From: 680, To: 740, Table: 3, People: []string{h.seats["ana"], h.seats["zoe"]}},
		{ID: "end", Activity: "end", Day: 1, From: 540, To: 570, All: true},
	}}
	v, err := h.plans.Keep(ctx, h.Lead, h.id, schedule.Made{Order: o, Plan: p, BasedOn: on})
	h.Must(err)
	h.Must(h.plans.Publish(ctx, h.Lead, h.id, v.ID))
	return v.ID
}

func (h *hall) site(by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: (&days.Handler{Days: h.days, Gatherings: h.Gatherings, BaseURL: "https://appels.example.org"}).Routes(), By: by, Lang: lang}
}

func (h *hall) path(parts ...string) string {
	return "/gatherings/" + string(h.id) + "/" + strings.Join(parts, "/")
}

func (h *hall) page(by account.User, path string) string {
	h.T.Helper()
	h.site(by, i18n.EN).Page(h.T, h.path(path))
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(h.site(by, i18n.FR).Page(h.T, h.path(path)))
}

func (h *hall) posts(by account.User, path string, form url.Values, status int) pagetest.Answer {
	h.T.Helper()
	a := h.site(by, i18n.FR).Post(h.T, h.path(path), form)
	if a.Status != status {
		h.T.Fatalf("%s answers %d, want %d: %.600s", path, a.Status, status, a.Body)
	}
	return a
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

func TestNowAndNext(t *testing.T) {
	h := newHall(t)
	h.at("2027-03-07 18:00")
	holds(t, h.page(h.Ana, "now"), "Le programme n’est pas encore publié", "Lu à 18 h 00")
	first := h.publish(570, "")
	holds(t, h.page(h.Ana, "now"), "La session commence le lundi 8 mars 2027", "lundi 8 mars 2027 à 09 h 00")
	h.at("2027-03-08 09:18")
	holds(t, h.page(h.Ana, "now"), "jusqu’à 09 h 30", "dans 12 min", "Salle B", "Projet : Campus", `href="#line-open"`)
	h.at("2027-03-08 09:40")
	page := h.page(h.Ana, "now")
	holds(t, page, "jusqu’à 10 h 00", "à 11 h 20", "table 3", "Zoé (Équipe d’un projet)")
	lacks(t, page, "Ouvrir le plateau", "Ce qui a changé")
	h.at("2027-03-08 10:10")
	holds(t, h.page(h.Ana, "now"), "Rien ne vous attend en ce moment")
	h.at("2027-03-08 13:00")
	holds(t, h.page(h.Ana, "now"), "C’est fini pour aujourd’hui", "mardi 9 mars 2027 à 09 h 00")
	h.at("2027-03-09 12:00")
	holds(t, h.page(h.Ana, "now"), "Merci d’avoir été là")
	h.at("2027-03-08 08:00")
	second := h.publish(600, first)
	page = h.page(h.Ana, "now")
	holds(t, page, "Ce qui a changé pour vous", "09 h 30 → 10 h 00, Salle B")
	lacks(t, h.page(h.zoe, "now"), "Ce qui a changé pour vous")
	h.posts(h.Ana, "now/read", url.Values{"version": {string(second)}}, http.StatusSeeOther)
	lacks(t, h.page(h.Ana, "now"), "Ce qui a changé pour vous")
	h.posts(h.Ana, "now/read", url.Values{"version": {"none"}}, http.StatusNotFound)
}

func TestWhoRunsItWithoutASeatReadsTheRest(t *testing.T) {
	h := newHall(t)
	h.at("2027-03-08 09:10")
	h.publish(570, "")
	h.Must(h.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update participants set left_at = $2 where id = $1`, h.seats["lead"], h.Clock.Now())
		return err
	}))
	holds(t, h.page(h.Lead, "now"), "Vous n’avez pas de place dans cette session")
}

func TestTheWorkerIsServedWhereItReaches(t *testing.T) {
	h := newHall(t)
	a := h.site(h.Ana, i18n.FR).Get(t, h.path("day.js"))
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Type, "text/javascript") || !strings.Contains(a.Body, "X-Kept-At") || strings.Contains(a.Body, "import") {
		t.Errorf("the worker answers %d, %s: %.200s", a.Status, a.Type, a.Body)
	}
	if a := h.site(h.Signed("nadia@agence.example", "Nadia"), i18n.FR).Get(t, h.path("day.js")); a.Status != http.StatusNotFound {
		t.Errorf("to who is not of it: %d", a.Status)
	}
}

func TestProgramme(t *testing.T) {
	h := newHall(t)
	h.at("2027-03-08 09:10")
	holds(t, h.page(h.Ana, "programme"), "Le programme n’est pas encore publié")
	h.publish(570, "")
	page := h.page(h.zoe, "programme")
	holds(t, page, "lundi 8 mars 2027", "Grand Mix", "Restitution", "table 3", "Campus", "Zoé (Équipe d’un projet)", "Par personne")
	page = h.page(h.zoe, "programme?room="+h.room)
	holds(t, page, "Tout afficher", "09 h 30 – 10 h 00")
	lacks(t, page, "table 3", "Restitution")
	page = h.page(h.zoe, "programme?person="+h.seats["zoe"]+"&day=1")
	holds(t, page, "table 3")
	lacks(t, page, "09 h 30 – 10 h 00", "Restitution")
	page = h.page(h.zoe, "programme?project="+string(h.campus))
	holds(t, page, "table 3", "09 h 30 – 10 h 00")
	h.Must(h.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update gatherings set status = 'planned' where id = $1`, string(h.id))
		return err
	}))
	page = h.page(h.zoe, "programme")
	lacks(t, page, "Zoé (", "Par personne")
	holds(t, page, "Avec 2 autres personnes")
}

func TestConductBoard(t *testing.T) {
	h := newHall(t)
	h.at("2027-03-08 09:10")
	holds(t, h.page(h.Lead, "conduct"), "La conduite se fait sur un programme publié")
	h.publish(570, "")
	page := h.page(h.Lead, "conduct")
	holds(t, page, "Prochain plateau : Carte ADN", "Ouvrir pour tout le monde", "Salle B", "C’est l’heure", "Partout")
	if a := h.site(h.Ana, i18n.FR).Get(t, h.path("conduct")); a.Status != http.StatusForbidden {
		t.Errorf("to a team: %d", a.Status)
	}
	h.posts(h.Lead, "conduct/activities/open", url.Values{"act": {"begin"}}, http.StatusSeeOther)
	holds(t, h.posts(h.Lead, "conduct/activities/open", url.Values{"act": {"begin"}}, http.StatusConflict).Body, "est déjà en cours")
	h.posts(h.Lead, "conduct/activities/open", url.Values{"act": {"dance"}}, http.StatusUnprocessableEntity)
	h.at("2027-03-08 09:38")
	holds(t, h.page(h.Lead, "conduct"), "Dépasse de 8 minutes", "Devait commencer il y a 8 minutes")
	h.posts(h.Lead, "conduct/activities/open", url.Values{"act": {"finish"}}, http.StatusSeeOther)
	holds(t, h.page(h.Lead, "conduct"), "Terminé à 09 h 38")
	h.posts(h.Lead, "conduct/activities/coach", url.Values{"act": {"open"}}, http.StatusSeeOther)
	holds(t, h.page(h.Ana, "now"), "Ouvrir le plateau « Carte ADN du projet »", "/boards/")
	holds(t, h.page(h.Lead, "conduct"), "Plateaux ouverts à 09 h 38")
}

func TestAnnouncementsAreReadEverywhere(t *testing.T) {
	h := newHall(t)
	h.at("2027-03-08 09:10")
	h.publish(570, "")
	holds(t, h.posts(h.Lead, "conduct/announcements", url.Values{"text": {""}}, http.StatusUnprocessableEntity).Body, "Écrivez ce que tout le monde")
	holds(t, h.posts(h.Lead, "conduct/announcements", url.Values{"text": {"Café"}, "until": {"midi"}}, http.StatusUnprocessableEntity).Body, "Cette heure ne se lit pas", `value="Café"`)
	h.posts(h.Ana, "conduct/announcements", url.Values{"text": {"Café"}}, http.StatusForbidden)
	h.posts(h.Lead, "conduct/announcements", url.Values{"text": {"Le café est servi"}, "until": {"9h40"}}, http.StatusSeeOther)
	for _, path := range []string{"now", "programme", "screen", "screen?show=said", "screen?show=agenda&theme=dark", "conduct"} {
		holds(t, h.page(h.Lead, path), "Le café est servi")
	}
	all, err := h.days.Announcements(ctx, h.Lead, h.id)
	h.Must(err)
	h.posts(h.Lead, "conduct/announcements/"+all[0].ID+"/end", nil, http.StatusSeeOther)
	lacks(t, h.page(h.Ana, "now"), "Le café est servi")
	holds(t, h.page(h.Lead, "conduct"), "1 annonce passée")
}

func TestADelayIsShownThenAccepted(t *testing.T) {
	h := newHall(t)
	h.at("2027-03-08 09:38")
	version := h.publish(570, "")
	a := h.site(h.Lead, i18n.FR).Get(t, h.path("conduct/delay?minutes=beaucoup"))
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Un retard va de 1 à 180") {
		t.Errorf("no minutes: %d", a.Status)
	}
	page := h.page(h.Lead, "conduct/delay?minutes=15&makeup=yes")
	holds(t, page, "entièrement rattrapé", "09 h 30 – 11 h 00", "09 h 30 – 11 h 15", "Accepter et prévenir")
	lacks(t, h.page(h.Ana, "now"), "de retard")
	form := url.Values{"version": {string(version)}, "day": {"0"}, "at": {"578"}, "minutes": {"15"}, "makeup": {"on"}}
	h.posts(h.Lead, "conduct/delay", form, http.StatusSeeOther)
	page = h.page(h.Ana, "now")
	holds(t, page, "La journée a 15 minutes de retard", "jusqu’à 10 h 15", "Ce qui a changé pour vous")
	holds(t, h.posts(h.Lead, "conduct/delay", form, http.StatusConflict).Body, "La journée a avancé depuis cet aperçu")
}

func TestScreens(t *testing.T) {
	h := newHall(t)
	h.at("2027-03-07 12:00")
	holds(t, h.page(h.Ana, "screen"), "pas encore publié")
	h.publish(570, "")
	holds(t, h.page(h.Ana, "screen"), "La session commence le lundi 8 mars 2027")
	h.at("2027-03-08 09:40")
	page := h.page(h.Ana, "screen")
	holds(t, page, "Salle B", "Ensuite", "09 h 40")
	lacks(t, page, "Zoé", "Code d’entrée")
	holds(t, h.page(h.Ana, "screen?show=agenda&theme=dark"), `data-theme="dark"`, "Grand Mix")
	holds(t, h.page(h.Ana, "screen?show=said"), "Aucune annonce")
	if a := h.site(h.Ana, i18n.FR).Get(t, h.path("screen?show=code")); a.Status != http.StatusForbidden || strings.Contains(a.Body, h.Code(h.id)) {
		t.Errorf("the code to a team: %d", a.Status)
	}
	holds(t, h.page(h.Lead, "screen?show=code"), gathering.ShowCode(h.Code(h.id)), "appels.example.org/join")
}
