package commitment

import (
	"context"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// View is the commitments of an edition, as somebody sees them.
type View struct {
	programme.Edition
	Today    string
	Manages  bool
	Partner  partner.Partner    // the reader, "" for who only runs the programme
	Partners []partner.Partner  // for whom she may write, to who runs the programme
	Projects []synthesis.Shared // about which she may promise something
	List     []Commitment       // those she reads
	Needs    []Need             // what is asked for, and by whom it is answered
}

// Need is a line that asks for help, with the commitments that answer it.
type Need struct {
	Project project.ID
	Title   string
	synthesis.Line
	Answers []Commitment
}

// Unanswered counts the needs that nobody answers.
func (v View) Unanswered() (n int) {
	for _, one := range v.Needs {
		if len(one.Answers) == 0 {
			n++
		}
	}
	return n
}

// View gives the commitments of an edition: all of them to who runs the programme; to a
// partner hers, and those about projects that share something with her. Errors: as the policy,
// on commitment.follow.
func (s *Service) View(ctx context.Context, by account.User, id programme.EditionID) (v View, err error) {
	r := s.db.Reader()
	st, err := s.standing(ctx, r, by, "commitment.follow", id)
	if err != nil {
		return v, err
	}
	v.Edition, v.Manages, v.Partner = st.edition, st.manages, st.partner
	v.Today = s.clock.Now().In(st.edition.Location()).Format(time.DateOnly)
	if v.Projects, err = s.around(ctx, r, st); err != nil {
		return v, err
	}
	if v.Manages {
		if v.Partners, err = partner.Of(ctx, r, id); err != nil {
			return v, err
		}
	}
	if v.List, err = s.read(ctx, r, st, v.Projects); err != nil {
		return v, err
	}
	for _, p := range v.Projects {
		for _, l := range p.Part(synthesis.Help) {
			n := Need{Project: p.Project, Title: p.Title, Line: l}
			for _, c := range v.List {
				if c.Line == l.ID && c.State != Dropped {
					n.Answers = append(n.Answers, c)
				}
			}
			v.Needs = append(v.Needs, n)
		}
	}
	return v, nil
}

// around lists what is shared with the reader; to who runs the programme, with any partner.
func (s *Service) around(ctx context.Context, r db.Reader, st standing) ([]synthesis.Shared, error) {
	if st.manages {
		return synthesis.SharedWithAny(ctx, r, st.edition.ID)
	}
	return s.sheets.SharedWith(ctx, r, st.partner)
}

// read lists the commitments that somebody reads.
func (s *Service) read(ctx context.Context, r db.Reader, st standing, shown []synthesis.Shared) ([]Commitment, error) {
	all, err := list(ctx, r, `k.edition_id = $1`, string(st.edition.ID))
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Mine = st.partner.ID != "" && all[i].Partner == st.partner.ID
	}
	if st.manages {
		return all, nil
	}
	return slices.DeleteFunc(all, func(c Commitment) bool {
		return !c.Mine && !slices.ContainsFunc(shown, func(p synthesis.Shared) bool { return p.Project == c.Project })
	}), nil
}

// Around is the commitments to a project.
type Around struct {
	project.Project
	Zone     string
	Today    string
	List     []Commitment
	Confirms bool
}

// Around gives what partners promised a project. Errors: as the policy, on commitment.read.
func (s *Service) Around(ctx context.Context, by account.User, id project.ID) (v Around, err error) {
	r := s.db.Reader()
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "commitment.read", v.Object()); err != nil {
		return v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "commitment.confirm", v.Object())
	if err != nil {
		return v, err
	}
	v.Confirms = may.Allowed
	e, err := programme.FindEdition(ctx, r, v.Project.Edition)
	if err != nil {
		return v, err
	}
	v.Zone, v.Today = e.Zone, s.clock.Now().In(e.Location()).Format(time.DateOnly)
	v.List, err = list(ctx, r, `k.project_id = $1`, string(id))
	return v, err
}

// Row is what one partner promised in a year, and what became of it.
type Row struct {
	Partner   partner.ID
	By        string
	Count     map[State]int
	Confirmed int
	Late      int
	List      []Commitment
}

// Total is how many commitments a row counts.
func (r Row) Total() int { return len(r.List) }

// Account is a year of commitments, by partner.
type Account struct {
	programme.Edition
	Today string
	Year  int
	Years []int // in which something was promised, and this one
	Rows  []Row
}

