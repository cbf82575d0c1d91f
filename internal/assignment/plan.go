package assignment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
)

// Plan is the assignment being prepared: what is asked of the engine, and who would read
// what. Nothing of it is known outside before it is published.
type Plan struct {
	Settings    Settings
	Pairs       []Given // by file, then by member
	Run         string  // the last calculation that it comes from; "" before the first
	Frozen      bool    // nothing of the pairs changes until it is thawed
	Version     int64   // 0: nothing is kept yet
	PublishedAt time.Time
}

// loadPlan reads the plan of a selection, with the settings it starts from when none is kept.
func loadPlan(ctx context.Context, r db.Reader, sel committee.Selection) (p Plan, err error) {
	var settings, pairs string
	err = r.QueryRow(ctx, `select settings, pairs, run_id, frozen, version, published_at from assignment_plans where selection_id = $1`, string(sel.ID)).
		Scan(&settings, &pairs, &p.Run, &p.Frozen, &p.Version, &p.PublishedAt)
	if errs.Is(err, errs.NotFound) {
		return Plan{Settings: startingFrom(sel)}, nil
	}
	if err != nil {
		return p, fmt.Errorf("read the assignment of %s: %w", sel.ID, err)
	}
	if err := json.Unmarshal([]byte(settings), &p.Settings); err != nil {
		return p, fmt.Errorf("read what is asked in %s: %w", sel.ID, err)
	}
	if err := json.Unmarshal([]byte(pairs), &p.Pairs); err != nil {
		return p, fmt.Errorf("read the pairs of %s: %w", sel.ID, err)
	}
	return p, nil
}

// keepPlan writes the plan over the version it was read at. Error: Conflict when somebody
// changed it meanwhile.
func (s *Service) keepPlan(ctx context.Context, tx *db.Tx, by account.User, id committee.SelectionID, p Plan) error {
	slices.SortFunc(p.Pairs, func(a, b Given) int { return a.compare(b.Pair) })
	settings, err := json.Marshal(p.Settings)
	if err != nil {
		return fmt.Errorf("write what is asked in %s: %w", id, err)
	}
	if p.Pairs == nil {
		p.Pairs = []Given{}
	}
	pairs, err := json.Marshal(p.Pairs)
	if err != nil {
		return fmt.Errorf("write the pairs of %s: %w", id, err)
	}
	if p.Version == 0 {
		_, err = tx.Exec(ctx, `insert into assignment_plans (selection_id, settings, pairs, run_id, frozen, version, changed_by, changed_at, published_by) values ($1, $2, $3, $4, $5, 1, $6, $7, '')`,
			string(id), string(settings), string(pairs), p.Run, p.Frozen, by.Actor(), s.clock.Now())
		if db.Taken(err) {
			return errs.New(errs.Conflict, "assignment.changed_meanwhile")
		}
	} else {
		var n int
		n, err = tx.Exec(ctx, `update assignment_plans set settings = $3, pairs = $4, run_id = $5, frozen = $6, changed_by = $7, changed_at = $8, version = version + 1 where selection_id = $1 and version = $2`,
			string(id), p.Version, string(settings), string(pairs), p.Run, p.Frozen, by.Actor(), s.clock.Now())
		if err == nil && n == 0 {
			return errs.New(errs.Conflict, "assignment.changed_meanwhile")
		}
	}
	if err != nil {
		return fmt.Errorf("keep the assignment of %s: %w", id, err)
	}
	return nil
}

// compare orders pairs by file, then by member.
func (p Pair) compare(q Pair) int {
	if c := strings.Compare(string(p.File), string(q.File)); c != 0 {
		return c
	}
	return strings.Compare(string(p.Member), string(q.Member))
}

func has(list []Given, p Pair) bool {
	return slices.ContainsFunc(list, func(g Given) bool { return g.Pair == p })
}

// onRecusal takes a pair out of the plan when its member steps aside from its file, even
// if the plan is frozen: a conflict always wins.
func (s *Service) onRecusal(ctx context.Context, tx *db.Tx, e event.Event) error {
	var sel, file, member string
	err := tx.QueryRow(ctx, `select selection_id, application_id, member_id from recusals where id = $1 and status = 'standing'`, e.ObjectID).Scan(&sel, &file, &member)
	if errs.Is(err, errs.NotFound) {
		return nil // waived meanwhile, or gone with its selection
	}
	if err != nil {
		return fmt.Errorf("read recusal %s: %w", e.ObjectID, err)
	}
	return s.prune(ctx, tx, committee.SelectionID(sel), func(g Given) bool {
		return g.Pair == Pair{application.ID(file), committee.MemberID(member)}
	})
}

// onMandate takes out of the plan who does not sit any more.
func (s *Service) onMandate(ctx context.Context, tx *db.Tx, e event.Event) error {
	sel, err := db.List(ctx, tx, db.Value[string], `select selection_id from committee_members where id = $1`, e.ObjectID)
	if err != nil || len(sel) == 0 {
		return err
	}
	return s.prune(ctx, tx, committee.SelectionID(sel[0]), func(g Given) bool { return string(g.Member) == e.ObjectID })
}

func (s *Service) prune(ctx context.Context, tx *db.Tx, id committee.SelectionID, gone func(Given) bool) error {
	sel, err := committee.Load(ctx, tx, id)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := loadPlan(ctx, tx, sel)
	if err != nil || !slices.ContainsFunc(p.Pairs, gone) {
		return err
	}
	p.Pairs = slices.DeleteFunc(p.Pairs, gone)
	return s.keepPlan(ctx, tx, account.System, id, p)
}
