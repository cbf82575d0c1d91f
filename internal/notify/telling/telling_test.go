package telling_test

import (
	"strings"
	"testing"

	"transformateur/internal/agenda/plan"
	"transformateur/internal/i18n"
	"transformateur/internal/notify/telling"
	"transformateur/internal/platform/zone"
)

func TestAChangeIsSaidInALine(t *testing.T) {
	w := telling.Words{Lang: i18n.FR, Days: []string{"2027-03-08", "2027-03-09"}, Zone: zone.Location("Europe/Paris"),
		Name: func(string) string { return "Coaching" },
		Room: func(id string) string { return map[string]string{"a": "salle A", "b": "salle B"}[id] }}
	at := plan.Sitting{Activity: "c", From: 620, To: 650, Room: "a", People: []string{"x", "y"}}
	for name, c := range map[string]struct {
		becomes func(s *plan.Sitting)
		want    string
	}{
		"later, elsewhere": {func(s *plan.Sitting) { s.From, s.To, s.Room = 640, 670, "b" }, "Coaching : 10 h 20 → 10 h 40, salle B"},
		"elsewhere alone":  {func(s *plan.Sitting) { s.Room = "b" }, "Coaching : 10 h 20, salle B"},
		"another table":    {func(s *plan.Sitting) { s.Table = 4 }, "Coaching : 10 h 20, salle A · table 4"},
		"longer":           {func(s *plan.Sitting) { s.To = 660 }, "Coaching : 10 h 20, jusqu’à 11 h 00, salle A"},
		"far away":         {func(s *plan.Sitting) { s.Room, s.Remote = "", true }, "Coaching : 10 h 20, à distance"},
		"with others":      {func(s *plan.Sitting) { s.People = []string{"x", "z"} }, "Coaching : 10 h 20, salle A, avec d’autres personnes"},
		"the day after":    {func(s *plan.Sitting) { s.Day = 1 }, "Coaching : lundi 8 mars 2027 à 10 h 20 → mardi 9 mars 2027 à 10 h 20, salle A"},
	} {
		is := at
		c.becomes(&is)
		if got := plain(w.Change(plan.Change{Was: &at, Is: &is})); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := plain(w.Change(plan.Change{Is: &at})); got != "Nouveau : Coaching, 10 h 20, salle A" {
		t.Errorf("new: %q", got)
	}
	if got := plain(w.Change(plan.Change{Was: &at})); got != "Supprimé : Coaching, 10 h 20, salle A" {
		t.Errorf("gone: %q", got)
	}
}

func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }
