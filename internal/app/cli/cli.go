// Package cli is the command line: what the operator and anybody holding a receipt can run.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"

	"transformateur/internal/app"
	"transformateur/internal/app/demo"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

type commands struct {
	Settings string `name:"config" help:"Settings file (default: transformateur.toml in the data folder)." type:"path" placeholder:"FILE"`
	Data     string `help:"Data folder." placeholder:"DIR"`

	Serve   serveCommand   `cmd:"" help:"Serve the program."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to the version of this program."`
	Check   checkCommand   `cmd:"" help:"Check everything: the database and the links between its tables, the chains of the journal and of the receipts, every deposit, every file, the search."`
	Backup  backupCommand  `cmd:"" help:"Put the whole install in one archive, while it serves."`
	Restore restoreCommand `cmd:"" help:"Bring an archive back, in an empty data folder and an empty database."`
	Admin   struct {
		Grant  adminGrant  `cmd:"" help:"Give a role of the platform to whoever holds an address; her account is made when there is none."`
		Revoke adminRevoke `cmd:"" help:"End a role of the platform."`
		Reset  adminReset  `cmd:"" help:"Take away the second factor of somebody who lost it; she is told, with the reason."`
	} `cmd:"" help:"Who administers the platform: for the first administrator, who then invites the others."`
	Bounce  bounceCommand `cmd:"" help:"Record a delivery report given on the standard input, as a mail server pipes it."`
	Journal struct {
		Verify journalVerify `cmd:"" help:"Check every link of the journal's chain."`
	} `cmd:"" help:"The journal of acts."`
	Receipt struct {
		Verify receiptVerify `cmd:"" help:"Check a receipt offline. Exits with 0 when it is genuine, 3 when it was changed, 4 when another key signed it, 5 when it cannot be read."`
		Key    receiptKey    `cmd:"" help:"Print the public key of this install and its fingerprint."`
		Chain  receiptChain  `cmd:"" help:"Check every receipt of this install and the links between them."`
	} `cmd:"" help:"The receipts of deposits."`
	Venue venueCommands `cmd:"" help:"Carry a gathering where there is no Internet, on a laptop."`
	Solve solve         `cmd:"" help:"Computations that anybody can replay on files: docs/solve.md."`
}

// env is what every command gets.
type env struct {
	ctx    context.Context
	out    io.Writer
	config config.Config
	chosen bool // somebody named the data folder or the database
}

// Run parses the arguments and runs the command they name.
func Run(ctx context.Context, args []string, out io.Writer) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("transformateur"), kong.Description("Carries a programme for projects from its first call to what became of them."), kong.Writers(out, os.Stderr), kong.UsageOnError())
	if err != nil {
		return err
	}
	call, err := parser.Parse(args)
	if err != nil {
		return err
	}
	cfg, err := config.Load(c.Settings, c.Data, config.Environ())
	if err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.Level()})))
	chosen := c.Data != "" || cfg.Data != config.DefaultData || cfg.Database != ""
	return said(call.Run(&env{ctx, out, cfg, chosen}))
}

// said turns an error that carries a message key into its sentence.
func said(err error) error {
	var e *errs.Error
	if !errors.As(err, &e) || !i18n.Has(e.Key) {
		return err
	}
	text := i18n.Say(i18n.Parse(os.Getenv("LANG")), e.Key, e.Args...)
	if cause := e.Unwrap(); cause != nil {
		return fmt.Errorf("%s (%w)", text, cause)
	}
	return errors.New(text)
}

type serveCommand struct {
	Addr string `help:"HOST:PORT to listen on." placeholder:"HOST:PORT"`
	Demo bool   `help:"Load real editions with fictitious people, and offer to sign in as each role. Never for real use."`

	Moment demo.Moment `name:"demo-moment" help:"How far the selection of the demonstration is: ${enum}." enum:"confirmed,deliberating,reading" default:"confirmed"`

	Upgrade bool `help:"Bring the database to the version of this program first, as migrate does."`
	consent
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(e *env) error {
	if c.Addr != "" {
		e.config.Addr, e.config.BaseURL = c.Addr, "http://"+c.Addr
	}
	if c.Upgrade {
		if err := e.upgrade(c.consent); err != nil {
			return err
		}
	}
	var loaded demo.Summary
	if c.Demo {
		if e.config.Demo = true; !e.chosen {
			e.config.Data = filepath.Join(e.config.Data, "demo")
		}
		var err error
		if loaded, err = demo.LoadAt(e.ctx, e.config, clock.System{}, c.Moment); err != nil {
			return err
		}
	}
	now, err := c.clock(e)
	if err != nil {
		return err
	}
	a, err := app.New(e.ctx, e.config, now)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Serve(e.ctx, func(address string) {
		if c.Demo {
			welcome(e.out, loaded, address, e.config.Data)
			return
		}
		fmt.Fprintf(e.out, "Transformateur : %s\n", address)
	})
}

// clock is the machine's; that of the demonstration may be moved forward.
func (c *serveCommand) clock(e *env) (clock.Clock, error) {
	if !c.Demo {
		return clock.System{}, nil
	}
	return clock.NewMovable(clock.System{}, filepath.Join(e.config.Data, "clock"))
}

// welcome says where the demonstration is and what is in it.
func welcome(out io.Writer, s demo.Summary, address, folder string) {
	fmt.Fprintln(out, i18n.Say(i18n.FR, "demo.cli_address", address))
	if s.Kept {
		fmt.Fprintln(out, i18n.Say(i18n.FR, "demo.cli_kept", folder))
	} else {
		fmt.Fprintln(out, i18n.Say(i18n.FR, "demo.cli_loaded", s.People, s.Files, text.Decimal("fr", s.Took.Seconds(), 1), folder))
	}
	fmt.Fprintln(out, i18n.Say(i18n.FR, "demo.cli_page", address+"/demo"))
}

// consent is what the operator says when a call is about to close.
type consent struct {
	Force  bool   `help:"Upgrade although an open call closes within 48 hours."`
	Reason string `help:"Why it cannot wait; kept, with a line in the journal." placeholder:"TEXT"`
}

type migrateCommand struct{ consent }

// Run brings the database to the version of the program.
func (c migrateCommand) Run(e *env) error { return e.upgrade(c.consent) }

func (e *env) upgrade(may consent) error {
	done, err := app.Upgrade(e.ctx, e.config, clock.System{}, app.Consent(may))
	if done.Snapshot != "" {
		fmt.Fprintln(e.out, words("upgrade.snapshot", done.Snapshot))
		if err == nil {
			fmt.Fprintln(e.out, words("upgrade.way_back", done.Snapshot))
		}
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, words("upgrade.done", done.To))
	return nil
}

// firstFault is the fault of the first bad field, which says more than the whole.
func firstFault(err error) error {
	var e *errs.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		return errs.New(e.Kind, e.Fields[0].Key, e.Fields[0].Args...)
	}
	return err
}
