package privacy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// horizon is how far ahead the calendar shows what will be erased, in days.
const horizon = 90

// Line is one rule of the calendar as it stands.
type Line struct {
	Rule
	Now    int       // days, as they are set here
	Held   int       // things that a legal hold keeps
	Soon   int       // things that will go within the horizon
	Next   time.Time // when the next one goes; zero: none in sight
	Erased int       // things that went in the last twelve months
	Last   time.Time // when the last ones went
}

// Ending is a file, or what a project left, that will be emptied within the horizon.
type Ending struct {
	Object   policy.Ref
	Number   int64
	Call     string
	Title    string // of a project, for who leads its programme alone
	Edition  string // of a project
	Rule     string
	At       time.Time
	Told     bool
	Extended bool
	Held     bool
}

// Calendar is what will be erased, when, and what was.
type Calendar struct {
	Programme string // "" for the whole install
	Name      string // of the programme, in the reader's language
	Lines     []Line
	Endings   []Ending // at most two hundred, the nearest first
	More      int      // how many more there are
}

// place is the object that a calendar is about.
func (s *Service) place(ctx context.Context, r db.Reader, programme string) (policy.Object, error) {
	if programme == "" {
		return policy.Platform, nil
	}
	agency, err := db.Get(ctx, r, db.Value[string], `select agency_id from programmes where id = $1`, programme)
	return policy.Object{Ref: policy.Ref{Kind: "programme", ID: programme}, Within: []policy.Ref{{Kind: "agency", ID: agency}}}, err
}

// Calendar reads the calendar of the install, or of one programme.
func (s *Service) Calendar(ctx context.Context, by account.User, programme string) (c Calendar, err error) {
	r := s.db.Reader()
	place, err := s.place(ctx, r, programme)
	if err != nil {
		return c, err
	}
	if err := s.require(ctx, r, by, actCalendar, place); err != nil {
		return c, err
	}
	c.Programme = programme
	if programme != "" {
		if err := r.QueryRow(ctx, `select case when $2 = 'en' and name_en <> '' then name_en else name_fr end from programmes where id = $1`, programme, by.Lang).Scan(&c.Name); err != nil {
			return c, fmt.Errorf("name the programme: %w", err)
		}
	}
	list, err := s.files(ctx, r)
	if err != nil {
		return c, err
	}
	d, err := readDurations(ctx, r)
	if err != nil {
		return c, err
	}
	projects, err := s.projects(ctx, r)
	if err != nil {
		return c, err
	}
	list = append(list, projects...)
	if programme == "" {
		people, err := s.people(ctx, r)
		if err != nil {
			return c, err
		}
		list = append(list, people...)
	}
	now := s.clock.Now()
	for _, rule := range Rules {
		if programme != "" && rule.Reach != Programme && rule.Reach != PerCall {
			continue
		}
		c.Lines = append(c.Lines, Line{Rule: rule, Now: d.of(rule, programme)})
	}
	for _, x := range list {
		c.count(x, by.Lang, now)
	}
	slices.SortStableFunc(c.Endings, func(a, b Ending) int { return a.At.Compare(b.At) })
	if n := len(c.Endings) - 200; n > 0 {
		c.Endings, c.More = c.Endings[:200], n
	}
	return c, s.past(ctx, r, &c, now)
}

// count adds one thing to the line of its rule.
func (c *Calendar) count(x subject, lang string, now time.Time) {
	i := slices.IndexFunc(c.Lines, func(l Line) bool { return l.Key == x.rule.Key })
	if i < 0 || c.Programme != "" && x.programme != c.Programme {
		return
	}
	line, at := &c.Lines[i], latest(x.erasedAt(x.rule), now)
	if x.held {
		line.Held++
	}
	if at.After(now.AddDate(0, 0, horizon)) {
		return
	}
	if !x.held {
		line.Soon++
		if line.Next.IsZero() || at.Before(line.Next) {
			line.Next = at
		}
	}
	if x.on.Kind == "person" {
		return
	}
	e := Ending{Object: x.on, Number: x.number, Call: x.call, Rule: x.rule.Key, At: at, Told: !x.told.IsZero(), Extended: !x.extended.IsZero(), Held: x.held, Edition: x.edition[0]}
	if lang == "en" && x.edition[1] != "" {
		e.Edition = x.edition[1]
	}
	if c.Programme != "" { // who protects the data of the install reads no project
		e.Title = x.title
	}
	c.Endings = append(c.Endings, e)
}

