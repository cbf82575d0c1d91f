package deliberations_test

import (
	"net/http"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/opinion"
	"transformateur/internal/web/deliberations"
	"transformateur/internal/web/ui/pagetest"
)

// The room shows the opinions on the file under discussion, to those who may know of its reviews.
func TestTheRoomShowsOpinions(t *testing.T) {
	w := deliberationtest.New(t, dbtest.SQLite(t), 2)
	files, err := committee.Files(ctx, w.DB.Reader(), committee.SelectionID(strings.TrimPrefix(room, "/deliberations/")))
	w.Must(err)
	if len(files) == 0 {
		t.Fatal("nothing is deliberated")
	}
	w.Write(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into opinions (id, selection_id, application_id, email, name, status, question, form, attached, content, due_at, asked_by, asked_at, submitted_at, confidentiality, reason, version)
			values ('o', $1, $2, 'yvonne@labo.example', 'Yvonne Yole', 'given', 'Tient-elle ?', $3, $4, '{"opinion":"Elle tient."}', $5, 'person:lead', $5, $5, '', '', 1)`, files[0].Selection, string(w.Files[0]),
			`{"version":1,"steps":[{"id":"opinion","title":{"fr":"Votre avis"},"fields":[{"id":"opinion","type":"longtext","label":{"fr":"Tient-elle ?"},"required":true}]}]}`, true, w.Clock.Now())
		return err
	})
	w.Open(w.Chair, w.Mia, w.Noe, w.Sam)
	h := &deliberations.Handler{Rooms: w.Rooms, Opinions: opinion.New(opinion.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs}), Clock: w.Clock, Name: "Essai", Alive: func(*http.Request) bool { return true }}
	for _, c := range []struct {
		name  string
		file  int
		by    account.User
		shown bool
	}{
		{"a member", 0, w.Mia, true},
		{"the chair", 0, w.Chair, true},
		{"the secretary, who knows of no review", 0, w.Sam, false},
		{"a member, while another file is discussed", 1, w.Mia, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.Discuss(w.Files[c.file], "")
			page := pagetest.Site{Routes: h.Routes(), By: c.by, Lang: i18n.FR}.Page(t, room)
			if got := strings.Contains(page, "Yvonne Yole") && strings.Contains(page, "Elle tient."); got != c.shown {
				t.Errorf("shown: %v", got)
			}
		})
	}
}
