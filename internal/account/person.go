package account

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
)

// maxName is the longest name of a person, in characters.
const maxName = 120

// Person is somebody as she describes herself.
type Person struct {
	ID        PersonID
	Name      string
	Lang      string // "fr" or "en"
	Zone      string // IANA name
	Welcomed  bool   // she was asked for her name
	Disabled  bool
	Guarded   bool // she has a second factor
	CreatedAt time.Time
}

const personColumns = `p.id, p.name, p.lang, p.zone, p.welcomed_at is not null, p.disabled_at is not null, p.second_factor, p.created_at`

func scanPerson(sc db.Scanner) (p Person, err error) {
	err = sc.Scan(&p.ID, &p.Name, &p.Lang, &p.Zone, &p.Welcomed, &p.Disabled, &p.Guarded, &p.CreatedAt)
	return p, err
}

// personOf finds whose address it is.
func (s *Service) personOf(ctx context.Context, r db.Reader, email string) (Person, error) {
	return db.Get(ctx, r, scanPerson, `select `+personColumns+` from addresses a join people p on p.id = a.person_id where a.email = $1`, email)
}

// Ensure finds whose address it is, or makes her account: of somebody whom an operator
// trusts to have it, in the transaction of the act that needs her. Error: Invalid on "email".
func (s *Service) Ensure(ctx context.Context, tx *db.Tx, by User, email string) (Person, error) {
	email, err := ParseEmail(email)
	if err != nil {
		return Person{}, err
	}
	p, err := s.personOf(ctx, tx, email)
	if errs.Is(err, errs.NotFound) {
		return s.create(ctx, tx, by, email, by.Lang)
	}
	return p, err
}

// FindPerson finds whose address it is. Errors: Invalid on "email"; NotFound.
func (s *Service) FindPerson(ctx context.Context, r db.Reader, email string) (Person, error) {
	email, err := ParseEmail(email)
	if err != nil {
		return Person{}, err
	}
	return s.personOf(ctx, r, email)
}

