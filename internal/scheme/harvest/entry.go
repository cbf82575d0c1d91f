package harvest

import (
	"cmp"
	"html"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// Targets are the fields that a column may become. Nothing else of a catalogue can be
// written by a list: not whether a scheme is published, its rules or who checked it.
var Targets = []string{"number", "name", "provider", "purpose", "instruments", "tags", "amounts", "max_amount", "rate", "audience", "territory", "expenses", "conditions", "calendar",
	"valid_from", "valid_to", "link", "source_url", "source_on", "licence", "replaced_by"}

// Mapping says, for each column, the target it becomes, or "" for one that is left out.
type Mapping []string

// Check tells what is wrong with a mapping of some columns. The paths are "c.0", "c.1"…,
// or "" for what is missing.
func (m Mapping) Check(columns int) (bad []errs.Field) {
	if len(m) != columns {
		return []errs.Field{{Key: "harvest.mapping_wrong"}}
	}
	for i, target := range m {
		if target != "" && !slices.Contains(Targets, target) {
			bad = append(bad, errs.Field{Path: "c." + strconv.Itoa(i), Key: "harvest.target_unknown"})
		}
	}
	for target, key := range map[string]string{"number": "harvest.number_unmapped", "name": "harvest.name_unmapped"} {
		if !slices.Contains(m, target) {
			bad = append(bad, errs.Field{Key: key})
		}
	}
	slices.SortFunc(bad, func(a, b errs.Field) int {
		return cmp.Or(strings.Compare(b.Path, a.Path), strings.Compare(a.Key, b.Key))
	})
	return bad
}

// usual are the names of columns that say what they are, folded: those of the fields of
// Aides-territoires, of aides-entreprises.fr, and the words that people write.
var usual = map[string]string{
	"id": "number", "@id": "number", "identifiant": "number", "numero": "number", "number": "number", "reference": "number", "code": "number", "id_aid": "number", "@numero": "number", "iddispositif": "number",
	"name": "name", "nom": "name", "titre": "name", "intitule": "name", "title": "name", "libelle": "name", "aid_nom": "name", "nom de l'aide": "name", "nom du dispositif": "name", "dispositif": "name",
	"financers": "provider", "organisme": "provider", "organisme/nom": "provider", "financeur": "provider", "financeurs": "provider", "porteur": "provider", "provider": "provider",
	"description": "purpose", "objet": "purpose", "resume": "purpose", "purpose": "purpose", "aid_objet": "purpose", "presentation": "purpose",
	"aid_types": "instruments", "type": "instruments", "types": "instruments", "nature": "instruments", "type d'aide": "instruments", "nature de l'aide": "instruments",
	"categories": "tags", "mots-cles": "tags", "mots cles": "tags", "themes": "tags", "theme": "tags", "domaine": "tags", "domaines": "tags", "tags": "tags",
	"subvention_comment": "amounts", "montant": "amounts", "montants": "amounts", "amounts": "amounts", "aid_montant": "amounts", "modalites": "amounts",
	"montant maximal": "max_amount", "montant maximum": "max_amount", "plafond": "max_amount", "max_amount": "max_amount", "loan_amount": "max_amount", "recoverable_advance_amount": "max_amount",
	"subvention_rate_upper_bound": "rate", "taux": "rate", "taux maximal": "rate", "taux maximum": "rate", "rate": "rate",
	"targeted_audiences": "audience", "beneficiaires": "audience", "beneficiaire": "audience", "public": "audience", "audience": "audience", "aid_benef": "audience",
	"perimeter": "territory", "territoire": "territory", "perimetre": "territory", "territory": "territory", "couverture": "territory", "zone": "territory",
	"destinations": "expenses", "depenses": "expenses", "depenses eligibles": "expenses", "expenses": "expenses", "aid_operations_el": "expenses",
	"eligibility": "conditions", "conditions": "conditions", "criteres": "conditions", "aid_conditions": "conditions", "eligibilite": "conditions",
	"recurrence": "calendar", "calendrier": "calendar", "calendar": "calendar",
	"start_date": "valid_from", "date de debut": "valid_from", "debut": "valid_from", "ouverture": "valid_from", "valid_from": "valid_from",
	"submission_deadline": "valid_to", "date de fin": "valid_to", "fin": "valid_to", "date_fin": "valid_to", "cloture": "valid_to", "date limite": "valid_to", "echeance": "valid_to", "valid_to": "valid_to",
	"application_url": "link", "origin_url": "link", "lien": "link", "lien de la demarche": "link", "demarche": "link", "link": "link",
	"url": "source_url", "adresse": "source_url", "source_url": "source_url", "page": "source_url",
	"date_updated": "source_on", "mise a jour": "source_on", "date de mise a jour": "source_on", "derniere mise a jour": "source_on", "horodatage": "source_on", "source_on": "source_on",
	"import_share_licence": "licence", "licence": "licence",
	"remplace par": "replaced_by", "remplacepar": "replaced_by", "replaced_by": "replaced_by",
}

// Propose ties the columns whose names say what they are. A number, dates, amounts and
// licences come from one column; links and texts may come from several.
func Propose(heads []string) Mapping {
	m := make(Mapping, len(heads))
	for i, head := range heads {
		target := usual[text.Fold(head)]
		if slices.Contains(m, target) && !slices.Contains([]string{"link", "purpose", "conditions", "tags", "amounts", "max_amount"}, target) {
			continue
		}
		m[i] = target
	}
	return m
}

// Problem is a value of a row that was not taken as it stands.
type Problem struct {
	Target string `json:"target"`
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"` // as it was written, cut
}

// Entry is a scheme as a list says it, in plain text. Amounts are cents, rates percent;
// days are written "2026-01-31".
type Entry struct {
	Number, Name, Provider, Purpose                     string
	Instruments, Tags                                   []string
	Amounts                                             string
	MaxAmount, Rate                                     int64
	Audience, Territory, Expenses, Conditions, Calendar string
	ValidFrom, ValidTo, Link, SourceURL, SourceOn       string
	Licence                                             string
	Replaced                                            string // the number of the scheme of the same list that replaces it
	Audiences                                           []string
	Problems                                            []Problem
}

// The bounds of an entry, in characters: those of the sheet of a scheme.
const (
	maxName   = 200
	maxLine   = 500
	maxText   = 6000
	maxTags   = 30
	maxTag    = 60
	maxNumber = 100
	maxCents  = 1_000_000_000_00
)

// Entry reads a row. Values that cannot be read are left out and told as problems.
func (m Mapping) Entry(r Row) (e Entry) {
	for i, target := range m {
		if i < len(r.Cells) && target != "" && strings.TrimSpace(r.Cells[i]) != "" {
			e.put(target, r.Cells[i])
		}
	}
	e.Name, e.Provider, e.Territory = e.short("name", e.Name, maxName), e.short("provider", e.Provider, maxLine), e.short("territory", e.Territory, maxLine)
	e.Licence = e.short("licence", e.Licence, maxLine)
	for target, into := range map[string]*string{"purpose": &e.Purpose, "amounts": &e.Amounts, "audience": &e.Audience, "expenses": &e.Expenses, "conditions": &e.Conditions, "calendar": &e.Calendar} {
		*into = e.short(target, *into, maxText)
	}
	if e.ValidFrom != "" && e.ValidTo != "" && e.ValidTo < e.ValidFrom {
		e.wrong("valid_from", "harvest.days_order", e.ValidFrom)
		e.ValidFrom = ""
	}
	slices.SortStableFunc(e.Problems, func(a, b Problem) int { return slices.Index(Targets, a.Target) - slices.Index(Targets, b.Target) })
	return e
}

func (e *Entry) wrong(target, key, value string) {
	if runes := []rune(line(value)); len(runes) > 80 {
		value = string(runes[:79]) + "…"
	}
	e.Problems = append(e.Problems, Problem{target, key, line(value)})
}

// put adds a cell to a target.
func (e *Entry) put(target, cell string) {
	said := plain(cell)
	lines := map[string]*string{"provider": &e.Provider, "territory": &e.Territory}
	texts := map[string]*string{"purpose": &e.Purpose, "amounts": &e.Amounts, "audience": &e.Audience, "expenses": &e.Expenses, "conditions": &e.Conditions, "calendar": &e.Calendar}
	days := map[string]*string{"valid_from": &e.ValidFrom, "valid_to": &e.ValidTo, "source_on": &e.SourceOn}
	links := map[string]*string{"link": &e.Link, "source_url": &e.SourceURL}
	first := map[string]*string{"name": &e.Name, "licence": &e.Licence}
	switch {
	case lines[target] != nil:
		join(lines[target], strings.Join(parts(said), ", "), ", ")
	case texts[target] != nil:
		if target == "audience" {
			e.Audiences = append(e.Audiences, parts(said)...)
		}
		join(texts[target], said, "\n\n")
	case first[target] != nil:
		if *first[target] == "" {
			*first[target] = line(said)
		}
	case days[target] != nil:
		e.day(target, days[target], said)
	case links[target] != nil:
		e.address(target, links[target], strings.TrimSpace(cell))
	default:
		e.value(target, line(said), parts(said))
	}
}

// value reads the targets that are neither a text nor a day.
func (e *Entry) value(target, said string, list []string) {
	switch target {
	case "number", "replaced_by":
		if utf8.RuneCountInString(said) > maxNumber {
			e.wrong(target, "harvest.number_long", said)
		} else if target == "number" && e.Number == "" {
			e.Number = said
		} else if target == "replaced_by" {
			e.Replaced = said
		}
	case "max_amount":
		n, read := amount(said)
		if cents := math.Round(n * 100); !read || cents < 0 || cents > maxCents {
			e.wrong(target, "harvest.amount_unread", said)
		} else {
			e.MaxAmount = max(e.MaxAmount, int64(cents))
		}
	case "rate":
		if n, read := amount(said); !read || n < 0 || n > 100 {
			e.wrong(target, "harvest.rate_unread", said)
		} else {
			e.Rate = int64(n)
		}
	case "instruments":
		for _, one := range list {
			if is := instrument(one); !slices.Contains(e.Instruments, is) {
				e.Instruments = append(e.Instruments, is)
			}
		}
	case "tags":
		for _, one := range list {
			if i := strings.LastIndexAny(one, "|/"); i >= 0 { // "Theme|category"
				one = line(one[i+1:])
			}
			if one != "" && utf8.RuneCountInString(one) <= maxTag && !slices.Contains(e.Tags, one) && len(e.Tags) < maxTags {
				e.Tags = append(e.Tags, one)
			}
		}
	}
}

// plain gives the words of a cell that may be HTML.
func plain(cell string) string {
	said := text.Unmark(cell)
	if strings.Contains(said, "&") {
		said = text.Clean(html.UnescapeString(said))
	}
	return strings.TrimSpace(said)
}

// parts are the elements of a list: its lines, or what semicolons part.
func parts(said string) (list []string) {
	for _, one := range strings.FieldsFunc(said, func(r rune) bool { return r == '\n' || r == ';' }) {
		if one = strings.TrimPrefix(line(one), "- "); one != "" {
			list = append(list, one)
		}
	}
	return list
}

func join(into *string, said, by string) {
	if *into != "" && said != "" {
		said = *into + by + said
	}
	if said != "" {
		*into = said
	}
}

// short cuts a text at a bound, and says so.
func (e *Entry) short(target, said string, most int) string {
	runes := []rune(said)
	if len(runes) <= most {
		return said
	}
	e.wrong(target, "harvest.text_cut", "")
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}

// layouts are the ways in which lists write days.
var layouts = []string{time.DateOnly, "02/01/2006", "2/1/2006", "02-01-2006", "02.01.2006", "20060102"}

func (e *Entry) day(target string, into *string, said string) {
	said = line(said)
	if len(said) > 10 && (said[10] == 'T' || said[10] == ' ') {
		said = said[:10] // an instant: its day, as it was written
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, said); err == nil && at.Year() >= 1990 && at.Year() <= 2100 {
			if *into == "" {
				*into = at.Format(time.DateOnly)
			}
			return
		}
	}
	e.wrong(target, "harvest.day_unread", said)
}

