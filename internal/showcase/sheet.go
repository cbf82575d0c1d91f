package showcase

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// State is where the text of a sheet stands. What visitors read may be older: see Public.
type State string

// The states.
const (
	Draft     State = "draft"
	Proposed  State = "proposed"
	Cleared   State = "cleared"
	Published State = "published" // what is written is what visitors read
	Withdrawn State = "withdrawn"
)

// Said is a field as its team wrote it.
type Said struct {
	Field
	Value    string
	Agreed   bool
	AgreedAt time.Time
}

// Picture is one of a sheet or of an edition.
type Picture struct {
	Shown
	Agreed bool
	digest string
}

// Sheet is what a team writes of its project for the public.
type Sheet struct {
	ID          string // "" while nothing was written
	Project     project.Project
	Slug        string // of its public address, "" before the first publication
	State       State
	Remark      string // why it was sent back
	Public      *Public
	Version     int64
	AskedAt     time.Time
	PublishedAt time.Time // the first time
	ChangedAt   time.Time // what visitors read
	WithdrawnAt time.Time
	Fields      []Said // all of them, in order
	Pictures    []Picture
}

// Value is what stands in a field.
func (s Sheet) Value(name Name) string { return s.said(name).Value }

func (s Sheet) said(name Name) Said {
	for _, f := range s.Fields {
		if f.Name == name {
			return f
		}
	}
	return Said{}
}

// Agreed is what visitors would read if the sheet were published as it is: what holds
// something and was agreed to.
func (s Sheet) Agreed() Public {
	var p Public
	for _, f := range s.Fields {
		switch {
		case !f.Agreed:
		case f.Kind == Alone:
			p.set(f.Name, "yes")
		case f.Value != "":
			p.set(f.Name, f.Value)
		}
	}
	for _, one := range s.Pictures {
		if one.Agreed {
			p.Pictures = append(p.Pictures, one.Shown)
		}
	}
	return p
}

const sheetColumns = `s.id, s.project_id, coalesce(s.slug, ''), s.state, s.remark, s.public, s.version, s.asked_at, s.published_at, s.changed_at, s.withdrawn_at`

func scanSheet(sc db.Scanner) (s Sheet, err error) {
	var public string
	if err = sc.Scan(&s.ID, &s.Project.ID, &s.Slug, &s.State, &s.Remark, &public, &s.Version, &s.AskedAt, &s.PublishedAt, &s.ChangedAt, &s.WithdrawnAt); err == nil && public != "" {
		s.Public = &Public{}
		err = json.Unmarshal([]byte(public), s.Public)
	}
	return s, err
}

// load reads the sheet of a project without asking who wants it; one that nobody began is
// a draft whose title is the project's.
func load(ctx context.Context, r db.Reader, p project.Project) (Sheet, error) {
	s, err := db.Get(ctx, r, scanSheet, `select `+sheetColumns+` from showcase_sheets s where s.project_id = $1`, string(p.ID))
	switch {
	case errs.Is(err, errs.NotFound):
		s = Sheet{State: Draft}
	case err != nil:
		return s, fmt.Errorf("load the sheet of project %s: %w", p.ID, err)
	}
	s.Project = p
	kept := map[Name]Said{}
	if s.ID != "" {
		list, err := db.List(ctx, r, func(sc db.Scanner) (f Said, err error) {
			err = sc.Scan(&f.Name, &f.Value, &f.AgreedAt)
			return f, err
		}, `select field, value, agreed_at from showcase_fields where sheet_id = $1`, s.ID)
		if err != nil {
			return s, fmt.Errorf("read the sheet of project %s: %w", p.ID, err)
		}
		for _, f := range list {
			kept[f.Name] = f
		}
		if s.Pictures, err = pictures(ctx, r, `sheet_id = $1`, s.ID); err != nil {
			return s, err
		}
	} else {
		kept[Title], kept[Sentence] = Said{Value: p.Title}, Said{Value: p.Summary}
	}
	for _, f := range Fields {
		one := kept[f.Name]
		one.Field, one.Agreed = f, !one.AgreedAt.IsZero()
		s.Fields = append(s.Fields, one)
	}
	return s, nil
}

