package gatheringminutes_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/deposit"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/minutes"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/board/room"
	"transformateur/internal/board/shelf"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/web/gatheringminutes"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

type nobody struct{}

func (nobody) House(context.Context, db.Reader, gathering.ID) (plan.House, error) {
	return plan.House{}, nil
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

// world is a gathering in which something was agreed, and two pictures were brought.
type world struct {
	*gatheringtest.World
	id      gathering.ID
	home    string
	service *minutes.Service
	lang    i18n.Lang
}

func newWorld(t *testing.T, d *db.DB, lang i18n.Lang) *world {
	w := &world{World: gatheringtest.New(t, d), lang: lang}
	beat := pulse.New(d, w.Policy)
	rooms := room.New(room.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock), Projects: w.Projects})
	t.Cleanup(rooms.Close)
	plans := schedule.New(schedule.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: nobody{}, Pulse: beat})
	w.service = minutes.New(minutes.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Plans: plans, Rooms: rooms,
		Attendance: func(context.Context, db.Reader, gathering.ID) (int, bool, error) { return 7, true, nil },
		Sources: []minutes.Source{func(context.Context, db.Reader, gathering.ID) ([]minutes.Told, error) {
			return []minutes.Told{{Kind: "minutes.from_order", Text: "Le déjeuner est avancé"}}, nil
		}}})
	campus := w.Project("Campus", w.Ana)
	w.id = w.Open()
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
	w.Must(house.New(d, w.Clock, w.Policy, w.Jobs).Propose(ctx, w.Lead, w.id, 0))
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		_, err := w.Projects.Agree(ctx, tx, w.Lead, campus, string(w.id), project.Line{Who: project.ByTeam, Text: "Appeler la paie", Due: "2027-04-01"})
		return err
	}))
	brings := deposit.New(deposit.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Blobs: w.Blobs, Inspector: boardtest.Inspector{}, Jobs: w.Jobs, Pulse: beat,
		With: func(context.Context, db.Reader, gathering.Participant) ([]project.ID, error) { return nil, nil }})
	for i, one := range []deposit.Sheet{{Title: "Le grand panneau", People: deposit.Agreed, Scope: deposit.Programme, Activity: "a1"}, {Title: "Un visage", People: deposit.Unsure, Scope: deposit.Publication}, {Title: "Entre nous", People: deposit.Nobody, Scope: deposit.Room}} {
		one.Credit = "Équipe Campus"
		picture := boardtest.Photograph(t, 30, 20, byte(i))
		_, err := brings.Bring(ctx, w.Ana, w.id, one, deposit.Sent{Name: "a.jpg", Size: int64(len(picture)), File: file{bytes.NewReader(picture)}})
		w.Must(err)
	}
	w.home = "/gatherings/" + string(w.id) + "/minutes"
	return w
}

func (w *world) site(by account.User) pagetest.Site {
	return pagetest.Site{Routes: (&gatheringminutes.Handler{Minutes: w.service}).Routes(), By: by, Lang: w.lang}
}

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the minutes lack %q", want)
		}
	}
}

