package factory

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Plan writes a gate down. Errors: Invalid on "name", "day"; Conflict factory.gates_many; as
// the policy, on factory.approve.
func (s *Service) Plan(ctx context.Context, by account.User, id project.ID, name, day string) (gate GateID, err error) {
	var bad fields
	bad.line("name", &name, true)
	bad.day("day", &day)
	err = s.act(ctx, by, "factory.approve", id, func(tx *db.Tx, v Page) error {
		if err := errs.NewInvalid("factory.invalid", bad); err != nil {
			return err
		}
		if len(v.Gates) >= MaxGates {
			return errs.New(errs.Conflict, "factory.gates_many", MaxGates)
		}
		gate = GateID(db.NewID())
		if _, err := tx.Exec(ctx, `insert into factory_gates (id, project_id, name, day, decision, reasons, learnt, kept, thanks, next_carrier, created_at, created_by, decided_by)
			values ($1, $2, $3, $4, '', '', '', '', '', '', $5, $6, '')`, string(gate), string(id), name, day, s.clock.Now(), by.Actor()); err != nil {
			return fmt.Errorf("write a gate of %s down: %w", id, err)
		}
		return s.note(ctx, tx, by, "factory.planned", id, map[string]any{"gate": string(gate)})
	})
	return gate, err
}

// Cancel takes back a gate at which nothing was decided. Errors: NotFound; Conflict
// factory.decided; as the policy, on factory.approve.
func (s *Service) Cancel(ctx context.Context, by account.User, id project.ID, gate GateID) error {
	return s.atGate(ctx, by, id, gate, func(tx *db.Tx, _ Page) error {
		if _, err := tx.Exec(ctx, `delete from factory_gates where id = $1`, string(gate)); err != nil {
			return fmt.Errorf("take gate %s back: %w", gate, err)
		}
		return s.note(ctx, tx, by, "factory.cancelled", id, map[string]any{"gate": string(gate)})
	})
}

