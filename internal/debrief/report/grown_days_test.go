package report_test

import (
	"time"
)

// days draws what happens during the two days.
func (g *grown) days(projects []string) {
	at := string(g.day)
	for _, key := range []string{"seats", "present", "met", "boards", "cards", "needs", "needing", "offers", "answered"} {
		g.want[key+":"+at] += 0
	}
	halves := []string{"2027-03-05/morning", "2027-03-05/afternoon", "2027-03-06/morning", "2027-03-06/afternoon"}
	for _, h := range halves {
		g.want["expected/"+h+":"+at], g.want["there/"+h+":"+at] = 1, 0
	}
	g.want["seats:"+at] = 1 // that of who prepared the gathering
	var seats, needs, offers []string
	for i := range len(projects) + 8 {
		seat, role := g.id("seat"), "peer"
		var about any
		if i < len(projects) {
			about, role = projects[i], "team"
			g.once("present:"+at, projects[i])
		}
		g.exec(`insert into participants (id, gathering_id, email, name, role, project_id, organisation, added_by, added_at, joined_at, left_by, version) values ($1, $2, '', $1, $3, $4, '', 'lead', $5, $5, '', 1)`, seat, at, role, about, g.Clock.Now())
		g.want["seats:"+at]++
		seats = append(seats, seat)
		for _, h := range halves {
			g.want["expected/"+h+":"+at]++
		}
		g.comes(seat, halves)
		if says := g.one("yes", "no", ""); says != "" {
			g.exec(`insert into agenda_needs (participant_id, gathering_id, access, diet, note, pictures, told_at) values ($1, $2, '[]', '[]', '', $3, $4)`, seat, at, says, g.Clock.Now())
			if says == "yes" {
				g.want["agreed"]++
			}
		}
	}
	for i, p := range projects {
		for range g.rnd.IntN(3) {
			cards := int64(g.rnd.IntN(9))
			g.exec(`insert into boards (id, gathering_id, project_id, title, kit_id, variant, n, created_at, created_by, cards) values ($1, $2, $3, '', 'frise', '', 0, $4, 'lead', $5)`, g.id("board"), at, p, g.Clock.Now(), cards)
			g.want["boards:"+at]++
			g.want["cards:"+at] += cards
		}
		for range g.rnd.IntN(3) {
			need := g.id("need")
			g.exec(`insert into heard_needs (id, gathering_id, activity_id, project_id, body, noted_by, noted_at) values ($1, $2, '', $3, '', 'lead', $4)`, need, at, p, g.Clock.Now())
			g.want["needs:"+at]++
			g.once("needing:"+at, p)
			needs = append(needs, need)
		}
		state := g.one("accepted", "accepted", "asked", "declined")
		g.exec(`insert into meetings (id, gathering_id, project_id, participant_id, asked_by, note, weight, state, made_by, asked_at, answered_by) values ($1, $2, $3, $4, 'project', '', 1, $5, '', $6, '')`, g.id("meeting"), at, p, seats[(i+3)%len(seats)], state, g.Clock.Now())
		if state == "accepted" {
			g.want["met:"+at]++
		}
	}
	for range 4 {
		offer := g.id("offer")
		g.exec(`insert into partner_offers (id, gathering_id, participant_id, title, about, audience, until, places, version, written_at) values ($1, $2, $3, '', '', '', '', 0, 1, $4)`, offer, at, seats[0], g.Clock.Now())
		g.want["offers:"+at]++
		offers = append(offers, offer)
	}
	for _, need := range needs {
		for _, offer := range offers {
			if g.luck(20) {
				g.exec(`insert into offer_answers (offer_id, need_id, tied_by, tied_at) values ($1, $2, 'lead', $3)`, offer, need, g.Clock.Now())
				g.once("answered:"+at, need)
			}
		}
	}
	for range 9 {
		g.brought(seats[g.rnd.IntN(len(seats))])
	}
}