// Account counts what was promised in a year (0 for this one), by partner: a partner sees her
// own row. Errors: as the policy, on commitment.follow.
func (s *Service) Account(ctx context.Context, by account.User, id programme.EditionID, year int) (v Account, err error) {
	r := s.db.Reader()
	st, err := s.standing(ctx, r, by, "commitment.follow", id)
	if err != nil {
		return v, err
	}
	v.Edition = st.edition
	v.Today = s.clock.Now().In(st.edition.Location()).Format(time.DateOnly)
	now, err := strconv.Atoi(v.Today[:4])
	if err != nil {
		return v, err
	}
	if v.Year = year; year == 0 {
		v.Year = now
	}
	v.Years = []int{now}
	where, args := `k.edition_id = $1`, []any{string(id)}
	if !st.manages {
		where, args = where+` and k.partner_id = $2`, append(args, string(st.partner.ID))
	}
	all, err := list(ctx, r, where, args...)
	if err != nil {
		return v, err
	}
	for _, c := range all {
		made := c.MadeAt.In(st.edition.Location()).Year()
		if !slices.Contains(v.Years, made) {
			v.Years = append(v.Years, made)
		}
		if made != v.Year {
			continue
		}
		i := slices.IndexFunc(v.Rows, func(row Row) bool { return row.Partner == c.Partner })
		if i < 0 {
			v.Rows, i = append(v.Rows, Row{Partner: c.Partner, By: c.By, Count: map[State]int{}}), len(v.Rows)
		}
		row := &v.Rows[i]
		row.List = append(row.List, c)
		row.Count[c.State]++
		if !c.ConfirmedAt.IsZero() {
			row.Confirmed++
		}
		if c.Late(v.Today) {
			row.Late++
		}
	}
	slices.Sort(v.Years)
	return v, nil
}

// The days before and after its day at which a partner is reminded of a commitment.
const (
	RemindBefore = 7
	RemindAfter  = 1
)

// Remind says which partners are to be reminded: once before the day of what has not begun, once
// after it of what is not settled and did not move since. Who is no partner any more is left alone.
func (s *Service) Remind(ctx context.Context, by account.User) error {
	if !by.IsSystem() {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	editions, err := db.List(ctx, s.db.Reader(), db.Value[programme.EditionID], `select distinct edition_id from commitments where state in ('promised', 'underway') and due <> '' order by edition_id`)
	if err != nil {
		return err
	}
	for _, id := range editions {
		e, err := programme.FindEdition(ctx, s.db.Reader(), id)
		if err != nil {
			return err
		}
		today := s.clock.Now().In(e.Location())
		day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
		for _, w := range []struct{ set, where, from, until string }{
			{`reminded_before_at`, `state = 'promised' and due >= $3 and due <= $4 and reminded_before_at is null`, day(0), day(RemindBefore)},
			{`reminded_after_at`, `state in ('promised', 'underway') and due >= $3 and due <= $4 and reminded_after_at is null`, day(-60), day(-RemindAfter)},
		} {
			err := s.db.Write(ctx, func(tx *db.Tx) error {
				list, err := db.List(ctx, tx, db.Value[string], `update commitments set `+w.set+` = $2 where edition_id = $1 and `+w.where+`
					and exists (select 1 from partners t where t.id = commitments.partner_id and `+partner.Live+`) returning id`, string(id), s.clock.Now(), w.from, w.until)
				if err != nil {
					return err
				}
				for _, which := range list {
					if err := s.bus.Publish(ctx, tx, ToldReminded, which, nil); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Reminder is what a mail says of a commitment, to the person who made it.
type Reminder struct {
	Commitment
	Person account.PersonID
}

// ToRemind reads a commitment that is to be recalled, without asking who wants to know. Error:
// NotFound when it moved on meanwhile.
func ToRemind(ctx context.Context, r db.Reader, which string) (m Reminder, err error) {
	m.Commitment, err = db.Get(ctx, r, scan, `select `+columns+tables+`where k.id = $1 and k.state in ('promised', 'underway') and `+partner.Live, which)
	m.Person = m.person
	return m, err
}

// Of lists the commitments of an edition, without asking who wants to know.
func Of(ctx context.Context, r db.Reader, id programme.EditionID) ([]Commitment, error) {
	return list(ctx, r, `k.edition_id = $1`, string(id))
}
