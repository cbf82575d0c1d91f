package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"transformateur/internal/admin"
	"transformateur/internal/app"
	"transformateur/internal/application/receipt"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/archive"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/journal"
	"transformateur/internal/privacy/statement"
	"transformateur/internal/support/right"
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
		return errors.New(brokenChain(broken))
	}
	fmt.Fprintln(e.out, words("check.journal_ok", lines, head))
	return nil
}

func brokenChain(b *journal.Break) string {
	return words("check.journal_broken", b.Seq, words("check.break_"+b.Reason), b.Seq-1)
}

type checkCommand struct {
	Archive string `help:"Check a backup instead of the install: every digest of its manifest." type:"existingfile" placeholder:"FILE"`
	opening
}

// Run checks everything that can be checked without stopping the program, and says
// all that it finds wrong before it fails.
func (c checkCommand) Run(e *env) error {
	if c.Archive != "" {
		return c.archive(e)
	}
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
	fmt.Fprintln(e.out, words("check.schema", s.Have))
	found := &findings{env: e, db: d}
	for _, check := range []func(context.Context) error{found.engine, found.journal, found.receipts, found.deposits, found.files, found.index, found.statements, found.rights} {
		if err := check(e.ctx); err != nil {
			return err
		}
	}
	if len(found.faults) > 0 {
		return errors.New(i18n.SayN(i18n.Parse(os.Getenv("LANG")), "check.failed", len(found.faults), found.faults[0]))
	}
	return nil
}

// archive checks a backup.
func (c checkCommand) archive(e *env) error {
	key, err := c.key()
	if err != nil {
		return err
	}
	file, err := os.Open(c.Archive)
	if err != nil {
		return err
	}
	defer file.Close()
	head, manifest, err := archive.Verify(e.ctx, file, key)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, words("check.archive_ok", head.MadeAt, head.Schema, manifest.Rows()))
	return e.sayContent(head, manifest)
}

// findings gathers what checks find wrong.
type findings struct {
	*env
	db     *db.DB
	faults []string
}

func (f *findings) bad(text string) {
	f.faults = append(f.faults, text)
	fmt.Fprintln(f.out, text)
}

// settle says what a check found, or that all is well.
func (f *findings) settle(found []admin.Fault, well string) {
	for _, one := range found {
		f.bad(words(one.Key, one.Args...))
	}
	if len(found) == 0 {
		fmt.Fprintln(f.out, well)
	}
}

// engine asks the database about its file and the links between its tables.
func (f *findings) engine(ctx context.Context) error {
	list, err := f.db.Faults(ctx)
	for _, one := range list {
		f.bad(words("check.database_fault", one))
	}
	if err == nil && len(list) == 0 {
		fmt.Fprintln(f.out, words("check.database_ok", names[f.db.Engine()]))
	}
	return err
}

func (f *findings) journal(ctx context.Context) error {
	lines, head, broken, err := journal.Verify(ctx, f.db.Reader())
	switch {
	case err != nil:
		return err
	case broken != nil:
		f.bad(brokenChain(broken))
	default:
		fmt.Fprintln(f.out, words("check.journal_ok", lines, head))
	}
	return nil
}

// receipts checks the signature and the chain of every receipt.
func (f *findings) receipts(ctx context.Context) error {
	if _, err := os.Stat(app.ReceiptKey(f.config)); err != nil {
		var kept int
		err := f.db.Reader().QueryRow(ctx, `select count(*) from receipts`).Scan(&kept)
		if err == nil && kept > 0 {
			f.bad(words("receipts.cli_no_key", app.ReceiptKey(f.config)))
		}
		return err
	}
	key, err := installKey(f.env)
	if err != nil {
		return err
	}
	count, head, broken, err := receipt.VerifyChain(ctx, f.db.Reader(), key)
	switch {
	case err != nil:
		return err
	case broken != nil:
		f.bad(brokenReceipts(broken))
	default:
		fmt.Fprintln(f.out, i18n.SayN(i18n.Parse(os.Getenv("LANG")), "receipts.cli_chain", int(count), head))
	}
	return nil
}

func (f *findings) deposits(ctx context.Context) error {
	count, found, err := admin.CheckDeposits(ctx, f.db.Reader())
	if err == nil {
		f.settle(found, words("check.deposits_ok", count))
	}
	return err
}

// files reads back every file that a row names.
func (f *findings) files(ctx context.Context) error {
	digests, err := archive.Named(ctx, f.db)
	if err != nil {
		return err
	}
	blobs, err := app.OpenBlobs(ctx, f.config, clock.System{})
	if err != nil {
		return err
	}
	found, err := admin.CheckFiles(ctx, blobs, digests)
	if err == nil {
		f.settle(found, words("check.files_ok", len(digests)))
	}
	return err
}

func (f *findings) index(ctx context.Context) error {
	count, found, err := admin.CheckIndex(ctx, f.db.Reader())
	if err == nil {
		f.settle(found, words("check.index_ok", count))
	}
	return err
}

var names = map[db.Engine]string{db.SQLite: "SQLite", db.PostgreSQL: "PostgreSQL"}

// statements names the parts of the public statements that nobody wrote yet. It is
// no fault: the program runs without them.
func (f *findings) statements(ctx context.Context) error {
	written, err := statement.Read(ctx, f.db.Reader())
	if err != nil {
		return err
	}
	for _, part := range written.Missing() {
		fmt.Fprintln(f.out, words("check.statement_missing", part))
	}
	return nil
}

// rights checks that the accounts of drawing rights are what their entries sum to.
func (f *findings) rights(ctx context.Context) error {
	accounts, list, err := right.Check(ctx, f.db.Reader())
	for _, one := range list {
		if one.Movement != "" {
			f.bad(words("check.right_movement", one.Movement, one.Fund, one.Entries))
			continue
		}
		f.bad(words("check.right_account", string(one.Kind), one.Fund, one.Project, one.Has, one.Entries))
	}
	if err == nil && len(list) == 0 {
		fmt.Fprintln(f.out, words("check.rights_ok", accounts))
	}
	return err
}
