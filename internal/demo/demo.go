// Package demo is what the demonstration is made of: real projects, and the fictitious people that one may be.
package demo

import (
	_ "embed"
	"encoding/json"
	"fmt"
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

// ofNormandie is how many of the projects, the first ones, apply to the regional call:
// those about work and digital tools, from the Transformateur and its neighbours.
const ofNormandie = 9

// Projects reads the real projects: those that apply to the regional call, and those
// that apply to the national one.
func Projects() (regional, national []Project, err error) {
	var all []Project
	if err := json.Unmarshal(projects, &all); err != nil {
		return nil, nil, fmt.Errorf("read the projects of the demonstration: %w", err)
	}
	return all[:ofNormandie], all[ofNormandie:], nil
}

// Role is somebody that a newcomer may be. Its words are the message keys
// "demo.role_<key>" and "demo.role_<key>_help".
type Role struct {
	Key   string
	Name  string
	Group string // "programme", "applicant" or "platform": the message key "demo.group_<group>"
	Start string // the page on which she begins
}

// Email is the address of the person; the domain cannot exist (RFC 2606).
func (r Role) Email() string { return r.Key + "@demonstration.invalid" }

// The addresses of the two calls.
const (
	RegionalCall = "normandie-2018"
	NationalCall = "interet-general"
)

// Roles lists the people that a newcomer may be, in the order in which they are offered.
var Roles = []Role{
	{"lead", "Nadia Tilleul", "programme", "/calls/" + RegionalCall + "/manage"},
	{"region", "Marc Noisetier", "programme", "/editions/normandie-2018"},
	{"communications", "Awa Sorbier", "programme", "/editions/normandie-2018"},
	{"national-lead", "Camille Charme", "programme", "/calls/" + NationalCall + "/manage"},
	{"officer", "Bilal Cormier", "programme", "/calls/" + NationalCall + "/files"},
	{"owner", "Inès Merisier", "applicant", "/applications"},
	{"coauthor", "Yann Alisier", "applicant", "/applications"},
	{"signatory", "Solange Cèdre", "applicant", "/applications"},
	{"helper", "Théo Aulne", "applicant", "/applications"},
	{"reader", "Maud Saule", "applicant", "/applications"},
	{"corrected", "Farah Érable", "applicant", "/applications"},
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
