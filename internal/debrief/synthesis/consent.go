package synthesis

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/platform/db"
	"transformateur/internal/project"
)

// All is the recipient that stands for every partner of the edition, those to come too.
const All = "all"

// readersOf says with whom each line of a sheet is shared.
func readersOf(ctx context.Context, r db.Reader, id project.ID) (map[string][]string, error) {
	type pair struct{ line, recipient string }
	list, err := db.List(ctx, r, func(sc db.Scanner) (p pair, err error) { return p, sc.Scan(&p.line, &p.recipient) },
		`select c.line_id, c.recipient from synthesis_consents c join synthesis_lines l on l.id = c.line_id where l.project_id = $1 and c.withdrawn_at is null order by c.given_at, c.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who reads the sheet of %s: %w", id, err)
	}
	readers := map[string][]string{}
	for _, p := range list {
		readers[p.line] = append(readers[p.line], p.recipient)
	}
	return readers, nil
}

// Consent is one line of the history: who let whom read what, and until when.
type Consent struct {
	Line        string // its words, as they are now
	Recipient   string
	GivenAt     time.Time
	GivenBy     string // a name
	WithdrawnAt time.Time
	WithdrawnBy string
}

// Export is what a partner took away of a sheet.
type Export struct {
	Partner string // her title
	Format  string // "csv" or "page"
	At      time.Time
	Lines   []string // as they were
}

// Sharing is who reads the lines of a sheet, to its team.
type Sharing struct {
	Sheet
	Partners []partner.Partner // of the edition, now
	History  []Consent         // the latest first
	Exports  []Export          // the latest first
}

// Has says whether a line is shared with a recipient.
func (v Sharing) Has(line, recipient string) bool { return slices.Contains(v.Readers[line], recipient) }

// Shared says whether a partner reads a line, by her name or with all of them.
func (v Sharing) Shared(line string, p partner.ID) bool {
	return v.Has(line, All) || v.Has(line, string(p))
}

// Sharing gives who reads each line, what was consented and withdrawn, and what was taken
// away. Errors: as the policy, on synthesis.share.
func (s *Service) Sharing(ctx context.Context, by account.User, id project.ID) (v Sharing, err error) {
	r := s.db.Reader()
	if v.Sheet, err = s.open(ctx, r, by, "synthesis.share", id); err != nil {
		return v, err
	}
	all, err := linesOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	v.Lines = slices.DeleteFunc(all, func(l Line) bool { return l.Thrown })
	if v.Partners, err = partner.Of(ctx, r, v.Project.Edition); err != nil {
		return v, err
	}
	if v.Titles, err = titlesOf(ctx, r, v.Project.Edition); err != nil {
		return v, err
	}
	if v.Readers, err = readersOf(ctx, r, id); err != nil {
		return v, err
	}
	v.History, err = db.List(ctx, r, func(sc db.Scanner) (c Consent, err error) {
		return c, sc.Scan(&c.Line, &c.Recipient, &c.GivenAt, &c.GivenBy, &c.WithdrawnAt, &c.WithdrawnBy)
	}, `select l.body, c.recipient, c.given_at, coalesce(g.name, ''), c.withdrawn_at, coalesce(w.name, '') from synthesis_consents c join synthesis_lines l on l.id = c.line_id
		left join people g on c.given_by = 'person:' || g.id left join people w on c.withdrawn_by = 'person:' || w.id
		where l.project_id = $1 order by coalesce(c.withdrawn_at, c.given_at) desc, c.given_at desc, c.id`, string(id))
	if err != nil {
		return v, fmt.Errorf("list what the sheet of %s shared: %w", id, err)
	}
	v.Exports, err = exportsOf(ctx, r, id, v.Titles)
	return v, err
}

func exportsOf(ctx context.Context, r db.Reader, id project.ID, titles map[string]string) (list []Export, err error) {
	type row struct {
		id, partner, format, body string
		at                        time.Time
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		return x, sc.Scan(&x.id, &x.partner, &x.format, &x.at, &x.body)
	}, `select x.id, x.partner_id, x.format, x.made_at, d.body from synthesis_exports x join synthesis_exported d on d.export_id = x.id join synthesis_lines l on l.id = d.line_id
		where l.project_id = $1 order by x.made_at desc, x.id, l.seq, l.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what was taken of the sheet of %s: %w", id, err)
	}
	last := ""
	for _, x := range rows {
		if x.id != last {
			last = x.id
			list = append(list, Export{Partner: titles[x.partner], Format: x.format, At: x.at})
		}
		of := &list[len(list)-1]
		of.Lines = append(of.Lines, x.body)
	}
	return list, nil
}

