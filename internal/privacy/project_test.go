package privacy_test

import (
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/privacy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/support/visit"
)

// started is a project of Ana's, with an action, a visit and the sponsor who made it.
func (w *world) started(title string) project.ID {
	w.t.Helper()
	id, err := w.app.Projects.Start(ctx, w.lead, project.Started{Edition: programme.EditionID(w.call.EditionID), Sheet: project.Sheet{Title: title, Summary: "Un résumé"}})
	w.must(err)
	w.grant(w.ana, "owner", policy.Ref{Kind: "project", ID: string(id)})
	_, err = w.app.Roadmaps.Put(ctx, w.ana, id, "", roadmap.Sheet{Kind: roadmap.Action, Title: "Écrire au maire", Body: "Avec tout le monde", Carrier: "Ana"}, 0)
	w.must(err)
	leo := w.person("leo"+string(id)+"@labo.invalid", "Léo Fabre")
	w.grant(leo, sponsor.Relation, policy.Ref{Kind: "project", ID: string(id)})
	_, err = w.app.Visits.Write(ctx, leo, id, visit.Draft{Day: noon.Format(time.DateOnly), Place: "Caen", Met: "Ana", Shared: "Ils avancent.", Private: "Il faut les presser"})
	w.must(err)
	return id
}

// over says whether nothing that somebody wrote on a project is left, its row apart.
func (w *world) over(id project.ID) bool {
	w.t.Helper()
	emptied := w.count(`select count(*) from projects where id = $1 and purged_at is not null and title = '`+privacy.Gone+`' and summary = ''`, string(id)) == 1
	left := w.count(`select count(*) from roadmap_entries where project_id = $1 and title || body || carried_by like '%a%'`, string(id)) +
		w.count(`select count(*) from visits where project_id = $1 and shared like '%avancent%'`, string(id)) +
		w.count(`select count(*) from visit_privates p join visits v on v.id = p.visit_id where v.project_id = $1`, string(id)) +
		w.count(`select count(*) from relations where object_kind = 'project' and object_id = $1 and revoked_at is null`, string(id))
	if emptied != (left == 0) {
		w.t.Fatalf("emptied: %v, and %d things left", emptied, left)
	}
	return emptied
}

func (w *world) toldOfProjects() int {
	return w.count(`select count(*) from mails where template = 'project_ends' and person_id = $1`, string(w.ana.ID))
}

// What a project left goes three years after the last thing that somebody did on it; its team
// is told a month before, and a word written in that month keeps it. Its figures stay.
func TestWhatAProjectLeftGoesOnItsDay(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		id := w.started("Campus")
		w.until(1095 - 31)
		if w.toldOfProjects() != 0 {
			t.Error("told more than a month before")
		}
		w.until(1095 - 10)
		if n := w.toldOfProjects(); n != 1 {
			t.Fatalf("told %d times, want once", n)
		}
		sheet, err := w.app.Projects.Edited(ctx, w.ana, id)
		w.must(err)
		w.must(w.app.Projects.Edit(ctx, w.ana, id, project.Sheet{Title: "Campus encore", Version: sheet.Version}))
		w.until(1095 + 30)
		if w.over(id) {
			t.Fatal("gone though its team had just written")
		}
		w.until(2*1095 - 11)
		if w.over(id) || w.toldOfProjects() != 2 {
			t.Fatalf("gone the day before, or told %d times", w.toldOfProjects())
		}
		w.until(2*1095 - 9)
		if !w.over(id) {
			t.Fatal("still there the day after")
		}
		for text, want := range map[string]int{`select count(*) from projects`: 1, `select count(*) from roadmap_entries`: 1, `select count(*) from visits`: 1, `select count(*) from journal where act = 'project.purged'`: 1} {
			if n := w.count(text); n != want {
				t.Errorf("%s: %d, want %d", text, n, want)
			}
		}
		w.settle()
		for where, content := range w.onDisk() {
			for _, mark := range []string{"Écrire au maire", "Ils avancent", "Il faut les presser", "Campus encore"} {
				if strings.Contains(content, mark) {
					t.Errorf("%q is still in %s", mark, where)
				}
			}
		}
		w.until(2*1095 + 60)
		if n := w.count(`select count(*) from journal where act = 'project.purged'`); n != 1 {
			t.Errorf("emptied %d times", n)
		}
	})
}

