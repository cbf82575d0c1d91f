package selections_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/committee/committeetest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/comparison"
	"transformateur/internal/web/selections"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

// house is the pages over a world, in a language.
type house struct {
	*committeetest.World
	lang i18n.Lang
}

func inBoth(t *testing.T, body func(t *testing.T, h house)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) { body(t, house{committeetest.New(t, dbtest.SQLite(t)), lang}) })
	}
}

func (h house) as(by account.User) pagetest.Site {
	compared := comparison.New(comparison.Deps{DB: h.DB, Clock: h.Clock, Policy: h.Policy, Calls: h.Calls})
	handler := &selections.Handler{Committees: h.Committees, Calls: h.Calls, Accounts: h.Accounts, Clock: h.Clock, Name: "Transformateur", Comparing: compared}
	return pagetest.Site{Routes: handler.Routes(), By: by, Lang: h.lang}
}

func (h house) at(parts ...string) string {
	return strings.Join(append([]string{"/selections", string(h.Selection.ID)}, parts...), "/")
}

// page wants a page that is sound and says something of the catalogue.
func (h house) page(t *testing.T, by account.User, path, key string, args ...any) string {
	t.Helper()
	body := h.as(by).Page(t, path)
	if want := i18n.Say(h.lang, key, args...); !strings.Contains(body, html(want)) {
		t.Errorf("%s does not say %q", path, want)
	}
	return body
}

// send posts a form, as pairs of a field and its value, and wants a status.
func (h house) send(t *testing.T, by account.User, path string, status int, pairs ...string) pagetest.Answer {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	a := h.as(by).Post(t, path, form)
	if a.Status != status {
		t.Fatalf("POST %s: %d, want %d\n%s", path, a.Status, status, a.Body)
	}
	if status != http.StatusSeeOther {
		pagetest.Check(t, a.Body)
	}
	return a
}

func html(s string) string {
	return strings.NewReplacer("&", "&amp;", "'", "&#39;", "\"", "&#34;", "<", "&lt;", ">", "&gt;").Replace(s)
}

const because = "Parce qu'il le faut vraiment."

func TestASelectionFromItsOpeningToItsRegister(t *testing.T) {
	inBoth(t, func(t *testing.T, h house) {
		h.House(account.Description{Name: "Région Normandie", SIRET: "20005340300017"})
		ana := h.Deposit(h.Ana, "Marée numérique", "bearer", map[string]any{"kind": "siret", "id": "20005340300017", "name": "Région"})
		bob := h.Deposit(h.Bob, "Atelier partagé")
		h.Close(ana, bob)
		h.Settle()
		chair, elise := h.Somebody("chair@club.example", "Chantal Roy"), h.Somebody("elise@pole.example", "Élise Guérin")

		h.page(t, h.Lead, "/calls/regional/selections", "selections.list_title")
		h.page(t, h.Lead, "/calls/regional/selections/new", "selections.new_lead")
		h.send(t, h.Lead, "/calls/regional/selections/new", http.StatusUnprocessableEntity, "name_fr", "")
		h.page(t, h.Lead, h.at(), "committee.lacks_chair")
		h.page(t, h.Lead, h.at("settings"), "selections.bidding_hint")
		h.send(t, h.Lead, h.at("settings"), http.StatusConflict, "name_fr", "Sélection", "blind", "open", "others", "own", "readers", "1", "confidentiality_fr", "Secret.", "version", "7")
		h.send(t, h.Lead, h.at("begin"), http.StatusConflict)

		h.page(t, h.Lead, h.at("committee", "invite"), "selections.check")
		h.send(t, h.Lead, h.at("committee", "invite"), http.StatusUnprocessableEntity, "email", "non", "organisation", "Nulle part", "act", "send")
		checked := h.send(t, h.Lead, h.at("committee", "invite"), http.StatusOK, "email", "elise@pole.example", "name", "Élise Guérin", "role", "member", "organisation", "Région Normandie", "act", "check")
		if !strings.Contains(checked.Body, "Marée numérique") || strings.Contains(checked.Body, "Atelier partagé") {
			t.Error("the check does not name the file that would be closed, and that one alone")
		}
		h.send(t, h.Lead, h.at("committee", "invite"), http.StatusSeeOther, "email", "elise@pole.example", "name", "Élise Guérin", "role", "member", "organisation", "Région Normandie", "lang", "fr", "act", "send")
		seat := h.take(t, elise)
		h.page(t, elise, "/seats/"+string(seat), "selections.commit")
		h.send(t, elise, "/seats/"+string(seat)+"/commit", http.StatusUnprocessableEntity)
		h.send(t, elise, "/seats/"+string(seat)+"/commit", http.StatusConflict, "commit", "yes", "digest", "0")
		h.send(t, elise, "/seats/"+string(seat)+"/commit", http.StatusSeeOther, "commit", "yes", "digest", committee.Digest(h.Selection.Confidentiality.In(string(h.lang))))
		h.Seat(chair, committee.Seat{Email: "chair@club.example", Role: committee.Chair})

		h.page(t, elise, h.at(), "selections.todo_declare")
		mine := h.page(t, elise, h.at("seat"), "selections.attest")
		if strings.Contains(mine, "Marée numérique") || !strings.Contains(mine, "Atelier partagé") {
			t.Error("her seat names a file that is closed to her, or not the one that is open")
		}
		h.send(t, elise, h.at("seat"), http.StatusUnprocessableEntity, "day", "demain", "version", "2")
		h.send(t, elise, h.at("seat"), http.StatusSeeOther, "competences", "dialogue social, numérique", "day", "2027-04-09", "version", "2")
		h.send(t, elise, h.at("seat", "attest"), http.StatusSeeOther)
		tie := h.at("seat", "files", string(bob))
		h.page(t, elise, tie, "selections.tie_collaboration", committee.CollaborationYears)
		h.send(t, elise, tie, http.StatusUnprocessableEntity, "kind", "other")
		h.send(t, elise, tie, http.StatusSeeOther, "kind", "other", "detail", "Nous avons écrit un livre.")
		if a := h.as(elise).Get(t, tie); a.Status != http.StatusNotFound {
			t.Errorf("the file that she stepped aside from answers %d", a.Status)
		}
		h.page(t, elise, h.at("committee"), "selections.role_chair")

		h.page(t, chair, h.at("register"), "selections.waive")
		_, lines, err := h.Committees.Register(ctx, chair, h.Selection.ID)
		h.Must(err)
		waive := h.at("register", lines[1].ID)
		h.page(t, chair, waive, "selections.waive_reason")
		h.send(t, chair, waive, http.StatusUnprocessableEntity, "reason", "", "version", "1")
		h.send(t, chair, waive, http.StatusSeeOther, "reason", because, "version", "1")
		h.page(t, h.Lead, h.at("register"), "selections.status_waived")
		if a := h.as(h.Lead).Get(t, h.at("register.pdf")); a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "%PDF-") {
			t.Errorf("the register on paper: %d", a.Status)
		}
		table := h.as(h.Lead).Get(t, h.at("register.csv"))
		reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.Body, "\ufeff")))
		reader.Comma = ';'
		rows, err := reader.ReadAll()
		if err != nil || len(rows) != 3 || rows[2][3] != "Atelier partagé" || rows[2][5] != "Nous avons écrit un livre." || rows[2][11] != because {
			t.Errorf("the register as a table: %v %q", err, rows)
		}

		h.send(t, h.Lead, h.at("begin"), http.StatusSeeOther)
		h.page(t, h.Lead, h.at(), "selections.stage_reading")
		h.page(t, h.Lead, h.at("committee", string(seat)), "selections.end_text")
		h.send(t, h.Lead, h.at("committee", string(seat)), http.StatusConflict, "name", "Élise", "version", "1")
		h.send(t, h.Lead, h.at("committee", string(seat), "remind"), http.StatusConflict)
		h.page(t, h.Lead, h.at("committee", "invite")+"?replaces="+string(seat), "selections.replace_title", "Élise Guérin")
		h.send(t, h.Lead, h.at("committee", string(seat), "end"), http.StatusUnprocessableEntity, "reason", "")
		h.send(t, h.Lead, h.at("committee", string(seat), "end"), http.StatusSeeOther, "reason", because)
		if a := h.as(elise).Get(t, h.at()); a.Status != http.StatusNotFound {
			t.Errorf("once her mandate has ended, the selection answers %d", a.Status)
		}
	})
}

