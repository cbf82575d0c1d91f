package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"transformateur/internal/platform/errs"
	"transformateur/migrations"
)

// Schema says where a database stands: its version and the one this program needs.
type Schema struct{ Have, Want int64 }

// Fresh says whether the database is empty.
func (s Schema) Fresh() bool { return s.Have == 0 }

// Check is nil when program and database agree, and says which one to upgrade otherwise.
func (s Schema) Check() error {
	switch {
	case s.Have < s.Want:
		return errs.New(errs.Unavailable, "db.schema_older", s.Have, s.Want)
	case s.Have > s.Want:
		return errs.New(errs.Unavailable, "db.schema_newer", s.Have, s.Want)
	}
	return nil
}

func (d *DB) provider() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if d.engine == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, d.write, migrations.Files)
}

// Schema reads the version of the database.
func (d *DB) Schema(ctx context.Context) (Schema, error) {
	p, err := d.provider()
	if err != nil {
		return Schema{}, fmt.Errorf("read the migrations: %w", err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return Schema{}, fmt.Errorf("read the schema version: %w", err)
	}
	sources := p.ListSources()
	return Schema{Have: have, Want: sources[len(sources)-1].Version}, nil
}

// Migrate brings the schema up to what this program needs; it never goes back.
func (d *DB) Migrate(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil && !errors.Is(err, goose.ErrAlreadyApplied) {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}
