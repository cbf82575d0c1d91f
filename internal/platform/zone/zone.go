// Package zone is the time zone of a deadline: how people name it, and which local times can be trusted in it.
package zone

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a server without the system's zones must keep the same hours

	"transformateur/internal/platform/errs"
)

// Default is the zone offered first.
const Default = "Europe/Paris"

// Zone is a time zone that a call may choose.
type Zone struct {
	Name string // IANA name, "Indian/Reunion"
	fr   words
	en   words
}

type words struct{ label, phrase string }

// Label is the name of the zone in a list: "La Réunion".
func (z Zone) Label(lang string) string { return z.in(lang).label }

// Phrase ends a sentence that gives a time: "heure de La Réunion", "Réunion time".
func (z Zone) Phrase(lang string) string { return z.in(lang).phrase }

func (z Zone) in(lang string) words {
	if lang == "en" {
		return z.en
	}
	return z.fr
}

// offered are France, its overseas territories from the Atlantic to the Pacific, its neighbours, then the rest.
var offered = []Zone{
	{"Europe/Paris", words{"Paris (France métropolitaine)", "heure de Paris"}, words{"Paris (mainland France)", "Paris time"}},
	{"America/Guadeloupe", words{"Guadeloupe", "heure de la Guadeloupe"}, words{"Guadeloupe", "Guadeloupe time"}},
	{"America/Martinique", words{"Martinique", "heure de la Martinique"}, words{"Martinique", "Martinique time"}},
	{"America/Cayenne", words{"Guyane", "heure de la Guyane"}, words{"French Guiana", "French Guiana time"}},
	{"Indian/Reunion", words{"La Réunion", "heure de La Réunion"}, words{"Réunion", "Réunion time"}},
	{"Indian/Mayotte", words{"Mayotte", "heure de Mayotte"}, words{"Mayotte", "Mayotte time"}},
	{"America/Miquelon", words{"Saint-Pierre-et-Miquelon", "heure de Saint-Pierre-et-Miquelon"}, words{"Saint Pierre and Miquelon", "Saint Pierre and Miquelon time"}},
	{"America/St_Barthelemy", words{"Saint-Barthélemy", "heure de Saint-Barthélemy"}, words{"Saint Barthélemy", "Saint Barthélemy time"}},
	{"America/Marigot", words{"Saint-Martin", "heure de Saint-Martin"}, words{"Saint Martin", "Saint Martin time"}},
	{"Pacific/Noumea", words{"Nouvelle-Calédonie (Nouméa)", "heure de Nouméa"}, words{"New Caledonia (Nouméa)", "Nouméa time"}},
	{"Pacific/Wallis", words{"Wallis-et-Futuna", "heure de Wallis-et-Futuna"}, words{"Wallis and Futuna", "Wallis and Futuna time"}},
	{"Pacific/Tahiti", words{"Polynésie française (Tahiti)", "heure de Tahiti"}, words{"French Polynesia (Tahiti)", "Tahiti time"}},
	{"Pacific/Marquesas", words{"Polynésie française (Marquises)", "heure des Marquises"}, words{"French Polynesia (Marquesas)", "Marquesas time"}},
	{"Pacific/Gambier", words{"Polynésie française (Gambier)", "heure des Gambier"}, words{"French Polynesia (Gambier)", "Gambier time"}},
	{"Indian/Kerguelen", words{"Terres australes (Kerguelen)", "heure des Kerguelen"}, words{"French Southern Lands (Kerguelen)", "Kerguelen time"}},
	{"Europe/Brussels", words{"Bruxelles", "heure de Bruxelles"}, words{"Brussels", "Brussels time"}},
	{"Europe/Luxembourg", words{"Luxembourg", "heure de Luxembourg"}, words{"Luxembourg", "Luxembourg time"}},
	{"Europe/Zurich", words{"Zurich (Suisse)", "heure de Zurich"}, words{"Zurich (Switzerland)", "Zurich time"}},
	{"Europe/Monaco", words{"Monaco", "heure de Monaco"}, words{"Monaco", "Monaco time"}},
	{"Europe/Berlin", words{"Berlin", "heure de Berlin"}, words{"Berlin", "Berlin time"}},
	{"Europe/London", words{"Londres", "heure de Londres"}, words{"London", "London time"}},
	{"America/Toronto", words{"Montréal", "heure de Montréal"}, words{"Montréal", "Montréal time"}},
	{"UTC", words{"UTC (temps universel)", "UTC"}, words{"UTC (universal time)", "UTC"}},
}

// aliases are other IANA names of an offered zone.
var aliases = map[string]string{"America/Montreal": "America/Toronto", "Etc/UTC": "UTC", "Europe/Busingen": "Europe/Zurich"}

var byName = func() map[string]Zone {
	m := make(map[string]Zone, len(offered)+len(aliases))
	for _, z := range offered {
		m[z.Name] = z
	}
	for alias, name := range aliases {
		m[alias] = m[name]
	}
	return m
}()

// Offered lists the zones a call may choose, in the order of the list shown.
func Offered() []Zone { return append([]Zone(nil), offered...) }

// Find gives the offered zone of an IANA name.
func Find(name string) (Zone, bool) {
	z, ok := byName[name]
	return z, ok
}

var loaded sync.Map // offered name → *time.Location

// Load finds a zone by its IANA name. Names that depend on the machine ("", "Local") are refused.
// Error: zone.unknown, Invalid, with the name.
func Load(name string) (*time.Location, error) {
	if loc, ok := loaded.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if name == "" || strings.EqualFold(name, "local") {
		return nil, errs.New(errs.Invalid, "zone.unknown", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, errs.New(errs.Invalid, "zone.unknown", name).Because(err)
	}
	if _, ok := byName[name]; ok {
		loaded.Store(name, loc)
	}
	return loc, nil
}

// Location is Load for names that were checked when they were kept: UTC should the
// zone database have lost one.
func Location(name string) *time.Location {
	loc, err := Load(name)
	if err != nil {
		return time.UTC
	}
	return loc
}
