package report_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
)

// asked is a form with one question of each kind that a report tells.
const asked = `{"version":1,"steps":[{"id":"s","title":{"fr":"Projet","en":"Project"},"fields":[
 {"id":"family","type":"choice","label":{"fr":"Famille","en":"Family"},"settings":{"options":[{"id":"tech","label":{"fr":"Technique","en":"Technical"}},{"id":"culture","label":{"fr":"Culture","en":"Culture"}}],"other":true}},
 {"id":"risks","type":"choices","label":{"fr":"Risques","en":"Risks"},"settings":{"options":[{"id":"a","label":{"fr":"A","en":"A"}},{"id":"b","label":{"fr":"B","en":"B"}}]}},
 {"id":"where","type":"territory","label":{"fr":"Territoire","en":"Territory"},"settings":{"max_picks":5}},
 {"id":"six","type":"assessment","label":{"fr":"Dimensions","en":"Dimensions"},"settings":{"dimensions":[{"id":"u","label":{"fr":"Utilité","en":"Use"},"question":{"fr":"?","en":"?"}}]}}]}]}`

// grown is an edition drawn at random over a year, and what was drawn, added up as it was:
// nothing in it is read from the database.
type grown struct {
	*gatheringtest.World
	rnd     *rand.Rand
	want    map[string]int64
	seen    map[string]map[string]bool // distinct people and projects, by figure
	day     gathering.ID
	serial  int
	later   time.Time
	scheme  string
	persons []string
}

func (g *grown) exec(query string, args ...any) {
	g.T.Helper()
	g.Must(g.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}))
}

func (g *grown) id(word string) string {
	g.serial++
	return fmt.Sprintf("%s%04d", word, g.serial)
}

func (g *grown) one(list ...string) string { return list[g.rnd.IntN(len(list))] }

func (g *grown) luck(percent int) bool { return g.rnd.IntN(100) < percent }

// once counts something once, however often it is met.
func (g *grown) once(key, what string) {
	if g.seen[key] == nil {
		g.seen[key] = map[string]bool{}
	}
	if !g.seen[key][what] {
		g.seen[key][what] = true
		g.want[key]++
	}
}

// grow draws an edition of about as many projects as asked.
func grow(tb testing.TB, d *db.DB, seed uint64, projects int) *grown {
	g := &grown{World: gatheringtest.New(tb, d), rnd: rand.New(rand.NewPCG(seed, 1)), want: map[string]int64{}, seen: map[string]map[string]bool{}}
	g.OpenCall("bilan", asked)
	g.day = g.Open()
	g.later = g.Clock.Now().AddDate(1, 0, 0)
	for i := range 12 {
		id := fmt.Sprintf("person%02d", i)
		g.Person(id)
		g.persons = append(g.persons, id)
	}
	// Figures that stand whatever is drawn.
	g.want["calls"] = 2
	for _, key := range []string{"opened", "drafts", "deposited", "withdrawn", "admissible", "inadmissible", "unjudged", "projects", "left", "item_lock", "item_need", "item_action", "item_contribution", "item_idea",
		"sponsors", "sponsored", "requests", "served", "held", "meeting", "helpers", "oriented", "brought", "publishable", "agreed", "promises", "promised_to", "heard", "unheard", "learnt", "surveys", "texts", "quotable", "unquotable", "sorted", "unsorted"} {
		g.want[key] += 0
	}
	g.selection()
	var chosen []string
	for range projects * 3 {
		if id := g.file(); id != "" {
			chosen = append(chosen, id)
		}
	}
	var carried []string
	for i := range projects {
		file := ""
		if i < len(chosen) {
			file = chosen[i]
		}
		carried = append(carried, g.carried(file))
	}
	g.days(carried)
	g.months(carried)
	g.after(carried)
	g.Clock.Set(g.later)
	return g
}

