package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"transformateur/internal/demo"
	"transformateur/internal/form"
)

// pen writes the answers of one project. Everything but the project is fictitious.
type pen struct {
	project demo.Project
	rng     *rand.Rand
	number  int    // of the project among all
	bearer  string // name of the person who carries it
	at      time.Time
}

// answers fills every question of a form that a complete file answers, files apart.
func (p *pen) answers(f *form.Form) (map[string]any, error) {
	out := map[string]any{}
	for _, field := range f.Fields() {
		raw := p.answer(field)
		if raw == nil {
			continue
		}
		text, err := json.Marshal(raw)
		if err != nil {
			return nil, fmt.Errorf("write the answer to %s: %w", field.ID, err)
		}
		value, bad := field.Decode(text)
		if len(bad) > 0 {
			return nil, fmt.Errorf("the answer to %s of %s: %v", field.ID, p.project.Name, bad)
		}
		out[field.ID] = value
	}
	return out, nil
}

// answer is the raw answer to a question, nil for none.
func (p *pen) answer(f *form.Field) any {
	switch f.Type {
	case "longtext":
		if !p.asked(f.ID) || sentences[f.ID] == nil {
			return nil
		}
		return p.write(f.ID, within(f.Settings.MaxChars, f.Settings.MaxLines))
	case "text":
		return p.line(f.ID)
	case "yesno":
		return p.truth(f.ID)
	case "number", "money":
		return p.count(f)
	case "choice", "scale":
		return p.pick(f)
	case "choices", "ranking", "commitments":
		return p.several(f)
	case "assessment":
		return p.assess(f)
	case "budget":
		return p.budget()
	}
	return p.object(f)
}

// asked says whether a question that depends on another is asked of this project.
func (p *pen) asked(id string) bool {
	switch id {
	case "clients":
		return p.profile() == "provider"
	case "participation_how":
		return p.truth("participates")
	case "participation_plan":
		return !p.truth("participates")
	case "legal":
		return p.truth("personal_data")
	case "data_sets":
		return p.truth("has_data")
	}
	return true
}

func (p *pen) line(id string) any {
	switch id {
	case "name":
		return p.project.Name
	case "budget_line":
		if p.truth("cofunding") {
			return "Programme 999 – ligne fictive"
		}
	}
	return nil
}

// truth answers by yes or no, always the same for a project.
func (p *pen) truth(id string) bool {
	switch id {
	case "agreement", "same_admin":
		return true
	case "cofunding":
		return p.number%6 == 5
	case "personal_data":
		return p.number%3 == 0
	case "has_data":
		return strings.HasPrefix(p.project.Theme, "Données") || strings.HasPrefix(p.project.Theme, "IA")
	case "participates":
		return p.number%2 == 0
	}
	return p.number%3 != 1 // has_budget
}

func (p *pen) count(f *form.Field) any {
	switch f.ID {
	case "size":
		return 1 + p.number%3
	case "cost":
		return 6_000_000 + 1_000_000*(p.number%5) // cents
	case "members":
		if p.profile() != "advisor" {
			return nil
		}
		return 74
	case "staff":
		return 12 + p.rng.IntN(140)
	}
	return 8 + p.rng.IntN(60)
}

func (p *pen) profile() string {
	switch {
	case strings.Contains(p.project.Kind, "tête de réseau"), strings.Contains(p.project.Kind, "fédération"):
		return "advisor"
	case strings.Contains(p.project.Kind, "institut"):
		return "provider"
	}
	return "self"
}

func (p *pen) pick(f *form.Field) any {
	if f.ID == "profile" {
		return p.profile()
	}
	if f.ID == "family" {
		switch theme := p.project.Theme; {
		case strings.Contains(theme, "réseau"):
			return "network"
		case strings.Contains(theme, "Outils"):
			return "technical"
		case strings.Contains(theme, "Dialogue"), strings.Contains(theme, "image"):
			return "expression"
		case strings.Contains(theme, "Participation"), strings.Contains(theme, "Incubation"):
			return "management"
		}
		return "culture"
	}
	return f.Settings.Options[p.rng.IntN(len(f.Settings.Options))].ID
}

