package scheme

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/scheme/eligible"
)

// Filter is what a list is asked for.
type Filter struct {
	Query string
	State State // "" for all
}

// List lists the catalogue of an agency to who keeps it, by name. Errors: as the policy, on
// scheme.manage.
func (s *Service) List(ctx context.Context, by account.User, agency programme.AgencyID, f Filter) ([]Scheme, error) {
	r := s.db.Reader()
	if err := s.managing(ctx, r, by, agency); err != nil {
		return nil, err
	}
	list, err := all(ctx, r, agency)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(one Scheme) bool { return f.State != "" && one.State != f.State || !one.speaks(f.Query) }), nil
}

// speaks says whether a scheme holds all the words of a query.
func (w Sheet) speaks(query string) bool {
	if strings.TrimSpace(query) == "" {
		return true
	}
	hay := text.Fold(strings.Join([]string{w.Name, w.Provider, w.Purpose, w.Territory, strings.Join(w.Tags, " ")}, " "))
	for _, one := range strings.Fields(text.Fold(query)) {
		if !strings.Contains(hay, one) {
			return false
		}
	}
	return true
}

func all(ctx context.Context, r db.Reader, agency programme.AgencyID) ([]Scheme, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` from schemes s where s.agency_id = $1 order by s.folded, s.id`, string(agency))
	if err != nil {
		return nil, fmt.Errorf("list the schemes of agency %s: %w", agency, err)
	}
	return list, nil
}

// Shown is a scheme as somebody reads it.
type Shown struct {
	Scheme
	Manages   bool
	Next      Scheme // what replaces it, when it is said and the reader may read it
	CheckedBy string // a name
}

// Read gives a scheme. Errors: as the policy, on scheme.read.
func (s *Service) Read(ctx context.Context, by account.User, id ID) (v Shown, err error) {
	r := s.db.Reader()
	if v.Scheme, err = s.require(ctx, r, by, "scheme.read", id); err != nil {
		return v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "scheme.manage", v.Object())
	if err != nil {
		return v, err
	}
	v.Manages = may.Allowed
	if v.Manages {
		if v.CheckedBy, err = name(ctx, r, v.Scheme.CheckedBy); err != nil {
			return v, err
		}
	}
	if v.ReplacedBy != "" {
		next, err := s.require(ctx, r, by, "scheme.read", v.ReplacedBy)
		if err == nil {
			v.Next = next
		} else if !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Forbidden) {
			return v, err
		}
	}
	return v, nil
}

// name is that of an actor, "" for the program.
func name(ctx context.Context, r db.Reader, actor string) (string, error) {
	n, err := db.Get(ctx, r, db.Value[string], `select name from people where 'person:' || id = $1`, actor)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return n, err
}

// Manage gives a scheme to who may change it. Errors: as the policy, on scheme.manage.
func (s *Service) Manage(ctx context.Context, by account.User, id ID) (Scheme, error) {
	return s.require(ctx, s.db.Reader(), by, "scheme.manage", id)
}

// Version is what a scheme was after a change.
type Version struct {
	Number int64
	Act    string // "created", "changed", "published", "archived", "drafted", "checked", "imported"
	Sheet  Sheet
	At     time.Time
	By     string // a name, "" for the program
}

// History lists the changes of a scheme, the newest first. Errors: as the policy, on scheme.manage.
func (s *Service) History(ctx context.Context, by account.User, id ID) (one Scheme, list []Version, err error) {
	r := s.db.Reader()
	if one, err = s.require(ctx, r, by, "scheme.manage", id); err != nil {
		return one, nil, err
	}
	list, err = db.List(ctx, r, func(sc db.Scanner) (v Version, err error) {
		var sheet string
		if err = sc.Scan(&v.Number, &v.Act, &sheet, &v.At, &v.By); err == nil {
			err = json.Unmarshal([]byte(sheet), &v.Sheet)
		}
		return v, err
	}, `select v.number, v.act, v.sheet, v.made_at, coalesce(p.name, '') from scheme_versions v left join people p on v.made_by = 'person:' || p.id where v.scheme_id = $1 order by v.number desc`, string(id))
	if err != nil {
		return one, nil, fmt.Errorf("list the changes of scheme %s: %w", id, err)
	}
	return one, list, nil
}

