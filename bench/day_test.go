package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
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
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/days"
	"transformateur/internal/web/ui"
)

// What a page of the day may cost: processor for one answer, and bytes of the page itself.
const (
	nowCPU   = 3 * time.Millisecond
	nowBytes = 60_000
)

// dayWorld is a gathering of thirteen projects on two days with a published programme,
// in the middle of its first morning.
type dayWorld struct {
	*gatheringtest.World
	id     gathering.ID
	routes http.Handler
	who    account.User
}

type dayComers struct{}

func (dayComers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

func newDay(tb testing.TB) *dayWorld {
	tb.Helper()
	ctx := context.Background()
	w := &dayWorld{World: gatheringtest.New(tb, dbtest.SQLite(tb))}
	beats := pulse.New(w.DB, w.Policy)
	plans := schedule.New(schedule.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: dayComers{}, Pulse: beats})
	rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock), Projects: w.Projects})
	tb.Cleanup(rooms.Close)
	var projects []string
	teams := map[string][]string{}
	for i := range 13 {
		var team []account.User
		for j := range 2 {
			team = append(team, w.Signed(fmt.Sprintf("team%02d%d@projet.example", i, j), fmt.Sprintf("Camille Équipière %d-%d", i, j)))
		}
		projects = append(projects, string(w.Project(fmt.Sprintf("Un projet de transformation numérique, le %de", i+1), team...)))
		w.who = team[0]
	}
	w.id = w.Open()
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
	var others []string
	for i := range 24 { // coaches, experts and peers, as guests: what is read of them is the same
		by, _ := w.Guest(w.id, fmt.Sprintf("Dominique Experte %d", i))
		p, err := gathering.Comes(ctx, w.DB.Reader(), w.id, by.ID)
		w.Must(err)
		others = append(others, p.ID)
	}
	people, err := gathering.People(ctx, w.DB.Reader(), w.id)
	w.Must(err)
	for _, p := range people {
		if p.Project != "" {
			teams[string(p.Project)] = append(teams[string(p.Project)], p.ID)
		}
	}
	keeps := house.New(w.DB, w.Clock, w.Policy, w.Jobs)
	var places []string
	for i := range 14 {
		at, err := keeps.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: fmt.Sprintf("Salle %c", 'A'+i)})
		w.Must(err)
		places = append(places, at)
	}
	o := order.Propose([]string{"2027-03-05", "2027-03-06"}, len(projects))
	p := drawn(o, projects, teams, others, places)
	v, err := plans.Keep(ctx, w.Lead, w.id, schedule.Made{Order: o, Plan: p})
	w.Must(err)
	w.Must(plans.Publish(ctx, w.Lead, w.id, v.ID))
	h := &days.Handler{Days: conduct.New(conduct.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Plans: plans, Pulse: beats, Rooms: rooms}), Gatherings: w.Gatherings}
	mux := http.NewServeMux()
	for _, route := range h.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	w.routes = mux
	return w
}

// drawn is a plan of a running order: each project in each slot of a coaching, or at a
// table of its own with the others in turn; everybody elsewhere.
func drawn(o order.Order, projects []string, teams map[string][]string, others, places []string) (p plan.Plan) {
	p.Version = 1
	for _, a := range o.Activities {
		rounds := []order.Slot{{From: a.From, To: a.To}}
		if a.Kind == order.Mix || a.Kind == order.Coaching {
			rounds = order.RoundsOf(a)
		}
		if a.Kind == order.Free || a.Kind != order.Mix && a.Kind != order.Coaching && a.Kind != order.Collective {
			p.Sittings = append(p.Sittings, plan.Sitting{ID: a.ID, Activity: a.ID, Day: a.Day, From: a.From, To: a.To, All: true, Room: places[13]})
			continue
		}
		for n, slot := range rounds {
			for i, project := range projects {
				if a.Kind == order.Coaching && i%len(rounds) != n {
					continue
				}
				sitting := plan.Sitting{ID: fmt.Sprintf("%s-%d-%d", a.ID, n, i), Activity: a.ID, N: n, Day: a.Day, From: slot.From, To: slot.To, Project: project, Room: places[i]}
				sitting.People = append(append(sitting.People, teams[project]...), others[(i+n)%len(others)])
				if a.Kind != order.Coaching {
					sitting.Table, sitting.People = i+1, append(sitting.People, others[(i+n+13)%len(others)])
					if i+n+13 >= len(others) { // nobody sits at two tables
						sitting.People = sitting.People[:len(sitting.People)-1]
					}
				}
				p.Sittings = append(p.Sittings, sitting)
			}
		}
	}
	return p
}

func (w *dayWorld) get(path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/gatherings/"+string(w.id)+"/"+path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	answer := httptest.NewRecorder()
	w.routes.ServeHTTP(answer, r.WithContext(account.With(i18n.With(r.Context(), i18n.FR), w.who)))
	return answer
}

// BenchmarkNow measures the page that tells somebody where she is, from the request to the
// answer, and the bytes of the page.
func BenchmarkNow(b *testing.B) { benchmarkDay(b, "now") }

// BenchmarkProgramme measures the whole programme in the same way.
func BenchmarkProgramme(b *testing.B) { benchmarkDay(b, "programme") }

func benchmarkDay(b *testing.B, path string) {
	w := newDay(b)
	size := 0
	before := spent()
	for b.Loop() {
		answer := w.get(path)
		if answer.Code != http.StatusOK {
			b.Fatalf("%d: %.300s", answer.Code, answer.Body)
		}
		size = answer.Body.Len()
	}
	b.ReportMetric(float64((spent()-before).Microseconds())/float64(b.N)/1000, "cpu-ms/op")
	b.ReportMetric(float64(size)/1000, "kB")
}

// The page that tells somebody where she is weighs what was promised, with a programme of
// thirteen projects and two days in it.
func TestNowIsLight(t *testing.T) {
	w := newDay(t)
	answer := w.get("now")
	page := answer.Body.String()
	if answer.Code != http.StatusOK || !strings.Contains(page, "line-") {
		t.Fatalf("%d: %.600s", answer.Code, page)
	}
	first := len(page)
	for _, found := range loaded.FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(found[1], assets.Prefix) {
			r := httptest.NewRequest(http.MethodGet, found[1], nil)
			r.Header.Set("Accept-Encoding", "gzip")
			file := httptest.NewRecorder()
			w.routes.ServeHTTP(file, r)
			first += file.Body.Len()
		}
	}
	const rounds = 50
	before := spent()
	for range rounds {
		w.get("now")
	}
	each := (spent() - before) / rounds
	t.Logf("the page: %.1f kB, with what it loads at a first visit: %.1f kB, %v of processor", float64(len(page))/1000, float64(first)/1000, each)
	if len(page) > nowBytes {
		t.Errorf("%d bytes: at most %d", len(page), nowBytes)
	}
	if each > 4*nowCPU { // a busy machine counts for more
		t.Errorf("%v of processor: at most %v on a quiet machine", each, nowCPU)
	}
}
