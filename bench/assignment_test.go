package bench

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// The size of the assignment that is measured, and the seed of what it holds.
const (
	matrixFiles, matrixMembers = 200, 30
	matrixSeed                 = 20270305
)

// matrix is a selection in which thirty members share out two hundred files, three
// readers each: competences among eight themes, half of the wishes said, one pair in
// fifteen closed by a recusal.
func (w *world) matrix() committee.SelectionID {
	w.tb.Helper()
	const id committee.SelectionID = "matrix"
	chance := rand.New(rand.NewPCG(matrixSeed, 1))
	var themes []form.Option
	for i := range 8 {
		themes = append(themes, form.Option{ID: fmt.Sprintf("t%d", i), Label: form.Localised{"fr": fmt.Sprintf("Thème %d", i)}})
	}
	c := w.openCall("appel", &form.Form{Version: 1, Steps: []form.Step{{ID: "s", Title: form.Localised{"fr": "Projet"}, Fields: []form.Field{{ID: "themes", Type: "choices", Label: form.Localised{"fr": "Thèmes"}, Settings: form.Settings{Options: themes}}}}}})
	w.exec(`insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, confidentiality_fr, confidentiality_en, version, created_at, created_by)
		values ($1, $2, 1, 'Sélection', 'Selection', 'preparation', 'open', 'own', $3, $4, 3, '', '', 1, $5, 'system')`, string(id), string(c.ID), false, true, start)
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		exec := func(text string, args ...any) {
			_, err := tx.Exec(ctx, text, args...)
			w.must(err)
		}
		for i := range matrixFiles {
			file := fmt.Sprintf("file-%03d", i)
			exec(`insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at, submitted_at, selection_id, phase)
				values ($1, $2, $3, $4, 'submitted', 1, 'system', $5, $5, $5, $6, 0)`, file, string(c.ID), i+1, fmt.Sprintf("Campus numérique des métiers et des transitions %d", i+1), start, string(id))
			exec(`insert into admissibility (application_id, verdict, reason, decided_by, decided_at, version) values ($1, 'admissible', '', 'system', $2, 1)`, file, start)
			for _, t := range chance.Perm(8)[:1+chance.IntN(3)] {
				exec(`insert into application_facets (application_id, field, value) values ($1, 'themes', $2)`, file, fmt.Sprintf("t%d", t))
			}
		}
		for i := range matrixMembers {
			seat := fmt.Sprintf("seat-%02d", i)
			exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, "reader-"+seat, start)
			exec(`insert into committee_members (id, selection_id, person_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, answered_at, confidentiality, reason, version)
				values ($1, $2, $3, $4, $5, 'member', 'sitting', $6, '[]', 15, 24, 'system', $7, $7, '', '', 1)`, seat, string(id), "reader-"+seat, seat+"@exemple.invalid", fmt.Sprintf("Camille Membre-Lectrice %d", i+1),
				fmt.Sprintf(`["t%d","t%d","Thème %d"]`, chance.IntN(8), chance.IntN(8), chance.IntN(8)), start)
			for k := range matrixFiles {
				file := fmt.Sprintf("file-%03d", k)
				if chance.IntN(15) == 0 {
					exec(`insert into recusals (id, selection_id, application_id, member_id, status, found_at, declared_by, waived_by, waiver_reason, version)
						values ($1, $2, $3, $4, 'standing', $5, 'system', '', '', 1)`, db.NewID(), string(id), file, seat, start)
				} else if chance.IntN(2) == 0 {
					exec(`insert into bids (id, selection_id, application_id, member_id, wish, said_at) values ($1, $2, $3, $4, $5, $6)`, db.NewID(), string(id), file, seat, []string{"eager", "willing", "no"}[chance.IntN(3)], start)
				}
			}
		}
		return nil
	}))
	return id
}

// BenchmarkAssignmentPages: the board, the members, one file explained, and a calculation,
// for 200 files and 30 members; whole requests.
func BenchmarkAssignmentPages(b *testing.B) {
	w := newWorld(b)
	id := w.matrix()
	at := "/assignments/" + string(id)
	began := spent()
	status, err := w.app.Assignments.Propose(ctx, w.lead, id)
	w.must(err)
	if !status.Found() {
		b.Fatal(status)
	}
	proposed := spent() - began
	sees := func(path, want string) func() {
		return func() {
			rec := w.ask(ctx, "lead", "GET", at+path, "")
			if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), want) {
				b.Fatalf("%d %.300s", rec.Code, rec.Body.String())
			}
		}
	}
	compare(b, &side{name: "board", do: sees("", `class="readings"`)}, &side{name: "members", do: sees("/members", "Lectrice 30")},
		&side{name: "file", do: sees("/files/file-100", "transitions 101")}, &side{name: "member", do: sees("/members/seat-07", "Lectrice 8")})
	b.ReportMetric(ms(proposed), "propose-cpu-ms")
}

// The page of an assignment of that size, as it travels: a list of two hundred files and a
// matrix of six thousand cells.
const matrixWeightMost = 175_000

func TestTheAssignmentPageIsLight(t *testing.T) {
	w := newWorld(t)
	id := w.matrix()
	_, err := w.app.Assignments.Propose(ctx, w.lead, id)
	w.must(err)
	rec := w.ask(ctx, "lead", "GET", "/assignments/"+string(id), "")
	if rec.Code != http.StatusOK {
		t.Fatal(rec.Code)
	}
	b, err := w.app.Assignments.Board(ctx, w.lead, id)
	w.must(err)
	if len(b.Files) != matrixFiles || len(b.Members) != matrixMembers || len(b.Plan.Pairs) != 3*matrixFiles {
		t.Fatalf("%d files, %d members, %d readings", len(b.Files), len(b.Members), len(b.Plan.Pairs))
	}
	if n := strings.Count(rec.Body.String(), "<td"); n < matrixFiles*matrixMembers {
		t.Errorf("%d cells", n)
	}
	packed := visitBy(t, w.app, "lead", "/assignments/"+string(id)).Body.Len()
	t.Logf("%.0f kB, %.1f kB as it travels", float64(rec.Body.Len())/1000, float64(packed)/1000)
	if packed > matrixWeightMost {
		t.Errorf("%d bytes, at most %d", packed, matrixWeightMost)
	}
}
