package intake

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// atOnce is how many rows are applied while the person waits; more of them are a job.
const atOnce = 100

// Apply turns the rows of an import into files. Each row is a transaction of its own,
// which also keeps what became of it: what stops on the way goes on where it stopped,
// and applying the same spreadsheet again changes nothing. Small imports are done when
// it returns, large ones are a job.
//
// Errors: Conflict "intake.not_mapping", "intake.no_number" when no column is the file's number.
func (s *Service) Apply(ctx context.Context, by account.User, of call.ID, id string) error {
	var i Import
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.may(ctx, tx, by, of); err != nil {
			return err
		}
		var err error
		if i, err = load(ctx, tx, of, id); err != nil {
			return err
		}
		if !strings.Contains(" "+strings.Join(i.Mapping.Columns, " ")+" ", " "+ToNumber+" ") {
			return errs.New(errs.Conflict, "intake.no_number")
		}
		n, err := tx.Exec(ctx, `update imports set status = 'applying', applied_by = $2, applied_at = $3, version = version + 1 where id = $1 and status = 'mapping'`, id, by.Actor(), s.Clock.Now())
		if err != nil {
			return fmt.Errorf("apply import %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "intake.not_mapping")
		}
		if i.Rows > atOnce {
			if err := s.Jobs.Enqueue(ctx, tx, "apply_import", id, id, s.Clock.Now()); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, by, "call.import_applied", i, nil)
	})
	if err != nil || i.Rows > atOnce {
		return err
	}
	return s.run(ctx, id)
}

// run applies the rows that wait, in the name of who applied the import. A right that
// ended meanwhile stops it there: the rows that wait are refused.
func (s *Service) run(ctx context.Context, id string) error {
	r := s.DB.Reader()
	i, err := db.Get(ctx, r, scanImport, importQuery+` where i.id = $1`, id)
	if err != nil {
		return fmt.Errorf("read import %s: %w", id, err)
	}
	if i.Status != Applying {
		return nil
	}
	by := account.User{ID: account.PersonID(strings.TrimPrefix(i.AppliedBy, "person:")), Lang: "fr"}
	c, refused := s.may(ctx, r, by, i.CallID)
	if refused != nil && !errs.Is(refused, errs.Forbidden) && !errs.Is(refused, errs.NotFound) {
		return refused
	}
	met := map[string]bool{}
	for after := 0; ; {
		lines, err := pageOf(ctx, r, id, after, 100)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return s.end(ctx, by, i)
		}
		for _, l := range lines {
			after = l.Line
			if l.Outcome != Waiting {
				met[l.Number] = true
				continue
			}
			if refused != nil {
				err = s.close(ctx, i, l.Line, result{outcome: Refused, problems: []Problem{{Path: ToNumber, Key: "intake.right_ended", Fatal: true}}})
			} else {
				err = s.row(ctx, by, c, i, l, met)
			}
			if err != nil {
				return fmt.Errorf("apply row %d of import %s: %w", l.Line, id, err)
			}
		}
	}
}

// result is what became of a row.
type result struct {
	outcome  Outcome
	number   string
	file     application.ID
	problems []Problem
}

func (s *Service) close(ctx context.Context, i Import, line int, res result) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error { return closeLine(ctx, tx, i, line, res) })
}

// closeLine keeps what became of a row, and forgets its cells.
func closeLine(ctx context.Context, tx *db.Tx, i Import, line int, res result) error {
	if res.problems == nil {
		res.problems = []Problem{}
	}
	n, err := tx.Exec(ctx, `
		update import_rows set outcome = $3, number = $4, application_id = $5, problems = $6, cells = '', blocks = ''
		where import_id = $1 and line = $2 and outcome = ''`, i.ID, line, string(res.outcome), res.number, string(res.file), asJSON(res.problems))
	if err != nil {
		return fmt.Errorf("keep the outcome of row %d: %w", line, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "intake.not_mapping")
	}
	return nil
}

