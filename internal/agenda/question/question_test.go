package question_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/question"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

type world struct {
	*floortest.World
	service *question.Service
	table   question.At // which Zoé leads
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: floortest.New(t, d)}
	w.service, w.table = question.New(w.Floor), question.At{Gathering: w.ID, Activity: "table"}
	w.Publish()
	return w
}

func (w *world) read(who account.User) []question.Question {
	w.T.Helper()
	v, err := w.service.Read(ctx, who, w.table)
	w.Must(err)
	return v.Questions
}

func (w *world) ask(who account.User, body string, signed bool) string {
	w.T.Helper()
	w.Must(w.service.Put(ctx, who, w.table, body, signed))
	for _, q := range w.read(who) {
		if q.Body == body {
			return q.ID
		}
	}
	w.T.Fatalf("%q is not asked", body)
	return ""
}

func TestQuestionsAreAskedAndVotedFor(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.service.Read(ctx, w.Ana, w.table)
		wants(t, err, errs.Forbidden, "")
		if v, err := w.service.Stage(ctx, w.Ana, w.ID); err != nil || !v.Hidden || len(v.List) > 0 {
			t.Errorf("before the opening the stage is %+v, %v", v, err)
		}
		w.Opens()
		if v, err := w.service.Stage(ctx, w.Ana, w.ID); err != nil || v.Hidden || len(v.List) != 3 {
			t.Errorf("the stage is %+v, %v", v, err)
		}
		wants(t, w.service.Put(ctx, w.Ana, question.At{Gathering: w.ID, Activity: "coaching"}, "Quoi ?", false), errs.NotFound, "")
		wants(t, w.service.Put(ctx, w.Ana, w.table, " \n ", false), errs.Invalid, "question.invalid")
		wants(t, w.service.Put(ctx, w.Ana, w.table, strings.Repeat("x", question.MaxText+1), false), errs.Invalid, "question.invalid")
		first := w.ask(w.Ana, "Qui paie ?", false)
		second := w.ask(w.Leo, "Et après ?", true)
		guest, _ := w.Guest(w.ID, "Passante")
		third := w.ask(guest, "Où s'inscrire ?", false)

		wants(t, w.service.Vote(ctx, w.Ana, w.table, first, true), errs.Conflict, "question.own")
		w.Must(w.service.Vote(ctx, w.Ana, w.table, second, true))
		w.Must(w.service.Vote(ctx, w.Ana, w.table, second, true))
		w.Must(w.service.Vote(ctx, guest, w.table, second, true))
		w.Must(w.service.Vote(ctx, w.Bob, w.table, third, true))
		if list := w.read(w.Ana); list[0].ID != second || list[0].Votes != 2 || !list[0].Voted || list[1].ID != third || !list[2].Mine {
			t.Errorf("she reads %+v", list)
		}
		w.Must(w.service.Vote(ctx, w.Ana, w.table, second, false))
		w.Must(w.service.Vote(ctx, guest, w.table, second, false))
		if list := w.read(w.Ana); list[0].ID != third || list[0].Voted {
			t.Errorf("after votes were taken back she reads %+v", list)
		}
		wants(t, w.service.Vote(ctx, w.Ana, w.table, "nothing", true), errs.NotFound, "")
	})
}

