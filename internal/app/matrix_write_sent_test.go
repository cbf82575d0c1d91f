package app

import (
	"net/url"
	"strings"

	"transformateur/internal/web/ui"
)

const (
	laterDay  = "2027-05-03" // a day after the present of the matrix
	laterTime = "2027-05-03T12:00"
	siteLink  = "https://example.org/page"
	longWords = "Une raison que d’autres comprendront"
)

// sent are the values that the forms of single routes want, by field, beside what a page
// fills in and what typical gives: a day, a sum, one of a few words. A name that ends with
// a star stands for the fields of the form that begin so.
var sent = map[string]map[string]string{
	"POST /editions/{id}/rights":                   {"funder": "Région", "first": "2027-03-06", "last": "2027-12-01", "minutes": "600", "ceiling": "21", "day": "7", "price": "500", "notice": "48", "missed": "consume", "subjects": "droit"},
	"POST /editions/{id}/rights/{fund}/edit":       {"funder": "Région", "first": "2027-03-06", "last": "2027-12-01", "ceiling": "21", "day": "7", "price": "500", "notice": "48", "missed": "consume", "subjects": "droit"},
	"POST /programmes/{id}/experts":                {"capacity": "10", "rate": "500", "from": "2027-03-01", "until": laterDay, "languages": "fr", "subjects": "droit", "organisation": "", "partner": "", "territory": ""},
	"POST /programmes/{id}/experts/{expert}":       {"capacity": "10", "rate": "500", "from": "2027-03-01", "until": laterDay, "languages": "fr", "subjects": "droit", "organisation": "", "partner": "", "territory": ""},
	"POST /editions/{id}/surveys":                  {"kind": "half", "base": "2027-03-06", "title": "Enquête"},
	"POST /editions/{id}/showcase":                 {"video_label": "Film", "video_url": siteLink},
	"POST /programmes/{id}/resources/new":          {"kind": "guide", "language": "fr", "licence": "etalab-2.0", "link": siteLink, "author": "Ana", "about": "Un guide"},
	"POST /editions/{id}/themes":                   {"theme": "", "name": "Rythme", "meaning": "Ce qui est dit du rythme", "name.": "Rythme"},
	"POST /projects/{id}/roadmap":                  {"kind": "action", "starts": "", "due": laterDay, "state": "todo", "after": "", "carrier": ""},
	"POST /projects/{id}/roadmap/{entry}":          {"kind": "action", "starts": "", "due": laterDay, "state": "todo", "after": "", "carrier": ""},
	"POST /projects/{id}/visits":                   {"day": "2027-03-05", "how": "place", "place": "Caen", "met": "Ana", "shared": "Vu"},
	"POST /projects/{id}/outcome":                  {"state": "goes", "day": "2027-03-05", "people": "", "jobs": "", "handed": ""},
	"POST /gatherings/{id}/conduct/announcements":  {"text": "Le repas est servi", "until": ""},
	"POST /editions/{id}/gatherings/new":           {"starts_on": laterDay, "ends_on": "2027-05-04", "zone": "Europe/Paris"},
	"POST /gatherings/{id}/people":                 {"role": "facilitator", "project": ""},
	"POST /editions/{id}/stages/new":               {"opens": laterTime, "closes": "2027-05-04T12:00", "target": "", "kind": "call"},
	"POST /editions/{id}/stages/{stage}":           {"opens": laterTime, "closes": "2027-05-04T12:00", "target": ""},
	"POST /calls/{id}/approvals/export":            {"reason": longWords},
	"POST /calls/{id}/approvals/deletion":          {"reason": longWords},
	"POST /selections/{id}/committee/{member}/end": {"reason": longWords},
	"POST /selections/{id}/register/{recusal}":     {"reason": longWords},
	"POST /applications/{id}/opposition":           {"reason": longWords, "name": "Ana"},
	"POST /selections/{id}/settings":               {"readers": "3", "target": "12", "reviews_due_at": "2027-11-01T12:00", "deliberation_at": "2027-11-20T12:00", "deliberates_at": "2027-11-20T12:00"},
	"POST /calls/{id}/selections/new":              {"readers": "3", "target": "12", "reviews_due_at": "2027-11-01T12:00", "deliberation_at": "2027-11-20T12:00", "deliberates_at": "2027-11-20T12:00"},
	"POST /decisions/{id}/announcement":            {"confirm_by": laterTime, "appeal_months": "2"},
	"POST /seats/{id}/commit":                      {"commit": "yes"},
	"POST /opinions/{id}/accept":                   {"commit": "yes"},
	"POST /opinions/{id}/decline":                  {"reason": "time"},
	"POST /account/data/erasure":                   {"confirm": "yes"},
	"POST /account/tokens":                         {"scopes": "applications:read", "within": "", "expires": laterDay},
	"POST /editions/{id}/webhooks":                 {"url": siteLink, "kinds": "application.submitted"},
	"POST /programmes/{id}/webhooks":               {"url": siteLink, "kinds": "application.submitted"},
	"POST /projects/{id}/sheet":                    {"links": "", "website": "", "urls": "", "video": ""},
	"POST /editions/{id}/projects/new":             {"people": "", "title": "Projet"},
	"POST /organisations":                          {"siret": "", "rna": "", "domain": "", "kind": "company", "successor": "", "parent": "", "name": "Maison neuve", "function": ""},
	"POST /editions/{id}/news":                     {"first": "2027-04-05", "last": "2027-12-06", "weeks": "4"},
	"POST /editions/{id}/news/questions":           {"version": "0", "count": "0", "type.0": "choice", "label.0": "Où en êtes-vous ?", "options.0": "Loin\nPrès"},
	"POST /projects/{id}/gates":                    {"name": "Prototype", "day": laterDay},
	"POST /projects/{id}/gates/{gate}":             {"decision": "on", "reasons": longWords, "learnt": "", "kept": "", "thanks": "", "next": ""},
	"POST /privacy/calendar":                       {"rule": "mails", "days": "200", "why": longWords},
	"POST /privacy/programmes/{programme}":         {"rule": "projects", "days": "800", "why": longWords},
	"POST /organisations/{id}":                     {"siret": "", "rna": "", "domain": "", "kind": "company", "successor": "", "parent": "", "name": "Maison neuve", "function": ""},
}

// send puts the values of a route in the form of its page.
func send(route ui.Route, form url.Values) {
	for name, value := range sent[route.Pattern] {
		start, many := strings.CutSuffix(name, "*")
		if !many {
			form.Set(name, value)
			continue
		}
		for field := range form {
			if strings.HasPrefix(field, start) && field != "version" {
				form.Set(field, value)
			}
		}
	}
}