// row applies one row. An error that is the row's own refuses it; any other stops the import.
func (s *Service) row(ctx context.Context, by account.User, c call.Call, i Import, l Line, met map[string]bool) error {
	var res result
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		d, err := s.desk(ctx, tx, c, i)
		if err != nil {
			return err
		}
		j, outcome, was, err := s.weigh(ctx, tx, d, l, maps.Clone(met))
		if err != nil {
			return err
		}
		res = result{outcome, j.number, "", j.problems}
		switch outcome {
		case Created:
			res.file, err = s.create(ctx, tx, by, d, j)
		case Updated:
			res.file = was.file
			err = s.update(ctx, tx, by, d, j, *was)
		case Unchanged:
			res.file = was.file
		}
		if err != nil {
			return err
		}
		return closeLine(ctx, tx, i, l.Line, res)
	})
	met[res.number] = true
	if kind := errs.KindOf(err); err != nil && (kind == errs.Invalid || kind == errs.Conflict) {
		return s.close(ctx, i, l.Line, result{Refused, res.number, "", append(res.problems, Problem{ToNumber, errs.KeyOf(err), nil, true})})
	}
	return err
}

func (s *Service) create(ctx context.Context, tx *db.Tx, by account.User, d desk, j judged) (application.ID, error) {
	in := application.Received{Title: j.title, Answers: j.answers, DepositedAt: j.depositedAt, Import: d.ID, Tell: d.Options.Tell}
	if j.email != "" {
		owner, err := s.Accounts.Ensure(ctx, tx, by, j.email)
		if err != nil {
			return "", err
		}
		in.Owner = owner.ID
	}
	id, seq, err := s.Files.Receive(ctx, tx, by, d.call, in)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `
		insert into application_origins (application_id, call_id, import_id, source, origin, number, deposited_at, imported_by, imported_at, content_digest, seq, problems)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		string(id), string(d.CallID), d.ID, string(d.Source), d.Origin, j.number, j.depositedAt, by.Actor(), s.Clock.Now(), j.digest(), seq, asJSON(kept(j.problems)))
	if err != nil {
		return "", fmt.Errorf("keep the origin of %s: %w", id, err)
	}
	return id, nil
}

func (s *Service) update(ctx context.Context, tx *db.Tx, by account.User, d desk, j judged, was before) error {
	seq, err := s.Files.ReceiveAgain(ctx, tx, by, was.file, was.seq, application.Received{Title: j.title, Answers: j.answers, DepositedAt: j.depositedAt, Import: d.ID})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update application_origins set import_id = $2, deposited_at = $3, imported_by = $4, imported_at = $5, content_digest = $6, seq = $7, problems = $8 where application_id = $1`,
		string(was.file), d.ID, j.depositedAt, by.Actor(), s.Clock.Now(), j.digest(), seq, asJSON(kept(j.problems)))
	if err != nil {
		return fmt.Errorf("keep the origin of %s: %w", was.file, err)
	}
	return nil
}

func kept(list []Problem) []Problem {
	if list == nil {
		return []Problem{}
	}
	return list
}

