package showcase

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// Named is something that somebody prepares.
type Named struct {
	ID   string
	Name programme.Words
}

// Work is what somebody prepares of the showcase.
type Work struct {
	Editions   []Named // whose page she sees before visitors
	Programmes []Named // whose resources she keeps
	Sheets     []Named // of the projects that she is of: the names are their titles
}

// Desks lists it, by name; nothing for a visitor.
func (s *Service) Desks(ctx context.Context, by account.User) (w Work, err error) {
	if by.IsVisitor() {
		return w, nil
	}
	scan := func(sc db.Scanner) (n Named, err error) {
		err = sc.Scan(&n.ID, &n.Name.FR, &n.Name.EN)
		return n, err
	}
	may, args := s.policy.Where(ctx, by, "showcase.preview", policy.Columns{Kind: "edition", ID: "e.id", Within: map[string]string{"programme": "e.programme_id", "agency": "g.agency_id"}, State: "e.status"}, nil)
	if w.Editions, err = db.List(ctx, s.db.Reader(), scan, `select e.id, e.name_fr, e.name_en from editions e join programmes g on g.id = e.programme_id where `+may+` order by e.name_fr, e.id`, args...); err != nil {
		return w, fmt.Errorf("list the editions that somebody prepares: %w", err)
	}
	may, args = s.policy.Where(ctx, by, "resource.manage", policy.Columns{Kind: "programme", ID: "g.id", Within: map[string]string{"agency": "g.agency_id"}}, nil)
	if w.Programmes, err = db.List(ctx, s.db.Reader(), scan, `select g.id, g.name_fr, g.name_en from programmes g where `+may+` order by g.name_fr, g.id`, args...); err != nil {
		return w, fmt.Errorf("list the programmes whose resources somebody keeps: %w", err)
	}
	may, args = s.policy.Where(ctx, by, "sheet.edit", projectColumns, nil)
	if w.Sheets, err = db.List(ctx, s.db.Reader(), scan, `select p.id, p.title, p.title from projects p join editions e on e.id = p.edition_id join programmes g on g.id = e.programme_id where `+may+` order by p.title, p.id`, args...); err != nil {
		return w, fmt.Errorf("list the sheets that somebody writes: %w", err)
	}
	return w, nil
}

// Waiting lists the sheets that somebody was asked for and has not proposed since, and those
// that were proposed and wait for her word: the names are the titles of the projects.
func (s *Service) Waiting(ctx context.Context, by account.User) (asked, proposed []Named, err error) {
	for _, one := range []struct {
		action policy.Action
		when   string
		into   *[]Named
	}{
		{"sheet.edit", `s.state = 'draft' and s.asked_at is not null and (s.proposed_at is null or s.proposed_at < s.asked_at)`, &asked},
		{"sheet.clear", `s.state in ('proposed', 'cleared')`, &proposed},
	} {
		may, args := s.policy.Where(ctx, by, one.action, projectColumns, nil)
		*one.into, err = db.List(ctx, s.db.Reader(), func(sc db.Scanner) (n Named, err error) {
			err = sc.Scan(&n.ID, &n.Name.FR)
			return n, err
		}, `select p.id, p.title from showcase_sheets s join projects p on p.id = s.project_id join editions e on e.id = p.edition_id join programmes g on g.id = e.programme_id
			where `+one.when+` and `+may+` order by p.title, p.id`, args...)
		if err != nil {
			return nil, nil, fmt.Errorf("list the sheets that wait for somebody: %w", err)
		}
	}
	return asked, proposed, nil
}
