package scheme

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/scheme/harvest"
)

// ImportState is where an import stands.
type ImportState string

// The states, in order.
const (
	Waiting ImportState = "waiting" // read; nothing of it is in the catalogue
	Applied ImportState = "applied"
	PutAway ImportState = "put_away"
)

// MaxWaiting bounds the imports of an agency that wait, and so the cells that are kept.
const MaxWaiting = 10

// Import is a list that somebody brought to a catalogue.
type Import struct {
	ID        string
	Agency    programme.AgencyID
	Kind      harvest.Kind
	List      string // where it comes from, as who imports calls it
	Key       string // the same, folded
	Address   string // where the file was taken, or ""
	Licence   string
	FileName  string
	Heads     []string
	Mapping   harvest.Mapping
	Publish   bool // what is new is published at once
	Whole     bool // what is not in it is no longer in the list
	State     ImportState
	Rows      int
	By        string // a name
	StartedAt time.Time
	EndedBy   string // a name
	EndedAt   time.Time
	Version   int64
}

// Upload is a list that somebody sends.
type Upload struct {
	Name    string // of the file
	List    string // "" takes the usual name of the kind
	Address string
	Licence string
	Content io.Reader
}

const importQuery = `select i.id, i.agency_id, i.kind, i.list, i.list_key, i.page_address, i.licence, i.file_name, i.heads, i.mapping, i.publish, i.whole, i.state, i.row_count, coalesce(p.name, ''), i.started_at, coalesce(e.name, ''), i.ended_at, i.version
	from scheme_imports i left join people p on 'person:' || p.id = i.started_by left join people e on 'person:' || e.id = i.ended_by`

func scanImport(sc db.Scanner) (i Import, err error) {
	var heads, mapping string
	err = sc.Scan(&i.ID, &i.Agency, &i.Kind, &i.List, &i.Key, &i.Address, &i.Licence, &i.FileName, &heads, &mapping, &i.Publish, &i.Whole, &i.State, &i.Rows, &i.By, &i.StartedAt, &i.EndedBy, &i.EndedAt, &i.Version)
	if err == nil {
		err = json.Unmarshal([]byte(heads), &i.Heads)
	}
	if err == nil {
		err = json.Unmarshal([]byte(mapping), &i.Mapping)
	}
	return i, err
}

// Imports lists the imports of an agency, the last one first. Errors: as the policy, on
// scheme.manage.
func (s *Service) Imports(ctx context.Context, by account.User, agency programme.AgencyID) ([]Import, error) {
	r := s.db.Reader()
	if err := s.managing(ctx, r, by, agency); err != nil {
		return nil, err
	}
	return db.List(ctx, r, scanImport, importQuery+` where i.agency_id = $1 order by i.started_at desc, i.id`, string(agency))
}

// importOf reads an import of an agency. Errors: NotFound, for one of another agency too;
// as the policy, on scheme.manage.
func (s *Service) importOf(ctx context.Context, r db.Reader, by account.User, agency programme.AgencyID, id string) (Import, error) {
	if err := s.managing(ctx, r, by, agency); err != nil {
		return Import{}, err
	}
	return db.Get(ctx, r, scanImport, importQuery+` where i.agency_id = $1 and i.id = $2`, string(agency), id)
}

// StartImport reads a list and proposes what becomes of its columns: as it was decided for
// the last import of the same list with the same columns, else by their names. Nothing of
// it enters the catalogue.
//
// Errors: Invalid on "file" (those of harvest.Parse), "list", "address" and "licence";
// Conflict scheme.imports_many; as the policy, on scheme.manage.
func (s *Service) StartImport(ctx context.Context, by account.User, agency programme.AgencyID, up Upload) (id string, err error) {
	if err := s.managing(ctx, s.db.Reader(), by, agency); err != nil {
		return "", err
	}
	content, err := io.ReadAll(io.LimitReader(up.Content, harvest.Bounds.Bytes+1))
	if err != nil {
		return "", fmt.Errorf("receive a list of schemes: %w", err)
	}
	list, err := harvest.Parse(content)
	if errs.Is(err, errs.Invalid) {
		key, args := keyOf(err)
		return "", errs.NewInvalid("scheme.invalid", []errs.Field{{Path: "file", Key: key, Args: args}})
	}
	if err != nil {
		return "", err
	}
	i := Import{ID: db.NewID(), Agency: agency, Kind: list.Kind, List: oneLine(up.List), Address: strings.TrimSpace(up.Address), Licence: oneLine(up.Licence), FileName: text.FileName(up.Name),
		Heads: list.Heads, Whole: !list.Partial, State: Waiting, Rows: len(list.Rows)}
	if bad := i.check(); len(bad) > 0 {
		return "", errs.NewInvalid("scheme.invalid", bad)
	}
	return i.ID, s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.managing(ctx, tx, by, agency); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "schemes:"+string(agency)); err != nil {
			return err
		}
		waiting, err := db.Get(ctx, tx, db.Value[int], `select count(*) from scheme_imports where agency_id = $1 and state = $2`, string(agency), string(Waiting))
		if err != nil {
			return fmt.Errorf("count the imports of agency %s: %w", agency, err)
		}
		if waiting >= MaxWaiting {
			return errs.New(errs.Conflict, "scheme.imports_many", MaxWaiting)
		}
		if i.Mapping, err = remembered(ctx, tx, i); err != nil {
			return err
		}
		return s.insertImport(ctx, tx, by, i, list.Rows)
	})
}