// Create writes a new scheme, as a draft. Errors: Invalid on the fields of the sheet; as
// the policy, on scheme.manage.
func (s *Service) Create(ctx context.Context, by account.User, agency programme.AgencyID, w Sheet) (id ID, err error) {
	bad := w.check()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.managing(ctx, tx, by, agency); err != nil {
			return err
		}
		if err := errs.NewInvalid("scheme.invalid", bad); err != nil {
			return err
		}
		one := Scheme{Agency: agency, State: Draft, Sheet: w}
		id, err = s.insert(ctx, tx, by, one, "created")
		return err
	})
	return id, err
}

// insert writes a scheme and its first version, and keeps who checked it.
func (s *Service) insert(ctx context.Context, tx *db.Tx, by account.User, one Scheme, act string) (ID, error) {
	if err := s.successor(ctx, tx, one); err != nil {
		return "", err
	}
	one.ID, one.Version = ID(db.NewID()), 1
	sheet, err := json.Marshal(one.Sheet)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	_, err = tx.Exec(ctx, `insert into schemes (id, agency_id, origin, name, folded, state, valid_from, valid_to, sheet, checked_on, checked_by, version, created_at, created_by, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, $12)`,
		string(one.ID), string(one.Agency), db.Null(one.Origin), one.Name, text.Fold(one.Name), string(one.State), one.ValidFrom, one.ValidTo, string(sheet), one.CheckedOn, one.CheckedBy, now, by.Actor())
	if err != nil {
		return "", fmt.Errorf("create a scheme: %w", err)
	}
	return one.ID, s.keep(ctx, tx, by, one, act)
}

// keep adds a version to the history and a line to the journal.
func (s *Service) keep(ctx context.Context, tx *db.Tx, by account.User, one Scheme, act string) error {
	sheet, err := json.Marshal(one.Sheet)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into scheme_versions (scheme_id, number, act, sheet, made_at, made_by) values ($1, $2, $3, $4, $5, $6)`,
		string(one.ID), one.Version, act, string(sheet), s.clock.Now(), by.Actor())
	if err != nil {
		return fmt.Errorf("keep what scheme %s was: %w", one.ID, err)
	}
	return s.note(ctx, tx, by, journal.Entry{Act: "scheme." + act, Kind: "scheme", ID: string(one.ID), Detail: map[string]any{"agency": string(one.Agency), "version": one.Version}})
}

// successor refuses a scheme that is replaced by itself or by one of another agency.
func (s *Service) successor(ctx context.Context, r db.Reader, one Scheme) error {
	if one.ReplacedBy == "" {
		return nil
	}
	next, err := load(ctx, r, one.ReplacedBy)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	if err != nil || next.ID == one.ID || next.Agency != one.Agency {
		return errs.NewInvalid("scheme.invalid", []errs.Field{{Path: "replaced_by", Key: "scheme.successor_wrong"}})
	}
	return nil
}

// change applies an act to a scheme that stands at a version.
func (s *Service) change(ctx context.Context, by account.User, id ID, version int64, act func(*Scheme) (string, error)) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		one, err := s.require(ctx, tx, by, "scheme.manage", id)
		if err != nil {
			return err
		}
		name, err := act(&one)
		if err != nil {
			return err
		}
		if one.Version != version {
			return stale()
		}
		return s.update(ctx, tx, by, one, name)
	})
}

// update writes a scheme that was read in the same transaction over its version.
func (s *Service) update(ctx context.Context, tx *db.Tx, by account.User, one Scheme, act string) error {
	if err := s.successor(ctx, tx, one); err != nil {
		return err
	}
	sheet, err := json.Marshal(one.Sheet)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update schemes set name = $3, folded = $4, state = $5, valid_from = $6, valid_to = $7, sheet = $8, checked_on = $9, checked_by = $10, version = version + 1, updated_at = $11 where id = $1 and version = $2`,
		string(one.ID), one.Version, one.Name, text.Fold(one.Name), string(one.State), one.ValidFrom, one.ValidTo, string(sheet), one.CheckedOn, one.CheckedBy, s.clock.Now())
	if err != nil {
		return fmt.Errorf("change scheme %s: %w", one.ID, err)
	}
	if n == 0 {
		return stale()
	}
	one.Version++
	return s.keep(ctx, tx, by, one, act)
}

