package venue

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/passage"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Format is the number of the form in which a gathering travels. A laptop and a home of
// different numbers refuse each other.
const Format = 1

// page is how many operations travel in one answer.
const page = 500

// Bundle is a gathering as it travels to a laptop: what its boards need, and nothing of
// anything else. Addresses of people stay at home.
type Bundle struct {
	Format    int       `json:"format"`
	Now       time.Time `json:"now"`
	Venue     string    `json:"venue"`
	Label     string    `json:"label"`
	Maker     string    `json:"maker"` // who made the key
	Gathering Sheet     `json:"gathering"`
	Agency    Named     `json:"agency"`
	Programme Named     `json:"programme"`
	Edition   Named     `json:"edition"`
	People    []Person  `json:"people"`
	Seats     []Seat    `json:"seats"`
	Rights    []Right   `json:"rights"`
	Projects  []Project `json:"projects"`
	Boards    []Board   `json:"boards"`
}

// Named is what stands above the gathering: its names only.
type Named struct {
	ID     string `json:"id"`
	FR     string `json:"fr"`
	EN     string `json:"en"`
	Status string `json:"status,omitempty"`
}

// Sheet is the gathering.
type Sheet struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	About    string    `json:"about"`
	Place    string    `json:"place"`
	Zone     string    `json:"zone"`
	StartsOn string    `json:"starts_on"`
	EndsOn   string    `json:"ends_on"`
	Status   string    `json:"status"`
	Code     string    `json:"code"`
	Created  time.Time `json:"created"`
}

// Person is somebody who has or had a seat: her name, and how she reads.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Lang string `json:"lang"`
	Zone string `json:"zone"`
}

// Seat is a seat that somebody took.
type Seat struct {
	ID      string    `json:"id"`
	Person  string    `json:"person,omitempty"`
	Name    string    `json:"name"`
	Role    string    `json:"role"`
	Project string    `json:"project,omitempty"`
	Joined  time.Time `json:"joined"`
	Left    time.Time `json:"left,omitzero"`
}

// Right is what somebody is on the gathering.
type Right struct {
	ID       string    `json:"id"`
	Person   string    `json:"person"`
	Relation string    `json:"relation"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until,omitzero"`
}

// Project is a project that a board or a seat of the gathering names.
type Project struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Summary string    `json:"summary"`
	Status  string    `json:"status"`
	Created time.Time `json:"created"`
}

// Board is a board as it is listed; its content travels apart.
type Board struct {
	ID      string    `json:"id"`
	Project string    `json:"project,omitempty"`
	Title   string    `json:"title"`
	KitID   string    `json:"kit_id"`
	Variant string    `json:"variant"`
	N       int64     `json:"n"`
	Created time.Time `json:"created"`
	Closed  time.Time `json:"closed,omitzero"`
}

