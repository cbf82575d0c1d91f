package committee

import (
	"slices"
	"strings"
	"unicode"

	"transformateur/internal/account"
	"transformateur/internal/platform/text"
)

// House is an organisation as the detection knows it.
type House struct {
	ID                account.OrganisationID
	Name              string
	Former            []string
	SIRET, RNA        string
	Domain            string
	Successor, Parent account.OrganisationID
}

// Houses is the directory of organisations, with what links them.
type Houses struct {
	byID   map[account.OrganisationID]House
	before map[account.OrganisationID][]account.OrganisationID // those that it continues
	byNo   map[string][]account.OrganisationID
	byName map[string][]account.OrganisationID
	lines  map[account.OrganisationID]map[account.OrganisationID]bool
}

// NewHouses makes a directory.
func NewHouses(list []House) *Houses {
	h := &Houses{map[account.OrganisationID]House{}, map[account.OrganisationID][]account.OrganisationID{}, map[string][]account.OrganisationID{}, map[string][]account.OrganisationID{},
		map[account.OrganisationID]map[account.OrganisationID]bool{}}
	for _, one := range list {
		h.byID[one.ID] = one
		if one.Successor != "" {
			h.before[one.Successor] = append(h.before[one.Successor], one.ID)
		}
		for _, number := range []string{legalUnit(one.SIRET), one.RNA} {
			if number != "" {
				h.byNo[number] = append(h.byNo[number], one.ID)
			}
		}
		for _, name := range append([]string{one.Name}, one.Former...) {
			if key := fold(name); key != "" && !slices.Contains(h.byName[key], one.ID) {
				h.byName[key] = append(h.byName[key], one.ID)
			}
		}
	}
	return h
}

// legalUnit is what two establishments of one body share: the SIREN, the first nine
// digits of a SIRET (code de commerce, article R123-221). An RNA stays as it is.
func legalUnit(number string) string {
	number = strings.ToUpper(strings.Join(strings.Fields(number), ""))
	if len(number) == 14 && strings.Trim(number, "0123456789") == "" {
		return number[:9]
	}
	return number
}

// fold is a name as it is compared: no case, accents, punctuation or spaces of its own.
func fold(name string) string {
	return strings.Join(strings.FieldsFunc(text.Fold(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// Name is what an organisation is called now.
func (h *Houses) Name(id account.OrganisationID) string { return h.byID[id].Name }

// Domain is that of its mail addresses, "" when it is not known.
func (h *Houses) Domain(id account.OrganisationID) string { return h.byID[id].Domain }

// Find lists the organisations that have one of the numbers or names, present or former.
func (h *Houses) Find(numbers, names []string) (list []account.OrganisationID) {
	add := func(ids []account.OrganisationID) {
		for _, id := range ids {
			if !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	for _, number := range numbers {
		add(h.byNo[legalUnit(number)])
	}
	for _, name := range names {
		add(h.byName[fold(name)])
	}
	return list
}

// Numbered says whether an organisation is of the legal unit of one of the numbers.
func (h *Houses) Numbered(id account.OrganisationID, numbers []string) bool {
	one, known := h.byID[id]
	return known && slices.ContainsFunc(numbers, func(n string) bool {
		unit := legalUnit(n)
		return unit != "" && (unit == legalUnit(one.SIRET) || unit == one.RNA)
	})
}

// Named says whether an organisation has, or had, one of the names.
func (h *Houses) Named(id account.OrganisationID, names []string) bool {
	one, known := h.byID[id]
	return known && slices.ContainsFunc(names, func(name string) bool {
		key := fold(name)
		return key != "" && slices.ContainsFunc(append([]string{one.Name}, one.Former...), func(had string) bool { return fold(had) == key })
	})
}

// Related says whether a conflict with one organisation is a conflict with the other:
// they are one body, one continues the other, or is part of it, step after step. Two
// bodies that merely share a parent are not related.
func (h *Houses) Related(a, b account.OrganisationID) bool {
	if a == "" || b == "" {
		return false
	}
	one, other := h.byID[a], h.byID[b]
	unit := legalUnit(one.SIRET)
	return a == b || unit != "" && unit == legalUnit(other.SIRET) || h.line(a)[b] || h.line(b)[a]
}

// line is an organisation with all it continues, is continued by, or is part of, as
// account.Lineage has it.
func (h *Houses) line(of account.OrganisationID) map[account.OrganisationID]bool {
	if known := h.lines[of]; known != nil {
		return known
	}
	line, next := map[account.OrganisationID]bool{of: true}, []account.OrganisationID{of}
	for len(next) > 0 {
		one := h.byID[next[0]]
		next = next[1:]
		for _, id := range append([]account.OrganisationID{one.Successor, one.Parent}, h.before[one.ID]...) {
			if id != "" && !line[id] {
				line[id], next = true, append(next, id)
			}
		}
	}
	h.lines[of] = line
	return line
}
