package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// projectSubjects reads every project with what decides of its end: what people did on it,
// their boards included, and what is still to come: gatherings, meetings, actions, promises,
// surveys, gates, places in its crew and rights to draw.
const projectSubjects = `
	select p.id, p.title, e.name_fr, e.name_en, e.programme_id, p.created_at, p.purged_at,
	  (select max(j.at) from journal j where j.object_kind = 'project' and j.object_id = p.id and j.actor <> 'system' and j.act not in ('retention.extended', 'hold.placed', 'hold.lifted')),
	  (select max(b.ends_at) from bookings b where b.project_id = p.id and b.state not in ('cancelled', 'refused')),
	  (select max(b.changed_at) from boards b where b.project_id = p.id),
	  coalesce((select max(g.ends_on) from gatherings g where g.edition_id = e.id), ''),
	  coalesce((select max(r.due_on) from roadmap_entries r where r.project_id = p.id and r.closed_at is null), ''),
	  coalesce((select max(k.due) from commitments k where k.project_id = p.id), ''),
	  coalesce((select max(v.due_day) from surveys v where v.edition_id = e.id), ''),
	  coalesce((select max(g.day) from factory_gates g where g.project_id = p.id), ''),
	  coalesce((select max(c.until_on) from crew_places c where c.project_id = p.id and c.status in ('asked', 'in')), ''),
	  coalesce((select max(t.last_day) from right_shares t where t.project_id = p.id), ''),
	  (select max(x.until_at) from retention_extensions x where x.object_kind = 'project' and x.object_id = p.id),
	  exists (select 1 from legal_holds h where h.lifted_at is null and (h.object_kind = 'project' and h.object_id = p.id or h.object_kind = 'application' and h.object_id = p.application_id))
	from projects p join editions e on e.id = p.edition_id order by p.id`

// projects lists the projects whose time runs. One that was emptied, and on which somebody
// wrote since, is counted again from there.
func (s *Service) projects(ctx context.Context, r db.Reader) ([]subject, error) {
	d, told, err := readCalendar(ctx, r)
	if err != nil {
		return nil, err
	}
	rule, _ := ruleOf("projects")
	list, err := db.List(ctx, r, func(sc db.Scanner) (x subject, err error) {
		var created, purged, acted, met, drawn time.Time
		var days [7]string
		x.rule, x.on.Kind = rule, "project"
		if err = sc.Scan(&x.on.ID, &x.title, &x.edition[0], &x.edition[1], &x.programme, &created, &purged, &acted, &met, &drawn,
			&days[0], &days[1], &days[2], &days[3], &days[4], &days[5], &days[6], &x.extended, &x.held); err != nil {
			return x, err
		}
		x.days, x.base = d.of(rule, x.programme), latest(created, acted, met, drawn)
		for _, day := range days {
			if at, err := time.Parse(time.DateOnly, day); err == nil {
				x.base = latest(x.base, at.AddDate(0, 0, 1))
			}
		}
		x.over = !purged.IsZero() && !latest(created, acted, drawn).After(purged)
		if x.told = told[[2]string{rule.Key, x.on.ID}]; x.told.Before(x.base) {
			x.told = time.Time{} // somebody took it up again after the last notice
		}
		return x, nil
	}, projectSubjects)
	if err != nil {
		return nil, fmt.Errorf("list the projects: %w", err)
	}
	return slices.DeleteFunc(list, func(x subject) bool { return x.over }), nil
}

