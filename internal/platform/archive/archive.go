// Package archive is an install in one file: its tables as they stood at one instant, its files, its keys, and a manifest of their digests.
package archive

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Format names the format, so that a reader of tomorrow knows what it reads: a tar
// compressed with gzip, which can be opened in twenty years without this program.
//
//	head.json             what it is, when it was made, the tables and their columns
//	tables/NAME/000001…   rows in the order of the primary key, one JSON array a line
//	files/DIGEST          a blob under its SHA-256
//	keys/NAME             a key of the install
//	manifest.json         the size and the SHA-256 of everything above
//
// Nothing depends on the engine: what was made on SQLite is restored on PostgreSQL
// and back. It may be encrypted with age (age-encryption.org/v1).
const Format = "transformateur-archive/1"

// Head is what an archive says of itself before anything else.
type Head struct {
	Format string    `json:"format"`
	MadeAt time.Time `json:"made_at"`
	Engine string    `json:"engine"` // on which it was made: for the reader's information only
	Schema int64     `json:"schema"` // version of the schema
	Files  bool      `json:"files"`  // the blobs are inside; otherwise they stayed in their store
	Tables []Table   `json:"tables"`
}

// Table is a table and its columns, in their order.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
}

// Column is a column and its type, as migrations name it on both engines.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
	key  int    // its place in the primary key, from 1; 0 outside
}

// Entry is one part of an archive.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Sum is what a table holds: how many rows, and the SHA-256 of their lines.
type Sum struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Manifest closes an archive.
type Manifest struct {
	Entries []Entry  `json:"entries"`
	Tables  []Sum    `json:"tables"`
	Missing []string `json:"missing,omitempty"` // digests that a row names and that the store no longer had
	Damaged []string `json:"damaged,omitempty"` // blobs that were damaged in the store already
}

// Files counts the blobs of an archive and their bytes.
func (m Manifest) Files() (count int, bytes int64) {
	for _, e := range m.Entries {
		if digest, ok := strings.CutPrefix(e.Name, "files/"); ok && digest != "" {
			count++
			bytes += e.Size
		}
	}
	return count, bytes
}

// Rows counts the rows of every table.
func (m Manifest) Rows() (rows int64) {
	for _, s := range m.Tables {
		rows += s.Rows
	}
	return rows
}

// Names of a table and a column which hold the digest of a blob.
type holder struct{ table, column string }

// holders are the columns that name blobs: whatever a row names must be in the
// store, and is in the archive. A test compares this list with the schema.
var holders = []holder{
	{"attachments", "digest"},
	{"attachments", "clean_digest"},
	{"board_pictures", "digest"},
	{"call_documents", "digest"},
	{"gathering_deposits", "digest"},
	{"person_archives", "digest"},
	{"review_enclosures", "digest"},
	{"review_enclosures", "clean_digest"},
	{"showcase_pictures", "digest"},
	{"showcase_resources", "digest"},
}

func encode(v any) []byte {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(fmt.Sprintf("write a part of an archive: %v", err)) // our own types, which all encode
	}
	return append(text, '\n')
}
