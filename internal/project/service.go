package project

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// The bounds of a sheet, in characters, and of what is written at once.
const (
	MaxTitle   = 200
	MaxSummary = 300
	MaxPeople  = 20 // invited with a new project
)

// Service keeps projects.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	people *account.Service
	marked []Follow
}

// Follow is told, in the transaction of the mark, that an item of a project's file was
// closed, or opened again.
type Follow func(ctx context.Context, tx *db.Tx, by account.User, id ID, item string, done bool) error

// OnMark has a capability that comes after follow what is ticked in the file of projects.
func (s *Service) OnMark(f Follow) { s.marked = append(s.marked, f) }

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service, people *account.Service) *Service {
	return &Service{db: d, clock: c, policy: p, people: people}
}

// Birth is what a confirmed file gives its project.
type Birth struct {
	Edition     programme.EditionID
	Application string
	Title       string
}

// Born makes the project of a file whose place is confirmed, in that transaction: the
// team of the file becomes its team. A project that had left comes back.
func (s *Service) Born(ctx context.Context, tx *db.Tx, by account.User, b Birth) (Project, error) {
	p, err := From(ctx, tx, b.Application)
	switch {
	case err == nil:
		return p, s.move(ctx, tx, by, p, Active)
	case !errs.Is(err, errs.NotFound):
		return p, fmt.Errorf("find the project of file %s: %w", b.Application, err)
	}
	p = Project{Edition: b.Edition, Application: b.Application, Title: b.Title}
	if err := s.insert(ctx, tx, by, &p); err != nil {
		return p, err
	}
	held, err := s.policy.Holders(ctx, tx, policy.Ref{Kind: "application", ID: b.Application})
	if err != nil {
		return p, fmt.Errorf("find the team of file %s: %w", b.Application, err)
	}
	for _, h := range held {
		if !slices.Contains(relations, h.Relation) {
			continue
		}
		h.Object, h.Reason = p.ref(), "application:"+b.Application
		if err := s.policy.Grant(ctx, tx, by, h); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Leaves notes that the file of a project gave its place up; without a project, nothing.
func (s *Service) Leaves(ctx context.Context, tx *db.Tx, by account.User, application string) error {
	p, err := From(ctx, tx, application)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the project of file %s: %w", application, err)
	}
	return s.move(ctx, tx, by, p, Left)
}

func (s *Service) move(ctx context.Context, tx *db.Tx, by account.User, p Project, to Status) error {
	if p.Status == to {
		return nil
	}
	if _, err := tx.Exec(ctx, `update projects set status = $2, version = version + 1, updated_at = $3 where id = $1`, string(p.ID), string(to), s.clock.Now()); err != nil {
		return fmt.Errorf("move project %s: %w", p.ID, err)
	}
	return s.note(ctx, tx, by, "project."+map[Status]string{Active: "back", Left: "left"}[to], p.ID, nil)
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, by account.User, p *Project) error {
	p.ID, p.Status, p.Version, p.CreatedAt = ID(db.NewID()), Active, 1, s.clock.Now()
	_, err := tx.Exec(ctx, `insert into projects (id, edition_id, application_id, title, summary, status, version, created_at, created_by, updated_at) values ($1, $2, $3, $4, $5, 'active', 1, $6, $7, $6)`,
		string(p.ID), string(p.Edition), db.Null(p.Application), p.Title, p.Summary, p.CreatedAt, by.Actor())
	if err != nil {
		return fmt.Errorf("create a project: %w", err)
	}
	return s.note(ctx, tx, by, "project.created", p.ID, map[string]any{"edition": string(p.Edition), "application": p.Application})
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(id), Detail: detail})
}

// Sheet is what people write of a project.
type Sheet struct {
	Title   string
	Summary string
	Version int64 // the one that was read
}

