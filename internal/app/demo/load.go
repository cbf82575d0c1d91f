// Package demo plays the demonstration: every line of it is a use case that some fictitious person did at its time.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"transformateur/internal/app"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// marker is the setting that tells a data folder of the demonstration from any other.
const marker = "demo"

// The values of the marker.
const (
	begun = "begun" // stopped half-way when it stays
	ready = "ready"
)

// Summary is what a loading did.
type Summary struct {
	Kept   bool // the demonstration was there already
	People int
	Files  int
	Took   time.Duration
}

// Moment is how far the selection of the first edition is when the demonstration begins.
type Moment string

// The moments, the last one first.
const (
	Confirmed    Moment = "confirmed"    // announced three weeks ago; all but one answered
	Deliberating Moment = "deliberating" // the room is open, a vote is under way
	Reading      Moment = "reading"      // two members have a file left to read
)

// Load puts the demonstration in an empty data folder, or keeps the one that is
// there. Anything else in the folder is left as it is: Conflict "demo.folder_other",
// or "demo.folder_half" when an earlier loading was stopped half-way.
func Load(ctx context.Context, cfg config.Config, now clock.Clock) (Summary, error) {
	return LoadAt(ctx, cfg, now, Confirmed)
}

// LoadAt is Load, stopped at a moment of the selection.
func LoadAt(ctx context.Context, cfg config.Config, now clock.Clock, m Moment) (Summary, error) {
	start := now.Now()
	kept, err := look(ctx, cfg)
	if err != nil || kept {
		return Summary{Kept: kept}, err
	}
	fake := clock.NewFake(start)
	a, err := app.New(ctx, cfg, fake)
	if err != nil {
		return Summary{}, err
	}
	defer a.Close()
	if err := mark(ctx, a, begun); err != nil {
		return Summary{}, err
	}
	w := newWorld(ctx, a, fake, m)
	if err := w.play(); err != nil {
		return Summary{}, fmt.Errorf("play the demonstration: %w", err)
	}
	fake.Set(start)
	if err := mark(ctx, a, ready); err != nil {
		return Summary{}, err
	}
	return Summary{People: len(w.people), Files: w.files, Took: now.Now().Sub(start)}, nil
}

// look says whether the folder holds the demonstration; an error when it holds
// something else. It changes nothing.
func look(ctx context.Context, cfg config.Config) (kept bool, err error) {
	if cfg.Database == "" {
		empty, err := isEmpty(cfg.Data)
		if err != nil || empty {
			return false, err
		}
		if _, err := os.Stat(app.File(cfg)); errors.Is(err, fs.ErrNotExist) {
			return false, errs.New(errs.Conflict, "demo.folder_other", cfg.Data)
		}
	}
	d, err := app.Open(ctx, cfg)
	if err != nil {
		return false, err
	}
	defer d.Close()
	schema, err := d.Schema(ctx)
	if err != nil || schema.Fresh() {
		return false, err
	}
	switch value, err := db.Get(ctx, d.Reader(), db.Value[string], `select value from settings where name = $1`, marker); {
	case errs.Is(err, errs.NotFound):
		return false, errs.New(errs.Conflict, "demo.folder_other", cfg.Data)
	case err != nil:
		return false, fmt.Errorf("look for the demonstration: %w", err)
	case value != ready:
		return false, errs.New(errs.Conflict, "demo.folder_half", cfg.Data)
	}
	return true, nil
}

// isEmpty says whether a folder is absent or holds settings only.
func isEmpty(folder string) (bool, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the data folder: %w", err)
	}
	for _, e := range entries {
		if e.Name() != "transformateur.toml" {
			return false, nil
		}
	}
	return true, nil
}

func mark(ctx context.Context, a *app.App, value string) error {
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into settings (name, value, updated_at) values ($1, $2, $3)
			on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`, marker, value, a.Clock.Now())
		return err
	})
}