// atGate holds a project for an act on one of its gates, at which nothing was decided yet.
func (s *Service) atGate(ctx context.Context, by account.User, id project.ID, gate GateID, do func(tx *db.Tx, v Page) error) error {
	return s.act(ctx, by, "factory.approve", id, func(tx *db.Tx, v Page) error {
		g, there := v.Gate(gate)
		if !there {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if g.Decision != "" {
			return errs.New(errs.Conflict, "factory.decided")
		}
		return do(tx, v)
	})
}

// Decide writes down what was decided at a gate. A project that was stopped goes on when a
// later gate says so. Errors: Invalid on the fields of v; NotFound; Conflict factory.decided,
// factory.unframed before the framing is approved; as the policy, on factory.approve.
func (s *Service) Decide(ctx context.Context, by account.User, id project.ID, gate GateID, d Verdict) error {
	bad := d.check()
	return s.atGate(ctx, by, id, gate, func(tx *db.Tx, v Page) error {
		if err := errs.NewInvalid("factory.invalid", bad); err != nil {
			return err
		}
		if _, framed := v.Agreed(); !framed {
			return errs.New(errs.Conflict, "factory.unframed")
		}
		if _, err := tx.Exec(ctx, `update factory_gates set decision = $2, reasons = $3, learnt = $4, kept = $5, thanks = $6, next_carrier = $7, decided_at = $8, decided_by = $9 where id = $1 and decision = ''`,
			string(gate), string(d.Decision), d.Reasons, d.Learnt, d.Kept, d.Thanks, d.Next, s.clock.Now(), by.Actor()); err != nil {
			return fmt.Errorf("decide at gate %s: %w", gate, err)
		}
		return s.note(ctx, tx, by, "factory.decided", id, map[string]any{"gate": string(gate), "decision": string(d.Decision), "was": string(v.Stands)})
	})
}

// Of is the board of an edition, for who runs it. Errors: NotFound; as the policy, on
// factory.follow.
func (s *Service) Of(ctx context.Context, by account.User, id programme.EditionID) (Board, error) {
	r := s.db.Reader()
	e, err := programme.FindEdition(ctx, r, id)
	if err != nil {
		return Board{}, err
	}
	if _, err = s.policy.Require(ctx, r, by, "factory.follow", e.PolicyObject()); err != nil {
		return Board{}, err
	}
	return s.board(ctx, r, e)
}

// Around is the same board, for who is of one of its projects. Errors: as the policy, on
// factory.read.
func (s *Service) Around(ctx context.Context, by account.User, id project.ID) (p project.Project, b Board, err error) {
	r := s.db.Reader()
	if p, err = project.Load(ctx, r, id); err != nil {
		return p, b, err
	}
	if _, err = s.policy.Require(ctx, r, by, "factory.read", p.Object()); err != nil {
		return p, b, err
	}
	e, err := programme.FindEdition(ctx, r, p.Edition)
	if err != nil {
		return p, b, err
	}
	b, err = s.board(ctx, r, e)
	return p, b, err
}

// board puts together the projects of an edition whose framing was approved. It takes no
// words of a framing or of a decision: titles, days and states alone.
func (s *Service) board(ctx context.Context, r db.Reader, e programme.Edition) (b Board, err error) {
	b = Board{Edition: e.ID, In: e.Name, Today: s.today(e), Zone: e.Zone}
	all, err := project.In(ctx, r, e.ID)
	if err != nil {
		return b, err
	}
	framed, err := framings(ctx, r, e.ID)
	if err != nil {
		return b, err
	}
	dated, err := edition(ctx, r, e.ID)
	if err != nil {
		return b, err
	}
	for _, p := range all {
		one, there := framed[p.ID]
		if !there {
			continue
		}
		one.Project, one.Stands = p, stands(dated[p.ID])
		for _, g := range dated[p.ID] {
			if g.Decision == "" && one.Day == "" && one.Stands != Stop && one.Stands != HandOver {
				one.Gate, one.Day = g.Name, g.Day
			}
			if g.DecidedAt.After(one.Changed) {
				one.Changed = g.DecidedAt
			}
		}
		for _, d := range one.Deliverables {
			if d.Late(b.Today) && one.Stands != Stop && one.Stands != HandOver {
				one.Late++
			}
		}
		b.Lines = append(b.Lines, one)
	}
	return b, nil
}

// framings are the projects of an edition that have an approved framing, with the
// deliverables of the last one.
func framings(ctx context.Context, r db.Reader, id programme.EditionID) (map[project.ID]Line, error) {
	type row struct {
		project project.ID
		at      time.Time
		Deliverable
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (d row, err error) {
		return d, sc.Scan(&d.project, &d.at, &d.ID, &d.Title, &d.Due, &d.Delivered)
	}, `select s.project_id, s.answered_at, d.id, d.title, d.due_on, d.delivered_on from factory_sheets s join projects p on p.id = s.project_id join factory_deliverables d on d.sheet_id = s.id
		where p.edition_id = $1 and s.status = 'approved' and not exists (select 1 from factory_sheets n where n.project_id = s.project_id and n.status = 'approved' and n.number > s.number)
		order by d.due_on, d.position`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the framings of %s: %w", id, err)
	}
	framed := map[project.ID]Line{}
	for _, d := range list {
		one := framed[d.project]
		one.Deliverables, one.Changed = append(one.Deliverables, d.Deliverable), d.at
		framed[d.project] = one
	}
	return framed, nil
}

// edition reads the gates of an edition, without a word of what was decided.
func edition(ctx context.Context, r db.Reader, id programme.EditionID) (map[project.ID][]Gate, error) {
	type row struct {
		project project.ID
		Gate
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (g row, err error) {
		return g, sc.Scan(&g.project, &g.Name, &g.Day, &g.Decision, &g.DecidedAt)
	}, `select g.project_id, g.name, g.day, g.decision, g.decided_at from factory_gates g join projects p on p.id = g.project_id where p.edition_id = $1 order by g.day, g.created_at, g.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the gates of %s: %w", id, err)
	}
	dated := map[project.ID][]Gate{}
	for _, g := range list {
		dated[g.project] = append(dated[g.project], g.Gate)
	}
	return dated, nil
}

// EndedAt is the gate at which a project stopped or was handed over, to who may read it; ok is
// false while it goes on, and for who may not. Errors: NotFound.
func (s *Service) EndedAt(ctx context.Context, by account.User, id project.ID) (g Gate, ok bool, err error) {
	r := s.db.Reader()
	p, err := project.Load(ctx, r, id)
	if err != nil {
		return g, false, err
	}
	may, err := s.policy.Decide(ctx, r, by, "factory.read", p.Object())
	if err != nil || !may.Allowed {
		return g, false, err
	}
	all, err := gates(ctx, r, id)
	if err != nil {
		return g, false, err
	}
	g = lastDecided(all)
	return g, g.Decision == Stop || g.Decision == HandOver, nil
}
