package text

import (
	"fmt"
	"strconv"
	"time"

	"transformateur/internal/platform/zone"
)

const (
	nbsp   = "\u00a0" // keeps two words on one line
	narrow = "\u202f" // the same, thinner: before ; ! ? and between thousands
)

var weekdays = map[string][7]string{
	"fr": {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
	"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

var months = map[string][12]string{
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// language brings any value to one of the two languages: French unless English.
func language(lang string) string {
	if lang == "en" {
		return "en"
	}
	return "fr"
}

// Date is the day of t in its own zone: "vendredi 5 mars 2027", "Friday 5 March 2027".
func Date(lang string, t time.Time) string {
	lang = language(lang)
	day := strconv.Itoa(t.Day())
	if lang == "fr" && t.Day() == 1 {
		day = "1er"
	}
	return weekdays[lang][t.Weekday()] + " " + day + nbsp + months[lang][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Clock is the time of day of t in its own zone: "12 h 00", "12:00".
func Clock(lang string, t time.Time) string {
	if language(lang) == "en" {
		return t.Format("15:04")
	}
	return t.Format("15") + nbsp + "h" + nbsp + t.Format("04")
}

// DateTime is the moment in full, as a deadline is written, in the zone that t carries:
// "vendredi 5 mars 2027 à 12 h 00, heure de Paris". Away from Paris the offset is added
// ("heure de La Réunion (UTC+4)"); a zone that is not offered is told by its offset alone.
func DateTime(lang string, t time.Time) string {
	return Date(lang, t) + at(lang) + Clock(lang, t) + ", " + ZoneAt(lang, t)
}

// Instant is the moment to the millisecond with its offset, as a receipt gives it:
// "vendredi 5 mars 2027 à 12 h 00 min 07,250 s, heure de Paris (UTC+1)".
func Instant(lang string, t time.Time) string {
	var clock string
	if language(lang) == "en" {
		clock = t.Format("15:04:05.000")
	} else {
		clock = Clock(lang, t) + nbsp + "min" + nbsp + t.Format("05") + "," + t.Format(".000")[1:] + nbsp + "s"
	}
	place := ZoneAt(lang, t)
	if t.Location().String() == zone.Default {
		place += " (" + Offset(t) + ")"
	}
	return Date(lang, t) + at(lang) + clock + ", " + place
}

func at(lang string) string {
	if language(lang) == "en" {
		return " at "
	}
	return " à "
}

// ShortDate is the day for tables: "05/03/2027", "5 Mar 2027".
func ShortDate(lang string, t time.Time) string {
	if language(lang) == "en" {
		return t.Format("2") + nbsp + t.Format("Jan") + nbsp + t.Format("2006")
	}
	return t.Format("02/01/2006")
}

// ShortDateTime is the moment for tables, without its zone: "05/03/2027 12:00", "5 Mar 2027 12:00".
func ShortDateTime(lang string, t time.Time) string {
	return ShortDate(lang, t) + nbsp + t.Format("15:04")
}

// ZoneAt names the zone that t carries: "heure de Paris", "heure de Nouméa (UTC+11)", "UTC+9".
func ZoneAt(lang string, t time.Time) string {
	name := t.Location().String()
	z, ok := zone.Find(name)
	switch {
	case !ok || name == "UTC":
		return Offset(t)
	case z.Name == zone.Default:
		return z.Phrase(lang)
	}
	return z.Phrase(lang) + " (" + Offset(t) + ")"
}

// Offset is how far the zone of t is from universal time: "UTC", "UTC+4", "UTC−9:30".
func Offset(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = minus, -seconds
	}
	out := "UTC" + sign + strconv.Itoa(seconds/3600)
	if minutes := seconds % 3600 / 60; minutes != 0 {
		out += fmt.Sprintf(":%02d", minutes)
	}
	return out
}

type unit struct {
	length time.Duration
	fr, en string
}

var units = []unit{
	{24 * time.Hour, "jour", "day"}, {time.Hour, "heure", "hour"}, {time.Minute, "minute", "minute"},
}

// Remaining says how long is left, in its two largest units, never more than there is:
// "2 jours et 3 heures", "45 minutes", "moins d’une minute". It is empty when nothing is left.
// A day is 24 hours.
func Remaining(lang string, d time.Duration) string {
	lang = language(lang)
	switch {
	case d <= 0:
		return ""
	case d < time.Minute && lang == "en":
		return "less than a minute"
	case d < time.Minute:
		return "moins d’une minute"
	}
	and := map[string]string{"fr": " et ", "en": " and "}[lang]
	for i, u := range units {
		n := d / u.length
		if n == 0 {
			continue
		}
		out := u.count(lang, int64(n))
		if i+1 < len(units) {
			if rest := d % u.length / units[i+1].length; rest > 0 {
				out += and + units[i+1].count(lang, int64(rest))
			}
		}
		return out
	}
	return ""
}

func (u unit) count(lang string, n int64) string {
	word := u.fr
	if lang == "en" {
		word = u.en
	}
	if n > 1 {
		word += "s"
	}
	return Number(lang, n) + nbsp + word
}