// comes draws during which half days somebody is there: in at nine and out at eleven, in at
// two, or in at nine without ever saying that she leaves.
func (g *grown) comes(seat string, halves []string) {
	mark := func(kind, day, clock string) {
		at, err := time.Parse("2006-01-02 15:04 -0700", day+" "+clock+" +0100")
		g.Must(err)
		g.exec(`insert into entrance_marks (gathering_id, id, participant_id, kind, of_id, at, noted_at, noted_by) values ($1, $2, $3, $4, '', $5, $5, 'lead')`, string(g.day), g.id("mark-mark"), seat, kind, at.UTC())
	}
	there := func(i int) {
		g.want["there/"+halves[i]+":"+string(g.day)]++
		g.once("came:"+string(g.day), seat)
	}
	for i, day := range []string{"2027-03-05", "2027-03-06"} {
		switch g.rnd.IntN(4) {
		case 0:
			mark("in", day, "09:00")
			mark("out", day, "11:00")
			there(2 * i)
		case 1:
			mark("in", day, "14:00")
			there(2*i + 1)
		case 2:
			mark("in", day, "09:00")
			there(2 * i)
			there(2*i + 1)
		}
	}
}

func (g *grown) brought(seat string) {
	kind, people, scope := g.one("picture", "document"), g.one("nobody", "agreed", "unsure"), g.one("publication", "publication", "programme")
	withdrawn := g.luck(20)
	var when any
	if withdrawn {
		when = g.Clock.Now()
	}
	g.exec(`insert into gathering_deposits (id, gathering_id, activity, participant_id, title, credit, people, scope, kind, mime, name, digest, size, width, height, added_at, withdrawn_at, withdrawn_by, version)
		values ($1, $2, '', $3, '', '', $4, $5, $6, '', '', '', 1, 0, 0, $7, $8, '', 1)`, g.id("deposit"), string(g.day), seat, people, scope, kind, g.Clock.Now(), when)
	if withdrawn {
		return
	}
	at := ":" + kind + ":" + string(g.day)
	g.want["brought"]++
	g.want["brought"+at]++
	g.want["publishable"+at] += 0
	if people != "unsure" && scope == "publication" {
		g.want["publishable"]++
		g.want["publishable"+at]++
	}
}

// months draws the year of support that follows.
func (g *grown) months(projects []string) {
	for _, fund := range []string{"fund1", "fund2"} {
		g.exec(`insert into right_funds (id, edition_id, funder, name, subjects, first_day, last_day, day_minutes, day_cents, ceiling_minutes, notice_hours, missed_rule, made_by, made_at) values ($1, 'edition', 'État', $1, '[]', '2027-03-05', '2028-03-05', 420, 0, 99999, 24, 'consume', 'lead', $2)`, fund, g.Clock.Now())
		for _, key := range []string{"granted", "used", "spared", "expired", "fund"} {
			g.want[key+":"+fund] = 0
			g.want[key+":all"] += 0
		}
	}
	g.scheme = "scheme"
	g.exec(`insert into schemes (id, agency_id, name, folded, state, valid_from, valid_to, sheet, checked_on, checked_by, version, created_at, created_by, updated_at) values ('scheme', 'agence', 'Aide', 'aide', 'published', '', '', '{}', '', '', 1, $1, 'system', $1)`, g.Clock.Now())
	for i, p := range projects {
		if g.luck(80) {
			who := g.persons[g.rnd.IntN(len(g.persons))]
			g.exec(`insert into sponsorships (id, project_id, person_id, begun_at, begun_by, ended_by, handover) values ($1, $2, $3, $4, 'lead', '', '')`, g.id("sponsor"), p, who, g.Clock.Now())
			g.want["sponsored"]++
			g.once("sponsors", who)
		}
		for _, fund := range []string{"fund1", "fund2"} {
			if g.luck(60) {
				g.granted(fund, p)
			}
		}
		for range g.rnd.IntN(12) {
			who, state := g.persons[g.rnd.IntN(len(g.persons))], g.one("held", "held", "booked", "cancelled")
			g.exec(`insert into bookings (id, project_id, helper_id, guest_id, about_kind, about_id, origin, subject, starts_at, ends_at, place, video, notice, state, sequence, made_by, made_at, changed_at, ended_by, ended_before, late, reason, helper_minutes, guest_minutes, missing, notes, version)
				values ($1, $2, $3, 'ana', 'sponsor', '', 'slot', '', $4, $4, '', '', 0, $5, 0, '', $4, $4, '', 0, false, '', 0, 0, '', '', 1)`, g.id("booking"), p, who, g.Clock.Now(), state)
			if state == "held" {
				g.want["held"]++
				g.once("meeting", p)
				g.once("helpers", who)
			}
		}
		if i%3 != 2 {
			g.oriented(p)
		}
	}
}

