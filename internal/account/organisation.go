package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
)

// OrganisationID identifies an organisation, whatever its names over time.
type OrganisationID string

// Kind is what sort of body an organisation is; its words are under "organisation.kind_…".
type Kind string

// The kinds.
const (
	Company      Kind = "company"
	Association  Kind = "association"
	PublicBody   Kind = "public_body"
	StateService Kind = "state_service"
	Federation   Kind = "federation"
	Consultant   Kind = "consultant"
	OtherKind    Kind = "other"
)

// Kinds lists the kinds in the order they are offered.
var Kinds = []Kind{Company, Association, PublicBody, StateService, Federation, Consultant, OtherKind}

const maxOrganisationName = 200

// Description is what is written of an organisation; empty texts are unknown.
type Description struct {
	Name      string
	Kind      Kind
	SIRET     string // 14 digits, unique
	RNA       string // W and nine characters, unique
	Domain    string // of its mail addresses: who has one may join by herself
	Territory string // code of the official geographic code
	Successor OrganisationID
	Parent    OrganisationID
}

// FormerName is a name an organisation had until an instant.
type FormerName struct {
	Name  string
	Until time.Time
}

// Organisation is a body that people belong to.
type Organisation struct {
	ID OrganisationID
	Description
	CreatedAt time.Time
}

const organisationColumns = `o.id, o.name, o.kind, coalesce(o.siret, ''), coalesce(o.rna, ''), o.domain, o.territory, coalesce(o.successor_id, ''), coalesce(o.parent_id, ''), o.created_at`

func scanOrganisation(sc db.Scanner) (o Organisation, err error) {
	err = sc.Scan(&o.ID, &o.Name, &o.Kind, &o.SIRET, &o.RNA, &o.Domain, &o.Territory, &o.Successor, &o.Parent, &o.CreatedAt)
	return o, err
}

// GetOrganisation finds an organisation.
func (s *Service) GetOrganisation(ctx context.Context, r db.Reader, id OrganisationID) (Organisation, error) {
	return db.Get(ctx, r, scanOrganisation, `select `+organisationColumns+` from organisations o where o.id = $1`, string(id))
}

// Sheet is everything the directory says of an organisation.
type Sheet struct {
	Organisation
	Former    []FormerName
	Successor *Organisation
	Parent    *Organisation
	Before    []Organisation // those it succeeds
	Members   []Membership   // for those inside alone
	MayEdit   bool
	Mine      *Membership // the reader's own
}

// Inside says whether the reader belongs to the organisation or keeps its sheet: only
// then is she told who its members are.
func (sh Sheet) Inside() bool { return sh.Mine != nil || sh.MayEdit }

// ReadOrganisation shows an organisation's sheet to somebody who signed in.
func (s *Service) ReadOrganisation(ctx context.Context, by User, id OrganisationID) (sh Sheet, err error) {
	if err := signedIn(by); err != nil {
		return sh, err
	}
	r := s.db.Reader()
	if sh.Organisation, err = s.GetOrganisation(ctx, r, id); err != nil {
		return sh, err
	}
	sh.Former, err = db.List(ctx, r, func(sc db.Scanner) (f FormerName, err error) {
		err = sc.Scan(&f.Name, &f.Until)
		return f, err
	}, `select name, until_at from organisation_names where organisation_id = $1 order by until_at desc, name`, string(id))
	if err != nil {
		return sh, fmt.Errorf("list former names: %w", err)
	}
	near, err := db.List(ctx, r, scanOrganisation, `
		select `+organisationColumns+` from organisations o
		where o.successor_id = $1 or o.id = $2 or o.id = $3 order by o.name, o.id`, string(id), string(sh.Description.Successor), string(sh.Description.Parent))
	if err != nil {
		return sh, fmt.Errorf("list related organisations: %w", err)
	}
	for _, o := range near {
		switch o.ID {
		case sh.Description.Successor:
			sh.Successor = &o
		case sh.Description.Parent:
			sh.Parent = &o
		default:
			sh.Before = append(sh.Before, o)
		}
	}
	if sh.Members, err = s.members(ctx, r, id); err != nil {
		return sh, err
	}
	if i := slices.IndexFunc(sh.Members, func(m Membership) bool { return m.Person == by.ID }); i >= 0 {
		sh.Mine = &sh.Members[i]
	}
	sh.MayEdit = s.rights.Require(ctx, r, by, "organisation.edit", Ref{"organisation", string(id)}) == nil
	if !sh.Inside() {
		sh.Members = nil
	}
	return sh, nil
}

// CheckDescription says what is wrong with a description by itself, every bad field at
// once; whether its numbers are free is known when it is kept.
func (s *Service) CheckDescription(_ context.Context, by User, d Description) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.checkDescription(&d)
}

// checkDescription cleans the description and reports every bad field at once.
func (s *Service) checkDescription(d *Description) error {
	var bad []errs.Field
	add := func(path, key string, args ...any) {
		bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
	}
	d.Name = oneLine(d.Name)
	switch {
	case !strings.ContainsFunc(d.Name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		add("name", "organisation.name_missing")
	case utf8.RuneCountInString(d.Name) > maxOrganisationName:
		add("name", "organisation.name_long", maxOrganisationName)
	}
	if !slices.Contains(Kinds, d.Kind) {
		add("kind", "organisation.kind_missing")
	}
	for _, n := range []struct {
		register string
		value    *string
	}{{"siret", &d.SIRET}, {"rna", &d.RNA}} {
		if *n.value = strings.TrimSpace(*n.value); *n.value == "" {
			continue
		}
		plain, err := s.check(n.register, *n.value)
		var e *errs.Error
		if errors.As(err, &e) {
			add(n.register, e.Key, e.Args...)
		} else if err == nil {
			*n.value = plain
		} else {
			return fmt.Errorf("check a number of %s: %w", n.register, err)
		}
	}
	d.Domain = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(d.Domain)), "@")
	switch {
	case d.Domain != "" && !isDomain(d.Domain):
		add("domain", "organisation.domain_form")
	case PublicProvider(d.Domain):
		add("domain", "organisation.domain_public", d.Domain)
	}
	return errs.NewInvalid("errs.invalid", bad)
}

