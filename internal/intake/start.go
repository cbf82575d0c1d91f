package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/text"
)

// Upload is a spreadsheet somebody sends.
type Upload struct {
	Name    string
	Origin  string // "" takes the usual name of the source
	Content io.Reader
}

// maxOrigin bounds the name of an origin, in characters.
const maxOrigin = 100

// Start reads a spreadsheet, tells who wrote it and proposes what becomes of each
// column: as it was decided for the last import of the same source into the call, else
// by the labels and what the cells hold.
//
// Errors: Invalid on "file" (those of sheet.Read, "intake.no_rows", "intake.too_many_files") and "origin".
func (s *Service) Start(ctx context.Context, by account.User, of call.ID, up Upload) (Import, error) {
	c, err := s.may(ctx, s.DB.Reader(), by, of)
	if err != nil {
		return Import{}, err
	}
	content, err := io.ReadAll(io.LimitReader(up.Content, Limits.Bytes+1))
	if err != nil {
		return Import{}, fmt.Errorf("receive a spreadsheet: %w", err)
	}
	book, err := sheet.Read(bytes.NewReader(content), Limits)
	if err != nil {
		return Import{}, onField("file", err)
	}
	read := s.take(book)
	if n := len(read.rows); n == 0 || n > MaxFiles {
		key := "intake.no_rows"
		if n > 0 {
			key = "intake.too_many_files"
		}
		return Import{}, errs.NewInvalid("errs.invalid", []errs.Field{{Path: "file", Key: key, Args: []any{MaxFiles}[:min(n, 1)]}})
	}
	sum := sha256.Sum256(content)
	i := Import{ID: db.NewID(), CallID: of, Source: read.source, Origin: strings.Join(strings.Fields(text.Clean(up.Origin)), " "), FileName: text.FileName(up.Name), Digest: hex.EncodeToString(sum[:]),
		Heads: read.heads, Status: Mapping, Rows: len(read.rows), StartedBy: by.Actor(), StartedAt: s.Clock.Now(), Version: 1}
	if i.Origin == "" {
		i.Origin = usualNames[read.source]
	}
	if utf8.RuneCountInString(i.Origin) > maxOrigin || i.Origin == "" {
		return Import{}, errs.NewInvalid("errs.invalid", []errs.Field{{Path: "origin", Key: "intake.origin_needed", Args: []any{maxOrigin}}})
	}
	compiled, err := s.Calls.Form(ctx, s.DB.Reader(), of, c.Revision)
	if err != nil {
		return Import{}, err
	}
	remembered, err := s.remembered(ctx, s.DB.Reader(), of, i.Source)
	if err != nil {
		return Import{}, err
	}
	i.Mapping = s.propose(compiled.Form, i, read.rows, remembered)
	return i, s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := insertImport(ctx, tx, i, read.rows); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "call.import_started", i, nil)
	})
}

// usualNames are what people call the sources; a table of unknown making must be named.
var usualNames = map[Source]string{Demarches: "Démarches simplifiées", Export: "Transformateur"}

// onField puts the message of an Invalid error under a field of the form.
func onField(path string, err error) error {
	if !errs.Is(err, errs.Invalid) {
		return err
	}
	var e *errs.Error
	if errorAs(err, &e) && len(e.Fields) == 0 {
		return errs.NewInvalid("errs.invalid", []errs.Field{{Path: path, Key: e.Key, Args: e.Args}})
	}
	return err
}

func insertImport(ctx context.Context, tx *db.Tx, i Import, rows []Line) error {
	_, err := tx.Exec(ctx, `
		insert into imports (id, call_id, source, origin, file_name, digest, heads, mapping, options, status, row_count, started_by, started_at, applied_by, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', 1)`,
		i.ID, string(i.CallID), string(i.Source), i.Origin, i.FileName, i.Digest, asJSON(i.Heads), asJSON(i.Mapping), asJSON(i.Options), string(i.Status), i.Rows, i.StartedBy, i.StartedAt)
	if err != nil {
		return fmt.Errorf("keep import %s: %w", i.ID, err)
	}
	for _, row := range rows {
		_, err := tx.Exec(ctx, `insert into import_rows (import_id, line, cells, blocks, outcome, number, application_id, problems) values ($1, $2, $3, $4, '', '', '', '[]')`,
			i.ID, row.Line, asJSON(row.cells), asJSON(row.blocks))
		if err != nil {
			return fmt.Errorf("keep row %d of import %s: %w", row.Line, i.ID, err)
		}
	}
	return nil
}

// taken is a spreadsheet whose sheets were understood.
type taken struct {
	source Source
	heads  Heads
	rows   []Line
}

// demarchesHeads are columns that every export of Démarches simplifiées has, whatever
// the form: see its class DossierExportConcern (libre, AGPL; read, not copied).
var demarchesHeads = []string{"id", "email", "etat du dossier", "derniere mise a jour le", "depose le"}

