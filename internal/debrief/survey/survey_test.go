package survey_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/secret"
	"transformateur/internal/project"
)

var ctx = context.Background()

type world struct {
	*gatheringtest.World
	surveys  *survey.Service
	outcomes *outcome.Service
	campus   project.ID
	people   []account.User // who came
}

// newWorld has a gathering that twelve people came to, and a project of the first one.
func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.outcomes = outcome.New(d, w.Clock, w.Policy)
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "seal.key"))
	w.Must(err)
	w.surveys = survey.New(survey.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Mails: w.Box, Outcomes: w.outcomes, Jobs: w.Jobs, Box: box})
	id := w.Planned()
	for i := range 12 {
		who := w.Signed(fmt.Sprintf("p%d@example.org", i), fmt.Sprintf("Personne %d", i))
		w.people = append(w.people, who)
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into participants (id, gathering_id, person_id, email, name, role, organisation, added_by, added_at, joined_at, left_by, version) values ($1, $2, $3, '', $4, 'peer', '', 'system', $5, $5, '', 1)`, db.NewID(), string(id), string(who.ID), who.Name, w.Clock.Now())
			return err
		}))
	}
	w.campus = w.Project("Campus", w.people[0])
	return w
}

// sent prepares a survey and lets it leave.
func (w *world) sent(kind survey.Kind) survey.ID {
	w.T.Helper()
	id, err := w.surveys.Start(ctx, w.Lead, gatheringtest.Edition, survey.Survey{Kind: kind, Title: "Et vous ?", BaseDay: "2027-03-06"})
	w.Must(err)
	w.Must(w.surveys.Move(ctx, w.Lead, gatheringtest.Edition, id, survey.Opened))
	day, err := time.Parse(time.DateOnly, survey.Due(kind, "2027-03-06"))
	w.Must(err)
	w.Clock.Set(day.Add(-time.Minute))
	w.Must(w.surveys.Run(ctx))
	if n := w.results(id).Survey.Counts.Asked; n != 0 {
		w.T.Fatalf("%d links left before the day", n)
	}
	w.Clock.Set(day.Add(time.Minute))
	w.Must(w.surveys.Run(ctx))
	w.Must(w.surveys.Run(ctx))
	return id
}

func (w *world) link(i int, template string) string {
	w.T.Helper()
	return strings.TrimPrefix(w.Box.Last(w.T, fmt.Sprintf("p%d@example.org", i), template).Args["Link"], "/survey/")
}

func (w *world) results(id survey.ID) survey.Results {
	w.T.Helper()
	v, err := w.surveys.Results(ctx, w.Lead, gatheringtest.Edition, id)
	w.Must(err)
	return v
}

func (w *world) wants(what string, err error, kind errs.Kind, key string) {
	w.T.Helper()
	if !errs.Is(err, kind) || key != "" && !strings.Contains(err.Error(), key) {
		w.T.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func answers(step string, values ...string) survey.Typed {
	in := survey.Typed{Step: step, Values: map[string][]string{}, Send: true}
	for i := 0; i+1 < len(values); i += 2 {
		in.Values["f."+values[i]] = []string{values[i+1]}
	}
	return in
}

func TestModels(t *testing.T) {
	for _, k := range survey.Kinds {
		f, err := survey.Model(k)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Compile(); err != nil {
			t.Errorf("%s: %v", k, err)
		}
		for _, q := range f.Fields() {
			if q.Label["fr"] == "" || q.Label["en"] == "" {
				t.Errorf("%s: %s lacks a language", k, q.ID)
			}
		}
	}
}

func TestALinkAnswersOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.sent(survey.Satisfaction)
		if n := w.results(id).Survey.Counts.Asked; n != 12 {
			t.Fatalf("%d people asked, want 12", n)
		}
		link := w.link(0, survey.Mail)
		_, err := w.surveys.Open(ctx, "nothing")
		w.wants("a link that never was", err, errs.NotFound, "")
		w.wants("nothing answered", w.surveys.Save(ctx, link, survey.Typed{Step: "days", Send: true}), errs.Invalid, "survey.incomplete")
		draft := answers("words", "kept", "La confiance")
		draft.Send = false
		w.Must(w.surveys.Save(ctx, link, draft))
		a, err := w.surveys.Open(ctx, link)
		w.Must(err)
		if a.Complete || a.Answers["kept"] != "La confiance" {
			t.Errorf("the draft is %+v", a.Answers)
		}
		w.Must(w.surveys.Save(ctx, link, answers("days", "useful", "fully")))
		if c := w.results(id).Survey.Counts; c.Answered != 1 || c.Silent() != 11 {
			t.Errorf("counts %+v", c)
		}
		w.Must(w.surveys.Save(ctx, link, answers("days", "useful", "little")))
		if c := w.results(id).Survey.Counts; c.Answered != 1 {
			t.Errorf("a correction counts: %+v", c)
		}
		w.Clock.Advance(survey.Correctable*24*time.Hour + 25*time.Hour)
		w.wants("after thirty days", w.surveys.Save(ctx, link, answers("days", "useful", "no")), errs.Conflict, "survey.over")
		w.wants("withdrawn after thirty days", w.surveys.Withdraw(ctx, link), errs.Conflict, "survey.over")
	})
}

func TestNothingIsShownOfAFewAnswers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.sent(survey.Satisfaction)
		for i, want := range []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5} { // as many stay behind, for those of the end to join
			in := answers("days", "useful", "fully")
			in.Values["f.kept"], in.Quote, in.Name = []string{"Mot"}, survey.Named, "Zoé"
			w.Must(w.surveys.Save(ctx, w.link(i, survey.Mail), in))
			if n := w.results(id).Shown; n != want {
				t.Errorf("after %d answers, %d are shown, want %d", i+1, n, want)
			}
		}
		w.Must(w.surveys.Withdraw(ctx, w.link(0, survey.Mail)))
		if v := w.results(id); v.Survey.Counts.Answered != 10 {
			t.Errorf("after one withdrew: %d shown of %d", v.Shown, v.Survey.Counts.Answered)
		}
		w.Must(w.surveys.Move(ctx, w.Lead, gatheringtest.Edition, id, survey.Closed))
		if v := w.results(id); v.Shown != 10 || v.Questions[0].Options[3].People != 10 {
			t.Errorf("closed: %+v", v.Questions[0])
		}
		_, err := w.surveys.Results(ctx, w.people[0], gatheringtest.Edition, id)
		if err == nil {
			t.Error("who came reads the results")
		}
	})
}

// An answer that came alone after the others, or among a few, is counted and not shown.
func TestFewAnswersStayCounts(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.sent(survey.Satisfaction)
		for i := range survey.Least - 1 {
			w.Must(w.surveys.Save(ctx, w.link(i, survey.Mail), answers("days", "useful", "fully")))
		}
		w.Must(w.surveys.Move(ctx, w.Lead, gatheringtest.Edition, id, survey.Closed))
		if v := w.results(id); v.Shown != 0 || v.Survey.Counts.Answered != survey.Least-1 {
			t.Errorf("closed: %d shown of %d", v.Shown, v.Survey.Counts.Answered)
		}
	})
}

// What is read is read of five people or more, whenever the page is opened: each line is what
// happens to the answers of a survey and how many the team then reads.
func TestFiveAreReadOrNone(t *testing.T) {
	const shut, back = -1, -2 // the survey closes; the first that answered withdraws
	for _, c := range []struct {
		name string
		acts []int // answers that come, or one of the above
		want []int
	}{
		{"four, then the close", []int{4, shut}, []int{0, 0}},
		{"five, then the close", []int{5, shut}, []int{0, 5}},
		{"ten, of which five wait for the end", []int{10, shut}, []int{5, 10}},
		{"eleven: the last is not told apart", []int{10, 1, shut}, []int{5, 5, 11}},
		{"five at the close, and one withdraws", []int{5, shut, back}, []int{0, 5, 0}},
		{"six at the close, and one withdraws", []int{6, shut, back}, []int{0, 6, 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t))
			id, came := w.sent(survey.Satisfaction), 0
			for i, act := range c.acts {
				switch act {
				case shut:
					w.Must(w.surveys.Move(ctx, w.Lead, gatheringtest.Edition, id, survey.Closed))
				case back:
					w.Must(w.surveys.Withdraw(ctx, w.link(0, survey.Mail)))
				default:
					for range act {
						in := answers("days", "useful", "fully")
						in.Values["f.kept"] = []string{"Mot"}
						w.Must(w.surveys.Save(ctx, w.link(came, survey.Mail), in))
						came++
					}
				}
				v := w.results(id)
				if v.Shown != c.want[i] {
					t.Errorf("after step %d, %d are read, want %d", i+1, v.Shown, c.want[i])
				}
				for _, q := range v.Questions {
					if n := q.Answers; n > 0 && n < survey.Least {
						t.Errorf("after step %d, %s tells of %d people", i+1, q.Field.ID, n)
					}
				}
			}
		})
	}
}

// An answer that changes once it was read waits for others again.
func TestAChangedAnswerWaits(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.sent(survey.Satisfaction)
		for i := range 7 {
			w.Must(w.surveys.Save(ctx, w.link(i, survey.Mail), answers("days", "useful", "fully")))
		}
		w.Must(w.surveys.Move(ctx, w.Lead, gatheringtest.Edition, id, survey.Closed))
		w.Must(w.surveys.Save(ctx, w.link(0, survey.Mail), answers("days", "useful", "no")))
		v := w.results(id)
		for _, o := range v.Questions[0].Options {
			if o.ID == "no" && o.People != 0 {
				t.Error("a change is read alone")
			}
		}
		if v.Shown != 6 || v.Survey.Counts.Answered != 7 {
			t.Errorf("%d read of %d", v.Shown, v.Survey.Counts.Answered)
		}
		quoted := answers("days", "useful", "fully")
		quoted.Quote = survey.Nameless
		w.Must(w.surveys.Save(ctx, w.link(1, survey.Mail), quoted))
		if n := w.results(id).Shown; n != 6 {
			t.Errorf("who changes only her consent is hidden: %d", n)
		}
	})
}

// What was typed follows the person from one link to another, and is gone once it is sent.
func TestADraftFollowsThePerson(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.sent(survey.Satisfaction)
		draft := answers("words", "kept", "La confiance")
		draft.Send, draft.Quote, draft.Name = false, survey.Named, "Zoé"
		first := w.link(1, survey.Mail)
		w.Must(w.surveys.Save(ctx, first, draft))
		if kept, err := db.Get(ctx, d.Reader(), db.Value[[]byte], `select sealed_answers from survey_drafts`); err != nil || strings.Contains(string(kept), "confiance") {
			t.Errorf("the database tells what she typed: %s %v", kept, err)
		}
		w.Clock.Advance(survey.Wait + time.Hour)
		w.Must(w.surveys.Run(ctx))
		second := w.link(1, survey.Recall)
		for _, link := range []string{first, second} {
			a, err := w.surveys.Open(ctx, link)
			w.Must(err)
			if a.Complete || !a.Open || a.Answers["kept"] != "La confiance" || a.Quote != survey.Named || a.Name != "Zoé" {
				t.Errorf("a link opens on %+v", a.Answers)
			}
		}
		other, err := secret.OpenBox(filepath.Join(t.TempDir(), "other.key"))
		w.Must(err)
		elsewhere := survey.New(survey.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Mails: w.Box, Outcomes: w.outcomes, Jobs: w.Jobs, Box: other})
		if a, err := elsewhere.Open(ctx, first); err != nil || !a.Open || len(a.Answers) > 0 {
			t.Errorf("with the key of another install: %+v %v", a.Answers, err)
		}
		if a, err := w.surveys.Open(ctx, w.link(2, survey.Recall)); err != nil || len(a.Answers) > 0 {
			t.Errorf("somebody else opens on it: %+v %v", a.Answers, err)
		}
		w.Must(w.surveys.Save(ctx, second, answers("days", "useful", "fully")))
		if c := w.results(id).Survey.Counts; c.Answered != 1 {
			t.Errorf("counts %+v", c)
		}
		left := func() int {
			n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from survey_drafts`)
			w.Must(err)
			return n
		}
		if left() != 0 {
			t.Error("what she sent still stands beside her link")
		}
		w.Must(w.surveys.Save(ctx, w.link(3, survey.Mail), draft))
		w.Must(w.surveys.Move(ctx, w.Lead, gatheringtest.Edition, id, survey.Closed))
		if left() != 0 {
			t.Error("what nobody can send any more is kept")
		}
	})
}