// Take packs a gathering for the laptop that has a key, and notes that it left. Errors:
// Unauthenticated.
func (s *Service) Take(ctx context.Context, secret string) (b Bundle, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		v, g, err := s.enter(ctx, tx, secret, takes)
		if err != nil {
			return err
		}
		b = Bundle{Format: Format, Now: s.clock.Now(), Venue: v.ID, Label: v.Label, Maker: string(v.By)}
		if err := s.pack(ctx, tx, string(g.ID), &b); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update venues set taken_at = $2 where id = $1`, v.ID, s.clock.Now()); err != nil {
			return fmt.Errorf("note that venue %s took its gathering: %w", v.ID, err)
		}
		if !v.TakenAt.IsZero() && s.clock.Now().Sub(v.TakenAt) < time.Hour {
			return nil // a laptop that has a link asks every minute
		}
		return s.note(ctx, tx, account.User{ID: v.By}, "venue.taken", g.ID, map[string]any{"venue": v.ID, "people": len(b.People), "boards": len(b.Boards)})
	})
	return b, err
}

func (s *Service) pack(ctx context.Context, r db.Reader, id string, b *Bundle) (err error) {
	g := &b.Gathering
	e, p, a := &b.Edition, &b.Programme, &b.Agency
	row := r.QueryRow(ctx, `select g.id, g.title, g.about, g.place, g.zone, g.starts_on, g.ends_on, g.status, g.join_code, g.created_at,
			e.id, e.name_fr, e.name_en, e.status, p.id, p.name_fr, p.name_en, a.id, a.name_fr, a.name_en
		from gatherings g join editions e on e.id = g.edition_id join programmes p on p.id = e.programme_id join agencies a on a.id = p.agency_id where g.id = $1`, id)
	if err := row.Scan(&g.ID, &g.Title, &g.About, &g.Place, &g.Zone, &g.StartsOn, &g.EndsOn, &g.Status, &g.Code, &g.Created,
		&e.ID, &e.FR, &e.EN, &e.Status, &p.ID, &p.FR, &p.EN, &a.ID, &a.FR, &a.EN); err != nil {
		return fmt.Errorf("pack gathering %s: %w", id, err)
	}
	if b.Seats, err = seatsOf(ctx, r, id); err != nil {
		return err
	}
	b.People, err = db.List(ctx, r, func(sc db.Scanner) (p Person, err error) {
		return p, sc.Scan(&p.ID, &p.Name, &p.Lang, &p.Zone)
	}, `select id, name, lang, zone from people where disabled_at is null and merged_into is null
		and id in (select person_id from participants where gathering_id = $1 and joined_at is not null) order by id`, id)
	if err != nil {
		return fmt.Errorf("pack the people of gathering %s: %w", id, err)
	}
	b.Rights, err = db.List(ctx, r, func(sc db.Scanner) (o Right, err error) {
		return o, sc.Scan(&o.ID, &o.Person, &o.Relation, &o.From, &o.Until)
	}, `select id, subject_id, relation, valid_from, valid_until from relations where object_kind = 'gathering' and object_id = $1 and subject_kind = 'person' and revoked_at is null
		and subject_id in (select person_id from participants where gathering_id = $1 and left_at is null) order by id`, id)
	if err != nil {
		return fmt.Errorf("pack what people are in gathering %s: %w", id, err)
	}
	b.Projects, err = db.List(ctx, r, func(sc db.Scanner) (o Project, err error) {
		return o, sc.Scan(&o.ID, &o.Title, &o.Summary, &o.Status, &o.Created)
	}, `select id, title, summary, status, created_at from projects where id in (select project_id from participants where gathering_id = $1 union select project_id from boards where gathering_id = $1) order by id`, id)
	if err != nil {
		return fmt.Errorf("pack the projects of gathering %s: %w", id, err)
	}
	list, err := room.Of(ctx, r, id)
	for _, o := range list {
		b.Boards = append(b.Boards, Board{ID: string(o.ID), Project: o.Project, Title: o.Title, KitID: o.KitID, Variant: o.Variant, N: o.N, Created: o.Created, Closed: o.Closed})
	}
	return err
}

func seatsOf(ctx context.Context, r db.Reader, id string) ([]Seat, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (o Seat, err error) {
		return o, sc.Scan(&o.ID, &o.Person, &o.Name, &o.Role, &o.Project, &o.Joined, &o.Left)
	}, `select id, coalesce(person_id, ''), name, role, coalesce(project_id, ''), joined_at, left_at from participants where gathering_id = $1 and joined_at is not null order by id`, id)
	if err != nil {
		return nil, fmt.Errorf("pack the seats of gathering %s: %w", id, err)
	}
	return list, nil
}

// Content is a board from a number on, or a page of it: More says that there is another.
// The snapshot comes with the whole board only.
type Content struct {
	Snapshot *passage.Snapshot `json:"snapshot,omitempty"`
	Lines    []passage.Line    `json:"lines"`
	More     bool              `json:"more,omitempty"`
}

// Content reads a board of the gathering of a key, after a number; -1 for the whole of it.
// Errors: Unauthenticated; NotFound for a board of another gathering.
func (s *Service) Content(ctx context.Context, secret string, id room.ID, after int64) (c Content, err error) {
	r := s.db.Reader()
	v, _, err := s.enter(ctx, r, secret, takes)
	if err != nil {
		return c, err
	}
	b, err := room.Load(ctx, r, id)
	if err != nil {
		return c, err
	}
	if b.Gathering != string(v.Gathering) {
		return c, errs.New(errs.NotFound, "errs.not_found")
	}
	if after < 0 {
		if c.Snapshot, err = passage.Snap(ctx, r, id); err != nil {
			return c, err
		}
	}
	c.Lines, err = passage.Lines(ctx, r, id, after, page+1)
	if len(c.Lines) > page {
		c.Lines, c.More = c.Lines[:page], true
	}
	return c, err
}
