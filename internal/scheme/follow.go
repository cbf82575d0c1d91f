package scheme

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/project"
)

// How far a project went with a scheme, in order.
const (
	Suggested State = "suggested"
	Kept      State = "kept"
	Rejected  State = "rejected"
	Requested State = "requested"
	Obtained  State = "obtained"
	Denied    State = "denied"
	Paid      State = "paid"
)

// Steps lists them in the order in which they are counted.
var Steps = []State{Suggested, Kept, Rejected, Requested, Obtained, Denied, Paid}

// after says what may be noted after what stands.
var after = map[State][]State{
	"":        {Suggested, Kept, Rejected},
	Suggested: {Kept, Rejected},
	Kept:      {Requested, Rejected},
	Rejected:  {Kept},
	Requested: {Obtained, Denied},
	Obtained:  {Paid},
}

// MaxWhy bounds a reason, in characters; maxCents an amount.
const (
	MaxWhy   = 2000
	maxCents = 1_000_000_000_00
)

// Followed is a scheme that a project follows.
type Followed struct {
	ID        string
	Project   project.ID
	Title     string // of the project
	Scheme    Scheme
	State     State // "" once all its steps were taken back
	Requested *int64
	Obtained  *int64
	Paid      *int64
	Version   int64
	UpdatedAt time.Time
}

// followedOf lists what is followed, the latest first.
func followedOf(ctx context.Context, r db.Reader, where string, args ...any) ([]Followed, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (f Followed, err error) {
		err = sc.Scan(&f.ID, &f.Project, &f.Title, &f.Scheme.ID, &f.Scheme.Name, &f.Scheme.State, &f.Scheme.ValidTo, &f.State, &f.Requested, &f.Obtained, &f.Paid, &f.Version, &f.UpdatedAt)
		return f, err
	}, `select o.id, o.project_id, p.title, s.id, s.name, s.state, s.valid_to, o.state, o.requested, o.obtained, o.paid, o.version, o.updated_at
		from orientations o join projects p on p.id = o.project_id join schemes s on s.id = o.scheme_id where `+where+` order by o.updated_at desc, o.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is followed: %w", err)
	}
	return list, nil
}

// Step is one thing that happened with a scheme.
type Step struct {
	Number  int64
	State   State
	Day     string
	Amount  *int64 // cents
	Why     string
	At      time.Time
	By      string // a name
	Undone  time.Time
	Undoer  string
	Undoing string // why it was taken back
}

// following reads how far a project went with the scheme of v, and what may come next.
func (s *Service) following(ctx context.Context, r db.Reader, v *One) error {
	list, err := followedOf(ctx, r, `o.project_id = $1 and o.scheme_id = $2`, string(v.Project.ID), string(v.Offer.ID))
	if err != nil {
		return err
	}
	if len(list) > 0 {
		v.Followed = list[0]
		if v.Steps, err = stepsOf(ctx, r, v.Followed.ID); err != nil {
			return err
		}
	}
	if v.Acts && (v.Proposed || v.Followed.State != "" && v.Followed.State != Rejected) {
		v.Next = after[v.Followed.State]
	}
	return nil
}

func stepsOf(ctx context.Context, r db.Reader, id string) ([]Step, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (n Step, err error) {
		var undone *time.Time
		if err = sc.Scan(&n.Number, &n.State, &n.Day, &n.Amount, &n.Why, &n.At, &n.By, &undone, &n.Undoer, &n.Undoing); err == nil && undone != nil {
			n.Undone = *undone
		}
		return n, err
	}, `select t.number, t.state, t.day, t.amount, t.why, t.noted_at, coalesce(p.name, ''), t.undone_at, coalesce(u.name, ''), t.undone_why
		from orientation_steps t left join people p on t.noted_by = 'person:' || p.id left join people u on t.undone_by = 'person:' || u.id where t.orientation_id = $1 order by t.number`, id)
	if err != nil {
		return nil, fmt.Errorf("list the steps of %s: %w", id, err)
	}
	return list, nil
}

// Noted is a step as somebody writes it.
type Noted struct {
	To      State
	Day     string // "" for today
	Amount  *int64 // cents: needed to obtain and to be paid, possible to ask, of no use otherwise
	Why     string // needed to reject
	Version int64  // of what is followed; 0 for nothing yet
}

func (n *Noted) check(today string) (bad []errs.Field) {
	wrong := func(path, key string, args ...any) {
		bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
	}
	if n.Day == "" {
		n.Day = today
	}
	if _, err := time.Parse(time.DateOnly, n.Day); err != nil {
		wrong("day", "scheme.day_wrong")
	} else if n.Day > today {
		wrong("day", "scheme.day_future")
	}
	n.Why = strings.TrimSpace(text.Clean(n.Why))
	if utf8.RuneCountInString(n.Why) > MaxWhy {
		wrong("why", "scheme.text_long", MaxWhy)
	}
	if n.To == Rejected && n.Why == "" {
		wrong("why", "scheme.why_missing")
	}
	switch n.To {
	case Obtained, Paid:
		if n.Amount == nil {
			wrong("amount", "scheme.amount_missing")
		}
	case Requested:
	default:
		n.Amount = nil
	}
	if n.Amount != nil && (*n.Amount < 0 || *n.Amount > maxCents) {
		wrong("amount", "scheme.amount_wrong")
	}
	return bad
}

// Note says what happened with a scheme. Errors: Invalid on "day", "amount", "why";
// Conflict scheme.step_order, scheme.not_proposed, scheme.stale; NotFound as One; as the
// policy, on orientation.act.
func (s *Service) Note(ctx context.Context, by account.User, id project.ID, scheme ID, n Noted) error {
	bad := n.check(s.today())
	return s.db.Write(ctx, func(tx *db.Tx) error {
		v, err := s.acting(ctx, tx, by, id, scheme)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("scheme.step_invalid", bad); err != nil {
			return err
		}
		if !slices.Contains(after[v.Followed.State], n.To) {
			return errs.New(errs.Conflict, "scheme.step_order")
		}
		if !slices.Contains(v.Next, n.To) {
			return errs.New(errs.Conflict, "scheme.not_proposed")
		}
		if v.Followed.Version != n.Version {
			return stale()
		}
		if err := fits(v, n); err != nil {
			return err
		}
		f, err := s.begin(ctx, tx, v)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into orientation_steps (id, orientation_id, number, state, day, amount, why, noted_at, noted_by, undone_by, undone_why) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '')`,
			db.NewID(), f.ID, int64(len(v.Steps)+1), string(n.To), n.Day, n.Amount, n.Why, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("note a step of %s: %w", f.ID, err)
		}
		return s.settle(ctx, tx, by, f, "orientation."+string(n.To))
	})
}

