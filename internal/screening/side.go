package screening

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// MaxBulk bounds the files that one act can bear on.
const MaxBulk = 500

// permitted refuses an act on several files unless by may do it on each of them, as
// the programme's side: three queries, whatever their number. NotFound when one may
// not even be read, so that nothing is told of it; nobody judges her own project.
func (s *Service) permitted(ctx context.Context, by account.User, action policy.Action, ids []application.ID) error {
	if len(ids) > MaxBulk {
		return errs.New(errs.Invalid, "application.too_many_files", len(ids), MaxBulk)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(ids)))
	if !by.IsSystem() {
		own, err := s.countAllowed(ctx, by, application.TeamAct, distinct)
		if err != nil {
			return err
		}
		if own > 0 {
			return errs.New(errs.Forbidden, "application.own_file")
		}
	}
	seen, err := s.countAllowed(ctx, by, "application.read", distinct)
	if err != nil {
		return err
	}
	if seen < len(distinct) {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	may, err := s.countAllowed(ctx, by, action, distinct)
	if err == nil && may < len(distinct) {
		err = errs.New(errs.Forbidden, "application.bulk_refused")
	}
	return err
}

func (s *Service) countAllowed(ctx context.Context, by account.User, action policy.Action, ids []application.ID) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	args := []any{s.clock.Now()}
	may, args := s.policy.Where(ctx, by, action, application.Columns("$1"), args)
	places := make([]string, len(ids))
	for i, id := range ids {
		args = append(args, string(id))
		places[i] = fmt.Sprintf("$%d", len(args))
	}
	var n int
	err := s.db.Reader().QueryRow(ctx, `
		select count(*) from applications a
		join calls c on c.id = a.call_id join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id
		where a.deleted_at is null and a.created_at <= $1 and `+may+`
		and a.id in (`+strings.Join(places, ", ")+`)`, args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the files open to %s: %w", action, err)
	}
	return n, nil
}