// take has somebody follow the link of the last mail, and gives the seat it led to.
func (h house) take(t *testing.T, by account.User) committee.MemberID {
	t.Helper()
	mails := h.Box.All()
	i, err := h.Accounts.AcceptInvitation(ctx, by, strings.TrimPrefix(mails[len(mails)-1].Args["Link"], "/invitations/"), account.Acceptance{})
	h.Must(err)
	return committee.MemberID(i.Object.ID)
}

func TestAProjectAsksThatSomebodyDoesNotRead(t *testing.T) {
	inBoth(t, func(t *testing.T, h house) {
		file := h.Deposit(h.Ana, "Marée numérique")
		path := "/applications/" + string(file) + "/opposition"
		h.page(t, h.Ana, path, "selections.oppose_name")
		h.send(t, h.Ana, path, http.StatusUnprocessableEntity, "name", "", "reason", "")
		h.send(t, h.Ana, path, http.StatusSeeOther, "name", "Élise Guérin", "reason", because)
		body := h.page(t, h.Ana, path, "selections.opposed")
		if !strings.Contains(body, "Élise Guérin") {
			t.Error("what was asked is not shown")
		}
		seen, err := h.Committees.Oppositions(ctx, h.Ana, file)
		h.Must(err)
		h.send(t, h.Ana, path+"/withdraw", http.StatusSeeOther, "opposition", seen.List[0].ID)
		if a := h.as(h.Lead).Get(t, path); a.Status == http.StatusOK {
			t.Error("the programme's team opens the page of the project's")
		}
	})
}

func TestDecliningASeat(t *testing.T) {
	inBoth(t, func(t *testing.T, h house) {
		marc := h.Somebody("marc@club.example", "Marc")
		id := h.Offer(marc, committee.Seat{Email: "marc@club.example", Role: committee.Juror})
		a := h.send(t, marc, "/seats/"+string(id)+"/decline", http.StatusSeeOther, "reason", "Je serai absent ce jour-là.")
		if !strings.HasPrefix(a.Location, "/?") {
			t.Errorf("declining leads to %s", a.Location)
		}
		h.page(t, h.Lead, h.at("committee"), "selections.past")
		if a := h.as(marc).Get(t, "/seats/"+string(id)); a.Status != http.StatusNotFound {
			t.Errorf("a declined seat answers %d", a.Status)
		}
	})
}
