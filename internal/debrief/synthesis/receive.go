package synthesis

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Shared is a project with the lines of it that somebody reads.
type Shared struct {
	Project project.ID
	Title   string
	Lines   []Line
}

// Part lists the lines of one part.
func (s Shared) Part(p Part) []Line { return Sheet{Lines: s.Lines}.Part(p) }

// Received is what an edition's projects share with a partner.
type Received struct {
	programme.Edition
	Partner  partner.Partner
	Projects []Shared
}

// columns are those of a project in the queries of this file.
var columns = policy.Columns{Kind: "project", ID: "p.id", State: "p.status",
	Within: map[string]string{"edition": "p.edition_id", "programme": "e.programme_id", "agency": "g.agency_id", "application": "p.application_id"}}

// Received gives the lines that projects share with by as a partner, and nothing that lets a
// project that shares none be guessed. Errors: as the policy, on partner.read.
func (s *Service) Received(ctx context.Context, by account.User, id programme.EditionID) (v Received, err error) {
	r := s.db.Reader()
	if v.Edition, v.Partner, err = s.partner(ctx, r, by, id); err != nil {
		return v, err
	}
	v.Projects, err = s.SharedWith(ctx, r, v.Partner)
	return v, err
}

// partner finds what by is a partner as, in an edition.
func (s *Service) partner(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (e programme.Edition, p partner.Partner, err error) {
	if e, err = programme.FindEdition(ctx, r, id); err != nil {
		return e, p, err
	}
	if _, err = s.policy.Require(ctx, r, by, "partner.read", e.PolicyObject()); err != nil {
		return e, p, err
	}
	p, err = partner.As(ctx, r, id, by.ID)
	return e, p, err
}

// SharedWith lists what a partner reads now, by project: the consent of each line, the sheet
// being ready and the rights of the person decide, in one statement. It asks nobody who wants
// to know.
func (s *Service) SharedWith(ctx context.Context, r db.Reader, p partner.Partner) ([]Shared, error) {
	where, args := s.policy.Where(ctx, account.User{ID: p.Person}, "synthesis.receive", columns, []any{string(p.Edition), string(p.ID)})
	return shared(ctx, r, `p.edition_id = $1 and exists (select 1 from synthesis_consents c where c.line_id = l.id and c.withdrawn_at is null and c.recipient in ('all', $2)) and `+where, args...)
}

// SharedWithAll lists what projects of an edition share with all its partners, which may be
// shown to all of them at once. It asks nobody who wants to know.
func SharedWithAll(ctx context.Context, r db.Reader, id programme.EditionID) ([]Shared, error) {
	return shared(ctx, r, `p.edition_id = $1 and exists (select 1 from synthesis_consents c where c.line_id = l.id and c.withdrawn_at is null and c.recipient = 'all')`, string(id))
}

func shared(ctx context.Context, r db.Reader, where string, args ...any) (list []Shared, err error) {
	type row struct {
		Line
		title string
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		return x, sc.Scan(&x.ID, &x.Project, &x.Part, &x.Body, &x.Help, &x.Addressee, &x.Origin, &x.Thrown, &x.Version, &x.UpdatedAt, &x.title)
	}, `select `+lineColumns+`, p.title from synthesis_lines l join syntheses s on s.project_id = l.project_id join projects p on p.id = l.project_id
		join editions e on e.id = p.edition_id join programmes g on g.id = e.programme_id
		where s.state = 'ready' and l.state = 'standing' and p.status = 'active' and `+where+` order by p.title, p.id, l.seq, l.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is shared: %w", err)
	}
	for _, x := range rows {
		if len(list) == 0 || list[len(list)-1].Project != x.Project {
			list = append(list, Shared{Project: x.Project, Title: x.title})
		}
		of := &list[len(list)-1]
		of.Lines = append(of.Lines, x.Line)
	}
	return list, nil
}

// The ways in which a partner takes away what she reads.
const (
	AsCSV  = "csv"
	AsPage = "page"
)

// Export gives what by reads to be taken away, and notes it: each project sees who took
// which lines, and when. Errors: Invalid on "format"; Conflict synthesis.nothing; as the
// policy, on partner.read.
func (s *Service) Export(ctx context.Context, by account.User, id programme.EditionID, format string) (export string, v Received, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if v.Edition, v.Partner, err = s.partner(ctx, tx, by, id); err != nil {
			return err
		}
		if format != AsCSV && format != AsPage {
			return errs.NewInvalid("synthesis.invalid", []errs.Field{{Path: "format", Key: "synthesis.format_wrong"}})
		}
		if v.Projects, err = s.SharedWith(ctx, tx, v.Partner); err != nil {
			return err
		}
		if len(v.Projects) == 0 {
			return errs.New(errs.Conflict, "synthesis.nothing")
		}
		export = db.NewID()
		now := s.clock.Now()
		if _, err := tx.Exec(ctx, `insert into synthesis_exports (id, edition_id, partner_id, format, made_at) values ($1, $2, $3, $4, $5)`, export, string(id), string(v.Partner.ID), format, now); err != nil {
			return fmt.Errorf("note an export of %s: %w", id, err)
		}
		lines := 0
		for _, p := range v.Projects {
			for _, l := range p.Lines {
				if _, err := tx.Exec(ctx, `insert into synthesis_exported (export_id, line_id, body) values ($1, $2, $3)`, export, l.ID, l.Body); err != nil {
					return fmt.Errorf("note an exported line: %w", err)
				}
				lines++
			}
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "synthesis.exported", Kind: "edition", ID: string(id), Detail: map[string]any{"export": export, "lines": lines, "format": format}})
	})
	return export, v, err
}

// Taken gives again what by took away as a page: the lines of it that she still reads. Errors:
// NotFound when it is not hers; as the policy, on partner.read.
func (s *Service) Taken(ctx context.Context, by account.User, id programme.EditionID, export string) (v Received, err error) {
	r := s.db.Reader()
	if v, err = s.Received(ctx, by, id); err != nil {
		return v, err
	}
	if _, err := db.Get(ctx, r, db.Value[string], `select id from synthesis_exports where id = $1 and partner_id = $2`, export, string(v.Partner.ID)); err != nil {
		return v, err
	}
	held, err := db.List(ctx, r, db.Value[string], `select line_id from synthesis_exported where export_id = $1`, export)
	if err != nil {
		return v, fmt.Errorf("list the lines of export %s: %w", export, err)
	}
	was := map[string]bool{}
	for _, line := range held {
		was[line] = true
	}
	kept := v.Projects
	v.Projects = nil
	for _, p := range kept {
		var lines []Line
		for _, l := range p.Lines {
			if was[l.ID] {
				lines = append(lines, l)
			}
		}
		if p.Lines = lines; len(lines) > 0 {
			v.Projects = append(v.Projects, p)
		}
	}
	return v, nil
}

// SharedWithAny lists what projects of an edition share with some partner: what the programme
// may count as asked for. It asks nobody who wants to know.
func SharedWithAny(ctx context.Context, r db.Reader, id programme.EditionID) ([]Shared, error) {
	return shared(ctx, r, `p.edition_id = $1 and exists (select 1 from synthesis_consents c where c.line_id = l.id and c.withdrawn_at is null and (c.recipient = 'all' or exists (select 1 from partners t where t.id = c.recipient and `+partner.Live+`)))`, string(id))
}

// Needs lists what a project asks for, shared or not, without asking who wants to know.
func Needs(ctx context.Context, r db.Reader, id project.ID) ([]Line, error) {
	all, err := linesOf(ctx, r, id)
	return slices.DeleteFunc(all, func(l Line) bool { return l.Part != Help || l.Thrown }), err
}
