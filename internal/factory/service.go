package factory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Service keeps framings and gates.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
}

// What is told about a framing: the object of the event is the sheet.
const (
	ToldSubmitted = "factory.submitted"
	ToldAnswered  = "factory.answered"
)

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service, bus *event.Bus) *Service {
	return &Service{db: d, clock: c, policy: p, bus: bus}
}

// sheets reads the framings of a project, the last one first.
func sheets(ctx context.Context, r db.Reader, id project.ID) ([]Sheet, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (s Sheet, err error) {
		return s, sc.Scan(&s.ID, &s.Number, &s.Status, &s.Objectives, &s.Resources, &s.Deadlines, &s.Reasons, &s.Version, &s.By, &s.ChangedAt, &s.AnsweredAt)
	}, `select s.id, s.number, s.status, s.objectives, s.resources, s.deadlines, s.reasons, s.version, coalesce(h.name, ''), s.changed_at, s.answered_at
		from factory_sheets s left join people h on s.answered_by = 'person:' || h.id where s.project_id = $1 order by s.number desc`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the framing of %s: %w", id, err)
	}
	for i := range list {
		if list[i].Deliverables, err = deliverables(ctx, r, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func deliverables(ctx context.Context, r db.Reader, id SheetID) ([]Deliverable, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (d Deliverable, err error) {
		return d, sc.Scan(&d.ID, &d.Title, &d.Due, &d.Delivered)
	}, `select id, title, due_on, delivered_on from factory_deliverables where sheet_id = $1 order by position`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the deliverables of %s: %w", id, err)
	}
	return list, nil
}

func gates(ctx context.Context, r db.Reader, id project.ID) ([]Gate, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (g Gate, err error) {
		return g, sc.Scan(&g.ID, &g.Name, &g.Day, &g.Decision, &g.Reasons, &g.Learnt, &g.Kept, &g.Thanks, &g.Next, &g.By, &g.DecidedAt)
	}, `select g.id, g.name, g.day, g.decision, g.reasons, g.learnt, g.kept, g.thanks, g.next_carrier, coalesce(h.name, ''), g.decided_at
		from factory_gates g left join people h on g.decided_by = 'person:' || h.id where g.project_id = $1 order by g.day, g.created_at, g.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the gates of %s: %w", id, err)
	}
	return list, nil
}

// today is the day it is in the zone of an edition.
func (s *Service) today(e programme.Edition) string {
	return s.clock.Now().In(zone.Location(e.Zone)).Format(time.DateOnly)
}

// load reads the framing and the gates of a project for somebody who asks to do action.
func (s *Service) load(ctx context.Context, r db.Reader, by account.User, action policy.Action, id project.ID) (v Page, err error) {
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, action, v.Project.Object()); err != nil {
		return v, err
	}
	may, err := s.policy.Decisions(ctx, r, by, v.Project.Object(), "factory.draft", "factory.write", "factory.approve")
	if err != nil {
		return v, err
	}
	v.Writes, v.Approves = may["factory.write"].Allowed, may["factory.approve"].Allowed
	e, err := programme.FindEdition(ctx, r, v.Project.Edition)
	if err != nil {
		return v, err
	}
	v.Today, v.Zone = s.today(e), e.Zone
	if v.Gates, err = gates(ctx, r, id); err != nil {
		return v, err
	}
	v.Stands = stands(v.Gates)
	if v.Sheets, err = sheets(ctx, r, id); err == nil && !may["factory.draft"].Allowed {
		v.Sheets = slices.DeleteFunc(v.Sheets, func(one Sheet) bool { return one.Status == Draft || one.Status == Returned })
	}
	return v, err
}

// Read is the framing and the gates of a project; what a team writes before it submits it, or
// after it came back, is read by the team alone. Errors: as the policy, on factory.read.
func (s *Service) Read(ctx context.Context, by account.User, id project.ID) (Page, error) {
	return s.load(ctx, s.db.Reader(), by, "factory.read", id)
}

// Written is Read for who writes the framing. Errors: as the policy, on factory.write.
func (s *Service) Written(ctx context.Context, by account.User, id project.ID) (Page, error) {
	return s.load(ctx, s.db.Reader(), by, "factory.write", id)
}

// act holds a project for an act of by on it.
func (s *Service) act(ctx context.Context, by account.User, action policy.Action, id project.ID, do func(tx *db.Tx, v Page) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := project.Load(ctx, tx, id); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "factory:"+string(id)); err != nil {
			return err
		}
		v, err := s.load(ctx, tx, by, action, id)
		if err != nil {
			return err
		}
		return do(tx, v)
	})
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id project.ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(id), Detail: detail})
}

// Save keeps the framing of a project as a draft. When the last one was approved, it begins
// the next one. Errors: Invalid on the fields of w; Conflict factory.submitted,
// factory.meanwhile, factory.stopped; as the policy, on factory.write.
func (s *Service) Save(ctx context.Context, by account.User, id project.ID, w Framing) error {
	bad := w.check(false)
	return s.act(ctx, by, "factory.write", id, func(tx *db.Tx, v Page) error {
		if err := errs.NewInvalid("factory.invalid", bad); err != nil {
			return err
		}
		was, open := v.Open()
		switch {
		case v.Stands == Stop || v.Stands == HandOver:
			return errs.New(errs.Conflict, "factory.stopped")
		case open && was.Status == Submitted:
			return errs.New(errs.Conflict, "factory.submitted")
		case was.Version != w.Version:
			return errs.New(errs.Conflict, "factory.meanwhile")
		case !open:
			was = Sheet{ID: SheetID(db.NewID()), Number: int64(len(v.Sheets)) + 1}
			if err := s.begin(ctx, tx, by, id, was); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `update factory_sheets set objectives = $2, resources = $3, deadlines = $4, status = 'draft', version = version + 1, changed_at = $5 where id = $1`,
			string(was.ID), w.Objectives, w.Resources, w.Deadlines, s.clock.Now()); err != nil {
			return fmt.Errorf("write the framing of %s: %w", id, err)
		}
		agreed, _ := v.Agreed()
		if err := promise(ctx, tx, was.ID, w.Deliverables, agreed.Deliverables); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "factory.drafted", id, map[string]any{"number": was.Number})
	})
}

func (s *Service) begin(ctx context.Context, tx *db.Tx, by account.User, id project.ID, n Sheet) error {
	if _, err := tx.Exec(ctx, `insert into factory_sheets (id, project_id, number, objectives, resources, deadlines, status, reasons, version, created_at, created_by, changed_at, answered_by)
		values ($1, $2, $3, '', '', '', 'draft', '', 0, $4, $5, $4, '')`, string(n.ID), string(id), n.Number, s.clock.Now(), by.Actor()); err != nil {
		return fmt.Errorf("begin the framing of %s: %w", id, err)
	}
	return nil
}

// promise writes the deliverables of a sheet; what was delivered under the same title for the
// sheet before stays so.
func promise(ctx context.Context, tx *db.Tx, id SheetID, list, before []Deliverable) error {
	if _, err := tx.Exec(ctx, `delete from factory_deliverables where sheet_id = $1`, string(id)); err != nil {
		return fmt.Errorf("take back the deliverables of %s: %w", id, err)
	}
	for i, d := range list {
		delivered := ""
		if at := slices.IndexFunc(before, func(one Deliverable) bool { return one.Title == d.Title }); at >= 0 {
			delivered = before[at].Delivered
		}
		if _, err := tx.Exec(ctx, `insert into factory_deliverables (id, sheet_id, position, title, due_on, delivered_on) values ($1, $2, $3, $4, $5, $6)`,
			db.NewID(), string(id), i+1, d.Title, d.Due, delivered); err != nil {
			return fmt.Errorf("write the deliverables of %s: %w", id, err)
		}
	}
	return nil
}

// Submit asks for the approval of the draft that was read. Errors: Invalid when something is
// missing in it; Conflict factory.meanwhile, factory.stopped; as the policy, on factory.write.
func (s *Service) Submit(ctx context.Context, by account.User, id project.ID, version int64) error {
	return s.act(ctx, by, "factory.write", id, func(tx *db.Tx, v Page) error {
		one, open := v.Open()
		if v.Stands == Stop || v.Stands == HandOver {
			return errs.New(errs.Conflict, "factory.stopped")
		}
		if !open || one.Version != version || one.Status == Submitted {
			return errs.New(errs.Conflict, "factory.meanwhile")
		}
		if err := errs.NewInvalid("factory.invalid", one.Framing.check(true)); err != nil {
			return err
		}
		if err := s.move(ctx, tx, one, Submitted); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, ToldSubmitted, string(one.ID), nil); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "factory.submitted", id, map[string]any{"number": one.Number})
	})
}

func (s *Service) move(ctx context.Context, tx *db.Tx, one Sheet, to Status) error {
	if _, err := tx.Exec(ctx, `update factory_sheets set status = $2, version = version + 1, changed_at = $3 where id = $1`, string(one.ID), string(to), s.clock.Now()); err != nil {
		return fmt.Errorf("move framing %s: %w", one.ID, err)
	}
	return nil
}

// Answer approves the framing that was submitted, or sends it back with reasons. Errors:
// Invalid on "reasons"; Conflict factory.meanwhile when it is not the one that was read; as
// the policy, on factory.approve.
func (s *Service) Answer(ctx context.Context, by account.User, id project.ID, version int64, approved bool, reasons string) error {
	var bad fields
	bad.block("reasons", &reasons, !approved)
	to, act := Returned, "factory.returned"
	if approved {
		to, act = Approved, "factory.approved"
	}
	return s.act(ctx, by, "factory.approve", id, func(tx *db.Tx, v Page) error {
		if err := errs.NewInvalid("factory.invalid", bad); err != nil {
			return err
		}
		one, open := v.Open()
		if !open || one.Status != Submitted || one.Version != version {
			return errs.New(errs.Conflict, "factory.meanwhile")
		}
		if _, err := tx.Exec(ctx, `update factory_sheets set reasons = $2, answered_by = $3, answered_at = $4 where id = $1`, string(one.ID), reasons, by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("answer the framing of %s: %w", id, err)
		}
		if err := s.move(ctx, tx, one, to); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, ToldAnswered, string(one.ID), nil); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act, id, map[string]any{"number": one.Number})
	})
}

// Deliver says that a deliverable of the approved framing is there, or takes that back.
// Errors: NotFound; as the policy, on factory.write.
func (s *Service) Deliver(ctx context.Context, by account.User, id project.ID, which DeliverableID, there bool) error {
	return s.act(ctx, by, "factory.write", id, func(tx *db.Tx, v Page) error {
		agreed, _ := v.Agreed()
		i := slices.IndexFunc(agreed.Deliverables, func(d Deliverable) bool { return d.ID == which })
		if i < 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		day := ""
		if there {
			day = v.Today
		}
		if (agreed.Deliverables[i].Delivered != "") == there {
			return nil
		}
		if _, err := tx.Exec(ctx, `update factory_deliverables set delivered_on = $2 where id = $1`, string(which), day); err != nil {
			return fmt.Errorf("deliver %s: %w", which, err)
		}
		return s.note(ctx, tx, by, "factory.delivered", id, map[string]any{"deliverable": string(which), "there": there})
	})
}