// TestNobodyKnowsWhoAsks holds that a question that is not signed names its author to
// nobody, and that one that is hidden is read by its author and who leads alone.
func TestNobodyKnowsWhoAsks(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Opens()
		secret, said := w.ask(w.Ana, "Qui décide ?", false), w.ask(w.Leo, "Et après ?", true)
		for name, who := range map[string]account.User{"who runs it": w.Lead, "who leads": w.Zoe, "another": w.Bob} {
			for _, q := range w.read(who) {
				if q.ID == secret && (q.Author != "" || q.Mine) || q.ID == said && q.Author != "Léo Fabre" {
					t.Errorf("%s reads %+v", name, q)
				}
			}
		}
		wants(t, w.service.Mark(ctx, w.Leo, w.table, secret, question.Hidden), errs.Forbidden, "question.not_hers")
		wants(t, w.service.Mark(ctx, w.Zoe, w.table, secret, "else"), errs.Invalid, "")
		w.Must(w.service.Mark(ctx, w.Zoe, w.table, secret, question.Hidden))
		for name, c := range map[string]struct {
			who  account.User
			sees int
		}{"who runs it": {w.Lead, 2}, "who leads": {w.Zoe, 2}, "its author": {w.Ana, 2}, "another": {w.Bob, 1}} {
			if n := len(w.read(c.who)); n != c.sees {
				t.Errorf("%s reads %d questions, want %d", name, n, c.sees)
			}
		}
		wants(t, w.service.Vote(ctx, w.Bob, w.table, secret, true), errs.NotFound, "")
		if list, err := question.Heard(ctx, w.DB.Reader(), w.ID); err != nil || len(list) != 1 || list[0].Body != "Et après ?" {
			t.Errorf("the minutes hold %+v, %v", list, err)
		}
	})
}

func TestOneQuestionIsAnsweredAtATime(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Opens()
		a, b := w.ask(w.Ana, "Un ?", false), w.ask(w.Leo, "Deux ?", false)
		w.Must(w.service.Mark(ctx, w.Zoe, w.table, a, question.Answering))
		w.Must(w.service.Mark(ctx, w.Lead, w.table, b, question.Answering))
		if list := w.read(w.Bob); list[0].ID != b || list[1].State != question.Answered {
			t.Errorf("they read %+v", list)
		}
		wants(t, w.service.Vote(ctx, w.Bob, w.table, a, true), errs.Conflict, "question.closed")
	})
}

func TestWhoAsksALotWaits(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Opens()
		for range question.MaxBurst {
			w.Must(w.service.Put(ctx, w.Ana, w.table, "Encore ?", false))
		}
		wants(t, w.service.Put(ctx, w.Ana, w.table, "Et là ?", false), errs.TooMany, "question.fast")
		w.Must(w.service.Put(ctx, w.Leo, w.table, "Et moi ?", false))
		w.Clock.Advance(3 * time.Minute)
		w.Must(w.service.Put(ctx, w.Ana, w.table, "Et là ?", false))
		for range question.MaxAsked - question.MaxBurst - 1 {
			w.Clock.Advance(time.Minute)
			w.Must(w.service.Put(ctx, w.Ana, w.table, "Encore ?", false))
		}
		w.Clock.Advance(time.Hour)
		wants(t, w.service.Put(ctx, w.Ana, w.table, "Une de trop ?", false), errs.Conflict, "question.many")
	})
}

func TestDocuments(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Opens()
		wants(t, w.service.AddLink(ctx, w.Leo, w.table, question.Link{Title: "a", URL: "https://a.example"}), errs.Forbidden, "question.not_hers")
		for name, l := range map[string]question.Link{"no title": {URL: "https://a.example"}, "a script": {Title: "a", URL: "javascript:alert(1)"}, "no host": {Title: "a", URL: "https://"}} {
			if err := w.service.AddLink(ctx, w.Zoe, w.table, l); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.Must(w.service.AddLink(ctx, w.Zoe, w.table, question.Link{Title: " Le guide ", URL: "https://a.example/guide.pdf"}))
		v, err := w.service.Read(ctx, w.Ana, w.table)
		if err != nil || len(v.Links) != 1 || v.Links[0].Title != "Le guide" {
			t.Fatalf("she reads %+v, %v", v.Links, err)
		}
		w.Must(w.service.RemoveLink(ctx, w.Lead, w.table, v.Links[0].ID))
		wants(t, w.service.RemoveLink(ctx, w.Lead, w.table, v.Links[0].ID), errs.NotFound, "")
	})
}

func TestAfterItClosedNobodyAsks(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.Opens()
	w.ask(w.Ana, "Un ?", false)
	w.Must(w.Gatherings.Close(ctx, w.Lead, w.ID))
	wants(t, w.service.Put(ctx, w.Ana, w.table, "Deux ?", false), errs.Forbidden, "")
	if len(w.read(w.Ana)) != 1 {
		t.Error("she reads nothing after it closed")
	}
}