// create makes the account of an address, in the name of by, or of the person herself
// when she proved the address and nobody is signed in.
func (s *Service) create(ctx context.Context, tx *db.Tx, by User, email, lang string) (Person, error) {
	now := s.clock.Now()
	p := Person{ID: PersonID(db.NewID()), Name: nameFrom(email), Lang: langOf(lang), Zone: zone.Default, CreatedAt: now}
	if _, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $2, $3, $4, $5)`, string(p.ID), p.Name, p.Lang, p.Zone, now); err != nil {
		return p, fmt.Errorf("create a person: %w", err)
	}
	if err := s.keepAddress(ctx, tx, p.ID, email, true); err != nil {
		return p, err
	}
	if by.IsVisitor() {
		by = User{ID: p.ID}
	}
	return p, journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "person.created", Kind: "person", ID: string(p.ID)})
}

func langOf(lang string) string {
	if lang == "en" {
		return "en"
	}
	return "fr"
}

// Me is the person who asks.
func (s *Service) Me(ctx context.Context, by User) (Person, error) {
	if err := signedIn(by); err != nil {
		return Person{}, err
	}
	return s.GetPerson(ctx, s.db.Reader(), by.ID)
}

// GetPerson finds a person; one who was merged into another is found under both names.
func (s *Service) GetPerson(ctx context.Context, r db.Reader, id PersonID) (Person, error) {
	return db.Get(ctx, r, scanPerson, `
		select `+personColumns+` from people was join people p on p.id = coalesce(was.merged_into, was.id)
		where was.id = $1`, string(id))
}

// Names gives the names of people by their identifiers, to show who did what.
func (s *Service) Names(ctx context.Context, r db.Reader, ids []PersonID) (map[PersonID]string, error) {
	names := map[PersonID]string{}
	for len(ids) > 0 {
		some := ids[:min(len(ids), 200)]
		ids = ids[len(some):]
		list, args := placeholders(some)
		rows, err := db.List(ctx, r, func(sc db.Scanner) (pair [2]string, err error) {
			err = sc.Scan(&pair[0], &pair[1])
			return pair, err
		}, `select was.id, p.name from people was join people p on p.id = coalesce(was.merged_into, was.id) where was.id in (`+list+`)`, args...)
		if err != nil {
			return nil, fmt.Errorf("name people: %w", err)
		}
		for _, pair := range rows {
			names[PersonID(pair[0])] = pair[1]
		}
	}
	return names, nil
}

func placeholders[T ~string](ids []T) (list string, args []any) {
	for i, id := range ids {
		if i > 0 {
			list += ", "
		}
		list += fmt.Sprintf("$%d", i+1)
		args = append(args, string(id))
	}
	return list, args
}

// Profile is what a person says of herself.
type Profile struct {
	Name string
	Lang string
	Zone string
}

// check cleans the profile and reports every bad field at once.
func (p *Profile) check() error {
	var bad []errs.Field
	p.Name = oneLine(p.Name)
	switch {
	case !strings.ContainsFunc(p.Name, unicode.IsLetter):
		bad = append(bad, errs.Field{Path: "name", Key: "account.name_missing"})
	case utf8.RuneCountInString(p.Name) > maxName:
		bad = append(bad, errs.Field{Path: "name", Key: "account.name_long", Args: []any{maxName}})
	}
	if p.Lang != "fr" && p.Lang != "en" {
		bad = append(bad, errs.Field{Path: "lang", Key: "account.lang_unknown"})
	}
	if _, err := zone.Load(p.Zone); err != nil {
		bad = append(bad, errs.Field{Path: "zone", Key: "account.zone_unknown"})
	}
	return errs.NewInvalid("errs.invalid", bad)
}

// Save keeps what the person says of herself; she will not be asked again.
// Error: Invalid on "name", "lang", "zone".
func (s *Service) Save(ctx context.Context, by User, p Profile) error {
	if err := signedIn(by); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		_, err := tx.Exec(ctx, `update people set name = $2, lang = $3, zone = $4, welcomed_at = coalesce(welcomed_at, $5) where id = $1`, string(by.ID), p.Name, p.Lang, p.Zone, now)
		if err != nil {
			return fmt.Errorf("save a profile: %w", err)
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "person.saved", Kind: "person", ID: string(by.ID)})
	})
}

// SkipWelcome remembers that the person did not want to say her name now.
func (s *Service) SkipWelcome(ctx context.Context, by User) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update people set welcomed_at = coalesce(welcomed_at, $2) where id = $1`, string(by.ID), s.clock.Now())
		return err
	})
}

// Disable closes an account: every sign-in ends at its next request and no link
// opens a new one. It asks for the right platform.administer.
func (s *Service) Disable(ctx context.Context, by User, person PersonID) error {
	return s.setDisabled(ctx, by, person, true)
}

// Enable opens a closed account again; its former sign-ins stay ended.
func (s *Service) Enable(ctx context.Context, by User, person PersonID) error {
	return s.setDisabled(ctx, by, person, false)
}

func (s *Service) setDisabled(ctx context.Context, by User, person PersonID, disabled bool) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.rights.Require(ctx, tx, by, "platform.administer", Ref{"platform", "platform"}); err != nil {
			return err
		}
		now := s.clock.Now()
		act, text, args := "person.enabled", `update people set disabled_at = null where id = $1 and disabled_at is not null`, []any{string(person)}
		if disabled {
			act, text, args = "person.disabled", `update people set disabled_at = $2 where id = $1 and disabled_at is null`, append(args, now)
		}
		n, err := tx.Exec(ctx, text, args...)
		if err != nil {
			return fmt.Errorf("%s: %w", act, err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if disabled {
			if _, err := s.endLogins(ctx, tx, by, person, ""); err != nil {
				return err
			}
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: act, Kind: "person", ID: string(person)})
	})
}
