package app

func init() {
	gathering := fixtures["gathering"].make
	f := fixtures["gathering"]
	f.make = func(w *world, m moment) made {
		made := gathering(w, m)
		id, participant := made.ID, made.params["{participant}"]
		project := w.project(moment{m.stage, "active"}).ID
		for _, name := range []string{"meeting", "rule", "question", "link", "offer", "need"} {
			made.params["{"+name+"}"] = w.name(name)
		}
		made.params["{pitch}"] = "a3"
		w.exec(`insert into agenda_plans (id, gathering_id, number, state, running_order, body, based_on, reason, account, version, made_by, made_at, published_by, published_at)
			values ($1, $2, 90, 'published', $3, '{"version":1,"sittings":[]}', '', '', '', 1, 'system', $4, 'system', $4)`, w.name("plan"), id,
			`{"version":1,"days":["2027-03-05","2027-03-06"],"activities":[{"id":"a1","kind":"round_table","day":0,"from":540,"to":600},{"id":"a3","kind":"pitch","day":0,"from":600,"to":630}]}`, noon)
		w.exec(`insert into meetings (id, gathering_id, project_id, participant_id, asked_by, note, weight, state, made_by, asked_at, answered_by) values ($1, $2, $3, $4, 'project', '', 50, 'asked', 'system', $5, '')`, made.params["{meeting}"], id, project, participant, noon)
		w.exec(`insert into meeting_rules (id, gathering_id, kind, participant_id, project_id, reason, made_by, made_at) values ($1, $2, 'conflict', $3, $4, '', 'system', $5)`, made.params["{rule}"], id, participant, project, noon)
		w.exec(`insert into live_questions (id, gathering_id, activity_id, participant_id, body, signed, state, asked_at, marked_by) values ($1, $2, 'a1', $3, 'Pourquoi ?', false, 'asked', $4, '')`, made.params["{question}"], id, participant, noon)
		w.exec(`insert into activity_links (id, gathering_id, activity_id, title, url, added_by, added_at) values ($1, $2, 'a1', 'Un guide', 'https://guide.example', 'system', $3)`, made.params["{link}"], id, noon)
		w.exec(`insert into partner_offers (id, gathering_id, participant_id, title, about, audience, until, places, version, written_at) values ($1, $2, $3, 'Une aide', '', '', '', 0, 1, $4)`, made.params["{offer}"], id, participant, noon)
		w.exec(`insert into heard_needs (id, gathering_id, activity_id, project_id, body, noted_by, noted_at) values ($1, $2, 'a1', $3, 'Un lieu', 'system', $4)`, made.params["{need}"], id, project, noon)
		w.exec(`insert into pitch_runs (id, gathering_id, activity_id, called, phase, spent, extra, ballot, ballot_seed, vote, informs, version) values ($1, $2, 'a3', $3, 'speak', 0, 0, $3, '', 'closed', false, 1)`, w.name("run"), id, project)
		return made
	}
	fixtures["gathering"] = f
	for what, patterns := range map[string][]string{
		"the seat of who asks or answers":         {"meetings", "meetings/{meeting}/answer", "meetings/{meeting}/withdraw", "offers/{offer}/interest"},
		"who leads the activity":                  {"pitches/{pitch}/run", "pitches/{pitch}/vote", "questions/{activity}/{question}/mark", "questions/{activity}/links", "questions/{activity}/links/{link}/remove", "questions/{activity}/needs", "heard", "heard/{need}/remove"},
		"the seat of who listens":                 {"pitches/{pitch}/feedback", "pitches/{pitch}/choice", "questions/{activity}", "questions/{activity}/{question}/vote"},
		"the seat of who offers, and whose it is": {"offers", "offers/{offer}", "offers/{offer}/remove", "offers/{offer}/answers"},
	} {
		for _, pattern := range patterns {
			alsoJudged["POST /gatherings/{id}/"+pattern] = what
		}
	}
}