// TestNothingLeadsFromAPersonToHerAnswer looks at what the database holds after one answer.
func TestNothingLeadsFromAPersonToHerAnswer(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.sent(survey.Satisfaction)
	link := w.link(3, survey.Mail)
	w.Must(w.surveys.Save(ctx, link, answers("days", "useful", "fully")))
	links, err := db.List(ctx, w.DB.Reader(), db.Value[string], `select l.id || ' ' || l.link_hash || ' ' || coalesce(l.person_id, '') from survey_links l`)
	w.Must(err)
	row, err := db.Get(ctx, w.DB.Reader(), db.Value[string], `select a.answer_hash || ' ' || a.answers || ' ' || a.quoted_name || ' ' || a.sent_on from survey_answers a`)
	w.Must(err)
	for _, one := range links {
		for _, part := range strings.Fields(one) {
			if strings.Contains(row, part) {
				t.Errorf("the answer holds %s of a link", part)
			}
		}
		if strings.Contains(one+row, link) {
			t.Error("the link itself is kept")
		}
	}
	if n, err := db.Get(ctx, w.DB.Reader(), db.Value[int], `select count(*) from journal where act like 'survey.answer%'`); err != nil || n != 0 {
		t.Errorf("the journal tells of %d answers, %v", n, err)
	}
}