func pictures(ctx context.Context, r db.Reader, where string, args ...any) ([]Picture, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (p Picture, err error) {
		var at time.Time
		err = sc.Scan(&p.ID, &p.Alt, &p.Credit, &p.Width, &p.Height, &p.digest, &at)
		p.Agreed = !at.IsZero()
		return p, err
	}, `select id, alt, credit, width, height, digest, agreed_at from showcase_pictures where `+where+` order by added_at, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	return list, nil
}

// Desk is a sheet with what its reader may do of it.
type Desk struct {
	Sheet
	Edits     bool // write
	Owns      bool // agree, field by field
	Withdraws bool
	Clears    bool
	Hidden    bool // the page of its edition is under embargo: published, nobody sees it yet
}

// Read gives the sheet of a project. Errors: as the policy, on sheet.read.
func (s *Service) Read(ctx context.Context, by account.User, id project.ID) (d Desk, err error) {
	r := s.db.Reader()
	if d.Sheet, err = s.require(ctx, r, by, "sheet.read", id); err != nil {
		return d, err
	}
	may, err := s.policy.Decisions(ctx, r, by, d.Project.Object(), "sheet.edit", "sheet.agree", "sheet.withdraw", "sheet.clear")
	if err != nil {
		return d, err
	}
	d.Edits, d.Owns, d.Withdraws, d.Clears = may["sheet.edit"].Allowed, may["sheet.agree"].Allowed, may["sheet.withdraw"].Allowed, may["sheet.clear"].Allowed
	open, err := opened(ctx, r, d.Project.Edition, s.clock.Now())
	d.Hidden = !open
	return d, err
}

// require loads the sheet of a project on which by may do an action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id project.ID) (Sheet, error) {
	p, err := project.Load(ctx, r, id)
	if err != nil {
		return Sheet{}, err
	}
	if _, err := s.policy.Require(ctx, r, by, action, p.Object()); err != nil {
		return Sheet{}, err
	}
	return load(ctx, r, p)
}

// onProject is where the journal notes what becomes of a sheet.
func onProject(id project.ID) policy.Ref { return policy.Ref{Kind: "project", ID: string(id)} }

// Row is a sheet in the list of its edition.
type Row struct {
	Project     project.ID
	Title       string // of the project
	State       State  // "" when nothing was written
	Public      bool   // visitors read something of it, once the embargo is over
	AskedAt     time.Time
	ProposedAt  time.Time
	PublishedAt time.Time
}

// rows lists the projects of an edition that by may follow, with their sheets: those that
// wait for an answer first.
func (s *Service) rows(ctx context.Context, r db.Reader, by account.User, edition string) ([]Row, error) {
	where, args := s.policy.Where(ctx, by, "sheet.read", projectColumns, []any{edition})
	list, err := db.List(ctx, r, func(sc db.Scanner) (w Row, err error) {
		err = sc.Scan(&w.Project, &w.Title, &w.State, &w.Public, &w.AskedAt, &w.ProposedAt, &w.PublishedAt)
		return w, err
	}, `select p.id, p.title, coalesce(s.state, ''), coalesce(s.public, '') <> '', s.asked_at, s.proposed_at, s.published_at
		from projects p join editions e on e.id = p.edition_id join programmes g on g.id = e.programme_id left join showcase_sheets s on s.project_id = p.id
		where p.edition_id = $1 and (p.status = 'active' or s.id is not null) and `+where+`
		order by case s.state when 'proposed' then 0 when 'cleared' then 1 else 2 end, p.title, p.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the sheets of %s: %w", edition, err)
	}
	return list, nil
}

// projectColumns say where the policy finds what contains a project.
var projectColumns = policy.Columns{Kind: "project", ID: "p.id", State: "p.status",
	Within: map[string]string{"application": "coalesce(p.application_id, '')", "edition": "p.edition_id", "programme": "e.programme_id", "agency": "g.agency_id"}}
