package report

import (
	"context"

	"transformateur/internal/agenda/entrance"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// gatheringChapter is what happened when people came together.
func gatheringChapter(ctx context.Context, r db.Reader, of Of) (list []Paragraph, err error) {
	ids, err := db.List(ctx, r, db.Value[gathering.ID], `select g.id from gatherings g where g.edition_id = $1 and g.status <> 'planned'
		and not exists (select 1 from tasters t where t.gathering_id = g.id) order by g.starts_on, g.id`, string(of.ID))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		g, err := gathering.Load(ctx, r, id)
		if err != nil {
			return nil, err
		}
		days, err := daysOf(ctx, r, of, g)
		if err != nil {
			return nil, err
		}
		list = append(list, days...)
	}
	tasters, err := one(ctx, r, `select count(*) from gatherings g join tasters t on t.gathering_id = g.id where g.edition_id = $1 and g.status <> 'planned'`, string(of.ID))
	if err != nil {
		return nil, err
	}
	if tasters > 0 {
		list = append(list, say("tasters", Things, tasters).at(path("editions", string(of.ID), "/tasters/figures"), "taster.figures", "edition", string(of.ID)))
	}
	if len(ids) == 0 {
		return list, nil
	}
	items, err := itemsOf(ctx, r, of)
	return append(list, items...), err
}

// opens are the rights on the pages of a gathering that sentences lead to.
var opens = map[string]policy.Action{"people": "gathering.people", "attendance": "gathering.manage", "meetings": "gathering.read", "boards": "board.read", "offers": "gathering.read", "deposits": "gathering.people"}

// daysOf are the sentences of one gathering.
func daysOf(ctx context.Context, r db.Reader, of Of, g gathering.Gathering) ([]Paragraph, error) {
	id := string(g.ID)
	a, err := entrance.Counted(ctx, r, g, of.Now)
	if err != nil {
		return nil, err
	}
	var seats, teams, met, boards, cards, needs, told, offers, answered int64
	if err := numbers(ctx, r, []any{&seats, &teams}, `select count(*), count(distinct project_id) from participants where gathering_id = $1 and joined_at is not null and left_at is null`, id); err != nil {
		return nil, err
	}
	if met, err = one(ctx, r, `select count(*) from meetings where gathering_id = $1 and state = 'accepted'`, id); err != nil {
		return nil, err
	}
	if err := numbers(ctx, r, []any{&boards, &cards}, `select count(*), coalesce(sum(cards), 0) from boards where gathering_id = $1`, id); err != nil {
		return nil, err
	}
	if err := numbers(ctx, r, []any{&needs, &told}, `select count(*), count(distinct project_id) from heard_needs where gathering_id = $1`, id); err != nil {
		return nil, err
	}
	if err := numbers(ctx, r, []any{&offers, &answered}, `select count(*), (select count(distinct x.need_id) from offer_answers x join heard_needs n on n.id = x.need_id where n.gathering_id = $1) from partner_offers where gathering_id = $1`, id); err != nil {
		return nil, err
	}
	to := func(p Paragraph, rest string) Paragraph {
		return p.in(id).at(path("gatherings", id, "/"+rest), opens[rest], "gathering", id)
	}
	title := both(g.Title)
	list := []Paragraph{{Heading: &title},
		to(say("seats", People, seats), "people"), to(say("present", Files, teams), "people")}
	if a.All.Came > 0 {
		list = append(list, to(say("came", People, int64(a.All.Came)), "attendance"), Paragraph{Table: halves(a)})
	}
	return append(list, to(say("met", Things, met), "meetings"), to(say("boards", Things, boards), "boards"), to(say("cards", Things, cards), "boards"),
		to(say("needs", Files, needs), "offers"), to(say("needing", Files, told), "offers"), to(say("offers", People, offers), "offers"), to(say("answered", Files, answered), "offers")), nil
}

// halves is the attendance by half day, as funders count it.
func halves(a entrance.Attendance) *Table {
	t := &Table{Key: "halves", First: "half", Columns: []string{"expected", "there"}}
	for i, h := range a.Halves {
		at := h.Day + "/" + string(h.Part) + ":" + string(a.ID)
		t.Rows = append(t.Rows, Row{Label: Arg{Day: h.Day, Key: "report.half_" + string(h.Part)}, Cells: []Figure{
			{ID: "expected/" + at, Unit: People, N: int64(a.ByHalf[i].Expected)}, {ID: "there/" + at, Unit: People, N: int64(a.ByHalf[i].Came)}}})
	}
	return t
}

// itemsOf is what the cards of boards became in the files of projects.
func itemsOf(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	rows, err := db.List(ctx, r, func(sc db.Scanner) (t tallied, err error) {
		var projects int64
		err = sc.Scan(&t.value, &t.n, &projects)
		t.group = ""
		return t, err
	}, `select i.kind, count(*), count(distinct i.project_id) from project_items i join projects p on p.id = i.project_id
		where p.edition_id = $1 and i.state = 'standing' and i.kind in ('lock', 'need', 'action', 'contribution', 'idea') group by i.kind`, string(of.ID))
	if err != nil {
		return nil, err
	}
	found := map[string]int64{}
	for _, t := range rows {
		found[t.value] = t.n
	}
	var list []Paragraph
	for _, kind := range []string{"lock", "need", "action", "contribution", "idea"} {
		list = append(list, say("item_"+kind, Files, found[kind]).at(path("editions", string(of.ID), "/projects"), "project.manage", "edition", string(of.ID)))
	}
	return list, nil
}
