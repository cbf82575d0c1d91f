package text

import (
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/zone"
)

// plain makes non-breaking spaces visible in expected values: ~ is U+00A0, _ is U+202F.
func plain(s string) string { return strings.NewReplacer(nbsp, "~", narrow, "_").Replace(s) }

func moment(t *testing.T, local, name string) time.Time {
	t.Helper()
	at, err := zone.Resolve(local, name)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestDateTime(t *testing.T) {
	for _, c := range []struct{ local, zone, fr, en string }{
		{"2027-03-05T12:00", "Europe/Paris", "vendredi 5~mars 2027 à 12~h~00, heure de Paris", "Friday 5~March 2027 at 12:00, Paris time"},
		{"2027-08-01T09:05", "Indian/Reunion", "dimanche 1er~août 2027 à 09~h~05, heure de La Réunion (UTC+4)", "Sunday 1~August 2027 at 09:05, Réunion time (UTC+4)"},
		{"2026-12-31T23:59", "America/Guadeloupe", "jeudi 31~décembre 2026 à 23~h~59, heure de la Guadeloupe (UTC−4)", "Thursday 31~December 2026 at 23:59, Guadeloupe time (UTC−4)"},
		{"2028-02-29T00:00", "Pacific/Noumea", "mardi 29~février 2028 à 00~h~00, heure de Nouméa (UTC+11)", "Tuesday 29~February 2028 at 00:00, Nouméa time (UTC+11)"},
		{"2027-03-05T12:00", "Pacific/Marquesas", "vendredi 5~mars 2027 à 12~h~00, heure des Marquises (UTC−9:30)", "Friday 5~March 2027 at 12:00, Marquesas time (UTC−9:30)"},
		{"2027-07-05T12:00", "America/Toronto", "lundi 5~juillet 2027 à 12~h~00, heure de Montréal (UTC−4)", "Monday 5~July 2027 at 12:00, Montréal time (UTC−4)"},
		{"2027-03-05T12:00", "Asia/Tokyo", "vendredi 5~mars 2027 à 12~h~00, UTC+9", "Friday 5~March 2027 at 12:00, UTC+9"},
		{"2027-03-05T12:00", "UTC", "vendredi 5~mars 2027 à 12~h~00, UTC", "Friday 5~March 2027 at 12:00, UTC"},
	} {
		at := moment(t, c.local, c.zone)
		if got := plain(DateTime("fr", at)); got != c.fr {
			t.Errorf("%s in %s: got %s, want %s", c.local, c.zone, got, c.fr)
		}
		if got := plain(DateTime("en", at)); got != c.en {
			t.Errorf("%s in %s: got %s, want %s", c.local, c.zone, got, c.en)
		}
	}
}

func TestInstantTellsTheRepeatedHourApart(t *testing.T) {
	paris, _ := zone.Load("Europe/Paris")
	first := time.Date(2026, 10, 25, 0, 30, 7, 250_999_999, time.UTC).In(paris)
	second := first.Add(time.Hour)
	for _, c := range []struct {
		at       time.Time
		lang, in string
	}{
		{first, "fr", "dimanche 25~octobre 2026 à 02~h~30~min~07,250~s, heure de Paris (UTC+2)"},
		{second, "fr", "dimanche 25~octobre 2026 à 02~h~30~min~07,250~s, heure de Paris (UTC+1)"},
		{second, "en", "Sunday 25~October 2026 at 02:30:07.250, Paris time (UTC+1)"},
	} {
		if got := plain(Instant(c.lang, c.at)); got != c.in {
			t.Errorf("got %s, want %s", got, c.in)
		}
	}
}

func TestShortDates(t *testing.T) {
	at := moment(t, "2027-03-05T08:09", "Europe/Paris")
	for _, c := range []struct{ got, want string }{
		{ShortDate("fr", at), "05/03/2027"}, {ShortDate("en", at), "5~Mar~2027"},
		{ShortDateTime("fr", at), "05/03/2027~08:09"}, {ShortDateTime("en", at), "5~Mar~2027~08:09"},
		{Date("", at), "vendredi 5~mars 2027"},
	} {
		if plain(c.got) != c.want {
			t.Errorf("got %s, want %s", plain(c.got), c.want)
		}
	}
}

func TestRemaining(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		left   time.Duration
		fr, en string
	}{
		{2*day + 3*time.Hour + 59*time.Minute, "2~jours et 3~heures", "2~days and 3~hours"},
		{day, "1~jour", "1~day"},
		{day + 30*time.Minute, "1~jour", "1~day"},
		{time.Hour + time.Minute, "1~heure et 1~minute", "1~hour and 1~minute"},
		{59*time.Minute + 59*time.Second, "59~minutes", "59~minutes"},
		{time.Minute, "1~minute", "1~minute"},
		{time.Minute - 1, "moins d’une minute", "less than a minute"},
		{0, "", ""}, {-time.Hour, "", ""},
		{1500 * day, "1_500~jours", "1,500~days"},
	} {
		if fr, en := plain(Remaining("fr", c.left)), plain(Remaining("en", c.left)); fr != c.fr || en != c.en {
			t.Errorf("%s: got %q and %q", c.left, fr, en)
		}
	}
}
