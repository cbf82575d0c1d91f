// Package territory is the official geographic code: the regions, départements, groupings of communes and communes of France, shipped with the program.
package territory

import (
	"slices"
	"strings"

	"transformateur/internal/platform/errs"
)

// CreditKey is the message that names the sources of the codes, as the Licence Ouverte asks of a
// page or an export that shows them.
const CreditKey = "territory.credit"

// Kind is a level of the French territory.
type Kind string

// The kinds. An EPCI is a grouping of communes with its own tax (communauté, métropole). An
// arrondissement is one of Paris, Lyon or Marseille. A former commune is an associated or
// delegated one, now part of another.
const (
	KindRegion         Kind = "region"
	KindDepartement    Kind = "departement"
	KindEPCI           Kind = "epci"
	KindCommune        Kind = "commune"
	KindArrondissement Kind = "arrondissement"
	KindFormer         Kind = "former"
)

// kinds in the order of the tables; what stands first wins between equals in a search.
var kinds = []Kind{KindCommune, KindArrondissement, KindEPCI, KindDepartement, KindRegion, KindFormer}

// MessageKey is the key of the kind's name, "territory.kind_commune".
func (k Kind) MessageKey() string { return "territory.kind_" + string(k) }

// Ref names a place by its kind and its code: a SIREN for an EPCI, a code of INSEE for others.
type Ref struct {
	Kind Kind
	Code string
}

// Place is one place of the official geographic code.
type Place struct {
	Ref
	Name        string
	Departement string   // code; empty for a region and for an EPCI over several départements
	Region      string   // code; empty for an EPCI over several regions
	EPCI        string   // code of the EPCI of a commune, empty when it has none
	Parent      string   // commune of an arrondissement or of a former commune
	Postal      []string // postal codes of a commune or an arrondissement
	Population  int      // inhabitants (INSEE, population légale), 0 when not known
}

// Label tells apart places of the same name: "Saint-Denis (93)". Overseas collectivities, regions
// and groupings over several départements have their name alone.
func (p Place) Label() string {
	if p.Departement == "" || p.Kind == KindDepartement {
		return p.Name
	}
	return p.Name + " (" + p.Departement + ")"
}

// Region finds a region by its code ("28"); collectivities overseas have the code of their département ("975").
func Region(code string) (Place, bool) { return Find(Ref{KindRegion, code}) }

// Departement finds a département by its code ("14", "2A", "974").
func Departement(code string) (Place, bool) { return Find(Ref{KindDepartement, code}) }

// EPCI finds a grouping of communes by its SIREN.
func EPCI(code string) (Place, bool) { return Find(Ref{KindEPCI, code}) }

// Commune finds a commune by its INSEE code ("14118"), which is not its postal code. The
// arrondissements of Paris, Lyon and Marseille are found too, as arrondissements.
func Commune(code string) (Place, bool) {
	if p, ok := Find(Ref{KindCommune, code}); ok {
		return p, true
	}
	return Find(Ref{KindArrondissement, code})
}

// Find finds a place by its kind and its code, whose letters may be small.
func Find(ref Ref) (Place, bool) {
	a := data()
	if i, ok := a.find(ref); ok {
		return a.place(&a.tables[slices.Index(kinds, ref.Kind)][i], ref.Kind), true
	}
	return Place{}, false
}

// Name is the name of a place, or "" when no place has this code.
func Name(kind Kind, code string) string {
	p, _ := Find(Ref{kind, code})
	return p.Name
}

// Check says whether a place exists. Error: territory.unknown, Invalid, with the code.
func Check(ref Ref) error {
	if _, ok := Find(ref); !ok {
		return errs.New(errs.Invalid, "territory.unknown", ref.Code)
	}
	return nil
}

// Regions lists the regions, and the collectivities overseas that have no region, by code.
func Regions() []Place { return data().all(KindRegion) }

// Departements lists the départements, and the collectivities overseas, by code.
func Departements() []Place { return data().all(KindDepartement) }

// Contains says whether the whole of inner lies in outer. A place contains itself; a region of
// one département and this département contain each other; an unknown place contains nothing.
func Contains(outer, inner Ref) bool {
	o, ok := Find(outer)
	if !ok {
		return false
	}
	i, ok := Find(inner)
	if !ok {
		return false
	}
	if o.Ref == i.Ref {
		return true
	}
	switch o.Kind {
	case KindRegion:
		return i.Region == o.Code
	case KindDepartement:
		return i.Departement == o.Code || i.Kind == KindRegion && data().onlyDepartement(i.Code) == o.Code
	case KindEPCI:
		return i.EPCI == o.Code
	case KindCommune:
		return i.Parent == o.Code
	}
	return false
}

// onlyDepartement is the département of a region that has one only, or "".
func (a *atlas) onlyDepartement(region string) string {
	only := ""
	for _, d := range a.tables[departementTable] {
		if a.code(regionTable, d.region) != region {
			continue
		}
		if only != "" {
			return ""
		}
		only = d.code
	}
	return only
}

func (a *atlas) find(ref Ref) (int, bool) {
	table := slices.Index(kinds, ref.Kind)
	if table < 0 {
		return 0, false
	}
	return slices.BinarySearchFunc(a.tables[table], strings.ToUpper(ref.Code), func(e entry, code string) int {
		return strings.Compare(e.code, code)
	})
}

func (a *atlas) all(kind Kind) []Place {
	table := a.tables[slices.Index(kinds, kind)]
	out := make([]Place, len(table))
	for i := range table {
		out[i] = a.place(&table[i], kind)
	}
	return out
}

func (a *atlas) place(e *entry, kind Kind) Place {
	return Place{
		Ref: Ref{kind, e.code}, Name: e.name, Parent: e.parent, Postal: strings.Fields(e.postal), Population: int(e.population),
		Departement: a.code(departementTable, e.departement), Region: a.code(regionTable, e.region), EPCI: a.code(epciTable, e.epci),
	}
}

// code of the entry at a rank of a table, or "" for none.
func (a *atlas) code(table int, rank int16) string {
	if rank < 0 {
		return ""
	}
	return a.tables[table][rank].code
}