func (p *pen) several(f *form.Field) any {
	var ids []string
	for _, o := range f.Settings.Options {
		ids = append(ids, o.ID)
	}
	if f.Type == "commitments" {
		for _, s := range f.Settings.Statements {
			if !s.Optional || p.number%2 == 0 {
				ids = append(ids, s.ID)
			}
		}
		return ids
	}
	p.rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:min(len(ids), max(f.Settings.MinPicks, 2+p.rng.IntN(2)))]
}

var remarks = []string{"À discuter avec les équipes.", "Un premier essai est encourageant.", "Nous manquons encore de recul.", ""}

func (p *pen) assess(f *form.Field) any {
	out := map[string]any{}
	for i, d := range f.Settings.Dimensions {
		one := map[string]any{"score": 1 + p.rng.IntN(4)}
		if (p.number+i)%11 == 10 {
			one = map[string]any{"unknown": true}
		}
		if remark := remarks[p.rng.IntN(len(remarks))]; remark != "" {
			one["comment"] = remark
		}
		out[d.ID] = one
	}
	return out
}

// budget balances, with 60 % of public funds.
func (p *pen) budget() any {
	if !p.truth("has_budget") {
		return nil
	}
	total := int64(24_000+6_000*(p.number%6)) * 100
	line := func(category, label string, percent int64) any {
		return map[string]any{"category": category, "label": label, "amount": json.Number(cents(total * percent / 100))}
	}
	return map[string]any{
		"expenses": []any{line("staff", "Temps de l’équipe", 55), line("services", "Animation et appui", 25), line("equipment", "Tablettes et licences", 15), line("other_costs", "Déplacements", 5)},
		"income":   []any{line("own", "Autofinancement", 30), line("region", "Aide régionale (fictive)", 40), line("state", "État (fictif)", 20), line("private", "Fondation (fictive)", 10)},
	}
}

func cents(n int64) string { return fmt.Sprintf("%d", n) }

// object answers the questions whose answer has parts.
func (p *pen) object(f *form.Field) any {
	switch f.Type {
	case "organisation":
		if f.ID == "administrative" {
			return nil
		}
		return map[string]any{"kind": "siret", "id": siret(p.number), "name": p.project.Organisation + " (numéro SIRET fictif)"}
	case "address":
		return map[string]any{"street": fmt.Sprintf("%d, rue de l’Exemple", 1+p.number), "postcode": place(p.project.Region).postcode, "city": place(p.project.Region).city}
	case "territory":
		return []string{place(p.project.Region).territory}
	case "contact":
		return p.contact(f.ID)
	case "team":
		return p.team()
	case "repeat":
		return p.rows(f)
	case "milestones":
		return []any{p.milestone("Observation sur le terrain", 30, 60, "Trois situations décrites"), p.milestone("Premier essai", 70, 130, "Une version essayée par dix personnes"), p.milestone("Bilan", 140, 170, "Décision de continuer, de changer ou d’arrêter")}
	case "period":
		return map[string]any{"from": p.day(75), "to": p.day(75 + 240 + 10*(p.number%5))}
	case "link":
		return "https://projet.exemple.invalid/" + fmt.Sprint(p.number)
	}
	return nil
}

func (p *pen) day(after int) string { return p.at.AddDate(0, 0, after).Format(time.DateOnly) }

func (p *pen) milestone(label string, from, to int, result string) any {
	return map[string]any{"label": label, "from": p.day(from), "to": p.day(to), "result": result}
}