// end says that an import is done, with what became of its rows.
func (s *Service) end(ctx context.Context, by account.User, i Import) error {
	counts, err := s.counts(ctx, s.DB.Reader(), i.ID)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update imports set status = 'done', ended_at = $2, version = version + 1 where id = $1 and status = 'applying'`, i.ID, s.Clock.Now())
		if err != nil || n == 0 {
			return err
		}
		return s.note(ctx, tx, by, "call.imported", i, map[string]any{"created": counts[Created], "updated": counts[Updated], "unchanged": counts[Unchanged], "refused": counts[Refused]})
	})
}

func (s *Service) counts(ctx context.Context, r db.Reader, id string) (map[Outcome]int, error) {
	out := map[Outcome]int{}
	rows, err := r.Query(ctx, `select outcome, count(*) from import_rows where import_id = $1 group by outcome`, id)
	if err != nil {
		return nil, fmt.Errorf("count the rows of import %s: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var outcome Outcome
		var n int
		if err := rows.Scan(&outcome, &n); err != nil {
			return nil, err
		}
		out[outcome] = n
	}
	return out, rows.Err()
}

// Report is what became of the rows of an import.
type Report struct {
	Import
	Counts map[Outcome]int
	Lines  []Line
}

// Report reads what became of every row.
func (s *Service) Report(ctx context.Context, by account.User, of call.ID, id string) (Report, error) {
	r := s.DB.Reader()
	if _, err := s.may(ctx, r, by, of); err != nil {
		return Report{}, err
	}
	i, err := load(ctx, r, of, id)
	if err != nil {
		return Report{}, err
	}
	rep := Report{Import: i}
	if rep.Counts, err = s.counts(ctx, r, id); err != nil {
		return rep, err
	}
	rep.Lines, err = pageOf(ctx, r, id, 0, MaxFiles)
	return rep, err
}

// Undo takes out of the call every file that an import created, all or none: while
// nobody has touched any of them, and the import changed no file that was there before.
//
// Errors: Conflict "intake.not_done", "intake.undo_updates" or "intake.touched".
func (s *Service) Undo(ctx context.Context, by account.User, of call.ID, id string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.may(ctx, tx, by, of); err != nil {
			return err
		}
		i, err := load(ctx, tx, of, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update imports set status = 'undone', ended_at = $2, version = version + 1 where id = $1 and status = 'done'`, id, s.Clock.Now())
		if err != nil {
			return fmt.Errorf("undo import %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "intake.not_done")
		}
		type made struct {
			file    application.ID
			outcome Outcome
			seq     int
			from    string
		}
		list, err := db.List(ctx, tx, func(sc db.Scanner) (m made, err error) {
			err = sc.Scan(&m.file, &m.outcome, &m.seq, &m.from)
			return m, err
		}, `select r.application_id, r.outcome, o.seq, o.import_id from import_rows r join application_origins o on o.application_id = r.application_id
			where r.import_id = $1 and r.outcome in ('created', 'updated') order by r.line`, id)
		if err != nil {
			return fmt.Errorf("list the files of import %s: %w", id, err)
		}
		for _, m := range list {
			if m.outcome == Updated {
				return errs.New(errs.Conflict, "intake.undo_updates")
			}
			if m.from != id {
				return errs.New(errs.Conflict, "intake.touched")
			}
			if err := s.Files.Discard(ctx, tx, by, m.file, m.seq); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `delete from application_origins where import_id = $1`, id); err != nil {
			return fmt.Errorf("forget the origins of import %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "call.import_undone", i, map[string]any{"files": len(list)})
	})
}

// PutAway gives up an import that was not applied; its cells are erased.
// Errors: Conflict "intake.not_mapping".
func (s *Service) PutAway(ctx context.Context, by account.User, of call.ID, id string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.may(ctx, tx, by, of); err != nil {
			return err
		}
		i, err := load(ctx, tx, of, id)
		if err != nil {
			return err
		}
		return s.putAway(ctx, tx, by, i)
	})
}

func (s *Service) putAway(ctx context.Context, tx *db.Tx, by account.User, i Import) error {
	n, err := tx.Exec(ctx, `update imports set status = 'put_away', ended_at = $2, version = version + 1 where id = $1 and status = 'mapping'`, i.ID, s.Clock.Now())
	if err != nil {
		return fmt.Errorf("put import %s away: %w", i.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "intake.not_mapping")
	}
	if _, err := tx.Exec(ctx, `delete from import_rows where import_id = $1`, i.ID); err != nil {
		return fmt.Errorf("erase the cells of import %s: %w", i.ID, err)
	}
	return s.note(ctx, tx, by, "call.import_put_away", i, nil)
}

// sweep puts away the imports that waited too long, since their cells are personal data.
func (s *Service) sweep(ctx context.Context) error {
	old, err := db.List(ctx, s.DB.Reader(), scanImport, importQuery+` where i.status = 'mapping' and i.started_at < $1`, s.Clock.Now().Add(-waits))
	if err != nil {
		return fmt.Errorf("find the imports that waited too long: %w", err)
	}
	for _, i := range old {
		err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.putAway(ctx, tx, account.System, i) })
		if err != nil && !errs.Is(err, errs.Conflict) {
			return err
		}
	}
	return nil
}

// Progress says how many rows of an import are done.
func (r Report) Progress() int { return r.Rows - r.Counts[Waiting] }
