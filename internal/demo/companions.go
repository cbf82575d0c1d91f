package demo

// Companion is somebody fictitious who comes to the two days beside the teams that applied.
type Companion struct {
	Key, Name, Organisation string
	Role                    string // a role of a gathering
	Project                 int    // of those of the gathering, by title; -1 for none
}

// sponsors, experts and partners of the two days, and those who bring the projects of
// partners.
var (
	sponsors = []string{"Léon Noyer", "Adèle Bouleau", "Bachir Hêtre", "Claire Orme", "Damien Peuplier", "Elif Platane", "Franck Laurier", "Gaëlle Myrte", "Hakim Cyprès", "Iris Amandier", "Jules Cerisier", "Katia Néflier", "Lucas Marronnier"}
	experts  = []Companion{
		{"expert", "Maya Figuier", "Laboratoire travail et numérique", "expert", -1}, {"expert-2", "Noël Mûrier", "Coopérative d'ergonomes", "expert", -1}, {"expert-3", "Ophélie Pommier", "École de design", "expert", -1},
		{"expert-4", "Paul Poirier", "Cabinet Droit du travail", "expert", -1}, {"expert-5", "Rania Lilas", "Atelier du logiciel libre", "expert", -1},
	}
	partners = []Companion{
		{"partner", "Élise Bruyère", "Service régional de santé au travail", "guest", -1}, {"partner-2", "Simon Tamaris", "Chambre régionale de l'économie sociale", "guest", -1},
		{"partner-3", "Tessa Glycine", "Fonds d'amorçage territorial", "guest", -1}, {"partner-4", "Ulysse Acacia", "Réseau des tiers-lieux", "peer", -1},
	}
	carriers = []string{"Véra Sapin", "Wassim Cognassier", "Xavière Tremble", "Younès Robinier", "Zoé Troène", "Alban Viorne", "Bérénice Buis"}
)

// Companions lists who comes: the facilitator, a sponsor for each of so many projects,
// experts and partners.
func Companions(projects int) []Companion {
	list := []Companion{{"facilitator", "Ambre Mélèze", "", "facilitator", -1}}
	for i, name := range sponsors[:max(1, min(projects, len(sponsors)))] {
		key := "sponsor"
		if i > 0 {
			key += "-" + string(rune('a'+i))
		}
		list = append(list, Companion{key, name, "Réseau des parrains", "coach", i})
	}
	return append(append(list, experts...), partners...)
}

// Carrier is who brings the nth project that has no team of its own.
func Carrier(n, project int) Companion {
	return Companion{"bringer-" + string(rune('a'+n)), carriers[n%len(carriers)], "", "team", project}
}