func (p *pen) contact(id string) any {
	contacts := map[string]struct{ name, function string }{
		"bearer": {p.bearer, "Pilotage du défi"}, "leader": {p.bearer, "Pilotage du projet"},
		"mentor": {name(p.number*5 + 41), "Direction du service"}, "hr": {name(p.number*5 + 42), "Ressources humaines"},
	}
	c := contacts[id]
	return map[string]any{"name": c.name, "function": c.function, "organisation": p.project.Organisation,
		"email": fmt.Sprintf("%s.%d@demonstration.invalid", id, p.number), "phone": fmt.Sprintf("019900%04d", p.number*10+len(id))}
}

var functions = []string{"Cheffe de projet", "Référent métier", "Ergonome", "Responsable informatique", "Représentante du personnel"}

func (p *pen) team() any {
	var rows []any
	for i := range 2 + p.number%3 {
		rows = append(rows, map[string]any{"name": name(p.number*5 + 50 + i), "function": functions[i], "share": []int{30, 15, 10, 10, 5}[i], "contribution": "Suivi du projet et lien avec les équipes."})
	}
	return rows
}

func (p *pen) rows(f *form.Field) any {
	if f.ID == "partners" {
		return []any{map[string]any{"name": "Une association d’usagers (fictive)", "role": "Relit et essaie", "state": "agreed"}, map[string]any{"name": "Un organisme de formation (fictif)", "role": "Accompagne les équipes", "state": "planned"}}
	}
	skills := []string{"design", "development", "data", "product"}
	var rows []any
	for i := range 1 + p.number%3 {
		mission := p.write("mission", within(600, 0))
		rows = append(rows, map[string]any{"skill": skills[(p.number+i)%len(skills)], "mission": mission})
	}
	return rows
}

type spot struct{ territory, postcode, city string }

var spots = map[string]spot{
	"Bretagne": {"region:53", "35000", "Rennes"}, "Île-de-France": {"region:11", "75012", "Paris"}, "Pays de la Loire": {"region:52", "44000", "Nantes"},
	"Grand Est": {"region:44", "54000", "Nancy"}, "Bourgogne-Franche-Comté": {"region:27", "21000", "Dijon"}, "Auvergne-Rhône-Alpes": {"region:84", "69003", "Lyon"},
	"Occitanie": {"region:76", "31000", "Toulouse"}, "Normandie": {"region:28", "76000", "Rouen"},
}

func place(region string) spot {
	if s, ok := spots[region]; ok {
		return s
	}
	return spots["Île-de-France"]
}

// siret makes a number whose key is right (Luhn) in a range that no company was given.
func siret(n int) string {
	digits := fmt.Sprintf("9990%04d", n)
	digits += key(digits) // the SIREN has a key of its own
	digits += "0001"
	return digits + key(digits)
}

// key is the last digit that makes a number satisfy the Luhn formula (ISO/IEC 7812-1).
func key(digits string) string {
	sum := 0
	for i, c := range slices.Backward([]byte(digits)) {
		d := int(c - '0')
		if (len(digits)-1-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return fmt.Sprint((10 - sum%10) % 10)
}

var firstNames = []string{"Inès", "Karim", "Louise", "Samuel", "Fatou", "Hugo", "Mina", "Paul", "Salomé", "Idriss", "Jeanne", "Tuan", "Élise", "Mathis", "Zoé", "Rayan", "Agathe", "Noé", "Lina", "Victor", "Aminata", "Basile", "Chloé", "Éric"}

var trees = []string{"Bouleau", "Châtaignier", "Cognassier", "Cyprès", "Églantier", "Figuier", "Fusain", "Genêt", "Hêtre", "Laurier", "Lilas", "Marronnier", "Mélèze", "Mûrier", "Néflier", "Noyer", "Olivier", "Orme", "Peuplier", "Platane", "Prunier", "Pommier", "Rosier", "Séquoia", "Sureau", "Tamaris", "Troène"}

// name makes up a person: every family name of the demonstration is that of a tree.
func name(n int) string {
	return firstNames[n%len(firstNames)] + " " + trees[(n*7+3)%len(trees)]
}
