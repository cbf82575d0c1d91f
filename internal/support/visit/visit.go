// Package visit is what the sponsor of a project keeps of her visits to its team: when, where and whom she met, what she shares, and what she notes for herself alone.
package visit

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// ID identifies a visit; it is random.
type ID string

// The bounds of what a sponsor writes, in characters.
const (
	MaxLine = 200
	MaxNote = 6000
)

// Visit is one visit. The shared note is read by the project's team, by who sponsors it and
// by the programme; the private one by its author, and by nobody else whatever her rights.
type Visit struct {
	ID        ID
	Project   project.ID
	Author    account.PersonID
	Name      string // of its author
	ChangedAt time.Time
	Draft
}

// Draft is what a sponsor writes of a visit.
type Draft struct {
	Day     string // "2027-03-05"
	Place   string
	Video   bool // it took place by video
	Met     string
	Shared  string
	Private string // "" for who is not its author
	Version int64  // the one that was read
}

// Service keeps visits.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
}

// New makes the service, and has it follow people who had two accounts.
func New(d *db.DB, c clock.Clock, p *policy.Service, bus *event.Bus) *Service {
	s := &Service{db: d, clock: c, policy: p}
	bus.Subscribe("visits.merged", s.onMerged, "person.merged")
	return s
}

func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// check cleans what was written and reports every bad field at once; today is the day it is
// where the edition is.
func (w *Draft) check(today string) (bad []errs.Field) {
	w.Day, w.Place, w.Met = strings.TrimSpace(w.Day), oneLine(w.Place), oneLine(w.Met)
	w.Shared, w.Private = strings.TrimSpace(text.Clean(w.Shared)), strings.TrimSpace(text.Clean(w.Private))
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	_, err := time.Parse(time.DateOnly, w.Day)
	fault(err != nil, "day", "visit.day_missing")
	fault(err == nil && w.Day > today, "day", "visit.day_to_come")
	fault(w.Place == "" && !w.Video, "place", "visit.place_missing")
	fault(w.Met == "", "met", "visit.met_missing")
	for path, value := range map[string]string{"place": w.Place, "met": w.Met} {
		fault(utf8.RuneCountInString(value) > MaxLine, path, "visit.line_long", MaxLine)
	}
	for path, value := range map[string]string{"shared": w.Shared, "private": w.Private} {
		fault(utf8.RuneCountInString(value) > MaxNote, path, "visit.note_long", MaxNote)
	}
	return bad
}

const (
	fields  = `v.id, v.project_id, v.person_id, p.name, v.day, v.place, v.by_video, v.met_whom, v.shared, v.changed_at, v.version`
	tables  = ` from visits v join people p on p.id = v.person_id`
	columns = fields + tables
)

func scan(sc db.Scanner) (v Visit, err error) {
	err = sc.Scan(&v.ID, &v.Project, &v.Author, &v.Name, &v.Day, &v.Place, &v.Video, &v.Met, &v.Shared, &v.ChangedAt, &v.Version)
	return v, err
}

