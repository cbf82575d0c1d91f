package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/report"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

// wordsWorld is an edition with a theme, and what people wrote under it in a survey.
type wordsWorld struct {
	*gatheringtest.World
	reports *report.Service
}

func newWords(t *testing.T, d *db.DB) *wordsWorld {
	w := &wordsWorld{World: gatheringtest.New(t, d)}
	w.reports = report.New(d, w.Clock, w.Policy, report.Chapters)
	w.exec(`insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by) values ('s', $1, 'satisfaction', 'Et vous', '{"version":1,"steps":[{"id":"one","title":{"fr":"Une"},"fields":[{"id":"kept","type":"longtext","label":{"fr":"Quoi"}}]}]}', '2027-03-06', '2027-03-07', 'sent', 1, $2, 'system')`, gatheringtest.Edition, w.Clock.Now())
	w.exec(`insert into themes (id, edition_id, name, meaning, retired, version, created_at, created_by) values ('calm', $1, 'Calme', '', false, 1, $2, 'system')`, gatheringtest.Edition, w.Clock.Now())
	for n := range 5 { // with nothing to say, but five are read
		w.exec(`insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', '{}', 'no', '', true, true, '2027-03-08')`, fmt.Sprint(n))
	}
	return w
}

func (w *wordsWorld) exec(query string, args ...any) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}))
}

// write has somebody answer, and two people read the theme in it.
func (w *wordsWorld) write(n int, words, quote, name string) (id string) {
	hash := fmt.Sprintf("%032d%032d", n, 0)
	w.exec(`insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', $2, $3, $4, true, true, '2027-03-08')`, hash, `{"kept":"`+words+`"}`, quote, name)
	id = "survey:" + hash[:32] + ":kept"
	for _, coder := range []string{"person:one", "person:two"} {
		w.exec(`insert into theme_readings (edition_id, verbatim, coder, themes, version, read_at) values ($1, $2, $3, '["calm"]', 1, $4)`, gatheringtest.Edition, id, coder, w.Clock.Now())
	}
	return id
}

// quotes are those of a report, as they are printed; "-" for one that was taken back.
func quotes(d report.Doc) (list []string) {
	for _, c := range d.Chapters {
		for _, p := range c.Paragraphs {
			if p.Quotes == nil {
				continue
			}
			for _, q := range p.Quotes.List {
				said := q.Words + "/" + q.Name
				if q.Words == "" {
					said = "-"
				}
				list = append(list, said)
			}
		}
	}
	slices.Sort(list)
	return list
}

func (w *wordsWorld) now() report.Doc {
	w.T.Helper()
	v, err := w.reports.Read(ctx, w.Lead, gatheringtest.Edition)
	w.Must(err)
	return v.Doc
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// What is quoted is what its author agreed to, by name only when she signed it.
func TestOnlyWhatMayBeQuotedIs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWords(t, d)
		w.write(1, "Oui", "nameless", "Zoé")
		w.write(2, "Signé", "named", "Zoé")
		w.write(3, "Non", "no", "Zoé")
		w.write(4, strings.Repeat("long ", report.MaxQuoted/5+1), "nameless", "")
		same(t, "the lead", quotes(w.now()), "Oui/", "Signé/Zoé")
		same(t, "others, under five texts", quotes(w.now().ForAll()))
		w.write(5, "Refus", "no", "")
		same(t, "others, from five people", quotes(w.now().ForAll()), "Oui/", "Signé/Zoé")
		w.exec(`update theme_readings set themes = '[]' where coder = 'person:one'`)
		same(t, "half of the readings is not enough", quotes(w.now()))
	})
}

// Five texts of one person are not five people.
func TestManyTextsOfFewPeopleAreHidden(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWords(t, d)
		w.exec(`update surveys set form = replace(form, '"fields":[', '"fields":[{"id":"too","type":"longtext","label":{"fr":"Et"}},')`)
		for n := range 3 {
			hash := fmt.Sprintf("%032d%032d", n, 0)
			w.exec(`insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', '{"kept":"A","too":"B"}', 'nameless', '', true, true, '2027-03-08')`, hash)
			for _, field := range []string{"kept", "too"} {
				w.exec(`insert into theme_readings (edition_id, verbatim, coder, themes, version, read_at) values ($1, $2, 'person:one', '["calm"]', 1, $3)`, gatheringtest.Edition, "survey:"+hash[:32]+":"+field, w.Clock.Now())
			}
		}
		v := w.now()
		if f := v.Figure("theme:calm"); f.N != 6 || f.Of != 3 {
			t.Fatalf("%+v", f)
		}
		out := v.ForAll()
		if f := out.Figure("theme:calm"); f != nil && (f.Shown == report.Whole || f.N != 0) {
			t.Errorf("six texts of three people are told: %+v", f)
		}
		same(t, "others", quotes(out))
	})
}

