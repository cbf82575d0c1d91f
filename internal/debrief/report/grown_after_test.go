package report_test

import (
	"fmt"
	"time"

	"transformateur/internal/debrief/outcome"
	"transformateur/internal/gathering/gatheringtest"
)

// after draws what is said and promised once the days are over.
func (g *grown) after(projects []string) {
	g.became(projects)
	g.promised(projects)
	g.surveyed()
}

// became draws what each project says, once in spring and once in autumn, or nothing.
func (g *grown) became(projects []string) {
	ended, err := outcome.Ended(ctx, g.DB.Reader(), gatheringtest.Edition, g.later.Format(time.DateOnly))
	g.Must(err)
	marks := map[string]string{"now": g.later.Format(time.DateOnly)}
	for column, months := range map[string]int{"half": 6, "year": 12} {
		if day := outcome.Months(ended, months); day != "" && day <= marks["now"] {
			marks[column] = day
		}
	}
	said := map[string]map[string]string{}
	say := func(p string, n int, day string) {
		state, learnt := g.one("goes", "changed", "merged", "paused", "stopped", "spread"), g.one("", "Parler tôt")
		g.exec(`insert into project_outcomes (id, project_id, number, state, day, words, learnt, handed_to, source, noted_at, noted_by) values ($1, $2, $3, $4, $5, '', $6, '', 'team', $7, 'lead')`, g.id("said"), p, n, state, day, learnt, g.Clock.Now())
		if said[p] == nil {
			said[p] = map[string]string{}
		}
		said[p][day] = state
		g.once("heard", p)
		if learnt != "" {
			g.once("learnt", p)
		}
	}
	for _, p := range projects {
		if g.luck(80) {
			say(p, 1, "2027-04-10")
			if g.luck(50) {
				say(p, 2, "2027-10-10")
			}
		} else {
			g.want["unheard"]++
		}
		for column, mark := range marks {
			state := "unknown"
			for _, day := range []string{"2027-04-10", "2027-10-10"} {
				if s := said[p][day]; s != "" && day <= mark {
					state = s
				}
			}
			g.want["became_"+column+":"+state]++
		}
	}
}

// promised draws what a partner promises, with days on both sides of the present.
func (g *grown) promised(projects []string) {
	g.exec(`insert into partners (id, edition_id, email, name, organisation, status, invitation_id, added_at, added_by, removed_by) values ('partner', 'edition', '', '', 'Maison', 'active', '', $1, 'lead', '')`, g.Clock.Now())
	for _, p := range projects {
		for range g.rnd.IntN(3) {
			state, due := g.one("promised", "underway", "kept", "dropped"), g.one("", "2027-06-01", "2099-06-01")
			g.exec(`insert into commitments (id, edition_id, project_id, partner_id, what, due, contact, state, why, made_at, made_by, moved_at, confirmed_by, version) values ($1, 'edition', $2, 'partner', 'Une aide', $3, '', $4, '', $5, 'lead', $5, '', 1)`, g.id("promise"), p, due, state, g.Clock.Now())
			g.want["promises"]++
			g.once("promised_to", p)
			switch {
			case state == "kept" || state == "dropped":
				g.want["promise:"+state]++
			case due == "2027-06-01":
				g.want["promise:late"]++
			default:
				g.want["promise:waiting"]++
			}
		}
	}
}

// surveyed draws two surveys that left and one that did not, and what people wrote in them.
func (g *grown) surveyed() {
	const form = `{"version":1,"steps":[{"id":"words","title":{"fr":"Mots"},"fields":[{"id":"kept","type":"longtext","label":{"fr":"Retenu"},"settings":{"max_chars":2000}},{"id":"who","type":"text","label":{"fr":"Qui"}}]}]}`
	for _, theme := range []string{"calm", "time", "noise"} {
		g.exec(`insert into themes (id, edition_id, name, meaning, retired, version, created_at, created_by) values ($1, 'edition', $1, '', $2, 1, $3, 'lead')`, theme, theme == "noise", g.Clock.Now())
	}
	for i, status := range []string{"sent", "closed", "opened"} {
		survey := fmt.Sprintf("survey%d", i)
		g.exec(`insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by) values ($1, 'edition', 'satisfaction', $1, $2, '2027-03-06', '2027-03-07', $3, 1, $4, 'lead')`, survey, form, status, g.Clock.Now())
		if status == "opened" {
			continue
		}
		g.want["surveys"]++
		for i := range 5 { // enough for the others to be read, whatever is drawn
			g.exec(`insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, $2, '{}', 'no', '', true, true, '2027-03-08')`, fmt.Sprintf("%s-%d", survey, i), survey)
		}
		for _, key := range []string{"surveyed", "replied", "silent"} {
			g.want[key+":"+survey] += 0
		}
		for _, who := range g.persons {
			answered := g.luck(60)
			g.exec(`insert into survey_links (id, survey_id, person_id, link_hash, answered) values ($1, $2, $3, $1, $4)`, g.id("link"), survey, who, answered)
			g.want["surveyed:"+survey]++
			g.want[map[bool]string{true: "replied:", false: "silent:"}[answered]+survey]++
			if answered {
				g.wrote(survey)
			}
		}
	}
}

// wrote draws one answer: shown or waiting for others, with words or without, to be quoted or
// not, read by one person, by two or by nobody.
func (g *grown) wrote(survey string) {
	hash := fmt.Sprintf("%020d%044d", g.rnd.Int64(), 0) // its first half tells texts apart
	body, quote, shown := g.one(`{"kept":"La confiance","who":"Zoé"}`, `{"who":"Zoé"}`), g.one("no", "nameless", "named"), g.luck(80)
	g.exec(`insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, $2, $3, $4, '', true, $5, '2027-03-08')`, hash, survey, body, quote, shown)
	if !shown || body == `{"who":"Zoé"}` {
		return
	}
	g.want["texts"]++
	g.want[map[bool]string{true: "unquotable", false: "quotable"}[quote == "no"]]++
	read := map[string]bool{}
	for _, coder := range []string{"person:lead", "person:person00"} {
		if !g.luck(50) {
			continue
		}
		theme := g.one("", "calm", "time", "noise")
		body := "[]"
		if theme != "" {
			body, read[theme] = `["`+theme+`"]`, true
		}
		g.exec(`insert into theme_readings (edition_id, verbatim, coder, themes, version, read_at) values ('edition', $1, $2, $3, 1, $4)`, "survey:"+hash[:32]+":kept", coder, body, g.Clock.Now())
	}
	for theme := range read {
		g.want["theme:"+theme]++
	}
	g.want[map[bool]string{true: "unsorted", false: "sorted"}[len(read) == 0]]++
}
