package worlds_test

import (
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/showcase"
)

func init() { oriented = append(oriented, exhibited...) }

// exhibits has the owner of the dunes write a sheet, and agree to its title and sentence; it
// is proposed, cleared and published.
func (w *world) exhibits(values map[showcase.Name]string) project.ID {
	w.t.Helper()
	w.gathers()
	id := w.dunes()
	w.grant("dora", "owner", policy.Ref{Kind: "project", ID: string(id)})
	all := map[showcase.Name]string{showcase.Title: "Les dunes", showcase.Sentence: "Du sable et des gens."}
	for name, value := range values {
		all[name] = value
	}
	w.then("a sheet is written")
	w.must(w.app.Showcase.Save(w.ctx, w.as("dora"), id, showcase.Written{Values: all, Agreed: map[showcase.Name]bool{showcase.Title: true, showcase.Sentence: true, showcase.Reuse: true}}))
	return id
}

func (w *world) clears(id project.ID) {
	w.t.Helper()
	w.then("a sheet is proposed, cleared and published")
	w.must(w.app.Showcase.Propose(w.ctx, w.as("dora"), id, 1))
	w.must(w.app.Showcase.Clear(w.ctx, w.as("lead"), id, 2))
	w.must(w.app.Showcase.Publish(w.ctx, w.as("lead"), id, 3))
}

// dates opens the edition to visitors, or plans to.
func (w *world) dates(at time.Time) {
	w.t.Helper()
	w.then("the edition is dated")
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(w.ctx, `update editions set status = 'published', published_at = coalesce(published_at, $2) where id = $1`, string(w.edition()), w.app.Clock.Now())
		return err
	}))
	w.must(w.app.Showcase.Dates(w.ctx, w.as("lead"), w.edition(), showcase.Opening{At: at}))
	if _, err := w.app.Showcase.Edge(w.ctx, account.User{}); err != nil {
		w.t.Fatal(err)
	}
}

// exhibited are the secrets of the showcase, of which visitors and everybody else must not
// learn a byte: neither by pages, nor by searches, feeds, maps and open data.
var exhibited = []secret{
	{name: "a field that its owner keeps to herself, on a published sheet", after: "committee", varies: true, knows: append([]string{"dora", "communications"}, running...), words: []string{"oyat", "panicaut"}, plant: func(w *world, told bool) {
		w.clears(w.exhibits(map[showcase.Name]string{showcase.Story: pick(told, "Un oyat de mer.", "Une  algue mer."), showcase.Themes: pick(told, "Panicaut", "Salicorn")}))
		w.dates(w.app.Clock.Now())
	}},
	{name: "a sheet that was proposed and is not published", after: "committee", varies: true, knows: append([]string{"dora", "communications"}, running...), words: []string{"oyat"}, plant: func(w *world, told bool) {
		id := w.exhibits(map[showcase.Name]string{showcase.Sentence: pick(told, "Un oyat de mer.", "Une  algue mer.")})
		w.then("a sheet is proposed")
		w.must(w.app.Showcase.Propose(w.ctx, w.as("dora"), id, 1))
		w.dates(w.app.Clock.Now())
	}},
	{name: "what is published of an edition under embargo", after: "committee", varies: true, knows: append([]string{"dora", "communications"}, running...), words: []string{"oyat"}, plant: func(w *world, told bool) {
		w.clears(w.exhibits(map[showcase.Name]string{showcase.Sentence: pick(told, "Un oyat de mer.", "Une  algue mer.")}))
		w.dates(w.app.Clock.Now().Add(90 * 24 * time.Hour))
	}},
}
