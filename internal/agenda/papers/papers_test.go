package papers_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/papers"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/drawing"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/pdf"
)

var ctx = context.Background()

func TestMoments(t *testing.T) {
	at := func(n int) time.Time { return time.Date(2027, 3, n, 12, 0, 0, 0, time.UTC) }
	running := order.Order{Version: 1, Days: []string{"2027-03-27", "2027-03-28"}, Activities: []order.Activity{{ID: "a", Kind: order.Coaching, From: 540, To: 660}, {ID: "b", Kind: order.Plenary, Day: 1, From: 540, To: 660}}}
	version := func(n int, sittings ...plan.Sitting) schedule.Version {
		return schedule.Version{Number: int64(n), PublishedAt: at(n), Order: running, Plan: plan.Plan{Sittings: sittings}}
	}
	meet := func(id string, from order.Minute, people ...string) plan.Sitting {
		return plan.Sitting{ID: id, Activity: "a", From: from, To: from + 30, People: people}
	}
	all := plan.Sitting{ID: "all", Activity: "b", Day: 1, From: 540, To: 570, All: true}
	for name, c := range map[string]struct {
		versions []schedule.Version
		want     string
	}{
		"nothing was published":            {nil, ""},
		"one version":                      {[]schedule.Version{version(1, meet("m", 540, "ana"), all)}, "m 27/03 08:00 #0 @1, all 28/03 07:00 #0 @1"},
		"what stays as it was is the same": {[]schedule.Version{version(1, meet("m", 540, "ana")), version(2, meet("m", 540, "ana"), meet("n", 600, "bob"))}, "m 27/03 08:00 #0 @1"},
		"what moves is changed":            {[]schedule.Version{version(1, meet("m", 540, "ana")), version(2, meet("m", 570, "ana"))}, "m 27/03 08:30 #1 @2"},
		"what is gone is cancelled once":   {[]schedule.Version{version(1, meet("m", 540, "ana")), version(2), version(3)}, "m 27/03 08:00 #1 @2 gone"},
		"what concerns her no more":        {[]schedule.Version{version(1, meet("m", 540, "ana", "bob")), version(2, meet("m", 540, "bob"))}, "m 27/03 08:00 #1 @2 gone"},
		"what comes back":                  {[]schedule.Version{version(1, meet("m", 540, "ana")), version(2), version(3, meet("m", 540, "ana"))}, "m 27/03 08:00 #2 @3"},
		"with whom is a change":            {[]schedule.Version{version(1, meet("m", 540, "ana")), version(2, meet("m", 540, "ana", "bob"))}, "m 27/03 08:00 #1 @2"},
		"others' changes are not hers":     {[]schedule.Version{version(1, meet("n", 540, "bob")), version(2, meet("n", 600, "bob"))}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := papers.Moments("Europe/Paris", c.versions, func(s plan.Sitting) bool { return s.Has("ana") })
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range list {
				one := fmt.Sprintf("%s %s #%d @%d", m.ID, m.Starts.Format("02/01 15:04"), m.Sequence, m.Changed.Day())
				if m.Gone {
					one += " gone"
				}
				got = append(got, one)
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%s, want %s", strings.Join(got, ", "), c.want)
			}
		})
	}
}

