package news_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/roadmap/news"
)

var ctx = context.Background()

const day = 24 * time.Hour

// post keeps the mails that are asked for.
type post struct{ sent []account.Mail }

func (p *post) Enqueue(_ context.Context, _ *db.Tx, m account.Mail) error {
	p.sent = append(p.sent, m)
	return nil
}

type world struct {
	*gatheringtest.World
	post           *post
	roadmaps       *roadmap.Service
	news           *news.Service
	campus, garden project.ID
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d), post: &post{}}
	w.roadmaps = roadmap.New(d, w.Clock, w.Policy, w.Projects)
	w.news = news.New(news.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Mails: w.post, Jobs: w.Jobs, Roadmaps: w.roadmaps})
	w.Ana, w.Bob = w.Signed("ana@projet.example", "Ana Lemoine"), w.Signed("bob@projet.example", "Bob Jardin")
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	return w
}

func (w *world) day(after int) string {
	return w.Clock.Now().AddDate(0, 0, after).Format(time.DateOnly)
}

func (w *world) asks() (ana, bob string) {
	w.T.Helper()
	before := len(w.post.sent)
	w.Must(w.news.AskNow(ctx, w.Lead, gatheringtest.Edition))
	for _, m := range w.post.sent[before:] {
		link := strings.TrimPrefix(m.Args["Link"], "/news/")
		if m.Args["What"] == "Campus" {
			ana = link
		} else {
			bob = link
		}
	}
	return ana, bob
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func TestDue(t *testing.T) {
	h := news.Rhythm{First: "2027-01-04", Last: "2027-03-31", Weeks: 4}
	for _, c := range []struct {
		today, want string
		h           news.Rhythm
	}{
		{"2027-01-03", "", h}, {"2027-01-04", "2027-01-04", h}, {"2027-01-31", "2027-01-04", h}, {"2027-02-01", "2027-02-01", h},
		{"2027-03-29", "2027-03-29", h}, {"2027-09-01", "2027-03-29", h}, // after the last day no new one comes
		{"2027-03-29", "", news.Rhythm{Weeks: 4}},                                                    // never
		{"2027-04-05", "2027-04-05", news.Rhythm{First: "2027-03-22", Last: "2027-12-31", Weeks: 2}}, // over a clock change
	} {
		if got := c.h.Due(c.today); got != c.want {
			t.Errorf("%+v on %s: %q, want %q", c.h, c.today, got, c.want)
		}
	}
}

// What a team tells by its link is kept, corrected and read; its ticks reach the roadmap.
func TestTell(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		action, err := w.roadmaps.Put(ctx, w.Ana, w.campus, "", roadmap.Sheet{Kind: roadmap.Action, Title: "Essayer", State: roadmap.Todo}, 0)
		w.Must(err)
		theirs, err := w.roadmaps.Put(ctx, w.Bob, w.garden, "", roadmap.Sheet{Kind: roadmap.Action, Title: "Bêcher", State: roadmap.Todo}, 0)
		w.Must(err)
		ana, _ := w.asks()
		wants(t, "again the same day", w.news.AskNow(ctx, w.Lead, gatheringtest.Edition), errs.Conflict, "news.asked_today")
		a, open, err := w.news.Open(ctx, ana)
		if w.Must(err); a.Project.ID != w.campus || len(open) != 1 || !a.Open || a.Last != nil {
			t.Errorf("%+v %+v", a, open)
		}
		_, _, err = w.news.Open(ctx, "jamais")
		wants(t, "a link that never was", err, errs.NotFound, "")
		wants(t, "without a state", w.news.Tell(ctx, ana, news.Told{}, nil), errs.Invalid, "news.invalid")
		wants(t, "stuck by nothing", w.news.Tell(ctx, ana, news.Told{State: news.Stuck}, nil), errs.Invalid, "news.invalid")
		w.Must(w.news.Tell(ctx, ana, news.Told{State: news.Slow, Moved: "Un essai"}, nil))
		w.Clock.Advance(time.Minute)
		w.Must(w.news.Tell(ctx, ana, news.Told{State: news.Well, Moved: "Deux essais"}, []roadmap.ID{action, theirs}))
		v, err := w.news.About(ctx, w.Ana, w.campus)
		if w.Must(err); len(v.Told) != 2 || !v.Told[0].Held || v.Told[1].Held || v.Told[0].Moved != "Deux essais" || v.Told[0].By != w.Ana.Name {
			t.Errorf("%+v", v.Told)
		}
		p, err := w.roadmaps.Read(ctx, w.Ana, w.campus)
		if e, _ := p.Find(action); err != nil || e.State != roadmap.Done {
			t.Errorf("the action is %s: %v", e.State, err)
		}
		p, err = w.roadmaps.Read(ctx, w.Bob, w.garden)
		if e, _ := p.Find(theirs); err != nil || e.State != roadmap.Todo {
			t.Errorf("the action of another project is %s: %v", e.State, err)
		}
		b, err := w.news.Of(ctx, w.Lead, gatheringtest.Edition, "")
		if w.Must(err); len(b.Lines) != 2 || b.Lines[0].Told == nil || b.Lines[0].Told.State != news.Well || b.Lines[1].Told != nil {
			t.Errorf("%+v", b.Lines)
		}
		w.Clock.Advance(time.Minute)
		w.Must(w.news.Answer(ctx, w.Bob, w.garden, news.Told{State: news.Stuck, Blocks: "La gelée"}, []roadmap.ID{theirs}))
		wants(t, "for another project", w.news.Answer(ctx, w.Bob, w.campus, news.Told{State: news.Well}, nil), errs.NotFound, "")
		if v, err := w.news.About(ctx, w.Bob, w.garden); err != nil || !v.Tells || len(v.Told) != 1 || len(v.Actions) != 0 {
			t.Errorf("%+v %v", v, err)
		}
		_, err = w.news.About(ctx, w.Bob, w.campus)
		wants(t, "the news of others", err, errs.NotFound, "")
		_, err = w.news.Of(ctx, w.Ana, gatheringtest.Edition, "")
		if err == nil {
			t.Error("a team reads the news of all")
		}
		w.Clock.Advance(news.Lasts)
		wants(t, "too late", w.news.Tell(ctx, ana, news.Told{State: news.Well}, nil), errs.Conflict, "news.over")
	})
}

