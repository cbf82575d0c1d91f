package outcome

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// require loads a project on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id project.ID) (project.Project, error) {
	p, err := project.Load(ctx, r, id)
	if err != nil {
		return p, err
	}
	_, err = s.policy.Require(ctx, r, by, action, p.Object())
	return p, err
}

// Read gives what became of a project. Errors: as the policy, on outcome.read.
func (s *Service) Read(ctx context.Context, by account.User, id project.ID) (v View, err error) {
	r := s.db.Reader()
	if v.Project, err = s.require(ctx, r, by, "outcome.read", id); err != nil {
		return v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "outcome.tell", v.Project.Object())
	if err != nil {
		return v, err
	}
	v.Acts, v.Today = may.Allowed, s.today()
	if v.History, err = historyOf(ctx, r, id); err == nil {
		slices.Reverse(v.History)
	}
	return v, err
}

// historyOf lists the lines of a project, by number.
func historyOf(ctx context.Context, r db.Reader, id project.ID) ([]Entry, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (e Entry, err error) {
		err = sc.Scan(dest(&e)...)
		return e, err
	}, `select `+columns+` from project_outcomes o left join people p on o.noted_by = 'person:' || p.id where o.project_id = $1 order by o.number`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what became of project %s: %w", id, err)
	}
	return list, nil
}

const columns = `o.number, o.state, o.day, o.words, o.learnt, o.handed_to, o.people_count, o.jobs_count, o.source, o.wave, o.noted_at, coalesce(p.name, '')`

func dest(e *Entry) []any {
	return []any{&e.Number, &e.State, &e.Day, &e.Words, &e.Learnt, &e.Handed, &e.People, &e.Jobs, &e.Source, &e.Wave, &e.At, &e.By}
}

// Tell adds a line. Errors: Invalid on "state", "day", "words", "learnt", "handed",
// "people", "jobs"; Conflict outcome.meanwhile when somebody added one since Version; as
// the policy, on outcome.tell.
func (s *Service) Tell(ctx context.Context, by account.User, id project.ID, t Told) error {
	bad := t.check(s.today())
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := s.require(ctx, tx, by, "outcome.tell", id)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("outcome.invalid", bad); err != nil {
			return err
		}
		source := FromTeam
		team, err := project.Team(ctx, tx, id, s.clock.Now())
		if err != nil {
			return err
		}
		if slices.ContainsFunc(team, func(m project.Mate) bool { return m.Person == by.ID }) {
			source = FromProject
		}
		t.Wave = "" // nobody asked
		return s.write(ctx, tx, by, p.ID, line{t, source})
	})
}

// Record adds what the link of a survey told, in that transaction: its answer stands in
// place of the right to do so. The same answer twice is one line. Error: Invalid,
// as Tell.
func (s *Service) Record(ctx context.Context, tx *db.Tx, by account.User, id project.ID, t Told) error {
	if err := errs.NewInvalid("outcome.invalid", t.check(s.today())); err != nil {
		return err
	}
	if err := tx.Lock(ctx, "outcome:"+string(id)); err != nil {
		return err
	}
	history, err := historyOf(ctx, tx, id)
	if err != nil {
		return err
	}
	t.Version = int64(len(history))
	if last, any := On(history, Mark{Day: t.Day}); any && last.Source == FromSurvey && last.bare() == t.bare() {
		return nil
	}
	return s.write(ctx, tx, by, id, line{t, FromSurvey})
}

// bareTold is a line without its numbers, which compares.
type bareTold struct {
	state                           State
	day, words, learnt, hands, wave string
	people, jobs                    int64
}

func count(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

func (t Told) bare() bareTold {
	return bareTold{t.State, t.Day, t.Words, t.Learnt, t.Handed, t.Wave, count(t.People), count(t.Jobs)}
}

func (e Entry) bare() bareTold {
	return bareTold{e.State, e.Day, e.Words, e.Learnt, e.Handed, e.Wave, count(e.People), count(e.Jobs)}
}

type line struct {
	Told
	source string
}

func (s *Service) write(ctx context.Context, tx *db.Tx, by account.User, id project.ID, l line) error {
	n, err := tx.Exec(ctx, `insert into project_outcomes (id, project_id, number, state, day, words, learnt, handed_to, people_count, jobs_count, source, noted_at, noted_by, wave)
		select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15 = (select count(*) from project_outcomes where project_id = $2)
		on conflict (project_id, number) do nothing`,
		db.NewID(), string(id), l.Version+1, string(l.State), l.Day, l.Words, l.Learnt, l.Handed, l.People, l.Jobs, l.source, s.clock.Now(), by.Actor(), l.Wave, l.Version)
	if err != nil {
		return fmt.Errorf("say what became of project %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "outcome.meanwhile")
	}
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "outcome.told", Kind: "project", ID: string(id), Detail: map[string]any{"state": string(l.State), "source": l.source}})
}