// What is taken back is gone from the report, and from the versions, which say so.
func TestWhatIsTakenBackIsGone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWords(t, d)
		for n, words := range []string{"Un", "Deux", "Trois"} {
			w.write(n, words, "named", "Zoé")
		}
		for n := 3; n < 9; n++ {
			w.write(n, "Refus", "no", "")
		}
		n, err := w.reports.Freeze(ctx, w.Lead, gatheringtest.Edition, "")
		w.Must(err)
		w.Must(w.reports.Share(ctx, w.Lead, gatheringtest.Edition, n, report.Public))
		kept, err := db.Get(ctx, d.Reader(), db.Value[string], `select content from report_versions`)
		w.Must(err)
		if strings.Contains(kept, "Deux") || strings.Contains(kept, "Zoé") {
			t.Error("a version keeps the words of somebody")
		}
		read := func() (inside, outside []string) {
			v, err := w.reports.Frozen(ctx, w.Lead, gatheringtest.Edition, n)
			w.Must(err)
			o, err := w.reports.Published(ctx, account.User{}, gatheringtest.Edition)
			w.Must(err)
			return quotes(v.Doc), quotes(o.Doc)
		}
		inside, outside := read()
		same(t, "frozen", inside, "Deux/Zoé", "Trois/Zoé", "Un/Zoé")
		same(t, "published", outside, "Deux/Zoé", "Trois/Zoé", "Un/Zoé")
		w.exec(`update survey_answers set quote = 'no' where answers like '%Deux%'`)
		w.exec(`update survey_answers set quote = 'nameless' where answers like '%Trois%'`)
		w.exec(`update survey_answers set answers = '{"kept":"Une autre"}' where answers like '%Un"%'`)
		same(t, "now", quotes(w.now()), "Trois/", "Une autre/Zoé")
		inside, outside = read()
		same(t, "frozen, later", inside, "-", "-", "Trois/")
		same(t, "published, later", outside, "-", "-", "Trois/")
	})
}

// The lead picks and drops; of what she leaves, the report draws the same few each time.
func TestTheLeadChooses(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWords(t, d)
		ids := map[string]string{}
		for n := range 6 {
			words := fmt.Sprintf("Mot %d", n)
			ids[words] = w.write(n, words, "nameless", "")
		}
		refused := w.write(7, "Refus", "no", "")
		drawn := quotes(w.now())
		if len(drawn) != report.PerTheme {
			t.Fatalf("drawn: %q", drawn)
		}
		same(t, "drawn twice", quotes(w.now()), drawn...)
		choose := func(id string, c report.Choice, version int64) error {
			one := report.Candidate{Quotation: report.Quotation{ID: id}}
			one.Choice, one.Version = c, version
			return w.reports.Choose(ctx, w.Lead, gatheringtest.Edition, one)
		}
		first := strings.TrimSuffix(drawn[0], "/")
		w.Must(choose(ids[first], report.Dropped, 0))
		if got := quotes(w.now()); len(got) != report.PerTheme || slices.Contains(got, drawn[0]) {
			t.Errorf("after one was dropped: %q", got)
		}
		wants(t, "an old page", choose(ids[first], report.Picked, 0), errs.Conflict, "report.meanwhile")
		wants(t, "what may not be quoted", choose(refused, report.Picked, 0), errs.NotFound, "")
		wants(t, "no choice", choose(ids[first], "perhaps", 1), errs.Invalid, "report.invalid")
		wants(t, "a team", w.reports.Choose(ctx, w.Ana, gatheringtest.Edition, report.Candidate{}), errs.Forbidden, "")
		wants(t, "a team reads", ignore(w.reports.Candidates(ctx, w.Ana, gatheringtest.Edition)), errs.Forbidden, "")
		for words, id := range ids {
			if words != first {
				w.Must(choose(id, report.Picked, 0))
			}
		}
		if got := quotes(w.now()); len(got) != 5 {
			t.Errorf("five were picked: %q", got)
		}
		v, err := w.reports.Candidates(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if len(v.Candidates) != 6 || v.Candidates[0].Choice != report.Picked || !v.Candidates[0].Quoted || v.Candidates[0].Texts != 7 {
			t.Errorf("candidates: %+v", v.Candidates[0])
		}
	})
}
