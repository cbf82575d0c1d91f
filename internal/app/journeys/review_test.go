package journeys_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/review/rubric"
)

// reading is a committee of one, who reads two files.
func (w *world) reading(member account.User) (files []application.ID) {
	w.t.Helper()
	ctx, now := context.Background(), time.Now()
	ana := w.person("porteuse@projet.invalid", "Ana Lemoine")
	for _, title := range []string{"Campus numérique", "Atelier ouvert"} {
		a, err := w.app.Files.Create(ctx, ana, w.call.ID, title)
		w.must(err)
		_, err = w.app.Files.Save(ctx, ana, a.ID, []application.Edit{{Field: "summary", Value: "Un lieu où l’on apprend " + title}, {Field: "bearer", Value: "public"}, {Field: "needs", Value: "Un local"}})
		w.must(err)
		_, err = w.app.Files.Submit(ctx, ana, a.ID)
		w.must(err)
		files = append(files, a.ID)
	}
	const selection committee.SelectionID = "selection-normandie"
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `
			insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, reviews_due_at, confidentiality_fr, confidentiality_en, version, created_at, created_by)
			values ($1, $2, 1, 'Comité de sélection', 'Selection committee', 'preparation', 'open', 'own', $3, $3, 1, $4, '', '', 1, $5, 'system')`,
			string(selection), string(w.call.ID), false, now.Add(9*24*time.Hour), now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			insert into committee_members (id, selection_id, person_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, answered_at, confidentiality, reason, version)
			values ('siege', $1, $2, 'mia@jury.invalid', $3, 'member', 'sitting', '[]', '[]', 0, 0, 'system', $4, $4, '', '', 1)`, string(selection), string(member.ID), member.Name, now); err != nil {
			return err
		}
		if err := w.app.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(member.ID), Relation: "member", Object: policy.Ref{Kind: "selection", ID: string(selection)}}); err != nil {
			return err
		}
		return application.Enter(ctx, tx, string(selection), files, false)
	}))
	r, err := rubric.ReadyRubric("five_criteria")
	w.must(err)
	_, err = w.app.Reviews.SaveRubric(ctx, w.lead, selection, r, "", 0)
	w.must(err)
	sel, err := committee.Load(ctx, w.app.DB.Reader(), selection)
	w.must(err)
	seat, err := committee.SeatOf(ctx, w.app.DB.Reader(), selection, member.ID)
	w.must(err)
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		if err := committee.Move(ctx, tx, sel, committee.Reading, now); err != nil {
			return err
		}
		for _, id := range files {
			if err := committee.Give(ctx, tx, w.app.Policy, account.System, seat, id, "hand", w.app.Clock); err != nil {
				return err
			}
		}
		return nil
	}))
	return files
}

// marks gives an answer to every question of the five criteria.
func (p *person) marks(criterion func(group, option string)) {
	p.t.Helper()
	criterion("Le projet répond-il", "Oui")
	for _, x := range [][2]string{{"Pertinence du besoin", "Besoin démontré"}, {"Qualité de la définition", "Problème délimité, étapes"}, {"Engagement de la structure", "Équipe désignée"},
		{"Transformation numérique", "Un usage amélioré"}, {"Ouverture et mutualisation", "Une intention"}, {"Recommandation", "Retenir"}, {"Votre assurance", "Je connais le sujet"}} {
		criterion(x[0], x[1])
	}
}

// A member signs in, reads a file beside its grid, hands her review in, keeps the next
// file, loses the network and goes on. In French, with the keyboard alone.
func TestMemberReadsWithTheKeyboard(t *testing.T) {
	browser := chrome(t)
	w := start(t)
	files := w.reading(w.person("mia@jury.invalid", "Mia Jurée"))
	p := newPerson(t, browser, w.base, "mia", 1280)
	p.open("/reviews")
	p.signIn(w, "mia@jury.invalid", "Mia Jurée")
	p.open("/reviews")
	p.reads("Comité de sélection")
	p.accessible()
	p.picture("review-list")
	p.goTo("Continuer")
	p.accessible()
	p.picture("review-one")
	first := p.eval("location.pathname")
	if !strings.Contains(first, string(files[0])) && !strings.Contains(first, string(files[1])) {
		t.Fatalf("she is at %s", first)
	}
	p.marks(func(group, option string) { p.choose(group, option) })
	p.write("Pour le comité seulement", "Un projet clair.")
	p.press(kb.Tab)
	p.saved("aside")
	p.goTo("Rendre mon évaluation")
	p.reads("Voici le dossier suivant")
	second := p.eval("location.pathname")
	if second == first {
		t.Fatal("handing in leads nowhere")
	}
	p.open("/reviews")
	p.tabTo("Garder mes dossiers")
	p.press(kb.Enter)
	p.reads("2 dossiers sont gardés")
	p.offline(true)
	for range 250 {
		if p.eval(`document.activeElement.getAttribute("href") ?? ""`) == second {
			break
		}
		p.press(kb.Tab)
	}
	p.press(kb.Enter)
	p.reads("Pas de réseau")
	p.choose("Pertinence du besoin", "Besoin plausible")
	p.write("Pour le comité seulement", "Écrit dans un tunnel.")
	p.press(kb.Tab)
	p.picture("review-offline")
	p.offline(false)
	for _, question := range []string{"aside", "need"} {
		p.waits(`document.querySelector('[data-question="` + question + `"] .save-state')?.dataset.state === "saved"`)
	}
	p.open(second)
	p.waits(`document.querySelector('textarea[name="f.aside"]')?.value === "Écrit dans un tunnel."`)
	p.waits(`document.querySelector('[name="f.need"]:checked')?.value === "partial"`)

	phone := newPerson(t, browser, w.base, "mia", 390)
	phone.open("/reviews")
	phone.signIn(w, "mia@jury.invalid", "Mia Jurée")
	phone.open(second)
	phone.accessible()
	phone.picture("review-phone-file")
	phone.choose("Ce qui est montré", "Votre grille")
	phone.accessible()
	phone.picture("review-phone-grid")
	phone.open(first)
	phone.choose("Ce qui est montré", "Votre grille")
	phone.reads("Évaluation rendue")
}
