package call

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Rights is what somebody may do with a call now.
type Rights struct {
	Edit, Publish, Answer, Files, Ask, Apply bool
}

// Team says whether the person works on the call.
func (r Rights) Team() bool { return r.Edit || r.Answer || r.Files }

// Rights says what by may do with a call that she reads.
func (s *Service) Rights(ctx context.Context, by account.User, c Call) (Rights, error) {
	got, err := s.policy.Decisions(ctx, s.db.Reader(), by, c.Object(s.clock.Now()),
		"call.edit", "call.publish", "call.answer", "call.files", "call.ask", "application.create")
	if err != nil {
		return Rights{}, fmt.Errorf("decide on call %s: %w", c.ID, err)
	}
	may := func(action policy.Action) bool { return got[action].Allowed }
	return Rights{Edit: may("call.edit"), Publish: may("call.publish"), Answer: may("call.answer"), Files: may("call.files"),
		Ask: may("call.ask"), Apply: may("application.create")}, nil
}

// Prepare reads a call for somebody who may edit it.
func (s *Service) Prepare(ctx context.Context, by account.User, id ID) (Call, error) {
	return s.require(ctx, s.db.Reader(), by, "call.edit", id)
}

// Follow reads a call for somebody who follows its files.
func (s *Service) Follow(ctx context.Context, by account.User, id ID) (Call, error) {
	return s.require(ctx, s.db.Reader(), by, "call.files", id)
}

// Steer reads a call for somebody who may publish, revise and extend it.
func (s *Service) Steer(ctx context.Context, by account.User, id ID) (Call, error) {
	return s.require(ctx, s.db.Reader(), by, "call.publish", id)
}

// Lacks is everything that keeps a call from opening: its own gaps, then those of
// its form, whose paths begin with "form.". It is empty when Publish would succeed.
func (s *Service) Lacks(ctx context.Context, by account.User, id ID) ([]errs.Field, error) {
	r := s.db.Reader()
	c, err := s.require(ctx, r, by, "call.files", id)
	if err != nil || c.Status != Draft {
		return nil, err
	}
	return s.lacks(ctx, r, c)
}

func (s *Service) lacks(ctx context.Context, r db.Reader, c Call) ([]errs.Field, error) {
	bad := problemsOf(c.readyToOpen(s.clock.Now()))
	if c.Revision > 0 {
		return bad, nil
	}
	d, err := loadDraft(ctx, r, c)
	if err != nil {
		return nil, err
	}
	if d.Version == 0 {
		return append(bad, errs.Field{Path: "form", Key: "call.form_missing"}), nil
	}
	_, err = d.Form.Compile()
	for _, f := range problemsOf(err) {
		f.Path = "form." + f.Path
		bad = append(bad, f)
	}
	return bad, nil
}

func problemsOf(err error) []errs.Field {
	if e, ok := err.(*errs.Error); ok {
		return e.Fields
	}
	return nil
}

// Postponement is one move of a deadline.
type Postponement struct {
	Was, Becomes time.Time
	Reason       string
	By           string // the person's name
	At           time.Time
}

func scanPostponement(s db.Scanner) (p Postponement, err error) {
	err = s.Scan(&p.Was, &p.Becomes, &p.Reason, &p.By, &p.At)
	return p, err
}

// Postponements lists how the deadline of a call moved, the last move first.
func (s *Service) Postponements(ctx context.Context, by account.User, id ID) ([]Postponement, error) {
	r := s.db.Reader()
	if _, err := s.require(ctx, r, by, "call.read", id); err != nil {
		return nil, err
	}
	return db.List(ctx, r, scanPostponement, `
		select d.was, d.becomes, d.reason, coalesce(p.name, ''), d.decided_at
		from call_deadlines d left join people p on 'person:' || p.id = d.decided_by
		where d.call_id = $1 order by d.decided_at desc, d.id desc`, string(id))
}

// Archive puts away a call whose deadline has passed: it stays public, under closed
// calls, and nothing of it changes any more.
func (s *Service) Archive(ctx context.Context, by account.User, id ID) (Call, error) {
	now := s.clock.Now()
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.publish", id)
		if err != nil {
			return err
		}
		if !c.ClosedAt(now) {
			return errs.New(errs.Conflict, "call.still_open", c.ClosesAt)
		}
		n, err := tx.Exec(ctx, `update calls set status = 'closed', version = version + 1 where id = $1 and status = 'published' and closes_at <= $2`, string(id), now)
		if err != nil {
			return fmt.Errorf("archive call %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "call.not_open")
		}
		if err := s.record(ctx, tx, by, "call.archived", c, nil); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "call.archived", string(id), nil)
	})
	if err != nil {
		return Call{}, err
	}
	return Load(ctx, s.db.Reader(), id)
}

// Opening prepares a call to create in an edition, for whoever may: its zone, and the
// stage and the dates that the edition planned for it.
func (s *Service) Opening(ctx context.Context, by account.User, edition string) (Call, error) {
	r := s.db.Reader()
	c := Call{EditionID: edition}
	err := r.QueryRow(ctx, `
		select e.programme_id, p.agency_id, e.zone from editions e join programmes p on p.id = e.programme_id where e.id = $1`, edition).
		Scan(&c.ProgrammeID, &c.AgencyID, &c.Zone)
	if err != nil {
		return c, err
	}
	obj := policy.Object{Ref: policy.Ref{Kind: "edition", ID: edition}, Within: []policy.Ref{{Kind: "programme", ID: c.ProgrammeID}, {Kind: "agency", ID: c.AgencyID}}}
	if _, err := s.policy.Require(ctx, r, by, "edition.manage", obj); err != nil {
		return c, err
	}
	err = r.QueryRow(ctx, `
		select s.id, s.opens_at, s.closes_at from stages s
		where s.edition_id = $1 and s.kind = 'call' and not exists (select 1 from calls c where c.stage_id = s.id)
		order by s.position limit 1`, edition).Scan(&c.StageID, &c.OpensAt, &c.ClosesAt)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return c, fmt.Errorf("find the stage of a call in %s: %w", edition, err)
	}
	return c, nil
}

// Propose creates a draft call from its title, under a readable address that no other call has.
func (s *Service) Propose(ctx context.Context, by account.User, edition string, title form.Localised) (Call, error) {
	c, err := s.Opening(ctx, by, edition)
	if err != nil {
		return c, err
	}
	if title["fr"] == "" {
		return c, errs.NewInvalid("call.invalid", []errs.Field{{Path: "title_fr", Key: "call.title_missing"}})
	}
	c.Title = title
	if c.ID, err = freeSlug(ctx, s.db.Reader(), edition, title["fr"]); err != nil {
		return c, err
	}
	return s.Create(ctx, by, c)
}
