package report

import (
	"context"
	"fmt"

	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// fund is what became of a fund of drawing rights, in minutes.
type fund struct {
	listed
	projects                       int64
	granted, used, spared, expired int64
}

// supportChapter is the help of the months that follow: sponsors, drawing rights, meetings.
func supportChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	edition := string(of.ID)
	var sponsors, sponsored, helped, held, meeting, asked, confirmed int64
	if err := numbers(ctx, r, []any{&sponsors, &sponsored}, `select count(distinct s.person_id), count(distinct s.project_id) from sponsorships s join projects p on p.id = s.project_id where p.edition_id = $1`, edition); err != nil {
		return nil, err
	}
	if err := numbers(ctx, r, []any{&held, &meeting, &helped}, `select count(*), count(distinct b.project_id), count(distinct b.helper_id) from bookings b join projects p on p.id = b.project_id where p.edition_id = $1 and b.state = 'held'`, edition); err != nil {
		return nil, err
	}
	if err := numbers(ctx, r, []any{&asked, &confirmed}, `select count(*), count(*) filter (where q.status = 'confirmed') from right_requests q join projects p on p.id = q.project_id where p.edition_id = $1`, edition); err != nil {
		return nil, err
	}
	funds, err := fundsOf(ctx, r, of)
	if err != nil {
		return nil, err
	}
	if sponsors+held+asked+int64(len(funds)) == 0 {
		return nil, nil
	}
	to := func(p Paragraph, rest string) Paragraph {
		return p.at(path("editions", edition, "/"+rest), map[string]policy.Action{"sponsors": "sponsor.manage", "rights": "right.follow"}[rest], "edition", edition)
	}
	list := []Paragraph{to(say("sponsors", People, sponsors), "sponsors"), to(say("sponsored", Files, sponsored), "sponsors"),
		to(say("requests", Files, asked), "rights"), to(say("served", Files, confirmed), "rights")}
	rights, err := fundTable(ctx, r, of, funds)
	if err != nil {
		return nil, err
	}
	return append(append(list, rights...), say("held", Things, held), say("meeting", Files, meeting), say("helpers", People, helped)), nil
}

// fundsOf sums the accounts of each fund: what a project was granted is free, reserved,
// consumed or expired.
func fundsOf(ctx context.Context, r db.Reader, of Of) ([]fund, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (f fund, err error) {
		err = sc.Scan(&f.id, &f.name.FR, &f.projects, &f.used, &f.spared, &f.expired)
		f.name.EN, f.granted = f.name.FR, f.used+f.spared+f.expired
		return f, err
	}, `select f.id, f.name, (select count(*) from right_shares s where s.fund_id = f.id and s.granted > 0),
			coalesce(sum(a.balance) filter (where a.kind = 'consumed'), 0), coalesce(sum(a.balance) filter (where a.kind in ('available', 'reserved')), 0), coalesce(sum(a.balance) filter (where a.kind = 'expired'), 0)
		from right_funds f left join right_accounts a on a.fund_id = f.id and a.project_id <> ''
		where f.edition_id = $1 group by f.id, f.name, f.first_day order by f.first_day, f.id`, string(of.ID))
	if err != nil {
		return nil, fmt.Errorf("sum the funds of %s: %w", of.ID, err)
	}
	return list, nil
}

// fundTable is one line a fund, then all of them.
func fundTable(ctx context.Context, r db.Reader, of Of, funds []fund) ([]Paragraph, error) {
	if len(funds) == 0 {
		return nil, nil
	}
	projects, err := one(ctx, r, `select count(distinct s.project_id) from right_shares s join right_funds f on f.id = s.fund_id where f.edition_id = $1 and s.granted > 0`, string(of.ID))
	if err != nil {
		return nil, err
	}
	columns := []string{"granted", "used", "spared", "expired"}
	t := &Table{Key: "rights", First: "fund", Columns: append([]string{"projects"}, columns...)}
	var sums []Sum
	row := func(f fund, label Arg, link *Link) {
		line := Row{Label: label, Link: link, Cells: []Figure{{ID: "fund:" + f.id, Unit: Files, N: f.projects}}}
		for i, n := range []int64{f.granted, f.used, f.spared, f.expired} {
			line.Cells = append(line.Cells, Figure{ID: columns[i] + ":" + f.id, Unit: Minutes, N: n, Of: f.projects})
		}
		sums = append(sums, Sum{"granted:" + f.id, []string{"used:" + f.id, "spared:" + f.id, "expired:" + f.id}})
		t.Rows = append(t.Rows, line)
	}
	all := fund{listed: listed{id: "all", name: programme.Words{}}, projects: projects}
	totals := make([]Sum, len(columns))
	for i, c := range columns {
		totals[i].Total = c + ":all"
	}
	for _, f := range funds {
		row(f, named(f.name), &Link{path("editions", string(of.ID), "/rights/"+f.id), "right.follow", "edition", string(of.ID)})
		all.granted, all.used, all.spared, all.expired = all.granted+f.granted, all.used+f.used, all.spared+f.spared, all.expired+f.expired
		for i, c := range columns {
			totals[i].Parts = append(totals[i].Parts, c+":"+f.id)
		}
	}
	row(all, Arg{Key: "report.all"}, nil)
	return []Paragraph{{Table: t}, {Sums: append(sums, totals...)}}, nil
}