// keyOf is what an error says, with what it counts.
func keyOf(err error) (key string, args []any) {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Key, e.Args
	}
	return errs.KeyOf(err), nil
}

// check completes what is said of an import, and tells what is wrong with it.
func (i *Import) check() (bad []errs.Field) {
	if i.List == "" && i.Kind == harvest.Territoires {
		i.List = "Aides-territoires"
	}
	i.Key = strings.Join(strings.FieldsFunc(text.Fold(i.List), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
	if i.Key == "" || i.Key == "shipped" || utf8.RuneCountInString(i.List) > 100 {
		bad = append(bad, errs.Field{Path: "list", Key: "scheme.list_needed", Args: []any{100}})
	}
	if !address(i.Address) {
		bad = append(bad, errs.Field{Path: "address", Key: "scheme.link_wrong"})
	}
	if utf8.RuneCountInString(i.Licence) > MaxLine {
		bad = append(bad, errs.Field{Path: "licence", Key: "scheme.text_long", Args: []any{MaxLine}})
	}
	return bad
}

// remembered is the mapping of the last import of the same list that had the same columns.
func remembered(ctx context.Context, r db.Reader, i Import) (harvest.Mapping, error) {
	heads, err := json.Marshal(i.Heads)
	if err != nil {
		return nil, err
	}
	list, err := db.List(ctx, r, db.Value[string], `select mapping from scheme_imports where agency_id = $1 and list_key = $2 and heads = $3 order by started_at desc, id limit 1`, string(i.Agency), i.Key, string(heads))
	if err != nil {
		return nil, fmt.Errorf("find the mapping of %s: %w", i.Key, err)
	}
	if len(list) == 0 {
		return harvest.Propose(i.Heads), nil
	}
	var m harvest.Mapping
	return m, json.Unmarshal([]byte(list[0]), &m)
}

func (s *Service) insertImport(ctx context.Context, tx *db.Tx, by account.User, i Import, rows []harvest.Row) error {
	heads, err := json.Marshal(i.Heads)
	if err != nil {
		return err
	}
	mapping, err := json.Marshal(i.Mapping)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into scheme_imports (id, agency_id, kind, list, list_key, page_address, licence, file_name, heads, mapping, publish, whole, state, row_count, started_by, started_at, ended_by, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', 1)`,
		i.ID, string(i.Agency), string(i.Kind), i.List, i.Key, i.Address, i.Licence, i.FileName, string(heads), string(mapping), i.Publish, i.Whole, string(i.State), i.Rows, by.Actor(), s.clock.Now())
	if err != nil {
		return fmt.Errorf("keep import %s: %w", i.ID, err)
	}
	for _, row := range rows {
		cells, err := json.Marshal(row.Cells)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into scheme_import_rows (import_id, line, cells, left_out, outcome, number, name, problems) values ($1, $2, $3, $4, '', '', '', '[]')`, i.ID, row.Number, string(cells), false)
		if err != nil {
			return fmt.Errorf("keep row %d of import %s: %w", row.Number, i.ID, err)
		}
	}
	return s.noteImport(ctx, tx, by, "scheme.import_started", i)
}

func (s *Service) noteImport(ctx context.Context, tx *db.Tx, by account.User, act string, i Import) error {
	return s.note(ctx, tx, by, journal.Entry{Act: act, Kind: "agency", ID: string(i.Agency), Detail: map[string]any{"import": i.ID, "list": i.Key, "rows": i.Rows}})
}

// Planned is what is decided of an import before it is applied.
type Planned struct {
	Mapping harvest.Mapping
	Publish bool
	Whole   bool
	Version int64
}

// PlanImport keeps what becomes of the columns. Errors: Invalid on "c.0"… and on the whole;
// Conflict scheme.stale and scheme.import_ended; as the policy, on scheme.manage.
func (s *Service) PlanImport(ctx context.Context, by account.User, agency programme.AgencyID, id string, p Planned) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		i, err := s.importOf(ctx, tx, by, agency, id)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("scheme.mapping_invalid", p.Mapping.Check(len(i.Heads))); err != nil {
			return err
		}
		mapping, err := json.Marshal(p.Mapping)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update scheme_imports set mapping = $4, publish = $5, whole = $6, version = version + 1 where id = $1 and version = $2 and state = $3`, id, p.Version, string(Waiting), string(mapping), p.Publish, p.Whole)
		if err != nil {
			return fmt.Errorf("plan import %s: %w", id, err)
		}
		if err := ended(n, i); err != nil {
			return err
		}
		return s.noteImport(ctx, tx, by, "scheme.import_changed", i)
	})
}

