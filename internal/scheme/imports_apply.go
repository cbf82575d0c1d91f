package scheme

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
)

func compareNames(a, b Scheme) int {
	return cmp.Or(cmp.Compare(text.Fold(a.Name), text.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
}

// ApplyImport writes the picked rows in the catalogue, in one act: all of them or none.
// What each scheme was stays in its history. A scheme of the list that is no longer in it
// is marked, never archived. It tells how many schemes were written.
//
// Errors: Invalid, on the mapping; Conflict scheme.stale and scheme.import_ended, so that it
// is never done twice; as the policy, on scheme.manage.
func (s *Service) ApplyImport(ctx context.Context, by account.User, agency programme.AgencyID, id string, version int64) (written int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		written = 0
		i, err := s.importOf(ctx, tx, by, agency, id)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "schemes:"+string(agency)); err != nil {
			return err
		}
		if err := errs.NewInvalid("scheme.mapping_invalid", i.Mapping.Check(len(i.Heads))); err != nil {
			return err
		}
		if i.State == Waiting && i.Version != version {
			return stale()
		}
		if err := s.end(ctx, tx, by, i, Applied); err != nil {
			return err
		}
		a := &applying{Service: s, tx: tx, by: by, of: i, today: s.today()}
		if a.have, err = taken(ctx, tx, agency, i.Key); err != nil {
			return err
		}
		if err := a.rows(ctx); err != nil {
			return err
		}
		if err := a.successors(ctx); err != nil {
			return err
		}
		written = a.written
		if err := a.seen(ctx); err != nil {
			return err
		}
		return s.noteImport(ctx, tx, by, "scheme.import_applied", i)
	})
	return written, err
}

// applying is an import on its way into the catalogue.
type applying struct {
	*Service
	of      Import
	tx      *db.Tx
	by      account.User
	today   string
	have    map[string]held
	later   []ImportRow // whose successors were not there yet
	written int
}

func (a *applying) rows(ctx context.Context) error {
	first := map[string]int{}
	return eachRow(ctx, a.tx, a.of.ID, func(k kept) error {
		row := a.of.judge(k, a.have, first)
		if row.entry.Replaced != "" && row.Sheet.ReplacedBy == "" && row.Outcome != Refused {
			a.later = append(a.later, row)
		}
		if err := a.one(ctx, &row); err != nil {
			return err
		}
		if !row.Picked && (row.Outcome == Fresh || row.Outcome == Changed) {
			row.Outcome = LeftOut
		}
		return a.report(ctx, row)
	})
}

// one writes a row that is picked, and remembers what the list said of it.
func (a *applying) one(ctx context.Context, row *ImportRow) error {
	if !row.Takes() {
		return nil
	}
	one := row.was.Scheme
	said := a.of.sheetOf(row.entry)
	said.ReplacedBy = row.Sheet.ReplacedBy
	_ = said.check() // judge has read its faults; here it tidies
	one.Sheet, one.CheckedOn, one.CheckedBy = row.Sheet, a.today, a.by.Actor()
	if row.Outcome == Fresh {
		one.Agency, one.Origin, one.State = a.of.Agency, a.of.Key+":"+row.Number, row.state
		if one.SourceOn == "" {
			one.SourceOn = a.of.StartedAt.Format(time.DateOnly)
		}
		if a.of.Kind == "territoires" {
			one.Criteria = opens(row.entry)
		}
		id, err := a.insert(ctx, a.tx, a.by, one, "imported")
		if err != nil {
			return err
		}
		one.ID, one.Version, row.Scheme = id, 1, id
	} else {
		if err := a.update(ctx, a.tx, a.by, one, "imported"); err != nil {
			return err
		}
		one.Version++
	}
	a.written++
	a.have[row.Number] = held{Scheme: one, said: said}
	return a.source(ctx, one, said, row.Number, cmp.Or(row.entry.Licence, a.of.Licence))
}

// source keeps where a scheme was taken from.
func (a *applying) source(ctx context.Context, one Scheme, said Sheet, number, licence string) error {
	words, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = a.tx.Exec(ctx, `insert into scheme_sources (scheme_id, agency_id, list, list_key, number, page_address, licence, said, seen_on, seen_by, missing_since) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '')
		on conflict (scheme_id) do update set list = excluded.list, page_address = excluded.page_address, licence = excluded.licence, said = excluded.said, seen_on = excluded.seen_on, seen_by = excluded.seen_by, missing_since = ''`,
		string(one.ID), string(a.of.Agency), a.of.List, a.of.Key, number, said.SourceURL, licence, string(words), a.today, a.by.Actor())
	if err != nil {
		return fmt.Errorf("keep where scheme %s comes from: %w", one.ID, err)
	}
	return nil
}

