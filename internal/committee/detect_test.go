package committee

import (
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
)

// The directory of the table: a region with an agency that was merged into another, two
// establishments of a company, and two bodies that merely share a parent.
var directoryOfTests = []House{
	{ID: "region", Name: "Région Normandie", SIRET: "20005340300017", Domain: "normandie.example"},
	{ID: "agency", Name: "Agence de développement pour la Normandie", Former: []string{"Mission Calvados développement"}, Parent: "region"},
	{ID: "older", Name: "Agence du Calvados", Successor: "agency"},
	{ID: "oldest", Name: "Comité du Calvados", Successor: "older"},
	{ID: "labour", Name: "Direction du travail", Parent: "region"},
	{ID: "works", Name: "Ateliers Lebrun", SIRET: "73282932000074"},
	{ID: "branch", Name: "Ateliers Lebrun Rouen", SIRET: "73282932000082"},
	{ID: "club", Name: "Club du numérique", RNA: "W142000001"},
}

func TestDetect(t *testing.T) {
	mine := func(ids ...string) (list []Stay) {
		for _, id := range ids {
			past := strings.HasPrefix(id, "past ")
			list = append(list, Stay{account.OrganisationID(strings.TrimPrefix(id, "past ")), past})
		}
		return list
	}
	owner := Mate{Person: "owner", Role: "owner"}
	with := func(m ...Mate) Bearer { return Bearer{File: "file", Team: append([]Mate{owner}, m...)} }
	for name, c := range map[string]struct {
		who    Sitter
		file   Bearer
		others []Bearer
		want   []CauseKind
	}{
		"nothing in common":                                        {Sitter{Person: "ana", For: "club"}, Bearer{Numbers: []string{"20005340300017"}, Team: []Mate{owner}}, nil, nil},
		"her organisation bears it, by its SIRET":                  {Sitter{For: "region"}, Bearer{Numbers: []string{"200 053 403 00017"}}, nil, []CauseKind{SameOrganisation}},
		"another establishment of her company":                     {Sitter{For: "works"}, Bearer{Numbers: []string{"73282932000082"}}, nil, []CauseKind{SameOrganisation}},
		"an establishment that the directory does not know":        {Sitter{For: "works"}, Bearer{Numbers: []string{"73282932000090"}}, nil, []CauseKind{SameOrganisation}},
		"her association, by its RNA":                              {Sitter{For: "club"}, Bearer{Numbers: []string{"w142000001"}}, nil, []CauseKind{SameOrganisation}},
		"her organisation, by its name without accents":            {Sitter{For: "region"}, Bearer{Names: []string{"REGION  NORMANDIE"}}, nil, []CauseKind{SameOrganisation}},
		"her organisation, by a former name":                       {Sitter{For: "agency"}, Bearer{Names: []string{"Mission Calvados-développement"}}, nil, []CauseKind{SameOrganisation}},
		"one that hers continues, two steps back":                  {Sitter{For: "agency"}, Bearer{Names: []string{"Comité du Calvados"}}, nil, []CauseKind{SameOrganisation}},
		"one that continues hers":                                  {Sitter{For: "older"}, Bearer{Names: []string{"Agence de développement pour la Normandie"}}, nil, []CauseKind{SameOrganisation}},
		"the parent of hers":                                       {Sitter{For: "agency"}, Bearer{Numbers: []string{"20005340300017"}}, nil, []CauseKind{SameOrganisation}},
		"a part of hers":                                           {Sitter{For: "region"}, Bearer{Names: []string{"Direction du travail"}}, nil, []CauseKind{SameOrganisation}},
		"two bodies that share a parent":                           {Sitter{For: "labour"}, Bearer{Names: []string{"Agence de développement pour la Normandie"}}, nil, nil},
		"one that she left":                                        {Sitter{Person: "ana", Stays: mine("past works")}, Bearer{Numbers: []string{"73282932000074"}}, nil, []CauseKind{PastOrganisation}},
		"one that she belongs to, besides the one she sits for":    {Sitter{Person: "ana", For: "club", Stays: mine("works")}, Bearer{Numbers: []string{"73282932000074"}}, nil, []CauseKind{SameOrganisation}},
		"a colleague in the team":                                  {Sitter{Person: "ana", For: "club"}, with(Mate{Person: "bob", Role: "editor", Stays: mine("club")}), nil, []CauseKind{Colleague}},
		"somebody of the team who left her organisation":           {Sitter{Person: "ana", For: "club"}, with(Mate{Person: "bob", Role: "editor", Stays: mine("past club")}), nil, []CauseKind{Colleague}},
		"somebody who left the team and is of her organisation":    {Sitter{Person: "ana", For: "club"}, with(Mate{Person: "bob", Past: true, Stays: mine("club")}), nil, []CauseKind{Colleague}},
		"an organisation that both left":                           {Sitter{Person: "ana", Stays: mine("past club")}, with(Mate{Person: "bob", Stays: mine("past club")}), nil, nil},
		"addresses of one domain":                                  {Sitter{Person: "ana", Domains: []string{"maree.example"}}, with(Mate{Person: "bob", Domains: []string{"maree.example"}}), nil, []CauseKind{SameDomain}},
		"addresses of a provider":                                  {Sitter{Person: "ana", Domains: []string{"orange.fr", "gmail.com"}}, with(Mate{Person: "bob", Domains: []string{"gmail.com", "orange.fr"}}), nil, nil},
		"the domain of an address in the answers":                  {Sitter{Domains: []string{"maree.example"}}, Bearer{Domains: []string{"maree.example"}}, nil, []CauseKind{SameDomain}},
		"the domain of the organisation that bears it":             {Sitter{Domains: []string{"normandie.example"}}, Bearer{Names: []string{"Région Normandie"}}, nil, []CauseKind{SameDomain}},
		"her own file":                                             {Sitter{Person: "owner"}, with(), nil, []CauseKind{OwnFile}},
		"the file that she signs":                                  {Sitter{Person: "ana"}, with(Mate{Person: "ana", Role: "signatory"}), nil, []CauseKind{OwnFile}},
		"in its team":                                              {Sitter{Person: "ana"}, with(Mate{Person: "ana", Role: "reader"}), nil, []CauseKind{InTeam}},
		"once in its team":                                         {Sitter{Person: "ana"}, with(Mate{Person: "ana", Role: "editor", Past: true}), nil, []CauseKind{WasInTeam}},
		"with the same person on another file of the call":         {Sitter{Person: "ana"}, with(), []Bearer{{File: "other", Team: []Mate{{Person: "ana", Role: "editor"}, owner}}}, []CauseKind{CoApplicant, Competitor}},
		"with a file of her own in the call":                       {Sitter{Person: "ana"}, with(), []Bearer{{File: "other", Team: []Mate{{Person: "ana", Role: "owner"}}}}, []CauseKind{Competitor}},
		"having read, or helped with, another file of the call":    {Sitter{Person: "ana"}, with(), []Bearer{{File: "other", Team: []Mate{{Person: "ana", Role: "helper"}, {Person: "ana", Role: "reader"}}}}, nil},
		"having left another file of the call":                     {Sitter{Person: "ana"}, with(), []Bearer{{File: "other", Team: []Mate{{Person: "ana", Role: "owner", Past: true}}}}, nil},
		"she supported its bearer":                                 {Sitter{Person: "ana"}, Bearer{Patrons: []account.PersonID{"ana"}}, nil, []CauseKind{Supported}},
		"her organisation supported its bearer":                    {Sitter{For: "agency"}, Bearer{Sponsors: []account.OrganisationID{"region"}}, nil, []CauseKind{Supported}},
		"its team asks that her organisation does not read":        {Sitter{For: "agency"}, Bearer{Opposed: []Opposition{{House: "region", Name: "Région Normandie"}}}, nil, []CauseKind{Opposed}},
		"its team asks that she does not read":                     {Sitter{Name: "Élise Guérin"}, Bearer{Opposed: []Opposition{{Name: "elise guerin"}}}, nil, []CauseKind{Opposed}},
		"its team asks that another organisation does not":         {Sitter{For: "club", Name: "Ana"}, Bearer{Opposed: []Opposition{{House: "region", Name: "Région Normandie"}}}, nil, nil},
		"its team names an organisation that nobody knows":         {Sitter{For: "club", Name: ""}, Bearer{Opposed: []Opposition{{Name: "!!!"}}}, nil, nil},
		"nobody is known under the address":                        {Sitter{}, Bearer{Team: []Mate{{Person: ""}}}, nil, nil},
		"the same link found by its number, its name and its team": {Sitter{Person: "ana", For: "club"}, Bearer{Numbers: []string{"W142000001"}, Names: []string{"Club du numérique"}, Team: []Mate{{Person: "bob", Stays: mine("club")}}}, nil, []CauseKind{SameOrganisation, Colleague}},
	} {
		t.Run(name, func(t *testing.T) {
			d := detector{NewHouses(directoryOfTests), append(c.others, c.file)}
			if c.file.File == "" {
				c.file.File = "file"
				d.bearers[len(d.bearers)-1].File = "file"
			}
			var got []CauseKind
			for _, cause := range d.Detect(c.who, c.file) {
				got = append(got, cause.Kind)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

// A directory whose lines turn in a circle, as no form lets one be written, ends.
func TestALineThatTurnsEnds(t *testing.T) {
	h := NewHouses([]House{{ID: "a", Successor: "b"}, {ID: "b", Successor: "a", Parent: "b"}})
	if !h.Related("a", "b") || h.Related("a", "c") || h.Related("", "") {
		t.Error("the line of a circle is not its members")
	}
}