// CreateOrganisation adds an organisation to the directory; who creates it belongs to
// it, with the function given, and keeps its sheet up to date.
// Error: Invalid on "name", "kind", "siret", "rna", "domain", "successor", "parent".
func (s *Service) CreateOrganisation(ctx context.Context, by User, d Description, function string) (id OrganisationID, err error) {
	if err := signedIn(by); err != nil {
		return "", err
	}
	if err := s.checkDescription(&d); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		id = OrganisationID(db.NewID())
		if err := s.fits(ctx, tx, id, d); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into organisations (id, name, folded, kind, siret, rna, domain, territory, successor_id, parent_id, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, string(id), d.Name, text.Fold(d.Name), string(d.Kind),
			db.Null(d.SIRET), db.Null(d.RNA), d.Domain, d.Territory, db.Null(d.Successor), db.Null(d.Parent), now)
		if err != nil {
			return fmt.Errorf("create an organisation: %w", err)
		}
		if err := journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "organisation.created", Kind: "organisation", ID: string(id)}); err != nil {
			return err
		}
		if by.IsSystem() {
			return nil
		}
		if err := s.join(ctx, tx, by, id, by.ID, function); err != nil {
			return err
		}
		return s.rights.Grant(ctx, tx, by, Grant{Person: by.ID, Relation: "representative", Object: Ref{"organisation", string(id)}, Reason: "creation"})
	})
	return id, err
}

// EditOrganisation changes a sheet; a name that changes is kept among the former
// ones. It asks for the right organisation.edit. Errors as CreateOrganisation.
func (s *Service) EditOrganisation(ctx context.Context, by User, id OrganisationID, d Description) error {
	bad := s.checkDescription(&d)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.rights.Require(ctx, tx, by, "organisation.edit", Ref{"organisation", string(id)}); err != nil {
			return err
		}
		if bad != nil {
			return bad
		}
		old, err := s.GetOrganisation(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.fits(ctx, tx, id, d); err != nil {
			return err
		}
		now := s.clock.Now()
		if old.Name != d.Name {
			_, err := tx.Exec(ctx, `
				insert into organisation_names (organisation_id, name, folded, until_at) values ($1, $2, $3, $4)
				on conflict (organisation_id, name) do update set until_at = excluded.until_at`, string(id), old.Name, text.Fold(old.Name), now)
			if err != nil {
				return fmt.Errorf("keep a former name: %w", err)
			}
		}
		_, err = tx.Exec(ctx, `
			update organisations set name = $2, folded = $3, kind = $4, siret = $5, rna = $6, domain = $7, territory = $8, successor_id = $9, parent_id = $10
			where id = $1`, string(id), d.Name, text.Fold(d.Name), string(d.Kind), db.Null(d.SIRET), db.Null(d.RNA), d.Domain, d.Territory, db.Null(d.Successor), db.Null(d.Parent))
		if err != nil {
			return fmt.Errorf("edit an organisation: %w", err)
		}
		if err := s.tell(ctx, tx, "organisation.edited", string(id), nil); err != nil {
			return err
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "organisation.edited", Kind: "organisation", ID: string(id), Detail: map[string]any{"renamed": old.Name != d.Name}})
	})
}

// fits says what, in the directory, keeps a description from being id's: a number
// that another has, a successor or a parent that is unknown or would turn in a circle.
func (s *Service) fits(ctx context.Context, tx *db.Tx, id OrganisationID, d Description) error {
	if err := tx.Lock(ctx, "organisations"); err != nil {
		return err
	}
	var bad []errs.Field
	for _, n := range []struct{ path, value, text string }{
		{"siret", d.SIRET, `select name from organisations where siret = $1 and id <> $2`},
		{"rna", d.RNA, `select name from organisations where rna = $1 and id <> $2`},
	} {
		if n.value == "" {
			continue
		}
		name, err := db.Get(ctx, tx, db.Value[string], n.text, n.value, string(id))
		if err == nil {
			bad = append(bad, errs.Field{Path: n.path, Key: "organisation.number_taken", Args: []any{name}})
		} else if !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	for _, up := range []struct {
		path, column string
		other        OrganisationID
	}{{"successor", "successor_id", d.Successor}, {"parent", "parent_id", d.Parent}} {
		if up.other == "" {
			continue
		}
		chain, err := db.List(ctx, tx, db.Value[string], `
			with recursive up (id) as (
				select o.id from organisations o where o.id = $1
				union
				select o.`+up.column+` from up join organisations o on o.id = up.id where o.`+up.column+` is not null)
			select id from up`, string(up.other))
		switch {
		case err != nil:
			return fmt.Errorf("read the line of an organisation: %w", err)
		case len(chain) == 0:
			bad = append(bad, errs.Field{Path: up.path, Key: "organisation.unknown"})
		case slices.Contains(chain, string(id)):
			bad = append(bad, errs.Field{Path: up.path, Key: "organisation.circle"})
		}
	}
	return errs.NewInvalid("errs.invalid", bad)
}