// From version to version, whatever changes: what is told is the last version, what was
// ever told is told still, and a sequence grows exactly when something changed.
func TestMomentsFollowAnyChanges(t *testing.T) {
	seed := uint64(20270307)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 3))
	running := order.Order{Version: 1, Days: []string{"2027-03-05"}, Activities: []order.Activity{{ID: "a", Kind: order.Coaching, From: 0, To: 1000}}}
	hers := func(s plan.Sitting) bool { return s.Has("ana") }
	for range 300 {
		var versions []schedule.Version
		before := map[string]papers.Moment{}
		for n := range 1 + draw.IntN(6) {
			v := schedule.Version{Number: int64(n + 1), PublishedAt: time.Date(2027, 3, 1, n, 0, 0, 0, time.UTC), Order: running}
			for i := range 5 {
				if draw.IntN(3) == 0 {
					continue
				}
				s := plan.Sitting{ID: fmt.Sprint("s", i), Activity: "a", From: order.Minute(540 + 30*draw.IntN(3)), Room: []string{"x", "y"}[draw.IntN(2)]}
				s.To = s.From + 30
				if draw.IntN(4) > 0 {
					s.People = []string{"ana"}
				}
				v.Plan.Sittings = append(v.Plan.Sittings, s)
			}
			versions = append(versions, v)
			list, err := papers.Moments("Europe/Paris", versions, hers)
			if err != nil {
				t.Fatal(err)
			}
			now, there := map[string]papers.Moment{}, 0
			for _, m := range list {
				now[m.ID] = m
				if !m.Gone {
					there++
				}
			}
			for _, s := range v.Plan.Of("ana") {
				if m := now[s.ID]; m.Gone || m.From != s.From || m.Room != s.Room {
					t.Fatalf("version %d tells %+v of %+v", n+1, m, s)
				}
			}
			if there != len(v.Plan.Of("ana")) {
				t.Fatalf("version %d tells %d moments, there are %d", n+1, there, len(v.Plan.Of("ana")))
			}
			for id, was := range before {
				is, told := now[id]
				changed := is.From != was.From || is.Room != was.Room || is.Gone != was.Gone
				if !told || is.Sequence < was.Sequence || (is.Sequence > was.Sequence) != changed {
					t.Fatalf("%s: from %+v to %+v", id, was, is)
				}
			}
			before = now
		}
	}
}

type world struct {
	*gatheringtest.World
	service  *papers.Service
	schedule *schedule.Service
	id       gathering.ID
	ana, bob string
	room     string
}

func on(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{World: gatheringtest.New(t, d)}
		rooms := house.New(d, w.Clock, w.Policy, w.Jobs)
		w.schedule = schedule.New(schedule.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: comers{}, Pulse: pulse.New(d, w.Policy)})
		w.service = papers.New(papers.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Schedule: w.schedule})
		w.Project("Campus", w.Ana, w.Bob)
		w.id = w.Planned()
		_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
		w.Must(err)
		w.room, err = rooms.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: "Erik Satie"})
		w.Must(err)
		w.ana, w.bob = w.seat(w.Ana), w.seat(w.Bob)
		test(t, w)
	})
}

// comers tells plans who comes, as the program does.
type comers struct{}

func (comers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

func (w *world) seat(who account.User) string {
	w.T.Helper()
	p, err := gathering.Comes(ctx, w.DB.Reader(), w.id, who.ID)
	w.Must(err)
	return p.ID
}

func (w *world) publish(base schedule.ID, from order.Minute) schedule.ID {
	w.T.Helper()
	running := order.Order{Version: 1, Days: []string{"2027-03-05", "2027-03-06"}, Activities: []order.Activity{{ID: "open", Kind: order.Plenary, From: 540, To: 570}, {ID: "coach", Kind: order.Coaching, From: 570, To: 720, Kit: "frise"}}}
	v, err := w.schedule.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, BasedOn: base, Plan: plan.Plan{Version: 1, Sittings: []plan.Sitting{
		{ID: "open", Activity: "open", From: 540, To: 570, All: true}, {ID: "m", Activity: "coach", From: from, To: from + 30, Room: w.room, People: []string{w.ana}}}}})
	w.Must(err)
	w.Must(w.schedule.Publish(ctx, w.Lead, w.id, v.ID))
	return v.ID
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