// Choice is who is to read the lines of a sheet, as somebody saw them.
type Choice struct {
	Version    int64 // of the sheet
	Recipients []string
	Given      map[string][]string // by line, those of Recipients that read it
}

// Share decides who reads each line. What is withdrawn is closed at the next request of who
// read it; recipients that were not shown stay as they are. Errors: Conflict
// synthesis.meanwhile when the sheet changed since it was shown; as the policy, on
// synthesis.consent.
func (s *Service) Share(ctx context.Context, by account.User, id project.ID, c Choice) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "synthesis:"+string(id)); err != nil {
			return err
		}
		v, err := s.open(ctx, tx, by, "synthesis.consent", id)
		if err != nil {
			return err
		}
		if v.Version != c.Version {
			return meanwhile()
		}
		now, err := partner.Of(ctx, tx, v.Project.Edition)
		if err != nil {
			return err
		}
		known := []string{All}
		for _, p := range now {
			known = append(known, string(p.ID))
		}
		lines, err := linesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		readers, err := readersOf(ctx, tx, id)
		if err != nil {
			return err
		}
		given, withdrawn := 0, 0
		for _, l := range lines {
			for _, to := range c.Recipients {
				has, wants := slices.Contains(readers[l.ID], to), slices.Contains(c.Given[l.ID], to)
				switch {
				case l.Thrown || has == wants:
				case wants && slices.Contains(known, to):
					if err := s.give(ctx, tx, by, l.ID, to); err != nil {
						return err
					}
					given++
				case has:
					if err := s.withdraw(ctx, tx, by, l.ID, to); err != nil {
						return err
					}
					withdrawn++
				}
			}
		}
		if given+withdrawn == 0 {
			return nil
		}
		if err := s.touch(ctx, tx, by, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "synthesis.shared", id, map[string]any{"given": given, "withdrawn": withdrawn})
	})
}

func (s *Service) give(ctx context.Context, tx *db.Tx, by account.User, line, to string) error {
	if _, err := tx.Exec(ctx, `insert into synthesis_consents (id, line_id, recipient, given_at, given_by, withdrawn_by) values ($1, $2, $3, $4, $5, '')`, db.NewID(), line, to, s.clock.Now(), by.Actor()); err != nil {
		return fmt.Errorf("share a line: %w", err)
	}
	return nil
}

// withdraw ends what lets a recipient read a line, or anybody when to is "".
func (s *Service) withdraw(ctx context.Context, tx *db.Tx, by account.User, line, to string) error {
	if _, err := tx.Exec(ctx, `update synthesis_consents set withdrawn_at = $3, withdrawn_by = $4 where line_id = $1 and ($2 = '' or recipient = $2) and withdrawn_at is null`, line, to, s.clock.Now(), by.Actor()); err != nil {
		return fmt.Errorf("share a line no more: %w", err)
	}
	return nil
}

// Preview gives what a partner would read of a sheet that is ready. Errors: NotFound when she
// is no partner of the edition; as the policy, on synthesis.share.
func (s *Service) Preview(ctx context.Context, by account.User, id project.ID, to partner.ID) (v Sharing, p partner.Partner, err error) {
	if v, err = s.Sharing(ctx, by, id); err != nil {
		return v, p, err
	}
	i := slices.IndexFunc(v.Partners, func(p partner.Partner) bool { return p.ID == to })
	if i < 0 {
		return v, p, notFound()
	}
	v.Lines = slices.DeleteFunc(v.Lines, func(l Line) bool { return !v.Shared(l.ID, to) })
	return v, v.Partners[i], nil
}
