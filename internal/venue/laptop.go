package venue

import (
	"context"
	"fmt"

	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// atHome is by whom the seats that came from home were given, on the laptop.
const atHome = "home"

// Unpack puts a gathering in the database of a laptop, or brings what is there up to date:
// people, seats, projects. Boards come apart. Errors: Conflict "venue.other" when the
// laptop carries another gathering, "venue.format".
func (s *Service) Unpack(ctx context.Context, secret string, b Bundle) error {
	if b.Format != Format {
		return errs.New(errs.Conflict, "venue.format")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		others, err := db.Get(ctx, tx, db.Value[int], `select count(*) from gatherings where id <> $1`, b.Gathering.ID)
		if err != nil {
			return fmt.Errorf("see what the laptop carries: %w", err)
		}
		if others > 0 {
			return errs.New(errs.Conflict, "venue.other")
		}
		for _, step := range []func(context.Context, *db.Tx, Bundle) error{unpackAbove, unpackPeople, unpackProjects, unpackSeats, unpackRights} {
			if err := step(ctx, tx, b); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `insert into venues (id, gathering_id, label, key_digest, created_at, created_by, revoked_by, taken_at) values ($1, $2, $3, $4, $5, $6, '', $5)
			on conflict (id) do update set label = excluded.label, key_digest = excluded.key_digest, taken_at = excluded.taken_at`,
			b.Venue, b.Gathering.ID, b.Label, digest(secret), s.clock.Now(), b.Maker)
		if err != nil {
			return fmt.Errorf("keep the venue: %w", err)
		}
		return nil
	})
}

// statement is one write of an unpacking.
type statement struct {
	text string
	args []any
}

func run(ctx context.Context, tx *db.Tx, what string, list ...statement) error {
	for _, q := range list {
		if _, err := tx.Exec(ctx, q.text, q.args...); err != nil {
			return fmt.Errorf("unpack %s: %w", what, err)
		}
	}
	return nil
}

func unpackAbove(ctx context.Context, tx *db.Tx, b Bundle) error {
	g, a, p, e := b.Gathering, b.Agency, b.Programme, b.Edition
	return run(ctx, tx, "the gathering",
		statement{`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ($1, $2, $3, '', '', '', $4) on conflict (id) do update set name_fr = excluded.name_fr, name_en = excluded.name_en`,
			[]any{a.ID, a.FR, a.EN, g.Created}},
		statement{`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ($1, $2, $3, $4, '', '', $5) on conflict (id) do update set name_fr = excluded.name_fr, name_en = excluded.name_en`,
			[]any{p.ID, a.ID, p.FR, p.EN, g.Created}},
		statement{`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at)
			values ($1, $2, $3, $4, '', '', '', '', '', '', $5, $6, '', 1, $7) on conflict (id) do update set name_fr = excluded.name_fr, name_en = excluded.name_en, status = excluded.status`,
			[]any{e.ID, p.ID, e.FR, e.EN, g.Zone, e.Status, g.Created}},
		// One that was opened here stays open until home knows.
		statement{`insert into gatherings (id, edition_id, title, about, place, zone, starts_on, ends_on, status, join_code, version, created_at, created_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, 'system') on conflict (id) do update set title = excluded.title, about = excluded.about, place = excluded.place, zone = excluded.zone,
			  starts_on = excluded.starts_on, ends_on = excluded.ends_on, join_code = excluded.join_code,
			  status = case when gatherings.status = 'open' and excluded.status = 'planned' then 'open' else excluded.status end`,
			[]any{g.ID, e.ID, g.Title, g.About, g.Place, g.Zone, g.StartsOn, g.EndsOn, g.Status, g.Code, g.Created}})
}

func unpackPeople(ctx context.Context, tx *db.Tx, b Bundle) error {
	for _, p := range b.People {
		if err := run(ctx, tx, "people", statement{`insert into people (id, name, lang, zone, created_at, welcomed_at) values ($1, $2, $3, $4, $5, $5)
			on conflict (id) do update set name = excluded.name, disabled_at = null`, []any{p.ID, p.Name, p.Lang, p.Zone, b.Gathering.Created}}); err != nil {
			return err
		}
	}
	return nil
}