func TestTheSecretAddress(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		first := w.publish("", 570)
		w.publish(first, 600)
		secret, err := w.service.Subscribe(ctx, w.Ana, w.id)
		w.Must(err)
		a, err := w.service.Read(ctx, secret)
		w.Must(err)
		if len(a.Moments) != 2 || a.Seat.ID != w.ana || a.Moments[1].Sequence != 1 {
			t.Fatalf("%+v", a.Moments)
		}
		if kept, err := db.List(ctx, w.DB.Reader(), db.Value[string], `select digest from calendar_feeds`); err != nil || len(kept) != 1 || strings.Contains(kept[0], secret) {
			t.Errorf("%q is kept of the secret, %v", kept, err)
		}
		again, err := w.service.Subscribe(ctx, w.Ana, w.id)
		w.Must(err)
		_, err = w.service.Read(ctx, secret)
		wants(t, err, errs.NotFound, "")
		hers, err := w.service.Subscribe(ctx, w.Bob, w.id)
		w.Must(err)
		if b, err := w.service.Read(ctx, hers); err != nil || len(b.Moments) != 1 {
			t.Errorf("Bob reads %d moments: Ana's are hers, %v", len(b.Moments), err)
		}
		w.Must(w.service.Revoke(ctx, w.Bob, w.id))
		w.Must(w.service.Revoke(ctx, w.Bob, w.id))
		_, err = w.service.Read(ctx, hers)
		wants(t, err, errs.NotFound, "")
		if since, err := w.service.Subscribed(ctx, w.Ana, w.id); err != nil || since.IsZero() {
			t.Errorf("Ana's: %s, %v", since, err)
		}
		w.Must(w.Gatherings.Remove(ctx, w.Lead, w.id, w.ana))
		_, err = w.service.Read(ctx, again)
		wants(t, err, errs.NotFound, "")
		_, err = w.service.Read(ctx, "")
		wants(t, err, errs.NotFound, "")
		stranger := w.Signed("max@labo.example", "Max")
		if _, err = w.service.Subscribe(ctx, stranger, w.id); err == nil {
			t.Error("a stranger subscribes")
		}
	})
}

func TestWhoReadsWhat(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		_, err := w.service.Open(ctx, w.Signed("max@labo.example", "Max"), w.id)
		if err == nil {
			t.Error("a stranger reads the papers")
		}
		b, err := w.service.Open(ctx, w.Ana, w.id)
		w.Must(err)
		if b.Version != nil || b.Manages || b.Seat == nil || b.Of(w.ana) != nil || b.Tables() != nil || b.In(w.room) != nil {
			t.Errorf("before anything is published: %+v", b)
		}
		_, err = w.service.Managed(ctx, w.Ana, w.id)
		wants(t, err, errs.Forbidden, "")
		_, err = w.service.Managed(ctx, w.Lead, w.id)
		w.Must(err)
		w.publish("", 570)
		a, err := w.service.OfRoom(ctx, w.Ana, w.id, w.room)
		w.Must(err)
		if len(a.Moments) != 1 || a.Kit(a.Moments[0].Activity) == nil || a.Person(w.bob).Name == "" || a.Project(a.Person(w.ana).Project) != "Campus" {
			t.Errorf("%+v", a.Moments)
		}
		_, err = w.service.OfRoom(ctx, w.Ana, w.id, "nowhere")
		wants(t, err, errs.NotFound, "")
		if mine, err := w.service.Mine(ctx, w.Ana, w.id); err != nil || len(mine.Moments) != 2 {
			t.Errorf("%+v, %v", mine.Moments, err)
		}
	})
}

// long is what people are called where tables are narrow.
const long = "Marie-Charlotte-Antoinette de Saint-Hippolyte-du-Fort-Vandœuvre"

