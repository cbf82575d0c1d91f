// Package intake is the bringing in of files that were deposited elsewhere: a spreadsheet is read, its columns are tied to the questions of a call, what would happen is shown, then done row by row with a report.
package intake

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/policy"
)

// Limits are the most that an import may hold.
var Limits = sheet.Bounds{Bytes: 20 << 20, Rows: 20_000, Columns: 600, Cell: 50_000, Sheets: 60}

// MaxFiles bounds the files that one import brings.
const MaxFiles = 5000

// waits is how long an import waits to be applied before it is put away with its cells.
const waits = 30 * 24 * time.Hour

// Source is the program that wrote a spreadsheet.
type Source string

// The sources. A table of unknown making is mapped by hand.
const (
	Demarches Source = "demarches" // an export of Démarches simplifiées
	Export    Source = "export"    // an export of this program
	Table     Source = "table"
)

// Status is where an import stands.
type Status string

// The statuses, in order.
const (
	Mapping  Status = "mapping"  // read; its columns are tied to questions
	Applying Status = "applying" // rows become files, one after the other
	Done     Status = "done"
	Undone   Status = "undone"
	Put      Status = "put_away" // given up before it was applied
)

// Import is a spreadsheet brought to a call.
type Import struct {
	ID        string
	CallID    call.ID
	Source    Source
	Origin    string // where the files were deposited, as who imports calls it
	FileName  string
	Digest    string // SHA-256 of the spreadsheet
	Heads     Heads
	Mapping   Plan
	Options   Options
	Status    Status
	Rows      int
	StartedBy string // "person:ID"
	StartedAt time.Time
	AppliedBy string
	AppliedAt time.Time
	EndedAt   time.Time
	Version   int64
	By        string // name of who started it
}

// Heads are the columns of a spreadsheet, and those of its sheets of repeated blocks.
type Heads struct {
	Lang    string   `json:"lang"` // in which its numbers are written
	Columns []string `json:"columns"`
	Blocks  []Block  `json:"blocks,omitempty"`
}

// Block is a sheet whose rows belong to the files of the main one.
type Block struct {
	Sheet   string   `json:"sheet"`
	Columns []string `json:"columns"` // after those that name the file and the row
}

// Plan says what becomes of each column: a question's key ("f.summary"), one of the
// targets below, or "" for a column that is left out. Blocks name a question each.
type Plan struct {
	Columns []string `json:"columns"`
	Blocks  []string `json:"blocks,omitempty"`
}

// The targets that are not questions. Nothing else of a file can be written by an
// import: not its status, its dates here, its number here, its verdict or its labels.
const (
	ToNumber    = "@number" // the file's number where it was deposited: what makes importing again safe
	ToTitle     = "@title"
	ToEmail     = "@email" // of who will own the file
	ToDeposited = "@deposited"
)

// Targets lists the targets that are not questions.
var Targets = []string{ToNumber, ToTitle, ToEmail, ToDeposited}

// Options are the choices of who imports.
type Options struct {
	Refuse bool `json:"refuse"` // a row with problems is refused rather than imported as to be completed
	Tell   bool `json:"tell"`   // owners are written to
}

// Deps is what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Jobs     *job.Queue
	Calls    *call.Service
	Files    *application.Service
	Accounts Accounts
	Checks   application.Registers
	Words    Words
}

// Accounts finds whose address it is, or makes her account.
type Accounts interface {
	Ensure(ctx context.Context, tx *db.Tx, by account.User, email string) (account.Person, error)
}

// Service keeps imports.
type Service struct{ Deps }

// New makes the service and registers its jobs.
func New(d Deps) *Service {
	s := &Service{d}
	d.Jobs.Handle("apply_import", func(ctx context.Context, j job.Job) error {
		var id string
		if err := j.Read(&id); err != nil {
			return err
		}
		return s.run(ctx, id)
	})
	d.Jobs.Every("sweep_imports", 24*time.Hour, func(ctx context.Context, _ job.Job) error { return s.sweep(ctx) })
	return s
}

// Call reads a call into which by may import.
func (s *Service) Call(ctx context.Context, by account.User, id call.ID) (call.Call, error) {
	return s.may(ctx, s.DB.Reader(), by, id)
}

func (s *Service) may(ctx context.Context, r db.Reader, by account.User, id call.ID) (call.Call, error) {
	c, err := call.Load(ctx, r, id)
	if err != nil {
		return c, err
	}
	_, err = s.Policy.Require(ctx, r, by, "call.import", c.Object(s.Clock.Now()))
	return c, err
}

// Form is the published form of a call into which by may import.
func (s *Service) Form(ctx context.Context, by account.User, id call.ID) (*form.Compiled, error) {
	r := s.DB.Reader()
	c, err := s.may(ctx, r, by, id)
	if err != nil {
		return nil, err
	}
	return s.Calls.Form(ctx, r, id, c.Revision)
}

// Get reads an import of a call. NotFound when it is another call's.
func (s *Service) Get(ctx context.Context, by account.User, of call.ID, id string) (Import, error) {
	r := s.DB.Reader()
	if _, err := s.may(ctx, r, by, of); err != nil {
		return Import{}, err
	}
	return load(ctx, r, of, id)
}

// List gives the imports of a call, the last one first.
func (s *Service) List(ctx context.Context, by account.User, of call.ID) ([]Import, error) {
	r := s.DB.Reader()
	if _, err := s.may(ctx, r, by, of); err != nil {
		return nil, err
	}
	return db.List(ctx, r, scanImport, importQuery+` where i.call_id = $1 order by i.started_at desc, i.id`, string(of))
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, i Import, detail map[string]any) error {
	all := map[string]any{"import": i.ID, "source": string(i.Source), "file": i.Digest, "rows": i.Rows}
	for k, v := range detail {
		all[k] = v
	}
	err := journal.Write(ctx, tx, s.Clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "call", ID: string(i.CallID), Detail: all})
	if err != nil {
		return fmt.Errorf("journal import %s: %w", i.ID, err)
	}
	return nil
}
