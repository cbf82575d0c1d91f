package worlds_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// kinds says where the objects are found that routes name in On, by kind.
var kinds = map[string]string{
	"agency": `select id from agencies`, "programme": `select id from programmes`, "edition": `select id from editions`, "call": `select id from calls`,
	"application": `select id from applications`, "organisation": `select id from organisations`, "journey": `select id from journeys`,
	"board": `select id from boards`, "selection": `select id from selections`, "seat": `select id from committee_members`,
	"project": `select id from projects`,
	"mail":    `select id from mails`, "batch": `select distinct batch_id from mails where batch_id <> ''`,
}

// parts says where the things are found that a further wildcard names, by wildcard:
// its identifier and that of the object it is in ("" for any).
var parts = map[string]string{
	"file": `select id || ' ' || application_id from attachments`, "attachment": `select id || ' ' || application_id from attachments`,
	"comment": `select id || ' ' || application_id from application_comments`, "person": `select id || ' ' from people`,
	"number": `select number || ' ' || application_id from receipts`, "upload": `select id || ' ' || application_id from uploads`,
	"document": `select id || ' ' || call_id from call_documents`, "question": `select id || ' ' || call_id from questions`,
	"view": `select id || ' ' || call_id from saved_views`, "stage": `select id || ' ' || edition_id from stages`,
	"login": `select id || ' ' from logins`, "invitation": `select id || ' ' from invitations`, "label": `select id || ' ' || call_id from labels`,
	"correction": `select id || ' ' || application_id from corrections`, "variant": `select id || ' ' || application_id from answer_variants`,
	"seat": `select id || ' ' || selection_id from committee_members`, "member": `select id || ' ' || selection_id from committee_members`, "recusal": `select id || ' ' || selection_id from recusals`,
	"title": `select id || ' ' || selection_id from applications where selection_id is not null`, "run": `select id || ' ' || selection_id from assignment_runs`, "opposition": `select id || ' ' || application_id from oppositions`,
	"picture":   `select digest || ' ' || board_id from board_pictures`,
	"entry":     `select id || ' ' || project_id from roadmap_entries`,
	"enclosure": `select e.id || ' ' || v.application_id from review_enclosures e join reviews v on v.id = e.review_id`,
	"relation":  `select id || ' ' from relations`, "address": `select email || ' ' from addresses`,
}

// constant are the values of wildcards that no table holds.
var constant = map[string][]string{"part": {"summary", "project", "size"}, "section": {"text", "dates", "legal"}, "name": {"receipt"}, "role": {"lead"}, "key": {programme.Shipped()[0].Key}, "token": {"nothing"}}

// known is every identifier of a world, by kind and by wildcard.
type known map[string][]string

func (w *world) known() known {
	k := known{}
	for name, query := range kinds {
		k[name] = w.column(query)
		slices.Sort(k[name])
	}
	for name, query := range parts {
		k["{"+name+"}"] = w.column(query)
		slices.Sort(k["{"+name+"}"])
	}
	return k
}

// beyond is what k has and other has not: the identifiers of the secret itself.
func (k known) beyond(other known) known {
	out := known{}
	for name, list := range k {
		for _, id := range list {
			if !slices.Contains(other[name], id) {
				out[name] = append(out[name], id)
			}
		}
	}
	return out
}

var wildcard = regexp.MustCompile(`\{([a-z_]+)\}`)

// addresses are those of a route over objects: each object with what is in it. Only
// those that name something of must are kept, unless must is nil.
func addresses(route ui.Route, all, must known) (list []string) {
	_, pattern, _ := strings.Cut(route.Pattern, " ")
	pattern = strings.TrimSuffix(pattern, "{$}")
	names := wildcard.FindAllStringSubmatch(pattern, -1)
	if len(names) == 0 {
		if must == nil {
			list = append(list, pattern)
		}
		return list
	}
	owner := names[0][1]
	for _, name := range names {
		if name[1] == "id" || name[1] == route.On {
			owner = name[1]
		}
	}
	values := func(k known, name string) []string {
		if name == owner && k[route.On] != nil {
			return k[route.On]
		}
		if name == "id" && route.On == "" {
			return slices.Concat(slices.Collect(maps.Values(map[string][]string{"o": k["organisation"]}))...)
		}
		return k["{"+name+"}"]
	}
	fill := func(address, name, value string) string {
		value, _, _ = strings.Cut(value, " ")
		return strings.Replace(address, "{"+name+"}", value, 1)
	}
	for _, id := range slices.Concat(values(all, owner), constant[owner]) {
		address := fill(pattern, owner, id)
		if len(names) == 1 {
			if must == nil || slices.Contains(values(must, owner), id) {
				list = append(list, address)
			}
			continue
		}
		inner := names[0][1]
		if inner == owner {
			inner = names[1][1]
		}
		for _, part := range slices.Concat(values(all, inner), constant[inner]) {
			_, in, _ := strings.Cut(part, " ")
			named := must != nil && (slices.Contains(values(must, owner), id) || slices.Contains(values(must, inner), part))
			if must == nil && (in == "" || in == id) || named {
				list = append(list, fill(address, inner, part))
			}
		}
	}
	return list
}