// file draws an application, and gives it back when it was deposited and stands.
func (g *grown) file() string {
	id, status := g.id("file"), g.one("draft", "submitted", "submitted", "submitted", "submitted", "withdrawn")
	g.exec(`insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at, submitted_at) values ($1, 'bilan', $2, $1, $3, 1, 'ana', $4, $4, $5)`,
		id, g.serial, status, g.Clock.Now(), map[bool]any{true: nil, false: g.Clock.Now()}[status == "draft"])
	g.want["opened"]++
	if status == "draft" {
		g.want["drafts"]++
		return ""
	}
	g.want["deposited"]++
	answers := map[string]any{}
	facet := func(field, value string) {
		g.exec(`insert into application_facets (application_id, field, value) values ($1, $2, $3)`, id, field, value)
	}
	stands := status == "submitted"
	if g.luck(90) {
		family := g.one("tech", "culture", "culture", "other")
		facet("family", family)
		if stands {
			g.want["answer:bilan:family:"+family]++
			g.want["answered:bilan:family"]++
		}
	}
	for _, risk := range []string{"a", "b"} {
		if g.luck(50) {
			facet("risks", risk)
			if stands {
				g.want["answer:bilan:risks:"+risk]++
			}
		}
	}
	// Caen and the Calvados are in Normandie, Rennes is not.
	for place, codes := range map[string][2]string{"commune:14118": {"28", "14"}, "departement:14": {"28", "14"}, "commune:35238": {"53", "35"}, "region:28": {"28", ""}} {
		if !g.luck(40) {
			continue
		}
		facet("where", place)
		if stands {
			g.once("place:bilan:where:region:"+codes[0], id)
			if codes[1] != "" {
				g.once("place:bilan:where:departement:"+codes[1], id)
			}
		}
	}
	if score := int64(g.rnd.IntN(5)); g.luck(80) {
		answers["six"] = map[string]any{"u": map[string]any{"score": score}}
		if stands {
			g.want["scored:bilan:six:u"]++
			g.want["sum six"] += score
		}
	}
	content, err := json.Marshal(answers)
	g.Must(err)
	g.exec(`insert into submissions (id, application_id, seq, kind, at, submitted_by, form_revision, title, content, files, receipt) values ($1, $2, 1, 'deposit', $3, 'ana', 1, $2, $4, '[]', $5)`, g.id("sent"), id, g.Clock.Now(), string(content), g.serial)
	if !stands {
		g.want["withdrawn"]++
		return ""
	}
	g.want["applicants:bilan"]++
	verdict := g.one("admissible", "admissible", "admissible", "inadmissible", "")
	if verdict == "" {
		g.want["unjudged"]++
		return ""
	}
	g.exec(`insert into admissibility (application_id, verdict, reason, decided_by, decided_at, version) values ($1, $2, '', 'lead', $3, 1)`, id, verdict, g.Clock.Now())
	if g.want[verdict]++; verdict == "inadmissible" {
		return ""
	}
	return g.decided(id)
}

func (g *grown) selection() {
	g.exec(`insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, confidentiality_fr, confidentiality_en, version, created_at, created_by) values ('tour', 'bilan', 1, 'Premier tour', 'First round', 'announced', '', '', false, false, 3, '', '', 1, $1, 'lead')`, g.Clock.Now())
	for i := range 6 {
		role := "member"
		if i == 5 {
			role = "secretary" // does not count
		}
		g.exec(`insert into committee_members (id, selection_id, person_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, confidentiality, declared_at, reason, version) values ($1, 'tour', $2, '', $2, $3, 'sitting', '[]', '', 0, 0, 'lead', $4, '', $4, '', 1)`,
			fmt.Sprintf("member%d", i), fmt.Sprintf("person%02d", i), role, g.Clock.Now())
	}
	g.want["members:tour"], g.want["organisations:tour"] = 5, 0
	for _, key := range []string{"read_files", "readings", "recusals", "waived", "opinions", "decided", "retained", "promoted", "reserve", "refused", "more", "places", "confirmed", "gave_up", "open"} {
		g.want[key+":tour"] += 0
	}
}

