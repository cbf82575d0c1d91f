package db

import (
	"context"
	"fmt"
)

// Faults asks the engine what it finds wrong with the database: on SQLite damaged
// pages and rows that point at nothing; on PostgreSQL, which enforces its
// constraints itself, constraints and indexes that were left unchecked. An empty
// list means a sound database.
func (d *DB) Faults(ctx context.Context) ([]string, error) {
	queries := []string{
		`select 'file: ' || integrity_check from pragma_integrity_check where integrity_check <> 'ok'`,
		`select 'link: row ' || coalesce(rowid, 0) || ' of ' || "table" || ' points at no row of ' || "parent" from pragma_foreign_key_check`,
	}
	if d.engine == PostgreSQL {
		queries = []string{
			`select 'constraint ' || conname || ' of ' || conrelid::regclass || ' is not validated' from pg_constraint where not convalidated`,
			`select 'index ' || indexrelid::regclass || ' is not valid' from pg_index where not indisvalid`,
		}
	}
	var all []string
	for _, text := range queries {
		found, err := List(ctx, d.Reader(), Value[string], text)
		if err != nil {
			return nil, fmt.Errorf("check the database: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}
