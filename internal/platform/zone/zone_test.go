package zone

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"transformateur/internal/platform/errs"
)

func TestResolve(t *testing.T) {
	for _, c := range []struct{ name, local, zone, want string }{
		{"noon in Paris", "2027-03-05T12:00", "Europe/Paris", "2027-03-05T11:00:00Z"},
		{"with seconds", "2027-03-05T12:00:30", "Europe/Paris", "2027-03-05T11:00:30Z"},
		{"typed with a space", " 2027-03-05 12:00 ", "Europe/Paris", "2027-03-05T11:00:00Z"},
		{"last minute before the autumn hour", "2026-10-25T01:59", "Europe/Paris", "2026-10-24T23:59:00Z"},
		{"first second of the repeated hour", "2026-10-25T02:00", "Europe/Paris", "zone.exists_twice 2026-10-25T01:59:00+02:00 2026-10-25T03:00:00+01:00"},
		{"inside the repeated hour", "2026-10-25T02:30", "Europe/Paris", "zone.exists_twice 2026-10-25T01:59:00+02:00 2026-10-25T03:00:00+01:00"},
		{"last second of the repeated hour", "2026-10-25T02:59:59", "Europe/Paris", "zone.exists_twice 2026-10-25T01:59:00+02:00 2026-10-25T03:00:00+01:00"},
		{"after the repeated hour", "2026-10-25T03:00", "Europe/Paris", "2026-10-25T02:00:00Z"},
		{"last minute before the spring hour", "2027-03-28T01:59", "Europe/Paris", "2027-03-28T00:59:00Z"},
		{"first second of the skipped hour", "2027-03-28T02:00", "Europe/Paris", "zone.does_not_exist 2027-03-28T01:59:00+01:00 2027-03-28T03:00:00+02:00"},
		{"inside the skipped hour", "2027-03-28T02:30", "Europe/Paris", "zone.does_not_exist 2027-03-28T01:59:00+01:00 2027-03-28T03:00:00+02:00"},
		{"after the skipped hour", "2027-03-28T03:00", "Europe/Paris", "2027-03-28T01:00:00Z"},
		{"the skipped hour of Paris, in La Réunion", "2027-03-28T02:30", "Indian/Reunion", "2027-03-27T22:30:00Z"},
		{"the repeated hour of Paris, in Nouméa", "2026-10-25T02:30", "Pacific/Noumea", "2026-10-24T15:30:00Z"},
		{"a leap day", "2028-02-29T23:59", "Europe/Paris", "2028-02-29T22:59:00Z"},
		{"29 February of a common year", "2027-02-29T12:00", "Europe/Paris", "zone.no_such_date 2027-02-29T12:00"},
		{"31 April", "2027-04-31T12:00", "Europe/Paris", "zone.no_such_date 2027-04-31T12:00"},
		{"24 h", "2027-04-30T24:00", "Europe/Paris", "zone.no_such_date 2027-04-30T24:00"},
		{"Saint-Pierre springs forward earlier than Paris", "2027-03-14T02:30", "America/Miquelon", "zone.does_not_exist 2027-03-14T01:59:00-03:00 2027-03-14T03:00:00-02:00"},
		{"Saint-Pierre falls back later than Paris", "2026-11-01T01:30", "America/Miquelon", "zone.exists_twice 2026-11-01T00:59:00-02:00 2026-11-01T02:00:00-03:00"},
		{"Saint-Pierre on the day of Paris", "2027-03-28T02:30", "America/Miquelon", "2027-03-28T04:30:00Z"},
		{"a change of half an hour", "2027-04-04T01:45", "Australia/Lord_Howe", "zone.exists_twice 2027-04-04T01:29:00+11:00 2027-04-04T02:00:00+10:30"},
		{"a whole day skipped", "2011-12-30T12:00", "Pacific/Apia", "zone.does_not_exist 2011-12-29T23:59:00-10:00 2011-12-31T00:00:00+14:00"},
		{"Marquesas, half an hour off", "2027-03-05T12:00", "Pacific/Marquesas", "2027-03-05T21:30:00Z"},
		{"universal time", "2027-03-28T02:30", "UTC", "2027-03-28T02:30:00Z"},
		{"the machine's zone", "2027-03-28T02:30", "Local", "zone.unknown Local"},
		{"no zone", "2027-03-28T02:30", "", "zone.unknown "},
		{"a zone that climbs out", "2027-03-28T02:30", "../etc/passwd", "zone.unknown ../etc/passwd"},
		{"a French date", "28/03/2027 02:30", "UTC", "zone.unreadable 28/03/2027 02:30"},
		{"an instant with its offset", "2027-03-28T02:30:00Z", "UTC", "zone.unreadable 2027-03-28T02:30:00Z"},
		{"nothing", "", "UTC", "zone.unreadable "},
	} {
		got, err := Resolve(c.local, c.zone)
		if text := outcome(got, err); text != c.want {
			t.Errorf("%s: got %s, want %s", c.name, text, c.want)
		}
	}
}