// The minutes say what was let go that far and nothing else, where each line comes from,
// and the same thing in each of their forms.
func TestTheMinutes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, lang := range i18n.Langs[:1] {
			w := newWorld(t, d, lang)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			lead := w.site(w.Lead)
			for _, by := range []account.User{w.Ana, w.Bob} {
				for _, path := range []string{w.home, w.home + ".md", w.home + ".pdf"} {
					if a := w.site(by).Get(t, path); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
						t.Errorf("%s answers %d to who does not run the gathering", path, a.Status)
					}
				}
			}
			text := lead.Get(t, w.home+".md").Body
			for _, form := range []string{lead.Page(t, w.home), text} {
				holds(t, form, "Appeler la paie", "Le grand panneau", "Équipe Campus", say("minutes.from_coaching"), say("minutes.from_door"), i18n.SayN(lang, "minutes.came", 7), "Le déjeuner est avancé", say("minutes.from_order"))
				for _, hidden := range []string{"Un visage", "Entre nous"} {
					if strings.Contains(form, hidden) {
						t.Errorf("the minutes say %q", hidden)
					}
				}
			}
			if again := lead.Get(t, w.home+".md").Body; again != text {
				t.Error("the same gathering gives other minutes")
			}
			first, second := lead.Get(t, w.home+".pdf"), lead.Get(t, w.home+".pdf")
			if first.Type != "application/pdf" || !strings.HasPrefix(first.Body, "%PDF-") || first.Body != second.Body {
				t.Errorf("the document is %s, the same twice: %t", first.Type, first.Body == second.Body)
			}
			add := func(version, body string) pagetest.Answer {
				return lead.Post(t, w.home, url.Values{"part": {"a1"}, "version": {version}, "body": {body}})
			}
			if a := add("0", "Un **beau** début"); a.Status != http.StatusSeeOther {
				t.Fatalf("adding answers %d: %s", a.Status, a.Body)
			}
			a := add("0", "Depuis un autre onglet")
			if a.Status != http.StatusConflict {
				t.Errorf("from an older page: %d", a.Status)
			}
			holds(t, a.Body, "Depuis un autre onglet", say("minutes.meanwhile"), `name="version" value="1"`)
			if a := add("1", strings.Repeat("x", minutes.MaxText+1)); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("too long: %d", a.Status)
			}
			if a := lead.Post(t, w.home, url.Values{"part": {"lost"}, "version": {"0"}, "body": {"x"}}); a.Status != http.StatusNotFound {
				t.Errorf("a part that is none: %d", a.Status)
			}
			if a := w.site(w.Ana).Post(t, w.home, url.Values{"part": {""}, "version": {"0"}, "body": {"x"}}); a.Status != http.StatusForbidden {
				t.Errorf("a team adds: %d", a.Status)
			}
			holds(t, lead.Page(t, w.home), "<strong>beau</strong>")
			holds(t, lead.Get(t, w.home+".md").Body, "Un **beau** début")
		}
	})
}

func TestTheMinutesInEnglish(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), i18n.EN)
	holds(t, w.site(w.Lead).Page(t, w.home), "Who was there", "check-in at the door", "Appeler la paie")
}

// A board of a kit that the edition wrote stands under the activity that opened it.
func TestABoardOfAnOwnKit(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), i18n.FR)
	said := func(s string) form.Localised { return form.Localised{"fr": s} }
	k := drafting.Blank(drafting.Words{Title: said("Mur maison"), Zone: said("Idées"), Card: said("Carte"), Text: said("Texte"), Phase: said("Écrire")})
	k.Outputs = []kit.Output{{Card: k.Cards[0].ID, Becomes: kit.Need, Title: "text"}}
	shelves := shelf.New(w.DB, w.Clock, w.Policy)
	own, err := shelves.Create(ctx, w.Lead, gatheringtest.Edition, k)
	w.Must(err)
	_, err = shelves.Publish(ctx, w.Lead, own, 1)
	w.Must(err)
	rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock), Projects: w.Projects})
	t.Cleanup(rooms.Close)
	boards, err := rooms.Create(ctx, w.Lead, room.Asked{Gathering: w.id, Kit: string(own), Title: "Mur maison"})
	w.Must(err)
	op := `{"k":"card.add","t":"` + boardtest.CardID(1) + `","v":{"type":"` + k.Cards[0].ID + `","prompt":"","fields":{"text":"Un lieu à nous"},"zone":"` + k.Zones[0].ID + `","order":"a"}}`
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		for _, q := range []string{
			`insert into board_log (id, board_id, n, client, seq, person, at, op, inverse, undoes) values ('x', $1, 1, '` + boardtest.ClientID(1) + `', 1, $2, $3, $4, '', 0)`,
			`update boards set n = 1 where id = $1 and $2 = $2 and $3 = $3 and $4 = $4`,
		} {
			if _, err := tx.Exec(ctx, q, string(boards[0].ID), string(w.Lead.ID), w.Clock.Now(), op); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `update agenda_orders set body = replace(body, '"id": "a1"', '"id": "a1", "kit": "' || $2 || '"') where gathering_id = $1`, string(w.id), string(own))
		return err
	}))
	m, err := w.service.Read(ctx, w.Lead, w.id, "fr")
	w.Must(err)
	if len(m.Boards) != 0 || len(m.Activities[0].Boards) != 1 || m.Activities[0].Boards[0].Items[0].Title != "Un lieu à nous" {
		t.Errorf("under no activity: %+v; under the first: %+v", m.Boards, m.Activities[0])
	}
}