func (w *Sheet) check() (bad []errs.Field) {
	one := func(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
	w.Title, w.Summary = one(w.Title), one(w.Summary)
	if w.Title == "" {
		bad = append(bad, errs.Field{Path: "title", Key: "project.title_missing"})
	}
	if utf8.RuneCountInString(w.Title) > MaxTitle {
		bad = append(bad, errs.Field{Path: "title", Key: "project.title_long", Args: []any{MaxTitle}})
	}
	if utf8.RuneCountInString(w.Summary) > MaxSummary {
		bad = append(bad, errs.Field{Path: "summary", Key: "project.summary_long", Args: []any{MaxSummary}})
	}
	return bad
}

// Started is a project that a programme's team writes down, and whom it invites to it.
type Started struct {
	Edition programme.EditionID
	Sheet
	People  []string // addresses: the first one owns the project, the others write with her
	Lang    string   // of the mails
	Message string
}

// Start makes a project by hand and invites its people by mail. Errors: Invalid on
// "title", "summary", "people"; TooMany; as the policy.
func (s *Service) Start(ctx context.Context, by account.User, in Started) (id ID, err error) {
	bad := in.check()
	in.People = slices.DeleteFunc(slices.Clone(in.People), func(one string) bool { return strings.TrimSpace(one) == "" })
	if len(in.People) > MaxPeople {
		bad = append(bad, errs.Field{Path: "people", Key: "project.people_many", Args: []any{MaxPeople}})
	}
	for i, one := range in.People {
		if in.People[i], err = account.ParseEmail(one); err != nil {
			bad = append(bad, errs.Field{Path: "people", Key: "project.people_wrong", Args: []any{strings.TrimSpace(one)}})
		}
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.managing(ctx, tx, by, in.Edition); err != nil {
			return err
		}
		if err := errs.NewInvalid("project.invalid", bad); err != nil {
			return err
		}
		p := Project{Edition: in.Edition, Title: in.Title, Summary: in.Summary}
		if err := s.insert(ctx, tx, by, &p); err != nil {
			return err
		}
		id = p.ID
		for i, one := range in.People {
			if err := s.invite(ctx, tx, by, p, Invited{Email: one, Owner: i == 0, Lang: in.Lang, Message: in.Message}); err != nil {
				return err
			}
		}
		return nil
	})
	return id, err
}

// managing says whether by may write projects down in an edition.
func (s *Service) managing(ctx context.Context, r db.Reader, by account.User, edition programme.EditionID) error {
	e, err := programme.FindEdition(ctx, r, edition)
	if err != nil {
		return err
	}
	obj := e.PolicyObject()
	_, err = s.policy.Require(ctx, r, by, "project.manage", obj)
	return err
}

// Manageable says whether by may write projects down in an edition, as an error.
func (s *Service) Manageable(ctx context.Context, by account.User, edition programme.EditionID) error {
	return s.managing(ctx, s.db.Reader(), by, edition)
}

// Invited is somebody whom a project's team is opened to.
type Invited struct {
	Email   string
	Owner   bool
	Lang    string
	Message string
}

func (s *Service) invite(ctx context.Context, tx *db.Tx, by account.User, p Project, in Invited) error {
	relation := "editor"
	if in.Owner {
		relation = "owner"
	}
	_, err := s.people.InviteIn(ctx, tx, by, account.Invite{Email: in.Email, Lang: in.Lang, Relation: relation, Object: account.Ref(p.ref()), ObjectName: p.Title, Message: in.Message})
	return err
}

// Invite opens the team of a project to whoever holds an address. Errors: Invalid on
// "email", "message"; TooMany; as the policy.
func (s *Service) Invite(ctx context.Context, by account.User, id ID, in Invited) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := s.require(ctx, tx, by, "project.manage", id)
		if err != nil {
			return err
		}
		return s.invite(ctx, tx, by, p, in)
	})
}

// require loads a project on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id ID) (Project, error) {
	p, err := Load(ctx, r, id)
	if err != nil {
		return p, err
	}
	_, err = s.policy.Require(ctx, r, by, action, p.Object())
	return p, err
}

// Edit saves the sheet. Errors: Invalid; Conflict "project.meanwhile" when somebody wrote
// since it was read; as the policy.
func (s *Service) Edit(ctx context.Context, by account.User, id ID, w Sheet) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "project.edit", id); err != nil {
			return err
		}
		if err := errs.NewInvalid("project.invalid", w.check()); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update projects set title = $3, summary = $4, version = version + 1, updated_at = $5 where id = $1 and version = $2`, string(id), w.Version, w.Title, w.Summary, s.clock.Now())
		if err != nil {
			return fmt.Errorf("edit project %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "project.meanwhile")
		}
		return s.note(ctx, tx, by, "project.edited", id, nil)
	})
}
