package showcase

import (
	"context"
	"fmt"

	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
)

// The figures that the page of an edition may show.
const (
	FiguresFiles    = "files"    // deposited to its calls that are closed
	FiguresProjects = "projects" // that took part
	FiguresPeople   = "people"   // who came to its gatherings
	FiguresSheets   = "sheets"   // in the showcase
)

// Countable lists them in the order of the page.
var Countable = []string{FiguresFiles, FiguresProjects, FiguresPeople, FiguresSheets}

// FewPeople is the least number of people, or of files that people wrote, that is told: of
// fewer, somebody who knows some of them learns something of the others.
const FewPeople = 5

// Figure is a number of an edition.
type Figure struct {
	Name  string
	Value int
	Few   bool // too few to be told
}

var counted = map[string]string{
	FiguresFiles:    `select count(*) from applications a join calls c on c.id = a.call_id where c.edition_id = $1 and c.closes_at <= $2 and a.status in ('submitted', 'reopened')`,
	FiguresProjects: `select count(*) from projects where edition_id = $1 and created_at <= $2`,
	FiguresPeople:   `select count(distinct coalesce(p.person_id, p.id)) from participants p join gatherings g on g.id = p.gathering_id where g.edition_id = $1 and p.joined_at <= $2`,
	FiguresSheets:   `select count(*) from showcase_sheets s join projects p on p.id = s.project_id where p.edition_id = $1 and s.public <> '' and s.published_at <= $2`,
}

// count gives some figures of an edition, without asking who wants them.
func (s *Service) count(ctx context.Context, r db.Reader, id programme.EditionID, names []string) (list []Figure, err error) {
	for _, name := range Countable {
		for _, wanted := range names {
			if wanted != name {
				continue
			}
			f := Figure{Name: name}
			if f.Value, err = db.Get(ctx, r, db.Value[int], counted[name], string(id), s.clock.Now()); err != nil {
				return nil, fmt.Errorf("count %s of edition %s: %w", name, id, err)
			}
			f.Few = (name == FiguresFiles || name == FiguresPeople) && f.Value < FewPeople
			list = append(list, f)
		}
	}
	return list, nil
}
