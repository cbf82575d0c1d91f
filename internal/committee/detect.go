package committee

import (
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
)

// CauseKind is why a file is closed to a member; its words are under "committee.cause_…".
type CauseKind string

// The causes that the program finds.
const (
	OwnFile          CauseKind = "own_file"          // she deposits it
	InTeam           CauseKind = "in_team"           // she is in its team
	WasInTeam        CauseKind = "was_in_team"       // she was
	SameOrganisation CauseKind = "same_organisation" // her organisation, or the one it continues or is part of, bears it
	PastOrganisation CauseKind = "past_organisation" // one she belonged to bears it
	Colleague        CauseKind = "colleague"         // somebody of its team belongs, or belonged, to her organisation
	SameDomain       CauseKind = "same_domain"       // mail addresses of the same domain
	CoApplicant      CauseKind = "co_applicant"      // she bears another file of the call with somebody of its team
	Competitor       CauseKind = "competitor"        // she has a file of her own in the call
	Supported        CauseKind = "supported"         // she sponsored or supported its bearer
	Opposed          CauseKind = "opposed"           // its team asked that she, or her organisation, does not read it
)

// The causes that a member declares.
const (
	Employment    CauseKind = "employment"
	Family        CauseKind = "family"
	Financial     CauseKind = "financial"
	Collaboration CauseKind = "collaboration"
	PastTeam      CauseKind = "past_team"
	OtherCause    CauseKind = "other" // in her words
)

// Declarable lists what a member may declare, in the order it is offered.
var Declarable = []CauseKind{Employment, Family, Financial, Collaboration, PastTeam, OtherCause}

// CollaborationYears is how far back a collaboration is to be declared: the three years
// of the code of conduct of the experts of the European Commission.
const CollaborationYears = 3

// Cause is one reason to step aside. Detail says which organisation, domain or words.
type Cause struct {
	Kind   CauseKind
	Detail string
}

// Stay is a place in an organisation, present or past.
type Stay struct {
	House account.OrganisationID
	Past  bool
}

// Sitter is what is known of somebody who sits, or may.
type Sitter struct {
	Person  account.PersonID // "" when nobody is known yet under the address
	Name    string
	For     account.OrganisationID // that she sits for
	Stays   []Stay
	Domains []string // of all her addresses
}

// Mate is somebody of a file's team.
type Mate struct {
	Person  account.PersonID
	Role    string
	Past    bool
	Stays   []Stay
	Domains []string
}

// Bearer is who stands behind a file: its team, and what its answers say of organisations.
type Bearer struct {
	File     application.ID
	Numbers  []string // SIRET or RNA of the answers
	Names    []string // of organisations, in the answers
	Domains  []string // of the addresses in the answers
	Team     []Mate
	Opposed  []Opposition
	Patrons  []account.PersonID       // who supported it
	Sponsors []account.OrganisationID // which organisations did
}

// Opposition is what a team asked: that an organisation, or somebody by her name, does not read.
type Opposition struct {
	ID           string
	House        account.OrganisationID // "" when the name is not of the directory
	Name, Reason string
}

// detector compares those who sit with those who bear files.
type detector struct {
	houses  *Houses
	bearers []Bearer
}

// Detect finds every cause that closes a file to somebody, once each, in a constant order.
func (d detector) Detect(s Sitter, b Bearer) []Cause {
	var found []Cause
	add := func(kind CauseKind, detail string) {
		if c := (Cause{kind, detail}); !slices.Contains(found, c) {
			found = append(found, c)
		}
	}
	d.team(s, b, add)
	d.organisations(s, b, add)
	for _, domain := range d.shared(s, b) {
		add(SameDomain, domain)
	}
	for _, o := range b.Opposed {
		if d.opposes(o, s) {
			add(Opposed, strings.TrimSpace(o.Name+"\n"+o.Reason))
		}
	}
	if s.Person != "" && slices.Contains(b.Patrons, s.Person) {
		add(Supported, "")
	}
	for _, house := range b.Sponsors {
		for _, stay := range s.all() {
			if !stay.Past && d.houses.Related(stay.House, house) {
				add(Supported, d.houses.Name(house))
			}
		}
	}
	return found
}

// all are the organisations of who sits: the one she sits for is present.
func (s Sitter) all() []Stay {
	if s.For == "" {
		return s.Stays
	}
	return append([]Stay{{s.For, false}}, s.Stays...)
}

// team finds her in the team, beside somebody of it elsewhere, or against it.
func (d detector) team(s Sitter, b Bearer, add func(CauseKind, string)) {
	if s.Person == "" {
		return
	}
	mine := false
	for _, m := range b.Team {
		switch {
		case m.Person != s.Person:
		case m.Past:
			add(WasInTeam, "")
		case m.Role == "owner" || m.Role == "signatory":
			mine = true
			add(OwnFile, "")
		default:
			mine = true
			add(InTeam, "")
		}
	}
	for _, other := range d.bearers {
		if other.File == b.File || !other.has(s.Person) {
			continue
		}
		if slices.ContainsFunc(b.Team, func(m Mate) bool { return m.Person != s.Person && other.has(m.Person) }) {
			add(CoApplicant, "")
		}
		if !mine {
			add(Competitor, "")
		}
	}
}

// has says whether somebody bears the file now.
func (b Bearer) has(person account.PersonID) bool {
	return slices.ContainsFunc(b.Team, func(m Mate) bool {
		return m.Person == person && !m.Past && m.Role != "reader" && m.Role != "helper"
	})
}

// organisations compares hers with the bearer's, and with those of its team.
func (d detector) organisations(s Sitter, b Bearer, add func(CauseKind, string)) {
	bearing := d.houses.Find(b.Numbers, b.Names)
	for _, stay := range s.all() {
		kind := SameOrganisation
		if stay.Past {
			kind = PastOrganisation
		}
		if d.houses.Numbered(stay.House, b.Numbers) || d.houses.Named(stay.House, b.Names) {
			add(kind, d.houses.Name(stay.House))
		} else if i := slices.IndexFunc(bearing, func(house account.OrganisationID) bool { return d.houses.Related(stay.House, house) }); i >= 0 {
			add(kind, d.houses.Name(bearing[i]))
		}
		for _, m := range b.Team {
			for _, theirs := range m.Stays {
				if m.Person != s.Person && !(stay.Past && theirs.Past) && d.houses.Related(stay.House, theirs.House) {
					add(Colleague, d.houses.Name(theirs.House))
				}
			}
		}
	}
}

// opposes says whether an opposition is about who sits.
func (d detector) opposes(o Opposition, s Sitter) bool {
	if fold(o.Name) != "" && fold(o.Name) == fold(s.Name) {
		return true
	}
	for _, stay := range s.all() {
		if stay.Past {
			continue
		}
		if o.House != "" && d.houses.Related(stay.House, o.House) || d.houses.Named(stay.House, []string{o.Name}) {
			return true
		}
	}
	return false
}

// shared are the domains that both write from, but for those that give addresses to anybody.
func (d detector) shared(s Sitter, b Bearer) (list []string) {
	theirs := slices.Clone(b.Domains)
	for _, house := range d.houses.Find(b.Numbers, b.Names) {
		theirs = append(theirs, d.houses.Domain(house))
	}
	for _, m := range b.Team {
		if m.Person != s.Person || s.Person == "" {
			theirs = append(theirs, m.Domains...)
		}
	}
	for _, domain := range s.Domains {
		if domain != "" && !account.PublicProvider(domain) && slices.Contains(theirs, domain) && !slices.Contains(list, domain) {
			list = append(list, domain)
		}
	}
	slices.Sort(list)
	return list
}
