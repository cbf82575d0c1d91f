package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"transformateur/internal/app"
	"transformateur/internal/app/carry"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/venues"
)

// venueCommands carry a gathering where there is no Internet.
type venueCommands struct {
	Take  venueTake  `cmd:"" help:"Fetch the gathering of a key into a data folder of its own, or bring what is there up to date."`
	Codes venueCodes `cmd:"" help:"Draw the code with which each person comes in as herself, and print the slips."`
	Serve venueServe `cmd:"" help:"Serve the gathering on the local network."`
	Bring venueBring `cmd:"" help:"Hand home what was written; may be repeated, interrupted and resumed."`
	Sync  venueSync  `cmd:"" help:"Bring, then take: afterwards both sides have the same boards."`
}

// defaultVenue is the data folder of a laptop, when none is named.
const defaultVenue = "venue"

// home is how a laptop finds its home; it is kept in the data folder.
type home struct {
	From string `json:"from"`
	Key  string `json:"key"`
}

func homeFile(data string) string { return filepath.Join(data, "venue.json") }

// readHome reads where a data folder comes from. Error: NotFound "venue.empty".
func readHome(data string) (h home, err error) {
	text, err := os.ReadFile(homeFile(data))
	if errors.Is(err, fs.ErrNotExist) {
		return h, errs.New(errs.NotFound, "venue.empty")
	}
	if err != nil {
		return h, fmt.Errorf("read where the gathering comes from: %w", err)
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("read where the gathering comes from, in %s: %w", homeFile(data), err)
	}
	return h, nil
}

func (h home) keep(data string) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := os.WriteFile(homeFile(data)+".new", text, 0o600); err != nil {
		return fmt.Errorf("keep where the gathering comes from: %w", err)
	}
	return os.Rename(homeFile(data)+".new", homeFile(data))
}

// settings are those of a program that carries one gathering: its own folder, no mail, no
// other database, no second factor, since nothing of that is reachable.
func (e *env) venueSettings() config.Config {
	cfg := config.Config{Data: e.config.Data, Addr: e.config.Addr, BaseURL: "http://" + e.config.Addr, Name: e.config.Name, LogLevel: e.config.LogLevel, Venue: true}
	if cfg.Data == config.DefaultData {
		cfg.Data = defaultVenue
	}
	return cfg
}

// opens starts the program on a laptop's folder, without serving it.
func (e *env) opens(cfg config.Config, h home) (*app.App, *carry.Link, error) {
	a, err := app.New(e.ctx, cfg, clock.System{})
	if err != nil {
		return nil, nil, err
	}
	return a, &carry.Link{From: h.From, Key: h.Key, Venues: a.Venues}, nil
}

type venueTake struct {
	From string `help:"Address of home; once is enough." placeholder:"URL"`
	Key  string `help:"Key made on the gathering's page; once is enough." placeholder:"KEY"`
}

// Run takes the gathering along.
func (c *venueTake) Run(e *env) error {
	cfg := e.venueSettings()
	h, err := readHome(cfg.Data)
	fresh := errs.Is(err, errs.NotFound)
	if err != nil && (!fresh || c.From == "" || c.Key == "") {
		return err
	}
	if fresh {
		if _, err := os.Stat(app.File(cfg)); err == nil {
			return errs.New(errs.Conflict, "venue.other") // an install of its own is no laptop
		}
	}
	if c.From != "" {
		h.From = c.From
	}
	if c.Key != "" {
		h.Key = c.Key
	}
	if u, err := url.Parse(h.From); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errs.New(errs.Invalid, "venue.address")
	}
	if err := h.keep(cfg.Data); err != nil {
		return err
	}
	a, link, err := e.opens(cfg, h)
	if err != nil {
		return err
	}
	defer a.Close()
	t, err := link.Take(e.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, words("venue.cli_taken", t.Boards, t.Lines, cfg.Data))
	return nil
}

type venueBring struct{}

// Run brings home what was written.
func (c *venueBring) Run(e *env) error { return e.passage((*carry.Link).Bring) }

type venueSync struct{}

// Run brings, then takes.
func (c *venueSync) Run(e *env) error { return e.passage((*carry.Link).Sync) }

