package roadmap

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Service keeps roadmaps.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	projects *project.Service
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service, projects *project.Service) *Service {
	s := &Service{db: d, clock: c, policy: p, projects: projects}
	projects.OnMark(s.marked)
	return s
}

// marked closes the entry that was taken from an item when that item is ticked in the
// project's file, and opens it again with it: why it had been dropped holds no more.
func (s *Service) marked(ctx context.Context, tx *db.Tx, by account.User, about project.ID, item string, done bool) error {
	if err := tx.Lock(ctx, "roadmap:"+string(about)); err != nil {
		return err
	}
	list, err := db.List(ctx, tx, scan, `select `+columns+` from roadmap_entries r where r.project_id = $1 and r.item_id = $2`, string(about), item)
	if err != nil {
		return fmt.Errorf("find what follows item %s: %w", item, err)
	}
	for _, e := range list {
		if (e.State == Done) == done {
			continue
		}
		w := e.Sheet
		w.State, w.Reason = Todo, ""
		if done {
			w.State = Done
		}
		if err := s.change(ctx, tx, by, about, e, w, e.Version); err != nil {
			return err
		}
	}
	return nil
}

const columns = `r.id, r.kind, r.title, r.body, r.carried_by, r.starts_on, r.due_on, r.state, r.reason, coalesce(r.after_id, ''), r.item_id, r.version, r.updated_at, r.closed_at`

func scan(sc db.Scanner) (e Entry, err error) {
	err = sc.Scan(&e.ID, &e.Kind, &e.Title, &e.Body, &e.Carrier, &e.Starts, &e.Due, &e.State, &e.Reason, &e.After, &e.Item, &e.Version, &e.At, &e.ClosedAt)
	return e, err
}

