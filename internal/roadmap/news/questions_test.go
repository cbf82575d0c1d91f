package news_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/roadmap/news"
)

// An edition asks questions of its own; a round keeps those that it asked, and what was
// answered to a version is read with its words.
func TestAnEditionAsksBesides(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		set := func(was int64, list ...news.Question) error {
			return w.news.SetQuestions(ctx, w.Lead, gatheringtest.Edition, was, list)
		}
		asking := func() []news.Question {
			t.Helper()
			v, err := w.news.Asking(ctx, w.Lead, gatheringtest.Edition)
			w.Must(err)
			var list []news.Question
			for _, f := range v.Questions.Fields() {
				list = append(list, news.Shown(f))
			}
			return list
		}
		wants(t, "by a team", w.news.SetQuestions(ctx, w.Ana, gatheringtest.Edition, 0, nil), errs.Forbidden, "")
		goal := news.Question{Type: "choice", Fr: "Où en êtes-vous ?", En: "How far are you?", Options: "Loin | Far\n\nPrès", Required: true}
		hours := news.Question{Type: "number", Fr: "Heures passées"}
		w.Must(set(0, goal, hours))
		wants(t, "from an old version", set(0, goal), errs.Conflict, "news.meanwhile")
		first := asking()
		if len(first) != 2 || first[0].ID != "q1" || first[0].Options != "Loin | Far\nPrès" || !first[0].Required || first[1].ID != "q2" {
			t.Fatalf("%+v", first)
		}
		ana, bob := w.asks()
		a, _, err := w.news.Open(ctx, ana)
		w.Must(err)
		if len(a.Round.Asks.Fields()) != 2 || a.Round.Asks.Number != 1 {
			t.Fatalf("the round asks %+v", a.Round.Asks)
		}
		told := news.Told{State: news.Well, Values: map[string][]string{"f.q1": {"o2"}, "f.q2": {"12"}}}
		bad := news.Told{State: news.Well, Values: map[string][]string{"f.q2": {"beaucoup"}}}
		err = w.news.Tell(ctx, ana, bad, nil)
		wants(t, "without what is expected", err, errs.Invalid, "news.invalid")
		if fields := paths(err); !slices.Contains(fields, "q1") || !slices.Contains(fields, "q2") {
			t.Errorf("says %v, want q1 and q2", fields)
		}
		w.Must(w.news.Tell(ctx, ana, told, nil))

		// The lead changes everything meanwhile: an option keeps its identifier with its words,
		// and a question that is taken away gives its own to nobody.
		first[0].Options, first[0].Fr = "Près\nLoin\nNulle part", "Où en est le projet ?"
		first[0].Type = "text"
		w.Must(set(1, first[0], news.Question{Type: "yesno", Fr: "Content ?"}))
		second := asking()
		if second[0].ID != "q1" || second[0].Type != "choice" || second[1].ID != "q3" {
			t.Errorf("%+v", second)
		}
		v, err := w.news.Asking(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if o := v.Questions.Fields()[0].Settings.Options; len(o) != 3 || o[0].ID != "o2" || o[1].ID != "o1" || o[2].ID != "o3" {
			t.Errorf("options %+v", o)
		}
		w.Must(w.news.Tell(ctx, bob, told, nil)) // its round still asks what it asked
		b, err := w.news.Of(ctx, w.Lead, gatheringtest.Edition, "")
		w.Must(err)
		if b.Shown.Asks.Number != 1 || len(b.Lines) != 2 || b.Lines[0].Told.Own["q1"] != "o2" || b.Lines[0].Told.Own["q2"] != int64(12) {
			t.Errorf("the board: %+v", b.Lines)
		}
		w.Clock.Advance(day)
		ana, _ = w.asks()
		if a, _, err = w.news.Open(ctx, ana); err != nil || a.Round.Asks.Number != 2 {
			t.Errorf("the next round asks %+v, %v", a.Round.Asks, err)
		}
		w.Must(w.news.Tell(ctx, ana, news.Told{State: news.Well, Values: map[string][]string{"f.q1": {"o3"}, "f.q3": {"no"}}}, nil))
		page, err := w.news.About(ctx, w.Ana, w.campus)
		w.Must(err)
		if len(page.Told) != 2 || page.Told[0].Own["q3"] != false || page.Told[1].Asked.Fields()[0].Label["fr"] != "Où en êtes-vous ?" {
			t.Errorf("what the project told: %+v", page.Told)
		}
		w.Must(set(2, second[1], second[1])) // no page of ours sends one twice: the second is another
		if list := asking(); len(list) != 2 || list[0].ID != "q3" || list[1].ID != "q4" {
			t.Errorf("one question twice: %+v", list)
		}
		w.Must(set(3))
		if left := asking(); len(left) != 0 {
			t.Errorf("still asked: %+v", left)
		}
		w.Clock.Advance(day)
		ana, _ = w.asks()
		w.Must(w.news.Tell(ctx, ana, news.Told{State: news.Well}, nil))
		if w.Must(set(4, hours)); asking()[0].ID != "q5" {
			t.Errorf("a new question takes the identifier of an old one: %+v", asking())
		}
	})
}

func paths(err error) (list []string) {
	var e *errs.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			list = append(list, f.Path)
		}
	}
	return list
}

// What a lead writes wrongly is said where it stands, all of it at once.
func TestQuestionsThatCannotBeAsked(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	many := make([]news.Question, news.MaxQuestions+1)
	for i := range many {
		many[i] = news.Question{Type: "text", Fr: "Une question"}
	}
	for what, c := range map[string]struct {
		list []news.Question
		want []string
	}{
		"too many":              {many, []string{"questions"}},
		"no words":              {[]news.Question{{Type: "text"}}, []string{"label.0"}},
		"English alone":         {[]news.Question{{Type: "text", En: "How?"}}, []string{"label.0"}},
		"too long":              {[]news.Question{{Type: "text", Fr: strings.Repeat("é", news.MaxLabel+1), HelpFr: strings.Repeat("a", news.MaxHelp+1)}}, []string{"label.0", "help.0"}},
		"a kind for later":      {[]news.Question{{Type: "text", Fr: "Oui"}, {Type: "file", Fr: "Un fichier"}}, []string{"type.1"}},
		"no kind":               {[]news.Question{{Fr: "Oui"}}, []string{"type.0"}},
		"one option":            {[]news.Question{{Type: "choice", Fr: "Oui", Options: "Seule"}}, []string{"options.0"}},
		"an option in English":  {[]news.Question{{Type: "scale", Fr: "Oui", Options: "| A\n| B"}}, []string{"options.0", "options.0"}},
		"the same option twice": {[]news.Question{{Type: "choices", Fr: "Oui", Options: "A\nB\nA"}}, []string{"options.0"}},
	} {
		err := w.news.SetQuestions(ctx, w.Lead, gatheringtest.Edition, 0, c.list)
		if got := paths(err); !errs.Is(err, errs.Invalid) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v at %v, want %v", what, err, got, c.want)
		}
	}
}

// The questions that ship may be saved as they are.
func TestModel(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	list, err := news.Model()
	w.Must(err)
	w.Must(w.news.SetQuestions(ctx, w.Lead, gatheringtest.Edition, 0, list))
	for _, q := range list {
		if q.En == "" || news.Chosen(q.Type) && strings.Count(q.Options, "|") < 2 {
			t.Errorf("%q is not in both languages", q.Fr)
		}
	}
}