// address takes the first page of the web that a target is given.
func (e *Entry) address(target string, into *string, said string) {
	if *into != "" {
		return
	}
	u, err := url.Parse(said)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(said) > 2000 {
		e.wrong(target, "harvest.link_unread", said)
		return
	}
	*into = said
}

var digits = regexp.MustCompile(`^\d+(\.\d+)?$`)

// amount reads "12 000,50 €", "12.5" or "80 %".
func amount(said string) (float64, bool) {
	said = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "€", "", "%", "", "euros", "", "EUR", "", ",", ".").Replace(said)
	if !digits.MatchString(said) || len(said) > 15 {
		return 0, false
	}
	n, err := strconv.ParseFloat(said, 64)
	return n, err == nil
}

// instruments are words of lists, folded, and what they give.
var instruments = []struct{ word, is string }{
	{"avance", "advance"}, {"pret", "loan"}, {"emprunt", "loan"}, {"subvention", "grant"}, {"don", "grant"}, {"ingenierie", "engineering"}, {"formation", "training"}, {"diagnostic", "diagnosis"},
	{"conseil", "consulting"}, {"accompagnement", "consulting"}, {"reseau", "network"},
}

func instrument(said string) string {
	folded := text.Fold(said)
	for _, one := range instruments {
		if strings.HasPrefix(folded, one.word) || strings.Contains(folded, " "+one.word) {
			return one.is
		}
	}
	return "other"
}