// Edit writes a scheme over a version. Errors: Invalid on the fields of the sheet; Conflict
// scheme.stale; as the policy, on scheme.manage.
func (s *Service) Edit(ctx context.Context, by account.User, id ID, w Sheet, version int64) error {
	bad := w.check()
	return s.change(ctx, by, id, version, func(one *Scheme) (string, error) {
		one.Sheet = w
		return "changed", errs.NewInvalid("scheme.invalid", bad)
	})
}

// Move publishes a scheme, archives it, or takes it back to a draft. Errors: Invalid
// scheme.state_unknown; Conflict scheme.stale; as the policy, on scheme.manage.
func (s *Service) Move(ctx context.Context, by account.User, id ID, to State, version int64) error {
	acts := map[State]string{Published: "published", Archived: "archived", Draft: "drafted"}
	if acts[to] == "" {
		return errs.New(errs.Invalid, "scheme.state_unknown")
	}
	return s.change(ctx, by, id, version, func(one *Scheme) (string, error) {
		one.State = to
		return acts[to], nil
	})
}

// Check says that somebody read the source of a scheme today and that its sheet is right.
// Errors: Conflict scheme.stale; as the policy, on scheme.manage.
func (s *Service) Check(ctx context.Context, by account.User, id ID, version int64) error {
	return s.change(ctx, by, id, version, func(one *Scheme) (string, error) {
		one.CheckedOn, one.CheckedBy = s.today(), by.Actor()
		return "checked", nil
	})
}

// catalogue is what an agency publishes, compiled.
type catalogue struct {
	stamp   string
	schemes []Scheme
	rules   []*eligible.Rules
	words   []map[string]bool // roots of each scheme's tags and instruments
}

// shelf keeps compiled catalogues. Every change makes a version, so that the sum of
// versions tells whether one still stands.
type shelf struct {
	sync.Mutex
	kept map[programme.AgencyID]*catalogue
}

// published gives the catalogue of an agency, compiled once for all projects.
func (s *Service) published(ctx context.Context, r db.Reader, agency programme.AgencyID) (*catalogue, error) {
	stamp, err := db.Get(ctx, r, func(sc db.Scanner) (string, error) {
		var n, versions int64
		err := sc.Scan(&n, &versions)
		return fmt.Sprint(n, " ", versions), err
	}, `select count(*), cast(coalesce(sum(version), 0) as bigint) from schemes where agency_id = $1`, string(agency))
	if err != nil {
		return nil, fmt.Errorf("see whether the catalogue of %s changed: %w", agency, err)
	}
	s.compiled.Lock()
	defer s.compiled.Unlock()
	if c := s.compiled.kept[agency]; c != nil && c.stamp == stamp {
		return c, nil
	}
	list, err := all(ctx, r, agency)
	if err != nil {
		return nil, err
	}
	c, book := &catalogue{stamp: stamp}, &eligible.Book{}
	for _, one := range list {
		if one.State != Published {
			continue
		}
		rules, err := book.Add(one.Criteria)
		if err != nil {
			return nil, fmt.Errorf("compile scheme %s: %w", one.ID, err)
		}
		c.schemes, c.rules, c.words = append(c.schemes, one), append(c.rules, rules), append(c.words, one.roots())
	}
	s.compiled.kept[agency] = c
	return c, nil
}
