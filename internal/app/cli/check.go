package cli

import (
	"fmt"
	"os"

	"transformateur/internal/app"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/journal"
	"transformateur/internal/privacy/statement"
)

type journalVerify struct {
	Export string `help:"Check an export (JSON lines, without filters) instead of the database." type:"existingfile" placeholder:"FILE"`
}

// Run reads the whole chain and says whether it holds.
func (c *journalVerify) Run(e *env) error {
	if c.Export != "" {
		file, err := os.Open(c.Export)
		if err != nil {
			return err
		}
		defer file.Close()
		return e.sayChain(journal.VerifyExport(file))
	}
	d, err := app.Open(e.ctx, e.config)
	if err != nil {
		return err
	}
	defer d.Close()
	return e.sayChain(journal.Verify(e.ctx, d.Reader()))
}

func (e *env) sayChain(lines int64, head string, broken *journal.Break, err error) error {
	if err != nil {
		return err
	}
	if broken != nil {
		return fmt.Errorf("the journal is broken at line %d (%s); %d lines before it hold", broken.Seq, broken.Reason, broken.Seq-1)
	}
	fmt.Fprintf(e.out, "journal: %d lines, chain whole, head %s\n", lines, head)
	return nil
}

type checkCommand struct{}

// Run checks what can be checked without stopping the program.
func (checkCommand) Run(e *env) error {
	d, err := app.Open(e.ctx, e.config)
	if err != nil {
		return err
	}
	defer d.Close()
	s, err := d.Schema(e.ctx)
	if err == nil {
		err = s.Check()
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "schema: version %d\n", s.Have)
	faults, err := d.Faults(e.ctx)
	if err != nil {
		return err
	}
	for _, fault := range faults {
		fmt.Fprintf(e.out, "database: %s\n", fault)
	}
	if len(faults) > 0 {
		return fmt.Errorf("the database has %d faults", len(faults))
	}
	fmt.Fprintf(e.out, "database: %s, no fault\n", names[d.Engine()])
	if err := e.sayChain(journal.Verify(e.ctx, d.Reader())); err != nil {
		return err
	}
	statements, err := statement.Read(e.ctx, d.Reader())
	if err != nil {
		return err
	}
	for _, part := range statements.Missing() { // said, and no fault: the program runs
		fmt.Fprintf(e.out, "statements: %s is missing, see /privacy/settings\n", part)
	}
	if _, err := os.Stat(app.ReceiptKey(e.config)); err != nil {
		return nil // no receipt was ever signed here
	}
	return receiptChain{}.Run(e)
}

var names = map[db.Engine]string{db.SQLite: "SQLite", db.PostgreSQL: "PostgreSQL"}
