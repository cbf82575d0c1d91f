package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

const importQuery = `
	select i.id, i.call_id, i.source, i.origin, i.file_name, i.digest, i.heads, i.mapping, i.options, i.status, i.row_count, i.started_by, i.started_at, i.applied_by, i.applied_at, i.ended_at, i.version, coalesce(p.name, '')
	from imports i left join people p on 'person:' || p.id = i.started_by`

func scanImport(sc db.Scanner) (i Import, err error) {
	var heads, mapping, options string
	err = sc.Scan(&i.ID, &i.CallID, &i.Source, &i.Origin, &i.FileName, &i.Digest, &heads, &mapping, &options, &i.Status, &i.Rows, &i.StartedBy, &i.StartedAt, &i.AppliedBy, &i.AppliedAt, &i.EndedAt, &i.Version, &i.By)
	for text, into := range map[string]any{heads: &i.Heads, mapping: &i.Mapping, options: &i.Options} {
		if err == nil {
			err = json.Unmarshal([]byte(text), into)
		}
	}
	return i, err
}

func load(ctx context.Context, r db.Reader, of call.ID, id string) (Import, error) {
	return db.Get(ctx, r, scanImport, importQuery+` where i.id = $1 and i.call_id = $2`, id, string(of))
}

func asJSON(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic("intake: a value of ours that JSON cannot hold: " + err.Error())
	}
	return string(out)
}

// Line is a row of an import and what became of it.
type Line struct {
	Line     int // in the spreadsheet
	Outcome  Outcome
	Number   string // of the file where it was deposited
	File     application.ID
	Title    string // of the file, here
	Problems []Problem
	cells    []string
	blocks   map[int][][]string // rows by block
}

const lineQuery = `
	select r.line, r.outcome, r.number, r.application_id, coalesce(a.title, ''), r.problems, r.cells, r.blocks
	from import_rows r left join applications a on a.id = r.application_id and a.deleted_at is null
	where r.import_id = $1`

func scanLine(sc db.Scanner) (l Line, err error) {
	var problems, cells, blocks string
	if err = sc.Scan(&l.Line, &l.Outcome, &l.Number, &l.File, &l.Title, &problems, &cells, &blocks); err != nil {
		return l, err
	}
	if err = json.Unmarshal([]byte(problems), &l.Problems); err != nil {
		return l, fmt.Errorf("read the problems of a row: %w", err)
	}
	for i := range l.Problems {
		l.Problems[i].whole()
	}
	if cells == "" {
		return l, nil
	}
	if err = json.Unmarshal([]byte(cells), &l.cells); err == nil {
		err = json.Unmarshal([]byte(blocks), &l.blocks)
	}
	return l, err
}

// whole gives back the whole numbers that JSON made fractions of.
func (p *Problem) whole() {
	for i, arg := range p.Args {
		if f, ok := arg.(float64); ok && f == math.Trunc(f) {
			p.Args[i] = int(f)
		}
	}
}

// pageOf reads rows after a line, at most limit of them.
func pageOf(ctx context.Context, r db.Reader, id string, after, limit int) ([]Line, error) {
	list, err := db.List(ctx, r, scanLine, lineQuery+` and r.line > $2 order by r.line limit $3`, id, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read the rows of import %s: %w", id, err)
	}
	return list, nil
}

// before is what is known of a file that was imported under a number.
type before struct {
	file    application.ID
	digest  string
	seq     int
	touched bool
}

func scanBefore(sc db.Scanner) (b before, err error) {
	err = sc.Scan(&b.file, &b.digest, &b.seq, &b.touched)
	return b, err
}

// earlier finds the file of a call that an origin knows under a number; nil when there is none.
func earlier(ctx context.Context, r db.Reader, of call.ID, origin, number string) (*before, error) {
	b, err := db.Get(ctx, r, scanBefore, `
		select o.application_id, o.content_digest, o.seq,
		  a.status <> 'submitted' or (select max(s.seq) from submissions s where s.application_id = a.id) <> o.seq
		from application_origins o join applications a on a.id = o.application_id
		where o.call_id = $1 and o.origin = $2 and o.number = $3`, string(of), origin, number)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find what was imported as %s: %w", number, err)
	}
	return &b, nil
}

// Origin says where a file was deposited when it was not here.
type Origin struct {
	Source      Source
	Name        string
	Number      string
	DepositedAt time.Time // there; zero when it is not known
	By          string    // name of who imported it
	At          time.Time
	Problems    []Problem // what it lacked when it came
}

// Origin says where a file came from, to whoever may read it; nil when it was deposited here.
func (s *Service) Origin(ctx context.Context, by account.User, id application.ID) (*Origin, error) {
	if _, err := s.Files.Receipts(ctx, by, id); err != nil { // the same right: what proves or tells a deposit
		return nil, err
	}
	return s.OriginOf(ctx, s.DB.Reader(), id)
}

// OriginOf says where a file came from, to whoever already read it; nil when it was
// deposited here.
func (s *Service) OriginOf(ctx context.Context, r db.Reader, id application.ID) (*Origin, error) {
	o, err := db.Get(ctx, r, func(sc db.Scanner) (o Origin, err error) {
		var problems string
		if err = sc.Scan(&o.Source, &o.Name, &o.Number, &o.DepositedAt, &o.By, &o.At, &problems); err == nil {
			err = json.Unmarshal([]byte(problems), &o.Problems)
		}
		for i := range o.Problems {
			o.Problems[i].whole()
		}
		return o, err
	}, `select o.source, o.origin, o.number, o.deposited_at, coalesce(p.name, ''), o.imported_at, o.problems
		from application_origins o left join people p on 'person:' || p.id = o.imported_by where o.application_id = $1`, string(id))
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the origin of %s: %w", id, err)
	}
	return &o, nil
}