// past reads what the last twelve months erased.
func (s *Service) past(ctx context.Context, r db.Reader, c *Calendar, now time.Time) error {
	type run struct {
		rule string
		n    int
		last time.Time
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (x run, err error) {
		err = sc.Scan(&x.rule, &x.n, &x.last)
		return x, err
	}, `select rule, sum(objects), max(at) from retention_runs where at > $1 and ($2 = '' or scope_id = $2) group by rule`, now.AddDate(-1, 0, 0), c.Programme)
	if err != nil {
		return fmt.Errorf("read what was erased: %w", err)
	}
	for _, x := range list {
		if i := slices.IndexFunc(c.Lines, func(l Line) bool { return l.Key == x.rule }); i >= 0 {
			c.Lines[i].Erased, c.Lines[i].Last = x.n, x.last
		}
	}
	return nil
}

// Duration is a change of the calendar.
type Duration struct {
	Programme string // "" for the whole install
	Rule      string
	Days      int
	Reason    string
}

// SetDays changes how long a kind of data is kept, within the bounds of its rule:
// for the install, or for one programme where the rule allows it.
// Errors: Invalid on "days", "reason", and "rule" when it cannot be changed there.
func (s *Service) SetDays(ctx context.Context, by account.User, d Duration) error {
	rule, known := ruleOf(d.Rule)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		place, err := s.place(ctx, tx, d.Programme)
		if err != nil {
			return err
		}
		if err := s.require(ctx, tx, by, actCalendar, place); err != nil {
			return err
		}
		if !known || rule.Reach == Fixed || d.Programme != "" && rule.Reach != Programme {
			return invalid("rule", "privacy.rule_fixed")
		}
		reason, _ := reasonOf(d.Reason)
		if err := rule.check(d.Days, reason); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			insert into retention_rules (scope_kind, scope_id, rule, days, reason, set_by, set_at) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (scope_kind, scope_id, rule) do update set days = excluded.days, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at`,
			place.Kind, place.ID, rule.Key, d.Days, reason, by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("set a duration: %w", err)
		}
		return s.record(ctx, tx, by, "retention.set", place.Ref, map[string]any{"rule": rule.Key, "days": d.Days})
	})
}

// maxExtension bounds one extension, in days: two years, then it is decided again.
const maxExtension = 730

// Longer is a decision to keep a file, or what a project left.
type Longer struct {
	Programme string // of who decides; "" for the whole install
	Object    string // the identifier of the file or of the project
	Until     time.Time
	Reason    string
}

// Extend keeps a file or a project until a later day, for a reason: by the lead of its
// programme, or the data protection officer. Errors: Invalid on "file", "until" and "reason".
func (s *Service) Extend(ctx context.Context, by account.User, l Longer) error {
	programme, until := l.Programme, l.Until
	return s.db.Write(ctx, func(tx *db.Tx) error {
		place, err := s.place(ctx, tx, programme)
		if err != nil {
			return err
		}
		if err := s.require(ctx, tx, by, actCalendar, place); err != nil {
			return err
		}
		on, err := stored(ctx, tx, l.Object, programme)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		var bad []errs.Field
		if until.Before(now) || until.After(now.AddDate(0, 0, maxExtension)) {
			bad = append(bad, errs.Field{Path: "until", Key: "privacy.until_bounds", Args: []any{maxExtension}})
		}
		reason, err := reasonOf(l.Reason)
		if err != nil {
			bad = append(bad, errs.Field{Path: "reason", Key: "privacy.reason_missing"})
		}
		if err := errs.NewInvalid("errs.invalid", bad); err != nil {
			return err
		}
		id := db.NewID()
		if _, err := tx.Exec(ctx, `
			insert into retention_extensions (id, object_kind, object_id, until_at, reason, decided_by, decided_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			id, on.Kind, on.ID, until, reason, by.Actor(), now); err != nil {
			return fmt.Errorf("extend %s %s: %w", on.Kind, on.ID, err)
		}
		// Those concerned are told again a month before the new day.
		if _, err := tx.Exec(ctx, `delete from retention_notices where object_id = $1`, on.ID); err != nil {
			return fmt.Errorf("forget the notices of %s %s: %w", on.Kind, on.ID, err)
		}
		return s.record(ctx, tx, by, "retention.extended", on, map[string]any{"extension": id, "until": until})
	})
}

// stored finds the file or the project that an identifier names, while it holds something;
// programme is "" for the whole install. Error: Invalid on "file".
func stored(ctx context.Context, r db.Reader, id, programme string) (on policy.Ref, err error) {
	err = r.QueryRow(ctx, `
		select 'application', a.id from applications a join calls c on c.id = a.call_id join editions e on e.id = c.edition_id
		where a.id = $1 and a.purged_at is null and ($2 = '' or e.programme_id = $2)
		union all select 'project', p.id from projects p join editions e on e.id = p.edition_id where p.id = $1 and ($2 = '' or e.programme_id = $2)`, id, programme).Scan(&on.Kind, &on.ID)
	if errs.Is(err, errs.NotFound) {
		return on, invalid("file", "privacy.file_unknown")
	}
	return on, err
}