func (g *grown) granted(fund, p string) {
	parts := map[string]int64{"available": int64(60 * g.rnd.IntN(5)), "reserved": int64(30 * g.rnd.IntN(2)), "consumed": int64(15 * g.rnd.IntN(9)), "expired": int64(60 * g.rnd.IntN(2))}
	sum := int64(0)
	for kind, n := range parts {
		g.exec(`insert into right_accounts (fund_id, project_id, kind, balance) values ($1, $2, $3, $4)`, fund, p, kind, n)
		sum += n
		key := map[string]string{"available": "spared", "reserved": "spared", "consumed": "used", "expired": "expired"}[kind]
		g.want[key+":"+fund] += n
		g.want[key+":all"] += n
	}
	g.exec(`insert into right_shares (fund_id, project_id, granted, last_day) values ($1, $2, $3, '2028-03-05')`, fund, p, sum)
	g.want["granted:"+fund] += sum
	g.want["granted:all"] += sum
	if sum > 0 {
		g.want["fund:"+fund]++
		g.once("fund:all", p)
	}
	for range g.rnd.IntN(3) {
		status := g.one("confirmed", "open", "cancelled")
		g.exec(`insert into right_requests (id, project_id, fund_id, subject, purpose, minutes, urgency, language, status, consumed, missed_side, reason, asked_by, asked_at, ended_by, version) values ($1, $2, $3, '', '', 60, '', '', $4, 0, '', '', 'ana', $5, '', 1)`, g.id("request"), p, fund, status, g.Clock.Now())
		g.want["requests"]++
		if status == "confirmed" {
			g.want["served"]++
		}
	}
}

// oriented draws how far a project goes with a scheme, one step in five taken back.
func (g *grown) oriented(p string) {
	id, far := g.id("way"), 1+g.rnd.IntN(5)
	steps := []string{"suggested", "kept", "requested", "obtained", "paid"}[:far]
	sums := map[string]any{}
	g.want["oriented"]++
	g.exec(`insert into orientations (id, project_id, scheme_id, state, version, updated_at) values ($1, $2, $3, $4, 1, $5)`, id, p, g.scheme, steps[far-1], g.Clock.Now())
	for n, state := range steps {
		var undone any
		if g.luck(20) {
			undone = g.Clock.Now()
		}
		g.exec(`insert into orientation_steps (id, orientation_id, number, state, day, why, noted_at, noted_by, undone_at, undone_by, undone_why) values ($1, $2, $3, $4, '', '', $5, 'lead', $6, '', '')`, g.id("step"), id, n+1, state, g.Clock.Now(), undone)
		if undone == nil {
			g.want["step:"+state]++
			g.want["stepping:"+state]++
		}
		if n >= 2 {
			cents := int64(100_00 * (1 + g.rnd.IntN(90)))
			sums[state] = cents
			g.want["paying:"+state]++
			g.want["sum:"+state] += cents
		}
	}
	g.exec(`update orientations set requested = $2, obtained = $3, paid = $4 where id = $1`, id, sums["requested"], sums["obtained"], sums["paid"])
}
