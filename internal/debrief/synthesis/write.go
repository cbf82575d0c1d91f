package synthesis

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// writing does something as who may write the sheet of a project, one act at a time.
func (s *Service) writing(ctx context.Context, by account.User, id project.ID, act func(*db.Tx, Sheet) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "synthesis:"+string(id)); err != nil {
			return err
		}
		v, err := s.open(ctx, tx, by, "synthesis.write", id)
		if err != nil {
			return err
		}
		return act(tx, v)
	})
}

// touch notes that the sheet changed, and begins it when nothing was written yet.
func (s *Service) touch(ctx context.Context, tx *db.Tx, by account.User, id project.ID) error {
	_, err := tx.Exec(ctx, `insert into syntheses (project_id, state, version, updated_at, updated_by) values ($1, 'draft', 1, $2, $3)
		on conflict (project_id) do update set version = syntheses.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by`, string(id), s.clock.Now(), by.Actor())
	if err != nil {
		return fmt.Errorf("change the sheet of %s: %w", id, err)
	}
	return nil
}

// Add writes a new line at the end of its part, which nobody outside the team reads until
// that is decided. Errors: Invalid on "part", "body", "help", "addressee"; Conflict
// synthesis.full; as the policy, on synthesis.write.
func (s *Service) Add(ctx context.Context, by account.User, id project.ID, w Words) (line string, err error) {
	bad := w.check()
	err = s.writing(ctx, by, id, func(tx *db.Tx, _ Sheet) error {
		if err := errs.NewInvalid("synthesis.invalid", bad); err != nil {
			return err
		}
		if err := s.touch(ctx, tx, by, id); err != nil {
			return err
		}
		line, err = s.put(ctx, tx, by, id, w, Found{})
		if err == nil && line == "" {
			err = errs.New(errs.Conflict, "synthesis.full", MaxLines)
		}
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by, "synthesis.line_added", id, map[string]any{"line": line})
	})
	return line, err
}

// put writes a line where there is room for one and what it says was not proposed before;
// it gives "" otherwise.
func (s *Service) put(ctx context.Context, tx *db.Tx, by account.User, id project.ID, w Words, f Found) (string, error) {
	n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from synthesis_lines where project_id = $1 and state = 'standing'`, string(id))
	if err != nil || n >= MaxLines {
		return "", err
	}
	line := db.NewID()
	n, err = tx.Exec(ctx, `insert into synthesis_lines (id, project_id, part, body, help, addressee, origin, source, seq, state, version, made_at, made_by, updated_at)
		select $1, $2, $3, $4, $5, $6, $7, $8, coalesce(max(seq), 0) + 1, 'standing', 1, $9, $10, $9 from synthesis_lines where project_id = $2
		on conflict (project_id, source) do nothing`, line, string(id), string(w.Part), w.Body, w.Help, w.Addressee, f.Origin, db.Null(f.Source), s.clock.Now(), by.Actor())
	if err != nil {
		return "", fmt.Errorf("add a line to the sheet of %s: %w", id, err)
	}
	if n == 0 {
		line = ""
	}
	return line, nil
}

// Save changes the words of a line; who reads it stays the same. Errors: Invalid as Add;
// Conflict synthesis.meanwhile when somebody changed it since; NotFound; as the policy, on
// synthesis.write.
func (s *Service) Save(ctx context.Context, by account.User, id project.ID, line string, w Words) error {
	bad := w.check()
	return s.writing(ctx, by, id, func(tx *db.Tx, _ Sheet) error {
		if err := errs.NewInvalid("synthesis.invalid", bad); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update synthesis_lines set part = $4, body = $5, help = $6, addressee = $7, version = version + 1, updated_at = $8 where id = $1 and project_id = $2 and version = $3 and state = 'standing'`,
			line, string(id), w.Version, string(w.Part), w.Body, w.Help, w.Addressee, s.clock.Now())
		if err != nil {
			return fmt.Errorf("change a line of the sheet of %s: %w", id, err)
		}
		if n == 0 {
			return s.missing(ctx, tx, id, line)
		}
		if err := s.touch(ctx, tx, by, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "synthesis.line_changed", id, map[string]any{"line": line})
	})
}

// missing says why a line could not be changed.
func (s *Service) missing(ctx context.Context, r db.Reader, id project.ID, line string) error {
	if _, err := db.Get(ctx, r, db.Value[string], `select id from synthesis_lines where id = $1 and project_id = $2`, line, string(id)); err != nil {
		return err
	}
	return meanwhile()
}

// Throw throws a line away, which nobody reads any more, or brings it back, for the team
// alone. Errors: NotFound; Conflict synthesis.meanwhile; as the policy, on synthesis.write.
func (s *Service) Throw(ctx context.Context, by account.User, id project.ID, line string, away bool) error {
	from, to, act := "standing", "thrown", "synthesis.line_thrown"
	if !away {
		from, to, act = "thrown", "standing", "synthesis.line_kept"
	}
	return s.writing(ctx, by, id, func(tx *db.Tx, _ Sheet) error {
		n, err := tx.Exec(ctx, `update synthesis_lines set state = $4, version = version + 1, updated_at = $5 where id = $1 and project_id = $2 and state = $3`, line, string(id), from, to, s.clock.Now())
		if err != nil {
			return fmt.Errorf("throw a line of the sheet of %s: %w", id, err)
		}
		if n == 0 {
			return s.missing(ctx, tx, id, line)
		}
		if away {
			if err := s.withdraw(ctx, tx, by, line, ""); err != nil {
				return err
			}
		}
		if err := s.touch(ctx, tx, by, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act, id, map[string]any{"line": line})
	})
}

