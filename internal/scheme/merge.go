package scheme

import (
	"slices"

	"transformateur/internal/platform/text"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/scheme/harvest"
)

// sheetOf is an entry of a list as a sheet. The successor is known by its number only.
func (i Import) sheetOf(e harvest.Entry) Sheet {
	w := Sheet{Name: e.Name, Provider: e.Provider, Purpose: e.Purpose, Instruments: e.Instruments, Tags: e.Tags, Amounts: e.Amounts, MaxAmount: e.MaxAmount, Rate: e.Rate, Audience: e.Audience, Territory: e.Territory,
		Expenses: e.Expenses, Conditions: e.Conditions, Calendar: e.Calendar, ValidFrom: e.ValidFrom, ValidTo: e.ValidTo, Link: e.Link, Source: i.List, SourceURL: e.SourceURL, SourceOn: e.SourceOn}
	if w.SourceURL == "" {
		w.SourceURL = i.Address
	}
	return w
}

// merged is a sheet after a list says something new: a field that the list did not change
// since it was last taken keeps what was written here. Rules are those of the agency.
func merged(now, before, said Sheet) Sheet {
	take := func(into *string, before, said string) {
		if said != before {
			*into = said
		}
	}
	number := func(into *int64, before, said int64) {
		if said != before {
			*into = said
		}
	}
	list := func(into *[]string, before, said []string) {
		if !slices.Equal(said, before) {
			*into = said
		}
	}
	take(&now.Name, before.Name, said.Name)
	take(&now.Provider, before.Provider, said.Provider)
	take(&now.Purpose, before.Purpose, said.Purpose)
	list(&now.Instruments, before.Instruments, said.Instruments)
	list(&now.Tags, before.Tags, said.Tags)
	take(&now.Amounts, before.Amounts, said.Amounts)
	number(&now.MaxAmount, before.MaxAmount, said.MaxAmount)
	number(&now.Rate, before.Rate, said.Rate)
	take(&now.Audience, before.Audience, said.Audience)
	take(&now.Territory, before.Territory, said.Territory)
	take(&now.Expenses, before.Expenses, said.Expenses)
	take(&now.Conditions, before.Conditions, said.Conditions)
	take(&now.Calendar, before.Calendar, said.Calendar)
	take(&now.ValidFrom, before.ValidFrom, said.ValidFrom)
	take(&now.ValidTo, before.ValidTo, said.ValidTo)
	take(&now.Link, before.Link, said.Link)
	take(&now.Source, before.Source, said.Source)
	take(&now.SourceURL, before.SourceURL, said.SourceURL)
	take(&now.SourceOn, before.SourceOn, said.SourceOn)
	if said.ReplacedBy != before.ReplacedBy {
		now.ReplacedBy = said.ReplacedBy
	}
	return now
}

// audienceOf are the audiences of Aides-territoires, folded, and the structures they name.
// One that is not here may be anybody.
var audienceOf = map[string][]string{
	"communes": {"commune"}, "commune": {"commune"}, "intercommunalites / pays": {"epci"}, "epci a fiscalite propre": {"epci"}, "departements": {"department"}, "departement": {"department"}, "regions": {"region"}, "region": {"region"},
	"etablissements publics dont services de l'etat": {"public_body", "state"}, "etablissement public dont services de l'etat": {"public_body", "state"}, "associations": {"association", "federation"}, "association": {"association", "federation"},
	"entreprises privees": {"company", "self_employed"}, "entreprise privee": {"company", "self_employed"}, "particuliers": {"person"}, "particulier": {"person"}, "agriculteurs": {"farmer"}, "agriculteur": {"farmer"}, "recherche": {"researcher"},
}

// opens is the rule that the audiences of a new scheme of Aides-territoires make, when all
// of them are known: a scheme for communes only is not proposed to a company.
func opens(e harvest.Entry) []eligible.Criterion {
	var structures []string
	for _, one := range e.Audiences {
		named := audienceOf[text.Fold(one)]
		if named == nil {
			return nil
		}
		structures = append(structures, named...)
	}
	if len(structures) == 0 {
		return nil
	}
	slices.Sort(structures)
	c, err := eligible.Of(eligible.Line{Fact: "structure", Test: eligible.OneOf, Values: slices.Compact(structures)})
	if err != nil {
		return nil // more than a rule may hold: nearly everybody
	}
	return []eligible.Criterion{c}
}
