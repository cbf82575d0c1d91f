package committee

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
)

// Register lists the recusals of a selection and what became of them: by member, then by
// file. Whoever stepped aside from a file reads no line about it, her own included.
func (s *Service) Register(ctx context.Context, by account.User, id SelectionID) (Selection, []Recusal, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.register", id)
	if err != nil {
		return sel, nil, err
	}
	clear, args := s.policy.Unexcluded(ctx, by, "application", "c.application_id", []any{string(id)})
	list, err := db.List(ctx, r, scanRecusal, `select `+recusalColumns+` from `+recusalTables+` where c.selection_id = $1 and `+clear+` order by m.name, m.id, a.number, c.id`, args...)
	if err != nil {
		return sel, nil, fmt.Errorf("read the register of selection %s: %w", id, err)
	}
	return sel, list, addCauses(ctx, r, list)
}

// Committee lists the seats of a selection to those who may read it. Whoever sits sees
// those who sit; who declined, who was invited and who left, those who manage it see.
func (s *Service) Committee(ctx context.Context, by account.User, id SelectionID) ([]Member, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.read", id)
	if err != nil {
		return nil, err
	}
	all, err := Members(ctx, r, id)
	if err != nil {
		return nil, err
	}
	d, err := s.policy.Decide(ctx, r, by, "selection.clerk", sel.Object(s.clock.Now()))
	if err != nil || d.Allowed {
		return all, err
	}
	var list []Member
	for _, m := range all {
		if m.Status == Sitting {
			list = append(list, m)
		}
	}
	return list, nil
}

// Waiting is a selection where something waits for a person who sits in it.
type Waiting struct {
	Selection
	Role    Role
	Declare bool // she has not gone through the titles yet
}

// Waiting lists the selections in which by sits and that are not decided, with what
// waits for her there.
func (s *Service) Waiting(ctx context.Context, by account.User) (out []Waiting, err error) {
	if by.IsVisitor() {
		return nil, nil
	}
	r, now := s.db.Reader(), s.clock.Now()
	seats, err := db.List(ctx, r, scanMember, `select `+memberColumns+` from `+memberTables+` join selections s on s.id = m.selection_id
		where m.person_id = $1 and m.status = 'sitting' and s.status in `+active+` order by s.reviews_due_at is null, s.reviews_due_at, s.id`, string(by.ID))
	if err != nil {
		return nil, fmt.Errorf("list the seats of %s: %w", by.Actor(), err)
	}
	for _, m := range seats {
		if !m.SitsAt(now) {
			continue
		}
		sel, err := Load(ctx, r, m.Selection)
		if err != nil {
			return nil, err
		}
		if _, err := s.policy.Require(ctx, r, by, "selection.read", sel.Object(now)); err != nil && m.Role != Officer {
			continue // her sign-in waits for its second proof
		}
		open := sel.Status == Reading || sel.Status == Preparing && sel.Call.ClosedAt(now) && sel.Call.UnsealedNow(now)
		out = append(out, Waiting{sel, m.Role, open && m.DeclaredAt.IsZero() && (m.Role == Chair || m.Role == Juror)})
	}
	return out, nil
}
