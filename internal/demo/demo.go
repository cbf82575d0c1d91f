// Package demo is what the demonstration is made of: real projects, and the fictitious people that one may be.
package demo

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

// Project is a real project, as public pages describe it.
type Project struct {
	Name         string `json:"name"`
	Organisation string `json:"bearer_organisation"`
	Kind         string `json:"organisation_type"`
	Theme        string `json:"theme"`
	Edition      string `json:"edition"`
	Region       string `json:"region"`
	Pitch        string `json:"pitch_fr"`
	Source       string `json:"source"` // where it was described
}

//go:embed projects.json
var projects []byte

// ofFirst and ofSecond name the projects that apply to the two calls of Normandie: those
// about work and digital tools. Some of them apply to the national call too.
var (
	ofFirst = []string{"Lab' Cnam Paris", "Numérique et autonomie des intervenantes", "Aides à domicile connectées", "Dial-IA – dialoguer sur l'intelligence artificielle", "Sous le bonnet", "Les Instants numériques", "La Fabrique",
		"Delibia", "Assistance rédactionnelle", "Preci", "Stratégie data et IA", "ProxiRH", "Alphabet"}
	ofSecond = []string{"Campus numérique des coopératives d'activité et d'emploi", "Archifiltre", "Télégestion au SSIAD de Ker Joseph", "Signaux Faibles", "Social Connect", "Open Collectivités", "Vers l'école pour tous", "Catalogage BnF", "Machine à données"}
	// Those of two earlier editions of Normandie: the first is over, the second is in its months of support.
	ofFinished  = []string{"Lab Santé", "Plume", "Ma famille ici", "SEDAccord", "LexImpact", "App 112", "Vigicr'UX", "Karfu'R"}
	ofSupported = []string{"CapQualif", "France Transition", "CoachÉlèves", "Parcours de soin en Occitanie", "Résorption bidonvilles", "ExploCode"}
	// Those that partners bring to the two days, beside the projects of the call.
	ofPartners = []string{"Recrues", "RembourSanté", "Sequoia IGN", "Atlas Culture", "IA Cantines", "Charte des usages éthiques de l'IA et de la donnée"}
)

// ofNormandie is how many of the projects, the first ones, come from the Transformateur
// and its neighbours: the others apply to the national call.
const ofNormandie = 9

// Applying are the projects by the call to which they apply, and those that partners bring
// to the gathering of the first one.
type Applying struct{ First, Second, National, Partners, Finished, Supported []Project }

// Projects reads the real projects.
func Projects() (a Applying, err error) {
	var all []Project
	if err := json.Unmarshal(projects, &all); err != nil {
		return a, fmt.Errorf("read the projects of the demonstration: %w", err)
	}
	a.National = all[ofNormandie:]
	for _, call := range []struct {
		names []string
		list  *[]Project
	}{{ofFirst, &a.First}, {ofSecond, &a.Second}, {ofPartners, &a.Partners}, {ofFinished, &a.Finished}, {ofSupported, &a.Supported}} {
		for _, name := range call.names {
			at := slices.IndexFunc(all, func(p Project) bool { return p.Name == name })
			if at < 0 {
				return a, fmt.Errorf("no project of the demonstration is called %q", name)
			}
			*call.list = append(*call.list, all[at])
		}
	}
	return a, nil
}

// Role is somebody that a newcomer may be. Its words are the message keys
// "demo.role_<key>" and "demo.role_<key>_help".
type Role struct {
	Key   string
	Name  string
	Group string // "programme", "committee", "applicant", "gathering" or "platform": the message key "demo.group_<group>"
	Start string // the page on which she begins
}

// Email is the address of the person; the domain cannot exist (RFC 2606).
func (r Role) Email() string { return r.Key + "@demonstration.invalid" }

// The addresses of the calls: that of the edition of 2018, whose projects were chosen; that
// of the second edition, which is open; the national one, whose files are being checked;
// that of an edition which is over, and that of one in its months of support.
const (
	RegionalCall = "normandie-2018"
	OpenCall     = "normandie-2"
	NationalCall = "interet-general"

	FinishedCall  = "caen-premiere-promotion"
	SupportedCall = "rouen-printemps"
)

// Roles lists the people that a newcomer may be, in the order in which they are offered.
var Roles = []Role{
	{"lead", "Nadia Tilleul", "programme", "/calls/" + OpenCall + "/manage"},
	{"region", "Marc Noisetier", "programme", "/editions/" + OpenCall},
	{"communications", "Awa Sorbier", "programme", "/editions/" + OpenCall},
	{"national-lead", "Camille Charme", "programme", "/calls/" + NationalCall + "/manage"},
	{"officer", "Bilal Cormier", "programme", "/calls/" + NationalCall + "/files"},
	{"chair", "Paule Charmille", "committee", "/reviews"},
	{"secretary", "Colette Fusain", "committee", "/reviews"},
	{"member", "Jeanne Aubépine", "committee", "/reviews"},
	{"recused", "Hugo Sureau", "committee", "/reviews"},
	{"consulted", "Irène Genêt", "committee", "/opinions"},
	{"owner", "Inès Merisier", "applicant", "/applications"},
	{"coauthor", "Yann Alisier", "applicant", "/applications"},
	{"signatory", "Solange Cèdre", "applicant", "/applications"},
	{"helper", "Théo Aulne", "applicant", "/applications"},
	{"reader", "Maud Saule", "applicant", "/applications"},
	{"corrected", "Farah Érable", "applicant", "/applications"},
	{"retained", "Sacha Olivier", "applicant", "/applications"},
	{"carrier", "Karim Châtaignier", "applicant", "/"},
	{"supported", "Aïcha Pommier", "applicant", "/"},
	{"refused", "Nora Prunier", "applicant", "/applications"},
	{"facilitator", "Ambre Mélèze", "gathering", "/"},
	{"sponsor", "Léon Noyer", "gathering", "/"},
	{"expert", "Maya Figuier", "gathering", "/"},
	{"partner", "Élise Bruyère", "gathering", "/"},
	{"admin", "Odile Frêne", "platform", "/"},
	{"dpo", "Lucien Houx", "platform", "/journal"},
	{"auditor", "Rose Genévrier", "platform", "/journal"},
}

// Find finds a role by its key.
func Find(key string) (Role, bool) {
	for _, r := range Roles {
		if r.Key == key {
			return r, true
		}
	}
	return Role{}, false
}