// report keeps what became of a row, and forgets its cells.
func (a *applying) report(ctx context.Context, row ImportRow) error {
	problems, err := json.Marshal(row.Problems)
	if err != nil {
		return err
	}
	if row.Problems == nil {
		problems = []byte("[]")
	}
	_, err = a.tx.Exec(ctx, `update scheme_import_rows set cells = '', outcome = $3, number = $4, name = $5, scheme_id = $6, problems = $7 where import_id = $1 and line = $2`,
		a.of.ID, row.Line, string(row.Outcome), row.Number, row.Name, db.Null(row.Scheme), string(problems))
	if err != nil {
		return fmt.Errorf("report row %d of import %s: %w", row.Line, a.of.ID, err)
	}
	return nil
}

// successors says what replaces the schemes whose successors came after them in the list.
func (a *applying) successors(ctx context.Context) error {
	for _, row := range a.later {
		next, there := a.have[row.entry.Replaced]
		now, taken := a.have[row.Number]
		if !there || !taken || !row.Takes() || next.ID == now.ID {
			continue
		}
		now.ReplacedBy = next.ID
		if err := a.update(ctx, a.tx, a.by, now.Scheme, "imported"); err != nil {
			return err
		}
		now.Version++
		now.said.ReplacedBy = next.ID
		a.have[row.Number] = now
		if err := a.source(ctx, now.Scheme, now.said, row.Number, cmp.Or(row.entry.Licence, a.of.Licence)); err != nil {
			return err
		}
	}
	return nil
}

// seen marks the schemes that the list still holds and, when the file is the whole list,
// those that it holds no more.
func (a *applying) seen(ctx context.Context) error {
	const there = `scheme_id in (select r.scheme_id from scheme_import_rows r where r.import_id = $1 and r.scheme_id is not null)`
	if _, err := a.tx.Exec(ctx, `update scheme_sources set seen_on = $2, seen_by = $3, missing_since = '' where `+there, a.of.ID, a.today, a.by.Actor()); err != nil {
		return fmt.Errorf("mark what import %s saw: %w", a.of.ID, err)
	}
	if !a.of.Whole {
		return nil
	}
	if _, err := a.tx.Exec(ctx, `update scheme_sources set missing_since = $2 where agency_id = $3 and list_key = $4 and missing_since = '' and not (`+there+`)`, a.of.ID, a.today, string(a.of.Agency), a.of.Key); err != nil {
		return fmt.Errorf("mark what import %s no longer saw: %w", a.of.ID, err)
	}
	return nil
}

// Source says where a scheme was taken from.
type Source struct {
	List    string // "" for one that was written here
	Number  string
	Address string
	Licence string
	SeenOn  string
	SeenBy  string // a name
	Missing string // the day since when the list no longer holds it, or ""
}

// Source tells where a scheme was taken from, to who keeps the catalogue. Errors: as the
// policy, on scheme.manage.
func (s *Service) Source(ctx context.Context, by account.User, id ID) (Source, error) {
	r := s.db.Reader()
	if _, err := s.require(ctx, r, by, "scheme.manage", id); err != nil {
		return Source{}, err
	}
	one, err := db.Get(ctx, r, func(sc db.Scanner) (x Source, err error) {
		return x, sc.Scan(&x.List, &x.Number, &x.Address, &x.Licence, &x.SeenOn, &x.SeenBy, &x.Missing)
	}, `select x.list, x.number, x.page_address, x.licence, x.seen_on, coalesce(p.name, ''), x.missing_since from scheme_sources x left join people p on 'person:' || p.id = x.seen_by where x.scheme_id = $1`, string(id))
	if errs.Is(err, errs.NotFound) {
		return Source{}, nil
	}
	return one, err
}

// Missing lists the schemes of an agency that their lists no longer hold, by name, those
// that are archived left out. Errors: as the policy, on scheme.manage.
func (s *Service) Missing(ctx context.Context, by account.User, agency programme.AgencyID) ([]Scheme, error) {
	r := s.db.Reader()
	if err := s.managing(ctx, r, by, agency); err != nil {
		return nil, err
	}
	return db.List(ctx, r, scan, `select `+columns+` from schemes s join scheme_sources x on x.scheme_id = s.id where s.agency_id = $1 and x.missing_since <> '' and s.state <> 'archived' order by s.folded, s.id`, string(agency))
}

// Restore writes a scheme as it was at a version of its history, over the version that
// stands; its state stays. Errors: Invalid scheme.version_unknown, or when
// what it names is no more; Conflict scheme.stale; as the policy, on scheme.manage.
func (s *Service) Restore(ctx context.Context, by account.User, id ID, number, version int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		one, err := s.require(ctx, tx, by, "scheme.manage", id)
		if err != nil {
			return err
		}
		words, err := db.Get(ctx, tx, db.Value[string], `select sheet from scheme_versions where scheme_id = $1 and number = $2`, string(id), number)
		if errs.Is(err, errs.NotFound) {
			return errs.New(errs.Invalid, "scheme.version_unknown")
		}
		if err != nil {
			return err
		}
		if one.Version != version {
			return stale()
		}
		one.Sheet = Sheet{}
		if err := json.Unmarshal([]byte(words), &one.Sheet); err != nil {
			return fmt.Errorf("read version %d of scheme %s: %w", number, id, err)
		}
		return s.update(ctx, tx, by, one, "restored")
	})
}