func TestTheReminder(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.sent(survey.Satisfaction)
		w.Must(w.surveys.Save(ctx, w.link(0, survey.Mail), answers("days", "useful", "fully")))
		w.Clock.Advance(survey.Wait + time.Hour)
		w.Must(w.surveys.Run(ctx))
		w.Must(w.surveys.Run(ctx))
		for i, want := range []int{0, 1} {
			n := 0
			for _, m := range w.Box.All() {
				if m.To == fmt.Sprintf("p%d@example.org", i) && m.Template == survey.Recall {
					n++
				}
			}
			if n != want {
				t.Errorf("person %d got %d reminders, want %d", i, n, want)
			}
		}
		first, second := w.link(1, survey.Mail), w.link(1, survey.Recall)
		var wait sync.WaitGroup
		results := make([]error, 2)
		for i, link := range []string{first, second} {
			wait.Go(func() { results[i] = w.surveys.Save(ctx, link, answers("days", "useful", "fully")) })
		}
		wait.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Errorf("two links of one person: %v and %v, want one answer", results[0], results[1])
		}
		w.Clock.Advance(survey.Lasts)
		w.Must(w.surveys.Run(ctx))
		w.wants("after the close", w.surveys.Save(ctx, w.link(2, survey.Mail), answers("days", "useful", "fully")), errs.Conflict, "survey.over")
	})
}

