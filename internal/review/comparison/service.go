package comparison

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Service holds rounds and what is answered in them.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	calls  *call.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Calls  *call.Service
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, calls: d.Calls}
}

// require loads a selection on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id committee.SelectionID) (committee.Selection, error) {
	sel, err := committee.Load(ctx, r, id)
	if err != nil {
		return sel, err
	}
	_, err = s.policy.Require(ctx, r, by, action, sel.Object(s.clock.Now()))
	return sel, err
}

// acts are what pages ask the policy about comparisons.
var acts = []policy.Action{"selection.read", "selection.compare", "selection.poll", "selection.ranking", "selection.register"}

// May says what by may do about the comparisons of a selection now.
func (s *Service) May(ctx context.Context, by account.User, sel committee.Selection) (map[policy.Action]bool, error) {
	got, err := s.policy.Decisions(ctx, s.db.Reader(), by, sel.Object(s.clock.Now()), acts...)
	out := map[policy.Action]bool{}
	for action, d := range got {
		out[action] = d.Allowed
	}
	return out, err
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act string, id committee.SelectionID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "selection", ID: string(id), Detail: detail})
}

// comparable lists the files of a selection that by may compare, by number: those that no
// exclusion closes to her and that still run. Whatever she is shown is made of these alone.
func (s *Service) comparable(ctx context.Context, r db.Reader, by account.User, sel committee.Selection) (map[application.ID]bool, error) {
	c := sel.Call
	cols := application.Columns("$1")
	cols.Within = map[string]string{"selection": "$2", "call": "$3", "edition": "$4", "programme": "$5", "agency": "$6"}
	where, args := s.policy.Where(ctx, by, "application.compare", cols, []any{s.clock.Now(), string(sel.ID), string(c.ID), c.EditionID, c.ProgrammeID, c.AgencyID})
	list, err := db.List(ctx, r, db.Value[string], `
		select a.id from applications a join calls c on c.id = a.call_id join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id
		where a.selection_id = $2 and a.call_id = $3 and $4 <> '' and $5 <> '' and $6 <> '' and a.deleted_at is null and a.created_at <= $1 and `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list what %s may compare: %w", by.Actor(), err)
	}
	return set(list), nil
}

// Seen lists the files of a selection that still run and from which nothing keeps by away, by
// number, for what else informs its ranking. Errors: as the policy, on selection.ranking.
func (s *Service) Seen(ctx context.Context, by account.User, id committee.SelectionID) ([]application.Application, error) {
	r := s.db.Reader()
	if _, err := s.require(ctx, r, by, "selection.ranking", id); err != nil {
		return nil, err
	}
	return s.seen(ctx, r, by, id)
}

// seen lists the files of a selection that still run and from which nothing keeps by away,
// by number, for whoever reads the order.
func (s *Service) seen(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) ([]application.Application, error) {
	where, args := s.policy.Unexcluded(ctx, by, "application", "a.id", []any{string(id)})
	open, err := db.List(ctx, r, db.Value[string], `select a.id from applications a where a.selection_id = $1 and a.status in ('submitted', 'reopened') and `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is open to %s: %w", by.Actor(), err)
	}
	files, err := committee.Files(ctx, r, id)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", id, err)
	}
	may := set(open)
	var list []application.Application
	for _, a := range files {
		if may[a.ID] {
			list = append(list, a)
		}
	}
	return list, nil
}

func set(list []string) map[application.ID]bool {
	out := make(map[application.ID]bool, len(list))
	for _, one := range list {
		out[application.ID(one)] = true
	}
	return out
}

// seat is that of somebody who answers; it has no ID when she holds the right without sitting.
func seat(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (committee.Member, error) {
	m, err := committee.SeatOf(ctx, r, id, by.ID)
	if errs.Is(err, errs.NotFound) {
		return committee.Member{}, nil
	}
	return m, err
}