// fits refuses a day before that of the step that stands, and more paid than obtained.
func fits(v One, n Noted) error {
	if last, is := v.standing(); is && n.Day < last.Day {
		return errs.NewInvalid("scheme.step_invalid", []errs.Field{{Path: "day", Key: "scheme.day_before"}})
	}
	if n.To == Paid && v.Followed.Obtained != nil && *n.Amount > *v.Followed.Obtained {
		return errs.NewInvalid("scheme.step_invalid", []errs.Field{{Path: "amount", Key: "scheme.amount_over"}})
	}
	return nil
}

// standing is the last step that was not taken back.
func (v One) standing() (Step, bool) {
	for _, n := range slices.Backward(v.Steps) {
		if n.Undone.IsZero() {
			return n, true
		}
	}
	return Step{}, false
}

// Undoes says whether the reader may take the last step back.
func (v One) Undoes() bool { return v.Acts && v.Followed.State != "" }

// acting reads a scheme for a project, for who acts on it.
func (s *Service) acting(ctx context.Context, tx *db.Tx, by account.User, id project.ID, scheme ID) (v One, err error) {
	if v.Project, err = s.project(ctx, tx, by, "orientation.act", id); err != nil {
		return v, err
	}
	if v.Offer.Scheme, err = s.offered(ctx, tx, v.Project, scheme); err != nil {
		return v, err
	}
	v.Acts, v.Proposed = true, v.Offer.Proposed(s.today())
	return v, s.following(ctx, tx, &v)
}

