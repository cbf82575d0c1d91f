package scheme

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/scheme/procedure"
)

// Procedure is where a scheme is asked for online, and what of a project fills its form.
type Procedure struct {
	Address string
	Form    procedure.Form
	Mapping procedure.Mapping
	By      string // the name of who brought the form, "" when it is no longer known
	At      time.Time
	Version int64 // 0 when the scheme has none
}

// The things of a project that fill a form, before the facts of eligible.Facts.
const (
	FillTitle        = "title"
	FillSummary      = "summary"
	FillOrganisation = "organisation"
	FillSIRET        = "siret"
)

// Fillers are the keys of all that may fill a field.
func Fillers() []string {
	list := []string{FillTitle, FillSummary, FillOrganisation, FillSIRET}
	for _, f := range eligible.Facts {
		list = append(list, f.Key)
	}
	return list
}

// procedureOf reads the procedure of a scheme; the zero one when it has none.
func procedureOf(ctx context.Context, r db.Reader, id ID) (p Procedure, err error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (p Procedure, err error) {
		var form, mapping string
		if err = sc.Scan(&p.Address, &form, &mapping, &p.By, &p.At, &p.Version); err != nil {
			return p, err
		}
		if err = json.Unmarshal([]byte(form), &p.Form); err == nil {
			err = json.Unmarshal([]byte(mapping), &p.Mapping)
		}
		return p, err
	}, `select p.address, p.form, p.mapping, coalesce(b.name, ''), p.brought_at, p.version from scheme_procedures p left join people b on p.brought_by = 'person:' || b.id where p.scheme_id = $1`, string(id))
	if err != nil {
		return p, fmt.Errorf("read the procedure of scheme %s: %w", id, err)
	}
	if len(list) > 0 {
		p = list[0]
	}
	return p, nil
}

// Procedure reads the procedure of a scheme, with the scheme. Errors: NotFound; as the
// policy, on scheme.manage.
func (s *Service) Procedure(ctx context.Context, by account.User, id ID) (Scheme, Procedure, error) {
	r := s.db.Reader()
	one, err := s.require(ctx, r, by, "scheme.manage", id)
	if err != nil {
		return one, Procedure{}, err
	}
	p, err := procedureOf(ctx, r, id)
	return one, p, err
}

// BringProcedure reads the form of a procedure from its public schema, over the version
// that was seen (0 for none), and proposes what fills it: what was chosen before for the
// fields that are still there, else by their names.
//
// Errors: Invalid on "address" and "file" (those of procedure.Read); Conflict scheme.stale;
// as the policy, on scheme.manage.
func (s *Service) BringProcedure(ctx context.Context, by account.User, id ID, address string, schema io.Reader, version int64) error {
	if _, err := s.require(ctx, s.db.Reader(), by, "scheme.manage", id); err != nil {
		return err
	}
	var bad []errs.Field
	p := Procedure{Version: version}
	var good bool
	if p.Address, good = procedure.Address(address); !good {
		bad = append(bad, errs.Field{Path: "address", Key: "scheme.procedure_address"})
	}
	var err error
	if p.Form, err = procedure.Read(schema); errs.Is(err, errs.Invalid) {
		key, args := keyOf(err)
		bad = append(bad, errs.Field{Path: "file", Key: key, Args: args})
	} else if err != nil {
		return err
	}
	if len(bad) > 0 {
		return errs.NewInvalid("scheme.invalid", bad)
	}
	return s.procedureChange(ctx, by, id, "procedure_brought", func(tx *db.Tx) (int, error) {
		before, err := procedureOf(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		p.Mapping = p.Form.Guess()
		for _, f := range p.Form.Fields {
			if before.Version > 0 && slices.ContainsFunc(before.Form.Fields, func(old procedure.Field) bool { return old.ID == f.ID }) {
				p.Mapping[f.ID] = before.Mapping[f.ID]
			}
		}
		form, mapping, err := p.texts()
		if err != nil {
			return 0, err
		}
		if version == 0 {
			return tx.Exec(ctx, `insert into scheme_procedures (scheme_id, address, form, mapping, brought_by, brought_at, version) values ($1, $2, $3, $4, $5, $6, 1) on conflict (scheme_id) do nothing`,
				string(id), p.Address, form, mapping, by.Actor(), s.clock.Now())
		}
		return tx.Exec(ctx, `update scheme_procedures set address = $3, form = $4, mapping = $5, brought_by = $6, brought_at = $7, version = version + 1 where scheme_id = $1 and version = $2`,
			string(id), version, p.Address, form, mapping, by.Actor(), s.clock.Now())
	})
}

func (p Procedure) texts() (form, mapping string, err error) {
	f, err := json.Marshal(p.Form)
	if err != nil {
		return "", "", err
	}
	m, err := json.Marshal(p.Mapping)
	return string(f), string(m), err
}

// MapProcedure says what fills each field. Fields and things that are not known are left
// out. Errors: Conflict scheme.stale; as the policy, on scheme.manage.
func (s *Service) MapProcedure(ctx context.Context, by account.User, id ID, m procedure.Mapping, version int64) error {
	return s.procedureChange(ctx, by, id, "procedure_mapped", func(tx *db.Tx) (int, error) {
		p, err := procedureOf(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		p.Mapping = procedure.Mapping{}
		for _, f := range p.Form.Fields {
			if slices.Contains(Fillers(), m[f.ID]) {
				p.Mapping[f.ID] = m[f.ID]
			}
		}
		_, mapping, err := p.texts()
		if err != nil {
			return 0, err
		}
		return tx.Exec(ctx, `update scheme_procedures set mapping = $3, version = version + 1 where scheme_id = $1 and version = $2`, string(id), version, mapping)
	})
}

// RemoveProcedure forgets the procedure of a scheme: its dossiers are taken away as files
// only. Errors: Conflict scheme.stale; as the policy, on scheme.manage.
func (s *Service) RemoveProcedure(ctx context.Context, by account.User, id ID, version int64) error {
	return s.procedureChange(ctx, by, id, "procedure_removed", func(tx *db.Tx) (int, error) {
		return tx.Exec(ctx, `delete from scheme_procedures where scheme_id = $1 and version = $2`, string(id), version)
	})
}

// procedureChange runs an act on the procedure of a scheme and journals it; an act that
// reaches no row found another version.
func (s *Service) procedureChange(ctx context.Context, by account.User, id ID, act string, change func(*db.Tx) (int, error)) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		one, err := s.require(ctx, tx, by, "scheme.manage", id)
		if err != nil {
			return err
		}
		n, err := change(tx)
		if err != nil {
			return fmt.Errorf("%s of scheme %s: %w", act, id, err)
		}
		if n == 0 {
			return stale()
		}
		return s.note(ctx, tx, by, journal.Entry{Act: "scheme." + act, Kind: "scheme", ID: string(id), Detail: map[string]any{"agency": string(one.Agency)}})
	})
}
