package boards_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/board/shelf"
	"transformateur/internal/form"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// The page that opens boards offers the kits that the edition published, and a board is
// opened on one of them and written on.
func TestABoardOfTheEditionsOwnKit(t *testing.T) {
	h := newHall(t)
	said := func(s string) form.Localised { return form.Localised{"fr": s} }
	kits := shelf.New(h.DB, h.Clock, h.Policy)
	make := func(title string) shelf.ID {
		id, err := kits.Create(t.Context(), h.Lead, gatheringtest.Edition, drafting.Blank(drafting.Words{Title: said(title), Zone: said("Obstacles"), Card: said("Carte"), Text: said("Texte"), Phase: said("Écrire")}))
		h.Must(err)
		return id
	}
	draft, own := make("En cours d’écriture"), make("Obstacles de la semaine")
	_, err := kits.Publish(t.Context(), h.Lead, own, 1)
	h.Must(err)

	lead := h.site(h.Lead, i18n.FR)
	blank := "/gatherings/" + string(h.gathering) + "/boards/new"
	page := lead.Page(t, blank)
	holds(t, page, `value="`+string(own)+`"`, i18n.Say(i18n.FR, "boards.own_kit", "Obstacles de la semaine", 1), `value="adn"`, `href="/editions/`+gatheringtest.Edition+`/kits"`)
	lacks(t, page, "En cours d’écriture")
	wants(t, lead.Post(t, blank, url.Values{"kit": {string(draft)}}), http.StatusUnprocessableEntity)

	one := wants(t, lead.Post(t, blank, url.Values{"kit": {string(own)}}), http.StatusSeeOther).Location
	page = lead.Page(t, one)
	holds(t, page, "<h1>Obstacles de la semaine</h1>")
	wants(t, lead.Post(t, one, url.Values{"act": {"add"}, "token": {token(t, page)}, "zone": {"obstacles"}, "type": {"carte"}, "f.text": {"Deux saisies"}}), http.StatusSeeOther)
	if page = lead.Page(t, one); strings.Count(page, "Deux saisies") == 0 {
		t.Error("the card is not on the board")
	}

	// Who runs this gathering alone opens boards on what was published, and writes no kit.
	h.Must(h.DB.Write(t.Context(), func(tx *db.Tx) error {
		return h.Policy.Grant(t.Context(), tx, account.System, policy.Relation{SubjectID: string(h.Ana.ID), Relation: "facilitator", Object: policy.Ref{Kind: "gathering", ID: string(h.gathering)}})
	}))
	page = h.site(h.Ana, i18n.FR).Page(t, blank)
	holds(t, page, `value="`+string(own)+`"`)
	lacks(t, page, `href="/editions/`+gatheringtest.Edition+`/kits"`)
}
