package right

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
)

// Line is a movement, as a statement shows it.
type Line struct {
	At      time.Time
	Fund    string // its name
	Act     ledger.Act
	From    ledger.Kind // the account that gave, and its project
	Giver   string
	To      ledger.Kind
	Taker   string
	Minutes int64
	Subject string // of the request, "" for none
	Expert  string
	Reason  string
}

const lineQuery = `select m.made_at, f.name, m.act, o.kind, coalesce(po.title, ''), i.kind, coalesce(pi.title, ''), i.amount, coalesce(q.subject, ''), coalesce(x.name, ''), m.reason
	from right_movements m join right_funds f on f.id = m.fund_id
	join right_entries o on o.movement_id = m.id and o.amount < 0
	join right_entries i on i.movement_id = m.id and i.amount > 0
	left join projects po on po.id = o.project_id
	left join projects pi on pi.id = i.project_id
	left join right_requests q on q.id = m.request_id
	left join experts x on x.id = q.expert_id where `

func lines(ctx context.Context, r db.Reader, where string, args ...any) ([]Line, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (l Line, err error) {
		return l, sc.Scan(&l.At, &l.Fund, &l.Act, &l.From, &l.Giver, &l.To, &l.Taker, &l.Minutes, &l.Subject, &l.Expert, &l.Reason)
	}, lineQuery+where+` order by m.made_at, m.fund_id, m.seq`, args...)
	if err != nil {
		return nil, fmt.Errorf("read movements: %w", err)
	}
	return list, nil
}

// Statement is what moved, the oldest first.
type Statement struct {
	Title string
	Zone  string
	Lines []Line
}

// OfProject gives what moved on the rights of a project. Errors: as the policy, on right.read.
func (s *Service) OfProject(ctx context.Context, by account.User, id project.ID) (v Statement, err error) {
	r := s.db.Reader()
	p, err := s.on(ctx, r, by, "right.read", id)
	if err != nil {
		return v, err
	}
	e, err := programme.FindEdition(ctx, r, p.Edition)
	if err != nil {
		return v, err
	}
	v.Title, v.Zone = p.Title, e.Zone
	v.Lines, err = lines(ctx, r, `(o.project_id = $1 or i.project_id = $1)`, string(id))
	for i := range v.Lines { // another project's name and reasons are not this one's to read
		l := &v.Lines[i]
		if l.Act == ledger.Transfer && l.Giver != p.Title {
			l.Giver = ""
		}
		if l.Act == ledger.Transfer && l.Taker != p.Title {
			l.Taker = ""
		}
	}
	return v, err
}

// OfFund gives what moved on a fund. Errors: NotFound; as the policy, on right.follow.
func (s *Service) OfFund(ctx context.Context, by account.User, in programme.EditionID, id FundID) (v Statement, err error) {
	r := s.db.Reader()
	e, f, err := s.fundOf(ctx, r, by, in, id)
	if err != nil {
		return v, err
	}
	v.Title, v.Zone = f.Name, e.Zone
	v.Lines, err = lines(ctx, r, `m.fund_id = $1`, string(id))
	return v, err
}

// Hers gives what was consumed of the time of by as an expert, whatever the programme.
func (s *Service) Hers(ctx context.Context, by account.User) (v Statement, err error) {
	v.Lines, err = lines(ctx, s.db.Reader(), `x.person_id = $1 and m.act in ('consume', 'correct')`, string(by.ID))
	for i := range v.Lines {
		v.Lines[i].Reason = ""
	}
	return v, err
}

// Unbalanced is an account, or a movement, that does not hold.
type Unbalanced struct {
	ledger.Account
	Movement string // "" for an account
	Has      int64  // minutes that it says
	Entries  int64  // minutes that its entries sum to
}

// Check compares every balance with the sum of its entries, and every movement with zero.
// It gives how many accounts there are, and what does not hold.
func Check(ctx context.Context, r db.Reader) (accounts int, faults []Unbalanced, err error) {
	scan := func(sc db.Scanner) (u Unbalanced, err error) {
		return u, sc.Scan(&u.Fund, &u.Project, &u.Kind, &u.Has, &u.Entries)
	}
	all, err := db.List(ctx, r, scan, `select a.fund_id, a.project_id, a.kind, a.balance, coalesce(sum(e.amount), 0) from right_accounts a
		left join right_entries e on e.fund_id = a.fund_id and e.project_id = a.project_id and e.kind = a.kind
		group by a.fund_id, a.project_id, a.kind, a.balance order by 1, 2, 3`)
	if err != nil {
		return 0, nil, fmt.Errorf("read the accounts of drawing rights: %w", err)
	}
	for _, one := range all {
		if one.Has != one.Entries || one.Kind != ledger.Source && one.Has < 0 {
			faults = append(faults, one)
		}
	}
	odd, err := db.List(ctx, r, func(sc db.Scanner) (u Unbalanced, err error) { return u, sc.Scan(&u.Fund, &u.Movement, &u.Entries) },
		`select m.fund_id, m.id, coalesce(sum(e.amount), 0) from right_movements m left join right_entries e on e.movement_id = m.id group by m.fund_id, m.id having coalesce(sum(e.amount), 0) <> 0 or count(e.amount) <> 2 order by 1, 2`)
	if err != nil {
		return 0, nil, fmt.Errorf("read the movements of drawing rights: %w", err)
	}
	return len(all), append(faults, odd...), nil
}
