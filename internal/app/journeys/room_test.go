package journeys_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

const theRoom committee.SelectionID = "selection-normandie"

// sitting is a committee whose reading is over: two files, a chair, a member, and one who
// stepped aside from the first file.
func (w *world) sitting(chair, member, recused account.User) (files []application.Application) {
	w.t.Helper()
	ctx, now := context.Background(), time.Now()
	ana := w.person("porteuse@projet.invalid", "Ana Lemoine")
	var ids []application.ID
	for _, title := range []string{"Campus numérique", "Atelier ouvert"} {
		a, err := w.app.Files.Create(ctx, ana, w.call.ID, title)
		w.must(err)
		_, err = w.app.Files.Save(ctx, ana, a.ID, []application.Edit{{Field: "summary", Value: "Un lieu où l’on apprend"}, {Field: "bearer", Value: "public"}, {Field: "needs", Value: "Un local"}})
		w.must(err)
		_, err = w.app.Files.Submit(ctx, ana, a.ID)
		w.must(err)
		ids = append(ids, a.ID)
	}
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `
			insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, confidentiality_fr, confidentiality_en, version, created_at, created_by)
			values ($1, $2, 1, 'Comité de sélection', 'Selection committee', 'preparation', 'open', 'own', $3, $3, 1, '', '', 1, $4, 'system')`, string(theRoom), string(w.call.ID), false, now); err != nil {
			return err
		}
		for seat, who := range map[string]account.User{"chair": chair, "member": member, "recused": recused} {
			role := seat
			if seat == "recused" {
				role = "member"
			}
			if _, err := tx.Exec(ctx, `
				insert into committee_members (id, selection_id, person_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, answered_at, confidentiality, reason, version)
				values ($1, $2, $3, $4, $5, $6, 'sitting', '[]', '[]', 0, 0, 'system', $7, $7, '', '', 1)`, seat, string(theRoom), string(who.ID), seat+"@jury.invalid", who.Name, role, now); err != nil {
				return err
			}
			if err := w.app.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: role, Object: policy.Ref{Kind: "selection", ID: string(theRoom)}}); err != nil {
				return err
			}
		}
		if err := w.app.Policy.Exclude(ctx, tx, account.System, "person", string(recused.ID), policy.Ref{Kind: "application", ID: string(ids[0])}, "conflict", "essai"); err != nil {
			return err
		}
		if err := application.Enter(ctx, tx, string(theRoom), ids, false); err != nil {
			return err
		}
		sel, err := committee.Load(ctx, tx, theRoom)
		if err != nil {
			return err
		}
		return committee.Move(ctx, tx, sel, committee.Reading, now)
	}))
	files, err := committee.Files(ctx, w.app.DB.Reader(), theRoom)
	w.must(err)
	if files[0].ID != ids[0] {
		files[0], files[1] = files[1], files[0]
	}
	return files
}

// does reaches a button with Tab and presses it; the page follows without being left.
func (p *person) does(name, reads string) {
	p.t.Helper()
	p.tabTo(name)
	p.press(kb.Enter)
	p.reads(reads)
}

// A chair opens the room and calls a file; a member moves and votes, secretly until all
// are in; who stepped aside reads that she waits, and nothing else; the decision gets its
// reason, the minutes two signatures. Four people, four browsers, keyboards alone.
func TestRoomOfADeliberation(t *testing.T) {
	browser := chrome(t)
	w := start(t)
	people := map[string]account.User{}
	for _, name := range []string{"Cléo Présidente", "Mia Jurée", "Noé Déporté"} {
		email := map[byte]string{'C': "chair", 'M': "member", 'N': "recused"}[name[0]] + "@jury.invalid"
		people[email] = w.person(email, name)
	}
	files := w.sitting(people["chair@jury.invalid"], people["member@jury.invalid"], people["recused@jury.invalid"])
	room := "/deliberations/" + string(theRoom)
	arrives := func(email, name, where string, width int64) *person {
		p := newPerson(t, browser, w.base, name, width)
		p.open(where)
		p.signIn(w, email, name)
		p.open(where)
		return p
	}
	chair := arrives("chair@jury.invalid", "Cléo Présidente", room+"/settings", 1280)
	chair.goTo("Ouvrir la délibération")
	chair.does("Entrer dans la salle", "Sortir de la salle")
	mia := arrives("member@jury.invalid", "Mia Jurée", room, 390)
	mia.does("Entrer dans la salle", "Sortir de la salle")
	noe := arrives("recused@jury.invalid", "Noé Déporté", room, 390)
	noe.does("Participer à distance", "Sortir de la salle")
	chair.reads("Noé Déporté")

	chair.does(fmt.Sprintf("Appeler le dossier n° %d", files[0].Number), "Hors de la salle : Noé Déporté")
	mia.waits(`document.querySelector("#floor")?.innerText.includes("Campus numérique")`)
	noe.reads("Vous attendez")
	waiting := noe.eval(`document.querySelector("main").innerHTML`)
	if strings.Contains(waiting, "Campus") || strings.Contains(noe.text(), "Cléo") {
		t.Errorf("who waits reads %s", noe.text())
	}
	noe.accessible()
	mia.write("Précisions", "Un besoin bien décrit.")
	mia.does("Proposer", "Retenir le projet")
	chair.reads("Un besoin bien décrit.")
	chair.does("Mettre au vote", "Votes reçus")
	mia.reads("Personne ne voit les votes")
	mia.does("Pour", "1 sur 2")
	chair.reads("1 sur 2")
	if text := chair.text(); strings.Contains(text, "1 pour") || strings.Contains(text, "Adoptée") {
		t.Errorf("a vote is seen before all are in: %s", text)
	}
	chair.does("Contre", "1 pour, 1 contre")
	mia.reads("1 pour, 1 contre")
	mia.accessible()
	if now := noe.eval(`document.querySelector("main").innerHTML`); now != waiting {
		t.Errorf("the page of who waits changed:\n%s\n%s", waiting, now)
	}

	chair.goTo("Prononcer la décision")
	chair.choose("Décision", "Retenu")
	chair.write("Raison", "Le projet répond")
	chair.write("Explication", "Le besoin est démontré.")
	chair.goTo("Prononcer")
	chair.reads("Retenu")
	mia.reads("Retenu")
	chair.does("Finir la discussion", "Aucun dossier en discussion")
	noe.reads("Ordre de passage")
	if text := noe.text(); strings.Contains(text, "Campus") || !strings.Contains(text, "Atelier ouvert") {
		t.Errorf("back inside Noé reads %s", text)
	}
	w.must(w.app.Rooms.Decide(t.Context(), people["chair@jury.invalid"], theRoom, files[1].ID, deliberation.Verdict{Outcome: deliberation.Retain, Reason: "fit"}))
	chair.goTo("Procès-verbal")
	chair.reads("Noé Déporté")
	chair.goTo("Signer")
	chair.reads("Signé, à contresigner")
	lead := arrives("responsable@agence.invalid", "Claire Responsable", room+"/minutes", 1280)
	lead.goTo("Contresigner")
	lead.reads("Claire Responsable")
	lead.accessible()
	noe.open(room + "/minutes")
	noe.reads("Atelier ouvert")
	if strings.Contains(noe.text(), "Campus") {
		t.Errorf("the minutes tell Noé of the file from which he stepped aside: %s", noe.text())
	}
}
