package report

import (
	"context"

	"transformateur/internal/platform/db"
)

// selectionChapter is who selected, and how: committees, readings, recusals.
func selectionChapter(ctx context.Context, r db.Reader, of Of) (list []Paragraph, err error) {
	selections, err := db.List(ctx, r, scanListed, `select s.id, s.name_fr, s.name_en from selections s join calls c on c.id = s.call_id
		where c.edition_id = $1 and s.status <> 'preparation' order by c.opens_at, s.round, s.id`, string(of.ID))
	if err != nil {
		return nil, err
	}
	for _, s := range selections {
		var members, organisations, files, readings, recused, waived, opinions int64
		if err := numbers(ctx, r, []any{&members, &organisations}, `select count(*), count(distinct organisation_id) from committee_members where selection_id = $1 and status in ('sitting', 'ended') and declared_at is not null and role <> 'secretary'`, s.id); err != nil {
			return nil, err
		}
		if err := numbers(ctx, r, []any{&readings, &files}, `select count(*), count(distinct application_id) from reviews where selection_id = $1 and status = 'submitted'`, s.id); err != nil {
			return nil, err
		}
		if err := numbers(ctx, r, []any{&recused, &waived}, `select count(*) filter (where status = 'standing'), count(*) filter (where status = 'waived') from recusals where selection_id = $1`, s.id); err != nil {
			return nil, err
		}
		if opinions, err = one(ctx, r, `select count(*) from opinions where selection_id = $1 and status = 'given'`, s.id); err != nil {
			return nil, err
		}
		committee := func(p Paragraph) Paragraph {
			return p.in(s.id).at(path("selections", s.id, "/committee"), "selection.read", "selection", s.id)
		}
		register := func(p Paragraph) Paragraph {
			return p.in(s.id).at(path("selections", s.id, "/register"), "selection.register", "selection", s.id)
		}
		list = append(list, Paragraph{Heading: &s.name},
			committee(say("members", People, members)), committee(say("organisations", Things, organisations)),
			committee(say("read_files", Files, files)), committee(say("readings", Things, readings)),
			register(say("recusals", People, recused)), register(say("waived", People, waived)), say("opinions", People, opinions).in(s.id))
	}
	return list, nil
}
