// Package migrations is the schema: one text for both engines, forward only.
package migrations

import "embed"

// Files holds the numbered SQL files.
//
//go:embed *.sql
var Files embed.FS