// entries reads a roadmap: what is open first, by day, then what is closed.
func entries(ctx context.Context, r db.Reader, id project.ID) ([]Entry, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` from roadmap_entries r where r.project_id = $1
		order by case when r.closed_at is null then 0 else 1 end, case when r.due_on = '' then '9999' else r.due_on end, r.created_at, r.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the roadmap of %s: %w", id, err)
	}
	return list, nil
}

// open loads a project and asks whether by may act on its roadmap.
func (s *Service) open(ctx context.Context, r db.Reader, by account.User, action policy.Action, id project.ID) (project.Project, error) {
	p, err := project.Load(ctx, r, id)
	if err == nil {
		_, err = s.policy.Require(ctx, r, by, action, p.Object())
	}
	return p, err
}

// today is the day it is in the zone of the project's edition.
func (s *Service) today(ctx context.Context, r db.Reader, id programme.EditionID) (day, zoneName string, err error) {
	e, err := programme.FindEdition(ctx, r, id)
	if err != nil {
		return "", "", err
	}
	return s.clock.Now().In(zone.Location(e.Zone)).Format(time.DateOnly), e.Zone, nil
}

// Read is the roadmap of a project. Errors: as the policy, on roadmap.read.
func (s *Service) Read(ctx context.Context, by account.User, id project.ID) (v Page, err error) {
	r := s.db.Reader()
	if v.Project, err = s.open(ctx, r, by, "roadmap.read", id); err != nil {
		return v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "roadmap.write", v.Project.Object())
	if err != nil {
		return v, err
	}
	v.Writes = may.Allowed && v.Project.Status == project.Active
	if v.Today, v.Zone, err = s.today(ctx, r, v.Project.Edition); err != nil {
		return v, err
	}
	if v.Entries, err = entries(ctx, r, id); err != nil {
		return v, err
	}
	judge(v.Entries, v.Today)
	if v.Writes {
		v.Proposed, err = s.proposed(ctx, r, by, id, v.Entries)
	}
	return v, err
}

// taken are the kinds of a project's items that a roadmap takes, and what they become there.
var taken = map[project.Kind]Kind{"action": Action, "need": Need, "lock": Lock}

// proposed lists what stands in the project's file and not yet in its roadmap.
func (s *Service) proposed(ctx context.Context, r db.Reader, by account.User, id project.ID, all []Entry) ([]project.Item, error) {
	items, err := s.projects.Items(ctx, r, by, id)
	return slices.DeleteFunc(items, func(i project.Item) bool {
		return taken[i.Kind] == "" || !i.Standing || !i.Done.IsZero() || slices.ContainsFunc(all, func(e Entry) bool { return e.Item == i.ID })
	}), err
}

// Put writes an entry, a new one when id is empty, and gives its identifier; version is that
// of the entry as it was shown. Errors: Invalid on the fields of the sheet; NotFound;
// Conflict roadmap.meanwhile, roadmap.full, roadmap.left; as the policy, on roadmap.write.
func (s *Service) Put(ctx context.Context, by account.User, about project.ID, id ID, w Sheet, version int64) (ID, error) {
	w.clean()
	err := s.write(ctx, by, about, func(tx *db.Tx, all []Entry) error {
		if err := errs.NewInvalid("roadmap.invalid", w.check(mayFollow(all, id))); err != nil {
			return err
		}
		if id == "" {
			if len(all) >= MaxEntries {
				return errs.New(errs.Conflict, "roadmap.full", MaxEntries)
			}
			id = ID(db.NewID())
			return s.add(ctx, tx, by, about, Entry{ID: id, Sheet: w})
		}
		i := slices.IndexFunc(all, func(e Entry) bool { return e.ID == id })
		if i < 0 || all[i].Kind != w.Kind {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.change(ctx, tx, by, about, all[i], w, version)
	})
	return id, err
}

// write holds the roadmap of a project for an act of by on it.
func (s *Service) write(ctx context.Context, by account.User, id project.ID, do func(tx *db.Tx, all []Entry) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := s.open(ctx, tx, by, "roadmap.write", id)
		if err != nil {
			return err
		}
		if p.Status != project.Active {
			return errs.New(errs.Conflict, "roadmap.left")
		}
		if err := tx.Lock(ctx, "roadmap:"+string(id)); err != nil {
			return err
		}
		all, err := entries(ctx, tx, id)
		if err != nil {
			return err
		}
		return do(tx, all)
	})
}

func (s *Service) add(ctx context.Context, tx *db.Tx, by account.User, about project.ID, e Entry) error {
	now := s.clock.Now()
	_, err := tx.Exec(ctx, `insert into roadmap_entries (id, project_id, kind, title, body, carried_by, starts_on, due_on, state, reason, after_id, item_id, version, created_at, created_by, updated_at, updated_by, closed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14, $13, $14, $15)`,
		string(e.ID), string(about), string(e.Kind), e.Title, e.Body, e.Carrier, e.Starts, e.Due, string(e.State), e.Reason, nothing(e.After), e.Item, now, who(by), closed(e.State, now, time.Time{}))
	if err != nil {
		return fmt.Errorf("write an entry of the roadmap of %s: %w", about, err)
	}
	if err := s.remember(ctx, tx, by, about, Change{Entry: e.ID, Field: "created", Became: e.Title}); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "roadmap.added", about, e.ID, e.Kind)
}

// change keeps what an entry was before it becomes what was written.
func (s *Service) change(ctx context.Context, tx *db.Tx, by account.User, about project.ID, was Entry, w Sheet, version int64) error {
	changes := differences(was.Sheet, w)
	if len(changes) == 0 {
		return nil
	}
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `update roadmap_entries set title = $3, body = $4, carried_by = $5, starts_on = $6, due_on = $7, state = $8, reason = $9, after_id = $10, version = version + 1, updated_at = $11, updated_by = $12, closed_at = $13
		where id = $1 and version = $2`, string(was.ID), version, w.Title, w.Body, w.Carrier, w.Starts, w.Due, string(w.State), w.Reason, nothing(w.After), now, who(by), closed(w.State, now, was.ClosedAt))
	if err != nil {
		return fmt.Errorf("change entry %s: %w", was.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "roadmap.meanwhile")
	}
	for _, c := range changes {
		c.Entry = was.ID
		if err := s.remember(ctx, tx, by, about, c); err != nil {
			return err
		}
	}
	if was.Item != "" && (was.State == Done) != (w.State == Done) {
		if err := s.projects.Mark(ctx, tx, by, about, was.Item, w.State == Done); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	return s.note(ctx, tx, by, "roadmap.changed", about, was.ID, was.Kind)
}

// differences are the fields that change between two sheets.
func differences(was, now Sheet) (list []Change) {
	for _, f := range []Change{
		{Field: "title", Was: was.Title, Became: now.Title}, {Field: "body", Was: was.Body, Became: now.Body}, {Field: "carrier", Was: was.Carrier, Became: now.Carrier},
		{Field: "starts", Was: was.Starts, Became: now.Starts}, {Field: "due", Was: was.Due, Became: now.Due}, {Field: "state", Was: string(was.State), Became: string(now.State)},
		{Field: "reason", Was: was.Reason, Became: now.Reason}, {Field: "after", Was: string(was.After), Became: string(now.After)},
	} {
		if f.Was != f.Became {
			list = append(list, f)
		}
	}
	return list
}

func closed(now State, at, was time.Time) any {
	switch {
	case now == Todo || now == Doing:
		return nil
	case !was.IsZero():
		return was
	}
	return at
}

func nothing(id ID) any {
	if id == "" {
		return nil
	}
	return string(id)
}

// Take takes items of the project's file into its roadmap, those that it does not hold yet,
// and says how many. Errors: Conflict roadmap.full, roadmap.left; as the policy, on
// roadmap.write.
func (s *Service) Take(ctx context.Context, by account.User, id project.ID, items []string) (n int, err error) {
	err = s.write(ctx, by, id, func(tx *db.Tx, all []Entry) error {
		list, err := s.proposed(ctx, tx, by, id, all)
		if err != nil {
			return err
		}
		for _, i := range list {
			if !slices.Contains(items, i.ID) {
				continue
			}
			if len(all)+n >= MaxEntries {
				return errs.New(errs.Conflict, "roadmap.full", MaxEntries)
			}
			w := Sheet{Kind: taken[i.Kind], Title: cut(i.Title, MaxTitle), Body: cut(i.Detail, MaxBody), Carrier: cut(i.Owner, MaxName), Due: i.Due}
			if _, err := time.Parse(time.DateOnly, w.Due); err != nil {
				w.Due = ""
			}
			w.clean()
			if err := s.add(ctx, tx, by, id, Entry{ID: ID(db.NewID()), Sheet: w, Item: i.ID}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// cut keeps the first characters of what a card said.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

func (s *Service) remember(ctx context.Context, tx *db.Tx, by account.User, about project.ID, c Change) error {
	_, err := tx.Exec(ctx, `insert into roadmap_changes (id, project_id, entry_id, at, made_by, field, was, became) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		db.NewID(), string(about), string(c.Entry), s.clock.Now(), who(by), c.Field, c.Was, c.Became)
	if err != nil {
		return fmt.Errorf("remember what entry %s was: %w", c.Entry, err)
	}
	return nil
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, about project.ID, id ID, kind Kind) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(about), Detail: map[string]any{"entry": string(id), "kind": string(kind)}})
}

// Finish says that actions are done, in the transaction of the act that tells so; those that
// are closed already, or are of another project, are left alone. Errors: as the policy, on
// roadmap.write; Conflict roadmap.left.
func (s *Service) Finish(ctx context.Context, tx *db.Tx, by account.User, about project.ID, ids []ID) error {
	if len(ids) == 0 {
		return nil
	}
	p, err := s.open(ctx, tx, by, "roadmap.write", about)
	if err != nil {
		return err
	}
	if p.Status != project.Active {
		return errs.New(errs.Conflict, "roadmap.left")
	}
	if err := tx.Lock(ctx, "roadmap:"+string(about)); err != nil {
		return err
	}
	all, err := entries(ctx, tx, about)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Kind != Action || !e.Open() || !slices.Contains(ids, e.ID) {
			continue
		}
		w := e.Sheet
		w.State, w.Reason = Done, ""
		if err := s.change(ctx, tx, by, about, e, w, e.Version); err != nil {
			return err
		}
	}
	return nil
}
