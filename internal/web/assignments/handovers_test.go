package assignments_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
)

func TestAReadingIsHandedOver(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		nina := h.sits("nina2@club.example", "Nina Deux", committee.Juror)
		h.Must(h.Committees.Begin(ctx, h.Lead, h.Selection.ID))
		h.Must(h.s.Edit(ctx, h.Lead, h.Selection.ID, assignment.Give, assignment.Pair{File: h.files[0], Member: h.seatOf(h.marc)}, -1))
		h.send(t, h.Lead, h.at("publish"), http.StatusSeeOther, "version", h.version())
		h.page(t, nina, h.at("offers"), "assignments.offer_none")
		page := h.page(t, h.marc, h.at("offers")+"?file="+string(h.files[0]), "assignments.offer_to_hint")
		if !strings.Contains(page, "Nina Deux") {
			t.Error("the page lacks whom to offer to")
		}
		h.send(t, h.marc, h.at("offers"), http.StatusUnprocessableEntity, "file", string(h.files[0]), "to", "nobody")
		for _, answer := range []string{"refuse", "take"} {
			h.send(t, h.marc, h.at("offers"), http.StatusSeeOther, "file", string(h.files[0]), "to", string(h.seatOf(nina)), "why", "Je pars.")
			h.send(t, h.marc, h.at("offers"), http.StatusConflict, "file", string(h.files[0]), "to", string(h.seatOf(nina)))
			received := h.page(t, nina, h.at("offers"), "assignments.received")
			offer := regexp.MustCompile(`name="offer" value="([a-z0-9]+)"`).FindStringSubmatch(received)
			if offer == nil || !strings.Contains(received, "Je pars.") {
				t.Fatal("the offer is not shown")
			}
			h.send(t, nina, h.at("offers", answer), http.StatusSeeOther, "offer", offer[1])
			h.send(t, nina, h.at("offers", answer), http.StatusConflict, "offer", offer[1])
		}
		if page := h.as(h.marc).Page(t, h.at("offers")); !strings.Contains(page, html(i18n.Say(h.lang, "assignments.offer_accepted"))) || !strings.Contains(page, html(i18n.Say(h.lang, "assignments.offer_declined"))) {
			t.Error("what became of the offers is not said")
		}
	})
}

// seatOf finds the seat of a person.
func (h *house) seatOf(by account.User) committee.MemberID {
	m, err := committee.SeatOf(ctx, h.DB.Reader(), h.Selection.ID, by.ID)
	h.Must(err)
	return m.ID
}