// Of lists the visits to a project, the last ones first, without any private note and
// without asking who wants them.
func Of(ctx context.Context, r db.Reader, id project.ID) ([]Visit, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` where v.project_id = $1 order by v.day desc, v.made_at desc, v.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the visits to project %s: %w", id, err)
	}
	return list, nil
}

// Page is the visits to a project, as somebody reads them.
type Page struct {
	Project project.Project
	Zone    string
	List    []Visit // with the private note of hers alone
	Writes  bool    // she sponsors the project
	Reader  account.PersonID
}

// Around lists the visits to a project. Errors: as the policy, on visit.read.
func (s *Service) Around(ctx context.Context, by account.User, id project.ID) (v Page, err error) {
	r := s.db.Reader()
	if v, err = s.page(ctx, r, by, id); err != nil {
		return v, err
	}
	if v.List, err = Of(ctx, r, id); err != nil {
		return v, err
	}
	for i, one := range v.List {
		if one.Author != by.ID {
			continue
		}
		if v.List[i].Private, err = private(ctx, r, by, one.ID); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (s *Service) page(ctx context.Context, r db.Reader, by account.User, id project.ID) (v Page, err error) {
	v.Reader = by.ID
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "visit.read", v.Project.Object()); err != nil {
		return v, err
	}
	e, err := programme.FindEdition(ctx, r, v.Project.Edition)
	if err != nil {
		return v, err
	}
	v.Zone = e.Zone
	may, err := s.policy.Decide(ctx, r, by, "visit.write", v.Project.Object())
	v.Writes = may.Allowed
	return v, err
}

// private reads what by noted for herself; the statement itself asks that she wrote it.
func private(ctx context.Context, r db.Reader, by account.User, id ID) (string, error) {
	body, err := db.Get(ctx, r, db.Value[string], `select n.body from visit_privates n join visits v on v.id = n.visit_id where n.visit_id = $1 and v.person_id = $2`, string(id), string(by.ID))
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read a note on visit %s: %w", id, err)
	}
	return body, nil
}

// Hers lists the visits that by wrote of the projects that she sponsors now, the last ones
// first, each with her private note, in one question to the database.
func (s *Service) Hers(ctx context.Context, by account.User) ([]Visit, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (v Visit, err error) {
		err = sc.Scan(&v.ID, &v.Project, &v.Author, &v.Name, &v.Day, &v.Place, &v.Video, &v.Met, &v.Shared, &v.ChangedAt, &v.Version, &v.Private)
		return v, err
	}, `select `+fields+`, coalesce(n.body, '')`+tables+` left join visit_privates n on n.visit_id = v.id
		where v.person_id = $1 and exists (select 1 from sponsorships h where h.project_id = v.project_id and h.person_id = $1 and h.ended_at is null)
		order by v.day desc, v.made_at desc, v.id`, string(by.ID))
	if err != nil {
		return nil, fmt.Errorf("list the visits of %s: %w", by.ID, err)
	}
	return list, nil
}

// Open gives a visit to who wrote it, while she sponsors the project. Errors: NotFound to
// everybody else; as the policy, on visit.read.
func (s *Service) Open(ctx context.Context, by account.User, of project.ID, id ID) (Page, error) {
	r := s.db.Reader()
	v, err := s.page(ctx, r, by, of)
	if err != nil {
		return v, err
	}
	one, err := hers(ctx, r, by, of, id)
	v.List = []Visit{one}
	return v, err
}

// hers finds a visit that by wrote. Error: NotFound.
func hers(ctx context.Context, r db.Reader, by account.User, of project.ID, id ID) (Visit, error) {
	v, err := db.Get(ctx, r, scan, `select `+columns+` where v.id = $1 and v.project_id = $2 and v.person_id = $3`, string(id), string(of), string(by.ID))
	if err != nil {
		return v, fmt.Errorf("find visit %s: %w", id, err)
	}
	v.Private, err = private(ctx, r, by, id)
	return v, err
}

// writing decides that by may write visits of a project, and checks what she wrote.
func (s *Service) writing(ctx context.Context, tx *db.Tx, by account.User, of project.ID, w *Draft) (project.Project, error) {
	p, err := project.Load(ctx, tx, of)
	if err != nil {
		return p, err
	}
	if _, err := s.policy.Require(ctx, tx, by, "visit.write", p.Object()); err != nil {
		return p, err
	}
	e, err := programme.FindEdition(ctx, tx, p.Edition)
	if err != nil {
		return p, err
	}
	return p, errs.NewInvalid("visit.invalid", w.check(s.clock.Now().In(zone.Location(e.Zone)).Format(time.DateOnly)))
}

// Write keeps a visit of by to the project that she sponsors. Errors: Invalid on the fields
// of w; as the policy, on visit.write.
func (s *Service) Write(ctx context.Context, by account.User, of project.ID, w Draft) (id ID, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		in := w
		p, err := s.writing(ctx, tx, by, of, &in)
		if err != nil {
			return err
		}
		id = ID(db.NewID())
		if _, err := tx.Exec(ctx, `insert into visits (id, project_id, person_id, day, place, by_video, met_whom, shared, made_at, changed_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 1)`,
			string(id), string(of), string(by.ID), in.Day, in.Place, in.Video, in.Met, in.Shared, s.clock.Now()); err != nil {
			return fmt.Errorf("write a visit: %w", err)
		}
		if err := keep(ctx, tx, id, in.Private); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "visit.written", p, id)
	})
	return id, err
}

// keep writes what a sponsor notes for herself.
func keep(ctx context.Context, tx *db.Tx, id ID, body string) error {
	text, args := `delete from visit_privates where visit_id = $1`, []any{string(id)}
	if body != "" {
		text, args = `insert into visit_privates (visit_id, body) values ($1, $2) on conflict (visit_id) do update set body = excluded.body`, append(args, body)
	}
	if _, err := tx.Exec(ctx, text, args...); err != nil {
		return fmt.Errorf("keep a note on visit %s: %w", id, err)
	}
	return nil
}

// Change writes a visit again, from the version that was read. Errors: NotFound for who did
// not write it; Conflict visit.meanwhile; as Write.
func (s *Service) Change(ctx context.Context, by account.User, of project.ID, id ID, w Draft) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		in := w
		p, err := s.writing(ctx, tx, by, of, &in)
		if err != nil {
			return err
		}
		if _, err := hers(ctx, tx, by, of, id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update visits set day = $4, place = $5, by_video = $6, met_whom = $7, shared = $8, changed_at = $9, version = version + 1 where id = $1 and person_id = $2 and version = $3`,
			string(id), string(by.ID), w.Version, in.Day, in.Place, in.Video, in.Met, in.Shared, s.clock.Now())
		if err != nil {
			return fmt.Errorf("change visit %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "visit.meanwhile")
		}
		if err := keep(ctx, tx, id, in.Private); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "visit.changed", p, id)
	})
}

// Remove takes a visit back, with its notes. Errors: NotFound; Conflict visit.meanwhile; as
// the policy, on visit.write.
func (s *Service) Remove(ctx context.Context, by account.User, of project.ID, id ID, version int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := project.Load(ctx, tx, of)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "visit.write", p.Object()); err != nil {
			return err
		}
		if _, err := hers(ctx, tx, by, of, id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `delete from visits where id = $1 and person_id = $2 and version = $3`, string(id), string(by.ID), version)
		if err != nil {
			return fmt.Errorf("remove visit %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "visit.meanwhile")
		}
		return s.note(ctx, tx, by, "visit.removed", p, id)
	})
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, p project.Project, id ID) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(p.ID), Detail: map[string]any{"visit": string(id)}})
}

// onMerged hands the visits of an account over to the one that it became part of.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update visits set person_id = $2 where person_id = $1`, string(m.From), string(m.To)); err != nil {
		return fmt.Errorf("hand over the visits of %s: %w", m.From, err)
	}
	return nil
}