// The one reminder goes to who is silent and whose project does not move.
func TestReminderStopsWhenTheProjectMoves(t *testing.T) {
	for _, c := range []struct {
		name string
		does func(w *world, link string)
		want int
	}{
		{"silent", func(*world, string) {}, 1},
		{"answered", func(w *world, link string) { w.Must(w.news.Tell(ctx, link, news.Told{State: news.Slow}, nil)) }, 0},
		{"moved without answering", func(w *world, _ string) {
			_, err := w.roadmaps.Put(ctx, w.Ana, w.campus, "", roadmap.Sheet{Kind: roadmap.Need, Title: "Un local", State: roadmap.Todo}, 0)
			w.Must(err)
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				link, _ := w.asks()
				w.Clock.Advance(day)
				c.does(w, link)
				w.Must(w.news.Run(ctx))
				if got := recalled(w, "Campus"); got != 0 {
					t.Errorf("reminded after a day")
				}
				for range 3 { // hours, and days, after
					w.Clock.Advance(news.Wait)
					w.Must(w.news.Run(ctx))
				}
				if got := recalled(w, "Campus"); got != c.want {
					t.Errorf("%d reminders, want %d", got, c.want)
				}
				if got := recalled(w, "Jardin"); got != 1 {
					t.Errorf("%d reminders to the other project", got)
				}
			})
		})
	}
}

func recalled(w *world, what string) (n int) {
	for _, m := range w.post.sent {
		if m.Template == news.MailRecalled && m.Args["What"] == what {
			n++
		}
	}
	return n
}

// The rhythm asks by itself, once a day that is due; a project that says it has stopped is
// asked no more.
func TestRhythm(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for name, bad := range map[string]news.Rhythm{"no last": {First: w.day(1), Weeks: 4}, "backwards": {First: w.day(9), Last: w.day(1), Weeks: 4}, "no weeks": {First: w.day(1), Last: w.day(9)}} {
			wants(t, name, w.news.SetRhythm(ctx, w.Lead, gatheringtest.Edition, bad), errs.Invalid, "news.invalid")
		}
		h := news.Rhythm{First: w.day(2), Last: w.day(200), Weeks: 4}
		w.Must(w.news.SetRhythm(ctx, w.Lead, gatheringtest.Edition, h))
		wants(t, "an old version", w.news.SetRhythm(ctx, w.Lead, gatheringtest.Edition, h), errs.Conflict, "news.meanwhile")
		w.Must(w.news.Run(ctx))
		if len(w.post.sent) != 0 {
			t.Fatalf("%d mails before the first day", len(w.post.sent))
		}
		w.Clock.Advance(2 * day)
		for range 3 {
			w.Must(w.news.Run(ctx))
		}
		if len(w.post.sent) != 2 {
			t.Fatalf("%d mails on the first day", len(w.post.sent))
		}
		for _, m := range w.post.sent {
			if m.Args["What"] == "Jardin" {
				w.Must(w.news.Tell(ctx, strings.TrimPrefix(m.Args["Link"], "/news/"), news.Told{State: news.Stopped}, nil))
			}
		}
		w.Clock.Advance(28 * day)
		w.Must(w.news.Run(ctx))
		asked := map[string]int{}
		for _, m := range w.post.sent {
			if m.Template == news.MailAsked {
				asked[m.Args["What"]]++
			}
		}
		if asked["Campus"] != 2 || asked["Jardin"] != 1 {
			t.Errorf("asked %v", asked)
		}
	})
}