func samples(t *testing.T, n int) map[string][]*drawing.Page {
	t.Helper()
	head := papers.Head{Title: long, Over: "Accélérateur des possibles · du 5 au 6 mars 2027 · Le Dôme, Caen", Foot: "Programme n° 3"}
	var days []papers.Day
	for _, name := range []string{"vendredi 5 mars 2027", "samedi 6 mars 2027"} {
		d := papers.Day{Name: name}
		for i := range n {
			d.Lines = append(d.Lines, papers.Line{Hours: fmt.Sprintf("%02d:00 – %02d:45", i%24, i%24), Title: fmt.Sprintf("Activité %d : ", i) + strings.Repeat("numérique et travail ", i%4), More: strings.Repeat("Salle Boudin · avec "+long+" ", i%3), Tint: []papers.Tint{papers.Alone, papers.Together, papers.Rest}[i%3]})
		}
		days = append(days, d)
	}
	roll := papers.Roll{Head: head, Columns: []string{"Nom", "Organisation", "Rôle", "ve matin", "ve après-midi", "sa matin", "sa après-midi", "di matin"}, Figures: [][]string{{"Venus", "", "", "1 sur 2"}}, Page: "Page %d sur %d", Tall: 12}
	card := papers.Card{Table: "Table 12", Title: "Mix d’idées", When: "Tour 3 · vendredi 5 mars 2027 · 14:20 – 14:40", Room: "Grande salle", About: long + " " + long}
	var cards []papers.Card
	var badges []papers.Badge
	for i := range n {
		name := fmt.Sprintf("Personne %d", i)
		if i%3 == 0 {
			name = long
		}
		roll.Rows = append(roll.Rows, []string{name, "Agence", "Pair"})
		card.People = append(card.People, papers.Sitter{Name: name, More: long})
		badges = append(badges, papers.Badge{Name: name, Organisation: long, Role: "Équipe de projet", Project: long, Gathering: "Accélérateur des possibles", Address: "https://transformateur.a-longer-name.example.fr/gatherings/0123456789abcdefghjk/entrance?badge=ABCD2345", Code: "ABCD 2345"})
	}
	cards = append(cards, card, card, card)
	drawn, err := papers.Badges("Badges", badges)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]*drawing.Page{"sheet": papers.Sheet(head, days), "programme": papers.Programme(head, days), "door": {papers.Poster(head, long, days[0])}, "tables": papers.Cards("Cartons", cards), "badges": drawn, "roll": papers.Rolls(roll)}
}

func said(pages []*drawing.Page) string {
	var all []string
	for _, p := range pages {
		all = append(all, p.Texts()...)
	}
	return strings.Join(all, " ")
}

// What is on paper is what was to be printed, and stays on its page however much of it
// there is.
func TestPapersHoldWhatTheySay(t *testing.T) {
	for _, n := range []int{1, 9, 24} {
		for name, pages := range samples(t, n) {
			text := said(pages)
			want := map[string][]string{"sheet": {"vendredi 5 mars 2027", "samedi 6 mars 2027", "Activité 0", "Programme n° 3"}, "programme": {"samedi 6 mars 2027", fmt.Sprintf("Activité %d", n-1)}, "door": {"vendredi 5 mars 2027", "Activité 0"},
				"tables": {"Table 12", "Tour 3", "Grande salle"}, "badges": {"ABCD 2345", "Équipe de projet"}, "roll": {"Nom", "ve matin", "di matin", "1 sur 2", "Page 1 sur"}}[name]
			for _, one := range want {
				if !strings.Contains(text, one) {
					t.Errorf("%s of %d lacks %q: %s", name, n, one, text)
				}
			}
			for i, p := range pages {
				if low := p.Lowest(); low > p.H {
					t.Errorf("%s of %d, page %d: something is drawn at %.1f mm of %.1f", name, n, i+1, low, p.H)
				}
			}
			var out bytes.Buffer
			if err := drawing.WritePDF(&out, pdf.Meta{Title: name, Page: "%d"}, pages); err != nil {
				t.Fatal(err)
			}
			if got := bytes.Count(out.Bytes(), []byte("/Type /Page\n")); got != len(pages) {
				t.Errorf("%s of %d: %d pages in the document, want %d", name, n, got, len(pages))
			}
		}
	}
}

func TestHowManyPages(t *testing.T) {
	few, many := samples(t, 9), samples(t, 24)
	for name, want := range map[string][2]int{"sheet": {1, 1}, "door": {1, 1}, "tables": {2, 2}, "badges": {2, 3}} {
		if got := [2]int{len(few[name]), len(many[name])}; got != want {
			t.Errorf("%s: %v pages, want %v", name, got, want)
		}
	}
	codes := 0
	for _, p := range few["badges"] {
		codes += len(p.Codes())
	}
	if codes != 9 {
		t.Errorf("%d codes on nine badges", codes)
	}
}

// Nobody's name is lost on a sheet to sign, on however many pages.
func TestEverybodyIsOnTheRoll(t *testing.T) {
	text := said(samples(t, 24)["roll"])
	for i := range 24 {
		if i%3 != 0 && !slices.Contains(strings.Fields(text), fmt.Sprint(i)) {
			t.Errorf("person %d is missing", i)
		}
	}
}
