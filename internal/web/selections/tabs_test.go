package selections_test

import (
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
)

func TestTabsLeadToTheReading(t *testing.T) {
	inBoth(t, func(t *testing.T, h house) {
		h.Deposit(h.Ana, "Marée numérique")
		chair, member := h.Somebody("chair@comite.example", "Céline"), h.Somebody("marc@comite.example", "Marc")
		h.Seat(chair, committee.Seat{Email: "chair@comite.example", Role: committee.Chair})
		h.Seat(member, committee.Seat{Email: "marc@comite.example", Role: committee.Juror})
		own := string(h.Selection.ID)
		doors := map[string]string{"grid": "/rubrics/" + own, "readings": "/readings/" + own, "mine": `"/reviews"`, "opinions": "/consultations/" + own}
		leads := func(by account.User) (list []string) {
			page := h.as(by).Page(t, h.at())
			for _, name := range []string{"grid", "readings", "mine", "opinions"} {
				if strings.Contains(page, doors[name]) {
					list = append(list, name)
				}
			}
			return list
		}
		for _, c := range []struct {
			status, name string
			by           account.User
			want         string
		}{
			{"preparation", "the lead", h.Lead, "grid"},
			{"preparation", "a member", member, ""},
			{"reading", "the lead", h.Lead, "grid readings opinions"},
			{"reading", "the chair", chair, "readings opinions"},
			{"reading", "a member", member, "mine"},
		} {
			h.exec(`update selections set status = $1`, c.status)
			if got := strings.Join(leads(c.by), " "); got != c.want {
				t.Errorf("%s, %s: tabs lead to %q, want %q", c.status, c.name, got, c.want)
			}
		}
	})
}

func (h house) exec(query string, args ...any) {
	h.Must(h.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}))
}