// take understands the sheets: the first one holds the files; those whose rows name a
// file of it hold repeated blocks; the others (opinions, establishments) are left.
func (s *Service) take(book sheet.Incoming) taken {
	main := book.Tables[0]
	t := taken{source: Table, heads: Heads{Lang: "fr", Columns: trimmed(main.Rows[0].Cells)}}
	folded := map[string]bool{}
	for _, head := range t.heads.Columns {
		folded[text.Fold(head)] = true
	}
	number := 0
	switch {
	case !slices.ContainsFunc(demarchesHeads, func(h string) bool { return !folded[h] }):
		t.source = Demarches
		number = slices.IndexFunc(t.heads.Columns, func(h string) bool { return text.Fold(h) == "id" })
	case slices.ContainsFunc(t.heads.Columns, func(h string) bool { return in(s.Words.Number, h) }) && slices.ContainsFunc(t.heads.Columns, func(h string) bool { return in(s.Words.Title, h) }):
		t.source = Export
		number = slices.IndexFunc(t.heads.Columns, func(h string) bool { return in(s.Words.Number, h) })
		if slices.ContainsFunc(t.heads.Columns, func(h string) bool { return in(s.Words.English, h) }) {
			t.heads.Lang = "en"
		}
	}
	at := map[string]int{}
	for _, row := range main.Rows[1:] {
		line := Line{Line: row.Number, cells: make([]string, len(t.heads.Columns)), blocks: map[int][][]string{}}
		for i := range min(len(row.Cells), len(line.cells)) {
			line.cells[i] = row.Cells[i]
			if t.source == Export {
				line.cells[i] = sheet.Bare(row.Cells[i])
			}
		}
		if _, twice := at[line.cells[number]]; !twice {
			at[line.cells[number]] = len(t.rows)
		}
		t.rows = append(t.rows, line)
	}
	if t.source != Table {
		for _, table := range book.Tables[1:] {
			if t.source == Demarches {
				t.establishments(table, at)
			}
			t.block(s.Words, table, at)
		}
	}
	return t
}

func trimmed(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = strings.Join(strings.Fields(text.Clean(cell)), " ")
	}
	return out
}

// applicant is what the sheet of establishments says of the one that applies, rather
// than of one that an answer names.
const applicant = "dossier"

// establishments adds the number of who applies, which workbooks keep in a sheet apart.
func (t *taken) establishments(table sheet.Table, at map[string]int) {
	if len(table.Rows) == 0 {
		return
	}
	heads := trimmed(table.Rows[0].Cells)
	file, field := slices.Index(heads, "Dossier ID"), slices.Index(heads, "Champ")
	siret := slices.IndexFunc(heads, func(h string) bool { return text.Fold(h) == "etablissement siret" })
	if file < 0 || field < 0 || siret < 0 {
		return
	}
	t.heads.Columns = append(t.heads.Columns, heads[siret])
	for i := range t.rows {
		t.rows[i].cells = append(t.rows[i].cells, "")
	}
	for _, row := range table.Rows[1:] {
		if len(row.Cells) <= max(file, field, siret) || text.Fold(row.Cells[field]) != applicant {
			continue
		}
		if i, known := at[row.Cells[file]]; known {
			t.rows[i].cells[len(t.rows[i].cells)-1] = row.Cells[siret]
		}
	}
}

var sheetPrefix = regexp.MustCompile(`^\(\d+\)\s*`)

// block ties the rows of a sheet to their files.
func (t *taken) block(w Words, table sheet.Table, at map[string]int) {
	if len(table.Rows) < 2 {
		return
	}
	heads := trimmed(table.Rows[0].Cells)
	skip := 0
	switch {
	case len(heads) > 2 && same(heads[0], "Dossier ID") && same(heads[1], "Ligne"):
		skip = 2
	case len(heads) > 3 && in(w.Number, heads[0]) && in(w.Title, heads[1]) && in(w.Row, heads[2]):
		skip = 3
	default:
		return
	}
	block := len(t.heads.Blocks)
	t.heads.Blocks = append(t.heads.Blocks, Block{sheetPrefix.ReplaceAllString(table.Name, ""), heads[skip:]})
	for _, row := range table.Rows[1:] {
		i, known := at[row.Cells[0]]
		if !known {
			continue
		}
		cells := make([]string, len(heads)-skip)
		for k := range cells {
			if k+skip < len(row.Cells) {
				cells[k] = row.Cells[k+skip]
				if t.source == Export {
					cells[k] = sheet.Bare(cells[k])
				}
			}
		}
		t.rows[i].blocks[block] = append(t.rows[i].blocks[block], cells)
	}
}

// fieldOf finds the question of a key "f.summary" or "f.who.email", and the part it is.
func fieldOf(f *form.Form, key string) (*form.Field, string) {
	rest, ok := strings.CutPrefix(key, "f.")
	if !ok {
		return nil, ""
	}
	id, part, _ := strings.Cut(rest, ".")
	return f.Field(id), part
}
