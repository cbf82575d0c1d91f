package application

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// MaxBulk bounds the files that one act can bear on.
const MaxBulk = 500

// Ours says whether the person belongs to the project's team: she then reads the
// file from that side only, whatever else she is in the programme.
func (f File) Ours() bool { return f.May[oursAct].Allowed }

// oursAct is the right of a project's team, in every state of its file.
const oursAct policy.Action = "application.comment"

// contactTypes are the questions whose answers tell how to reach somebody.
var contactTypes = []string{"contact", "email", "phone", "iban"}

// hidden lists the fields of a form whose answers the reader may not see.
func (f File) hidden(of *form.Form) []string {
	if f.May["application.read"].Sees("contacts") {
		return nil
	}
	var out []string
	for _, field := range of.Fields() {
		if slices.Contains(contactTypes, field.Type) {
			out = append(out, field.ID)
		}
	}
	return out
}

// permitted refuses an act on several files unless by may do it on each of them, as
// the programme's side: three queries, whatever their number. NotFound when one may
// not even be read, so that nothing is told of it; nobody judges her own project.
func (s *Service) permitted(ctx context.Context, by account.User, action policy.Action, ids []ID) error {
	if len(ids) > MaxBulk {
		return errs.New(errs.Invalid, "application.too_many_files", len(ids), MaxBulk)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(ids)))
	if !by.IsSystem() {
		own, err := s.countAllowed(ctx, by, oursAct, distinct)
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

func (s *Service) countAllowed(ctx context.Context, by account.User, action policy.Action, ids []ID) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	args := []any{s.clock.Now()}
	may, args := s.policy.Where(ctx, by, action, PolicyColumns("$1"), args)
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