// endProject empties what a project left of everything that somebody wrote: its figures
// stay, and so does the sheet that its team let the public read, until it is withdrawn.
func (s *Service) endProject(ctx context.Context, tx *db.Tx, by account.User, id string) error {
	now := s.clock.Now()
	digests, err := db.List(ctx, tx, db.Value[string], `
		select c.digest from board_pictures c join boards b on b.id = c.board_id where b.project_id = $1
		union select d.digest from gathering_deposits d where d.project_id = $1 and d.digest <> ''
		union select c.digest from showcase_pictures c join showcase_sheets h on h.id = c.sheet_id where h.project_id = $1 and h.public = ''`, id)
	if err != nil {
		return fmt.Errorf("list the pictures and files of project %s: %w", id, err)
	}
	for _, table := range slices.Sorted(maps.Keys(ends)) {
		if err := endRows(ctx, tx, table, id); err != nil {
			return err
		}
	}
	if err := endBoards(ctx, tx, id, now); err != nil {
		return err
	}
	if err := endAnswers(ctx, tx, id); err != nil {
		return err
	}
	for _, text := range []string{
		`delete from showcase_fields where sheet_id in (select id from showcase_sheets where project_id = $1 and public = '')`,
		`delete from showcase_pictures where sheet_id in (select id from showcase_sheets where project_id = $1 and public = '')`,
		`update showcase_sheets set remark = '' where project_id = $1`,
		`update gathering_deposits set title = '` + Gone + `', credit = '', name = '` + Gone + `', digest = '' where project_id = $1`,
		`update mails set status = 'cancelled' where object_kind = 'project' and object_id = $1 and status in ('held', 'ready')`,
		`update mails set to_email = '', subject = '', body = '', problem = '' where object_kind = 'project' and object_id = $1`,
		`delete from digest_items where object_kind = 'project' and object_id = $1`,
		`update invitations set email = '', message = '', object_name = '` + Gone + `' where object_kind = 'project' and object_id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, id); err != nil {
			return fmt.Errorf("empty project %s: %w", id, err)
		}
	}
	if _, err := tx.Exec(ctx, `update gathering_deposits set withdrawn_at = $2, withdrawn_by = 'system' where project_id = $1 and withdrawn_at is null`, id, now); err != nil {
		return fmt.Errorf("withdraw what project %s brought: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `update relations set revoked_at = $2 where object_kind = 'project' and object_id = $1 and revoked_at is null`, id, now); err != nil {
		return fmt.Errorf("end what people hold on project %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `update projects set title = '`+Gone+`', summary = '', purged_at = $2, version = version + 1 where id = $1`, id, now); err != nil {
		return fmt.Errorf("mark project %s emptied: %w", id, err)
	}
	if err := s.record(ctx, tx, by, "project.purged", policy.Ref{Kind: "project", ID: id}, map[string]any{"rule": "projects"}); err != nil {
		return err
	}
	return s.forget(ctx, tx, digests)
}

// endRows deletes or empties the rows of a table, as [ends] says.
func endRows(ctx context.Context, tx *db.Tx, table, id string) error {
	e := ends[table]
	if e.own {
		return nil
	}
	if e.goes {
		if _, err := tx.Exec(ctx, `delete from `+table+` where `+e.rows, id); err != nil {
			return fmt.Errorf("end %s of project %s: %w", table, id, err)
		}
		return nil
	}
	t, _ := tableOf(table)
	columns := slices.DeleteFunc(t.masked(), func(c string) bool { return slices.Contains(words(e.but), c) })
	key := keyOf(t)
	var rows [][]any
	err := eachRow(ctx, tx, len(key)+len(columns), func(values []any) error {
		for i := len(key); i < len(values); i++ {
			if text, is := values[i].(string); is {
				values[i] = ended(text)
			}
		}
		rows = append(rows, values)
		return nil
	}, `select `+strings.Join(append(slices.Clone(key), columns...), ", ")+` from `+table+` where `+e.rows, id)
	if err != nil {
		return fmt.Errorf("read %s of project %s: %w", table, id, err)
	}
	for _, values := range rows {
		if _, err := tx.Exec(ctx, updateOf(table, key, columns), values...); err != nil {
			return fmt.Errorf("end %s of project %s: %w", table, id, err)
		}
	}
	return nil
}

// ended is what stands where a text was: a list or an object of JSON is an empty one.
func ended(text string) string {
	switch {
	case text == "":
		return ""
	case text[0] == '{' && json.Valid([]byte(text)):
		return "{}"
	case text[0] == '[' && json.Valid([]byte(text)):
		return "[]"
	}
	return Gone
}

// endBoards brings the boards of a project back to their empty kit, and closes them; how
// many cards they held stays.
func endBoards(ctx context.Context, tx *db.Tx, id string, now time.Time) error {
	type sheet struct {
		id, kit, variant string
		created          time.Time
	}
	list, err := db.List(ctx, tx, func(sc db.Scanner) (b sheet, err error) {
		err = sc.Scan(&b.id, &b.kit, &b.variant, &b.created)
		return b, err
	}, `select b.id, s.kit, b.variant, b.created_at from boards b join board_sheets s on s.id = b.id where b.project_id = $1 order by b.id`, id)
	if err != nil {
		return fmt.Errorf("list the boards of project %s: %w", id, err)
	}
	for _, b := range list {
		k, err := kit.Parse([]byte(b.kit))
		if err != nil {
			return fmt.Errorf("read the kit of board %s: %w", b.id, err)
		}
		state, err := json.Marshal(board.New(k, b.variant, b.created))
		if err != nil {
			return err
		}
		for _, one := range []struct {
			text string
			args []any
		}{
			{`delete from board_log where board_id = $1`, nil},
			{`delete from board_late where board_id = $1`, nil},
			{`delete from venue_ops where board_id = $1`, nil},
			{`delete from venue_boards where board_id = $1`, nil},
			{`delete from board_pictures where board_id = $1`, nil},
			{`update board_sheets set state = $2, snapshot_n = 0 where id = $1`, []any{string(state)}},
			{`update boards set title = '` + Gone + `', n = 0, closed_at = coalesce(closed_at, $2) where id = $1`, []any{now}},
		} {
			if _, err := tx.Exec(ctx, one.text, append([]any{b.id}, one.args...)...); err != nil {
				return fmt.Errorf("empty board %s: %w", b.id, err)
			}
		}
	}
	return nil
}

// endAnswers leaves of answers to surveys what is counted, and the words whose author
// agreed that they be quoted.
func endAnswers(ctx context.Context, tx *db.Tx, id string) error {
	type sheet struct{ hash, answers, quote, form string }
	list, err := db.List(ctx, tx, func(sc db.Scanner) (a sheet, err error) {
		err = sc.Scan(&a.hash, &a.answers, &a.quote, &a.form)
		return a, err
	}, `select a.answer_hash, a.answers, a.quote, v.form from survey_answers a join surveys v on v.id = a.survey_id where a.project_id = $1`, id)
	if err != nil {
		return fmt.Errorf("list the answers of project %s: %w", id, err)
	}
	for _, a := range list {
		asked, err := form.Parse([]byte(a.form))
		if err != nil {
			return fmt.Errorf("read what was asked of project %s: %w", id, err)
		}
		answers, err := form.ParseAnswers([]byte(a.answers))
		if err != nil {
			return fmt.Errorf("read the answers of project %s: %w", id, err)
		}
		for _, f := range asked.Fields() {
			if !counted(f, answers[f.ID], survey.Quote(a.quote)) {
				delete(answers, f.ID)
			}
		}
		body, err := json.Marshal(answers)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update survey_answers set answers = $2, quoted_name = case when quote = 'named' then quoted_name else '' end where answer_hash = $1`, a.hash, string(body)); err != nil {
			return fmt.Errorf("empty the answers of project %s: %w", id, err)
		}
	}
	return nil
}

// counted says whether an answer stays: a choice, a number, or words that may be quoted.
func counted(f *form.Field, value any, quote survey.Quote) bool {
	if len(f.Settings.Options) > 0 {
		return true
	}
	switch value.(type) {
	case bool, int64, float64:
		return true
	case string:
		return quote != survey.NoQuote && quote != ""
	}
	return false
}