func unpackProjects(ctx context.Context, tx *db.Tx, b Bundle) error {
	for _, p := range b.Projects {
		if err := run(ctx, tx, "projects", statement{`insert into projects (id, edition_id, title, summary, status, version, created_at, created_by, updated_at) values ($1, $2, $3, $4, $5, 1, $6, 'system', $6)
			on conflict (id) do update set title = excluded.title, summary = excluded.summary, status = excluded.status`, []any{p.ID, b.Edition.ID, p.Title, p.Summary, p.Status, p.Created}}); err != nil {
			return err
		}
	}
	return nil
}

func unpackSeats(ctx context.Context, tx *db.Tx, b Bundle) error {
	there := map[string]bool{}
	for _, p := range b.People {
		there[p.ID] = true
	}
	for _, ended := range []bool{true, false} { // a person sits once: seats that ended make room first
		for _, o := range b.Seats {
			person := o.Person
			if !there[person] { // her account is gone, or another's: her name stays beside what she wrote
				person = ""
				if o.Left.IsZero() {
					o.Left = b.Now
				}
			}
			if o.Left.IsZero() == ended {
				continue
			}
			if err := run(ctx, tx, "seats", statement{`insert into participants (id, gathering_id, person_id, email, name, role, project_id, organisation, added_by, added_at, joined_at, left_at, left_by, version)
				values ($1, $2, $3, '', $4, $5, $6, '', $7, $8, $8, $9, '', 1) on conflict (id) do update set person_id = excluded.person_id, name = excluded.name, role = excluded.role, project_id = excluded.project_id,
				  added_by = excluded.added_by, left_at = excluded.left_at`,
				[]any{o.ID, b.Gathering.ID, db.Null(person), o.Name, o.Role, db.Null(o.Project), atHome, o.Joined, o.Left}}); err != nil {
				return err
			}
		}
	}
	return nil
}

func unpackRights(ctx context.Context, tx *db.Tx, b Bundle) error {
	if err := run(ctx, tx, "rights", statement{`delete from relations where object_kind = 'gathering' and object_id = $1 and reason = 'venue'`, []any{b.Gathering.ID}}); err != nil {
		return err
	}
	for _, p := range b.People {
		if err := run(ctx, tx, "rights", statement{`delete from relations where object_kind = 'gathering' and object_id = $1 and subject_kind = 'person' and subject_id = $2`, []any{b.Gathering.ID, p.ID}}); err != nil {
			return err
		}
	}
	for _, o := range b.Rights {
		if err := run(ctx, tx, "rights", statement{`insert into relations (id, subject_kind, subject_id, relation, object_kind, object_id, valid_from, valid_until, granted_by, reason, granted_at)
			values ($1, 'person', $2, $3, 'gathering', $4, $5, $6, 'system', 'venue', $5) on conflict (id) do nothing`, []any{o.ID, o.Person, o.Relation, b.Gathering.ID, o.From, o.Until}}); err != nil {
			return err
		}
	}
	return nil
}

// Carrying is the venue that this laptop is. Error: NotFound when it carries nothing.
func (s *Service) Carrying(ctx context.Context) (Venue, error) {
	v, err := db.Get(ctx, s.db.Reader(), scan, `select `+columns+` from `+tables+` order by v.taken_at desc, v.id limit 1`)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "venue.empty")
	}
	return v, err
}

// Guests are those who came in here and have not gone home yet, and whether the gathering
// was opened here.
func (s *Service) Guests(ctx context.Context) (a Arrivals, err error) {
	r := s.db.Reader()
	v, err := s.Carrying(ctx)
	if err != nil {
		return a, err
	}
	if err := r.QueryRow(ctx, `select count(*) > 0 from gatherings where id = $1 and status <> 'planned' and opened_at is not null`, string(v.Gathering)).Scan(&a.Opened); err != nil {
		return a, fmt.Errorf("see whether the gathering was opened here: %w", err)
	}
	a.Guests, err = newcomers(ctx, r)
	return a, err
}

func newcomers(ctx context.Context, r db.Reader) ([]gathering.Carried, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (c gathering.Carried, err error) {
		return c, sc.Scan(&c.Participant, &c.Person, &c.Name, &c.Lang, &c.JoinedAt)
	}, `select s.id, s.person_id, s.name, p.lang, s.joined_at from participants s join people p on p.id = s.person_id where s.added_by <> $1 and s.joined_at is not null order by s.joined_at, s.id`, atHome)
	if err != nil {
		return nil, fmt.Errorf("list the guests who came in here: %w", err)
	}
	return list, nil
}