// Row is a project in the table of an edition.
type Row struct {
	Project project.ID
	Title   string
	History []Entry // by number
}

// Edition is what became of the projects of an edition.
type Edition struct {
	programme.Edition
	Ended string // the last day of its last gathering that is over, "" for none
	Today string
	Rows  []Row
}

// Marks are the days at which the table is read: six and twelve months after the gathering
// when they have come, and today.
func (e Edition) Marks() []Mark { return MarksOf(e.Ended, e.Today) }

// Count counts the projects of each state at a mark; "" counts those of which nothing is known.
func (e Edition) Count(m Mark) map[State]int {
	all := map[State]int{}
	for _, r := range e.Rows {
		last, _ := On(r.History, m)
		all[last.State]++
	}
	return all
}

// Edition gives what became of an edition's projects, by title, of those that by may read;
// one that gave its place up is there too. Errors: as the policy, on outcome.follow.
func (s *Service) Edition(ctx context.Context, by account.User, id programme.EditionID) (v Edition, err error) {
	r := s.db.Reader()
	if v.Edition, err = programme.FindEdition(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "outcome.follow", v.PolicyObject()); err != nil {
		return v, err
	}
	v.Today = s.today()
	if v.Ended, err = Ended(ctx, r, id, v.Today); err != nil {
		return v, err
	}
	where, args := s.policy.Where(ctx, by, "outcome.read", policy.Columns{Kind: "project", ID: "pr.id", State: "pr.status",
		Within: map[string]string{"application": "coalesce(pr.application_id, '')", "edition": "pr.edition_id", "programme": "e.programme_id", "agency": "g.agency_id"}}, []any{string(id)})
	type one struct {
		project.ID
		title string
		entry *Entry
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (o one, err error) {
		var e Entry
		var number *int64
		var state, day, words, learnt, handed, source, wave *string
		if err = sc.Scan(&o.ID, &o.title, &number, &state, &day, &words, &learnt, &handed, &e.People, &e.Jobs, &source, &wave); err == nil && number != nil {
			e.Number, e.State, e.Day, e.Words, e.Learnt, e.Handed, e.Source, e.Wave = *number, State(*state), *day, *words, *learnt, *handed, *source, *wave
			o.entry = &e
		}
		return o, err
	}, `select pr.id, pr.title, o.number, o.state, o.day, o.words, o.learnt, o.handed_to, o.people_count, o.jobs_count, o.source, o.wave
		from projects pr join editions e on e.id = pr.edition_id join programmes g on g.id = e.programme_id left join project_outcomes o on o.project_id = pr.id
		where pr.edition_id = $1 and `+where+` order by pr.title, pr.id, o.number`, args...)
	if err != nil {
		return v, fmt.Errorf("list what became of the projects of %s: %w", id, err)
	}
	for _, o := range list {
		if n := len(v.Rows); n == 0 || v.Rows[n-1].Project != o.ID {
			v.Rows = append(v.Rows, Row{Project: o.ID, Title: o.title})
		}
		if o.entry != nil {
			last := &v.Rows[len(v.Rows)-1]
			last.History = append(last.History, *o.entry)
		}
	}
	return v, nil
}

// Ended is the last day of the last gathering of an edition that is over on a day, "" for
// none, without asking who wants it.
func Ended(ctx context.Context, r db.Reader, id programme.EditionID, today string) (string, error) {
	day, err := db.Get(ctx, r, db.Value[string], `select coalesce(max(ends_on), '') from gatherings where edition_id = $1 and ends_on <= $2`, string(id), today)
	if err != nil {
		return "", fmt.Errorf("find the end of the gatherings of %s: %w", id, err)
	}
	return day, nil
}