func outcome(at time.Time, err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return at.UTC().Format(time.RFC3339)
	}
	s := e.Key
	for _, a := range e.Args {
		if moment, ok := a.(time.Time); ok {
			a = moment.Format(time.RFC3339)
		}
		s += fmt.Sprint(" ", a)
	}
	return s
}

// Whatever the minute and the zone: an accepted time shows what was typed, and a refused one has
// neighbours that are accepted.
func TestResolveAtRandom(t *testing.T) {
	seed := uint64(20261025)
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	refused := 0
	for range 20_000 {
		z := offered[random.IntN(len(offered))]
		local := start.Add(time.Duration(random.IntN(3*365*24*60)) * time.Minute).Format(layouts[0])
		at, err := Resolve(local, z.Name)
		if err == nil {
			if at.Format(layouts[0]) != local {
				t.Fatalf("%s in %s becomes %s", local, z.Name, at)
			}
			continue
		}
		refused++
		var e *errs.Error
		if !errors.As(err, &e) || len(e.Args) != 2 {
			t.Fatalf("%s in %s: %v", local, z.Name, err)
		}
		for _, neighbour := range e.Args {
			text := neighbour.(time.Time).Format(layouts[0])
			if _, err := Resolve(text, z.Name); err != nil {
				t.Errorf("%s in %s: neighbour %s is refused: %v", local, z.Name, text, err)
			}
		}
	}
	if refused == 0 {
		t.Error("no change of clocks was met")
	}
}

func TestOfferedZones(t *testing.T) {
	seen := map[string]bool{}
	for _, z := range Offered() {
		loc, err := Load(z.Name)
		if err != nil || loc.String() != z.Name {
			t.Errorf("%s does not load: %v", z.Name, err)
		}
		for _, lang := range []string{"fr", "en"} {
			if z.Label(lang) == "" || z.Phrase(lang) == "" || seen[lang+z.Label(lang)] {
				t.Errorf("%s has no label of its own in %s", z.Name, lang)
			}
			seen[lang+z.Label(lang)] = true
		}
	}
	if Offered()[0].Name != Default {
		t.Error("the default zone is not first")
	}
	if z, ok := Find("America/Montreal"); !ok || z.Phrase("fr") != "heure de Montréal" {
		t.Error("the former name of Montréal's zone is not known")
	}
	for alias := range aliases {
		if _, err := Load(alias); err != nil {
			t.Errorf("alias %s: %v", alias, err)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("2026-10-25T02:30", "Europe/Paris")
	f.Add("0000-01-01T00:00", "Pacific/Apia")
	f.Fuzz(func(t *testing.T, local, name string) {
		at, err := Resolve(local, name)
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Fatalf("%q in %q: %v", local, name, err)
		}
		if err == nil && at.Location().String() != name {
			t.Fatalf("%q in %q lost its zone: %s", local, name, at)
		}
	})
}
