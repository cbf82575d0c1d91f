package report

import (
	"context"

	"transformateur/internal/call"
	"transformateur/internal/platform/db"
)

// judged is what may be told of the files of a call: its window is over and its seal, if it
// has one, is lifted.
var judged = `c.closes_at <= $2 and ` + call.UnsealedSQL("c", "$2")

// callsOf lists the calls of an edition that were published.
func callsOf(ctx context.Context, r db.Reader, of Of) ([]listed, error) {
	return db.List(ctx, r, scanListed, `select id, title_fr, title_en from calls where edition_id = $1 and status <> 'draft' order by opens_at, id`, string(of.ID))
}

// callChapter is the call and its funnel, then each round that was announced.
func callChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	calls, err := callsOf(ctx, r, of)
	if err != nil || len(calls) == 0 {
		return nil, err
	}
	var opened, drafts, withdrawn, admissible, inadmissible, waiting int64
	if err := numbers(ctx, r, []any{&opened, &drafts, &withdrawn, &admissible, &inadmissible, &waiting}, `
		select count(*), count(*) filter (where a.status = 'draft'), count(*) filter (where a.status = 'withdrawn'),
			count(*) filter (where a.status in ('submitted', 'reopened') and `+judged+` and v.verdict = 'admissible'),
			count(*) filter (where a.status in ('submitted', 'reopened') and `+judged+` and v.verdict = 'inadmissible'),
			count(*) filter (where a.status in ('submitted', 'reopened') and (v.verdict is null or not (`+judged+`)))
		from applications a join calls c on c.id = a.call_id left join admissibility v on v.application_id = a.id
		where c.edition_id = $1 and c.status <> 'draft' and a.deleted_at is null`, string(of.ID), of.Now); err != nil {
		return nil, err
	}
	to := func(p Paragraph, query string) Paragraph {
		if len(calls) > 1 {
			return p.at(path("editions", string(of.ID), ""), "edition.read", "edition", string(of.ID))
		}
		return p.at(path("calls", calls[0].id, "/files"+query), "call.files", "call", calls[0].id)
	}
	list := []Paragraph{
		say("calls", Things, int64(len(calls))),
		say("opened", Files, opened), say("drafts", Files, drafts),
		to(say("deposited", Files, opened-drafts), ""),
		to(say("withdrawn", Files, withdrawn), "?status=withdrawn"),
		to(say("admissible", Files, admissible), "?verdict=admissible"),
		to(say("inadmissible", Files, inadmissible), "?verdict=inadmissible"),
		to(say("unjudged", Files, waiting), "?verdict=waiting"),
		{Sums: []Sum{{"opened", []string{"drafts", "deposited"}}, {"deposited", []string{"withdrawn", "admissible", "inadmissible", "unjudged"}}}},
	}
	rounds, err := roundsOf(ctx, r, of)
	if err != nil {
		return nil, err
	}
	list = append(list, roundTables(rounds)...)
	projects, err := one(ctx, r, `select count(*) from projects where edition_id = $1`, string(of.ID))
	if err != nil {
		return nil, err
	}
	left, err := one(ctx, r, `select count(*) from projects where edition_id = $1 and status = 'left'`, string(of.ID))
	if err != nil {
		return nil, err
	}
	return append(list, say("projects", Files, projects).at(path("editions", string(of.ID), "/projects"), "project.manage", "edition", string(of.ID)),
		say("left", Files, left)), nil
}

// round is what was announced of a selection.
type round struct {
	listed
	decided, retained, promoted, reserve, refused, more int64
	places, confirmed, gaveUp, open                     int64
}

// kept says in SQL that a decision opens a place, as decision.Decision.Kept does.
const kept = `(d.outcome in ('retain', 'merge', 'pair') or d.outcome = 'reserve' and d.promoted_at is not null)`

func roundsOf(ctx context.Context, r db.Reader, of Of) ([]round, error) {
	return db.List(ctx, r, func(sc db.Scanner) (o round, err error) {
		return o, sc.Scan(&o.id, &o.name.FR, &o.name.EN, &o.decided, &o.retained, &o.promoted, &o.reserve, &o.refused, &o.more, &o.places, &o.confirmed, &o.gaveUp, &o.open)
	}, `select s.id, s.name_fr, s.name_en, count(*), count(*) filter (where d.outcome in ('retain', 'merge', 'pair')), count(*) filter (where d.outcome = 'reserve' and d.promoted_at is not null),
			count(*) filter (where d.outcome = 'reserve' and d.promoted_at is null), count(*) filter (where d.outcome = 'refuse'), count(*) filter (where d.outcome = 'more'),
			count(*) filter (where `+kept+`), count(*) filter (where `+kept+` and d.gave_up_at is null and d.confirmed_at is not null),
			count(*) filter (where `+kept+` and d.gave_up_at is not null), count(*) filter (where `+kept+` and d.gave_up_at is null and d.confirmed_at is null)
		from selections s join calls c on c.id = s.call_id join decisions d on d.selection_id = s.id
		where c.edition_id = $1 and s.status = 'announced' and d.announced_at is not null
		group by s.id, s.name_fr, s.name_en, s.round, c.opens_at order by c.opens_at, s.round, s.id`, string(of.ID))
}

// roundTables are what was decided, and what became of the places, round by round.
func roundTables(rounds []round) []Paragraph {
	if len(rounds) == 0 {
		return nil
	}
	decided := Table{Key: "decided", First: "round", Columns: []string{"decided", "retained", "promoted", "reserve", "refused", "more"}}
	places := Table{Key: "places", First: "round", Columns: []string{"places", "confirmed", "gave_up", "open"}}
	var sums []Sum
	for _, o := range rounds {
		id := func(key string) string { return key + ":" + o.id }
		cell := func(key string, n int64) Figure { return Figure{ID: id(key), Unit: Files, N: n} }
		link := &Link{path("decisions", o.id, ""), "selection.decisions", "selection", o.id}
		decided.Rows = append(decided.Rows, Row{Label: named(o.name), Link: link, Cells: []Figure{cell("decided", o.decided), cell("retained", o.retained), cell("promoted", o.promoted), cell("reserve", o.reserve), cell("refused", o.refused), cell("more", o.more)}})
		places.Rows = append(places.Rows, Row{Label: named(o.name), Link: link, Cells: []Figure{cell("places", o.places), cell("confirmed", o.confirmed), cell("gave_up", o.gaveUp), cell("open", o.open)}})
		sums = append(sums, Sum{id("decided"), []string{id("retained"), id("promoted"), id("reserve"), id("refused"), id("more")}},
			Sum{id("places"), []string{id("retained"), id("promoted")}}, Sum{id("places"), []string{id("confirmed"), id("gave_up"), id("open")}})
	}
	return []Paragraph{{Table: &decided}, {Table: &places}, {Sums: sums}}
}