func TestAnImpactAnswerTellsOfTheProject(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.sent(survey.Half)
		if n := w.results(id).Survey.Counts.Asked; n != 1 {
			t.Fatalf("%d owners asked, want 1", n)
		}
		link := w.link(0, survey.Mail)
		w.wants("a stop without a word", w.surveys.Save(ctx, link, answers("project", "state", "stopped")), errs.Invalid, "survey.incomplete")
		w.Must(w.surveys.Save(ctx, link, answers("project", "state", "stopped", "words", "Plus de temps", "learnt", "S'y mettre à deux")))
		v, err := w.outcomes.Read(ctx, w.people[0], w.campus)
		w.Must(err)
		if len(v.History) != 1 || v.History[0].State != outcome.Stopped || v.History[0].Learnt != "S'y mettre à deux" || v.History[0].Source != outcome.FromSurvey {
			t.Errorf("history %+v", v.History)
		}
		if v.History[0].Wave != outcome.Half {
			t.Errorf("the answer is of %q", v.History[0].Wave)
		}
		if w.results(id).Shown != 1 {
			t.Error("the answer of a project waits")
		}
		if out := w.results(id).Outside(); !out.Questions[0].Hidden || len(out.Questions[1].Texts) > 0 {
			t.Errorf("one answer is shown outside: %+v", out.Questions[0])
		}
	})
}