// Who leads the programme, or protects the data of the install, keeps a project longer; a legal
// reason keeps it until it is lifted, on the project or on the file it came from.
func TestAProjectIsKeptLonger(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		prog, err := db.Get(ctx, w.app.DB.Reader(), db.Value[string], `select programme_id from editions where id = $1`, w.call.EditionID)
		w.must(err)
		longer, held, plain := w.started("Longer"), w.started("Held"), w.started("Plain")
		w.until(1095 - 20)
		for programme, shows := range map[string]bool{prog: true, "": false} {
			by := map[bool]account.User{true: w.lead, false: w.dpo}[shows]
			c, err := w.app.Privacy.Calendar(ctx, by, programme)
			w.must(err)
			n := 0
			for _, e := range c.Endings {
				if e.Object.Kind == "project" {
					n++
					if (e.Title != "") != shows || e.Edition != "Normandie" || !e.Told {
						t.Errorf("programme %q: %+v", programme, e)
					}
				}
			}
			if n != 3 {
				t.Errorf("programme %q: %d projects will go, want 3", programme, n)
			}
		}
		if err := w.app.Privacy.Extend(ctx, w.bob, privacy.Longer{Programme: prog, Object: string(longer), Until: w.clock.Now().AddDate(0, 3, 0), Reason: "x"}); !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Forbidden) {
			t.Errorf("somebody else: %v", err)
		}
		if err := w.app.Privacy.Extend(ctx, w.lead, privacy.Longer{Programme: prog, Object: "nothing", Until: w.clock.Now().AddDate(0, 3, 0), Reason: "x"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("no such project: %v", err)
		}
		w.must(w.app.Privacy.Extend(ctx, w.lead, privacy.Longer{Programme: prog, Object: string(longer), Until: noon.AddDate(0, 0, 1095+200), Reason: "Un recours"}))
		w.must(w.app.Privacy.PlaceHold(ctx, w.dpo, "", string(held), "Un procès"))
		w.until(1095 + 60)
		if !w.over(plain) || w.over(longer) || w.over(held) {
			t.Fatalf("plain %v, longer %v, held %v: want the first alone", w.over(plain), w.over(longer), w.over(held))
		}
		holds, err := w.app.Privacy.Holds(ctx, w.dpo)
		w.must(err)
		if len(holds) != 1 || holds[0].Name != "Normandie" {
			t.Fatalf("holds %+v", holds)
		}
		w.must(w.app.Privacy.LiftHold(ctx, w.dpo, holds[0].ID))
		w.until(1095 + 260)
		if !w.over(longer) || !w.over(held) {
			t.Errorf("longer %v, held %v: want both gone", w.over(longer), w.over(held))
		}
	})
}

// A project lasts as long as something of it is still to come, or was drawn on its boards,
// however long ago its file was written.
func TestWhatIsPlannedKeepsAProject(t *testing.T) {
	const later = 400
	for what, text := range map[string]string{
		"a gathering": `insert into gatherings (id, edition_id, title, about, place, zone, starts_on, ends_on, status, join_code, version, beats, created_at, created_by) select 'g', p.edition_id, 'x', '', '', 'Europe/Paris', $2, $2, 'draft', 'ABC', 1, 0, $3, 'system' from projects p where p.id = $1`,
		"a survey":    `insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by) select 's', p.edition_id, 'impact', 'x', '{}', $2, $2, 'draft', 1, $3, 'system' from projects p where p.id = $1`,
		"an action":   `update roadmap_entries set due_on = $2, created_at = $3 where project_id = $1`,
		"a gate": `insert into factory_gates (id, project_id, name, day, decision, reasons, learnt, kept, thanks, next_carrier, created_at, created_by, decided_by)
			values ('g', $1, 'x', $2, '', '', '', '', '', '', $3, 'system', '')`,
		"a place in its crew": `insert into crew_places (id, project_id, person_id, part, halves, from_on, until_on, status, words, asked_by, asked_at, ended_by)
			select 'c', $1, p.id, 'x', 1, $2, $2, 'in', '', 'system', $3, '' from people p where p.name = 'Bob Équipier'`,
		"a board": `insert into boards (id, gathering_id, project_id, title, kit_id, variant, n, created_at, created_by, changed_at) values ('b', 'g', $1, 'x', 'k', '', 0, $3, $2, $4)`,
	} {
		t.Run(what, func(t *testing.T) {
			run(t, func(t *testing.T, w *world) {
				id, day := w.started("Campus"), noon.AddDate(0, 0, later)
				args := []any{string(id), day.Format(time.DateOnly), noon}
				if strings.Contains(text, "$4") {
					args = append(args, day)
				}
				w.exec(text, args...)
				w.until(1095 + later - 10)
				if w.over(id) {
					t.Fatal("gone three years after it was written, not after what was planned")
				}
				w.until(1095 + later + 2)
				if !w.over(id) {
					t.Fatal("still there")
				}
			})
		})
	}
}

// Whoever only held a project that was emptied holds nothing any more: her account sleeps, and
// ends as any other.
func TestAnAccountOutlivesItsProjectsByItsOwnRule(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.started("Campus")
		w.until(1095 + 2)
		if n := w.count(`select count(*) from people where id = $1 and erased_at is null`, string(w.ana.ID)); n != 1 {
			t.Fatal("erased with her project, without notice")
		}
		w.until(1095 + 40)
		if n := w.count(`select count(*) from people where id = $1 and erased_at is null`, string(w.ana.ID)); n != 0 {
			t.Error("an account that nothing holds is still there")
		}
	})
}

// A picture that the showcase shows keeps its content when the file that brought it goes.
func TestAPictureOfTheShowcaseKeepsItsContent(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		_, draft := w.live()
		var digest string
		w.must(w.app.DB.Reader().QueryRow(ctx, `select digest from attachments where application_id = $1`, string(draft)).Scan(&digest))
		w.exec(`insert into showcase_pictures (id, edition_id, digest, alt, credit, width, height, added_at, added_by, agreed_by) values ('p', $1, $2, 'x', 'x', 1, 1, $3, 'system', '')`, w.call.EditionID, digest, noon)
		w.must(w.app.Files.Delete(ctx, w.ana, draft))
		w.until(32)
		w.settle()
		if _, err := w.blobs().Stat(ctx, digest); err != nil {
			t.Fatalf("the picture lost its content: %v", err)
		}
	})
}
