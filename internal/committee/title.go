package committee

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// Title is a file as it is named to those who may not read it yet.
type Title struct {
	ID     application.ID
	Number int // in its call, drawn at random; members see their own list's instead
	Title  string
}

// Eligible lists what a member may be asked to read: the titles, in an order that tells
// nothing, without the files from which she is kept. Before the reading opens they are
// the deposited files of the call, then those of the selection.
func (s *Service) Eligible(ctx context.Context, by account.User, id SelectionID) ([]Title, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.sit", id)
	if err != nil {
		return nil, err
	}
	return s.eligible(ctx, r, by, sel)
}

func (s *Service) eligible(ctx context.Context, r db.Reader, by account.User, sel Selection) ([]Title, error) {
	cols := application.Columns("$1")
	cols.Within["selection"] = "$3"
	stands := "a.selection_id = $3"
	if sel.Status == Preparing && sel.Round == 1 {
		stands = "(a.selection_id is null or a.selection_id = $3)"
	}
	return s.titles(ctx, r, by, "application.declare", sel, cols, stands)
}

// readable are the deposited files of a call that by reads on the programme's side.
func (s *Service) readable(ctx context.Context, r db.Reader, by account.User, c call.Call) (map[application.ID]Title, error) {
	list, err := s.titles(ctx, r, by, "application.read", Selection{Call: c}, application.Columns("$1"), "$3 = '' and a.status in ('submitted', 'reopened')")
	out := map[application.ID]Title{}
	for _, t := range list {
		out[t.ID] = t
	}
	return out, err
}

// titles lists the files of a selection's call on which by may do action, among those
// that a condition keeps; its placeholders are $1, the instant, $2, the call, and $3,
// the selection.
func (s *Service) titles(ctx context.Context, r db.Reader, by account.User, action policy.Action, sel Selection, cols policy.Columns, stands string) ([]Title, error) {
	may, args := s.policy.Where(ctx, by, action, cols, []any{s.clock.Now(), string(sel.Call.ID), string(sel.ID)})
	list, err := db.List(ctx, r, func(sc db.Scanner) (t Title, err error) {
		err = sc.Scan(&t.ID, &t.Number, &t.Title)
		return t, err
	}, `select a.id, a.number, a.title from applications a
		join calls c on c.id = a.call_id join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id
		where a.call_id = $2 and a.deleted_at is null and a.created_at <= $1 and `+stands+` and `+may+` order by a.number, a.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the titles of selection %s: %w", sel.ID, err)
	}
	return list, nil
}