// begin follows a scheme that was not.
func (s *Service) begin(ctx context.Context, tx *db.Tx, v One) (Followed, error) {
	if v.Followed.ID != "" {
		return v.Followed, nil
	}
	f := Followed{ID: db.NewID(), Project: v.Project.ID, Scheme: v.Offer.Scheme, Version: 0}
	_, err := tx.Exec(ctx, `insert into orientations (id, project_id, scheme_id, state, version, updated_at) values ($1, $2, $3, '', 0, $4)`, f.ID, string(f.Project), string(f.Scheme.ID), s.clock.Now())
	if db.Taken(err) {
		return f, stale()
	}
	if err != nil {
		return f, fmt.Errorf("follow scheme %s: %w", f.Scheme.ID, err)
	}
	return f, nil
}

// settle writes where the steps that stand lead, over the version that was read.
func (s *Service) settle(ctx context.Context, tx *db.Tx, by account.User, f Followed, act string) error {
	steps, err := stepsOf(ctx, tx, f.ID)
	if err != nil {
		return err
	}
	now := Followed{}
	for _, n := range steps {
		if !n.Undone.IsZero() {
			continue
		}
		now.State = n.State
		switch n.State {
		case Requested:
			now.Requested = n.Amount
		case Obtained:
			now.Obtained = n.Amount
		case Paid:
			now.Paid = n.Amount
		}
	}
	changed, err := tx.Exec(ctx, `update orientations set state = $3, requested = $4, obtained = $5, paid = $6, version = version + 1, updated_at = $7 where id = $1 and version = $2`,
		f.ID, f.Version, string(now.State), now.Requested, now.Obtained, now.Paid, s.clock.Now())
	if err != nil {
		return fmt.Errorf("settle %s: %w", f.ID, err)
	}
	if changed == 0 {
		return stale()
	}
	return s.note(ctx, tx, by, journal.Entry{Act: act, Kind: "project", ID: string(f.Project), Detail: map[string]any{"scheme": string(f.Scheme.ID), "step": len(steps)}})
}

// Undo takes the last step that stands back: it stays to be read, with who took it back
// and why. Errors: Invalid on "undoing"; Conflict scheme.nothing_to_undo, scheme.stale;
// NotFound as One; as the policy, on orientation.act.
func (s *Service) Undo(ctx context.Context, by account.User, id project.ID, scheme ID, why string, version int64) error {
	why = strings.TrimSpace(text.Clean(why))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		v, err := s.acting(ctx, tx, by, id, scheme)
		if err != nil {
			return err
		}
		if why == "" {
			return errs.NewInvalid("scheme.step_invalid", []errs.Field{{Path: "undoing", Key: "scheme.why_missing"}})
		}
		if utf8.RuneCountInString(why) > MaxWhy {
			return errs.NewInvalid("scheme.step_invalid", []errs.Field{{Path: "undoing", Key: "scheme.text_long", Args: []any{MaxWhy}}})
		}
		last, is := v.standing()
		if !is {
			return errs.New(errs.Conflict, "scheme.nothing_to_undo")
		}
		if v.Followed.Version != version {
			return stale()
		}
		_, err = tx.Exec(ctx, `update orientation_steps set undone_at = $3, undone_by = $4, undone_why = $5 where orientation_id = $1 and number = $2 and undone_at is null`,
			v.Followed.ID, last.Number, s.clock.Now(), by.Actor(), why)
		if err != nil {
			return fmt.Errorf("take back step %d of %s: %w", last.Number, v.Followed.ID, err)
		}
		return s.settle(ctx, tx, by, v.Followed, "orientation.undone")
	})
}

// Follows lists the schemes that a project follows, the latest first, without asking who
// wants to know; what was ruled out or taken back is left out.
func Follows(ctx context.Context, r db.Reader, id project.ID) ([]Followed, error) {
	return followedOf(ctx, r, `o.project_id = $1 and o.state in ('kept', 'requested', 'obtained', 'paid')`, string(id))
}
