package worlds_test

import (
	"transformateur/internal/account"
	"transformateur/internal/debrief/report"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/roadmap/news"
	"transformateur/internal/showcase"
)

// goes has somebody sponsor a project.
func (w *world) goes(key string, id project.ID) {
	w.t.Helper()
	w.then(key + " sponsors a project")
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(w.ctx, `insert into sponsorships (id, project_id, person_id, begun_at, begun_by, ended_by, handover) values ($1, $2, $3, $4, 'system', '', '')`,
			db.NewID(), string(id), string(w.as(key).ID), w.app.Clock.Now())
		return err
	}))
	w.grant(key, "sponsor", policy.Ref{Kind: "project", ID: string(id)})
}

// around gives the dunes all who stand near them and may not read their roadmap: the team and
// the sponsor of another project, a partner to whom nothing is shared and one to whom two lines
// are, somebody who funds, and everybody, by a published sheet and a published report.
func (w *world) around() (by account.User, id project.ID) {
	w.t.Helper()
	id = w.exhibits(map[showcase.Name]string{})
	w.clears(id)
	w.dates(w.app.Clock.Now())
	by = w.as("dora")
	w.goes("hana", id)
	anses := w.bears("Les anses", "ana")
	w.goes("expert", anses)
	w.then("the other project has a roadmap")
	_, err := w.app.Roadmaps.Put(w.ctx, w.as("ana"), anses, "", roadmap.Sheet{Kind: roadmap.Action, Title: "Compter les anses", Due: "2027-06-01"}, 0)
	w.must(err)
	var lines []string
	for _, body := range []string{"Un local pour dix", "Un appui juridique"} {
		w.then("a line is written: " + body)
		line, err := w.app.Syntheses.Add(w.ctx, by, id, synthesis.Words{Part: synthesis.Help, Body: body})
		w.must(err)
		lines = append(lines, line)
	}
	w.must(w.app.Syntheses.Turn(w.ctx, by, id, synthesis.Ready, 2))
	w.partners("juror", "Mutuelle")
	w.lets(by, id, w.partners("carl", "Région"), lines...)
	w.grant("emil", "funder", policy.Ref{Kind: "edition", ID: string(w.edition())})
	return by, id
}

// told is the report of the edition, frozen and open to everybody, once what is secret was done.
func (w *world) told() {
	w.t.Helper()
	w.then("the report is frozen")
	n, err := w.app.Reports.Freeze(w.ctx, w.as("lead"), w.edition(), "")
	w.must(err)
	w.then("everybody may read it")
	w.must(w.app.Reports.Share(w.ctx, w.as("lead"), w.edition(), n, report.Public))
}

// put writes an entry of the roadmap of the dunes, and gives it another body a moment after.
func (w *world) put(by account.User, id project.ID, s roadmap.Sheet, then string) {
	w.t.Helper()
	w.then("the roadmap gains " + string(s.Kind))
	e, err := w.app.Roadmaps.Put(w.ctx, by, id, "", s, 0)
	w.must(err)
	w.then("the roadmap changes " + string(s.Kind))
	s.Body = then
	_, err = w.app.Roadmaps.Put(w.ctx, by, id, e, s, 1)
	w.must(err)
}

// insiders are those who may read the roadmap of the dunes: its team, who sponsors it, and who
// runs the edition.
var insiders = append([]string{"dora", "hana"}, running...)

// mapped are the secrets of roadmaps: what a project means to do is its own.
var mapped = []secret{
	{name: "an action of a roadmap, and how it changed", after: "committee", varies: true, knows: insiders, words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id := w.around()
		w.put(by, id, roadmap.Sheet{Kind: roadmap.Action, Title: pick(told, "Compter la bernique", "Compter la palourde"), Carrier: pick(told, "Mme Bernique", "Mme Palourde"), Due: pick(told, "2027-04-01", "2027-05-01")}, pick(told, "La bernique colle.", "La palourde dort."))
		w.told()
	}},
	{name: "a need of a roadmap", after: "committee", varies: true, knows: insiders, words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id := w.around()
		w.put(by, id, roadmap.Sheet{Kind: roadmap.Need, Title: pick(told, "Une bernique", "Une palourde")}, pick(told, "La bernique colle.", "La palourde dort."))
		w.told()
	}},
	{name: "a lock of a roadmap, and how it was lifted", after: "committee", varies: true, knows: insiders, words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id := w.around()
		w.put(by, id, roadmap.Sheet{Kind: roadmap.Lock, State: roadmap.Done, Title: pick(told, "Une bernique", "Une palourde"), Reason: pick(told, "Par la bernique", "Par la palourde")}, pick(told, "La bernique colle.", "La palourde dort."))
		w.told()
	}},
	{name: "the news of a project", after: "committee", varies: true, knows: insiders, words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id := w.around()
		w.then("news is asked for")
		w.must(w.app.News.AskNow(w.ctx, w.as("lead"), w.edition()))
		w.then("its team answers")
		w.must(w.app.News.Answer(w.ctx, by, id, news.Told{State: news.Stuck, Moved: pick(told, "La bernique colle.", "La palourde dort."), Blocks: pick(told, "Une bernique", "Une palourde")}, nil))
		w.told()
	}},
	// Those who read every line of the journal see that a roadmap changed, never what it says.
	{name: "that a roadmap moves", after: "committee", varies: true, knows: append(append([]string{}, insiders...), reading...), words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id := w.around()
		if told {
			w.put(by, id, roadmap.Sheet{Kind: roadmap.Milestone, Title: "La bernique", Due: "2027-04-01"}, "Elle colle.")
		}
		w.told()
	}},
}

func init() { oriented = append(oriented, mapped...) }