// decided draws what a committee makes of a file, and gives it back when it has its place.
func (g *grown) decided(file string) string {
	for i := range 5 {
		member := fmt.Sprintf("member%d", i)
		switch {
		case g.luck(8):
			status := g.one("standing", "standing", "waived")
			g.exec(`insert into recusals (id, selection_id, application_id, member_id, status, found_at, declared_by, waived_by, waiver_reason, version) values ($1, 'tour', $2, $3, $4, $5, '', '', '', 1)`, g.id("recusal"), file, member, status, g.Clock.Now())
			g.want[map[string]string{"standing": "recusals:tour", "waived": "waived:tour"}[status]]++
		case g.luck(60):
			status := g.one("submitted", "submitted", "started")
			g.exec(`insert into reviews (id, selection_id, application_id, member_id, alias, status, revision, started_at, updated_at, return_reason, version) values ($1, 'tour', $2, $3, $1, $4, 1, $5, $5, '', 1)`, g.id("review"), file, member, status, g.Clock.Now())
			if status == "submitted" {
				g.want["readings:tour"]++
				g.once("read_files:tour", file)
			}
		}
	}
	outcome := g.one("retain", "retain", "pair", "reserve", "refuse", "more")
	promoted, place := outcome == "reserve" && g.luck(40), g.one("confirmed", "confirmed", "gave_up", "open")
	at := func(is bool) any {
		if is {
			return g.Clock.Now()
		}
		return nil
	}
	kept := outcome == "retain" || outcome == "pair" || promoted
	g.exec(`insert into decisions (id, selection_id, application_id, outcome, reason, wording, comments, decided_by, decided_at, announced_at, confirmed_at, confirmed_by, gave_up_at, gave_up_by, gave_up_reason, promoted_at, version) values ($1, 'tour', $2, $3, '', '', '[]', 'lead', $4, $4, $5, '', $6, '', '', $7, 1)`,
		g.id("decision"), file, outcome, g.Clock.Now(), at(kept && place == "confirmed"), at(kept && place == "gave_up"), at(promoted))
	g.want["decided:tour"]++
	switch {
	case promoted:
		g.want["promoted:tour"]++
	default:
		g.want[map[string]string{"retain": "retained", "pair": "retained", "reserve": "reserve", "refuse": "refused", "more": "more"}[outcome]+":tour"]++
	}
	if !kept {
		return ""
	}
	g.want["places:tour"]++
	g.want[place+":tour"]++
	if place != "confirmed" {
		return ""
	}
	return file
}

// carried draws a project, with what boards and schemes know of it.
func (g *grown) carried(file string) string {
	id, status := g.id("project"), g.one("active", "active", "active", "active", "left")
	var from any
	if file != "" {
		from = file
	}
	g.exec(`insert into projects (id, edition_id, application_id, title, summary, status, version, created_at, created_by, updated_at) values ($1, 'edition', $2, $1, '', $3, 1, $4, 'lead', $4)`, id, from, status, g.Clock.Now())
	g.want["projects"]++
	if status == "left" {
		g.want["left"]++
	}
	for _, kind := range []string{"lock", "need", "action", "contribution", "idea"} {
		for range g.rnd.IntN(4) {
			state := g.one("standing", "standing", "withdrawn")
			g.item(id, kind, kind, state, `{}`)
			if state == "standing" {
				g.want["item_"+kind]++
			}
		}
	}
	if g.luck(70) {
		together, after := int64(1+g.rnd.IntN(5)), int64(1+g.rnd.IntN(5))
		body := fmt.Sprintf(`{"moments":[{"vote":"alone","median":1,"most":5},{"vote":"together","median":%d,"most":5}]}`, together)
		g.want["dimension:Utilité"]++
		g.want["sum before"] += together
		if g.luck(60) {
			body = fmt.Sprintf(`{"moments":[{"vote":"together","median":%d,"most":5},{"vote":"after","median":%d,"most":5}]}`, together, after)
			g.want["twice:Utilité"]++
			g.want["sum first"] += together
			g.want["sum after"] += after
		}
		g.item(id, "dimension", "Utilité", "standing", body)
	}
	if structure := g.one("company", "association"); g.luck(80) {
		g.exec(`insert into project_facts (project_id, fact, value, reference, said_at, said_by) values ($1, 'structure', $2, 1, $3, 'lead')`, id, `"`+structure+`"`, g.Clock.Now())
		g.want["known:structure:"+structure]++
		g.want["known:structure"]++
	}
	if g.luck(80) {
		i := g.rnd.IntN(4)
		g.exec(`insert into project_facts (project_id, fact, value, reference, said_at, said_by) values ($1, 'headcount', $2, 1, $3, 'lead')`, id, []string{"9.5", "10", "249", "250"}[i], g.Clock.Now())
		g.want["known:headcount:"+[]string{"micro", "small", "medium", "large"}[i]]++
		g.want["known:headcount"]++
	}
	return id
}

func (g *grown) item(project, kind, title, state, body string) {
	id := g.id("item")
	g.exec(`insert into project_items (id, project_id, kind, title, detail, level_label, owner, due, body, board_id, card_id, state, made_by, created_at, updated_at) values ($1, $2, $3, $4, '', '', '', '', $5, 'board', $1, $6, '', $7, $7)`, id, project, kind, title, body, state, g.Clock.Now())
}