// ended tells why a change of an import that waits changed nothing.
func ended(n int, i Import) error {
	switch {
	case n > 0:
		return nil
	case i.State != Waiting:
		return errs.New(errs.Conflict, "scheme.import_ended")
	}
	return stale()
}

// Picks is which rows of a page of an import are taken, as Version was seen.
type Picks struct {
	Shown, Taken []int // by their places
	Version      int64
}

// PickRows keeps which of the rows that were shown are taken: those that are not taken are
// left out. Errors: Conflict scheme.stale once the columns were changed, since its ticks were
// set on other rows than those to come; scheme.import_ended; as the policy, on scheme.manage.
func (s *Service) PickRows(ctx context.Context, by account.User, agency programme.AgencyID, id string, p Picks) error {
	return s.picks(ctx, by, agency, id, p.Version, func(tx *db.Tx) (changed int, err error) {
		for _, line := range p.Shown {
			n, err := tx.Exec(ctx, `update scheme_import_rows set left_out = $3 where import_id = $1 and line = $2 and left_out <> $3`, id, line, !slices.Contains(p.Taken, line))
			if err != nil {
				return 0, fmt.Errorf("pick row %d of import %s: %w", line, id, err)
			}
			changed += n
		}
		return changed, nil
	})
}

// PickAll takes or leaves out all rows of an import. Errors: as PickRows.
func (s *Service) PickAll(ctx context.Context, by account.User, agency programme.AgencyID, id string, take bool, version int64) error {
	return s.picks(ctx, by, agency, id, version, func(tx *db.Tx) (int, error) {
		n, err := tx.Exec(ctx, `update scheme_import_rows set left_out = $2 where import_id = $1 and left_out <> $2`, id, !take)
		if err != nil {
			return 0, fmt.Errorf("pick the rows of import %s: %w", id, err)
		}
		return n, nil
	})
}

// picks runs a choice of rows on an import that waits and whose columns are as they were
// seen; a choice that changes something is journaled.
func (s *Service) picks(ctx context.Context, by account.User, agency programme.AgencyID, id string, version int64, choose func(*db.Tx) (changed int, err error)) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		i, err := s.importOf(ctx, tx, by, agency, id)
		switch {
		case err != nil:
			return err
		case i.State != Waiting:
			return errs.New(errs.Conflict, "scheme.import_ended")
		case i.Version != version:
			return errs.New(errs.Conflict, "scheme.stale")
		}
		changed, err := choose(tx)
		if err != nil || changed == 0 {
			return err
		}
		return s.noteImport(ctx, tx, by, "scheme.import_changed", i)
	})
}

// DropImport puts an import that waits away, with its cells. Errors: Conflict
// scheme.import_ended; as the policy, on scheme.manage.
func (s *Service) DropImport(ctx context.Context, by account.User, agency programme.AgencyID, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		i, err := s.importOf(ctx, tx, by, agency, id)
		if err != nil {
			return err
		}
		if err := s.end(ctx, tx, by, i, PutAway); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from scheme_import_rows where import_id = $1`, id); err != nil {
			return fmt.Errorf("put import %s away: %w", id, err)
		}
		return s.noteImport(ctx, tx, by, "scheme.import_dropped", i)
	})
}

// end brings an import that waits to its last state, once.
func (s *Service) end(ctx context.Context, tx *db.Tx, by account.User, i Import, to ImportState) error {
	n, err := tx.Exec(ctx, `update scheme_imports set state = $3, ended_by = $4, ended_at = $5, version = version + 1 where id = $1 and state = $2`, i.ID, string(Waiting), string(to), by.Actor(), s.clock.Now())
	if err != nil {
		return fmt.Errorf("end import %s: %w", i.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "scheme.import_ended")
	}
	return nil
}