func TestEditBeforeItLeaves(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.surveys.Start(ctx, w.Lead, gatheringtest.Edition, survey.Survey{Kind: "later", BaseDay: "bientôt"})
		w.wants("nothing said", err, errs.Invalid, "survey.kind_missing")
		_, err = w.surveys.Start(ctx, w.people[0], gatheringtest.Edition, survey.Survey{Kind: survey.Half, Title: "A", BaseDay: "2027-03-06"})
		w.wants("who came starts one", err, errs.Forbidden, "")
		id, err := w.surveys.Start(ctx, w.Lead, gatheringtest.Edition, survey.Survey{Kind: survey.Half, Title: "A", BaseDay: "2027-03-06"})
		w.Must(err)
		in := survey.Sheet{Title: "B", DueDay: "2027-09-10", Version: 1, Own: survey.Question{Fr: "Et la suite ?"}, Questions: []survey.Question{{ID: "state", Fr: "Alors ?"}, {ID: "work", Fr: "Mieux ?"}}}
		w.Must(w.surveys.Edit(ctx, w.Lead, gatheringtest.Edition, id, in))
		w.wants("an old page", w.surveys.Edit(ctx, w.Lead, gatheringtest.Edition, id, in), errs.Conflict, "survey.meanwhile")
		v := w.results(id).Survey
		if v.Form.Field("state") == nil || v.Form.Field("state").Label["fr"] != "Alors ?" || v.Form.Field("work") != nil || v.Form.Field("own1") == nil || v.DueDay != "2027-09-10" {
			t.Errorf("the survey is %+v", v)
		}
	})
}

func TestOutside(t *testing.T) {
	for _, c := range []struct {
		name   string
		counts []int
		want   []int // -1 for hidden
	}{
		{"nobody is no secret", []int{6, 0, 7}, []int{6, 0, 7}},
		{"one small count takes the next with it", []int{3, 9, 12}, []int{-1, -1, 12}},
		{"two small counts hide each other", []int{3, 2, 12}, []int{-1, -1, 12}},
		{"five are enough", []int{5, 5, 0}, []int{5, 5, 0}},
	} {
		v := survey.Results{Shown: 30, Questions: []survey.Figures{{Answers: 30}}}
		for _, n := range c.counts {
			v.Questions[0].Options = append(v.Questions[0].Options, survey.Count{People: n})
		}
		for i, o := range v.Outside().Questions[0].Options {
			if o.Hidden != (c.want[i] < 0) || !o.Hidden && o.People != c.want[i] || o.Hidden && o.People != 0 {
				t.Errorf("%s: option %d is %+v", c.name, i, o)
			}
		}
	}
	v := survey.Results{Shown: 6, Questions: []survey.Figures{{Answers: 6, Texts: []survey.Said{{Words: "a", Quote: survey.NoQuote, Name: "Zoé"}, {Words: "b", Quote: survey.Nameless, Name: "Zoé"}, {Words: "c", Quote: survey.Named, Name: "Zoé"}}}}}
	got := v.Outside().Questions[0].Texts
	if len(got) != 2 || got[0].Name != "" || got[1].Name != "Zoé" || len(v.Questions[0].Texts) != 3 {
		t.Errorf("texts shown outside: %+v", got)
	}
}
