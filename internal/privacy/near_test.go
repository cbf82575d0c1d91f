package privacy_test

import (
	"strings"
	"testing"

	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/support/visit"
)

// What others wrote around the projects of somebody who is erased names her no more, though she
// had left the team; what is written of another project, which knows nothing of her, stays.
func TestOthersNameHerNoMoreAroundHerProjects(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		start := func(title string) project.ID {
			id, err := w.app.Projects.Start(ctx, w.lead, project.Started{Edition: programme.EditionID(w.call.EditionID), Sheet: project.Sheet{Title: title}})
			w.must(err)
			w.grant(w.bob, "owner", policy.Ref{Kind: "project", ID: string(id)})
			return id
		}
		hers, other := start("Campus"), start("Jardin")
		team := policy.Relation{SubjectID: string(w.ana.ID), Relation: "editor", Object: policy.Ref{Kind: "project", ID: string(hers)}}
		w.grant(w.ana, team.Relation, team.Object)
		w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := w.app.Policy.Revoke(ctx, tx, w.lead, team)
			return err
		}))
		for _, id := range []project.ID{hers, other} {
			sheet := roadmap.Sheet{Kind: roadmap.Action, Title: "Voir " + anaName, Body: "Avec " + strings.ToUpper(anaName), Carrier: anaName}
			e, err := w.app.Roadmaps.Put(ctx, w.bob, id, "", sheet, 0)
			w.must(err)
			sheet.Title, sheet.Carrier, sheet.State, sheet.Reason = "Voir la suite", "Bob", roadmap.Dropped, "Parce que "+anaName+" est partie"
			_, err = w.app.Roadmaps.Put(ctx, w.bob, id, e, sheet, 1)
			w.must(err)
			leo := w.person("leo"+string(id)+"@labo.invalid", "Léo Fabre")
			w.grant(leo, sponsor.Relation, policy.Ref{Kind: "project", ID: string(id)})
			_, err = w.app.Visits.Write(ctx, leo, id, visit.Draft{Day: noon.Format("2006-01-02"), Place: "Caen", Met: anaName, Shared: anaName + " avance.", Private: "Demander à " + anaName})
			w.must(err)
		}
		named := func(id project.ID) (n int) {
			for _, text := range []string{
				`select count(*) from roadmap_entries where project_id = $1 and lower(title || body || carried_by || reason) like '%kervadec%'`,
				`select count(*) from roadmap_changes where project_id = $1 and lower(was || became) like '%kervadec%'`,
				`select count(*) from visits where project_id = $1 and lower(met_whom || shared) like '%kervadec%'`,
				`select count(*) from visit_privates n join visits v on v.id = n.visit_id where v.project_id = $1 and lower(n.body) like '%kervadec%'`,
			} {
				n += w.count(text, string(id))
			}
			return n
		}
		before := named(other)
		if before < 6 || named(hers) != before {
			t.Fatalf("named %d and %d times before: the search would prove nothing", named(hers), before)
		}
		w.must(w.app.Privacy.AskErasure(ctx, w.ana, true))
		w.pass(8)
		w.settle()
		if n := w.count(`select count(*) from people where id = $1 and erased_at is not null`, string(w.ana.ID)); n != 1 {
			t.Fatal("she is not erased")
		}
		if n := named(hers); n != 0 {
			t.Errorf("still named %d times around her project", n)
		}
		if n := named(other); n != before {
			t.Errorf("named %d times in another project, %d before", n, before)
		}
		if n := w.count(`select count(*) from roadmap_entries where project_id = $1 and reason like '%est partie%'`, string(hers)); n != 1 {
			t.Error("what was written beside her name is lost")
		}
	})
}