// Move puts a line before the one above it in its part, or after the one below. At the end of
// its part it stays where it is. Errors: NotFound; as the policy, on synthesis.write.
func (s *Service) Move(ctx context.Context, by account.User, id project.ID, line string, up bool) error {
	return s.writing(ctx, by, id, func(tx *db.Tx, _ Sheet) error {
		var part string
		var place int64
		if err := tx.QueryRow(ctx, `select part, seq from synthesis_lines where id = $1 and project_id = $2 and state = 'standing'`, line, string(id)).Scan(&part, &place); err != nil {
			return err
		}
		beside := `seq < $3 order by seq desc`
		if !up {
			beside = `seq > $3 order by seq`
		}
		var other string
		var there int64
		err := tx.QueryRow(ctx, `select id, seq from synthesis_lines where project_id = $1 and part = $2 and state = 'standing' and `+beside+` limit 1`, string(id), part, place).Scan(&other, &there)
		if errs.Is(err, errs.NotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("find the line beside: %w", err)
		}
		for which, at := range map[string]int64{line: there, other: place} {
			if _, err := tx.Exec(ctx, `update synthesis_lines set seq = $2 where id = $1`, which, at); err != nil {
				return fmt.Errorf("move a line of the sheet of %s: %w", id, err)
			}
		}
		return s.touch(ctx, tx, by, id)
	})
}

// Turn makes a sheet ready, which opens it to those it is shared with, or a draft again, which
// closes it to them at once. Errors: Conflict synthesis.meanwhile, synthesis.empty; as the
// policy, on synthesis.write.
func (s *Service) Turn(ctx context.Context, by account.User, id project.ID, to State, version int64) error {
	act := "synthesis.ready"
	if to != Ready {
		to, act = Draft, "synthesis.draft"
	}
	return s.writing(ctx, by, id, func(tx *db.Tx, v Sheet) error {
		if v.Version != version {
			return meanwhile()
		}
		n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from synthesis_lines where project_id = $1 and state = 'standing'`, string(id))
		if err != nil {
			return err
		}
		if n == 0 && to == Ready {
			return errs.New(errs.Conflict, "synthesis.empty")
		}
		if v.State == to {
			return nil
		}
		if _, err := tx.Exec(ctx, `update syntheses set state = $2 where project_id = $1`, string(id), string(to)); err != nil {
			return fmt.Errorf("turn the sheet of %s: %w", id, err)
		}
		if err := s.touch(ctx, tx, by, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act, id, nil)
	})
}

// Propose adds what is known of the project and was not proposed before: needs and actions of
// boards, what was heard and agreed in the gathering, and what other sources know. It gives
// how many lines were added. Errors: as the policy, on synthesis.write.
func (s *Service) Propose(ctx context.Context, by account.User, id project.ID) (added int, err error) {
	err = s.writing(ctx, by, id, func(tx *db.Tx, _ Sheet) error {
		if err := s.touch(ctx, tx, by, id); err != nil {
			return err
		}
		for _, source := range s.sources {
			found, err := source(ctx, tx, id)
			if err != nil {
				return err
			}
			for _, f := range found {
				w := Words{Part: f.Part, Body: shorten(f.Body), Help: f.Help}
				if bad := w.check(); len(bad) > 0 {
					continue
				}
				line, err := s.put(ctx, tx, by, id, w, f)
				if err != nil {
					return err
				}
				if line != "" {
					added++
				}
			}
		}
		return s.note(ctx, tx, by, "synthesis.proposed", id, map[string]any{"lines": added})
	})
	return added, err
}

// shorten cuts what is too long for a line.
func shorten(body string) string {
	if letters := []rune(strings.TrimSpace(body)); len(letters) > MaxBody {
		return string(letters[:MaxBody-1]) + "…"
	}
	return body
}

// items are what boards and the gathering left in the file of a project.
func items(ctx context.Context, r db.Reader, id project.ID) (found []Found, err error) {
	all, err := project.ItemsOf(ctx, r, id)
	for _, i := range all {
		f := Found{Body: i.Title, Origin: FromBoard, Source: "item:" + i.ID}
		if i.Detail != "" {
			f.Body += "\n" + i.Detail
		}
		switch i.Kind {
		case "need":
			f.Part = Help
		case "action":
			f.Part = Next
		case "landmark", "lock":
			f.Part = Stands
		case "idea", "contribution":
			f.Part = Brought
		default:
			continue
		}
		if _, _, agreed := i.Agreed(); agreed {
			f.Origin = FromAgreed
		} else if strings.HasPrefix(i.Board, "heard:") {
			f.Origin = FromHeard
		}
		found = append(found, f)
	}
	return found, err
}
