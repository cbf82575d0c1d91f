package report

import (
	"context"
	"fmt"

	"transformateur/internal/platform/db"
)

// mayBePublished says in SQL which deposits whoever brought them lets out of the house, and
// on which nobody stands who has not agreed.
const mayBePublished = `d.withdrawn_at is null and d.scope = 'publication' and d.people in ('nobody', 'agreed')`

// picturesChapter counts what people brought, and what of it may be published. Consents
// change: it tells how many, never which, so that a version that is frozen shows nothing
// whose consent was taken back.
func picturesChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	type brought struct {
		gathering, kind string
		all, free       int64
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (b brought, err error) {
		return b, sc.Scan(&b.gathering, &b.kind, &b.all, &b.free)
	}, `select d.gathering_id, d.kind, count(*), count(*) filter (where `+mayBePublished+`) from gathering_deposits d join gatherings g on g.id = d.gathering_id
		where g.edition_id = $1 and d.withdrawn_at is null group by g.starts_on, d.gathering_id, d.kind order by g.starts_on, d.gathering_id, d.kind`, string(of.ID))
	if err != nil {
		return nil, fmt.Errorf("count what was brought to the gatherings of %s: %w", of.ID, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	var all, free int64
	t := &Table{Key: "brought", First: "kind", Columns: []string{"brought", "publishable"}}
	for _, b := range rows {
		all, free = all+b.all, free+b.free
		id := b.kind + ":" + b.gathering
		t.Rows = append(t.Rows, Row{Label: Arg{Key: "deposits.kind_" + b.kind}, Link: &Link{path("gatherings", b.gathering, "/deposits"), opens["deposits"], "gathering", b.gathering},
			Cells: []Figure{{ID: "brought:" + id, Unit: Things, N: b.all}, {ID: "publishable:" + id, Unit: Things, N: b.free}}})
	}
	said, err := one(ctx, r, `select count(*) from agenda_needs n join participants s on s.id = n.participant_id join gatherings g on g.id = n.gathering_id
		where g.edition_id = $1 and s.left_at is null and n.pictures = 'yes'`, string(of.ID))
	if err != nil {
		return nil, err
	}
	return []Paragraph{say("brought", Things, all), say("publishable", Things, free), {Table: t}, say("agreed", People, said)}, nil
}
