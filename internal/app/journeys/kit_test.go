package journeys_test

import (
	"testing"
	"time"

	"transformateur/internal/gathering"
	"transformateur/internal/programme"
)

// A facilitator writes a kit from nothing, sees it take shape as a board while she types,
// publishes it, opens a board on it and writes a card. With the keyboard alone.
func TestFacilitatorWritesAKit(t *testing.T) {
	browser := chrome(t)
	w := start(t)
	edition := programme.EditionID(w.call.EditionID)
	now := time.Now()
	session, err := w.app.Gatherings.Create(t.Context(), w.lead, edition, gathering.Sheet{Title: "Deux jours", Zone: "Europe/Paris", StartsOn: now.Format(time.DateOnly), EndsOn: now.AddDate(0, 0, 1).Format(time.DateOnly)})
	w.must(err)
	w.must(w.app.Gatherings.Open(t.Context(), w.lead, session))

	claire := newPerson(t, browser, w.base, "claire", 1280)
	claire.open("/signin")
	claire.signIn(w, "responsable@agence.invalid", "Claire Responsable")
	claire.open("/editions/" + string(edition))
	claire.goTo("Trames")
	claire.accessible()
	claire.picture("kits")
	claire.write("Titre", "Obstacles de la semaine")
	claire.goTo("Créer la trame")
	claire.reads("Titre et usage")
	claire.accessible()

	claire.goTo("Zones")
	claire.reads("À remplir")
	claire.write("Zone à ajouter", "Nous le traitons")
	claire.act("Ajouter la zone")
	claire.reads("2. Nous le traitons")
	const laptop = `document.querySelector(".laptop iframe")`
	claire.eval(laptop + `.scrollIntoView()`)
	claire.waits(laptop + `.contentDocument?.body?.innerText.includes("Nous le traitons") ?? false`)
	claire.replace("Nom de la zone", "Ce qui gêne")
	claire.kept()
	claire.waits(laptop + `.contentDocument?.body?.innerText.includes("Ce qui gêne") ?? false`)
	claire.accessible()
	claire.picture("kit-zones")

	claire.goTo("Questions")
	claire.write("Paquet à ajouter", "Pour chercher")
	claire.act("Ajouter le paquet")
	claire.reads("1. Pour chercher")
	claire.replace("Texte de la question", "Qu’avez-vous dû faire deux fois ?")
	claire.kept()
	claire.goTo("Enregistrer et fermer")
	claire.reads("Publiez-la pour pouvoir ouvrir des plateaux")
	claire.reads("Qu’avez-vous dû faire deux fois ?")
	claire.accessible()
	claire.picture("kit-page")
	claire.goTo("Publier la version 1")
	claire.reads("Version 1")

	claire.open("/gatherings/" + string(session) + "/boards/new")
	claire.choose("Trame", "Obstacles de la semaine (version 1)")
	claire.picture("kit-offered")
	claire.goTo("Ouvrir")
	claire.waits(`!!document.querySelector("live-board.on")`)
	claire.reads("Ce qui gêne")
	claire.act("Ajouter : Carte, dans « Ce qui gêne »")
	claire.waits(`!!document.activeElement.closest(".b-edit")`)
	claire.press("Deux saisies du même bon")
	claire.act("Terminé")
	claire.reads("Deux saisies du même bon")
	claire.picture("kit-board")
	claire.waits(`!document.querySelector(".b-card.pending")`)
	claire.open(claire.eval("location.href"))
	claire.reads("Deux saisies du même bon")
}