// passage does one passage and tells what it did, then what came home since the first day.
func (e *env) passage(act func(*carry.Link, context.Context) (carry.Tally, error)) error {
	cfg := e.venueSettings()
	h, err := readHome(cfg.Data)
	if err != nil {
		return err
	}
	a, link, err := e.opens(cfg, h)
	if err != nil {
		return err
	}
	defer a.Close()
	t, err := act(link, e.ctx)
	if t.Brought > 0 || t.Lines > 0 || t.Guests > 0 || t.Pictures > 0 || err == nil {
		fmt.Fprintln(e.out, words("venue.cli_passage", t.Brought, t.Guests, t.Lines, t.Pictures))
	}
	for _, one := range t.Refused {
		fmt.Fprintln(e.out, words("venue.cli_guest_refused", one.ID, words(venues.Why(one.Why))))
	}
	if err != nil {
		if n, lost := a.Venues.Waiting(e.ctx); lost == nil && n > 0 {
			fmt.Fprintln(e.out, words("venue.cli_waiting", n))
		}
		return err
	}
	p, err := link.Report(e.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, words("venue.cli_report", p.Brought, p.Merged+p.Twice, p.Twice, p.Late, p.Refused, p.Guests))
	for _, l := range p.Left {
		fmt.Fprintln(e.out, words("venue.cli_left", l.Who, l.Title, l.Text, words(venues.Why(l.Why))))
	}
	return nil
}

type venueServe struct {
	Addr  string        `help:"HOST:PORT to listen on." default:":8080" placeholder:"HOST:PORT"`
	URL   string        `help:"Address by which people reach the laptop, for the code on the wall (default: found)." placeholder:"URL"`
	TLS   bool          `help:"Serve HTTPS with a certificate made here: browsers warn once, nobody on the network reads along."`
	Every time.Duration `help:"How often to try to reach home; 0 for never." default:"1m"`
}

// Run serves until it is told to stop, and speaks to home when it can.
func (c *venueServe) Run(e *env) error {
	cfg := e.venueSettings()
	h, err := readHome(cfg.Data)
	if err != nil {
		return err
	}
	cfg.Addr = c.Addr
	if cfg.BaseURL = c.URL; c.URL == "" {
		cfg.BaseURL = carry.Address(c.Addr, c.TLS)
	}
	if c.TLS {
		if cfg.Certificate, cfg.CertificateKey, err = carry.Certificate(filepath.Join(cfg.Data, "keys"), cfg.BaseURL, clock.System{}.Now()); err != nil {
			return err
		}
	}
	a, link, err := e.opens(cfg, h)
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err := a.Venues.Carrying(e.ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(e.ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); c.keepUp(ctx, link) }()
	defer func() { stop(); <-ended }()
	return a.Serve(ctx, func(string) {
		fmt.Fprintln(e.out, words("venue.cli_serving", cfg.BaseURL))
		if !c.TLS {
			fmt.Fprintln(e.out, words("venue.cli_plain"))
		}
	})
}

// keepUp speaks to home now and then. A link that is down is no news.
func (c *venueServe) keepUp(ctx context.Context, link *carry.Link) {
	if c.Every <= 0 {
		return
	}
	tick := time.NewTicker(max(c.Every, 5*time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		t, err := link.Sync(ctx)
		switch {
		case errs.Is(err, errs.Unavailable):
			slog.DebugContext(ctx, "home is not reached", "err", err)
		case err != nil:
			slog.WarnContext(ctx, "home refuses", "key", errs.KeyOf(err), "err", err)
		case t.Brought > 0 || t.Lines > 0 || t.Pictures > 0:
			slog.InfoContext(ctx, "in step with home", "brought", t.Brought, "taken", t.Lines, "guests", t.Guests, "pictures", t.Pictures)
		}
	}
}

type venueCodes struct {
	Again bool   `help:"Draw everybody's code again: the slips that were printed open nothing any more."`
	For   string `help:"Draw again the code of those whose name holds these words, for who lost her slip." placeholder:"NAME"`
	Out   string `help:"Write a page to print rather than a list." type:"path" placeholder:"FILE.html"`
	URL   string `help:"Address of the laptop, for the drawings on the page (default: found)." placeholder:"URL"`
}

// Run draws codes and shows them, once.
func (c *venueCodes) Run(e *env) error {
	cfg := e.venueSettings()
	h, err := readHome(cfg.Data)
	if err != nil {
		return err
	}
	a, _, err := e.opens(cfg, h)
	if err != nil {
		return err
	}
	defer a.Close()
	slips, err := a.Venues.Draw(e.ctx, c.Again, c.For)
	if err != nil {
		return err
	}
	if c.Out != "" {
		where := c.URL
		if where == "" {
			where = carry.Address(":8080", false)
		}
		page, err := venues.Slips(slips, where, i18n.Parse(os.Getenv("LANG")))
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Out, page, 0o600); err != nil {
			return fmt.Errorf("write the slips: %w", err)
		}
		fmt.Fprintln(e.out, words("venue.cli_slips", len(slips), c.Out))
		return nil
	}
	for _, s := range slips {
		fmt.Fprintf(e.out, "%s-%s\t%s\t%s\n", s.Code[:4], s.Code[4:], s.Name, s.Project)
	}
	fmt.Fprintln(e.out, words("venue.cli_codes", len(slips)))
	return nil
}
